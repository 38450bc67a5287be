/// A key of the database that fastforward looks addresses up in.
///
/// `newaliases` writes `:LOCAL@` for an alias of every domain, `:LOCAL@DOMAIN` for one address and
/// `:@DOMAIN` for all of a domain. Keys with `?` rewrite senders; a key without `@`, which
/// `setforward` can write, never matches a recipient.
package struct FastforwardKey: Equatable, Sendable {
  /// The part before the last `@`; empty for all of a domain.
  package let local: [UInt8]
  /// The part after it; empty for every domain.
  package let domain: [UInt8]

  /// The recipient that a key stands for; nil when it stands for none, also for one with a newline,
  /// which no address can hold.
  package init?(_ key: some BidirectionalCollection<UInt8>) {
    guard key.first == .colon, let at = key.lastIndex(of: UInt8(ascii: "@")),
      !key.contains(.newline)
    else { return nil }
    local = key[..<at].dropFirst().lowercased
    domain = key[key.index(after: at)...].lowercased
    if local.isEmpty && domain.isEmpty { return nil }
  }
}
