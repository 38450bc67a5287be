internal import Glibc

/// The image of its memory that the kernel may write when a process crashes.
package enum CoreDump {
  /// Forbids it, for a tool whose memory holds what nobody else may read.
  package static func forbid() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }
}
