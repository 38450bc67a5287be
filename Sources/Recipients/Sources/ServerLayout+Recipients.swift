package import QmailFiles
package import SystemPackage

extension ServerLayout {
  /// The .cdb of valid recipients that qmail-smtpd looks in, where it usually lies.
  package var validRecipients: FilePath { control("validrcptto.cdb") }
  /// Addresses and `@domain`s that are refused, one a line; they become records with value `-`.
  package var rejectedRecipients: FilePath { control("validrcptto.reject") }
  /// Keys that are left out of the list, one a line.
  package var excludedRecipients: FilePath { control("validrcptto.exclude") }
  /// The users of domains that smtproutes passes on: a file a domain, a user a line.
  package var relayedUsers: FilePath { control("validrcptto.d") }
}
