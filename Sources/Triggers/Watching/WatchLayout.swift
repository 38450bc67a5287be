internal import SystemPackage
internal import SystemSupport

/// Which directories have to be watched, and for what, to see every change of some paths.
///
/// Never a file: an editor that renames a new file over the old one would end such a watch. On the
/// way to each directory every component is accounted for: one that is a link or is missing can
/// change only in the directory that holds it, and one that is a directory can be moved away.
struct WatchLayout: Equatable {
  /// What matters in one directory.
  struct Interest: Equatable {
    /// Files, by their names here, and as they were asked for.
    var files: [[UInt8]: Set<FilePath>] = [:]
    /// The paths that were asked for and mean this whole directory.
    var whole: Set<FilePath> = []
    /// Names that are missing or are links, and the paths asked for that lead over them.
    var steps: [[UInt8]: Set<FilePath>] = [:]

    /// Whether what happens in the directory matters, beyond where it is.
    var hasContent: Bool { !files.isEmpty || !whole.isEmpty }

    /// All that was asked for here.
    var asked: Set<FilePath> { files.values.reduce(whole) { $0.union($1) } }

    /// The events to watch for.
    var mask: Inotify.Mask {
      var mask: Inotify.Mask = [.deletedItself, .movedItself, .onlyDirectory]
      if hasContent || !steps.isEmpty {
        mask.formUnion([.created, .movedTo, .movedFrom, .deleted])
      }
      if hasContent { mask.formUnion([.closedAfterWrite, .attributes, .exceptUnlinked]) }
      return mask
    }
  }

  /// What lies at a path.
  enum Entry: Equatable {
    case directory
    case link(to: FilePath)
    case other
    case missing
  }

  /// The directories, by paths that lead over no link.
  private(set) var interests: [FilePath: Interest] = [:]

  init() {}

  /// Lays out the watches for absolute paths.
  ///
  /// - Parameters:
  ///   - files: Files of interest, which need not exist.
  ///   - directories: Directories in which every name is of interest.
  ///   - look: Tells what lies at a path; it is asked once for each.
  init(
    files: Set<FilePath>, directories: Set<FilePath>, look: @escaping (FilePath) -> Entry
  ) {
    var walker = Walker(look: look)
    for directory in directories { walker.addDirectory(directory) }
    let parents = Dictionary(grouping: files) { $0.parent }
    for (parent, files) in parents { walker.addFiles(files, in: parent) }
    interests = walker.interests
  }
}

/// Follows paths component by component and notes what each one depends on.
private struct Walker {
  let look: (FilePath) -> WatchLayout.Entry
  var interests: [FilePath: WatchLayout.Interest] = [:]
  private var known: [FilePath: WatchLayout.Entry] = [:]

  /// As many links as the kernel follows on one path.
  private static let linkLimit = 40

  init(look: @escaping (FilePath) -> WatchLayout.Entry) { self.look = look }

  mutating func addDirectory(_ directory: FilePath) {
    var links = 0
    guard let real = walk(to: directory, for: [directory], &links) else { return }
    interests[real, default: .init()].whole.insert(directory)
  }

  mutating func addFiles(_ files: [FilePath], in parent: FilePath) {
    var links = 0
    guard let real = walk(to: parent, for: Set(files), &links) else { return }
    for file in files {
      guard let name = file.lastComponent else { continue }
      addFile(name, in: real, asked: file, links)
    }
  }

  private mutating func addFile(
    _ name: FilePath.Component, in directory: FilePath, asked: FilePath, _ links: Int
  ) {
    interests[directory, default: .init()].files[name.bytes, default: []].insert(asked)
    guard case .link(let target) = entry(directory.appending(name)), links < Self.linkLimit else {
      return
    }
    interests[directory, default: .init()].steps[name.bytes, default: []].insert(asked)
    var links = links + 1
    let path = directory.pushing(target)
    guard let last = path.lastComponent, last.kind == .regular,
      let real = walk(to: path.parent, for: [asked], &links)
    else { return }
    addFile(last, in: real, asked: asked, links)
  }

  /// Notes the steps to a directory.
  ///
  /// - Returns: Its path without links; nil when it is not there.
  private mutating func walk(
    to directory: FilePath, for asked: Set<FilePath>, _ links: inout Int
  ) -> FilePath? {
    var current: FilePath = "/"
    for component in directory.components {
      switch component.kind {
      case .currentDirectory: continue
      case .parentDirectory: current = current.parent
      case .regular:
        guard let next = step(from: current, component, for: asked, &links) else { return nil }
        current = next
      }
    }
    return current
  }

  private mutating func step(
    from current: FilePath, _ component: FilePath.Component, for asked: Set<FilePath>,
    _ links: inout Int
  ) -> FilePath? {
    let next = current.appending(component)
    let entry = entry(next)
    if entry == .directory {
      if interests[next] == nil { interests[next] = .init() }
      return next
    }
    interests[current, default: .init()].steps[component.bytes, default: []].formUnion(asked)
    guard case .link(let target) = entry, links < Self.linkLimit else { return nil }
    links += 1
    return walk(to: current.pushing(target), for: asked, &links)
  }

  private mutating func entry(_ path: FilePath) -> WatchLayout.Entry {
    if let entry = known[path] { return entry }
    let entry = look(path)
    known[path] = entry
    return entry
  }
}

extension Inotify.Mask {
  /// Refuses to watch what is not a directory (`IN_ONLYDIR`).
  static let onlyDirectory = Inotify.Mask(rawValue: 0x0100_0000)
  /// No events of files that have no name any more (`IN_EXCL_UNLINK`).
  static let exceptUnlinked = Inotify.Mask(rawValue: 0x0400_0000)
  /// Adds to the mask of a watch that is there already (`IN_MASK_ADD`).
  static let added = Inotify.Mask(rawValue: 0x2000_0000)
}
