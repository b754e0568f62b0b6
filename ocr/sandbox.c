/* SPDX-License-Identifier: Apache-2.0 */
/* Giving up rights. Everything here works without privileges and cannot be taken back. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In Linux 6.2 and later, not yet in the headers of Debian 12. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define LANDLOCK_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define LANDLOCK_ALL_V1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static void
limit (int resource, rlim_t value)
{
  const struct rlimit limits = { value, value };

  (void) setrlimit (resource, &limits);
}

static gboolean
limit_is (int resource, rlim_t value)
{
  struct rlimit limits;

  return getrlimit (resource, &limits) == 0 && limits.rlim_cur == value && limits.rlim_max == value;
}

static gboolean
drop_capabilities (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  const struct __user_cap_data_struct none[2] = { 0 };

  (void) prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  return syscall (SYS_capset, &header, none) == 0;
}

static void
landlock_allow (int ruleset, const char *path, guint64 rights)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = rights };
  struct stat status;

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return; /* not on this machine */
  if (fstat (rule.parent_fd, &status) == 0 && !S_ISDIR (status.st_mode))
    rule.allowed_access &= ~(guint64) LANDLOCK_ACCESS_FS_READ_DIR; /* the kernel refuses it for a file */
  (void) syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  (void) close (rule.parent_fd);
}

/* Scanners that are no USB devices have nodes of their own directly in /dev. */
static void
landlock_allow_scanner_nodes (int ruleset)
{
  static const char *const prefixes[] = { "sg", "usbscanner", "parport", "scanner" };
  g_autoptr (GDir) dir = g_dir_open ("/dev", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
      if (g_str_has_prefix (name, prefixes[i]))
        {
          g_autofree char *path = g_build_filename ("/dev", name, NULL);

          landlock_allow (ruleset, path, LANDLOCK_READ | LANDLOCK_ACCESS_FS_WRITE_FILE);
        }
}

/* Returns: the kernel's version of Landlock now in force, 0 for none. */
static int
enter_landlock (void)
{
  static const char *const readable[] = { "/usr", "/lib", "/lib64", "/etc", "/opt", "/sys", "/proc", "/dev", "/run" };
  static const char *const writable[] = { "/dev/bus/usb", "/dev/usb", "/dev/null" };
  const int version = (int) syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  struct landlock_ruleset_attr ruleset_attr = { .handled_access_fs = LANDLOCK_ALL_V1 };
  const char *sane_config = g_getenv ("SANE_CONFIG_DIR");
  g_auto (GStrv) sane_dirs = g_strsplit (sane_config != NULL ? sane_config : "", ":", -1);
  gboolean is_in_force;
  int ruleset;

  if (version < 1)
    return 0;
  if (version >= 2)
    ruleset_attr.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3)
    ruleset_attr.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
  ruleset = (int) syscall (SYS_landlock_create_ruleset, &ruleset_attr, sizeof ruleset_attr, 0);
  if (ruleset < 0)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
    landlock_allow (ruleset, readable[i], LANDLOCK_READ);
  for (guint i = 0; sane_dirs[i] != NULL; i++)
    if (g_path_is_absolute (sane_dirs[i]))
      landlock_allow (ruleset, sane_dirs[i], LANDLOCK_READ);
  for (guint i = 0; i < G_N_ELEMENTS (writable); i++)
    landlock_allow (ruleset, writable[i], LANDLOCK_READ | LANDLOCK_ACCESS_FS_WRITE_FILE);
  landlock_allow_scanner_nodes (ruleset);
  is_in_force = syscall (SYS_landlock_restrict_self, ruleset, 0) == 0;
  (void) close (ruleset);
  return is_in_force ? version : 0;
}

/* Names that this libseccomp or this machine does not know are left out. */
static void
deny (scmp_filter_ctx filter, const char *const *names, int error_number)
{
  for (; *names != NULL; names++)
    {
      int number = seccomp_syscall_resolve_name (*names);

      if (number != __NR_SCMP_ERROR)
        (void) seccomp_rule_add (filter, SCMP_ACT_ERRNO ((guint32) error_number), number, 0);
    }
}

/* Opening with any of these flags, wherever the flags stand among the arguments. */
static void
deny_open_flag (scmp_filter_ctx filter, guint64 mask, guint64 value)
{
  (void) seccomp_rule_add (filter, SCMP_ACT_ERRNO (EACCES), SCMP_SYS (openat), 1,
                           SCMP_A2 (SCMP_CMP_MASKED_EQ, mask, value));
#ifdef __NR_open
  (void) seccomp_rule_add (filter, SCMP_ACT_ERRNO (EACCES), SCMP_SYS (open), 1,
                           SCMP_A1 (SCMP_CMP_MASKED_EQ, mask, value));
#endif
}

static scmp_filter_ctx
filter_new (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);

  if (filter != NULL)
    {
      (void) seccomp_attr_set (filter, SCMP_FLTATR_CTL_NNP, 0); /* already set */
      (void) seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);
    }
  return filter;
}

static gboolean
enter_seccomp (void)
{
  static const char *const forbidden[] = {
    /* other programs, other processes */
    "execve", "execveat", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "pidfd_send_signal",
    "kcmp", "setns", "unshare", "chroot", "pivot_root",
#ifndef __SANITIZE_ADDRESS__ /* its leak check traces its own process */
    "ptrace",
#endif
    /* ways around a filter, and into the kernel */
    "bpf", "perf_event_open", "userfaultfd", "init_module", "finit_module", "delete_module", "kexec_load",
    "kexec_file_load", "add_key", "request_key", "keyctl", "memfd_secret", "open_by_handle_at", "name_to_handle_at",
    /* the file system */
    "creat", "mknod", "mknodat", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2",
    "link", "linkat", "symlink", "symlinkat", "truncate", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown",
    "fchown", "fchownat", "setxattr", "lsetxattr", "fsetxattr", "utime", "utimes", "utimensat", "futimesat", "mount",
    "umount2", "move_mount", "open_tree", "fsopen", "fsmount", "mount_setattr", "swapon", "swapoff", "quotactl", "acct",
    /* the machine */
    "reboot", "sethostname", "setdomainname", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "setrlimit",
    "personality", NULL
  };
  /* Answered as if the kernel did not have them, so that callers fall back to what the filter can look into. */
  static const char *const unknown[] = { "io_uring_setup", "io_uring_enter", "io_uring_register", "openat2", NULL };
  scmp_filter_ctx filter = filter_new ();
  gboolean is_in_force;

  if (filter == NULL)
    return FALSE;
  deny (filter, forbidden, EPERM);
  deny (filter, unknown, ENOSYS);
  deny_open_flag (filter, O_CREAT, O_CREAT);
  deny_open_flag (filter, O_TRUNC, O_TRUNC);
  deny_open_flag (filter, O_TMPFILE & ~O_DIRECTORY, O_TMPFILE & ~O_DIRECTORY);
  (void) seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (prlimit64), 1, SCMP_A2 (SCMP_CMP_NE, 0));
  (void) seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (kill), 1,
                           SCMP_A0 (SCMP_CMP_NE, (scmp_datum_t) getpid ()));
  is_in_force = seccomp_load (filter) == 0;
  seccomp_release (filter);
  return is_in_force;
}

void
sandbox_narrow_to_pictures (void)
{
  static const char *const forbidden[] = {
    "socket", "socketpair", "connect", "bind",  "listen",    "accept",    "accept4",       "memfd_create",  "shmget",
    "msgget", "mq_open",    "fork",    "vfork", "ftruncate", "fallocate", "inotify_init1", "fanotify_init", NULL
  };
  scmp_filter_ctx filter = filter_new ();

  if (filter == NULL)
    return;
  deny (filter, forbidden, EPERM);
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ /* they look at their own maps to report */
  deny (filter, (const char *const[]){ "open", "openat", NULL }, EACCES);
#endif
  (void) seccomp_load (filter);
  seccomp_release (filter);
}

/* What others could see of this process: nothing. Sanitizers reserve terabytes, and a leak check traces its own process, so a
 * build with them keeps both. */
static gboolean
hide_process (GString *active)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
  return TRUE;
#else
  limit (RLIMIT_AS, SANDBOX_MEMORY_BYTES);
  if (limit_is (RLIMIT_AS, SANDBOX_MEMORY_BYTES))
    g_string_append (active, ",memory");
  g_string_append (active, ",nodump");
  return prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
}

gboolean
sandbox_enter (char **ret_active, GError **error)
{
  g_autoptr (GString) active = g_string_new ("nocore,nofiles,nonewprivs");
  int landlock;

  umask (0777);
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_FSIZE, 0);
  (void) signal (SIGXFSZ, SIG_IGN); /* a write that goes too far fails instead of ending the process */
  (void) signal (SIGPIPE, SIG_IGN);
  if (!limit_is (RLIMIT_CORE, 0) || !limit_is (RLIMIT_FSIZE, 0) || prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the process cannot give up files, cores or new rights");
      return FALSE;
    }
  if (drop_capabilities ())
    g_string_append (active, ",nocaps");
  if (!hide_process (active))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the process cannot be hidden from others of its user");
      return FALSE;
    }
  if (prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0)
    g_string_append (active, ",parent");
  landlock = enter_landlock ();
  if (landlock > 0)
    g_string_append_printf (active, ",landlock%d", landlock);
  if (enter_seccomp ())
    g_string_append (active, ",seccomp");
  *ret_active = g_string_free (g_steal_pointer (&active), FALSE);
  return TRUE;
}
