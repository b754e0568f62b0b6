/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the roster and who somebody is. */
#include "vault-private.h"

#include <stdio.h>
#include <string.h>

#include "csv.h"
#include "custody-error.h"
#include "record.h"

void
vault_import_free (VaultImport *self)
{
  if (self == NULL)
    return;
  roster_report_free (self->roster);
  g_free (self);
}

gboolean
vault_text_is_valid (const char *text)
{
  if (strlen (text) > VAULT_TEXT_MAX || csv_is_formula (text))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      GUnicodeType type = g_unichar_type (g_utf8_get_char (p));

      /* Also the invisible marks that turn the direction of text: a name could be made to look like another. */
      if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_PRIVATE_USE
          || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
        return FALSE;
    }
  return TRUE;
}

gboolean
vault_date_is_valid (const char *text)
{
  int year, month, day, end = 0;

  return strlen (text) == 10 && sscanf (text, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && end == 10
         && year >= 1868 && month > 0 && day > 0 && g_date_valid_dmy (day, month, year);
}

/* --- import ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  Vault *vault;
  VaultImport *result;
  GHashTable *by_code; /* borrowed code -> borrowed Person: employees and contractors */
  GHashTable *by_name; /* owned key -> borrowed Person: dependants and contractors */
  GPtrArray *people;   /* owned: all of the vault and those just added */
  GPtrArray *rows;     /* borrowed: of RosterPerson */
  const Scope *scope;  /* borrowed: what the importer handles */
  char *now;
} Import;

static char *
name_key (const char *parent_id, const char *name, const char *birth_date)
{
  return g_strjoin ("\n", parent_id, name, birth_date, NULL);
}

static void
import_index (Import *import, Person *person)
{
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

static gboolean
set_text (char **place, const char *value)
{
  if (g_strcmp0 (*place, value) == 0)
    return FALSE;
  g_free (*place);
  *place = g_strdup (value);
  return TRUE;
}

static gboolean
merge_row (Person *person, const RosterPerson *row)
{
  gboolean changed = FALSE;

  changed |= row->name[0] != '\0' && set_text (&person->name, row->name);
  changed |= row->kana[0] != '\0' && set_text (&person->kana, row->kana);
  changed |= row->birth_date[0] != '\0' && set_text (&person->birth_date, row->birth_date);
  changed |= row->department[0] != '\0' && set_text (&person->department, row->department);
  changed |= row->relationship[0] != '\0' && set_text (&person->relationship, row->relationship);
  changed |= row->left[0] != '\0' && set_text (&person->left, row->left);
  return changed;
}

static char *
make_contractor_code (GHashTable *taken)
{
  for (guint i = 1;; i++)
    {
      g_autofree char *code = g_strdup_printf ("C%04u", i);

      if (!g_hash_table_contains (taken, code))
        return g_steal_pointer (&code);
    }
}

static Person *
person_from_row (Import *import, const RosterPerson *row, const char *parent_id)
{
  Person *person = person_new ();

  person->id = g_uuid_string_random ();
  person->kind = g_strdup (roster_kind_get_name (row->kind));
  person->code = row->code[0] == '\0' && row->kind == ROSTER_CONTRACTOR ? make_contractor_code (import->by_code)
                                                                        : g_strdup (row->code);
  person->name = g_strdup (row->name);
  person->kana = g_strdup (row->kana);
  person->birth_date = g_strdup (row->birth_date);
  person->department = g_strdup (row->department);
  person->parent = g_strdup (parent_id);
  person->relationship = g_strdup (row->relationship);
  person->left = g_strdup (row->left);
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
      if (!merge_row (known, row))
        {
          import->result->unchanged++;
          return TRUE;
        }
      import->result->changed++;
      set_text (&known->updated, import->now);
      return people_update (import->vault->store, known, error);
    }
  person = person_from_row (import, row, parent != NULL ? parent->id : "");
  g_ptr_array_add (import->people, person);
  import_index (import, person);
  import->result->added++;
  return people_insert (import->vault->store, person, error);
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

static gboolean
import_in_transaction (Import *import, const char *actor, gboolean *keep, GError **error)
{
  VaultImport *result = import->result;
  g_autofree char *added = NULL, *changed = NULL, *rows = NULL;

  import->people = people_list (import->vault->store, error);
  if (import->people == NULL)
    return FALSE;
  for (guint i = 0; i < import->people->len; i++)
    import_index (import, g_ptr_array_index (import->people, i));
  if (!import_all (import, error))
    return FALSE;
  *keep = *keep && result->roster->mistakes->len == 0 && result->added + result->changed > 0;
  added = g_strdup_printf ("%u", result->added);
  changed = g_strdup_printf ("%u", result->changed);
  rows = g_strdup_printf ("%u", result->roster->n_rows);
  return !*keep
         || record_append (import->vault->store, error, actor, "people-imported", "", "added", added, "changed",
                           changed, "rows", rows, NULL);
}

static gboolean
import_rows (Vault *self, const char *actor, const Scope *scope, GPtrArray *rows, gboolean keep, VaultImport *result,
             GError **error)
{
  Import import = { .vault = self, .result = result, .rows = rows, .scope = scope };
  gboolean ok;

  if (!vault_begin (self, error))
    return FALSE;
  import.by_code = g_hash_table_new (g_str_hash, g_str_equal);
  import.by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  import.now = record_now ();
  ok = import_in_transaction (&import, actor, &keep, error);
  if (ok && !keep)
    store_rollback (self->store);
  else
    ok = vault_end (self, ok, error);
  g_hash_table_unref (import.by_code);
  g_hash_table_unref (import.by_name);
  g_clear_pointer (&import.people, g_ptr_array_unref);
  g_free (import.now);
  if (result->roster->mistakes->len > 0)
    result->added = result->changed = result->unchanged = 0;
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
vault_import_people (Vault *self, const char *actor, const Scope *scope, GBytes *csv, RosterEncoding encoding,
                     gboolean dry_run, GError **error)
{
  g_autoptr (VaultImport) result = g_new0 (VaultImport, 1);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GPtrArray) rows = NULL;
  GDate today;
  gsize size;
  const guint8 *data = g_bytes_get_data (csv, &size);

  if (!vault_require_at_work (self, error))
    return NULL;
  g_date_clear (&today, 1);
  g_date_set_dmy (&today, g_date_time_get_day_of_month (now), g_date_time_get_month (now), g_date_time_get_year (now));
  if (roster_parse (data, size, encoding, knows_employee_cb, self, &today, &rows, &result->roster)
      && !import_rows (self, actor, scope, rows, !dry_run, result, error))
    return NULL;
  return g_steal_pointer (&result);
}

/* --- one by one ------------------------------------------------------------------------------------------------------ */

GPtrArray *
vault_list_people_page (Vault *self, PeopleFilter filter, GError **error)
{
  g_autofree char *today = vault_dup_today ();
  g_autoptr (GPtrArray) people = NULL;

  filter.today = today;
  if (vault_require_open (self, error) && askings_follow (self->store, 0, NULL, error))
    people = people_list_page (self->store, &filter, error);
  for (guint i = 0; people != NULL && i < people->len; i++)
    {
      Person *person = g_ptr_array_index (people, i);

      person->asking = askings_get (self->store, person->id);
    }
  return g_steal_pointer (&people);
}

GPtrArray *
vault_count_departments (Vault *self, const Scope *scope, GError **error)
{
  g_autofree char *today = vault_dup_today ();

  return vault_require_open (self, error) && askings_follow (self->store, 0, NULL, error)
             ? people_count_departments (self->store, scope, today, error)
             : NULL;
}

GPtrArray *
vault_list_people (Vault *self, GError **error)
{
  return vault_require_open (self, error) ? people_list (self->store, error) : NULL;
}

GPtrArray *
vault_list_dependants (Vault *self, const char *person_id, GError **error)
{
  return vault_require_open (self, error) ? people_list_dependants (self->store, person_id, error) : NULL;
}

Person *
vault_get_person (Vault *self, const char *person_id, GError **error)
{
  return vault_require_open (self, error) ? people_get (self->store, person_id, error) : NULL;
}

static gboolean
person_check (Person *person)
{
  const char *const texts[] = { person->code, person->name, person->kana, person->department, person->relationship };
  gboolean dependant = g_str_equal (person->kind, "dependant");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!vault_text_is_valid (texts[i]))
      return FALSE;
  if (person->birth_date[0] != '\0' && !vault_date_is_valid (person->birth_date))
    return FALSE;
  if (!dependant && !g_str_equal (person->kind, "employee") && !g_str_equal (person->kind, "contractor"))
    return FALSE;
  return person->name[0] != '\0' && dependant == (person->parent[0] != '\0') && (dependant || person->code[0] != '\0')
         && (person->birth_date[0] != '\0' || !g_str_equal (person->kind, "employee"));
}

static gboolean
code_is_taken (Vault *self, const char *code)
{
  g_autoptr (Person) other = people_find_by_code (self->store, code, NULL);

  return other != NULL;
}

static char *
find_contractor_code (Vault *self, GError **error)
{
  g_autoptr (GPtrArray) people = people_list (self->store, error);
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);

  if (people == NULL)
    return NULL;
  for (guint i = 0; i < people->len; i++)
    g_hash_table_add (taken, ((Person *) g_ptr_array_index (people, i))->code);
  return make_contractor_code (taken);
}

static gboolean
add_in_transaction (Vault *self, const char *actor, Person *person, GError **error)
{
  if (person->parent[0] != '\0')
    {
      g_autoptr (Person) parent = people_get (self->store, person->parent, error);

      if (parent == NULL)
        return FALSE;
      if (!g_str_equal (parent->kind, "employee"))
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "only an employee has dependants");
          return FALSE;
        }
    }
  return people_insert (self->store, person, error)
         && record_append (self->store, error, actor, "person-added", person->id, "kind", person->kind, NULL);
}

static void
default_text (char **place)
{
  if (*place == NULL)
    *place = g_strdup ("");
}

char *
vault_add_person (Vault *self, const char *actor, Person *person, GError **error)
{
  if (!vault_require_at_work (self, error))
    return NULL;
  default_text (&person->kind);
  default_text (&person->code);
  default_text (&person->name);
  default_text (&person->kana);
  default_text (&person->birth_date);
  default_text (&person->department);
  default_text (&person->parent);
  default_text (&person->relationship);
  default_text (&person->left);
  if (person->code[0] == '\0' && g_str_equal (person->kind, "contractor"))
    {
      g_free (person->code);
      person->code = find_contractor_code (self, error);
      if (person->code == NULL)
        return NULL;
    }
  if (!person_check (person) || (person->parent[0] == '\0' && code_is_taken (self, person->code)))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the person lacks something, or the code is taken");
      return NULL;
    }
  g_free (person->id);
  person->id = g_uuid_string_random ();
  g_free (person->updated);
  person->updated = record_now ();
  if (!vault_begin (self, error) || !vault_end (self, add_in_transaction (self, actor, person, error), error))
    return NULL;
  return g_strdup (person->id);
}

static gboolean
note_identified (Vault *self, const char *actor, const char *action, const char *person_id, GError **error)
{
  return vault_begin (self, error)
         && vault_end (self, record_append (self->store, error, actor, action, person_id, NULL), error);
}

Person *
vault_identify (Vault *self, const char *code, const char *birth_date, GError **error)
{
  g_autoptr (Person) person = NULL;

  if (!vault_require_at_work (self, error))
    return NULL;
  if (code[0] != '\0' && vault_date_is_valid (birth_date))
    person = people_find_by_code (self->store, code, NULL);
  if (person == NULL || !g_str_equal (person->kind, "employee") || !g_str_equal (person->birth_date, birth_date))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_PERSON, "no employee of that code and birth date");
      return NULL;
    }
  if (!note_identified (self, VAULT_ACTOR_KIOSK, "person-identified", person->id, error))
    return NULL;
  return g_steal_pointer (&person);
}

Person *
vault_attend (Vault *self, const char *admin_id, const char *person_id, GError **error)
{
  g_autoptr (Person) person = vault_require_at_work (self, error) ? vault_get_person (self, person_id, error) : NULL;

  if (person == NULL || !note_identified (self, admin_id, "person-attended", person_id, error))
    return NULL;
  return g_steal_pointer (&person);
}
