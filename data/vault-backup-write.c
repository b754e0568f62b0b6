/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the database as a dump in a container. */
#include "vault-backup-private.h"

#include "checkpoints.h"
#include "custody-error.h"
#include "record.h"
#include "tables.h"

static gboolean
add_row (const Cell *cells, guint n_cells, gpointer user_data, GError **error)
{
  return dump_writer_add_row (user_data, cells, n_cells, error);
}

static gboolean
write_table (Vault *self, DumpWriter *writer, const char *table, GError **error)
{
  g_auto (GStrv) columns = tables_list_columns (self->store, table, error);

  return columns != NULL && dump_writer_begin_table (writer, table, (const char *const *) columns, error)
         && tables_foreach (self->store, table, NULL, add_row, writer, error) && dump_writer_end_table (writer, error);
}

static gboolean
write_tables (Vault *self, DumpWriter *writer, guint8 ret_digest[DUMP_DIGEST_BYTES], GError **error)
{
  g_autoptr (GPtrArray) tables = tables_list (self->store, error);

  for (guint i = 0; tables != NULL && i < tables->len; i++)
    if (!write_table (self, writer, g_ptr_array_index (tables, i), error))
      return FALSE;
  return tables != NULL && dump_writer_end (writer, ret_digest, error);
}

static gboolean
fill_head (Vault *self, const char *made, DumpHead *ret_head, GError **error)
{
  int schema;

  if (!store_get_schema (self->store, &schema, error))
    return FALSE;
  *ret_head = (DumpHead){ .schema = schema };
  g_strlcpy (ret_head->vault_id, keys_get_vault_id (self->keys), sizeof ret_head->vault_id);
  g_strlcpy (ret_head->provider, keys_get_provider (self->keys), sizeof ret_head->provider);
  g_strlcpy (ret_head->made, made, sizeof ret_head->made);
  return TRUE;
}

/* The TPM says that this vault made it: whoever knows our public keys could write a container. */
static gboolean
write_seal (Vault *self, DumpWriter *writer, const guint8 digest[DUMP_DIGEST_BYTES], GError **error)
{
  guint8 head[DUMP_DIGEST_BYTES];
  Attestation attestation;

  dump_seal_head (digest, head);
  return keys_certify (self->keys, self->counter_auth, head, &attestation, error)
         && dump_writer_seal (writer, attestation.bytes, attestation.n_bytes, attestation.signature,
                              ATTESTATION_SIGNATURE_BYTES, error);
}

static gboolean
to_container (const void *bytes, gsize n_bytes, gpointer user_data, GError **error)
{
  return container_writer_add (user_data, bytes, n_bytes, error);
}

gboolean
vault_backup_sign_record (Vault *self, GError **error)
{
  guint64 length, last;

  return record_get_length (self->store, &length, error) && checkpoints_get_last (self->store, &last, error)
         && (length == last || vault_checkpoint (self, error));
}

gboolean
vault_backup_write (Vault *self, int fd, const char *purpose, const guint8 *points, guint n_points, GError **error)
{
  g_autofree char *made = record_now ();
  ContainerInfo info = { .purpose = "" };
  g_autoptr (ContainerWriter) container = NULL;
  g_autoptr (DumpWriter) writer = NULL;
  DumpHead head;
  guint8 digest[DUMP_DIGEST_BYTES], sha256[32];
  guint64 n_bytes;

  g_strlcpy (info.purpose, purpose, sizeof info.purpose);
  g_strlcpy (info.vault_id, keys_get_vault_id (self->keys), sizeof info.vault_id);
  g_strlcpy (info.made, made, sizeof info.made);
  if (!fill_head (self, made, &head, error))
    return FALSE;
  container = container_writer_new (fd, &info, points, n_points, error);
  writer = container != NULL ? dump_writer_new (to_container, container, &head, error) : NULL;
  return writer != NULL && write_tables (self, writer, digest, error) && write_seal (self, writer, digest, error)
         && container_writer_finish (container, sha256, &n_bytes, error);
}

/* --- digests alone --------------------------------------------------------------------------------------------------- */

static gboolean
to_nowhere (const void *bytes, gsize n_bytes, gpointer user_data, GError **error)
{
  return TRUE;
}

GHashTable *
vault_backup_digest_tables (Vault *self, GError **error)
{
  g_autoptr (GHashTable) digests =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) tables = tables_list (self->store, error);
  g_autoptr (DumpWriter) writer = NULL;
  DumpHead head;

  if (tables == NULL || !fill_head (self, "-", &head, error))
    return NULL;
  writer = dump_writer_new (to_nowhere, NULL, &head, error);
  for (guint i = 0; writer != NULL && i < tables->len; i++)
    {
      const char *table = g_ptr_array_index (tables, i);

      if (!write_table (self, writer, table, error))
        return NULL;
      g_hash_table_insert (digests, g_strdup (table),
                           g_bytes_new (dump_writer_get_table_digest (writer), DUMP_DIGEST_BYTES));
    }
  return writer != NULL ? g_steal_pointer (&digests) : NULL;
}
