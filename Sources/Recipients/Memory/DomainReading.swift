/// What was read to list one domain that needs nothing but files.
struct DomainReading: Sendable {
  /// The domain's number in the plan.
  let number: Int
  let sources: [RecipientSource]
}

/// Some of the domains of a plan, to be listed without the others.
struct PartOfPlan: Sendable {
  /// The domains' numbers in the plan.
  let numbers: [Int]
  /// Their names, and those of domains that are gone.
  let domains: DomainNames
  /// The others, with the marks of what they were read from.
  let known: [(number: Int, marks: UInt64)]
  /// What the others were read from.
  let knownSources: [RecipientSource]
}
