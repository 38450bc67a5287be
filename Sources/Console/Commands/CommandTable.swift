extension ConsoleCommand {
  /// Every command, in the order of the hint line.
  package static let table: [ConsoleCommand] = [
    ConsoleCommand(
      .update, ["u"], "update", "build everything that is stale, in order", .products,
      need: .power, in: [.products]),
    ConsoleCommand(
      .force, ["f"], "force", "run the selected rule, even if it is fresh", .products,
      need: .power, in: [.products]),
    ConsoleCommand(
      .release, ["g"], "release", "let a held rule replace its product", .products, need: .power,
      in: []),
    ConsoleCommand(
      .details, [.enter], "details", "all about the selected rule: reasons, inputs, runs, records",
      .products, in: [.products]),
    ConsoleCommand(
      .trigger, ["t"], "trigger", "poke the pipe: the service checks everything", .products,
      need: .pipe, in: [.products, .services]),
    ConsoleCommand(
      .explain, ["e"], "explain", "who accepts an address, and which line says so", .products,
      in: [.products]),
    ConsoleCommand(
      .hup, ["h"], "hup", "svc -h: the service reads its files again", .services, need: .power,
      in: [.products, .services]),
    ConsoleCommand(
      .restart, ["r"], "restart", "svc -t: stop the service; supervise starts it again",
      .services, need: .power, in: [.products, .services]),
    ConsoleCommand(
      .start, ["s"], "start/stop", "svc -u or svc -d", .services, need: .power, in: [.services]),
    ConsoleCommand(
      .pause, ["p"], "pause", "svc -p or svc -c", .services, need: .power, in: [.services]),
    ConsoleCommand(
      .follow, ["F"], "follow", "show the end of the log, and what comes", .log, in: [.log]),
    ConsoleCommand(.log, ["l"], "log", "choose whose log is shown", .log, in: Pane.allCases),
    ConsoleCommand(
      .when, ["w"], "when", "the log when the file changed, the rule ran or the service began",
      .log,
      in: [.services]),
    ConsoleCommand(
      .search, ["/"], "find", "search; in the log the older lines too", .log,
      in: [.products, .log]),
    ConsoleCommand(
      .verify, ["v"], "verify", "compare the product with what its inputs make now", .products,
      need: .power, in: [.products]),
    ConsoleCommand(
      .rollback, ["b"], "roll back", "put the previous product back, and keep it there", .products,
      need: .power, in: [.products]),
    ConsoleCommand(
      .next, ["n"], "next", "the next place that was searched for: in the log an older line", .log,
      in: [.log]),
    ConsoleCommand(
      .previous, ["N"], "back", "the place before: in the log a newer line", .log, in: [.log]),
    ConsoleCommand(
      .filter, [.function(4), "\\"], "filter", "show only what contains a text", .log, in: [.log]),
    ConsoleCommand(
      .times, ["T"], "times", "local time, UTC, age or the raw stamp", .log, in: [.log]),
    ConsoleCommand(
      .wrap, ["W"], "wrap", "show long lines whole, or one row of each", .log, in: [.log]),
    ConsoleCommand(
      .sort, ["o"], "sort", "order of the products: of a pass, by state, by age", .screen),
    ConsoleCommand(
      .zoom, ["z"], "zoom", "give the whole screen to this pane, or back", .screen,
      in: [.log]),
    ConsoleCommand(.grow, ["+"], "grow", "one more line for this pane", .screen),
    ConsoleCommand(.shrink, ["-"], "shrink", "one line less for this pane", .screen),
    ConsoleCommand(.save, ["y"], "save", "write a copy of the screen to a file", .screen),
    ConsoleCommand(
      .lock, ["L"], "lock", "take the power to act away, or give it back for a while",
      .screen),
    ConsoleCommand(
      .refresh, [.control("l")], "repaint", "survey everything again and draw the whole screen",
      .screen),
    ConsoleCommand(.command, [":"], "command", "a command by its name", .screen),
    ConsoleCommand(.help, ["?", .function(1)], "help", "this page", .screen, in: Pane.allCases),
    ConsoleCommand(
      .quit, ["q"], "quit", "end the console; the service goes on", .screen,
      in: Pane.allCases),
  ]

  /// The command of a key, if it has one.
  package static func bound(to key: Key) -> ConsoleCommand? {
    table.first { $0.keys.contains(key) }
  }

  /// The command with a name.
  package static func named(_ name: Name) -> ConsoleCommand? { table.first { $0.name == name } }

  /// The commands whose names begin with a text.
  package static func completions(of text: String) -> [ConsoleCommand] {
    table.filter { $0.name.rawValue.hasPrefix(text) }
  }

  /// The keys that move, for the help page: they are the same everywhere.
  package static let movements: [(keys: String, explanation: String)] = [
    ("Tab S-Tab", "the next pane, the one before"),
    ("Up Down PgUp PgDn", "move; also j k, and Space for PgDn"),
    ("Left Right", "in the log: one row a line, to the side"),
    ("Home End", "to the start, to the end"),
    ("Esc", "close a page or a dialog, dismiss a message, end a search"),
  ]
}

extension Key: ExpressibleByExtendedGraphemeClusterLiteral {
  package init(extendedGraphemeClusterLiteral value: Character) { self = .character(value) }
}
