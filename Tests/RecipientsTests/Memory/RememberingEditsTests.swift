import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Random servers and random edits: after each, the list is what a full build makes.
@Suite(.scratch, .timeLimit(.minutes(3))) struct RememberingEditsTests {
  @Test(arguments: 0..<6) func `after any edits the bytes are those of a full build`(seed: Int)
    throws
  {
    let server = try RememberingServer(domains: Int.random(in: 2...12))
    try server.expectSame()
    var history: [String] = []
    for _ in 0..<10 {
      for _ in 0..<Int.random(in: 1...2) { history.append(try Self.edit(server)) }
      try server.expectSame({ _ in }, "after \(history)")
    }
  }

  /// Changes something.
  ///
  /// - Returns: What.
  private static func edit(_ server: RememberingServer) throws -> String {
    let name = server.directories.keys.sorted().randomElement() ?? ""
    let directory = server.directories[name] ?? ""
    let word = String(Int.random(in: 0..<30), radix: 2)
    switch Int.random(in: 0..<13) {
    case 0, 1:
      try server.writeMailboxes((0..<Int.random(in: 1...4)).map { "m\(word)\($0)" }, in: directory)
      return "mailboxes of \(directory)"
    case 2:
      // As vpopmail does it: a new file takes the old one's name.
      let fresh = server.path("vpasswd.new", in: directory)
      try fresh.write(Tree.vpasswd(["ann", "r\(word)"]))
      try FileOperations.rename(fresh, to: server.path("vpasswd", in: directory))
      return "vpasswd of \(directory) renamed"
    case 3:
      try server.path(".qmail-\(word)", in: directory).write("")
      return ".qmail-\(word) in \(directory)"
    case 4:
      let names = try FileReading.names(in: server.path("", in: directory))
      if let file = names.first(where: { $0.string.hasPrefix(".qmail-1") }) {
        try FileOperations.remove(server.path(file.string, in: directory))
      }
      return "a .qmail file less in \(directory)"
    case 5, 6:
      let isBouncing = Bool.random()
      try server.setBouncing(isBouncing, directory)
      return "\(directory) bounces: \(isBouncing)"
    case 7:
      server.directories["new\(word).example"] = "new\(word).example"
      try server.writeMailboxes(["n\(word)"], in: "new\(word).example")
      try server.writeDomains()
      return "domain new\(word)"
    case 8 where server.directories.count > 2:
      server.directories[name] = nil
      try server.writeDomains()
      return "no domain \(name)"
    case 9:
      server.directories["alias\(word).example"] = directory
      try server.writeDomains()
      return "alias\(word) of \(directory)"
    case 10:
      let kind = ["reject", "exclude"].randomElement() ?? ""
      let keys = ["ann@\(name)", "@gone.example", "m\(word)0@\(name)"].shuffled().prefix(2)
      try server.tree.write(
        "var/qmail/control/validrcptto.\(kind)", keys.joined(separator: "\n") + "\n")
      return "\(kind) \(keys)"
    case 11:
      try server.tree.write("home/ann/.qmail-\(word)", "")
      return "ann-\(word)"
    default:
      try server.path("vpasswd", in: directory).write("broken\n")
      try server.expectSame({ _ in }, "broken vpasswd in \(directory)")
      try server.writeMailboxes(["mended\(word)"], in: directory)
      return "vpasswd of \(directory) broken and mended"
    }
  }
}
