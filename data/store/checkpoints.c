/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoints: SQL of the attestations. */
#include "checkpoints.h"

#include <string.h>

#include "checkpoints-private.h"
#include "custody-error.h"

gboolean
checkpoints_insert (Store *store, guint64 seq, const Attestation *attestation, GError **error)
{
  return store_run (store, error, "INSERT INTO checkpoints (seq, attestation, signature) VALUES (?, ?, ?)", "tzz",
                    (gint64) seq, attestation->bytes, attestation->n_bytes, attestation->signature,
                    (gsize) ATTESTATION_SIGNATURE_BYTES);
}

gboolean
checkpoints_take (Store *store, sqlite3_stmt *statement, guint64 seq, Attestation *ret_attestation, GError **error)
{
  int n_bytes;

  if (store_step (store, statement, error) != 1)
    return FALSE;
  n_bytes = sqlite3_column_bytes (statement, 0);
  if (n_bytes <= 0 || n_bytes > ATTESTATION_MAX_BYTES
      || sqlite3_column_bytes (statement, 1) != ATTESTATION_SIGNATURE_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
                   "record: the checkpoint at %" G_GUINT64_FORMAT " has the wrong size", seq);
      return FALSE;
    }
  memcpy (ret_attestation->bytes, sqlite3_column_blob (statement, 0), (gsize) n_bytes);
  ret_attestation->n_bytes = (gsize) n_bytes;
  memcpy (ret_attestation->signature, sqlite3_column_blob (statement, 1), ATTESTATION_SIGNATURE_BYTES);
  return TRUE;
}

gboolean
checkpoints_get (Store *store, guint64 seq, Attestation *ret_attestation, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT attestation, signature FROM checkpoints WHERE seq = ?", "t",
                     (gint64) MIN (seq, G_MAXINT64));

  return statement != NULL && checkpoints_take (store, statement, seq, ret_attestation, error);
}

static gboolean
get_number (Store *store, const char *sql, guint64 *ret_number, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, sql, "");

  if (statement == NULL || store_step (store, statement, error) != 1)
    return FALSE;
  *ret_number = (guint64) sqlite3_column_int64 (statement, 0);
  return TRUE;
}

gboolean
checkpoints_count (Store *store, guint64 *ret_count, GError **error)
{
  return get_number (store, "SELECT count (*) FROM checkpoints", ret_count, error);
}

gboolean
checkpoints_get_last (Store *store, guint64 *ret_seq, GError **error)
{
  return get_number (store, "SELECT ifnull (max (seq), 0) FROM checkpoints", ret_seq, error);
}

gboolean
checkpoints_remove_after (Store *store, guint64 seq, GError **error)
{
  return store_run (store, error, "DELETE FROM checkpoints WHERE seq > ?", "t", (gint64) MIN (seq, G_MAXINT64));
}
