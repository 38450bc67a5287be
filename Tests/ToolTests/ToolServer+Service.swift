import SystemPackage
import SystemSupport
import TestSupport

/// What tests of the service under supervise have in common.
extension ToolServer {
  /// Settings with which nothing waits long.
  static let quick = "settle = 0.05\nstays_up = 1.5\nreload_check = 0.1\n"

  /// A slow builder that complains when another one runs.
  static let slowBuilder = """
    mkdir $2.busy || echo overlap >>$2.bad
    echo run >>$2.runs
    cat $2 >$1; sleep 0.15; rmdir $2.busy
    """

  /// How often the builder of a rule has begun that counts its runs.
  func runs(of rule: String = "x") -> Int { lineCount(of: path("etc/\(rule).txt.runs")) }

  /// A stand-in for qmail-send, which counts what it is told.
  static func addSend(_ sandbox: ServiceSandbox) throws {
    try sandbox.add(
      "qmail-send",
      run: """
        exec 2>&1
        cd '\(sandbox.directory)/qmail-send'
        trap 'echo HUP >>hups' HUP
        trap 'exit 0' TERM
        echo start >>starts
        while :; do sleep 0.02; done
        """, log: ["t", "./main"])
  }

  /// What the stand-in for qmail-send has counted: its `starts` or its `hups`.
  func sendLines(_ name: String) -> Int { lineCount(of: path("service/qmail-send/\(name)")) }

  private func lineCount(of path: FilePath) -> Int {
    ((try? path.text) ?? "").split(separator: "\n").count
  }
}
