// watcher FIFO COMMAND [WORD]: the floor that no service can beat: waits in poll for a poke of the
// FIFO, starts the command, and waits for it.
#include "fifo.h"

#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

int main(int count, char **words) {
  if (count < 3) return 2;
  int fifo = open_fifo(words[1]);
  if (fifo < 0) return 1;
  for (;;) {
    fifo = wait_for_poke(words[1], fifo);
    pid_t child;
    if (posix_spawn(&child, words[2], 0, 0, words + 2, environ) == 0) waitpid(child, 0, 0);
  }
}
