import ConstantDatabase
import Glibc
import SystemPackage
import SystemSupport

/// One piece of work with a database as a process of its own, so that time and memory can be
/// measured from outside and beside other programs.
@main struct BenchmarkConstantDatabase {
  static func main() {
    do {
      try run(CommandLine.arguments.dropFirst().map { $0 })
    } catch {
      print("benchmark-cdb: fatal: \(error)")
      exit(111)
    }
  }

  private static func run(_ arguments: [String]) throws {
    switch (arguments.first, arguments.dropFirst().map { FilePath($0) }) {
    case ("build", let paths) where paths.count == 2: try build(from: paths[0], to: paths[1])
    case ("verify", let paths) where paths.count == 1:
      print(try ConstantDatabase(opening: paths[0]).verify())
    case ("look-up", let paths) where paths.count == 2: try lookUp(paths[0], in: paths[1])
    case ("compare", let paths) where paths.count == 2:
      let changes = try RecordChanges.between(paths[0], paths[1], samples: 10)
      print("+\(changes.added) -\(changes.removed) ~\(changes.changed) of \(changes.before)")
    case ("small", let paths) where paths.count == 2: try small(from: paths[0], to: paths[1])
    default:
      print("usage: benchmark-cdb build|look-up|small KEYS CDB | verify CDB | compare OLD NEW")
      exit(2)
    }
  }

  /// Makes a database of keys, one a line, with empty values.
  private static func build(
    from keys: FilePath, to path: FilePath, durably: Bool = true
  ) throws {
    let writer = try ConstantDatabaseWriter(replacing: path)
    try unsafe forEachLine(of: keys) { key in
      try unsafe writer.add(key: key, value: UnsafeRawBufferPointer(start: nil, count: 0))
    }
    try writer.commit(durably: durably)
  }

  /// Does everything with a small database many times, and prints what each thing takes.
  private static func small(from keys: FilePath, to path: FilePath) throws {
    try build(from: keys, to: path)
    try time("build, fsync") { try build(from: keys, to: path) }
    try time("build, no fsync") { try build(from: keys, to: path, durably: false) }
    try time("open") { _ = try ConstantDatabase(opening: path) }
    try time("verify") { _ = try ConstantDatabase(opening: path).verify() }
    try time("compare") { _ = try RecordChanges.between(path, path, samples: 10) }
    try time("look up") { _ = try ConstantDatabase(opening: path).value(for: "nobody".utf8) }
  }

  /// Prints the median of many runs in microseconds.
  private static func time(_ name: String, _ work: () throws -> Void) throws {
    var times: [Int64] = []
    for _ in 0..<200 {
      let start = Instant.now
      try work()
      times.append((Instant.now - start).wholeNanoseconds)
    }
    print(name, times.sorted()[times.count / 2] / 1000)
  }

  /// Looks each key up, as many single lookups.
  private static func lookUp(_ keys: FilePath, in path: FilePath) throws {
    let database = try ConstantDatabase(opening: path)
    var found = 0
    try unsafe forEachLine(of: keys) { key in
      if try unsafe database.value(for: key) != nil { found += 1 }
    }
    print(found)
  }

  private static func forEachLine(
    of path: FilePath, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let file = try OwnedDescriptor(opening: path, flags: O_RDONLY)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { unsafe buffer.deallocate() }
    var offset = 0
    while true {
      let count = try unsafe file.readFully(into: buffer, at: Int64(offset))
      var rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
      while let start = rest.baseAddress, let end = unsafe memchr(start, 10, rest.count) {
        let length = unsafe UnsafeRawPointer(end) - start
        try unsafe body(UnsafeRawBufferPointer(rebasing: rest[..<length]))
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
      }
      if rest.count == count { return }
      offset += count - rest.count
    }
  }
}
