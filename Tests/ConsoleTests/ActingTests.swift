import Console
import Supervision
import SystemPackage
import SystemSupport
import Testing
import Updating

@Suite struct ActingTests {
  private static let send = ServiceName("/service/qmail-send")

  private func press(_ state: inout ConsoleState, _ names: String...) -> [Effect] {
    names.flatMap { name in Key(name: name).map { state.update(.key($0)) } ?? [] }
  }

  private func troubled() -> ConsoleState {
    Samples.state(
      80, 24,
      Samples.products(
        morercpthosts: Samples.stale, validrcptto: Samples.held, auth: Samples.failed))
  }

  // MARK: What needs no question

  @Test func `u updates everything at once`() {
    var state = troubled()
    #expect(press(&state, "u") == [.run(forced: [])])
    #expect(state.messages.last?.kind == .requested)
  }

  @Test func `f forces the selected rule`() {
    var state = troubled()
    #expect(press(&state, "Down", "Down", "f") == [.run(forced: ["morercpthosts.cdb"])])
  }

  @Test func `t pokes, also without root`() {
    var state = troubled()
    state.facts.access.isRoot = false
    #expect(press(&state, "t") == [.poke])
    #expect(press(&state, "u") == [])
    #expect(state.messages.last?.text.contains("only root") == true)
  }

  @Test func `a service that a rule reloads may be hung up without a question`() {
    var state = troubled()
    #expect(press(&state, "Tab", "h") == [.tell(Self.send, .hup)])
    _ = press(&state, "Down")
    #expect(press(&state, "h") == [.countWork(ServiceName("/service/qmail-smtpd"), pid: 1240)])
    #expect(state.dialog != nil)
  }

  // MARK: What is asked about

  @Test func `a held rule is replaced only by a word, and Cancel has the focus`() {
    var state = troubled()
    #expect(press(&state, "Down", "Down", "Down", "g") == [])
    #expect(state.dialog?.lines.first?.contains("would lose 4210 of 9800") == true)
    #expect(press(&state, "Enter") == [])
    #expect(state.dialog == nil)
    #expect(press(&state, "g", "Right", "Enter") == [.run(forced: ["validrcptto.cdb"])])
  }

  @Test func `a restart names the exact command and the process`() {
    var state = troubled()
    #expect(press(&state, "Tab", "r") == [.countWork(Self.send, pid: 1234)])
    let text = ConsoleView(state).screen().text
    #expect(text.contains("svc -t /service/qmail-send   (pid 1234)"))
    #expect(text.contains("[ Cancel ]"))
    #expect(press(&state, "Right", "Enter") == [.tell(Self.send, .restart)])
  }

  @Test func `a restart tells what it interrupts, as soon as that is counted`() {
    var state = troubled()
    _ = press(&state, "Tab", "r")
    #expect(ConsoleView(state).screen().text.contains("is being counted"))
    let work = ServiceWork.deliveries(remote: 2, local: 1)
    // Of another process, or of another service, it is no answer.
    _ = state.update(.counted(Self.send, pid: 1, work))
    _ = state.update(.counted(ServiceName("/service/qmail-smtpd"), pid: 1234, work))
    #expect(ConsoleView(state).screen().text.contains("is being counted"))
    _ = state.update(.counted(Self.send, pid: 1234, work))
    let words = "2 remote and 1 local delivery under way: "
    #expect(
      state.dialog?.finding == words + "qmail-send ends after them, and begins no more.")
    #expect(press(&state, "Right", "Enter") == [.tell(Self.send, .restart)])
  }

  @Test(arguments: [
    (ServiceWork.sessions(0), ServiceTask.restart, "No session open."),
    (
      .sessions(1), .stop, "1 session open: what is open goes on to its end, new clients wait."
    ),
    (.sessions(3), .pause, "3 sessions open: they go on, new clients wait."),
    (.deliveries(remote: 0, local: 0), .restart, "No delivery under way."),
    (.processes(1), .stop, "1 process below it: it may end too."),
    (.processes(2), .pause, "2 processes below it: they may have to wait."),
    (.unknown("no /proc"), .restart, "What it does now cannot be counted: no /proc."),
  ])
  func `what is interrupted is told in plain words`(
    _ work: ServiceWork, _ task: ServiceTask, _ words: String
  ) {
    var state = troubled()
    let key = task == .restart ? "r" : task == .stop ? "s" : "p"
    _ = press(&state, "Tab", key)
    _ = state.update(.counted(Self.send, pid: 1234, work))
    #expect(state.dialog?.finding == words)
  }

  @Test(arguments: ["Esc", "Enter", "n", "q"])
  func `every other answer does nothing`(_ key: String) {
    var state = troubled()
    #expect(press(&state, "Tab", "r", key) == [.countWork(Self.send, pid: 1234)])
    #expect(state.dialog == nil)
  }

  /// 1234 is the number of the one that was asked about, which started before.
  @Test(arguments: [4321, 1234])
  func `a process that was replaced while the question was open is not touched`(_ pid: Int32) {
    var state = troubled()
    _ = press(&state, "Tab", "r", "Right")
    var facts = state.facts
    facts.services[0].update(ServiceStatus(.up(pid: pid), since: Samples.now))
    _ = state.update(.facts(facts))
    #expect(press(&state, "Enter") == [])
    #expect(state.messages.last?.kind == .refused)
    #expect(state.messages.last?.text.contains("changed while the question was open") == true)
  }

  @Test func `a service that is gone is not told, and its neighbour neither`() {
    var state = troubled()
    _ = press(&state, "Tab", "r", "Right")
    var facts = state.facts
    facts.services.removeFirst()
    _ = state.update(.facts(facts))
    #expect(press(&state, "Enter") == [])
  }

  @Test func `a new hold is another question`() {
    var state = troubled()
    _ = press(&state, "Down", "Down", "Down", "g", "Right")
    var facts = state.facts
    facts.products = Samples.products(validrcptto: .fresh(.record))
    _ = state.update(.facts(facts))
    #expect(press(&state, "Enter") == [])
  }

  // MARK: Power

  @Test(arguments: ["u", "f", "h", "r", "s", "p", "b", "g", "v"])
  func `a locked console acts on nothing`(_ key: String) {
    var state = troubled()
    _ = press(&state, "L", "Tab")
    #expect(press(&state, key) == [])
    #expect(state.dialog == nil)
    #expect(state.messages.last?.text.contains("locked") == true)
  }

  @Test func `power that is lost while a question is open is missed`() {
    var state = troubled()
    _ = press(&state, "Tab", "r", "Right")
    state.isLocked = true
    #expect(press(&state, "Enter") == [])
  }

  @Test func `commands are known by name, also by its beginning`() {
    var state = troubled()
    #expect(press(&state, ":") == [])
    for character in "tri" { _ = state.update(.key(.character(character))) }
    #expect(press(&state, "Enter") == [.poke])
    _ = press(&state, ":")
    for character in "re" { _ = state.update(.key(.character(character))) }
    #expect(press(&state, "Enter") == [])
    #expect(state.messages.last?.text.contains("restart") == true)
  }

  @Test func `quitting during a pass is asked about`() {
    var state = troubled()
    #expect(press(&state, "q") == [.quit])
    _ = state.update(.activity(Activity("building", since: Samples.now)))
    #expect(press(&state, "q") == [])
    #expect(press(&state, "Right", "Enter") == [.stopRun, .quit])
  }

  @Test func `an unlocked console that nobody touches is locked again`() {
    var state = troubled()
    state.isLocked = true
    state.locksItself = true
    _ = press(&state, "L")
    #expect(press(&state, "u") == [.run(forced: [])])
    _ = state.update(.time(Samples.now + .seconds(299)))
    #expect(!state.isLocked)
    _ = state.update(.time(Samples.now + .seconds(300)))
    #expect(state.isLocked)
    #expect(press(&state, "u") == [])
  }

  // MARK: What is found out again

  @Test func `details follow their product and what it is made from`() {
    var state = troubled()
    let again: [Effect] = [
      .records(rule: "morercpthosts.cdb", matching: ""),
      .preview(rule: "morercpthosts.cdb", isVerification: false),
    ]
    #expect(press(&state, "Down", "Down", "Enter") == again)
    _ = state.update(.previewed(Preview(rule: "morercpthosts.cdb", result: .failed("old"))))
    // The same world once more, and another rule's news.
    #expect(state.update(.facts(state.facts)) == [])
    var facts = state.facts
    facts.products[3] = Samples.products(validrcptto: .fresh(.record))[3]
    #expect(state.update(.facts(facts)) == [])
    facts.products[2] = Samples.product(
      "morercpthosts.cdb", [Samples.control("morercpthosts"), Samples.control("other")],
      makes: Samples.control("morercpthosts.cdb"), Samples.stale, records: 310)
    #expect(state.update(.facts(facts)) == again)
    #expect(state.preview?.result == .computing)
    _ = press(&state, "Esc")
    facts.products[2] = Samples.products()[2]
    #expect(state.update(.facts(facts)) == [])
  }

  @Test func `an answer to v is waited for`() {
    var state = troubled()
    _ = press(&state, "Down", "Down", "Enter", "v")
    var facts = state.facts
    facts.products[2] = Samples.product(
      "morercpthosts.cdb", [Samples.control("other")], makes: Samples.control("morercpthosts.cdb"))
    #expect(
      state.update(.facts(facts)) == [.records(rule: "morercpthosts.cdb", matching: "")])
    #expect(state.preview?.isVerification == true)
  }

  // MARK: What the top line tells

  @Test func `all is not well while a service is down that should run`() {
    var facts = Samples.state(120, 36).facts
    facts.services[0].status = ServiceStatus(.down, since: Samples.ago(20))
    var state = Samples.state(120, 36)
    _ = state.update(.facts(facts))
    let title = ConsoleView(state).screen().text.prefix { $0 != "\n" }
    #expect(title.contains("1 down") && !title.contains("all fresh"))
  }

  @Test(arguments: [60, 80]) func `a full top line drops whole words`(_ columns: Int) {
    var state = Samples.state(
      columns, 16,
      Samples.products(
        morercpthosts: Samples.stale, validrcptto: Samples.held, auth: Samples.failed))
    state.facts.services[0].status = ServiceStatus(.down, since: Samples.ago(20))
    state.facts.others = [FileLock.Holder(pid: 1, program: "bob", since: Samples.ago(9))]
    state.facts.isListed = true
    state.facts.access.isReadOnly = true
    state.zone = .utc
    let title = ConsoleView(state).screen().text.prefix { $0 != "\n" }
    #expect(title.hasPrefix(" mx1"))
    #expect(title.contains("1 failed · 1 held · "))
    #expect(title.contains(" · read-only  "))
    #expect(title.contains("1 stale") == (columns == 80))
  }

  @Test func `consoles that come are told in the zone of the screen`() {
    var state = Samples.state(120, 36)
    state.zone = .utc
    var facts = state.facts
    let since = Samples.ago(60)
    facts.others = [FileLock.Holder(pid: 7, program: "bob", since: since)]
    _ = state.update(.facts(facts))
    let clock = since.formatted("%H:%M:%S", zone: .utc)
    #expect(
      state.messages.last?.text == "another console acts here: bob (pid 7), since \(clock)")
    _ = state.update(.facts(facts))
    #expect(state.messages.count == 1)
  }

  @Test func `what was rolled back has the records of the product that is in place`() {
    let counts = RecordCounts(before: 450, after: 845, added: 395, removed: 0, changed: 0)
    let hold = RuleState.Hold(
      cause: .rollback, records: counts, losing: [], since: Samples.ago(5), inputs: [:])
    let sample = Samples.products(validrcptto: .held(hold))[3]
    var kept = sample.state
    kept.add(
      RunReport(
        result: .rolledBack, by: "update-qmail (pid 7)", why: [], began: Samples.ago(5),
        duration: 1, records: counts, summary: "rolled back"))
    let product = Product(
      rule: sample.rule, verdict: sample.verdict, state: kept, observation: sample.observation)
    for isWide in [false, true] { #expect(product.recordWords(isWide: isWide) == "845") }
  }

  @Test func `the details of a service offer nothing that only a file has`() throws {
    for isService in [false, true] {
      var state = Samples.state(80, 24)
      let product = try #require(
        state.facts.products.first { $0.rule.isService == isService && $0.status == .fresh })
      state.selectedProduct = product.name
      _ = press(&state, "Enter")
      let text = ConsoleView(state).screen().text
      #expect(text.contains("roll back") != isService)
      #expect(text.contains("verify") != isService)
      #expect(text.contains("the service has read its files") == isService)
    }
  }

  @Test func `? shows the help on every page, and leaves it`() {
    var state = troubled()
    _ = press(&state, "Enter", "?")
    #expect(state.page == .help)
    _ = press(&state, "?")
    #expect(state.page == .overview)
  }

  @Test(arguments: [60, 80, 200]) func `a filter of the products is seen`(_ columns: Int) {
    var state = Samples.state(columns, 24)
    _ = press(&state, "F4", "c", "d", "b", "Enter")
    func heading() -> String {
      String(ConsoleView(state).screen().text.split(separator: "\n")[1])
    }
    #expect(heading().contains("FROM, only “cdb”"))
    _ = press(&state, "Esc")
    #expect(!heading().contains("only"))
  }

  @Test func `a run that was held has changed no records`() {
    func change(_ verdict: Verdict) -> String {
      let sample = Samples.products(validrcptto: verdict)[3]
      var kept = sample.state
      kept.add(
        RunReport(
          result: .held, by: "update-qmail (pid 7)", why: [], began: Samples.ago(5), duration: 1,
          records: RecordCounts(before: 845, after: 450, added: 0, removed: 395, changed: 0),
          summary: "held"))
      return Product(
        rule: sample.rule, verdict: sample.verdict, state: kept, observation: sample.observation
      ).recordChange
    }
    #expect(change(Samples.held) == "−395")
    #expect(change(Samples.stale) == "")
  }
}
