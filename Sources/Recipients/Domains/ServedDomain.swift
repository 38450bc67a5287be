/// A domain that the server takes mail for, and what becomes of that mail.
package struct ServedDomain: Equatable, Sendable {
  /// Who knows the recipients of a domain.
  package enum Handling: Equatable, Sendable {
    /// `locals` names it: system users and aliases.
    case local
    /// `virtualdomains` gives it to the user `alias`: aliases.
    case aliases
    /// `virtualdomains` gives it to another user or domain.
    case virtual(target: [UInt8])
    /// `smtproutes` passes it on.
    case relayed
  }

  /// The name, in small letters.
  package let name: [UInt8]
  package let handling: Handling
  /// Where it is told that the server takes mail for the domain.
  package let accepted: RecipientOrigin
  /// Where its handling is told.
  package let assigned: RecipientOrigin
}

/// A single address that `virtualdomains` gives to somebody.
struct VirtualAddress: Equatable, Sendable {
  let address: [UInt8]
  let origin: RecipientOrigin

  /// What stands after the last `@`.
  var domain: ArraySlice<UInt8> {
    let at = address.lastIndex(of: UInt8(ascii: "@")) ?? address.startIndex
    return address[at...].dropFirst()
  }
}
