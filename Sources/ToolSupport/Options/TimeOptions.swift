internal import ArgumentParser
package import SystemSupport

/// How times are shown: `--utc`.
package struct TimeOptions: ParsableArguments {
  @Flag(help: "Show times in UTC instead of local time.")
  package var utc = false

  package init() {}

  /// The zone that the options ask for.
  package var zone: Timestamp.Zone { utc ? .utc : .local }
}
