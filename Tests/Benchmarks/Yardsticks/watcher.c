// watcher FIFO COMMAND [WORD]: the floor that no service can beat: waits in poll for a poke of the
// FIFO, opens it anew before it closes the old descriptor, so that a touch counts too, starts the
// command, and waits for it.
#include "clock.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int count, char **words) {
  if (count < 3) return 2;
  int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
  int fifo = open(words[1], flags);
  if (fifo < 0) return 1;
  for (;;) {
    char bytes[4096];
    struct pollfd waited = {fifo, POLLIN, 0};
    if (poll(&waited, 1, -1) < 1) continue;
    int next = open(words[1], flags);
    close(fifo);
    fifo = next;
    while (read(fifo, bytes, sizeof bytes) > 0) {
    }
    pid_t child;
    if (posix_spawn(&child, words[2], 0, 0, words + 2, environ) == 0) waitpid(child, 0, 0);
  }
}
