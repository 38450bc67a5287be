package import SystemPackage

/// What `users/assign` and `users/cdb` give to a local address: whose it is and where its
/// `.qmail` files lie.
package struct Assignment: Equatable, Sendable {
  /// The data of the record in `users/cdb`: the fields with a NUL between them.
  ///
  /// A server has as many assignments as domains, and of most of them one or two fields are asked
  /// for: these are cut out then.
  package let data: [UInt8]

  /// How many fields qmail reads: user, uid, gid, home, dash and ext.
  static let fieldCount = 6

  /// Takes the data of a record of `users/cdb`; nil when it has fewer than six fields.
  package init?(record data: [UInt8]) {
    guard data.count(where: { $0 == 0 }) >= Self.fieldCount - 1 else { return nil }
    self.data = data
  }

  package var user: [UInt8] { Array(field(0)) }
  package var home: [UInt8] { Array(field(3)) }
  /// What stands between `.qmail` and the extension: `-` or nothing.
  package var dash: [UInt8] { Array(field(4)) }
  /// What stands before the rest of the address in the name of a `.qmail` file.
  package var ext: [UInt8] { Array(field(5)) }

  /// The home directory as a path of the tree; nil when it is empty.
  package var homePath: FilePath? { FilePath(bytes: home) }

  private func field(_ number: Int) -> ArraySlice<UInt8> {
    var rest = data[...]
    for _ in 0..<number { rest = rest.drop { $0 != 0 }.dropFirst() }
    return rest.prefix { $0 != 0 }
  }
}

extension FilePath {
  /// A path from bytes that were found in a file; nil when they are empty or hold a NUL.
  package init?(bytes: [UInt8]) {
    guard !bytes.isEmpty, !bytes.contains(0) else { return nil }
    self = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { text in
      for index in bytes.indices { unsafe text[index] = CChar(bitPattern: bytes[index]) }
      unsafe text[bytes.count] = 0
      return unsafe text.baseAddress.map { unsafe FilePath(platformString: $0) } ?? FilePath()
    }
  }
}
