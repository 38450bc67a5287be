/// `control/virtualdomains`: which user handles a domain or a single address.
///
/// A line is `DOMAIN:TARGET` or `USER@DOMAIN:TARGET`. qmail ignores a line without a colon; an
/// empty target takes the domain out of virtual handling again. Names are folded to small letters.
package struct VirtualDomains: Equatable, Sendable {
  /// One line that qmail reads.
  package struct Entry: Equatable, ConstmapLine {
    /// The line in the file, counted from 1.
    package let line: Int
    /// A domain, a `.suffix`, a whole address, or nothing for all that no other line names.
    package let name: [UInt8]
    /// The part before the address's local part, without the break character.
    package let target: [UInt8]

    package var value: [UInt8] { target }

    /// Whether the line is about one address rather than a domain.
    package var isAddress: Bool { name.contains(UInt8(ascii: "@")) }
  }

  /// All lines; which of them qmail finds, `Constmap` tells.
  package let entries: [Entry]

  package init(parsing contents: [UInt8]) {
    entries = ControlFile.slices(of: contents).compactMap { entry in
      guard let colon = entry.bytes.firstIndex(of: .colon) else { return nil }
      return Entry(
        line: entry.line, name: entry.bytes[..<colon].lowercased,
        target: entry.bytes[(colon + 1)...].lowercased)
    }
  }
}
