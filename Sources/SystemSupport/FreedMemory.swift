internal import CLinux

/// What becomes of memory that the program has freed.
package enum FreedMemory {
  /// Keeps it for what is allocated next, rather than give it back to the kernel.
  ///
  /// For a tool that does one large piece of work after the other and ends: memory that is given
  /// back is asked for again at once, and the kernel clears it page by page.
  package static func keep() {
    // Without one of the settings the tool is slower, no more.
    _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
    _ = mallopt(M_TRIM_THRESHOLD, 1 << 30)
  }
}
