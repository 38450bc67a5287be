internal import Glibc

/// Whether two runs of bytes are the same.
func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count else { return false }
  guard let a = left.baseAddress, let b = right.baseAddress else { return true }
  return unsafe memcmp(a, b, left.count) == 0
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
