internal import QmailFiles

/// An address as qmail-smtpd looks it up: the keys that it tries, in order.
///
/// First the address; then its local part cut at the last `-`, with `-default` in place of the rest,
/// again and again; then the domain. All in small letters; the first key that is there decides
/// (validrcptto.cdb patch, 7.10).
struct RecipientQuestion: Equatable, Sendable {
  let address: [UInt8]
  /// What stands after the last `@`.
  let domain: [UInt8]
  let keys: [[UInt8]]

  /// Nil when there is no `@`, or nothing after it.
  init?(_ text: some Collection<UInt8>) {
    let address = text.lowercased
    guard let at = address.lastIndex(of: UInt8(ascii: "@")), at < address.endIndex - 1 else {
      return nil
    }
    self.address = address
    domain = Array(address[(at + 1)...])
    let cuts = address[..<at].indices.reversed().filter { address[$0] == UInt8(ascii: "-") }
    let catchAll = Array(address[at...])
    let ending = Array("default".utf8) + catchAll
    keys = [address] + cuts.map { Array(address[...$0]) + ending } + [catchAll]
  }

  /// The names under which rcpthosts may have the domain: itself, then each `.suffix` of it.
  var hosts: [[UInt8]] {
    let dots = domain.indices.filter { domain[$0] == UInt8(ascii: ".") && $0 > 0 }
    return [domain] + dots.map { Array(domain[$0...]) }
  }
}
