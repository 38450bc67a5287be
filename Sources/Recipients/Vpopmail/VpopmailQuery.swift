/// What vpopmail's programs are asked when no file lists a domain's mailboxes.
struct VpopmailQuery: Hashable, Sendable {
  /// vpopmail's own name of the domain, also for an alias of it.
  let domain: [UInt8]
}
