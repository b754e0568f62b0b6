/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: which part of the people each admin may handle, as a digest that outlives the database. */
#include "keys-private.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"

#define CONTEXT "azukari scope v1"

G_STATIC_ASSERT (AUTH_BYTES >= crypto_generichash_KEYBYTES_MIN && AUTH_BYTES <= crypto_generichash_KEYBYTES_MAX);

static void
make_tag (const Keyset *keyset, const char *admin_id, const char *scope, const Secret *epoch_secret,
          guint8 ret_tag[KEYSET_SCOPE_BYTES])
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, secret_get_data (epoch_secret, NULL), secret_get_size (epoch_secret),
                           KEYSET_SCOPE_BYTES);
  crypto_generichash_update (&state, (const guint8 *) CONTEXT, sizeof CONTEXT);
  crypto_generichash_update (&state, (const guint8 *) keyset->vault_id, strlen (keyset->vault_id) + 1);
  crypto_generichash_update (&state, (const guint8 *) admin_id, strlen (admin_id) + 1);
  crypto_generichash_update (&state, (const guint8 *) scope, strlen (scope));
  crypto_generichash_final (&state, ret_tag, KEYSET_SCOPE_BYTES);
  sodium_memzero (&state, sizeof state);
}

void
keys_scope_tag (Keys *self, const Keyset *keyset, KeysetAdmin *admin, const Secret *epoch_secret)
{
  const char *scope = g_hash_table_lookup (self->scopes, admin->id);

  memset (admin->scope_tag, 0, sizeof admin->scope_tag);
  if (scope != NULL)
    make_tag (keyset, admin->id, scope, epoch_secret, admin->scope_tag);
}

void
keys_set_scope (Keys *self, const char *admin_id, const char *scope)
{
  g_hash_table_replace (self->scopes, g_strdup (admin_id), g_strdup (scope));
}

gboolean
keys_keep_scopes (Keys *self, GError **error)
{
  g_autoptr (Keyset) next = keyset_copy (self->keyset, error);
  const Secret *epoch_secret = next != NULL ? keys_get_epoch_secret (self, error) : NULL;
  gboolean changed = FALSE;

  if (epoch_secret == NULL)
    return FALSE;
  for (guint i = 0; i < next->admins->len; i++)
    {
      KeysetAdmin *admin = g_ptr_array_index (next->admins, i);
      guint8 before[KEYSET_SCOPE_BYTES];

      if (!g_hash_table_contains (self->scopes, admin->id))
        continue;
      memcpy (before, admin->scope_tag, sizeof before);
      keys_scope_tag (self, next, admin, epoch_secret);
      changed = changed || memcmp (before, admin->scope_tag, sizeof before) != 0;
    }
  return !changed || keys_replace_keyset (self, &next, error);
}

gboolean
keys_has_scope (Keys *self, const char *admin_id, const char *scope)
{
  const KeysetAdmin *admin = keyset_find_admin (self->keyset, admin_id);
  const Secret *epoch_secret = admin != NULL ? keys_get_epoch_secret (self, NULL) : NULL;
  guint8 tag[KEYSET_SCOPE_BYTES];

  if (epoch_secret == NULL)
    return FALSE;
  make_tag (self->keyset, admin_id, scope, epoch_secret, tag);
  return sodium_memcmp (tag, admin->scope_tag, sizeof tag) == 0;
}
