internal import SystemPackage

/// A domain to list, and the home of its mail if it is a virtual one.
struct PlannedDomain: Sendable {
  let domain: ServedDomain
  let home: MailHome?

  var name: [UInt8] { domain.name }
}
