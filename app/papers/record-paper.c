/* SPDX-License-Identifier: Apache-2.0 */
/* record-paper: what stands on it. */
#include "config.h"

#include "answer.h"
#include "record-paper.h"

#include <glib/gi18n.h>
#include <string.h>

#include "paper.h"
#include "record-file.h"
#include "record-words.h"

#define HASH_SHOWN 16

/* --- the checkpoint -------------------------------------------------------------------------------------------------- */

static gsize
take_bytes (GVariant *dict, const char *key, guint8 *out, gsize max_bytes)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, G_VARIANT_TYPE_BYTESTRING);
  gsize n_bytes = 0;
  gconstpointer bytes = value != NULL ? g_variant_get_fixed_array (value, &n_bytes, 1) : NULL;

  if (n_bytes > max_bytes)
    return 0;
  if (n_bytes > 0)
    memcpy (out, bytes, n_bytes);
  return n_bytes;
}

void
record_paper_add_checkpoint (Paper *paper, GVariant *checkpoint)
{
  RecordPrinted printed = { 0 };
  g_autofree char *seq = answer_dup_u64 (checkpoint, "seq"), *content = NULL, *text = NULL;

  (void) g_variant_lookup (checkpoint, "seq", "t", &printed.seq);
  g_strlcpy (printed.vault_id, answer_text (checkpoint, "vault"), sizeof printed.vault_id);
  printed.attestation.n_bytes =
      take_bytes (checkpoint, "attestation", printed.attestation.bytes, sizeof printed.attestation.bytes);
  (void) take_bytes (checkpoint, "signature", printed.attestation.signature, ATTESTATION_SIGNATURE_BYTES);
  content = record_printed_to_text (&printed);
  text = g_strdup_printf (
      _ ("When this was printed, the vault's TPM signed its record up to entry %s; this code holds the "
         "signature. A record that is handed out later must hold that entry as it was. Anybody can "
         "check that with what a scanner reads here, and the vault's public key:\n\n"
         "azukarictl verify --record FILE --key KEY.pem --checkpoint TEXT\n\n"
         "Hash of entry %s:\n%s"),
      seq, seq, answer_text (checkpoint, "hash"));
  paper_add_code (paper, _ ("Checkpoint of the record (取扱記録)"), content, text);
}

/* --- the entries ----------------------------------------------------------------------------------------------------- */

/* In the machine's time zone. */
static char *
dup_time (const char *rfc3339)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_iso8601 (rfc3339, NULL);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : g_strdup (rfc3339);
}

/* Codes as they are: a paper says what the record says. Digests of rows tell a reader nothing. */
static char *
dup_detail (GVariant *entry)
{
  g_autoptr (GVariant) detail = g_variant_lookup_value (entry, "detail", G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GString) text = g_string_new (NULL);
  const char *key, *value;
  GVariantIter iter;

  if (detail == NULL)
    return g_strdup ("");
  g_variant_iter_init (&iter, detail);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &value))
    if (!g_str_has_prefix (key, "seal"))
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", key, value);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_entries (Paper *paper, GPtrArray *entries)
{
  const PaperColumn columns[] = { { _ ("Entry"), 0.07, FALSE },       { _ ("Time"), 0.12, TRUE },
                                  { _ ("Who"), 0.17, TRUE },          { _ ("What was done"), 0.19, FALSE },
                                  { _ ("To what (id)"), 0.17, TRUE }, { _ ("Particulars"), 0.17, TRUE },
                                  { _ ("Hash"), 0.11, TRUE } };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < entries->len; i++)
    {
      GVariant *entry = g_ptr_array_index (entries, i);
      g_autofree char *seq = answer_dup_u64 (entry, "seq"), *time = dup_time (answer_text (entry, "time")),
                      *detail = dup_detail (entry), *hash = g_strndup (answer_text (entry, "hash"), HASH_SHOWN);
      const char *const cells[] = { seq,
                                    time,
                                    answer_text (entry, "actor"),
                                    record_words_action (answer_text (entry, "action")),
                                    answer_text (entry, "subject"),
                                    detail,
                                    hash,
                                    NULL };

      g_ptr_array_add (rows, g_strdupv ((char **) cells));
    }
  paper_add_heading (paper, _ ("Entries"));
  if (rows->len == 0)
    paper_add_text (paper, _ ("Nothing was done on these days."));
  else
    paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
}

GBytes *
record_paper_make (GVariant *status, GPtrArray *entries, const char *from, const char *to, GVariant *checkpoint,
                   GDateTime *when, GError **error)
{
  const char *title = _ ("Record of handling (取扱記録)");
  g_autofree char *time = g_date_time_format (when, _ ("%B %-d, %Y, %H:%M (UTC%:z)"));
  g_autofree char *foot = g_strdup_printf (_ ("%s, %s"), title, time);
  g_autofree char *count = g_strdup_printf ("%u", entries->len);
  /* Translators: the days from %s to %s; either may be "…" */
  g_autofree char *days = g_strdup_printf (_ ("%s to %s"), from != NULL ? from : "…", to != NULL ? to : "…");
  g_autoptr (Paper) paper = paper_new (title, foot, C_ ("language of the text", "en"));
  gboolean software = FALSE;

  (void) g_variant_lookup (status, "software-tpm", "b", &software);
  if (software)
    paper_add_banner (paper, _ ("Made with a software TPM, for trying out only: whoever copies its state file can sign "
                                "anything. This paper proves nothing."));
  paper_add_title (paper, title);
  paper_add_aside (paper, time);
  {
    const char *const facts[] = { _ ("Company"), answer_text (status, "company"),
                                  _ ("Vault"),   answer_text (status, "vault-id"),
                                  _ ("Days"),    from != NULL || to != NULL ? days : _ ("all"),
                                  _ ("Entries"), count,
                                  NULL };

    paper_add_facts (paper, facts);
  }
  paper_add_text (paper,
                  _ ("Whoever did something and whoever it was done to are named by id alone: the record holds no "
                     "names and no numbers."));
  add_entries (paper, entries);
  record_paper_add_checkpoint (paper, checkpoint);
  return paper_finish (paper, error);
}
