// Wide ncurses for Swift: what does not import is wrapped here. Header only.
//
// Swift cannot import variadic functions, mutable globals (stdscr), and macros such as A_BOLD. No
// other feature macro is set than ncurses' own: see CLinux/shim.h.
#pragma once

#define NCURSES_WIDECHAR 1
#include <ncurses.h>
#include <signal.h>
#include <string.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

// From term.h, which defines macros such as `lines` and `columns` that break other headers.
extern int setupterm(const char *name, int descriptor, int *problem);
extern char *tigetstr(const char *name);
extern int tigetnum(const char *name);

// From wchar.h, where a feature macro hides it.
extern int wcwidth(wchar_t character);

static inline int curses_width(wchar_t character) { return wcwidth(character); }

enum {
  curses_bold = 1,
  curses_reverse = 2,
  curses_underline = 4,
};

static inline attr_t curses_attributes(int flags) {
  return (flags & curses_bold ? A_BOLD : 0) | (flags & curses_reverse ? A_REVERSE : 0) |
         (flags & curses_underline ? A_UNDERLINE : 0);
}

// Starts curses on the standard descriptors; 0, or -1 when the terminal is unknown. newterm is used
// since initscr ends the program itself when it fails.
static inline int curses_start(void) {
  SCREEN *screen = newterm(NULL, stdout, stdin);
  if (screen == NULL) return -1;
  cbreak();
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  set_escdelay(25);
  return 0;
}

// Draws one cell: at most a character and three marks that combine with it.
static inline void curses_put(int row, int column, const wchar_t *text, int flags, short pair) {
  cchar_t cell;
  if (setcchar(&cell, text, curses_attributes(flags), pair, NULL) == OK)
    mvadd_wch(row, column, &cell);
}

// Takes the next key without waiting: OK for a character, KEY_CODE_YES for a key, ERR for none.
static inline int curses_get(wint_t *key) { return wget_wch(stdscr, key); }

static inline void curses_refresh(void) { wrefresh(stdscr); }
static inline void curses_erase(void) { werase(stdscr); }
// The next refresh draws everything, whatever the terminal is believed to show.
static inline void curses_repaint(void) { clearok(curscr, TRUE); }
static inline void curses_move(int row, int column) { wmove(stdscr, row, column); }
static inline int curses_colors(void) { return has_colors() ? tigetnum("colors") : 0; }

// What the terminal can do without curses being started: its name in the environment must be known
// and it must be able to move its cursor and to clear itself. 0 when it can.
static inline int curses_check_terminal(void) {
  int problem = 0;
  if (setupterm(NULL, STDOUT_FILENO, &problem) != OK) return -1;
  const char *move = tigetstr("cup");
  const char *clear = tigetstr("clear");
  return move && move != (char *)-1 && clear && clear != (char *)-1 ? 0 : -1;
}

// Where there is no second screen to leave, what comes next is written over the last line.
static inline void curses_clear_last_line(void) {
  const char *leave = tigetstr("rmcup");
  if (leave && leave != (char *)-1) return;
  wmove(stdscr, LINES - 1, 0);
  wclrtoeol(stdscr);
  wrefresh(stdscr);
}

static inline int curses_window_size(int *columns, int *rows) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return -1;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}

// After a crash the terminal is given back by a signal handler, which may only use what is ready.
struct curses_rescue_kit {
  struct termios modes;
  char text[256];
  size_t length;
  mode_t permissions;
  int isArmed;
  struct sigaction former[NSIG];
};

// Within a function, since Swift's compiler emits no variable of a header. All callers of what
// follows must stand in one Swift file, or each file would have a kit of its own.
static inline struct curses_rescue_kit *curses_kit(void) {
  static struct curses_rescue_kit kit;
  return &kit;
}

static inline void curses_rescue(int number) {
  if (curses_kit()->isArmed) {
    curses_kit()->isArmed = 0;
    ssize_t count = write(STDOUT_FILENO, curses_kit()->text, curses_kit()->length);
    (void)count;
    tcsetattr(STDIN_FILENO, TCSANOW, &curses_kit()->modes);
    if (curses_kit()->permissions) fchmod(STDIN_FILENO, curses_kit()->permissions);
  }
  // Then what would have happened: the signal comes again, to the former handler.
  sigaction(number, &curses_kit()->former[number], NULL);
  raise(number);
}

static inline void curses_add_capability(const char *name) {
  const char *text = tigetstr(name);
  if (text == NULL || text == (const char *)-1) return;
  size_t length = strlen(text);
  if (curses_kit()->length + length >= sizeof curses_kit()->text) return;
  memcpy(curses_kit()->text + curses_kit()->length, text, length);
  curses_kit()->length += length;
}

// Gets ready to rescue the terminal; called before curses changes its modes.
static inline void curses_note_modes(void) {
  tcgetattr(STDIN_FILENO, &curses_kit()->modes);
  struct stat status;
  curses_kit()->permissions = fstat(STDIN_FILENO, &status) == 0 ? status.st_mode & 07777 : 0;
}

// Called once curses knows the terminal.
static inline void curses_arm_rescue(void) {
  curses_kit()->length = 0;
  curses_add_capability("sgr0");
  curses_add_capability("op");
  curses_add_capability("rmkx");
  curses_add_capability("cnorm");
  curses_add_capability("rmcup");
  curses_kit()->isArmed = 1;
  const int signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = curses_rescue;
    sigaction(signals[i], &action, &curses_kit()->former[signals[i]]);
  }
}

static inline void curses_disarm_rescue(void) { curses_kit()->isArmed = 0; }

// `mesg n`: others may not write to the terminal; 0 when it was done.
static inline void curses_refuse_messages(void) {
  if (curses_kit()->permissions & 0022) fchmod(STDIN_FILENO, curses_kit()->permissions & ~0022);
}
static inline void curses_restore_messages(void) {
  if (curses_kit()->permissions) fchmod(STDIN_FILENO, curses_kit()->permissions);
}

// cbreak leaves ^S and ^Q with the terminal: a stopped output would stop us.
static inline void curses_leave_flow_control(void) {
  struct termios modes;
  if (tcgetattr(STDIN_FILENO, &modes) != 0) return;
  modes.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
  tcsetattr(STDIN_FILENO, TCSANOW, &modes);
  def_prog_mode();
}
