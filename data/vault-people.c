/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the roster and who somebody is. */
#include "vault-private.h"

#include <stdio.h>
#include <string.h>

#include "csv.h"
#include "custody-error.h"
#include "record.h"
#include "vault-import-private.h"
#include "vault-scope.h"

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

#define EMPLOYMENT_MAX_CHARS 20

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
employment_is_valid (const Person *person)
{
  static const char *const pensions[] = { "", "none", ROSTER_PENSION_CATEGORY_3, NULL };
  gboolean is_category_3 = g_str_equal (person->pension, ROSTER_PENSION_CATEGORY_3);

  return roster_text_is_valid (person->employment) && g_utf8_strlen (person->employment, -1) <= EMPLOYMENT_MAX_CHARS
         && (person->joined[0] == '\0'
             || (vault_date_is_valid (person->joined) && strcmp (person->joined, person->birth_date) >= 0))
         && (person->joined[0] == '\0' || person->left[0] == '\0' || strcmp (person->left, person->joined) >= 0)
         && g_strv_contains (pensions, person->pension)
         && (person->pension[0] == '\0' || g_str_equal (person->kind, "dependant"))
         && (!is_category_3 || person->relationship[0] == '\0' || roster_is_spouse (person->relationship));
}

static gboolean
person_check (Person *person)
{
  const char *const texts[] = { person->code, person->name, person->kana, person->department, person->relationship };
  gboolean dependant = g_str_equal (person->kind, "dependant");

  /* Not somebody's number where a name belongs, either: that may stand in no list. */
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!vault_text_is_valid (texts[i]) || (i > 0 && !roster_text_is_valid (texts[i])))
      return FALSE;
  if (!employment_is_valid (person))
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

char *
vault_make_contractor_code (GHashTable *taken)
{
  for (guint i = 1;; i++)
    {
      g_autofree char *code = g_strdup_printf ("C%04u", i);

      if (!g_hash_table_contains (taken, code))
        return g_steal_pointer (&code);
    }
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
  return vault_make_contractor_code (taken);
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
  default_text (&person->joined);
  default_text (&person->employment);
  default_text (&person->pension);
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

/* (transfer full): the names of what is another value now, "," between; NULL with USAGE. */
static char *
take_edits (Person *person, const char *const *names, const char *const *values, GError **error)
{
  g_autoptr (GString) changed = g_string_new (NULL);

  for (guint i = 0; names[i] != NULL; i++)
    {
      char **place = NULL;

      /* When somebody left has a verb, and an entry, of its own. */
      for (guint field = 0; field < VAULT_IMPORT_FIELDS; field++)
        if (g_str_equal (vault_import_field_name (field), names[i]) && !g_str_equal (names[i], "left"))
          place = vault_import_field_of (person, field);
      if (place == NULL || !roster_text_is_valid (values[i]))
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                       "no such field of a person, or a text that it cannot be");
          return NULL;
        }
      if (g_str_equal (*place, values[i]))
        continue;
      g_free (*place);
      *place = g_strdup (values[i]);
      g_string_append_printf (changed, "%s%s", changed->len > 0 ? "," : "", names[i]);
    }
  return g_string_free (g_steal_pointer (&changed), FALSE);
}

gboolean
vault_edit_person (Vault *self, const VaultAdmin *by, const char *person_id, const char *const *names,
                   const char *const *values, GError **error)
{
  g_autoptr (Person) person = NULL;
  g_autofree char *changed = NULL;

  if (!vault_require_at_work (self, error) || !vault_require_person (self, by, person_id, "PersonEdit", error))
    return FALSE;
  person = people_get (self->store, person_id, error);
  changed = person != NULL ? take_edits (person, names, values, error) : NULL;
  if (changed == NULL)
    return FALSE;
  if (!person_check (person))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "the person would lack something, or it does not fit together");
      return FALSE;
    }
  if (changed[0] == '\0')
    return TRUE;
  if (!vault_require_new_person (self, by, person, "PersonEdit", error))
    return FALSE;
  g_free (person->updated);
  person->updated = record_now ();
  return vault_begin (self, error)
         && vault_end (
             self,
             people_update (self->store, person, error)
                 && record_append (self->store, error, by->id, "person-edited", person_id, "fields", changed, NULL),
             error);
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
