import ConstantDatabase
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch, .timeLimit(.minutes(2))) struct RememberingUpdateTests {
  private let server: RememberingServer
  private let first = "d0.example"

  init() throws { server = try RememberingServer(domains: 8) }

  /// Lets the server remember all of its domains.
  private func remember(_ count: Int = 9) throws {
    try server.expectSame()
    #expect(server.listedCount == count)
    try server.expectSame()
    // A local domain's recipients are not its own: it is listed each time.
    #expect(server.listedCount == 1)
  }

  @Test func `a domain that lists nobody is warned of in each run`() throws {
    try remember()
    try server.writeMailboxes([], in: first)
    for _ in 0..<3 {
      try server.age()
      var warnings: [String] = []
      try server.run { $0.warn = { warnings.append($0) } }
      #expect(warnings.count == 1 && warnings[0].hasPrefix("\(first) ("))
      // The local domain, and this one.
      #expect(server.listedCount == 2)
    }
  }

  @Test func `a home that is no longer absolute is an error, whatever is remembered`() throws {
    try remember()
    let assign = "var/qmail/users/assign"
    let text = try server.tree.path(assign).text
    let home = "/home/vpopmail/domains/\(first)"
    // From here, the second one leads to the very directory that is remembered.
    let toRoot = String(repeating: "../", count: 30)
    for wrong in ["", toRoot + server.tree.root.string.dropFirst() + home] {
      try server.tree.write(assign, text.replacing(":\(home):", with: ":\(wrong):"))
      try server.age()
      #expect(throws: RecipientError.self) { try server.run() }
    }
  }

  @Test func `a mailbox more makes one domain be listed, and the bytes are those of a full build`()
    throws
  {
    try remember()
    try server.writeMailboxes(["ann", "bob0", "carl"], in: first)
    try server.expectSame()
    #expect(server.listedCount == 2)
    #expect(try ConstantDatabase(opening: server.database).verify() == 20)
  }

  @Test func `nothing changed writes nothing, neither list nor memory`() throws {
    try remember()
    let before = try [server.database, server.memory].map { try FileStatus.of($0) }
    #expect(try server.run() == .unchanged(19))
    #expect(server.listedCount == 1)
    #expect(try [server.database, server.memory].map { try FileStatus.of($0) } == before)
    #expect(before[1]?.mode == 0o600)
  }

  @Test func `a changed list keeps owner and mode of its file`() throws {
    try remember()
    try Tools.run(["chmod", "640", server.database.string])
    try Tools.run(["chown", "7:8", server.database.string])
    try server.writeMailboxes(["ann"], in: first)
    try server.age()
    _ = try server.run()
    #expect(server.listedCount == 2)
    let status = try #require(try FileStatus.of(server.database))
    #expect(status.mode == 0o640)
    #expect(status.owner == 7 && status.group == 8)
  }

  @Test func `alias domains of a directory change with it`() throws {
    server.directories["alias.example"] = first
    try server.writeDomains()
    try remember(10)
    try server.writeMailboxes(["zoe"], in: first)
    try server.expectSame()
    #expect(server.listedCount == 3)
    #expect(
      try ConstantDatabase(opening: server.database).value(for: "zoe@alias.example".utf8) == [])
  }

  @Test func `a domain that goes takes its keys along, and keeps those that are refused`() throws {
    try server.tree.write("var/qmail/control/validrcptto.reject", "ann@\(first)\n@\(first)\n")
    try remember()
    server.directories[first] = nil
    try server.writeDomains()
    try server.expectSame()
    #expect(server.listedCount == 1)
    let list = try ConstantDatabase(opening: server.database)
    #expect(try list.value(for: "ann@\(first)".utf8) == [UInt8(ascii: "-")])
    #expect(try list.value(for: "bob0@\(first)".utf8) == nil)
  }

  @Test func `refused and left out addresses of a listed domain stay so`() throws {
    try server.tree.write("var/qmail/control/validrcptto.reject", "ann@\(first)\nx@y.example\n")
    try server.tree.write(
      "var/qmail/control/validrcptto.exclude", "bob0@\(first)\nbob1@d1.example\n")
    try remember()
    try server.writeMailboxes(["ann", "bob0", "carl"], in: first)
    try server.expectSame()
    #expect(server.listedCount == 2)
    try server.tree.write("var/qmail/control/validrcptto.reject", "x@y.example\n")
    try server.expectSame()
    #expect(server.listedCount == 9)
  }

  @Test func `a domain that warns, or cannot be listed, is listed each time`() throws {
    try remember()
    try server.path("vpasswd", in: first).write("ann:x:1:0:a:/a:NOQUOTA")
    try server.path("vpasswd", in: "d1.example").write("ann:x\n")
    var warnings: [String] = []
    for _ in 0..<3 {
      warnings = []
      try server.expectSame {
        $0.keepsGoing = true
        $0.warn = { warnings.append($0) }
      }
      // Both runs warn, of both domains.
      #expect(warnings.count == 4, "\(warnings)")
    }
    #expect(server.listedCount == 3)
    try server.expectSame()
    try server.writeMailboxes(["ann"], in: "d1.example")
    try server.expectSame()
  }

  @Test func `SQL domains are asked each time, and the others are remembered`() throws {
    try FileOperations.remove(server.path("vpasswd", in: first))
    let bin = "home/vpopmail/bin"
    func answer(_ name: String) throws {
      try server.tree.path("\(bin)/vuserinfo").write(
        "#!/bin/sh\necho 'name:   \(name)'\n", mode: 0o755)
    }
    try server.tree.path("\(bin)/valias").write("#!/bin/sh\n", mode: 0o755)
    try answer("ann")
    try server.expectSame()
    try answer("eve")
    try server.expectSame()
    #expect(server.listedCount == 2)
    let list = try ConstantDatabase(opening: server.database)
    #expect(try list.value(for: "eve@\(first)".utf8) == [])
  }

  @Test func `other options read everything`() throws {
    try remember()
    try server.expectSame { $0.leavesOutAliases = true }
    #expect(server.listedCount == 9)
    try server.expectSame { $0.leavesOutAliases = true }
    #expect(server.listedCount == 1)
    try server.expectSame { $0.keepsGoing = true }
    #expect(server.listedCount == 9)
    try server.tree.write("home/vpopmail/include/vpopmail_config.h", "#define QMAIL_EXT 1\n")
    try server.expectSame { $0.keepsGoing = true }
    #expect(server.listedCount == 9)
    // All decisions are to be told.
    try server.expectSame { $0.note = { _ in } }
    #expect(server.listedCount == 9)
  }

  @Test
  func `a memory that is cut, garbled, another server's or somebody else's counts for nothing`()
    throws
  {
    try remember()
    let whole = try FileReading.contents(of: server.memory)
    for share in [0, 3] {
      try server.memory.write(Array(whole.prefix(whole.count * share / 5)), mode: 0o600)
      try server.expectSame()
      #expect(server.listedCount == 9, "\(share) fifths")
      var garbled = whole
      garbled[whole.count * share / 5] ^= 1
      try server.memory.write(garbled, mode: 0o600)
      try server.expectSame()
      #expect(server.listedCount == 9, "byte at \(share) fifths")
    }
    try server.expectSame()
    #expect(server.listedCount == 1)
    for command in [["chmod", "666"], ["chown", "7"]] {
      let written = try FileStatus.of(server.memory)
      try Tools.run(command + [server.memory.string])
      var warnings: [String] = []
      try server.expectSame { $0.warn = { warnings.append($0) } }
      #expect(server.listedCount == 9, "\(command)")
      // It stays as it is: who put it there may still want it.
      #expect(try FileStatus.of(server.memory)?.inode == written?.inode)
      #expect(warnings.count == 1, "\(warnings)")
      try FileOperations.remove(server.memory)
      try server.expectSame()
    }
  }

  @Test func `a list that is not the one that was made is made anew`() throws {
    try remember()
    let sound = try FileReading.contents(of: server.database)
    for place in [0, 3, 2060, 2100, sound.count - 40, sound.count - 1] {
      var bytes = sound
      bytes[place] ^= 0x40
      try server.database.write(bytes)
      try server.age()
      _ = try server.run()
      #expect(server.listedCount == 9)
      #expect(try FileReading.contents(of: server.database) == sound, "byte \(place)")
    }
    try FileOperations.remove(server.database)
    #expect(try server.run() == .created(19))
    #expect(server.listedCount == 9)
  }

  @Test func `a candidate is made of the list in use, and found again in its place`() throws {
    try remember()
    let candidate = server.tree.path("candidate.cdb")
    for round in 0..<4 {
      // Each other round changes nothing: the candidate is thrown away, and the list stays.
      if round.isMultiple(of: 2) {
        try server.writeMailboxes(["ann", "new\(round)"], in: first)
      }
      try server.age()
      let outcome = try server.run(into: candidate, old: server.database)
      #expect(server.listedCount == (round.isMultiple(of: 2) ? 2 : 1))
      #expect(outcome == .created(19))
      let full = server.tree.path("full.cdb")
      _ = try RecipientListBuilder(server.tree.layout).build().update(full)
      #expect(try FileReading.contents(of: candidate) == FileReading.contents(of: full))
      if round.isMultiple(of: 2) {
        try FileOperations.rename(candidate, to: server.database)
      } else {
        try FileOperations.remove(candidate)
      }
    }
    // One that was refused: the memory is that of a list that is not in use.
    try server.writeMailboxes(["ann", "refused"], in: first)
    try server.age()
    _ = try server.run(into: candidate, old: server.database)
    try FileOperations.remove(candidate)
    try server.writeMailboxes(["ann"], in: first)
    try server.expectSame()
  }

  @Test func `a name with an at sign remembers nothing`() throws {
    let path = "var/qmail/control/rcpthosts"
    try server.tree.write(path, try server.tree.path(path).text + "odd@d1.example\n")
    try server.tree.write("var/qmail/control/locals", "odd@d1.example\nmx.example\n")
    for _ in 0..<2 {
      try server.age()
      _ = try server.run()
      #expect(server.listedCount == 10)
    }
    #expect(try FileStatus.of(server.memory) == nil)
  }

  @Test func `what cannot be remembered is a warning, and the list is made`() throws {
    var warnings: [String] = []
    let nowhere = server.tree.path("nowhere/memory")
    var builder = RecipientListBuilder(server.tree.layout)
    builder.warn = { warnings.append($0) }
    let update = RememberingUpdate(builder, MemoryFile(nowhere), old: nil)
    #expect(try update.run(server.database) == .created(19))
    #expect(warnings.count == 1)
  }

  @Test func `edits right after a run are never missed`() throws {
    // The same file, of the same size, written in place again and again.
    for round in 0..<20 {
      try server.writeMailboxes(["user\(round % 10)"], in: first)
      _ = try server.run()
      let list = try ConstantDatabase(opening: server.database)
      #expect(try list.value(for: "user\(round % 10)@\(first)".utf8) == [], "round \(round)")
      #expect(try list.value(for: "user\((round + 9) % 10)@\(first)".utf8) == nil)
    }
  }
}
