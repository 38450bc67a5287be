/// The recipients of a server as records of the .cdb: keys in small letters, sorted by their bytes,
/// each once; and those that are refused whatever the rest says.
package struct RecipientList: Sendable {
  /// Sorted shares of the keys, one a worker.
  private let shares: [KeyArena]
  /// Keys with the value `-`, sorted.
  private let rejected: [[UInt8]]
  /// Keys that are left out.
  private let excluded: Set<[UInt8]>
  /// What the list was made from, without doubles, sorted by path.
  package let sources: [RecipientSource]

  /// The value of a record that accepts: none.
  static let accepting: [UInt8] = []
  /// The value of a record that refuses.
  static let refusing = [UInt8(ascii: "-")]

  init(
    shares: [KeyArena], rejected: Set<[UInt8]>, excluded: Set<[UInt8]>, sources: [RecipientSource]
  ) {
    self.shares = shares
    self.rejected = rejected.sorted { $0.lexicographicallyPrecedes($1) }
    // A key that is refused has one record, the refusing one.
    self.excluded = excluded.union(rejected)
    self.sources = sources
  }

  /// Gives each record to `body`, sorted by key; the bytes are valid during the call.
  package func forEachRecord(
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    var cursor = Cursor(self)
    while try unsafe cursor.withNext(body) != nil {}
  }
}

extension RecipientList {
  /// Steps through the records in order.
  struct Cursor {
    private let rejected: [[UInt8]]
    private let excluded: Set<[UInt8]>
    private var rejectedPosition = 0
    private var accepted: SortedKeys

    init(_ list: RecipientList) {
      rejected = list.rejected
      excluded = list.excluded
      accepted = SortedKeys(list.shares)
    }

    /// Gives the next record to a body and steps on; nil when there is none.
    mutating func withNext<Result>(
      _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result? {
      skipExcluded()
      guard isRejectedNext else {
        guard let place = accepted.next() else { return nil }
        return try unsafe accepted.withKey(at: place) { key in
          try unsafe RecipientList.accepting.withUnsafeBytes { try unsafe body(key, $0) }
        }
      }
      rejectedPosition += 1
      return try unsafe rejected[rejectedPosition - 1].withUnsafeBytes { key in
        try unsafe RecipientList.refusing.withUnsafeBytes { try unsafe body(key, $0) }
      }
    }

    /// How the next key compares with another one; nil when there is none.
    mutating func compareNext(_ other: UnsafeRawBufferPointer) -> Int? {
      skipExcluded()
      if isRejectedNext {
        return unsafe rejected[rejectedPosition].withUnsafeBytes { unsafe Order.compare($0, other) }
      }
      return accepted.least.map { place in
        unsafe accepted.withKey(at: place) { unsafe Order.compare($0, other) }
      }
    }

    /// Steps over the next record.
    mutating func skip() { _ = unsafe withNext { _, _ in () } }

    private mutating func skipExcluded() {
      if excluded.isEmpty { return }
      while let place = accepted.least,
        excluded.contains(unsafe accepted.withKey(at: place) { unsafe [UInt8]($0) })
      {
        _ = accepted.next()
      }
    }

    private var isRejectedNext: Bool {
      guard rejectedPosition < rejected.count else { return false }
      guard let place = accepted.least else { return true }
      return unsafe rejected[rejectedPosition].withUnsafeBytes { key in
        unsafe accepted.withKey(at: place) { unsafe Order.compare(key, $0) < 0 }
      }
    }
  }
}
