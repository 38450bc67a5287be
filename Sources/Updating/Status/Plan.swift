internal import SystemPackage

/// What a pass would do, and why, told without doing it.
package struct Plan: Equatable, Sendable {
  /// One rule whose action would run.
  package struct Step: Equatable, Sendable {
    package let rule: String
    /// The action as a person would type it, or `our own builder`.
    package let action: String
    package let why: [String]
    /// It runs only if the product of this rule, which runs before it, turns out different.
    package let follows: String?
  }

  package private(set) var steps: [Step] = []
  /// The rules that are due but that another one keeps from running: the rule, then the other.
  package private(set) var blocked: [(rule: String, by: String)] = []
  /// The rules that are in trouble and that a pass leaves as they are, and what the trouble is.
  package private(set) var staying: [(rule: String, trouble: String)] = []

  /// Plans a pass over rules as they stand.
  package init(_ survey: StatusSurvey, _ order: PassOrder) {
    var inTheWay: Set<String> = []
    var makers: [String: String] = [:]
    for status in survey.rules {
      let rule = status.rule
      let blockers = survey.dependencies[rule.name, default: []].intersection(inTheWay)
      let decision = Decision.about(
        rule, verdict: status.verdict,
        isOpaque: rule.isOpaque || status.state.record?.isOpaque == true, order: order,
        blockers: Array(blockers))
      switch decision {
      case .run(let cause):
        let why = cause.inWords(status.reasons)
        steps.append(Step(rule: rule.name, action: rule.typedAction, why: why, follows: nil))
        makers[rule.product.path.string] = rule.name
      case .skip(let blocker):
        blocked.append((rule.name, blocker))
        inTheWay.insert(rule.name)
      case .leave:
        if status.verdict.isTrouble {
          inTheWay.insert(rule.name)
          let reasons = status.reasons.joined(separator: "; ")
          staying.append((rule.name, "\(status.verdict.word): \(reasons)"))
        }
        guard let maker = rule.inputs.lazy.compactMap({ makers[$0.path.string] }).first,
          case .fresh = status.verdict
        else { continue }
        steps.append(
          Step(rule: rule.name, action: rule.typedAction, why: [], follows: maker))
        makers[rule.product.path.string] = rule.name
      }
    }
  }

  package static func == (left: Plan, right: Plan) -> Bool {
    left.steps == right.steps && left.blocked.elementsEqual(right.blocked) { $0 == $1 }
      && left.staying.elementsEqual(right.staying) { $0 == $1 }
  }
}
