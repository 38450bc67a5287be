/// Takes recipients as they are found.
///
/// The same listing code fills the fast list, which throws origins away before they are made, and
/// the explanation of one address, which wants them.
protocol RecipientSink {
  /// Adds `NAME@DOMAIN`; an empty name is the whole domain.
  ///
  /// - Parameters:
  ///   - name: The local part, in any case.
  ///   - domain: The domain, in small letters.
  ///   - origin: Makes the origin, if it is asked for.
  mutating func add(
    _ name: Span<UInt8>, at domain: [UInt8], origin: () -> RecipientOrigin)
}

extension RecipientSink {
  mutating func add(_ name: [UInt8], at domain: [UInt8], origin: () -> RecipientOrigin) {
    add(name.span, at: domain, origin: origin)
  }

  /// Adds `@DOMAIN`, which stands for every address of the domain.
  mutating func addCatchAll(_ domain: [UInt8], origin: () -> RecipientOrigin) {
    add([], at: domain, origin: origin)
  }
}
