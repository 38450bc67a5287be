/// Why somebody who is known may not log in.
package enum LoginRefusal: Sendable, CustomStringConvertible {
  /// A `!` or `*` stands before the hash, as passwd(1) and vipw(8) leave it.
  case locked
  case emptyPassword
  /// The field is no crypt(3) hash; in `auth.cdb` a comma would end it.
  case unusableHash
  case noLoginShell
  case expired
  /// `etc/shadow` has the user, `etc/passwd` has not.
  case noSuchUser
  /// The user's uid is 0: a password that a mail client keeps must not be root's.
  case superuser
  case noSMTP
  case noRelay
  /// The last line of a vpasswd lacks its newline: vpopmail's own .cdb does not hold it.
  case unfinishedLine

  package var description: String {
    switch self {
    case .locked: "the password is locked"
    case .emptyPassword: "the password is empty"
    case .unusableHash: "the password field holds no crypt(3) hash"
    case .noLoginShell: "the shell lets nobody log in"
    case .expired: "the account has expired"
    case .noSuchUser: "etc/passwd has no such user"
    case .superuser: "its uid is 0"
    case .noSMTP: "the mailbox's flags forbid SMTP"
    case .noRelay: "the mailbox's flags forbid relaying"
    case .unfinishedLine: "the line lacks its newline, so that vpopmail does not know it either"
    }
  }

  /// What is wrong with a password field; nil when it is a hash that somebody may know the word to.
  static func refusal(of hash: some Collection<UInt8>) -> LoginRefusal? {
    guard let first = hash.first else { return .emptyPassword }
    if first == UInt8(ascii: "!") || first == UInt8(ascii: "*") { return .locked }
    let isPlain = hash.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ",") }
    return isPlain && isCryptForm(hash) ? nil : .unusableHash
  }

  /// Whether a field has the form of what crypt(3) gives, by crypt(5).
  ///
  /// That is a prefix, or at least the 13 characters of the traditional one. No password gives `x`,
  /// `NP` and their like.
  private static func isCryptForm(_ hash: some Collection<UInt8>) -> Bool {
    switch hash.first {
    case UInt8(ascii: "$"), UInt8(ascii: "_"): true
    default:
      hash.count >= 13
        && hash.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
          default: false
          }
        }
    }
  }
}
