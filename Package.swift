// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "qmail-updater",
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
  ],
  targets: [
    .systemLibrary(name: "CLinux"),
    .target(name: "SystemSupport", dependencies: ["CLinux", .system]),
    .target(
      name: "TestSupport", dependencies: ["SystemSupport", .system], path: "Tests/TestSupport"),
    .testTarget(
      name: "SystemSupportTests", dependencies: ["SystemSupport", "TestSupport", .system]),
  ]
)

extension Target.Dependency {
  static var argumentParser: Self {
    .product(name: "ArgumentParser", package: "swift-argument-parser")
  }
  static var crypto: Self { .product(name: "Crypto", package: "swift-crypto") }
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
