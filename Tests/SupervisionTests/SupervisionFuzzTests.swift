import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Supervision

/// Damaged words of supervise, svstat and multilog, the same in every run.
@Suite(.timeLimit(.minutes(1))) struct SupervisionFuzzTests {
  static let lines = [
    "/service/qmail-send: up (pid 1234) 300 seconds",
    "qmail: smtpd: up (pid 1) 0 seconds, normally down, paused, want down, once, stopping",
    "/service/x: down 12 seconds, normally up, want up", "x: supervise not running",
    "/service/x: unable to open supervise/ok: file does not exist",
  ]

  @Test(arguments: 0..<8) func `an answer of svstat is a status, or kept as it is`(
    seed: UInt64
  ) {
    var random = Seeded(seed)
    for _ in 0..<1000 {
      let sample = Array((Self.lines.randomElement(using: &random) ?? "").utf8)
      let text = String(decoding: random.damaged(sample), as: UTF8.self)
      let line = SvstatLine(text, at: Timestamp(nanoseconds: .max))
      _ = "\(line.status)"
      _ = line.status.seconds(at: Timestamp(nanoseconds: .min))
      guard case .unrecognized(let words) = line.status.state else { continue }
      #expect(text.hasPrefix(line.name) && text.contains(words))
    }
  }

  @Test(arguments: 0..<8) func `a status file is a status or none`(seed: UInt64) {
    var random = Seeded(seed)
    for _ in 0..<1000 {
      let bytes = random.bytes(upTo: 48)
      let now = Timestamp(nanoseconds: Int64(bitPattern: random.next()))
      let status = SuperviseFiles.unpack(bytes, isNormallyUp: true, at: now)
      #expect((status == nil) == (bytes.count < 18))
      #expect(status.map { $0.seconds(at: now) >= 0 } ?? true)
    }
  }

  @Test(arguments: 0..<8) func `a stamp reads as it is written`(seed: UInt64) {
    var random = Seeded(seed)
    let sample = Array("@4000000067a1b2c300000000".utf8)
    for _ in 0..<1000 {
      let stamp = TAI64N(
        seconds: random.next(), nanoseconds: UInt32(truncatingIfNeeded: random.next()))
      #expect(TAI64N(Array(stamp.description.utf8)) == stamp)
      let moment = Timestamp(nanoseconds: Int64(bitPattern: random.next()))
      #expect(TAI64N(moment).timestamp == moment)
      let text = random.damaged(sample)
      if let read = TAI64N(text) { #expect(Array(read.description.utf8) == text) }
    }
  }

  @Test(arguments: 0..<8) func `a log is cut into the same lines, in whatever pieces it comes`(
    seed: UInt64
  ) {
    var random = Seeded(seed)
    let position = LogPosition(in: FileIdentity(device: 1, inode: 2), offset: 0)
    for _ in 0..<100 {
      var text = random.damaged(Array("@4000000067a1b2c300000000 a line\n@40 b\n\n@".utf8))
      for _ in 0..<4 { text += random.damaged(text).prefix(300) }
      var whole = LineSplitter(maximumLength: 64)
      let expected = whole.append(text, at: position)
      var pieces = LineSplitter(maximumLength: 64)
      var lines: [LogLine] = []
      var start = 0
      while start < text.count {
        let end = min(text.count, start + Int.random(in: 1...40, using: &random))
        lines += pieces.append(Array(text[start..<end]), at: position.advanced(by: start))
        start = end
      }
      #expect(lines == expected)
      #expect(pieces.flush() == whole.flush())
    }
  }
}
