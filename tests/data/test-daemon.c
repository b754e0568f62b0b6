/* SPDX-License-Identifier: Apache-2.0 */
/* daemon: how azukari-vaultd starts, ends, and what silent and deaf clients do to it. */
#include <sys/resource.h>

#include "service-fixture.h"

#include "listener.h"

#define SILENT_CLIENTS 12
/* 64 bytes a call, 400 an answer: more than a socket holds. */
#define UNREAD_CALLS 4000

/* --- life ------------------------------------------------------------------------------------------------------------ */

static void
test_second_daemon (Fixture *f, gconstpointer data)
{
  g_autoptr (GSubprocess) first = g_object_ref (f->daemon);
  g_autofree char *line = start_daemon (f, NULL, NULL);
  g_autoptr (GVariant) status = NULL;

  g_assert_true (g_str_has_prefix (line, "error Busy "));
  g_assert_true (g_subprocess_wait (f->daemon, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (f->daemon), ==, 2);
  g_set_object (&f->daemon, first);
  /* The first one is not disturbed, its socket not taken away. */
  reconnect (f);
  g_assert_true (azukari_vault1_call_get_status_sync (f->client, &status, NULL, NULL));
}

static void
test_sigterm_and_stale_socket (Fixture *f, gconstpointer data)
{
  stop (f);
  g_assert_false (g_file_test (f->socket, G_FILE_TEST_EXISTS));
  start (f);
  g_subprocess_force_exit (f->daemon);
  g_assert_true (g_subprocess_wait (f->daemon, NULL, NULL));
  /* A killed daemon leaves its socket; the next one takes it over. */
  g_assert_true (g_file_test (f->socket, G_FILE_TEST_EXISTS));
  start (f);
  login (f);
}

static void
say (GSocketConnection *connection, gconstpointer bytes, gsize n_bytes)
{
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), bytes, n_bytes,
                                            NULL, NULL, NULL));
}

/* A socket that is connected and has said @n_bytes of @text so far. */
static GSocketConnection *
connect_raw (Fixture *f, const char *text, gsize n_bytes)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (f->socket);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);

  g_assert_no_error (error);
  say (connection, text, n_bytes);
  return connection;
}

#define HALF_AUTH "\0AUTH EXTERNAL 30\r\n"

/* stop () that fails instead of waiting for a client's good will. */
static void
stop_soon (Fixture *f)
{
  gint64 begun_us = g_get_monotonic_time ();

  stop (f);
  g_assert_cmpint (g_get_monotonic_time () - begun_us, <, LISTENER_AUTH_MS * 1000 / 2);
}

/* Whoever has connected and never says who they are does not hold it up: it is gone long before their time is over. */
static void
test_sigterm_with_silent_clients (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < SILENT_CLIENTS; i++)
    g_ptr_array_add (held, connect_raw (f, HALF_AUTH, i % 3 == 0 ? 0 : i % 3 == 1 ? 1 : sizeof HALF_AUTH - 1));
  stop_soon (f);
  g_assert_false (g_file_test (f->socket, G_FILE_TEST_EXISTS));
}

/* D-Bus by hand: EXTERNAL with our user number in hex, then as many calls as their answers fill every buffer. */
static GSocketConnection *
ask_and_never_read (Fixture *f)
{
  GSocketConnection *connection = connect_raw (f, "", 1);
  g_autofree char *uid = g_strdup_printf ("%u", (guint) getuid ());
  g_autoptr (GString) auth = g_string_new ("AUTH EXTERNAL ");
  char answer[128];

  for (const char *c = uid; *c != '\0'; c++)
    g_string_append_printf (auth, "%02x", *c);
  g_string_append (auth, "\r\n");
  say (connection, auth->str, auth->len);
  g_assert_cmpint (
      g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), answer, sizeof answer, NULL, NULL),
      >, 3);
  g_assert_cmpint (memcmp (answer, "OK ", 3), ==, 0);
  say (connection, "BEGIN\r\n", 7);
  for (guint i = 0; i < UNREAD_CALLS; i++)
    {
      g_autoptr (GDBusMessage) call =
          g_dbus_message_new_method_call (NULL, SERVICE_OBJECT_PATH, "jp.azukari.Vault1", "GetStatus");
      g_autofree guchar *blob = NULL;
      gsize size;

      g_dbus_message_set_serial (call, i + 1);
      blob = g_dbus_message_to_blob (call, &size, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
      say (connection, blob, size);
    }
  return connection;
}

static void
test_sigterm_with_client_that_does_not_read (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketConnection) deaf = NULL;
  g_autoptr (GVariant) status = NULL;

  start (f);
  deaf = ask_and_never_read (f);
  /* By the time that this is answered, so is what came before. */
  g_assert_true (azukari_vault1_call_get_status_sync (f->client, &status, NULL, NULL));
  stop_soon (f);
}

/* Their time is bounded, and others are served meanwhile. */
static void
test_silence_ends_the_connection (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketConnection) silent = NULL, half = NULL;
  g_autoptr (GVariant) status = NULL;
  char byte;

  start (f);
  silent = connect_raw (f, "", 0);
  half = connect_raw (f, HALF_AUTH, 2);
  g_assert_true (azukari_vault1_call_get_status_sync (f->client, &status, NULL, NULL));
  g_socket_set_timeout (g_socket_connection_get_socket (silent), LISTENER_AUTH_MS / 1000 * 4);
  g_socket_set_timeout (g_socket_connection_get_socket (half), LISTENER_AUTH_MS / 1000 * 4);
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (silent)), &byte, 1, NULL, NULL), ==,
                   0);
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (half)), &byte, 1, NULL, NULL), ==,
                   0);
}

static void
test_until_idle (Fixture *f, gconstpointer data)
{
  g_autofree char *line = NULL;

  stop (f);
  line = start_daemon (f, "--until-idle", NULL);
  g_assert_cmpstr (line, ==, "ready");
  reconnect (f);
  login (f);
  g_clear_object (&f->client);
  (void) g_dbus_connection_close_sync (f->connection, NULL, NULL);
  g_assert_true (g_subprocess_wait (f->daemon, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (f->daemon), ==, 0);
}

static void
test_open_folder_is_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *line = NULL;

  g_assert_cmpint (g_mkdir (f->vault, 0755), ==, 0);
  g_assert_cmpint (g_chmod (f->vault, 0755), ==, 0);
  line = start_daemon (f, NULL, NULL);
  g_assert_true (g_str_has_prefix (line, "error Usage "));
  g_assert_true (g_subprocess_wait (f->daemon, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (f->daemon), ==, 1);
}

static void
test_sealed_vault_says_why (Fixture *f, gconstpointer data)
{
  g_autofree char *keyset = g_build_filename (f->vault, KEYS_FILE, NULL);
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *state = NULL, *reason = NULL;

  stop (f);
  g_assert_cmpint (g_unlink (keyset), ==, 0);
  start (f);
  g_assert_true (azukari_vault1_call_get_status_sync (f->client, &status, NULL, NULL));
  g_assert_true (g_variant_lookup (status, "state", "s", &state));
  g_assert_true (g_variant_lookup (status, "reason", "s", &reason));
  g_assert_cmpstr (state, ==, "sealed");
  g_assert_cmpstr (reason, ==, "KeysetMissing");
  g_assert_false (try_login (f, PIN, &error));
  assert_remote (error, "KeysetMissing");
}

static void
test_uninitialised (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  start (f);
  g_assert_false (try_login (f, PIN, &error));
  assert_remote (error, "NotInitialised");
  g_clear_error (&error);
  g_assert_null (identify (f, "0001", "1980-01-02", &error));
  assert_remote (error, "NotInitialised");
}

static void
test_init_without_tpm_is_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;

  if (g_file_test ("/dev/tpmrm0", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("this machine has a TPM, which no test may touch");
      return;
    }
  start (f);
  azukari_vault1_call_init_sync (
      f->client, g_variant_new_parsed ("{'provider': <'tpm2'>, 'company': <'見本商事'>, 'admin': <'見本 管理'>}"),
      bytes (PIN), &status, NULL, &error);
  assert_remote (error, "NoTpm");
  init_vault (f);
}

/* As the kernel sees us: CAP_IPC_LOCK, or no limit. */
static gboolean G_GNUC_UNUSED
may_lock_all (void)
{
  g_autofree char *status = NULL;
  const char *effective;
  struct rlimit limit;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  effective = strstr (status, "CapEff:\t");
  g_assert_nonnull (effective);
  g_assert_cmpint (getrlimit (RLIMIT_MEMLOCK, &limit), ==, 0);
  return (g_ascii_strtoull (effective + strlen ("CapEff:\t"), NULL, 16) >> 14 & 1) != 0
         || limit.rlim_cur == RLIM_INFINITY;
}

static void
test_hardened (Fixture *f, gconstpointer data)
{
  g_autofree char *status_path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (f->daemon));
  g_autofree char *limits_path = g_strdup_printf ("/proc/%s/limits", g_subprocess_get_identifier (f->daemon));
  g_autofree char *status = NULL, *limits = NULL;
  gboolean locked;

  g_assert_true (g_file_get_contents (status_path, &status, NULL, NULL));
  g_assert_nonnull (strstr (status, "NoNewPrivs:\t1"));
  /* All of its memory is locked, or it may not do so: then it is locked piece by piece, never some of it by mlockall (). */
  locked = g_regex_match_simple ("VmLck:\\s+[1-9][0-9]{3,} kB", status, 0, 0);
  g_test_message ("memory %s", locked ? "locked" : "not locked as a whole");
#ifndef __SANITIZE_ADDRESS__ /* whose shadow cannot be locked: it makes mlockall () do nothing */
  g_assert_cmpint (locked, ==, may_lock_all ());
#endif
  g_assert_true (g_file_get_contents (limits_path, &limits, NULL, NULL));
  g_assert_true (g_regex_match_simple ("Max core file size +0 +0 ", limits, 0, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, up, func) g_test_add (path, Fixture, NULL, up, func, tear_down)
  ADD ("/service/daemon/second", set_up, test_second_daemon);
  ADD ("/service/daemon/sigterm-and-stale-socket", set_up, test_sigterm_and_stale_socket);
  ADD ("/service/daemon/sigterm-with-silent-clients", set_up, test_sigterm_with_silent_clients);
  ADD ("/service/daemon/sigterm-with-client-that-does-not-read", set_up_empty,
       test_sigterm_with_client_that_does_not_read);
  ADD ("/service/daemon/silence-ends-the-connection", set_up_empty, test_silence_ends_the_connection);
  ADD ("/service/daemon/until-idle", set_up, test_until_idle);
  ADD ("/service/daemon/open-folder-is-refused", set_up_empty, test_open_folder_is_refused);
  ADD ("/service/daemon/sealed-says-why", set_up, test_sealed_vault_says_why);
  ADD ("/service/daemon/uninitialised", set_up_empty, test_uninitialised);
  ADD ("/service/daemon/init-without-tpm", set_up_empty, test_init_without_tpm_is_refused);
  ADD ("/service/daemon/hardened", set_up, test_hardened);
  return g_test_run ();
}
