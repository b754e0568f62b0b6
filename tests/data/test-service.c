/* SPDX-License-Identifier: Apache-2.0 */
/* service: azukari-vaultd over its real socket: who may do what, and what it refuses. */
#include "service-fixture.h"

/* --- rights ---------------------------------------------------------------------------------------------------------- */

/* Every call that needs a log-in. */
static const struct
{
  const char *method, *args;
} guarded[] = {
  { "PeopleImport", "(@ay [], @a{sv} {})" },
  { "PeopleList", "(@a{sv} {},)" },
  { "PersonAdd", "(@a{sv} {},)" },
  { "Attend", "('x',)" },
  { "Note", "('x', 'asked', '')" },
  { "Collect", "('x', @a{sv} {}, b'123456789018')" },
  { "RecordList", "(@a{sv} {},)" },
  { "Approve", "('x', '')" },
  { "AskAgain", "('x', 'unclear')" },
  { "FormatList", "()" },
  { "FormatGet", "('x',)" },
  { "FormatLook", "(@a{sv} {}, @h 0)" },
  { "FormatAdd", "(@a{sv} {}, @h 0)" },
  { "FormatRemove", "('x',)" },
  { "Export", "(@a{sv} {}, @h 0)" },
  { "LogList", "(@a{sv} {},)" },
  { "LogExport", "(@h 0,)" },
  { "LogEarlier", "()" },
  { "LogExportEarlier", "('x', @h 0)" },
  { "LogPrint", "(@a{sv} {},)" },
  { "VaultPrint", "(@a{sv} {},)" },
  { "ReceiptPrint", "('x',)" },
  { "TrainingAdd", "(@a{sv} {},)" },
  { "TrainingList", "()" },
  { "LogReview", "()" },
  { "ExportList", "()" },
  { "ExportReceipt", "('x', 'deleted')" },
  { "PlainRule", "('clerks',)" },
  { "LogSignOff", "(@t 1,)" },
  { "Prove", "()" },
  { "AdminList", "()" },
  { "AdminAdd", "(@a{sv} {}, b'x')" },
  { "AdminRemove", "('x',)" },
  { "AdminScope", "('x', @a{sv} {})" },
  { "PinChange", "(b'x', b'x')" },
  { "BootBind", "(true,)" },
  { "TermSet", "('x', @a{sv} {})" },
  { "ClientRelease", "()" },
  { "HandBack", "('x', b'x', @h 0, @h 1)" },
};

static void
test_without_rights (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (guarded); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) result = g_dbus_connection_call_sync (
          f->connection, NULL, SERVICE_OBJECT_PATH, "jp.azukari.Vault1", guarded[i].method,
          g_variant_new_parsed (guarded[i].args), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

      g_assert_null (result);
      g_test_message ("%s", guarded[i].method);
      assert_remote (error, "NotAllowed");
    }
}

/* What records are checked with is nobody's secret. */
static void
test_key_for_all (Fixture *f, gconstpointer data)
{
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;

  azukari_vault1_call_log_key_sync (f->client, &key, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (key, "-----BEGIN PUBLIC KEY-----\n"));
}

/* Adds somebody by the 責任者 and logs them in on a connection of their own. */
static void
login_new (Fixture *f, const char *name, const char *role, const char *pin)
{
  g_autoptr (GVariant) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL, *got_role = NULL;
  GVariantDict options;

  login (f);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "name", "s", name);
  g_variant_dict_insert (&options, "role", "s", role);
  azukari_vault1_call_admin_add_sync (f->client, g_variant_dict_end (&options), bytes (pin), &id, NULL, &error);
  g_assert_no_error (error);
  reconnect (f);
  azukari_vault1_call_login_sync (f->client, name, bytes (pin), &session, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (session, "role", "s", &got_role));
  g_assert_cmpstr (got_role, ==, role);
}

/* Calls by name: what the role forbids answers NotYourRole, whatever the arguments; the rest gets past that. */
static void
assert_verbs (Fixture *f, const char *const *refused)
{
  guint n_refused = 0;

  for (guint i = 0; i < G_N_ELEMENTS (guarded); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) result = g_dbus_connection_call_sync (
          f->connection, NULL, SERVICE_OBJECT_PATH, "jp.azukari.Vault1", guarded[i].method,
          g_variant_new_parsed (guarded[i].args), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
      g_autofree char *name = error != NULL ? g_dbus_error_get_remote_error (error) : g_strdup ("");
      gboolean forbidden = g_str_equal (name, "jp.azukari.Error.NotYourRole");

      g_test_message ("%s: %s", guarded[i].method, name);
      g_assert_cmpstr (name, !=, "jp.azukari.Error.NotAllowed");
      g_assert_cmpint (forbidden, ==, g_strv_contains (refused, guarded[i].method));
      n_refused += forbidden;
    }
  g_assert_cmpuint (n_refused, ==, g_strv_length ((char **) refused));
}

static void
test_chief_may_all (Fixture *f, gconstpointer data)
{
  static const char *const refused[] = { "ClientRelease", NULL };

  login (f);
  assert_verbs (f, refused);
}

static void
test_clerk_verbs (Fixture *f, gconstpointer data)
{
  static const char *const refused[] = {
    "LogList",      "LogExport",  "LogEarlier",   "LogExportEarlier", "LogPrint",
    "LogReview",    "LogSignOff", "AdminAdd",     "AdminScope",       "AdminRemove",
    "Prove",        "BootBind",   "TermSet",      "ClientRelease",    "HandBack",
    "PlainRule",    "FormatAdd",  "FormatRemove", "VaultPrint",       "TrainingAdd",
    "TrainingList", NULL
  };

  login_new (f, "見本 事務", "clerk", "649153");
  assert_verbs (f, refused);
}

static void
test_auditor_verbs (Fixture *f, gconstpointer data)
{
  static const char *const refused[] = { "PeopleImport",  "PeopleList",   "PersonAdd",     "Attend",      "Note",
                                         "Collect",       "RecordList",   "Approve",       "AskAgain",    "FormatList",
                                         "Export",        "LogSignOff",   "AdminAdd",      "AdminRemove", "AdminScope",
                                         "BootBind",      "TermSet",      "ClientRelease", "HandBack",    "ExportList",
                                         "ExportReceipt", "PlainRule",    "FormatGet",     "FormatLook",  "FormatAdd",
                                         "FormatRemove",  "ReceiptPrint", "TrainingAdd",   NULL };
  g_autoptr (GVariant) entries = NULL;
  g_autofree char *text = NULL;

  login_new (f, "見本 監査", "auditor", "kiroku-dake");
  assert_verbs (f, refused);
  /* And each attempt stands in the record. */
  g_assert_true (
      azukari_vault1_call_log_list_sync (f->client, g_variant_new_parsed ("@a{sv} {}"), &entries, NULL, NULL));
  text = g_variant_print (entries, FALSE);
  for (guint i = 0; refused[i] != NULL; i++)
    {
      g_autofree char *detail = g_strdup_printf ("'verb': '%s'", refused[i]);

      g_assert_nonnull (strstr (text, detail));
    }
  g_assert_null (strstr (text, "kiroku-dake"));
}

static void
test_client_verbs (Fixture *f, gconstpointer data)
{
  static const char *const refused[] = {
    "PeopleImport",  "PeopleList",   "PersonAdd",   "Attend",       "Note",      "Collect",
    "RecordList",    "Approve",      "AskAgain",    "FormatList",   "Export",    "LogSignOff",
    "AdminAdd",      "AdminRemove",  "AdminScope",  "BootBind",     "Prove",     "ExportList",
    "ExportReceipt", "PlainRule",    "FormatGet",   "FormatLook",   "FormatAdd", "FormatRemove",
    "VaultPrint",    "ReceiptPrint", "TrainingAdd", "TrainingList", NULL
  };

  login_new (f, "見本 委託", "client", "itaku-5173");
  assert_verbs (f, refused);
}

/* (transfer full): what the status has as @key, as text */
static char *
status_text (Fixture *f, const char *key)
{
  g_autoptr (GVariant) status = NULL, value = NULL;

  g_assert_true (azukari_vault1_call_get_status_sync (f->client, &status, NULL, NULL));
  value = g_variant_lookup_value (status, key, NULL);
  g_assert_nonnull (value);
  return g_variant_print (value, FALSE);
}

/* The chief's end of it, the client's, and who was there as well, in the record. */
static void
test_term (Fixture *f, gconstpointer data)
{
  g_autoptr (GDBusConnection) second = connect_to (f->socket, NULL);
  g_autoptr (AzukariVault1) chief = proxy_for (second);
  g_autoptr (GVariant) session = NULL, entries = NULL;
  g_autofree char *expired = NULL, *again = NULL, *client = NULL, *id = NULL, *text = NULL, *with = NULL;
  g_autoptr (GError) error = NULL;

  login_new (f, "見本 委託", "client", "itaku-5173");
  g_assert_true (azukari_vault1_call_login_sync (chief, "見本 管理", bytes (PIN), &session, NULL, NULL));
  g_assert_true (g_variant_lookup (session, "admin-id", "s", &id));
  g_assert_true (
      azukari_vault1_call_term_set_sync (chief, "2020-03-31", g_variant_new_parsed ("@a{sv} {}"), NULL, &error));
  expired = status_text (f, "expired");
  client = status_text (f, "client");
  g_assert_cmpstr (expired, ==, "true");
  g_assert_cmpstr (client, ==, "'見本 委託'");
  /* the kiosk's door is shut */
  g_assert_null (identify (f, "0001", "1980-01-02", &error));
  assert_remote (error, "Expired");
  g_clear_error (&error);
  g_assert_false (azukari_vault1_call_term_set_sync (chief, "", g_variant_new_parsed ("@a{sv} {}"), NULL, &error));
  assert_remote (error, "ClientsOnly");
  g_clear_error (&error);
  g_assert_false (azukari_vault1_call_term_set_sync (f->client, "2020-03-31",
                                                     g_variant_new_parsed ("{'accept-clock': <'yes'>}"), NULL, &error));
  assert_remote (error, "Usage");
  g_clear_error (&error);
  g_assert_true (azukari_vault1_call_term_set_sync (f->client, "", g_variant_new_parsed ("@a{sv} {}"), NULL, &error));
  g_assert_no_error (error);
  again = status_text (f, "expired");
  g_assert_cmpstr (again, ==, "false");
  g_assert_true (
      azukari_vault1_call_log_list_sync (f->client, g_variant_new_parsed ("{'limit': <@u 1>}"), &entries, NULL, NULL));
  text = g_variant_print (entries, FALSE);
  with = g_strdup_printf ("'with': '%s'", id);
  g_assert_nonnull (strstr (text, "'term-set'"));
  g_assert_nonnull (strstr (text, with));
  (void) g_dbus_connection_close_sync (second, NULL, NULL);
}

static char *
find_admin (Fixture *f, const char *name)
{
  g_autoptr (GVariant) rows = NULL;
  char *id = NULL;

  g_assert_true (azukari_vault1_call_admin_list_sync (f->client, &rows, NULL, NULL));
  for (gsize i = 0; i < g_variant_n_children (rows) && id == NULL; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *found = "";

      g_assert_true (g_variant_lookup (row, "name", "&s", &found));
      if (g_str_equal (found, name))
        g_assert_true (g_variant_lookup (row, "id", "s", &id));
    }
  return id;
}

static gboolean
may_list_people (AzukariVault1 *client)
{
  g_autoptr (GVariant) people = NULL;

  return azukari_vault1_call_people_list_sync (client, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, NULL);
}

/* Removing somebody ends every session but the one that removes; theirs does not come back. */
static void
test_removal_ends_sessions (Fixture *f, gconstpointer data)
{
  g_autoptr (GDBusConnection) second = connect_to (f->socket, NULL);
  g_autoptr (AzukariVault1) other = proxy_for (second);
  g_autoptr (GVariant) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  login_new (f, "見本 事務", "clerk", "649153");
  g_assert_true (azukari_vault1_call_login_sync (other, "見本 管理", bytes (PIN), &session, NULL, NULL));
  g_assert_true (may_list_people (f->client));
  id = find_admin (f, "見本 事務");
  g_assert_true (azukari_vault1_call_admin_remove_sync (other, id, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (may_list_people (other));
  g_assert_false (may_list_people (f->client));
  g_assert_false (azukari_vault1_call_login_sync (f->client, "見本 事務", bytes ("649153"), NULL, NULL, &error));
  assert_remote (error, "NotAllowed");
  (void) g_dbus_connection_close_sync (second, NULL, NULL);
}

static void
test_pin_change (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  login (f);
  g_assert_false (
      azukari_vault1_call_pin_change_sync (f->client, bytes ("wrong-pin-1"), bytes ("82946137"), NULL, &error));
  assert_remote (error, "WrongPin");
  g_assert_nonnull (strstr (error->message, "tries=9"));
  g_clear_error (&error);
  g_assert_false (azukari_vault1_call_pin_change_sync (f->client, bytes (PIN), bytes ("800102"), NULL, &error));
  assert_remote (error, "WeakPin");
  g_assert_true (g_str_has_suffix (error->message, "why=birth-date"));
  g_clear_error (&error);
  g_assert_true (azukari_vault1_call_pin_change_sync (f->client, bytes (PIN), bytes ("82946137"), NULL, &error));
  g_assert_no_error (error);
  g_assert_true (may_list_people (f->client));
  reconnect (f);
  g_assert_false (try_login (f, PIN, &error));
  assert_remote (error, "WrongPin");
  g_clear_error (&error);
  g_assert_true (try_login (f, "82946137", &error));
}

static void
test_pin_check (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *pin, *fault, *strength;
  } cases[] = { { "482913", "fine", "weak" },
                { "48291375", "fine", "fair" },
                { "mihon-no-kagi", "fine", "good" },
                { "123456", "run", "weak" },
                { "見本商事の鍵です", "company", "weak" },
                { "事務の長い合言葉", "own-name", "weak" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *fault = NULL, *strength = NULL;
      g_autoptr (GError) error = NULL;

      azukari_vault1_call_pin_check_sync (f->client, "見本 事務", bytes (cases[i].pin), &fault, &strength, NULL,
                                          &error);
      g_assert_no_error (error);
      g_assert_cmpstr (fault, ==, cases[i].fault);
      g_assert_cmpstr (strength, ==, cases[i].strength);
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
count_tries_signal (AzukariVault1 *client, const char *what, gpointer data)
{
  guint *n = data;

  *n += g_str_equal (what, "tries");
}

static guint
tries_left (Fixture *f)
{
  g_autoptr (GVariant) status = NULL;
  guint32 tries = 0;

  g_assert_true (azukari_vault1_call_get_status_sync (f->client, &status, NULL, NULL));
  g_assert_true (g_variant_lookup (status, "tries-left", "u", &tries));
  return tries;
}

/* Whoever stands before a PIN page is told beforehand: a wrong try, and the right one that forgives it, are announced. */
static void
test_tries_are_announced (Fixture *f, gconstpointer data)
{
  guint n = 0;
  gulong handler = g_signal_connect (f->client, "changed", G_CALLBACK (count_tries_signal), &n);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (tries_left (f), ==, KEYS_MAX_TRIES);
  g_assert_false (try_login (f, "wrong-pin-1", &error));
  while (n < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tries_left (f), ==, KEYS_MAX_TRIES - 1);
  login (f);
  while (n < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tries_left (f), ==, KEYS_MAX_TRIES);
  g_signal_handler_disconnect (f->client, handler);
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

/* The right key with the wrong type is a mistake, not a missing key. */
static void
test_options_have_their_types (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *method, *args;
  } calls[] = {
    { "LogList", "({'limit': <'all'>},)" },
    { "LogList", "({'from': <1>},)" },
    { "LogList", "({'to': <true>},)" },
    { "Collect", "('x', {'document': <'my-number-card-back'>, 'purposes': <'tax'>}, b'123456789018')" },
    { "Collect", "('x', {'document': <'my-number-card-back'>, 'evidence': <['123456789018']>}, b'123456789018')" },
    { "Collect", "('x', {'document': <'my-number-card-back'>, 'confidence': <1>}, b'123456789018')" },
  };

  login (f);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) result = g_dbus_connection_call_sync (
          f->connection, NULL, SERVICE_OBJECT_PATH, "jp.azukari.Vault1", calls[i].method,
          g_variant_new_parsed (calls[i].args), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

      g_assert_null (result);
      assert_remote (error, "Usage");
      g_assert_null (strstr (error->message, NUMBER));
    }
}

/* A handle is only a place in the list of files that came along. */
static void
test_file_handles_are_checked (Fixture *f, gconstpointer data)
{
  static const gint32 handles[] = { -1, 1, 7, G_MAXINT32, G_MININT32 };

  login (f);
  for (guint i = 0; i < G_N_ELEMENTS (handles); i++)
    {
      g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
      g_autoptr (GVariant) report = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (g_unix_fd_list_append (fds, 0, NULL), ==, 0);
      g_assert_false (azukari_vault1_call_export_sync (
          f->client, g_variant_new_parsed ("{'format': <'keyed-csv'>, 'purpose': <'tax'>}"),
          g_variant_new_handle (handles[i]), fds, &report, NULL, NULL, &error));
      assert_remote (error, "Usage");
    }
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
      g_variant_new_parsed ("{'format': <'keyed-csv'>, 'purpose': <'tax'>, 'destination': <'見本'>, 'kind': <'all'>, "
                            "'container': <'plain'>}"),
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

/* Names of the page that @filter asks for, in its order. */
static char *
list_names (Fixture *f, const char *filter)
{
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) names = g_string_new (NULL);

  azukari_vault1_call_people_list_sync (f->client, g_variant_new_parsed (filter), &people, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);
      const char *name = "";

      g_assert_true (g_variant_lookup (person, "name", "&s", &name));
      g_string_append_printf (names, "%s%s", i > 0 ? "," : "", name);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
test_people_pages (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *filter, *names;
  } cases[] = {
    { "@a{sv} {}", "見本 太郎,見本 次郎,見本 花子" },
    { "{'limit': <@u 0>}", "見本 太郎,見本 次郎,見本 花子" },
    { "{'limit': <@u 2>}", "見本 太郎,見本 次郎" },
    { "{'from': <@u 2>, 'limit': <@u 2>}", "見本 花子" },
    { "{'from': <@u 3>, 'limit': <@u 2>}", "" },
    { "{'from': <@u 4294967295>, 'limit': <@u 4294967295>}", "" },
    { "{'kind': <'employee'>, 'from': <@u 1>, 'limit': <@u 1>}", "見本 花子" },
    { "{'kind': <'dependant'>}", "見本 次郎" },
    { "{'state': <'approved'>}", "" },
    { "{'state': <'none'>, 'limit': <@u 1>}", "見本 太郎" },
    { "{'search': <'見本'>, 'from': <@u 1>, 'limit': <@u 1>}", "見本 次郎" },
    { "{'search': <'見本'>, 'from': <@u 1>, 'limit': <@u 4294967295>}", "見本 次郎,見本 花子" },
    { "{'search': <'花子'>}", "見本 花子" },
    /* half-width kana, full-width digits: found all the same */
    { "{'search': <'ﾊﾅｺ'>}", "見本 花子" },
    { "{'search': <'０００２'>}", "見本 花子" },
    { "{'search': <'だれも'>}", "" },
  };

  login (f);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *names = list_names (f, cases[i].filter);

      g_test_message ("%s", cases[i].filter);
      g_assert_cmpstr (names, ==, cases[i].names);
    }
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
  ADD ("/service/rights/key-for-all", set_up, test_key_for_all);
  ADD ("/service/people/pages", set_up, test_people_pages);
  ADD ("/service/roles/chief", set_up, test_chief_may_all);
  ADD ("/service/roles/clerk", set_up, test_clerk_verbs);
  ADD ("/service/roles/auditor", set_up, test_auditor_verbs);
  ADD ("/service/roles/client", set_up, test_client_verbs);
  ADD ("/service/term", set_up, test_term);
  ADD ("/service/roles/removal-ends-sessions", set_up, test_removal_ends_sessions);
  ADD ("/service/pin-change", set_up, test_pin_change);
  ADD ("/service/pin-check", set_up, test_pin_check);
  ADD ("/service/rights/end-with-logout", set_up, test_rights_end_with_logout);
  ADD ("/service/rights/are-the-connections", set_up, test_rights_are_the_connections);
  ADD ("/service/rights/own-family-only", set_up, test_person_reaches_own_family_only);
  ADD ("/service/rights/failed-identify-drops-the-one-before", set_up, test_failed_identify_drops_the_one_before);
  ADD ("/service/rights/expire", set_up_empty, test_rights_expire);
  ADD ("/service/rights/other-user", set_up, test_other_user);
  ADD ("/service/identify/throttled", set_up, test_identify_is_throttled);
  ADD ("/service/login/wrong-pin", set_up, test_wrong_pin);
  ADD ("/service/login/tries-are-announced", set_up, test_tries_are_announced);
  ADD ("/service/collect/bad-check-digit", set_up, test_bad_check_digit);
  ADD ("/service/arguments/bounded", set_up, test_arguments_are_bounded);
  ADD ("/service/arguments/options-have-their-types", set_up, test_options_have_their_types);
  ADD ("/service/arguments/file-handles", set_up, test_file_handles_are_checked);
  ADD ("/service/arguments/garbage-on-the-socket", set_up, test_garbage_on_the_socket);
  ADD ("/service/arguments/connections-bounded", set_up, test_connections_are_bounded);
  ADD ("/service/custody/whole-way-leaves-no-trace", set_up, test_whole_way_leaves_no_trace);
  ADD ("/service/custody/kill-loses-no-acknowledged-record", set_up, test_kill_loses_no_acknowledged_record);
  return g_test_run ();
}
