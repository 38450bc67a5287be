/// An error in what an administrator wrote: tools end with exit code 2.
package protocol ConfigurationFault: Error {
  /// What is wrong, one line each: the file, the line, what was expected.
  var messages: [String] { get }
}
