import Console
import Testing

@Suite struct ThemeTests {
  @Test(arguments: [
    (256, [:], Theme.Depth.many), (88, [:], .sixteen), (16, [:], .sixteen), (8, [:], .eight),
    (0, [:], .mono), (-1, [:], .mono), (256, ["NO_COLOR": "1"], .mono),
    (256, ["NO_COLOR": ""], .many),
  ])
  func `the colours are those of the terminal, unless NO_COLOR says none`(
    _ colors: Int, _ environment: [String: String], _ depth: Theme.Depth
  ) {
    #expect(Theme(colors: colors, environment: { environment[$0] }).depth == depth)
  }

  @Test(arguments: [
    (nil, nil, false), ("0;15", nil, true), ("15;0", nil, false), ("0;default;7", nil, true),
    ("15;0", "light", true), ("0;15", "dark", false),
  ])
  func `the background is what the user or the terminal says`(
    _ variable: String?, _ choice: String?, _ isLight: Bool
  ) {
    let theme = Theme(colors: 256, environment: { _ in variable }, choice: choice)
    // COLORFGBG alone is set here; the same text as NO_COLOR makes it mono, which is no matter.
    #expect(theme.isLight == isLight)
  }

  @Test(arguments: Theme.Depth.allCases, [false, true])
  func `a terminal is never asked for a colour that it lacks`(
    _ depth: Theme.Depth, _ isLight: Bool
  ) {
    let limit: Int16 =
      switch depth {
      case .mono: 0
      case .eight: 8
      case .sixteen: 16
      case .many: 256
      }
    let theme = Theme(depth: depth, isLight: isLight)
    for role in Role.allCases {
      for isSelected in [false, true] {
        let style = theme.style(role, isSelected: isSelected)
        #expect(style.foreground < limit && style.background < limit)
      }
    }
  }

  @Test(arguments: Theme.Depth.allCases, [false, true])
  func `the selected row and the focused button differ from the others`(
    _ depth: Theme.Depth, _ isLight: Bool
  ) {
    let theme = Theme(depth: depth, isLight: isLight)
    for role in Role.allCases where role != .title && role != .titleAlert {
      #expect(theme.style(role, isSelected: true) != theme.style(.normal))
    }
    #expect(theme.style(.choice) != theme.style(.dialog))
  }
}
