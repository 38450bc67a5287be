internal import SystemSupport

/// A home directory that is empty or not absolute: qmail would deliver nowhere.
struct RelativeHome: Error, CustomStringConvertible {
  /// Where the home is given.
  let origin: RecipientOrigin

  var description: String { "\(origin) gives no absolute home directory" }
}

/// A home directory that cannot be read, or is not there.
struct UnreadableHome: Error, CustomStringConvertible {
  let error: SystemError
  /// Where the home is given.
  let origin: RecipientOrigin

  var description: String { "\(error) (\(origin))" }
}
