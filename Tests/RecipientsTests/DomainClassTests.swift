import ConstantDatabase
import QmailFiles
import Recipients
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// What becomes of each class of domain.
@Suite(.scratch) struct DomainClassTests {
  @Test func `a local domain has users, their extensions, and aliases`() throws {
    let tree = try Tree([
      "etc/passwd": """
      low:x:499:1::/home/low:/bin/sh
      Bob:x:500:1::/home/bob:/bin/sh
      top:x:65000:1::/none:/bin/sh
      over:x:65001:1::/home/over:/bin/sh

      """,
      "home/bob/.qmail-A:b": "", "home/bob/.qmail-default": "", "home/bob/.qmail": "",
      "var/qmail/alias/.qmail-x-default": "", "var/qmail/alias/.qmail-default": "ann",
    ])
    #expect(
      try tree.addresses() == [
        "bob-a.b@mx.example", "bob-default@mx.example", "bob@mx.example", "postmaster@mx.example",
        "top@mx.example", "x-default@mx.example",
      ])
  }

  @Test func `locals counts before me, and me only when locals is absent`() throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "MX.example\nother.example\n",
      "var/qmail/control/smtproutes": "mx.example:relay\nother.example:relay\n",
    ])
    #expect(try tree.addresses().contains("@other.example"))
    #expect(try tree.addresses().contains("ann@mx.example"))
    try tree.write("var/qmail/control/locals", "# none of ours\nOther.Example\n")
    #expect(try tree.addresses().contains("ann@other.example"))
    #expect(try tree.addresses().contains("@mx.example"))
  }

  @Test func `without aliases nothing is listed for local and alias domains`() throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "mx.example\na.example\nv.example\n",
      "var/qmail/control/virtualdomains": "a.example:alias\nv.example:ann\nx@mx.example:ann\n",
    ])
    #expect(
      try tree.addresses { $0.leavesOutAliases = true } == ["news@v.example", "x@mx.example"])
    #expect(
      try tree.addresses() == [
        "ann-news@mx.example", "ann@mx.example", "news@v.example", "postmaster@a.example",
        "postmaster@mx.example", "x@mx.example",
      ])
  }

  @Test func `fastforward's aliases are those of local and alias domains`() throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "mx.example\na.example\nv.example\n",
      "var/qmail/control/virtualdomains": "a.example:alias\nv.example:ann\n",
      "var/qmail/alias/.qmail-default": "| fastforward -d /etc/aliases.cdb\n",
    ])
    let writer = try ConstantDatabaseWriter(replacing: tree.path("etc/aliases.cdb"))
    let keys = [
      ":Root@", ":u@a.example", ":u@v.example", ":@mx.example", "?list@", ":bare", ":u@far.example",
    ]
    for key in keys { try writer.add(key: key.utf8, value: "&x\0".utf8) }
    try writer.commit(durably: false)
    #expect(
      try tree.addresses() == [
        "@mx.example", "ann-news@mx.example", "ann@mx.example", "news@v.example",
        "postmaster@a.example", "postmaster@mx.example", "root@a.example", "root@mx.example",
        "u@a.example",
      ])
  }

  @Test func `newaliases' own database is read`() throws {
    let newaliases = [
      "/var/lib/qmail/bin/setforward", "/usr/bin/setforward", "/usr/sbin/setforward",
    ]
    guard let tool = try newaliases.first(where: { try FileStatus.of(FilePath($0)) != nil }) else {
      return
    }
    let tree = try Tree([
      "var/qmail/alias/.qmail-default": "|fastforward /etc/aliases.cdb\n",
      "aliases": "info@: ann;\nboss@mx.example: ann;\n",
    ])
    let result = try Tools.run(
      [tool, tree.path("etc/aliases.cdb").string, tree.path("etc/aliases.tmp").string],
      input: tree.path("aliases"))
    #expect(result.code == 0, "\(result.text)")
    let addresses = try tree.addresses()
    #expect(addresses.contains("info@mx.example") && addresses.contains("boss@mx.example"))
  }

  @Test func `a domain that is passed on is listed as a whole, or by its file of users`() throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "r.example\ns.example\n",
      "var/qmail/control/smtproutes":
        "R.example:relay\ns.example:relay\nnot.example:relay\n:smart\n",
      "var/qmail/control/validrcptto.d/s.example": "Bob # the boss\n\n # none\n\tann@x.example\n",
    ])
    #expect(try tree.addresses() == ["@r.example", "ann@s.example", "bob@s.example"])
  }

  @Test(
    arguments: [
      ("ann", ["list@v.example", "news@v.example", "shop-a@v.example"]),
      ("ann-shop", ["a@v.example"]), ("ann-none", []), ("ghost", ["x.y@v.example"]),
      ("bob", ["@v.example"]), ("bob-any", ["@v.example"]),
    ] as [(String, [String])])
  func `a virtual domain is the user's, with the extension, else the alias user's`(
    target: String, expected: [String]
  ) throws {
    let tree = try Tree([
      "etc/passwd": "ann:x:0:0::/home/ann:/bin/sh\nbob:x:0:0::/home/bob:/bin/sh\n",
      "var/qmail/control/rcpthosts": "v.example\n",
      "var/qmail/control/virtualdomains": "v.example:\(target)\n",
      "home/ann/.qmail-shop-a": "", "home/ann/.qmail-list": "", "home/bob/.qmail-default": "",
      "home/bob/.qmail-any-x": "", "var/qmail/alias/.qmail-ghost-x:y": "",
    ])
    #expect(try tree.addresses() == expected)
  }

  @Test(
    arguments: [
      ("+v-:joe:1:1:/home/joe:-::\n", ["a@v.example", "pre-b@v.example"]),
      ("+v-:joe:1:1:/home/joe:-:pre-:\n", ["b@v.example"]),
      ("=v:joe:1:1:/home/joe:::\n", ["a@v.example", "pre-b@v.example"]),
      ("=V:joe:1:1:/home/joe:-:pre:\n", ["b@v.example"]),
      ("+other-:joe:1:1:/home/joe:-::\n", ["alias@v.example"]),
      (
        "+v-:joe:1:1:/home/joe:-:pre-:\n+V-:joe:1:1:/home/joe:-::\n+v-:joe:1:1:/none:-::\n",
        ["b@v.example"]
      ),
    ] as [(String, [String])])
  func `users assign comes first, its equals lines too`(line: String, expected: [String]) throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "v.example\n",
      "var/qmail/control/virtualdomains": "v.example:v\n",
      "var/qmail/users/assign": "\(line).\n",
      "home/joe/.qmail-a": "", "home/joe/.qmail-pre-b": "",
      "var/qmail/alias/.qmail-v-alias": "",
    ])
    #expect(try tree.addresses() == expected)
    // The same by users/cdb, which counts once it is there.
    let assign = tree.path("var/qmail/users/assign")
    let file = try UserAssignmentsReader.read(assign)
    let writer = try ConstantDatabaseWriter(replacing: tree.path("var/qmail/users/cdb"))
    for record in file.records { try writer.add(key: record.key, value: record.data) }
    try writer.commit(durably: false)
    try tree.write("var/qmail/users/assign", "rubbish\n")
    #expect(try tree.addresses() == expected)
  }

  @Test(arguments: [
    ("+:joe:1:1:/home/joe:-::\n", ["b@v.example"]),
    ("+:joe:1:1:/home/joe:-:sub-:\n", ["c@v.example"]),
    ("=joe:joe:1:1:/home/joe:::\n+joe-:joe:1:1:/home/joe:-::\n+:joe:1:1:/none:-::\n", []),
    ("+ann-:ann:1:1:/home/joe:-:sub-:\n+:joe:1:1:/none:-::\n", ["ann-c@v.example", "c@v.example"]),
  ])
  func `what no other line has is the empty prefix's, before the users of the system`(
    lines: String, expected: [String]
  ) throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "v.example\n",
      "var/qmail/control/virtualdomains": "v.example:ann\n",
      "var/qmail/users/assign": "\(lines).\n",
      "home/ann/.qmail-a": "", "home/joe/.qmail-ann-b": "", "home/joe/.qmail-sub-ann-c": "",
      "home/joe/.qmail-sub-c": "", "none/.qmail-x": "",
    ])
    #expect(try tree.addresses() == expected)
  }

  @Test func `an equals line below a target is one address of its domains`() throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "v.example\nw.example\nx.example\n",
      "var/qmail/control/virtualdomains": "v.example:t\nw.example:t-a\nx.example:ann\n",
      "var/qmail/users/assign": "=t-A-b.c:joe:1:1:/home/joe:::\n=t-:joe:1:1:/home/joe:::\n.\n",
    ])
    let expected = ["a-b.c@v.example", "b.c@w.example", "news@x.example"]
    #expect(try tree.addresses() == expected)
    let assign = try UserAssignmentsReader.read(tree.path("var/qmail/users/assign"))
    let writer = try ConstantDatabaseWriter(replacing: tree.path("var/qmail/users/cdb"))
    for record in assign.records { try writer.add(key: record.key, value: record.data) }
    // No address holds a newline, and one would make two lines of the list.
    try writer.add(key: "!t-two\nlines\0".utf8, value: assign.records[0].data)
    try writer.commit(durably: false)
    #expect(try tree.addresses() == expected)
  }

  @Test(arguments: ["", "+ann-:ann:1:1:/home/ann:-::\n", "=ann:ann:1:1:/home/ann:::\n"])
  func `a target with a dash at its end is an empty extension`(lines: String) throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "v.example\n",
      "var/qmail/control/virtualdomains": "v.example:ann-\n",
      "var/qmail/users/assign": "\(lines).\n",
      "home/ann/.qmail--b": "", "home/ann/.qmail-a": "",
    ])
    // qmail-send makes b@v.example to ann--b.
    #expect(try tree.addresses() == ["b@v.example"])
  }

  @Test func `vpopmail's domain has its mailboxes and qmail files`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["d.example"])
    let directory = "home/vpopmail/domains/d.example"
    try tree.write("\(directory)/vpasswd", Tree.vpasswd(["Ann", "zoe.x"]))
    try tree.write("\(directory)/.qmail-help:desk", "")
    try tree.write("var/qmail/control/locals", "")
    try tree.write("var/qmail/control/rcpthosts", "d.example\n")
    #expect(try tree.addresses() == ["ann@d.example", "help.desk@d.example", "zoe.x@d.example"])
    try tree.write("home/vpopmail/include/vpopmail_config.h", "#define QMAIL_EXT 1\n")
    #expect(
      try tree.addresses() == [
        "ann-default@d.example", "ann@d.example", "help.desk@d.example", "zoe.x-default@d.example",
        "zoe.x@d.example",
      ])
    try tree.write("\(directory)/.qmail-default", "| vdelivermail '' delete\n")
    #expect(try tree.addresses() == ["@d.example"])
  }

  @Test func `an alias domain has the addresses of the domain it stands for`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["d.example", "e.example"])
    try tree.write("home/vpopmail/domains/d.example/vpasswd", Tree.vpasswd(["ann"]))
    try tree.write(
      "var/qmail/users/assign",
      "+d.example-:d.example:89:89:/home/vpopmail/domains/d.example:-::\n"
        + "+e.example-:d.example:89:89:/home/vpopmail/domains/d.example:-::\n.\n")
    #expect(try tree.addresses().contains("ann@e.example"))
  }

  @Test func `comments, blanks and case are as qmail reads them`() throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "# ours\n\nV.Example  \n#mx.example\n",
      "var/qmail/control/virtualdomains": "\n# x\nv.eXample:Ann\nno colon\n",
    ])
    #expect(try tree.addresses() == ["news@v.example"])
  }

  @Test func `of two lines for one name the last counts, as in qmail, and that is told`() throws {
    let tree = try Tree([
      "var/qmail/control/rcpthosts": "v.example\nr.example\n",
      "var/qmail/control/virtualdomains": """
      v.example:nobody
      x@v.example:ann
      off@v.example:ann
      r.example:ann
      off@V.example:
      V.example:ann
      R.example:
      x@v.example:ann

      """,
      "var/qmail/control/smtproutes": "r.example:one\nother.example:a\nr.example:two\n",
    ])
    var warnings: [String] = []
    let addresses = try tree.addresses { $0.warn = { warnings.append($0) } }
    #expect(addresses == ["@r.example", "news@v.example", "x@v.example"])
    let virtual = tree.layout.control("virtualdomains")
    let routes = tree.layout.control("smtproutes")
    #expect(
      warnings == [
        "\(virtual) line 1: qmail takes line 6, which names v.example too",
        "\(virtual) line 3: qmail takes line 5, which names off@v.example too",
        "\(virtual) line 4: qmail takes line 7, which names r.example too",
        "\(routes) line 1: qmail takes line 3, which names r.example too",
      ])
  }

  @Test(
    arguments: [
      ("v.example:new\n", "/var/qmail/alias has no file .qmail-new-*"),
      ("v.example:bob\n", "/home/bob has no file .qmail-*"),
    ])
  func `a domain that lists nobody is warned of, with the reason`(
    line: String, reason: String
  ) throws {
    let tree = try Tree([
      "etc/passwd": "bob:x:1:1::/home/bob:/bin/sh\n", "home/bob/x": "",
      "var/qmail/control/rcpthosts": "v.example\n", "var/qmail/control/virtualdomains": line,
    ])
    let virtual = tree.layout.control("virtualdomains")
    var warnings: [String] = []
    #expect(try tree.addresses { $0.warn = { warnings.append($0) } } == [])
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("v.example (\(virtual) line 1) has no recipient: ") == true)
    #expect(warnings.first?.contains(reason) == true, "\(warnings)")
    // An address of its own is a recipient.
    try tree.write("var/qmail/control/virtualdomains", line + "x@v.example:bob\n")
    warnings = []
    #expect(try tree.addresses { $0.warn = { warnings.append($0) } } == ["x@v.example"])
    #expect(warnings == [])
  }

  @Test func `empty lists of mailboxes, users and aliases are warned of`() throws {
    let tree = try Tree()
    try tree.addVpopmailDomains(["d.example"])
    try tree.write("home/vpopmail/domains/d.example/vpasswd", "")
    try tree.write("var/qmail/control/rcpthosts", "a.example\nd.example\nl.example\nr.example\n")
    try tree.write("var/qmail/control/virtualdomains", "a.example:alias\nd.example:d.example\n")
    try tree.write("var/qmail/control/locals", "l.example\n")
    try tree.write("var/qmail/control/smtproutes", "r.example:relay\n")
    try tree.write("var/qmail/control/validrcptto.d/r.example", "# none yet\n")
    try tree.write(
      "etc/passwd", "vpopmail:x:89:89::/home/vpopmail:/bin/sh\n")
    try FileOperations.remove(tree.path("var/qmail/alias/.qmail-postmaster"))
    var warnings: [String] = []
    #expect(try tree.addresses { $0.warn = { warnings.append($0) } } == [])
    func domains() -> [Substring] { warnings.map { $0.prefix { $0 != " " } } }
    #expect(domains() == ["a.example", "d.example", "l.example", "r.example"])
    #expect(warnings.dropFirst().first?.contains("d.example/vpasswd") == true)
    #expect(warnings.last?.contains("validrcptto.d/r.example") == true)
    warnings = []
    _ = try tree.addresses {
      $0.leavesOutAliases = true
      $0.warn = { warnings.append($0) }
    }
    // What -n leaves out is nobody's oversight.
    #expect(domains() == ["d.example", "r.example"])
  }

  @Test func `morercpthosts counts by its cdb, not by its text`() throws {
    let tree = try Tree([
      "var/qmail/control/locals": "mx.example\nmore.example\n",
      "var/qmail/control/morercpthosts": "unhandled.example\n",
    ])
    let writer = try ConstantDatabaseWriter(
      replacing: tree.path("var/qmail/control/morercpthosts.cdb"))
    try writer.add(key: "more.example".utf8, value: [])
    try writer.commit(durably: false)
    #expect(try tree.addresses().contains("ann@more.example"))
  }
}
