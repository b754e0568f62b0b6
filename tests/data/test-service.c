/* SPDX-License-Identifier: Apache-2.0 */
/* service: azukari-vaultd itself, over its real socket: who may do what, what it refuses, what it survives. */
#include "service.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <gio/gunixsocketaddress.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data-test.h"
#include "listener.h"
#include "vault-generated.h"

#define PIN "mihon-4829"
#define NAME "見本 太郎"
#define KANA "ミホン タロウ"
#define NUMBER "123456789018"
#define CSV                                                                                                            \
  "社員番号,氏名,フリガナ,生年月日,本人社員番号,続柄\n"                                          \
  "0001,見本 太郎,ミホン タロウ,1980-01-02,,\n"                                                              \
  "0002,見本 花子,ミホン ハナコ,1985-01-02,,\n"                                                              \
  ",見本 次郎,ミホン ジロウ,2010-03-04,0001,子\n"
#define NOBODY 65534
#define REFUSED 77
#define SILENT_CLIENTS 12
/* 64 bytes a call, 400 an answer: more than a socket holds. */
#define UNREAD_CALLS 4000

typedef struct
{
  char *folder, *vault, *socket, *log;
  GSubprocess *daemon;
  AzukariVault1 *client;
  GDBusConnection *connection;
} Fixture;

/* --- the daemon ------------------------------------------------------------------------------------------------------ */

/* Starts it and returns its one line of --ready-fd. */
static char *
start_daemon (Fixture *f, const char *option, const char *value)
{
  const char *argv[] = {
    g_getenv ("AZUKARI_VAULTD"), "--vault", f->vault, "--socket", f->socket, "--ready-fd", "7", option, value, NULL
  };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  int ends[2];
  char line[512] = "";
  gsize used = 0;
  gssize n;

  g_assert_true (pipe2 (ends, O_CLOEXEC) == 0);
  g_subprocess_launcher_take_fd (launcher, ends[1], 7);
  {
    int log = open (f->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    g_subprocess_launcher_take_stdout_fd (launcher, fcntl (log, F_DUPFD_CLOEXEC, 3));
    g_subprocess_launcher_take_stderr_fd (launcher, log);
  }
  g_clear_object (&f->daemon);
  f->daemon = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  g_clear_object (&launcher);
  while (used < sizeof line - 1 && (n = read (ends[0], line + used, sizeof line - 1 - used)) > 0)
    used += n;
  close (ends[0]);
  return g_strchomp (g_strdup (line));
}

static GDBusConnection *
connect_to (const char *socket, GError **error)
{
  g_autofree char *escaped = g_dbus_address_escape_value (socket);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, error);

  if (connection != NULL)
    g_dbus_connection_set_exit_on_close (connection, FALSE);
  return connection;
}

static AzukariVault1 *
proxy_for (GDBusConnection *connection)
{
  g_autoptr (GError) error = NULL;
  AzukariVault1 *proxy =
      azukari_vault1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, SERVICE_OBJECT_PATH, NULL, &error);

  g_assert_no_error (error);
  return proxy;
}

static void
reconnect (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&f->client);
  if (f->connection != NULL)
    (void) g_dbus_connection_close_sync (f->connection, NULL, NULL);
  g_clear_object (&f->connection);
  f->connection = connect_to (f->socket, &error);
  g_assert_no_error (error);
  f->client = proxy_for (f->connection);
}

static void
start (Fixture *f)
{
  g_autofree char *line = start_daemon (f, NULL, NULL);

  g_assert_cmpstr (line, ==, "ready");
  reconnect (f);
}

static void
stop (Fixture *f)
{
  g_subprocess_send_signal (f->daemon, SIGTERM);
  g_assert_true (g_subprocess_wait (f->daemon, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (f->daemon));
  g_assert_cmpint (g_subprocess_get_exit_status (f->daemon), ==, 0);
}

static GVariant *
bytes (const char *text)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, strlen (text), 1);
}

static void
init_vault (Fixture *f)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;

  azukari_vault1_call_init_sync (
      f->client, g_variant_new_parsed ("{'provider': <'swtpm'>, 'company': <'見本商事'>, 'admin': <'見本 管理'>}"),
      bytes (PIN), &status, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
try_login (Fixture *f, const char *pin, GError **error)
{
  g_autoptr (GVariant) session = NULL;

  return azukari_vault1_call_login_sync (f->client, "", bytes (pin), &session, NULL, error);
}

static void
login (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (try_login (f, PIN, &error));
  g_assert_no_error (error);
}

static void
import_people (Fixture *f)
{
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  guint32 added = 0;

  azukari_vault1_call_people_import_sync (f->client, bytes (CSV), g_variant_new_parsed ("@a{sv} {}"), &report, NULL,
                                          &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (report, "added", "u", &added));
  g_assert_cmpuint (added, ==, 3);
}

static void
set_up_empty (Fixture *f, gconstpointer data)
{
  f->folder = test_folder_new ();
  f->vault = g_build_filename (f->folder, "vault", NULL);
  f->socket = g_build_filename (f->folder, "sock", NULL);
  f->log = g_build_filename (f->folder, "log", NULL);
}

/* A vault with three people on its roster, and a connection without rights. */
static void
set_up (Fixture *f, gconstpointer data)
{
  set_up_empty (f, data);
  start (f);
  init_vault (f);
  login (f);
  import_people (f);
  reconnect (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->client);
  g_clear_object (&f->connection);
  if (f->daemon != NULL)
    {
      g_subprocess_force_exit (f->daemon);
      (void) g_subprocess_wait (f->daemon, NULL, NULL);
      g_object_unref (f->daemon);
    }
  test_folder_remove (f->folder);
  g_free (f->folder);
  g_free (f->vault);
  g_free (f->socket);
  g_free (f->log);
}

static void
assert_remote (GError *error, const char *name)
{
  g_autofree char *expected = g_strconcat ("jp.azukari.Error.", name, NULL);
  g_autofree char *got = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;

  g_assert_cmpstr (got, ==, expected);
}

static char *
identify (Fixture *f, const char *code, const char *birth_date, GError **error)
{
  g_autoptr (GVariant) person = NULL;
  char *id = NULL;

  if (azukari_vault1_call_identify_sync (f->client, code, birth_date, &person, NULL, error))
    g_assert_true (g_variant_lookup (person, "id", "s", &id));
  return id;
}

static GVariant *
collection (void)
{
  return g_variant_new_parsed (
      "{'document': <'my-number-card-back'>, 'identity': <'employment-known'>, 'purposes': <['tax']>, "
      "'text-version': <'1'>, 'language': <'ja'>, 'evidence': <{'qr': 'match'}>, 'confidence': <0.98>}");
}

static char *
collect (Fixture *f, const char *person, const char *number, GError **error)
{
  char *record = NULL;

  (void) azukari_vault1_call_collect_sync (f->client, person, collection (), bytes (number), &record, NULL, error);
  return record;
}

/* --- rights ---------------------------------------------------------------------------------------------------------- */

static void
test_without_rights (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *method, *args;
  } calls[] = {
    { "PeopleImport", "(@ay [], @a{sv} {})" }, { "PeopleList", "(@a{sv} {},)" },
    { "PersonAdd", "(@a{sv} {},)" },           { "Attend", "('x',)" },
    { "Note", "('x', 'asked', '')" },          { "Collect", "('x', @a{sv} {}, @ay [])" },
    { "RecordList", "(@a{sv} {},)" },          { "Approve", "('x', '')" },
    { "AskAgain", "('x', 'unclear')" },        { "FormatList", "()" },
    { "Export", "(@a{sv} {}, @h 0)" },         { "LogList", "(@a{sv} {},)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) result = g_dbus_connection_call_sync (
          f->connection, NULL, SERVICE_OBJECT_PATH, "jp.azukari.Vault1", calls[i].method,
          g_variant_new_parsed (calls[i].args), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

      g_assert_null (result);
      g_test_message ("%s", calls[i].method);
      assert_remote (error, "NotAllowed");
    }
}

static void
test_rights_end_with_logout (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;

  login (f);
  g_assert_true (
      azukari_vault1_call_people_list_sync (f->client, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, NULL));
  g_assert_cmpuint (g_variant_n_children (people), ==, 3);
  g_assert_true (azukari_vault1_call_logout_sync (f->client, NULL, NULL));
  g_clear_pointer (&people, g_variant_unref);
  g_assert_false (
      azukari_vault1_call_people_list_sync (f->client, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, &error));
  assert_remote (error, "NotAllowed");
}

/* One connection's log-in is not another's. */
static void
test_rights_are_the_connections (Fixture *f, gconstpointer data)
{
  g_autoptr (GDBusConnection) second = connect_to (f->socket, NULL);
  g_autoptr (AzukariVault1) other = proxy_for (second);
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;

  login (f);
  g_assert_false (
      azukari_vault1_call_people_list_sync (other, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, &error));
  assert_remote (error, "NotAllowed");
  (void) g_dbus_connection_close_sync (second, NULL, NULL);
}

static void
test_person_reaches_own_family_only (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hanako = identify (f, "0002", "1985-01-02", NULL);
  g_autofree char *taro = NULL, *record = NULL;
  g_autoptr (GVariant) person = NULL, dependants = NULL, first = NULL;
  g_autofree char *jiro = NULL;

  g_assert_true (azukari_vault1_call_identify_sync (f->client, "0001", "1980-01-02", &person, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (person, "id", "s", &taro));
  dependants = g_variant_lookup_value (person, "dependants", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (dependants), ==, 1);
  first = g_variant_get_child_value (dependants, 0);
  g_assert_true (g_variant_lookup (first, "id", "s", &jiro));

  record = collect (f, taro, NUMBER, &error);
  g_assert_no_error (error);
  g_free (record);
  record = collect (f, jiro, "923456789014", &error);
  g_assert_no_error (error);
  g_free (record);
  record = collect (f, hanako, NUMBER, &error);
  assert_remote (error, "NotAllowed");
  g_clear_error (&error);
  g_assert_true (azukari_vault1_call_forget_sync (f->client, NULL, NULL));
  record = collect (f, taro, NUMBER, &error);
  assert_remote (error, "NotAllowed");
}

static void
test_failed_identify_drops_the_one_before (Fixture *f, gconstpointer data)
{
  g_autofree char *taro = identify (f, "0001", "1980-01-02", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (identify (f, "0001", "1980-01-03", &error));
  assert_remote (error, "NoSuchPerson");
  g_clear_error (&error);
  g_assert_null (collect (f, taro, NUMBER, &error));
  assert_remote (error, "NotAllowed");
}

static void
test_identify_is_throttled (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < SERVICE_THROTTLE_TRIES; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (identify (f, "0001", "1999-09-09", &error));
      assert_remote (error, "NoSuchPerson");
    }
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (identify (f, "0001", "1980-01-02", &error));
    assert_remote (error, "NotAllowed");
  }
}

static void
test_wrong_pin (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) first = NULL, second = NULL;

  g_assert_false (try_login (f, "wrong-pin-1", &first));
  assert_remote (first, "WrongPin");
  g_assert_nonnull (strstr (first->message, "tries=9"));
  g_assert_null (strstr (first->message, "wrong-pin-1"));
  g_assert_false (try_login (f, "", &second));
  assert_remote (second, "WrongPin");
  g_assert_true (g_str_has_suffix (second->message, "tries=8"));
  login (f);
}

static void
test_bad_check_digit (Fixture *f, gconstpointer data)
{
  g_autofree char *taro = identify (f, "0001", "1980-01-02", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (collect (f, taro, "123456789012", &error));
  assert_remote (error, "BadNumber");
  g_assert_null (strstr (error->message, "123456789012"));
}

/* --- arguments ------------------------------------------------------------------------------------------------------- */

static void
test_arguments_are_bounded (Fixture *f, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (100000, 'x');
  g_autofree char *big_csv = g_strnfill (ROSTER_MAX_BYTES + 1, 'x');
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (try_login (f, long_text, &error));
  assert_remote (error, "Usage");
  g_clear_error (&error);
  g_assert_null (identify (f, long_text, "1980-01-02", &error));
  assert_remote (error, "Usage");
  g_clear_error (&error);
  login (f);
  g_assert_false (azukari_vault1_call_people_import_sync (f->client, bytes (big_csv),
                                                          g_variant_new_parsed ("@a{sv} {}"), &result, NULL, &error));
  assert_remote (error, "Usage");
  g_clear_error (&error);
  g_assert_false (
      azukari_vault1_call_people_list_sync (f->client, g_variant_new_parsed ("{'kind': <1>}"), &result, NULL, &error));
  assert_remote (error, "Usage");
  g_clear_error (&error);
  g_assert_null (collect (f, long_text, NUMBER, &error));
  assert_remote (error, "Usage");
}

/* Bytes that are no D-Bus, and connections that say nothing, must not stop it for the others. */
static void
test_garbage_on_the_socket (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketClient) raw = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (f->socket);
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 8; i++)
    {
      GSocketConnection *connection = g_socket_client_connect (raw, G_SOCKET_CONNECTABLE (address), NULL, NULL);
      GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
      g_autofree char *junk = g_strnfill (4096, (char) (i * 31));

      if (i % 2 == 0)
        (void) g_output_stream_write_all (out, junk, 4096, NULL, NULL, NULL);
      g_ptr_array_add (held, connection);
    }
  g_assert_true (azukari_vault1_call_get_status_sync (f->client, &status, NULL, &error));
  g_assert_no_error (error);
}

static void
test_connections_are_bounded (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GVariant) status = NULL;
  guint n_served = 0;

  for (guint i = 0; i < SERVICE_MAX_CONNECTIONS + 4; i++)
    {
      GDBusConnection *connection = connect_to (f->socket, NULL);
      g_autoptr (GVariant) answer = NULL;

      if (connection == NULL)
        continue;
      g_ptr_array_add (held, connection);
      answer = g_dbus_connection_call_sync (connection, NULL, SERVICE_OBJECT_PATH, "jp.azukari.Vault1", "GetStatus",
                                            NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
      n_served += answer != NULL;
    }
  /* One is the fixture's. */
  g_assert_cmpuint (n_served, ==, SERVICE_MAX_CONNECTIONS - 1);
  for (guint i = 0; i < held->len; i++)
    (void) g_dbus_connection_close_sync (g_ptr_array_index (held, i), NULL, NULL);
  g_assert_true (azukari_vault1_call_get_status_sync (f->client, &status, NULL, NULL));
}

/* --- other users ----------------------------------------------------------------------------------------------------- */

/* This program again, as nobody: can it connect and call? */
static int
run_as_nobody (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, g_getenv ("TEST_SERVICE"), "--as-nobody", f->socket, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (child));
  return g_subprocess_get_exit_status (child);
}

static int
be_nobody (const char *socket)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) client = NULL;
  g_autoptr (GVariant) status = NULL;

  if (setresgid (NOBODY, NOBODY, NOBODY) != 0 || setresuid (NOBODY, NOBODY, NOBODY) != 0)
    return 1;
  connection = connect_to (socket, NULL);
  if (connection == NULL)
    return REFUSED;
  client = azukari_vault1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, SERVICE_OBJECT_PATH, NULL, NULL);
  return client != NULL && azukari_vault1_call_get_status_sync (client, &status, NULL, NULL) ? 0 : REFUSED;
}

static void
test_other_user (Fixture *f, gconstpointer data)
{
  struct stat st;

  g_assert_cmpint (stat (f->socket, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);
  if (getuid () != 0)
    {
      g_test_skip ("needs root to become another user");
      return;
    }
  g_assert_cmpint (g_chmod (f->folder, 0755), ==, 0);
  g_assert_cmpint (run_as_nobody (f), ==, REFUSED);
  /* Even when the socket's mode lets them through, the daemon does not. */
  g_assert_cmpint (g_chmod (f->socket, 0666), ==, 0);
  g_assert_cmpint (run_as_nobody (f), ==, REFUSED);
  stop (f);
  {
    g_autofree char *line = start_daemon (f, "--allow-uid", "65534");

    g_assert_cmpstr (line, ==, "ready");
    g_assert_cmpint (run_as_nobody (f), ==, 0);
  }
}

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

static void
test_hardened (Fixture *f, gconstpointer data)
{
  g_autofree char *status_path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (f->daemon));
  g_autofree char *limits_path = g_strdup_printf ("/proc/%s/limits", g_subprocess_get_identifier (f->daemon));
  g_autofree char *status = NULL, *limits = NULL;

  g_assert_true (g_file_get_contents (status_path, &status, NULL, NULL));
  g_assert_nonnull (strstr (status, "NoNewPrivs:\t1"));
  g_assert_true (g_file_get_contents (limits_path, &limits, NULL, NULL));
  g_assert_true (g_regex_match_simple ("Max core file size +0 +0 ", limits, 0, 0));
}

/* --- the whole way --------------------------------------------------------------------------------------------------- */

static void
export_to (Fixture *f, const char *path, GError **error)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GVariant) report = NULL;
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  g_assert_cmpint (g_unix_fd_list_append (fds, fd, NULL), ==, 0);
  close (fd);
  (void) azukari_vault1_call_export_sync (
      f->client,
      g_variant_new_parsed ("{'format': <'keyed-csv'>, 'purpose': <'tax'>, 'destination': <'見本'>, 'kind': <'all'>}"),
      g_variant_new_handle (0), fds, &report, NULL, NULL, error);
}

static void
test_whole_way_leaves_no_trace (Fixture *f, gconstpointer data)
{
  static const char *const traces[] = { NAME, KANA, NUMBER, PIN };
  g_autofree char *taro = identify (f, "0001", "1980-01-02", NULL);
  g_autofree char *path = g_build_filename (f->folder, "out.csv", NULL);
  g_autofree char *record = NULL, *content = NULL;
  g_autoptr (GError) error = NULL;

  record = collect (f, taro, NUMBER, &error);
  g_assert_no_error (error);
  g_free (collect (f, taro, "123456789012", NULL));
  g_assert_false (try_login (f, "not-" PIN, NULL));
  login (f);
  g_assert_true (azukari_vault1_call_approve_sync (f->client, record, "", NULL, &error));
  export_to (f, path, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, NUMBER));
  g_assert_cmpint (g_unlink (path), ==, 0);
  /* Database, journal, keyset, TPM state and the log, while it runs and after. */
  for (guint i = 0; i < G_N_ELEMENTS (traces); i++)
    g_assert_false (test_folder_holds (f->folder, traces[i], strlen (traces[i])));
  stop (f);
  for (guint i = 0; i < G_N_ELEMENTS (traces); i++)
    g_assert_false (test_folder_holds (f->folder, traces[i], strlen (traces[i])));
}

static guint
count_records (Fixture *f, GHashTable *wanted)
{
  g_autoptr (GVariant) records = NULL;
  guint n = 0;

  g_assert_true (
      azukari_vault1_call_record_list_sync (f->client, g_variant_new_parsed ("@a{sv} {}"), &records, NULL, NULL));
  for (gsize i = 0; i < g_variant_n_children (records); i++)
    {
      g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
      const char *id;

      g_assert_true (g_variant_lookup (record, "id", "&s", &id));
      n += g_hash_table_contains (wanted, id);
    }
  return n;
}

/* Killed while it collects, again and again: what it acknowledged is there, and the record is unbroken. */
static void
test_kill_loses_no_acknowledged_record (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) acknowledged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GVariant) findings = NULL;
  gboolean ok = FALSE;

  for (guint round = 0; round < 6; round++)
    {
      g_autofree char *taro = identify (f, "0001", "1980-01-02", NULL);
      guint until = 3 + round * 5;

      for (guint i = 0; i < until; i++)
        {
          char *record = collect (f, taro, NUMBER, NULL);

          g_assert_nonnull (record);
          g_hash_table_add (acknowledged, record);
        }
      /* One more is under way when the signal comes. */
      azukari_vault1_call_collect (f->client, taro, collection (), bytes (NUMBER), NULL, NULL, NULL);
      g_assert_true (g_dbus_connection_flush_sync (f->connection, NULL, NULL));
      g_usleep (round * 700);
      g_subprocess_force_exit (f->daemon);
      g_assert_true (g_subprocess_wait (f->daemon, NULL, NULL));
      start (f);
    }
  login (f);
  g_assert_cmpuint (count_records (f, acknowledged), ==, g_hash_table_size (acknowledged));
  g_assert_true (azukari_vault1_call_verify_sync (f->client, &ok, &findings, NULL, NULL));
  g_assert_true (ok);
}

/* --- time, in this process with a clock of its own ------------------------------------------------------------------- */

static gint clock_s;

static gint64
fake_now (void)
{
  return (gint64) g_atomic_int_get (&clock_s) * G_USEC_PER_SEC;
}

typedef struct
{
  Fixture *f;
  GMainLoop *loop;
} Clocked;

static void
assert_list (Fixture *f, const char *expected)
{
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok =
      azukari_vault1_call_people_list_sync (f->client, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, &error);

  if (expected == NULL)
    g_assert_true (ok);
  else
    assert_remote (error, expected);
}

static gpointer
clocked_client (gpointer data)
{
  Clocked *clocked = data;
  Fixture *f = clocked->f;

  reconnect (f);
  init_vault (f);
  login (f);
  import_people (f);
  g_atomic_int_add (&clock_s, 4 * 60 + 59);
  assert_list (f, NULL);
  g_atomic_int_add (&clock_s, 4 * 60 + 59);
  assert_list (f, NULL);
  g_atomic_int_add (&clock_s, 5 * 60);
  assert_list (f, "NotAllowed");
  /* A throttled connection may try again after a minute, no sooner. */
  for (guint i = 0; i < SERVICE_THROTTLE_TRIES; i++)
    g_assert_null (identify (f, "0001", "1999-09-09", NULL));
  g_atomic_int_add (&clock_s, 59);
  g_assert_null (identify (f, "0001", "1980-01-02", NULL));
  g_atomic_int_add (&clock_s, 1);
  {
    g_autofree char *taro = identify (f, "0001", "1980-01-02", NULL);

    g_assert_nonnull (taro);
  }
  g_main_loop_quit (clocked->loop);
  return NULL;
}

static void
test_rights_expire (Fixture *f, gconstpointer data)
{
  const ServiceOptions options = { .socket_path = f->socket, .now_us = fake_now };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Clocked clocked = { .f = f, .loop = loop };
  g_autoptr (GError) error = NULL;
  g_autoptr (Vault) vault = NULL;
  g_autoptr (Service) service = NULL;
  GThread *thread;

  g_assert_cmpint (g_mkdir (f->vault, 0700), ==, 0);
  vault = vault_new (f->vault, NULL);
  service = service_new (vault, &options, &error);
  g_assert_no_error (error);
  thread = g_thread_new ("client", clocked_client, &clocked);
  g_main_loop_run (loop);
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--as-nobody"))
    return be_nobody (argv[2]);
  g_setenv ("TEST_SERVICE", argv[0], TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, up, func) g_test_add (path, Fixture, NULL, up, func, tear_down)
  ADD ("/service/rights/none-without-login", set_up, test_without_rights);
  ADD ("/service/rights/end-with-logout", set_up, test_rights_end_with_logout);
  ADD ("/service/rights/are-the-connections", set_up, test_rights_are_the_connections);
  ADD ("/service/rights/own-family-only", set_up, test_person_reaches_own_family_only);
  ADD ("/service/rights/failed-identify-drops-the-one-before", set_up, test_failed_identify_drops_the_one_before);
  ADD ("/service/rights/expire", set_up_empty, test_rights_expire);
  ADD ("/service/rights/other-user", set_up, test_other_user);
  ADD ("/service/identify/throttled", set_up, test_identify_is_throttled);
  ADD ("/service/login/wrong-pin", set_up, test_wrong_pin);
  ADD ("/service/collect/bad-check-digit", set_up, test_bad_check_digit);
  ADD ("/service/arguments/bounded", set_up, test_arguments_are_bounded);
  ADD ("/service/arguments/garbage-on-the-socket", set_up, test_garbage_on_the_socket);
  ADD ("/service/arguments/connections-bounded", set_up, test_connections_are_bounded);
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
  ADD ("/service/custody/whole-way-leaves-no-trace", set_up, test_whole_way_leaves_no_trace);
  ADD ("/service/custody/kill-loses-no-acknowledged-record", set_up, test_kill_loses_no_acknowledged_record);
  return g_test_run ();
}
