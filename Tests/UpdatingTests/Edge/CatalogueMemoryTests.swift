import Glibc
import SystemPackage
import SystemSupport
import TestSupport
import Testing
import QmailFiles

@testable import Updating

@Suite(.scratch) struct CatalogueMemoryTests {
  @Test func `rules come and go with what is installed, as without a memory`() throws {
    var settings = Settings()
    settings.layout.root = Root(Scratch.directory)
    let memory = CatalogueMemory(settings)
    let program = Scratch.directory.appending("var/qmail/bin/simscanmk")
    let rules = Scratch.directory.appending("etc/tcprules.d/imap")
    func check(_ name: String, isThere: Bool) throws {
      for _ in 0..<3 {
        let all = try memory.all()
        #expect(all == (try RuleCatalogue(settings).all()))
        #expect((all[name] != nil) == isThere)
        usleep(25_000)
      }
    }
    try check("simcontrol.cdb", isThere: false)
    try program.write("#!/bin/sh\n", mode: 0o755)
    try check("simcontrol.cdb", isThere: true)
    try rules.write(":allow\n")
    try check("/etc/tcprules.d/imap.cdb", isThere: true)
    try FileOperations.remove(rules)
    try check("/etc/tcprules.d/imap.cdb", isThere: false)
  }
}
