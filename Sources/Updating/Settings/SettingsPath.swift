internal import SystemSupport

/// The place of a value in the configuration file, such as `rules."users/cdb".after[0]`.
struct SettingsPath: Hashable, Sendable, CustomStringConvertible {
  enum Step: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  private(set) var steps: [Step] = []

  init(_ keys: String...) { steps = keys.map { .key($0) } }

  /// The place that a decoder has come to.
  init(_ codingPath: [any CodingKey]) {
    steps = codingPath.map { key in key.intValue.map { .index($0) } ?? .key(key.stringValue) }
  }

  /// The place of a key within this table.
  func appending(_ key: String) -> SettingsPath { appending(.key(key)) }

  /// The place of an element within this list, counted from 0.
  func appending(_ index: Int) -> SettingsPath { appending(.index(index)) }

  private func appending(_ step: Step) -> SettingsPath {
    var longer = self
    longer.steps.append(step)
    return longer
  }

  /// The place of the table or list that holds this; the whole file holds itself.
  var parent: SettingsPath {
    var shorter = self
    _ = shorter.steps.popLast()
    return shorter
  }

  /// The place as a person would write it, safe to show.
  var description: String {
    steps.reduce(into: "") { text, step in
      switch step {
      case .key(let key): text += (text.isEmpty ? "" : ".") + Self.word(key)
      case .index(let index): text += "[\(index)]"
      }
    }
  }

  private static func word(_ key: String) -> String {
    let isBare = key.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isBare && !key.isEmpty ? key : quoted(key)
  }

  /// Text in quotation marks, safe to show.
  static func quoted(_ text: String) -> String { "\"\(VisibleText.escape(text))\"" }
}
