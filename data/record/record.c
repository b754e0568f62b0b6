/* SPDX-License-Identifier: Apache-2.0 */
/* record: appending to the chain and walking it. */
#include "record.h"

#include <string.h>

#include "audit.h"
#include "checkpoints.h"
#include "custody-error.h"

char *
record_now (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
}

gboolean
record_get_head (Store *store, guint8 ret_head[ENTRY_HASH_BYTES], GError **error)
{
  g_autoptr (Secret) head = store_get_meta_bytes (store, RECORD_META_HEAD, error);

  if (head == NULL)
    return FALSE;
  if (secret_get_size (head) != ENTRY_HASH_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "record: the head has the wrong size");
      return FALSE;
    }
  memcpy (ret_head, secret_get_data (head, NULL), ENTRY_HASH_BYTES);
  return TRUE;
}

static gboolean
set_head (Store *store, const guint8 head[ENTRY_HASH_BYTES], guint64 length, GError **error)
{
  return store_set_meta_bytes (store, RECORD_META_HEAD, head, ENTRY_HASH_BYTES, error)
         && store_set_meta_number (store, RECORD_META_LENGTH, length, error);
}

gboolean
record_start (Store *store, GError **error)
{
  const guint8 nothing[ENTRY_HASH_BYTES] = { 0 };

  return set_head (store, nothing, 0, error);
}

gboolean
record_get_length (Store *store, guint64 *ret_length, GError **error)
{
  return store_get_meta_number (store, RECORD_META_LENGTH, ret_length, error);
}

static char *
detail_format (va_list pairs)
{
  g_autoptr (GString) detail = g_string_new (NULL);
  const char *key;

  while ((key = va_arg (pairs, const char *)) != NULL)
    {
      const char *value = va_arg (pairs, const char *);

      if (!chain_code_is_valid (key) || !chain_code_is_valid (value))
        return NULL;
      g_string_append_printf (detail, "%s=%s\n", key, value);
    }
  return g_string_free (g_steal_pointer (&detail), FALSE);
}

gboolean
record_append (Store *store, GError **error, const char *actor, const char *action, const char *subject, ...)
{
  g_auto (Entry) entry = { 0 };
  guint8 head[ENTRY_HASH_BYTES];
  guint64 length;
  va_list pairs;

  va_start (pairs, subject);
  entry.detail = detail_format (pairs);
  va_end (pairs);
  if (entry.detail == NULL || !chain_code_is_valid (actor) || !chain_code_is_valid (action)
      || !chain_code_is_valid (subject))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "record: only ids and codes may stand in it");
      return FALSE;
    }
  if (!record_get_length (store, &length, error) || !record_get_head (store, head, error))
    return FALSE;
  entry.seq = length + 1;
  entry.time = record_now ();
  entry.actor = g_strdup (actor);
  entry.action = g_strdup (action);
  entry.subject = g_strdup (subject);
  chain_hash (head, &entry, entry.hash);
  return entries_insert (store, &entry, error) && set_head (store, entry.hash, entry.seq, error);
}

/* --- verifying ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  Store *store;
  Audit *audit;
} Walk;

static gboolean
walk_entry (const Entry *entry, gpointer user_data, GError **error)
{
  Walk *walk = user_data;
  g_autoptr (GError) problem = NULL;
  Attestation attestation;

  if (!audit_add (walk->audit, entry, error))
    return FALSE;
  if (!g_str_equal (entry->action, AUDIT_CHECKPOINT))
    return TRUE;
  /* One that is missing is named by the audit. */
  if (checkpoints_get (walk->store, entry->seq, &attestation, &problem))
    return audit_add_checkpoint (walk->audit, &attestation, error);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
record_verify (Store *store, const guint8 key[ATTESTATION_KEY_BYTES], Audit *ret_audit, GError **error)
{
  Walk walk = { store, ret_audit };
  guint8 head[ENTRY_HASH_BYTES];
  guint64 length, n_checkpoints;

  audit_begin (ret_audit, key);
  if (!entries_foreach (store, 0, G_MAXINT64, G_MAXUINT, walk_entry, &walk, error) || !audit_end (ret_audit, error)
      || !record_get_length (store, &length, error) || !record_get_head (store, head, error)
      || !checkpoints_count (store, &n_checkpoints, error))
    return FALSE;
  if (ret_audit->length != length || memcmp (ret_audit->head, head, ENTRY_HASH_BYTES) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
                   "record: %" G_GUINT64_FORMAT " entries stand where there were %" G_GUINT64_FORMAT, ret_audit->length,
                   length);
      return FALSE;
    }
  if (ret_audit->n_checkpoints != n_checkpoints)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "record: there are attestations of no entry");
      return FALSE;
    }
  return TRUE;
}
