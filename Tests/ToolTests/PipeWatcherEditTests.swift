import ConstantDatabase
import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Edits under the service: every way to save a file, and edits at any moment.
@Suite(.scratch, .timeLimit(.minutes(5))) struct PipeWatcherEditTests {
  /// Has emacs append `$2` to `$1` as it saves a file with some setting.
  private static func emacs(_ setting: String) -> String {
    #"""
    rm -f $1~
    emacs --batch -Q --eval "(setq backup-enable-predicate (lambda (_) t) \#(setting))" $1 \
      --eval "(goto-char (point-max))" --eval "(insert \"$2\\n\")" --eval "(save-buffer)" 2>&1
    \#(setting.hasPrefix("make") ? "[ ! -e $1~ ]" : "[ -e $1~ ]")
    """#
  }

  /// WATCH 7: the ways in which editors and programs save a file; `$1` is the file, `$2` the text.
  static let saves = [
    ("echo >>", "echo $2 >>$1"), ("cat >", "{ cat $1; echo $2; } >$1.all; cat $1.all >$1"),
    ("vi's rename", "cp $1 $1~; { cat $1~; echo $2; } >$1.new; mv $1.new $1; rm $1~"),
    ("real vim", "vim -u NONE -es -c \"\\$put='$2'\" -c wq $1"),
    ("real ed", "printf '$a\\n%s\\n.\\nw\\nq\\n' $2 | ed -s $1"),
    // It makes no backups in /tmp, unless it is told to; and locks the file by a link beside it.
    ("real emacs, which renames to make its backup", emacs("")),
    ("real emacs, which copies to make its backup", emacs("backup-by-copying t")),
    ("real emacs without backup", emacs("make-backup-files nil")),
    ("sed -i", "sed -i \"\\$a$2\" $1"),
    ("cp", "{ cat $1; echo $2; } >$1.all; cp $1.all $1"),
    (
      "cp -p of an older file",
      "{ cat $1; echo $2; } >$1.all; touch -d 2001-01-01 $1.all; cp -p $1.all $1"
    ),
    ("mv of an older file", "{ cat $1; echo $2; } >$1.o; touch -d 2001-01-01 $1.o; mv $1.o $1"),
    ("removed and created", "c=$(cat $1; echo $2); rm $1; sleep 0.2; echo \"$c\" >$1"),
    ("a link in its place", "{ cat $1; echo $2; } >$1.real; ln -sf ${1##*/}.real $1"),
    (
      "vpopmail's rename and chmod",
      "{ cat $1; echo $2; } >$1.77; chmod 600 $1.77; rm $1; mv $1.77 $1; sleep 0.1; chmod 644 $1"
    ),
  ]

  @Test func `every way to save a file is seen, and the log tells it`() throws {
    let server = try ToolServer()
    try server.configure(ToolServer.quick)
    let file = server.control("morercpthosts")
    try file.write("first.example\n")
    try server.startService()
    for (number, save) in Self.saves.enumerated() {
      let name = "d\(100 + number).example"
      let saved = try Tools.run(["sh", "-euc", save.1, "sh", file.string, name])
      #expect(saved.code == 0, "\(save.0): \(saved.text)")
      try server.wait("\(name) by \(save.0)") {
        try ConstantDatabase(opening: server.control("morercpthosts.cdb"))
          .value(for: Array(name.utf8)) != nil
      }
      // The lines of a file that was private when it was read are not kept.
      if save.0.hasPrefix("vpopmail") { continue }
      try server.wait("a line with \(name) by \(save.0)") {
        server.log.contains { $0.contains("+\(name)") }
      }
    }
    let count = Self.saves.count
    // Each save is one build; removing is told as a missing input.
    #expect(server.count("morercpthosts.cdb: built") <= count + 1, "\(server.log)")
    #expect(server.count("failed") == 0, "\(server.log)")

    // The same bytes, and a chmod, make passes that find nothing.
    let before = server.count("pass: ended")
    try shell(
      "c=$(cat $1); echo \"$c\" >$1; sleep 0.2; chmod 600 $1; sleep 0.1; chmod 644 $1", file)
    try server.wait(for: "pass: ended", beyond: before)
    #expect(server.count("morercpthosts.cdb: built") <= count + 1)
  }

  /// WATCH 17: what happened while the service was away is done at its start.
  @Test func `an edit while the service is down is built at its start`() throws {
    let server = try ToolServer()
    try server.configure(ToolServer.quick)
    try server.control("morercpthosts").write("a.example\n")
    let service = try server.startService()
    try server.sandbox?.control("d", service)
    try server.sandbox?.wait(service) { $0.hasPrefix("down") }
    #expect(server.log.last == "pipe-watcher: ending: TERM")
    try server.control("morercpthosts").write("b.example\n")
    try server.path("etc/tcp.smtp").write(":allow\n")
    // Nobody waits who pokes a service that is down: vpopmail's onchange.
    let pipe = server.pipe
    try shell("touch $1", pipe)
    try server.sandbox?.control("u", service)
    try server.wait("the build") {
      try server.dump(server.control("morercpthosts.cdb")) == ["+9,0:b.example->"]
        && server.dump(server.path("etc/tcp.smtp.cdb")) == ["+0,0:->"]
    }
  }

  /// WATCH 3 and 10: what changes while it is built from is built from again.
  @Test func `1,000 edits at random moments during slow builds, without a poke: the last is in`()
    throws
  {
    let server = try ToolServer()
    try server.configure(ToolServer.quick + server.rule("x", script: ToolServer.slowBuilder))
    let input = server.path("etc/x.txt")
    try input.write("0\n")
    try server.startService()
    for round in 1...4 {
      try shell(
        """
        i=0
        while [ $i -lt 250 ]; do
          i=$((i + 1))
          case $((i % 2)) in 0) echo $2.$i >$1;; 1) echo $2.$i >$1.n; mv $1.n $1;; esac
          sleep 0.00$((i * 7 % 10))
        done
        """, input, FilePath("\(round)"))
      try server.wait("the last edit of round \(round)") {
        try server.path("etc/x").text == "\(round).250\n"
      }
    }
    #expect(try FileStatus.of(server.path("etc/x.txt.bad")) == nil, "two builders at once")
    #expect(server.runs() < 100)
  }

  /// WATCH 3: the builder itself makes sure of the moment.
  @Test func `a file that changes during each of 100 builds is stale after none`() throws {
    let server = try ToolServer()
    try server.configure(
      "settle = 0.01\n"
        + server.rule(
          "x",
          script: """
            read -r n <$2
            [ $n = 100 ] || echo $((n + 1)) >$2
            echo $n >$1; echo run >>$2.runs
            """))
    try server.path("etc/x.txt").write("0\n")
    try server.startService()
    try server.wait("the last edit") { try server.path("etc/x").text == "100\n" }
    #expect(server.runs() == 101)
  }

  /// WATCH 12: a reader finds what it looks for at any moment.
  @Test func `5,000 look-ups during rebuilds: none fails`() throws {
    let server = try ToolServer()
    try server.configure("settle = 0.01\n")
    let (text, database) = (
      server.control("morercpthosts"), server.control("morercpthosts.cdb")
    )
    let names = (1...2000).map { "d\($0).example\n" }.joined()
    try text.write(names)
    try server.startService()
    let key = Array("d2000.example".utf8)
    var failed = 0
    for round in 1...100 {
      try FileReplacement.write(Array((names + "r\(round).example\n").utf8), to: text)
      for _ in 1...50 {
        usleep(200)
        if (try? ConstantDatabase(opening: database).value(for: key)) == nil { failed += 1 }
      }
    }
    #expect(failed == 0)
    try server.wait("the last name") {
      try ConstantDatabase(opening: database).value(for: Array("r100.example".utf8)) != nil
    }
    #expect(server.count("morercpthosts.cdb: built") > 20)
  }

  /// WATCH 21: when update-qmail returns, everything before it is in.
  @Test func `after an edit, update-qmail returns only when the new key is live`() throws {
    let server = try ToolServer()
    try server.control("morercpthosts").write("a.example\n")
    try server.startService()
    for number in 1000..<1060 {
      try server.control("morercpthosts").write("d\(number).example\n")
      #expect(try server.updateQmail().code == 0)
      #expect(
        try server.dump(server.control("morercpthosts.cdb")) == ["+13,0:d\(number).example->"])
    }
    #expect(server.count("failed") == 0, "\(server.log)")
  }
}
