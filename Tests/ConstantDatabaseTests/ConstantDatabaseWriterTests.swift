import ConstantDatabase
import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite(.scratch, .timeLimit(.minutes(1))) struct ConstantDatabaseWriterTests {
  var file: FilePath { Scratch.directory.appending("ours.cdb") }

  /// A list of records that all builders get.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let records: [TestRecord]
  }

  static let cases = [
    Case(testDescription: "no record", records: []),
    Case(testDescription: "empty key and value", records: [TestRecord("", "")]),
    Case(
      testDescription: "bytes that are no text",
      records: [
        TestRecord([0, 10, 255, 0], [10, 0, 10]), TestRecord([10], []), TestRecord([], [0]),
      ]
    ),
    Case(
      testDescription: "a key three times among others",
      records: [
        TestRecord("a", "1"), TestRecord("b", "2"), TestRecord("a", "3"), TestRecord("c"),
        TestRecord("a", "1"),
      ]),
    Case(
      testDescription: "10,000 addresses",
      records: (0..<10_000).map { TestRecord("user\($0)@domain\($0 % 97).example", "-\($0)") }),
    Case(
      testDescription: "values around the size of the buffer",
      records: [-2100, -9, -8, -1, 0, 1, 70_000].map {
        TestRecord("\($0)", String(repeating: "x", count: (1 << 20) + $0))
      }),
  ]

  /// Inserts what it reads in cdbmake's form into the file named by its argument.
  static let perl = """
    use CDB_File; binmode STDIN; local $/; my $in = <STDIN>;
    my $db = CDB_File->new($ARGV[0], "$ARGV[0].tmp") or die $!;
    while ($in =~ /\\G\\+(\\d+),(\\d+):/gc) {
      my $at = pos $in;
      my ($key, $value) = (substr($in, $at, $1), substr($in, $at + $1 + 2, $2));
      $db->insert("$key", "$value");
      pos($in) = $at + $1 + $2 + 3;
    }
    $db->finish;
    """

  @Test(arguments: cases)
  func `the bytes are those of tinycdb, freecdb and CDB_File`(_ testCase: Case) throws {
    try build(testCase.records, at: file)
    let input = Scratch.directory.appending("input")
    try input.write(testCase.records.flatMap(\.cdbmakeLine) + [10])
    let theirs = Scratch.directory.appending("theirs.cdb")
    for command in [
      ["cdb", "-c", theirs.string, "-"],
      ["cdbmake", theirs.string, theirs.string + ".tmp"],
      ["perl", "-e", Self.perl, theirs.string],
    ] {
      let result = try Tools.run(command, input: input)
      #expect(result.code == 0, "\(command[0]): \(result.text)")
      let isSame = try FileReading.contents(of: theirs) == FileReading.contents(of: file)
      #expect(isSame, "\(command[0]) writes another file")
      try FileOperations.remove(theirs)
    }
  }

  @Test func `the databases of real tools come back byte for byte`() throws {
    let names = try FileReading.names(in: fixtures)
    #expect(names.count == 13)
    for name in names {
      let original = fixtures.appending(name)
      let records = try records(of: original)
      #expect(try ConstantDatabase(opening: original).verify() == records.count)
      try build(records, at: file)
      #expect(
        try FileReading.contents(of: file) == FileReading.contents(of: original), "\(name.string)")
    }
  }

  @Test func `the old file stays until the commit`() throws {
    try build([TestRecord("old")], at: file)
    let writer = try ConstantDatabaseWriter(replacing: file)
    try writer.add(key: [1], value: [2])
    try writer.add(key: [3], value: [])
    #expect(writer.recordCount == 2)
    try writer.finish()
    #expect(try ConstantDatabase(opening: writer.temporaryPath).verify() == 2)
    #expect(try records(of: file) == [TestRecord("old")])
    try writer.commit()
    #expect(try records(of: file) == [TestRecord([1], [2]), TestRecord([3], [])])
    #expect(try FileReading.names(in: Scratch.directory) == ["ours.cdb"])
  }

  @Test func `a writer that is dropped leaves the old file and nothing else`() throws {
    try build([TestRecord("old")], at: file)
    do {
      let writer = try ConstantDatabaseWriter(replacing: file)
      try writer.add(key: [1], value: [2])
      try writer.finish()
    }
    #expect(try records(of: file) == [TestRecord("old")])
    #expect(try FileReading.names(in: Scratch.directory) == ["ours.cdb"])
  }

  @Test func `a new file gets the mode asked for, an old one keeps its own`() throws {
    try ConstantDatabaseWriter(replacing: file, mode: 0o640).commit()
    #expect(try FileStatus.of(file)?.mode == 0o640)
    try ConstantDatabaseWriter(replacing: file, mode: 0o644).commit()
    #expect(try FileStatus.of(file)?.mode == 0o640)
  }

  @Test func `a finished database takes no more records`() throws {
    let writer = try ConstantDatabaseWriter(replacing: file)
    try writer.finish()
    #expect(
      throws: ConstantDatabaseError(
        .write, file.visible, "it is finished and takes no more records")
    ) { try writer.add(key: [1], value: []) }
    try writer.commit()
    #expect(try ConstantDatabase(opening: file).verify() == 0)
  }

  @Test func `a record past 4 GiB is refused and the rest can still be written`() throws {
    // The room is reserved and never touched: the size alone is judged.
    let count = 1 << 32
    let room = try #require(
      mmap(nil, count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))
    defer { munmap(room, count) }
    let writer = try ConstantDatabaseWriter(replacing: file)
    try writer.add(key: [1], value: [])
    for size in [count, Int(UInt32.max), Int(UInt32.max) - 2048 - 9 - 8 - 32] {
      let key = UnsafeRawBufferPointer(start: room, count: 1)
      let value = UnsafeRawBufferPointer(start: room, count: size)
      #expect(
        throws: ConstantDatabaseError(
          .write, file.visible, "the records need more than the 4 GiB that the format can hold")
      ) { try writer.add(key: key, value: value) }
    }
    try writer.commit()
    #expect(try records(of: file) == [TestRecord([1], [])])
  }

  @Test func `a full disk is an error and leaves the old file`() throws {
    let path = file.string
    try build([TestRecord("old")], at: file)
    let keys = Scratch.directory.appending("keys")
    try keys.write((0..<100_000).map { "key number \($0) of many\n" }.joined())
    // A limit of 1 MiB for files stands in for the full disk.
    let script = #"trap "" XFSZ; ulimit -f 1024; exec "$0" build "$1" "$2""#
    let result = try Tools.run(
      ["bash", "-c", script, try Tools.own("benchmark-cdb"), keys.string, path])
    #expect(result.code == 111)
    let reason = SystemError("write", file.visible, .fileTooLarge)
    #expect(result.lines == ["benchmark-cdb: fatal: \(reason)"])
    #expect(try records(of: file) == [TestRecord("old")])
    try FileOperations.remove(keys)
    #expect(try FileReading.names(in: Scratch.directory) == ["ours.cdb"])
  }
}
