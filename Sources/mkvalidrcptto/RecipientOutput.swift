internal import Recipients
internal import SystemSupport
internal import ToolSupport

/// A list of recipients on standard output.
struct RecipientOutput {
  private let list: RecipientList
  private let isRecords: Bool
  /// Whether somebody looks at the addresses, in which strangers may have put anything.
  private let isShown = StandardStreams.isOutputTerminal

  /// - Parameters:
  ///   - list: The recipients.
  ///   - asRecords: Whether the lines are cdbmake's, with those that are refused, rather than the
  ///     addresses that are taken.
  init(_ list: RecipientList, asRecords: Bool) {
    self.list = list
    isRecords = asRecords
  }

  /// Writes all of it.
  func write() throws {
    let output = StandardOutput()
    var line: [UInt8] = []
    try unsafe list.forEachRecord { key, value in
      line.removeAll(keepingCapacity: true)
      if isRecords {
        unsafe CDBMakeInput.append(key: key, value: value, shown: isShown, to: &line)
      } else if unsafe value.isEmpty {
        unsafe CDBMakeInput.append(key, shown: isShown, to: &line)
        line.append(UInt8(ascii: "\n"))
      }
      try output.write(line)
    }
    if isRecords { try output.write(CDBMakeInput.end) }
    try output.finish()
  }
}
