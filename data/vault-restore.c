/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: restoring from a backup, trying one out, and making a database from one where there is none any more. */
#include "vault-backup-private.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "backups.h"
#include "custody-error.h"
#include "last-import.h"
#include "record.h"
#include "tables.h"

static void
restore_row_free (gpointer data)
{
  RestoreRow *row = data;

  g_free (row->id);
  g_free (row->code);
  g_free (row->name);
  g_free (row);
}

void
restore_report_free (RestoreReport *self)
{
  if (self == NULL)
    return;
  g_free (self->made);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

static gboolean
require_chief (const VaultAdmin *by, GError **error)
{
  if (by->role == VAULT_CHIEF && by->master != NULL && by->vault_secret != NULL)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "only a chief restores from a backup");
  return FALSE;
}

/* --- what is in it, and what is here --------------------------------------------------------------------------------- */

/* The backup as a database beside the vault's; people and numbers by id on both sides. */
typedef struct
{
  Store *backup; /* owned */
  BackupFacts facts;
  /* owned */
  GPtrArray *people_now, *people_then, *numbers_now, *numbers_then;
  GHashTable *rows_now, *rows_then; /* person's id -> digest of their row (GBytes) */
  GHashTable *live_now, *live_then; /* person's id -> Number in custody (borrowed) */
  GHashTable *by_id_now;            /* number's id -> Number (borrowed) */
} Comparison;

static void
remove_file (Vault *self)
{
  static const char *const names[] = { RESTORE_FILE, RESTORE_FILE "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = vault_path_in (self, names[i]);

      (void) g_unlink (path);
    }
}

void
vault_restore_clean (Vault *self)
{
  remove_file (self);
}

static void
comparison_clear (Comparison *self)
{
  g_clear_pointer (&self->backup, store_close);
  backup_facts_clear (&self->facts);
  g_clear_pointer (&self->people_now, g_ptr_array_unref);
  g_clear_pointer (&self->people_then, g_ptr_array_unref);
  g_clear_pointer (&self->numbers_now, g_ptr_array_unref);
  g_clear_pointer (&self->numbers_then, g_ptr_array_unref);
  g_clear_pointer (&self->rows_now, g_hash_table_unref);
  g_clear_pointer (&self->rows_then, g_hash_table_unref);
  g_clear_pointer (&self->live_now, g_hash_table_unref);
  g_clear_pointer (&self->live_then, g_hash_table_unref);
  g_clear_pointer (&self->by_id_now, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Comparison, comparison_clear)

static void
hash_bytes (crypto_generichash_state *state, const void *bytes, gsize n_bytes)
{
  crypto_generichash_update (state, (const guint8 *) &n_bytes, sizeof n_bytes);
  crypto_generichash_update (state, bytes, n_bytes);
}

/* Every row of people begins with the id. */
static gboolean
digest_row (const Cell *cells, guint n_cells, gpointer user_data, GError **error)
{
  crypto_generichash_state state;
  guint8 digest[DUMP_DIGEST_BYTES];

  crypto_generichash_init (&state, NULL, 0, sizeof digest);
  for (guint i = 0; i < n_cells; i++)
    {
      const guint8 type = (guint8) cells[i].type;

      crypto_generichash_update (&state, &type, 1);
      hash_bytes (&state, &cells[i].integer, sizeof cells[i].integer);
      hash_bytes (&state, &cells[i].real, sizeof cells[i].real);
      hash_bytes (&state, cells[i].bytes, cells[i].n_bytes);
    }
  crypto_generichash_final (&state, digest, sizeof digest);
  g_hash_table_insert (user_data, g_strndup ((const char *) cells[0].bytes, cells[0].n_bytes),
                       g_bytes_new (digest, sizeof digest));
  return TRUE;
}

static GHashTable *
digest_people (Store *store, GError **error)
{
  g_autoptr (GHashTable) rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);

  return tables_foreach (store, "people", NULL, digest_row, rows, error) ? g_steal_pointer (&rows) : NULL;
}

static GHashTable *
index_live (GPtrArray *numbers)
{
  GHashTable *live = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < numbers->len; i++)
    {
      Number *number = g_ptr_array_index (numbers, i);

      if (number->sealed != NULL)
        g_hash_table_insert (live, number->person, number);
    }
  return live;
}

static gboolean
read_both (Vault *self, int fd, Comparison *ret_comparison, GError **error)
{
  g_autofree char *path = vault_path_in (self, RESTORE_FILE);
  g_autoptr (Secret) key = secret_new_random (STORE_KEY_BYTES);
  g_auto (Comparison) it = { .backup = NULL };

  remove_file (self);
  if (!vault_backup_read (self, fd, path, key, FALSE, &it.facts, error))
    return FALSE;
  it.backup = store_open (path, key, error);
  if (it.backup == NULL)
    return FALSE;
  it.people_now = people_list (self->store, error);
  it.people_then = it.people_now != NULL ? people_list (it.backup, error) : NULL;
  it.numbers_now = it.people_then != NULL ? numbers_list (self->store, "", error) : NULL;
  it.numbers_then = it.numbers_now != NULL ? numbers_list (it.backup, "", error) : NULL;
  it.rows_now = it.numbers_then != NULL ? digest_people (self->store, error) : NULL;
  it.rows_then = it.rows_now != NULL ? digest_people (it.backup, error) : NULL;
  if (it.rows_then == NULL)
    return FALSE;
  it.live_now = index_live (it.numbers_now);
  it.live_then = index_live (it.numbers_then);
  it.by_id_now = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < it.numbers_now->len; i++)
    {
      Number *number = g_ptr_array_index (it.numbers_now, i);

      g_hash_table_insert (it.by_id_now, number->id, number);
    }
  *ret_comparison = it;
  it = (Comparison){ .backup = NULL };
  return TRUE;
}

static gboolean
was_disposed (const Comparison *self, const Number *then)
{
  const Number *now = then != NULL ? g_hash_table_lookup (self->by_id_now, then->id) : NULL;

  return now != NULL && g_str_equal (now->state, "disposed");
}

/* The number that a restore would bring back into custody, NULL for none. */
static const Number *
number_to_bring (const Comparison *self, const char *person)
{
  const Number *then = g_hash_table_lookup (self->live_then, person);

  return was_disposed (self, then) ? NULL : then;
}

/* --- the report ------------------------------------------------------------------------------------------------------ */

static void
add_row (const Comparison *it, const Person *person, gboolean alone, RestoreReport *report)
{
  GBytes *then = g_hash_table_lookup (it->rows_then, person->id), *now = g_hash_table_lookup (it->rows_now, person->id);
  const Number *number_then = number_to_bring (it, person->id),
               *number_now = g_hash_table_lookup (it->live_now, person->id);
  gboolean same_number = number_then != NULL && number_now != NULL && g_str_equal (number_then->id, number_now->id);
  RestoreRow *row = g_new0 (RestoreRow, 1);

  row->number_back = number_then != NULL && !same_number;
  /* For one person alone, what is in custody now and not in the backup stays. */
  row->number_gone = number_now != NULL && !same_number && (number_then != NULL || !alone);
  if (then == NULL)
    row->change = RESTORE_REMOVED;
  else if (now == NULL)
    row->change = RESTORE_ADDED;
  else if (!g_bytes_equal (then, now) || row->number_back || row->number_gone
           || (same_number && !g_str_equal (number_then->state, number_now->state)))
    row->change = RESTORE_CHANGED;
  report->added += row->change == RESTORE_ADDED;
  report->changed += row->change == RESTORE_CHANGED;
  report->removed += row->change == RESTORE_REMOVED;
  report->same += row->change == RESTORE_SAME;
  report->numbers_back += row->number_back;
  report->numbers_gone += row->number_gone;
  report->disposed += was_disposed (it, g_hash_table_lookup (it->live_then, person->id));
  if (row->change == RESTORE_SAME)
    {
      restore_row_free (row);
      return;
    }
  row->id = g_strdup (person->id);
  row->code = g_strdup (person->code);
  row->name = g_strdup (person->name);
  g_ptr_array_add (report->rows, row);
}

static const Person *
find_person (GPtrArray *people, const char *id_or_code)
{
  for (guint i = 0; i < people->len; i++)
    {
      const Person *person = g_ptr_array_index (people, i);

      if (g_str_equal (person->id, id_or_code) || (person->code[0] != '\0' && g_str_equal (person->code, id_or_code)))
        return person;
    }
  return NULL;
}

/* @ret_person: (out) (transfer none): the one person, NULL for all. */
static RestoreReport *
compare (const Comparison *it, const char *person, const Person **ret_person, GError **error)
{
  g_autoptr (RestoreReport) report = g_new0 (RestoreReport, 1);

  report->made = g_strdup (it->facts.head.made);
  memcpy (report->sha256, it->facts.sha256, sizeof report->sha256);
  report->entries = it->facts.entries;
  report->rows = g_ptr_array_new_with_free_func (restore_row_free);
  *ret_person = NULL;
  if (person[0] != '\0')
    {
      *ret_person = find_person (it->people_then, person);
      if (*ret_person == NULL)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_PERSON, "nobody like that is in the backup");
          return NULL;
        }
      add_row (it, *ret_person, TRUE, report);
      return g_steal_pointer (&report);
    }
  for (guint i = 0; i < it->people_then->len; i++)
    add_row (it, g_ptr_array_index (it->people_then, i), FALSE, report);
  for (guint i = 0; i < it->people_now->len; i++)
    {
      const Person *now = g_ptr_array_index (it->people_now, i);

      if (!g_hash_table_contains (it->rows_then, now->id))
        add_row (it, now, FALSE, report);
    }
  return g_steal_pointer (&report);
}

RestoreReport *
vault_restore_preview (Vault *self, const VaultAdmin *by, int fd, const char *person, GError **error)
{
  g_auto (Comparison) it = { .backup = NULL };
  RestoreReport *report = NULL;
  const Person *one;

  if (vault_require_open (self, error) && require_chief (by, error) && read_both (self, fd, &it, error))
    report = compare (&it, person, &one, error);
  g_clear_pointer (&it.backup, store_close);
  remove_file (self);
  return report;
}

/* --- restoring into the open vault ----------------------------------------------------------------------------------- */

typedef struct
{
  const Comparison *it;
  TableFiller *filler;
} Copying;

static gboolean
copy_person (const Cell *cells, guint n_cells, gpointer user_data, GError **error)
{
  Copying *copying = user_data;

  return table_filler_add (copying->filler, cells, n_cells, error);
}

static gboolean
copy_number (const Cell *cells, guint n_cells, gpointer user_data, GError **error)
{
  Copying *copying = user_data;
  g_autofree char *id = g_strndup ((const char *) cells[0].bytes, cells[0].n_bytes);
  const Number *now = g_hash_table_lookup (copying->it->by_id_now, id);

  /* What was disposed of stays so. */
  if (now != NULL && g_str_equal (now->state, "disposed"))
    return TRUE;
  return table_filler_add (copying->filler, cells, n_cells, error);
}

static gboolean
copy_rows (Store *from, Store *to, const char *table, const char *id, TableRowFunc func, const Comparison *it,
           GError **error)
{
  g_auto (GStrv) columns = tables_list_columns (from, table, error);
  g_autoptr (TableFiller) filler =
      columns != NULL ? table_filler_new (to, table, (const char *const *) columns, error) : NULL;
  Copying copying = { it, filler };

  return filler != NULL && tables_foreach (from, table, id, func, &copying, error);
}

/* The live numbers among @numbers, sealed to the vault's present key when they were sealed to another. */
static gboolean
reseal (Vault *self, const VaultAdmin *by, const Comparison *it, const Number *only, GError **error)
{
  const guint8 *public = keys_get_vault_public (self->keys);
  g_autoptr (Secret) secret = NULL;

  /* Which TPM made them is not known. */
  if (!numbers_forget_digests (self->store, only != NULL ? only->id : NULL, error))
    return FALSE;
  if (memcmp (it->facts.sealed_to, public, KEYS_VAULT_BYTES) == 0)
    return TRUE;
  secret = vault_keyring_find (self->store, public, by->vault_secret, it->facts.sealed_to, error);
  if (secret == NULL)
    return FALSE;
  for (guint i = 0; i < it->numbers_then->len; i++)
    {
      const Number *number = g_ptr_array_index (it->numbers_then, i);
      g_autoptr (Secret) digits = NULL;
      g_autoptr (GBytes) sealed = NULL;

      if (number->sealed == NULL || (only != NULL && number != only) || was_disposed (it, number))
        continue;
      digits = vault_number_open_with (it->facts.sealed_to, secret, number, error);
      if (digits == NULL)
        return FALSE;
      sealed = vault_number_seal (public, number->id, digits);
      if (sealed == NULL)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "sealing failed");
          return FALSE;
        }
      if (!numbers_reseal (self->store, number->id, sealed, error))
        return FALSE;
    }
  return TRUE;
}

/* Does a number of theirs that was disposed of stand here? Then the person stays, for its sake. */
static gboolean
has_disposed (const Comparison *it, const char *person)
{
  for (guint i = 0; i < it->numbers_now->len; i++)
    {
      const Number *number = g_ptr_array_index (it->numbers_now, i);

      if (g_str_equal (number->person, person) && g_str_equal (number->state, "disposed"))
        return TRUE;
    }
  return FALSE;
}

static gboolean
clear_present (Vault *self, const Comparison *it, GError **error)
{
  for (guint i = 0; i < it->numbers_now->len; i++)
    {
      const Number *number = g_ptr_array_index (it->numbers_now, i);

      if (!g_str_equal (number->state, "disposed") && !tables_remove (self->store, "numbers", number->id, error))
        return FALSE;
    }
  for (guint i = 0; i < it->people_now->len; i++)
    {
      const Person *person = g_ptr_array_index (it->people_now, i);

      if ((g_hash_table_contains (it->rows_then, person->id) || !has_disposed (it, person->id))
          && !tables_remove (self->store, "people", person->id, error))
        return FALSE;
    }
  return TRUE;
}

/* Whose number was disposed of since is what they are now, not what they were. */
static gboolean
keep_disposed_states (Vault *self, const Comparison *it, GError **error)
{
  for (guint i = 0; i < it->people_now->len; i++)
    {
      const Person *now = g_ptr_array_index (it->people_now, i);

      if (was_disposed (it, g_hash_table_lookup (it->live_then, now->id))
          && !people_set_state (self->store, now->id, now->state, now->updated, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
restore_all (Vault *self, const VaultAdmin *by, const Comparison *it, GError **error)
{
  return clear_present (self, it, error) && copy_rows (it->backup, self->store, "people", NULL, copy_person, it, error)
         && copy_rows (it->backup, self->store, "numbers", NULL, copy_number, it, error)
         && reseal (self, by, it, NULL, error) && keep_disposed_states (self, it, error);
}

static gboolean
require_room (Vault *self, const Person *person, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (Person) holder = NULL, parent = NULL;

  if (person->parent[0] != '\0')
    {
      parent = people_get (self->store, person->parent, error);
      return parent != NULL;
    }
  holder = people_find_by_code (self->store, person->code, &problem);
  if (holder != NULL && !g_str_equal (holder->id, person->id))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "somebody else has that code now");
      return FALSE;
    }
  return TRUE;
}

static gboolean
restore_one (Vault *self, const VaultAdmin *by, const Comparison *it, const Person *person, GError **error)
{
  const Number *then = number_to_bring (it, person->id), *now = g_hash_table_lookup (it->live_now, person->id);
  const Person *present = find_person (it->people_now, person->id);
  g_autofree char *time = record_now ();

  if (!require_room (self, person, error) || !tables_remove (self->store, "people", person->id, error)
      || !copy_rows (it->backup, self->store, "people", person->id, copy_person, it, error))
    return FALSE;
  if (then == NULL)
    /* A number that the backup does not have stays, and with it what it says of the person. */
    return people_set_state (self->store, person->id, present != NULL ? present->state : "none", time, error);
  if (now != NULL && !g_str_equal (now->id, then->id)
      && !numbers_destroy (self->store, now->id, "replaced", time, by->id, "restored", error))
    return FALSE;
  return tables_remove (self->store, "numbers", then->id, error)
         && copy_rows (it->backup, self->store, "numbers", then->id, copy_number, it, error)
         && reseal (self, by, it, then, error);
}

static gboolean
restore_in_transaction (Vault *self, const VaultAdmin *by, const Comparison *it, const Person *one,
                        const RestoreReport *report, GError **error)
{
  g_autofree char *added = g_strdup_printf ("%u", report->added), *changed = g_strdup_printf ("%u", report->changed);
  g_autofree char *removed = g_strdup_printf ("%u", report->removed);
  g_autofree char *entries = g_strdup_printf ("%" G_GUINT64_FORMAT, report->entries);

  /* What was tampered with is what one restores. */
  seals_replace_tampered (self->store);
  return tables_defer_references (self->store, error)
         && (one != NULL ? restore_one (self, by, it, one, error) : restore_all (self, by, it, error))
         && last_import_forget (self->store, error)
         && record_append (self->store, error, by->id, "restored", one != NULL ? one->id : "", "added", added,
                           "changed", changed, "digest", report->sha256, "entries", entries, "removed", removed, NULL);
}

RestoreReport *
vault_restore (Vault *self, const VaultAdmin *by, int fd, const char *person, GError **error)
{
  g_auto (Comparison) it = { .backup = NULL };
  g_autoptr (RestoreReport) report = NULL;
  g_autoptr (GError) problem = NULL;
  const Person *one = NULL;
  gboolean ok;

  if (!vault_require_open (self, error))
    return NULL;
  ok = require_chief (by, &problem) && vault_require_in_term (self, &problem) && read_both (self, fd, &it, &problem);
  if (ok)
    report = compare (&it, person, &one, &problem);
  ok = report != NULL && vault_begin (self, &problem)
       && vault_end (self, restore_in_transaction (self, by, &it, one, report, &problem), &problem);
  g_clear_pointer (&it.backup, store_close);
  remove_file (self);
  if (ok)
    return g_steal_pointer (&report);
  vault_note_attempt (self, by->id, "restore-refused", "", problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
