/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the machine's own key pair, and this vault's secret sealed to those of other machines. */
#include "vault-machines-private.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"

#define CONTEXT "azukari escrow v1"
#define PLAIN_BYTES (sizeof CONTEXT + 2 * STORE_UUID_BYTES + 2 * KEYS_VAULT_BYTES)
#define SECRET_AT (PLAIN_BYTES - KEYS_VAULT_BYTES)
#define SEALED_SECRET_BYTES (KEYS_VAULT_BYTES + crypto_box_SEALBYTES)

G_STATIC_ASSERT (KEYS_VAULT_BYTES == crypto_box_SECRETKEYBYTES && KEYS_VAULT_BYTES == ENROLL_ESCROW_BYTES);

static gboolean
is_half_of (const Secret *secret, const guint8 *public)
{
  guint8 half[KEYS_VAULT_BYTES];

  return crypto_scalarmult_base (half, secret_get_data (secret, NULL)) == 0 && memcmp (half, public, sizeof half) == 0;
}

/* --- escrow ---------------------------------------------------------------------------------------------------------- */

/* All that stands before the secret: a box that was made for something else must not pass for this one. */
static void
fill_context (guint8 *plain, const char *vault_id, const char *machine_id, const guint8 *public)
{
  guint8 *at = plain;

  g_assert (strlen (vault_id) == STORE_UUID_BYTES && strlen (machine_id) == STORE_UUID_BYTES);
  memcpy (at, CONTEXT, sizeof CONTEXT);
  at += sizeof CONTEXT;
  memcpy (at, vault_id, STORE_UUID_BYTES);
  at += STORE_UUID_BYTES;
  memcpy (at, machine_id, STORE_UUID_BYTES);
  at += STORE_UUID_BYTES;
  memcpy (at, public, KEYS_VAULT_BYTES);
}

GBytes *
vault_escrow_seal (const char *vault_id, const char *machine_id, const guint8 *escrow_public, const guint8 *public,
                   const Secret *secret)
{
  g_autoptr (Secret) plain = secret_new (PLAIN_BYTES);
  guint8 sealed[PLAIN_BYTES + crypto_box_SEALBYTES];

  fill_context (secret_get_writable (plain), vault_id, machine_id, public);
  memcpy (secret_get_writable (plain) + SECRET_AT, secret_get_data (secret, NULL), KEYS_VAULT_BYTES);
  if (crypto_box_seal (sealed, secret_get_data (plain, NULL), PLAIN_BYTES, escrow_public) != 0)
    return NULL;
  return g_bytes_new (sealed, sizeof sealed);
}

Secret *
vault_escrow_open (GBytes *escrow, const char *vault_id, const char *machine_id, const guint8 *public,
                   const Secret *machine_secret)
{
  g_autoptr (Secret) plain = secret_new (PLAIN_BYTES);
  g_autoptr (Secret) secret = NULL;
  guint8 own_public[KEYS_VAULT_BYTES], context[SECRET_AT];
  gsize size;
  const guint8 *sealed = g_bytes_get_data (escrow, &size);

  if (size != PLAIN_BYTES + crypto_box_SEALBYTES
      || crypto_scalarmult_base (own_public, secret_get_data (machine_secret, NULL)) != 0
      || crypto_box_seal_open (secret_get_writable (plain), sealed, size, own_public,
                               secret_get_data (machine_secret, NULL))
             != 0)
    return NULL;
  fill_context (context, vault_id, machine_id, public);
  secret = secret_new_copy (secret_get_data (plain, NULL) + SECRET_AT, KEYS_VAULT_BYTES);
  if (memcmp (secret_get_data (plain, NULL), context, SECRET_AT) != 0 || !is_half_of (secret, public))
    return NULL;
  return g_steal_pointer (&secret);
}

/* --- the machine's key pair ------------------------------------------------------------------------------------------ */

static Secret *
open_pair (Store *store, const guint8 *public, const Secret *secret, GBytes **ret_public)
{
  g_autoptr (GBytes) pair_public = NULL, sealed = NULL;
  g_autoptr (Secret) pair_secret = secret_new (KEYS_VAULT_BYTES);

  if (!machine_key_get (store, &pair_public, &sealed, NULL) || g_bytes_get_size (pair_public) != KEYS_VAULT_BYTES
      || g_bytes_get_size (sealed) != SEALED_SECRET_BYTES
      || crypto_box_seal_open (secret_get_writable (pair_secret), g_bytes_get_data (sealed, NULL), SEALED_SECRET_BYTES,
                               public, secret_get_data (secret, NULL))
             != 0
      || !is_half_of (pair_secret, g_bytes_get_data (pair_public, NULL)))
    return NULL;
  if (ret_public != NULL)
    *ret_public = g_steal_pointer (&pair_public);
  return g_steal_pointer (&pair_secret);
}

static gboolean
put_pair (Store *store, GBytes *pair_public, const Secret *pair_secret, const guint8 *public, GError **error)
{
  guint8 sealed[SEALED_SECRET_BYTES];
  g_autoptr (GBytes) bytes = NULL;

  if (crypto_box_seal (sealed, secret_get_data (pair_secret, NULL), KEYS_VAULT_BYTES, public) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "sealing failed");
      return FALSE;
    }
  bytes = g_bytes_new (sealed, sizeof sealed);
  return machine_key_put (store, pair_public, bytes, error);
}

Secret *
vault_machine_secret (Vault *self, const Secret *vault_secret, GError **error)
{
  Secret *secret = open_pair (self->store, keys_get_vault_public (self->keys), vault_secret, NULL);

  if (secret == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_MACHINE, "this machine was never enrolled anywhere");
  return secret;
}

GBytes *
vault_machine_public (Vault *self, GError **error)
{
  g_autoptr (GBytes) public = NULL, sealed = NULL;
  g_autoptr (Secret) secret = secret_new (KEYS_VAULT_BYTES);
  guint8 half[KEYS_VAULT_BYTES];

  if (machine_key_get (self->store, &public, &sealed, NULL) && g_bytes_get_size (public) == KEYS_VAULT_BYTES)
    return g_steal_pointer (&public);
  g_clear_pointer (&public, g_bytes_unref);
  crypto_box_keypair (half, secret_get_writable (secret));
  public = g_bytes_new (half, sizeof half);
  return put_pair (self->store, public, secret, keys_get_vault_public (self->keys), error) ? g_steal_pointer (&public)
                                                                                           : NULL;
}

/* --- a new epoch ----------------------------------------------------------------------------------------------------- */

gboolean
vault_machines_carry (Vault *self, Store *next, const guint8 *public, const Secret *secret, const guint8 *next_public,
                      const Secret *next_secret, GError **error)
{
  g_autoptr (GPtrArray) machines = machines_list (next, error);
  g_autoptr (GBytes) pair_public = NULL;
  g_autoptr (Secret) pair_secret = NULL;

  if (machines == NULL)
    return FALSE;
  pair_secret = open_pair (next, public, secret, &pair_public);
  /* One that does not open must hold no change up. */
  if (pair_secret != NULL && !put_pair (next, pair_public, pair_secret, next_public, error))
    return FALSE;
  for (guint i = 0; i < machines->len; i++)
    {
      const Machine *machine = g_ptr_array_index (machines, i);
      g_autoptr (GBytes) escrow = NULL;

      if (g_bytes_get_size (machine->escrow_public) != KEYS_VAULT_BYTES)
        continue;
      escrow = vault_escrow_seal (keys_get_vault_id (self->keys), machine->id,
                                  g_bytes_get_data (machine->escrow_public, NULL), next_public, next_secret);
      if (escrow == NULL)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "sealing for another machine failed");
          return FALSE;
        }
      if (!machines_set_escrow (next, machine->id, escrow, error))
        return FALSE;
    }
  return TRUE;
}
