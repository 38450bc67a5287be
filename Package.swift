// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "qmail-updater",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // The edges: C libraries, each imported by one target.
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CNcursesw"),
    .target(name: "SystemSupport", dependencies: ["CLinux", .system]),

    // The subjects, arrows one way only.
    .target(name: "ConstantDatabase", dependencies: ["SystemSupport", .system]),
    .target(name: "QmailFiles", dependencies: ["SystemSupport", .system]),
    .target(
      name: "Recipients",
      dependencies: ["ConstantDatabase", "QmailFiles", "SystemSupport", .system]),
    .target(name: "Supervision", dependencies: ["SystemSupport", .system]),
    .target(name: "Triggers", dependencies: ["SystemSupport", .system]),
    .target(
      name: "Updating",
      dependencies: [
        "ConstantDatabase", "QmailFiles", "Supervision", "SystemSupport", "Triggers", .system,
        .toml,
      ]),

    .target(
      name: "Console",
      dependencies: [
        "ConstantDatabase", "QmailFiles", "Recipients", "Supervision", "SystemSupport", "Triggers",
        "Updating", .system,
      ]),

    // The executables, thin: arguments, wiring, one call.
    .target(
      name: "ToolSupport", dependencies: ["QmailFiles", "SystemSupport", .argumentParser, .system]),
    .executableTarget(
      name: "mkauth",
      dependencies: ["Recipients", "SystemSupport", "ToolSupport", .argumentParser, .system]),
    .executableTarget(
      name: "mkvalidrcptto",
      dependencies: [
        "QmailFiles", "Recipients", "SystemSupport", "ToolSupport", .argumentParser, .system,
      ]),
    .executableTarget(
      name: "pipe-watcher",
      dependencies: ["SystemSupport", "ToolSupport", "Updating", .argumentParser, .system]),
    .executableTarget(
      name: "update-qmail",
      dependencies: ["SystemSupport", "ToolSupport", "Updating", .argumentParser, .system]),

    .executableTarget(
      name: "qmail-console",
      dependencies: [
        "CNcursesw", "Console", "QmailFiles", "Supervision", "SystemSupport", "ToolSupport",
        "Updating", .argumentParser, .system,
      ]),

    // The tests, a target for each library; the tools are tested as processes.
    .target(
      name: "TestSupport", dependencies: ["SystemSupport", .system], path: "Tests/TestSupport"),
    .testTarget(
      name: "ConsoleTests",
      dependencies: [
        "Console", "QmailFiles", "Supervision", "SystemSupport", "TestSupport", "Updating", .system,
      ],
      exclude: ["Snapshots"]),
    .testTarget(
      name: "ConstantDatabaseTests",
      dependencies: ["ConstantDatabase", "SystemSupport", "TestSupport", .system],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "QmailConsoleTests",
      dependencies: ["Console", "SystemSupport", "TestSupport", "qmail-console", .system]),
    .testTarget(name: "QmailFilesTests", dependencies: ["QmailFiles", "TestSupport", .system]),
    .testTarget(
      name: "RecipientsTests",
      dependencies: [
        "ConstantDatabase", "QmailFiles", "Recipients", "SystemSupport", "TestSupport", .system,
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "ServiceTests",
      dependencies: ["SystemSupport", "TestSupport", "Triggers", .system]),
    .testTarget(
      name: "SupervisionTests",
      dependencies: ["Supervision", "SystemSupport", "TestSupport", .system]),
    .testTarget(
      name: "SystemSupportTests", dependencies: ["SystemSupport", "TestSupport", .system]),
    .testTarget(
      name: "ToolSupportTests",
      dependencies: [
        "QmailFiles", "SystemSupport", "TestSupport", "ToolSupport", .argumentParser, .system,
      ]),
    .testTarget(
      name: "TriggersTests", dependencies: ["SystemSupport", "TestSupport", "Triggers", .system]),
    .testTarget(
      name: "ToolTests",
      dependencies: ["ConstantDatabase", "SystemSupport", "TestSupport", .system]),
    .testTarget(
      name: "UpdatingTests",
      dependencies: [
        "ConstantDatabase", "QmailFiles", "Supervision", "SystemSupport", "TestSupport", "Updating",
        .system,
      ]),

    // What the benchmarks measure as a process.
    .executableTarget(
      name: "benchmark-cdb", dependencies: ["ConstantDatabase", "SystemSupport", .system],
      path: "Tests/Benchmarks/benchmark-cdb"),
  ]
)

extension Target.Dependency {
  static var argumentParser: Self {
    .product(name: "ArgumentParser", package: "swift-argument-parser")
  }
  static var system: Self { .product(name: "SystemPackage", package: "swift-system") }
  static var toml: Self { .product(name: "TOMLKit", package: "TOMLKit") }
}

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
  ]
  if target.type != .test { target.swiftSettings?.append(.strictMemorySafety()) }
}
