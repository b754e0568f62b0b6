/* SPDX-License-Identifier: Apache-2.0 */
/* askings: who was asked for their number and when, over the real socket; by department, by state, for a clerk of one department; and
 * after a restart, as all of it is read from the record. */
#include "service-fixture.h"

#define SALES "営業部"
#define OFFICE "総務部"
#define CLERK "見本 事務"
#define CLERK_PIN "649153"
#define ROSTER                                                                                                         \
  "社員番号,氏名,フリガナ,生年月日,部署,区分,本人社員番号,続柄,退職日\n"                  \
  "S1,見本 太郎,ミホン タロウ,1980-01-02," SALES ",社員,,,\n"                                                        \
  "S2,見本 花子,ミホン ハナコ,1985-01-02," SALES ",社員,,,\n"                                                        \
  "O1,見本 三郎,ミホン サブロウ,1981-01-02," OFFICE ",社員,,,\n"                                                     \
  "O2,見本 六郎,ミホン ロクロウ,1983-01-02," OFFICE ",社員,,,2020-03-31\n"                                           \
  "N1,見本 四郎,ミホン シロウ,1982-01-02,,社員,,,\n"                                                       \
  ",見本 五郎,ミホン ゴロウ,2011-03-04," SALES ",家族,O1,子,\n"                                                     \
  ",見本 七郎,ミホン ナナロウ,2012-03-04,,家族,O2,子,\n"

static void
set_up_roster (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  guint32 added = 0;

  set_up_empty (f, data);
  start (f);
  init_vault (f);
  login (f);
  azukari_vault1_call_people_import_sync (f->client, bytes (ROSTER), g_variant_new_parsed ("@a{sv} {}"), &report, NULL,
                                          &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (report, "added", "u", &added));
  g_assert_cmpuint (added, ==, 7);
}

static GVariant *
list (Fixture *f, const char *filter)
{
  g_autoptr (GError) error = NULL;
  GVariant *people = NULL;

  azukari_vault1_call_people_list_sync (f->client, g_variant_new_parsed (filter), &people, NULL, &error);
  g_assert_no_error (error);
  return people;
}

/* The codes in their order, "-" for a dependant. */
static void
assert_codes (Fixture *f, const char *filter, const char *expected)
{
  g_autoptr (GVariant) people = list (f, filter);
  g_autoptr (GString) codes = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (people, i);
      const char *code = "";

      g_variant_lookup (row, "code", "&s", &code);
      g_string_append_printf (codes, "%s%s", i > 0 ? " " : "", code[0] != '\0' ? code : "-");
    }
  g_assert_cmpstr (codes->str, ==, expected);
}

/* (transfer full): the row of the employee with that code */
static GVariant *
row_of (Fixture *f, const char *code)
{
  g_autoptr (GVariant) people = list (f, "@a{sv} {}");

  for (gsize i = 0; i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (people, i);
      const char *its = "";

      g_variant_lookup (row, "code", "&s", &its);
      if (g_str_equal (its, code))
        return g_steal_pointer (&row);
    }
  g_assert_not_reached ();
}

static void
note (Fixture *f, const char *code, const char *event)
{
  g_autoptr (GVariant) row = row_of (f, code);
  g_autoptr (GError) error = NULL;
  const char *id = "";

  g_variant_lookup (row, "id", "&s", &id);
  azukari_vault1_call_note_sync (f->client, id, event, "", NULL, &error);
  g_assert_no_error (error);
}

static void
assert_asked (Fixture *f, const char *code, guint32 expected, gboolean refused)
{
  g_autoptr (GVariant) row = row_of (f, code);
  const char *asked = "", *not_agreed = "";
  guint32 n_asked = G_MAXUINT32;

  g_assert_true (g_variant_lookup (row, "asked", "&s", &asked));
  g_assert_true (g_variant_lookup (row, "asked-count", "u", &n_asked));
  g_assert_true (g_variant_lookup (row, "not-agreed", "&s", &not_agreed));
  g_assert_cmpuint (n_asked, ==, expected);
  g_assert_cmpint (asked[0] != '\0', ==, expected > 0);
  g_assert_cmpint (not_agreed[0] != '\0', ==, refused);
  if (expected > 0)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (asked, NULL);
      g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

      g_assert_nonnull (time);
      g_assert_cmpint (ABS (g_date_time_difference (now, time)), <, 120 * G_TIME_SPAN_SECOND);
    }
}

/* "department:people/outstanding/asked/refused" of each, in their order */
static void
assert_counts (Fixture *f, const char *expected)
{
  g_autoptr (GVariant) departments = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) said = g_string_new (NULL);

  azukari_vault1_call_people_count_sync (f->client, &departments, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < g_variant_n_children (departments); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (departments, i);
      const char *department = "", *const keys[] = { "people", "outstanding", "asked", "refused" };

      g_variant_lookup (row, "department", "&s", &department);
      g_string_append_printf (said, "%s%s:", i > 0 ? " " : "", department);
      for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
        {
          guint32 count = G_MAXUINT32;

          g_assert_true (g_variant_lookup (row, keys[k], "u", &count));
          g_string_append_printf (said, "%s%u", k > 0 ? "/" : "", count);
        }
    }
  g_assert_cmpstr (said->str, ==, expected);
}

static void
test_times (Fixture *f, gconstpointer data)
{
  assert_asked (f, "S1", 0, FALSE);
  note (f, "S1", "asked");
  note (f, "S1", "asked");
  note (f, "S2", "asked");
  note (f, "S2", "refused");
  assert_asked (f, "S1", 2, FALSE);
  assert_asked (f, "S2", 1, TRUE);
  assert_asked (f, "O1", 0, FALSE);
  note (f, "S1", "scan-failed");
  assert_asked (f, "S1", 2, FALSE);
  /* Nothing is kept but the record: another daemon reads the same from it. */
  stop (f);
  start (f);
  login (f);
  assert_asked (f, "S1", 2, FALSE);
  note (f, "S1", "asked");
  assert_asked (f, "S1", 3, FALSE);
  assert_asked (f, "S2", 1, TRUE);
}

static void
test_filters (Fixture *f, gconstpointer data)
{
  /* A family member belongs to the employee's department, whatever their own row says. */
  assert_codes (f, "{'order': <'department'>}", "S1 S2 O1 - O2 - N1");
  assert_codes (f, "{'department': <'" SALES "'>}", "S1 S2");
  assert_codes (f, "{'department': <'" OFFICE "'>}", "O1 - O2 -");
  assert_codes (f, "{'department': <''>}", "N1");
  assert_codes (f, "{'department': <'見本部'>}", "");
  /* Who has left, and their family, is asked no more. */
  assert_codes (f, "{'state': <'outstanding'>, 'order': <'department'>}", "S1 S2 O1 - N1");
  assert_codes (f, "{'state': <'outstanding'>, 'order': <'department'>, 'from': <uint32 1>, 'limit': <uint32 2>}",
                "S2 O1");
  assert_codes (f, "{'state': <'outstanding'>, 'search': <'ｻﾌﾞﾛｳ'>}", "O1");
  assert_codes (f, "{'search': <'s2'>, 'department': <'" SALES "'>}", "S2");
  note (f, "S2", "refused");
  assert_codes (f, "{'state': <'outstanding'>, 'department': <'" SALES "'>}", "S1 S2");
  assert_codes (f, "{'state': <'refused'>}", "S2");
}

static void
test_counts (Fixture *f, gconstpointer data)
{
  g_autofree char *record = NULL, *id = NULL;
  g_autoptr (GError) error = NULL;

  assert_counts (f, SALES ":2/2/0/0 " OFFICE ":4/2/0/0 :1/1/0/0");
  note (f, "S1", "asked");
  note (f, "S2", "asked");
  note (f, "S2", "refused");
  note (f, "O2", "asked");
  assert_counts (f, SALES ":2/2/2/1 " OFFICE ":4/2/0/0 :1/1/0/0");
  reconnect (f);
  id = identify (f, "S1", "1980-01-02", &error);
  g_assert_no_error (error);
  record = collect (f, id, NUMBER, &error);
  g_assert_no_error (error);
  login (f);
  assert_counts (f, SALES ":2/1/1/1 " OFFICE ":4/2/0/0 :1/1/0/0");
}

/* A clerk of one department neither counts nor sees the others; nobody does without a log-in. */
static void
test_scope (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) session = NULL, none = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  note (f, "O1", "asked");
  azukari_vault1_call_admin_add_sync (
      f->client, g_variant_new_parsed ("{'name': <'" CLERK "'>, 'role': <'clerk'>, 'departments': <['" OFFICE "']>}"),
      bytes (CLERK_PIN), &id, NULL, &error);
  g_assert_no_error (error);
  reconnect (f);
  g_assert_false (azukari_vault1_call_people_count_sync (f->client, &none, NULL, &error));
  assert_remote (error, "NotAllowed");
  g_clear_error (&error);
  azukari_vault1_call_login_sync (f->client, CLERK, bytes (CLERK_PIN), &session, NULL, &error);
  g_assert_no_error (error);
  assert_counts (f, OFFICE ":4/2/1/0");
  assert_codes (f, "{'state': <'outstanding'>, 'order': <'department'>}", "O1 -");
  assert_codes (f, "{'department': <'" SALES "'>}", "");
}

/* What is printed is recorded; nobody prints others' people, or anybody who is not outstanding. */
static void
test_print (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) session = NULL, people = NULL, none = NULL, sales = row_of (f, "S1"), left = row_of (f, "O2");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL, *of_sales = NULL, *of_left = NULL;

  g_variant_lookup (sales, "id", "s", &of_sales);
  g_variant_lookup (left, "id", "s", &of_left);
  g_assert_false (azukari_vault1_call_people_print_sync (
      f->client, g_variant_new_parsed ("{'what': <'slips'>, 'people': <[%s]>}", of_left), &none, NULL, &error));
  assert_remote (error, "Usage");
  g_clear_error (&error);
  g_assert_false (azukari_vault1_call_people_print_sync (f->client, g_variant_new_parsed ("{'what': <'numbers'>}"),
                                                         &none, NULL, &error));
  assert_remote (error, "Usage");
  g_clear_error (&error);
  azukari_vault1_call_admin_add_sync (
      f->client, g_variant_new_parsed ("{'name': <'" CLERK "'>, 'role': <'clerk'>, 'departments': <['" OFFICE "']>}"),
      bytes (CLERK_PIN), &id, NULL, &error);
  g_assert_no_error (error);
  reconnect (f);
  g_assert_false (azukari_vault1_call_people_print_sync (f->client, g_variant_new_parsed ("{'what': <'slips'>}"), &none,
                                                         NULL, &error));
  assert_remote (error, "NotAllowed");
  g_clear_error (&error);
  azukari_vault1_call_login_sync (f->client, CLERK, bytes (CLERK_PIN), &session, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (azukari_vault1_call_people_print_sync (
      f->client, g_variant_new_parsed ("{'what': <'slips'>, 'people': <[%s]>}", of_sales), &none, NULL, &error));
  assert_remote (error, "OutOfScope");
  g_clear_error (&error);
  azukari_vault1_call_people_print_sync (f->client, g_variant_new_parsed ("{'what': <'slips'>}"), &people, NULL,
                                         &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (people), ==, 2);
  assert_asked (f, "O1", 1, FALSE);
  assert_asked (f, "O2", 0, FALSE);
  reconnect (f);
  g_clear_pointer (&session, g_variant_unref);
  azukari_vault1_call_login_sync (f->client, "見本 管理", bytes (PIN), &session, NULL, &error);
  g_assert_no_error (error);
  assert_asked (f, "S1", 0, FALSE);
  assert_counts (f, SALES ":2/2/0/0 " OFFICE ":4/2/2/0 :1/1/0/0");
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up_roster, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/askings/times", test_times);
  ADD ("/askings/filters", test_filters);
  ADD ("/askings/counts", test_counts);
  ADD ("/askings/scope", test_scope);
  ADD ("/askings/print", test_print);
  return g_test_run ();
}
