/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the secrets of earlier epochs, sealed to the one of now: what numbers in old backups are opened with. */
#include "vault-backup.h"
#include "vault-private.h"

#include <sodium.h>
#include <string.h>

#include "backups.h"
#include "custody-error.h"
#include "record.h"

#define SEALED_BYTES (KEYS_VAULT_BYTES + crypto_box_SEALBYTES)

G_STATIC_ASSERT (KEYS_VAULT_BYTES == crypto_box_SECRETKEYBYTES);

static gboolean
is_point (GBytes *bytes, const guint8 public[KEYS_VAULT_BYTES])
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);

  return n == KEYS_VAULT_BYTES && memcmp (data, public, n) == 0;
}

static GBytes *
seal (const guint8 public[KEYS_VAULT_BYTES], const Secret *secret, GError **error)
{
  guint8 sealed[SEALED_BYTES];

  if (crypto_box_seal (sealed, secret_get_data (secret, NULL), KEYS_VAULT_BYTES, public) == 0)
    return g_bytes_new (sealed, sizeof sealed);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "sealing failed");
  return NULL;
}

/* NULL when it was not sealed to @public, or is not the secret half of @of. */
static Secret *
open_sealed (GBytes *sealed, GBytes *of, const guint8 public[KEYS_VAULT_BYTES], const Secret *secret)
{
  g_autoptr (Secret) opened = secret_new (KEYS_VAULT_BYTES);
  guint8 half[KEYS_VAULT_BYTES];
  gsize n;
  const guint8 *bytes = g_bytes_get_data (sealed, &n);

  if (n != SEALED_BYTES
      || crypto_box_seal_open (secret_get_writable (opened), bytes, n, public, secret_get_data (secret, NULL)) != 0
      || crypto_scalarmult_base (half, secret_get_data (opened, NULL)) != 0 || !is_point (of, half))
    return NULL;
  return g_steal_pointer (&opened);
}

/* --- to the next epoch ----------------------------------------------------------------------------------------------- */

typedef struct
{
  Store *next;
  const guint8 *public, *next_public;
  const Secret *secret;
} Carry;

static gboolean
carry_one (GBytes *public, GBytes *sealed, const char *retired, gpointer user_data, GError **error)
{
  const Carry *carry = user_data;
  g_autoptr (Secret) opened = open_sealed (sealed, public, carry->public, carry->secret);
  g_autoptr (GBytes) again = NULL;
  gsize n;
  const guint8 *bytes = g_bytes_get_data (public, &n);

  /* What does not open must hold no change up. */
  if (opened == NULL)
    return TRUE;
  again = seal (carry->next_public, opened, error);
  return again != NULL && old_keys_put (carry->next, bytes, n, again, retired, error);
}

gboolean
vault_keyring_carry (Store *next, const guint8 *public, const Secret *secret, const guint8 *next_public, GError **error)
{
  Carry carry = { next, public, next_public, secret };
  g_autofree char *now = record_now ();
  g_autoptr (GBytes) sealed = NULL;

  if (!old_keys_foreach (next, carry_one, &carry, error))
    return FALSE;
  sealed = seal (next_public, secret, error);
  return sealed != NULL && old_keys_put (next, public, KEYS_VAULT_BYTES, sealed, now, error);
}

/* --- for an old backup ----------------------------------------------------------------------------------------------- */

typedef struct
{
  const guint8 *wanted, *public;
  const Secret *secret;
  Secret *found; /* owned */
} Search;

static gboolean
try_one (GBytes *public, GBytes *sealed, const char *retired, gpointer user_data, GError **error)
{
  Search *search = user_data;

  if (search->found == NULL && is_point (public, search->wanted))
    search->found = open_sealed (sealed, public, search->public, search->secret);
  return TRUE;
}

Secret *
vault_keyring_find (Store *store, const guint8 *public, const Secret *secret, const guint8 *wanted, GError **error)
{
  Search search = { wanted, public, secret, NULL };

  if (memcmp (public, wanted, KEYS_VAULT_BYTES) == 0)
    return secret_new_copy (secret_get_data (secret, NULL), secret_get_size (secret));
  if (store != NULL && !old_keys_foreach (store, try_one, &search, error))
    return NULL;
  if (search.found == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN,
                 "the numbers in it are sealed to a key that this vault no longer has");
  return search.found;
}
