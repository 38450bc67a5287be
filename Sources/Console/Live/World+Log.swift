internal import Supervision
internal import SystemPackage
internal import SystemSupport

extension World {
  /// How many lines of a log are shown at first.
  private static let firstLines = 500

  private func logDirectory(of name: ServiceName) -> FilePath? {
    facts.service(name)?.logDirectory
  }

  /// Follows a log from its end.
  func follow(_ name: ServiceName) {
    pauseLog()
    endLogSearch()
    history = nil
    guard let directory = logDirectory(of: name) else {
      return send(.logUnavailable(name, "\(name.shown) has no log that can be found"))
    }
    do {
      follower = try LogFollower(directory, from: .lastLines(Self.firstLines), on: loop) {
        [weak self] event in
        self?.take(event, of: name)
      }
    } catch {
      send(.logUnavailable(name, "\(error)"))
    }
  }

  private func take(_ event: LogFollower.Event, of name: ServiceName) {
    switch event {
    case .lines(let lines): send(.log(name, lines.map { LogEntry($0) }))
    case .gap: send(.log(name, [.gap]))
    case .unavailable(let error): send(.logUnavailable(name, "\(error)"))
    }
  }

  func pauseLog() {
    follower?.cancel()
    follower = nil
  }

  // MARK: A stretch more

  /// Reads a stretch of older lines: at least one line, or the start of the log.
  ///
  /// The answer comes with the loop's next turn, so that keys come in between.
  func readOlder(_ name: ServiceName, before position: LogPosition) {
    loop.schedule(after: .zero) { [weak self] in
      guard let self else { return }
      let lines = olderLines(of: name, before: position)
      send(.olderLog(name, before: position, lines.map { $0.map { LogEntry($0) } }))
    }
  }

  private func olderLines(of name: ServiceName, before position: LogPosition) -> [LogLine]? {
    guard let directory = logDirectory(of: name) else { return nil }
    if history?.service != name || history?.before != position {
      history = (name, position, LogHistory(directory, before: position))
    }
    do {
      var lines: [LogLine] = []
      // A chunk may lie within one very long line.
      for _ in 0..<64 where lines.isEmpty {
        guard let more = try history?.reader.older() else {
          history = nil
          return nil
        }
        lines = more
      }
      history?.before = lines.first?.position
      return lines
    } catch {
      history = nil
      say(.failed, "\(error)")
      return nil
    }
  }

  /// Reads a stretch of newer lines; when it reaches the end of the log, that is followed.
  func readNewer(_ name: ServiceName, after position: LogPosition) {
    pauseLog()
    guard let directory = logDirectory(of: name) else { return }
    var isFirst = true
    do {
      follower = try LogFollower(directory, from: .since(position), on: loop) {
        [weak self] event in
        guard let self else { return }
        guard isFirst else { return take(event, of: name) }
        isFirst = false
        guard case .lines(let lines) = event else {
          send(.newerLog(name, after: position, [], isEnd: true))
          return take(event, of: name)
        }
        let isEnd = follower?.isCaughtUp == true
        if !isEnd { pauseLog() }
        send(.newerLog(name, after: position, lines.map { LogEntry($0) }, isEnd: isEnd))
      }
    } catch {
      send(.logUnavailable(name, "\(error)"))
    }
  }

  // MARK: Searching

  func searchLog(
    of name: ServiceName, for target: LogTarget, from position: LogPosition, isUpward: Bool
  ) {
    endLogSearch()
    guard let directory = logDirectory(of: name) else { return send(.logSearched(name, .nothing)) }
    do {
      search = try LogSearch(
        directory, for: target, from: position, isUpward: isUpward, on: loop
      ) { [weak self] result in
        switch result {
        case .success(let finding): self?.send(.logSearched(name, finding))
        case .failure(let error): self?.fail(searching: name, error)
        }
      }
    } catch {
      fail(searching: name, error)
    }
  }

  private func fail(searching name: ServiceName, _ error: SystemError) {
    send(.logSearched(name, .nothing))
    say(.failed, "\(error)")
  }

  func endLogSearch() {
    search?.cancel()
    search = nil
  }
}

extension LogEntry {
  init(_ line: LogLine) {
    self.init(
      stamp: line.stamp, text: line.text, dropped: line.dropped, position: line.position)
  }

  /// Stands where lines are missing.
  static let gap = LogEntry(
    stamp: nil,
    text: Array("lines are missing here: they were removed before they could be read".utf8))
}
