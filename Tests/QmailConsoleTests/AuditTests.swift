import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Each action leaves a line in the system's log: who did what, and what came of it.
///
/// The log is a socket of the test's own, in a namespace where `/dev` is the test's, too.
@Suite(.scratch, .timeLimit(.minutes(2)), .enabled(if: geteuid() == 0)) struct AuditTests {
  /// Runs the console with a key script while somebody listens as syslogd does.
  ///
  /// - Returns: The lines that came, with the facility and priority before them.
  private func lines(_ server: MailServer, _ steps: String...) throws -> [String] {
    let keys = Scratch.directory.appending("keys")
    let log = Scratch.directory.appending("syslog")
    try keys.write(steps.joined(separator: "\n") + "\n")
    let script = """
      mount -t tmpfs none /dev || exit 99
      mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9
      perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Type => SOCK_DGRAM,
        Local => "/dev/log"); $| = 1; print "ready\\n"; while (1) { $s->recv($m, 4096);
        print "$m\\n" }' >"$3" &
      until [ -s "$3" ]; do sleep 0.05; done
      "$0" --root "$1" --keys "$2"; code=$?
      sleep 0.3; kill $!; exit $code
      """
    let result = try Tools.run(
      [
        "unshare", "-m", "sh", "-c", script, try Tools.own("qmail-console"), server.root.string,
        keys.string, log.string,
      ],
      environment: [
        "COLUMNS": "120", "LINES": "30", "LANG": "C.UTF-8", "SUDO_USER": "ann",
        "SSH_CONNECTION": "192.0.2.7 50000 192.0.2.1 22",
      ])
    #expect(result.code == 0, "\(result.text)")
    return try log.text.split(separator: "\n").dropFirst().map(String.init)
  }

  @Test func `what is done to products and services is told with its outcome`() throws {
    let server = try MailServer()
    try server.configuration.write("[rules.\"morercpthosts.cdb\"]\nguarded = true\n")
    let send = try server.addTalker("qmail-send")
    try server.start(waitingFor: send)
    try server.update()
    let pid = try server.services.waitUntilUp(send)
    try server.control("morercpthosts").write("other.example\n")
    let told = try lines(
      server, "wait 1 stale", "key u", "wait 1 held", "wait g releases it", "text /", "text more",
      "key Enter f", "wait Replace", "key Right Enter", "wait verified", "key b", "wait Roll back",
      "key Right Enter", "wait 1 held", "wait idle", "key t", "wait unable to poke", "key Tab h",
      "wait HUP was sent", "key r", "wait Restart", "key Right Enter", "wait → pid", "wait idle")
    let beginnings = [
      "update: refused: morercpthosts.cdb: would lose 40 of 40 records",
      "force morercpthosts.cdb: verified: morercpthosts.cdb: built: 40 -> 1 records",
      "roll back morercpthosts.cdb: rolled back: 1 -> 40 records",
      "poke ", "svc -h ", "svc -t ",
    ]
    #expect(told.count == beginnings.count, "\(told)")
    for (line, beginning) in zip(told, beginnings) {
      // 37 is auth, notice.
      #expect(line.hasPrefix("<37>"))
      #expect(line.contains("qmail-console: ann from 192.0.2.7: \(beginning)"), "\(line)")
    }
    #expect(told.last?.contains("was up (pid \(pid))") == true, "\(told.last ?? "")")
    // The talker waits for its sleep, and since the HUP for another one; between two it has none.
    #expect(told.last?.contains(/(, [12] process(es)? below it)?; verified/) == true)
    #expect(told.last?.contains("verified: pid \(pid) → pid") == true)
  }
}
