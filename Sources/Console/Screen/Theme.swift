/// How each role looks, by what the terminal can show: the one table of colours.
///
/// The background stays the terminal's own. Meaning is never in the colour alone.
package struct Theme: Equatable, Sendable {
  /// The colours that a terminal has.
  package enum Depth: Equatable, Sendable, CaseIterable { case mono, eight, sixteen, many }

  package let depth: Depth
  package let isLight: Bool

  package init(depth: Depth, isLight: Bool) {
    self.depth = depth
    self.isLight = isLight
  }

  /// Chooses from what the terminal and its user say.
  ///
  /// - Parameters:
  ///   - colors: How many colours terminfo promises.
  ///   - environment: Looked up for `NO_COLOR` (no-color.org) and `COLORFGBG` (rxvt's habit: the
  ///     last number is the background).
  ///   - choice: `dark` or `light` when the user chose; nil decides by the environment.
  package init(colors: Int, environment: (String) -> String?, choice: String? = nil) {
    let isPlain = !(environment("NO_COLOR") ?? "").isEmpty
    depth =
      switch isPlain ? 0 : colors {
      case 256...: .many
      case 16...: .sixteen
      case 8...: .eight
      default: .mono
      }
    let background = environment("COLORFGBG")?.split(separator: ";").last.flatMap { Int($0) }
    isLight = choice.map { $0 == "light" } ?? (background == 7 || background == 15)
  }
}

/// How one cell looks.
package struct Style: Equatable, Sendable {
  /// A palette number, or -1 for the terminal's own colour.
  package var foreground: Int16 = -1
  package var background: Int16 = -1
  package var isBold = false
  package var isReverse = false
  package var isUnderlined = false
}

extension Theme {
  /// The look of a role, on a selected row or not.
  package func style(_ role: Role, isSelected: Bool = false) -> Style {
    var style = depth == .mono ? Self.mono(role) : coloured(role)
    guard isSelected else { return style }
    style.isBold = true
    switch depth {
    case .mono, .eight: style.isReverse = true
    case .sixteen: style.background = isLight ? 7 : 8
    case .many: style.background = isLight ? 253 : 237
    }
    return style
  }

  private static func mono(_ role: Role) -> Style {
    switch role {
    case .title, .titleAlert, .choice, .match: Style(isReverse: true)
    case .stale, .held, .failed, .building, .focus, .key, .alert, .heading: Style(isBold: true)
    case .added, .removed: Style(isUnderlined: true)
    default: Style()
    }
  }

  private func coloured(_ role: Role) -> Style {
    let isBold = [.stale, .held, .failed, .building, .focus, .key, .alert, .titleAlert]
      .contains(role)
    switch role {
    case .title, .titleAlert:
      let bar = titleColours
      return Style(
        foreground: role == .title ? bar.text : bar.alert, background: bar.background,
        isBold: isBold)
    case .match: return Style(foreground: 0, background: isLight && depth == .many ? 222 : 3)
    case .choice: return Style(isBold: true, isReverse: true)
    default: return Style(foreground: foreground(role), isBold: isBold)
    }
  }

  private var titleColours: (text: Int16, alert: Int16, background: Int16) {
    switch (depth, isLight) {
    case (.many, false): (253, 221, 24)
    case (.many, true): (255, 222, 25)
    default: (7, 3, 4)
    }
  }

  private func foreground(_ role: Role) -> Int16 {
    switch depth {
    case .many: isLight ? Self.light256(role) : Self.dark256(role)
    default: isLight ? Self.light8(role) : Self.dark8(role)
    }
  }

  private static func dark256(_ role: Role) -> Int16 {
    switch role {
    case .quiet, .off: 247
    case .heading: 110
    case .focus, .key: 81
    case .fresh, .success, .added: 114
    case .stale: 221
    case .building: 81
    case .held: 215
    case .failed, .alert, .removed: 210
    default: -1
    }
  }

  private static func light256(_ role: Role) -> Int16 {
    switch role {
    case .quiet, .off: 241
    case .heading: 24
    case .focus, .key: 25
    case .fresh, .success, .added: 28
    case .stale: 130
    case .building: 25
    case .held: 127
    case .failed, .alert, .removed: 160
    default: -1
    }
  }

  private static func dark8(_ role: Role) -> Int16 {
    switch role {
    case .heading, .focus, .key, .building: 6
    case .fresh, .success, .added: 2
    case .stale: 3
    case .held: 5
    case .failed, .alert, .removed: 1
    default: -1
    }
  }

  /// Without yellow and cyan, which vanish on white.
  private static func light8(_ role: Role) -> Int16 {
    switch role {
    case .heading, .focus, .key, .building: 4
    case .fresh, .success, .added: 2
    case .stale, .held: 5
    case .failed, .alert, .removed: 1
    default: -1
    }
  }
}
