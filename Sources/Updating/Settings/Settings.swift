package import QmailFiles
package import SystemPackage
internal import SystemSupport

/// All that the configuration file can set, with the values that hold without one.
package struct Settings: Equatable, Sendable {
  /// Who builds what both we and qmail's own programs can build.
  package enum BuilderChoice: String, CaseIterable, Sendable { case own, tool }

  /// The configuration file, where it was named to us; nil where it is the usual one, or none.
  package var file: FilePath?
  /// Where the mail server's parts lie.
  package var layout = ServerLayout()
  /// The directory with the links to the service directories; a path of the tree under the root.
  ///
  /// Nil takes `/service`, or Debian's `/etc/service` where only that is there.
  package var services: FilePath?
  /// The trigger pipe; a path of the tree under the root.
  package var pipe: FilePath = "/run/qmail-updater/trigger"
  /// Where the state is kept; a path of the tree under the root.
  package var state: FilePath = "/var/lib/qmail-updater"
  /// Whether files are watched; otherwise only pokes count.
  package var isWatching = true
  /// How long files must have been quiet before a pass.
  package var settle = Duration.milliseconds(250)
  /// How long a pass waits for quiet at most.
  package var settleLimit = Duration.seconds(2)
  /// How long a restarted service must stay up to count as restarted.
  package var staysUp = Duration.seconds(3)
  /// How long qmail-send's log is looked at after a reload.
  package var reloadCheck = Duration.milliseconds(500)
  package var lossLimit = Rule.LossLimit()
  /// How many pokes in a row are served at once.
  package var pokeBurst = 10
  /// How often pokes are served once the burst is used up.
  package var pokeInterval = Duration.seconds(1)
  package var builder = BuilderChoice.own
  /// Whether inputs and directories that a group may write to are trusted.
  package var trustsGroups = false
  /// The name of qmail-send's service directory; nil takes the first usual name that is there.
  package var sendService: String?
  /// The log directories of services, by the service's name, where they cannot be found out.
  package var logDirectories: [String: FilePath] = [:]
  /// What the configuration says of rules, in its order.
  var ruleChanges: [RuleChange] = []

  package init() {}
}

extension Settings {
  /// Where the services are on this machine.
  package var servicesDirectory: FilePath {
    if let services { return layout.root(services) }
    let (usual, debian) = (layout.root("/service"), layout.root("/etc/service"))
    return Self.isThere(debian) && !Self.isThere(usual) ? debian : usual
  }

  private static func isThere(_ path: FilePath) -> Bool { (try? FileStatus.of(path)) != nil }

  /// Where the state is on this machine.
  package var stateDirectory: FilePath { layout.root(state) }
  /// Who builds a rule's product: as the rule says, else as all rules do.
  package func builder(of rule: String) -> BuilderChoice {
    ruleChanges.last { $0.name == rule }?.builder ?? builder
  }

  /// Where the pipe is on this machine.
  package var pipePath: FilePath { layout.root(pipe) }

  /// The command by which an operator has a rule run, whatever it loses.
  package func forceByHand(_ rule: String) -> String { byHand("--force", rule) }

  /// The command by which an operator brings a rule's previous product back.
  package func rollbackByHand(_ rule: String) -> String { byHand("--rollback", rule) }

  /// Typed without our own options, a command would act on another server than ours.
  private func byHand(_ verb: String, _ rule: String) -> String {
    var words = ["update-qmail"]
    if let file { words += ["--config", file.string] }
    if !layout.root.isHost { words += ["--root", layout.root.directory.string] }
    return Command(words + [verb, rule]).typed
  }

  /// The name of a path for people: within qmail's directory from there on, else under the root.
  package func displayName(_ path: FilePath) -> String {
    var shown = layout.root.inside(path)
    if shown.removePrefix(layout.qmail) { return shown.visible }
    return layout.root.inside(path).visible
  }
}
