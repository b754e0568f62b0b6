/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: exports and their receipts, read off the record; who may export in the clear. */
#include "vault-receipt.h"

#include <string.h>

#include "chain.h"
#include "custody-error.h"
#include "record.h"
#include "vault-private.h"

#define META_PLAIN "plain-exports"
#define ACTION_IMPORTED "export-" VAULT_RECEIPT_IMPORTED
#define ACTION_DELETED "export-" VAULT_RECEIPT_DELETED
#define ACTION_FAILED "export-failed"

/* --- the list -------------------------------------------------------------------------------------------------------- */

void
vault_exported_free (VaultExported *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->time);
  g_free (self->admin);
  g_free (self->admin_name);
  g_free (self->format);
  g_free (self->purpose);
  g_free (self->destination);
  g_free (self->sha256);
  g_free (self->imported);
  g_free (self->deleted);
  g_free (self);
}

typedef struct
{
  const char *admin; /* NULL: of everybody */
  GPtrArray *list;   /* of VaultExported */
  GHashTable *by_id; /* borrowed */
} Listing;

static gboolean
add_row (const ExportRow *row, gpointer user_data, GError **error)
{
  Listing *listing = user_data;
  VaultExported *exported;

  if (listing->admin != NULL && !g_str_equal (row->admin, listing->admin))
    return TRUE;
  exported = g_new0 (VaultExported, 1);
  exported->id = g_strdup (row->id);
  exported->time = g_strdup (row->time);
  exported->admin = g_strdup (row->admin);
  exported->format = g_strdup (row->format);
  exported->purpose = g_strdup (row->purpose);
  exported->destination = g_strdup (row->destination);
  exported->sha256 = g_strdup (row->sha256);
  exported->rows = row->rows;
  exported->bytes = row->bytes;
  exported->container = "";
  g_ptr_array_add (listing->list, exported);
  g_hash_table_insert (listing->by_id, exported->id, exported);
  return TRUE;
}

static gboolean
note_entry (const Entry *entry, gpointer user_data, GError **error)
{
  VaultExported *exported = g_hash_table_lookup (((Listing *) user_data)->by_id, entry->subject);
  const char *container;

  if (exported == NULL)
    return TRUE;
  if (g_str_equal (entry->action, ACTION_FAILED))
    exported->failed = TRUE;
  else if (g_str_equal (entry->action, ACTION_IMPORTED) && exported->imported == NULL)
    exported->imported = g_strdup (entry->time);
  else if (g_str_equal (entry->action, ACTION_DELETED) && exported->deleted == NULL)
    exported->deleted = g_strdup (entry->time);
  else if (exported->seq == 0)
    {
      container = chain_find_detail (entry->detail, "container");
      exported->seq = entry->seq;
      /* Before there were zips, entries did not say. */
      exported->container = container != NULL && g_str_has_prefix (container, VAULT_CONTAINER_ZIP)
                                ? VAULT_CONTAINER_ZIP
                                : VAULT_CONTAINER_PLAIN;
    }
  return TRUE;
}

static gboolean
is_old (const char *time)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_iso8601 (time, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return then == NULL || g_date_time_difference (now, then) >= VAULT_RECEIPT_DAYS * G_TIME_SPAN_DAY;
}

static void
add_names (GPtrArray *list, GPtrArray *admins)
{
  for (guint i = 0; i < list->len; i++)
    {
      VaultExported *exported = g_ptr_array_index (list, i);

      for (guint j = 0; j < admins->len && exported->admin_name == NULL; j++)
        {
          const Admin *admin = g_ptr_array_index (admins, j);

          if (g_str_equal (admin->id, exported->admin))
            exported->admin_name = g_strdup (admin->name);
        }
      if (exported->admin_name == NULL)
        exported->admin_name = g_strdup ("");
      exported->overdue = !exported->failed && exported->deleted == NULL && is_old (exported->time);
    }
}

/* @admin: NULL: of everybody */
static GPtrArray *
list_of (Vault *self, const char *admin, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) vault_exported_free);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) admins = NULL;
  Listing listing = { admin, list, by_id };

  if (!vault_require_open (self, error) || !exports_foreach (self->store, add_row, &listing, error))
    return NULL;
  if (list->len > 0 && !entries_foreach (self->store, 1, G_MAXINT64, G_MAXUINT, note_entry, &listing, error))
    return NULL;
  admins = admins_list (self->store, error);
  if (admins == NULL)
    return NULL;
  add_names (list, admins);
  return g_steal_pointer (&list);
}

GPtrArray *
vault_list_exports (Vault *self, const VaultAdmin *by, GError **error)
{
  return list_of (self, by->role == VAULT_CHIEF ? NULL : by->id, error);
}

gboolean
vault_find_overdue (Vault *self, ReviewFinding *ret_finding, GError **error)
{
  g_autoptr (GPtrArray) list = list_of (self, NULL, error);
  ReviewFinding found = { 0 };

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    {
      const VaultExported *exported = g_ptr_array_index (list, i);

      if (!exported->overdue)
        continue;
      if (found.first == 0)
        found.first = exported->seq;
      found.last = MAX (found.last, exported->seq);
      found.count++;
    }
  *ret_finding = found;
  return TRUE;
}

/* --- receipts -------------------------------------------------------------------------------------------------------- */

static const VaultExported *
find_export (GPtrArray *list, const char *id)
{
  for (guint i = 0; i < list->len; i++)
    {
      const VaultExported *exported = g_ptr_array_index (list, i);

      if (g_str_equal (exported->id, id) && !exported->failed)
        return exported;
    }
  return NULL;
}

gboolean
vault_add_receipt (Vault *self, const VaultAdmin *by, const char *export_id, const char *what, GError **error)
{
  const gboolean deleted = g_str_equal (what, VAULT_RECEIPT_DELETED);
  g_autoptr (GPtrArray) list = NULL;
  const VaultExported *exported;

  if (!deleted && !g_str_equal (what, VAULT_RECEIPT_IMPORTED))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "a receipt is imported or deleted");
      return FALSE;
    }
  list = vault_list_exports (self, by, error);
  if (list == NULL)
    return FALSE;
  exported = find_export (list, export_id);
  if (exported == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD, "no such export");
      return FALSE;
    }
  if ((deleted ? exported->deleted : exported->imported) != NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the export has that receipt");
      return FALSE;
    }
  return vault_record_alone (self, by->id, deleted ? ACTION_DELETED : ACTION_IMPORTED, exported->id, error);
}

/* --- in the clear ---------------------------------------------------------------------------------------------------- */

const char *
vault_get_plain_rule (Vault *self)
{
  g_autofree char *rule = self->state == VAULT_OPEN ? store_dup_meta_text (self->store, META_PLAIN, NULL) : NULL;

  return g_strcmp0 (rule, VAULT_PLAIN_CLERKS) == 0 ? VAULT_PLAIN_CLERKS : VAULT_PLAIN_CHIEFS;
}

gboolean
vault_set_plain_rule (Vault *self, const VaultAdmin *by, const char *who, GError **error)
{
  if (!g_str_equal (who, VAULT_PLAIN_CHIEFS) && !g_str_equal (who, VAULT_PLAIN_CLERKS))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "plain files are for chiefs or for clerks too");
      return FALSE;
    }
  return vault_require_chief (by, error) && vault_begin (self, error)
         && vault_end (self,
                       store_set_meta_text (self->store, META_PLAIN, who, error)
                           && record_append (self->store, error, by->id, "plain-rule", "", "who", who, NULL),
                       error);
}

gboolean
vault_require_plain (Vault *self, const VaultAdmin *by, const char *verb, GError **error)
{
  if (by->role == VAULT_CHIEF || g_str_equal (vault_get_plain_rule (self), VAULT_PLAIN_CLERKS))
    return TRUE;
  if (vault_note_refused (self, by->id, verb, error))
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "a plain export is for chiefs");
  return FALSE;
}
