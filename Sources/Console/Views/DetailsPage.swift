internal import SystemPackage
internal import SystemSupport
internal import Updating

/// All about one rule: state, reasons, plan, inputs, what a rebuild would change, runs, records.
struct DetailsPage {
  private let product: Product
  private let state: ConsoleState
  private let wording: Wording

  init(_ product: Product, _ state: ConsoleState) {
    self.product = product
    self.state = state
    wording = Wording(state.facts.settings, now: state.now, zone: state.zone)
  }

  func write(to page: inout DocumentBuilder) {
    writeState(to: &page)
    writePreview(to: &page)
    writePlan(to: &page)
    writeInputs(to: &page)
    writeRuns(to: &page)
    writeAllChanges(to: &page)
    writeRecords(to: &page)
  }

  private func writeState(to page: inout DocumentBuilder) {
    let status = product.status
    let word = "\(status.sign) \(status.word)"
    let explanation =
      product.rule.isService && status == .fresh
      ? "the service has read its files as they are" : status.explanation
    page.entry(Span(word, status.role), column: TextWidth.of(word) + 2, explanation, .quiet)
    for reason in wording.reasons(for: product.verdict) {
      page.text(reason, indent: 4, atMost: Self.glance)
    }
    if case .held(let hold) = product.verdict {
      page.text("since \(Words.moment(hold.since, state))", .quiet, indent: 4)
      if samples.isEmpty {
        for key in hold.losing { page.text(key, .removed, indent: 6, atMost: Self.glance) }
      }
    }
    if let failure = product.state.failure {
      let good = product.state.record.map { "last good \(Words.moment($0.time, state))" }
      page.text(
        "failed \(Words.count(failure.count, "time")) since \(Words.moment(failure.since, state)), "
          + (good ?? "never good yet"), .quiet, indent: 4)
    }
    if let running = product.state.running, product.isBuilding {
      page.text(
        "run by \(running.by) since \(Words.moment(running.since, state)): "
          + running.why.joined(separator: "; "), .building, indent: 4, atMost: Self.glance)
      page.text(ProgressWords(product, state).sentence, .building, indent: 4)
    }
    page.entry(
      Span("product", .quiet), column: 10, product.rule.product.path.visible + productNote)
    page.entry(Span("made by", .quiet), column: 10, action)
    page.entry(
      Span("looked at", .quiet), column: 10, Words.moment(product.observation.time, state))
  }

  /// A builder may say a lot in one line: so many rows of it do, but where its last run is told.
  private static let glance = 4

  private var productNote: String {
    switch product.observation.product {
    case .file(let stamp, _, _):
      "  \(Words.size(stamp.size)) bytes, \(Words.moment(stamp.modified, state))"
    case .missing: "  absent"
    case .unusable(let reason): "  unreadable: \(reason)"
    case .service(.up(let pid, _)): "  pid \(pid)"
    case .service(.down): "  down"
    case .service(.unsupervised(let reason)): "  \(reason)"
    }
  }

  private var action: String {
    switch product.rule.action {
    case .build: "our own builder"
    case .command(let command):
      Command(command.arguments, standardInput: command.standardInput).typed
    case .reload: "svc -h"
    case .restart: "svc -t"
    }
  }

  // MARK: What a rebuild would change

  private func writePreview(to page: inout DocumentBuilder) {
    guard let preview = state.preview, preview.rule == product.name else { return }
    page.heading("A rebuild now")
    switch preview.result {
    case .computing: page.text("being computed", .building)
    case .failed(let reason): page.text(reason, .failed)
    case .impossible(let reason): page.text(reason, .quiet)
    case .changes(let summary, let samples, let isUnchanged):
      page.text(summary, isUnchanged ? .fresh : .normal)
      for sample in samples.prefix(Self.firstSamples) { write(sample, to: &page) }
      let more = samples.count - Self.firstSamples
      if more > 0 { page.text("and more, below", .quiet, indent: 4) }
    }
  }

  /// So many of the changes stand at the top of the page.
  private static let firstSamples = 6

  /// The records that a rebuild would add, remove or change, as far as they were computed.
  private var samples: [String] {
    guard let preview = state.preview, preview.rule == product.name,
      case .changes(_, let samples, _) = preview.result
    else { return [] }
    return samples
  }

  private func writeAllChanges(to page: inout DocumentBuilder) {
    guard samples.count > Self.firstSamples else { return }
    page.heading("All that a rebuild would change", "the first \(Words.count(samples.count))")
    for sample in samples { write(sample, to: &page) }
  }

  private func write(_ sample: String, to page: inout DocumentBuilder) {
    let role: Role = sample.hasPrefix("+") ? .added : sample.hasPrefix("-") ? .removed : .stale
    page.line([Span("    " + sample, role)])
  }

  // MARK: What else would run

  private func writePlan(to page: inout DocumentBuilder) {
    let names = state.facts.products.map(\.name)
    let after = product.rule.after.filter { names.contains($0) }
    let followers = state.facts.products.filter { other in
      other.rule.inputs.contains { $0.path == product.rule.product.path }
    }
    page.heading("Order")
    page.entry(
      Span("after", .quiet), column: 10,
      after.isEmpty ? "nothing" : after.map { VisibleText.escape($0) }.joined(separator: ", "))
    page.entry(
      Span("then", .quiet), column: 10,
      followers.isEmpty
        ? "nothing is made from it" : followers.map(\.shownName).joined(separator: ", "))
    guard let plan = state.facts.plans[product.name], !plan.isEmpty else { return }
    page.heading("Plan", "what f would do, and all that is stale with it")
    for line in plan { page.text(line, indent: 4, hanging: 2) }
  }

  // MARK: Inputs

  private func writeInputs(to page: inout DocumentBuilder) {
    let changed = Set(product.changedKeys)
    let inputs = product.observation.inputs.sorted {
      (changed.contains($0.key) ? 0 : 1, $0.key) < (changed.contains($1.key) ? 0 : 1, $1.key)
    }
    page.heading("Inputs", Words.count(inputs.count, "path"))
    let width = min(
      max(12, inputs.map { TextWidth.of(wording.name($0.key)) }.max() ?? 0),
      max(30, page.width - 58))
    for (key, evidence) in inputs.prefix(400) {
      let isChanged = changed.contains(key)
      let name = TextFitting.fitName(wording.name(key), width)
      page.line([
        Span(isChanged ? "  ● " : "    ", .stale), Span(TextFitting.pad(name, width)),
        Span("  " + words(for: evidence), role(of: evidence)),
        Span("  " + comparison(key, evidence, isChanged), isChanged ? .stale : .quiet),
      ])
    }
    if inputs.count > 400 { page.text("and \(inputs.count - 400) more", .quiet, indent: 4) }
  }

  private func words(for evidence: InputEvidence) -> String {
    let (what, time): (String, Timestamp?) =
      switch evidence {
      case .absent: ("absent", nil)
      case .unreadable: ("unreadable", nil)
      case .listing(let stamp, _, _): ("directory", stamp.latest)
      case .file(let file) where file.stamp.size == 0: ("empty", file.stamp.modified)
      case .file(let file): (Words.size(file.stamp.size) + " bytes", file.stamp.modified)
      }
    return TextFitting.pad(what, 16, right: true) + "  "
      + TextFitting.pad(time.map { Words.moment($0, state) } ?? "", 10)
  }

  private func role(of evidence: InputEvidence) -> Role {
    if case .unreadable = evidence { return .failed }
    return .quiet
  }

  private func comparison(_ key: String, _ evidence: InputEvidence, _ isChanged: Bool) -> String {
    if case .unreadable(let reason) = evidence { return reason }
    guard let record = product.state.record else { return isChanged ? "newer" : "no record yet" }
    let old = record.inputs[key] ?? .absent
    switch evidence.compared(to: old) {
    case .untouched: return isChanged ? "not read yet" : "as recorded"
    case .sameContents: return "touched, same contents"
    case .different: return isChanged ? "changed" : "differs"
    }
  }

  // MARK: Runs and records

  private func writeRuns(to page: inout DocumentBuilder) {
    page.heading("Last runs")
    if product.state.runs.isEmpty { page.text("none is recorded", .quiet) }
    for (index, run) in product.state.runs.enumerated() {
      page.line([
        Span("  " + TextFitting.pad(Words.moment(run.began, state), 11)),
        Span(TextFitting.pad(run.result.rawValue, 11), Self.role(of: run.result)),
        Span(TextFitting.pad(Words.took(run), 9, right: true), .quiet),
        Span("  " + run.by, .quiet),
      ])
      let summary = run.summary + (run.ending.isEmpty ? "" : "  (\(run.ending))")
      // The words that it ends with are usually the last of the output.
      let isTwice = run.output.last.map { run.summary.hasSuffix($0) } ?? false
      let limit = index == 0 ? Int.max : Self.glance
      page.text(summary, indent: 13, atMost: isTwice ? Self.glance : limit)
      if !run.why.isEmpty {
        page.text(
          "because: " + run.why.joined(separator: "; "), .quiet, indent: 13, atMost: Self.glance)
      }
      for line in run.output {
        page.text("| " + line, .quiet, indent: 13, hanging: 2, atMost: limit)
      }
    }
  }

  private static func role(of result: RunReport.Result) -> Role {
    switch result {
    case .built, .reloaded, .restarted: .fresh
    case .failed: .failed
    case .held: .held
    case .unchanged, .rolledBack, .adopted: .quiet
    }
  }

  private func writeRecords(to page: inout DocumentBuilder) {
    guard let records = state.records, records.rule == product.name else { return }
    let filter = VisibleText.escape(records.matching)
    let note =
      records.matching.isEmpty
      ? Words.count(records.total, "record")
      : "\(Words.count(records.count)) of \(Words.count(records.total)) hold “\(filter)”"
    page.heading("Records of the product", note + "  (F4 or \\ searches them)")
    if let failure = records.failure { return page.text(failure, .failed) }
    for line in records.lines { page.line([Span("    " + line)]) }
    if records.lines.count < records.count {
      page.text("and \(Words.count(records.count - records.lines.count)) more", .quiet, indent: 4)
    }
  }
}
