// readfloor DIRECTORY: in each directory of DIRECTORY reads the names and the files .qmail-default
// and vpasswd, on as many threads as there are processors, and makes nothing of them. Who has to
// know what mailboxes there are can be no faster.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES = 1 << 15, CONTENTS = 1 << 24 };

static int parent;
static char **domains;
static int count;
static atomic_int next_domain;

static void die(const char *verb, const char *object) {
  fprintf(stderr, "readfloor: fatal: unable to %s %s: %s\n", verb, object, strerror(errno));
  exit(111);
}

static void read_file(int directory, const char *name, char *contents) {
  int file = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file == -1) die("open", name);
  struct stat status;
  if (fstat(file, &status) == -1 || status.st_size >= CONTENTS) die("stat", name);
  if (pread(file, contents, CONTENTS, 0) == -1) die("read", name);
  close(file);
}

static void *work(void *unused) {
  char *entries = malloc(ENTRIES), *contents = malloc(CONTENTS);
  if (!entries || !contents) die("get", "memory");
  int number;
  while ((number = atomic_fetch_add(&next_domain, 1)) < count) {
    int directory = openat(parent, domains[number], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory == -1) die("open", domains[number]);
    while (getdents64(directory, entries, ENTRIES) > 0) continue;
    read_file(directory, ".qmail-default", contents);
    read_file(directory, "vpasswd", contents);
    close(directory);
  }
  return unused;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  DIR *stream = opendir(argv[1]);
  if (!stream) die("open", argv[1]);
  parent = dirfd(stream);
  for (struct dirent *entry; (entry = readdir(stream));) {
    if (entry->d_name[0] == '.') continue;
    if ((count & (count - 1)) == 0) domains = realloc(domains, (2 * count + 1) * sizeof *domains);
    if (!domains || !(domains[count++] = strdup(entry->d_name))) die("get", "memory");
  }
  int threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
  pthread_t others[64];
  if (threads > 64) threads = 64;
  for (int i = 1; i < threads; i++)
    if ((errno = pthread_create(&others[i], NULL, work, NULL))) die("start", "a thread");
  work(NULL);
  for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
  return 0;
}
