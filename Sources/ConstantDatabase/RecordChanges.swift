package import SystemPackage

/// How the records of a new .cdb file differ from those of the old one.
///
/// Where the records stand does not count, except among those with the same key, of which a lookup
/// finds the first: there the first of the one file is compared with the first of the other, the
/// second with the second, and so on.
package struct RecordChanges: Equatable, Sendable {
  /// A record that differs.
  package struct Sample: Equatable, Sendable {
    package enum Kind: Sendable { case added, removed, changed }

    package let kind: Kind
    package let key: [UInt8]

    package init(kind: Kind, key: [UInt8]) {
      self.kind = kind
      self.key = key
    }
  }

  /// Records that only the new file has.
  package let added: Int
  /// Records that only the old file has.
  package let removed: Int
  /// Records that have another value in the new file.
  package let changed: Int
  /// How many records the old file has.
  package let before: Int
  /// How many records the new file has.
  package let after: Int
  /// Some of the records that differ: removed ones first, then changed, then added ones, each in
  /// the order of their file.
  package let samples: [Sample]

  package init(
    added: Int, removed: Int, changed: Int, before: Int, after: Int, samples: [Sample] = []
  ) {
    self.added = added
    self.removed = removed
    self.changed = changed
    self.before = before
    self.after = after
    self.samples = samples
  }

  /// Whether every lookup gives the same in both files.
  package var isEmpty: Bool { added == 0 && removed == 0 && changed == 0 }

  /// Compares two files, keys and values.
  ///
  /// The records of the new file are looked up in the old one. Damage is found where it is met;
  /// `ConstantDatabase.verify` finds it everywhere. Memory does not grow with the files beyond some
  /// 150 MiB, but for a few bits a record and the places of the removed ones. Many records with one
  /// hash take a time that grows with their square, as they do when such a file is built.
  ///
  /// - Parameters:
  ///   - old: The file that is in use; nil when there is none, so that all records are new.
  ///   - new: The file to compare it with.
  ///   - samples: The most samples to give.
  /// - Returns: The differences.
  /// - Throws: `ConstantDatabaseError` when a file is damaged, `SystemError` when it is not there or
  ///   cannot be read.
  package static func between(
    _ old: FilePath?, _ new: FilePath, samples: Int
  ) throws -> RecordChanges {
    try between(
      old.map { try ConstantDatabase(opening: $0) }, ConstantDatabase(opening: new),
      samples: samples)
  }

  /// Compares two open files; see `between` of paths.
  ///
  /// - Throws: As `between` of paths.
  package static func between(
    _ old: ConstantDatabase?, _ new: ConstantDatabase, samples: Int
  ) throws -> RecordChanges {
    guard let old else { return try additions(of: new, samples: samples) }
    var comparison = Comparison(with: old, samples: samples)
    return try comparison.run(new)
  }

  private static func additions(of new: ConstantDatabase, samples: Int) throws -> RecordChanges {
    let (count, keys) = try new.countAndFirstKeys(upTo: samples)
    return RecordChanges(
      added: count, removed: 0, changed: 0, before: 0, after: count,
      samples: keys.map { Sample(kind: .added, key: $0) })
  }
}

extension ConstantDatabase {
  /// How many records there are, and the keys of the first ones.
  ///
  /// The records are read to the end only where nobody has counted them before.
  fileprivate func countAndFirstKeys(upTo limit: Int) throws -> (Int, keys: [[UInt8]]) {
    let window = recordCount == nil ? recordWindow() : recordWindow(capacity: 1 << 12)
    var (position, count) = (header.records.lowerBound, 0)
    var keys: [[UInt8]] = []
    while position < header.records.upperBound, keys.count < limit || recordCount == nil {
      let record = try unsafe window.record(at: position)
      position = unsafe record.end
      count += 1
      if keys.count < limit { unsafe keys.append([UInt8](record.key)) }
    }
    try checkUnchanged()
    return (recordCount ?? count, keys)
  }
}
