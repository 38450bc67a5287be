internal import ConstantDatabase
package import SystemPackage
internal import SystemSupport

/// An update of the .cdb file that lists only the domains that may have changed since the last one.
///
/// The last run has left the stamps of what it read, domain by domain, and the sum of the .cdb file
/// that it made. If the .cdb file in use is that very file, the new one is made of it: the records of
/// the domains that differ are replaced, and all others are written again as they are. In any doubt
/// everything is read, as if nothing were remembered; the bytes are the same both ways.
package struct RememberingUpdate {
  private var builder: RecipientListBuilder
  private let file: MemoryFile
  private let old: FilePath?

  /// - Parameters:
  ///   - builder: Makes the list.
  ///   - file: What the last run has left, and this one leaves for the next.
  ///   - old: The .cdb file in use, where another one is to be written; nil is the one to update.
  package init(_ builder: RecipientListBuilder, _ file: MemoryFile, old: FilePath?) {
    self.builder = builder
    self.file = file
    self.old = old
    // What was read of a domain is what can be remembered of it.
    if builder.noteSources == nil { self.builder.noteSources = { _ in } }
  }

  /// Brings a .cdb file up to date, as `RecipientList.update` does.
  ///
  /// - Parameter path: The file; it need not exist.
  /// - Returns: What was done.
  /// - Throws: As `RecipientListBuilder.build` and `RecipientList.update`; the old file is then still
  ///   in place. That nothing can be remembered for the next run is a warning.
  package func run(_ path: FilePath) throws -> DatabaseUpdate.Outcome {
    let plan = try builder.plan()
    let survey = DomainSurvey(
      of: plan, keepsGoing: builder.keepsGoing, workerCount: builder.workerCount)
    guard let survey else { return try builder.round(through: plan).list.update(path) }
    // Decisions are told of all domains.
    if builder.note == nil, let memory = file.load(), let part = survey.part(beside: memory),
      let outcome = try patch(path, plan, survey, memory, part)
    {
      return outcome
    }
    let round = try builder.round(through: plan)
    let (outcome, sum) = try DatabaseUpdate(path).run(round.list.encoded(), isSummed: true)
    if let sum { save(survey.memory(of: sum, after: round.readings, nil)) }
    return outcome
  }

  /// Makes the new file of the old one.
  ///
  /// - Returns: Nil when it cannot be made so.
  private func patch(
    _ path: FilePath, _ plan: RecipientPlan, _ survey: DomainSurvey, _ memory: RecipientMemory,
    _ part: PartOfPlan
  ) throws -> DatabaseUpdate.Outcome? {
    // Another file that is to be compared with is neither what the old one is, nor what it will be.
    if let old, old != path, try FileStatus.of(path) != nil { return nil }
    guard let image = try? DatabaseImage(reading: old ?? path), image.sum == memory.database else {
      return nil
    }
    let round = try builder.round(through: plan, part)
    let (outcome, sum): (DatabaseUpdate.Outcome, DatabaseSum?)
    do {
      let patch = try unsafe DatabasePatch(
        of: image, replacing: { unsafe part.domains.holds($0) }, with: round.list.encoded(),
        workerCount: builder.workerCount)
      (outcome, sum) = try DatabaseUpdate(path).run(patch)
    } catch is ConstantDatabaseError {
      return nil
    }
    let next = survey.memory(of: sum ?? image.sum, after: round.readings, part)
    if next != memory { save(next) }
    return outcome
  }

  private func save(_ memory: RecipientMemory) {
    do {
      try file.save(memory)
    } catch {
      builder.warn("the next run must read everything: \(error)")
    }
  }
}
