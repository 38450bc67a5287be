import Glibc
import SystemPackage
import SystemSupport
import TestSupport

/// A terminal of tmux with a shell in it, for one test; it ends with this object.
final class Screenful {
  private let socket = "qmail-console-test.\(getpid()).\(UInt32.random(in: 0 ... .max))"
  private let directory: FilePath

  /// Opens a terminal with a shell that prints `$ `.
  init(columns: Int = 80, rows: Int = 24) throws {
    directory = Scratch.directory
    try tmux(
      "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
      "env -i PATH='\(Self.path)' TERM=tmux-256color LANG=C.UTF-8 PS1='$ ' HOME=/nonexistent"
        + " SWIFT_BACKTRACE=enable=no bash --norc --noprofile -i")
    try wait { $0.contains("$") }
  }

  deinit { try? close() }

  /// Closes the terminal under whatever runs in it.
  func close() throws { try tmux("kill-server") }

  private static var path: String {
    unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
  }

  @discardableResult
  private func tmux(_ words: String...) throws -> Tools.Result {
    try Tools.run(["tmux", "-L", socket] + words)
  }

  /// Types a line into the shell.
  func type(line: String) throws {
    try tmux("send-keys", "-l", line)
    try tmux("send-keys", "Enter")
  }

  /// Starts the console over a tree.
  func start(_ server: MailServer, _ options: String = "") throws {
    try type(line: "stty -g >\(directory)/before; echo READY")
    try wait { $0.contains("\nREADY") }
    let program = try Tools.own("qmail-console")
    try type(line: "\(program) --root \(server.root) \(options); echo code $?")
    try wait { $0.contains("q quit") }
  }

  /// Presses keys by tmux's names.
  func press(_ keys: String...) throws {
    for key in keys { try Tools.run(["tmux", "-L", socket, "send-keys", key]) }
  }

  /// The console's keys that were pressed, by their names.
  private(set) var pressed: Set<String> = []

  /// Presses keys by the console's names.
  func key(_ names: String...) throws {
    for name in names {
      pressed.insert(name)
      if let other = Self.tmuxNames[name] {
        try tmux("send-keys", other)
      } else if name.count == 2, name.hasPrefix("^") {
        try tmux("send-keys", "C-\(name.dropFirst().lowercased())")
      } else if name.count == 1 {
        try type(name)
      } else {
        try tmux("send-keys", name)
      }
    }
  }

  /// Types characters.
  func type(_ text: String) throws { try tmux("send-keys", "-l", "--", text) }

  private static let tmuxNames = [
    "Esc": "Escape", "PgUp": "PPage", "PgDn": "NPage", "S-Tab": "BTab", "Backspace": "BSpace",
  ]

  func text() throws -> String {
    String(decoding: try tmux("capture-pane", "-p").bytes, as: UTF8.self)
  }

  func resize(columns: Int, rows: Int) throws {
    try tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }

  /// Whether the alternate screen is shown, and the cursor is visible.
  func isFullScreen() throws -> Bool {
    try tmux("display-message", "-p", "#{alternate_on}").text == "1"
  }

  func isCursorVisible() throws -> Bool {
    try tmux("display-message", "-p", "#{cursor_flag}").text == "1"
  }

  /// Whether the terminal's modes are those before the console was started.
  func areModesRestored() throws -> Bool {
    try type(line: "stty -g >\(directory)/after; echo THEN")
    try wait { $0.contains("\nTHEN") }
    return try directory.appending("before").text == directory.appending("after").text
  }

  /// Waits until the screen satisfies a test, at most 30 seconds.
  @discardableResult
  func wait(until isDone: (String) -> Bool) throws -> String {
    let deadline = Instant.now + .seconds(30)
    while true {
      let text = try text()
      if isDone(text) { return text }
      guard Instant.now < deadline else {
        throw SystemError("wait for the screen", text, .timedOut)
      }
      usleep(20_000)
    }
  }

  /// The pid of the console that runs in this terminal.
  func consolePid() throws -> Int32 {
    let shell = try tmux("display-message", "-p", "#{pane_pid}").text
    let children = try FilePath("/proc/\(shell)/task/\(shell)/children").text
    guard let pid = Int32(children.split(separator: " ").last ?? "") else {
      throw SystemError("find the console", children, .noSuchProcess)
    }
    return pid
  }
}
