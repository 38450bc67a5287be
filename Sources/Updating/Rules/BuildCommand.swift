package import SystemPackage

/// A program that makes a product, with places for the names that we choose for each run.
///
/// In the arguments, `{candidate}` is the file to write, which we check and then move into place;
/// `{temporary}` is a second unique name beside it; `{depfile}` is where the program may report
/// what it has read; `{product}` is the file in use; `{memory}` is a file of its own that stays from
/// run to run, in a private directory. A command without `{candidate}` replaces the product itself.
package struct BuildCommand: Equatable, Sendable {
  package let arguments: [String]
  /// The places that the arguments hold.
  private let places: [String]
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
    places = arguments.flatMap { Self.words(in: $0) }.filter(Self.allPlaces.contains)
    self.standardInput = standardInput
  }

  package static let candidate = "{candidate}"
  package static let temporary = "{temporary}"
  package static let depfile = "{depfile}"
  package static let product = "{product}"
  package static let memory = "{memory}"
  static let allPlaces = [candidate, temporary, depfile, product, memory]
  /// Stands for a file that nobody keeps.
  static let noFile = "/dev/null"

  /// A tool of qmail and its like, which works on the names that it was built with.
  package static func tool(_ arguments: [String]) -> BuildCommand {
    var command = BuildCommand(arguments)
    command.isRehearsable = true
    return command
  }

  /// Whether some argument holds a place.
  package func mentions(_ place: String) -> Bool { places.contains(place) }

  /// What looks like a place in the arguments and is none.
  package var unknownPlaces: [String] {
    arguments.flatMap { Self.words(in: $0) }.filter { !Self.allPlaces.contains($0) }
  }

  /// The words of small letters in braces, with the braces.
  private static func words(in argument: String) -> [String] {
    guard argument.utf8.contains(UInt8(ascii: "{")) else { return [] }
    return argument.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
      guard let end = $0.firstIndex(of: "}") else { return nil }
      let word = $0[..<end]
      guard !word.isEmpty, word.allSatisfy({ ("a"..."z").contains($0) }) else { return nil }
      return "{\(word)}"
    }
  }

  /// The arguments with names put in the places; a single pass, so that a name cannot hold a place.
  ///
  /// - Parameter name: Gives the name for a place; nil leaves it as it is.
  /// - Returns: The arguments.
  package func filled(_ name: (String) -> String?) -> [String] {
    guard !places.isEmpty else { return arguments }
    return arguments.map { argument in
      // Most often a place is all of an argument.
      if places.contains(argument), let name = name(argument) { return name }
      var result = ""
      var rest = argument.utf8[...]
      while let open = rest.firstIndex(of: UInt8(ascii: "{")),
        let close = rest[open...].firstIndex(of: UInt8(ascii: "}"))
      {
        let place = String(Substring(rest[open...close]))
        result += Substring(rest[..<open]) + (name(place) ?? place)
        rest = rest[rest.index(after: close)...]
      }
      return rest.count == argument.utf8.count ? argument : result + Substring(rest)
    }
  }
}
