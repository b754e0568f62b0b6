/* SPDX-License-Identifier: Apache-2.0 */
/* service, in this process: what it does by itself. */
#include "service.h"

#include "vault-fixture.h"

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

static void
call (Serving *s, const char *method, GVariant *arguments)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_call (s->connection, NULL, SERVICE_OBJECT_PATH, "jp.azukari.Vault1", method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, keep_result, &result);
  answer = g_dbus_connection_call_finish (s->connection, wait_for (&result), &error);
  g_assert_no_error (error);
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
  call (s, "Login",
        g_variant_new ("(s@ay)", "", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, PIN, strlen (PIN), 1)));
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add ("/service/tend/checkpoint", Serving, NULL, set_up_service, test_checkpoint, tear_down_service);
  return g_test_run ();
}
