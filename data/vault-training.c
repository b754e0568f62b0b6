/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: training and pledges, written to the record and read from it. */
#include "vault-training.h"

#include <string.h>

#include "chain.h"
#include "custody-error.h"
#include "record.h"
#include "vault-private.h"

#define ACTION_TRAINING "training-held"
#define ACTION_PLEDGE "pledge-signed"

void
vault_training_free (VaultTraining *self)
{
  if (self == NULL)
    return;
  g_free (self->time);
  g_free (self->topic);
  g_free (self->on);
  g_free (self->admin);
  g_free (self->name);
  g_free (self->by_name);
  g_free (self);
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

static gboolean
is_fine (const char *what, const char *topic, const char *on)
{
  static const char *const topics[] = { "introduction", "yearly", "change", "incident", "other", NULL };
  g_autofree char *today = vault_dup_today ();

  if (!vault_date_is_valid (on) || strcmp (on, today) > 0)
    return FALSE;
  if (g_str_equal (what, VAULT_PLEDGE))
    return topic[0] == '\0';
  return g_str_equal (what, VAULT_TRAINING) && g_strv_contains (topics, topic);
}

static gboolean
add_in_transaction (Vault *self, const VaultAdmin *by, const char *admin_id, const char *what, const char *topic,
                    const char *on, GError **error)
{
  g_autoptr (Admin) admin = admins_get (self->store, admin_id, error);

  if (admin == NULL)
    return FALSE;
  if (g_str_equal (what, VAULT_PLEDGE))
    return record_append (self->store, error, by->id, ACTION_PLEDGE, admin->id, "on", on, NULL);
  return record_append (self->store, error, by->id, ACTION_TRAINING, admin->id, "on", on, "topic", topic, NULL);
}

gboolean
vault_add_training (Vault *self, const VaultAdmin *by, const char *admin_id, const char *what, const char *topic,
                    const char *on, GError **error)
{
  if (!vault_require_open (self, error) || !vault_require_chief (by, error))
    return FALSE;
  if (!is_fine (what, topic, on))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "training has a topic, a pledge none, and both a day that is not to come");
      return FALSE;
    }
  return vault_begin (self, error)
         && vault_end (self, add_in_transaction (self, by, admin_id, what, topic, on, error), error);
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  Vault *vault;
  GPtrArray *list; /* of VaultTraining */
} Listing;

/* (transfer full): to the end of the line */
static char *
dup_detail (const Entry *entry, const char *key)
{
  const char *value = chain_find_detail (entry->detail, key);

  return value != NULL ? g_strndup (value, strcspn (value, "\n")) : g_strdup ("");
}

static gboolean
keep_entry (const Entry *entry, gpointer user_data, GError **error)
{
  const Listing *listing = user_data;
  VaultTraining *training = g_new0 (VaultTraining, 1);

  g_ptr_array_add (listing->list, training);
  training->seq = entry->seq;
  training->time = g_strdup (entry->time);
  training->what = g_str_equal (entry->action, ACTION_PLEDGE) ? VAULT_PLEDGE : VAULT_TRAINING;
  training->topic = dup_detail (entry, "topic");
  training->on = dup_detail (entry, "on");
  training->admin = g_strdup (entry->subject);
  training->name = admins_dup_name (listing->vault->store, entry->subject, error);
  training->by_name = training->name != NULL ? admins_dup_name (listing->vault->store, entry->actor, error) : NULL;
  return training->by_name != NULL;
}

GPtrArray *
vault_list_training (Vault *self, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) vault_training_free);
  Listing listing = { self, list };

  return vault_require_open (self, error)
                 && entries_foreach_of (self->store, ACTION_TRAINING, ACTION_PLEDGE, keep_entry, &listing, error)
             ? g_steal_pointer (&list)
             : NULL;
}
