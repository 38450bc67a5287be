internal import CNcursesw
internal import Console
internal import Glibc

/// The one curses driver: puts a picture on the terminal, and takes its keys.
///
/// Only the thread of the loop may use it. What the terminal was like is given back by `close`, and
/// by a signal handler when the program crashes.
final class Terminal {
  private let theme: (_ colors: Int) -> Theme
  private var styles: [Style] = []
  private var shown: Screen?
  private var isOpen = false
  private var usesColours = false

  /// Whether the standard descriptors are a terminal that can show a full screen; else why not.
  static var obstacle: String? {
    guard isatty(0) == 1, isatty(1) == 1 else { return "there is no terminal here" }
    let name = unsafe getenv("TERM").map { unsafe String(cString: $0) } ?? ""
    if name.isEmpty || name == "dumb" { return "the terminal is dumb (TERM=\(name))" }
    guard curses_check_terminal() == 0 else {
      return
        "the terminal \(name.filter { $0.isASCII && !$0.isWhitespace }) is unknown here, or cannot move its cursor"
    }
    return nil
  }

  /// The size of the terminal, or that of the environment, or the home size.
  static var size: ScreenSize {
    var columns: CInt = 0
    var rows: CInt = 0
    if unsafe curses_window_size(&columns, &rows) == 0 {
      return ScreenSize(columns: Int(columns), rows: Int(rows))
    }
    func number(_ name: String, _ otherwise: Int) -> Int {
      unsafe getenv(name).flatMap { unsafe Int(String(cString: $0)) } ?? otherwise
    }
    return ScreenSize(columns: number("COLUMNS", 80), rows: number("LINES", 24))
  }

  /// - Parameter theme: Chooses the theme once it is known how many colours there are.
  init(theme: @escaping (_ colors: Int) -> Theme) { self.theme = theme }

  /// Takes the terminal over.
  ///
  /// - Returns: Whether that was possible.
  func open() -> Bool {
    curses_note_modes()
    guard curses_start() == 0 else { return false }
    curses_arm_rescue()
    curses_leave_flow_control()
    curses_refuse_messages()
    isOpen = true
    defineStyles(theme(Int(curses_colors())))
    return true
  }

  /// Gives the terminal back.
  func close() {
    guard isOpen else { return }
    isOpen = false
    curses_disarm_rescue()
    curses_clear_last_line()
    endwin()
    curses_restore_messages()
  }

  /// Gives the terminal back, stops the process as ^Z does, and takes it over again afterwards.
  func suspend() {
    close()
    kill(getpid(), SIGSTOP)
    curses_note_modes()
    curses_refuse_messages()
    curses_arm_rescue()
    isOpen = true
    repaint()
  }

  /// Draws everything anew with the next picture.
  func repaint() {
    shown = nil
    curses_repaint()
  }

  /// The next key that waits; nil when none does.
  func nextKey() -> KeyPress? {
    guard isOpen, var press = nextCode() else { return nil }
    if press.isEscape { press.sequence = nextSequence() }
    return press
  }

  private func nextCode() -> KeyPress? {
    var code: UInt32 = 0
    let kind = unsafe curses_get(&code)
    return kind == ERR ? nil : KeyPress(code: code, isFunction: kind == KEY_CODE_YES)
  }

  /// What came with an Esc, if it is more than that key: curses hands the characters of a sequence
  /// that it does not know out one by one.
  private func nextSequence() -> KeySequence? {
    guard let next = nextCode() else { return nil }
    guard let first = next.character, var sequence = KeySequence(first: first) else {
      putBack(next)
      return nil
    }
    while !sequence.isComplete, let more = nextCode() {
      guard let character = more.character, sequence.append(character) else {
        putBack(more)
        break
      }
    }
    guard sequence.isBare else { return sequence }
    putBack(next)
    return nil
  }

  private func putBack(_ press: KeyPress) {
    if press.isFunction {
      ungetch(CInt(bitPattern: press.code))
    } else {
      unget_wch(wchar_t(bitPattern: press.code))
    }
  }
}

// MARK: - Drawing

extension Terminal {
  private static let roles = Role.allCases

  /// Gives each role, selected or not, its colours.
  private func defineStyles(_ theme: Theme) {
    let isColoured = theme.depth != .mono && has_colors()
    if isColoured {
      start_color()
      use_default_colors()
    }
    styles = []
    for isSelected in [false, true] {
      for role in Self.roles {
        let style = theme.style(role, isSelected: isSelected)
        styles.append(style)
        if isColoured {
          init_pair(CShort(styles.count), style.foreground, style.background)
        }
      }
    }
    usesColours = isColoured
  }

  /// Puts a picture on the terminal; only what differs from the last one is sent.
  func show(_ screen: Screen) {
    guard isOpen else { return }
    if shown?.size != screen.size {
      resizeterm(CInt(screen.size.rows), CInt(screen.size.columns))
      curses_erase()
      shown = nil
    }
    for row in 0..<screen.size.rows { draw(row, of: screen) }
    if let cursor = screen.cursor {
      curs_set(1)
      curses_move(CInt(cursor.row), CInt(cursor.column))
    } else {
      curs_set(0)
      curses_move(CInt(screen.size.rows - 1), CInt(screen.size.columns - 1))
    }
    curses_refresh()
    shown = screen
  }

  private func draw(_ row: Int, of screen: Screen) {
    let cells = screen.row(row)
    if let old = shown?.row(row), old == cells { return }
    for (column, cell) in cells.enumerated() where !cell.text.isEmpty {
      put(cell, row, column)
    }
  }

  private func put(_ cell: Cell, _ row: Int, _ column: Int) {
    let index = Int(cell.role.rawValue) + (cell.isSelected ? Self.roles.count : 0)
    let style = styles[index]
    var flags: CInt = 0
    if style.isBold { flags |= CInt(curses_bold) }
    if style.isReverse { flags |= CInt(curses_reverse) }
    if style.isUnderlined { flags |= CInt(curses_underline) }
    var text = Self.wide(cell.text)
    let pair = usesColours ? CShort(index + 1) : 0
    unsafe curses_put(CInt(row), CInt(column), &text, flags, pair)
  }

  /// The characters as the C library has them.
  ///
  /// One that it counts differently from us would move
  /// all that stands to its right: a question mark stands in for it.
  private static func wide(_ text: String) -> [wchar_t] {
    let scalars = text.unicodeScalars.map { wchar_t(bitPattern: $0.value) }
    guard let first = text.unicodeScalars.first, first.value >= 0x80 else { return scalars + [0] }
    let width = curses_width(scalars[0])
    guard Int(width) == TextWidth.of(first) else { return [0x3f, 0] }
    return scalars.prefix(1) + scalars.dropFirst().filter { curses_width($0) == 0 } + [0]
  }
}
