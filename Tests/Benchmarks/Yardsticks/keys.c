// keys COUNT TEXT COMMAND...: runs the console on a terminal of 100x30 and waits for the text. Then
// it opens and closes the help, COUNT keys in all, and tells how long each took until its picture had
// come.
//
// The keys come at moments that have nothing to do with the pictures that other things cause.
#include "clock.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char seen[1 << 20];
static size_t length;

// When a text had come; 0 when it did not within 10 s.
static uint64_t shown(int terminal, const char *text) {
  struct pollfd waited = {terminal, POLLIN, 0};
  uint64_t limit = now() + 10000000000ull;
  while (now() < limit) {
    if (poll(&waited, 1, 1000) < 1) continue;
    // The end of what came before may be the beginning of the text.
    if (length > sizeof seen / 2) {
      memmove(seen, seen + length - 100, 100);
      length = 100;
    }
    ssize_t count = read(terminal, seen + length, sizeof seen - 1 - length);
    uint64_t time = now();
    if (count <= 0) return 0;
    length += count;
    if (memmem(seen, length, text, strlen(text))) return time;
  }
  return 0;
}

// Reads what comes for a while, so that the terminal never stands in the way.
static void rest(int terminal, int milliseconds) {
  struct pollfd waited = {terminal, POLLIN, 0};
  uint64_t end = now() + milliseconds * 1000000ull;
  while (now() < end) {
    if (poll(&waited, 1, (end - now()) / 1000000 + 1) == 1 &&
        read(terminal, seen, sizeof seen) <= 0)
      return;
  }
}

static uint64_t press(int terminal, const char *key, const char *answer) {
  length = 0;
  uint64_t start = now();
  if (write(terminal, key, 1) != 1) return 0;
  uint64_t end = shown(terminal, answer);
  return end ? end - start : 0;
}

static int compare(const void *first, const void *second) {
  uint64_t a = *(const uint64_t *)first, b = *(const uint64_t *)second;
  return (a > b) - (a < b);
}

int main(int count, char **words) {
  if (count < 4) return 2;
  int size = atoi(words[1]), terminal;
  uint64_t *times = calloc(size, sizeof *times);
  struct winsize window = {30, 100, 0, 0};
  pid_t console = forkpty(&terminal, NULL, NULL, &window);
  if (console == 0) {
    setenv("TERM", "xterm-256color", 1);
    setenv("LANG", "C.UTF-8", 1);
    execvp(words[3], words + 3);
    _exit(127);
  }
  if (!shown(terminal, words[2])) {
    fprintf(stderr, "keys: fatal: %s was not shown\n", words[2]);
    kill(console, SIGTERM);
    return 1;
  }
  rest(terminal, 1000);
  srandom(1);
  for (int i = 0; i < size; i++) {
    rest(terminal, 20 + random() % 50);
    times[i] = i % 2 ? press(terminal, "q", "PRODUCT") : press(terminal, "?", "console: help");
    if (!times[i]) {
      fprintf(stderr, "keys: fatal: key %d was not answered\n", i + 1);
      kill(console, SIGTERM);
      return 1;
    }
  }
  kill(console, SIGTERM);
  waitpid(console, NULL, 0);
  qsort(times, size, sizeof *times, compare);
  printf("median %.1f ms, p99 %.1f ms, longest %.1f ms, of %d keys\n", times[size / 2] / 1e6,
         times[size * 99 / 100] / 1e6, times[size - 1] / 1e6, size);
  return 0;
}
