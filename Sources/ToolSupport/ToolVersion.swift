package import ArgumentParser

/// The version of the package: every tool says it.
package enum ToolVersion {
  /// The one place that holds it.
  package static let current = "0.1.0"
}

extension CommandConfiguration {
  /// The configuration of one of our tools: its name, what it is for, and the package's version.
  package init(tool name: String, abstract: String, discussion: String = "") {
    self.init(
      commandName: name, abstract: abstract, discussion: discussion,
      version: "\(name) (qmail-updater) \(ToolVersion.current)")
  }
}
