/// `control/smtproutes`: the hosts that take mail for some domains instead of their MX.
///
/// A line is `DOMAIN:RELAY[:PORT]`; qmail ignores a line without a colon. An empty domain is the
/// route of everything else. Domains are folded to small letters.
package struct SMTPRoutes: Equatable, Sendable {
  /// One line that qmail reads.
  package struct Entry: Equatable, ConstmapLine {
    /// The line in the file, counted from 1.
    package let line: Int
    /// A domain, a `.suffix`, or nothing for the default route.
    package let domain: [UInt8]
    /// The relay, with its port if one is given.
    package let relay: [UInt8]

    package var name: [UInt8] { domain }
    package var value: [UInt8] { relay }
  }

  /// All lines; which of them qmail finds, `Constmap` tells.
  package let entries: [Entry]

  package init(parsing contents: [UInt8]) {
    entries = ControlFile.slices(of: contents).compactMap { entry in
      guard let colon = entry.bytes.firstIndex(of: .colon) else { return nil }
      return Entry(
        line: entry.line, domain: entry.bytes[..<colon].lowercased,
        relay: Array(entry.bytes[(colon + 1)...]))
    }
  }
}
