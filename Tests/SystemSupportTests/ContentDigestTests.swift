import SystemSupport
import Testing

@Suite struct ContentDigestTests {
  /// The key of SipHash's published vectors: the bytes 0 to 15, as the message's bytes count up.
  static let key = ContentDigest.Key(first: 0x0706_0504_0302_0100, second: 0x0f0e_0d0c_0b0a_0908)

  static let vectors: [(length: Int, digest: UInt64)] = [
    (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (8, 0x93f5_f579_9a93_2462),
    (15, 0xa129_ca61_49be_45e5),
  ]

  @Test(arguments: vectors) func `the published vectors come out`(length: Int, digest: UInt64) {
    let message = (0..<length).map { UInt8($0) }
    #expect(ContentDigest(of: message, key: Self.key).value == digest)
  }

  @Test func `another key gives another digest`() {
    #expect(ContentDigest(of: [1], key: .random) != ContentDigest(of: [1], key: .random))
  }
}
