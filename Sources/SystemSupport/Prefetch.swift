internal import CLinux

/// Asks the processor for a place in these bytes that will be read soon.
///
/// Worth it where thousands of places are read that are known beforehand and lie far apart.
@inline(__always) package func prefetch(_ bytes: UnsafeRawBufferPointer, _ index: Int) {
  unsafe linux_prefetch(bytes.baseAddress?.advanced(by: index))
}
