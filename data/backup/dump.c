/* SPDX-License-Identifier: Apache-2.0 */
/* dump: frames of values, both ways. */
#include "dump.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

#include "custody-error.h"

#define SEAL_CONTEXT "azukari backup seal v1"
#define FRAME_BYTES 5
#define HEAD_CELLS 5

G_STATIC_ASSERT (DUMP_DIGEST_BYTES == crypto_hash_sha256_BYTES);

static gboolean
set_damaged (const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED, "dump: %s", what);
  return FALSE;
}

void
dump_seal_head (const guint8 digest[DUMP_DIGEST_BYTES], guint8 ret_head[DUMP_DIGEST_BYTES])
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, DUMP_DIGEST_BYTES);
  crypto_generichash_update (&state, (const guint8 *) SEAL_CONTEXT, sizeof SEAL_CONTEXT);
  crypto_generichash_update (&state, digest, DUMP_DIGEST_BYTES);
  crypto_generichash_final (&state, ret_head, DUMP_DIGEST_BYTES);
}

static gboolean
name_is_valid (const guint8 *name, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    if (!g_ascii_islower (name[i]) && !g_ascii_isdigit (name[i]) && name[i] != '_' && name[i] != '-')
      return FALSE;
  return n_bytes > 0 && n_bytes <= DUMP_NAME_MAX;
}

static gboolean
label_is_valid (const guint8 *label, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    if (!g_ascii_isgraph (label[i]))
      return FALSE;
  return n_bytes > 0 && n_bytes <= DUMP_NAME_MAX;
}

static Cell
text_cell (const char *text)
{
  return (Cell){ .type = CELL_TEXT, .bytes = (const guint8 *) text, .n_bytes = strlen (text) };
}

static Cell
blob_cell (const guint8 *bytes, gsize n_bytes)
{
  return (Cell){ .type = CELL_BLOB, .bytes = bytes, .n_bytes = n_bytes };
}

static Cell
integer_cell (gint64 value)
{
  return (Cell){ .type = CELL_INTEGER, .integer = value };
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

struct _DumpWriter
{
  DumpSink sink;
  gpointer user_data;
  GByteArray *frame; /* owned */
  crypto_hash_sha256_state all, table;
  gboolean in_table;
  guint n_columns;
  guint64 n_rows;
  gint64 n_tables;
  guint8 table_digest[DUMP_DIGEST_BYTES];
};

static void
append_u32 (GByteArray *frame, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (frame, (const guint8 *) &value, sizeof value);
}

static void
append_u64 (GByteArray *frame, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (frame, (const guint8 *) &value, sizeof value);
}

static gboolean
append_cell (GByteArray *frame, const Cell *cell)
{
  const guint8 type = (guint8) cell->type;
  guint64 bits;

  g_byte_array_append (frame, &type, 1);
  switch (cell->type)
    {
    case CELL_NULL:
      return TRUE;
    case CELL_INTEGER:
      append_u64 (frame, (guint64) cell->integer);
      return TRUE;
    case CELL_REAL:
      memcpy (&bits, &cell->real, sizeof bits);
      append_u64 (frame, bits);
      return isfinite (cell->real);
    case CELL_TEXT:
    case CELL_BLOB:
      if (cell->n_bytes > CELL_MAX_BYTES)
        return FALSE;
      append_u32 (frame, (guint32) cell->n_bytes);
      if (cell->n_bytes > 0)
        g_byte_array_append (frame, cell->bytes, (guint) cell->n_bytes);
      return cell->type == CELL_BLOB || g_utf8_validate_len ((const char *) cell->bytes, cell->n_bytes, NULL);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
put_frame (DumpWriter *self, char kind, const Cell *cells, guint n_cells, GError **error)
{
  guint8 *start;
  guint32 size;

  g_byte_array_set_size (self->frame, FRAME_BYTES);
  for (guint i = 0; i < n_cells; i++)
    if (!append_cell (self->frame, &cells[i]) || self->frame->len > FRAME_BYTES + DUMP_MAX_FRAME_BYTES)
      {
        g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "dump: a value that no dump can hold");
        return FALSE;
      }
  start = self->frame->data;
  start[0] = (guint8) kind;
  size = GUINT32_TO_LE (self->frame->len - FRAME_BYTES);
  memcpy (start + 1, &size, sizeof size);
  /* Neither 'Z' nor 'S' is part of what 'Z' says. */
  if (kind != 'Z' && kind != 'S')
    crypto_hash_sha256_update (&self->all, start, self->frame->len);
  if (kind == 'T' || kind == 'R')
    crypto_hash_sha256_update (&self->table, start, self->frame->len);
  return self->sink (start, self->frame->len, self->user_data, error);
}

DumpWriter *
dump_writer_new (DumpSink sink, gpointer user_data, const DumpHead *head, GError **error)
{
  g_autoptr (DumpWriter) self = g_new0 (DumpWriter, 1);
  const Cell cells[HEAD_CELLS] = { integer_cell (DUMP_VERSION), integer_cell (head->schema), text_cell (head->vault_id),
                                   text_cell (head->provider), text_cell (head->made) };

  self->sink = sink;
  self->user_data = user_data;
  self->frame = g_byte_array_new ();
  crypto_hash_sha256_init (&self->all);
  return put_frame (self, 'H', cells, HEAD_CELLS, error) ? g_steal_pointer (&self) : NULL;
}

gboolean
dump_writer_begin_table (DumpWriter *self, const char *name, const char *const *columns, GError **error)
{
  Cell cells[1 + CELL_MAX_COLUMNS] = { text_cell (name) };
  guint n = 0;

  g_return_val_if_fail (!self->in_table, FALSE);

  for (; columns[n] != NULL; n++)
    {
      g_return_val_if_fail (n < CELL_MAX_COLUMNS, FALSE);
      cells[1 + n] = text_cell (columns[n]);
    }
  self->in_table = TRUE;
  self->n_columns = n;
  self->n_rows = 0;
  crypto_hash_sha256_init (&self->table);
  return put_frame (self, 'T', cells, 1 + n, error);
}

gboolean
dump_writer_add_row (DumpWriter *self, const Cell *cells, guint n_cells, GError **error)
{
  g_return_val_if_fail (self->in_table && n_cells == self->n_columns, FALSE);

  self->n_rows++;
  return put_frame (self, 'R', cells, n_cells, error);
}

gboolean
dump_writer_end_table (DumpWriter *self, GError **error)
{
  Cell cells[2];

  g_return_val_if_fail (self->in_table, FALSE);

  crypto_hash_sha256_final (&self->table, self->table_digest);
  cells[0] = integer_cell ((gint64) self->n_rows);
  cells[1] = blob_cell (self->table_digest, DUMP_DIGEST_BYTES);
  self->in_table = FALSE;
  self->n_tables++;
  return put_frame (self, 'E', cells, G_N_ELEMENTS (cells), error);
}

const guint8 *
dump_writer_get_table_digest (const DumpWriter *self)
{
  return self->table_digest;
}

gboolean
dump_writer_end (DumpWriter *self, guint8 ret_digest[DUMP_DIGEST_BYTES], GError **error)
{
  Cell cells[2];

  g_return_val_if_fail (!self->in_table, FALSE);

  crypto_hash_sha256_final (&self->all, ret_digest);
  cells[0] = integer_cell (self->n_tables);
  cells[1] = blob_cell (ret_digest, DUMP_DIGEST_BYTES);
  return put_frame (self, 'Z', cells, G_N_ELEMENTS (cells), error);
}

gboolean
dump_writer_seal (DumpWriter *self, const guint8 *attestation, gsize n_attestation, const guint8 *signature,
                  gsize n_signature, GError **error)
{
  const Cell cells[] = { blob_cell (attestation, n_attestation), blob_cell (signature, n_signature) };

  g_return_val_if_fail (n_attestation <= DUMP_SEAL_MAX_BYTES && n_signature <= DUMP_SEAL_MAX_BYTES, FALSE);

  return put_frame (self, 'S', cells, G_N_ELEMENTS (cells), error);
}

void
dump_writer_free (DumpWriter *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->frame);
  g_free (self);
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

struct _DumpReader
{
  DumpSource source;
  gpointer user_data;
  DumpState state;
  guint8 *frame; /* owned: the latest, with its five bytes before it */
  guint32 n_frame;
  gsize room;
  Cell cells[1 + CELL_MAX_COLUMNS]; /* of the latest frame; bytes lie in @frame */
  guint n_cells;
  char *name;         /* owned */
  GPtrArray *columns; /* owned */
  GHashTable *names;  /* owned: tables that were there */
  crypto_hash_sha256_state all, table;
  gboolean in_table, ended;
};

static guint32
get_u32 (const guint8 *place)
{
  guint32 value;

  memcpy (&value, place, sizeof value);
  return GUINT32_FROM_LE (value);
}

static guint64
get_u64 (const guint8 *place)
{
  guint64 value;

  memcpy (&value, place, sizeof value);
  return GUINT64_FROM_LE (value);
}

/* One value from @next on; 0 for what is none, else its size. */
static gsize
parse_cell (const guint8 *next, gsize n_left, Cell *ret_cell)
{
  Cell cell = { .type = CELL_NULL };
  guint64 bits;

  if (n_left < 1 || next[0] > CELL_BLOB)
    return 0;
  cell.type = next[0];
  switch (cell.type)
    {
    case CELL_NULL:
      *ret_cell = cell;
      return 1;
    case CELL_INTEGER:
    case CELL_REAL:
      if (n_left < 1 + sizeof bits)
        return 0;
      bits = get_u64 (next + 1);
      cell.integer = cell.type == CELL_INTEGER ? (gint64) bits : 0;
      if (cell.type == CELL_REAL)
        memcpy (&cell.real, &bits, sizeof bits);
      if (cell.type == CELL_REAL && !isfinite (cell.real))
        return 0;
      *ret_cell = cell;
      return 1 + sizeof bits;
    default:
      if (n_left < 1 + sizeof (guint32))
        return 0;
      cell.n_bytes = get_u32 (next + 1);
      cell.bytes = next + 1 + sizeof (guint32);
      if (cell.n_bytes > CELL_MAX_BYTES || cell.n_bytes > n_left - 1 - sizeof (guint32)
          || (cell.type == CELL_TEXT && !g_utf8_validate_len ((const char *) cell.bytes, cell.n_bytes, NULL)))
        return 0;
      *ret_cell = cell;
      return 1 + sizeof (guint32) + cell.n_bytes;
    }
}

static gboolean
parse_frame (DumpReader *self)
{
  const guint8 *next = self->frame + FRAME_BYTES;
  gsize n_left = self->n_frame;

  self->n_cells = 0;
  while (n_left > 0)
    {
      gsize n;

      if (self->n_cells == G_N_ELEMENTS (self->cells))
        return FALSE;
      n = parse_cell (next, n_left, &self->cells[self->n_cells]);
      if (n == 0)
        return FALSE;
      self->n_cells++;
      next += n;
      n_left -= n;
    }
  return TRUE;
}

static gboolean
take_frame (DumpReader *self, GError **error)
{
  guint8 start[FRAME_BYTES];

  if (!self->source (start, sizeof start, self->user_data, error))
    return FALSE;
  self->n_frame = get_u32 (start + 1);
  if (self->n_frame > DUMP_MAX_FRAME_BYTES)
    return set_damaged ("a frame is too large", error);
  if (FRAME_BYTES + (gsize) self->n_frame > self->room)
    {
      self->room = FRAME_BYTES + (gsize) self->n_frame;
      self->frame = g_realloc (self->frame, self->room);
    }
  memcpy (self->frame, start, sizeof start);
  if (self->n_frame > 0 && !self->source (self->frame + FRAME_BYTES, self->n_frame, self->user_data, error))
    return FALSE;
  return parse_frame (self) || set_damaged ("a frame holds what is no value", error);
}

static gboolean
has_cells (const DumpReader *self, guint n, ...)
{
  va_list types;
  gboolean ok = self->n_cells == n;

  va_start (types, n);
  for (guint i = 0; ok && i < n; i++)
    ok = self->cells[i].type == va_arg (types, CellType);
  va_end (types);
  return ok;
}

static gboolean
take_label (const Cell *cell, char place[DUMP_NAME_MAX + 1])
{
  if (!label_is_valid (cell->bytes, cell->n_bytes))
    return FALSE;
  memcpy (place, cell->bytes, cell->n_bytes);
  place[cell->n_bytes] = '\0';
  return TRUE;
}

static gboolean
take_head (DumpReader *self, GError **error)
{
  DumpHead *head = &self->state.head;

  if (!take_frame (self, error))
    return FALSE;
  if (self->frame[0] != 'H'
      || !has_cells (self, HEAD_CELLS, CELL_INTEGER, CELL_INTEGER, CELL_TEXT, CELL_TEXT, CELL_TEXT)
      || self->cells[0].integer != DUMP_VERSION || self->cells[1].integer < 1 || self->cells[1].integer > G_MAXINT16
      || !take_label (&self->cells[2], head->vault_id) || !take_label (&self->cells[3], head->provider)
      || !take_label (&self->cells[4], head->made))
    return set_damaged ("its head is none, or of another version", error);
  head->schema = self->cells[1].integer;
  crypto_hash_sha256_update (&self->all, self->frame, FRAME_BYTES + self->n_frame);
  return TRUE;
}

DumpReader *
dump_reader_new (DumpSource source, gpointer user_data, GError **error)
{
  g_autoptr (DumpReader) self = g_new0 (DumpReader, 1);

  self->source = source;
  self->user_data = user_data;
  self->columns = g_ptr_array_new_with_free_func (g_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  crypto_hash_sha256_init (&self->all);
  return take_head (self, error) ? g_steal_pointer (&self) : NULL;
}

const DumpState *
dump_reader_get_state (const DumpReader *self)
{
  return &self->state;
}

static gboolean
begin_table (DumpReader *self, GError **error)
{
  DumpState *state = &self->state;

  if (self->in_table || self->n_cells < 2 || g_hash_table_size (self->names) >= DUMP_MAX_TABLES)
    return set_damaged ("a table begins where none can", error);
  for (guint i = 0; i < self->n_cells; i++)
    if (self->cells[i].type != CELL_TEXT || !name_is_valid (self->cells[i].bytes, self->cells[i].n_bytes))
      return set_damaged ("a table has a name that none has", error);
  g_free (self->name);
  self->name = g_strndup ((const char *) self->cells[0].bytes, self->cells[0].n_bytes);
  if (!g_hash_table_add (self->names, g_strdup (self->name)))
    return set_damaged ("a table is there twice", error);
  g_ptr_array_set_size (self->columns, 0);
  for (guint i = 1; i < self->n_cells; i++)
    g_ptr_array_add (self->columns, g_strndup ((const char *) self->cells[i].bytes, self->cells[i].n_bytes));
  g_ptr_array_add (self->columns, NULL);
  state->name = self->name;
  state->columns = (const char *const *) self->columns->pdata;
  state->n_columns = self->n_cells - 1;
  state->n_rows = 0;
  self->in_table = TRUE;
  crypto_hash_sha256_init (&self->table);
  crypto_hash_sha256_update (&self->table, self->frame, FRAME_BYTES + self->n_frame);
  return TRUE;
}

static gboolean
take_row (DumpReader *self, GError **error)
{
  if (!self->in_table || self->n_cells != self->state.n_columns || self->state.n_rows >= DUMP_MAX_ROWS)
    return set_damaged ("a row does not fit its table", error);
  self->state.n_rows++;
  self->state.cells = self->cells;
  crypto_hash_sha256_update (&self->table, self->frame, FRAME_BYTES + self->n_frame);
  return TRUE;
}

static gboolean
digest_fits (const Cell *cell, const guint8 digest[DUMP_DIGEST_BYTES])
{
  return cell->n_bytes == DUMP_DIGEST_BYTES && memcmp (cell->bytes, digest, DUMP_DIGEST_BYTES) == 0;
}

static gboolean
end_table (DumpReader *self, GError **error)
{
  DumpState *state = &self->state;

  crypto_hash_sha256_final (&self->table, state->table_digest);
  if (!self->in_table || !has_cells (self, 2, CELL_INTEGER, CELL_BLOB)
      || self->cells[0].integer != (gint64) state->n_rows || !digest_fits (&self->cells[1], state->table_digest))
    return set_damaged ("a table is not what its end says", error);
  self->in_table = FALSE;
  return TRUE;
}

static gboolean
take_seal (DumpReader *self, GError **error)
{
  DumpState *state = &self->state;

  if (!take_frame (self, error))
    return FALSE;
  if (self->frame[0] != 'S' || !has_cells (self, 2, CELL_BLOB, CELL_BLOB)
      || self->cells[0].n_bytes > DUMP_SEAL_MAX_BYTES || self->cells[1].n_bytes > DUMP_SEAL_MAX_BYTES)
    return set_damaged ("its seal is none", error);
  state->n_attestation = self->cells[0].n_bytes;
  state->n_signature = self->cells[1].n_bytes;
  memcpy (state->attestation, self->cells[0].bytes, state->n_attestation);
  memcpy (state->signature, self->cells[1].bytes, state->n_signature);
  return TRUE;
}

static gboolean
end_all (DumpReader *self, GError **error)
{
  crypto_hash_sha256_final (&self->all, self->state.digest);
  if (self->in_table || !has_cells (self, 2, CELL_INTEGER, CELL_BLOB)
      || self->cells[0].integer != (gint64) g_hash_table_size (self->names)
      || !digest_fits (&self->cells[1], self->state.digest))
    return set_damaged ("it is not what its end says", error);
  self->ended = TRUE;
  return take_seal (self, error);
}

gboolean
dump_reader_next (DumpReader *self, DumpEvent *ret_event, GError **error)
{
  g_return_val_if_fail (!self->ended, FALSE);

  if (!take_frame (self, error))
    return FALSE;
  if (self->frame[0] != 'Z')
    crypto_hash_sha256_update (&self->all, self->frame, FRAME_BYTES + self->n_frame);
  switch (self->frame[0])
    {
    case 'T':
      *ret_event = DUMP_TABLE;
      return begin_table (self, error);
    case 'R':
      *ret_event = DUMP_ROW;
      return take_row (self, error);
    case 'E':
      *ret_event = DUMP_TABLE_END;
      return end_table (self, error);
    case 'Z':
      *ret_event = DUMP_END;
      return end_all (self, error);
    default:
      return set_damaged ("a frame of an unknown kind", error);
    }
}

void
dump_reader_free (DumpReader *self)
{
  if (self == NULL)
    return;
  g_free (self->frame);
  g_free (self->name);
  g_ptr_array_unref (self->columns);
  g_hash_table_unref (self->names);
  g_free (self);
}
