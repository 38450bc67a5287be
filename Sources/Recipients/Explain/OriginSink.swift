internal import QmailFiles

/// Keeps the origins of a few recipients, and passes over the others.
struct OriginSink: RecipientSink {
  /// Where each key that was found comes from first.
  private(set) var origins: [[UInt8]: RecipientOrigin] = [:]
  private let wanted: [(name: [UInt8], key: [UInt8])]

  init(_ question: RecipientQuestion) {
    let tail = question.domain.count + 1
    wanted = question.keys.map { (Array($0.dropLast(tail)), $0) }
  }

  mutating func add(_ name: Span<UInt8>, at domain: [UInt8], origin: () -> RecipientOrigin) {
    for candidate in wanted where Self.isSame(name, candidate.name) {
      if origins[candidate.key] == nil { origins[candidate.key] = origin() }
    }
  }

  private static func isSame(_ name: Span<UInt8>, _ other: [UInt8]) -> Bool {
    guard name.count == other.count else { return false }
    for index in name.indices where name[index].lowercased != other[index] { return false }
    return true
  }
}
