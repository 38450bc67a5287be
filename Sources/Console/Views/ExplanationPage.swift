/// The answer to who accepts an address.
struct ExplanationPage {
  private let explanation: Explanation?

  init(_ explanation: Explanation?) { self.explanation = explanation }

  func write(to page: inout DocumentBuilder) {
    guard let lines = explanation?.lines else { return page.text("being looked up", .building) }
    for line in lines {
      let role: Role =
        line.hasPrefix("accepted") ? .fresh : line.hasPrefix("rejected") ? .failed : .normal
      page.text(line, role)
    }
  }
}
