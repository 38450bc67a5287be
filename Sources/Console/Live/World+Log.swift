internal import Supervision
internal import SystemPackage
internal import SystemSupport

extension World {
  /// How many lines of a log are shown at first.
  private static let firstLines = 500

  /// Follows a log from its end, or from a line that is known.
  func follow(_ name: ServiceName, since position: LogPosition?) {
    follower?.cancel()
    follower = nil
    history = nil
    guard let directory = facts.services.first(where: { $0.name == name })?.logDirectory else {
      return send(.logUnavailable(name, "\(name.shown) has no log that can be found"))
    }
    let start: LogFollower.Start =
      position.map { .since($0) } ?? .lastLines(Self.firstLines)
    do {
      follower = try LogFollower(directory, from: start, on: loop) { [weak self] event in
        self?.take(event, of: name)
      }
    } catch {
      send(.logUnavailable(name, "\(error)"))
    }
  }

  private func take(_ event: LogFollower.Event, of name: ServiceName) {
    switch event {
    case .lines(let lines): send(.log(name, lines.map { LogEntry($0) }))
    case .gap:
      let text = "lines are missing here: they were removed before they could be read"
      send(.log(name, [LogEntry(stamp: nil, text: Array(text.utf8))]))
    case .unavailable(let error): send(.logUnavailable(name, "\(error)"))
    }
  }

  func pauseLog() {
    follower?.cancel()
    follower = nil
  }

  /// Reads a stretch of older lines: at least one line, or the start of the log.
  func readOlder(_ name: ServiceName, before position: LogPosition?) {
    guard let directory = facts.services.first(where: { $0.name == name })?.logDirectory else {
      return send(.olderLog(name, nil))
    }
    if history?.service != name || history?.before != position {
      history = (name, position, LogHistory(directory, before: position))
    }
    do {
      var lines: [LogLine] = []
      // A chunk may lie within one very long line.
      for _ in 0..<64 where lines.isEmpty {
        guard let more = try history?.reader.older() else {
          history = nil
          return send(.olderLog(name, nil))
        }
        lines = more
      }
      history?.before = lines.first?.position
      send(.olderLog(name, lines.map { LogEntry($0) }))
    } catch {
      history = nil
      send(.message(Message(.failed, "\(error)")))
      send(.olderLog(name, nil))
    }
  }
}

extension LogEntry {
  init(_ line: LogLine) {
    self.init(
      stamp: line.stamp, text: line.text, dropped: line.dropped, position: line.position)
  }
}
