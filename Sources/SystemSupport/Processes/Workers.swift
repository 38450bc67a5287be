internal import Glibc
internal import Synchronization

/// A few threads that share one piece of work, for tools that have nothing else to do.
package enum Workers {
  /// The number of processors that are there to work.
  package static var processorCount: Int { max(1, min(8, sysconf(CInt(_SC_NPROCESSORS_ONLN)))) }

  /// Runs a piece of work on `count` threads, this one included, and waits for all.
  ///
  /// A thread that cannot be started is no error: the others do its share.
  ///
  /// - Parameters:
  ///   - count: How many threads work.
  ///   - work: What each of the other threads does.
  ///   - here: What this thread does.
  package static func run(_ count: Int, _ work: @Sendable () -> Void, here: () -> Void) {
    withoutActuallyEscaping(work) { work in
      let threads = (0..<max(0, count - 1)).compactMap { _ in start(Job(work)) }
      here()
      for thread in threads { pthread_join(thread, nil) }
    }
  }

  /// What a piece of work gives for each number from 0 on, done by several threads.
  ///
  /// - Parameters:
  ///   - count: How many numbers there are.
  ///   - workerCount: How many threads work, at most.
  ///   - work: Gives the result for a number.
  /// - Returns: The results, in the order of their numbers.
  package static func map<Result: Sendable>(
    _ count: Int, by workerCount: Int, _ work: @Sendable (Int) -> Result
  ) -> [Result] {
    let next = Atomic(0)
    let results = Mutex([Result?](repeating: nil, count: count))
    @Sendable func takeTurns() {
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < count else { return }
        let result = work(number)
        results.withLock { $0[number] = result }
      }
    }
    run(min(workerCount, count), takeTurns, here: takeTurns)
    return results.withLock { $0.compactMap(\.self) }
  }

  private final class Job {
    let work: @Sendable () -> Void

    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }

  private static func start(_ job: Job) -> pthread_t? {
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(job)
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let job = unsafe Unmanaged<Job>.fromOpaque(context).takeRetainedValue()
        job.work()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      unsafe context.release()
      return nil
    }
    return thread
  }
}
