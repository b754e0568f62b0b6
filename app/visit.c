/* SPDX-License-Identifier: Apache-2.0 */
/* Visit: the state machine of one collection. Knows people, cards and rights only through VisitServices. */
#include "visit.h"

#include <string.h>

#include "frames.h"
#include "purposes.h"
#include "vault-client.h"

#define COUNTDOWN_MS 10000u

struct _Visit
{
  GObject parent_instance;

  /* borrowed */
  const VisitServices *services;
  gpointer services_self;

  /* owned: the visit as such */
  VisitState state;
  GCancellable *cancellable; /* of the calls under way; renewed when they no longer count */
  gboolean attended;
  gboolean busy;
  VisitTrouble trouble;
  VisitOutcome outcome;
  int tries_left;
  double timeout_scale;
  guint idle_ms;
  int countdown_s; /* last told; -1 = none runs */

  /* owned: personal, wiped by wipe () */
  char *code;
  char *person_id;
  char *identity;
  char *language;
  char *reason;
  GPtrArray *members;
  GPtrArray *contractors;
  guint subject;
  ReaderVerdict *verdict;
};

G_DEFINE_FINAL_TYPE (Visit, visit, G_TYPE_OBJECT)

enum
{
  CHANGED,
  COUNTDOWN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* Seconds without a touch before a state gives way to IDLE; 0 = never. */
static const guint timeout_s[] = {
  [VISIT_IDLE] = 0,       [VISIT_WHO] = 60,        [VISIT_ATTENDANT] = 60, [VISIT_CONTRACTOR] = 180,
  [VISIT_IDENTITY] = 120, [VISIT_PURPOSE] = 120,   [VISIT_PLACING] = 120,  [VISIT_SCANNING] = 120,
  [VISIT_PROBLEM] = 90,   [VISIT_CONFIRMING] = 60, [VISIT_SAVING] = 0,     [VISIT_FAMILY] = 60,
  [VISIT_DONE] = 8,
};

/* --- personal data ------------------------------------------------------------------------------------------------ */

static void
wipe_string (char **text)
{
  if (*text != NULL)
    explicit_bzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}

static void
member_free (VisitMember *member)
{
  wipe_string (&member->id);
  wipe_string (&member->name);
  wipe_string (&member->relationship);
  wipe_string (&member->state);
  g_free (member);
}

static void
contractor_free (VisitContractor *contractor)
{
  wipe_string (&contractor->id);
  wipe_string (&contractor->code);
  wipe_string (&contractor->name);
  wipe_string (&contractor->kana);
  wipe_string (&contractor->state);
  g_free (contractor);
}

static char *
dup_field (GVariant *row, const char *key)
{
  const char *text = "";

  g_variant_lookup (row, key, "&s", &text);
  return g_strdup (text);
}

static VisitMember *
member_new (GVariant *row)
{
  VisitMember *member = g_new0 (VisitMember, 1);

  member->id = dup_field (row, "id");
  member->name = dup_field (row, "name");
  member->relationship = dup_field (row, "relationship");
  member->state = dup_field (row, "state");
  return member;
}

static void
wipe_verdict (Visit *self)
{
  g_clear_pointer (&self->verdict, reader_verdict_free);
  g_clear_pointer (&self->reason, g_free);
}

static void
wipe (Visit *self)
{
  wipe_verdict (self);
  wipe_string (&self->code);
  wipe_string (&self->person_id);
  g_clear_pointer (&self->identity, g_free);
  g_clear_pointer (&self->language, g_free);
  g_ptr_array_set_size (self->members, 0);
  g_ptr_array_set_size (self->contractors, 0);
  self->subject = 0;
  self->tries_left = -1;
  self->outcome = VISIT_OUTCOME_NONE;
}

/* --- moving ------------------------------------------------------------------------------------------------------- */

static void
tell_countdown (Visit *self, int seconds)
{
  if (self->countdown_s == seconds)
    return;
  self->countdown_s = seconds;
  g_signal_emit (self, signals[COUNTDOWN], 0, seconds);
}

/* The calls under way no longer count: their answers are thrown away when they come. */
static void
stop_calls (Visit *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->busy = FALSE;
}

static void
go (Visit *self, VisitState state)
{
  self->state = state;
  self->trouble = VISIT_TROUBLE_NONE;
  self->idle_ms = 0;
  tell_countdown (self, -1);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* To IDLE with nothing left; @event and @reason are noted when the vault knows the person and no number came of it. */
static void
end (Visit *self, const char *event, const char *reason)
{
  stop_calls (self);
  if (event != NULL && self->person_id != NULL)
    self->services->note (self->services_self, self->person_id, event, reason);
  self->services->drop (self->services_self);
  self->services->forget (self->services_self);
  wipe (self);
  go (self, VISIT_IDLE);
}

static void
stay (Visit *self, VisitTrouble trouble)
{
  self->busy = FALSE;
  self->trouble = trouble;
  self->idle_ms = 0;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_busy (Visit *self)
{
  self->busy = TRUE;
  self->trouble = VISIT_TROUBLE_NONE;
  self->idle_ms = 0;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- calls -------------------------------------------------------------------------------------------------------- */

typedef struct
{
  Visit *visit;              /* owned */
  GCancellable *cancellable; /* owned: still the visit's = the answer counts */
} Call;

static Call *
call_new (Visit *self)
{
  Call *call = g_new0 (Call, 1);

  call->visit = g_object_ref (self);
  call->cancellable = g_object_ref (self->cancellable);
  return call;
}

/* Returns: (transfer full): the visit when the answer still counts, else %NULL. Frees @call. */
static Visit *
call_end (Call *call)
{
  g_autoptr (Visit) visit = call->visit;
  g_autoptr (GCancellable) cancellable = call->cancellable;

  g_free (call);
  if (visit->cancellable != cancellable)
    return NULL;
  visit->busy = FALSE;
  return g_steal_pointer (&visit);
}

static VisitTrouble
trouble_for (Visit *self, const GError *error)
{
  if (g_error_matches (error, VAULT_ERROR, VAULT_ERROR_NO_SUCH_PERSON))
    return VISIT_TROUBLE_NO_SUCH_PERSON;
  if (g_error_matches (error, VAULT_ERROR, VAULT_ERROR_USAGE))
    return VISIT_TROUBLE_NO_SUCH_PERSON;
  if (g_error_matches (error, VAULT_ERROR, VAULT_ERROR_NOT_ALLOWED) && self->state == VISIT_WHO)
    return VISIT_TROUBLE_WAIT;
  if (g_error_matches (error, VAULT_ERROR, VAULT_ERROR_LOCKED_OUT))
    return self->state == VISIT_WHO ? VISIT_TROUBLE_WAIT : VISIT_TROUBLE_LOCKED_OUT;
  if (g_error_matches (error, VAULT_ERROR, VAULT_ERROR_WRONG_PIN))
    {
      self->tries_left = vault_error_get_tries_left (error);
      return VISIT_TROUBLE_WRONG_PIN;
    }
  return VISIT_TROUBLE_VAULT;
}

static gboolean
is_in_custody (const VisitMember *member)
{
  return g_str_equal (member->state, "collected") || g_str_equal (member->state, "approved");
}

/* The vault knows the person: Identify and Attend answer alike. */
static void
take_person (Visit *self, GVariant *answer)
{
  g_autoptr (GVariant) person = g_variant_get_child_value (answer, 0);
  g_autoptr (GVariant) dependants = g_variant_lookup_value (person, "dependants", G_VARIANT_TYPE ("aa{sv}"));

  g_ptr_array_set_size (self->members, 0);
  g_ptr_array_add (self->members, member_new (person));
  for (gsize i = 0; dependants != NULL && i < g_variant_n_children (dependants); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (dependants, i);
      g_ptr_array_add (self->members, member_new (row));
    }
  wipe_string (&self->person_id);
  self->person_id = dup_field (person, "id");
  self->subject = 0;
  g_ptr_array_set_size (self->contractors, 0);
  go (self, VISIT_PURPOSE);
}

static void
person_cb (gpointer data, GVariant *answer, const GError *error)
{
  g_autoptr (Visit) self = call_end (data);

  if (self == NULL)
    return;
  if (answer != NULL)
    take_person (self, answer);
  else
    stay (self, trouble_for (self, error));
}

static void
contractors_cb (gpointer data, GVariant *answer, const GError *error)
{
  g_autoptr (Visit) self = call_end (data);
  g_autoptr (GVariant) rows = NULL;

  if (self == NULL)
    return;
  if (answer == NULL)
    {
      stay (self, trouble_for (self, error));
      return;
    }
  rows = g_variant_get_child_value (answer, 0);
  g_ptr_array_set_size (self->contractors, 0);
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      VisitContractor *contractor = g_new0 (VisitContractor, 1);

      contractor->id = dup_field (row, "id");
      contractor->code = dup_field (row, "code");
      contractor->name = dup_field (row, "name");
      contractor->kana = dup_field (row, "kana");
      contractor->state = dup_field (row, "state");
      g_ptr_array_add (self->contractors, contractor);
    }
  go (self, VISIT_CONTRACTOR);
}

static void
login_cb (gpointer data, GVariant *answer, const GError *error)
{
  g_autoptr (Visit) self = call_end (data);

  if (self == NULL)
    return;
  if (answer == NULL)
    {
      stay (self, trouble_for (self, error));
      return;
    }
  self->busy = TRUE;
  self->services->list_contractors (self->services_self, self->cancellable, contractors_cb, call_new (self));
}

static void
added_cb (gpointer data, GVariant *answer, const GError *error)
{
  g_autoptr (Visit) self = call_end (data);

  if (self == NULL)
    return;
  if (answer == NULL)
    {
      stay (self, VISIT_TROUBLE_VAULT);
      return;
    }
  wipe_string (&self->person_id);
  wipe_string (&self->code);
  g_variant_get_child (answer, 0, "s", &self->person_id);
  self->code = g_strdup (self->person_id);
  go (self, VISIT_IDENTITY);
}

static void
verdict_cb (gpointer data, ReaderVerdict *taken, const GError *error)
{
  g_autoptr (ReaderVerdict) verdict = taken;
  g_autoptr (Visit) self = call_end (data);
  const VisitMember *subject;

  if (self == NULL)
    return;
  wipe_verdict (self);
  if (verdict != NULL && g_str_equal (verdict->verdict, "accepted") && verdict->number != NULL)
    {
      self->verdict = g_steal_pointer (&verdict);
      go (self, VISIT_CONFIRMING);
      return;
    }
  subject = visit_get_subject (self);
  self->reason = g_strdup (
      verdict != NULL && verdict->reason != NULL && *verdict->reason != '\0' ? verdict->reason : FRAMES_REASON_CRASHED);
  self->verdict = g_steal_pointer (&verdict);
  self->services->note (self->services_self, subject->id, "scan-failed", self->reason);
  /* A reader that has failed is not asked again: the next scan gets a new one. */
  if (self->verdict == NULL || g_str_equal (self->verdict->verdict, "failed"))
    {
      self->services->drop (self->services_self);
      self->services->warm (self->services_self);
    }
  go (self, VISIT_PROBLEM);
}

static void
collected_cb (gpointer data, GVariant *answer, const GError *error)
{
  g_autoptr (Visit) self = call_end (data);
  VisitMember *subject;

  if (self == NULL)
    return;
  wipe_verdict (self);
  if (answer == NULL)
    {
      self->reason = g_strdup (g_error_matches (error, VAULT_ERROR, VAULT_ERROR_DISK_FULL) ? VISIT_REASON_DISK_FULL
                                                                                           : VISIT_REASON_NOT_SAVED);
      go (self, VISIT_PROBLEM);
      return;
    }
  subject = g_ptr_array_index (self->members, self->subject);
  g_free (subject->state);
  subject->state = g_strdup ("collected");
  self->outcome = VISIT_OUTCOME_COLLECTED;
  if (self->members->len > 1)
    go (self, VISIT_FAMILY);
  else
    visit_finish (self);
}

/* --- what the person does ----------------------------------------------------------------------------------------- */

void
visit_start (Visit *self, gboolean attended)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_IDLE)
    return;
  self->attended = attended;
  self->services->warm (self->services_self);
  go (self, attended ? VISIT_ATTENDANT : VISIT_WHO);
}

void
visit_identify (Visit *self, const char *code, const char *birth_date)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_WHO || self->busy)
    return;
  wipe_string (&self->code);
  self->code = g_strdup (code);
  set_busy (self);
  self->services->identify (self->services_self, code, birth_date, self->cancellable, person_cb, call_new (self));
}

void
visit_login (Visit *self, const char *name, const char *pin)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_ATTENDANT || self->busy)
    return;
  set_busy (self);
  self->services->login (self->services_self, name, pin, self->cancellable, login_cb, call_new (self));
}

void
visit_choose (Visit *self, const char *contractor_id)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_CONTRACTOR || self->busy)
    return;
  for (guint i = 0; i < self->contractors->len; i++)
    {
      const VisitContractor *contractor = g_ptr_array_index (self->contractors, i);

      if (!g_str_equal (contractor->id, contractor_id))
        continue;
      wipe_string (&self->person_id);
      wipe_string (&self->code);
      self->person_id = g_strdup (contractor->id);
      self->code = g_strdup (contractor->code);
      go (self, VISIT_IDENTITY);
      return;
    }
}

void
visit_add (Visit *self, const char *name, const char *kana, const char *birth_date)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_CONTRACTOR || self->busy)
    return;
  set_busy (self);
  self->services->add_contractor (self->services_self, name, kana, birth_date, self->cancellable, added_cb,
                                  call_new (self));
}

void
visit_confirm_identity (Visit *self, const char *identity)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_IDENTITY || self->busy)
    return;
  g_free (self->identity);
  self->identity = g_strdup (identity);
  set_busy (self);
  self->services->attend (self->services_self, self->person_id, self->cancellable, person_cb, call_new (self));
}

void
visit_agree (Visit *self, const char *language)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_PURPOSE)
    return;
  g_free (self->language);
  self->language = g_strdup (language);
  if (is_in_custody (visit_get_subject (self)))
    {
      self->outcome = VISIT_OUTCOME_COLLECTED;
      go (self, VISIT_FAMILY);
    }
  else
    go (self, VISIT_PLACING);
}

void
visit_refuse (Visit *self)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_PURPOSE)
    return;
  self->services->note (self->services_self, self->person_id, "refused", "purpose");
  self->outcome = VISIT_OUTCOME_REFUSED;
  visit_finish (self);
}

void
visit_scan (Visit *self)
{
  g_autofree char *page = NULL;

  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_PLACING)
    return;
  page = self->subject == 0 ? g_strdup (self->code) : g_strdup_printf ("%s-%u", self->code, self->subject);
  go (self, VISIT_SCANNING);
  self->services->scan (self->services_self, page, self->cancellable, verdict_cb, call_new (self));
}

static GVariant *
make_collection (Visit *self)
{
  const ReaderVerdict *verdict = self->verdict;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) purposes = NULL;

  purposes = g_variant_ref_sink (purposes_get_codes (visit_get_purpose_kind (self)));
  g_variant_dict_insert (&dict, "document", "s", verdict->document);
  g_variant_dict_insert (&dict, "identity", "s", self->identity != NULL ? self->identity : "employment-known");
  g_variant_dict_insert_value (&dict, "purposes", purposes);
  g_variant_dict_insert (&dict, "text-version", "s", purposes_get_text_version ());
  g_variant_dict_insert (&dict, "language", "s", self->language);
  if (verdict->readings != NULL)
    g_variant_dict_insert_value (&dict, "evidence", verdict->readings);
  g_variant_dict_insert (&dict, "confidence", "d", verdict->confidence);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

void
visit_accept (Visit *self)
{
  g_autoptr (GVariant) collection = NULL;

  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_CONFIRMING)
    return;
  collection = make_collection (self);
  go (self, VISIT_SAVING);
  self->services->collect (self->services_self, visit_get_subject (self)->id, collection, self->verdict->number,
                           self->cancellable, collected_cb, call_new (self));
}

void
visit_again (Visit *self)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_CONFIRMING && self->state != VISIT_PROBLEM)
    return;
  wipe_verdict (self);
  go (self, VISIT_PLACING);
}

void
visit_next_member (Visit *self, guint member)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_FAMILY || member >= self->members->len)
    return;
  self->subject = member;
  go (self, VISIT_PLACING);
}

/* To DONE: the images and every right go at once, only the outcome and the greeting stay for some seconds. */
void
visit_finish (Visit *self)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state != VISIT_FAMILY && self->state != VISIT_SAVING && self->state != VISIT_PURPOSE)
    return;
  stop_calls (self);
  wipe_verdict (self);
  self->services->drop (self->services_self);
  self->services->forget (self->services_self);
  wipe_string (&self->person_id);
  wipe_string (&self->code);
  go (self, VISIT_DONE);
}

gboolean
visit_can_go_back (Visit *self)
{
  switch (self->state)
    {
    case VISIT_WHO:
    case VISIT_ATTENDANT:
    case VISIT_CONTRACTOR:
    case VISIT_IDENTITY:
    case VISIT_PLACING:
    case VISIT_SCANNING:
    case VISIT_PROBLEM:
    case VISIT_CONFIRMING:
      return TRUE;
    case VISIT_PURPOSE:
      /* The attendant's rights are gone by then, so a contractor's way back begins at the start. */
      return !self->attended;
    default:
      return FALSE;
    }
}

gboolean
visit_can_cancel (Visit *self)
{
  return self->state != VISIT_IDLE && self->state != VISIT_SAVING && self->state != VISIT_DONE;
}

void
visit_back (Visit *self)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (!visit_can_go_back (self))
    return;
  switch (self->state)
    {
    case VISIT_WHO:
    case VISIT_ATTENDANT:
    case VISIT_CONTRACTOR:
      end (self, NULL, NULL);
      break;
    case VISIT_IDENTITY:
      stop_calls (self);
      wipe_string (&self->person_id);
      wipe_string (&self->code);
      if (self->contractors->len == 0)
        end (self, NULL, NULL);
      else
        go (self, VISIT_CONTRACTOR);
      break;
    case VISIT_PURPOSE:
      self->services->note (self->services_self, self->person_id, "abandoned", "back");
      self->services->forget (self->services_self);
      wipe (self);
      go (self, VISIT_WHO);
      break;
    case VISIT_PLACING:
      go (self, self->outcome == VISIT_OUTCOME_COLLECTED ? VISIT_FAMILY : VISIT_PURPOSE);
      break;
    case VISIT_SCANNING:
      /* The scan is given up together with its reader; the next one finds a new reader ready. */
      stop_calls (self);
      self->services->drop (self->services_self);
      self->services->warm (self->services_self);
      go (self, VISIT_PLACING);
      break;
    default:
      visit_again (self);
      break;
    }
}

void
visit_cancel (Visit *self)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state == VISIT_DONE)
    end (self, NULL, NULL);
  else if (visit_can_cancel (self))
    end (self, self->outcome == VISIT_OUTCOME_COLLECTED ? NULL : "abandoned", "cancelled");
}

void
visit_touch (Visit *self)
{
  g_return_if_fail (AZUKARI_IS_VISIT (self));

  if (self->state == VISIT_DONE)
    return;
  self->idle_ms = 0;
  tell_countdown (self, -1);
}

void
visit_advance (Visit *self, guint elapsed_ms)
{
  guint limit_ms;

  g_return_if_fail (AZUKARI_IS_VISIT (self));

  limit_ms = (guint) (timeout_s[self->state] * 1000u * self->timeout_scale);
  if (limit_ms == 0)
    return;
  self->idle_ms += MIN (elapsed_ms, G_MAXUINT - self->idle_ms);
  if (self->idle_ms >= limit_ms)
    {
      gboolean over = self->state == VISIT_DONE || self->outcome == VISIT_OUTCOME_COLLECTED;
      end (self, over ? NULL : "abandoned", "timed-out");
    }
  else if (limit_ms - self->idle_ms <= COUNTDOWN_MS)
    tell_countdown (self, (int) ((limit_ms - self->idle_ms + 999) / 1000));
}

/* --- getters ------------------------------------------------------------------------------------------------------ */

VisitState
visit_get_state (Visit *self)
{
  return self->state;
}

gboolean
visit_is_busy (Visit *self)
{
  return self->busy;
}

gboolean
visit_is_attended (Visit *self)
{
  return self->attended;
}

VisitTrouble
visit_get_trouble (Visit *self)
{
  return self->trouble;
}

int
visit_get_tries_left (Visit *self)
{
  return self->tries_left;
}

VisitOutcome
visit_get_outcome (Visit *self)
{
  return self->outcome;
}

const char *
visit_get_person_name (Visit *self)
{
  if (self->members->len == 0)
    return "";
  return ((VisitMember *) g_ptr_array_index (self->members, 0))->name;
}

const VisitMember *
visit_get_subject (Visit *self)
{
  if (self->subject >= self->members->len)
    return NULL;
  return g_ptr_array_index (self->members, self->subject);
}

GPtrArray *
visit_get_members (Visit *self)
{
  return self->members;
}

GPtrArray *
visit_get_contractors (Visit *self)
{
  return self->contractors;
}

const ReaderVerdict *
visit_get_verdict (Visit *self)
{
  return self->verdict;
}

const char *
visit_get_reason (Visit *self)
{
  return self->reason;
}

const char *
visit_get_purpose_kind (Visit *self)
{
  return self->attended ? "contractor" : "employee";
}

/* --- class -------------------------------------------------------------------------------------------------------- */

static void
visit_dispose (GObject *object)
{
  Visit *self = AZUKARI_VISIT (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->members != NULL)
    wipe (self);
  G_OBJECT_CLASS (visit_parent_class)->dispose (object);
}

static void
visit_finalize (GObject *object)
{
  Visit *self = AZUKARI_VISIT (object);

  g_ptr_array_unref (self->members);
  g_ptr_array_unref (self->contractors);
  G_OBJECT_CLASS (visit_parent_class)->finalize (object);
}

static void
visit_class_init (VisitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = visit_dispose;
  object_class->finalize = visit_finalize;
  signals[CHANGED] = g_signal_new ("changed", VISIT_TYPE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COUNTDOWN] =
      g_signal_new ("countdown", VISIT_TYPE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
visit_init (Visit *self)
{
  self->cancellable = g_cancellable_new ();
  self->members = g_ptr_array_new_with_free_func ((GDestroyNotify) member_free);
  self->contractors = g_ptr_array_new_with_free_func ((GDestroyNotify) contractor_free);
  self->tries_left = -1;
  self->countdown_s = -1;
}

Visit *
visit_new (const VisitServices *services, gpointer services_self, double timeout_scale)
{
  Visit *self = g_object_new (VISIT_TYPE, NULL);

  self->services = services;
  self->services_self = services_self;
  self->timeout_scale = timeout_scale;
  return self;
}
