internal import Glibc

/// Whether two runs of bytes are the same.
func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count else { return false }
  guard let a = left.baseAddress, let b = right.baseAddress else { return true }
  return unsafe memcmp(a, b, left.count) == 0
}

/// The order of two runs of bytes: negative when the left one comes first, 0 when they are the same.
///
/// A run comes before one that goes on.
func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
  let common = min(left.count, right.count)
  if common > 0, let a = left.baseAddress, let b = right.baseAddress {
    let order = unsafe memcmp(a, b, common)
    if order != 0 { return Int(order) }
  }
  return left.count - right.count
}

/// Lends the bytes of a collection, copied only if they do not lie together.
func withBytes<Result>(
  of collection: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) throws -> Result
) rethrows -> Result {
  let direct = try collection.withContiguousStorageIfAvailable { bytes in
    try unsafe body(UnsafeRawBufferPointer(bytes))
  }
  return try unsafe direct ?? Array(collection).withUnsafeBytes { try unsafe body($0) }
}
