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
record_set_end (Store *store, const guint8 head[ENTRY_HASH_BYTES], guint64 length, GError **error)
{
  return set_head (store, head, length, error);
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

static GString *
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
  return g_steal_pointer (&detail);
}

static void
add_digest (GString *detail, const char *key, const guint8 digest[SEALS_DIGEST_BYTES])
{
  g_string_append_printf (detail, "%s=", key);
  for (guint i = 0; i < SEALS_DIGEST_BYTES; i++)
    g_string_append_printf (detail, "%02x", digest[i]);
  g_string_append_c (detail, '\n');
}

/* What the entry stands for, after what it says. */
static gboolean
add_seals (Store *store, guint64 seq, GString *detail, GError **error)
{
  SealsTaken taken;

  if (!seals_take (store, seq, &taken, error))
    return FALSE;
  if (taken.rows > 0)
    add_digest (detail, taken.all ? RECORD_ALL_ROWS : RECORD_ROWS, taken.digest);
  if (taken.state > 0)
    g_string_append_printf (detail, RECORD_STATE "=%" G_GUINT64_FORMAT "\n", taken.state);
  return TRUE;
}

gboolean
record_append (Store *store, GError **error, const char *actor, const char *action, const char *subject, ...)
{
  g_auto (Entry) entry = { 0 };
  guint8 head[ENTRY_HASH_BYTES];
  guint64 length;
  g_autoptr (GString) detail = NULL;
  va_list pairs;

  va_start (pairs, subject);
  detail = detail_format (pairs);
  va_end (pairs);
  if (detail == NULL || !chain_code_is_valid (actor) || !chain_code_is_valid (action) || !chain_code_is_valid (subject))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "record: only ids and codes may stand in it");
      return FALSE;
    }
  if (!record_get_length (store, &length, error) || !record_get_head (store, head, error)
      || !add_seals (store, length + 1, detail, error))
    return FALSE;
  entry.seq = length + 1;
  entry.detail = g_string_free (g_steal_pointer (&detail), FALSE);
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
  RecordFacts *facts;
} Walk;

void
record_facts_clear (RecordFacts *self)
{
  g_clear_pointer (&self->rows, g_array_unref);
}

static gboolean
parse_digest (const char *hex, guint8 digest[SEALS_DIGEST_BYTES])
{
  for (guint i = 0; i < SEALS_DIGEST_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]), low = high < 0 ? -1 : g_ascii_xdigit_value (hex[2 * i + 1]);

      if (low < 0)
        return FALSE;
      digest[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

static gboolean
set_tampered (guint64 seq, const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "record: entry %" G_GUINT64_FORMAT " %s", seq, what);
  return FALSE;
}

static gboolean
note_rows (RecordFacts *facts, const Entry *entry, GError **error)
{
  const char *all = chain_find_detail (entry->detail, RECORD_ALL_ROWS);
  const char *rows = all != NULL ? all : chain_find_detail (entry->detail, RECORD_ROWS);
  SealsEntry said = { .seq = entry->seq };

  if (rows == NULL)
    return TRUE;
  if (!parse_digest (rows, said.digest))
    return set_tampered (entry->seq, "has no digest of its rows", error);
  if (all != NULL)
    {
      g_array_set_size (facts->rows, 0);
      facts->is_covered = TRUE;
    }
  g_array_append_val (facts->rows, said);
  return TRUE;
}

static gboolean
note_state (RecordFacts *facts, const Entry *entry, GError **error)
{
  const char *state = chain_find_detail (entry->detail, RECORD_STATE);
  guint64 value;

  if (state == NULL)
    return TRUE;
  value = g_ascii_strtoull (state, NULL, 10);
  if (value <= facts->state && !g_str_equal (entry->action, AUDIT_ACCEPTED))
    return set_tampered (entry->seq, "has a state that is older than the one before", error);
  facts->state = value;
  facts->state_entry = entry->seq;
  return TRUE;
}

static gboolean
walk_entry (const Entry *entry, gpointer user_data, GError **error)
{
  Walk *walk = user_data;
  g_autoptr (GError) problem = NULL;
  Attestation attestation;

  if (!audit_add (&walk->facts->audit, entry, error) || !note_rows (walk->facts, entry, error)
      || !note_state (walk->facts, entry, error))
    return FALSE;
  if (!g_str_equal (entry->action, AUDIT_CHECKPOINT))
    return TRUE;
  /* One that is missing is named by the audit. */
  if (checkpoints_get (walk->store, entry->seq, &attestation, &problem))
    return audit_add_checkpoint (&walk->facts->audit, &attestation, error);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
record_read (Store *store, const guint8 key[ATTESTATION_KEY_BYTES], RecordFacts *ret_facts, GError **error)
{
  Walk walk = { store, ret_facts };
  Audit *audit = &ret_facts->audit;
  guint8 head[ENTRY_HASH_BYTES];
  guint64 length, n_checkpoints;

  *ret_facts = (RecordFacts){ .rows = g_array_new (FALSE, FALSE, sizeof (SealsEntry)) };
  audit_begin (audit, key);
  if (!entries_foreach (store, 0, G_MAXINT64, G_MAXUINT, walk_entry, &walk, error) || !audit_end (audit, error))
    return FALSE;
  ret_facts->is_whole = TRUE;
  if (!record_get_length (store, &length, error) || !record_get_head (store, head, error)
      || !checkpoints_count (store, &n_checkpoints, error))
    return FALSE;
  if (audit->length != length || memcmp (audit->head, head, ENTRY_HASH_BYTES) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
                   "record: %" G_GUINT64_FORMAT " entries stand where there were %" G_GUINT64_FORMAT, audit->length,
                   length);
      return FALSE;
    }
  if (audit->n_checkpoints != n_checkpoints)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "record: there are attestations of no entry");
      return FALSE;
    }
  return TRUE;
}

gboolean
record_verify (Store *store, const guint8 key[ATTESTATION_KEY_BYTES], Audit *ret_audit, GError **error)
{
  g_auto (RecordFacts) facts = { 0 };
  gboolean ok = record_read (store, key, &facts, error);

  *ret_audit = facts.audit;
  return ok;
}

/* --- the end --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  guint64 expected, state, state_entry;
  guint8 head[ENTRY_HASH_BYTES];
} End;

static gboolean
walk_end (const Entry *entry, gpointer user_data, GError **error)
{
  End *end = user_data;
  const char *state = chain_find_detail (entry->detail, RECORD_STATE);
  guint8 hash[ENTRY_HASH_BYTES];

  chain_hash (end->head, entry, hash);
  if (entry->seq != end->expected
      || (entry->seq > end->state_entry && memcmp (hash, entry->hash, ENTRY_HASH_BYTES) != 0))
    return set_tampered (end->expected, "does not fit the chain", error);
  if ((entry->seq == end->state_entry) != (state != NULL)
      || (state != NULL && g_ascii_strtoull (state, NULL, 10) != end->state))
    return set_tampered (entry->seq, "is not of the state that the settings say", error);
  memcpy (end->head, entry->hash, ENTRY_HASH_BYTES);
  end->expected++;
  return TRUE;
}

gboolean
record_check_end (Store *store, guint64 state, guint64 state_entry, GError **error)
{
  End end = { .expected = state_entry, .state = state, .state_entry = state_entry };
  guint8 head[ENTRY_HASH_BYTES];
  guint64 length;

  if (!entries_foreach (store, state_entry, G_MAXINT64, G_MAXUINT, walk_end, &end, error)
      || !record_get_length (store, &length, error) || !record_get_head (store, head, error))
    return FALSE;
  if (end.expected != length + 1 || memcmp (end.head, head, ENTRY_HASH_BYTES) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
                   "record: its end was cut off, or entry %" G_GUINT64_FORMAT " is not the last", length);
      return FALSE;
    }
  return TRUE;
}
