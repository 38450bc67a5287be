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
#include <spawn.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

// Renames `from` to `to`; with `exchange` the two names swap their files in one step
// (RENAME_EXCHANGE, 2 in linux/fs.h).
static inline int linux_rename(int from_directory, const char *from, int to_directory,
                               const char *to, int exchange) {
  return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, exchange ? 2u : 0u);
}

static inline int linux_open_at(int directory, const char *path, int flags, mode_t mode) {
  return openat(directory, path, flags, mode);
}

// Asks for memory that will be read soon; no address is wrong.
static inline void linux_prefetch(const void *address) { __builtin_prefetch(address); }

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

// The environment: `environ` itself is a mutable global that Swift refuses.
static inline char **linux_environment(void) { return __environ; }

// A pipe whose ends close on exec.
static inline int linux_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

static inline void linux_close_from(int first) { closefrom(first); }

static inline int linux_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

static inline int linux_spawn_directory(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

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
