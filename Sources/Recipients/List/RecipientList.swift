/// The recipients of a server as records of the .cdb: keys in small letters, sorted by their bytes,
/// each once; and those that are refused whatever the rest says.
package struct RecipientList: Sendable {
  private let accepted: SortedKeys
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
    accepted: SortedKeys, rejected: Set<[UInt8]>, excluded: Set<[UInt8]>,
    sources: [RecipientSource]
  ) {
    self.accepted = accepted
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
    private let list: RecipientList
    private var rejectedPosition = 0
    private var accepted: SortedKeys.Cursor

    init(_ list: RecipientList) {
      self.list = list
      accepted = SortedKeys.Cursor(list.accepted)
      skipExcluded()
    }

    /// Gives the next record to a body and steps on; nil when there is none.
    mutating func withNext<Result>(
      _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result? {
      if isRejectedNext {
        rejectedPosition += 1
        return try unsafe list.rejected[rejectedPosition - 1].withUnsafeBytes { key in
          try unsafe RecipientList.refusing.withUnsafeBytes { try unsafe body(key, $0) }
        }
      }
      guard let entry = accepted.next else { return nil }
      let result = try unsafe list.accepted.withKey(of: entry) { key in
        try unsafe RecipientList.accepting.withUnsafeBytes { try unsafe body(key, $0) }
      }
      accepted.advance()
      skipExcluded()
      return result
    }

    /// How the next key compares with another one; nil when there is none.
    func compareNext(_ other: UnsafeRawBufferPointer) -> Int? {
      if isRejectedNext {
        return unsafe list.rejected[rejectedPosition].withUnsafeBytes {
          unsafe Order.compare($0, other)
        }
      }
      return accepted.next.map { entry in
        unsafe list.accepted.withKey(of: entry) { unsafe Order.compare($0, other) }
      }
    }

    /// Steps over the next record.
    mutating func skip() { _ = unsafe withNext { _, _ in () } }

    private mutating func skipExcluded() {
      if list.excluded.isEmpty { return }
      while let entry = accepted.next,
        list.excluded.contains(unsafe list.accepted.withKey(of: entry) { unsafe [UInt8]($0) })
      {
        accepted.advance()
      }
    }

    private var isRejectedNext: Bool {
      guard rejectedPosition < list.rejected.count else { return false }
      guard let entry = accepted.next else { return true }
      return unsafe list.rejected[rejectedPosition].withUnsafeBytes { key in
        unsafe list.accepted.withKey(of: entry) { unsafe Order.compare(key, $0) < 0 }
      }
    }
  }
}
