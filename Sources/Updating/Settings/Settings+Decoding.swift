internal import QmailFiles
internal import SystemPackage
internal import SystemSupport

/// The keys at the top of the configuration file.
enum SettingsKey: String, CaseIterable {
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
enum LimitKey: String, CaseIterable {
  case lossShare = "loss_share"
  case lossCount = "loss_count"
  case pokeBurst = "poke_burst"
  case pokeInterval = "poke_interval"
}

extension Settings {
  /// Takes what a configuration file says.
  ///
  /// - Parameters:
  ///   - document: The file's top table.
  ///   - lines: Where its keys are, which tells the order of the rules.
  /// - Returns: What cannot be used; these values stay as they were.
  mutating func take(_ document: [String: TOMLNode], _ lines: KeyLines) -> [SettingsFinding] {
    var table = SettingsTable<SettingsKey>(document, at: SettingsPath())
    takePaths(from: &table)
    takeTimes(from: &table)
    table.set(&isWatching, .watch, .flag)
    table.set(&builder, .builder, .word)
    table.set(&trustsGroups, .trustGroups, .flag)
    table.set(&sendService, .sendService, .serviceName)
    table.add(takeLimits(table.table(.limits)))
    takeLogs(table.table(.logs), from: &table)
    takeRules(table.table(.rules), lines, from: &table)
    return table.findings
  }

  private mutating func takePaths(from table: inout SettingsTable<SettingsKey>) {
    table.set(&layout.qmail, .qmail, .absolutePath)
    table.set(&layout.vpopmail, .vpopmail, .absolutePath)
    table.set(&services, .services, .absolutePath)
    table.set(&pipe, .pipe, .absolutePath)
    table.set(&state, .state, .absolutePath)
  }

  private mutating func takeTimes(from table: inout SettingsTable<SettingsKey>) {
    table.set(&settle, .settle, .seconds(allowingZero: true))
    table.set(&settleLimit, .settleLimit, .seconds(allowingZero: true))
    table.set(&staysUp, .staysUp, .seconds(allowingZero: true))
    table.set(&reloadCheck, .reloadCheck, .seconds(allowingZero: true))
    // supervise shows a process that has died as up for another second.
    if staysUp < .milliseconds(1500) {
      table.refuse(SettingsPath("stays_up"), "expected at least 1.5 s")
    }
    if settle > settleLimit {
      table.refuse(
        SettingsPath("settle"), "expected no more than settle_limit, \(settleLimit.seconds) s")
    }
  }

  private mutating func takeLimits(_ contents: [String: TOMLNode]) -> [SettingsFinding] {
    var table = SettingsTable<LimitKey>(contents, at: SettingsPath("limits"))
    table.set(&lossLimit.share, .lossShare, .share)
    table.set(&lossLimit.count, .lossCount, .count)
    table.set(&pokeBurst, .pokeBurst, .count)
    table.set(&pokeInterval, .pokeInterval, .seconds(allowingZero: false))
    return table.findings
  }

  private mutating func takeLogs(
    _ contents: [String: TOMLNode], from table: inout SettingsTable<SettingsKey>
  ) {
    for (service, node) in contents {
      let place = SettingsPath("logs", service)
      if table.read(.string(service), ValueKind.serviceName, at: place) == nil { continue }
      logDirectories[service] = table.read(node, .absolutePath, at: place)
    }
  }

  private mutating func takeRules(
    _ contents: [String: TOMLNode], _ lines: KeyLines,
    from table: inout SettingsTable<SettingsKey>
  ) {
    let places = contents.keys.map { (lines[SettingsPath("rules", $0)] ?? 0, $0) }.sorted(by: <)
    for (_, name) in places {
      let place = SettingsPath("rules", name)
      if let complaint = RuleChange.complaint(aboutName: name) { table.refuse(place, complaint) }
      guard case .table(let rule)? = contents[name] else {
        table.refuse(place, "expected a table, found \(contents[name]?.shown ?? "nothing")")
        continue
      }
      var reader = SettingsTable<RuleKey>(rule, at: place)
      ruleChanges.append(RuleChange(name, from: &reader))
      table.add(reader.findings)
    }
  }
}
