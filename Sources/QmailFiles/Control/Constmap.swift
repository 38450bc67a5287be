/// A line of a control file in which qmail looks names up.
package protocol ConstmapLine: Sendable {
  /// The line in the file, counted from 1.
  var line: Int { get }
  /// What is looked up, in small letters.
  var name: [UInt8] { get }
  /// What is found.
  var value: [UInt8] { get }
}

/// The lines of a control file as qmail finds them, by its constmap.
///
/// `constmap_init` puts each line before those that it has, so that of several lines with one name
/// the last is found.
package struct Constmap<Line: ConstmapLine>: Sendable {
  /// A line that is never found.
  package struct Hidden: Sendable {
    package let line: Line
    /// The line that is found instead, and says something else.
    package let found: Line
  }

  /// The lines that are found, in the order of the file.
  package private(set) var lines: [Line] = []
  /// The lines that are not, in the order of the file; mere repetitions are none.
  package private(set) var hidden: [Hidden] = []

  package init(_ all: [Line]) {
    let found = lastNumbers(of: all.map(\.name))
    for (number, line) in all.enumerated() {
      if found[number] == number {
        lines.append(line)
      } else if all[found[number]].value != line.value {
        hidden.append(Hidden(line: line, found: all[found[number]]))
      }
    }
  }
}

/// For each name the number of the last one that is the same.
///
/// Not a part of the generic type: a dictionary whose types the compiler knows is several times as
/// fast.
private func lastNumbers(of names: [[UInt8]]) -> [Int] {
  var last = [[UInt8]: Int](minimumCapacity: names.count)
  var numbers = Array(names.indices)
  for number in names.indices.reversed() {
    if let found = last[names[number]] {
      numbers[number] = found
    } else {
      last[names[number]] = number
    }
  }
  return numbers
}
