/* SPDX-License-Identifier: Apache-2.0 */
/* record-file: writing the record out, and checking what was written. */
#include "record-file.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "custody-error.h"

#define MAGIC "azukari-record"
#define VERSION "1"
#define PIECE_BYTES (64 * 1024)
#define LINE_MAX_BYTES 8192
#define FIELDS_MAX 8

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
append_hex (GString *piece, const guint8 *bytes, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    g_string_append_printf (piece, "%02x", bytes[i]);
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
  self->piece = g_string_sized_new (PIECE_BYTES + LINE_MAX_BYTES);
  crypto_hash_sha256_init (&self->hash);
  g_string_append_printf (self->piece, MAGIC "\t" VERSION "\nvault\t%s\t%s\nkey\t", vault_id, provider);
  append_hex (self->piece, key, ATTESTATION_KEY_BYTES);
  end_line (self);
  return self;
}

/* "a=b\nc=d\n" as "a=b;c=d" */
static void
append_detail (GString *piece, const char *detail)
{
  gsize n = strlen (detail);

  for (gsize i = 0; i < n; i++)
    if (detail[i] != '\n')
      g_string_append_c (piece, detail[i]);
    else if (i + 1 < n)
      g_string_append_c (piece, ';');
}

void
record_writer_add (RecordWriter *self, const Entry *entry)
{
  self->n_entries++;
  g_string_append_printf (self->piece, "entry\t%" G_GUINT64_FORMAT "\t%s\t%s\t%s\t%s\t", entry->seq, entry->time,
                          entry->actor, entry->action, entry->subject);
  append_detail (self->piece, entry->detail);
  g_string_append_c (self->piece, '\t');
  append_hex (self->piece, entry->hash, ENTRY_HASH_BYTES);
  end_line (self);
}

void
record_writer_add_checkpoint (RecordWriter *self, guint64 seq, const Attestation *attestation)
{
  self->n_checkpoints++;
  g_string_append_printf (self->piece, "checkpoint\t%" G_GUINT64_FORMAT "\t", seq);
  append_hex (self->piece, attestation->bytes, attestation->n_bytes);
  g_string_append_c (self->piece, '\t');
  append_hex (self->piece, attestation->signature, ATTESTATION_SIGNATURE_BYTES);
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

typedef struct
{
  const char *next, *end;
  guint64 line;
  /* of the line read last; in @buffer, where tabs have become ends */
  guint n_fields;
  char *fields[FIELDS_MAX];
  char buffer[LINE_MAX_BYTES];
} Lines;

static gboolean
bad_line (const Lines *self, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
               "line %" G_GUINT64_FORMAT " is not what a record has there", self->line);
  return FALSE;
}

/* The next line, cut into its fields; FALSE without one, or for one that no record has. */
static gboolean
take_line (Lines *self)
{
  const char *newline = memchr (self->next, '\n', (gsize) (self->end - self->next));
  gsize n_bytes;

  self->line++;
  self->n_fields = 0;
  if (newline == NULL)
    return FALSE;
  n_bytes = (gsize) (newline - self->next);
  if (n_bytes >= sizeof self->buffer || memchr (self->next, '\0', n_bytes) != NULL)
    return FALSE;
  memcpy (self->buffer, self->next, n_bytes);
  self->buffer[n_bytes] = '\0';
  self->next = newline + 1;
  self->fields[self->n_fields++] = self->buffer;
  for (char *p = self->buffer; *p != '\0'; p++)
    if (*p == '\t')
      {
        if (self->n_fields == FIELDS_MAX)
          return FALSE;
        *p = '\0';
        self->fields[self->n_fields++] = p + 1;
      }
  return TRUE;
}

static gboolean
is_line (const Lines *self, const char *word, guint n_fields)
{
  return self->n_fields == n_fields && g_str_equal (self->fields[0], word);
}

/* Lower case alone, as we write it: no second file with the same meaning. */
static gboolean
take_hex (const char *text, guint8 *out, gsize max_bytes, gsize *ret_n_bytes)
{
  const char *end;

  return strpbrk (text, "ABCDEF") == NULL
         && sodium_hex2bin (out, max_bytes, text, strlen (text), NULL, ret_n_bytes, &end) == 0 && *end == '\0';
}

static gboolean
take_hex_exactly (const char *text, guint8 *out, gsize n_bytes)
{
  gsize n;

  return take_hex (text, out, n_bytes, &n) && n == n_bytes;
}

static gboolean
take_number (const char *text, guint64 *ret_number)
{
  /* as we write it: "007" would be another file with the same meaning */
  return (text[0] != '0' || text[1] == '\0') && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, ret_number, NULL);
}

static gboolean
take_head (Lines *lines, const guint8 key[ATTESTATION_KEY_BYTES], RecordFile *ret_file, GError **error)
{
  guint8 named[ATTESTATION_KEY_BYTES];

  if (!take_line (lines) || !is_line (lines, MAGIC, 2) || !g_str_equal (lines->fields[1], VERSION))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
                   "this is no exported record, or one of a newer program");
      return FALSE;
    }
  if (!take_line (lines) || !is_line (lines, "vault", 3) || !g_uuid_string_is_valid (lines->fields[1]))
    return bad_line (lines, error);
  g_strlcpy (ret_file->vault_id, lines->fields[1], sizeof ret_file->vault_id);
  ret_file->is_software = g_str_equal (lines->fields[2], "swtpm");
  if (!ret_file->is_software && !g_str_equal (lines->fields[2], "tpm2"))
    return bad_line (lines, error);
  if (!take_line (lines) || !is_line (lines, "key", 2) || !take_hex_exactly (lines->fields[1], named, sizeof named))
    return bad_line (lines, error);
  if (memcmp (named, key, sizeof named) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the record is of a vault with another key");
      return FALSE;
    }
  return TRUE;
}

/* "a=b;c=d" as "a=b\nc=d\n" */
static char *
dup_detail (const char *field)
{
  char *detail = field[0] == '\0' ? g_strdup ("") : g_strconcat (field, "\n", NULL);

  for (char *p = detail; *p != '\0'; p++)
    if (*p == ';')
      *p = '\n';
  return detail;
}

/* What stands above the entries is under no signature; the first entry, which says the same, is. */
static gboolean
is_making_of (const RecordFile *file, const Entry *entry)
{
  return g_str_equal (entry->action, "vault-made") && g_str_equal (entry->subject, file->vault_id)
         && g_str_equal (entry->detail, file->is_software ? "provider=swtpm\n" : "provider=tpm2\n");
}

static gboolean
take_entry (Lines *lines, RecordFile *file, GError **error)
{
  char **fields = lines->fields;
  g_autofree char *detail = dup_detail (fields[6]);
  Entry entry = { .time = fields[2], .actor = fields[3], .action = fields[4], .subject = fields[5], .detail = detail };

  if (!take_number (fields[1], &entry.seq) || !take_hex_exactly (fields[7], entry.hash, sizeof entry.hash)
      || (file->audit.length == 0 && !is_making_of (file, &entry)))
    return bad_line (lines, error);
  return audit_add (&file->audit, &entry, error);
}

static gboolean
take_checkpoint (Lines *lines, Audit *audit, GError **error)
{
  Attestation attestation;
  guint64 seq;

  if (!take_number (lines->fields[1], &seq) || seq != audit->length
      || !take_hex (lines->fields[2], attestation.bytes, sizeof attestation.bytes, &attestation.n_bytes)
      || !take_hex_exactly (lines->fields[3], attestation.signature, sizeof attestation.signature))
    return bad_line (lines, error);
  return audit_add_checkpoint (audit, &attestation, error);
}

static gboolean
take_end (const Lines *lines, Audit *audit, GError **error)
{
  guint64 n_entries, n_checkpoints;

  if (!is_line (lines, "end", 3) || lines->next != lines->end || !take_number (lines->fields[1], &n_entries)
      || !take_number (lines->fields[2], &n_checkpoints))
    return bad_line (lines, error);
  if (!audit_end (audit, error))
    return FALSE;
  if (n_entries != audit->length || n_checkpoints != audit->n_checkpoints || audit->attested != audit->length)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the record's end is missing");
      return FALSE;
    }
  return TRUE;
}

gboolean
record_file_check (const char *text, gsize n_bytes, const guint8 key[ATTESTATION_KEY_BYTES], RecordFile *ret_file,
                   GError **error)
{
  Lines lines = { .next = text, .end = text + n_bytes };

  *ret_file = (RecordFile){ 0 };
  audit_begin (&ret_file->audit, key);
  if (!take_head (&lines, key, ret_file, error))
    return FALSE;
  while (take_line (&lines))
    if (is_line (&lines, "entry", 8))
      {
        if (!take_entry (&lines, ret_file, error))
          return FALSE;
      }
    else if (is_line (&lines, "checkpoint", 4))
      {
        if (!take_checkpoint (&lines, &ret_file->audit, error))
          return FALSE;
      }
    else
      return take_end (&lines, &ret_file->audit, error);
  return bad_line (&lines, error);
}
