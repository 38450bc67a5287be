package import SystemPackage
package import SystemSupport

/// Where the parts of a mail server lie.
///
/// The stored paths are those of the tree under `root`; the computed ones are paths of this
/// machine, ready to open.
package struct ServerLayout: Hashable, Sendable {
  /// What stands before every path.
  package var root: Root
  /// qmail's directory.
  package var qmail: FilePath
  /// vpopmail's home; nil asks `etc/passwd` for the home of the user `vpopmail`.
  package var vpopmail: FilePath?

  package init(root: Root = Root(), qmail: FilePath = "/var/qmail", vpopmail: FilePath? = nil) {
    self.root = root
    self.qmail = qmail
    self.vpopmail = vpopmail
  }

  /// qmail's control files.
  package var control: FilePath { root(qmail.appending("control")) }
  /// qmail's user table: `assign` and `cdb`.
  package var users: FilePath { root(qmail.appending("users")) }
  /// The home of the alias user, whose `.qmail` files are the system's aliases.
  package var alias: FilePath { root(qmail.appending("alias")) }
  /// The system's users.
  package var passwd: FilePath { root("/etc/passwd") }
  /// The system's password hashes.
  package var shadow: FilePath { root("/etc/shadow") }

  /// A control file by its name.
  package func control(_ name: FilePath.Component) -> FilePath { control.appending(name) }
}
