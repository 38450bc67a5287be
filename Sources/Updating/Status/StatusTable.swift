package import SystemSupport

/// The state of all rules as a table for a terminal or a mail.
package struct StatusTable {
  private let survey: StatusSurvey
  private let zone: Timestamp.Zone

  package init(_ survey: StatusSurvey, zone: Timestamp.Zone = .local) {
    self.survey = survey
    self.zone = zone
  }

  /// The lines of the table: a head, a row a rule, further reasons below their row.
  package var lines: [String] {
    let head = ["PRODUCT", "STATE", "LAST BUILD", "TOOK", "RECORDS", "WHY"]
    let rows = survey.rules.map(row)
    let widths = head.indices.dropLast().map { column in
      ([head] + rows).map { $0[column].count }.max() ?? 0
    }
    var lines = [Self.line(head, widths)]
    for (status, row) in zip(survey.rules, rows) {
      lines.append(Self.line(row, widths))
      let indent = String(repeating: " ", count: widths.reduce(0) { $0 + $1 + 2 })
      lines += words(for: status).dropFirst().map { indent + $0 }
    }
    if let holder = survey.lockHolder {
      lines.append("running now: \(holder.words(at: survey.time, zone: zone))")
    }
    return lines
  }

  /// Why a rule is in its state; of one that runs, how far it is, where its builder tells.
  private func words(for status: RuleStatus) -> [String] {
    let figures = status.running?.progress.map { ProgressFigures($0, at: survey.time) }
    return [figures.map { "\($0.percent)%, \($0.sentence)" }].compactMap(\.self) + status.reasons
  }

  private func row(_ status: RuleStatus) -> [String] {
    let last = status.lastSuccess
    let time = last?.began ?? status.state.record?.time
    let records = last?.records.map { "\($0.after)" } ?? ""
    return [
      status.rule.name, status.word, time?.brief(relativeTo: survey.time, zone: zone) ?? "",
      last.map { $0.isOurs ? Pass.words($0.duration) : "" } ?? "", records,
      words(for: status).first ?? "",
    ]
  }

  private static func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      line += cell
      if index < widths.count {
        line += String(repeating: " ", count: widths[index] - cell.count + 2)
      }
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
