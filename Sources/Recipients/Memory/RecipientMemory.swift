internal import ConstantDatabase
internal import SystemSupport

/// What one run leaves for the next one: no recipients, only what tells which domains cannot have
/// others by now, and which .cdb file holds those.
struct RecipientMemory: Equatable, Sendable {
  /// What is known of a domain that is in the .cdb file.
  struct Domain: Equatable, Sendable {
    /// The name in small letters.
    let name: [UInt8]
    /// The sum of the stamps of all that decides its recipients; nil when the domain must be listed
    /// again whatever the stamps say.
    var stampSum: UInt64?
    /// Which of the sources were read: see `DomainSources`.
    var marks: UInt64

    /// A domain that must be listed again.
    init(unknown name: [UInt8]) {
      self.init(name: name, stampSum: nil, marks: 0)
    }

    init(name: [UInt8], stampSum: UInt64?, marks: UInt64) {
      self.name = name
      self.stampSum = stampSum
      self.marks = marks
    }
  }

  /// What the whole list depends on, in lines: see `Circumstances`.
  let circumstances: [String]
  /// The .cdb file that was made of all the domains.
  let database: DatabaseSum
  /// All the domains, ascending by name.
  let domains: [Domain]
}

extension RecipientMemory {
  private static let title = "domains as mkvalidrcptto listed them, format 1"
  private static let databaseKey = "database "
  private static let domainsKey = "domains"
  private static let sumKey = "sum "
  /// Stands for a sum of stamps that is nil.
  private static let unknown = "-"

  /// The file's text: what it depends on, the .cdb file's sum, a line a domain, and a sum of all.
  ///
  /// A domain's line is `STAMPS MARKS NAME`, with the numbers in hexadecimal. No name has a newline.
  var text: [UInt8] {
    var text: [UInt8] = []
    let sums = [database.header, database.records, database.tables]
    let database = Self.databaseKey + sums.map(Self.hexadecimal).joined(separator: " ")
    for line in [Self.title] + circumstances + [database, Self.domainsKey] {
      text += line.utf8
      text.append(Self.newline)
    }
    for domain in domains {
      let stamps = domain.stampSum.map(Self.hexadecimal) ?? Self.unknown
      text += "\(stamps) \(Self.hexadecimal(domain.marks)) ".utf8
      text += domain.name
      text.append(Self.newline)
    }
    text += "\(Self.sumKey)\(Self.hexadecimal(Self.sum(of: text[...])))\n".utf8
    return text
  }

  /// Reads a file's text; nil when it is not whole, of another format or not ours at all.
  init?(parsing text: [UInt8]) {
    var lines = text.split(separator: Self.newline, omittingEmptySubsequences: false)
    guard lines.popLast()?.isEmpty == true, let last = lines.popLast(),
      let sum = Self.words(of: last, after: Self.sumKey, count: 1)?.first,
      sum == Self.sum(of: text[..<last.startIndex]),
      lines.first?.elementsEqual(Self.title.utf8) == true,
      let start = lines.firstIndex(where: { $0.elementsEqual(Self.domainsKey.utf8) }), start > 1,
      let sums = Self.words(of: lines[start - 1], after: Self.databaseKey, count: 3)
    else { return nil }
    circumstances = lines[1..<(start - 1)].map { String(decoding: $0, as: UTF8.self) }
    database = DatabaseSum(header: sums[0], records: sums[1], tables: sums[2])
    var domains: [Domain] = []
    domains.reserveCapacity(lines.count - start)
    for line in lines[(start + 1)...] {
      guard let domain = Domain(parsing: line) else { return nil }
      if let last = domains.last, !last.name.lexicographicallyPrecedes(domain.name) { return nil }
      domains.append(domain)
    }
    self.domains = domains
  }

  private static let newline = UInt8(ascii: "\n")

  private static func sum(of text: ArraySlice<UInt8>) -> UInt64 {
    unsafe text.withUnsafeBytes { unsafe ContentSum(of: $0).value }
  }

  private static func hexadecimal(_ number: UInt64) -> String { String(number, radix: 16) }

  /// The numbers of a line that begins with a key, if there are so many.
  private static func words(
    of line: ArraySlice<UInt8>, after key: String, count: Int
  ) -> [UInt64]? {
    guard line.starts(with: key.utf8) else { return nil }
    let words = line.dropFirst(key.utf8.count).split(separator: UInt8(ascii: " "))
    let numbers = words.compactMap(\.hexadecimal)
    return words.count == count && numbers.count == count ? numbers : nil
  }
}

extension RecipientMemory.Domain {
  /// Reads a domain's line.
  fileprivate init?(parsing line: ArraySlice<UInt8>) {
    let blank = UInt8(ascii: " ")
    guard let first = line.firstIndex(of: blank),
      let second = line[(first + 1)...].firstIndex(of: blank),
      let marks = line[(first + 1)..<second].hexadecimal, second + 1 < line.endIndex
    else { return nil }
    let stamps = line[..<first]
    stampSum = stamps.hexadecimal
    if stampSum == nil, !stamps.elementsEqual([UInt8(ascii: "-")]) { return nil }
    self.marks = marks
    name = Array(line[(second + 1)...])
  }
}

extension ArraySlice<UInt8> {
  /// The hexadecimal number, in small letters, that the bytes are.
  fileprivate var hexadecimal: UInt64? {
    guard 1...16 ~= count else { return nil }
    var number: UInt64 = 0
    for byte in self {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(byte - 0x30)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(byte - 0x57)
      default: return nil
      }
    }
    return number
  }
}
