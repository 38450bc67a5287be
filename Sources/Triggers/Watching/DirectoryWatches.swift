internal import SystemPackage
internal import SystemSupport

/// The kernel's watches on directories, kept in step with a layout.
final class DirectoryWatches {
  /// How a watch is had from the kernel; tests put a kernel in its place that has none left.
  typealias Add = (Inotify, FilePath, Inotify.Mask) throws(SystemError) -> Inotify.Watch

  private let loop: EventLoop
  private let add: Add
  private let handler: ([Inotify.Event]) -> Void
  private var inotify: Inotify?
  private var held: [FilePath: (watch: Inotify.Watch, mask: Inotify.Mask)] = [:]
  /// Two paths have one watch when a directory is mounted in two places.
  private var paths: [Inotify.Watch: Set<FilePath>] = [:]
  /// The directories that could not be watched, and why.
  private(set) var refused: [FilePath: SystemError] = [:]

  init(on loop: EventLoop, add: @escaping Add, _ handler: @escaping ([Inotify.Event]) -> Void) {
    self.loop = loop
    self.add = add
    self.handler = handler
  }

  /// How many watches the kernel holds for us.
  var count: Int { paths.count }

  /// The directories that an event is about; none when it is about a watch of the past.
  func directories(of event: Inotify.Event) -> Set<FilePath> {
    event.watch.flatMap { paths[$0] } ?? []
  }

  /// What the kernel holds after a layout was applied.
  struct Outcome {
    /// Whether a directory is watched, or watched for more, than before.
    var isNewlyWatched = false
    /// Whether a directory of the layout is gone: the layout is of the past.
    var isOutdated = false
  }

  /// Watches what the layout wants, and nothing else.
  ///
  /// - Parameters:
  ///   - layout: What to watch.
  ///   - everything: Whether to ask the kernel for each watch again, in case that the directory at
  ///     a path is another one now.
  /// - Returns: What is new.
  func apply(_ layout: WatchLayout, everything: Bool) -> Outcome {
    for path in held.keys where layout.interests[path] == nil { release(path) }
    refused = refused.filter { layout.interests[$0.key] != nil }
    var outcome = Outcome()
    for (path, interest) in layout.interests
    where everything || held[path]?.mask != interest.mask {
      do {
        if try hold(path, for: interest.mask) { outcome.isNewlyWatched = true }
        refused[path] = nil
      } catch {
        release(path)
        if [.noSuchFileOrDirectory, .notDirectory].contains(error.errno) {
          outcome.isOutdated = true
          refused[path] = nil
        } else {
          refused[path] = error
        }
      }
    }
    return outcome
  }

  /// Gives up the watch of a directory; another path that leads to it is still served.
  func release(_ path: FilePath) {
    guard let watch = held.removeValue(forKey: path)?.watch else { return }
    paths[watch]?.remove(path)
    guard paths[watch]?.isEmpty == true else { return }
    paths[watch] = nil
    inotify?.remove(watch)
  }

  /// The kernel's queue; it is asked for again as long as there is none left for us.
  private func startedInotify() throws(SystemError) -> Inotify {
    if let inotify { return inotify }
    let started = try Inotify(on: loop, handler)
    inotify = started
    return started
  }

  private func hold(_ path: FilePath, for mask: Inotify.Mask) throws(SystemError) -> Bool {
    let inotify = try startedInotify()
    var watch = try add(inotify, path, mask)
    if let others = paths[watch], others != [path] {
      watch = try add(inotify, path, mask.union(.added))
    }
    let old = held[path]
    if old?.watch != watch { release(path) }
    held[path] = (watch, mask)
    paths[watch, default: []].insert(path)
    return old?.watch != watch || old?.mask != mask
  }
}
