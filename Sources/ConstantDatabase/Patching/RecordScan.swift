internal import SystemSupport

/// One round through the sorted records of a file: those that were asked for, and where about every
/// key lies.
struct RecordScan: Sendable {
  /// Where the chosen records lie in the file.
  private(set) var chosen: [Range<Int>] = []
  /// How many records there are.
  private(set) var count = 0
  /// Where every 64th record begins.
  private var milestones: [Int] = []

  private static let stride = 64

  /// Goes through all the records.
  ///
  /// - Parameters:
  ///   - image: The file.
  ///   - workerCount: How many threads share the work.
  ///   - isChosen: Whether a record of this key is asked for.
  /// - Throws: `ConstantDatabaseError` when the records do not fill their room exactly.
  init(
    of image: DatabaseImage, workerCount: Int,
    _ isChosen: @Sendable (_ key: UnsafeRawBufferPointer) -> Bool
  ) throws {
    let bounds = image.bounds(ofParts: workerCount)
    let parts = Workers.map(bounds.count - 1, by: workerCount) { number in
      Result { try unsafe RecordScan(bounds[number]..<bounds[number + 1], of: image, isChosen) }
    }
    for part in parts {
      let part = try part.get()
      chosen += part.chosen
      milestones += part.milestones
      count += part.count
    }
  }

  /// Goes through a part of the records, which begins and ends between two of them.
  private init(
    _ range: Range<Int>, of image: DatabaseImage,
    _ isChosen: (_ key: UnsafeRawBufferPointer) -> Bool
  ) throws {
    try unsafe image.records.withUnsafeBytes { bytes in
      var position = range.lowerBound
      while position < range.upperBound {
        guard let record = unsafe Record(at: position, in: bytes, from: Format.headerSize),
          unsafe record.end <= range.upperBound
        else { throw image.strayRecord(position) }
        if count % Self.stride == 0 { milestones.append(position) }
        count += 1
        if unsafe isChosen(record.key) { unsafe chosen.append(position..<record.end) }
        position = unsafe record.end
      }
    }
  }

  /// Where the first record begins whose key comes after a key; the end of the records if none does.
  ///
  /// - Throws: `ConstantDatabaseError` when a record has that key.
  func place(of key: UnsafeRawBufferPointer, in image: DatabaseImage) throws -> Int {
    var (low, high) = (0, milestones.count)
    while low < high {
      let middle = low + (high - low) / 2
      let isAfter = try unsafe image.withRecord(at: milestones[middle]) {
        unsafe compare($0.key, key) > 0
      }
      if isAfter { high = middle } else { low = middle + 1 }
    }
    var position = low == 0 ? image.header.records.lowerBound : milestones[low - 1]
    while position < image.header.records.upperBound {
      let (order, end) = try unsafe image.withRecord(at: position) {
        unsafe (compare($0.key, key), $0.end)
      }
      if order > 0 { break }
      if order == 0 { throw image.damage(at: position, "this record has the key of a new one") }
      position = end
    }
    return position
  }
}

extension DatabaseImage {
  /// Places between two records that part all of them into about equal shares, and both ends.
  ///
  /// A hash table leads to records all over the file, so that one of the largest will do.
  fileprivate func bounds(ofParts count: Int) -> [Int] {
    let (start, end) = (header.records.lowerBound, header.records.upperBound)
    guard let table = header.tables.max(by: { $0.slotCount < $1.slotCount }) else {
      return [start, end]
    }
    let starts = slots(of: table).map { Int($0.position) }.filter { $0 > start && $0 < end }
    let bounds = (1..<max(1, count)).compactMap { number in
      let wanted = start + (end - start) / count * number
      return starts.min { abs($0 - wanted) < abs($1 - wanted) }
    }
    return ([start] + Set(bounds) + [end]).sorted()
  }

  /// The slots of a table.
  func slots(of table: Header.Table) -> [Slot] {
    unsafe tables.withUnsafeBytes { bytes in
      let start = table.position - header.slots.lowerBound
      return (0..<table.slotCount).map { number in
        unsafe Slot(in: bytes, at: start + number * Format.slotSize)
      }
    }
  }
}
