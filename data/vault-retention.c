/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: how long numbers are kept, who has left, and what need not be kept any more. */
#include "vault-dispose.h"

#include <string.h>

#include "custody-error.h"
#include "record.h"
#include "vault-private.h"
#include "vault-scope.h"

/* --- rules ----------------------------------------------------------------------------------------------------------- */

GPtrArray *
vault_list_retention (Vault *self, GError **error)
{
  return vault_require_open (self, error) ? retention_list (self->store, error) : NULL;
}

static gboolean
set_in_transaction (Vault *self, const VaultAdmin *by, const RetentionRule *rule, GError **error)
{
  g_autofree char *years = g_strdup_printf ("%u", rule->years);

  return retention_set (self->store, rule, error)
         && record_append (self->store, error, by->id, "retention-changed", rule->purpose, "anchor", rule->anchor,
                           "years", years, NULL);
}

static gboolean
check_rule (Vault *self, const VaultAdmin *by, const RetentionRule *rule, GError **error)
{
  if (!vault_require_open (self, error) || !vault_require_chief (by, error))
    return FALSE;
  if (!vault_purpose_is_known (rule->purpose) || !retention_anchor_is_known (rule->anchor)
      || rule->years > RETENTION_MAX_YEARS)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "a rule is a purpose's, runs from leaving, year-end or january-10, and for at most %d years",
                   RETENTION_MAX_YEARS);
      return FALSE;
    }
  return TRUE;
}

gboolean
vault_set_retention (Vault *self, const VaultAdmin *by, const RetentionRule *rule, GError **error)
{
  return check_rule (self, by, rule, error) && vault_begin (self, error)
         && vault_end (self, set_in_transaction (self, by, rule, error), error);
}

/* --- leaving --------------------------------------------------------------------------------------------------------- */

static gboolean
left_in_transaction (Vault *self, const char *actor, const char *person_id, const char *date, GError **error)
{
  g_autoptr (Person) person = people_get (self->store, person_id, error);
  g_autofree char *now = record_now ();

  return person != NULL && people_set_left (self->store, person_id, date, now, error)
         && record_append (self->store, error, actor, "person-left", person_id, "on", date, NULL);
}

gboolean
vault_set_left (Vault *self, const char *actor, const char *person_id, const char *date, GError **error)
{
  if (!vault_require_open (self, error))
    return FALSE;
  if (date[0] != '\0' && !vault_date_is_valid (date))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the day of leaving is no day");
      return FALSE;
    }
  return vault_begin (self, error)
         && vault_end (self, left_in_transaction (self, actor, person_id, date, error), error);
}

/* --- what is due ----------------------------------------------------------------------------------------------------- */

void
vault_due_free (VaultDue *self)
{
  if (self == NULL)
    return;
  person_free (self->person);
  g_free (self->left);
  g_free (self->due);
  g_free (self->rule);
  g_free (self->purposes);
  g_free (self->collected);
  g_free (self);
}

char *
vault_dup_today (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return g_date_time_format (now, "%Y-%m-%d");
}

static const RetentionRule *
find_rule (GPtrArray *rules, const char *purpose)
{
  for (guint i = 0; i < rules->len; i++)
    {
      const RetentionRule *rule = g_ptr_array_index (rules, i);

      if (g_str_equal (rule->purpose, purpose))
        return rule;
    }
  return NULL;
}

/* It is kept for as long as one of its purposes asks for; for ever when one has no rule. */
static void
find_due (VaultDue *self, const char *const *purposes, GPtrArray *rules)
{
  char last[11] = "";
  const RetentionRule *longest = NULL;

  for (guint i = 0; purposes[i] != NULL; i++)
    {
      const RetentionRule *rule = find_rule (rules, purposes[i]);
      char due[11];

      if (rule == NULL || !retention_due (rule, self->left, due))
        return;
      if (strcmp (due, last) > 0)
        {
          memcpy (last, due, sizeof last);
          longest = rule;
        }
    }
  if (longest == NULL)
    return;
  g_free (self->due);
  self->due = g_strdup (last);
  g_free (self->rule);
  self->rule = g_strdup_printf ("%s:%s:%u", longest->purpose, longest->anchor, longest->years);
}

VaultDue *
vault_due_new (Vault *self, Person *take_person, GPtrArray *rules, const char *today, GError **error)
{
  g_autoptr (VaultDue) due = g_new0 (VaultDue, 1);
  g_autoptr (Number) number = NULL;
  g_auto (GStrv) purposes = NULL;

  due->person = take_person;
  number = numbers_get (self->store, take_person->record, error);
  if (number == NULL)
    return NULL;
  due->left = g_strdup (take_person->left);
  if (due->left[0] == '\0' && take_person->parent[0] != '\0')
    {
      g_autoptr (Person) employee = people_get (self->store, take_person->parent, error);

      if (employee == NULL)
        return NULL;
      g_free (due->left);
      due->left = g_strdup (employee->left);
    }
  due->due = g_strdup ("");
  due->rule = g_strdup ("");
  due->collected = g_strndup (number->collected, strlen ("YYYY-MM-DD"));
  purposes = g_strsplit (number->purposes, " ", -1);
  due->purposes = g_strjoinv (",", purposes);
  find_due (due, (const char *const *) purposes, rules);
  due->is_due = due->due[0] != '\0' && strcmp (due->due, today) <= 0;
  return g_steal_pointer (&due);
}

static int
compare_due (gconstpointer a, gconstpointer b)
{
  const VaultDue *left = *(const VaultDue *const *) a, *right = *(const VaultDue *const *) b;
  int order = strcmp (left->due, right->due);

  return order != 0 ? order : strcmp (left->person->id, right->person->id);
}

/* @instead: (nullable): takes the place of its purpose's rule */
static GPtrArray *
list_rules (Vault *self, const RetentionRule *instead, GError **error)
{
  GPtrArray *rules = retention_list (self->store, error);
  RetentionRule *rule;

  if (rules == NULL || instead == NULL)
    return rules;
  for (guint i = rules->len; i > 0; i--)
    if (g_str_equal (((const RetentionRule *) g_ptr_array_index (rules, i - 1))->purpose, instead->purpose))
      g_ptr_array_remove_index (rules, i - 1);
  rule = g_new0 (RetentionRule, 1);
  rule->purpose = g_strdup (instead->purpose);
  rule->anchor = g_strdup (instead->anchor);
  rule->years = instead->years;
  g_ptr_array_add (rules, rule);
  return rules;
}

static GPtrArray *
list_due (Vault *self, const Scope *scope, const RetentionRule *instead, const char *until, const char *today,
          GError **error)
{
  g_autoptr (GPtrArray) rules = list_rules (self, instead, error);
  g_autoptr (GPtrArray) people = rules != NULL ? people_list_left (self->store, scope, error) : NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) vault_due_free);

  while (people != NULL && people->len > 0)
    {
      VaultDue *due = vault_due_new (self, g_ptr_array_steal_index_fast (people, people->len - 1), rules, today, error);

      if (due == NULL)
        return NULL;
      if (due->due[0] != '\0' && strcmp (due->due, until) <= 0)
        g_ptr_array_add (list, due);
      else
        vault_due_free (due);
    }
  g_ptr_array_sort (list, compare_due);
  return people != NULL ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
vault_list_due (Vault *self, const Scope *scope, const char *until, GError **error)
{
  g_autofree char *today = vault_dup_today ();

  if (!vault_require_open (self, error))
    return NULL;
  if (until[0] != '\0' && !vault_date_is_valid (until))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "until when is no day");
      return NULL;
    }
  return list_due (self, scope, NULL, until[0] != '\0' ? until : today, today, error);
}

GPtrArray *
vault_try_retention (Vault *self, const VaultAdmin *by, const RetentionRule *rule, GError **error)
{
  g_autofree char *today = vault_dup_today ();

  return check_rule (self, by, rule, error) ? list_due (self, NULL, rule, today, today, error) : NULL;
}

guint
vault_count_due (Vault *self)
{
  g_autofree char *today = vault_dup_today ();
  guint64 length;

  if (self->state != VAULT_OPEN || !record_get_length (self->store, &length, NULL))
    return 0;
  if (length != self->due_length || g_strcmp0 (today, self->due_day) != 0)
    {
      g_autoptr (GPtrArray) list = list_due (self, NULL, NULL, today, today, NULL);

      if (list == NULL)
        return 0;
      self->due_count = list->len;
      self->due_length = length;
      g_free (self->due_day);
      self->due_day = g_steal_pointer (&today);
    }
  return self->due_count;
}
