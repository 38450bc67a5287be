/// The pipe on which a child reports how far it is.
///
/// It is read at most every 20 ms, so that a child that writes without end waits, and not we.
final class ProgressPipe {
  private let loop: EventLoop
  private let reader: OwnedDescriptor
  private let handler: (Progress) -> Void
  private var writer: OwnedDescriptor?
  private var lines = ProgressLines()
  private var token: EventLoop.Token?

  private static let pause = Duration.milliseconds(20)

  /// - Parameters:
  ///   - pipe: The pipe.
  ///   - loop: Where it is read.
  ///   - handler: Gets the latest report of each reading.
  init(_ pipe: ChildPipe, on loop: EventLoop, _ handler: @escaping (Progress) -> Void) {
    self.loop = loop
    self.handler = handler
    reader = pipe.reader
    writer = pipe.writer
  }

  /// The end that the child gets.
  var childEnd: CInt? { writer?.raw }

  /// Begins to read, once the child has its end.
  func begin() {
    writer = nil
    watch()
  }

  /// Stops reading.
  func end() {
    loop.cancel(token)
    token = nil
  }

  private func watch() { token = loop.watch(reader.raw) { [self] _ in read() } }

  /// Reads what is there: there is something, or this would wait.
  private func read() {
    end()
    guard let bytes = try? reader.read(upTo: 1 << 16), !bytes.isEmpty else { return }
    if let progress = lines.take(bytes) { handler(progress) }
    token = loop.schedule(after: Self.pause) { [self] in watch() }
  }
}
