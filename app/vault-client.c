/* SPDX-License-Identifier: Apache-2.0 */
/* Finds or starts azukari-vaultd, connects to it, and turns its D-Bus errors into VaultError. */
#include "config.h"

#include "vault-client.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "programs.h"

#define CONNECT_TIMEOUT_MS 10000
#define CALL_TIMEOUT_MS (10 * 60 * 1000)
#define RETRY_MS 100
#define READY_FD 3
#define READY_LINE_BYTES 512

static const GDBusErrorEntry error_entries[] = {
  { VAULT_ERROR_FAILED, "jp.azukari.Error.Failed" },
  { VAULT_ERROR_USAGE, "jp.azukari.Error.Usage" },
  { VAULT_ERROR_NOT_INITIALISED, "jp.azukari.Error.NotInitialised" },
  { VAULT_ERROR_ALREADY_INITIALISED, "jp.azukari.Error.AlreadyInitialised" },
  { VAULT_ERROR_NO_TPM, "jp.azukari.Error.NoTpm" },
  { VAULT_ERROR_OTHER_TPM, "jp.azukari.Error.OtherTpm" },
  { VAULT_ERROR_TPM_CLEARED, "jp.azukari.Error.TpmCleared" },
  { VAULT_ERROR_KEYSET_MISSING, "jp.azukari.Error.KeysetMissing" },
  { VAULT_ERROR_KEYSET_DAMAGED, "jp.azukari.Error.KeysetDamaged" },
  { VAULT_ERROR_STORE_MISSING, "jp.azukari.Error.StoreMissing" },
  { VAULT_ERROR_STORE_DAMAGED, "jp.azukari.Error.StoreDamaged" },
  { VAULT_ERROR_DISK_FULL, "jp.azukari.Error.DiskFull" },
  { VAULT_ERROR_DISK_FAILED, "jp.azukari.Error.DiskFailed" },
  { VAULT_ERROR_UNSURE, "jp.azukari.Error.Unsure" },
  { VAULT_ERROR_BUSY, "jp.azukari.Error.Busy" },
  { VAULT_ERROR_SEALED, "jp.azukari.Error.Sealed" },
  { VAULT_ERROR_WRONG_PIN, "jp.azukari.Error.WrongPin" },
  { VAULT_ERROR_LOCKED_OUT, "jp.azukari.Error.LockedOut" },
  { VAULT_ERROR_NOT_ALLOWED, "jp.azukari.Error.NotAllowed" },
  { VAULT_ERROR_NO_SUCH_PERSON, "jp.azukari.Error.NoSuchPerson" },
  { VAULT_ERROR_NO_SUCH_RECORD, "jp.azukari.Error.NoSuchRecord" },
  { VAULT_ERROR_BAD_NUMBER, "jp.azukari.Error.BadNumber" },
  { VAULT_ERROR_ROSTER, "jp.azukari.Error.Roster" },
  { VAULT_ERROR_NO_SUCH_FORMAT, "jp.azukari.Error.NoSuchFormat" },
  { VAULT_ERROR_NOTHING_TO_EXPORT, "jp.azukari.Error.NothingToExport" },
  { VAULT_ERROR_UNFIT_TEXT, "jp.azukari.Error.UnfitText" },
  { VAULT_ERROR_TAMPERED, "jp.azukari.Error.Tampered" },
  { VAULT_ERROR_ROLLED_BACK, "jp.azukari.Error.RolledBack" },
  { VAULT_ERROR_NOT_YOUR_ROLE, "jp.azukari.Error.NotYourRole" },
  { VAULT_ERROR_NO_SUCH_ADMIN, "jp.azukari.Error.NoSuchAdmin" },
  { VAULT_ERROR_ADMIN_EXISTS, "jp.azukari.Error.AdminExists" },
  { VAULT_ERROR_LAST_CHIEF, "jp.azukari.Error.LastChief" },
  { VAULT_ERROR_WEAK_PIN, "jp.azukari.Error.WeakPin" },
  { VAULT_ERROR_ENROLMENT_FILE, "jp.azukari.Error.EnrolmentFile" },
  { VAULT_ERROR_ENROLMENT_REFUSED, "jp.azukari.Error.EnrolmentRefused" },
  { VAULT_ERROR_SOFTWARE_TPM, "jp.azukari.Error.SoftwareTpm" },
  { VAULT_ERROR_NO_SUCH_MACHINE, "jp.azukari.Error.NoSuchMachine" },
  { VAULT_ERROR_STANDBY, "jp.azukari.Error.Standby" },
  { VAULT_ERROR_MOVED_OUT, "jp.azukari.Error.MovedOut" },
  { VAULT_ERROR_NOT_EMPTY, "jp.azukari.Error.NotEmpty" },
  { VAULT_ERROR_FIRST_ACTIVE, "jp.azukari.Error.FirstActive" },
  { VAULT_ERROR_RECEIPT_REFUSED, "jp.azukari.Error.ReceiptRefused" },
  { VAULT_ERROR_NOT_DUE, "jp.azukari.Error.NotDue" },
  { VAULT_ERROR_BOOT_CHANGED, "jp.azukari.Error.BootChanged" },
  { VAULT_ERROR_NO_BACKUP, "jp.azukari.Error.NoBackup" },
  { VAULT_ERROR_PLACE_GONE, "jp.azukari.Error.PlaceGone" },
  { VAULT_ERROR_BACKUP_DAMAGED, "jp.azukari.Error.BackupDamaged" },
  { VAULT_ERROR_BACKUP_FOREIGN, "jp.azukari.Error.BackupForeign" },
  { VAULT_ERROR_TOKEN_NEEDED, "jp.azukari.Error.TokenNeeded" },
  { VAULT_ERROR_TOKEN_MISSING, "jp.azukari.Error.TokenMissing" },
  { VAULT_ERROR_TOKEN_REFUSED, "jp.azukari.Error.TokenRefused" },
  { VAULT_ERROR_NO_SUCH_TOKEN, "jp.azukari.Error.NoSuchToken" },
  { VAULT_ERROR_TOKEN_EXISTS, "jp.azukari.Error.TokenExists" },
  { VAULT_ERROR_NO_SPARE_TOKEN, "jp.azukari.Error.NoSpareToken" },
  { VAULT_ERROR_OUT_OF_SCOPE, "jp.azukari.Error.OutOfScope" },
  { VAULT_ERROR_EXPIRED, "jp.azukari.Error.Expired" },
  { VAULT_ERROR_CLIENTS_ONLY, "jp.azukari.Error.ClientsOnly" },
  { VAULT_ERROR_DUPLICATE, "jp.azukari.Error.Duplicate" },
  { VAULT_ERROR_OTHER_PURPOSE, "jp.azukari.Error.OtherPurpose" },
  { VAULT_ERROR_OUTDATED, "jp.azukari.Error.Outdated" },
  { VAULT_ERROR_NOTHING_TO_UNDO, "jp.azukari.Error.NothingToUndo" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (error_entries) == VAULT_N_ERRORS);

GQuark
vault_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("vault-error-quark", &quark, error_entries, G_N_ELEMENTS (error_entries));
  return (GQuark) quark;
}

int
vault_error_from_name (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (error_entries); i++)
    if (g_strcmp0 (strrchr (error_entries[i].dbus_error_name, '.') + 1, name) == 0)
      return error_entries[i].error_code;
  return -1;
}

char *
vault_error_dup_name (const GError *error)
{
  int code = error->domain == VAULT_ERROR ? error->code : VAULT_ERROR_FAILED;

  for (gsize i = 0; i < G_N_ELEMENTS (error_entries); i++)
    if (error_entries[i].error_code == code)
      return g_strdup (strrchr (error_entries[i].dbus_error_name, '.') + 1);
  return g_strdup ("Failed");
}

int
vault_error_get_tries_left (const GError *error)
{
  const char *tries = error != NULL ? strstr (error->message, "tries=") : NULL;
  guint64 value;

  if (tries == NULL || !g_ascii_string_to_unsigned (tries + strlen ("tries="), 10, 0, 1000, &value, NULL))
    return -1;
  return (int) value;
}

const char *
vault_error_get_why (const GError *error)
{
  const char *why = error != NULL ? strstr (error->message, "why=") : NULL;

  return why != NULL ? why + strlen ("why=") : "";
}

typedef struct
{
  gsize n_bytes;
  guint8 bytes[];
} WipedBytes;

static void
wiped_bytes_free (gpointer data)
{
  WipedBytes *self = data;

  explicit_bzero (self->bytes, self->n_bytes);
  g_free (self);
}

GVariant *
vault_client_secret_bytes (const void *bytes, gsize n_bytes)
{
  WipedBytes *copy = g_malloc (sizeof *copy + n_bytes);

  copy->n_bytes = n_bytes;
  if (n_bytes > 0)
    memcpy (copy->bytes, bytes, n_bytes);
  return g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, copy->bytes, n_bytes, TRUE, wiped_bytes_free, copy);
}

/* The other end must be us or root: a socket that somebody else listens on would be handed PINs and numbers. */
static gboolean
check_server (GDBusConnection *connection, GError **error)
{
  GIOStream *stream = g_dbus_connection_get_stream (connection);
  g_autoptr (GCredentials) credentials = NULL;
  uid_t uid;

  if (!G_IS_SOCKET_CONNECTION (stream))
    {
      g_set_error_literal (error, VAULT_ERROR, VAULT_ERROR_NOT_ALLOWED, "the vault's connection is not a socket");
      return FALSE;
    }
  credentials = g_socket_get_credentials (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)), error);
  if (credentials == NULL)
    return FALSE;
  uid = g_credentials_get_unix_user (credentials, error);
  if (uid == (uid_t) -1)
    return FALSE;
  if (uid != geteuid () && uid != 0)
    {
      g_set_error (error, VAULT_ERROR, VAULT_ERROR_NOT_ALLOWED, "the vault's socket is held by another user (uid %u)",
                   (unsigned) uid);
      return FALSE;
    }
  return TRUE;
}

static GDBusConnection *
try_connect (const char *socket_path, GError **error)
{
  g_autofree char *escaped = g_dbus_address_escape_value (socket_path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autoptr (GDBusConnection) connection = NULL;

  connection = g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                                       NULL, error);
  if (connection == NULL || !check_server (connection, error))
    return NULL;
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return g_steal_pointer (&connection);
}

static gboolean
nobody_listens (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
         /* one that ended while we were connecting */
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

static void
child_setup_cb (gpointer user_data)
{
  /* Its own session: Ctrl-C at the client's terminal must not stop a daemon that others may be using. */
  (void) setsid ();
}

/* Reads the daemon's one line of --ready-fd; it closes the descriptor afterwards, also when it dies. */
static gboolean
wait_until_ready (int fd, GError **error)
{
  char line[READY_LINE_BYTES];
  gsize n_bytes = 0;
  g_auto (GStrv) words = NULL;
  int code;

  while (n_bytes < sizeof line - 1)
    {
      gssize n_read = read (fd, line + n_bytes, sizeof line - 1 - n_bytes);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read <= 0)
        break;
      n_bytes += (gsize) n_read;
    }
  line[n_bytes] = '\0';
  g_strchomp (line);
  if (strcmp (line, "ready") == 0)
    return TRUE;

  words = g_strsplit (line, " ", 3);
  code = g_strv_length (words) == 3 && strcmp (words[0], "error") == 0 ? vault_error_from_name (words[1]) : -1;
  g_set_error (error, VAULT_ERROR, code >= 0 ? code : VAULT_ERROR_FAILED, "%s",
               code >= 0 ? words[2] : "azukari-vaultd ended before it was ready");
  return FALSE;
}

static gboolean
start_daemon (const char *vault_dir, GError **error)
{
  /* It outlives us, so it must not keep our output open: whoever reads a pipe of ours would wait for it. What hinders its
   * start comes over the pipe. */
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *program = programs_find ("AZUKARI_VAULTD", "data", "azukari-vaultd", error);
  int ready[2];
  gboolean ok;

  if (program == NULL)
    return FALSE;
  if (!g_unix_open_pipe (ready, FD_CLOEXEC, error))
    return FALSE;
  g_subprocess_launcher_take_fd (launcher, ready[1], READY_FD);
  g_subprocess_launcher_set_child_setup (launcher, child_setup_cb, NULL, NULL);
  process = g_subprocess_launcher_spawn (launcher, error, program, "--vault", vault_dir, "--until-idle", "--ready-fd",
                                         G_STRINGIFY (READY_FD), NULL);
  g_subprocess_launcher_close (launcher);
  ok = process != NULL && wait_until_ready (ready[0], error);
  close (ready[0]);
  return ok;
}

AzukariVault1 *
vault_client_connect (const char *vault_dir, GDBusConnection **ret_connection, GError **error)
{
  g_autofree char *absolute = NULL;
  g_autofree char *socket_path = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  gint64 deadline = g_get_monotonic_time () + CONNECT_TIMEOUT_MS * G_TIME_SPAN_MILLISECOND;
  AzukariVault1 *vault;

  g_return_val_if_fail (vault_dir != NULL, NULL);
  (void) vault_error_quark ();

  absolute = g_canonicalize_filename (vault_dir, NULL);
  socket_path = g_build_filename (absolute, "vaultd.sock", NULL);
  if (strlen (socket_path) >= sizeof ((struct sockaddr_un *) NULL)->sun_path)
    {
      g_set_error (error, VAULT_ERROR, VAULT_ERROR_USAGE, "the vault's path is too long for a socket: %s", absolute);
      return NULL;
    }

  for (;;)
    {
      g_autoptr (GError) connect_error = NULL;
      g_autoptr (GError) start_error = NULL;

      connection = try_connect (socket_path, &connect_error);
      if (connection != NULL)
        break;
      if (!nobody_listens (connect_error))
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&connect_error), "connecting to the vault: ");
          return NULL;
        }
      if (start_daemon (absolute, &start_error))
        continue;
      /* Busy: another client has just started one, or one is just ending; its socket comes or goes within moments. */
      if (!g_error_matches (start_error, VAULT_ERROR, VAULT_ERROR_BUSY) || g_get_monotonic_time () > deadline)
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&start_error), "starting the vault: ");
          return NULL;
        }
      g_usleep (RETRY_MS * G_TIME_SPAN_MILLISECOND);
    }

  vault = azukari_vault1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL,
                                         "/jp/azukari/Vault1", NULL, error);
  if (vault == NULL)
    return NULL;
  /* Init and a new epoch take up to a hundred commands, and a slow chip two seconds for each. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (vault), CALL_TIMEOUT_MS);
  if (ret_connection != NULL)
    *ret_connection = g_steal_pointer (&connection);
  return vault;
}

static void
connect_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  AzukariVault1 *vault = vault_client_connect (data, NULL, &error);

  if (vault != NULL)
    g_task_return_pointer (task, vault, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
vault_client_connect_async (GObject *source, const char *vault_dir, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (vault_dir), g_free);
  /* A daemon that never gets ready keeps its thread, not who waits. */
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, connect_thread);
}

AzukariVault1 *
vault_client_connect_finish (GAsyncResult *result, GDBusConnection **ret_connection, GError **error)
{
  AzukariVault1 *vault = g_task_propagate_pointer (G_TASK (result), error);

  if (vault != NULL && ret_connection != NULL)
    *ret_connection = g_object_ref (g_dbus_proxy_get_connection (G_DBUS_PROXY (vault)));
  return vault;
}
