// System calls that Swift's Glibc module lacks, and constants that it does not import.
// Header only: nothing here is compiled on its own.
//
// No feature macro is set here: _GNU_SOURCE would change structures that Swift's Glibc module has
// already seen (fd_set), and the two definitions would not fit together.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <syslog.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// A descriptor that becomes readable when the process ends; close-on-exec.
static inline int linux_pidfd_open(pid_t pid) {
  return (int)syscall(SYS_pidfd_open, pid, 0);
}

// A non-blocking, close-on-exec descriptor that delivers the signals of the set.
static inline int linux_signalfd(const sigset_t *signals) {
  return signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

// The next signal number waiting on a signalfd, 0 when none waits.
static inline int linux_signalfd_next(int descriptor) {
  struct signalfd_siginfo info;
  ssize_t count = read(descriptor, &info, sizeof info);
  return count == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

// Swift marks fork unavailable. It is safe here only because the callers have one thread.
static inline pid_t linux_fork(void) { return fork(); }

// Of linux/fs.h: `to` must be free (RENAME_NOREPLACE), or the two names swap their files in one step
// (RENAME_EXCHANGE).
enum { linux_rename_free = 1, linux_rename_exchange = 2 };

// Renames `from` to `to`; flags are none or one of the above.
static inline int linux_rename(int from_directory, const char *from, int to_directory,
                               const char *to, unsigned flags) {
  return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
}

// Which file a file is.
struct linux_identity {
  uint64_t device, inode;
  int64_t size, birth_seconds, birth_nanoseconds;
  int has_birth;
};

// Asks statx(2), whose structure in linux/stat.h is at odds with the C library's headers.
static inline int linux_identify(int directory, const char *path, int flags,
                                 struct linux_identity *result) {
  struct { int64_t seconds; uint32_t nanoseconds; int32_t unused; } *birth;
  struct {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, owner, group;
    uint16_t mode, unused;
    uint64_t inode, size, blocks, known_attributes;
    unsigned char accessed[16], born[16], changed[16], modified[16];
    uint32_t special_major, special_minor, device_major, device_minor;
    uint64_t spare[14];
  } facts;
  const uint32_t inode_and_size = 0x300, born = 0x800;
  if (syscall(SYS_statx, directory, path, flags, inode_and_size | born, &facts) != 0) return -1;
  birth = (void *)facts.born;
  result->device = makedev(facts.device_major, facts.device_minor);
  result->inode = facts.inode;
  result->size = (int64_t)facts.size;
  result->has_birth = (facts.mask & born) != 0;
  result->birth_seconds = birth->seconds;
  result->birth_nanoseconds = birth->nanoseconds;
  return 0;
}

// The same of an open file (AT_EMPTY_PATH, 0x1000 in linux/fcntl.h).
static inline int linux_identify_open(int descriptor, struct linux_identity *result) {
  return linux_identify(descriptor, "", 0x1000, result);
}

static inline int linux_open_at(int directory, const char *path, int flags, mode_t mode) {
  return openat(directory, path, flags, mode);
}

// A flag of open(2) for a new file that has no name yet, in a directory that is named instead: what
// O_TMPFILE is where _GNU_SOURCE is set.
enum { linux_unnamed = __O_TMPFILE };

// Gives a file without a name its first one, which must be free.
//
// By the descriptor alone (AT_EMPTY_PATH) who lacks CAP_DAC_READ_SEARCH may not before Linux 6.10.
static inline int linux_name_file(int file, const char *path) {
  if (linkat(file, "", AT_FDCWD, path, 0x1000) == 0) return 0;
  if (errno != ENOENT) return -1;
  char own[32];
  snprintf(own, sizeof own, "/proc/self/fd/%d", file);
  return linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

// Asks for memory that will be read soon; no address is wrong.
static inline void linux_prefetch(const void *address) { __builtin_prefetch(address); }

// Begins to bring what was written to a file so far to the disk, and waits for nothing: advice
// (SYNC_FILE_RANGE_WRITE of sync_file_range(2) is 2).
static inline void linux_start_writeback(int file) {
#if defined SYS_sync_file_range && defined __LP64__
  int before = errno;
  syscall(SYS_sync_file_range, file, 0L, 0L, 2U);
  errno = before;
#else
  (void)file;
#endif
}

// Reads entries of a directory (struct linux_dirent64 of getdents(2)); 0 at the end.
static inline ssize_t linux_read_directory(int directory, void *buffer, size_t size) {
  return syscall(SYS_getdents64, directory, buffer, size);
}

// The signal dispositions of a new process: every handler and every ignored signal undone.
static inline void linux_reset_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// Asks the kernel to kill this process when its parent dies.
static inline void linux_die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

// Gives the process a mount namespace in which `place` shows the directory `shown`, and all else is
// read-only. mount_setattr(2) is as in linux/mount.h, which not every C library shows.
static inline int linux_enter_view(const char *shown, const char *place) {
  enum { new_mounts = 0x20000, at_recursive = 0x8000, read_only = 1 };
  struct { uint64_t set, clear, propagation, user_namespace; } lock = { read_only, 0, 0, 0 },
                                                               unlock = { 0, read_only, 0, 0 };
  if (syscall(SYS_unshare, new_mounts) != 0) return -1;
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
  if (mount(shown, place, NULL, MS_BIND, NULL) != 0) return -1;
  if (syscall(SYS_mount_setattr, AT_FDCWD, "/", at_recursive, &lock, sizeof lock) != 0) return -1;
  if (syscall(SYS_mount_setattr, AT_FDCWD, place, 0, &unlock, sizeof unlock) != 0) return -1;
  // A working directory would lead around the mounts that lie over it.
  return chdir("/");
}

// The environment: `environ` itself is a mutable global that Swift refuses.
static inline char **linux_environment(void) { return __environ; }

// A pipe whose ends close on exec.
static inline int linux_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

static inline void linux_close_from(int first) { closefrom(first); }

// syslog itself is variadic, which Swift cannot call.
static inline void linux_log_auth(const char *text) {
  syslog(LOG_AUTH | LOG_NOTICE, "%s", text);
}

// Lets go of the pages of the program's own code, from its beginning to the end of its text; the
// kernel maps those again that are used again. Both symbols are the linker's.
extern char __executable_start[];
extern char etext[];
static inline void linux_release_program_pages(void) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = (uintptr_t)__executable_start & ~(page - 1);
  uintptr_t end = (uintptr_t)etext & ~(page - 1);
  if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
}
