package import QmailFiles
package import SystemPackage
internal import SystemSupport

extension ServerLayout {
  /// The .cdb of logins that qmail-smtpd looks in, where it usually lies.
  package var logins: FilePath { control("auth.cdb") }
  /// The variables that qmail-smtpd gets with a login.
  package var loginVariables: FilePath { control("auth.vars") }
  /// qmail's user table as text.
  var assignments: FilePath { users.appending("assign") }
  /// qmail's user table as qmail reads it.
  var assignmentDatabase: FilePath { users.appending("cdb") }

  /// The mailboxes of a directory of vpopmail's.
  func vpasswd(in directory: VpopmailDomains.Directory) -> FilePath {
    root(directory.path.appending("vpasswd"))
  }
}
