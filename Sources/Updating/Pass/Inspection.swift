internal import ConstantDatabase
internal import FoundationEssentials
package import SystemPackage
internal import SystemSupport

/// What a newly made product is, compared with the one in place.
package struct Inspection: Equatable, Sendable, Codable {
  /// The two hold the same.
  package var isUnchanged: Bool
  /// Whether the old one is worth keeping: a damaged .cdb is not.
  package var isOldSound = true
  /// How the records differ, for a .cdb.
  package var records: RecordCounts?
  /// Some of the keys that would be lost or changed, made safe to show, marked `-`, `~` or `+`.
  package var samples: [String]
}

extension Inspection {
  /// Opens the new product, checks it whole, and compares it with the old one.
  ///
  /// - Parameters:
  ///   - new: The new file.
  ///   - old: The file in place; one that is missing or damaged counts as empty.
  ///   - isDatabase: Whether both should be .cdb files.
  ///   - sampleCount: How many differing keys are wanted.
  /// - Throws: What is wrong with the new product, in words.
  package init(
    of new: FilePath, replacing old: FilePath, isDatabase: Bool, sampleCount: Int = 20
  ) throws {
    guard !isDatabase else {
      let file = try FileReading.open(new)
      try self.init(of: file, named: new, replacing: old, sampleCount: sampleCount)
      return
    }
    guard let status = try FileStatus.of(new, followingLinks: false) else {
      throw SystemError("open", new, .noSuchFileOrDirectory)
    }
    let isSameSize = try FileStatus.of(old, followingLinks: false)?.size == status.size
    self.init(isUnchanged: try isSameSize && Self.haveSameBytes(new, old), samples: [])
  }

  /// Checks a new .cdb that is open, and compares it with the old one.
  ///
  /// - Parameters:
  ///   - file: The new file.
  ///   - name: Its name in errors.
  ///   - old: The file in place, as for paths.
  ///   - sampleCount: How many differing keys are wanted.
  /// - Throws: What is wrong with the new product, in words.
  init(
    of file: OwnedDescriptor, named name: FilePath, replacing old: FilePath, sampleCount: Int = 20
  ) throws {
    let database = try ConstantDatabase(reading: file, named: name)
    _ = try database.verify()
    let sound = Self.soundDatabase(old)
    let changes = try RecordChanges.between(sound, database, samples: sampleCount)
    isUnchanged = sound != nil && changes.isEmpty
    isOldSound = sound != nil
    records = RecordCounts(
      before: changes.before, after: changes.after, added: changes.added,
      removed: changes.removed, changed: changes.changed)
    samples = changes.samples.map { sample in
      let mark =
        switch sample.kind {
        case .added: "+"
        case .removed: "-"
        case .changed: "~"
        }
      return mark + VisibleText.escape(sample.key)
    }
  }

  private static func soundDatabase(_ path: FilePath) -> ConstantDatabase? {
    guard let database = try? ConstantDatabase(opening: path),
      (try? database.verify()) != nil
    else { return nil }
    return database
  }

  private static func haveSameBytes(_ first: FilePath, _ second: FilePath) throws -> Bool {
    try FileReading.contents(of: first, followingLinks: false)
      == FileReading.contents(of: second, followingLinks: false)
  }
}

extension Inspection {
  /// The inspection as bytes, to send it from a child process.
  var encoded: [UInt8] { get throws { [UInt8](try JSONEncoder().encode(self)) } }

  /// The inspection that a child process has sent.
  init(decoding bytes: [UInt8]) throws {
    self = try JSONDecoder().decode(Inspection.self, from: Data(bytes))
  }
}
