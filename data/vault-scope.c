/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: scopes, set and asked for. */
#include "vault-scope.h"

#include <string.h>

#include "custody-error.h"
#include "record.h"
#include "vault-dispose.h"
#include "vault-private.h"

#define EMPLOYEES "employee dependant"
#define CONTRACTORS "contractor"

static const struct
{
  const char *code, *kinds;
} purposes_known[] = { { "tax", EMPLOYEES },
                       { "social-insurance", EMPLOYEES },
                       { "employment-insurance", EMPLOYEES },
                       { "accident-insurance", EMPLOYEES },
                       { "payment-record", CONTRACTORS } };

const char *
vault_purpose_get_kinds (const char *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (purposes_known); i++)
    if (g_str_equal (purposes_known[i].code, code))
      return purposes_known[i].kinds;
  return "";
}

gboolean
vault_purpose_is_known (const char *code)
{
  return vault_purpose_get_kinds (code)[0] != '\0';
}

/* --- making one ------------------------------------------------------------------------------------------------------ */

static char *
join_departments (const char *const *departments)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; departments != NULL && departments[i] != NULL; i++)
    {
      if (i >= VAULT_SCOPE_DEPARTMENTS || !vault_text_is_valid (departments[i]))
        return NULL;
      g_string_append (text, departments[i]);
      g_string_append_c (text, '\n');
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
join_codes (const char *const *codes)
{
  for (guint i = 0; codes != NULL && codes[i] != NULL; i++)
    if (i >= G_N_ELEMENTS (purposes_known) || !vault_purpose_is_known (codes[i]))
      return NULL;
  return codes != NULL ? g_strjoinv (" ", (char **) codes) : g_strdup ("");
}

/* Of people who are asked for one of @purposes. */
static char *
find_kinds (const char *purposes)
{
  g_auto (GStrv) codes = g_strsplit (purposes, " ", -1);
  gboolean employees = FALSE, contractors = FALSE;

  for (guint i = 0; codes[i] != NULL; i++)
    {
      const char *kinds = vault_purpose_get_kinds (codes[i]);

      employees = employees || g_str_equal (kinds, EMPLOYEES);
      contractors = contractors || g_str_equal (kinds, CONTRACTORS);
    }
  /* Of nobody's: neither are they asked for a purpose that this program does not know. */
  if (purposes[0] != '\0' && !employees && !contractors)
    return g_strdup (SCOPE_NOTHING);
  return g_strdup (employees == contractors ? "" : employees ? EMPLOYEES : CONTRACTORS);
}

gboolean
vault_scope_make (const char *const *departments, const char *const *purposes, Scope *ret_scope, GError **error)
{
  g_autofree char *lines = join_departments (departments), *codes = join_codes (purposes);

  if (lines == NULL || codes == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "a scope has up to %d departments and purposes that people agree to", VAULT_SCOPE_DEPARTMENTS);
      return FALSE;
    }
  *ret_scope = (Scope){ .kinds = find_kinds (codes) };
  ret_scope->departments = g_steal_pointer (&lines);
  ret_scope->purposes = g_steal_pointer (&codes);
  return TRUE;
}

void
vault_take_scope (VaultAdmin *admin, const Admin *row)
{
  scope_clear (&admin->scope);
  if (admin->role == VAULT_CLERK)
    admin->scope = (Scope){ .departments = g_strdup (row->departments),
                            .purposes = g_strdup (row->purposes),
                            .kinds = find_kinds (row->purposes) };
}

gboolean
vault_scope_fits (VaultRole role, const Scope *scope, GError **error)
{
  if (scope_is_all (scope) || role == VAULT_CLERK)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "only a clerk has a scope");
  return FALSE;
}

/* --- setting one ----------------------------------------------------------------------------------------------------- */

gboolean
vault_record_scope (Store *store, const char *by, const char *action, const char *admin_id, const Scope *scope,
                    const char *role_name, GError **error)
{
  guint n = 0;
  g_autofree char *departments = NULL;
  g_auto (GStrv) codes = g_strsplit (scope->purposes, " ", -1);
  g_autofree char *purposes = codes[0] != NULL ? g_strjoinv (",", codes) : g_strdup ("all");

  for (const char *p = scope->departments; *p != '\0'; p++)
    n += *p == '\n';
  /* What a department is called may be anything, which the record does not take; the row is sealed to this entry. */
  departments = n > 0 ? g_strdup_printf ("%u", n) : g_strdup ("all");
  return record_append (store, error, by, action, admin_id, "departments", departments, "purposes", purposes, "role",
                        role_name, NULL);
}

static gboolean
set_in_transaction (Vault *self, const char *by, const char *admin_id, const Scope *scope, GError **error)
{
  return admins_set_scope (self->store, admin_id, scope, error)
         && vault_record_scope (self->store, by, "admin-scope-changed", admin_id, scope, "clerk", error);
}

static gboolean
set_scope (Vault *self, const VaultAdmin *by, const char *admin_id, const char *const *departments,
           const char *const *purposes, GError **error)
{
  g_autoptr (Admin) row = vault_require_chief (by, error) ? admins_get (self->store, admin_id, error) : NULL;
  g_auto (Scope) scope = { NULL, NULL, NULL };

  if (row == NULL)
    return FALSE;
  if (!g_str_equal (row->role, "clerk"))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "only a clerk has a scope");
      return FALSE;
    }
  if (!vault_scope_make (departments, purposes, &scope, error))
    return FALSE;
  if (g_str_equal (row->purposes, SCOPE_NOTHING) && (departments == NULL || purposes == NULL))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "this clerk has no scope: name both departments and purposes");
      return FALSE;
    }
  if (departments == NULL)
    {
      g_free (scope.departments);
      scope.departments = g_strdup (row->departments);
    }
  if (purposes == NULL)
    {
      g_free (scope.purposes);
      scope.purposes = g_strdup (row->purposes);
    }
  if (vault_keep_scope (self, admin_id, &scope, error) && vault_begin (self, error)
      && vault_end (self, set_in_transaction (self, by->id, admin_id, &scope, error), error))
    return TRUE;
  vault_settle_scopes (self);
  return FALSE;
}

gboolean
vault_set_scope (Vault *self, const VaultAdmin *by, const char *admin_id, const char *const *departments,
                 const char *const *purposes, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!vault_require_open (self, error))
    return FALSE;
  if (set_scope (self, by, admin_id, departments, purposes, &problem))
    return TRUE;
  vault_note_attempt (self, by->id, "admin-scope-refused", "", problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* --- asking ---------------------------------------------------------------------------------------------------------- */

void
vault_note_out_of_scope (Vault *self, const VaultAdmin *by, const char *verb, const char *subject)
{
  if (vault_begin (self, NULL))
    (void) vault_end (
        self, record_append (self->store, NULL, by->id, "refused", subject, "reason", "OutOfScope", "verb", verb, NULL),
        NULL);
}

static gboolean
conclude (Vault *self, const VaultAdmin *by, gboolean has, const char *verb, const char *subject, GError **error)
{
  if (has)
    return TRUE;
  vault_note_out_of_scope (self, by, verb, subject);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OUT_OF_SCOPE, "%s: not in this clerk's scope", verb);
  return FALSE;
}

gboolean
vault_require_person (Vault *self, const VaultAdmin *by, const char *person_id, const char *verb, GError **error)
{
  gboolean has = FALSE;

  if (scope_is_all (&by->scope))
    return TRUE;
  return vault_require_open (self, error) && scope_has_person (&by->scope, self->store, person_id, &has, error)
         && conclude (self, by, has, verb, person_id, error);
}

gboolean
vault_require_record (Vault *self, const VaultAdmin *by, const char *record_id, const char *verb, GError **error)
{
  gboolean has = FALSE;

  if (scope_is_all (&by->scope))
    return TRUE;
  return vault_require_open (self, error) && scope_has_record (&by->scope, self->store, record_id, &has, error)
         && conclude (self, by, has, verb, record_id, error);
}

gboolean
vault_require_new_person (Vault *self, const VaultAdmin *by, const Person *person, const char *verb, GError **error)
{
  if (scope_is_all (&by->scope))
    return TRUE;
  if (person->parent != NULL && person->parent[0] != '\0')
    return vault_require_person (self, by, person->parent, verb, error);
  return vault_require_open (self, error)
         && conclude (self, by, scope_has_kind_in (&by->scope, person->kind, person->department), verb, "", error);
}

gboolean
vault_require_purpose (Vault *self, const VaultAdmin *by, const char *purpose, const char *verb, GError **error)
{
  return conclude (self, by, scope_has_purpose (&by->scope, purpose), verb, "", error);
}

gboolean
vault_require_replaceable (Vault *self, const VaultAdmin *by, const char *person_id, const char *verb, GError **error)
{
  g_autoptr (Number) number = NULL;

  if (scope_is_all (&by->scope))
    return TRUE;
  if (!vault_require_open (self, error) || !numbers_find_live (self->store, person_id, &number, error))
    return FALSE;
  return number == NULL || vault_require_record (self, by, number->id, verb, error);
}

static void
count_within (Vault *self, const Scope *scope, VaultNarrowed *ret_counts)
{
  g_autoptr (GPtrArray) due = vault_list_due (self, scope, "", NULL);

  (void) people_count (self->store, scope, &ret_counts->people, &ret_counts->submitted, &ret_counts->approved, NULL);
  ret_counts->due = due != NULL ? due->len : 0;
}

void
vault_narrow_status (Vault *self, const VaultAdmin *by, VaultStatus *status)
{
  VaultNarrowed *last = &self->narrowed;
  g_autofree char *today = NULL, *key = NULL;

  if (self->state != VAULT_OPEN || scope_is_all (&by->scope))
    return;
  /* Asked for after each change; whatever changes them is an entry of the record. */
  today = vault_dup_today ();
  key = g_strdup_printf ("%" G_GUINT64_FORMAT " %s %s %s", status->record_entries, today, by->scope.purposes,
                         by->scope.departments);
  if (g_strcmp0 (last->key, key) != 0)
    {
      g_free (last->key);
      *last = (VaultNarrowed){ .key = g_steal_pointer (&key) };
      count_within (self, &by->scope, last);
    }
  status->people = last->people;
  status->submitted = last->submitted;
  status->approved = last->approved;
  status->disposal_due = last->due;
}
