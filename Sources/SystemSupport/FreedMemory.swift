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

  /// Keeps what a small piece of work takes, and no more.
  ///
  /// For a service: a .cdb of 1,000 names would give memory back to the kernel and ask for it again
  /// three times over.
  package static func keepSome() {
    _ = mallopt(M_TOP_PAD, 256 << 10)
    _ = mallopt(M_TRIM_THRESHOLD, 1 << 20)
  }
}
