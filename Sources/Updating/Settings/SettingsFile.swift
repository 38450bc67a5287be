package import SystemPackage
package import SystemSupport
internal import QmailFiles
package enum SettingsFile {
  package static func load(_ path: FilePath?, root: Root) throws -> Settings {
    var s = Settings(); s.layout.root = root; return s
  }
}
