import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The directory that each test gets.
@Suite struct ScratchTests {
  private struct Failure: Error {}

  /// Notes the directory of a test.
  private actor Note {
    var directory: FilePath?
    func set(_ path: FilePath) { directory = path }
  }

  @Test(arguments: [false, true]) func `it is gone afterwards, also when the test has thrown`(
    throwing isThrowing: Bool
  ) async throws {
    let test = try #require(Test.current)
    let note = Note()
    do {
      try await ScratchTrait.scratch.provideScope(for: test, testCase: nil) {
        await note.set(Scratch.directory)
        try Scratch.directory.appending("a/b").write("c")
        if isThrowing { throw Failure() }
      }
      #expect(!isThrowing)
    } catch {
      #expect(isThrowing && error is Failure)
    }
    let directory = try #require(await note.directory)
    #expect(try FileStatus.of(directory) == nil)
  }
}
