/* SPDX-License-Identifier: Apache-2.0 */
/* azukari-vaultd: holds one vault and serves it. The only program that opens the TPM or the database. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "custody-error.h"
#include "service.h"

#define LOCK_FILE "lock"
#define SOCKET_FILE "vaultd.sock"
#define IDLE_AFTER_LAST_S 3
#define IDLE_AFTER_START_S 15
#define MAX_UIDS 16
#define EXIT_USAGE 1
#define EXIT_REFUSED 2

typedef struct
{
  /* options */
  char *vault, *socket;
  char **allow_uids;
  gboolean until_idle, version;
  int ready_fd;
  /* parsed */
  uid_t uids[MAX_UIDS];
  guint n_uids;
  /* running */
  GMainLoop *loop;
  Service *service;
  guint idle_source;
} Daemon;

/* --- start ----------------------------------------------------------------------------------------------------------- */

static void
harden (void)
{
  const struct rlimit none = { 0, 0 };

  (void) prctl (PR_SET_DUMPABLE, 0);
  (void) setrlimit (RLIMIT_CORE, &none);
  (void) prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  umask (077);
  /* The TSS tells stderr of every probe that fails, and reads this once, at its first message. */
  (void) g_setenv ("TSS2_LOG", "all+none", TRUE);
  (void) secret_lock_process ();
}

/* GIO quotes a message that it cannot parse, all of it: the first line says enough. */
static GLogWriterOutput
write_log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  g_autofree GLogField *kept = g_memdup2 (fields, n_fields * sizeof *fields);
  g_autofree char *line = NULL;

  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (kept[i].key, "MESSAGE"))
      {
        const char *text = kept[i].value;
        gsize size = kept[i].length < 0 ? strlen (text) : (gsize) kept[i].length;

        line = g_strndup (text, size);
        line[strcspn (line, "\n")] = '\0';
        kept[i].value = line;
        kept[i].length = -1;
      }
  return g_log_writer_default (level, kept, n_fields, user_data);
}

/* One line to whoever started us, once. */
static void
tell (Daemon *self, const GError *error)
{
  g_autofree char *line = NULL;

  if (self->ready_fd < 0)
    return;
  line = error == NULL ? g_strdup ("ready\n")
                       : g_strdup_printf ("error %s %s\n", custody_error_get_name (error), error->message);
  (void) !write (self->ready_fd, line, strlen (line));
  close (self->ready_fd);
  self->ready_fd = -1;
}

static gboolean
parse_uids (Daemon *self, GError **error)
{
  for (guint i = 0; self->allow_uids != NULL && self->allow_uids[i] != NULL; i++)
    {
      guint64 uid;

      if (i >= MAX_UIDS || !g_ascii_string_to_unsigned (self->allow_uids[i], 10, 0, G_MAXUINT32 - 1, &uid, NULL))
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "--allow-uid takes a user's number, at most %d times",
                       MAX_UIDS);
          return FALSE;
        }
      self->uids[self->n_uids++] = uid;
    }
  return TRUE;
}

static gboolean
parse_options (Daemon *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "vault", 0, 0, G_OPTION_ARG_FILENAME, &self->vault, "The vault's folder; made when missing", "DIR" },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &self->socket, "Where to listen (DIR/" SOCKET_FILE ")", "PATH" },
    { "until-idle", 0, 0, G_OPTION_ARG_NONE, &self->until_idle, "Exit a few seconds after the last connection closed",
      NULL },
    { "ready-fd", 0, 0, G_OPTION_ARG_INT, &self->ready_fd, "Write \"ready\" or \"error NAME MESSAGE\" there", "N" },
    { "allow-uid", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->allow_uids, "Also let this user connect", "N" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) problem = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Holds one Azukari vault: numbers in custody, sealed to this machine's TPM.");
  if (!g_option_context_parse (context, argc, argv, &problem))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "%s", problem->message);
      return FALSE;
    }
  if (!self->version && (self->vault == NULL || *argc > 1))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "--vault DIR is needed, and nothing beside options");
      return FALSE;
    }
  return parse_uids (self, error);
}

static gboolean
prepare_folder (Daemon *self, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (self->vault, NULL);
  struct stat st;

  g_free (self->vault);
  self->vault = g_steal_pointer (&absolute);
  if (self->socket == NULL)
    self->socket = g_build_filename (self->vault, SOCKET_FILE, NULL);
  if (mkdir (self->vault, 0700) != 0 && errno != EEXIST)
    {
      custody_error_set_errno (error, errno, "make the vault's folder");
      return FALSE;
    }
  if (stat (self->vault, &st) != 0 || !S_ISDIR (st.st_mode) || st.st_uid != geteuid () || (st.st_mode & 077) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "the vault's folder must be a folder of this user that nobody else may enter (mode 0700)");
      return FALSE;
    }
  if (strlen (self->socket) >= sizeof (((struct sockaddr_un *) NULL)->sun_path))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "the socket's path is too long; choose a shorter one with --socket");
      return FALSE;
    }
  return TRUE;
}

/* Held until the process ends. */
static gboolean
take_lock (const Daemon *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->vault, LOCK_FILE, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      custody_error_set_errno (error, errno, "open the vault's lock");
      return FALSE;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  close (fd);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BUSY, "another azukari-vaultd already holds this vault");
  return FALSE;
}

/* Under the lock a socket that is there is a dead daemon's. */
static gboolean
remove_stale_socket (const Daemon *self, GError **error)
{
  struct stat st;

  if (lstat (self->socket, &st) != 0 || !S_ISSOCK (st.st_mode) || unlink (self->socket) == 0)
    return TRUE;
  custody_error_set_errno (error, errno, "remove the socket of a daemon that is gone");
  return FALSE;
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

static gboolean
quit_cb (gpointer user_data)
{
  Daemon *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
idle_over_cb (gpointer user_data)
{
  Daemon *self = user_data;

  /* Whoever came while the TPM took its time is waiting at the socket. */
  if (service_is_wanted (self->service))
    return G_SOURCE_CONTINUE;
  self->idle_source = 0;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
wait_idle (Daemon *self, guint seconds)
{
  if (!self->until_idle)
    return;
  g_clear_handle_id (&self->idle_source, g_source_remove);
  self->idle_source = g_timeout_add_seconds (seconds, idle_over_cb, self);
}

static void
idle_cb (gpointer user_data)
{
  wait_idle (user_data, IDLE_AFTER_LAST_S);
}

static gboolean
run (Daemon *self, GError **error)
{
  g_autoptr (Vault) vault = NULL;
  g_autoptr (GError) problem = NULL;
  ServiceOptions options = {
    .allowed_uids = self->uids, .n_allowed_uids = self->n_uids, .idle_cb = idle_cb, .user_data = self
  };

  if (!prepare_folder (self, error) || !take_lock (self, error) || !remove_stale_socket (self, error))
    return FALSE;
  options.socket_path = self->socket;
  vault = vault_new (self->vault, NULL);
  self->service = service_new (vault, &options, &problem);
  if (self->service == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "cannot listen: %s", problem->message);
      return FALSE;
    }
  self->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, quit_cb, self);
  g_unix_signal_add (SIGINT, quit_cb, self);
  g_unix_signal_add (SIGHUP, quit_cb, self);
  wait_idle (self, IDLE_AFTER_START_S);
  tell (self, NULL);
  g_main_loop_run (self->loop);
  g_clear_pointer (&self->service, service_free);
  g_main_loop_unref (self->loop);
  return TRUE;
}

int
main (int argc, char **argv)
{
  Daemon self = { .ready_fd = -1 };
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;

  harden ();
  g_log_set_writer_func (write_log_cb, NULL, NULL);
  if (!secret_init ())
    g_set_error (&error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "no random numbers");
  else if (parse_options (&self, &argc, &argv, &error))
    {
      if (self.version)
        printf ("azukari-vaultd %s\n", AZUKARI_VERSION);
      else
        (void) run (&self, &error);
    }
  if (error != NULL)
    {
      tell (&self, error);
      fprintf (stderr, "azukari-vaultd: %s\n", error->message);
      status = g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE) ? EXIT_USAGE : EXIT_REFUSED;
    }
  g_free (self.vault);
  g_free (self.socket);
  g_strfreev (self.allow_uids);
  return status;
}
