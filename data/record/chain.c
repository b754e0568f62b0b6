/* SPDX-License-Identifier: Apache-2.0 */
/* chain: the hash over an entry. */
#include "chain.h"

#include <sodium.h>
#include <string.h>

#define CHAIN_CONTEXT "azukari record v1"
#define CODE_MAX 128

gboolean
chain_code_is_valid (const char *code)
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
void
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

const char *
chain_find_detail (const char *detail, const char *key)
{
  const gsize n = strlen (key);

  for (const char *line = detail; line != NULL && *line != '\0';)
    {
      const char *end = strchr (line, '\n');

      if (strncmp (line, key, n) == 0 && line[n] == '=')
        return line + n + 1;
      line = end != NULL ? end + 1 : NULL;
    }
  return NULL;
}
