/* SPDX-License-Identifier: Apache-2.0 */
/* vault-client and messages-vault: every error of the interface has a code, a name and a sentence; sockets of others are refused. */
#include "vault-client.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "messages-vault.h"

static void
test_every_error_has_its_sentence (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int code = VAULT_ERROR_FAILED; code <= VAULT_ERROR_NOT_DUE; code++)
    {
      g_autoptr (GError) error = g_error_new (VAULT_ERROR, code, "for the log");
      g_autofree char *name = vault_error_dup_name (error);
      char *sentence = messages_for_error (error);

      g_assert_cmpint (vault_error_from_name (name), ==, code);
      g_assert_cmpuint (strlen (sentence), >, 10);
      g_assert_null (strstr (sentence, "for the log"));
      g_assert_true (g_hash_table_add (seen, sentence)); /* no two alike */
    }
  g_assert_cmpint (vault_error_from_name ("NoSuchName"), ==, -1);
}

static void
test_errors_come_over_dbus (void)
{
  g_autoptr (GError) error = NULL;

  (void) vault_error_quark ();
  error = g_dbus_error_new_for_dbus_error ("jp.azukari.Error.WrongPin", "the PIN is wrong tries=7");
  g_assert_error (error, VAULT_ERROR, VAULT_ERROR_WRONG_PIN);
  g_assert_cmpint (vault_error_get_tries_left (error), ==, 7);
}

static void
test_tries_left_is_parsed_strictly (void)
{
  static const struct
  {
    const char *message;
    int expected;
  } cases[] = {
    { "wrong tries=0", 0 }, { "wrong tries=10", 10 }, { "wrong", -1 },       { "tries=", -1 },
    { "tries=-1", -1 },     { "tries=3 or so", -1 },  { "tries=99999", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (VAULT_ERROR, VAULT_ERROR_WRONG_PIN, cases[i].message);

      g_assert_cmpint (vault_error_get_tries_left (error), ==, cases[i].expected);
    }
  g_assert_cmpint (vault_error_get_tries_left (NULL), ==, -1);
}

static void
test_secret_bytes_hold_any_byte (void)
{
  static const guint8 bytes[] = { 1, 0, 255, 0 };
  g_autoptr (GVariant) variant = g_variant_ref_sink (vault_client_secret_bytes (bytes, sizeof bytes));
  g_autoptr (GVariant) empty = g_variant_ref_sink (vault_client_secret_bytes (NULL, 0));
  gsize n_bytes;
  const void *back = g_variant_get_fixed_array (variant, &n_bytes, 1);

  g_assert_cmpmem (back, n_bytes, bytes, sizeof bytes);
  g_assert_cmpuint (g_variant_n_children (empty), ==, 0);
}

static void
test_path_too_long_is_said (void)
{
  g_autofree char *path = g_strnfill (200, 'a');
  g_autoptr (GError) error = NULL;

  g_assert_null (vault_client_connect (path, NULL, &error));
  g_assert_error (error, VAULT_ERROR, VAULT_ERROR_USAGE);
}

static void
test_missing_daemon_is_said (void)
{
  g_autofree char *dir = g_dir_make_tmp ("azukari-client-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  g_setenv ("AZUKARI_VAULTD", "/nonexistent/azukari-vaultd", TRUE);
  g_assert_null (vault_client_connect (dir, NULL, &error));
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
  g_unsetenv ("AZUKARI_VAULTD");
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static void
test_daemon_that_dies_is_said (void)
{
  g_autofree char *dir = g_dir_make_tmp ("azukari-client-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  g_setenv ("AZUKARI_VAULTD", "/bin/false", TRUE);
  g_assert_null (vault_client_connect (dir, NULL, &error));
  g_assert_error (error, VAULT_ERROR, VAULT_ERROR_FAILED);
  g_unsetenv ("AZUKARI_VAULTD");
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vault-client/errors/each-has-its-sentence", test_every_error_has_its_sentence);
  g_test_add_func ("/vault-client/errors/come-over-dbus", test_errors_come_over_dbus);
  g_test_add_func ("/vault-client/errors/tries-left-is-parsed-strictly", test_tries_left_is_parsed_strictly);
  g_test_add_func ("/vault-client/secret/holds-any-byte", test_secret_bytes_hold_any_byte);
  g_test_add_func ("/vault-client/connect/path-too-long-is-said", test_path_too_long_is_said);
  g_test_add_func ("/vault-client/connect/missing-daemon-is-said", test_missing_daemon_is_said);
  g_test_add_func ("/vault-client/connect/daemon-that-dies-is-said", test_daemon_that_dies_is_said);
  return g_test_run ();
}
