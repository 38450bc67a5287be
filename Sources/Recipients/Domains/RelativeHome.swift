/// A home directory that is empty or not absolute: qmail would deliver nowhere.
struct RelativeHome: Error, CustomStringConvertible {
  /// Where the home is given.
  let origin: RecipientOrigin

  var description: String { "\(origin) gives no absolute home directory" }
}
