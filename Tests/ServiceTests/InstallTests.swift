import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The installation into a directory tree, with programs that are built already.
@Suite(.scratch, .timeLimit(.minutes(1))) struct InstallTests {
  private let root = Scratch.directory.appending("root")
  private let pages = [
    "man5/qmail-updater.toml.5", "man8/mkauth.8", "man8/mkvalidrcptto.8", "man8/pipe-watcher.8",
    "man8/qmail-console.8", "man8/update-qmail.8",
  ]

  private func path(_ name: String) -> FilePath { root.pushing(FilePath(name)) }

  private func addVpopmail() throws {
    try path("etc/passwd").write("vpopmail:x:89:89::/home/vpopmail:/bin/true\n")
    try FileOperations.makeDirectory(path("home/vpopmail/etc"))
  }

  private func install(_ arguments: String...) throws -> Tools.Result {
    try Installation.run("install", ["--root", root.string] + arguments)
  }

  @discardableResult
  private func installPrograms() throws -> Tools.Result {
    let result = try install("--programs", Scratch.directory.appending("programs").string)
    #expect(result.code == 0, "\(result.lines)")
    return result
  }

  /// Everything below the root but directories, with modes and what links lead to.
  private func contents() throws -> [String] {
    let result = try Tools.run(
      ["find", root.string, "!", "-type", "d", "-printf", "%P %m %l\\n"])
    return result.lines.sorted()
  }

  private func mode(_ name: String) throws -> UInt32? { try FileStatus.of(path(name))?.mode }

  @Test func `programs, pages, settings and the service directory are put in their places`() throws
  {
    _ = try Installation.collectPrograms()
    try installPrograms()
    for program in Installation.programs {
      let installed = path("usr/local/bin").appending(program)
      #expect(try mode("usr/local/bin/\(program)") == 0o755)
      #expect(try Tools.run([installed.string, "--version"]).code == 0)
    }
    for page in pages { #expect(try mode("usr/local/share/man/\(page)") == 0o644) }
    #expect(try mode("var/lib/qmail-updater/service") == 0o1755)
    #expect(try mode("var/lib/qmail-updater/service/run") == 0o755)
    #expect(try mode("var/lib/qmail-updater/service/log/run") == 0o755)
    #expect(try mode("etc/qmail-updater.toml") == 0o644)
    #expect(try contents().contains("service/qmail-updater 777 /var/lib/qmail-updater/service"))
  }

  @Test func `a second time changes nothing, and keeps what the administrator wrote`() throws {
    _ = try Installation.collectPrograms()
    try addVpopmail()
    try installPrograms()
    try path("etc/qmail-updater.toml").write("settle = 1\n")
    let first = try contents()
    try installPrograms()
    #expect(try contents() == first)
    #expect(try path("etc/qmail-updater.toml").text == "settle = 1\n")
  }

  @Test func `it can be taken away, and leaves the settings and the state`() throws {
    _ = try Installation.collectPrograms()
    try addVpopmail()
    let before = try contents()
    try installPrograms()
    try path("var/lib/qmail-updater/rules/auth.cdb.json").write("{}")
    #expect(try install("--uninstall").code == 0)
    #expect(
      try contents()
        == (before + [
          "etc/qmail-updater.toml 644 ", "var/lib/qmail-updater/rules/auth.cdb.json 644 ",
        ]).sorted())
    #expect(try install("--uninstall").code == 0)
  }

  @Test func `vpopmail gets its onchange, which pokes`() throws {
    _ = try Installation.collectPrograms()
    try addVpopmail()
    try installPrograms()
    let link = "home/vpopmail/etc/onchange 777 /usr/local/lib/qmail-updater/onchange"
    #expect(try contents().contains(link))
    #expect(
      try path("usr/local/lib/qmail-updater/onchange").text
        == Installation.file("onchange").text)
    #expect(try mode("usr/local/lib/qmail-updater/onchange") == 0o755)
  }

  @Test func `an onchange of one's own stays, also when all else is taken away`() throws {
    _ = try Installation.collectPrograms()
    try addVpopmail()
    let own = path("home/vpopmail/etc/onchange")
    try own.write("#!/bin/sh\nlogger mailbox\n", mode: 0o755)
    let result = try installPrograms()
    #expect(result.text.contains("/home/vpopmail/etc/onchange is yours and stays"))
    #expect(try install("--uninstall").code == 0)
    #expect(try own.text == "#!/bin/sh\nlogger mailbox\n")
  }

  @Test func `Debian's directory of services is used where there is no other`() throws {
    _ = try Installation.collectPrograms()
    try FileOperations.makeDirectory(path("etc/service"))
    try installPrograms()
    #expect(try contents().contains("etc/service/qmail-updater 777 /var/lib/qmail-updater/service"))
    #expect(try FileStatus.of(path("service")) == nil)
  }

  @Test func `a service of that name that is not ours is left alone`() throws {
    let programs = try Installation.collectPrograms()
    try path("service/qmail-updater/run").write("#!/bin/sh\n", mode: 0o755)
    let result = try install("--programs", programs.string)
    #expect(result.code == 111)
    #expect(result.text == "install: fatal: /service/qmail-updater is not ours: move it away first")
    #expect(try contents() == ["service/qmail-updater/run 755 "])
    #expect(try install("--uninstall").code == 0)
    #expect(try contents() == ["service/qmail-updater/run 755 "])
  }

  @Test(arguments: [["--frobnicate"], ["--root"], ["--programs", ""]])
  func `wrong arguments are told, and nothing is done`(_ arguments: [String]) throws {
    let result = try Installation.run("install", arguments)
    #expect(result.code == 2)
    #expect(result.lines.count == 1)
    #expect(result.text.hasPrefix("install: fatal: "))
  }
}
