/* SPDX-License-Identifier: Apache-2.0 */
/* scope: clerks who handle some departments or purposes alone, over the real socket. Every call that shows or changes somebody is tried
 * with somebody else's people. */
#include "service-fixture.h"

#define SALES "営業部"
#define OFFICE "総務部"
#define CLERK "見本 事務"
#define CLERK_PIN "649153"
#define ROSTER                                                                                                         \
  "社員番号,氏名,フリガナ,生年月日,部署,区分,本人社員番号,続柄\n"                            \
  "S1,見本 太郎,ミホン タロウ,1980-01-02," SALES ",社員,,\n"                                                         \
  "S2,見本 花子,ミホン ハナコ,1985-01-02," SALES ",社員,,\n"                                                         \
  "O1,見本 三郎,ミホン サブロウ,1981-01-02," OFFICE ",社員,,\n"                                                      \
  "N1,見本 四郎,ミホン シロウ,1982-01-02,,社員,,\n"                                                        \
  ",見本 次郎,ミホン ジロウ,2010-03-04,,家族,S1,子\n"                                                     \
  ",見本 五郎,ミホン ゴロウ,2011-03-04," SALES ",家族,O1,子\n"                                                      \
  "CS,見本 外一,,," SALES ",外部協力者,,\n"                                                                       \
  "CN,見本 外二,,,,外部協力者,,\n"

typedef struct
{
  Fixture vault;
  AzukariVault1 *chief;        /* of a connection of its own; vault.client is the clerk's */
  GDBusConnection *connection; /* of the chief */
} World;

/* --- the world ------------------------------------------------------------------------------------------------------- */

static void
set_up_world (World *w, gconstpointer data)
{
  Fixture *f = &w->vault;
  g_autoptr (GVariant) report = NULL, session = NULL;
  g_autoptr (GError) error = NULL;

  set_up_empty (f, data);
  start (f);
  init_vault (f);
  w->connection = connect_to (f->socket, &error);
  g_assert_no_error (error);
  w->chief = proxy_for (w->connection);
  azukari_vault1_call_login_sync (w->chief, "", bytes (PIN), &session, NULL, &error);
  g_assert_no_error (error);
  azukari_vault1_call_people_import_sync (w->chief, bytes (ROSTER), g_variant_new_parsed ("@a{sv} {}"), &report, NULL,
                                          &error);
  g_assert_no_error (error);
}

static void
tear_down_world (World *w, gconstpointer data)
{
  g_clear_object (&w->chief);
  g_clear_object (&w->connection);
  tear_down (&w->vault, data);
}

/* The clerk, limited as @scope says, is logged in on the connection. (transfer full): their id. */
static char *
add_clerk (World *w, const char *scope)
{
  Fixture *f = &w->vault;
  g_autoptr (GVariant) given = g_variant_ref_sink (g_variant_new_parsed (scope)), session = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict options;
  gboolean limited = FALSE;
  char *id = NULL;

  g_variant_dict_init (&options, given);
  g_variant_dict_insert (&options, "name", "s", CLERK);
  g_variant_dict_insert (&options, "role", "s", "clerk");
  azukari_vault1_call_admin_add_sync (w->chief, g_variant_dict_end (&options), bytes (CLERK_PIN), &id, NULL, &error);
  g_assert_no_error (error);
  azukari_vault1_call_login_sync (f->client, CLERK, bytes (CLERK_PIN), &session, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (session, "limited", "b", &limited));
  g_assert_cmpint (limited, ==, g_variant_n_children (given) > 0);
  return id;
}

/* --- what is there --------------------------------------------------------------------------------------------------- */

/* (transfer full): the codes of a list of people in their order, "-" for a dependant. */
static char *
list_codes (AzukariVault1 *client, const char *filter)
{
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) codes = g_string_new (NULL);
  GVariantIter iter;
  GVariant *row;

  azukari_vault1_call_people_list_sync (client, g_variant_new_parsed (filter), &people, NULL, &error);
  g_assert_no_error (error);
  g_variant_iter_init (&iter, people);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      const char *code = "";

      g_variant_lookup (row, "code", "&s", &code);
      g_string_append_printf (codes, "%s%s", codes->len > 0 ? " " : "", code[0] != '\0' ? code : "-");
      g_variant_unref (row);
    }
  return g_string_free (g_steal_pointer (&codes), FALSE);
}

static void
assert_codes (AzukariVault1 *client, const char *filter, const char *expected)
{
  g_autofree char *codes = list_codes (client, filter);

  g_assert_cmpstr (codes, ==, expected);
}

/* (transfer full): a value of the person with that code, for the chief; a dependant by its employee's code. */
static char *
dup_of (World *w, const char *code, gboolean dependant, const char *key)
{
  g_autoptr (GVariant) people = NULL;
  g_autofree char *parent = dependant ? dup_of (w, code, FALSE, "id") : NULL;
  GVariantIter iter;
  GVariant *row;
  char *value = NULL;

  azukari_vault1_call_people_list_sync (w->chief, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, NULL);
  g_variant_iter_init (&iter, people);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      const char *of = "";

      g_variant_lookup (row, dependant ? "parent" : "code", "&s", &of);
      if (value == NULL && g_str_equal (of, dependant ? parent : code))
        g_variant_lookup (row, key, "s", &value);
      g_variant_unref (row);
    }
  g_assert_nonnull (value);
  return value;
}

static void
assert_counts (AzukariVault1 *client, guint people, guint submitted, guint approved)
{
  g_autoptr (GVariant) status = NULL;
  guint32 got = 0;

  g_assert_true (azukari_vault1_call_get_status_sync (client, &status, NULL, NULL));
  g_assert_true (g_variant_lookup (status, "people", "u", &got));
  g_assert_cmpuint (got, ==, people);
  g_assert_true (g_variant_lookup (status, "submitted", "u", &got));
  g_assert_cmpuint (got, ==, submitted);
  g_assert_true (g_variant_lookup (status, "approved", "u", &got));
  g_assert_cmpuint (got, ==, approved);
}

/* (transfer full): a number in custody of the person, collected and approved by the chief. */
static char *
take_number (World *w, const char *person, const char *purposes, const char *number)
{
  g_autofree char *text = g_strdup_printf ("{'document': <'my-number-card-back'>, 'identity': <'employment-known'>, "
                                           "'purposes': <%s>, 'text-version': <'1'>, 'language': <'ja'>}",
                                           purposes);
  g_autoptr (GError) error = NULL;
  char *record = NULL;

  azukari_vault1_call_collect_sync (w->chief, person, g_variant_new_parsed (text), bytes (number), &record, NULL,
                                    &error);
  g_assert_no_error (error);
  return record;
}

static char *
take_in (World *w, const char *person, const char *purposes, gboolean approved)
{
  static guint n;
  char number[13];
  char *record;

  test_number (n++, number);
  record = take_number (w, person, purposes, number);
  if (approved)
    g_assert_true (azukari_vault1_call_approve_sync (w->chief, record, "", NULL, NULL));
  return record;
}

/* The latest entry of the record, which the chief may read. */
static void
assert_recorded (World *w, const char *action, const char *detail)
{
  g_autoptr (GVariant) entries = NULL, last = NULL;
  g_autofree char *text = NULL;
  const char *got = "";

  g_assert_true (azukari_vault1_call_log_list_sync (w->chief, g_variant_new_parsed ("{'limit': <uint32 1>}"), &entries,
                                                    NULL, NULL));
  g_assert_cmpuint (g_variant_n_children (entries), ==, 1);
  last = g_variant_get_child_value (entries, 0);
  text = g_variant_print (last, FALSE);
  g_test_message ("%s", text);
  g_variant_lookup (last, "action", "&s", &got);
  g_assert_cmpstr (got, ==, action);
  g_assert_nonnull (strstr (text, detail));
  /* By number, never by what it is called. */
  g_assert_null (strstr (text, SALES));
  g_assert_null (strstr (text, OFFICE));
}

/* The call failed for that, and the attempt stands in the record, with its id if there was one. */
static void
assert_out_of_scope (World *w, GError **error, const char *verb, const char *subject)
{
  g_autofree char *detail = g_strdup_printf ("'verb': '%s'", verb);

  assert_remote (*error, "OutOfScope");
  g_clear_error (error);
  assert_recorded (w, "refused", detail);
  assert_recorded (w, "refused", "'reason': 'OutOfScope'");
  if (subject != NULL)
    assert_recorded (w, "refused", subject);
}

/* --- lists ----------------------------------------------------------------------------------------------------------- */

static void
test_lists (World *w, gconstpointer data)
{
  g_autofree char *all = list_codes (w->chief, "@a{sv} {}");
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>}");
  AzukariVault1 *client = w->vault.client;
  g_autofree char *s1 = dup_of (w, "S1", FALSE, "id"), *o1 = dup_of (w, "O1", FALSE, "id");
  g_autofree char *first = take_in (w, s1, "['tax']", FALSE), *second = take_in (w, o1, "['tax']", TRUE);
  g_autoptr (GVariant) records = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpstr (all, ==, "CN CS N1 O1 - S1 - S2");
  /* The dependant comes along with its employee, whatever its own row says. */
  assert_codes (client, "@a{sv} {}", "CS S1 - S2");
  assert_codes (client, "{'kind': <'contractor'>}", "CS");
  assert_codes (client, "{'kind': <'dependant'>}", "-");
  assert_codes (client, "{'state': <'approved'>}", "");
  assert_codes (client, "{'state': <'collected'>}", "S1");
  assert_codes (client, "{'search': <'三郎'>}", "");
  assert_codes (client, "{'search': <'見本'>}", "CS S1 - S2");
  assert_codes (client, "{'search': <'" OFFICE "'>}", "");
  /* Pages are pages of what is seen: no gap tells of the others. */
  assert_codes (client, "{'limit': <uint32 2>}", "CS S1");
  assert_codes (client, "{'from': <uint32 2>, 'limit': <uint32 2>}", "- S2");
  assert_codes (client, "{'from': <uint32 4>, 'limit': <uint32 2>}", "");
  assert_counts (client, 4, 1, 0);
  assert_counts (w->chief, 8, 2, 1);
  g_assert_true (
      azukari_vault1_call_record_list_sync (client, g_variant_new_parsed ("@a{sv} {}"), &records, NULL, NULL));
  g_assert_cmpuint (g_variant_n_children (records), ==, 1);
  text = g_variant_print (records, FALSE);
  g_assert_nonnull (strstr (text, first));
  /* Lists are no attempts: nothing was refused. */
  assert_recorded (w, "number-approved", second);
}

/* People without a department are one part like any other. */
static void
test_no_department (World *w, gconstpointer data)
{
  g_autofree char *id = add_clerk (w, "{'departments': <['', '" OFFICE "']>}");

  assert_codes (w->vault.client, "@a{sv} {}", "CN N1 O1 -");
  g_assert_true (azukari_vault1_call_admin_scope_sync (w->chief, id, g_variant_new_parsed ("{'departments': <['']>}"),
                                                       NULL, NULL));
  g_assert_true (azukari_vault1_call_login_sync (w->vault.client, CLERK, bytes (CLERK_PIN), NULL, NULL, NULL));
  assert_codes (w->vault.client, "@a{sv} {}", "CN N1");
}

/* A name that holds another's is another department. */
static void
test_whole_names (World *w, gconstpointer data)
{
  g_autofree char *id = add_clerk (w, "{'departments': <['営業', '業部', '営業部 ', '%', '*', '_', '営業部営業部']>}");

  assert_codes (w->vault.client, "@a{sv} {}", "");
  assert_counts (w->vault.client, 0, 0, 0);
}

/* --- verbs ----------------------------------------------------------------------------------------------------------- */

static gboolean
add_person (AzukariVault1 *client, const char *person, GError **error)
{
  g_autofree char *id = NULL;

  return azukari_vault1_call_person_add_sync (client, g_variant_new_parsed (person), &id, NULL, error);
}

static void
test_people_refused (World *w, gconstpointer data)
{
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>}");
  AzukariVault1 *client = w->vault.client;
  const struct
  {
    char *person;
  } others[] = { { dup_of (w, "O1", FALSE, "id") },
                 { dup_of (w, "O1", TRUE, "id") }, /* whose own row says sales */
                 { dup_of (w, "N1", FALSE, "id") },
                 { dup_of (w, "CN", FALSE, "id") } };
  g_autofree char *before = list_codes (w->chief, "{'state': <'none'>}");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const char *person = others[i].person;
      g_autoptr (GVariant) visitor = NULL;
      g_autofree char *record = NULL;

      g_assert_false (azukari_vault1_call_attend_sync (client, person, &visitor, NULL, &error));
      assert_out_of_scope (w, &error, "Attend", person);
      g_assert_false (azukari_vault1_call_note_sync (client, person, "refused", "purpose", NULL, &error));
      assert_out_of_scope (w, &error, "Note", person);
      g_assert_false (
          azukari_vault1_call_collect_sync (client, person, collection (), bytes (NUMBER), &record, NULL, &error));
      assert_out_of_scope (w, &error, "Collect", person);
      g_assert_false (azukari_vault1_call_person_leave_sync (client, person, "2026-03-31", NULL, &error));
      assert_out_of_scope (w, &error, "PersonLeave", person);
      g_free (others[i].person);
    }
  {
    g_autoptr (GVariant) visitor = NULL;

    g_assert_false (azukari_vault1_call_identify_sync (client, "O1", "1981-01-02", &visitor, NULL, &error));
    assert_out_of_scope (w, &error, "Identify", NULL);
  }
  {
    g_autofree char *after = list_codes (w->chief, "{'state': <'none'>}");

    g_assert_cmpstr (after, ==, before);
  }
}

static void
test_person_add_refused (World *w, gconstpointer data)
{
  static const char *const refused[] = {
    "{'kind': <'employee'>, 'code': <'X1'>, 'name': <'見本 六郎'>, 'birth-date': <'1990-01-01'>}",
    "{'kind': <'employee'>, 'code': <'X1'>, 'name': <'見本 六郎'>, 'birth-date': <'1990-01-01'>, "
    "'department': <'" OFFICE "'>}",
    "{'kind': <'contractor'>, 'name': <'見本 六郎'>}",
  };
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>}"), *o1 = dup_of (w, "O1", FALSE, "id"),
                  *s1 = dup_of (w, "S1", FALSE, "id");
  g_autofree char *foreign = g_strdup_printf ("{'kind': <'dependant'>, 'name': <'見本 七郎'>, 'parent': <'%s'>, "
                                              "'department': <'" SALES "'>}",
                                              o1);
  g_autofree char *own = g_strdup_printf ("{'kind': <'dependant'>, 'name': <'見本 七郎'>, 'parent': <'%s'>}", s1);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_false (add_person (w->vault.client, refused[i], &error));
      assert_out_of_scope (w, &error, "PersonAdd", NULL);
    }
  g_assert_false (add_person (w->vault.client, foreign, &error));
  assert_out_of_scope (w, &error, "PersonAdd", o1);
  add_person (w->vault.client, own, &error);
  g_assert_no_error (error);
  g_assert_true (add_person (w->vault.client,
                             "{'kind': <'contractor'>, 'name': <'見本 八郎'>, 'department': <'" SALES "'>}", NULL));
  assert_codes (w->vault.client, "@a{sv} {}", "C0001 CS S1 - - S2");
}

static guint
import_errors (AzukariVault1 *client, const char *csv, const char *options)
{
  g_autoptr (GVariant) report = NULL, errors = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint32 unchanged = 1;

  azukari_vault1_call_people_import_sync (client, bytes (csv), g_variant_new_parsed (options), &report, NULL, &error);
  g_assert_no_error (error);
  errors = g_variant_lookup_value (report, "errors", G_VARIANT_TYPE ("aa{sv}"));
  text = g_variant_print (errors, FALSE);
  g_variant_lookup (report, "unchanged", "u", &unchanged);
  if (g_variant_n_children (errors) > 0)
    {
      g_assert_nonnull (strstr (text, "out-of-scope"));
      g_assert_cmpuint (unchanged, ==, 0);
    }
  return g_variant_n_children (errors);
}

#define HEAD "社員番号,氏名,生年月日,部署,区分,本人社員番号,続柄\n"

static void
test_import_refused (World *w, gconstpointer data)
{
  /* Each with a row of one's own before it. */
  static const char *const refused[] = {
    "X1,見本 六郎,1990-01-01,,社員,,\n",
    "X1,見本 六郎,1990-01-01," OFFICE ",社員,,\n",
    /* as they are: whether a row changes nothing would tell what there is */
    "O1,見本 三郎,1981-01-02," OFFICE ",社員,,\n",
    "O1,見本 三郎,1981-01-02,,社員,,\n",
    /* into it and out of it */
    "O1,見本 三郎,1981-01-02," SALES ",社員,,\n",
    "S2,見本 花子,1985-01-02," OFFICE ",社員,,\n",
    ",見本 七郎,2012-01-01," SALES ",家族,O1,子\n",
    ",見本 五郎,2011-03-04," SALES ",家族,O1,子\n",
    ",見本 外二,,,外部協力者,,\n",
    "CN,見本 外二,," SALES ",外部協力者,,\n",
  };
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>}");
  AzukariVault1 *client = w->vault.client;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *csv = g_strconcat (HEAD "S9,見本 九郎,1990-01-01," SALES ",社員,,\n", refused[i], NULL);

      g_test_message ("%u", i);
      g_assert_cmpuint (import_errors (client, csv, "{'dry-run': <true>}"), ==, 1);
      assert_recorded (w, "refused", "'verb': 'PeopleImport'");
      g_assert_cmpuint (import_errors (client, csv, "@a{sv} {}"), ==, 1);
      assert_recorded (w, "refused", "'verb': 'PeopleImport'");
    }
  assert_codes (w->chief, "@a{sv} {}", "CN CS N1 O1 - S1 - S2");
  /* One's own: an empty cell leaves their department what it is. */
  g_assert_cmpuint (import_errors (client,
                                   HEAD "S1,見本 太郎,1980-01-02,,社員,,\nS9,見本 九郎,1990-01-01," SALES
                                        ",社員,,\n,見本 七郎,2012-01-01,,家族,S9,子\n",
                                   "@a{sv} {}"),
                    ==, 0);
  assert_recorded (w, "people-imported", "'added': '2'");
}

static void
test_records_refused (World *w, gconstpointer data)
{
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>}");
  AzukariVault1 *client = w->vault.client;
  g_autofree char *o1 = dup_of (w, "O1", FALSE, "id"), *s1 = dup_of (w, "S1", FALSE, "id");
  g_autofree char *foreign = take_in (w, o1, "['tax']", FALSE), *own = take_in (w, s1, "['tax']", FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_false (azukari_vault1_call_approve_sync (client, foreign, "", NULL, &error));
  assert_out_of_scope (w, &error, "Approve", foreign);
  g_assert_false (azukari_vault1_call_ask_again_sync (client, foreign, "unclear", NULL, &error));
  assert_out_of_scope (w, &error, "AskAgain", foreign);
  g_assert_false (azukari_vault1_call_approve_sync (client, "no-such", "", NULL, &error));
  assert_remote (error, "NoSuchRecord");
  g_assert_true (azukari_vault1_call_approve_sync (client, own, "", NULL, NULL));
  g_assert_true (azukari_vault1_call_ask_again_sync (client, own, "unclear", NULL, NULL));
  assert_codes (w->chief, "{'state': <'collected'>}", "O1");
}

static GVariant *
record_of (AzukariVault1 *client, const char *id)
{
  g_autoptr (GVariant) records = NULL;

  g_assert_true (
      azukari_vault1_call_record_list_sync (client, g_variant_new_parsed ("@a{sv} {}"), &records, NULL, NULL));
  for (gsize i = 0; i < g_variant_n_children (records); i++)
    {
      GVariant *record = g_variant_get_child_value (records, i);
      const char *this_id = NULL;

      g_variant_lookup (record, "id", "&s", &this_id);
      if (g_str_equal (this_id, id))
        return record;
      g_variant_unref (record);
    }
  return NULL;
}

static void
assert_same_as (AzukariVault1 *client, const char *id, const char *person, gboolean elsewhere)
{
  g_autoptr (GVariant) record = record_of (client, id);
  g_autofree const char **of = NULL;
  gboolean duplicate = FALSE, got_elsewhere = !elsewhere;

  g_assert_true (g_variant_lookup (record, "duplicate", "b", &duplicate));
  g_assert_true (duplicate);
  g_assert_true (g_variant_lookup (record, "duplicate-elsewhere", "b", &got_elsewhere));
  g_assert_cmpint (got_elsewhere, ==, elsewhere);
  g_assert_true (g_variant_lookup (record, "duplicate-of", "^a&s", &of));
  g_assert_cmpstr (of[0], ==, person);
}

/* The same number under somebody of another department: that there is one, and nothing of who it is. */
static void
test_duplicates (World *w, gconstpointer data)
{
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>}");
  AzukariVault1 *client = w->vault.client;
  g_autofree char *o1 = dup_of (w, "O1", FALSE, "id"), *s1 = dup_of (w, "S1", FALSE, "id"),
                  *s2 = dup_of (w, "S2", FALSE, "id");
  g_autofree char *foreign = take_number (w, o1, "['tax']", NUMBER), *own = take_number (w, s1, "['tax']", NUMBER);
  g_autofree char *text = NULL, *third = NULL;
  g_autoptr (GVariant) record = record_of (client, own), waiting = NULL;
  g_autoptr (GError) error = NULL;

  assert_same_as (w->chief, own, o1, FALSE);
  assert_same_as (client, own, NULL, TRUE);
  g_assert_null (record_of (client, foreign));
  text = g_variant_print (record, FALSE);
  g_assert_null (strstr (text, o1));
  g_assert_null (strstr (text, "三郎"));
  g_assert_false (azukari_vault1_call_approve_sync (client, own, "", NULL, &error));
  assert_remote (error, "Duplicate");
  g_clear_error (&error);
  third = take_number (w, s2, "['tax']", NUMBER);
  assert_same_as (client, own, s2, TRUE);
  g_assert_true (azukari_vault1_call_record_list_sync (client, g_variant_new_parsed ("{'state': <'waiting'>}"),
                                                       &waiting, NULL, NULL));
  g_assert_cmpuint (g_variant_n_children (waiting), ==, 2);
  g_assert_true (azukari_vault1_call_ask_again_sync (client, own, "duplicate", NULL, NULL));
  assert_same_as (client, third, NULL, TRUE);
}

static void
assert_no_reveal (AzukariVault1 *client, const char *record, const char *purpose, const char *name)
{
  g_autoptr (GVariant) number = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (azukari_vault1_call_reveal_sync (client, record, purpose, &number, NULL, &error));
  assert_remote (error, name);
}

/* One number: within the scope, for a purpose that the person agreed to and that the clerk handles. */
static void
test_reveal (World *w, gconstpointer data)
{
  g_autofree char *id =
      add_clerk (w, "{'departments': <['" SALES "']>, 'purposes': <['tax', 'employment-insurance']>}");
  AzukariVault1 *client = w->vault.client;
  g_autofree char *o1 = dup_of (w, "O1", FALSE, "id"), *s1 = dup_of (w, "S1", FALSE, "id");
  g_autofree char *foreign = take_in (w, o1, "['tax']", FALSE),
                  *own = take_number (w, s1, "['tax', 'social-insurance']", NUMBER);
  g_autoptr (GVariant) number = NULL;
  g_autoptr (GError) error = NULL;

  azukari_vault1_call_reveal_sync (client, own, "tax", &number, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_variant_get_data (number), g_variant_get_size (number), NUMBER, strlen (NUMBER));
  assert_recorded (w, "revealed", "'purpose': 'tax'");
  assert_no_reveal (client, foreign, "tax", "OutOfScope");
  assert_recorded (w, "refused", "'verb': 'Reveal'");
  assert_no_reveal (client, own, "social-insurance", "OutOfScope");
  assert_no_reveal (client, own, "employment-insurance", "OtherPurpose");
  assert_recorded (w, "reveal-refused", "'reason': 'OtherPurpose'");
  assert_no_reveal (client, own, "", "OutOfScope");
  assert_no_reveal (client, "no-such", "tax", "NoSuchRecord");
  g_assert_true (azukari_vault1_call_logout_sync (client, NULL, NULL));
  assert_no_reveal (client, own, "tax", "NotAllowed");
}

/* What is theirs they may do as ever. */
static void
test_own_people (World *w, gconstpointer data)
{
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>, 'purposes': <['tax']>}");
  AzukariVault1 *client = w->vault.client;
  g_autofree char *own[] = { dup_of (w, "S1", FALSE, "id"), dup_of (w, "S1", TRUE, "id") };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_autoptr (GVariant) visitor = NULL;
      g_autofree char *record = NULL;
      g_autoptr (GError) error = NULL;
      char number[13];

      test_number (100 + i, number);
      g_assert_true (azukari_vault1_call_attend_sync (client, own[i], &visitor, NULL, NULL));
      g_assert_true (azukari_vault1_call_note_sync (client, own[i], "asked", "", NULL, NULL));
      azukari_vault1_call_collect_sync (client, own[i], collection (), bytes (number), &record, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (azukari_vault1_call_approve_sync (client, record, "", NULL, NULL));
      g_assert_true (azukari_vault1_call_person_leave_sync (client, own[i], "2026-03-31", NULL, NULL));
    }
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    g_clear_pointer (&own[i], g_free);
  assert_counts (client, 3, 2, 2);
}

/* --- purposes -------------------------------------------------------------------------------------------------------- */

static void
test_purposes (World *w, gconstpointer data)
{
  g_autofree char *id = add_clerk (w, "{'purposes': <['payment-record']>}");
  AzukariVault1 *client = w->vault.client;
  g_autofree char *s1 = dup_of (w, "S1", FALSE, "id"), *cs = dup_of (w, "CS", FALSE, "id");
  g_autofree char *employee = take_in (w, s1, "['tax']", TRUE), *contractor = take_in (w, cs, "['tax']", FALSE);
  g_autofree char *record = NULL;
  g_autoptr (GVariant) records = NULL, visitor = NULL;
  g_autoptr (GError) error = NULL;

  /* Contractors are whom that purpose is of. */
  assert_codes (client, "@a{sv} {}", "CN CS");
  g_assert_false (azukari_vault1_call_attend_sync (client, s1, &visitor, NULL, &error));
  assert_out_of_scope (w, &error, "Attend", s1);
  /* A contractor's number that was agreed to for something else is not for them: not in the list, not to be decided, not to be
   * replaced. */
  g_assert_true (
      azukari_vault1_call_record_list_sync (client, g_variant_new_parsed ("@a{sv} {}"), &records, NULL, NULL));
  g_assert_cmpuint (g_variant_n_children (records), ==, 0);
  g_assert_false (azukari_vault1_call_approve_sync (client, contractor, "", NULL, &error));
  assert_out_of_scope (w, &error, "Approve", contractor);
  g_assert_false (azukari_vault1_call_collect_sync (
      client, cs,
      g_variant_new_parsed ("{'document': <'my-number-card-back'>, 'identity': <'photo-document'>, 'purposes': "
                            "<['payment-record']>, 'text-version': <'1'>, 'language': <'ja'>}"),
      bytes (NUMBER), &record, NULL, &error));
  assert_out_of_scope (w, &error, "Collect", contractor);
  /* Nor may they collect for what they do not handle. */
  {
    g_autofree char *cn = dup_of (w, "CN", FALSE, "id");

    g_assert_false (
        azukari_vault1_call_collect_sync (client, cn, collection (), bytes (NUMBER), &record, NULL, &error));
    assert_out_of_scope (w, &error, "Collect", NULL);
  }
}

static gboolean
export_to (World *w, AzukariVault1 *client, const char *purpose, gboolean dry_run, char **ret_content,
           GVariant **ret_report, GError **error)
{
  g_autofree char *path = g_build_filename (w->vault.folder, "out.csv", NULL);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  GVariantDict options;
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean ok;

  g_assert_cmpint (g_unix_fd_list_append (fds, fd, NULL), ==, 0);
  close (fd);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "format", "s", "keyed-csv");
  g_variant_dict_insert (&options, "purpose", "s", purpose);
  g_variant_dict_insert (&options, "kind", "s", "all");
  g_variant_dict_insert (&options, "container", "s", "plain");
  g_variant_dict_insert (&options, "dry-run", "b", dry_run);
  ok = azukari_vault1_call_export_sync (client, g_variant_dict_end (&options), g_variant_new_handle (0), fds,
                                        ret_report, NULL, NULL, error);
  g_assert_true (g_file_get_contents (path, ret_content, NULL, NULL));
  g_assert_cmpint (unlink (path), ==, 0);
  return ok;
}

static void
test_export (World *w, gconstpointer data)
{
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>, 'purposes': <['tax']>}");
  g_autofree char *s1 = dup_of (w, "S1", FALSE, "id"), *o1 = dup_of (w, "O1", FALSE, "id"),
                  *child = dup_of (w, "S1", TRUE, "id"), *other = dup_of (w, "O1", TRUE, "id");
  g_autofree char *records[] = { take_in (w, s1, "['tax', 'social-insurance']", TRUE), take_in (w, o1, "['tax']", TRUE),
                                 take_in (w, child, "['tax']", TRUE), take_in (w, other, "['tax']", TRUE) };

  /* For what is in it to be looked at. */
  g_assert_true (azukari_vault1_call_plain_rule_sync (w->chief, "clerks", NULL, NULL));
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *content = NULL, *nothing = NULL;
      g_autoptr (GVariant) report = NULL, none = NULL;
      g_autoptr (GError) error = NULL;
      guint32 rows = 0, skipped = 0;

      export_to (w, w->vault.client, "tax", i == 0, &content, &report, &error);
      g_assert_no_error (error);
      g_assert_true (g_variant_lookup (report, "rows", "u", &rows));
      g_assert_true (g_variant_lookup (report, "skipped", "u", &skipped));
      g_assert_cmpuint (rows, ==, 2);
      /* S2; the others are not counted either */
      g_assert_cmpuint (skipped, ==, 1);
      g_assert_nonnull (strstr (content, "太郎"));
      g_assert_nonnull (strstr (content, "次郎"));
      g_assert_null (strstr (content, "三郎"));
      g_assert_null (strstr (content, "五郎"));
      g_assert_cmpint (g_regex_match_simple ("[0-9]{12}", content, 0, 0), ==, i == 1);
      /* A purpose that the number is for, but not the clerk. */
      g_assert_false (export_to (w, w->vault.client, "social-insurance", i == 0, &nothing, &none, &error));
      assert_out_of_scope (w, &error, "Export", NULL);
      g_assert_cmpstr (nothing, ==, "");
    }
  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    g_clear_pointer (&records[i], g_free);
}

static guint
count_due (AzukariVault1 *client)
{
  g_autoptr (GVariant) numbers = NULL;

  g_assert_true (azukari_vault1_call_dispose_due_sync (client, "2099-01-01", &numbers, NULL, NULL));
  return g_variant_n_children (numbers);
}

static void
test_due (World *w, gconstpointer data)
{
  static const char *const codes[] = { "S1", "S2", "O1", "CS" };
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>, 'purposes': <['social-insurance']>}");

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *person = dup_of (w, codes[i], FALSE, "id");
      g_autofree char *record = take_in (w, person, i == 1 ? "['tax']" : "['tax', 'social-insurance']", TRUE);

      g_assert_true (azukari_vault1_call_person_leave_sync (w->chief, person, "2010-03-31", NULL, NULL));
    }
  g_assert_cmpuint (count_due (w->chief), ==, 4);
  /* S1 alone: S2's number is for another purpose, O1 of another department, and contractors are asked for another purpose. */
  g_assert_cmpuint (count_due (w->vault.client), ==, 1);
  {
    g_autoptr (GVariant) status = NULL;
    guint32 due = 0;

    g_assert_true (azukari_vault1_call_get_status_sync (w->vault.client, &status, NULL, NULL));
    g_assert_true (g_variant_lookup (status, "disposal-due", "u", &due));
    g_assert_cmpuint (due, ==, 1);
  }
}

/* --- changing it ----------------------------------------------------------------------------------------------------- */

static gboolean
set_scope (AzukariVault1 *client, const char *id, const char *scope, GError **error)
{
  return azukari_vault1_call_admin_scope_sync (client, id, g_variant_new_parsed (scope), NULL, error);
}

static void
assert_scope (World *w, const char *expected)
{
  g_autoptr (GVariant) admins = NULL, row = NULL, departments = NULL, purposes = NULL;
  g_autofree char *first = NULL, *second = NULL, *text = NULL;

  g_assert_true (azukari_vault1_call_admin_list_sync (w->chief, &admins, NULL, NULL));
  row = g_variant_get_child_value (admins, 1);
  departments = g_variant_lookup_value (row, "departments", G_VARIANT_TYPE_STRING_ARRAY);
  purposes = g_variant_lookup_value (row, "purposes", G_VARIANT_TYPE_STRING_ARRAY);
  first = g_variant_print (departments, FALSE);
  second = g_variant_print (purposes, FALSE);
  text = g_strconcat (first, " ", second, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_change (World *w, gconstpointer data)
{
  g_autofree char *id = add_clerk (w, "@a{sv} {}");
  Fixture *f = &w->vault;
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;

  assert_codes (f->client, "@a{sv} {}", "CN CS N1 O1 - S1 - S2");
  assert_scope (w, "[] []");
  g_assert_true (set_scope (w->chief, id, "{'departments': <['" SALES "', '']>}", NULL));
  /* The log-in with the old one is over, and the record knows how many departments there are. */
  assert_recorded (w, "session-expired", "");
  g_assert_false (
      azukari_vault1_call_people_list_sync (f->client, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, &error));
  assert_remote (error, "NotAllowed");
  g_assert_true (azukari_vault1_call_login_sync (f->client, CLERK, bytes (CLERK_PIN), NULL, NULL, NULL));
  assert_codes (f->client, "@a{sv} {}", "CN CS N1 S1 - S2");
  assert_scope (w, "['" SALES "', ''] []");
  /* What is not named stays. */
  azukari_vault1_call_logout_sync (f->client, NULL, NULL);
  g_assert_true (set_scope (w->chief, id, "{'purposes': <['payment-record', 'tax']>}", NULL));
  assert_recorded (w, "admin-scope-changed", "'departments': '2', 'purposes': 'payment-record,tax'");
  assert_scope (w, "['" SALES "', ''] ['payment-record', 'tax']");
  g_assert_true (set_scope (w->chief, id, "{'departments': <@as []>, 'purposes': <['tax']>}", NULL));
  assert_recorded (w, "admin-scope-changed", "'departments': 'all', 'purposes': 'tax'");
  g_assert_true (azukari_vault1_call_login_sync (f->client, CLERK, bytes (CLERK_PIN), NULL, NULL, NULL));
  assert_codes (f->client, "@a{sv} {}", "N1 O1 - S1 - S2");
  /* It stays after the daemon ends. */
  stop (f);
  start (f);
  g_assert_true (azukari_vault1_call_login_sync (f->client, CLERK, bytes (CLERK_PIN), NULL, NULL, NULL));
  assert_codes (f->client, "@a{sv} {}", "N1 O1 - S1 - S2");
}

static void
test_change_refused (World *w, gconstpointer data)
{
  static const char *const wrong[] = {
    "{'departments': <['=1+1']>}",
    "{'departments': <['a\\nb']>}",
    "{'departments': <'" SALES "'>}",
    "{'purposes': <['marketing']>}",
    "{'purposes': <['']>}",
    "{'purposes': <['tax', 'tax social-insurance']>}",
    "{'departments': <['\\u202eA']>}",
  };
  g_autofree char *id = add_clerk (w, "{'departments': <['" SALES "']>}");
  g_autoptr (GVariant) admins = NULL, row = NULL;
  g_autoptr (GError) error = NULL;
  const char *chief = NULL;
  GVariantBuilder many;
  GVariantDict options;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_test_message ("%s", wrong[i]);
      g_assert_false (set_scope (w->chief, id, wrong[i], &error));
      assert_remote (error, "Usage");
      g_clear_error (&error);
    }
  g_variant_builder_init (&many, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < 65; i++)
    g_variant_builder_add (&many, "s", SALES);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert_value (&options, "departments", g_variant_builder_end (&many));
  g_assert_false (azukari_vault1_call_admin_scope_sync (w->chief, id, g_variant_dict_end (&options), NULL, &error));
  assert_remote (error, "Usage");
  g_clear_error (&error);

  g_assert_true (azukari_vault1_call_admin_list_sync (w->chief, &admins, NULL, NULL));
  row = g_variant_get_child_value (admins, 0);
  g_variant_lookup (row, "id", "&s", &chief);
  g_assert_false (set_scope (w->chief, chief, "{'purposes': <['tax']>}", &error));
  assert_remote (error, "Usage");
  g_clear_error (&error);
  assert_recorded (w, "admin-scope-refused", "'reason': 'Usage'");
  g_assert_false (set_scope (w->chief, "no-such", "{'purposes': <['tax']>}", &error));
  assert_remote (error, "NoSuchAdmin");
  g_clear_error (&error);
  /* Nobody widens their own. */
  g_assert_false (set_scope (w->vault.client, id, "{'departments': <@as []>}", &error));
  assert_remote (error, "NotYourRole");
  assert_recorded (w, "refused", "'verb': 'AdminScope'");
  assert_scope (w, "['" SALES "'] []");
  {
    g_autofree char *none = NULL;
    g_autoptr (GError) problem = NULL;

    azukari_vault1_call_admin_add_sync (
        w->chief, g_variant_new_parsed ("{'name': <'見本 監査'>, 'role': <'auditor'>, 'departments': <['" SALES "']>}"),
        bytes ("kiroku-dake"), &none, NULL, &problem);
    assert_remote (problem, "Usage");
  }
}

int
main (int argc, char **argv)
{
#define ADD(path, func) g_test_add ("/scope/" path, World, NULL, set_up_world, func, tear_down_world)
  g_test_init (&argc, &argv, NULL);
  ADD ("lists", test_lists);
  ADD ("no-department", test_no_department);
  ADD ("whole-names", test_whole_names);
  ADD ("people-refused", test_people_refused);
  ADD ("person-add-refused", test_person_add_refused);
  ADD ("import-refused", test_import_refused);
  ADD ("records-refused", test_records_refused);
  ADD ("duplicates", test_duplicates);
  ADD ("reveal", test_reveal);
  ADD ("own-people", test_own_people);
  ADD ("purposes", test_purposes);
  ADD ("export", test_export);
  ADD ("due", test_due);
  ADD ("change", test_change);
  ADD ("change-refused", test_change_refused);
  return g_test_run ();
}
