internal import SystemSupport

/// What tells one .cdb file from another without keeping it: the sums of its three parts.
package struct DatabaseSum: Hashable, Sendable {
  package let header: UInt64
  package let records: UInt64
  package let tables: UInt64

  package init(header: UInt64, records: UInt64, tables: UInt64) {
    self.header = header
    self.records = records
    self.tables = tables
  }

  init(header: [UInt32], records: ContentSum, tables: ContentSum) {
    self.init(
      header: unsafe header.withUnsafeBytes { unsafe ContentSum(of: $0).value },
      records: records.value, tables: tables.value)
  }
}

extension ConstantDatabase {
  /// The sum of the file as it was when it was opened.
  ///
  /// - Throws: `SystemError` when it cannot be read; `ConstantDatabaseError` when it changed
  ///   meanwhile.
  package func sum() throws -> DatabaseSum {
    let (records, tables) = (recordWindow(), slotWindow())
    let sum = DatabaseSum(
      header: header.numbers, records: try records.sum(), tables: try tables.sum())
    try checkUnchanged()
    return sum
  }
}

extension FileWindow {
  private static let step = 1 << 20

  /// The sum of all that may be asked for.
  fileprivate func sum() throws -> ContentSum {
    var sum = ContentSum()
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.step) {
      let count = min(Self.step, range.upperBound - start)
      try unsafe sum.add(bytes(at: start, count: count))
    }
    return sum
  }
}

extension Header {
  /// The numbers that a file begins with, in its byte order.
  var numbers: [UInt32] {
    tables.flatMap { [UInt32($0.position).littleEndian, UInt32($0.slotCount).littleEndian] }
  }
}
