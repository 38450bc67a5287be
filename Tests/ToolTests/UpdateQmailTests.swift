import ConstantDatabase
import FoundationEssentials
import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// update-qmail as a process.
@Suite(.scratch, .timeLimit(.minutes(5))) struct UpdateQmailTests {
  func server() throws -> ToolServer {
    let server = try ToolServer()
    try server.control("morercpthosts").write("a.example\n")
    try server.path("etc/tcp.smtp").write(":allow\n")
    return server
  }

  /// A server with a guarded list of 100 keys.
  func guarded() throws -> ToolServer {
    let server = try server()
    try server.configure(
      server.rule(
        "x.cdb", script: "sed 's/.*/+4,0:&->/' $2 >$1.in; echo >>$1.in; cdb -c -t $1.t $1 $1.in",
        "guarded = true"))
    try shell("seq 1000 1099 >$1", server.path("etc/x.cdb.txt"))
    return server
  }

  @Test func `a pass says what it does, and 0 when all is well`() throws {
    let server = try server()
    let first = try server.updateQmail()
    #expect(first.code == 0, "\(first.text)")
    #expect(first.lines.contains { $0.hasPrefix("morercpthosts.cdb: built: 0 -> 1 records") })
    let second = try server.updateQmail()
    #expect(second.code == 0)
    #expect(second.lines == [])
    #expect(try server.dump(server.control("morercpthosts.cdb")) == ["+9,0:a.example->"])
    #expect(try server.dump(server.path("etc/tcp.smtp.cdb")) == ["+0,0:->"])
  }

  @Test func `every exit code`() throws {
    let server = try server()
    #expect(try server.updateQmail("--status").code == 0, "stale is no trouble")
    #expect(try server.updateQmail().code == 0)
    for usage in [
      ["--nonsense"], ["--status", "--json"], ["--force"], ["--force", "none"],
      ["--rollback", "none"], ["--rollback", "tcp.smtp.cdb", "--dry-run"],
      ["--status", "--force", "tcp.smtp.cdb"], ["--config", "/nonexistent/x.toml"],
      ["--root", "/nonexistent", "--status"],
    ] {
      let result = try Tools.run(
        [try Tools.own("update-qmail"), "--root", server.root.string] + usage)
      #expect(result.code == 2, "\(usage): \(result.text)")
      #expect(result.lines.first?.hasPrefix("update-qmail: fatal: ") == true, "\(result.text)")
    }
    #expect(try server.updateQmail("--rollback", "tcp.smtp.cdb").code == 1)
    try server.path("etc/tcp.smtp").write("1.2.3.4 : allow\n")
    for _ in 1...2 {  // A rule that has failed is trouble until it works, and told each time.
      let failed = try server.updateQmail()
      #expect(failed.code == 1 && failed.text.contains("unable to parse this line: 1.2.3.4"))
    }
    try server.configure("nonsense = 1\n")
    let bad = try server.updateQmail()
    #expect(bad.code == 2)
    #expect(bad.text.contains("qmail-updater.toml: line 1: nonsense: "), "\(bad.text)")
    try FileOperations.remove(server.path("etc/qmail-updater.toml"))
    try shell("rm -r $1; : >$1", server.path("var/lib/qmail-updater"))
    let stuck = try server.updateQmail()
    #expect(stuck.code == 111, "\(stuck.text)")
    #expect(stuck.text.hasPrefix("update-qmail: fatal: unable to open "))
  }

  @Test func `a dry run, a status and JSON change nothing on the disk`() throws {
    let server = try guarded()
    func listing() throws -> String {
      try Tools.run(["find", server.root.string, "-printf", "%p %i %s %T@ %C@ %m %u\n"]).text
    }
    for _ in 0..<2 {
      let before = try listing()
      let plan = try server.updateQmail("--dry-run")
      #expect(plan.code == 0)
      for option in ["--status", "--json"] { try server.updateQmail(option) }
      try server.updateQmail("--dry-run", "--force", "x.cdb")
      #expect(try listing() == before)
      try server.updateQmail()
    }
    #expect(try server.updateQmail("--dry-run").lines == ["nothing to do"])
    try server.control("morercpthosts").write("b.example\n")
    let plan = try server.updateQmail("--dry-run").lines
    #expect(plan.count == 1)
    #expect(plan.first?.hasPrefix("morercpthosts.cdb: would run our own builder") == true)
    #expect(plan.first?.contains("+b.example -a.example") == true, "\(plan)")
  }

  @Test func `the table has a row a rule, with state and reason`() throws {
    let server = try server()
    try server.updateQmail()
    try server.control("morercpthosts").write("b.example\n")
    let lines = try server.updateQmail("--status").lines
    #expect(lines.first?.hasPrefix("PRODUCT") == true)
    let row = lines.first { $0.hasPrefix("morercpthosts.cdb") }
    #expect(row?.contains("stale") == true)
    #expect(row?.contains("control/morercpthosts changed") == true)
    #expect(lines.first { $0.hasPrefix("tcp.smtp.cdb") }?.contains("fresh") == true)
  }

  struct Report: Decodable {
    struct Rule: Decodable {
      struct Input: Decodable { let path, state: String }
      struct Run: Decodable { let result, by, began, summary: String }
      struct Hold: Decodable {
        let cause: String
        let losing: [String]
      }
      let name, state, product, kind, action: String
      let reasons: [String]
      let inputs: [Input]
      let runs: [Run]
      let failures: Int
      let held: Hold?
      let canRollBack: Bool
    }
    let version: Int
    let time, root: String
    let rules: [Rule]
  }

  func report(_ server: ToolServer) throws -> Report {
    try JSONDecoder().decode(Report.self, from: Data(try server.updateQmail("--json").bytes))
  }

  @Test func `JSON tells the same as data, with times in UTC and a version`() throws {
    let server = try guarded()
    try server.updateQmail()
    try shell("seq 1000 1009 >$1", server.path("etc/x.cdb.txt"))
    #expect(try server.updateQmail().code == 1)
    let report = try report(server)
    #expect(report.version == 1)
    #expect(report.root == server.root.string)
    #expect(report.time.hasSuffix("Z"))
    let held = try #require(report.rules.first { $0.name == "x.cdb" })
    #expect(held.state == "held" && held.held?.cause == "loss")
    #expect(held.held?.losing.allSatisfy { $0.hasPrefix("-10") } == true)
    #expect(held.product == "/etc/x.cdb" && held.kind == "file")
    #expect(held.runs.map(\.result) == ["held", "built"])
    #expect(held.runs.first?.by.hasPrefix("update-qmail (pid ") == true)
    let fresh = try #require(report.rules.first { $0.name == "morercpthosts.cdb" })
    #expect(fresh.state == "fresh" && fresh.reasons == [])
    #expect(fresh.inputs.map(\.path) == ["/var/qmail/control/morercpthosts"])
  }

  @Test func `--force goes over a hold, --rollback back, and both are told`() throws {
    let server = try guarded()
    try server.updateQmail()
    try shell("seq 1000 1009 >$1", server.path("etc/x.cdb.txt"))
    let held = try server.updateQmail()
    #expect(held.code == 1)
    #expect(held.text.contains(" --force x.cdb"))
    #expect(try server.dump(server.path("etc/x.cdb")).count == 100)
    #expect(try server.updateQmail("--force", "x.cdb").code == 0)
    #expect(try server.dump(server.path("etc/x.cdb")).count == 10)
    let back = try server.updateQmail("--rollback", "x.cdb")
    #expect(back.code == 0, "\(back.text)")
    #expect(back.lines == ["x.cdb: rolled back: 10 -> 100 records (+90 -0 ~0)"])
    #expect(try server.dump(server.path("etc/x.cdb")).count == 100)
    #expect(try server.updateQmail().code == 1)
    #expect(try report(server).rules.first { $0.name == "x.cdb" }?.held?.cause == "rollback")
    #expect(try server.updateQmail("--force", "x.cdb").code == 0)
  }

  /// Tried with the tool that changes nothing when it sees no arguments.
  @Test(.enabled(if: StateDisk.isAllowed))
  func `where the arguments cannot be read nothing is done`() throws {
    let tool = try Tools.own("mkvalidrcptto")
    let script = "umount -l /proc && exec \"$1\" --version"
    let result = try Tools.run(["unshare", "--mount", "sh", "-c", script, "sh", tool])
    #expect(result.code == 111)
    #expect(
      result.lines == ["mkvalidrcptto: fatal: the arguments cannot be read: /proc is not mounted"])
  }

  /// Across file systems the previous product is a copy.
  @Test(.enabled(if: StateDisk.isAllowed))
  func `a full disk under the state takes neither the product nor the one before`() throws {
    let server = try guarded()
    try server.path("var/lib/qmail-updater/none").write("")
    try shell(
      """
      exec \(StateDisk.namespace) sh -euc '
        state=$1/var/lib/qmail-updater list=$1/etc/x.cdb.txt
        mount -t tmpfs -o size=128k tmpfs $state
        update() { "$2" --root "$1" >$1/said 2>&1; }
        update "$@"; seq 1000 1100 >$list; update "$@"
        test $(cdb -d $1/etc/x.cdb | grep -c .) = 101
        dd if=/dev/zero of=$state/fill bs=4k 2>$1/dd || :
        seq 1000 1101 >$list; ! update "$@"
        grep -q "No space left on device" $1/said
        test $(cdb -d $1/etc/x.cdb | grep -c .) = 101
        test $(cdb -d $state/previous/x.cdb | grep -c .) = 100
      ' sh "$@"
      """, server.root, FilePath(try Tools.own("update-qmail")))
  }

  /// WATCH 4 and 5: one lock, one builder at a time.
  @Test func `passes of many processes at once run one builder at a time`() throws {
    let server = try server()
    try server.configure(
      server.rule(
        "x", script: "mkdir $2.busy || echo overlap >>$2.bad; sleep 0.1; cat $2 >$1; rmdir $2.busy")
    )
    let source = server.path("etc/x.txt")
    try source.write("1\n")
    let program = try Tools.own("update-qmail")
    let result = try shell(
      "for i in 1 2 3 4 5 6; do $1 --root $2 --force x & done; wait", FilePath(program), server.root
    )
    #expect(try FileStatus.of(FilePath("\(source).bad")) == nil)
    #expect(result.lines.contains { $0.hasPrefix("lock: held by update-qmail (pid ") })
    #expect(try server.updateQmail().code == 0)
    #expect(try server.leftovers() == [])
  }

  /// WATCH 12: whenever it is killed, the old file or the new one is there.
  @Test func `killed at any moment, the product is the old or the new one, and nothing piles up`()
    throws
  {
    let server = try server()
    let product = server.control("morercpthosts.cdb")
    let rules = server.path("etc/tcp.smtp.cdb")
    let program = try Tools.own("update-qmail")
    try server.updateQmail()
    var (old, oldRules) = (try server.dump(product), try server.dump(rules))
    var kills = 0
    for number in 0..<40 {
      let new = "+12,0:d\(100 + number).example->"
      try server.control("morercpthosts").write("d\(100 + number).example\n")
      try server.path("etc/tcp.smtp").write("1.1.1.\(number):allow\n:deny\n")
      let result = try Tools.run([
        "sh", "-c", "$0 --root $1 & p=$!; sleep $2; kill -9 $p 2>/dev/null; wait $p",
        program, server.root.string, "0.0\(String(Int.random(in: 10...99)))",
      ])
      if result.code == 137 { kills += 1 }
      let (now, nowRules) = (try server.dump(product), try server.dump(rules))
      #expect(now == old || now == [new])
      #expect(
        nowRules == oldRules
          || nowRules.first?.hasPrefix("+\(number < 10 ? 7 : 8),0:1.1.1.\(number)->") == true)
      _ = try ConstantDatabase(opening: product).verify()
      (old, oldRules) = (now, nowRules)
      #expect(try server.leftovers().count < 12)
    }
    #expect(kills > 0)
    #expect(try server.updateQmail().code == 0)
    #expect(try server.dump(product) == ["+12,0:d139.example->"])
    #expect(try server.updateQmail("--force", "morercpthosts.cdb", "tcp.smtp.cdb").code == 0)
    #expect(try server.leftovers() == [])
  }

  /// WATCH 12: vpopmail runs its own builder, with one fixed temporary name, whenever it likes.
  @Test func `another's builder beside ours never puts a broken file live`() throws {
    let server = try server()
    let text = server.path("etc/tcp.smtp")
    let product = server.path("etc/tcp.smtp.cdb")
    try shell("seq -f '10.0.%g.:allow' 1 2000 >$1; echo :deny >>$1", text)
    let probes = try shell(
      """
      program=$1 root=$2 text=$3 cdb=$3.cdb
      $program --root $root >/dev/null
      (for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        tcprules $cdb $text.tmp <$text; done) &
      theirs=$!
      (for i in 1 2 3 4 5 6; do $program --root $root --force tcp.smtp.cdb >/dev/null; done) &
      ours=$!
      while kill -0 $theirs 2>/dev/null || kill -0 $ours 2>/dev/null; do
        cdb -q $cdb 10.0.2000. >/dev/null || echo "lost: $?"
        echo probe
      done
      wait $theirs; wait $ours
      """, FilePath(try Tools.own("update-qmail")), server.root, text)
    #expect(probes.lines.filter { $0 != "probe" } == [])
    #expect(probes.lines.count > 20)
    #expect(try server.updateQmail().code == 0)
    #expect(try server.dump(product).count == 2001)
  }

  @Test func `newaliases runs on the tree and never on the host`() throws {
    let server = try server()
    let program = FilePath("/var/lib/qmail/bin/newaliases")
    try shell(
      """
      mkdir -p $2/var/lib/qmail/bin; cp $1 $2/var/lib/qmail/bin/
      # Debian's is built for the directories of its own qmail.
      ldd $1 | grep -o '/[^ ]*' | while read -r l; do mkdir -p $2${l%/*}; cp -L $l $2$l; done
      mkdir -p $2/var/lib/qmail; ln -s /var/qmail/control $2/var/lib/qmail/control
      ln -s /var/qmail/control $2/etc/qmail
      """, program, server.root)
    try server.control("me").write("mx.example\n")
    try server.path("etc/aliases").write("root: ann\n")
    let host = try? FileStatus.of("/etc/aliases.cdb")
    let built = try server.updateQmail()
    #expect(built.code == 0, "\(built.text)")
    let records = try server.dump(server.path("etc/aliases.cdb"))
    #expect(records.count == 1)
    #expect(records.first?.hasPrefix("+6,16::root@->&ann@mx.example") == true, "\(records)")
    #expect(try FileStatus.of("/etc/aliases.cdb") == (host ?? nil))

    // Another name for the machine changes what bare addresses mean.
    try server.control("me").write("other.example\n")
    #expect(try server.updateQmail().code == 0)
    #expect(
      try server.dump(server.path("etc/aliases.cdb")).first?.contains("other.example") == true)

    try server.path("etc/aliases").write("root: ann\nsales: joe")
    let open = try server.updateQmail()
    #expect(try server.dump(server.path("etc/aliases.cdb")).count == 1, "newaliases drops sales")
    #expect(open.text.contains("etc/aliases: its last line has no newline"), "\(open.text)")

    let sound = try FileReading.contents(of: server.path("etc/aliases.cdb"))
    try server.path("etc/aliases").write("root: /var/mail/x\n")
    let failed = try server.updateQmail()
    #expect(failed.code == 1)
    #expect(failed.text.contains("file delivery /var/mail/x"))
    #expect(try FileReading.contents(of: server.path("etc/aliases.cdb")) == sound)
  }
}

/// A small disk of its own for a script; it goes when the script ends.
private enum StateDisk {
  static let namespace = "unshare --mount"

  /// Whether this user may mount one; a container often forbids it.
  static let isAllowed =
    (try? Tools.run(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]))?.code == 0
}
