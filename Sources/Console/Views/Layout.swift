/// Which rows each part of the overview has.
///
/// The panes share the height by need. When it is short, the services shrink first, then the
/// products, then the services keep one line, and last the log goes.
package struct Layout: Equatable, Sendable {
  /// The rows of a pane, its heading included; nil when it has none.
  package private(set) var products: Range<Int>?
  package private(set) var services: Range<Int>?
  package private(set) var log: Range<Int>?
  /// The rows of news and questions; mostly none or one.
  package let messageRows: Range<Int>
  package let hintRow: Int

  /// The smallest screen on which the overview is drawn.
  package static let minimum = ScreenSize(columns: 60, rows: 16)

  package init(_ state: ConsoleState) {
    let rows = state.size.rows
    let hasLine =
      state.prompt != nil || state.activity != nil || !state.facts.troubles.isEmpty
      || state.otherHolder != nil
    let count = MessageLines(state)?.lines.count ?? (hasLine ? 1 : 0)
    hintRow = rows - 1
    messageRows = (rows - 1 - count)..<(rows - 1)
    let body = max(0, rows - 2 - count)
    var heights = Self.heights(state, body)
    if let zoomed = state.zoomed {
      heights = [0, 0, 0]
      heights[Pane.allCases.firstIndex(of: zoomed) ?? 0] = body
    }
    var row = 1
    func take(_ height: Int) -> Range<Int>? {
      defer { row += height }
      return height > 0 ? row..<(row + height) : nil
    }
    products = take(heights[0])
    services = take(heights[1])
    log = take(heights[2])
  }

  private static func heights(_ state: ConsoleState, _ body: Int) -> [Int] {
    let logMinimum = 4
    var products = 1 + max(1, state.shownProducts.count) + state.growth[.products, default: 0]
    var services = 1 + state.facts.services.count + state.growth[.services, default: 0]
    products = max(products, min(4, 1 + state.shownProducts.count))
    services = max(services, 1)
    let wanted = logMinimum + max(0, state.growth[.log, default: 0])
    var surplus = products + services + wanted - body
    func give(_ height: inout Int, downTo least: Int) {
      let given = min(max(0, height - least), max(0, surplus))
      height -= given
      surplus -= given
    }
    give(&services, downTo: 1 + min(2, state.facts.services.count))
    give(&products, downTo: 4)
    give(&services, downTo: 1)
    let log = max(0, body - products - services)
    return log >= 2 ? [products, services, log] : [products, services + log, 0]
  }
}
