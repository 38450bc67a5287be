import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The preview of a tool that writes its product in place: the real newaliases, in a tree.
@Suite(
  .scratch, .timeLimit(.minutes(2)),
  .enabled(if: geteuid() == 0 && access("/var/lib/qmail/bin/newaliases", X_OK) == 0))
struct RehearsalTests {
  private func server() throws -> MailServer {
    let server = try MailServer()
    // Debian's is built for the directories of its own qmail.
    let script = """
      mkdir -p $1/var/lib/qmail/bin; cp /var/lib/qmail/bin/newaliases $1/var/lib/qmail/bin/
      ldd /var/lib/qmail/bin/newaliases | grep -o '/[^ ]*' | while read -r l; do
        mkdir -p $1${l%/*}; cp -L $l $1$l; done
      ln -s /var/qmail/control $1/var/lib/qmail/control
      ln -s /var/qmail/control $1/etc/qmail
      """
    #expect(try Tools.run(["sh", "-c", script, "sh", server.root.string]).code == 0)
    try server.root.appending("etc/aliases").write("root: ann\npostmaster: root\n")
    #expect(try server.update().code == 0)
    return server
  }

  /// Every name under a directory, with what the kernel knows of it.
  private func listing(_ directory: FilePath) throws -> [String] {
    try Tools.run([
      "find", directory.string, "-printf", "%p %i %s %T@ %C@ %m\n",
    ]).lines.sorted()
  }

  @Test func `it shows what newaliases would change, and changes nothing`() throws {
    let server = try server()
    try server.root.appending("etc/aliases").write("root: bob\nsales: ann\n")
    let etc = server.root.appending("etc")
    let before = try listing(etc)
    let result = try server.script(
      "wait STALE", "text /", "text aliases", "key Enter Enter", "wait A rebuild now",
      "wait idle", "dump -", "key Esc", "wait STALE", size: (100, 50))
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("2 -> 2 records (+1 -1 ~1)"), "\(result.text)")
    for line in ["+ :sales@", "- :postmaster@", "~ :root@"] {
      #expect(result.lines.contains { $0.contains(line) }, "\(line)")
    }
    #expect(try listing(etc) == before)
    let previews = server.root.appending("var/lib/qmail-updater/previews")
    #expect(try FileReading.names(in: previews).isEmpty)
  }

  @Test func `what newaliases refuses is told, and v tells what is as it should be`() throws {
    let server = try server()
    let same = try server.script(
      "wait all fresh", "text /", "text aliases", "key Enter v",
      "wait aliases.cdb is what its inputs make", size: (100, 40))
    #expect(same.code == 0, "\(same.text)")
    try server.root.appending("etc/aliases").write("root: /var/mail/x\n")
    let refused = try server.script(
      "wait STALE", "text /", "text aliases", "key Enter Enter",
      "wait file delivery /var/mail/x", "dump -", size: (100, 40))
    #expect(refused.code == 0, "\(refused.text)")
    #expect(refused.text.contains("exit 111"))
  }
}
