/* SPDX-License-Identifier: Apache-2.0 */
/* stall: preloaded into a program with a main loop, tells how long that did not look at what came in.
 *
 *   STALL_PROGRAM   only in the program of that name
 *   STALL_FILE      a line for each time that the main thread stayed away from poll () for STALL_MS or longer: milliseconds since the
 *                   start, how long it was away, how much of that it was computing, how much it was ready and others had the core
 *                   (/proc/PID/schedstat). What is left it waited for something.
 */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STALL_MS 40.0

static int file = -1;
static int schedstat = -1;
static double born_ms, left_ms, left_cpu_ms, left_queued_ms;

static double
now_ms (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (double) now.tv_sec * 1000 + (double) now.tv_nsec / 1e6;
}

/* How long the main thread stood in line for a core. */
static double
queued_ms (void)
{
  char text[128];
  unsigned long long computed_ns, queued_ns = 0;
  ssize_t n = schedstat >= 0 ? pread (schedstat, text, sizeof text - 1, 0) : 0;

  text[n > 0 ? n : 0] = '\0';
  return sscanf (text, "%llu %llu", &computed_ns, &queued_ns) == 2 ? (double) queued_ns / 1e6 : 0;
}

__attribute__ ((constructor)) static void
set_up (void)
{
  const char *program = getenv ("STALL_PROGRAM"), *path = getenv ("STALL_FILE");

  if (program == NULL || path == NULL || strcmp (program, program_invocation_short_name) != 0)
    return;
  unsetenv ("LD_PRELOAD");
  file = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  schedstat = open ("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
  born_ms = now_ms (CLOCK_MONOTONIC);
}

static void
tell (void)
{
  double at_ms = now_ms (CLOCK_MONOTONIC), away_ms = at_ms - left_ms;
  char line[96];
  int n;

  if (left_ms == 0 || away_ms < STALL_MS)
    return;
  n = snprintf (line, sizeof line, "%.1f %.1f %.1f %.1f\n", left_ms - born_ms, away_ms,
                now_ms (CLOCK_THREAD_CPUTIME_ID) - left_cpu_ms, queued_ms () - left_queued_ms);
  (void) !write (file, line, (size_t) n);
}

__attribute__ ((visibility ("default"))) int
poll (struct pollfd *fds, nfds_t n, int timeout_ms)
{
  static __typeof__ (poll) *next;
  int result, kept;

  if (next == NULL)
    next = (__typeof__ (poll) *) dlsym (RTLD_NEXT, "poll");
  if (file < 0 || gettid () != getpid ())
    return next (fds, n, timeout_ms);
  tell ();
  result = next (fds, n, timeout_ms);
  kept = errno;
  left_ms = now_ms (CLOCK_MONOTONIC);
  left_cpu_ms = now_ms (CLOCK_THREAD_CPUTIME_ID);
  left_queued_ms = queued_ms ();
  errno = kept;
  return result;
}
