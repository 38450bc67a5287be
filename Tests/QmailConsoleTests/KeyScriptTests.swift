import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The real console, driven by key scripts over a real tree and real services.
@Suite(.scratch, .timeLimit(.minutes(2))) struct KeyScriptTests {
  @Test func `u builds what is stale, and says so when it is verified`() throws {
    let server = try MailServer()
    let result = try server.script(
      "wait STALE", "key u", "wait verified", "wait all fresh", "dump -")
    #expect(result.code == 0)
    #expect(result.text.contains("morercpthosts.cdb ✓ fresh"))
    #expect(try FileStatus.of(server.control("morercpthosts.cdb")) != nil)
  }

  @Test func `a file that changes is shown as stale at once`() throws {
    let server = try MailServer()
    try server.update()
    let edit = server.control("morercpthosts")
    // The console is running when the file changes.
    let editor = Background(["sh", "-c", "sleep 2; echo new.example >>\(edit)"])
    let result = try server.script("wait all fresh", "wait 1 stale", "dump -")
    editor.wait()
    #expect(result.code == 0)
    #expect(result.text.contains("● STALE"))
    #expect(result.text.contains("morercpthosts"))
  }

  @Test func `the first pass of all is seen by a console that was there before it`() throws {
    let server = try MailServer()
    let program = try Tools.own("pipe-watcher")
    let service = Background([
      "sh", "-c", "sleep 2; exec timeout 40 \(program) --root \(server.root)",
    ])
    let result = try server.script("wait 3 stale", "wait all fresh", "dump -")
    service.stop()
    #expect(result.code == 0, "\(result.text)")
  }

  @Test func `f runs a rule that is fresh`() throws {
    let server = try MailServer()
    try server.update()
    let result = try server.script(
      "wait all fresh", "text :", "text force", "key Enter", "wait verified", "dump -")
    #expect(result.code == 0)
    #expect(result.text.contains("users/cdb: unchanged"))
  }

  @Test func `a builder's own words are shown when it fails`() throws {
    let server = try MailServer()
    try server.root.appending("etc/tcp.smtp").write("127.:nonsense\n")
    let result = try server.script(
      "wait STALE", "key u", "wait failed", "wait FAILED", "key End", "text /", "text tcp",
      "key Enter",
      "key Enter", "wait Last runs", "dump -", size: (120, 60))
    #expect(result.text.contains("tcprules"))
    #expect(result.text.contains("nonsense"))
  }

  @Test func `the details tell what a rebuild would change, and leave the product alone`() throws {
    let server = try MailServer()
    try server.update()
    let product = server.control("morercpthosts.cdb")
    let before = try FileReading.contents(of: product)
    try server.control("morercpthosts").write("other.example\n")
    let result = try server.script(
      "wait STALE", "text /", "text more", "key Enter", "key Enter", "wait 40 -> 1", "dump -",
      size: (100, 80))
    #expect(result.code == 0)
    #expect(result.text.contains("+ other.example"))
    #expect(result.text.contains("- customer9.example"))
    #expect(try FileReading.contents(of: product) == before)
    let previews = server.root.appending("var/lib/qmail-updater/previews")
    #expect(try FileReading.names(in: previews).isEmpty)
  }

  @Test func `a preview runs as the rule's user does, in a directory that is his`() throws {
    let server = try MailServer()
    try server.root.appending("etc/passwd").write(
      "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n")
    let words = "echo $(id -un) in $(stat -c %U $(dirname {candidate})) >&2; exit 3"
    try server.configureRule(
      "names", by: ["sh", "-c", "id -un >{candidate}; \(words)"], "user = \"nobody\"")
    let failing = try server.script(
      "wait STALE", "text /", "text names", "key Enter Enter", "wait exit 3: ", "dump -",
      size: (100, 60))
    #expect(failing.text.contains("exit 3: nobody in nobody"), "\(failing.text)")
    let text = try server.configuration.text.replacing(" >&2; exit 3", with: " >>{candidate}")
    try server.configuration.write(text)
    let result = try server.script(
      "wait STALE", "text /", "text names", "key Enter Enter", "wait the file would differ",
      "dump -", size: (100, 60))
    #expect(result.code == 0, "\(result.text)")
    #expect(try FileStatus.of(server.root.appending("etc/names.out")) == nil)
    let left = try FileReading.names(in: server.root.appending("var/lib/qmail-updater"))
    #expect(!left.contains { $0.string.hasSuffix(".tmp") })
  }

  @Test func `a tool that writes its product in place is not tried, and the details say so`() throws
  {
    let server = try MailServer()
    try server.configureRule(
      "place", by: ["/bin/cp", "/etc/hostname", "/nonexistent/place.out"])
    let words = "no preview: cp writes its product in place"
    let result = try server.script(
      "wait STALE", "text /", "text place", "key Enter Enter", "wait \(words)", "key Esc v",
      "wait ! ", "wait place: \(words)", "dump -", size: (100, 60))
    #expect(result.code == 0, "\(result.text)")
  }

  @Test func `FROM names what is read, not what would stand in for it`() throws {
    let server = try MailServer()
    let send = try server.addTalker("qmail-send")
    try server.start(waitingFor: send)
    try server.update()
    let result = try server.script("wait all fresh", "dump -", size: (160, 30))
    #expect(result.lines.contains { $0.contains("qmail-send  ") && $0.contains(" locals") })
    #expect(!result.lines.contains { $0.contains("qmail-send  ") && $0.contains(" locals me") })
    try FileOperations.remove(server.control("locals"))
    try server.update()
    let absent = try server.script("wait all fresh", "dump -", size: (160, 30))
    #expect(absent.lines.contains { $0.contains("qmail-send  ") && $0.contains(" me ") })
    #expect(!absent.text.contains(" locals"))
  }

  // MARK: The settings

  @Test func `settings that change are read again, and bad ones are told and change nothing`()
    throws
  {
    let server = try MailServer()
    try server.update()
    let file = server.configuration
    let editor = Background([
      "sh", "-c",
      """
      sleep 2; echo '[rules."tcp.smtp.cdb"]
      enabled = false' >"$0"; sleep 3; echo 'settel = 3' >"$0"
      """, file.string,
    ])
    let result = try server.script(
      "wait all fresh", "wait ○ off", "wait the settings were read again", "dump -",
      "wait the settings stay as they were: unable to use", "dump -", size: (220, 30))
    editor.wait()
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("qmail-updater.toml: line 1: settel"))
    #expect(result.lines.count { $0.contains("○ off") } == 2)
  }

  @Test func `who holds the lock is told while he does`() throws {
    let server = try MailServer()
    try server.update()
    // A pass that has come to no rule of ours: the lock's own words tell of it.
    let lock = server.root.appending("var/lib/qmail-updater/lock")
    let holder = Background([
      "setlock", lock.string, "sh", "-c",
      "printf \"$$ update-qmail $(date +%s)000000000 \" >\"$0\"; sleep 4; : >\"$0\"", lock.string,
    ])
    let result = try server.script(
      "wait rules are run elsewhere, by update-qmail", "dump -", size: (120, 24))
    holder.wait()
    #expect(result.code == 0, "\(result.text)")
  }

  @Test func `v compares a product with its inputs`() throws {
    let server = try MailServer()
    try server.update()
    let result = try server.script("wait all fresh", "key v", "wait verified", "dump -")
    #expect(result.text.contains("users/cdb is what its inputs make"))
  }

  @Test func `a loss is held, g releases it, and b brings the old one back`() throws {
    let server = try MailServer()
    try server.configuration.write("[rules.\"morercpthosts.cdb\"]\nguarded = true\n")
    try server.update()
    try server.control("morercpthosts").write("other.example\n")
    let product = server.control("morercpthosts.cdb")
    let before = try FileReading.contents(of: product)
    let held = try server.script(
      "wait STALE", "key u", "wait HELD", "text /", "text more", "key Enter", "key g",
      "wait Replace",
      "key Right Enter", "wait verified", "wait all fresh", "dump -")
    #expect(held.code == 0, "\(held.text)")
    #expect(try FileReading.contents(of: product) != before)
    let back = try server.script(
      "wait all fresh", "text /", "text more", "key Enter", "key b", "wait Roll back",
      "key Right Enter",
      "wait HELD", "dump -")
    #expect(back.code == 0, "\(back.text)")
    #expect(try FileReading.contents(of: product) == before)
  }

  @Test func `e explains who accepts an address`() throws {
    let server = try MailServer()
    let result = try server.script(
      "wait STALE", "key e", "text nobody@elsewhere.example", "key Enter", "wait refused", "dump -")
    #expect(result.text.contains("nobody@elsewhere.example"))
  }

  @Test func `t pokes the pipe, and tells when nobody reads it`() throws {
    let server = try MailServer()
    let alone = try server.script("wait STALE", "key t", "wait failed", "dump -", size: (200, 24))
    #expect(alone.text.contains("does the service run?"))
  }

  @Test func `y writes the screen into a new file and never over another`() throws {
    let server = try MailServer()
    let path = Scratch.directory.appending("copy.txt")
    let result = try server.script(
      "wait STALE", "key y ^U", "text \(path)", "key Enter", "wait done", "key Esc", "key y ^U",
      "text \(path)", "key Enter", "wait failed", "dump -")
    #expect(result.code == 0)
    #expect(try path.text.contains("PRODUCT"))
    #expect(try FileStatus.of(path)?.mode == 0o600)
  }

  @Test func `quitting during a pass stops it and leaves nothing behind`() throws {
    let server = try MailServer()
    try server.configureSlowRule(seconds: 60)
    let result = try server.script(
      "wait STALE", "key u", "wait building", "key q", "wait Stop and quit", "key Right Enter")
    #expect(result.code == 0, "\(result.text)")
    #expect(
      try server.update("--status").lines.contains { $0.hasPrefix("slow") && $0.contains("stale") })
    let left = try FileReading.names(in: server.root.appending("etc"))
    #expect(!left.contains { $0.string.hasPrefix(".slow") })
  }

  @Test func `a read-only console changes nothing`() throws {
    let server = try MailServer()
    let result = try server.script(
      "wait STALE", "key u f r h g b t", "dump -", options: ["--read-only"])
    #expect(result.text.contains("read-only"))
    #expect(try FileStatus.of(server.control("morercpthosts.cdb")) == nil)
  }

  @Test func `a script that waits in vain fails, and a bad one is refused with its line`() throws {
    let server = try MailServer()
    let bad = try server.script("wait STALE", "press u")
    #expect(bad.code == 2)
    #expect(bad.text.contains("keys:2: expected key, text, wait or dump"))
  }
}
