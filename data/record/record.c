/* SPDX-License-Identifier: Apache-2.0 */
/* record: appending to the chain and walking it. */
#include "record.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"

#define META_HEAD "record-head"
#define META_LENGTH "record-length"
#define CHAIN_CONTEXT "azukari record v1"
#define CODE_MAX 128

char *
record_now (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
}

gboolean
record_code_is_valid (const char *code)
{
  gsize n = strlen (code), n_digits = 0;

  if (n > CODE_MAX)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      if (!g_ascii_isalnum (code[i]) && strchr ("._:/+-,", code[i]) == NULL)
        return FALSE;
      n_digits += g_ascii_isdigit (code[i]);
    }
  /* Twelve bare digits would be a number, whatever they were meant to be. */
  return !(n == 12 && n_digits == 12);
}

static void
hash_text (crypto_generichash_state *state, const char *text)
{
  guint32 n_bytes = GUINT32_TO_BE ((guint32) strlen (text));

  crypto_generichash_update (state, (const guint8 *) &n_bytes, sizeof n_bytes);
  crypto_generichash_update (state, (const guint8 *) text, strlen (text));
}

/* Canonical form: every field with its length before it, numbers big endian. */
static void
chain_hash (const guint8 before[ENTRY_HASH_BYTES], const Entry *entry, guint8 ret_hash[ENTRY_HASH_BYTES])
{
  crypto_generichash_state state;
  guint64 seq = GUINT64_TO_BE (entry->seq);

  crypto_generichash_init (&state, NULL, 0, ENTRY_HASH_BYTES);
  crypto_generichash_update (&state, (const guint8 *) CHAIN_CONTEXT, sizeof CHAIN_CONTEXT);
  crypto_generichash_update (&state, before, ENTRY_HASH_BYTES);
  crypto_generichash_update (&state, (const guint8 *) &seq, sizeof seq);
  hash_text (&state, entry->time);
  hash_text (&state, entry->actor);
  hash_text (&state, entry->action);
  hash_text (&state, entry->subject);
  hash_text (&state, entry->detail);
  crypto_generichash_final (&state, ret_hash, ENTRY_HASH_BYTES);
}

static gboolean
get_head (Store *store, guint8 ret_head[ENTRY_HASH_BYTES], GError **error)
{
  g_autoptr (Secret) head = store_get_meta_bytes (store, META_HEAD, error);

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
  return store_set_meta_bytes (store, META_HEAD, head, ENTRY_HASH_BYTES, error)
         && store_set_meta_number (store, META_LENGTH, length, error);
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
  return store_get_meta_number (store, META_LENGTH, ret_length, error);
}

static char *
detail_format (va_list pairs)
{
  g_autoptr (GString) detail = g_string_new (NULL);
  const char *key;

  while ((key = va_arg (pairs, const char *)) != NULL)
    {
      const char *value = va_arg (pairs, const char *);

      if (!record_code_is_valid (key) || !record_code_is_valid (value))
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
  if (entry.detail == NULL || !record_code_is_valid (actor) || !record_code_is_valid (action)
      || !record_code_is_valid (subject))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "record: only ids and codes may stand in it");
      return FALSE;
    }
  if (!record_get_length (store, &length, error) || !get_head (store, head, error))
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
  guint8 head[ENTRY_HASH_BYTES];
  guint64 length;
} Walk;

static gboolean
walk_entry (const Entry *entry, gpointer user_data, GError **error)
{
  Walk *walk = user_data;
  guint8 expected[ENTRY_HASH_BYTES];

  chain_hash (walk->head, entry, expected);
  if (entry->seq != walk->length + 1 || memcmp (expected, entry->hash, ENTRY_HASH_BYTES) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
                   "record: entry %" G_GUINT64_FORMAT " does not fit the chain", walk->length + 1);
      return FALSE;
    }
  memcpy (walk->head, expected, ENTRY_HASH_BYTES);
  walk->length++;
  return TRUE;
}

gboolean
record_verify (Store *store, guint64 *ret_length, GError **error)
{
  Walk walk = { 0 };
  guint8 head[ENTRY_HASH_BYTES];
  guint64 length;

  if (!entries_foreach (store, 0, G_MAXINT64, G_MAXUINT, walk_entry, &walk, error)
      || !record_get_length (store, &length, error) || !get_head (store, head, error))
    return FALSE;
  if (walk.length != length || memcmp (walk.head, head, ENTRY_HASH_BYTES) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED,
                   "record: %" G_GUINT64_FORMAT " entries stand where there were %" G_GUINT64_FORMAT, walk.length,
                   length);
      return FALSE;
    }
  *ret_length = length;
  return TRUE;
}
