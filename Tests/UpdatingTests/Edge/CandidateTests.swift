import SystemPackage
import SystemSupport
import TestSupport
import Testing

@testable import Updating

/// Where a builder makes the next version of a product.
@Suite(.scratch) struct CandidateTests {
  let product = Scratch.directory.appending("list.cdb")

  @Test func `what everybody may read is made beside the product`() throws {
    try product.write("old", mode: 0o644)
    let candidate = try Candidate(for: FilePlace(product), isPrivate: false)
    #expect(candidate.path.removingLastComponent() == Scratch.directory)
    try candidate.path.write("new")
    try candidate.commit()
    #expect(try product.text == "new")
  }

  @Test(arguments: [false, true])
  func `what appeared in the place of a first product stays, and is told`(isPrivate: Bool) throws {
    let candidate = try Candidate(for: FilePlace(product), isPrivate: isPrivate)
    try candidate.path.write("ours")
    try product.write("theirs")
    let error = #expect(throws: SystemError.self) { try candidate.commit() }
    #expect(error?.description == "unable to create \(product): File exists")
    #expect(try product.text == "theirs")
    candidate.remove()
    #expect(try FileReading.names(in: Scratch.directory).map(\.string) == ["list.cdb"])
    // The next one knows of it, and replaces it.
    let next = try Candidate(for: FilePlace(product), isPrivate: isPrivate)
    try next.path.write("ours")
    try next.commit()
    #expect(try product.text == "ours")
  }

  @Test func `what cannot be replaced is told by its own name`() throws {
    try product.write("old")
    let candidate = try Candidate(for: FilePlace(product), isPrivate: false)
    try candidate.path.write("new")
    try FileOperations.remove(product)
    try FileOperations.makeDirectory(product)
    let error = #expect(throws: SystemError.self) { try candidate.commit() }
    #expect(error?.description == "unable to replace \(product): Is a directory")
    candidate.remove()
  }

  @Test(arguments: [false, true])
  func `in words its names are the product's, which stay from run to run`(isPrivate: Bool) throws {
    let candidate = try Candidate(for: FilePlace(product), isPrivate: isPrivate)
    let words = "\(candidate.path) \(candidate.temporaryPath) \(candidate.depfilePath)."
    #expect(
      candidate.named(words)
        == "\(product) \(product).tmp \(Scratch.directory.appending("depfile")).")
    candidate.remove()
  }

  @Test(arguments: [false, true], [nil, 0o640] as [UInt32?])
  func `what this process writes has no name before it is in place`(
    isPrivate: Bool, oldMode: UInt32?
  ) throws {
    if let oldMode { try product.write("old", mode: oldMode) }
    let candidate = try Candidate(for: FilePlace(product), isPrivate: isPrivate)
    try candidate.create().write(Array("new".utf8), subject: "")
    #expect(try FileStatus.of(candidate.path) == nil)
    try candidate.commit()
    #expect(try product.text == "new")
    #expect(try FileStatus.of(product)?.mode == oldMode ?? 0o644)
    candidate.remove()
    #expect(try FileReading.names(in: Scratch.directory).map(\.string) == ["list.cdb"])
  }

  @Test func `what appeared in the place of a file without a name stays`() throws {
    let candidate = try Candidate(for: FilePlace(product), isPrivate: false)
    try candidate.create().write(Array("ours".utf8), subject: "")
    try product.write("theirs")
    let error = #expect(throws: SystemError.self) { try candidate.commit() }
    #expect(error?.description == "unable to create \(product): File exists")
    candidate.remove()
    #expect(try product.text == "theirs")
    #expect(try FileReading.names(in: Scratch.directory).map(\.string) == ["list.cdb"])
  }

  @Test(arguments: [(true, 0o644), (false, 0o640)])
  func `what not everybody may read is made where nobody else can look`(
    isPrivate: Bool, mode: UInt32
  ) throws {
    try product.write("old", mode: mode)
    let candidate = try Candidate(for: FilePlace(product), isPrivate: isPrivate)
    let directory = candidate.path.removingLastComponent()
    #expect(try FileStatus.of(directory)?.mode == 0o700)
    #expect(directory.removingLastComponent() == Scratch.directory)
    try candidate.path.write("new")
    try candidate.commit()
    candidate.remove()
    #expect(try FileReading.names(in: Scratch.directory).map(\.string) == ["list.cdb"])
    #expect(try FileStatus.of(product)?.mode == mode)
  }

  @Test func `what belongs to another user is made where that user cannot put anything`() throws {
    let home = Scratch.directory.appending("home")
    try FileOperations.makeDirectory(home)
    try shell("chown 4711 $1", home)
    let candidate = try Candidate(for: FilePlace(home.appending("list.cdb")), isPrivate: false)
    let directory = candidate.path.removingLastComponent()
    #expect(directory.removingLastComponent() == home)
    #expect(try FileStatus.of(directory)?.owner == 0)
  }

  @Test func `what builders drop beside their candidate goes with it`() throws {
    let candidate = try Candidate(for: FilePlace(product), isPrivate: false)
    for suffix in ["", ".t", "x"] { try FilePath(candidate.path.string + suffix).write("half") }
    try FilePath(candidate.temporaryPath.string).write("half")
    try FileOperations.makeDirectory(candidate.depfilePath)
    candidate.remove()
    #expect(try FileReading.names(in: Scratch.directory).isEmpty)
  }
}
