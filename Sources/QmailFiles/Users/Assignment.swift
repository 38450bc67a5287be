package import SystemPackage

/// What `users/assign` and `users/cdb` give to a local address: whose it is and where its
/// `.qmail` files lie.
package struct Assignment: Equatable, Sendable {
  package let user: [UInt8]
  package let uid: [UInt8]
  package let gid: [UInt8]
  package let home: [UInt8]
  /// What stands between `.qmail` and the extension: `-` or nothing.
  package let dash: [UInt8]
  /// What stands before the rest of the address in the name of a `.qmail` file.
  package let ext: [UInt8]

  /// The home directory as a path of the tree; nil when it holds a NUL or is empty.
  package var homePath: FilePath? { FilePath(bytes: home) }

  /// The six fields of a line; missing ones are empty.
  init(fields: [[UInt8]]) {
    func field(_ index: Int) -> [UInt8] { index < fields.count ? fields[index] : [] }
    (user, uid, gid) = (field(0), field(1), field(2))
    (home, dash, ext) = (field(3), field(4), field(5))
  }

  /// Parses the data of a record of `users/cdb`; nil when it has fewer than six fields.
  package init?(record data: [UInt8]) {
    let fields = data.split(separator: 0, omittingEmptySubsequences: false)
    guard fields.count >= 6 else { return nil }
    self.init(fields: fields.prefix(6).map(Array.init))
  }

  /// The data of the record in `users/cdb`: the fields with a NUL between them.
  package var data: [UInt8] { Array([user, uid, gid, home, dash, ext].joined(separator: [0])) }
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
