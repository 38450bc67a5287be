import Console
import SystemPackage
import SystemSupport
import TestSupport
import Testing
import Updating

/// A picture of the moment, as `--once` and `--json` print it.
@Suite(.timeLimit(.minutes(1)), .scratch) struct PictureTests {
  @Test func `it enters no register, however long the loop runs on`() throws {
    let root = Root(Scratch.directory)
    let settings = try SettingsFile.load(nil, root: root)
    let store = StateStore(settings.stateDirectory)
    try FileOperations.makeDirectory(Scratch.directory.appending("var"), mode: 0o755)
    try FileOperations.makeDirectory(Scratch.directory.appending("var/lib"), mode: 0o755)
    try store.prepare()
    // While somebody runs rules a console looks again each second.
    let lock = try FileLock(store.lockPath)
    let holder = Background(["setlock", store.lockPath.string, "sleep", "50"])
    defer { holder.stop() }
    try wait { lock.holder?.program == "sleep" }
    let loop = EventLoop()
    var latest: Facts?
    let world = World(
      settings, from: SettingsSource(nil, root: root), access: Facts.Access(), on: loop
    ) { event in
      if case .facts(let facts) = event { latest = facts }
    }
    world.start(isLive: false)
    loop.schedule(after: .milliseconds(1200)) { loop.stop() }
    try loop.run()
    #expect(latest?.isListed == false)
    #expect(try FileStatus.of(store.directory.appending("consoles")) == nil)
    withExtendedLifetime(world) {}
  }
}
