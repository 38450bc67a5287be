/// The lines on which the keys of a TOML document stand, which the TOML library does not tell.
///
/// The document must have been parsed already: what is not TOML is skipped, never refused.
struct KeyLines {
  private let lines: [SettingsPath: Int]

  init(_ text: String) {
    var scanner = KeyScanner(text)
    scanner.scanDocument()
    lines = scanner.lines
  }

  /// The line of a place, counted from 1, or else of the nearest place around it.
  subscript(path: SettingsPath) -> Int? {
    if let line = lines[path] { return line }
    return path.steps.isEmpty ? nil : self[path.parent]
  }
}

/// Walks through a TOML document and notes each key and each element of a list.
private struct KeyScanner {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private(set) var lines: [SettingsPath: Int] = [:]

  init(_ text: String) {
    bytes = Array(text.utf8)
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    if bytes.starts(with: byteOrderMark) { position = byteOrderMark.count }
  }

  mutating func scanDocument() {
    var table = SettingsPath()
    while true {
      skipBlanks(andLines: true)
      let start = position
      switch next {
      case nil: return
      case "[": table = header()
      default: pair(in: table)
      }
      if position == start { advance() }
    }
  }

  private mutating func header() -> SettingsPath {
    while next == "[" { advance() }
    let path = key(in: SettingsPath())
    while next == "]" { advance() }
    return path
  }

  private mutating func pair(in table: SettingsPath) {
    let path = key(in: table)
    guard next == "=" else { return }
    advance()
    value(at: path)
  }

  private mutating func value(at path: SettingsPath) {
    skipBlanks()
    switch next {
    case "\"", "'": _ = string()
    case "[": list(at: path)
    case "{": inlineTable(at: path)
    default: while let byte = next, !",]}#\n".contains(byte) { advance() }
    }
  }

  private mutating func list(at path: SettingsPath) {
    advance()
    var index = 0
    while true {
      skipBlanks(andLines: true)
      guard let byte = next else { return }
      if byte == "]" || byte == "," {
        advance()
        if byte == "]" { return }
        index += 1
        continue
      }
      note(path.appending(index))
      let start = position
      value(at: path.appending(index))
      if position == start { advance() }
    }
  }

  private mutating func inlineTable(at path: SettingsPath) {
    advance()
    while true {
      skipBlanks(andLines: true)
      guard let byte = next else { return }
      let start = position
      if byte != ",", byte != "}" { pair(in: path) }
      if position == start { advance() }
      if byte == "}" { return }
    }
  }
}

// MARK: - Words

extension KeyScanner {
  /// Reads a key with its dots, and notes it and the tables that it names on the way.
  private mutating func key(in table: SettingsPath) -> SettingsPath {
    var path = table
    while true {
      skipBlanks()
      path = path.appending(simpleKey())
      note(path)
      skipBlanks()
      guard next == "." else { return path }
      advance()
    }
  }

  private mutating func simpleKey() -> String {
    let start = position
    switch next {
    case "\"", "'": return string()
    default:
      while let byte = next, !" \t\r\n.=[]{},#\"'".contains(byte) { advance() }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
  }

  /// Reads a string of any of the four kinds.
  private mutating func string() -> String {
    guard let quote = next else { return "" }
    let start = position
    let mark = bytes[position..<min(position + 3, bytes.count)]
    let width = mark.count == 3 && mark.allSatisfy { $0 == bytes[start] } ? 3 : 1
    advance(by: width)
    var hasEscapes = false
    while let byte = next, !isClosing(quote, width) {
      if byte == "\\", quote == "\"" {
        hasEscapes = true
        advance()
      }
      advance()
    }
    let text = String(decoding: bytes[min(start + width, position)..<position], as: UTF8.self)
    advance(by: width)
    // Up to two more quotation marks belong to the end of a text of many lines.
    while width == 3, next == quote { advance() }
    guard hasEscapes else { return text }
    let raw = String(decoding: bytes[start..<position], as: UTF8.self)
    return (try? TOMLDocument(raw + " = 0"))?.keys().first ?? text
  }

  private func isClosing(_ quote: Character, _ width: Int) -> Bool {
    guard let mark = quote.asciiValue else { return false }
    return bytes[position...].prefix(width).elementsEqual(repeatElement(mark, count: width))
  }

  private mutating func note(_ path: SettingsPath) {
    if lines[path] == nil { lines[path] = line }
  }

  /// The next byte; one above ASCII is `?`, which ends nothing.
  private var next: Character? {
    guard position < bytes.count else { return nil }
    return bytes[position] < 0x80 ? Character(Unicode.Scalar(bytes[position])) : "?"
  }

  private mutating func advance(by count: Int = 1) {
    for _ in 0..<count where position < bytes.count {
      if bytes[position] == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
  }

  private mutating func skipBlanks(andLines: Bool = false) {
    while let byte = next {
      switch byte {
      case " ", "\t", "\r": advance()
      case "\n" where andLines: advance()
      case "#" where andLines: while let byte = next, byte != "\n" { advance() }
      default: return
      }
    }
  }
}
