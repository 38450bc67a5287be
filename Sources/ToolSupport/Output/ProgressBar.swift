internal import Glibc
internal import SystemSupport

/// Tells how far the work is: as a line on a terminal, and to a program that runs us and asks.
///
/// The line is drawn at most ten times a second and wiped at the end. Nothing is told where there
/// is neither.
package final class ProgressBar {
  private let unit: String
  private let width: Int
  private let isShown: Bool
  private var next = Instant(nanoseconds: 0)
  private var channel: ProgressChannel?

  /// - Parameters:
  ///   - isWanted: Whether the user asked for the line.
  ///   - unit: What is counted, in the plural.
  package init(isWanted: Bool, counting unit: String) {
    self.unit = unit
    isShown = isWanted && StandardStreams.isErrorTerminal
    width = isShown ? Self.terminalWidth : 0
    channel = ProgressChannel()
  }

  deinit {
    if isShown { Self.draw("\r\u{1b}[K") }
  }

  /// Tells how much is done, unless it was told just now.
  package func update(done: Int, of total: Int) {
    guard isShown || channel != nil else { return }
    let now = Instant.now
    channel?.report(Progress(done: done, total: total, unit: unit), at: now)
    guard isShown, now >= next else { return }
    next = now + .milliseconds(100)
    Self.draw("\r" + Self.line(done: done, of: total, counting: unit, width: width) + "\u{1b}[K")
  }

  /// The bar as text, one column narrower than the terminal.
  static func line(done: Int, of total: Int, counting unit: String, width: Int) -> String {
    let share = total > 0 ? min(max(Double(done) / Double(total), 0), 1) : 0
    let percent = String(Int(share * 100))
    let padding = String(repeating: " ", count: 3 - percent.count)
    let numbers = "\(padding)\(percent) %  \(done) of \(total) \(unit)"
    let room = min(40, width - 1 - numbers.count - 3)
    guard room >= 8 else { return String(numbers.prefix(max(0, width - 1))) }
    let filled = Int(share * Double(room))
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: "-", count: room - filled) + "] " + numbers
  }

  private static func draw(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  }

  private static var terminalWidth: Int {
    var size = winsize()
    let result = unsafe ioctl(2, UInt(TIOCGWINSZ), &size)
    return result == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }
}
