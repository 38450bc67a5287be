import QmailFiles
import Recipients
import SystemPackage
import Testing

@Suite struct LoginVariablesTests {
  private func parse(_ text: String) -> (variables: LoginVariables, errors: [FileFormatError]) {
    LoginVariables.parse(Array(text.utf8), path: "auth.vars")
  }

  private func suffix(of login: String, in text: String) throws -> String {
    let entry = try #require(parse(text).variables.entries[Array(login.utf8)])
    return String(decoding: entry.suffix, as: UTF8.self)
  }

  @Test(arguments: [
    (#"bob A="1""#, #",A="1""#),
    (#"bob A="1" B_2="x y""#, #",A="1",B_2="x y""#),
    (#"bob A="1",B="2""#, #",A="1",B="2""#),
    ("bob\tA=\"1\" \t", #",A="1""#),
    (#"bob A="a,b=c""#, #",A="a,b=c""#),
    (#"bob A="""#, #",A="""#),
    ("# a comment\n\nbob A=\"1\"\nann X=\"9\"\nbob B=\"2\"", #",A="1",B="2""#),
  ])
  func `a line gives its login the variables`(_ text: String, _ expected: String) throws {
    #expect(try suffix(of: "bob", in: text) == expected)
    #expect(parse(text).errors.isEmpty)
  }

  @Test(arguments: [
    "bob", "bob A", "bob A=1", #"bob A="1"#, #"bob 1A="x""#, #"bob A="1"B="2""#, #" bob A="1""#,
    #"bob A="say "hi"""#, "bob A=\"1\"\r", #"bob ="1""#, #"bob A="1" A="2""#, "bob A=\"\0\"",
  ])
  func `a line that qmail-smtpd would misread is an error with its number`(_ line: String) {
    let (variables, errors) = parse("ann A=\"1\"\n" + line + "\n")
    #expect(errors.map(\.line) == [2])
    #expect(variables.entries.keys.map { $0 } == [Array("ann".utf8)])
  }

  @Test func `every bad line is told`() {
    #expect(parse("a\nb X=\"1\"\nc\n").errors.map(\.line) == [1, 3])
  }

  @Test func `one variable twice on two lines is an error on the second`() {
    #expect(parse("bob A=\"1\"\nbob A=\"2\"\n").errors.map(\.line) == [2])
  }
}
