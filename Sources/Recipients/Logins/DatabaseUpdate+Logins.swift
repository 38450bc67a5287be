internal import Glibc
package import QmailFiles
package import SystemPackage
package import SystemSupport

extension DatabaseUpdate {
  /// The update of a .cdb of logins: a new file is for root and for qmail-smtpd alone.
  ///
  /// Its group is that of qmail-smtpd's user `qmaild`, or else of `vpopmail`; without root's rights
  /// it stays our own.
  ///
  /// - Parameters:
  ///   - path: The .cdb file.
  ///   - layout: Whose users are asked for the group.
  ///   - warn: Is told when nobody but root could read a new file.
  /// - Throws: `SystemError` when `etc/passwd` cannot be read.
  package init(
    logins path: FilePath, of layout: ServerLayout, warn: (String) -> Void
  ) throws(SystemError) {
    let users = try layout.readPasswordFile()
    let reader = users.user("qmaild".utf8) ?? users.user("vpopmail".utf8)
    if reader == nil, try FileStatus.of(path) == nil {
      warn("neither qmaild nor vpopmail is a user: only root can read \(path.visible)")
    }
    self.init(path, mode: 0o640, group: geteuid() == 0 ? reader?.gid : nil)
  }

  /// Writes the logins, if they differ from those in the file.
  ///
  /// - Returns: What was done.
  /// - Throws: `SystemError` or `ConstantDatabaseError` when the file cannot be written. The old file
  ///   is then untouched.
  package func run(_ logins: LoginList) throws -> Outcome {
    try run(logins.encoded())
  }
}
