/* SPDX-License-Identifier: Apache-2.0 */
/* dump: all rows of a database as a stream that any later version can read, without SQL and without keys.
 *
 * Layout (azukari-backup(5)), numbers little endian. Frames: kind (1 byte), size (4 bytes), and so many bytes of values.
 *
 *   'H' once    format's version, schema's version, vault id, provider, time made
 *   'T'         a table begins: its name, then its columns' names
 *   'R'         a row of it: as many values as columns
 *   'E'         the table ends: number of rows, SHA-256 over the bytes of its frames from 'T' on
 *   'Z' once    all tables end: number of tables, SHA-256 over everything before this frame
 *   'S' once    the seal: two blobs, what a TPM attested about dump_seal_head () and its signature; both empty without one
 *
 * A value: its type (1 byte: 0 nothing, 1 integer, 2 real, 3 text, 4 blob), then 8 bytes for a number, or 4 bytes of size and the
 * bytes. There is one way to write each stream: readers refuse any other.
 *
 * Any thread, one at a time. Errors: those of sink and source, and CUSTODY_ERROR_BACKUP_DAMAGED. */
#pragma once

#include "cell.h"

G_BEGIN_DECLS

#define DUMP_VERSION 1
#define DUMP_DIGEST_BYTES 32
#define DUMP_MAX_FRAME_BYTES (512 * 1024)
#define DUMP_MAX_TABLES 64
#define DUMP_MAX_ROWS 10000000
#define DUMP_NAME_MAX 64
#define DUMP_SEAL_MAX_BYTES 512

typedef struct
{
  gint64 schema;
  char vault_id[DUMP_NAME_MAX + 1];
  char provider[DUMP_NAME_MAX + 1];
  char made[DUMP_NAME_MAX + 1]; /* RFC 3339 */
} DumpHead;

typedef gboolean (*DumpSink) (const void *bytes, gsize n_bytes, gpointer user_data, GError **error);

typedef struct _DumpWriter DumpWriter;

DumpWriter *dump_writer_new (DumpSink sink, gpointer user_data, const DumpHead *head, GError **error);
/** dump_writer_begin_table: names are of a-z, digits, - and _; columns ends with %NULL. */
gboolean dump_writer_begin_table (DumpWriter *self, const char *name, const char *const *columns, GError **error);
gboolean dump_writer_add_row (DumpWriter *self, const Cell *cells, guint n_cells, GError **error);
gboolean dump_writer_end_table (DumpWriter *self, GError **error);
/** dump_writer_get_table_digest: of the table that was ended last, DUMP_DIGEST_BYTES. */
const guint8 *dump_writer_get_table_digest (const DumpWriter *self);
/** dump_writer_end: @ret_digest: (out): what dump_seal_head () takes. */
gboolean dump_writer_end (DumpWriter *self, guint8 ret_digest[DUMP_DIGEST_BYTES], GError **error);
/** dump_writer_seal: the last frame; @attestation and @signature may be empty. */
gboolean dump_writer_seal (DumpWriter *self, const guint8 *attestation, gsize n_attestation, const guint8 *signature,
                           gsize n_signature, GError **error);
void dump_writer_free (DumpWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DumpWriter, dump_writer_free)

/** dump_seal_head: what is attested for a dump: never the head of a record. */
void dump_seal_head (const guint8 digest[DUMP_DIGEST_BYTES], guint8 ret_head[DUMP_DIGEST_BYTES]);

/* Fills exactly @n_bytes. */
typedef gboolean (*DumpSource) (void *bytes, gsize n_bytes, gpointer user_data, GError **error);

typedef enum
{
  DUMP_TABLE,     /* name and columns are set */
  DUMP_ROW,       /* cells and n_cells are set */
  DUMP_TABLE_END, /* n_rows and table_digest are set */
  DUMP_END,       /* digest and seal are set; nothing follows */
} DumpEvent;

/* Of the latest event; borrowed until the next. */
typedef struct
{
  DumpHead head;
  const char *name;
  const char *const *columns; /* %NULL-terminated */
  guint n_columns;
  const Cell *cells;
  guint64 n_rows;
  guint8 table_digest[DUMP_DIGEST_BYTES];
  guint8 digest[DUMP_DIGEST_BYTES];
  guint8 attestation[DUMP_SEAL_MAX_BYTES], signature[DUMP_SEAL_MAX_BYTES];
  gsize n_attestation, n_signature; /* 0: it has no seal */
} DumpState;

typedef struct _DumpReader DumpReader;

/** dump_reader_new: reads the head. */
DumpReader *dump_reader_new (DumpSource source, gpointer user_data, GError **error);
/** dump_reader_get_state: the same pointer for the reader's life. */
const DumpState *dump_reader_get_state (const DumpReader *self);
/** dump_reader_next: not after DUMP_END. Digests are checked as they come. */
gboolean dump_reader_next (DumpReader *self, DumpEvent *ret_event, GError **error);
void dump_reader_free (DumpReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DumpReader, dump_reader_free)

G_END_DECLS
