/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a dump: what is read can be written again, and is then the same. */
#include <string.h>

#include "custody-error.h"
#include "dump.h"
#include "fuzz.h"

typedef struct
{
  const uint8_t *data;
  size_t size, used;
} Input;

static gboolean
take (void *bytes, gsize n_bytes, gpointer user_data, GError **error)
{
  Input *input = user_data;

  if (n_bytes > input->size - input->used)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED, "it ends");
      return FALSE;
    }
  memcpy (bytes, input->data + input->used, n_bytes);
  input->used += n_bytes;
  return TRUE;
}

static gboolean
keep (const void *bytes, gsize n_bytes, gpointer user_data, GError **error)
{
  g_byte_array_append (user_data, bytes, (guint) n_bytes);
  return TRUE;
}

static void
write_event (DumpWriter *writer, DumpEvent event, const DumpState *state)
{
  guint8 digest[DUMP_DIGEST_BYTES];

  switch (event)
    {
    case DUMP_TABLE:
      g_assert_true (dump_writer_begin_table (writer, state->name, state->columns, NULL));
      break;
    case DUMP_ROW:
      g_assert_true (dump_writer_add_row (writer, state->cells, state->n_columns, NULL));
      break;
    case DUMP_TABLE_END:
      g_assert_true (dump_writer_end_table (writer, NULL));
      break;
    case DUMP_END:
      g_assert_true (dump_writer_end (writer, digest, NULL));
      g_assert_cmpmem (digest, sizeof digest, state->digest, sizeof digest);
      g_assert_true (dump_writer_seal (writer, state->attestation, state->n_attestation, state->signature,
                                       state->n_signature, NULL));
      break;
    default:
      g_assert_not_reached ();
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Input input = { data, size, 0 };
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (DumpReader) reader = dump_reader_new (take, &input, &error);
  g_autoptr (DumpWriter) writer = NULL;
  DumpEvent event = DUMP_TABLE;

  if (reader != NULL)
    writer = dump_writer_new (keep, again, &dump_reader_get_state (reader)->head, NULL);
  while (writer != NULL && event != DUMP_END)
    {
      if (!dump_reader_next (reader, &event, &error))
        break;
      write_event (writer, event, dump_reader_get_state (reader));
    }
  if (error == NULL)
    g_assert_cmpmem (again->data, again->len, data, input.used);
  return 0;
}
