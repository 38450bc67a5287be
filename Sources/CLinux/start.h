// Starting a program: what posix_spawnp(3) does, without its two system calls for each of the 64
// signals, which are a good part of what a start costs.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// A program to start: its words and variables end with NULL.
struct linux_program {
  // The path of the program, or its name, to be looked up in PATH.
  const char *name;
  char *const *words;
  char *const *variables;
  // The descriptors that it gets: one to read, one for its output and its errors, and, from 3 on,
  // two that may be -1 for none.
  int input, output, kept[2];
  // A signal that it does not get until it unblocks it, 0 for none.
  int blocked;
};

// Gives a descriptor of this process the number that a program is to find it under.
static inline int linux_give(int descriptor, int number) {
  if (descriptor == number) return fcntl(descriptor, F_SETFD, 0);
  return dup2(descriptor, number);
}

// Turns this process into a program, which is looked up as execvp(3) does, but never given to a
// shell. Returns only when that fails.
static inline void linux_become(const struct linux_program *program) {
  const char *directories = getenv("PATH");
  size_t length = strlen(program->name);
  int reason = ENOENT;
  char path[PATH_MAX];
  if (strchr(program->name, '/') || !directories || !length) {
    execve(program->name, program->words, program->variables);
    return;
  }
  for (const char *end; directories; directories = *end ? end + 1 : NULL) {
    end = strchr(directories, ':');
    if (!end) end = directories + strlen(directories);
    size_t size = (size_t)(end - directories);
    if (size + length + 2 > sizeof path) continue;
    memcpy(path, directories, size);
    if (size) path[size++] = '/';
    memcpy(path + size, program->name, length + 1);
    execve(path, program->words, program->variables);
    // A program that may not be run is told of when none of that name may.
    if (errno == EACCES) reason = EACCES;
    else if (errno != ENOENT && errno != ENOTDIR) return;
  }
  errno = reason;
}

// Starts a program in a process group of its own, with no signal ignored and only the one blocked:
// `ignored` are those that this process ignores, and execve(2) itself undoes its handlers. This
// process waits until the program runs. Returns its pid, or -1 and errno when it cannot be started.
//
// Between vfork(2) and execve(2) the child works on its parent's memory: it may only make system
// calls and write to its own stack.
static inline pid_t linux_start(const struct linux_program *program, const sigset_t *ignored) {
  sigset_t all, blocked, before;
  sigfillset(&all);
  sigemptyset(&blocked);
  if (program->blocked) sigaddset(&blocked, program->blocked);
  volatile int reason = 0;
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t pid = vfork();
  if (pid == 0) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++)
      if (sigismember(ignored, number) == 1) sigaction(number, &action, NULL);
    int next = 3;
    int failed = setpgid(0, 0) == -1 || linux_give(program->input, 0) == -1 ||
                 linux_give(program->output, 1) == -1 || linux_give(program->output, 2) == -1;
    for (int place = 0; place < 2 && !failed; place++)
      if (program->kept[place] != -1) failed = linux_give(program->kept[place], next++) == -1;
    if (!failed) {
      closefrom(next);
      sigprocmask(SIG_SETMASK, &blocked, NULL);
      linux_become(program);
    }
    reason = errno;
    _exit(127);
  }
  int failure = errno;
  if (pid != -1 && reason) {
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR) continue;
    failure = reason;
    pid = -1;
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  errno = failure;
  return pid;
}

// The signals that this process ignores.
static inline sigset_t linux_ignored_signals(void) {
  sigset_t ignored;
  sigemptyset(&ignored);
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
      sigaddset(&ignored, number);
  }
  return ignored;
}
