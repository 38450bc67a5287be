internal import SystemSupport

extension [[UInt8]] {
  /// Lends the memory of all the blocks at once, so that nothing is counted a key.
  func withBytes<Result>(_ body: ([UnsafeRawBufferPointer]) throws -> Result) rethrows -> Result {
    try unsafe Self.withBytes(of: self[...], [], body)
  }

  private static func withBytes<Result>(
    of blocks: ArraySlice<[UInt8]>, _ found: [UnsafeRawBufferPointer],
    _ body: ([UnsafeRawBufferPointer]) throws -> Result
  ) rethrows -> Result {
    guard let first = blocks.first else { return try unsafe body(found) }
    return try unsafe first.withUnsafeBytes { bytes in
      try unsafe withBytes(of: blocks.dropFirst(), found + [bytes], body)
    }
  }
}

extension KeyEntry {
  /// The bytes of the key.
  func key(in blocks: [UnsafeRawBufferPointer]) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: blocks[block][offset..<(offset + count)])
  }

  /// Lets the processor fetch the key, which will be read soon.
  func prefetch(in blocks: [UnsafeRawBufferPointer]) {
    unsafe SystemSupport.prefetch(blocks[block], offset)
  }
}
