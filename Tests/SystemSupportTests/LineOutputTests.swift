import Glibc
import SystemSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct LineOutputTests {
  @Test func `a log that nobody reads loses the line, and keeps nobody for ever`() async {
    await #expect(processExitsWith: .success) {
      var ends: [CInt] = [-1, -1]
      guard pipe(&ends) == 0, dup2(ends[1], 1) == 1 else { exit(1) }
      // multilog's pipe blocks; it is filled here without waiting.
      _ = fcntl(1, F_SETFL, O_NONBLOCK)
      var page = [UInt8](repeating: 0, count: 4096)
      while write(1, page, page.count) > 0 {}
      _ = fcntl(1, F_SETFL, 0)
      alarm(20)
      LineOutput().write("lost")
      // With room for a part of the line, too.
      guard read(ends[0], &page, page.count) == page.count else { exit(1) }
      LineOutput().write(String(repeating: "x", count: 3 * page.count))
      // What there is room for is written whole.
      for _ in 0..<16 { _ = read(ends[0], &page, page.count) }
      LineOutput().write(String(repeating: "y", count: 2 * page.count - 1))
      let count = read(ends[0], &page, page.count) + read(ends[0], &page, page.count)
      exit(count == 2 * page.count && page.last == UInt8(ascii: "\n") ? 0 : 1)
    }
  }
}
