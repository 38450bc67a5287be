package import SystemPackage
package import SystemSupport

extension ServerLayout {
  /// The users of the tree, from its `etc/passwd`; none when there is no such file.
  ///
  /// - Throws: `SystemError` when the file is there but cannot be read.
  package func readPasswordFile() throws(SystemError) -> PasswordFile {
    PasswordFile(parsing: try FileReading.contentsIfPresent(of: passwd) ?? [])
  }

  /// vpopmail's home, a path of the tree: as configured, else that of the user `vpopmail`; nil when
  /// there is neither.
  package func vpopmailHome(among users: PasswordFile) -> FilePath? {
    vpopmail ?? users.user("vpopmail".utf8)?.homePath
  }
}
