import SystemSupport
import Testing

@testable import Supervision

@Suite struct LineSplitterTests {
  let stamp = "@400000006b045dce1eafef24"

  func position(_ offset: Int64) -> LogPosition {
    LogPosition(in: FileIdentity(device: 1, inode: 2), offset: offset)
  }

  @Test(arguments: 1...60)
  func `however the bytes come, the lines are the same`(size: Int) {
    let bytes = Array("\(stamp) one\n\nno stamp\n\(stamp)x\n\(stamp) \n\u{e4}\u{0}\nopen".utf8)
    var whole = LineSplitter()
    let expected = whole.append(bytes, at: position(0))
    #expect(expected.count == 6)
    var splitter = LineSplitter()
    var lines: [LogLine] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      lines += splitter.append(
        Array(bytes[start..<min(start + size, bytes.count)]), at: position(Int64(start)))
    }
    #expect(lines == expected)
    #expect(splitter.flush().map { $0.text } == Array("open".utf8))
    #expect(splitter.flush() == nil)
  }

  @Test func `only an exact stamp with its blank is taken off`() {
    var splitter = LineSplitter()
    let lines = splitter.append(
      Array("\(stamp) a b\n\(stamp)\n\(stamp)\tx\n@4000 y\n".utf8), at: position(100))
    #expect(lines.map { $0.stamp?.description } == [stamp, nil, nil, nil])
    #expect(lines[0].text == Array("a b".utf8))
    #expect(lines[1].text == Array(stamp.utf8))
    #expect(lines.map(\.position.offset) == [100, 130, 156, 184])
  }

  @Test func `a long line keeps its beginning and counts the rest`() {
    var splitter = LineSplitter(maximumLength: 5)
    var lines = splitter.append(Array("abc".utf8), at: position(0))
    lines += splitter.append(Array("defgh".utf8), at: position(3))
    lines += splitter.append(Array("ij\nk\n".utf8), at: position(8))
    #expect(lines.map(\.text) == [Array("abcde".utf8), Array("k".utf8)])
    #expect(lines.map(\.dropped) == [5, 0])
  }
}
