internal import ConstantDatabase
internal import SystemPackage
internal import SystemSupport

/// Looks at a product file, reading it only when its stamp is not the recorded one.
struct ProductReader {
  let key: ContentDigest.Key
  let recorded: ProductEvidence?

  /// The state of a product that has this status; nil is none.
  ///
  /// - Throws: `SystemError` when it cannot be read.
  func file(
    _ path: FilePath, _ status: FileStatus?, isDatabase: Bool
  ) throws(SystemError) -> ProductEvidence {
    guard let status else { return .missing }
    let stamp = Stamp(status)
    if case .file(let old, let digest, let damage)? = recorded, old == stamp {
      return .file(stamp, digest: digest, damage: damage)
    }
    let isSmall = stamp.size <= InputReader.digestLimit
    let bytes = isSmall ? try FileReading.contents(of: path, followingLinks: false) : nil
    return .file(
      stamp, digest: bytes.map { ContentDigest(of: $0, key: key) },
      damage: isDatabase ? Self.damage(of: path) : nil)
  }

  /// What is wrong with a .cdb, as far as opening it tells; nil when it looks sound.
  private static func damage(of path: FilePath) -> String? {
    do {
      _ = try ConstantDatabase(opening: path)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
