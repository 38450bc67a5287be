import SystemPackage
import SystemSupport
import Testing

@testable import Triggers

@Suite struct WatchLayoutTests {
  typealias Entry = WatchLayout.Entry

  /// A world of a few paths.
  static let world: [FilePath: Entry] = [
    "/var": .directory, "/var/qmail": .link(to: "../srv/qmail"), "/srv": .directory,
    "/srv/qmail": .directory, "/srv/qmail/control": .directory,
    "/srv/qmail/control/locals": .link(to: "/etc/locals"), "/etc": .directory,
    "/etc/locals": .other, "/loop": .link(to: "/loop"),
  ]

  func layout(files: Set<FilePath> = [], directories: Set<FilePath> = []) -> WatchLayout {
    WatchLayout(files: files, directories: directories) { Self.world[$0] ?? .missing }
  }

  @Test func `links on the way and at the end are followed, and can change themselves`() {
    let asked: FilePath = "/var/qmail/control/locals"
    let interests = layout(files: [asked]).interests
    #expect(
      Set(interests.keys) == ["/var", "/srv", "/srv/qmail", "/srv/qmail/control", "/etc"])
    #expect(interests["/var"]?.steps == [Array("qmail".utf8): [asked]])
    #expect(interests["/srv/qmail/control"]?.files == [Array("locals".utf8): [asked]])
    #expect(interests["/etc"]?.files == [Array("locals".utf8): [asked]])
    #expect(interests["/srv"] == WatchLayout.Interest())
  }

  @Test func `what is missing is waited for where its path ends`() {
    let asked: FilePath = "/etc/tcp/rules/smtp"
    let interests = layout(files: [asked], directories: ["/etc/tcp"]).interests
    #expect(Set(interests.keys) == ["/etc"])
    #expect(interests["/etc"]?.steps == [Array("tcp".utf8): [asked, "/etc/tcp"]])
  }

  @Test func `a directory on the way is watched for nothing but its own fate`() {
    let interests = layout(files: ["/srv/qmail/control/me"]).interests
    #expect(interests["/srv"]?.mask == [.deletedItself, .movedItself, .onlyDirectory])
    #expect(interests["/srv/qmail/control"]?.mask.contains(.closedAfterWrite) == true)
    #expect(interests["/"] == nil)
  }

  @Test func `a link to itself ends`() {
    let interests = layout(files: ["/loop/file"], directories: ["/loop"]).interests
    #expect(Set(interests.keys) == ["/"])
    #expect(interests["/"]?.steps == [Array("loop".utf8): ["/loop/file", "/loop"]])
  }
}
