/* SPDX-License-Identifier: Apache-2.0 */
/* service, in this process: what it does by itself. */
#include "service.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "vault-fixture.h"
#include "vault-private.h"

typedef struct
{
  Fixture vault;
  char *socket;
  Service *service;
  GDBusConnection *connection;
} Serving;

static void
set_up_service (Serving *s, gconstpointer data)
{
  ServiceOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  set_up (&s->vault, NULL);
  s->socket = g_build_filename (s->vault.folder, "vaultd.sock", NULL);
  options.socket_path = s->socket;
  s->service = service_new (s->vault.vault, &options, &error);
  g_assert_no_error (error);
}

static void
tear_down_service (Serving *s, gconstpointer data)
{
  g_clear_object (&s->connection);
  service_free (s->service);
  (void) g_unlink (s->socket);
  g_free (s->socket);
  tear_down (&s->vault, NULL);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
connect_client (Serving *s)
{
  g_autofree char *escaped = g_dbus_address_escape_value (s->socket);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, keep_result,
                                     &result);
  s->connection = g_dbus_connection_new_for_address_finish (wait_for (&result), &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (s->connection, FALSE);
}

static GVariant *
ask (Serving *s, const char *method, GVariant *arguments, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call (s->connection, NULL, SERVICE_OBJECT_PATH, "jp.azukari.Vault1", method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, keep_result, &result);
  return g_dbus_connection_call_finish (s->connection, wait_for (&result), error);
}

static void
call (Serving *s, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (s, method, arguments, &error);

  g_assert_no_error (error);
}

static void
log_in (Serving *s)
{
  call (s, "Login",
        g_variant_new ("(s@ay)", "", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, PIN, strlen (PIN), 1)));
}

static guint64
count_entries (Serving *s)
{
  return get_status (&s->vault).record_entries;
}

/* The TPM signs the record when that is due, once, and not while somebody is served. */
static void
test_checkpoint (Serving *s, gconstpointer data)
{
  guint64 before;

  connect_client (s);
  log_in (s);
  before = count_entries (s);
  service_tend (s->service);
  g_assert_cmpuint (count_entries (s), ==, before);
  call (s, "Logout", NULL);
  before = count_entries (s);
  service_tend (s->service);
  g_assert_cmpuint (count_entries (s), ==, before + 1);
  g_assert_false (vault_checkpoint_is_due (s->vault.vault));
  service_tend (s->service);
  g_assert_cmpuint (count_entries (s), ==, before + 1);
}

/* A vault that closed itself in the middle of a new epoch: every log-in ends before it is opened again. */
static void
test_closed_while_open (Serving *s, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  connect_client (s);
  log_in (s);
  call (s, "AdminList", NULL);
  vault_seal (s->vault.vault, g_error_new (CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM, "the TPM fell silent"));
  g_assert_true (vault_has_closed (s->vault.vault));
  call (s, "GetStatus", NULL);
  assert_open (&s->vault);
  g_assert_null (ask (s, "AdminList", NULL, &error));
  g_assert_nonnull (strstr (error->message, "jp.azukari.Error.NotAllowed"));
  log_in (s);
  call (s, "AdminList", NULL);
}

/* What does not pass is not tried again, and whoever is logged in may see what there is. */
static void
test_tampered_stays_closed (Serving *s, gconstpointer data)
{
  vault_seal (s->vault.vault, g_error_new (CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "a row is not as it was left"));
  g_assert_false (vault_has_closed (s->vault.vault));
  connect_client (s);
  call (s, "GetStatus", NULL);
  assert_sealed (&s->vault, "Tampered");
}

/* Somebody who has come while the daemon was busy, and whom its main loop has not seen yet, is not left standing. */
static void
test_wanted (Serving *s, gconstpointer data)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_false (service_is_wanted (s->service));
  g_strlcpy (address.sun_path, s->socket, sizeof address.sun_path);
  g_assert_cmpint (connect (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpuint (service_get_n_connections (s->service), ==, 0);
  g_assert_true (service_is_wanted (s->service));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (service_is_wanted (s->service)); /* has not said who it is */
  (void) close (fd);
  while (service_is_wanted (s->service))
    g_main_context_iteration (NULL, TRUE);
  connect_client (s);
  g_assert_true (service_is_wanted (s->service));
}

static gboolean
end_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* The TPM is asked for a number's digest when nobody has called for a moment, not while somebody stands there; it needs no log-in. */
static void
test_digests (Serving *s, gconstpointer data)
{
  g_autofree char *person = add_person (&s->vault, "employee", "0001", NAME, "");
  g_autofree char *record = collect_ok (&s->vault, person, NUMBER);
  gboolean ended = FALSE;

  connect_client (s);
  call (s, "GetStatus", NULL);
  g_assert_nonnull (s->vault.vault->index_waiting);
  g_timeout_add (1500, end_cb, &ended);
  while (!ended)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (s->vault.vault->index_waiting);
  service_tend (s->service);
  g_assert_cmpuint (count_digests (&s->vault), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add ("/service/tend/checkpoint", Serving, NULL, set_up_service, test_checkpoint, tear_down_service);
  g_test_add ("/service/tend/closed-while-open", Serving, NULL, set_up_service, test_closed_while_open,
              tear_down_service);
  g_test_add ("/service/tend/digests", Serving, NULL, set_up_service, test_digests, tear_down_service);
  g_test_add ("/service/tend/wanted", Serving, NULL, set_up_service, test_wanted, tear_down_service);
  g_test_add ("/service/tend/tampered", Serving, NULL, set_up_service, test_tampered_stays_closed, tear_down_service);
  return g_test_run ();
}
