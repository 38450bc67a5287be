// flood RATE: writes so many lines a second to standard output, a little of them every 5 ms, until
// nobody reads them any more or a TERM comes; then it says on standard error how many it wrote a
// second.
#include "clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t isOver;
static void end(int number) { (void)number; isOver = 1; }

int main(int count, char **words) {
  if (count != 2) return 2;
  signal(SIGTERM, end);
  signal(SIGPIPE, SIG_IGN);
  const uint64_t rate = strtoull(words[1], NULL, 10), start = now();
  static char text[1 << 17];
  uint64_t lines = 0;
  while (!isOver) {
    uint64_t due = (now() - start) * rate / 1000000000;
    size_t length = 0;
    // What one write can hold; the rest comes with the next.
    for (; lines < due && length < sizeof text - 200; lines++)
      length += sprintf(text + length,
                        "delivery %llu: success: 192.0.2.25_accepted_message./Remote_host_said:_250_ok/\n",
                        (unsigned long long)lines);
    for (size_t done = 0; done < length;) {
      ssize_t part = write(1, text + done, length - done);
      if (part < 0) { isOver = 1; break; }
      done += part;
    }
    usleep(5000);
  }
  fprintf(stderr, "%.0f lines a second were written\n", lines / ((now() - start) / 1e9));
  return 0;
}
