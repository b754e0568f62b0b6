/* SPDX-License-Identifier: Apache-2.0 */
/* admin-texts: the vault's codes as words. */
#include "config.h"

#include "admin-texts.h"

#include <glib/gi18n.h>

#include "messages.h"
#include "purposes.h"

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

/* What the record's actions are called; an action that is not here shows its code. */
static const Word actions[] = {
  { "vault-made", N_ ("Vault set up") },
  { "vault-opened", N_ ("Vault opened") },
  { "login", N_ ("Admin logged in") },
  { "logout", N_ ("Admin logged out") },
  { "login-failed", N_ ("Wrong PIN") },
  { "session-expired", N_ ("Admin logged out after a pause") },
  { "person-identified", N_ ("Person identified") },
  { "person-attended", N_ ("Attendant confirmed a person") },
  { "identify-failed", N_ ("Identification failed") },
  { "identify-throttled", N_ ("Identification failed several times") },
  { "people-imported", N_ ("Roster imported") },
  { "person-added", N_ ("Person added") },
  { "number-collected", N_ ("Number taken into custody") },
  { "number-replaced", N_ ("Number destroyed, replaced by a new one") },
  { "number-approved", N_ ("Record approved") },
  { "number-asked-again", N_ ("Number destroyed, person asked again") },
  { "exported", N_ ("Export") },
  { "export-tried", N_ ("Masked trial export") },
  { "export-failed", N_ ("Export failed") },
  { "asked", N_ ("Person was asked") },
  { "refused", N_ ("Person did not agree") },
  { "abandoned", N_ ("Visit ended without a number") },
  { "scan-failed", N_ ("Scan without a number") },
  { NULL, NULL },
};

/* What Verify looks at. */
static const Word checks[] = {
  { "database", N_ ("Every page of the database is as it was written") },
  { "record", N_ ("The record's chain is unbroken") },
  { "counter", N_ ("The TPM's counter agrees: nothing was set back") },
  { "lock", N_ ("The TPM counts wrong PINs") },
  { "files", N_ ("The vault's files are closed to everybody else") },
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

static const char *
get (GVariant *row, const char *key)
{
  const char *text = "";

  g_variant_lookup (row, key, "&s", &text);
  return text;
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

UiRow *
admin_texts_person (GVariant *row)
{
  const char *state = get (row, "state"), *tone, *badge = admin_texts_state (state, &tone);
  const char *parts[] = { word_for (kinds, get (row, "kind")),
                          get (row, "code"),
                          get (row, "kana"),
                          get (row, "department"),
                          get (row, "relationship"),
                          NULL };
  g_autofree char *subtitle = join (parts);
  gboolean has_number = g_str_equal (state, "collected") || g_str_equal (state, "approved");

  return ui_row_new (get (row, "id"), get (row, "name"), subtitle, badge, tone, has_number ? state : "none");
}

UiRow *
admin_texts_record (GVariant *row)
{
  g_autofree char *time = local_time (get (row, "collected"));
  const char *parts[] = { word_for (kinds, get (row, "kind")), get (row, "code"), time, NULL };
  g_autofree char *subtitle = join (parts);

  return ui_row_new (get (row, "id"), get (row, "name"), subtitle, "", "plain", get (row, "state"));
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
  g_autofree char *time = local_time (get (row, "collected"));
  g_autofree char *evidence = evidence_to_words (row);
  g_autofree char *purposes = purposes_to_words (row);
  const char *person_parts[] = { word_for (kinds, get (row, "kind")), get (row, "code"), NULL };
  g_autofree char *person = join (person_parts);

  g_strv_builder_add_many (facts, _ ("Person"), person, _ ("Document"), messages_for_document (get (row, "document")),
                           _ ("Scanned"), time, _ ("Readings"), evidence, _ ("Purposes"), purposes, _ ("Identity"),
                           word_for (identities, get (row, "identity")), NULL);
  return g_strv_builder_end (facts);
}

UiRow *
admin_texts_entry (GVariant *row)
{
  g_autoptr (GVariant) detail = g_variant_lookup_value (row, "detail", G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GString) details = g_string_new (NULL);
  g_autofree char *time = local_time (get (row, "time"));
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *id = NULL;
  guint64 seq = 0;
  GVariantIter iter;
  const char *name, *value;

  g_variant_lookup (row, "seq", "t", &seq);
  if (detail != NULL)
    {
      g_variant_iter_init (&iter, detail);
      while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
        g_string_append_printf (details, "%s%s=%s", details->len > 0 ? ", " : "", name, value);
    }
  {
    const char *parts[] = { time, get (row, "actor"), get (row, "subject"), details->str, NULL };

    subtitle = join (parts);
  }
  id = g_strdup_printf ("%" G_GUINT64_FORMAT, seq);
  title = g_strdup_printf ("%" G_GUINT64_FORMAT "  %s", seq, word_for (actions, get (row, "action")));
  return ui_row_new (id, title, subtitle, "", "plain", get (row, "action"));
}

char *
admin_texts_findings (GVariant *findings)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (findings, i);
      gboolean ok = FALSE;

      g_variant_lookup (row, "ok", "b", &ok);
      g_string_append_printf (text, "\n%s %s", ok ? "✓" : "✗", word_for (checks, get (row, "check")));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
