/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl verify: is everything as it was written? */
#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#include "ctl-common.h"
#include "lines.h"
#include "record-file.h"

#define PRINTED_MAX_BYTES 4096

static int
verify_vault (CtlContext *ctx)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;
  int code;

  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_verify_sync (vault, &ok, &findings, NULL, &error))
    return ctl_fail (ctx, error);
  return ctl_print_findings (
      ctx, ok, findings, _ ("Nothing was altered, removed or set back."),
      _ ("Something was altered, removed or set back. Stop collecting and inform the responsible person."));
}

/* --- an exported record ---------------------------------------------------------------------------------------------- */

static void
add_row (GVariantBuilder *rows, const char *check, gboolean ok, const char *detail)
{
  g_variant_builder_open (rows, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (rows, "{sv}", "check", g_variant_new_string (check));
  g_variant_builder_add (rows, "{sv}", "ok", g_variant_new_boolean (ok));
  g_variant_builder_add (rows, "{sv}", "detail", g_variant_new_string (detail));
  g_variant_builder_close (rows);
}

static GMappedFile *
map_file (const char *path, GError **error)
{
  GMappedFile *file = g_mapped_file_new (path, FALSE, error);

  if (file == NULL || g_mapped_file_get_length (file) <= RECORD_FILE_MAX_BYTES)
    return file;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("%s is too large to be a record"), path);
  g_mapped_file_unref (file);
  return NULL;
}

/* Of a machine that its vault has left: its last entries came along without its TPM's signature. */
static gboolean
is_open_ended (const RecordFile *file)
{
  return file->earlier[0] != '\0' && file->audit.attested < file->audit.length;
}

static char *
dup_open_end (const RecordFile *file)
{
  g_autofree char *attested = g_strdup_printf ("%" G_GUINT64_FORMAT, file->audit.attested);
  g_autofree char *length = g_strdup_printf ("%" G_GUINT64_FORMAT, file->audit.length);
  g_autoptr (GString) head = g_string_new (NULL);

  lines_append_hex (head, file->audit.head, ENTRY_HASH_BYTES);
  return g_strdup_printf (
      _ ("the machine's TPM vouches for the entries up to %s. Those up to %s came to vault %s without its "
         "signature: they are right if the entry of its taking over has head=%s"),
      attested, length, file->earlier, head->str);
}

/* What the audit found, as rows; whether all of it is well. */
static gboolean
add_facts (GVariantBuilder *rows, const RecordFile *file)
{
  const Audit *audit = &file->audit;
  g_autofree char *entries = g_strdup_printf ("%" G_GUINT64_FORMAT, audit->length);
  g_autofree char *n_checkpoints = g_strdup_printf ("%" G_GUINT64_FORMAT, audit->n_checkpoints);
  g_autofree char *counter = g_strdup_printf ("%" G_GUINT64_FORMAT, audit->facts.counter);
  g_autofree char *set_back = g_strdup_printf ("%" G_GUINT64_FORMAT, audit->clock_set_back);
  g_autofree char *record = g_strdup_printf (_ ("%s entries, unbroken; vault %s"), entries, file->vault_id);
  g_autofree char *attested = g_strdup_printf (_ ("%s, signed by the vault's TPM; its state counter was %s at the end"),
                                               n_checkpoints, counter);
  g_autofree char *clock =
      audit->clock_set_back == 0
          ? g_strdup (_ ("never set back since the record was last reviewed"))
          : g_strdup_printf (_ ("set back before entry %s, and nobody has reviewed it since"), set_back);

  add_row (rows, "record", TRUE, record);
  add_row (rows, "checkpoints", TRUE, attested);
  add_row (rows, "clock", audit->clock_set_back == 0, clock);
  if (audit->n_accepted > 0)
    {
      g_autofree char *entry = g_strdup_printf ("%" G_GUINT64_FORMAT, audit->accepted);
      g_autofree char *accepted =
          g_strdup_printf (_ ("a state that was set back or altered was gone on with, entry %s"), entry);

      add_row (rows, "accepted", TRUE, accepted);
    }
  if (file->sealed[0] != '\0')
    {
      g_autofree char *entry = g_strdup_printf ("%" G_GUINT64_FORMAT, audit->attested);
      g_autofree char *origin = g_strdup_printf (
          _ ("from a vault that was closed (%s); the TPM vouches for the entries up to %s"), file->sealed, entry);

      add_row (rows, "sealed", FALSE, origin);
    }
  if (is_open_ended (file))
    {
      g_autofree char *open_end = dup_open_end (file);

      add_row (rows, "earlier", FALSE, open_end);
    }
  return audit->clock_set_back == 0 && file->sealed[0] == '\0' && !is_open_ended (file);
}

/* As a scanner read it: the text itself, or a file that holds it. */
static gboolean
read_printed (const char *given, RecordPrinted *ret_printed, GError **error)
{
  g_autofree char *text = NULL;

  if (g_str_has_prefix (given, "azukari-record:"))
    text = g_strdup (given);
  else
    {
      g_autoptr (GMappedFile) file = map_file (given, error);

      if (file == NULL)
        return FALSE;
      /* An empty one has no contents at all. */
      if (g_mapped_file_get_length (file) > 0)
        text = g_strndup (g_mapped_file_get_contents (file), MIN (g_mapped_file_get_length (file), PRINTED_MAX_BYTES));
    }
  if (text != NULL && record_printed_from_text (ret_printed, text, NULL))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _ ("This is not what stands in the code of a printed record. Please scan it again; it begins with "
                  "“azukari-record:”."));
  return FALSE;
}

/* Is what the paper shows in the record? */
static gboolean
add_printed (GVariantBuilder *rows, const RecordFile *file, const RecordPrinted *printed)
{
  g_autofree char *seq = g_strdup_printf ("%" G_GUINT64_FORMAT, printed->seq);
  g_autofree char *length = g_strdup_printf ("%" G_GUINT64_FORMAT, file->audit.length);
  g_autofree char *detail = NULL;

  switch (file->printed)
    {
    case RECORD_PRINTED_HELD:
      detail =
          g_strdup_printf (_ ("entry %s is the one on the paper, and the record goes on to entry %s"), seq, length);
      break;
    case RECORD_PRINTED_FOREIGN:
      detail = g_strdup_printf (_ ("entry %s is not the one on the paper: this is another record, or the paper is of "
                                   "another vault or forged"),
                                seq);
      break;
    default:
      detail =
          g_strdup_printf (_ ("the paper shows entry %s, and the record ends with entry %s: its end was cut off, or "
                              "it is older than the paper"),
                           seq, length);
    }
  add_row (rows, "paper", file->printed == RECORD_PRINTED_HELD, detail);
  return file->printed == RECORD_PRINTED_HELD;
}

static int
verify_file (CtlContext *ctx, const char *path, const char *key_path, const char *given)
{
  RecordPrinted printed;
  g_autoptr (GError) error = NULL, fault = NULL;
  g_autoptr (GMappedFile) content = map_file (path, &error);
  g_autoptr (GMappedFile) key_content = content != NULL ? map_file (key_path, &error) : NULL;
  const RecordPrinted *asked = given != NULL ? &printed : NULL;
  g_autoptr (GVariant) findings = NULL;
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  guint8 key[ATTESTATION_KEY_BYTES];
  RecordFile file;
  gboolean ok;

  if (key_content != NULL
      && !attestation_key_from_pem (g_mapped_file_get_contents (key_content), g_mapped_file_get_length (key_content),
                                    key))
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _ ("%s holds no public key of a vault; “azukarictl log key” prints it"), key_path);
  if (error != NULL || (given != NULL && !read_printed (given, &printed, &error)))
    {
      g_variant_builder_clear (&rows);
      return ctl_fail (ctx, error);
    }
  ok = record_file_check (g_mapped_file_get_contents (content), g_mapped_file_get_length (content), key, asked, &file,
                          &fault);
  if (ok)
    {
      ok = add_facts (&rows, &file);
      if (asked != NULL && !add_printed (&rows, &file, asked))
        ok = FALSE;
    }
  else
    add_row (&rows, "record", FALSE, fault->message);
  findings = g_variant_ref_sink (g_variant_builder_end (&rows));
  if (!ctx->json && fault == NULL && file.is_software)
    g_print ("%s\n", _ ("Software TPM: for trying out only. Whoever copies its state file can sign anything."));
  return ctl_print_findings (
      ctx, ok, findings, _ ("The record is whole, and as the vault's TPM attested it."),
      _ ("The record was altered or cut off, is of another vault, or its clock was set back. Ask the "
         "responsible person."));
}

int
cmd_verify (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *record = NULL;
  g_autofree char *key = NULL;
  g_autofree char *checkpoint = NULL;
  const GOptionEntry entries[] = {
    { "record", 0, 0, G_OPTION_ARG_FILENAME, &record, N_ ("Check this exported record instead, without vault and TPM"),
      N_ ("FILE") },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, N_ ("The vault's public key, as “log key” printed it"), N_ ("FILE") },
    { "checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &checkpoint,
      N_ ("With --record: what the code on a printed record holds, or a file with it"), N_ ("TEXT") },
    G_OPTION_ENTRY_NULL
  };

  if (!ctl_parse (ctx, &argc, &argv, entries, NULL, NULL,
                  _ ("Checks the record's chain, the counters and the database.")))
    return CTL_USAGE;
  if ((record == NULL) != (key == NULL) || (record == NULL && checkpoint != NULL))
    return ctl_usage ("verify",
                      _ ("--record and --key belong together: the exported record, and the key to check it with."));
  return record != NULL ? verify_file (ctx, record, key, checkpoint) : verify_vault (ctx);
}
