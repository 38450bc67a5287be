internal import SystemSupport

extension ConsoleState {
  mutating func performOnScreen(_ name: ConsoleCommand.Name) -> [Effect] {
    switch name {
    case .sort:
      let all = ProductSort.allCases
      sort = all[((all.firstIndex(of: sort) ?? 0) + 1) % all.count]
      say(Message(.note, "products in \(sort.rawValue)"))
    case .zoom:
      toggleZoom()
      return [log.fill(logPane)].compactMap(\.self)
    case .grow: growth[focus, default: 0] += 1
    case .shrink: growth[focus, default: 0] -= 1
    case .save: prompt = Prompt(.save, text: defaultSavePath)
    case .lock:
      isLocked.toggle()
      // Who has locked it once does not want it to lie open.
      locksItself = true
      say(
        Message(
          .note,
          isLocked
            ? "locked: this console only shows"
            : "unlocked until no key is pressed for five minutes"
        ))
    case .refresh: return [.repaint, .survey]
    case .command: prompt = Prompt(.command)
    case .help:
      page = .help
      document = DocumentState()
    case .quit:
      guard activity != nil else { return [.quit] }
      return ask(
        "quit", ["A pass of this console is running.", "It is stopped after the step it is at."],
        "Stop and quit", .stopRunAndQuit)
    default: break
    }
    return []
  }

  private var defaultSavePath: String {
    "qmail-console." + now.formatted("%Y%m%d-%H%M%S", zone: zone) + ".txt"
  }
}
