internal import CNcursesw
internal import Console

/// What the terminal sent: a character, a key by curses' number, or a sequence that curses does not
/// know.
struct KeyPress {
  let code: UInt32
  let isFunction: Bool
  var sequence: KeySequence?

  /// The key as the console knows it; nil for one that it does not know.
  var key: Key? {
    if let sequence { return sequence.key }
    return isFunction ? named : typed
  }

  var isEscape: Bool { !isFunction && code == 27 }

  /// The character, if it is one.
  var character: Character? {
    isFunction ? nil : Unicode.Scalar(code).map { Character($0) }
  }

  private var named: Key? {
    switch CInt(bitPattern: code) {
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_PPAGE, KEY_A3: .pageUp
    case KEY_NPAGE, KEY_C3: .pageDown
    case KEY_HOME, KEY_FIND, KEY_A1: .home
    case KEY_END, KEY_SELECT, KEY_C1: .end
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
