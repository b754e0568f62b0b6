/* SPDX-License-Identifier: Apache-2.0 */
/* Well-formed messages with hostile arguments: a method's name, a zero byte, and its arguments as GVariant stores them. Somebody is
 * logged in who may do everything, so that each handler looks at what it was given. Each call is answered, with an error that vault.xml
 * names or with what it promises; and the vault stays open.
 *
 * What waits for people or the TPM is left out: making a vault, its proof, new epochs, log-ins. */
#include "fuzz.h"
#include "fuzz-service.h"

static const char *const left_out[] = { "Init", "Prove", "Login", "Logout", "Verify", NULL };
/* By what they do: a new epoch takes seconds. */
static const char *const slow_words[] = { "Remove", "PinChange", "Dispose", "Restore", "Backup", "Retire", "Enrol",
                                          "Move",   "Token",     "Machine", "Bind",    "Export", "Extend" };

static GDBusConnection *connection;
static GPtrArray *methods; /* of GDBusMethodInfo, borrowed */

static gboolean
is_slow (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (slow_words); i++)
    if (strstr (name, slow_words[i]) != NULL)
      return TRUE;
  return g_strv_contains (left_out, name);
}

/* A file's descriptor is not for GVariant to make up. */
static gboolean
takes_a_file (const GDBusMethodInfo *method)
{
  for (guint i = 0; method->in_args != NULL && method->in_args[i] != NULL; i++)
    if (strchr (method->in_args[i]->signature, 'h') != NULL)
      return TRUE;
  return FALSE;
}

static void
add_people (void)
{
  static const char csv[] = "社員番号,氏名,フリガナ,生年月日\n0001,見本 太郎,ミホン タロウ,1980-01-02\n";
  g_autoptr (GVariant) report =
      fuzz_call (connection, "PeopleImport",
                 g_variant_new ("(@ay@a{sv})", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, csv, sizeof csv - 1, 1),
                                g_variant_new_parsed ("@a{sv} {}")),
                 NULL);

  g_assert_nonnull (report);
}

static void
log_in (void)
{
  g_autoptr (GVariant) session = fuzz_call (
      connection, "Login",
      g_variant_new ("(s@ay)", "", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, FUZZ_PIN, strlen (FUZZ_PIN), 1)),
      NULL);

  g_assert_nonnull (session);
}

static void
prepare (void)
{
  const GDBusInterfaceInfo *info;

  if (connection != NULL)
    return;
  fuzz_start (TRUE);
  connection = fuzz_connect ();
  methods = g_ptr_array_new ();
  info = azukari_vault1_interface_info ();
  for (guint i = 0; info->methods[i] != NULL; i++)
    if (!is_slow (info->methods[i]->name) && !takes_a_file (info->methods[i]))
      g_ptr_array_add (methods, info->methods[i]);
  log_in ();
  add_people ();
}

static char *
signature_of (const GDBusMethodInfo *method)
{
  GString *signature = g_string_new ("(");

  for (guint i = 0; method->in_args != NULL && method->in_args[i] != NULL; i++)
    g_string_append (signature, method->in_args[i]->signature);
  g_string_append_c (signature, ')');
  return g_string_free (signature, FALSE);
}

static const GDBusMethodInfo *
find_method (const char *name)
{
  for (guint i = 0; i < methods->len; i++)
    if (g_str_equal (((const GDBusMethodInfo *) g_ptr_array_index (methods, i))->name, name))
      return g_ptr_array_index (methods, i);
  return NULL;
}

static void
assert_named (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  g_assert_false (g_dbus_connection_is_closed (connection));
  /* What GVariant knows and D-Bus does not was never sent. */
  if (name != NULL && !g_str_has_prefix (name, "jp.azukari.Error.")
      && !g_str_has_prefix (name, "org.freedesktop.DBus.Error."))
    g_error ("an error that nobody named: %s", name);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *zero = size > 0 ? memchr (data, 0, size) : NULL;
  const GDBusMethodInfo *method;
  g_autofree char *signature = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) wild = NULL, arguments = NULL, answer = NULL;
  g_autoptr (GError) error = NULL;
  VaultStatus found;

  prepare ();
  if (zero == NULL)
    return 0;
  method = find_method ((const char *) data);
  if (method == NULL)
    method = g_ptr_array_index (methods, data[0] % methods->len);
  signature = signature_of (method);
  bytes = g_bytes_new (zero + 1, data + size - zero - 1);
  wild = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (signature), bytes, FALSE));
  arguments = g_variant_get_normal_form (wild);
  answer = fuzz_call (connection, method->name, arguments, &error);
  if (answer == NULL)
    assert_named (error);
  vault_get_status (fuzz.vault, &found);
  g_assert_cmpint (found.state, ==, VAULT_OPEN);
  return 0;
}
