internal import CNcursesw
internal import Console

/// What the terminal sent: a character, or a key by curses' number.
struct KeyPress {
  let code: UInt32
  let isFunction: Bool

  /// The key as the console knows it; nil for one that it does not know.
  var key: Key? { isFunction ? named : typed }

  private var named: Key? {
    switch CInt(bitPattern: code) {
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_PPAGE: .pageUp
    case KEY_NPAGE: .pageDown
    case KEY_HOME: .home
    case KEY_END: .end
    case KEY_ENTER: .enter
    case KEY_BTAB: .backTab
    case KEY_BACKSPACE: .backspace
    case KEY_DC: .delete
    case KEY_IC: .insert
    case KEY_F0...(KEY_F0 + 12): .function(Int(CInt(bitPattern: code) - KEY_F0))
    default: nil
    }
  }

  private var typed: Key? {
    switch code {
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return .escape
    case 8, 127: return .backspace
    case 1...26:
      guard let scalar = Unicode.Scalar(code + 0x60) else { return nil }
      return .control(Character(scalar))
    case 0..<32, 0x80..<0xa0: return nil
    default: return Unicode.Scalar(code).map { .character(Character($0)) }
    }
  }
}
