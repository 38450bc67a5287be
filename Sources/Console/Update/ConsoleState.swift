package import SystemSupport

/// All that the console knows and shows: the facts, and what the user did with them.
package struct ConsoleState: Sendable {
  package var facts: Facts
  package var size: ScreenSize
  package var now: Timestamp
  package var zone: Timestamp.Zone = .local

  package var page = Page.overview
  package var focus = Pane.products
  package var selectedProduct: String?
  /// The selected product that went, as one does whose files an editor is replacing.
  var goneSelection: GoneSelection?
  package var selectedService: ServiceName?
  package var sort = ProductSort.pass
  package var productFilter = ""
  /// The pane that has the screen for itself.
  package var zoomed: Pane?
  /// Lines that the user gave to a pane, or took from it.
  package var growth: [Pane: Int] = [:]
  package var log = LogState()
  /// The place and the search on a page of text.
  package var document = DocumentState()

  package var dialog: Dialog?
  package var menu: Menu?
  package var prompt: Prompt?
  /// News that have not been dismissed, the latest last.
  package var messages: [Message] = []
  /// What this console is doing now; nil when nothing.
  package var activity: Activity?
  /// Whether the user took the power to act away from this console.
  package var isLocked = false
  /// Whether it is locked again when nobody has touched it for a while: from its first lock on.
  package var locksItself = false
  /// When a key was last pressed.
  var lastKey: Timestamp
  package var preview: Preview?
  package var records: RecordPage?
  package var explanation: Explanation?

  package init(facts: Facts, size: ScreenSize, now: Timestamp) {
    self.facts = facts
    self.size = size
    self.now = now
    lastKey = now
  }
}

/// What fills the screen.
package enum Page: Equatable, Sendable {
  case overview
  /// All about one rule, by its name.
  case details(String)
  case explain
  case help
}

/// The orders of the products.
package enum ProductSort: String, CaseIterable, Sendable {
  case pass = "order of a pass"
  case state = "state, urgent first"
  case age = "age, latest first"
}

/// One piece of news that stays until it is dismissed.
package struct Message: Equatable, Sendable {
  /// How far the thing has come that it tells of.
  package enum Kind: String, Sendable { case note, requested, done, verified, failed, refused }

  package var kind: Kind
  package var text: String
  package var time: Timestamp?

  package init(_ kind: Kind, _ text: String, at time: Timestamp? = nil) {
    self.kind = kind
    self.text = text
    self.time = time
  }
}

/// Work of this console that goes on.
package struct Activity: Equatable, Sendable {
  /// What is done, in words.
  package var text: String
  package var since: Timestamp

  package init(_ text: String, since: Timestamp) {
    self.text = text
    self.since = since
  }
}

/// An input line at the foot of the screen.
package struct Prompt: Equatable, Sendable {
  package enum Purpose: Equatable, Sendable { case search, filter, explain, command, save }

  package var purpose: Purpose
  package var text: String

  package init(_ purpose: Purpose, text: String = "") {
    self.purpose = purpose
    self.text = text
  }
}

/// A selected product that went, and what has the selection in its place.
struct GoneSelection: Equatable, Sendable {
  var product: String
  var neighbour: String?
}

/// A choice among services.
package struct Menu: Equatable, Sendable {
  package var items: [ServiceName]
  package var selected: Int
}

/// Where the reader of a page of text is.
package struct DocumentState: Equatable, Sendable {
  package var top = 0
  package var find = ""
  package var filter = ""
}

/// What a rebuild would change in a product.
package struct Preview: Equatable, Sendable {
  package enum Result: Equatable, Sendable {
    case computing
    /// The counts in words, and some of the records that differ, marked `+`, `-` or `~`.
    case changes(summary: String, samples: [String], isUnchanged: Bool)
    case failed(String)
    /// There can be none, and why.
    case impossible(String)
  }

  package let rule: String
  package var result: Result
  /// Whether the user asked for the answer alone, not for the page.
  package var isVerification = false

  package init(rule: String, result: Result, isVerification: Bool = false) {
    self.rule = rule
    self.result = result
    self.isVerification = isVerification
  }
}

/// Some records of a product's .cdb.
package struct RecordPage: Equatable, Sendable {
  package let rule: String
  /// What the records were searched for; empty shows the first ones.
  package var matching: String
  /// Each record in a line, safe to show.
  package var lines: [String]
  /// How many records match, and how many there are.
  package var count: Int
  package var total: Int
  package var failure: String?

  package init(
    rule: String, matching: String, lines: [String], count: Int, total: Int, failure: String? = nil
  ) {
    self.rule = rule
    self.matching = matching
    self.lines = lines
    self.count = count
    self.total = total
    self.failure = failure
  }
}

/// The answer to who accepts an address.
package struct Explanation: Equatable, Sendable {
  package let address: String
  /// Nil until the answer is there.
  package var lines: [String]?

  package init(address: String, lines: [String]? = nil) {
    self.address = address
    self.lines = lines
  }
}
