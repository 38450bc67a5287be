import QmailFiles
import SystemPackage
import TestSupport
import Testing

/// A format of text files, with real files of it.
struct TextFormat: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Files below the trees of the recipients' tests.
  let files: [String]
  /// A text where no tree has a file of the format.
  var sample = ""
  /// Reads a text, expects what holds for every text, and gives the numbers of the lines that count.
  let read: @Sendable (_ text: [UInt8]) throws -> [Int]

  func samples() throws -> [[UInt8]] {
    let trees = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .appending("RecipientsTests/Fixtures")
    let texts = try files.map { Array(try trees.pushing(FilePath($0)).text.utf8) }
    return sample.isEmpty ? texts : texts + [Array(sample.utf8)]
  }

  static let all = [
    TextFormat(
      testDescription: "control file",
      files: ["tree2/root/var/qmail/control/rcpthosts", "tree1/root/var/qmail/control/me"]
    ) { text in
      let entries = ControlFile.entries(of: text)
      let again = ControlFile.entries(of: lines(entries.map(\.bytes)))
      #expect(again.map(\.bytes) == entries.map(\.bytes))
      #expect(KeyList(parsing: text).places.count == entries.count)
      _ = ControlFile.firstLine(of: text)
      _ = ControlFile.integer(of: text)
      return entries.map(\.line)
    },
    TextFormat(
      testDescription: "smtproutes", files: ["tree3/root/var/qmail/control/smtproutes"],
      sample: "mail.example:relay.example:25\n:smart.example\n.example:\n"
    ) { text in
      let entries = SMTPRoutes(parsing: text).entries
      let again = SMTPRoutes(parsing: lines(entries.map { $0.domain + ":".utf8 + $0.relay }))
      #expect(again.entries.map(\.domain) == entries.map(\.domain))
      #expect(again.entries.map(\.relay) == entries.map(\.relay))
      return entries.map(\.line)
    },
    TextFormat(
      testDescription: "virtualdomains",
      files: [
        "tree2/root/var/qmail/control/virtualdomains",
        "vpopmail/root/var/qmail/control/virtualdomains",
      ]
    ) { text in
      let entries = VirtualDomains(parsing: text).entries
      let again = VirtualDomains(parsing: lines(entries.map { $0.name + ":".utf8 + $0.target }))
      #expect(again.entries.map(\.name) == entries.map(\.name))
      #expect(again.entries.map(\.target) == entries.map(\.target))
      return entries.map(\.line)
    },
    TextFormat(
      testDescription: "users/assign",
      files: ["tree2/root/var/qmail/users/assign", "vpopmail/root/var/qmail/users/assign"],
      read: readAssignments),
    TextFormat(testDescription: "passwd", files: ["tree2/root/etc/passwd"]) { text in
      let users = PasswordFile(parsing: text).users
      let again = PasswordFile(
        parsing: lines(
          users.map {
            $0.name + ":x:\($0.uid):\($0.gid)::".utf8 + $0.home + ":".utf8 + $0.shell
          }))
      #expect(again.users.map(\.name) == users.map(\.name))
      #expect(again.users.map(\.uid) == users.map(\.uid))
      #expect(again.users.map(\.home) == users.map(\.home))
      return users.map(\.line)
    },
    TextFormat(
      testDescription: "shadow", files: [],
      sample: "ann:$6$salt$hash:19000:0:99999:7:::\nbob:!:19000:0:99999:7::20000:\n"
    ) { ShadowFile(parsing: $0).entries.map(\.line) },
    TextFormat(
      testDescription: "vpasswd",
      files: ["vpopmail/root/home/vpopmail/domains/gamma.example/vpasswd"], read: readMailboxes),
    TextFormat(
      testDescription: ".qmail",
      files: ["vpopmail/root/home/vpopmail/domains/alpha.example/.qmail-default"],
      sample: "# a note\n|/usr/bin/fastforward -d /etc/aliases.cdb\n&ann@example.net\n./Maildir/\n"
    ) { text in
      let file = DotQmail(parsing: text)
      #expect(DotQmail(parsing: lines(file.lines)) == file)
      _ = (file.catchAll, file.fastforwardDatabase)
      for line in file.lines {
        _ = DotQmailName.address(of: line)
        if let key = FastforwardKey(line) {
          #expect(FastforwardKey(":".utf8 + key.local + "@".utf8 + key.domain) == key)
        }
      }
      return []
    },
  ]

  private static func lines(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [0x0a] } }

  @Sendable private static func readAssignments(_ text: [UInt8]) throws -> [Int] {
    let file = try UserAssignments(parsing: text, path: "assign")
    let written = file.entries.map { entry in
      let fields = entry.assignment.data.split(separator: 0, omittingEmptySubsequences: false)
      return (entry.isPrefix ? "+" : "=").utf8 + entry.name + ":".utf8
        + Array(fields.joined(separator: ":".utf8)) + ":".utf8
    }
    let again = try UserAssignments(parsing: lines(written + [[0x2e]]), path: "assign")
    #expect(again.entries.map(\.key) == file.entries.map(\.key))
    #expect(again.entries.map(\.assignment) == file.entries.map(\.assignment))
    for (key, data) in file.records where !key.isEmpty {
      #expect(Assignment(record: data)?.data == data)
    }
    let users = PasswordFile(parsing: text)
    _ = VpopmailDomains(of: file, users: users)
    return file.entries.map(\.line)
  }

  @Sendable private static func readMailboxes(_ text: [UInt8]) throws -> [Int] {
    var numbers: [Int] = []
    try text.withUnsafeBufferPointer { bytes in
      try VpasswdFile.forEachLine(of: bytes) { line in
        numbers.append(line.number)
        for range in [line.name, line.hash, line.flags] {
          #expect(range.upperBound < text.count && !text[range].contains(0x0a))
        }
        #expect(!line.name.isEmpty)
        _ = VpasswdFile.flags(text[line.flags].span)
      }
    }
    return numbers
  }
}

/// Thousands of damaged files, the same in every run: each must give an answer, or an error that
/// names a line of the file.
@Suite(.timeLimit(.minutes(1))) struct FileFormatFuzzTests {
  @Test(arguments: TextFormat.all, 0..<8)
  func `damaged files give answers or errors`(_ format: TextFormat, seed: UInt64) throws {
    var random = Seeded(seed)
    let samples = try format.samples()
    #expect(samples.allSatisfy { !$0.isEmpty })
    for sample in samples { _ = try format.read(sample) }
    for _ in 0..<200 {
      let text = random.damaged(samples.randomElement(using: &random) ?? [])
      let count = text.split(separator: 0x0a, omittingEmptySubsequences: false).count
      do {
        let numbers = try format.read(text)
        #expect(numbers.allSatisfy { (1...count).contains($0) })
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy(<))
      } catch let error as FileFormatError {
        #expect((1...count + 1).contains(error.line), "\(error)")
      } catch let error as VpasswdFile.Failure {
        #expect((1...count).contains(error.line), "\(error)")
      }
    }
  }
}
