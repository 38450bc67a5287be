/// What must be done to the records of a file: where records go and where others come, in the order
/// of the file.
struct RecordEdits: Sendable {
  /// One place of the old file.
  struct Edit: Sendable {
    /// Where the record that goes lies; empty where one only comes.
    let removed: Range<Int>
    /// The number of the record that comes.
    let added: Int?
  }

  private(set) var edits: [Edit] = []
  /// The records that come.
  private(set) var added = EncodedRecords()
  /// Records of a key that stays, with another value.
  private(set) var changedCount = 0

  var removedCount: Int { edits.count { !$0.removed.isEmpty } - changedCount }
  var addedCount: Int { added.count - changedCount }
  /// How many bytes of records are more than before; negative when they are less.
  var growth: Int { added.byteCount - edits.reduce(0) { $0 + $1.removed.count } }

  /// Compares the records that are to be replaced with those that take their place.
  ///
  /// - Parameters:
  ///   - scan: The old records.
  ///   - image: Their file.
  ///   - pieces: The new records; the bytes of their keys ascend strictly.
  /// - Throws: `ConstantDatabaseError` when the file is not sorted where it is looked at, or another
  ///   record has the key of a new one.
  init(replacing scan: RecordScan, of image: DatabaseImage, with pieces: [EncodedRecords]) throws {
    var old = scan.chosen[...]
    for piece in pieces {
      for number in 0..<piece.count {
        try unsafe piece.withRecord(number) { key, value in
          try unsafe take(key, value, &old, scan, image)
        }
      }
    }
    for removed in old { edits.append(Edit(removed: removed, added: nil)) }
    let isInOrder = zip(edits, edits.dropFirst()).allSatisfy {
      $0.removed.upperBound <= $1.removed.lowerBound
    }
    guard isInOrder, !added.isOverfull else { throw image.damage(at: nil, "it is not sorted") }
  }

  /// Takes the next new record.
  private mutating func take(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    _ old: inout ArraySlice<Range<Int>>, _ scan: RecordScan, _ image: DatabaseImage
  ) throws {
    while let removed = old.first {
      let (order, isSame) = try unsafe image.withRecord(at: removed.lowerBound) {
        unsafe (compare($0.key, key), isEqual($0.value, value))
      }
      if order > 0 { break }
      old.removeFirst()
      if order == 0 {
        if !isSame {
          changedCount += 1
          unsafe add(key, value, insteadOf: removed)
        }
        return
      }
      edits.append(Edit(removed: removed, added: nil))
    }
    let place = try unsafe scan.place(of: key, in: image)
    unsafe add(key, value, insteadOf: place..<place)
  }

  private mutating func add(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, insteadOf removed: Range<Int>
  ) {
    edits.append(Edit(removed: removed, added: added.count))
    unsafe added.append(key: key, value: value)
  }
}
