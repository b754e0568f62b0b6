/* SPDX-License-Identifier: Apache-2.0 */
/* container and dump: what comes out is what went in, or nothing does. */
#include <gio/gio.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "container-key.h"
#include "dump.h"

#define PURPOSE "test"
#define SEALED (CONTAINER_PIECE_BYTES + 17)

static const ContainerInfo info = { PURPOSE, "0f4c1b5e-0000-4000-8000-000000000001", "2026-11-23T00:00:00Z" };

static int
new_file (void)
{
  int fd = memfd_create ("container", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

/* Bytes that repeat at no piece's length. */
static guint8 *
make_content (gsize n)
{
  guint8 *bytes = g_malloc (n + 1);

  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8) (i * 7 + i / 251);
  return bytes;
}

static GByteArray *
make_container (gsize n, guint8 sha256[32])
{
  g_autofree guint8 *content = make_content (n);
  guint8 points[2 * CONTAINER_POINT_BYTES], other[CONTAINER_POINT_BYTES];
  g_autoptr (ContainerWriter) writer = NULL;
  g_autoptr (Secret) shared = NULL;
  g_autoptr (GError) error = NULL;
  GByteArray *bytes = g_byte_array_new ();
  int fd = new_file ();
  guint64 written = 0;

  test_point (points + CONTAINER_POINT_BYTES);
  /* Somebody else, first in the list. */
  shared = container_agree_fresh (points + CONTAINER_POINT_BYTES, other);
  memcpy (points, other, sizeof other);
  writer = container_writer_new (fd, &info, points, 2, &error);
  g_assert_no_error (error);
  for (gsize done = 0; done < n; done += MIN (n - done, 10007))
    g_assert_true (container_writer_add (writer, content + done, MIN (n - done, 10007), &error));
  g_assert_true (container_writer_finish (writer, sha256, &written, &error));
  g_byte_array_set_size (bytes, (guint) written);
  g_assert_cmpint (pread (fd, bytes->data, written, 0), ==, (gssize) written);
  close (fd);
  return bytes;
}

/* How many bytes can be taken out of @bytes before it ends in order; @error otherwise. */
static gssize
read_container (const guint8 *bytes, gsize n_bytes, const char *purpose, gsize n_wanted, guint8 *content,
                guint8 sha256[32], GError **error)
{
  int fd = new_file ();
  guint8 point[CONTAINER_POINT_BYTES];
  g_autoptr (ContainerReader) reader = NULL;
  guint64 n_read = 0;
  gssize taken = -1;

  g_assert_cmpint (write (fd, bytes, n_bytes), ==, (gssize) n_bytes);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  test_point (point);
  reader = container_reader_new (fd, purpose, point, test_agree, NULL, error);
  if (reader != NULL && container_reader_take (reader, content, n_wanted, error)
      && container_reader_finish (reader, sha256, &n_read, error))
    {
      g_assert_cmpstr (container_reader_get_info (reader)->vault_id, ==, info.vault_id);
      g_assert_cmpuint (n_read, ==, n_bytes);
      taken = (gssize) n_wanted;
    }
  close (fd);
  return taken;
}

static void
assert_refused (const guint8 *bytes, gsize n_bytes, gsize n_content)
{
  g_autofree guint8 *content = g_malloc (n_content + 1);
  g_autoptr (GError) error = NULL;
  guint8 sha256[32];

  g_assert_cmpint (read_container (bytes, n_bytes, PURPOSE, n_content, content, sha256, &error), ==, -1);
  g_assert_true (g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED)
                 || g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN));
}

static void
test_sizes (void)
{
  static const gsize sizes[] = { 0,
                                 1,
                                 CONTAINER_PIECE_BYTES - 1,
                                 CONTAINER_PIECE_BYTES,
                                 CONTAINER_PIECE_BYTES + 1,
                                 3 * CONTAINER_PIECE_BYTES,
                                 3 * CONTAINER_PIECE_BYTES + 5 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint8 written[32], read[32];
      g_autoptr (GByteArray) bytes = make_container (sizes[i], written);
      g_autofree guint8 *expected = make_content (sizes[i]), *content = g_malloc (sizes[i] + 2);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (read_container (bytes->data, bytes->len, PURPOSE, sizes[i], content, read, &error), ==,
                       (gssize) sizes[i]);
      g_assert_no_error (error);
      g_assert_cmpmem (expected, sizes[i], content, sizes[i]);
      g_assert_cmpmem (written, 32, read, 32);
      /* One byte more than there is, and one fewer: neither is its end. */
      g_assert_cmpint (read_container (bytes->data, bytes->len, PURPOSE, sizes[i] + 1, content, read, &error), ==, -1);
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED);
      g_clear_error (&error);
      if (sizes[i] > 0)
        g_assert_cmpint (read_container (bytes->data, bytes->len, PURPOSE, sizes[i] - 1, content, read, &error), ==,
                         -1);
    }
}

/* Cut at every piece's boundary, and a byte before and after it. */
static void
test_cuts (void)
{
  const gsize n = 3 * CONTAINER_PIECE_BYTES + 5;
  guint8 sha256[32];
  g_autoptr (GByteArray) bytes = make_container (n, sha256);
  gsize body = bytes->len - 3 * SEALED - (5 + 17);

  for (gsize piece = 0; piece <= 3; piece++)
    for (gssize by = -1; by <= 1; by++)
      assert_refused (bytes->data, body + piece * SEALED + (gsize) by, n);
  for (gsize cut = 0; cut < body; cut += 13)
    assert_refused (bytes->data, cut, n);
}

/* A bit of another value anywhere before the body, and at both ends of each piece. */
static void
test_flips (void)
{
  const gsize n = 2 * CONTAINER_PIECE_BYTES + 100;
  guint8 sha256[32];
  g_autoptr (GByteArray) bytes = make_container (n, sha256);
  gsize body = bytes->len - 2 * SEALED - (100 + 17);

  for (gsize i = 0; i < bytes->len; i += i < body ? 1 : i % 1000 == 0 ? 20011 : 1000 - i % 1000)
    {
      bytes->data[i] ^= 1 << (i % 8);
      assert_refused (bytes->data, bytes->len, n);
      bytes->data[i] ^= 1 << (i % 8);
    }
}

/* Pieces in another order, twice, or missing; something behind the end. */
static void
test_pieces (void)
{
  const gsize n = 3 * CONTAINER_PIECE_BYTES + 5;
  guint8 sha256[32];
  g_autoptr (GByteArray) bytes = make_container (n, sha256), other = make_container (n, sha256);
  g_autoptr (GByteArray) copy = g_byte_array_new ();
  gsize body = bytes->len - 3 * SEALED - (5 + 17);

  g_byte_array_append (copy, bytes->data, (guint) body);
  g_byte_array_append (copy, bytes->data + body + SEALED, SEALED);
  g_byte_array_append (copy, bytes->data + body, SEALED);
  g_byte_array_append (copy, bytes->data + body + 2 * SEALED, (guint) (bytes->len - body - 2 * SEALED));
  assert_refused (copy->data, copy->len, n);
  g_byte_array_set_size (copy, (guint) (body + SEALED));
  g_byte_array_append (copy, bytes->data + body, SEALED);
  assert_refused (copy->data, copy->len, n);
  g_byte_array_set_size (copy, 0);
  g_byte_array_append (copy, bytes->data, (guint) body);
  g_byte_array_append (copy, bytes->data + body + SEALED, (guint) (bytes->len - body - SEALED));
  assert_refused (copy->data, copy->len, n - CONTAINER_PIECE_BYTES);
  g_byte_array_set_size (copy, 0);
  g_byte_array_append (copy, bytes->data, bytes->len);
  g_byte_array_append (copy, (const guint8 *) "x", 1);
  assert_refused (copy->data, copy->len, n);
  /* The beginning of one with the body of another. */
  g_byte_array_set_size (copy, 0);
  g_byte_array_append (copy, other->data, (guint) body);
  g_byte_array_append (copy, bytes->data + body, (guint) (bytes->len - body));
  assert_refused (copy->data, copy->len, n);
}

static void
test_foreign (void)
{
  guint8 sha256[32], content[8];
  g_autoptr (GByteArray) bytes = make_container (8, sha256);
  g_autoptr (GError) error = NULL;
  guint8 points[CONTAINER_POINT_BYTES] = { 1 };
  int fd = new_file ();

  g_assert_cmpint (read_container (bytes->data, bytes->len, "other", 8, content, sha256, &error), ==, -1);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN);
  g_clear_error (&error);
  g_assert_cmpint (write (fd, bytes->data, bytes->len), ==, (gssize) bytes->len);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  g_assert_null (container_reader_new (fd, PURPOSE, points, test_agree, NULL, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN);
  /* What is not on the curve is no recipient. */
  g_clear_error (&error);
  g_assert_null (container_writer_new (fd, &info, points, 1, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED);
  close (fd);
}

/* --- dump ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  GByteArray *bytes;
  gsize used;
} Stream;

static gboolean
to_stream (const void *bytes, gsize n_bytes, gpointer user_data, GError **error)
{
  g_byte_array_append (((Stream *) user_data)->bytes, bytes, (guint) n_bytes);
  return TRUE;
}

static gboolean
from_stream (void *bytes, gsize n_bytes, gpointer user_data, GError **error)
{
  Stream *stream = user_data;

  if (n_bytes > stream->bytes->len - stream->used)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED, "it ends");
      return FALSE;
    }
  memcpy (bytes, stream->bytes->data + stream->used, n_bytes);
  stream->used += n_bytes;
  return TRUE;
}

static const DumpHead head = { 3, "vault", "swtpm", "2026-11-23T00:00:00Z" };
static const char *const columns[] = { "id", "value", NULL };

static void
write_dump (Stream *stream)
{
  const Cell row[] = { { .type = CELL_TEXT, .bytes = (const guint8 *) "見本", .n_bytes = 6 },
                       { .type = CELL_REAL, .real = 0.25 } };
  const Cell other[] = { { .type = CELL_INTEGER, .integer = G_MININT64 },
                         { .type = CELL_BLOB, .bytes = (const guint8 *) "\0\1", .n_bytes = 2 } };
  const Cell nothing[] = { { .type = CELL_NULL }, { .type = CELL_NULL } };
  g_autoptr (GError) error = NULL;
  g_autoptr (DumpWriter) writer = dump_writer_new (to_stream, stream, &head, &error);
  guint8 digest[DUMP_DIGEST_BYTES];

  g_assert_true (dump_writer_begin_table (writer, "first", columns, &error));
  g_assert_true (dump_writer_add_row (writer, row, 2, &error));
  g_assert_true (dump_writer_add_row (writer, other, 2, &error));
  g_assert_true (dump_writer_add_row (writer, nothing, 2, &error));
  g_assert_true (dump_writer_end_table (writer, &error));
  g_assert_true (dump_writer_begin_table (writer, "second", columns, &error));
  g_assert_true (dump_writer_end_table (writer, &error));
  g_assert_true (dump_writer_end (writer, digest, &error));
  g_assert_true (dump_writer_seal (writer, digest, 4, digest, 2, &error));
  g_assert_no_error (error);
}

static gboolean
read_all (Stream *stream, guint *ret_rows, GError **error)
{
  g_autoptr (DumpReader) reader = NULL;
  DumpEvent event = DUMP_TABLE;

  stream->used = 0;
  *ret_rows = 0;
  reader = dump_reader_new (from_stream, stream, error);
  while (reader != NULL && event != DUMP_END)
    {
      if (!dump_reader_next (reader, &event, error))
        return FALSE;
      *ret_rows += event == DUMP_ROW;
    }
  return reader != NULL;
}

static void
test_dump (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Stream stream = { bytes, 0 };
  g_autoptr (DumpReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  const DumpState *state;
  DumpEvent event;

  write_dump (&stream);
  reader = dump_reader_new (from_stream, &stream, &error);
  g_assert_no_error (error);
  state = dump_reader_get_state (reader);
  g_assert_cmpint (state->head.schema, ==, 3);
  g_assert_cmpstr (state->head.provider, ==, "swtpm");
  g_assert_true (dump_reader_next (reader, &event, &error) && event == DUMP_TABLE);
  g_assert_cmpstr (state->name, ==, "first");
  g_assert_cmpstr (state->columns[1], ==, "value");
  g_assert_true (dump_reader_next (reader, &event, &error) && event == DUMP_ROW);
  g_assert_cmpmem (state->cells[0].bytes, state->cells[0].n_bytes, "見本", 6);
  g_assert_cmpfloat (state->cells[1].real, ==, 0.25);
  g_assert_true (dump_reader_next (reader, &event, &error) && event == DUMP_ROW);
  g_assert_cmpint (state->cells[0].integer, ==, G_MININT64);
  g_assert_cmpmem (state->cells[1].bytes, state->cells[1].n_bytes, "\0\1", 2);
  g_assert_true (dump_reader_next (reader, &event, &error) && event == DUMP_ROW);
  g_assert_true (dump_reader_next (reader, &event, &error) && event == DUMP_TABLE_END);
  g_assert_cmpuint (state->n_rows, ==, 3);
  g_assert_true (dump_reader_next (reader, &event, &error) && event == DUMP_TABLE);
  g_assert_true (dump_reader_next (reader, &event, &error) && event == DUMP_TABLE_END);
  g_assert_true (dump_reader_next (reader, &event, &error) && event == DUMP_END);
  g_assert_cmpuint (state->n_attestation, ==, 4);
  g_assert_cmpuint (state->n_signature, ==, 2);
  g_assert_cmpuint (stream.used, ==, bytes->len);
}

/* Before the seal each byte is under a digest: any other value of it, and any cut, is refused. The seal is the TPM's to check. */
static void
test_dump_damage (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Stream stream = { bytes, 0 };
  guint rows, seal;

  write_dump (&stream);
  seal = bytes->len - (5 + 5 + 4 + 5 + 2);
  for (guint i = 0; i < seal; i++)
    {
      g_autoptr (GError) error = NULL;

      bytes->data[i] ^= 1 << (i % 8);
      g_assert_false (read_all (&stream, &rows, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED);
      bytes->data[i] ^= 1 << (i % 8);
    }
  while (bytes->len > 0)
    {
      g_autoptr (GError) error = NULL;

      g_byte_array_set_size (bytes, bytes->len - 1);
      g_assert_false (read_all (&stream, &rows, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED);
    }
}

/* What no dump can hold is not written: half a character, a zero byte in a text, a number that is none. */
static void
test_dump_refuses (void)
{
  const Cell bad[] = { { .type = CELL_TEXT, .bytes = (const guint8 *) "\xe8\xa6", .n_bytes = 2 },
                       { .type = CELL_TEXT, .bytes = (const guint8 *) "a\0b", .n_bytes = 3 },
                       { .type = CELL_REAL, .real = NAN },
                       { .type = CELL_BLOB, .bytes = (const guint8 *) "", .n_bytes = CELL_MAX_BYTES + 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      Stream stream = { bytes, 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (DumpWriter) writer = dump_writer_new (to_stream, &stream, &head, &error);
      const Cell row[] = { { .type = CELL_NULL }, bad[i] };

      g_assert_true (dump_writer_begin_table (writer, "first", columns, &error));
      g_assert_false (dump_writer_add_row (writer, row, 2, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add_func ("/container/sizes", test_sizes);
  g_test_add_func ("/container/cuts", test_cuts);
  g_test_add_func ("/container/flips", test_flips);
  g_test_add_func ("/container/pieces", test_pieces);
  g_test_add_func ("/container/foreign", test_foreign);
  g_test_add_func ("/dump/round-trip", test_dump);
  g_test_add_func ("/dump/damage", test_dump_damage);
  g_test_add_func ("/dump/refuses", test_dump_refuses);
  return g_test_run ();
}
