import FoundationEssentials
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// Damaged settings, depfiles and states, the same in every run: each gives an answer or an error.
@Suite(.scratch, .timeLimit(.minutes(2))) struct StoredTextFuzzTests {
  @Test(arguments: 0..<8) func `a depfile gives paths, each once`(seed: UInt64) {
    var random = Seeded(seed)
    let sample = Array("/etc/passwd\n/home/ann/\n/home/ann/.qmail-*\n# opaque\n/etc/x\n".utf8)
    for _ in 0..<500 {
      let report = DependencyReport(random.damaged(sample))
      #expect(report.keys.allSatisfy { $0.hasPrefix("/") })
      #expect(Set(report.keys).count == report.keys.count)
      let written = report.keys + (report.isOpaque ? ["# opaque"] : [])
      let again = DependencyReport(Array(written.joined(separator: "\n").utf8))
      #expect(again.keys == report.keys && again.isOpaque == report.isOpaque)
    }
  }

  /// The example of all keys, with the mark taken off those that are only shown.
  private func settings() throws -> [UInt8] {
    let example = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("service/qmail-updater.toml")
    let lines = try example.text.split(separator: "\n").map { line in
      line.hasPrefix("#") && !line.hasPrefix("# ") && line.contains("=") ? line.dropFirst() : line
    }
    let rule = """
      [rules.names]
      inputs = ["/etc/names", "/etc/more.*"]
      product = "/etc/names.out"
      command = ["sh", "-c", "cat /etc/names >{candidate}"]
      timeout = 30.5
      database = false
      """
    return Array((lines.joined(separator: "\n") + "\n" + rule + "\n").utf8)
  }

  @Test(arguments: 0..<8) func `settings are read, or refused with a line of the file`(
    seed: UInt64
  ) throws {
    var random = Seeded(seed)
    let file = Scratch.directory.appending("settings.toml")
    let whole = try settings()
    for _ in 0..<60 {
      let text = random.damaged(whole)
      try file.write(text)
      do throws(SettingsError) {
        _ = try SettingsFile.load(file, root: Root(Scratch.directory))
      } catch .refused(_, let problems) {
        let count = text.split(separator: 0x0a, omittingEmptySubsequences: false).count
        #expect(!problems.isEmpty)
        for problem in problems {
          #expect(problem.line.map { (1...count).contains($0) } ?? true, "\(problem)")
          #expect(problem.reason.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f })
        }
      } catch {
        Issue.record("\(error)")
      }
    }
  }

  @Test(arguments: 0..<8) func `a state is read as it is stored, or afresh with a warning`(
    seed: UInt64
  ) throws {
    let server = try TestServer()
    try server.control("morercpthosts").write("a.example\nb.example\n")
    try server.pass()
    let (rule, store) = ("morercpthosts.cdb", server.store)
    let whole = try FileReading.contents(of: store.path(of: rule))
    var random = Seeded(seed)
    var readable = 0
    for _ in 0..<200 {
      try store.path(of: rule).write(random.damaged(whole))
      var warnings: [String] = []
      let state = store.load(rule) { warnings.append($0) }
      guard warnings.isEmpty else { continue }
      readable += 1
      #expect(RoundTrip(state)?.state == state)
    }
    #expect(readable > 0)
  }

  @Test(arguments: 0..<8) func `progress that somebody stored is shown, or nothing`(
    seed: UInt64
  ) throws {
    let whole = PublishedProgress(
      rule: "x", pid: 4711, progress: Progress(done: 3, total: 10, unit: "domains"),
      time: Timestamp(nanoseconds: 1_795_521_826_000_000_000), rate: 3.5)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let sample = Array(try encoder.encode(whole))
    var random = Seeded(seed)
    for _ in 0..<500 {
      let bytes = Data(random.damaged(sample))
      guard let read = try? JSONDecoder().decode(PublishedProgress.self, from: bytes) else {
        continue
      }
      #expect((0...1).contains(read.share))
      #expect(read.secondsLeft(at: .now).map { $0 >= 0 } ?? true)
    }
  }
}
