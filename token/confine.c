/* SPDX-License-Identifier: Apache-2.0 */
/* confine: limits, prctl, seccomp. Works without privileges, and cannot be taken back. */
#include "confine.h"

#include <errno.h>
#include <gio/gio.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static gboolean
limit (int resource, rlim_t value)
{
  const struct rlimit limits = { value, value };

  return setrlimit (resource, &limits) == 0;
}

static gboolean
drop_capabilities (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  const struct __user_cap_data_struct none[2] = { 0 };

  (void) prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  return syscall (SYS_capset, &header, none) == 0;
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

static gboolean
enter_seccomp (void)
{
  static const char *const forbidden[] = {
    /* other programs, other processes */
    "execve", "execveat", "fork", "vfork", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd",
    "pidfd_send_signal", "kcmp", "setns", "unshare", "chroot", "pivot_root",
#ifndef __SANITIZE_ADDRESS__ /* its leak check traces its own process */
    "ptrace",
#endif
    /* ways around a filter, and into the kernel */
    "bpf", "perf_event_open", "userfaultfd", "init_module", "finit_module", "delete_module", "kexec_load",
    "kexec_file_load", "add_key", "request_key", "keyctl", "open_by_handle_at",
    /* the machine */
    "mknod", "mknodat", "mount", "umount2", "move_mount", "open_tree", "fsopen", "fsmount", "mount_setattr", "swapon",
    "swapoff", "quotactl", "acct", "reboot", "sethostname", "setdomainname", "settimeofday", "clock_settime",
    "adjtimex", "clock_adjtime", "setrlimit", "personality", NULL
  };
  /* Answered as if the kernel did not have them: glibc then starts threads by what the filter can look into. */
  static const char *const unknown[] = { "clone3", "io_uring_setup", "io_uring_enter", "io_uring_register", NULL };
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  gboolean is_in_force;

  if (filter == NULL)
    return FALSE;
  (void) seccomp_attr_set (filter, SCMP_FLTATR_CTL_NNP, 0); /* already set */
  deny (filter, forbidden, EPERM);
  deny (filter, unknown, ENOSYS);
#ifndef __SANITIZE_ADDRESS__ /* the leak check runs in a process of its own */
  (void) seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (clone), 1,
                           SCMP_A0 (SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
#endif
  (void) seccomp_rule_add (filter, SCMP_ACT_ERRNO (EAFNOSUPPORT), SCMP_SYS (socket), 1, SCMP_A0 (SCMP_CMP_NE, AF_UNIX));
  (void) seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (prlimit64), 1, SCMP_A2 (SCMP_CMP_NE, 0));
  (void) seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (kill), 1,
                           SCMP_A0 (SCMP_CMP_NE, (scmp_datum_t) getpid ()));
  is_in_force = seccomp_load (filter) == 0;
  seccomp_release (filter);
  return is_in_force;
}

/* Sanitizers reserve terabytes, and a leak check traces its own process, so a build with them keeps both. */
static gboolean
hide_process (GString *active)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
  return TRUE;
#else
  if (limit (RLIMIT_AS, CONFINE_MEMORY_BYTES))
    g_string_append (active, ",memory");
  g_string_append (active, ",nodump");
  return prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
}

gboolean
confine (char **ret_active, GError **error)
{
  g_autoptr (GString) active = g_string_new ("nocore,smallfiles,nonewprivs");

  umask (077);
  (void) signal (SIGXFSZ, SIG_IGN);
  (void) signal (SIGPIPE, SIG_IGN);
  if (!limit (RLIMIT_CORE, 0) || !limit (RLIMIT_FSIZE, CONFINE_FILE_BYTES)
      || prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the process cannot give up cores or new rights");
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
  if (enter_seccomp ())
    g_string_append (active, ",seccomp");
  *ret_active = g_string_free (g_steal_pointer (&active), FALSE);
  return TRUE;
}
