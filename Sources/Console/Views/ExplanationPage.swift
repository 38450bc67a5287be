/// The answer to who accepts an address.
struct ExplanationPage {
  private let explanation: Explanation?

  init(_ explanation: Explanation?) { self.explanation = explanation }

  func write(to page: inout DocumentBuilder) {
    guard let lines = explanation?.lines else { return page.text("being looked up", .building) }
    for line in lines { page.text(line, Self.role(of: line)) }
  }

  /// What a line says is at its end.
  private static func role(of line: String) -> Role {
    if line.hasSuffix(" accepted") { return .fresh }
    if line.hasSuffix(" refused") { return .failed }
    if line.hasSuffix(" miss") { return .quiet }
    return line.hasSuffix(":") ? .heading : .normal
  }
}
