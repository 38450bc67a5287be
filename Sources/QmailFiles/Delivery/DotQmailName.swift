/// The names of `.qmail` files, and the addresses that they stand for.
///
/// `.qmail-first:last` takes mail for the extension `first.last`: a dot of the address is a colon
/// in the name.
package enum DotQmailName {
  /// What a name starts with.
  static let stem = Array(".qmail".utf8)

  /// What an address has after a prefix, if the name belongs to that prefix.
  ///
  /// - Parameters:
  ///   - name: The name of a file.
  ///   - prefix: What follows `.qmail`: `-` for a user's own, `-ext-` below an extension; with the
  ///     dots of the address.
  /// - Returns: The rest, in small letters, its colons turned to dots; nil for another name, when
  ///   nothing is left, and for a name with a newline, which no address can hold.
  package static func address(
    of name: [UInt8], after prefix: [UInt8] = [UInt8(ascii: "-")]
  ) -> [UInt8]? {
    let start = stem.count + prefix.count
    guard name.count > start, name.starts(with: stem), !name.contains(.newline),
      prefix.indices.allSatisfy({ dotted(name[stem.count + $0]) == prefix[$0] })
    else { return nil }
    return name[start...].map { dotted($0).lowercased }
  }

  private static func dotted(_ byte: UInt8) -> UInt8 {
    byte == .colon ? UInt8(ascii: ".") : byte
  }

  /// The names of the files that catch what no other file takes below a prefix, nearest first.
  ///
  /// For `-a-b-` they are `.qmail-a-b-default`, `.qmail-a-default` and `.qmail-default`, as
  /// qmail-local tries them.
  package static func defaults(below prefix: [UInt8]) -> [[UInt8]] {
    prefix.indices.reversed().filter { prefix[$0] == UInt8(ascii: "-") }.map { index in
      stem + prefix[...index].map { $0 == UInt8(ascii: ".") ? .colon : $0 } + "default".utf8
    }
  }
}
