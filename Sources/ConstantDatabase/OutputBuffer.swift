internal import SystemSupport

/// Collects what is written into large writes to the end of a file.
@safe struct OutputBuffer: ~Copyable {
  /// Most files are small, and large memory is dear to get.
  private static let firstCapacity = 1 << 16
  private static let lastCapacity = 1 << 20
  private static let step = 1 << 19
  /// After so many bytes the disk is set to work.
  ///
  /// If all were left to the sync at the end, first the disk would wait, and then we.
  private static let writebackStep = 1 << 21

  private let file: OwnedDescriptor
  private let subject: String
  private var bytes: UnsafeMutableRawBufferPointer
  private var capacity = OutputBuffer.firstCapacity
  private var used = 0
  /// Whether nothing has been written out yet.
  private var isWhole = true
  /// How much was written since the disk was set to work.
  private var waiting = 0
  /// The sum of what was written out since the sum was started; nil when nobody wants it.
  private var sum: ContentSum?

  /// - Parameters:
  ///   - file: The open file, at the position where the output begins.
  ///   - subject: The file's name in errors.
  init(_ file: OwnedDescriptor, subject: String) {
    self.file = file
    self.subject = subject
    unsafe bytes = .allocate(byteCount: Self.firstCapacity, alignment: 16)
  }

  deinit { unsafe bytes.deallocate() }

  /// Appends a pair of numbers: lengths, a slot, or a header's entry.
  mutating func append(_ first: UInt32, _ second: UInt32) throws(SystemError) {
    if used + 8 > capacity { try makeRoom() }
    unsafe bytes.storeBytes(of: first.littleEndian, toByteOffset: used, as: UInt32.self)
    unsafe bytes.storeBytes(of: second.littleEndian, toByteOffset: used + 4, as: UInt32.self)
    used += 8
  }

  mutating func append(_ more: UnsafeRawBufferPointer) throws(SystemError) {
    if more.count == 0 { return }
    if used + more.count > capacity {
      try makeRoom()
      if more.count > capacity { return try unsafe writeInSteps(more) }
    }
    unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[used...]).copyMemory(from: more)
    used += more.count
  }

  private mutating func makeRoom() throws(SystemError) {
    try flush()
    guard capacity < Self.lastCapacity else { return }
    unsafe bytes.deallocate()
    capacity = Self.lastCapacity
    unsafe bytes = .allocate(byteCount: capacity, alignment: 16)
  }

  /// Writes out what is left.
  mutating func flush() throws(SystemError) {
    let count = used
    used = 0
    try unsafe write(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
  }

  /// Writes out what is left, and puts other bytes in the place of the first ones of all: in one
  /// write where nothing has been written out yet.
  mutating func finish(beginning: UnsafeRawBufferPointer) throws(SystemError) {
    guard isWhole, beginning.count <= used else {
      try flush()
      return try unsafe file.write(beginning, at: 0, subject: subject)
    }
    unsafe bytes.copyMemory(from: beginning)
    try flush()
  }

  /// Writes bytes that have their place in memory already, a step at a time: for one large write the
  /// kernel looks for large free pieces of memory, which can take longer than the write.
  private mutating func writeInSteps(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    for start in stride(from: 0, to: bytes.count, by: Self.step) {
      let end = min(start + Self.step, bytes.count)
      try unsafe write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    isWhole = false
    unsafe sum?.add(bytes)
    try unsafe file.write(bytes, subject: subject)
    waiting += bytes.count
    if waiting >= Self.writebackStep {
      file.startWriteback()
      waiting = 0
    }
  }

  /// Writes out what is left, and starts a sum of what comes.
  ///
  /// - Returns: The sum so far, if one was started.
  @discardableResult
  mutating func startSum() throws(SystemError) -> ContentSum? {
    try flush()
    defer { sum = ContentSum() }
    return sum
  }
}
