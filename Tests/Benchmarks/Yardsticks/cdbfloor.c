// cdbfloor KEYS CDB: builds a database of keys, one a line, with empty values, as fast as we know
// how: large writes, fsync, rename. It is the floor that no careful builder can be far below.

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TABLES = 256, HEADER = 2048, BUFFER = 1 << 20 };

typedef struct {
  uint32_t hash, position;
} slot;

static void die(const char *verb, const char *object) {
  fprintf(stderr, "cdbfloor: fatal: unable to %s %s: %s\n", verb, object, strerror(errno));
  exit(111);
}

static int output;
static char buffer[BUFFER];
static size_t used;

static void flush(void) {
  if (write(output, buffer, used) != (ssize_t)used) die("write", "the database");
  used = 0;
}

static void reserve(size_t count) {
  if (used + count > BUFFER) flush();
}

static void put(uint32_t first, uint32_t second) {
  memcpy(buffer + used, &first, 4);
  memcpy(buffer + used + 4, &second, 4);
  used += 8;
}

static slot *slots;
static uint32_t count, counts[TABLES];

static void note(const char *key, const char *end, size_t position) {
  static uint32_t capacity;
  if (count == capacity) {
    capacity = capacity ? capacity * 2 : 1 << 16;
    slots = realloc(slots, capacity * sizeof *slots);
    if (!slots) die("allocate", "the slots");
  }
  uint32_t hash = 5381;
  for (; key < end; key++) hash = (hash * 33) ^ (uint8_t)*key;
  slots[count++] = (slot){hash, position};
  counts[hash & 255]++;
}

static const char *line_end(const char *line, const char *end) {
  const char *found = memchr(line, '\n', end - line);
  return found ? found : end;
}

// Two passes over the keys: hashes first, then records.
static size_t write_records(const char *keys, const char *end) {
  size_t position = HEADER;
  for (const char *line = keys, *next; line < end; line = next + 1) {
    next = line_end(line, end);
    if (next == line) continue;
    note(line, next, position);
    position += 8 + (next - line);
  }
  if ((position + 16ull * count) >> 32) {
    errno = EFBIG;
    die("write", "the database");
  }
  for (const char *line = keys, *next; line < end; line = next + 1) {
    next = line_end(line, end);
    if (next == line) continue;
    size_t length = next - line;
    reserve(8 + length);
    put(length, 0);
    memcpy(buffer + used, line, length);
    used += length;
  }
  return position;
}

static void write_table(const slot *members, uint32_t number_of_members) {
  uint32_t length = 2 * number_of_members;
  slot *table = calloc(length + 1, sizeof *table);
  if (!table) die("allocate", "a table");
  for (uint32_t i = 0; i < number_of_members; i++) {
    uint32_t place = (members[i].hash >> 8) % length;
    while (table[place].position) {
      if (++place == length) place = 0;
    }
    table[place] = members[i];
  }
  for (uint32_t i = 0; i < length; i++) {
    reserve(8);
    put(table[i].hash, table[i].position);
  }
  free(table);
}

static void write_tables(size_t position, uint32_t *header) {
  uint32_t starts[TABLES + 1] = {0}, next[TABLES];
  for (int i = 0; i < TABLES; i++) starts[i + 1] = starts[i] + counts[i];
  memcpy(next, starts, sizeof next);
  slot *grouped = malloc(count * sizeof *grouped + 1);
  if (!grouped) die("allocate", "the slots");
  for (uint32_t i = 0; i < count; i++) grouped[next[slots[i].hash & 255]++] = slots[i];
  for (int i = 0; i < TABLES; i++) {
    header[2 * i] = position;
    header[2 * i + 1] = 2 * counts[i];
    write_table(grouped + starts[i], counts[i]);
    position += 16ull * counts[i];
  }
}

int main(int argument_count, char **arguments) {
  if (argument_count != 3) {
    fputs("usage: cdbfloor KEYS CDB\n", stderr);
    return 2;
  }
  struct stat status;
  int input = open(arguments[1], O_RDONLY);
  if (input < 0 || fstat(input, &status)) die("open", arguments[1]);
  const char *keys = mmap(0, status.st_size, PROT_READ, MAP_PRIVATE, input, 0);
  if (keys == MAP_FAILED) die("map", arguments[1]);

  char temporary[4096];
  snprintf(temporary, sizeof temporary, "%s.tmp", arguments[2]);
  output = open(temporary, O_RDWR | O_CREAT | O_TRUNC, 0644);
  if (output < 0) die("create", temporary);

  uint32_t header[2 * TABLES] = {0};
  memcpy(buffer, header, HEADER);
  used = HEADER;
  write_tables(write_records(keys, keys + status.st_size), header);
  flush();
  if (pwrite(output, header, HEADER, 0) != HEADER) die("write", temporary);
  if (fsync(output) || close(output)) die("sync", temporary);
  if (rename(temporary, arguments[2])) die("rename", temporary);
  return 0;
}
