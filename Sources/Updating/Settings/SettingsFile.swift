internal import QmailFiles
package import SystemPackage
package import SystemSupport

/// The configuration file, in TOML; `service/qmail-updater.toml` shows and explains each key.
package enum SettingsFile {
  /// Where the file is looked for, within the tree under the root.
  package static let defaultPath: FilePath = "/etc/qmail-updater.toml"

  private static let sizeLimit = 1 << 20

  /// Reads the settings.
  ///
  /// The rules are put together to see that they fit, which looks at what is installed.
  ///
  /// - Parameters:
  ///   - path: A file of this machine, which must exist; nil takes the default file under the root
  ///     if it is there, and otherwise leaves everything as it is without one.
  ///   - root: The root of the settings' layout.
  /// - Returns: The settings, complete and without contradiction.
  /// - Throws: `SettingsError` with every problem that was found.
  package static func load(
    _ path: FilePath? = nil, root: Root
  ) throws(SettingsError) -> Settings {
    let file = path ?? root(defaultPath)
    do throws(SystemError) {
      // A dangling link is there and cannot be read: it is no file by default.
      if path == nil, try FileStatus.of(file, followingLinks: false) == nil {
        var settings = Settings()
        settings.layout.root = root
        return settings
      }
    } catch {
      throw .unreadable(error)
    }
    var settings = try settings(from: try text(of: file), in: file, root)
    settings.file = path
    return settings
  }

  private static func settings(
    from text: String, in file: FilePath, _ root: Root
  ) throws(SettingsError) -> Settings {
    let document: TOMLDocument
    do throws(TOMLDocument.SyntaxError) {
      document = try TOMLDocument(text)
    } catch {
      throw .refused(
        file, [.init(line: error.line, key: "", reason: VisibleText.escape(error.reason))])
    }
    let lines = KeyLines(text)
    let problems = SettingsProblems(document, lines)
    if var settings = decode(document, problems), problems.all.isEmpty {
      settings.layout.root = root
      settings.ruleChanges.sort { (lines[$0.place] ?? 0) < (lines[$1.place] ?? 0) }
      // Only what could be read can be put together.
      settings.check(problems)
      if problems.all.isEmpty { return settings }
    }
    throw .refused(file, problems.all)
  }

  private static func decode(_ document: TOMLDocument, _ problems: SettingsProblems) -> Settings? {
    do {
      return try document.decode(Settings.self, userInfo: problems.userInfo)
    } catch is TOMLDocument.UnknownKeys {
      problems.addUnknownKeys()
    } catch let error as SettingMismatch {
      problems.refuse(error.path, expected: error.expected)
    } catch {
      problems.add(SettingsPath(), "expected settings, found \(VisibleText.escape("\(error)"))")
    }
    return nil
  }
}

// MARK: - Reading

extension SettingsFile {
  private static func text(of path: FilePath) throws(SettingsError) -> String {
    let bytes = try contents(of: path)
    // The TOML library would take a zero byte for the end.
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      let line = firstBadLine(bytes)
      throw .refused(path, [.init(line: line, key: "", reason: "expected UTF-8 text")])
    }
    return text
  }

  private static func contents(of path: FilePath) throws(SettingsError) -> [UInt8] {
    let complaint: String?
    let bytes: [UInt8]
    do throws(SystemError) {
      let file = try FileReading.open(path)
      let status = try FileStatus.of(file, subject: path.visible)
      let isLink = try FileStatus.of(path, followingLinks: false)?.kind == .link
      var trust = Trust(trustsGroups: false)
      complaint = trust.complaint(
        about: path, status, in: path.removingLastComponent(), isLink: isLink)
      bytes = try FileReading.contents(of: file, subject: path.visible, limit: sizeLimit)
    } catch {
      throw .unreadable(error)
    }
    // Whoever can write here has commands run with our rights.
    if let complaint { throw .untrusted(path, complaint: complaint) }
    return bytes
  }

  private static func firstBadLine(_ bytes: [UInt8]) -> Int? {
    NumberedLines(bytes).first { line in
      line.bytes.contains(0) || String(validating: line.bytes, as: UTF8.self) == nil
    }?.number
  }
}
