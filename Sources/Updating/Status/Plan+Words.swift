extension Plan {
  /// The plan in words, a line a rule.
  package var lines: [String] { lines(andWhatStays: false) }

  /// The plan in words, and what is in trouble and stays so, if that is wanted.
  package func lines(andWhatStays isWhole: Bool) -> [String] {
    var lines = steps.map { step in
      if let maker = step.follows { return "\(step.rule): may follow, if \(maker) is new" }
      return "\(step.rule): would run \(step.action): " + step.why.joined(separator: "; ")
    }
    lines += blocked.map { "\($0.rule): would wait for \($0.by), which is not in order" }
    if isWhole { lines += staying.map { "\($0.rule): would stay \($0.trouble)" } }
    return lines.isEmpty ? ["nothing to do"] : lines
  }
}
