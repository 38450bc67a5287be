/// How large a screen is, in columns and rows.
package struct ScreenSize: Hashable, Sendable {
  package var columns: Int
  package var rows: Int

  package init(columns: Int, rows: Int) {
    self.columns = max(1, columns)
    self.rows = max(1, rows)
  }
}

/// One place of the screen.
package struct Cell: Hashable, Sendable {
  /// A character with the marks that combine with it; empty for the right half of a wide one.
  package var text: String
  package var role: Role
  package var isSelected: Bool

  package static let blank = Cell(text: " ", role: .normal, isSelected: false)
}

/// A whole picture: what the terminal is to show, as values.
package struct Screen: Equatable, Sendable {
  package let size: ScreenSize
  /// The cells, row by row.
  package private(set) var cells: [Cell]
  /// Where the cursor stands, for an input line; nil hides it.
  package var cursor: (column: Int, row: Int)?
  /// Whether only ASCII may be shown.
  package let isASCII: Bool

  package init(_ size: ScreenSize, isASCII: Bool = false) {
    self.size = size
    self.isASCII = isASCII
    cells = Array(repeating: .blank, count: size.columns * size.rows)
  }

  package static func == (left: Screen, right: Screen) -> Bool {
    left.size == right.size && left.cells == right.cells
      && left.cursor?.column == right.cursor?.column && left.cursor?.row == right.cursor?.row
  }

  /// The cells of a row.
  package func row(_ row: Int) -> ArraySlice<Cell> {
    cells[(row * size.columns)..<((row + 1) * size.columns)]
  }

  /// The picture as text, without what trails.
  package var text: String {
    (0..<size.rows).map { row in
      let line = self.row(row).map(\.text).joined()
      return String(
        line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
    }
    .joined(separator: "\n") + "\n"
  }
}

// MARK: - Drawing

extension Screen {
  /// Draws a text of one line; what does not fit before the limit is left out.
  ///
  /// The text must be safe to show.
  ///
  /// - Returns: The column after the text.
  @discardableResult
  package mutating func put(
    _ text: some StringProtocol, _ role: Role = .normal, at column: Int, _ row: Int,
    before limit: Int? = nil, isSelected: Bool = false
  ) -> Int {
    guard (0..<size.rows).contains(row) else { return column }
    let end = min(limit ?? size.columns, size.columns)
    var place = column
    for scalar in text.unicodeScalars {
      let width = TextWidth.of(scalar)
      if width == 0 {
        combine(scalar, before: place, row)
        continue
      }
      guard place + width <= end else { break }
      set(shown(scalar, width), role, isSelected, at: place, row)
      if width == 2 { set(isASCII ? "?" : "", role, isSelected, at: place + 1, row) }
      place += width
    }
    return place
  }

  /// Draws spans one after the other.
  ///
  /// - Returns: The column after the last one.
  @discardableResult
  package mutating func put(
    _ spans: [Span], at column: Int, _ row: Int, before limit: Int? = nil, isSelected: Bool = false
  ) -> Int {
    spans.reduce(column) {
      put($1.text, $1.role, at: $0, row, before: limit, isSelected: isSelected)
    }
  }

  /// Fills places of a row with one character.
  package mutating func fill(
    _ columns: Range<Int>, _ row: Int, with text: String = " ", _ role: Role = .normal,
    isSelected: Bool = false
  ) {
    guard (0..<size.rows).contains(row) else { return }
    let shown = isASCII ? String(ASCIIMarks.mark(for: text)) : text
    for column in columns.clamped(to: 0..<size.columns) {
      set(shown, role, isSelected, at: column, row)
    }
  }

  /// Changes the role of places that are drawn already.
  package mutating func mark(_ columns: Range<Int>, _ row: Int, as role: Role) {
    guard (0..<size.rows).contains(row) else { return }
    for column in columns.clamped(to: 0..<size.columns) {
      cells[row * size.columns + column].role = role
    }
  }

  private mutating func set(
    _ text: String, _ role: Role, _ isSelected: Bool, at column: Int, _ row: Int
  ) {
    guard column >= 0, column < size.columns else { return }
    cells[row * size.columns + column] = Cell(text: text, role: role, isSelected: isSelected)
  }

  /// Adds a combining mark to the character before a place; more than three are left out.
  private mutating func combine(_ scalar: Unicode.Scalar, before column: Int, _ row: Int) {
    guard !isASCII, column > 0, column <= size.columns, !Self.isDangerous(scalar) else { return }
    var index = row * size.columns + column - 1
    if cells[index].text.isEmpty, column > 1 { index -= 1 }
    guard cells[index].text.unicodeScalars.count < 4 else { return }
    cells[index].text.unicodeScalars.append(scalar)
  }

  /// Whether a character may act on the terminal, or hide or reorder what stands beside it.
  private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
      .surrogate:
      return true
    default: return scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  /// The last gate: what acts on a terminal does not pass, whatever came before.
  private func shown(_ scalar: Unicode.Scalar, _ width: Int) -> String {
    if Self.isDangerous(scalar) { return "?" }
    guard isASCII, !scalar.isASCII else { return String(scalar) }
    return String(ASCIIMarks.mark(for: String(scalar)))
  }
}
