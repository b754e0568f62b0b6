/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the blind index. */
#include "vault-index.h"

#include <string.h>

#include "custody-error.h"
#include "numbers.h"
#include "record.h"
#include "vault-private.h"

/* What is hashed: this, then the digits. */
#define CONTEXT "azukari number v1 "
/* Numbers that wait for their digest are in locked memory: not many. Whoever is left out is indexed like an old one. */
#define MAX_WAITING 16
/* An entry of the record for each so many. */
#define MAX_MADE 500
#define PAGE 32

/* Waits for its digest, or has it and waits to be written. */
typedef struct
{
  char *record_id; /* owned */
  Secret *digits;  /* owned, until the digest is there */
  guint8 digest[NUMBERS_DIGEST_BYTES];
} Indexed;

static void
indexed_free (gpointer data)
{
  Indexed *self = data;

  g_free (self->record_id);
  secret_free (self->digits);
  g_free (self);
}

void
vault_index_clear (Vault *self)
{
  g_clear_pointer (&self->index_waiting, g_ptr_array_unref);
  g_clear_pointer (&self->index_made, g_ptr_array_unref);
  g_clear_pointer (&self->index_after, g_free);
}

static void
add (GPtrArray **list, Indexed *take_indexed)
{
  if (*list == NULL)
    *list = g_ptr_array_new_with_free_func (indexed_free);
  g_ptr_array_add (*list, take_indexed);
}

static gboolean
make_digest (Vault *self, const Secret *digits, guint8 ret_digest[NUMBERS_DIGEST_BYTES], GError **error)
{
  g_autoptr (Secret) data = secret_new (0);

  G_STATIC_ASSERT (NUMBERS_DIGEST_BYTES == KEYS_INDEX_BYTES);
  secret_append (data, CONTEXT, strlen (CONTEXT));
  secret_append (data, secret_get_data (digits, NULL), secret_get_size (digits));
  return keys_index (self->keys, data, ret_digest, error);
}

/* Not where numbers only wait to be taken back, nor where they have gone. */
static gboolean
is_at_home (Vault *self)
{
  return self->state == VAULT_OPEN && keys_can_index (self->keys) && vault_require_active (self, NULL);
}

void
vault_index_note (Vault *self, const char *record_id, const Secret *digits)
{
  Indexed *indexed;

  if (!keys_can_index (self->keys) || (self->index_waiting != NULL && self->index_waiting->len >= MAX_WAITING))
    return;
  indexed = g_new0 (Indexed, 1);
  indexed->record_id = g_strdup (record_id);
  indexed->digits = secret_new_copy (secret_get_data (digits, NULL), secret_get_size (digits));
  add (&self->index_waiting, indexed);
}

gboolean
vault_index_waits (const Vault *self)
{
  return self->index_waiting != NULL;
}

void
vault_index_make (Vault *self)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->index_waiting);
  g_autoptr (GError) error = NULL;

  while (waiting != NULL && waiting->len > 0 && error == NULL && self->state == VAULT_OPEN)
    {
      Indexed *indexed = g_ptr_array_steal_index (waiting, 0);

      if (make_digest (self, indexed->digits, indexed->digest, &error))
        {
          g_clear_pointer (&indexed->digits, secret_free);
          add (&self->index_made, indexed);
        }
      else
        indexed_free (indexed);
    }
  if (error != NULL)
    g_message ("index: %s", error->message);
}

/* A row that is not as the record has it stays so, for it to be found. */
static gboolean
keep_in_transaction (Vault *self, GPtrArray *made, GError **error)
{
  g_autofree char *count = NULL;
  guint n = 0;

  for (guint i = 0; i < made->len; i++)
    {
      const Indexed *indexed = g_ptr_array_index (made, i);
      gboolean is_indexed = TRUE;

      if (!numbers_is_indexed (self->store, indexed->record_id, &is_indexed, NULL) || is_indexed
          || !seals_row_is_fine (self->store, "numbers", indexed->record_id))
        continue;
      if (!numbers_set_digest (self->store, indexed->record_id, indexed->digest, error))
        return FALSE;
      n++;
    }
  if (!seals_are_due (self->store))
    return TRUE;
  count = g_strdup_printf ("%u", n);
  return record_append (self->store, error, "system", "numbers-indexed", "", "count", count, NULL);
}

void
vault_index_keep (Vault *self)
{
  g_autoptr (GPtrArray) made = g_steal_pointer (&self->index_made);
  g_autoptr (GError) error = NULL;

  if (made == NULL || !is_at_home (self))
    return;
  if (!vault_begin (self, &error) || !vault_end (self, keep_in_transaction (self, made, &error), &error))
    g_message ("index: %s", error->message);
}

void
vault_index_begin (Vault *self)
{
  g_clear_pointer (&self->index_after, g_free);
}

static gboolean
index_number (Vault *self, const VaultAdmin *admin, const Number *number, GError **error)
{
  g_autoptr (Secret) digits = vault_number_open (self, admin, number, NULL);
  g_autoptr (GError) problem = NULL;
  Indexed *indexed;

  if (digits == NULL)
    return TRUE;
  indexed = g_new0 (Indexed, 1);
  indexed->record_id = g_strdup (number->id);
  if (make_digest (self, digits, indexed->digest, error))
    {
      add (&self->index_made, indexed);
      return TRUE;
    }
  indexed_free (indexed);
  return FALSE;
}

gboolean
vault_index_more (Vault *self, const VaultAdmin *admin, gint64 budget_us)
{
  const gint64 end = g_get_monotonic_time () + budget_us;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) numbers = NULL;
  guint done = 0;

  if (!is_at_home (self) || admin->vault_secret == NULL)
    return FALSE;
  vault_index_make (self);
  numbers = numbers_list_unindexed (self->store, self->index_after != NULL ? self->index_after : "", PAGE, &error);
  for (; numbers != NULL && done < numbers->len && (done == 0 || g_get_monotonic_time () < end); done++)
    {
      const Number *number = g_ptr_array_index (numbers, done);

      if (!index_number (self, admin, number, &error))
        break;
      g_free (self->index_after);
      self->index_after = g_strdup (number->id);
    }
  if (error != NULL)
    g_message ("index: %s", error->message);
  if (error == NULL && numbers->len > 0 && (self->index_made == NULL || self->index_made->len < MAX_MADE))
    return TRUE;
  vault_index_keep (self);
  return error == NULL && numbers->len > 0;
}

gboolean
vault_index_record (Vault *self, const VaultAdmin *admin, const char *record_id, GError **error)
{
  g_autoptr (Number) number = NULL;
  gboolean is_indexed = FALSE;

  if (!vault_require_open (self, error))
    return FALSE;
  vault_index_make (self);
  vault_index_keep (self);
  if (!is_at_home (self))
    return TRUE;
  if (!numbers_is_indexed (self->store, record_id, &is_indexed, error))
    return FALSE;
  if (is_indexed)
    return TRUE;
  number = numbers_get (self->store, record_id, error);
  if (number == NULL)
    return FALSE;
  if (!index_number (self, admin, number, error))
    return FALSE;
  vault_index_keep (self);
  return TRUE;
}
