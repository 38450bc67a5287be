// replacer FIFO FILE BYTES: the floor of putting a new file live: waits in poll for a poke of the FIFO
// as watcher does, then writes so many bytes beside the FILE, brings them to the disk, and renames
// them into its place. It makes nothing of anything: who builds the bytes first can be no faster.
#include "fifo.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int count, char **words) {
  if (count != 4) return 2;
  int fifo = open_fifo(words[1]);
  size_t size = strtoul(words[3], 0, 10);
  char *contents = calloc(size, 1), temporary[4096];
  snprintf(temporary, sizeof temporary, "%s.tmp", words[2]);
  if (fifo < 0 || !contents) return 1;
  for (;;) {
    fifo = wait_for_poke(words[1], fifo);
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0 || write(file, contents, size) != (ssize_t)size || fsync(file)) return 1;
    // Looked at, it gets the exact time of its rename.
    struct stat status;
    if (fstat(file, &status)) return 1;
    close(file);
    if (rename(temporary, words[2])) return 1;
  }
}
