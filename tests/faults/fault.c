/* SPDX-License-Identifier: Apache-2.0 */
/* fault: preloaded into azukari-vaultd, makes its n-th file operation below a folder fail.
 *
 *   FAULT_CONTROL   file with a Control, mapped; what is to happen stands there and may be changed while the program runs
 *   FAULT_FOLDER    only what is below it counts
 *   FAULT_PROGRAM   only in the program of that name; the programs that it starts are left alone
 *   FAULT_FAST_PIN  PINs are worked with the least that Argon2 takes, so that a driver does not spend its time on that
 *   FAULT_POLL_MS   poll () waits at most so long, so that a time-out of minutes can be tried
 */
/* Both names of each call are defined here, as libc has them. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include "control.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))
/* The next definition of @name after ours: libc's. */
#define NEXT(name) ((__typeof__ (name) *) dlsym (RTLD_NEXT, #name))

static Control *control;
static const char *folder;
static size_t n_folder;
static int fast_pin, poll_ms = -1;

static int
is_wanted_program (void)
{
  const char *wanted = getenv ("FAULT_PROGRAM");

  return wanted != NULL && strcmp (wanted, program_invocation_short_name) == 0;
}

__attribute__ ((constructor)) static void
set_up (void)
{
  const char *path = getenv ("FAULT_CONTROL"), *ms = getenv ("FAULT_POLL_MS");
  int fd;
  void *map;

  if (!is_wanted_program ())
    return;
  folder = getenv ("FAULT_FOLDER");
  n_folder = folder != NULL ? strlen (folder) : 0;
  fast_pin = getenv ("FAULT_FAST_PIN") != NULL;
  poll_ms = ms != NULL ? atoi (ms) : -1;
  unsetenv ("LD_PRELOAD");
  if (path == NULL || n_folder == 0)
    return;
  fd = NEXT (open) (path, O_RDWR | O_CLOEXEC);
  map = fd >= 0 ? mmap (NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
  if (fd >= 0)
    close (fd);
  if (map == MAP_FAILED)
    abort ();
  control = map;
}

static int
is_ours (const char *path)
{
  return path != NULL && strncmp (path, folder, n_folder) == 0;
}

/* Empty when there is none. */
static void
path_of_fd (int fd, char path[PATH_MAX])
{
  char name[64];
  ssize_t n;

  snprintf (name, sizeof name, "/proc/self/fd/%d", fd);
  n = readlink (name, path, PATH_MAX - 1);
  path[n > 0 ? n : 0] = '\0';
}

static int
is_ours_fd (int fd)
{
  char path[PATH_MAX];

  path_of_fd (fd, path);
  return is_ours (path);
}

/* @path as seen from folder @at, in @buffer where it is not absolute. */
static const char *
path_at (int at, const char *path, char buffer[PATH_MAX])
{
  size_t n;

  if (control == NULL || path[0] == '/' || at == AT_FDCWD)
    return path;
  path_of_fd (at, buffer);
  n = strlen (buffer);
  snprintf (buffer + n, PATH_MAX - n, "/%s", path);
  return buffer;
}

/* Counts a call of ours. 1: it is the one to fail. */
static int
is_due (unsigned call)
{
  if ((control->calls & call) == 0)
    return 0;
  control->counted++;
  if (control->at == 0 || control->counted < control->at || (control->counted > control->at && !control->lasting))
    return 0;
  control->hits++;
  return 1;
}

static void
die (void)
{
  (void) raise (SIGKILL);
}

/* Before the call itself. 1: it fails with errno set. */
static int
fails (unsigned call, int is_it_ours, int *ret_die_after)
{
  *ret_die_after = 0;
  if (control == NULL || !is_it_ours || !is_due (call))
    return 0;
  if (control->action == ACTION_KILL)
    die ();
  *ret_die_after = control->action == ACTION_KILL_AFTER;
  if (control->action != ACTION_ERROR)
    return 0;
  errno = (int) control->error_number;
  return 1;
}

/* --- by path --------------------------------------------------------------------------------------------------------- */

#define RUN(call, ours, expression)                                                                                    \
  ({                                                                                                                   \
    int die_after, result;                                                                                             \
    if (fails (call, control != NULL && (ours), &die_after))                                                           \
      return -1;                                                                                                       \
    result = (expression);                                                                                             \
    if (die_after)                                                                                                     \
      die ();                                                                                                          \
    result;                                                                                                            \
  })

static mode_t
mode_of (int flags, va_list args)
{
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? (mode_t) va_arg (args, int) : 0;
}

/* What is there; errno is left as it was. */
static int
exists (const char *path)
{
  int kept = errno, found = faccessat (AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;

  errno = kept;
  return found;
}

/* Opening to read takes nothing from the disk, nor does opening to write what is there, unless the disk is read-only. */
static int
counts (const char *path, int flags)
{
  if (control == NULL || !is_ours (path))
    return 0;
  return exists (path) ? (flags & O_ACCMODE) != O_RDONLY && (control->calls & CALL_REOPEN) != 0
                       : (flags & O_CREAT) != 0;
}

#define DEFINE_OPEN(name)                                                                                              \
  EXPORT int name (const char *path, int flags, ...)                                                                   \
  {                                                                                                                    \
    va_list args;                                                                                                      \
    mode_t mode;                                                                                                       \
                                                                                                                       \
    va_start (args, flags);                                                                                            \
    mode = mode_of (flags, args);                                                                                      \
    va_end (args);                                                                                                     \
    return RUN (CALL_OPEN, counts (path, flags), NEXT (name) (path, flags, mode));                                     \
  }

#define DEFINE_OPENAT(name)                                                                                            \
  EXPORT int name (int at, const char *path, int flags, ...)                                                           \
  {                                                                                                                    \
    char buffer[PATH_MAX];                                                                                             \
    va_list args;                                                                                                      \
    mode_t mode;                                                                                                       \
                                                                                                                       \
    va_start (args, flags);                                                                                            \
    mode = mode_of (flags, args);                                                                                      \
    va_end (args);                                                                                                     \
    return RUN (CALL_OPEN, counts (path_at (at, path, buffer), flags), NEXT (name) (at, path, flags, mode));           \
  }

DEFINE_OPEN (open)
DEFINE_OPEN (open64)
DEFINE_OPENAT (openat)
DEFINE_OPENAT (openat64)

EXPORT int
rename (const char *from, const char *to)
{
  return RUN (CALL_RENAME, is_ours (to), NEXT (rename) (from, to));
}

EXPORT int
renameat (int from_at, const char *from, int to_at, const char *to)
{
  char buffer[PATH_MAX];

  return RUN (CALL_RENAME, is_ours (path_at (to_at, to, buffer)), NEXT (renameat) (from_at, from, to_at, to));
}

EXPORT int
unlinkat (int at, const char *path, int flags)
{
  char buffer[PATH_MAX];
  const char *whole = path_at (at, path, buffer);

  return RUN (CALL_UNLINK, is_ours (whole) && exists (whole), NEXT (unlinkat) (at, path, flags));
}

EXPORT int
unlink (const char *path)
{
  return RUN (CALL_UNLINK, is_ours (path) && exists (path), NEXT (unlink) (path));
}

EXPORT int
remove (const char *path)
{
  return RUN (CALL_UNLINK, is_ours (path) && exists (path), NEXT (remove) (path));
}

EXPORT int
rmdir (const char *path)
{
  return RUN (CALL_UNLINK, is_ours (path) && exists (path), NEXT (rmdir) (path));
}

EXPORT int
mkdir (const char *path, mode_t mode)
{
  return RUN (CALL_MKDIR, is_ours (path) && !exists (path), NEXT (mkdir) (path, mode));
}

/* --- by descriptor --------------------------------------------------------------------------------------------------- */

EXPORT int
fsync (int fd)
{
  return RUN (CALL_SYNC, is_ours_fd (fd), NEXT (fsync) (fd));
}

EXPORT int
fdatasync (int fd)
{
  return RUN (CALL_SYNC, is_ours_fd (fd), NEXT (fdatasync) (fd));
}

EXPORT int
ftruncate (int fd, off_t length)
{
  return RUN (CALL_TRUNCATE, is_ours_fd (fd), NEXT (ftruncate) (fd, length));
}

EXPORT int
ftruncate64 (int fd, off64_t length)
{
  return RUN (CALL_TRUNCATE, is_ours_fd (fd), NEXT (ftruncate64) (fd, length));
}

/* What a write in trouble does instead: *ret_n bytes are to be written; 1 when it fails afterwards. */
static int
writes_less (int fd, size_t *n, int *ret_die_after)
{
  *ret_die_after = 0;
  if (control == NULL || !is_ours_fd (fd) || !is_due (CALL_WRITE))
    return 0;
  if (control->action == ACTION_KILL)
    die ();
  *ret_die_after = control->action == ACTION_KILL_AFTER;
  if (control->action == ACTION_SHORT || control->action == ACTION_TORN)
    *n = *n > 1 ? *n / 2 : *n;
  if (control->action == ACTION_ERROR)
    *n = 0;
  return control->action == ACTION_ERROR || control->action == ACTION_TORN;
}

#define WRITE(fd, n, expression)                                                                                       \
  ({                                                                                                                   \
    int die_after, failing = writes_less (fd, &n, &die_after);                                                         \
    ssize_t written = failing && n == 0 ? 0 : (expression);                                                            \
    if (die_after)                                                                                                     \
      die ();                                                                                                          \
    if (failing)                                                                                                       \
      {                                                                                                                \
        errno = (int) control->error_number;                                                                           \
        written = -1;                                                                                                  \
      }                                                                                                                \
    written;                                                                                                           \
  })

EXPORT ssize_t
write (int fd, const void *bytes, size_t n)
{
  return WRITE (fd, n, NEXT (write) (fd, bytes, n));
}

EXPORT ssize_t
pwrite (int fd, const void *bytes, size_t n, off_t offset)
{
  return WRITE (fd, n, NEXT (pwrite) (fd, bytes, n, offset));
}

EXPORT ssize_t
pwrite64 (int fd, const void *bytes, size_t n, off64_t offset)
{
  return WRITE (fd, n, NEXT (pwrite64) (fd, bytes, n, offset));
}

/* --- time ------------------------------------------------------------------------------------------------------------ */

EXPORT int
poll (struct pollfd *fds, nfds_t n, int timeout_ms)
{
  if (poll_ms >= 0 && timeout_ms > poll_ms)
    timeout_ms = poll_ms;
  return NEXT (poll) (fds, n, timeout_ms);
}

EXPORT int
crypto_pwhash (unsigned char *out, unsigned long long n_out, const char *password, unsigned long long n_password,
               const unsigned char *salt, unsigned long long ops, size_t memory, int algorithm)
{
  if (fast_pin)
    {
      ops = crypto_pwhash_OPSLIMIT_MIN;
      memory = crypto_pwhash_MEMLIMIT_MIN;
    }
  return NEXT (crypto_pwhash) (out, n_out, password, n_password, salt, ops, memory, algorithm);
}
