/// What a mailbox of vpopmail is forbidden or granted: the fourth field of `vpasswd`, a bit mask.
///
/// The values are those of `vpopmail.h`.
package struct MailboxFlags: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let noPasswordChange = MailboxFlags(rawValue: 0x1)
  package static let noPOP = MailboxFlags(rawValue: 0x2)
  package static let noWebmail = MailboxFlags(rawValue: 0x4)
  package static let noIMAP = MailboxFlags(rawValue: 0x8)
  package static let bounceMail = MailboxFlags(rawValue: 0x10)
  package static let noRelay = MailboxFlags(rawValue: 0x20)
  package static let noDialup = MailboxFlags(rawValue: 0x40)
  package static let noSMTP = MailboxFlags(rawValue: 0x800)
}
