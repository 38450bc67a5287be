internal import SystemPackage
internal import SystemSupport
internal import Triggers
internal import QmailFiles

/// The rules for the layouts that qmail servers usually have.
///
/// Which programs read what, and when it becomes active, is in the manual pages of notqmail,
/// vpopmail, ucspi-tcp, fastforward, simscan and s/qmail. Order: what teaches delivery comes before
/// what makes qmail-smtpd accept.
struct BuiltInRules {
  private let settings: Settings
  private let tools: HostTools

  init(_ settings: Settings) {
    self.settings = settings
    tools = HostTools(settings.layout)
  }

  /// All rules, in the order in which they are shown.
  var all: [Rule] {
    [usersCdb, aliases].compactMap(\.self) + qmailSend
      + [keyList("morercpthosts", tool: "qmail-newmrh")]
      + [keyList("morevalidrcptto", tool: "qmail-newmvrt")]
      + sqmail + [simcontrol].compactMap(\.self) + tcpRules + [validrcptto, auth]
  }

  /// The files and directories that decide which rules there are.
  static func witnesses(_ settings: Settings) -> [FilePath] {
    let layout = settings.layout
    let paths: [FilePath] = [
      layout.qmail.appending("bin"), "/var/lib/qmail/bin", "/usr/local/bin", "/etc/tcp",
      "/etc/tcprules.d", "/etc/passwd", "/service", "/etc/service",
    ]
    let users = try? layout.readPasswordFile()
    let home = users.flatMap { layout.vpopmailHome(among: $0) }
    let all = (paths + [home?.appending("etc")].compactMap(\.self)).map { layout.root($0) }
    return all.contains(settings.servicesDirectory) ? all : all + [settings.servicesDirectory]
  }

  /// Where qmail's programs are, within the tree under the root.
  private var programs: FilePath { settings.layout.qmail.appending("bin") }

  private func control(_ name: String) -> FilePath {
    settings.layout.control.appending(name)
  }

  /// The rules that teach delivery.
  private static let delivery = ["users/cdb", "aliases.cdb", "qmail-send", "qmail-send restart"]
}

// MARK: - Delivery

extension BuiltInRules {
  private var usersCdb: Rule {
    let assign = settings.layout.users.appending("assign")
    return Rule(
      "users/cdb", inputs: [Input(assign, isRequired: true)],
      product: .file(settings.layout.users.appending("cdb"), isDatabase: true),
      action: ownOrTool(.assignments, "qmail-newu", for: "users/cdb"),
      presence: .whereAnyExists([assign]))
  }

  private var aliases: Rule? {
    let text = settings.layout.root("/etc/aliases")
    let product = settings.layout.root("/etc/aliases.cdb")
    let usual = ["/var/lib/qmail/bin", "/usr/local/bin"].map { FilePath($0) }
    guard let command = tools.hardWired("newaliases", in: [programs] + usual)
    else { return nil }
    var build = BuildCommand.tool(command)
    build.dropsOpenLine = true
    // newaliases completes bare addresses from qmail-inject's files.
    let names = ["me", "defaulthost", "defaultdomain", "plusdomain"]
    return Rule(
      "aliases.cdb", inputs: [Input(text, isRequired: true)] + names.map { Input(control($0)) },
      product: .file(product, isDatabase: true), action: .command(build),
      presence: .whereAnyExists([text]))
  }

  private var qmailSend: [Rule] {
    guard let service = sendService else { return [] }
    // With neither of the two qmail-send reads nothing again, and would not start.
    let name = Input(control("me"), isRequired: true, standingInFor: control("locals"))
    let read = [Input(control("locals")), Input(control("virtualdomains")), name]
    let atStart = [
      "me", "percenthack", "envnoathost", "bouncefrom", "bouncehost", "bouncemaxbytes",
      "doublebouncehost", "doublebounceto", "queuelifetime", "concurrencylocal",
      "concurrencyremote",
    ]
    let after = ["users/cdb", "aliases.cdb"]
    return [
      Rule(
        Self.sendRestart.name, inputs: atStart.map { Input(control($0)) } + [name],
        product: .service(service), action: .restart, after: after,
        timeout: Self.sendRestart.timeout),
      Rule(
        "qmail-send", inputs: read, product: .service(service), action: .reload,
        after: after + [Self.sendRestart.name], timeout: .seconds(30)),
    ]
  }

  /// qmail-send's service directory, if there is one.
  private var sendService: FilePath? {
    let directory = settings.servicesDirectory
    if let name = settings.sendService { return directory.appending(name) }
    return ["qmail-send", "qmail", "send"].map { directory.appending($0) }.first {
      (try? FileStatus.of($0))?.kind == .directory
    }
  }
}

// MARK: - Acceptance

extension BuiltInRules {
  private func keyList(_ name: String, tool: String) -> Rule {
    Rule(
      "\(name).cdb", inputs: [Input(control(name), isRequired: true)],
      product: .file(control("\(name).cdb"), isDatabase: true),
      action: ownOrTool(.keyList, tool, for: "\(name).cdb"), after: Self.delivery,
      presence: .whereAnyExists([control(name)]))
  }

  /// s/qmail's lists, where its programs are.
  private var sqmail: [Rule] {
    let users = settings.layout.users
    let lists = [
      ("badmimetypes", "qmail-badmimetypes", control("badmimetypes")),
      ("badloadertypes", "qmail-badloadertypes", control("badloadertypes")),
      ("mailfromrules", "qmail-mfrules", control("mailfromrules")),
      ("recipients", "qmail-recipients", users.appending("recipients")),
    ]
    return lists.compactMap { name, tool, text in
      guard let command = tools.hardWired(tool, in: [programs]) else {
        return nil
      }
      let product = FilePath(text.string + ".cdb")
      return Rule(
        "\(name).cdb", inputs: [Input(text, isRequired: true)],
        product: .file(product, isDatabase: true), action: .command(.tool(command)),
        after: Self.delivery, presence: .whereAnyExists([text]))
    }
  }

  private var simcontrol: Rule? {
    let text = control("simcontrol")
    guard let command = tools.hardWired("simscanmk", in: [programs]) else {
      return nil
    }
    return Rule(
      "simcontrol.cdb", inputs: [Input(text, isRequired: true)],
      product: .file(control("simcontrol.cdb"), isDatabase: true),
      action: .command(.tool(command)), presence: .whereAnyExists([text]))
  }

  private var validrcptto: Rule {
    let product = control("validrcptto.cdb")
    let names = [
      "rcpthosts", "morercpthosts.cdb", "locals", "me", "virtualdomains", "smtproutes",
      "validrcptto.reject",
    ]
    var rule = Rule(
      "validrcptto.cdb", inputs: names.map { Input(control($0)) } + userInputs,
      product: .file(product, isDatabase: true), action: ownTool("mkvalidrcptto", remembers: true),
      after: Self.delivery + ["morercpthosts.cdb"], timeout: .seconds(600),
      presence: .whereProductExists)
    rule.lossLimit = settings.lossLimit
    return rule
  }

  private var auth: Rule {
    let product = control("auth.cdb")
    let inputs = [Input(control("auth.vars")), Input(settings.layout.shadow)] + userInputs
    var rule = Rule(
      "auth.cdb", inputs: inputs, product: .file(product, isDatabase: true),
      action: ownTool("mkauth"), after: Self.delivery, timeout: .seconds(600),
      presence: .whereProductExists)
    rule.lossLimit = settings.lossLimit
    rule.isSecret = true
    return rule
  }

  private var userInputs: [Input] {
    [
      Input(settings.layout.users.appending("cdb")),
      Input(settings.layout.users.appending("assign")), Input(settings.layout.passwd),
    ]
  }
}

// MARK: - Connection rules

extension BuiltInRules {
  /// tcpserver's rules in their usual places.
  private var tcpRules: [Rule] {
    let root = settings.layout.root
    let single = [root("/etc/tcp.smtp")]
    let directories = [root("/etc/tcp"), root("/etc/tcprules.d")]
    let listed = directories.flatMap { directory in
      ((try? FileReading.names(in: directory)) ?? []).filter(isRuleName).map(directory.appending)
        .filter(isNoDirectory)
    }
    return (single + listed).map(tcpRule) + vpopmailTcpRule
  }

  /// vpopmail's own rules, unless it adds the addresses of roaming users: those would be lost.
  private var vpopmailTcpRule: [Rule] {
    guard let users = try? settings.layout.readPasswordFile(),
      let home = settings.layout.vpopmailHome(among: users)
    else { return [] }
    let directory = settings.layout.root(home.appending("etc"))
    let roaming = try? FileStatus.of(directory.appending("open-smtp"))
    return roaming == nil ? [tcpRule(directory.appending("tcp.smtp"))] : []
  }

  private func tcpRule(_ text: FilePath) -> Rule {
    let product = FilePath(text.string + ".cdb")
    let command = BuildCommand(
      ["tcprules", BuildCommand.candidate, BuildCommand.temporary], standardInput: text)
    let inside = settings.layout.root.inside(text)
    let name = inside.removingLastComponent() == "/etc" ? "tcp.smtp" : inside.visible
    return Rule(
      "\(name).cdb", inputs: [Input(text, isRequired: true)],
      product: .file(product, isDatabase: true), action: .command(command),
      presence: .whereAnyExists([text]))
  }

  /// Whether a name in a directory of rules is a source, not something made or left beside one.
  private func isRuleName(_ name: FilePath.Component) -> Bool {
    let leftovers = [
      "cdb", "tmp", "bak", "orig", "old", "dpkg-old", "dpkg-dist", "dpkg-new", "swp",
    ]
    let isOther = name.string.hasPrefix(".") || NameNoise.contains(name.bytes)
    let isNote = name.string == "Makefile" || name.string.hasPrefix("README")
    return !isOther && !isNote && !leftovers.contains(name.extension ?? "")
  }

  /// A directory for what is kept is no source that cannot be read.
  private func isNoDirectory(_ path: FilePath) -> Bool {
    (try? FileStatus.of(path))?.kind != .directory
  }
}

// MARK: - Commands

extension BuiltInRules {
  private func ownOrTool(_ builder: Builder, _ tool: String, for rule: String) -> Rule.Action {
    guard settings.builder(of: rule) == .tool else { return .build(builder) }
    // A tool that is missing fails its own rule, in words; ours must not step in unseen.
    let command = tools.hardWired(tool, in: [programs]) ?? tools.command(programs.appending(tool))
    return .command(.tool(command))
  }

  /// One of this package's programs, which lie beside each other.
  ///
  /// - Parameters:
  ///   - name: The program.
  ///   - remembers: Whether it can make the new product of the one in use.
  /// - Returns: How the rule runs it.
  private func ownTool(_ name: String, remembers: Bool = false) -> Rule.Action {
    var words = [HostTools.own(name), "-c", BuildCommand.candidate]
    words += ["--depfile", BuildCommand.depfile]
    if remembers {
      words += ["--memory", BuildCommand.memory, "--old", BuildCommand.product]
    }
    if !settings.layout.root.isHost {
      words += ["--root", settings.layout.root.directory.string]
    }
    words += ["--qmail", settings.layout.qmail.string]
    if let home = settings.layout.vpopmail { words += ["--vpopmail", home.string] }
    return .command(BuildCommand(words))
  }
}
