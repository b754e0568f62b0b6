/* SPDX-License-Identifier: Apache-2.0 */
/* prove-paper: what stands on the report of a proof. */
#include "config.h"

#include "answer.h"
#include "prove-paper.h"

#include <glib/gi18n.h>
#include <string.h>

#include "paper.h"
#include "record-paper.h"

typedef struct
{
  const char *code;
  const char *title; /* untranslated */
} Word;

static const char *
word_for (const Word *words, gsize n_words, const char *code)
{
  for (gsize i = 0; i < n_words; i++)
    if (strcmp (words[i].code, code) == 0)
      return _ (words[i].title);
  return code;
}

static const char *
check_title (const char *check)
{
  static const Word words[] = {
    { "no-tpm", N_ ("The copy, without a TPM") },
    { "database-without-key", N_ ("The database alone: without a key, with a guessed one, with zeros") },
    { "control-right-epoch", N_ ("Control: the keys on this TPM, at this epoch") },
    { "wrong-epochs", N_ ("The keys on this TPM, at every earlier and at later epochs") },
    { "without-epoch", N_ ("The keys on this TPM, without password and without policy") },
    { "seals", N_ ("Keys whose seal leaves something out (TPM, root key, epoch)") },
    { "earlier-keyset", N_ ("A keyset kept from an earlier epoch") },
    { "old-copy", N_ ("This copy, after the vault has gone on") },
    { "old-epoch", N_ ("This copy, after a PIN was changed or somebody removed") },
    { "forged-epoch", N_ ("The keys, with a forged epoch counter") },
    { "control-copied-tpm", N_ ("Control: the copy, with a copy of the software TPM's state") },
    { "other-tpm", N_ ("The copy, on another TPM") },
    { "other-tpm-by-force", N_ ("Each key, forced onto another TPM") },
    { "cleared-tpm", N_ ("The copy, on a cleared TPM") },
    { "cleared-tpm-by-force", N_ ("Each key, forced onto a cleared TPM") },
    { "old-backup", N_ ("An old backup, put in the place of the database") },
    { "control-backup", N_ ("Control: the newest and the oldest backups, with this TPM") },
    { "backup-elsewhere", N_ ("The same backups, with the keys of other machines") },
    { "entropy", N_ ("Can the file be told from random bytes?") },
    { "plain-names", N_ ("Names, readings, birth dates and departments of the vault, in every encoding") },
    { "plain-kana", N_ ("Kana in UTF-8, UTF-16 and CP932") },
    { "plain-numbers", N_ ("12 digits that could be a My Number") },
    { "shape-header", N_ ("Headers and words of a database") },
    { "shape-pages", N_ ("Marks of database pages") },
    { "shape-text", N_ ("Runs of letters") },
    { "shape-padding", N_ ("Runs of equal bytes") },
  };

  return word_for (words, G_N_ELEMENTS (words), check);
}

static const char *
outcome_title (const char *code)
{
  static const Word words[] = {
    { "opened", N_ ("opens") },
    { "some-opened", N_ ("some open") },
    { "refused", N_ ("refused by the TPM") },
    { "nothing", N_ ("nothing found") },
    { "found", N_ ("found") },
    { "random", N_ ("no: like random bytes") },
    { "not-random", N_ ("yes: unlike random bytes") },
    { "NoTpm", N_ ("stays closed: no TPM") },
    { "OtherTpm", N_ ("stays closed: another TPM") },
    { "TpmCleared", N_ ("stays closed: cleared TPM") },
    { "RolledBack", N_ ("stays closed: out of date") },
    { "StoreDamaged", N_ ("stays closed: no database to be seen") },
  };

  return word_for (words, G_N_ELEMENTS (words), code);
}

static GPtrArray *
rows_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
}

/* --- trials ---------------------------------------------------------------------------------------------------------- */

/* "18 of 18", where there is more than one. */
static char *
dup_count (GVariant *row)
{
  g_autoptr (GVariant) facts = g_variant_lookup_value (row, "facts", G_VARIANT_TYPE_VARDICT);
  guint32 tried = 0, opened = 0;

  if (facts == NULL || !g_variant_lookup (facts, "tried", "u", &tried)
      || !g_variant_lookup (facts, "opened", "u", &opened))
    return g_strdup ("");
  /* Translators: attempts to open something, and how many of them did */
  return g_strdup_printf (_ (" (%u tried, %u opened)"), tried, opened);
}

static void
add_trials (Paper *paper, GVariant *findings)
{
  const PaperColumn columns[] = { { _ ("Trial"), 0.44, FALSE },
                                  { _ ("Expected"), 0.2, FALSE },
                                  { _ ("What happened"), 0.24, FALSE },
                                  { _ ("Result"), 0.12, FALSE } };
  g_autoptr (GPtrArray) rows = rows_new ();

  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (findings, i);
      g_autofree char *count = dup_count (row);
      g_autofree char *happened = g_strconcat (outcome_title (answer_text (row, "happened")), count, NULL);
      gboolean ok = FALSE;

      (void) g_variant_lookup (row, "ok", "b", &ok);
      {
        const char *const cells[] = { check_title (answer_text (row, "check")),
                                      outcome_title (answer_text (row, "expected")), happened,
                                      ok ? _ ("as expected") : _ ("NOT AS EXPECTED"), NULL };

        g_ptr_array_add (rows, g_strdupv ((char **) cells));
      }
    }
  paper_add_heading (paper, _ ("What was tried"));
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
}

/* --- measurements ---------------------------------------------------------------------------------------------------- */

static double
number_of (GVariant *facts, const char *key)
{
  double number = 0;

  (void) g_variant_lookup (facts, key, "d", &number);
  return number;
}

static void
add_measure (GPtrArray *rows, const char *what, int n_decimals, double file, double control, char *bound)
{
  g_autofree char *bound_text = bound;
  char file_text[32], control_text[32];

  g_snprintf (file_text, sizeof file_text, "%.*f", n_decimals, file);
  g_snprintf (control_text, sizeof control_text, "%.*f", n_decimals, control);
  {
    const char *const cells[] = { what, file_text, control_text, bound_text, NULL };

    g_ptr_array_add (rows, g_strdupv ((char **) cells));
  }
}

static void
add_entropy (Paper *paper, GVariant *row)
{
  const PaperColumn columns[] = { { _ ("Measure"), 0.4, FALSE },
                                  { _ ("File"), 0.18, FALSE },
                                  { _ ("Random bytes"), 0.18, FALSE },
                                  { _ ("Bound"), 0.24, FALSE } };
  g_autoptr (GVariant) facts = g_variant_lookup_value (row, "facts", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GPtrArray) rows = rows_new ();
  g_autofree char *heading = NULL, *bytes = NULL;
  guint64 n_bytes = 0, repeated = 0, repeated_control = 0;

  if (facts == NULL)
    return;
  (void) g_variant_lookup (facts, "bytes", "t", &n_bytes);
  (void) g_variant_lookup (facts, "repeated", "t", &repeated);
  (void) g_variant_lookup (facts, "repeated-random", "t", &repeated_control);
  bytes = g_strdup_printf ("%" G_GUINT64_FORMAT, n_bytes);
  heading =
      g_strdup_printf (_ ("%s beside random bytes of the same size (%s bytes)"), answer_text (facts, "file"), bytes);
  add_measure (
      rows, _ ("Chi-square of byte values, whole file"), 1, number_of (facts, "chi-square"),
      number_of (facts, "chi-square-random"),
      g_strdup_printf ("%.1f – %.1f", number_of (facts, "chi-square-low"), number_of (facts, "chi-square-high")));
  add_measure (rows, _ ("Chi-square, worst window of 4 KiB"), 1, number_of (facts, "window-chi-square"),
               number_of (facts, "window-chi-square-random"),
               g_strdup_printf ("≤ %.1f", number_of (facts, "window-chi-square-high")));
  add_measure (rows, _ ("Shannon entropy, worst window of 4 KiB (bits per byte)"), 4, number_of (facts, "shannon"),
               number_of (facts, "shannon-random"), g_strdup_printf ("≥ %.4f", number_of (facts, "shannon-low")));
  add_measure (rows, _ ("Blocks of 16 bytes that are there twice"), 0, (double) repeated, (double) repeated_control,
               g_strdup ("0"));
  paper_add_heading (paper, heading);
  paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
}

/* --- all of it ------------------------------------------------------------------------------------------------------- */

GBytes *
prove_paper_make (GVariant *status, gboolean ok, GVariant *findings, GDateTime *when, GVariant *checkpoint,
                  GError **error)
{
  const char *language = C_ ("language of the text", "en");
  const char *title = _ ("Proof that a copy of the vault stays closed");
  /* Translators: date and time on a certificate, for g_date_time_format () */
  g_autofree char *time = g_date_time_format (when, _ ("%B %-d, %Y, %H:%M (UTC%:z)"));
  g_autofree char *foot = g_strdup_printf (_ ("%s, %s"), title, time);
  g_autoptr (Paper) paper = paper_new (title, foot, language);
  gboolean software = FALSE;

  (void) g_variant_lookup (status, "software-tpm", "b", &software);
  if (software)
    paper_add_banner (
        paper, _ ("Made with a software TPM, for trying out only: whoever copies its state file opens the vault."));
  if (!ok)
    paper_add_banner (paper, _ ("A copy of this vault can be opened elsewhere, or something in it can be read. Do not "
                                "use it before this is understood."));
  paper_add_title (paper, title);
  paper_add_aside (paper, time);
  {
    const char *const facts[] = { _ ("Company"),
                                  answer_text (status, "company"),
                                  _ ("Vault"),
                                  answer_text (status, "vault-id"),
                                  _ ("TPM"),
                                  software ? _ ("software") : _ ("hardware"),
                                  _ ("Result"),
                                  ok ? _ (
                                      "Everything as expected: the copy stays closed, and nothing in it can be read")
                                     : _ ("NOT as expected: see below"),
                                  NULL };

    paper_add_facts (paper, facts);
  }
  paper_add_text (paper,
                  _ ("The vault was copied on its own machine, and the copy was tried where and when it must not "
                     "open. Some trials are controls: they must open, or the others would show nothing."));
  add_trials (paper, findings);
  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (findings, i);

      if (strcmp (answer_text (row, "check"), "entropy") == 0)
        add_entropy (paper, row);
    }
  paper_add_note (
      paper,
      _ ("Random bytes keep to these bounds in all but one of a thousand million tries. What is not shown here: that "
         "the whole machine, with its TPM, keeps closed to somebody who has it, and that nobody knows a PIN."));
  record_paper_add_checkpoint (paper, checkpoint);
  return paper_finish (paper, error);
}
