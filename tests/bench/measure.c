/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure: runs one command and writes what it cost as one line of JSON: time, processor time, the largest memory of any process of it.
 *
 *   measure SECONDS REPORT COMMAND [ARGUMENTS...]
 *
 * A program of its own, because the kernel counts the memory of whoever starts a process as the new process's own: this
 * one is small enough not to show. It adopts what the command leaves behind, so that a helper process counts too.
 * Exit codes: 0 the report was written, whatever the command did; 1 usage; 2 the command could not be started.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CANNOT_START 127

static volatile sig_atomic_t is_late;
static pid_t command_pid;

static void
alarm_cb (int signal_number)
{
  is_late = 1;
  (void) kill (-command_pid, SIGKILL);
}

static double
now_ms (void)
{
  struct timespec now;

  (void) clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static double
ms_of (const struct timeval *time)
{
  return (double) time->tv_sec * 1e3 + (double) time->tv_usec / 1e3;
}

static pid_t
start (char **command)
{
  pid_t pid = fork ();

  if (pid == 0)
    {
      (void) setpgid (0, 0);
      (void) execvp (command[0], command);
      _exit (CANNOT_START);
    }
  if (pid > 0)
    (void) setpgid (pid, pid); /* whichever of the two comes first */
  return pid;
}

/* Waits for the command, then for all that it left behind. Returns: the exit code, or 128 and the signal's number. */
static int
wait_for_all (double *ret_end_ms)
{
  int status = 0, code = CANNOT_START;
  pid_t pid;

  while ((pid = wait (&status)) > 0 || errno == EINTR)
    if (pid == command_pid)
      {
        *ret_end_ms = now_ms ();
        code = WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
      }
  return code;
}

int
main (int argc, char **argv)
{
  const struct sigaction on_alarm = { .sa_handler = alarm_cb };
  struct rusage used;
  double start_ms, end_ms;
  int code;
  FILE *report;

  if (argc < 4)
    {
      (void) fprintf (stderr, "usage: measure SECONDS REPORT COMMAND [ARGUMENTS...]\n");
      return 1;
    }
  (void) prctl (PR_SET_CHILD_SUBREAPER, 1);
  (void) sigaction (SIGALRM, &on_alarm, NULL);
  start_ms = end_ms = now_ms ();
  command_pid = start (argv + 3);
  if (command_pid < 0)
    return 2;
  (void) alarm ((unsigned) atoi (argv[1]));
  code = wait_for_all (&end_ms);
  if (code == CANNOT_START || getrusage (RUSAGE_CHILDREN, &used) != 0)
    return 2;
  report = fopen (argv[2], "w");
  if (report == NULL)
    return 2;
  (void) fprintf (report, "{\"wall_ms\": %.3f, \"cpu_ms\": %.3f, \"peak_kb\": %ld, \"code\": %d, \"late\": %s}\n",
                  end_ms - start_ms, ms_of (&used.ru_utime) + ms_of (&used.ru_stime), used.ru_maxrss, code,
                  is_late ? "true" : "false");
  return fclose (report) == 0 ? 0 : 2;
}
