import SystemPackage
import TestSupport
import Testing

/// Signals to update-qmail.
@Suite(.scratch, .timeLimit(.minutes(2))) struct UpdateQmailSignalTests {
  func server() throws -> ToolServer {
    let server = try ToolServer()
    try server.path("etc/tcp.smtp").write(":allow\n")
    return server
  }

  /// vpopmail sends HUP to whatever looks like qmail-send in a list of processes.
  @Test func `a HUP stops a pass at a terminal, and no other`() throws {
    let server = try server()
    try server.configure(
      server.rule("qmail-send-list", script: "kill -HUP $PPID; sleep 0.2; cat $2 >$1"))
    try server.path("etc/qmail-send-list.txt").write("1\n")
    let alone = try server.updateQmail("--force", "qmail-send-list")
    #expect(alone.code == 0, "\(alone.text)")
    #expect(alone.text.contains("qmail-send-list: built"))
    let line =
      "'\(try Tools.own("update-qmail"))' --root '\(server.root)' --force 'qmail-send-list'"
    let attended = try Tools.run(["script", "-qec", line, "/dev/null"])
    #expect(attended.code == 111, "\(attended.text)")
    #expect(attended.text.contains("stopped by a signal"))
  }

  @Test func `a HUP does not end a wait for the lock either`() throws {
    let server = try server()
    try server.updateQmail()
    let result = try shell(
      """
      setlock $2/var/lib/qmail-updater/lock sleep 2 &
      while setlock -n $2/var/lib/qmail-updater/lock true 2>/dev/null; do sleep 0.05; done
      $1 --root $2 --force tcp.smtp.cdb 2>&1 </dev/null | cat &
      # The pipeline's own shell waits; update-qmail is the one with a child of its own.
      until waiting=$(pgrep -x -f "$1 --root $2 --force tcp.smtp.cdb" | tail -n +2) && [ "$waiting" ]
      do sleep 0.05; done
      kill -HUP $(pgrep -x -f "$1 --root $2 --force tcp.smtp.cdb")
      wait
      """, FilePath(try Tools.own("update-qmail")), server.root)
    #expect(result.lines.contains { $0.hasPrefix("tcp.smtp.cdb: unchanged") }, "\(result.text)")
  }

  @Test func `a TERM ends a wait for the lock, and is told as what it is`() throws {
    let server = try server()
    try server.updateQmail()
    let result = try shell(
      """
      setlock $2/var/lib/qmail-updater/lock sleep 3 &
      while setlock -n $2/var/lib/qmail-updater/lock true 2>/dev/null; do sleep 0.05; done
      timeout --preserve-status -s TERM 1 $1 --root $2 2>&1 || [ $? = 111 ]
      """, FilePath(try Tools.own("update-qmail")), server.root)
    #expect(result.lines.last == "update-qmail: fatal: stopped by a signal", "\(result.text)")
  }
}
