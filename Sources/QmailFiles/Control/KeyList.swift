/// The keys of the .cdb that `qmail-newmrh` makes of `morercpthosts`, and `qmail-newmvrt` of
/// `morevalidrcptto`: each entry in small letters, in the order of the file, doubles included.
package struct KeyList: Sendable {
  /// The file in small letters.
  package let bytes: [UInt8]
  /// Where each key stands in the bytes.
  package let places: [Range<Int>]

  /// Takes a file apart; nothing in it is wrong.
  package init(parsing contents: [UInt8]) {
    let lowercased = contents.lowercased
    bytes = lowercased
    places = unsafe lowercased.withUnsafeBufferPointer { bytes in
      var places: [Range<Int>] = []
      var start = 0
      while start < bytes.count {
        let newline = unsafe bytes.firstIndex(of: .newline, from: start, to: bytes.count)
        let end = newline ?? bytes.count
        let line = unsafe UnsafeBufferPointer(rebasing: bytes[start..<end])
        if let entry = unsafe ControlFile.entry(in: line) {
          unsafe places.append(start..<(start + entry.count))
        }
        start = end + 1
      }
      return places
    }
  }
}
