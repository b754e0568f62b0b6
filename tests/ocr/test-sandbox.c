/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader's process gives up: each try runs in a child, in the sandbox, and tells by its exit code. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A try returns 0 when it was let through, else its errno. */
typedef int (*Try) (const char *dir);

static int
result_of (long result)
{
  return result < 0 ? errno : 0;
}

static char *
in_dir (const char *dir, const char *name)
{
  return g_build_filename (dir, name, NULL);
}

static int
try_create (const char *dir)
{
  return result_of (open (in_dir (dir, "new"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static int
try_create_without_name (const char *dir)
{
  return result_of (open (dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

static int
try_truncate (const char *dir)
{
  return result_of (open (in_dir (dir, "old"), O_WRONLY | O_TRUNC | O_CLOEXEC));
}

static int
try_unlink (const char *dir)
{
  return result_of (unlink (in_dir (dir, "old")));
}

static int
try_rename (const char *dir)
{
  return result_of (rename (in_dir (dir, "old"), in_dir (dir, "older")));
}

static int
try_mkdir (const char *dir)
{
  return result_of (mkdir (in_dir (dir, "folder"), 0700));
}

static int
try_chmod (const char *dir)
{
  return result_of (chmod (in_dir (dir, "old"), 0777));
}

static int
try_execute (const char *dir)
{
  return result_of (execl ("/bin/true", "true", NULL));
}

#ifndef __SANITIZE_ADDRESS__
static int
try_trace_parent (const char *dir)
{
  return result_of (ptrace (PTRACE_ATTACH, getppid (), NULL, NULL));
}
#endif

static int
try_kill_parent (const char *dir)
{
  return result_of (kill (getppid (), 0));
}

static int
try_raise_limit (const char *dir)
{
  const struct rlimit limits = { 1 << 20, 1 << 20 };

  return result_of (setrlimit (RLIMIT_FSIZE, &limits));
}

static int
try_io_uring (const char *dir)
{
  return result_of (syscall (SYS_io_uring_setup, 1, NULL));
}

static int
try_openat2 (const char *dir)
{
  return result_of (syscall (SYS_openat2, AT_FDCWD, "/etc/hostname", NULL, 0));
}

/* Already open for writing when the sandbox closed. */
static int
try_write_to_open_file (const char *dir)
{
  return result_of (write (STDIN_FILENO, "x", 1));
}

#ifndef __SANITIZE_ADDRESS__
static int
try_read_system_file (const char *dir)
{
  return result_of (open ("/etc/passwd", O_RDONLY | O_CLOEXEC));
}
#endif

static int
try_read_other_file (const char *dir)
{
  return result_of (open (in_dir (dir, "old"), O_RDONLY | O_CLOEXEC));
}

static int
try_socket (const char *dir)
{
  return result_of (socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int
try_thread_socket (const char *dir)
{
  GThread *thread = g_thread_new ("socket", (GThreadFunc) (void (*) (void)) try_socket, NULL);

  return GPOINTER_TO_INT (g_thread_join (thread)) & 0xff;
}

static gboolean
kernel_has_landlock (void)
{
  return syscall (444 /* landlock_create_ruleset */, NULL, 0, 1u) >= 1;
}

static int
run_in_sandbox (Try attempt, const char *dir, gboolean narrowed)
{
  int status;
  pid_t child = fork ();

  if (child == 0)
    {
      g_autofree char *active = NULL;

      if (dup2 (open (in_dir (dir, "open"), O_WRONLY | O_CREAT, 0600), STDIN_FILENO) < 0
          || !sandbox_enter (&active, NULL) || strstr (active, "seccomp") == NULL)
        _exit (250);
      if (narrowed)
        sandbox_narrow_to_pictures ();
      _exit (attempt (dir));
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static void
test_tries (void)
{
  const gboolean landlock = kernel_has_landlock ();
  const struct
  {
    const char *name;
    Try attempt;
    int scanning, pictures; /* expected errno; 0: allowed */
  } cases[] = {
    { "create a file", try_create, EACCES, EACCES },
    { "create a file without a name", try_create_without_name, EACCES, EACCES },
    { "empty a file", try_truncate, EACCES, EACCES },
    { "delete a file", try_unlink, EPERM, EPERM },
    { "rename a file", try_rename, EPERM, EPERM },
    { "make a folder", try_mkdir, EPERM, EPERM },
    { "change a file's rights", try_chmod, EPERM, EPERM },
    { "write to a file opened before", try_write_to_open_file, EFBIG, EFBIG },
    { "run a program", try_execute, EPERM, EPERM },
    { "signal another process", try_kill_parent, EPERM, EPERM },
    { "raise a limit", try_raise_limit, EPERM, EPERM },
    { "io_uring", try_io_uring, ENOSYS, ENOSYS },
    { "openat2", try_openat2, ENOSYS, ENOSYS },
#ifndef __SANITIZE_ADDRESS__
    { "trace another process", try_trace_parent, EPERM, EPERM },
    { "read a system file", try_read_system_file, 0, EACCES },
#endif
    { "read a file of the user's", try_read_other_file, landlock ? EACCES : 0, EACCES },
    { "open a socket", try_socket, 0, EPERM },
    { "open a socket on another thread", try_thread_socket, 0, EPERM },
  };
  g_autofree char *dir = g_dir_make_tmp ("azukari-sandbox-XXXXXX", NULL);
  g_autofree char *old = in_dir (dir, "old"), *opened = in_dir (dir, "open");

  g_assert_true (g_file_set_contents (old, "x", 1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int narrowed = 0; narrowed <= 1; narrowed++)
      {
        const int expected = narrowed ? cases[i].pictures : cases[i].scanning;

#ifdef __SANITIZE_ADDRESS__
        if (cases[i].attempt == try_read_other_file && !landlock)
          continue; /* with the sanitizer opening stays possible */
#endif
        g_test_message ("%s, %s", cases[i].name, narrowed ? "pictures" : "scanning");
        g_assert_cmpint (run_in_sandbox (cases[i].attempt, dir, narrowed), ==, expected);
      }
  (void) g_unlink (old);
  (void) g_unlink (opened);
  g_assert_cmpint (g_rmdir (dir), ==, 0); /* nothing else was made */
}

static int
try_look_at_self (const char *dir)
{
  return result_of (open ("/proc/self/mem", O_RDWR | O_CLOEXEC));
}

/* Everything that it says is in force on an ordinary kernel. */
static void
test_words (void)
{
  g_auto (GStrv) words = NULL;
  char text[512] = "";
  int fds[2];
  pid_t child;

  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  if (child == 0)
    {
      char *active = NULL;

      if (!sandbox_enter (&active, NULL) || write (fds[1], active, strlen (active)) < 0)
        _exit (1);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  g_assert_cmpint (read (fds[0], text, sizeof text - 1), >, 0);
  words = g_strsplit (text, ",", -1);
  g_test_message ("%s", text);
  for (const char *const *word =
           (const char *const[]){ "nocore", "nofiles", "nonewprivs", "nocaps", "parent", "seccomp",
#ifndef __SANITIZE_ADDRESS__
                                  "memory", "nodump",
#endif
                                  NULL };
       *word != NULL; word++)
    g_assert_true (g_strv_contains ((const char *const *) words, *word));
  g_assert_cmpint (strstr (text, "landlock") != NULL, ==, kernel_has_landlock ());
  (void) close (fds[0]);
  (void) close (fds[1]);
}

static void
test_memory_is_out_of_reach (void)
{
  g_autofree char *dir = g_dir_make_tmp ("azukari-sandbox-XXXXXX", NULL);
  g_autofree char *opened = in_dir (dir, "open");

  g_assert_cmpint (run_in_sandbox (try_look_at_self, dir, FALSE), ==, EACCES);
  (void) g_unlink (opened);
  (void) g_rmdir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reader/sandbox/says-what-is-in-force", test_words);
  g_test_add_func ("/reader/sandbox/refuses", test_tries);
  if (kernel_has_landlock ())
    g_test_add_func ("/reader/sandbox/memory-is-out-of-reach", test_memory_is_out_of_reach);
  return g_test_run ();
}
