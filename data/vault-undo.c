/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: what an import did is kept until the next one, person by person: the values that it took away, and a digest of what it left, which
 * tells whether somebody has changed them since. */
#include "vault-undo.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "last-import.h"
#include "record.h"
#include "tables.h"
#include "vault-import-private.h"
#include "vault-scope.h"

#define PART_TYPE                                                                                                      \
  "a(sbaya{ss})" /* id, whether it added them, digest of what it left, what was before by the names of fields */
#define PART_BYTES (LAST_IMPORT_PART_MAX / 2)
#define DIGEST_BYTES 32

/* --- keeping ---------------------------------------------------------------------------------------------------------- */

static void
hash_text (crypto_generichash_state *state, const char *text)
{
  crypto_generichash_update (state, (const guint8 *) text, strlen (text) + 1);
}

/* Of all that an import or a hand may change of somebody, but not of their number's state. */
static void
digest_person (Person *person, guint8 ret_digest[DIGEST_BYTES])
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, DIGEST_BYTES);
  hash_text (&state, person->kind);
  hash_text (&state, person->code);
  hash_text (&state, person->parent);
  for (guint i = 0; i < VAULT_IMPORT_FIELDS; i++)
    hash_text (&state, *vault_import_field_of (person, i));
  crypto_generichash_final (&state, ret_digest, DIGEST_BYTES);
  sodium_memzero (&state, sizeof state);
}

static GVariant *
part_row (const VaultImportChange *change)
{
  GVariantBuilder before;
  guint8 digest[DIGEST_BYTES];

  digest_person ((Person *) change->person, digest);
  g_variant_builder_init (&before, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; change->fields != NULL && i < change->fields->len; i++)
    {
      const VaultImportField *field = g_ptr_array_index (change->fields, i);

      g_variant_builder_add (&before, "{ss}", field->name, field->before);
    }
  return g_variant_ref_sink (g_variant_new ("(sb@aya{ss})", change->person->id, change->what == VAULT_IMPORT_ADDED,
                                            g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, digest, sizeof digest, 1),
                                            &before));
}

static void
end_part (GPtrArray *parts, GVariantBuilder *rows)
{
  g_autoptr (GVariant) part = g_variant_ref_sink (g_variant_builder_end (rows));

  g_ptr_array_add (parts, g_variant_get_data_as_bytes (part));
  g_variant_builder_init (rows, G_VARIANT_TYPE (PART_TYPE));
}

gboolean
vault_undo_keep (Vault *self, const char *actor, const char *now, const VaultImport *result, GError **error)
{
  LastImport last = {
    .time = (char *) now, .admin = (char *) actor, .added = result->added, .changed = result->changed
  };
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GVariantBuilder rows;
  gsize n_bytes = 0;

  g_variant_builder_init (&rows, G_VARIANT_TYPE (PART_TYPE));
  for (guint i = 0; i < result->changes->len; i++)
    {
      const VaultImportChange *change = g_ptr_array_index (result->changes, i);
      g_autoptr (GVariant) row = NULL;

      if (change->what == VAULT_IMPORT_MISSING)
        continue;
      row = part_row (change);
      n_bytes += g_variant_get_size (row) + sizeof (guint64);
      g_variant_builder_add_value (&rows, row);
      if (n_bytes >= PART_BYTES)
        {
          end_part (parts, &rows);
          n_bytes = 0;
        }
    }
  /* Not an empty one, when the last row has filled one. */
  if (n_bytes > 0)
    end_part (parts, &rows);
  g_variant_builder_clear (&rows);
  last.parts = parts;
  return last_import_put (self->store, &last, error);
}

/* --- what stands against it ------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *id;         /* borrowed from @row */
  gboolean is_added;      /* by the import */
  GVariant *row, *before; /* owned */
  guint8 digest[DIGEST_BYTES];
  Person *now; /* borrowed, NULL when they are gone */
} Kept;

typedef struct
{
  Vault *vault;
  const VaultAdmin *by;
  GPtrArray *kept;   /* owned: of Kept */
  GPtrArray *people; /* owned: all of the vault */
  GHashTable *by_id; /* owned: borrowed id -> borrowed Person */
  VaultUndo *result;
} Undoing;

static void
kept_free (gpointer data)
{
  Kept *self = data;

  g_clear_pointer (&self->before, g_variant_unref);
  g_clear_pointer (&self->row, g_variant_unref);
  g_free (self);
}

static void
undoing_clear (Undoing *self)
{
  g_clear_pointer (&self->kept, g_ptr_array_unref);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->people, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Undoing, undoing_clear)

static void
obstacle_free (gpointer data)
{
  VaultObstacle *self = data;

  g_free (self->id);
  g_free (self->code);
  g_free (self->name);
  g_free (self);
}

void
vault_undo_free (VaultUndo *self)
{
  if (self == NULL)
    return;
  g_free (self->time);
  g_free (self->admin_name);
  g_clear_pointer (&self->obstacles, g_ptr_array_unref);
  g_free (self);
}

static gboolean
read_row (Undoing *undoing, GVariant *take_row)
{
  Kept *kept = g_new0 (Kept, 1);
  g_autoptr (GVariant) digest = NULL;
  gconstpointer bytes;
  gsize size;

  g_ptr_array_add (undoing->kept, kept);
  kept->row = take_row;
  g_variant_get_child (take_row, 0, "&s", &kept->id);
  g_variant_get_child (take_row, 1, "b", &kept->is_added);
  digest = g_variant_get_child_value (take_row, 2);
  kept->before = g_variant_get_child_value (take_row, 3);
  bytes = g_variant_get_fixed_array (digest, &size, 1);
  if (size != DIGEST_BYTES)
    return FALSE;
  memcpy (kept->digest, bytes, DIGEST_BYTES);
  kept->now = g_hash_table_lookup (undoing->by_id, kept->id);
  return TRUE;
}

static gboolean
read_kept (Undoing *undoing, const LastImport *last, GError **error)
{
  undoing->people = people_list (undoing->vault->store, error);
  if (undoing->people == NULL)
    return FALSE;
  undoing->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < undoing->people->len; i++)
    {
      Person *person = g_ptr_array_index (undoing->people, i);

      g_hash_table_insert (undoing->by_id, person->id, person);
    }
  undoing->kept = g_ptr_array_new_with_free_func (kept_free);
  for (guint i = 0; i < last->parts->len; i++)
    {
      g_autoptr (GVariant) part = g_variant_ref_sink (
          g_variant_new_from_bytes (G_VARIANT_TYPE (PART_TYPE), g_ptr_array_index (last->parts, i), FALSE));
      gboolean ok = g_variant_is_normal_form (part);

      for (gsize j = 0; ok && j < g_variant_n_children (part); j++)
        ok = read_row (undoing, g_variant_get_child_value (part, j));
      if (!ok)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "what the last import did cannot be read");
          return FALSE;
        }
    }
  return TRUE;
}

/* A clerk's scope may be another one than when they imported. */
static gboolean
require_scope (const Undoing *undoing, GError **error)
{
  const Scope *scope = &undoing->by->scope;

  for (guint i = 0; !scope_is_all (scope) && i < undoing->kept->len; i++)
    {
      const Kept *kept = g_ptr_array_index (undoing->kept, i);
      const char *before = NULL;
      const Person *person = kept->now;

      if (person == NULL)
        continue;
      if (person->parent[0] != '\0')
        person = g_hash_table_lookup (undoing->by_id, person->parent);
      (void) g_variant_lookup (kept->before, "department", "&s", &before);
      if (person != NULL && scope_has_kind_in (scope, kept->now->kind, person->department)
          && (before == NULL || person != kept->now || scope_has_kind_in (scope, person->kind, before)))
        continue;
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OUT_OF_SCOPE, "PeopleUndo: not in this clerk's scope");
      return FALSE;
    }
  return TRUE;
}

static void
add_obstacle (Undoing *undoing, const char *id, const Person *person, const char *why)
{
  VaultObstacle *obstacle = g_new0 (VaultObstacle, 1);

  obstacle->id = g_strdup (id);
  obstacle->code = g_strdup (person != NULL ? person->code : "");
  obstacle->name = g_strdup (person != NULL ? person->name : "");
  obstacle->why = why;
  g_ptr_array_add (undoing->result->obstacles, obstacle);
}

/* Those whose employee goes while they were added by somebody else. */
static void
find_families (Undoing *undoing, GHashTable *added)
{
  for (guint i = 0; i < undoing->people->len; i++)
    {
      const Person *person = g_ptr_array_index (undoing->people, i);

      if (person->parent[0] != '\0' && g_hash_table_contains (added, person->parent)
          && !g_hash_table_contains (added, person->id))
        add_obstacle (undoing, person->parent, g_hash_table_lookup (undoing->by_id, person->parent), "family");
    }
}

static gboolean
find_obstacles (Undoing *undoing, GError **error)
{
  g_autoptr (GHashTable) added = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) with_numbers = numbers_list_people (undoing->vault->store, error);

  if (with_numbers == NULL)
    return FALSE;
  for (guint i = 0; i < undoing->kept->len; i++)
    {
      const Kept *kept = g_ptr_array_index (undoing->kept, i);
      guint8 digest[DIGEST_BYTES];

      if (kept->is_added)
        g_hash_table_add (added, (gpointer) kept->id);
      undoing->result->removed += kept->is_added;
      undoing->result->restored += !kept->is_added;
      if (kept->now == NULL)
        {
          add_obstacle (undoing, kept->id, NULL, "gone");
          continue;
        }
      digest_person (kept->now, digest);
      if (memcmp (digest, kept->digest, DIGEST_BYTES) != 0)
        add_obstacle (undoing, kept->id, kept->now, "changed");
      else if (kept->is_added
               && (!g_str_equal (kept->now->state, "none") || g_hash_table_contains (with_numbers, kept->id)))
        add_obstacle (undoing, kept->id, kept->now, "number");
    }
  find_families (undoing, added);
  return TRUE;
}

/* --- doing it --------------------------------------------------------------------------------------------------------- */

static gboolean
restore_person (Undoing *undoing, const Kept *kept, const char *now, GError **error)
{
  Person *person = kept->now;

  for (guint i = 0; i < VAULT_IMPORT_FIELDS; i++)
    {
      char **place = vault_import_field_of (person, i), *before = NULL;

      if (!g_variant_lookup (kept->before, vault_import_field_name (i), "s", &before))
        continue;
      g_free (*place);
      *place = before;
    }
  g_free (person->updated);
  person->updated = g_strdup (now);
  return people_update (undoing->vault->store, person, error);
}

/* From the last row of the file to the first: one that changed somebody twice ends at what they were. */
static gboolean
undo_in_transaction (Undoing *undoing, GError **error)
{
  Store *store = undoing->vault->store;
  g_autofree char *now = record_now (), *removed = g_strdup_printf ("%u", undoing->result->removed);
  g_autofree char *restored = g_strdup_printf ("%u", undoing->result->restored);

  if (!tables_defer_references (store, error) || !numbers_index_people (store, TRUE, error))
    return FALSE;
  for (guint i = undoing->kept->len; i > 0; i--)
    {
      const Kept *kept = g_ptr_array_index (undoing->kept, i - 1);

      if (!(kept->is_added ? tables_remove (store, "people", kept->id, error)
                           : restore_person (undoing, kept, now, error)))
        return FALSE;
    }
  return numbers_index_people (store, FALSE, error) && last_import_forget (store, error)
         && record_append (store, error, undoing->by->id, "people-import-undone", "", "removed", removed, "restored",
                           restored, NULL);
}

static gboolean
require_importer (const VaultAdmin *by, const LastImport *last, GError **error)
{
  if (last == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_UNDO, "there is no import to take back");
  else if (by->role != VAULT_CHIEF && !g_str_equal (by->id, last->admin))
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "the last import is somebody else's");
  else
    return TRUE;
  return FALSE;
}

static VaultUndo *
undo_new (Vault *self, const LastImport *last)
{
  VaultUndo *result = g_new0 (VaultUndo, 1);
  g_autoptr (Admin) admin = last != NULL ? admins_get (self->store, last->admin, NULL) : NULL;

  result->time = g_strdup (last != NULL ? last->time : "");
  result->admin_name = g_strdup (admin != NULL ? admin->name : "");
  result->obstacles = g_ptr_array_new_with_free_func (obstacle_free);
  return result;
}

static gboolean
look (Undoing *undoing, const LastImport *last, GError **error)
{
  return require_importer (undoing->by, last, error) && read_kept (undoing, last, error)
         && require_scope (undoing, error) && find_obstacles (undoing, error);
}

/* It is not for who asked: whoever only looks is told that there is nothing for them. */
static gboolean
is_not_theirs (const GError *error)
{
  return g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_UNDO)
         || g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE)
         || g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_OUT_OF_SCOPE);
}

static gboolean
undo (Undoing *undoing, GError **error)
{
  Vault *self = undoing->vault;
  gboolean ok;

  if (undoing->result->obstacles->len > 0)
    {
      g_autofree char *count = g_strdup_printf ("%u", undoing->result->obstacles->len);

      return vault_begin (self, error)
             && vault_end (self,
                           record_append (self->store, error, undoing->by->id, "import-undo-refused", "", "people",
                                          count, "reason", "built-on", NULL),
                           error);
    }
  if (!vault_begin (self, error))
    return FALSE;
  ok = undo_in_transaction (undoing, error);
  return vault_end (self, ok, error);
}

VaultUndo *
vault_undo_import (Vault *self, const VaultAdmin *by, gboolean dry_run, GError **error)
{
  g_auto (Undoing) undoing = { .vault = self, .by = by };
  g_autoptr (LastImport) last = NULL;
  g_autoptr (VaultUndo) result = NULL;
  g_autoptr (GError) problem = NULL;

  if (!vault_require_at_work (self, error) || !last_import_get (self->store, &last, error))
    return NULL;
  undoing.result = result = undo_new (self, last);
  if (look (&undoing, last, &problem))
    return dry_run || undo (&undoing, error) ? g_steal_pointer (&result) : NULL;
  if (dry_run && is_not_theirs (problem))
    {
      result->time[0] = result->admin_name[0] = '\0';
      return g_steal_pointer (&result);
    }
  if (!dry_run)
    vault_note_attempt (self, by->id, "import-undo-refused", "", problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
