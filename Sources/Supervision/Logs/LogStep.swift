internal import SystemPackage
internal import SystemSupport

/// The way from a finished file of a log to the one after it.
struct LogStep {
  let file: LogFile
  /// The look at the directory in which the file was found.
  let files: LogFiles
  /// Whether a line that has no end yet cannot go on in this file.
  let endsLine: Bool
  /// Whether files in between may be gone.
  let isGap: Bool

  /// Finds the file after a finished one.
  ///
  /// - Parameters:
  ///   - file: The finished file, read to its end.
  ///   - known: The look in which it was found.
  ///   - lastStamp: The time stamp of the last line that was read.
  ///   - directory: The log directory.
  /// - Returns: The way to it; nil when it is not there yet.
  /// - Throws: `SystemError` when something is there that cannot be read.
  static func next(
    after file: LogFile, found known: LogFiles, lastStamp: TAI64N?, in directory: FilePath
  ) throws(SystemError) -> LogStep? {
    // What was listed together needs no new list: the way through a backlog.
    if let next = try known.successor(of: file) {
      return LogStep(file: next, files: known, endsLine: file.isUnsafe, isGap: false)
    }
    let succession = LogSuccession(
      file: file, known: known, files: try LogFiles(in: directory), lastStamp: lastStamp)
    return try succession.step()
  }
}

/// Tells which of the files of a directory come after a file that is finished.
private struct LogSuccession {
  let file: LogFile
  /// The look in which the file was found.
  let known: LogFiles
  /// The directory as it is now.
  let files: LogFiles
  let lastStamp: TAI64N?

  func step() throws(SystemError) -> LogStep? {
    if let index = files.index(of: file) { return try step(from: index) }
    // What unsettled this look is an event that makes the follower look again.
    if !files.isSettled, try !file.isGone { return nil }
    return try file.isProcessed ? stepFromDeleted() : stepFromReplaced()
  }

  /// The way from a file that is still there, whatever it is called now.
  private func step(from index: Int) throws(SystemError) -> LogStep? {
    // What came before it was there when it was found, or on its way. Another file before it was
    // finished while the clock went back, and one after it that was there is no later one.
    let isGap = files.newNames(before: index, since: known) > known.passing(before: file)
    var next = index + 1
    while next < files.count, known.hasOld(files.name(at: next)) { next += 1 }
    let isUnsafe = files.name(at: index).hasSuffix(".u")
    return try step(to: next, endsLine: isUnsafe, isGap: isGap)
  }

  /// The way from a file that became one too many.
  ///
  /// Those before it went first, those after it perhaps too.
  private func stepFromDeleted() throws(SystemError) -> LogStep? {
    let index = files.indexAfter(name: file.isOld ? file.name : known.newestOldName)
    return try step(to: index, endsLine: true, isGap: true)
  }

  /// The way from a file that never had a lasting name and has none at all any more: what a
  /// processor made of it took its place; perhaps that was one too many since.
  private func stepFromReplaced() throws(SystemError) -> LogStep? {
    let newest = known.newestOldName
    let first = files.indexAfter(name: newest)
    let passing = known.passing(before: file)
    guard let newest, files.hasOld(newest) else {
      let own = try replacements(from: first, atMost: passing + 1)
      // If none was there to count from, none need have been deleted.
      let isGap = newest != nil || own <= passing
      return try step(to: first + own, endsLine: true, isGap: isGap)
    }
    // Each file that is finished becomes one old file, and the oldest are deleted first: so those
    // after one that is still there are counted.
    let own = first + passing
    guard own < files.count else { return nil }
    let isThere = LogFiles.isProcessed(files.name(at: own))
    let isGap = !isThere || files.newNames(before: first, since: known) > 0
    return try step(to: isThere ? own + 1 : own, endsLine: true, isGap: isGap)
  }

  /// How many files from an index on begin before the last line that was read, as their stamps tell.
  ///
  /// multilog's clock counts microseconds, in which it reads several lines: a file that begins with
  /// the very stamp of that line may be the next one.
  private func replacements(from index: Int, atMost limit: Int) throws(SystemError) -> Int {
    var count = 0
    while count < limit, let lastStamp,
      index + count < files.count, let file = try files.open(index + count), file.isProcessed,
      let stamp = TAI64N(try file.descriptor.read(upTo: TAI64N.textLength, at: 0)),
      stamp < lastStamp
    {
      count += 1
    }
    return count
  }

  /// The way to the file at an index, or to the next one that is still there.
  private func step(
    to index: Int, endsLine: Bool, isGap: Bool
  ) throws(SystemError) -> LogStep? {
    for place in index..<max(index, files.count) {
      guard let next = try files.open(place) else { continue }
      let isGap = isGap || place > index
      return LogStep(file: next, files: files, endsLine: endsLine || isGap, isGap: isGap)
    }
    return nil
  }
}
