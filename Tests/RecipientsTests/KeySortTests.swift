import Testing

@testable import Recipients

@Suite struct KeySortTests {
  /// Enough keys that each of two workers sorts byte by byte, and groups that agree in their first
  /// bytes are large too.
  private static let keys: [(key: [UInt8], mark: KeyEntry.Mark)] = {
    var random = SystemRandomNumberGenerator()
    return (0..<30_000).map { number in
      let stems = ["", "a", "user", "postmaster", "someone-with-a-longer-name."]
      let stem = stems[Int.random(in: 0..<stems.count, using: &random)]
      let bytes: [UInt8] = [0, 0x2e, 0x30, 0x61, 0x7a, 0xff]
      let tail = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        bytes[Int.random(in: 0..<bytes.count, using: &random)]
      }
      let marks: [KeyEntry.Mark] = [.accepted, .accepted, .accepted, .excluded, .rejected]
      return (Array(stem.utf8) + tail + Array("@d\(number % 3)".utf8), marks[number % 5])
    }
  }()

  @Test(arguments: [1, 2, 3])
  func `many keys are sorted by their bytes, each once, and the highest mark counts`(
    workers: Int
  ) throws {
    var arenas = [KeyArena(), KeyArena()]
    var marks: [[UInt8]: KeyEntry.Mark] = [:]
    for (number, (key, mark)) in Self.keys.enumerated() {
      arenas[number % 2].append(key: key, mark: mark)
      marks[key] = max(mark, marks[key] ?? .accepted)
    }
    let expected = marks.filter { $0.value != .excluded }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let sorted = SortedKeys(arenas, workerCount: workers)
    let found = sorted.withBlocks { blocks in
      sorted.parts.joined().map { (key: Array($0.key(in: blocks)), mark: $0.mark) }
    }
    #expect(found.map(\.key) == expected.map(\.key))
    #expect(found.map(\.mark) == expected.map(\.value))
  }
}
