internal import Console
internal import Glibc
internal import SystemPackage
internal import SystemSupport

/// The console as it runs: events in, effects out, pictures onto the terminal.
final class ConsoleProgram {
  let loop: EventLoop
  private(set) var state: ConsoleState
  private let isASCII: Bool
  private let terminal: Terminal?
  private var world: World?
  private var signals: Signals?
  private var waiting: [ConsoleEvent] = []
  private var isWorking = false
  private var drawing: EventLoop.Token?
  private var lastDrawn = Instant(nanoseconds: 0)
  private var keyboard: EventLoop.Token?
  private var isEnding = false
  private var isOver = false
  private var emptyReads = 0
  private(set) var exitCode: CInt = 0
  /// Called after everything that waited has been worked off.
  var afterEvents: () -> Void = {}

  /// Pictures follow each other no faster: a flood of log lines is drawn together.
  private static let pause = Duration.milliseconds(33)

  init(state: ConsoleState, isASCII: Bool, terminal: Terminal?, on loop: EventLoop) {
    self.state = state
    self.isASCII = isASCII
    self.terminal = terminal
    self.loop = loop
  }

  /// The picture of this moment.
  var screen: Screen { ConsoleView(state, isASCII: isASCII).screen() }

  /// The picture with as many rows as all that is known needs, for paper.
  var wholeScreen: Screen {
    var whole = state
    let needed = state.facts.products.count + state.facts.services.count + 16
    whole.size.rows = max(state.size.rows, needed)
    return ConsoleView(whole, isASCII: isASCII).screen()
  }

  /// Runs until the user or a signal ends it.
  func run(_ world: World, isLive: Bool = true) throws(SystemError) {
    self.world = world
    try listen()
    world.start(isLive: isLive)
    draw()
    if !isOver { try loop.run() }
    terminal?.close()
  }

  /// Takes an event and all that follows from it.
  func take(_ event: ConsoleEvent) {
    waiting.append(event)
    guard !isWorking else { return }
    isWorking = true
    while !waiting.isEmpty {
      for effect in state.update(waiting.removeFirst()) { perform(effect) }
    }
    isWorking = false
    drawSoon()
    afterEvents()
  }

  /// Takes a key, at this moment: between two keys the state's clock may have stood still.
  func press(_ key: Key) {
    take(.time(.now))
    take(.key(key))
  }

  /// Gives the terminal back and ends; a pass that is running puts its things away first.
  func end(code: CInt = 0) {
    guard !isEnding else { return }
    isEnding = true
    exitCode = code
    loop.cancel(keyboard)
    loop.cancel(drawing)
    terminal?.close()
    guard let world else { return finish() }
    world.stop { [self] in finish() }
  }

  /// The end may come before the loop has begun.
  private func finish() {
    isOver = true
    loop.stop()
  }
}

// MARK: - Effects

extension ConsoleProgram {
  private func perform(_ effect: Effect) {
    switch effect {
    case .quit: end()
    case .repaint: terminal?.repaint()
    case .save(let path): save(to: path)
    default: world?.perform(effect)
    }
  }

  /// Writes the screen into a new file, which nobody else can read.
  private func save(to name: String) {
    let path = FilePath(name)
    do {
      var clean = state
      clean.messages = []
      clean.prompt = nil
      let text = ConsoleView(clean, isASCII: isASCII).screen().text
      let file = try OwnedDescriptor(
        opening: path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
      try file.write(Array(text.utf8), subject: path.visible)
      waiting.append(.message(Message(.done, "the screen is in \(path.visible)")))
    } catch {
      waiting.append(.message(Message(.failed, "\(error)")))
    }
  }
}

// MARK: - The terminal

extension ConsoleProgram {
  private func listen() throws(SystemError) {
    signals = try Signals(
      [.terminate, .hangup, .interrupt, .quit, .stopTyped, .continued, .windowChanged], on: loop
    ) { [weak self] in self?.hear($0) }
    guard terminal != nil else { return }
    keyboard = loop.watch(0) { [weak self] readiness in self?.readKeys(readiness) }
  }

  private func hear(_ signal: Signals.Signal) {
    switch signal {
    case .terminate, .hangup, .interrupt, .quit: end(code: 128 + signal.rawValue)
    case .stopTyped:
      terminal?.suspend()
      take(.resized(Terminal.size))
      take(.time(.now))
    case .continued:
      terminal?.repaint()
      take(.resized(Terminal.size))
    case .windowChanged: take(.resized(Terminal.size))
    case .alarm: break
    }
  }

  private func readKeys(_ readiness: EventLoop.Readiness) {
    var count = 0
    while let press = terminal?.nextKey() {
      count += 1
      if let key = press.key { self.press(key) }
      // Somebody who leans on a key must not keep everything else waiting.
      if count == 64 { break }
    }
    emptyReads = count == 0 ? emptyReads + 1 : 0
    // The line is dead: readable without end and nothing to read.
    if readiness.contains(.hungUp) || readiness.contains(.failed) || emptyReads > 20 {
      end(code: 129)
    }
  }

  private func drawSoon() {
    guard terminal != nil, drawing == nil, !isEnding else { return }
    drawing = loop.schedule(at: max(.now, lastDrawn + Self.pause)) { [weak self] in self?.draw() }
  }

  private func draw() {
    loop.cancel(drawing)
    drawing = nil
    lastDrawn = .now
    terminal?.show(screen)
  }
}
