internal import QmailFiles
internal import SystemPackage
internal import SystemSupport
internal import Updating

/// A column of the table of products.
private struct Column {
  let title: String
  let width: Int
  var isRight = false
  let text: (Product, ConsoleState) -> Span
}

extension ConsoleView {
  /// The table of products with its headings.
  func drawProducts(in rows: Range<Int>, on screen: inout Screen) {
    let products = state.shownProducts
    let columns = self.columns(products)
    drawHeadings(columns, rows.lowerBound, on: &screen)
    guard !products.isEmpty else {
      let text =
        state.facts.products.isEmpty
        ? "No rule's files are here: is \(state.facts.settings.layout.qmail.visible) the right directory?"
        : "No product holds “\(VisibleText.escape(state.productFilter))”; Esc shows all."
      if rows.count > 1 { screen.put(text, .quiet, at: 2, rows.lowerBound + 1) }
      return
    }
    let selected = products.firstIndex { $0.name == state.selectedProduct }
    let visible = Self.window(products.count, selected: selected ?? 0, rows: rows.count - 1)
    for (offset, index) in visible.enumerated() {
      let row = rows.lowerBound + 1 + offset
      drawProduct(
        products[index], columns, isSelected: index == selected && state.focus == .products, row,
        on: &screen)
    }
    drawMore(visible, of: products.count, in: rows, on: &screen)
  }

  /// The stretch of a list that is shown, the selected one within.
  static func window(_ count: Int, selected: Int, rows: Int) -> Range<Int> {
    let rows = max(0, rows)
    guard count > rows else { return 0..<count }
    let start = min(max(0, selected - rows / 2), count - rows)
    return start..<(start + rows)
  }

  /// Marks at the right edge tell that a list goes on.
  func drawMore(_ visible: Range<Int>, of count: Int, in rows: Range<Int>, on screen: inout Screen)
  {
    let column = state.size.columns - 1
    if visible.lowerBound > 0 { screen.put("▲", .quiet, at: column, rows.lowerBound + 1) }
    if visible.upperBound < count { screen.put("▼", .quiet, at: column, rows.upperBound - 1) }
  }

  private func drawHeadings(_ columns: [Column], _ row: Int, on screen: inout Screen) {
    var place = 2
    for column in columns {
      let text = TextFitting.pad(
        TextFitting.fit(column.title, column.width), column.width, right: column.isRight)
      screen.put(text, state.focus == .products ? .focus : .heading, at: place, row)
      place += column.width + 1
    }
  }

  private func drawProduct(
    _ product: Product, _ columns: [Column], isSelected: Bool, _ row: Int, on screen: inout Screen
  ) {
    screen.fill(0..<state.size.columns, row, isSelected: isSelected)
    if product.name == state.selectedProduct {
      screen.put("▸", isSelected ? .focus : .quiet, at: 0, row, isSelected: isSelected)
    }
    var place = 2
    for column in columns {
      let span = column.text(product, state)
      screen.put(
        TextFitting.pad(span.text, column.width, right: column.isRight), span.role, at: place, row,
        before: place + column.width, isSelected: isSelected)
      place += column.width + 1
    }
  }

  // MARK: Columns

  /// The columns that the width has room for; the sources take what is left.
  private func columns(_ products: [Product]) -> [Column] {
    let width = self.state.size.columns
    let longest = products.map { TextWidth.of($0.shownName) }.max() ?? 0
    let nameWidth = min(max(12, longest), width >= 120 ? 40 : width >= 80 ? 20 : 17)
    var right = [built]
    if width >= 100 { right.append(took) }
    if width >= 72 { right.append(records(products)) }
    if width >= 110 { right += [by, change] }
    if width >= 150 { right.append(nextTry) }
    let state = stateColumn(products)
    let taken = 2 + nameWidth + 1 + state.width + 1 + right.reduce(0) { $0 + 1 + $1.width }
    return [name(nameWidth), state, origin(max(8, width - taken - 1))] + right
  }

  private func name(_ width: Int) -> Column {
    Column(title: "PRODUCT", width: width) { product, _ in
      Span(TextFitting.fitName(product.shownName, width))
    }
  }

  private func stateColumn(_ products: [Product]) -> Column {
    let longest = products.map { TextWidth.of($0.status.word) }.max() ?? 0
    return Column(title: "STATE", width: max(10, longest + 2)) { product, _ in
      Span("\(product.status.sign) \(product.status.word)", product.status.role)
    }
  }

  /// A filter stands beside the heading: rows that are left out without a word would be missed.
  private func originTitle(_ width: Int) -> String {
    guard !state.productFilter.isEmpty else { return "FROM" }
    let room = max(1, width - TextWidth.of("FROM, only “”"))
    return "FROM, only “\(TextFitting.fitName(VisibleText.escape(state.productFilter), room))”"
  }

  private func origin(_ width: Int) -> Column {
    Column(title: originTitle(width), width: width) { product, state in
      if product.isBuilding { return Span(ProgressWords(product, state).fitting(width), .building) }
      let role: Role = product.status == .fresh || product.status == .off ? .quiet : .normal
      return Span(product.origin(state, columns: width), role)
    }
  }

  private var built: Column {
    Column(title: "LAST BUILD", width: 10) { product, state in
      Span(product.lastBuild.map { Words.moment($0, state) } ?? "never", .quiet)
    }
  }

  private var took: Column {
    Column(title: "TOOK", width: 8, isRight: true) { product, _ in
      Span(product.lastRun.map { Words.took($0) } ?? "", .quiet)
    }
  }

  private func records(_ products: [Product]) -> Column {
    let isWide = state.size.columns >= 100
    let longest = products.map { TextWidth.of($0.recordWords(isWide: isWide)) }.max() ?? 0
    return Column(title: "RECORDS", width: max(7, longest), isRight: true) { product, _ in
      Span(product.recordWords(isWide: isWide), product.status == .held ? .held : .quiet)
    }
  }

  private var change: Column {
    Column(title: "+ − ~", width: 14, isRight: true) { product, _ in
      Span(TextFitting.fit(product.recordChange, 14), .quiet)
    }
  }

  private var by: Column {
    Column(title: "BY", width: 13) { product, _ in
      let program = product.lastRun?.by.split(separator: " ").first.map(String.init)
      return Span(TextFitting.fitName(program ?? "", 13), .quiet)
    }
  }

  private var nextTry: Column {
    Column(title: "NEXT TRY", width: 10) { product, state in
      guard case .failed(let failure) = product.verdict else { return Span("") }
      return Span(Words.moment(failure.nextTry, state), .failed)
    }
  }
}
