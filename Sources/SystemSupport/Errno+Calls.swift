internal import CLinux
internal import Glibc
internal import SystemPackage

/// The C library's error number of this thread.
func currentErrorNumber() -> CInt { errno }

/// Runs a C call that answers -1 on failure, again when a signal interrupted it.
///
/// - Throws: `SystemError` with the operation and subject given here.
@discardableResult
package func check<Result: FixedWidthInteger>(
  _ operation: String, _ subject: @autoclosure () -> String = "", _ call: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = call()
    if result != -1 { return result }
    let reason = Errno.latest
    if reason == .interrupted { continue }
    throw SystemError(operation, subject(), reason)
  }
}

/// Sets the C library's error number, for the calls that tell an error from an end only by it.
func setErrorNumber(_ value: CInt) { errno = value }

/// The process number of this program.
package func ownProcessNumber() -> Int32 { getpid() }
