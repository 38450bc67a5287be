// The clock that all yardsticks share: CLOCK_MONOTONIC in nanoseconds.
#pragma once
#define _GNU_SOURCE
#include <stdint.h>
#include <time.h>

static inline uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}
