/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: a roster comes in: what it would do to the people who are there, and doing it. */
#include <string.h>

#include "custody-error.h"
#include "record.h"
#include "vault-import-private.h"

/* What a row may change of somebody who is there, by the names of vault.xml. */
static const struct
{
  const char *name;
  gsize of_person, of_row;
} fields[VAULT_IMPORT_FIELDS] = {
  { "name", G_STRUCT_OFFSET (Person, name), G_STRUCT_OFFSET (RosterPerson, name) },
  { "kana", G_STRUCT_OFFSET (Person, kana), G_STRUCT_OFFSET (RosterPerson, kana) },
  { "birth-date", G_STRUCT_OFFSET (Person, birth_date), G_STRUCT_OFFSET (RosterPerson, birth_date) },
  { "department", G_STRUCT_OFFSET (Person, department), G_STRUCT_OFFSET (RosterPerson, department) },
  { "relationship", G_STRUCT_OFFSET (Person, relationship), G_STRUCT_OFFSET (RosterPerson, relationship) },
  { "left", G_STRUCT_OFFSET (Person, left), G_STRUCT_OFFSET (RosterPerson, left) },
  { "joined", G_STRUCT_OFFSET (Person, joined), G_STRUCT_OFFSET (RosterPerson, joined) },
  { "employment", G_STRUCT_OFFSET (Person, employment), G_STRUCT_OFFSET (RosterPerson, employment) },
  { "pension", G_STRUCT_OFFSET (Person, pension), G_STRUCT_OFFSET (RosterPerson, pension) },
};

typedef struct
{
  Vault *vault;
  VaultImport *result;
  GHashTable *by_code; /* borrowed code -> borrowed Person: employees and contractors */
  GHashTable *by_name; /* owned key -> borrowed Person: dependants and contractors */
  GHashTable *by_id;   /* borrowed id -> borrowed Person */
  GHashTable *seen;    /* borrowed Person: those whom the file has a row of */
  GPtrArray *rows;     /* borrowed: of RosterPerson */
  const Scope *scope;  /* borrowed: what the importer handles */
  gboolean is_dry;
  char *now;
} Import;

const char *
vault_import_field_name (guint field)
{
  return fields[field].name;
}

char **
vault_import_field_of (Person *person, guint field)
{
  return (char **) G_STRUCT_MEMBER_P (person, fields[field].of_person);
}

/* --- what was found --------------------------------------------------------------------------------------------------- */

static void
field_free (gpointer data)
{
  VaultImportField *self = data;

  g_free (self->before);
  g_free (self->after);
  g_free (self);
}

static void
change_free (gpointer data)
{
  VaultImportChange *self = data;

  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_free (self);
}

void
vault_import_free (VaultImport *self)
{
  if (self == NULL)
    return;
  roster_report_free (self->roster);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->people, g_ptr_array_unref);
  g_free (self);
}

const char *
vault_import_what_get_name (VaultImportWhat what)
{
  static const char *const names[] = {
    [VAULT_IMPORT_ADDED] = "added", [VAULT_IMPORT_CHANGED] = "changed", [VAULT_IMPORT_MISSING] = "missing"
  };

  return names[what];
}

static VaultImportChange *
add_change (Import *import, VaultImportWhat what, guint row, const Person *person)
{
  VaultImportChange *change = g_new0 (VaultImportChange, 1);

  change->what = what;
  change->row = row;
  change->person = person;
  if (person->parent[0] != '\0')
    change->employee = g_hash_table_lookup (import->by_id, person->parent);
  g_ptr_array_add (import->result->changes, change);
  return change;
}

static void
hash_text (GChecksum *sum, const char *text)
{
  g_checksum_update (sum, (const guint8 *) text, (gssize) strlen (text) + 1);
}

/* Of the file and of what it does: the same again means that what was looked at still holds. Ids of those who are new are made each time. */
static void
digest_changes (const VaultImport *result, GBytes *csv, char ret_digest[VAULT_IMPORT_DIGEST_SIZE])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size;
  const guint8 *data = g_bytes_get_data (csv, &size);

  g_checksum_update (sum, data, (gssize) size);
  for (guint i = 0; i < result->changes->len; i++)
    {
      const VaultImportChange *change = g_ptr_array_index (result->changes, i);
      g_autofree char *row = g_strdup_printf ("%u", change->row);

      hash_text (sum, vault_import_what_get_name (change->what));
      hash_text (sum, row);
      hash_text (sum, change->what == VAULT_IMPORT_ADDED ? change->person->code : change->person->id);
      for (guint j = 0; change->fields != NULL && j < change->fields->len; j++)
        {
          const VaultImportField *field = g_ptr_array_index (change->fields, j);

          hash_text (sum, field->name);
          hash_text (sum, field->before);
          hash_text (sum, field->after);
        }
    }
  g_strlcpy (ret_digest, g_checksum_get_string (sum), VAULT_IMPORT_DIGEST_SIZE);
}

/* --- row by row ------------------------------------------------------------------------------------------------------- */

static char *
name_key (const char *parent_id, const char *name, const char *birth_date)
{
  return g_strjoin ("\n", parent_id, name, birth_date, NULL);
}

static void
import_index (Import *import, Person *person)
{
  g_hash_table_insert (import->by_id, person->id, person);
  if (!g_str_equal (person->kind, "employee"))
    g_hash_table_insert (import->by_name, name_key (person->parent, person->name, person->birth_date), person);
  if (!g_str_equal (person->kind, "dependant"))
    g_hash_table_insert (import->by_code, person->code, person);
}

static void
import_refuse (Import *import, const RosterPerson *row, RosterWhat what)
{
  roster_report_add (import->result->roster, row->row, "", what);
}

/* An empty cell leaves what is there. */
static GPtrArray *
merge_row (Person *person, const RosterPerson *row)
{
  g_autoptr (GPtrArray) changed = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      char **place = vault_import_field_of (person, i);
      const char *value = G_STRUCT_MEMBER (const char *, row, fields[i].of_row);
      VaultImportField *field;

      if (value[0] == '\0' || g_str_equal (*place, value))
        continue;
      if (changed == NULL)
        changed = g_ptr_array_new_with_free_func (field_free);
      field = g_new0 (VaultImportField, 1);
      field->name = fields[i].name;
      field->before = *place;
      field->after = g_strdup (value);
      *place = g_strdup (value);
      g_ptr_array_add (changed, field);
    }
  return g_steal_pointer (&changed);
}

static Person *
person_from_row (Import *import, const RosterPerson *row, const char *parent_id)
{
  Person *person = person_new ();

  person->id = g_uuid_string_random ();
  person->kind = g_strdup (roster_kind_get_name (row->kind));
  person->code = row->code[0] == '\0' && row->kind == ROSTER_CONTRACTOR ? vault_make_contractor_code (import->by_code)
                                                                        : g_strdup (row->code);
  person->name = g_strdup (row->name);
  person->kana = g_strdup (row->kana);
  person->birth_date = g_strdup (row->birth_date);
  person->department = g_strdup (row->department);
  person->parent = g_strdup (parent_id);
  person->relationship = g_strdup (row->relationship);
  person->left = g_strdup (row->left);
  person->joined = g_strdup (row->joined);
  person->employment = g_strdup (row->employment);
  person->pension = g_strdup (row->pension);
  person->updated = g_strdup (import->now);
  return person;
}

/* Before anything else is said of somebody: whether a row changes them tells what there is of them. */
static gboolean
import_is_mine (const Import *import, const RosterPerson *row, const Person *parent, const Person *known)
{
  const char *kind = roster_kind_get_name (row->kind);

  if (parent != NULL)
    return scope_has_kind_in (import->scope, kind, parent->department);
  return (known == NULL || scope_has_kind_in (import->scope, known->kind, known->department))
         && ((known != NULL && row->department[0] == '\0') || scope_has_kind_in (import->scope, kind, row->department));
}

static gboolean
import_row (Import *import, const RosterPerson *row, const Person *parent, Person *known, GError **error)
{
  Person *person;

  if (!import_is_mine (import, row, parent, known))
    {
      import_refuse (import, row, ROSTER_OUT_OF_SCOPE);
      return TRUE;
    }

  if (known != NULL && !g_str_equal (known->kind, roster_kind_get_name (row->kind)))
    {
      import_refuse (import, row, ROSTER_KIND_CHANGED);
      return TRUE;
    }
  if (known != NULL)
    {
      g_autoptr (GPtrArray) changed = merge_row (known, row);

      g_hash_table_add (import->seen, known);
      if (changed == NULL)
        {
          import->result->unchanged++;
          return TRUE;
        }
      import->result->changed++;
      add_change (import, VAULT_IMPORT_CHANGED, row->row, known)->fields = g_steal_pointer (&changed);
      g_free (known->updated);
      known->updated = g_strdup (import->now);
      return import->is_dry || people_update (import->vault->store, known, error);
    }
  person = person_from_row (import, row, parent != NULL ? parent->id : "");
  g_ptr_array_add (import->result->people, person);
  import_index (import, person);
  g_hash_table_add (import->seen, person);
  import->result->added++;
  (void) add_change (import, VAULT_IMPORT_ADDED, row->row, person);
  return import->is_dry || people_insert (import->vault->store, person, error);
}

static gboolean
import_by_name (Import *import, const RosterPerson *row, const Person *parent, GError **error)
{
  g_autofree char *key = name_key (parent != NULL ? parent->id : "", row->name, row->birth_date);

  return import_row (import, row, parent, g_hash_table_lookup (import->by_name, key), error);
}

static gboolean
import_dependant (Import *import, const RosterPerson *row, GError **error)
{
  const Person *parent = g_hash_table_lookup (import->by_code, row->parent_code);

  if (parent == NULL || !g_str_equal (parent->kind, "employee"))
    {
      import_refuse (import, row, ROSTER_UNKNOWN_PARENT);
      return TRUE;
    }
  return import_by_name (import, row, parent, error);
}

/* A dependant may stand above its employee in the file; codes that we make must not take one of the file's. */
static gboolean
import_all (Import *import, GError **error)
{
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < import->rows->len; i++)
      {
        const RosterPerson *row = g_ptr_array_index (import->rows, i);
        gboolean coded = row->kind != ROSTER_DEPENDANT && row->code[0] != '\0';
        gboolean ok = TRUE;

        if (coded && pass == 0)
          ok = import_row (import, row, NULL, g_hash_table_lookup (import->by_code, row->code), error);
        else if (!coded && pass == 1)
          ok = row->kind == ROSTER_DEPENDANT ? import_dependant (import, row, error)
                                             : import_by_name (import, row, NULL, error);
        if (!ok)
          return FALSE;
      }
  return TRUE;
}

/* Those of the kinds that the file is about, of whom it has no row. Nothing is done to them: who has left is not removed from the roster by
 * leaving them out, as their number must be kept. */
static void
find_missing (Import *import, guint n_before)
{
  g_autofree char *today = vault_dup_today ();
  gboolean about[ROSTER_DEPENDANT + 1] = { FALSE };

  for (guint i = 0; i < import->rows->len; i++)
    about[((const RosterPerson *) g_ptr_array_index (import->rows, i))->kind] = TRUE;
  for (guint i = 0; i < n_before; i++)
    {
      const Person *person = g_ptr_array_index (import->result->people, i), *employee = person;
      gboolean is_about = FALSE;

      for (guint kind = 0; kind < G_N_ELEMENTS (about); kind++)
        is_about = is_about || (about[kind] && g_str_equal (person->kind, roster_kind_get_name (kind)));
      if (!is_about || g_hash_table_contains (import->seen, person))
        continue;
      if (person->parent[0] != '\0')
        employee = g_hash_table_lookup (import->by_id, person->parent);
      if (employee == NULL || !scope_has_kind_in (import->scope, person->kind, employee->department)
          || person->name[0] == '\0' || (person->left[0] != '\0' && strcmp (person->left, today) < 0)
          || (employee->left[0] != '\0' && strcmp (employee->left, today) < 0))
        continue;
      import->result->missing++;
      (void) add_change (import, VAULT_IMPORT_MISSING, 0, person);
    }
}

static gboolean
import_in_transaction (Import *import, const char *actor, GBytes *csv, const VaultImportOptions *options,
                       gboolean *ret_keep, GError **error)
{
  VaultImport *result = import->result;
  g_autofree char *added = NULL, *changed = NULL, *rows = NULL;
  guint n_before;

  result->people = people_list (import->vault->store, error);
  if (result->people == NULL)
    return FALSE;
  n_before = result->people->len;
  for (guint i = 0; i < n_before; i++)
    import_index (import, g_ptr_array_index (result->people, i));
  if (!import_all (import, error))
    return FALSE;
  find_missing (import, n_before);
  digest_changes (result, csv, result->digest);
  if (options->expected != NULL && result->roster->mistakes->len == 0
      && !g_str_equal (options->expected, result->digest))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OUTDATED,
                   "import: it would do something else than was looked at");
      return FALSE;
    }
  *ret_keep = !options->dry_run && result->roster->mistakes->len == 0 && result->added + result->changed > 0;
  added = g_strdup_printf ("%u", result->added);
  changed = g_strdup_printf ("%u", result->changed);
  rows = g_strdup_printf ("%u", result->roster->n_rows);
  return !*ret_keep
         || (vault_undo_keep (import->vault, actor, import->now, result, error)
             && record_append (import->vault->store, error, actor, "people-imported", "", "added", added, "changed",
                               changed, "rows", rows, NULL));
}

static gboolean
import_rows (Vault *self, const char *actor, const Scope *scope, GPtrArray *rows, GBytes *csv,
             const VaultImportOptions *options, VaultImport *result, GError **error)
{
  Import import = { .vault = self, .result = result, .rows = rows, .scope = scope, .is_dry = options->dry_run };
  gboolean ok, keep = FALSE;

  if (!vault_begin (self, error))
    return FALSE;
  import.by_code = g_hash_table_new (g_str_hash, g_str_equal);
  import.by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  import.by_id = g_hash_table_new (g_str_hash, g_str_equal);
  import.seen = g_hash_table_new (NULL, NULL);
  import.now = record_now ();
  ok = import_in_transaction (&import, actor, csv, options, &keep, error);
  if (ok && !keep)
    store_rollback (self->store);
  else
    ok = vault_end (self, ok, error);
  g_hash_table_unref (import.by_code);
  g_hash_table_unref (import.by_name);
  g_hash_table_unref (import.by_id);
  g_hash_table_unref (import.seen);
  g_free (import.now);
  if (result->roster->mistakes->len > 0)
    {
      /* Also of those whom a clerk does not handle: nothing is told of anybody. */
      result->added = result->changed = result->unchanged = result->missing = 0;
      g_ptr_array_set_size (result->changes, 0);
      result->digest[0] = '\0';
    }
  return ok;
}

static gboolean
knows_employee_cb (const char *code, gpointer data)
{
  Vault *self = data;
  g_autoptr (Person) person = people_find_by_code (self->store, code, NULL);

  return person != NULL && g_str_equal (person->kind, "employee");
}

VaultImport *
vault_import_people (Vault *self, const char *actor, const Scope *scope, GBytes *csv, const VaultImportOptions *options,
                     GError **error)
{
  g_autoptr (VaultImport) result = g_new0 (VaultImport, 1);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GPtrArray) rows = NULL;
  GDate today;
  gsize size;
  const guint8 *data = g_bytes_get_data (csv, &size);

  if (!vault_require_at_work (self, error))
    return NULL;
  result->changes = g_ptr_array_new_with_free_func (change_free);
  g_date_clear (&today, 1);
  g_date_set_dmy (&today, g_date_time_get_day_of_month (now), g_date_time_get_month (now), g_date_time_get_year (now));
  if (roster_parse (data, size, options->encoding, knows_employee_cb, self, &today, &rows, &result->roster)
      && !import_rows (self, actor, scope, rows, csv, options, result, error))
    return NULL;
  return g_steal_pointer (&result);
}
