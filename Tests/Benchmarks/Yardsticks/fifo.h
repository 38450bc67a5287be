// A FIFO whose pokes a yardstick waits for.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

// Opens the FIFO at a path, to be given to wait_for_poke.
static int open_fifo(const char *path) { return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); }

// Waits for a poke, and opens the FIFO anew before it closes the old descriptor, so that a touch
// counts too. Returns the new descriptor.
static int wait_for_poke(const char *path, int fifo) {
  char bytes[4096];
  struct pollfd waited = {fifo, POLLIN, 0};
  while (poll(&waited, 1, -1) < 1) continue;
  int next = open_fifo(path);
  close(fifo);
  while (read(next, bytes, sizeof bytes) > 0) continue;
  return next;
}
