// measure INPUT OUTPUT PROGRAM [ARGUMENT...]: runs a program and prints what it took, as
// "wall-µs cpu-µs peak-KiB". The peak is the largest resident memory of the program alone.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *verb, const char *object) {
  fprintf(stderr, "measure: fatal: unable to %s %s: %s\n", verb, object, strerror(errno));
  exit(111);
}

static long long microseconds(struct timeval time) {
  return time.tv_sec * 1000000LL + time.tv_usec;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void become(char **arguments) {
  int input = open(arguments[0], O_RDONLY);
  if (input < 0) die("open", arguments[0]);
  int output = open(arguments[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (output < 0) die("open", arguments[1]);
  if (dup2(input, 0) < 0 || dup2(output, 1) < 0) die("redirect", arguments[1]);
  execvp(arguments[2], arguments + 2);
  die("run", arguments[2]);
}

int main(int count, char **arguments) {
  if (count < 4) {
    fputs("usage: measure INPUT OUTPUT PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  long long start = now();
  pid_t child = fork();
  if (child < 0) die("fork for", arguments[3]);
  if (child == 0) become(arguments + 1);

  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) die("wait for", arguments[3]);
  long long wall = now() - start;
  if (status != 0) {
    fprintf(stderr, "measure: fatal: %s ended with status %#x\n", arguments[3], status);
    return 111;
  }
  long long cpu = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
  printf("%lld %lld %ld\n", wall, cpu, usage.ru_maxrss);
  return 0;
}
