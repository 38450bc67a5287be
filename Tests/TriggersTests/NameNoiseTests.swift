import Testing
import Triggers

@Suite struct NameNoiseTests {
  @Test(arguments: [
    "a.tmp", ".morercpthosts.x1.tmp", "assign.lock", "vpasswd.4711", "vpasswd.bak.12",
    ".dir-control", ".dir-control.99", "lastauth", "locals~", ".locals.swp", ".locals.swx", "4913",
    ".#locals", "#locals#", ".nfs0001",
    ".list.cdb.candidate-1x.tmp", ".list.cdb.candidate-1x.tmp.t",
    "..list.cdb.candidate-1x.tmp.2y.tmp",
  ]) func `temporary names are noise`(name: String) {
    #expect(NameNoise.contains(Array(name.utf8)))
  }

  @Test(arguments: [
    "locals", ".qmail-x", ".qmail-default", "tcp.smtp", "tcp.smtp.cdb", "tmp", "lock", "123", "a.",
    ".swp", "x.swp", "example.org", "12.example", "lastauth2", "my.candidate-list", "\u{e9}.1a",
  ]) func `names of real files are not`(name: String) {
    #expect(!NameNoise.contains(Array(name.utf8)))
  }
}
