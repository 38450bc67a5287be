internal import Glibc

/// The user's locale, as the C library knows it.
enum Locale {
  /// Whether text is UTF-8; asks for the locale of the environment first.
  static var isUTF8: Bool {
    unsafe setlocale(LC_ALL, "")
    // Numbers and messages stay those of C: only characters follow the user.
    unsafe setlocale(LC_NUMERIC, "C")
    guard let name = unsafe nl_langinfo(nl_item(CODESET)) else { return false }
    return unsafe String(cString: name) == "UTF-8"
  }
}
