/// What a piece of the screen means; the theme alone says how that looks.
package enum Role: UInt8, CaseIterable, Hashable, Sendable {
  case normal
  /// What matters less: units, separators, old facts.
  case quiet
  /// The bar at the top.
  case title
  /// The counts in the bar that ask for attention.
  case titleAlert
  /// Column headings and section names.
  case heading
  /// The name of the pane that has the keys.
  case focus
  case fresh
  case stale
  case building
  case held
  case failed
  case off
  /// A key in a hint.
  case key
  /// A place that a search has found.
  case match
  /// The text of a dialog.
  case dialog
  /// The choice of a dialog that Enter takes.
  case choice
  /// Good news in the message line.
  case success
  /// Bad news in the message line.
  case alert
  case added
  case removed
}
