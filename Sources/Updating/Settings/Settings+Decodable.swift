internal import QmailFiles
internal import SystemPackage

extension Settings: Decodable {
  /// The keys at the top of the configuration file.
  enum CodingKeys: String, CodingKey, CaseIterable {
    case qmail, vpopmail, services, pipe, state, watch, settle
    case settleLimit = "settle_limit"
    case staysUp = "stays_up"
    case reloadCheck = "reload_check"
    case builder
    case trustGroups = "trust_groups"
    case sendService = "send_service"
    case limits, logs, rules
  }

  /// The keys of the table `limits`.
  enum LimitKeys: String, CodingKey, CaseIterable {
    case lossShare = "loss_share"
    case lossCount = "loss_count"
    case pokeBurst = "poke_burst"
    case pokeInterval = "poke_interval"
  }

  /// Takes what a configuration file says; the rest keeps the values that hold without one.
  package init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    layout.qmail = try file.value(.qmail, AbsolutePath.self) ?? layout.qmail
    layout.vpopmail = try file.value(.vpopmail, AbsolutePath.self)
    services = try file.value(.services, AbsolutePath.self)
    pipe = try file.value(.pipe, AbsolutePath.self) ?? pipe
    state = try file.value(.state, AbsolutePath.self) ?? state
    isWatching = try file.value(.watch, Flag.self) ?? isWatching
    settle = try file.value(.settle, Seconds.self) ?? settle
    settleLimit = try file.value(.settleLimit, Seconds.self) ?? settleLimit
    staysUp = try file.value(.staysUp, Seconds.self) ?? staysUp
    reloadCheck = try file.value(.reloadCheck, Seconds.self) ?? reloadCheck
    builder = try file.value(.builder, Word<BuilderChoice>.self) ?? builder
    trustsGroups = try file.value(.trustGroups, Flag.self) ?? trustsGroups
    sendService = try file.value(.sendService, ServiceName.self)

    if file.contains(.limits) {
      let limits = try file.nestedContainer(keyedBy: LimitKeys.self, forKey: .limits)
      lossLimit.share = try limits.value(.lossShare, Share.self) ?? lossLimit.share
      lossLimit.count = try limits.value(.lossCount, Count.self) ?? lossLimit.count
      pokeBurst = try limits.value(.pokeBurst, Count.self) ?? pokeBurst
      pokeInterval = try limits.value(.pokeInterval, SomeSeconds.self) ?? pokeInterval
    }
    let logs = try file.decodeIfPresent([String: Setting<AbsolutePath>].self, forKey: .logs)
    logDirectories = (logs ?? [:]).compactMapValues(\.wrappedValue)
    let rules = try file.decodeIfPresent([String: RuleChange].self, forKey: .rules) ?? [:]
    for (name, var rule) in rules {
      rule.name = name
      ruleChanges.append(rule)
    }
  }
}
