import Glibc
import QmailFiles
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// `mkauth` as a process: what it writes, to whom it shows it, and what survives.
@Suite(.scratch, .timeLimit(.minutes(1))) struct MakeAuthTests {
  @Test func `plain output and -m are what cdb -c reads`() throws {
    let tree = try LoginTree()
    let plain = try tree.mkauth()
    #expect(plain.bytes == (try tree.mkauth("-m")).bytes)
    let text = Scratch.directory.appending("text")
    try text.write(plain.bytes)
    let made = Scratch.directory.appending("made.cdb")
    #expect(try Tools.run(["cdb", "-c", made.string, text.string]).code == 0)
    try tree.mkauth("-c", tree.database.string)
    #expect(try FileReading.contents(of: made) == FileReading.contents(of: tree.database))
  }

  @Test(.enabled(if: getuid() == 0))
  func `a new file is for root and the group of qmail-smtpd's user`() throws {
    let tree = try LoginTree()
    try tree.mkauth("-c", tree.database.string)
    let status = try #require(try FileStatus.of(tree.database))
    #expect(status.mode == 0o640 && status.owner == 0 && status.group == 401)
  }

  @Test(.enabled(if: getuid() == 0))
  func `without qmaild the group is vpopmail's, and without both it is said`() throws {
    let tree = try LoginTree()
    try tree.layout.passwd.write("vpopmail:x:89:88::/home/vpopmail:/bin/false\n")
    try tree.mkauth("-c", tree.database.string)
    #expect(try FileStatus.of(tree.database)?.group == 88)
    try tree.layout.passwd.write("")
    try FileOperations.remove(tree.database)
    let result = try tree.mkauth("-c", tree.database.string)
    #expect(result.code == 0)
    #expect(result.text.contains("mkauth: warning: neither qmaild nor vpopmail is a user"))
    #expect(try FileStatus.of(tree.database)?.mode == 0o640)
  }

  @Test(.enabled(if: getuid() == 0))
  func `owner and mode of an existing file are kept`() throws {
    let tree = try LoginTree()
    try tree.database.write("no database", mode: 0o604)
    _ = tree.database.withPlatformString { chown($0, 7, 8) }
    let result = try tree.mkauth("-v", "-c", tree.database.string)
    #expect(result.text.contains("the old one was damaged"))
    let status = try #require(try FileStatus.of(tree.database))
    #expect(status.mode == 0o604 && status.owner == 7 && status.group == 8)
    #expect(try Tools.run(["cdb", "-d", tree.database.string]).lines.count == 3)
  }

  @Test func `a link is not replaced by a file that its target's readers may not read`() throws {
    let tree = try LoginTree()
    let target = tree.path("/data/auth.cdb")
    try target.write("no database", mode: 0o640)
    let link = tree.database
    try FileOperations.makeDirectory(tree.layout.control)
    _ = link.withPlatformString { link in target.string.withCString { symlink($0, link) } }
    let result = try tree.mkauth("-c", link.string)
    #expect(result.code == 111)
    #expect(result.text.contains("auth.cdb: it is a symbolic link"))
    #expect(try FileStatus.of(link, followingLinks: false)?.kind == .link)
    try tree.mkauth("-c", target.string)
    #expect(try tree.mkauth("-v", "-c", link.string).text.contains("unchanged, 3 records"))
  }

  @Test func `a second run writes nothing`() throws {
    let tree = try LoginTree()
    try tree.mkauth("-c", tree.database.string)
    let before = try FileStatus.of(tree.database)
    let result = try tree.mkauth("-v", "-c", tree.database.string)
    #expect(try FileStatus.of(tree.database) == before)
    #expect(result.text.contains("auth.cdb: unchanged, 3 records"))
  }

  @Test func `a changed hash or variable alone makes a new file`() throws {
    let tree = try LoginTree()
    try tree.mkauth("-c", tree.database.string)
    try tree.vpasswd("example.org", ["bob:$1$salt$BobsNews:1:0:Bob:/x/bob:NOQUOTA"])
    #expect(
      try tree.mkauth("-v", "-c", tree.database.string).text.contains(
        "replaced, 3 records: 0 added, 0 removed, 2 changed"))
    try tree.variables("ann X=\"1\"\n")
    #expect(
      try tree.mkauth("-v", "-c", tree.database.string).text.contains(
        "replaced, 3 records: 0 added, 0 removed, 1 changed"))
  }

  @Test func `no hash is in what is said`() throws {
    let tree = try LoginTree()
    try tree.vpasswd(
      "example.org",
      ["bob:$1$salt$BobsHash:1:0:B:/x:N", "eve:$1$s$EvesHash:1:32:E:/x:N", "a:!$1$s$AHash:1:0:::N"])
    try tree.mkauth("-c", tree.database.string)
    for arguments in [
      ["-v", "-c", tree.database.string], ["--explain", "bob@example.org"],
      ["--explain", "eve@example.org"], ["--explain", "ann"], ["--explain", "root"],
    ] {
      let result = try Tools.run([try Tools.own("mkauth"), "--root", tree.root.string] + arguments)
      #expect(result.code == 0 && !result.lines.isEmpty)
      #expect(!result.text.contains("Hash") && !result.text.contains("$1$"))
    }
  }

  @Test func `the temporary file is for its owner alone from its first moment`() throws {
    let tree = try LoginTree()
    try FileOperations.makeDirectory(tree.layout.control)
    let trace = Scratch.directory.appending("trace")
    try Tools.run([
      "strace", "-f", "-e", "trace=openat,open,creat,fchmod,lchown,fchown,rename,renameat2", "-o",
      trace.string, try Tools.own("mkauth"), "--root", tree.root.string, "-c",
      tree.database.string,
    ])
    let lines = try trace.text.split(separator: "\n").map(String.init)
    let created = lines.filter { $0.contains("O_CREAT") }
    #expect(created.count == 1)
    #expect(created.allSatisfy { $0.contains("O_EXCL") && $0.contains("0600)") })
    #expect(lines.contains { $0.contains("renameat2") })
  }

  @Test func `the files that were read are listed`() throws {
    let tree = try LoginTree()
    let list = Scratch.directory.appending("dependencies")
    #expect(try tree.mkauth("-c", tree.database.string, "--depfile", list.string).code == 0)
    let expected = [
      "/etc/passwd", "/etc/shadow", "/home/vpopmail/domains/example.org/vpasswd",
      "/var/qmail/control/auth.vars", "/var/qmail/users/assign",
    ]
    #expect(try list.text == expected.map { tree.root.string + $0 + "\n" }.joined())
  }

  @Test(arguments: [
    ["-c"], ["-x"], ["word"], ["-m", "-c", "x"], ["--qmail", "relative"], ["--explain"],
  ])
  func `bad usage is exit code 2, and nothing is read or written`(_ arguments: [String]) throws {
    let result = try Tools.run([try Tools.own("mkauth")] + arguments)
    #expect(result.code == 2)
    #expect(try #require(result.lines.first).hasPrefix("mkauth: fatal: "))
    #expect(result.text.contains("Usage: mkauth"))
  }

  @Test func `help and version are exit code 0`() throws {
    #expect(try Tools.run([try Tools.own("mkauth"), "--help"]).code == 0)
    #expect(
      try Tools.run([try Tools.own("mkauth"), "--version"]).text.hasPrefix(
        "mkauth (qmail-updater) "))
  }

  @Test func `output that cannot be written is exit code 111`() throws {
    let tree = try LoginTree()
    let mkauth = try Tools.own("mkauth")
    for redirection in [">/dev/full", ">&-", "| true"] {
      let script = "set -o pipefail; { sleep 0.1; \"$0\" --root \"$1\"; } \(redirection)"
      let result = try Tools.run(["bash", "-c", script, mkauth, tree.root.string])
      #expect(result.code == 111)
      #expect(result.text.contains("mkauth: fatal: unable to write standard output: "))
    }
  }

  @Test func `messages never end up in the file, even without a standard error`() throws {
    let tree = try LoginTree()
    try tree.vpasswd("example.org", ["eve:$1$s$h:1:32:Eve:/x:N"])
    try FileOperations.makeDirectory(tree.layout.control)
    let script = "exec \"$0\" --root \"$1\" -v -c \"$2\" 2>&- >&- <&-"
    let mkauth = try Tools.own("mkauth")
    let result = try Tools.run(
      ["bash", "-c", script, mkauth, tree.root.string, tree.database.string])
    #expect(result.code == 0)
    #expect(try Tools.run(["cdb", "-d", tree.database.string]).lines.count == 1)
  }

  @Test func `killed at any moment, it leaves the old file or the new one`() throws {
    let tree = try LoginTree()
    let lines = { (hash: String) in
      (0..<5_000).map { "user\($0):$1$salt$\(hash)\($0):1:0:User:/x/user:NOQUOTA" }
    }
    try tree.vpasswd("example.org", lines("old"))
    try tree.mkauth("-c", tree.database.string)
    let old = Scratch.directory.appending("old.cdb")
    try old.write(FileReading.contents(of: tree.database))
    try tree.vpasswd("example.org", lines("new"))
    let new = Scratch.directory.appending("new.cdb")
    try tree.mkauth("-c", new.string)
    let script = """
      cp "$3" "$2"; "$0" --root "$1" -c "$2" & sleep "0.$5"; kill -9 $! 2>/dev/null
      wait $! 2>/dev/null; cmp -s "$2" "$3" || cmp "$2" "$4"
      """
    let mkauth = try Tools.own("mkauth")
    for _ in 0..<30 {
      let delay = String(String(Int.random(in: 1000...1300)).dropFirst())
      let result = try Tools.run([
        "bash", "-c", script, mkauth, tree.root.string, tree.database.string, old.string,
        new.string, delay,
      ])
      #expect(result.code == 0, "\(result.text)")
    }
  }
}
