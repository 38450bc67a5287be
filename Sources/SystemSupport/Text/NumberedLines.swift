internal import Glibc

/// The lines of a text file with their numbers, as bytes: what qmail's programs see.
///
/// A line ends at a newline; the last one may lack it. Line numbers count from 1.
package struct NumberedLines: Sequence, Sendable {
  /// One line without its newline.
  package struct Line: Sendable {
    /// The place in the file, counted from 1.
    package let number: Int
    /// The bytes of the line, without the newline.
    package let bytes: ArraySlice<UInt8>
    /// Whether a newline ended the line; false only for the last one.
    package let isTerminated: Bool
  }

  private let contents: [UInt8]

  package init(_ contents: [UInt8]) { self.contents = contents }

  package func makeIterator() -> Iterator { Iterator(contents) }

  /// Steps through the lines without copying them.
  package struct Iterator: IteratorProtocol {
    private let contents: [UInt8]
    private var position = 0
    private var number = 0

    fileprivate init(_ contents: [UInt8]) { self.contents = contents }

    package mutating func next() -> Line? {
      guard position < contents.count else { return nil }
      let start = position
      let end = endOfLine(from: start)
      position = end + 1
      number += 1
      return Line(
        number: number, bytes: contents[start..<end], isTerminated: end < contents.count)
    }

    private func endOfLine(from start: Int) -> Int {
      unsafe contents.withUnsafeBytes { bytes in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
        guard let first = rest.baseAddress,
          let newline = unsafe memchr(first, CInt(UInt8(ascii: "\n")), rest.count)
        else { return contents.count }
        return unsafe start + first.distance(to: newline)
      }
    }
  }
}
