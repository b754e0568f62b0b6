/* SPDX-License-Identifier: Apache-2.0 */
/* Visit: the way through a visit, and every way out of it, with a world that answers when the test says so. */
#include <string.h>

#include "frames.h"
#include "vault-client.h"
#include "visit.h"

#define NUMBER "123456789018"

/* A world that writes down what it was asked and keeps the answer open. */
typedef struct
{
  GString *calls; /* one word per call, with arguments where they matter */
  VisitAnswer answer;
  VisitVerdict verdict;
  gpointer data;
  GCancellable *cancellable;
  GVariant *collection;
  guint n_warm; /* readers alive: warm counts up, drop sets to 0 */
  Visit *visit;
  int countdown_s;
} World;

static void write_call (World *world, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
write_call (World *world, const char *format, ...)
{
  va_list args;

  if (world->calls->len > 0)
    g_string_append_c (world->calls, ' ');
  va_start (args, format);
  g_string_append_vprintf (world->calls, format, args);
  va_end (args);
}

static void
keep (World *world, GCancellable *cancellable, VisitAnswer answer, VisitVerdict verdict, gpointer data)
{
  world->answer = answer;
  world->verdict = verdict;
  world->data = data;
  g_set_object (&world->cancellable, cancellable);
}

static void
warm (gpointer self)
{
  ((World *) self)->n_warm++;
}

static void
drop (gpointer self)
{
  ((World *) self)->n_warm = 0;
}

static void
identify (gpointer self, const char *code, const char *birth_date, GCancellable *cancellable, VisitAnswer answer,
          gpointer data)
{
  write_call (self, "identify:%s:%s", code, birth_date);
  keep (self, cancellable, answer, NULL, data);
}

static void
login (gpointer self, const char *name, const char *pin, GCancellable *cancellable, VisitAnswer answer, gpointer data)
{
  write_call (self, *name != '\0' ? "login:%s" : "login%s", name);
  keep (self, cancellable, answer, NULL, data);
}

static void
list_contractors (gpointer self, GCancellable *cancellable, VisitAnswer answer, gpointer data)
{
  write_call (self, "list");
  keep (self, cancellable, answer, NULL, data);
}

static void
add_contractor (gpointer self, const char *name, const char *kana, const char *birth_date, GCancellable *cancellable,
                VisitAnswer answer, gpointer data)
{
  write_call (self, "add:%s", birth_date);
  keep (self, cancellable, answer, NULL, data);
}

static void
attend (gpointer self, const char *person_id, GCancellable *cancellable, VisitAnswer answer, gpointer data)
{
  write_call (self, "attend:%s", person_id);
  keep (self, cancellable, answer, NULL, data);
}

static void
scan (gpointer self, const char *page, GCancellable *cancellable, VisitVerdict verdict, gpointer data)
{
  write_call (self, "scan:%s", page);
  keep (self, cancellable, NULL, verdict, data);
}

static void
collect (gpointer self, const char *person_id, GVariant *collection, const char *number, GCancellable *cancellable,
         VisitAnswer answer, gpointer data)
{
  World *world = self;

  write_call (self, "collect:%s:%s", person_id, number);
  g_clear_pointer (&world->collection, g_variant_unref);
  world->collection = g_variant_ref (collection);
  keep (self, cancellable, answer, NULL, data);
}

static void
note (gpointer self, const char *person_id, const char *event, const char *reason)
{
  write_call (self, "note:%s:%s:%s", person_id, event, reason);
}

static void
forget (gpointer self)
{
  write_call (self, "forget");
}

static const VisitServices services = {
  .warm = warm,
  .drop = drop,
  .identify = identify,
  .login = login,
  .list_contractors = list_contractors,
  .add_contractor = add_contractor,
  .attend = attend,
  .scan = scan,
  .collect = collect,
  .note = note,
  .forget = forget,
};

static void
countdown_cb (World *world, int seconds)
{
  world->countdown_s = seconds;
}

static World *
world_new (void)
{
  World *world = g_new0 (World, 1);

  world->calls = g_string_new (NULL);
  world->visit = visit_new (&services, world, 1.0);
  world->countdown_s = -1;
  g_signal_connect_swapped (world->visit, "countdown", G_CALLBACK (countdown_cb), world);
  return world;
}

static void
world_free (World *world)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the test is over");

  /* A service answers exactly once, also when nobody waits any more. */
  if (world->answer != NULL)
    world->answer (world->data, NULL, error);
  else if (world->verdict != NULL)
    world->verdict (world->data, NULL, error);
  g_assert_finalize_object (world->visit);
  g_clear_object (&world->cancellable);
  g_clear_pointer (&world->collection, g_variant_unref);
  g_string_free (world->calls, TRUE);
  g_free (world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* Gives the answer that is open; @text is a GVariant in text form. */
static void
answer (World *world, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = g_variant_parse (NULL, text, NULL, NULL, &error);
  VisitAnswer callback = g_steal_pointer (&world->answer);

  g_assert_no_error (error);
  callback (world->data, value, NULL);
}

static void
answer_error (World *world, int code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (VAULT_ERROR, code, message);
  VisitAnswer callback = g_steal_pointer (&world->answer);

  callback (world->data, NULL, error);
}

static void
answer_verdict (World *world, const char *verdict, const char *reason, const char *number)
{
  ReaderVerdict *said = g_new0 (ReaderVerdict, 1);
  VisitVerdict callback = g_steal_pointer (&world->verdict);

  said->verdict = g_strdup (verdict);
  said->reason = g_strdup (reason);
  said->number = g_strdup (number);
  said->document = g_strdup (FRAMES_DOCUMENT_CARD_BACK);
  said->readings = g_variant_ref_sink (g_variant_new_parsed ("{'ocr': 'accepted', 'qr': 'match'}"));
  said->confidence = 0.97;
  callback (world->data, said, NULL);
}

#define ALONE "({'id': <'p1'>, 'kind': <'employee'>, 'name': <'見本 太郎'>, 'state': <'none'>},)"
#define PARENT                                                                                                          \
  "({'id': <'p1'>, 'kind': <'employee'>, 'name': <'見本 太郎'>, 'state': <'none'>, 'dependants': <[{'id': <'p2'>, " \
  "'name': <'見本 次郎'>, 'relationship': <'子'>, 'state': <'none'>}]>},)"
#define DONE_ALREADY "({'id': <'p1'>, 'kind': <'employee'>, 'name': <'見本 太郎'>, 'state': <'approved'>},)"

static void
to_placing (World *world, const char *person)
{
  visit_start (world->visit, FALSE);
  visit_identify (world->visit, "1001", "1980-04-01");
  answer (world, person);
  visit_agree (world->visit, "ja");
}

static void
to_confirming (World *world, const char *person)
{
  to_placing (world, person);
  visit_scan (world->visit);
  answer_verdict (world, "accepted", "", NUMBER);
}

#define assert_state(world, wanted) g_assert_cmpint (visit_get_state ((world)->visit), ==, wanted)
#define assert_calls(world, wanted) g_assert_cmpstr ((world)->calls->str, ==, wanted)

/* --- the straight way --------------------------------------------------------------------------------------------- */

static void
test_employee_path (void)
{
  g_autoptr (World) world = world_new ();

  assert_state (world, VISIT_IDLE);
  visit_start (world->visit, FALSE);
  assert_state (world, VISIT_WHO);
  g_assert_cmpuint (world->n_warm, ==, 1);
  visit_identify (world->visit, "1001", "1980-04-01");
  g_assert_true (visit_is_busy (world->visit));
  answer (world, ALONE);
  assert_state (world, VISIT_PURPOSE);
  g_assert_cmpstr (visit_get_person_name (world->visit), ==, "見本 太郎");
  visit_agree (world->visit, "ja");
  assert_state (world, VISIT_PLACING);
  visit_scan (world->visit);
  assert_state (world, VISIT_SCANNING);
  answer_verdict (world, "accepted", "", NUMBER);
  assert_state (world, VISIT_CONFIRMING);
  g_assert_cmpstr (visit_get_verdict (world->visit)->number, ==, NUMBER);
  visit_accept (world->visit);
  assert_state (world, VISIT_SAVING);
  answer (world, "('r1',)");
  assert_state (world, VISIT_DONE);
  g_assert_cmpint (visit_get_outcome (world->visit), ==, VISIT_OUTCOME_COLLECTED);
  assert_calls (world, "identify:1001:1980-04-01 scan:1001 collect:p1:" NUMBER " forget");
  g_assert_cmpuint (world->n_warm, ==, 0);
}

static void
test_collection_says_how (void)
{
  g_autoptr (World) world = world_new ();
  const char *text = NULL;
  g_autofree const char **purposes = NULL;
  double confidence = 0;
  g_autofree char *printed = NULL;

  to_confirming (world, ALONE);
  visit_accept (world->visit);
  g_assert_true (g_variant_lookup (world->collection, "identity", "&s", &text));
  g_assert_cmpstr (text, ==, "employment-known");
  g_assert_true (g_variant_lookup (world->collection, "document", "&s", &text));
  g_assert_cmpstr (text, ==, FRAMES_DOCUMENT_CARD_BACK);
  g_assert_true (g_variant_lookup (world->collection, "language", "&s", &text));
  g_assert_cmpstr (text, ==, "ja");
  g_assert_true (g_variant_lookup (world->collection, "text-version", "&s", &text));
  g_assert_cmpstr (text, !=, "");
  g_assert_true (g_variant_lookup (world->collection, "purposes", "^a&s", &purposes));
  g_assert_true (g_strv_contains (purposes, "tax"));
  g_assert_true (g_variant_lookup (world->collection, "confidence", "d", &confidence));
  g_assert_cmpfloat (confidence, ==, 0.97);
  printed = g_variant_print (world->collection, FALSE);
  g_assert_null (strstr (printed, NUMBER));
}

static void
test_contractor_path (void)
{
  g_autoptr (World) world = world_new ();
  const char *identity = NULL;

  visit_start (world->visit, TRUE);
  assert_state (world, VISIT_ATTENDANT);
  visit_login (world->visit, "", "a pin");
  answer (world, "({'admin': <'責任者'>},)");
  assert_state (world, VISIT_ATTENDANT);
  answer (world, "([{'id': <'c1'>, 'code': <'C001'>, 'name': <'例示 五郎'>, 'state': <'none'>}],)");
  assert_state (world, VISIT_CONTRACTOR);
  g_assert_cmpuint (visit_get_contractors (world->visit)->len, ==, 1);
  visit_choose (world->visit, "c1");
  assert_state (world, VISIT_IDENTITY);
  visit_confirm_identity (world->visit, "photo-document");
  answer (world, "({'id': <'c1'>, 'kind': <'contractor'>, 'name': <'例示 五郎'>, 'state': <'none'>},)");
  assert_state (world, VISIT_PURPOSE);
  g_assert_cmpuint (visit_get_contractors (world->visit)->len, ==, 0);
  g_assert_cmpstr (visit_get_purpose_kind (world->visit), ==, "contractor");
  g_assert_false (visit_can_go_back (world->visit));
  visit_agree (world->visit, "ja");
  visit_scan (world->visit);
  answer_verdict (world, "accepted", "", NUMBER);
  visit_accept (world->visit);
  g_assert_true (g_variant_lookup (world->collection, "identity", "&s", &identity));
  g_assert_cmpstr (identity, ==, "photo-document");
  answer (world, "('r1',)");
  assert_state (world, VISIT_DONE);
  assert_calls (world, "login list attend:c1 scan:C001 collect:c1:" NUMBER " forget");
}

static void
test_contractor_is_added (void)
{
  g_autoptr (World) world = world_new ();

  visit_start (world->visit, TRUE);
  visit_login (world->visit, "Sato", "a pin");
  answer (world, "({'admin': <'責任者'>},)");
  answer (world, "(@aa{sv} [],)");
  visit_add (world->visit, "例示 六郎", "", "1970-07-07");
  answer (world, "('c9',)");
  assert_state (world, VISIT_IDENTITY);
  visit_confirm_identity (world->visit, "two-documents");
  assert_calls (world, "login:Sato list add:1970-07-07 attend:c9");
  answer_error (world, VAULT_ERROR_FAILED, "failed");
  assert_state (world, VISIT_IDENTITY);
  g_assert_cmpint (visit_get_trouble (world->visit), ==, VISIT_TROUBLE_VAULT);
}

static void
test_family (void)
{
  g_autoptr (World) world = world_new ();

  to_confirming (world, PARENT);
  visit_accept (world->visit);
  answer (world, "('r1',)");
  assert_state (world, VISIT_FAMILY);
  visit_next_member (world->visit, 7);
  assert_state (world, VISIT_FAMILY);
  visit_next_member (world->visit, 1);
  assert_state (world, VISIT_PLACING);
  g_assert_cmpstr (visit_get_subject (world->visit)->id, ==, "p2");
  visit_scan (world->visit);
  answer_verdict (world, "accepted", "", NUMBER);
  visit_accept (world->visit);
  answer (world, "('r2',)");
  assert_state (world, VISIT_FAMILY);
  g_assert_cmpstr (visit_get_subject (world->visit)->state, ==, "collected");
  visit_finish (world->visit);
  assert_state (world, VISIT_DONE);
  assert_calls (world,
                "identify:1001:1980-04-01 scan:1001 collect:p1:" NUMBER " scan:1001-1 collect:p2:" NUMBER " forget");
}

static void
test_already_in_custody (void)
{
  g_autoptr (World) world = world_new ();

  to_placing (world, DONE_ALREADY);
  assert_state (world, VISIT_FAMILY);
  visit_finish (world->visit);
  assert_calls (world, "identify:1001:1980-04-01 forget");
}

/* --- what goes wrong ---------------------------------------------------------------------------------------------- */

static void
test_wrong_birth_date (void)
{
  g_autoptr (World) world = world_new ();

  visit_start (world->visit, FALSE);
  visit_identify (world->visit, "1001", "1999-01-01");
  answer_error (world, VAULT_ERROR_NO_SUCH_PERSON, "nobody");
  assert_state (world, VISIT_WHO);
  g_assert_cmpint (visit_get_trouble (world->visit), ==, VISIT_TROUBLE_NO_SUCH_PERSON);
  visit_identify (world->visit, "1001", "1980-04-01");
  g_assert_cmpint (visit_get_trouble (world->visit), ==, VISIT_TROUBLE_NONE);
  answer_error (world, VAULT_ERROR_NOT_ALLOWED, "wait");
  g_assert_cmpint (visit_get_trouble (world->visit), ==, VISIT_TROUBLE_WAIT);
}

static void
test_wrong_pin (void)
{
  g_autoptr (World) world = world_new ();

  visit_start (world->visit, TRUE);
  visit_login (world->visit, "", "wrong");
  answer_error (world, VAULT_ERROR_WRONG_PIN, "wrong PIN, tries=4");
  assert_state (world, VISIT_ATTENDANT);
  g_assert_cmpint (visit_get_trouble (world->visit), ==, VISIT_TROUBLE_WRONG_PIN);
  g_assert_cmpint (visit_get_tries_left (world->visit), ==, 4);
  visit_login (world->visit, "", "wrong");
  answer_error (world, VAULT_ERROR_LOCKED_OUT, "locked");
  g_assert_cmpint (visit_get_trouble (world->visit), ==, VISIT_TROUBLE_LOCKED_OUT);
}

static void
test_only_accepted_is_shown (gconstpointer data)
{
  const char *const *verdict = data;
  g_autoptr (World) world = world_new ();

  to_placing (world, ALONE);
  visit_scan (world->visit);
  answer_verdict (world, verdict[0], verdict[1], verdict[2]);
  assert_state (world, VISIT_PROBLEM);
  g_assert_cmpstr (visit_get_reason (world->visit), ==, verdict[1]);
  visit_accept (world->visit);
  assert_state (world, VISIT_PROBLEM);
  visit_again (world->visit);
  assert_state (world, VISIT_PLACING);
  g_assert_null (visit_get_verdict (world->visit));
  g_assert_null (strstr (world->calls->str, "collect"));
  g_assert_nonnull (strstr (world->calls->str, "note:p1:scan-failed"));
  g_assert_cmpuint (world->n_warm, ==, 1);
}

static void
test_not_saved (void)
{
  g_autoptr (World) world = world_new ();

  to_confirming (world, ALONE);
  visit_accept (world->visit);
  answer_error (world, VAULT_ERROR_DISK_FULL, "full");
  assert_state (world, VISIT_PROBLEM);
  g_assert_cmpstr (visit_get_reason (world->visit), ==, VISIT_REASON_DISK_FULL);
  g_assert_null (visit_get_verdict (world->visit));
  g_assert_cmpint (visit_get_outcome (world->visit), ==, VISIT_OUTCOME_NONE);
}

static void
test_refusal_is_noted (void)
{
  g_autoptr (World) world = world_new ();

  visit_start (world->visit, FALSE);
  visit_identify (world->visit, "1001", "1980-04-01");
  answer (world, ALONE);
  visit_refuse (world->visit);
  assert_state (world, VISIT_DONE);
  g_assert_cmpint (visit_get_outcome (world->visit), ==, VISIT_OUTCOME_REFUSED);
  assert_calls (world, "identify:1001:1980-04-01 note:p1:refused:purpose forget");
}

/* --- ways out ----------------------------------------------------------------------------------------------------- */

static void
assert_wiped (World *world)
{
  assert_state (world, VISIT_IDLE);
  g_assert_cmpstr (visit_get_person_name (world->visit), ==, "");
  g_assert_null (visit_get_subject (world->visit));
  g_assert_null (visit_get_verdict (world->visit));
  g_assert_null (visit_get_reason (world->visit));
  g_assert_cmpuint (visit_get_members (world->visit)->len, ==, 0);
  g_assert_cmpuint (visit_get_contractors (world->visit)->len, ==, 0);
  g_assert_cmpuint (world->n_warm, ==, 0);
  g_assert_cmpint (world->countdown_s, ==, -1);
}

static void
test_cancel_wipes (void)
{
  g_autoptr (World) world = world_new ();

  to_confirming (world, PARENT);
  visit_cancel (world->visit);
  assert_wiped (world);
  g_assert_true (g_str_has_suffix (world->calls->str, "note:p1:abandoned:cancelled forget"));
}

static void
test_time_out_wipes (void)
{
  g_autoptr (World) world = world_new ();

  to_confirming (world, PARENT);
  visit_advance (world->visit, 49999);
  g_assert_cmpint (world->countdown_s, ==, -1);
  visit_advance (world->visit, 1);
  g_assert_cmpint (world->countdown_s, ==, 10);
  visit_advance (world->visit, 9000);
  g_assert_cmpint (world->countdown_s, ==, 1);
  assert_state (world, VISIT_CONFIRMING);
  visit_advance (world->visit, 1000);
  assert_wiped (world);
  g_assert_true (g_str_has_suffix (world->calls->str, "note:p1:abandoned:timed-out forget"));
}

static void
test_touch_starts_time_anew (void)
{
  g_autoptr (World) world = world_new ();

  visit_start (world->visit, FALSE);
  visit_advance (world->visit, 55000);
  g_assert_cmpint (world->countdown_s, ==, 5);
  visit_touch (world->visit);
  g_assert_cmpint (world->countdown_s, ==, -1);
  visit_advance (world->visit, 55000);
  assert_state (world, VISIT_WHO);
  visit_advance (world->visit, 5000);
  assert_wiped (world);
  assert_calls (world, "forget");
}

static void
test_done_returns_to_start (void)
{
  g_autoptr (World) world = world_new ();

  to_confirming (world, ALONE);
  visit_accept (world->visit);
  answer (world, "('r1',)");
  visit_touch (world->visit);
  visit_advance (world->visit, 8000);
  assert_wiped (world);
  g_assert_null (strstr (world->calls->str, "abandoned"));
}

static void
test_saving_waits (void)
{
  g_autoptr (World) world = world_new ();

  to_confirming (world, ALONE);
  visit_accept (world->visit);
  visit_advance (world->visit, 3600 * 1000);
  visit_cancel (world->visit);
  assert_state (world, VISIT_SAVING);
  answer (world, "('r1',)");
  assert_state (world, VISIT_DONE);
}

/* The answer to a question of the last person must not let the next one in. */
static void
test_late_answer_is_thrown_away (void)
{
  g_autoptr (World) world = world_new ();

  visit_start (world->visit, FALSE);
  visit_identify (world->visit, "1001", "1980-04-01");
  visit_cancel (world->visit);
  g_assert_true (g_cancellable_is_cancelled (world->cancellable));
  visit_start (world->visit, FALSE);
  answer (world, ALONE);
  assert_state (world, VISIT_WHO);
  g_assert_cmpstr (visit_get_person_name (world->visit), ==, "");
}

static void
test_late_verdict_is_thrown_away (void)
{
  g_autoptr (World) world = world_new ();

  to_placing (world, ALONE);
  visit_scan (world->visit);
  visit_back (world->visit);
  assert_state (world, VISIT_PLACING);
  g_assert_true (g_cancellable_is_cancelled (world->cancellable));
  answer_verdict (world, "accepted", "", NUMBER);
  assert_state (world, VISIT_PLACING);
  g_assert_null (visit_get_verdict (world->visit));
}

static void
test_back (void)
{
  g_autoptr (World) world = world_new ();

  to_confirming (world, ALONE);
  visit_back (world->visit);
  assert_state (world, VISIT_PLACING);
  g_assert_null (visit_get_verdict (world->visit));
  visit_back (world->visit);
  assert_state (world, VISIT_PURPOSE);
  visit_back (world->visit);
  assert_state (world, VISIT_WHO);
  g_assert_cmpstr (visit_get_person_name (world->visit), ==, "");
  visit_back (world->visit);
  assert_wiped (world);
}

/* Nothing that does not fit the state does anything: no number without agreement, no scan without a person. */
static void
test_steps_cannot_be_skipped (void)
{
  g_autoptr (World) world = world_new ();

  for (VisitState state = VISIT_IDLE; state <= VISIT_WHO; state++)
    {
      visit_agree (world->visit, "ja");
      visit_refuse (world->visit);
      visit_scan (world->visit);
      visit_accept (world->visit);
      visit_again (world->visit);
      visit_next_member (world->visit, 0);
      visit_finish (world->visit);
      visit_login (world->visit, "", "a pin");
      visit_choose (world->visit, "c1");
      visit_add (world->visit, "a", "b", "1980-01-01");
      visit_confirm_identity (world->visit, "photo-document");
      assert_state (world, state);
      assert_calls (world, "");
      visit_start (world->visit, FALSE);
    }
}

int
main (int argc, char **argv)
{
  static const char *const doubtful[] = { "doubtful", FRAMES_REASON_CHECK_DIGIT, NUMBER, NULL };
  static const char *const refused[] = { "refused", FRAMES_REASON_WRONG_DOCUMENT, NULL, NULL };
  static const char *const failed[] = { "failed", FRAMES_REASON_UNPLUGGED, NULL, NULL };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/visit/path/employee", test_employee_path);
  g_test_add_func ("/visit/path/collection-says-how-but-holds-no-number", test_collection_says_how);
  g_test_add_func ("/visit/path/contractor", test_contractor_path);
  g_test_add_func ("/visit/path/contractor-is-added", test_contractor_is_added);
  g_test_add_func ("/visit/path/family", test_family);
  g_test_add_func ("/visit/path/already-in-custody", test_already_in_custody);
  g_test_add_func ("/visit/trouble/wrong-birth-date", test_wrong_birth_date);
  g_test_add_func ("/visit/trouble/wrong-pin", test_wrong_pin);
  g_test_add_data_func ("/visit/trouble/doubtful-is-never-confirmed", doubtful, test_only_accepted_is_shown);
  g_test_add_data_func ("/visit/trouble/refused-is-never-confirmed", refused, test_only_accepted_is_shown);
  g_test_add_data_func ("/visit/trouble/failed-gets-a-new-reader", failed, test_only_accepted_is_shown);
  g_test_add_func ("/visit/trouble/not-saved", test_not_saved);
  g_test_add_func ("/visit/trouble/refusal-is-noted", test_refusal_is_noted);
  g_test_add_func ("/visit/out/cancel-wipes", test_cancel_wipes);
  g_test_add_func ("/visit/out/time-out-wipes", test_time_out_wipes);
  g_test_add_func ("/visit/out/touch-starts-time-anew", test_touch_starts_time_anew);
  g_test_add_func ("/visit/out/done-returns-to-start", test_done_returns_to_start);
  g_test_add_func ("/visit/out/saving-waits-for-the-vault", test_saving_waits);
  g_test_add_func ("/visit/out/late-answer-is-thrown-away", test_late_answer_is_thrown_away);
  g_test_add_func ("/visit/out/late-verdict-is-thrown-away", test_late_verdict_is_thrown_away);
  g_test_add_func ("/visit/out/back", test_back);
  g_test_add_func ("/visit/out/steps-cannot-be-skipped", test_steps_cannot_be_skipped);
  return g_test_run ();
}
