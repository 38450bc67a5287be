import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// The installation into a running system with a real svscan.
///
/// The system is this one, with `/etc`, `/usr/local`, `/var/lib` and `/run` of its own in a mount
/// namespace, and a pid namespace in which all ends with the script.
@Suite(
  .scratch, .timeLimit(.minutes(1)),
  .enabled(if: Namespaces.areAllowed, "it takes namespaces"))
struct LiveInstallTests {
  private static let system = """
    set -eu
    install=$1 programs=$2 space=$3
    mount -t tmpfs tmpfs "$space"
    mkdir "$space"/upper "$space"/work "$space"/local "$space"/lib "$space"/run
    mount -t overlay overlay -o "lowerdir=/etc,upperdir=$space/upper,workdir=$space/work" /etc
    mount --bind "$space/local" /usr/local
    mount --bind "$space/lib" /var/lib
    mount --bind "$space/run" /run
    rm -rf /etc/service
    mkdir /etc/service
    svscan /etc/service &
    pid() { svstat /etc/service/qmail-updater | sed -n 's/.*(pid \\([0-9]*\\)).*/\\1/p'; }
    other_pid() { [ -n "$(pid)" ] && [ "$(pid)" != "$1" ]; }
    wait_for() {
      for _ in $(seq 300); do if "$@"; then return; fi; sleep 0.05; done
      echo "waited in vain for: $*"
      exit 1
    }

    """

  private func run(_ script: String) throws -> Tools.Result {
    let programs = try Installation.collectPrograms()
    let space = Scratch.directory.appending("space")
    try FileOperations.makeDirectory(space)
    return try Tools.run(
      Namespaces.command + [
        "bash", "-c", Self.system + script, "test", Installation.file("install").string,
        programs.string, space.string,
      ])
  }

  @Test func `the service is up when it is installed, and restarted when it is installed again`()
    throws
  {
    let result = try run(
      """
      "$install" --programs "$programs"
      svok /etc/service/qmail-updater
      wait_for grep -qs ' pipe-watcher: started' /etc/service/qmail-updater/log/main/current
      first=$(pid)
      "$install" --programs "$programs"
      wait_for other_pid "$first"
      """)
    #expect(result.code == 0, "\(result.text)")
    #expect(result.text.contains("/etc/service/qmail-updater: up (pid "))
  }

  @Test func `taken away, it has ended and its log is whole`() throws {
    let result = try run(
      """
      "$install" --programs "$programs"
      wait_for grep -qs ' pipe-watcher: started' /etc/service/qmail-updater/log/main/current
      # A second name, since the log goes with the service directory.
      ln /var/lib/qmail-updater/service/log/main/current /var/lib/log
      "$install" --uninstall
      grep -q ' pipe-watcher: ending: TERM' /var/lib/log
      # What is left would be listed.
      ps -e -o stat=,args= | grep -E '^[^Z].*(pipe-watcher|multilog|supervise) ' | grep -v grep || :
      find /usr/local/bin /etc/service /run -mindepth 1
      """)
    #expect(result.code == 0, "\(result.text)")
    #expect(result.lines.last?.hasPrefix("install: removed; ") == true, "\(result.text)")
  }
}

/// A place where a script sees files and processes of its own.
private enum Namespaces {
  static let command = [
    "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
  ]

  /// Whether this user may make one; a container often forbids it.
  static let areAllowed =
    (try? Tools.run(command + ["mount", "-t", "tmpfs", "tmpfs", "/mnt"]))?.code == 0
}
