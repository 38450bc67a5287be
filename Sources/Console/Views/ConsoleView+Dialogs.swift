internal import SystemSupport

extension ConsoleView {
  /// A question in the middle of the screen.
  func drawDialog(on screen: inout Screen) {
    guard let dialog = state.dialog else { return }
    let most = min(72, state.size.columns - 4)
    let lines = (dialog.lines + [dialog.finding].compactMap(\.self))
      .flatMap { TextFitting.wrap($0, most - 4).map(\.text) }
    let buttons = [
      (" Cancel ", !dialog.isConfirmationFocused),
      (" \(dialog.confirmation) ", dialog.isConfirmationFocused),
    ]
    let inner = max(
      lines.map { TextWidth.of($0) }.max() ?? 0, TextWidth.of(dialog.title) + 4,
      buttons.reduce(6) { $0 + TextWidth.of($1.0) })
    let box = Box(inner: min(inner, most - 4), rows: lines.count + 2, in: state.size)
    box.draw(title: dialog.title, on: &screen)
    for (offset, line) in lines.enumerated() {
      screen.put(line, .dialog, at: box.column + 2, box.row + 1 + offset)
    }
    let row = box.row + lines.count + 2
    var place = box.column + 2
    for (label, isFocused) in buttons {
      // Brackets show the focus where reverse video does not.
      let text = isFocused ? "[\(label)]" : " \(label) "
      place = screen.put(text, isFocused ? .choice : .dialog, at: place, row) + 2
    }
  }

  /// A choice among services.
  func drawMenu(on screen: inout Screen) {
    guard let menu = state.menu else { return }
    let names = menu.items.map { TextFitting.fitName($0.shown, 40) }
    let rows = min(names.count, state.size.rows - 6)
    let inner = max(24, names.map { TextWidth.of($0) }.max() ?? 0) + 2
    let box = Box(inner: inner, rows: rows, in: state.size)
    box.draw(title: "whose log", on: &screen)
    let visible = Self.window(names.count, selected: menu.selected, rows: rows)
    for (offset, index) in visible.enumerated() {
      let isSelected = index == menu.selected
      let row = box.row + 1 + offset
      screen.fill((box.column + 1)..<(box.column + inner + 3), row, isSelected: isSelected)
      screen.put(
        (isSelected ? "▸ " : "  ") + names[index], .dialog, at: box.column + 2, row,
        isSelected: isSelected)
    }
  }
}

/// A frame in the middle of the screen.
private struct Box {
  let column: Int
  let row: Int
  let inner: Int
  let rows: Int

  init(inner: Int, rows: Int, in size: ScreenSize) {
    self.inner = inner
    self.rows = rows
    column = max(0, (size.columns - inner - 4) / 2)
    row = max(0, (size.rows - rows - 2) / 2)
  }

  func draw(title: String, on screen: inout Screen) {
    let line = String(repeating: "─", count: inner + 2)
    // A margin keeps what lies behind from running into the frame.
    for offset in 0...(rows + 1) {
      screen.fill((column - 1)..<(column + inner + 5), row + offset)
    }
    screen.put("┌\(line)┐", .quiet, at: column, row)
    for offset in 1...max(1, rows) {
      screen.put("│", .quiet, at: column, row + offset)
      screen.fill((column + 1)..<(column + inner + 3), row + offset, .dialog)
      screen.put("│", .quiet, at: column + inner + 3, row + offset)
    }
    screen.put("└\(line)┘", .quiet, at: column, row + rows + 1)
    let shown = TextFitting.fitName(VisibleText.escape(title), inner)
    screen.put(" \(shown) ", .focus, at: column + 2, row)
  }
}
