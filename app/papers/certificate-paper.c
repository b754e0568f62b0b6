/* SPDX-License-Identifier: Apache-2.0 */
/* certificate-paper: what stands on the paper, and in which order. */
#include "config.h"

#include "certificate-paper.h"

#include <glib/gi18n.h>
#include <string.h>

#include "paper.h"
#include "purposes.h"

#define HASH_HEX (2 * ENTRY_HASH_BYTES)

typedef struct
{
  const char *code;
  const char *title; /* untranslated */
} Word;

/* The word for @code, or @code itself. */
static const char *
word_for (const Word *words, gsize n_words, const char *code)
{
  for (gsize i = 0; i < n_words; i++)
    if (strcmp (words[i].code, code) == 0)
      return _ (words[i].title);
  return code;
}

static const char *
reason_title (const char *reason)
{
  static const Word words[] = { { "retention-over", N_ ("The retention period is over") },
                                { "not-needed", N_ ("The number is not needed any more") },
                                { "collected-in-error", N_ ("The number was collected in error") },
                                { "requested", N_ ("The person or the client asked for it") },
                                { "retired", N_ ("The machine is retired") },
                                { CERTIFICATE_HANDED_BACK, N_ ("Handed back to the client, whose numbers they are") } };

  return word_for (words, G_N_ELEMENTS (words), reason);
}

static const char *
kind_title (const char *kind)
{
  static const Word words[] = { { "employee", N_ ("Employee") },
                                { "contractor", N_ ("Contractor") },
                                { "dependant", N_ ("Family") } };

  return word_for (words, G_N_ELEMENTS (words), kind);
}

static const char *
anchor_title (const char *anchor)
{
  static const Word words[] = { { "leaving", N_ ("day of leaving") },
                                { "year-end", N_ ("end of the year of leaving") },
                                { "january-10", N_ ("10 January after the year of leaving") } };

  return word_for (words, G_N_ELEMENTS (words), anchor);
}

static const char *
backup_title (const char *what)
{
  static const Word words[] = { { "rewritten", N_ ("written anew without them") },
                                { "removed", N_ ("removed") },
                                { "unreached", N_ ("NOT REACHED: has to be destroyed by hand") } };

  return word_for (words, G_N_ELEMENTS (words), what);
}

static const char *
action_title (const char *action)
{
  static const Word words[] = { { CERTIFICATE_NUMBER_DISPOSED, N_ ("number disposed of") },
                                { "person-erased", N_ ("name and birth date removed") },
                                { CERTIFICATE_DISPOSED, N_ ("disposal completed") },
                                { CERTIFICATE_RETIRED, N_ ("vault retired") } };

  return word_for (words, G_N_ELEMENTS (words), action);
}

/* In the machine's time zone, with its offset. */
static char *
dup_time (const char *time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_iso8601 (time, NULL);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  /* Translators: date and time on a certificate, for g_date_time_format () */
  return local != NULL ? g_date_time_format (local, _ ("%B %-d, %Y, %H:%M (UTC%:z)")) : g_strdup (time);
}

static char *
dup_number (guint64 number)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

static char *
dup_purposes (const char *codes)
{
  g_auto (GStrv) words = g_strsplit (codes, ",", -1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL && words[i][0] != '\0'; i++)
    /* Translators: stands between two purposes of use */
    g_string_append_printf (text, "%s%s", i > 0 ? _ ("; ") : "", purposes_get_short_title (words[i]));
  return g_string_free (text, FALSE);
}

static GPtrArray *
rows_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
}

/* A row of cells, which are taken. */
static void G_GNUC_NULL_TERMINATED
add_row (GPtrArray *rows, char *cell, ...)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new ();
  va_list more;

  va_start (more, cell);
  for (; cell != NULL; cell = va_arg (more, char *))
    g_ptr_array_add (cells, cell);
  va_end (more);
  g_ptr_array_add (cells, NULL);
  g_ptr_array_add (rows, g_ptr_array_free (g_steal_pointer (&cells), FALSE));
}

/* NULL where nothing was. */
static char *
dup_handed (const Certificate *certificate)
{
  g_autofree char *rows = dup_number (certificate->n_handed);
  char digest[2 * CERTIFICATE_DIGEST_BYTES + 1];

  if (!certificate->is_handed_back)
    return NULL;
  for (guint i = 0; i < CERTIFICATE_DIGEST_BYTES; i++)
    g_snprintf (digest + 2 * i, 3, "%02x", certificate->handed_file[i]);
  /* Translators: how many numbers, and the digest of the file that they are in. */
  return g_strdup_printf (_ ("%s numbers, in a file with SHA-256 %s"), rows, digest);
}

/* --- its parts ------------------------------------------------------------------------------------------------------- */

static void
add_summary (Paper *paper, const Certificate *certificate, guint64 epoch_now)
{
  g_autofree char *when = dup_time (certificate->time), *count = dup_number (certificate->n_numbers),
                  *erased = dup_number (certificate->n_erased), *epoch = dup_number (certificate->epoch),
                  *now = dup_number (epoch_now);
  g_autofree char *numbers = g_strdup_printf (_ ("%s individual numbers (My Number)"), count);
  g_autofree char *personal = g_strdup_printf (_ ("name, kana and birth date of %s people as well"), erased);
  g_autofree char *what =
      certificate->n_erased > 0 ? g_strdup_printf ("%s\n%s", numbers, personal) : g_strdup (numbers);
  g_autofree char *who = g_strdup_printf ("%s\n%s", certificate->admin_name, certificate->admin_id);
  g_autofree char *how = g_strdup_printf (certificate->is_retirement
                                              ? _ ("Every key of the vault was destroyed: the TPM left epoch %s, to "
                                                   "which they were sealed (it was in epoch %s when it "
                                                   "signed). No copy of the vault's files opens any more.")
                                              : _ ("The entries were erased, and the keys of the vault were replaced: "
                                                   "the TPM left epoch %s, to which the old ones were sealed "
                                                   "(it was in epoch %s when it signed). Copies of the files from "
                                                   "before open nothing any more, on this machine either."),
                                          epoch, now);
  g_autofree char *handed = dup_handed (certificate);
  const char *const facts[] = { _ ("Company"),
                                certificate->company,
                                _ ("Disposed of on"),
                                when,
                                _ ("What"),
                                what,
                                _ ("Reason"),
                                reason_title (certificate->reason),
                                _ ("Done by"),
                                who,
                                _ ("How"),
                                how,
                                _ ("Vault"),
                                certificate->vault_id,
                                handed != NULL ? _ ("Handed back before") : NULL,
                                handed,
                                NULL };

  paper_add_facts (paper, facts);
}

static void
add_backups (Paper *paper, const Certificate *certificate)
{
  const PaperColumn columns[] = { { _ ("Where"), 0.62, FALSE }, { _ ("What became of it"), 0.38, FALSE } };
  g_autoptr (GPtrArray) rows = rows_new ();

  paper_add_heading (paper, _ ("Backups and other copies"));
  for (guint i = 0; i < certificate->backups->len; i++)
    {
      const CertificateBackup *backup = g_ptr_array_index (certificate->backups, i);

      add_row (rows, g_strdup (backup->name), g_strdup (backup_title (backup->what)), NULL);
    }
  if (rows->len > 0)
    paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
  else
    paper_add_text (paper, _ ("The vault knew of no backup and of no other machine with a copy."));
}

static void
add_items (Paper *paper, const Certificate *certificate)
{
  const PaperColumn columns[] = { { _ ("No."), 0.05, FALSE },        { _ ("Code"), 0.095, FALSE },
                                  { _ ("Kind"), 0.109, FALSE },      { _ ("Ids of person and number"), 0.25, TRUE },
                                  { _ ("Collected"), 0.112, FALSE }, { _ ("Left"), 0.112, FALSE },
                                  { _ ("Free from"), 0.112, FALSE }, { _ ("Purposes"), 0.16, FALSE } };
  g_autoptr (GPtrArray) rows = rows_new ();

  if (certificate->items->len == 0)
    return;
  paper_add_heading (paper, _ ("The numbers"));
  for (guint i = 0; i < certificate->items->len; i++)
    {
      const CertificateItem *item = g_ptr_array_index (certificate->items, i);

      add_row (rows, dup_number (i + 1), g_strdup (item->code), g_strdup (kind_title (item->kind)),
               g_strdup_printf ("%s\n%s", item->person, item->record), g_strdup (item->collected),
               g_strdup (item->left), g_strdup (item->due), dup_purposes (item->purposes), NULL);
    }
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
}

static void
add_rules (Paper *paper, const Certificate *certificate)
{
  const PaperColumn columns[] = { { _ ("Purpose"), 0.45, FALSE },
                                  { _ ("Years"), 0.13, FALSE },
                                  { _ ("From"), 0.42, FALSE } };
  g_autoptr (GPtrArray) rows = rows_new ();

  paper_add_heading (paper, _ ("Retention rules in force"));
  for (guint i = 0; i < certificate->rules->len; i++)
    {
      const CertificateRule *rule = g_ptr_array_index (certificate->rules, i);

      add_row (rows, g_strdup (purposes_get_short_title (rule->purpose)), dup_number (rule->years),
               g_strdup (anchor_title (rule->anchor)), NULL);
    }
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
}

static void
add_extract (Paper *paper, const Certificate *certificate)
{
  const PaperColumn columns[] = { { _ ("Entry"), 0.07, FALSE },
                                  { _ ("Time (UTC)"), 0.15, TRUE },
                                  { _ ("What was done"), 0.2, FALSE },
                                  { _ ("To what (id)"), 0.25, TRUE },
                                  { _ ("Hash"), 0.33, TRUE } };
  g_autoptr (GPtrArray) rows = rows_new ();

  paper_add_heading (paper, _ ("Extract of the record (取扱記録)"));
  for (guint i = 0; i < certificate->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (certificate->entries, i);
      char hash[HASH_HEX + 1];

      for (guint byte = 0; byte < ENTRY_HASH_BYTES; byte++)
        g_snprintf (hash + byte * 2, 3, "%02x", entry->hash[byte]);
      add_row (rows, dup_number (entry->seq), g_strdup (entry->time), g_strdup (action_title (entry->action)),
               g_strdup (entry->subject), g_strdup (hash), NULL);
    }
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
}

static void
add_proof (Paper *paper, const Certificate *certificate, const Attestation *attestation, const char *digest)
{
  guint8 der[ATTESTATION_DER_MAX_BYTES];
  gsize n_der = attestation_signature_to_der (attestation, der);
  g_autofree char *attest = g_base64_encode (attestation->bytes, attestation->n_bytes);
  g_autofree char *signature = g_base64_encode (der, n_der);
  g_autofree char *content = g_strdup_printf ("azukari-certificate:1:%s:%s:%s", certificate->id, attest, signature);
  g_autofree char *text = g_strdup_printf (_ ("The vault's TPM has signed the text that goes with this paper (file "
                                              ".azc), and this code holds its attestation and signature. "
                                              "Anybody can check both with the vault's public key:\n\n"
                                              "azukarictl verify-certificate FILE.azc --key KEY.pem\n\n"
                                              "or with openssl alone, as azukari-certificate(5) describes.\n\n"
                                              "SHA-256 of the signed text:\n%s"),
                                           digest);

  paper_add_code (paper, _ ("Attestation by the TPM"), content, text);
}

GBytes *
certificate_paper_make (const Certificate *certificate, const Attestation *attestation, const char *digest,
                        guint64 epoch_now, GError **error)
{
  /* Translators: the language of this translation, as a code: "ja" in Japanese. It selects the shapes of characters. */
  const char *language = C_ ("language of the text", "en");
  const char *title = certificate->is_retirement ? _ ("Certificate of retirement and destruction of keys")
                                                 : _ ("Certificate of disposal of specific personal information");
  g_autofree char *foot = g_strdup_printf (_ ("%s, certificate %s"), title, certificate->id);
  g_autofree char *when = dup_time (certificate->time);
  g_autofree char *aside = g_strdup_printf (_ ("Certificate %s\n%s"), certificate->id, when);
  g_autoptr (Paper) paper = paper_new (title, foot, language);

  if (strcmp (certificate->provider, "swtpm") == 0)
    paper_add_banner (
        paper,
        _ ("Made with a software TPM, for trying out only: whoever copies its state file can sign anything. This "
           "paper proves nothing."));
  paper_add_title (paper, title);
  paper_add_aside (paper, aside);
  paper_add_text (
      paper,
      certificate->is_retirement
          ? _ ("We certify that the vault named below was destroyed with all its keys, so that what it held "
               "cannot be restored.")
          : _ ("We certify that the specific personal information named below was erased and disposed of in a way "
               "that does not allow it to be restored."));
  add_summary (paper, certificate, epoch_now);
  paper_add_signature (paper, _ ("Date"), _ ("Address"), certificate->company, _ ("Responsible person"), _ ("Seal"));
  add_backups (paper, certificate);
  add_items (paper, certificate);
  add_rules (paper, certificate);
  add_extract (paper, certificate);
  add_proof (paper, certificate, attestation, digest);
  return paper_finish (paper, error);
}
