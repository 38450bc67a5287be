internal import ConstantDatabase
internal import QmailFiles
package import SystemPackage
internal import SystemSupport

/// Whether somebody may log in, and why: by the files, and by the .cdb in use.
package struct LoginExplanation: Equatable, Sendable {
  /// What the files say.
  package enum Verdict: Equatable, Sendable {
    case accepted(RecipientOrigin)
    case refused(LoginRefusal, RecipientOrigin)
    /// Nobody has this login; the text says where it was looked for.
    case unknown(String)
  }

  /// What the .cdb in use says.
  package enum InUse: Equatable, Sendable {
    /// There is no such file.
    case missing
    /// The login is not in it.
    case absent
    case same
    case otherHash
    case otherVariables
    /// The files refuse the login, but the .cdb has it.
    case obsolete
    /// The file cannot be read: why.
    case unreadable(String)
  }

  package let login: [UInt8]
  package let verdict: Verdict
  /// The variables that come with the login, `NAME="value"` each.
  package let variables: [[UInt8]]
  /// Where the variables come from.
  package let variablesOrigin: RecipientOrigin?
  /// The .cdb in use.
  package let database: FilePath
  package let inUse: InUse
  /// What keeps a new list from being written at all, in lines that are safe to show.
  package let obstacles: [String]

  /// Whether the .cdb in use says the same as the files; nil when there is none to ask.
  package var isInStep: Bool? {
    switch (verdict, inUse) {
    case (_, .missing), (_, .unreadable): nil
    case (.accepted, .same), (.refused, .absent), (.unknown, .absent): true
    default: false
    }
  }

  /// The explanation in lines that are safe to show; no hash is in them.
  package var lines: [String] {
    [verdictLine] + variableLines + ["\(database.visible): \(inUseWords)"]
      + (isInStep == false ? ["they differ: \(database.visible) is not up to date"] : [])
      + obstacles.map { "no new list can be written: \($0)" }
  }

  private var verdictLine: String {
    let login = VisibleText.escape(login)
    return switch verdict {
    case .accepted(let origin): "\(login): accepted, by \(origin)"
    case .refused(let refusal, let origin): "\(login): refused, \(refusal) (\(origin))"
    case .unknown(let reason): "\(login): unknown, \(reason)"
    }
  }

  private var variableLines: [String] {
    guard let variablesOrigin, case .accepted = verdict else { return [] }
    return variables.map { "with \(VisibleText.escape($0)), by \(variablesOrigin)" }
  }

  private var inUseWords: String {
    switch inUse {
    case .missing: "there is no such file"
    case .absent: "does not have the login"
    case .same: "has the login, with the same password and variables"
    case .otherHash: "has the login, with another password"
    case .otherVariables: "has the login, with other variables"
    case .obsolete: "has the login still"
    case .unreadable(let reason): reason
    }
  }
}

extension LoginExplanation.InUse {
  /// Asks the .cdb in use.
  ///
  /// - Parameters:
  ///   - database: The .cdb file.
  ///   - login: The key to look for.
  ///   - hash: The hash that the record should have; nil when there should be no record.
  ///   - suffix: The variables that should follow the hash.
  init(of database: FilePath, login: [UInt8], hash: [UInt8]?, suffix: [UInt8]) {
    do {
      guard try FileStatus.of(database) != nil else {
        self = .missing
        return
      }
      guard let value = try ConstantDatabase(opening: database).value(for: login) else {
        self = .absent
        return
      }
      guard let hash else {
        self = .obsolete
        return
      }
      if value == hash + suffix {
        self = .same
      } else {
        let old = value.prefix { $0 != UInt8(ascii: ",") }
        self = old.elementsEqual(hash) ? .otherVariables : .otherHash
      }
    } catch {
      self = .unreadable("\(error)")
    }
  }
}
