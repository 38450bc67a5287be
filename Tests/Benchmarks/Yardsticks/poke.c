// poke RESULTS COUNT GAP_MS (NAME FIFO PRODUCT)...: pokes the contestants in turn, COUNT times each,
// and tells how long it took until their builders' first instruction (reported on the FIFO RESULTS)
// or, when NAME begins with "live", until the product has got its name. Neither counts how long this
// program itself takes to wake up.
//
// The PRODUCT is removed before each poke, so that it has to be made; "-" is none.
#include "clock.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

struct contestant {
  const char *name, *fifo, *product;
  double *times;
  int count, lost;
};

static int compare(const void *first, const void *second) {
  double a = *(const double *)first, b = *(const double *)second;
  return (a > b) - (a < b);
}

static void poke(const char *fifo) {
  int file = open(fifo, O_WRONLY);
  if (file < 0 || write(file, "\n", 1) != 1) exit(1);
  close(file);
}

// When the builder began; 0 when it did not within 3 s.
static uint64_t reported(int results) {
  uint64_t time;
  struct pollfd waited = {results, POLLIN, 0};
  if (poll(&waited, 1, 3000) < 1 || read(results, &time, sizeof time) != sizeof time) return 0;
  return time;
}

// When the name of a file was changed, by the kernel's clock for files; 0 when that is too coarse to
// tell: from Linux 6.13 on it counts nanoseconds for a file that was looked at before.
static uint64_t changed(const char *path, uint64_t start) {
  struct stat status;
  struct timespec real;
  if (stat(path, &status) || clock_gettime(CLOCK_REALTIME, &real)) return 0;
  int64_t age = (real.tv_sec - status.st_ctim.tv_sec) * 1000000000ll + real.tv_nsec - status.st_ctim.tv_nsec;
  uint64_t time = now() - age;
  return age >= 0 && time > start ? time : 0;
}

// When the report came that a file had got its name; 0 when none came within 3 s.
static uint64_t renamed(int watch, const char *name) {
  char bytes[4096] __attribute__((aligned(8)));
  struct pollfd waited = {watch, POLLIN, 0};
  while (poll(&waited, 1, 3000) > 0) {
    uint64_t time = now();
    ssize_t count = read(watch, bytes, sizeof bytes);
    for (char *place = bytes; place < bytes + count;) {
      struct inotify_event *event = (struct inotify_event *)place;
      if (event->len && strcmp(event->name, name) == 0) return time;
      place += sizeof *event + event->len;
    }
  }
  return 0;
}

static int watched(const char *product) {
  int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  char *directory = strdup(product);
  *strrchr(directory, '/') = 0;
  inotify_add_watch(watch, directory, IN_MOVED_TO | IN_CREATE);
  free(directory);
  return watch;
}

static void run(struct contestant *one, int results) {
  uint64_t stale, start, end;
  int isLive = strncmp(one->name, "live", 4) == 0;
  while (read(results, &stale, sizeof stale) == sizeof stale) {
  }
  if (strcmp(one->product, "-")) unlink(one->product);
  int watch = isLive ? watched(one->product) : -1;
  start = now();
  poke(one->fifo);
  end = isLive ? renamed(watch, strrchr(one->product, '/') + 1) : reported(results);
  if (isLive) {
    uint64_t exact = end ? changed(one->product, start) : 0;
    if (exact) end = exact;
    close(watch);
  }
  if (end) one->times[one->count++] = (end - start) / 1e3;
  else one->lost++;
}

static void tell(const struct contestant *one, double base) {
  double median = one->count ? one->times[one->count / 2] : 0;
  double late = one->count ? one->times[one->count * 99 / 100] : 0;
  printf("%-44s %8.0f %8.2f %8.0f %6d\n", one->name, median, median / base, late, one->lost);
}

int main(int count, char **words) {
  if (count < 7 || (count - 4) % 3) return 2;
  int results = open(words[1], O_RDWR | O_NONBLOCK), runs = atoi(words[2]), gap = atoi(words[3]);
  int size = (count - 4) / 3;
  struct contestant all[size];
  for (int i = 0; i < size; i++) {
    char **own = words + 4 + 3 * i;
    all[i] = (struct contestant){own[0], own[1], own[2], calloc(runs, sizeof(double)), 0, 0};
  }
  for (int i = 0; i < runs; i++) {
    for (int k = 0; k < size; k++) {
      usleep(gap * 1000 + (i % 7) * 137);
      run(&all[k], results);
    }
  }
  for (int k = 0; k < size; k++) qsort(all[k].times, all[k].count, sizeof(double), compare);
  double base = all[0].count ? all[0].times[all[0].count / 2] : 1;
  printf("%-44s %8s %8s %8s %6s\n", "us, of each contestant's pokes", "median", "ratio", "p99", "lost");
  for (int k = 0; k < size; k++) tell(&all[k], base);
  return 0;
}
