/* SPDX-License-Identifier: Apache-2.0 */
/* record-file: writing the record out, and checking what was written. */
#include "record-file.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "custody-error.h"
#include "lines.h"

#define MAGIC "azukari-record"
#define VERSION "1"
#define MARK_LINE 4 /* right after the head */
#define PIECE_BYTES (64 * 1024)

/* --- writing --------------------------------------------------------------------------------------------------------- */

struct _RecordWriter
{
  int fd; /* borrowed */
  GString *piece;
  crypto_hash_sha256_state hash;
  guint64 n_entries, n_checkpoints;
  int problem; /* errno of the first write that failed */
};

static void
flush (RecordWriter *self)
{
  gsize done = 0;

  crypto_hash_sha256_update (&self->hash, (const guint8 *) self->piece->str, self->piece->len);
  while (self->problem == 0 && done < self->piece->len)
    {
      gssize n = write (self->fd, self->piece->str + done, self->piece->len - done);

      if (n > 0)
        done += (gsize) n;
      else if (n == 0 || errno != EINTR)
        self->problem = n == 0 ? EIO : errno;
    }
  g_string_truncate (self->piece, 0);
}

static void
end_line (RecordWriter *self)
{
  g_string_append_c (self->piece, '\n');
  if (self->piece->len >= PIECE_BYTES)
    flush (self);
}

RecordWriter *
record_writer_new (int fd, const char *vault_id, const char *provider, const guint8 key[ATTESTATION_KEY_BYTES])
{
  RecordWriter *self = g_new0 (RecordWriter, 1);

  self->fd = fd;
  self->piece = g_string_sized_new (PIECE_BYTES + LINES_MAX_BYTES);
  crypto_hash_sha256_init (&self->hash);
  g_string_append_printf (self->piece, MAGIC "\t" VERSION "\nvault\t%s\t%s\nkey\t", vault_id, provider);
  lines_append_hex (self->piece, key, ATTESTATION_KEY_BYTES);
  end_line (self);
  return self;
}

void
record_writer_mark_sealed (RecordWriter *self, const char *reason)
{
  g_string_append_printf (self->piece, "sealed\t%s", reason);
  end_line (self);
}

void
record_writer_mark_earlier (RecordWriter *self, const char *vault_id, const char *taken)
{
  g_string_append_printf (self->piece, "earlier\t%s\t%s", vault_id, taken);
  end_line (self);
}

void
record_writer_add (RecordWriter *self, const Entry *entry)
{
  self->n_entries++;
  lines_append_entry (self->piece, entry);
  end_line (self);
}

void
record_writer_add_checkpoint (RecordWriter *self, guint64 seq, const Attestation *attestation)
{
  self->n_checkpoints++;
  g_string_append_printf (self->piece, "checkpoint\t%" G_GUINT64_FORMAT "\t", seq);
  lines_append_hex (self->piece, attestation->bytes, attestation->n_bytes);
  g_string_append_c (self->piece, '\t');
  lines_append_hex (self->piece, attestation->signature, ATTESTATION_SIGNATURE_BYTES);
  end_line (self);
}

gboolean
record_writer_finish (RecordWriter *self, char ret_sha256[65], GError **error)
{
  guint8 digest[crypto_hash_sha256_BYTES];

  g_string_append_printf (self->piece, "end\t%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT, self->n_entries,
                          self->n_checkpoints);
  end_line (self);
  flush (self);
  crypto_hash_sha256_final (&self->hash, digest);
  sodium_bin2hex (ret_sha256, 65, digest, sizeof digest);
  if (self->problem == 0 && fsync (self->fd) != 0)
    self->problem = errno;
  if (self->problem == 0)
    return TRUE;
  custody_error_set_errno (error, self->problem, "write the record");
  return FALSE;
}

void
record_writer_free (RecordWriter *self)
{
  if (self == NULL)
    return;
  g_string_free (self->piece, TRUE);
  g_free (self);
}

/* --- checking -------------------------------------------------------------------------------------------------------- */

#define WHAT "a record"

static gboolean
take_head (Lines *lines, const guint8 key[ATTESTATION_KEY_BYTES], RecordFile *ret_file, GError **error)
{
  guint8 named[ATTESTATION_KEY_BYTES];

  if (!lines_take (lines) || !lines_is (lines, MAGIC, 2) || !g_str_equal (lines->fields[1], VERSION))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
                   "this is no exported record, or one of a newer program");
      return FALSE;
    }
  if (!lines_take (lines) || !lines_is (lines, "vault", 3) || !g_uuid_string_is_valid (lines->fields[1]))
    return lines_set_bad (lines, WHAT, error);
  g_strlcpy (ret_file->vault_id, lines->fields[1], sizeof ret_file->vault_id);
  ret_file->is_software = g_str_equal (lines->fields[2], "swtpm");
  if (!ret_file->is_software && !g_str_equal (lines->fields[2], "tpm2"))
    return lines_set_bad (lines, WHAT, error);
  if (!lines_take (lines) || !lines_is (lines, "key", 2)
      || !lines_parse_hex_exactly (lines->fields[1], named, sizeof named))
    return lines_set_bad (lines, WHAT, error);
  if (memcmp (named, key, sizeof named) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the record is of a vault with another key");
      return FALSE;
    }
  return TRUE;
}

/* What stands above the entries is under no signature; the first entry, which says the same, is. */
static gboolean
is_making_of (const RecordFile *file, const Entry *entry)
{
  return g_str_equal (entry->action, "vault-made") && g_str_equal (entry->subject, file->vault_id)
         && g_str_has_prefix (entry->detail, file->is_software ? "provider=swtpm\n" : "provider=tpm2\n");
}

/* The entry that was taken last is that of the paper's number. */
static RecordPrintedState
compare_printed (const RecordPrinted *printed, const RecordFile *file)
{
  AttestationFacts facts;

  return g_str_equal (printed->vault_id, file->vault_id)
                 && attestation_check (&printed->attestation, file->audit.key, file->audit.head, &facts, NULL)
             ? RECORD_PRINTED_HELD
             : RECORD_PRINTED_FOREIGN;
}

static gboolean
take_entry (Lines *lines, const RecordPrinted *printed, RecordFile *file, GError **error)
{
  g_autofree char *detail = NULL;
  Entry entry;

  if (!lines_parse_entry (lines, &entry, &detail) || (file->audit.length == 0 && !is_making_of (file, &entry)))
    return lines_set_bad (lines, WHAT, error);
  if (!audit_add (&file->audit, &entry, error))
    return FALSE;
  if (printed != NULL && file->audit.length == printed->seq)
    file->printed = compare_printed (printed, file);
  return TRUE;
}

static gboolean
take_checkpoint (Lines *lines, Audit *audit, GError **error)
{
  Attestation attestation;
  guint64 seq;

  if (!lines_parse_number (lines->fields[1], &seq) || seq != audit->length
      || !lines_parse_hex (lines->fields[2], attestation.bytes, sizeof attestation.bytes, &attestation.n_bytes)
      || !lines_parse_hex_exactly (lines->fields[3], attestation.signature, sizeof attestation.signature))
    return lines_set_bad (lines, WHAT, error);
  return audit_add_checkpoint (audit, &attestation, error);
}

static gboolean
take_end (const Lines *lines, RecordFile *file, GError **error)
{
  Audit *audit = &file->audit;
  guint64 n_entries, n_checkpoints;

  if (!lines_is (lines, "end", 3) || lines->next != lines->end || !lines_parse_number (lines->fields[1], &n_entries)
      || !lines_parse_number (lines->fields[2], &n_checkpoints))
    return lines_set_bad (lines, WHAT, error);
  if (!audit_end (audit, error))
    return FALSE;
  if (n_entries != audit->length || n_checkpoints != audit->n_checkpoints
      || (file->sealed[0] == '\0' && file->earlier[0] == '\0' && audit->attested != audit->length))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the record's end is missing");
      return FALSE;
    }
  return TRUE;
}

gboolean
record_file_check (const char *text, gsize n_bytes, const guint8 key[ATTESTATION_KEY_BYTES],
                   const RecordPrinted *printed, RecordFile *ret_file, GError **error)
{
  Lines lines = { .next = text, .end = text + n_bytes };

  *ret_file = (RecordFile){ 0 };
  audit_begin (&ret_file->audit, key);
  if (!take_head (&lines, key, ret_file, error))
    return FALSE;
  if (printed != NULL && !g_str_equal (printed->vault_id, ret_file->vault_id))
    ret_file->printed = RECORD_PRINTED_FOREIGN;
  while (lines_take (&lines))
    if (lines_is (&lines, "sealed", 2) && lines.line == MARK_LINE && chain_code_is_valid (lines.fields[1]))
      g_strlcpy (ret_file->sealed, lines.fields[1], sizeof ret_file->sealed);
    else if (lines_is (&lines, "earlier", 3) && lines.line == MARK_LINE && g_uuid_string_is_valid (lines.fields[1])
             && chain_code_is_valid (lines.fields[2]))
      g_strlcpy (ret_file->earlier, lines.fields[1], sizeof ret_file->earlier);
    else if (lines_is (&lines, "entry", 8))
      {
        if (!take_entry (&lines, printed, ret_file, error))
          return FALSE;
      }
    else if (lines_is (&lines, "checkpoint", 4))
      {
        if (!take_checkpoint (&lines, &ret_file->audit, error))
          return FALSE;
      }
    else
      return take_end (&lines, ret_file, error);
  return lines_set_bad (&lines, WHAT, error);
}
