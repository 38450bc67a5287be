package import SystemPackage
internal import SystemSupport

/// What is made from what, and how: the one idea of this program.
package struct Rule: Equatable, Sendable {
  /// The name that operators use, such as `users/cdb`; unique.
  package let name: String
  package var inputs: [Input]
  package var product: Product
  package var action: Action
  /// The rules that must have succeeded first, by name; those that are not here do not count.
  package var after: [String]
  /// How long the action may take.
  package var timeout: Duration
  /// The inputs cannot be seen in files: every poke runs the action.
  package var isOpaque = false
  /// The limits above which a loss of records is held for an operator; nil holds nothing.
  package var lossLimit: LossLimit?
  /// The inputs hold passwords: nothing of them is kept or shown.
  package var isSecret = false
  /// The user whose rights the command gets; nil keeps ours.
  package var user: String?
  package var presence: Presence
  /// Why the rule does nothing, when the configuration switched it off.
  package var offReason: String?

  package init(
    _ name: String, inputs: [Input], product: Product, action: Action, after: [String] = [],
    timeout: Duration = .seconds(60), presence: Presence = .always
  ) {
    self.name = name
    self.inputs = inputs
    self.product = product
    self.action = action
    self.after = after
    self.timeout = timeout
    self.presence = presence
  }
}

extension Rule {
  /// What a rule makes.
  package enum Product: Hashable, Sendable {
    /// A file; `isDatabase` says that it must be a sound .cdb.
    case file(FilePath, isDatabase: Bool)
    /// A running service that has read its inputs, by its service directory.
    case service(FilePath)

    /// The file, or the service directory.
    package var path: FilePath {
      switch self {
      case .file(let path, _), .service(let path): path
      }
    }
  }

  /// How a rule makes its product.
  package enum Action: Equatable, Sendable {
    /// Our own builder, in this process.
    case build(Builder)
    /// A program.
    case command(BuildCommand)
    /// `svc -h`: the service reads its files again.
    case reload
    /// `svc -t`: the service is stopped and supervise starts it again.
    case restart
  }

  /// When a rule is there at all.
  package enum Presence: Equatable, Sendable {
    case always
    /// Where at least one of these exists.
    case whereAnyExists([FilePath])
    /// Where the product exists already, or has been removed after a pass had seen it.
    case whereProductExists
  }

  /// The loss of records that needs an operator's word: more than both.
  package struct LossLimit: Equatable, Sendable {
    /// The share of the old records, 0 to 1.
    package var share: Double
    package var count: Int

    package init(share: Double = 0.2, count: Int = 10) {
      self.share = share
      self.count = count
    }

    /// Whether losing so many of so many records is too much.
    package func isExceeded(losing lost: Int, of all: Int) -> Bool {
      lost > count && Double(lost) > share * Double(all)
    }
  }
}

/// A program that makes a product, with places for the names that we choose for each run.
///
/// In the arguments, `{candidate}` is the file to write, which we check and then move into place;
/// `{temporary}` is a second unique name beside it; `{depfile}` is where the program may report
/// what it has read; `{product}` is the file in use; `{memory}` is a file of its own that stays from
/// run to run, in a private directory. A command without `{candidate}` replaces the product itself.
package struct BuildCommand: Equatable, Sendable {
  package var arguments: [String]
  /// The file that becomes standard input; nil is `/dev/null`.
  package var standardInput: FilePath?
  /// Whether it is known to read no more than the rule's inputs, and to write no more than its
  /// product and beside it: so that it can be run on copies, see `Rehearsal`.
  package var isRehearsable = false
  /// Whether it leaves out the last line of its first input, without a word, when that line has no
  /// newline at its end.
  var dropsOpenLine = false

  package init(_ arguments: [String], standardInput: FilePath? = nil) {
    self.arguments = arguments
    self.standardInput = standardInput
  }

  package static let candidate = "{candidate}"
  package static let temporary = "{temporary}"
  package static let depfile = "{depfile}"
  package static let product = "{product}"
  package static let memory = "{memory}"
  static let places = [candidate, temporary, depfile, product, memory]
  /// Stands for a file that stays from run to run where none may.
  static let noMemory = "/dev/null"

  /// A tool of qmail and its like, which works on the names that it was built with.
  package static func tool(_ arguments: [String]) -> BuildCommand {
    var command = BuildCommand(arguments)
    command.isRehearsable = true
    return command
  }

  /// Whether some argument holds a place.
  package func mentions(_ place: String) -> Bool {
    arguments.contains { argument in
      argument.utf8.contains(UInt8(ascii: "{"))
        && argument.utf8.indices.contains { argument.utf8[$0...].starts(with: place.utf8) }
    }
  }

  /// What looks like a place in the arguments and is none: a word of small letters in braces.
  package var unknownPlaces: [String] {
    arguments.flatMap { argument in
      argument.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
        guard let end = $0.firstIndex(of: "}") else { return nil }
        let word = $0[..<end]
        guard !word.isEmpty, word.allSatisfy({ ("a"..."z").contains($0) }) else { return nil }
        let place = "{\(word)}"
        return Self.places.contains(place) ? nil : place
      }
    }
  }

  /// The arguments with names put in the places; a single pass, so that a name cannot hold a place.
  package func filled(with names: [String: String]) -> [String] {
    arguments.map { argument in
      var result = ""
      var rest = argument.utf8[...]
      while let open = rest.firstIndex(of: UInt8(ascii: "{")),
        let close = rest[open...].firstIndex(of: UInt8(ascii: "}"))
      {
        let place = String(Substring(rest[open...close]))
        result += Substring(rest[..<open]) + (names[place] ?? place)
        rest = rest[rest.index(after: close)...]
      }
      return rest.count == argument.utf8.count ? argument : result + Substring(rest)
    }
  }
}

/// The builders that are part of this program.
package enum Builder: String, Equatable, Sendable {
  /// `users/assign` to `users/cdb`, as qmail-newu does.
  case assignments
  /// `control/morercpthosts` to its .cdb, as qmail-newmrh does; also `morevalidrcptto`.
  case keyList
}
