/* SPDX-License-Identifier: Apache-2.0 */
/* admin-texts: the vault's codes as words. */
#include "config.h"

#include "admin-texts.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "frames.h"
#include "messages-vault.h"
#include "messages.h"
#include "purposes.h"
#include "record-words.h"
#include "vault-client.h"

typedef struct
{
  const char *code;
  const char *text;
} Word;

static const Word kinds[] = {
  { "employee", N_ ("Employee") },
  { "contractor", N_ ("Contractor") },
  { "dependant", N_ ("Dependant") },
  { NULL, NULL },
};

static const Word identities[] = {
  { "employment-known", N_ ("employment: the person is known") },
  { "photo-document", N_ ("one document with a photo") },
  { "two-documents", N_ ("two documents without a photo") },
  { "attendant-statement", N_ ("the attendant's statement") },
  { NULL, NULL },
};

static const Word readings[] = {
  { "ocr", N_ ("Digits") },
  { "qr", N_ ("QR code") },
  { "second", N_ ("Second reading") },
  { "accepted", N_ ("certain") },
  { "match", N_ ("the same") },
  { "mismatch", N_ ("different") },
  { "absent", N_ ("not there") },
  { "none", N_ ("nothing read") },
  { "low-confidence", N_ ("uncertain") },
  { NULL, NULL },
};

/* Why something was done or did not come about, in a word or two. */
static const Word reasons[] = {
  { "purpose", N_ ("did not agree to the purposes") },
  { "back", N_ ("went back") },
  { "cancelled", N_ ("cancelled") },
  { "timed-out", N_ ("nobody went on") },
  { "unclear", N_ ("the reading is not clear") },
  { "wrong-person", N_ ("it is the wrong person's card") },
  { "duplicate", N_ ("somebody else has the same number") },
  { "expired", N_ ("the card is out of date") },
  { "other", N_ ("another reason") },
  { "OutOfScope", N_ ("not among the departments or purposes that they handle") },
  { FRAMES_REASON_LOW_CONFIDENCE, N_ ("uncertain") },
  { FRAMES_REASON_DISAGREEMENT, N_ ("two readings differ") },
  { FRAMES_REASON_CHECK_DIGIT, N_ ("the check digit does not fit") },
  { FRAMES_REASON_UNREADABLE, N_ ("unreadable") },
  { FRAMES_REASON_WRONG_SIDE, N_ ("wrong side") },
  { FRAMES_REASON_WRONG_DOCUMENT, N_ ("another document") },
  { FRAMES_REASON_NOTICE, N_ ("individual number notice") },
  { FRAMES_REASON_RESIDENT_RECORD, N_ ("resident record") },
  { FRAMES_REASON_INSURANCE_CARD, N_ ("health insurance card or eligibility certificate") },
  { FRAMES_REASON_APPLICATION_FORM, N_ ("application form for the My Number card") },
  { FRAMES_REASON_BLANK, N_ ("blank page") },
  { FRAMES_REASON_NO_CARD, N_ ("no card found") },
  { FRAMES_REASON_TWO_CARDS, N_ ("more than one card") },
  { FRAMES_REASON_SLEEVE, N_ ("card in its sleeve") },
  { FRAMES_REASON_NO_NUMBER, N_ ("no number on this side") },
  { FRAMES_REASON_NO_SCANNER, N_ ("no scanner") },
  { FRAMES_REASON_BUSY, N_ ("scanner in use") },
  { FRAMES_REASON_JAMMED, N_ ("scanner jammed") },
  { FRAMES_REASON_COVER_OPEN, N_ ("scanner cover open") },
  { FRAMES_REASON_NO_PAPER, N_ ("nothing in the scanner") },
  { FRAMES_REASON_UNPLUGGED, N_ ("scanner stopped answering") },
  { FRAMES_REASON_DENIED, N_ ("no right to use the scanner") },
  { FRAMES_REASON_IO, N_ ("scanner error") },
  { FRAMES_REASON_SHORT_PAGE, N_ ("page cut short") },
  { FRAMES_REASON_BAD_IMAGE, N_ ("damaged picture") },
  { FRAMES_REASON_ABSURD_SIZE, N_ ("picture of an impossible size") },
  { FRAMES_REASON_BAD_OPTION, N_ ("scanner setting not taken") },
  { FRAMES_REASON_CRASHED, N_ ("reading program stopped") },
  { NULL, NULL },
};

static const Word providers[] = {
  { "tpm2", N_ ("TPM 2.0") },
  { "swtpm", N_ ("software TPM") },
  { NULL, NULL },
};

static const char *
word_for (const Word *words, const char *code)
{
  for (; words->code != NULL; words++)
    if (g_str_equal (words->code, code))
      return _ (words->text);
  return code;
}

static char *
local_time (const char *rfc3339)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_iso8601 (rfc3339, NULL);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M") : g_strdup (rfc3339);
}

/* Joins what is not empty. */
static char *
join (const char *const *parts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (; *parts != NULL; parts++)
    if (**parts != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", *parts);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

const char *
admin_texts_kind (const char *kind)
{
  return word_for (kinds, kind);
}

char *
admin_texts_time (const char *rfc3339)
{
  return local_time (rfc3339);
}

const char *
admin_texts_state (const char *state, const char **ret_tone)
{
  const char *tone = "wait", *text = _ ("Not handed in");

  if (g_str_equal (state, "collected"))
    tone = "plain", text = _ ("To be reviewed");
  else if (g_str_equal (state, "approved"))
    tone = "good", text = _ ("Approved");
  else if (g_str_equal (state, "refused"))
    tone = "bad", text = _ ("Did not agree");
  else if (g_str_equal (state, "disposed"))
    tone = "plain", text = _ ("Destroyed");
  if (ret_tone != NULL)
    *ret_tone = tone;
  return text;
}

/* (nullable): when they were asked, of those who have not handed in a number */
static char *
dup_asked (GVariant *row)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_iso8601 (answer_text (row, "asked"), NULL);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *day = local != NULL ? g_date_time_format (local, "%Y-%m-%d") : NULL;
  const char *state = answer_text (row, "state");

  if (day == NULL || (!g_str_equal (state, "none") && !g_str_equal (state, "refused")))
    return NULL;
  /* Translators: in a person's line: the day on which they were last asked for their number */
  return g_strdup_printf (_ ("asked on %s"), day);
}

UiRow *
admin_texts_person (GVariant *row)
{
  const char *state = answer_text (row, "state"), *tone, *badge = admin_texts_state (state, &tone);
  g_autofree char *asked = dup_asked (row);
  const char *parts[] = { word_for (kinds, answer_text (row, "kind")),
                          answer_text (row, "code"),
                          answer_text (row, "kana"),
                          answer_text (row, "department"),
                          answer_text (row, "relationship"),
                          answer_text (row, "employment"),
                          g_str_equal (answer_text (row, "pension"), "category-3") ? _ ("Category 3 insured") : "",
                          asked != NULL ? asked : "",
                          NULL };
  g_autofree char *subtitle = join (parts);
  /* Nobody waits for a number that was disposed of. */
  gboolean is_told = g_str_equal (state, "collected") || g_str_equal (state, "approved")
                     || g_str_equal (state, "disposed") || g_str_equal (state, "refused");
  UiRow *self;

  self =
      ui_row_new (answer_text (row, "id"), answer_text (row, "name"), subtitle, badge, tone, is_told ? state : "none");
  ui_row_set_group (self, answer_text (row, "belongs"));
  return self;
}

UiRow *
admin_texts_record (GVariant *row)
{
  g_autofree char *time = local_time (answer_text (row, "collected"));
  const char *parts[] = { word_for (kinds, answer_text (row, "kind")), answer_text (row, "code"), time, NULL };
  g_autofree char *subtitle = join (parts);

  gboolean duplicate = FALSE;

  g_variant_lookup (row, "duplicate", "b", &duplicate);
  return ui_row_new (answer_text (row, "id"), answer_text (row, "name"), subtitle, duplicate ? _ ("Same number") : "",
                     duplicate ? "bad" : "plain", answer_text (row, "state"));
}

/* Who else has the number and what to do, or "". */
static char *
duplicates_to_words (GVariant *record)
{
  g_autofree const char **codes = NULL, **names = NULL;
  gboolean duplicate = FALSE, elsewhere = FALSE;
  g_autoptr (GString) text = g_string_new (NULL), people = g_string_new (NULL);

  g_variant_lookup (record, "duplicate", "b", &duplicate);
  g_variant_lookup (record, "duplicate-elsewhere", "b", &elsewhere);
  g_variant_lookup (record, "duplicate-codes", "^a&s", &codes);
  g_variant_lookup (record, "duplicate-names", "^a&s", &names);
  if (!duplicate)
    return g_strdup ("");
  for (guint i = 0; names != NULL && codes != NULL && names[i] != NULL && codes[i] != NULL; i++)
    {
      const char *parts[] = { codes[i], names[i], NULL };
      g_autofree char *person = join (parts);

      g_string_append_printf (people, "%s%s", people->len > 0 ? "\n" : "", person);
    }
  if (people->len > 0)
    /* Translators: somebody's code and name; one line each */
    g_string_append_printf (text, _ ("The same number as\n%s"), people->str);
  if (elsewhere)
    g_string_append_printf (
        text, "%s%s", text->len > 0 ? "\n" : "",
        _ ("The same number as somebody whom you do not handle. Please ask the responsible person."));
  g_string_append_printf (text, "\n%s",
                          _ ("One of them is wrong, so it cannot be approved. Please look at the cards, and ask one of "
                             "them again."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
fill_record_purposes (UiReviewView *view, GVariant *record)
{
  g_autofree const char **codes = NULL;
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();

  if (!g_variant_lookup (record, "purposes", "^a&s", &codes))
    return;
  for (guint i = 0; codes[i] != NULL; i++)
    g_ptr_array_add (titles, (gpointer) purposes_get_short_title (codes[i]));
  g_ptr_array_add (titles, NULL);
  ui_review_view_set_purposes (view, codes, (const char *const *) titles->pdata);
}

static char *
evidence_to_words (GVariant *row)
{
  g_autoptr (GVariant) evidence = g_variant_lookup_value (row, "evidence", G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GString) text = g_string_new (NULL);
  GVariantIter iter;
  const char *name, *result;

  if (evidence == NULL)
    return g_strdup ("");
  g_variant_iter_init (&iter, evidence);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &result))
    /* Translators: a way of reading, and what came of it: "QR code: the same" */
    g_string_append_printf (text, _ ("%1$s%2$s: %3$s"), text->len > 0 ? "\n" : "", word_for (readings, name),
                            word_for (readings, result));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
purposes_to_words (GVariant *row)
{
  g_autoptr (GVariant) purposes = g_variant_lookup_value (row, "purposes", G_VARIANT_TYPE ("as"));
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; purposes != NULL && i < g_variant_n_children (purposes); i++)
    {
      const char *code;

      g_variant_get_child (purposes, i, "&s", &code);
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", purposes_get_short_title (code));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char **
admin_texts_record_facts (GVariant *row)
{
  g_autoptr (GStrvBuilder) facts = g_strv_builder_new ();
  g_autofree char *time = local_time (answer_text (row, "collected"));
  g_autofree char *evidence = evidence_to_words (row);
  g_autofree char *purposes = purposes_to_words (row);
  const char *person_parts[] = { word_for (kinds, answer_text (row, "kind")), answer_text (row, "code"), NULL };
  g_autofree char *person = join (person_parts);

  g_strv_builder_add_many (facts, _ ("Person"), person, _ ("Document"),
                           messages_for_document (answer_text (row, "document")), _ ("Scanned"), time, _ ("Readings"),
                           evidence, _ ("Purposes"), purposes, _ ("Identity"),
                           word_for (identities, answer_text (row, "identity")), NULL);
  return g_strv_builder_end (facts);
}

/* --- the record --------------------------------------------------------------------------------------------------- */

static void
name_free (gpointer name)
{
  explicit_bzero (name, strlen (name));
  g_free (name);
}

GHashTable *
admin_names_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, name_free);
}

void
admin_names_set (GHashTable *names, const char *id, const char *name)
{
  if (*id != '\0' && *name != '\0')
    g_hash_table_replace (names, g_strdup (id), g_strdup (name));
}

/* The first eight characters of an id are enough to find it with azukarictl, and few enough to be read. */
static char *
name_for (GHashTable *names, GHashTable *people, const char *id)
{
  const char *name = g_hash_table_lookup (names, id);

  if (name == NULL)
    name = g_hash_table_lookup (people, id);
  if (name != NULL)
    return g_strdup (name);
  return strlen (id) > 12 ? g_strdup_printf ("%.8s…", id) : g_strdup (id);
}

/* A code, or the name of an error, of which the first sentence is enough here. */
static char *
reason_to_words (const char *reason)
{
  const char *word = word_for (reasons, reason), *end;
  g_autofree char *sentence = NULL;

  if (word != reason || vault_error_from_name (reason) < 0)
    return g_strdup (record_words_value ("reason", word));
  sentence = messages_for_vault_error_name (reason);
  end = strstr (sentence, "。");
  if (end == NULL)
    end = strchr (sentence, '.');
  return end != NULL ? g_strndup (sentence, (gsize) (end - sentence)) : g_strdup (sentence);
}

/* One detail as words, or NULL for one that is told elsewhere in the line. */
static char *
detail_to_words (const char *key, const char *value, GHashTable *names, GHashTable *people)
{
  g_autofree char *name = NULL;

  if (g_str_equal (key, "person") || g_str_equal (key, "by") || g_str_equal (key, "format-sha256")
      || g_str_has_prefix (key, "seal") || g_str_equal (key, "state") || g_str_equal (key, "head"))
    return NULL;
  if (g_str_equal (key, "kind"))
    return g_strdup (word_for (kinds, value));
  if (g_str_equal (key, "document"))
    return g_strdup (messages_for_document (value));
  if (g_str_equal (key, "identity"))
    return g_strdup (word_for (identities, value));
  if (g_str_equal (key, "reason"))
    return reason_to_words (value);
  if (g_str_equal (key, "purpose"))
    return g_strdup (purposes_get_short_title (value));
  if (g_str_equal (key, "provider"))
    return g_strdup (word_for (providers, value));
  if (g_str_equal (key, "added"))
    return g_strdup_printf (_ ("added: %s"), value);
  if (g_str_equal (key, "changed"))
    return g_strdup_printf (_ ("changed: %s"), value);
  if (g_str_equal (key, "rows"))
    return g_strdup_printf (_ ("rows: %s"), value);
  if (g_str_equal (key, "skipped"))
    return g_str_equal (value, "0") ? NULL : g_strdup_printf (_ ("no approved number: %s"), value);
  if (g_str_equal (key, "other-purpose"))
    return g_str_equal (value, "0") ? NULL : g_strdup_printf (_ ("did not agree to the purpose: %s"), value);
  if (g_str_equal (key, "rule"))
    return admin_texts_rule (value);
  name = name_for (names, people, value);
  if (g_str_equal (key, "format"))
    return g_steal_pointer (&name);
  if (g_str_equal (key, "sha256") || g_str_equal (key, "digest"))
    return g_strdup_printf ("SHA-256 %s", name);
  if (g_strcmp0 (name, value) == 0)
    return g_strdup_printf ("%s: %s", record_words_key (key), record_words_value (key, value));
  return g_strdup_printf ("%s: %s", record_words_key (key), name);
}

static char *
details_to_words (GVariant *detail, GHashTable *names, GHashTable *people)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GVariantIter iter;
  const char *key, *value;

  g_variant_iter_init (&iter, detail);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &value))
    {
      g_autofree char *words = detail_to_words (key, value, names, people);

      if (words != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", words);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The ids of exports, places, certificates and of the vault itself tell a reader nothing. */
static gboolean
has_telling_subject (const char *action)
{
  static const char *const mute[] = { "export", "vault",   "backup", "certificate", "dispose", "restor", "move", "took",
                                      "taken",  "recover", "enrol",  "machine",     "token",   "lock",   NULL };

  for (guint i = 0; mute[i] != NULL; i++)
    if (g_str_has_prefix (action, mute[i]))
      return FALSE;
  return TRUE;
}

/* Whom an entry is about: a person, also where its subject is that person's number; an admin. */
static char *
subject_to_words (GVariant *row, GVariant *detail, GHashTable *names, GHashTable *people)
{
  const char *id = answer_text (row, "subject"), *name;

  if (detail != NULL)
    g_variant_lookup (detail, "person", "&s", &id);
  name = g_hash_table_lookup (people, id);
  if (name != NULL)
    return g_strdup (name);
  return has_telling_subject (answer_text (row, "action")) ? name_for (names, people, id) : g_strdup ("");
}

static char *
actor_to_words (const char *actor, GHashTable *names, GHashTable *people)
{
  if (g_str_equal (actor, "kiosk"))
    return g_strdup (_ ("Kiosk"));
  return g_str_equal (actor, "system") ? g_strdup (_ ("The vault itself")) : name_for (names, people, actor);
}

UiRow *
admin_texts_entry (GVariant *row, GHashTable *names, GHashTable *people)
{
  g_autoptr (GVariant) detail = g_variant_lookup_value (row, "detail", G_VARIANT_TYPE ("a{ss}"));
  g_autofree char *time = local_time (answer_text (row, "time"));
  g_autofree char *actor = actor_to_words (answer_text (row, "actor"), names, people);
  g_autofree char *subject = subject_to_words (row, detail, names, people);
  g_autofree char *details = detail != NULL ? details_to_words (detail, names, people) : g_strdup ("");
  const char *title_parts[] = { record_words_action (answer_text (row, "action")), subject, NULL };
  const char *parts[] = { time, actor, details, NULL };
  g_autofree char *words = join (title_parts);
  g_autofree char *subtitle = join (parts);
  g_autofree char *title = NULL;
  g_autofree char *id = NULL;
  guint64 seq = 0;

  g_variant_lookup (row, "seq", "t", &seq);
  id = g_strdup_printf ("%" G_GUINT64_FORMAT, seq);
  title = g_strdup_printf ("%s  %s", id, words);
  return ui_row_new (id, title, subtitle, "", "plain", answer_text (row, "action"));
}

/* --- exports ------------------------------------------------------------------------------------------------------ */

const char *
admin_texts_format (GVariant *format, const char *key)
{
  g_autofree char *japanese = g_strconcat (key, "-ja", NULL);
  const char *text = "";

  if (g_str_has_prefix (g_get_language_names ()[0], "ja"))
    text = answer_text (format, japanese);
  return *text != '\0' ? text : answer_text (format, key);
}

void
admin_texts_fill_record (UiReviewView *view, GVariant *records, const char *record_id)
{
  for (gsize i = 0; i < g_variant_n_children (records); i++)
    {
      g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
      const char *id = "", *name = "", *identity = "";

      g_variant_lookup (record, "id", "&s", &id);
      if (!g_str_equal (id, record_id))
        continue;
      g_variant_lookup (record, "name", "&s", &name);
      g_variant_lookup (record, "identity", "&s", &identity);
      {
        g_auto (GStrv) facts = admin_texts_record_facts (record);

        g_autofree char *warning = duplicates_to_words (record);

        ui_review_view_set_record (view, name, (const char *const *) facts, identity, warning);
        fill_record_purposes (view, record);
      }
      return;
    }
}

void
admin_texts_fill_purposes (UiExportView *view)
{
  const char *const *codes = purposes_get_all_codes ();
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();
  g_autoptr (GPtrArray) whose = g_ptr_array_new ();

  for (guint i = 0; codes[i] != NULL; i++)
    {
      g_ptr_array_add (titles, (gpointer) purposes_get_short_title (codes[i]));
      g_ptr_array_add (whose, (gpointer) purposes_get_kind (codes[i]));
    }
  g_ptr_array_add (titles, NULL);
  g_ptr_array_add (whose, NULL);
  ui_export_view_set_purposes (view, codes, (const char *const *) titles->pdata, (const char *const *) whose->pdata);
}

/* Those that make a whole file come first. */
static int
compare_formats (gconstpointer a, gconstpointer b)
{
  GVariant *const *one = a, *const *other = b;

  return g_strcmp0 (answer_text (*one, "mode"), answer_text (*other, "mode"));
}

void
admin_texts_fill_formats (UiExportView *view, GVariant *formats, GHashTable *names)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();
  g_autoptr (GPtrArray) notes = g_ptr_array_new ();
  g_autoptr (GArray) merges = g_array_new (FALSE, FALSE, sizeof (gboolean));

  for (gsize i = 0; i < g_variant_n_children (formats); i++)
    g_ptr_array_add (sorted, g_variant_get_child_value (formats, i));
  g_ptr_array_sort (sorted, compare_formats);
  for (guint i = 0; i < sorted->len; i++)
    {
      GVariant *format = g_ptr_array_index (sorted, i);
      const char *id = answer_text (format, "id"), *title = admin_texts_format (format, "title");
      const gboolean is_merge = g_str_equal (answer_text (format, "mode"), "merge");

      admin_names_set (names, id, title);
      g_ptr_array_add (ids, (gpointer) id);
      g_ptr_array_add (titles, (gpointer) title);
      g_ptr_array_add (notes, (gpointer) admin_texts_format (format, "verified"));
      g_array_append_val (merges, is_merge);
    }
  g_ptr_array_add (ids, NULL);
  g_ptr_array_add (titles, NULL);
  g_ptr_array_add (notes, NULL);
  ui_export_view_set_formats (view, (const char *const *) ids->pdata, (const char *const *) titles->pdata,
                              (const char *const *) notes->pdata, (const gboolean *) (gpointer) merges->data,
                              merges->len);
}

static const char *
exported_badge (GVariant *exported, const char **ret_tone)
{
  const gboolean is_deleted = *answer_text (exported, "deleted") != '\0';

  *ret_tone = is_deleted ? "good" : answer_bool (exported, "overdue") ? "bad" : "wait";
  if (answer_bool (exported, "failed"))
    {
      *ret_tone = "plain";
      return _ ("Nothing was written");
    }
  if (is_deleted)
    return _ ("Deleted");
  if (*answer_text (exported, "imported") != '\0')
    return _ ("Taken in");
  return _ ("Handed over");
}

UiRow *
admin_texts_exported (GVariant *exported, GHashTable *names)
{
  const char *format = answer_text (exported, "format"), *title = g_hash_table_lookup (names, format), *tone;
  const char *badge = exported_badge (exported, &tone);
  const gboolean is_open = *answer_text (exported, "deleted") == '\0' && !answer_bool (exported, "failed");
  g_autofree char *time = admin_texts_time (answer_text (exported, "time"));
  g_autofree char *subtitle = g_strjoin (" · ", time, purposes_get_short_title (answer_text (exported, "purpose")),
                                         answer_text (exported, "destination"), answer_text (exported, "admin"), NULL);

  return ui_row_new (answer_text (exported, "id"), title != NULL ? title : format, subtitle, badge, tone,
                     is_open ? "open" : "fixed");
}

char *
admin_texts_export (GVariant *report, const char *path)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint32 rows = 0, skipped = 0, other_purpose = 0;

  g_variant_lookup (report, "rows", "u", &rows);
  g_variant_lookup (report, "skipped", "u", &skipped);
  g_variant_lookup (report, "other-purpose", "u", &other_purpose);
  g_string_append_printf (text, g_dngettext (NULL, "%u row was written.", "%u rows were written.", rows), rows);
  if (skipped > 0)
    {
      g_string_append_c (text, '\n');
      g_string_append_printf (text,
                              g_dngettext (NULL, "%u person was left out: no approved number.",
                                           "%u people were left out: no approved number.", skipped),
                              skipped);
    }
  if (other_purpose > 0)
    {
      g_string_append_c (text, '\n');
      g_string_append_printf (text,
                              g_dngettext (NULL, "%u person was left out: did not agree to this purpose.",
                                           "%u people were left out: did not agree to this purpose.", other_purpose),
                              other_purpose);
    }
  g_string_append_c (text, '\n');
  /* Translators: 1: path of the file, 2: hexadecimal */
  g_string_append_printf (text, _ ("File: %1$s\nSHA-256: %2$s"), path, answer_text (report, "sha256"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
admin_texts_findings (GVariant *findings)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (findings, i);
      g_autofree char *unchecked = NULL;
      gboolean ok = FALSE, passing = FALSE;

      g_variant_lookup (row, "ok", "b", &ok);
      if (g_variant_lookup (row, "passing", "b", &passing) && passing)
        unchecked = record_words_unchecked (answer_text (row, "check"));
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? "\n" : "",
                              ok        ? "✓"
                              : passing ? "−"
                                        : "✗",
                              passing ? unchecked : record_words_check (answer_text (row, "check"), ok));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
admin_texts_review (GVariant *report, guint64 *ret_to, gboolean *ret_stands_out)
{
  g_autoptr (GVariant) flags = g_variant_lookup_value (report, "flags", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *from_text = NULL, *to_text = NULL;
  guint64 from = 0;

  *ret_to = 0;
  *ret_stands_out = flags != NULL && g_variant_n_children (flags) > 0;
  g_variant_lookup (report, "from", "t", &from);
  g_variant_lookup (report, "to", "t", ret_to);
  if (*ret_to == 0)
    return g_strdup ("");
  from_text = g_strdup_printf ("%" G_GUINT64_FORMAT, from);
  to_text = g_strdup_printf ("%" G_GUINT64_FORMAT, *ret_to);
  /* Translators: numbers of entries of the record */
  g_string_append_printf (text, _ ("Entries %1$s to %2$s have not been reviewed."), from_text, to_text);
  if (!*ret_stands_out)
    g_string_append_printf (text, " %s", _ ("None of them stands out."));
  for (gsize i = 0; *ret_stands_out && i < g_variant_n_children (flags); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (flags, i);
      g_autofree char *first_text = NULL, *last_text = NULL;
      guint64 first = 0, last = 0;
      guint32 count = 0;

      g_variant_lookup (row, "count", "u", &count);
      g_variant_lookup (row, "first", "t", &first);
      g_variant_lookup (row, "last", "t", &last);
      first_text = g_strdup_printf ("%" G_GUINT64_FORMAT, first);
      last_text = g_strdup_printf ("%" G_GUINT64_FORMAT, last);
      /* Translators: 1: what stands out, 2: how often, 3 and 4: numbers of entries of the record */
      g_string_append_printf (text, _ ("\n• %1$s: %2$u, entries %3$s to %4$s"),
                              record_words_flag (answer_text (row, "flag")), count, first_text, last_text);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
