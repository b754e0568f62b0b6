/* SPDX-License-Identifier: Apache-2.0 */
/* service-fixture: azukari-vaultd itself on a vault of artificial people, and a client of it. */
#pragma once

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <gio/gunixsocketaddress.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data-test.h"
#include "service.h"
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

typedef struct
{
  char *folder, *vault, *socket, *log;
  GSubprocess *daemon;
  AzukariVault1 *client;
  GDBusConnection *connection;
} Fixture;

/* --- the daemon ------------------------------------------------------------------------------------------------------ */

/* Starts it and returns its one line of --ready-fd. */
static inline char *
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

static inline GDBusConnection *
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

static inline AzukariVault1 *
proxy_for (GDBusConnection *connection)
{
  g_autoptr (GError) error = NULL;
  AzukariVault1 *proxy =
      azukari_vault1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, SERVICE_OBJECT_PATH, NULL, &error);

  g_assert_no_error (error);
  return proxy;
}

static inline void
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

static inline void
start (Fixture *f)
{
  g_autofree char *line = start_daemon (f, NULL, NULL);

  g_assert_cmpstr (line, ==, "ready");
  reconnect (f);
}

static inline void
stop (Fixture *f)
{
  g_subprocess_send_signal (f->daemon, SIGTERM);
  g_assert_true (g_subprocess_wait (f->daemon, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (f->daemon));
  g_assert_cmpint (g_subprocess_get_exit_status (f->daemon), ==, 0);
}

static inline GVariant *
bytes (const char *text)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, strlen (text), 1);
}

static inline void
init_vault (Fixture *f)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;

  azukari_vault1_call_init_sync (
      f->client, g_variant_new_parsed ("{'provider': <'swtpm'>, 'company': <'見本商事'>, 'admin': <'見本 管理'>}"),
      bytes (PIN), &status, NULL, &error);
  g_assert_no_error (error);
}

static inline gboolean
try_login (Fixture *f, const char *pin, GError **error)
{
  g_autoptr (GVariant) session = NULL;

  return azukari_vault1_call_login_sync (f->client, "", bytes (pin), &session, NULL, error);
}

static inline void
login (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (try_login (f, PIN, &error));
  g_assert_no_error (error);
}

static inline void
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

static inline void
set_up_empty (Fixture *f, gconstpointer data)
{
  f->folder = test_folder_new ();
  f->vault = g_build_filename (f->folder, "vault", NULL);
  f->socket = g_build_filename (f->folder, "sock", NULL);
  f->log = g_build_filename (f->folder, "log", NULL);
}

/* A vault with three people on its roster, and a connection without rights. */
static inline void
set_up (Fixture *f, gconstpointer data)
{
  set_up_empty (f, data);
  start (f);
  init_vault (f);
  login (f);
  import_people (f);
  reconnect (f);
}

static inline void
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

static inline void
assert_remote (GError *error, const char *name)
{
  g_autofree char *expected = g_strconcat ("jp.azukari.Error.", name, NULL);
  g_autofree char *got = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;

  g_assert_cmpstr (got, ==, expected);
}

static inline char *
identify (Fixture *f, const char *code, const char *birth_date, GError **error)
{
  g_autoptr (GVariant) person = NULL;
  char *id = NULL;

  if (azukari_vault1_call_identify_sync (f->client, code, birth_date, &person, NULL, error))
    g_assert_true (g_variant_lookup (person, "id", "s", &id));
  return id;
}

static inline GVariant *
collection (void)
{
  return g_variant_new_parsed (
      "{'document': <'my-number-card-back'>, 'identity': <'employment-known'>, 'purposes': <['tax']>, "
      "'text-version': <'1'>, 'language': <'ja'>, 'evidence': <{'qr': 'match'}>, 'confidence': <0.98>}");
}

static inline char *
collect (Fixture *f, const char *person, const char *number, GError **error)
{
  char *record = NULL;

  (void) azukari_vault1_call_collect_sync (f->client, person, collection (), bytes (number), &record, NULL, error);
  return record;
}
