/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: facts for papers, read before the paper's own entry. */
#include "vault-facts.h"

#include <string.h>

#include "audit.h"
#include "custody-error.h"
#include "record.h"
#include "vault-backup.h"
#include "vault-dispose.h"
#include "vault-machines.h"
#include "vault-private.h"
#include "vault-receipt.h"
#include "vault-scope.h"
#include "vault-training.h"

/* --- the vault as a whole -------------------------------------------------------------------------------------------- */

void
vault_facts_clear (VaultFacts *self)
{
  g_clear_pointer (&self->kinds, g_ptr_array_unref);
  g_clear_pointer (&self->purposes, g_ptr_array_unref);
  g_clear_pointer (&self->departments, g_ptr_array_unref);
  g_clear_pointer (&self->admins, g_ptr_array_unref);
  g_clear_pointer (&self->rules, g_ptr_array_unref);
  g_clear_pointer (&self->places, g_ptr_array_unref);
  g_clear_pointer (&self->backups, g_ptr_array_unref);
  g_clear_pointer (&self->machines, g_ptr_array_unref);
  g_clear_pointer (&self->tokens, g_ptr_array_unref);
  g_clear_pointer (&self->disposals, g_ptr_array_unref);
  g_clear_pointer (&self->actions, g_ptr_array_unref);
  g_clear_pointer (&self->training, g_ptr_array_unref);
}

/* NULL: no such paper */
static const char *
action_of (const char *what)
{
  static const struct
  {
    const char *what, *action;
  } papers[] = {
    { "register", "register-printed" }, { "controls", "controls-printed" }, { "policy", "policy-printed" },
    { "rules", "rules-printed" },       { "training", "training-printed" }, { "leak", "leak-printed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (papers); i++)
    if (g_str_equal (papers[i].what, what))
      return papers[i].action;
  return NULL;
}

static gboolean
count_unreviewed (Vault *self, guint64 *ret_count, GError **error)
{
  g_autofree char *detail = entries_dup_last_detail (self->store, AUDIT_REVIEWED, error);
  guint64 length;

  if (detail == NULL || !record_get_length (self->store, &length, error))
    return FALSE;
  *ret_count = length - MIN (length, audit_get_reviewed_to (detail));
  return TRUE;
}

static gboolean
gather (Vault *self, VaultFacts *facts, GError **error)
{
  ReviewFinding overdue = { 0 };

  if ((facts->kinds = tallies_of_kinds (self->store, error)) == NULL
      || (facts->purposes = tallies_of_purposes (self->store, error)) == NULL
      || (facts->departments = vault_count_departments (self, NULL, error)) == NULL
      || (facts->admins = vault_list_admins (self, error)) == NULL
      || (facts->rules = vault_list_retention (self, error)) == NULL
      || (facts->places = vault_backup_list_places (self, error)) == NULL
      || (facts->backups = vault_backup_list (self, error)) == NULL
      || (facts->machines = vault_list_machines (self, error)) == NULL
      || (facts->tokens = vault_list_tokens (self, "", error)) == NULL
      || (facts->disposals = vault_list_disposals (self, error)) == NULL
      || (facts->actions = tallies_of_actions (self->store, error)) == NULL
      || (facts->training = vault_list_training (self, error)) == NULL
      || !count_unreviewed (self, &facts->unreviewed, error) || !vault_find_overdue (self, &overdue, error))
    return FALSE;
  facts->overdue = overdue.count;
  return TRUE;
}

gboolean
vault_print_facts (Vault *self, const VaultAdmin *by, const char *what, VaultFacts *ret_facts,
                   VaultCheckpoint *ret_checkpoint, GError **error)
{
  const char *action = action_of (what);
  g_auto (VaultFacts) facts = { 0 };

  if (!vault_require_open (self, error))
    return FALSE;
  if (action == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "no such paper");
      return FALSE;
    }
  if (!gather (self, &facts, error) || !vault_record_print (self, by->id, action, ret_checkpoint, error))
    return FALSE;
  *ret_facts = facts;
  memset (&facts, 0, sizeof facts);
  return TRUE;
}

/* --- one number ------------------------------------------------------------------------------------------------------ */

void
vault_person_receipt_clear (VaultPersonReceipt *self)
{
  g_clear_pointer (&self->person, person_free);
  g_clear_pointer (&self->number, number_free);
  g_clear_pointer (&self->department, g_free);
  g_clear_pointer (&self->employee, g_free);
  g_clear_pointer (&self->received_by, g_free);
  g_clear_pointer (&self->rules, g_ptr_array_unref);
}

static gboolean
find_number (Vault *self, VaultPersonReceipt *receipt, GError **error)
{
  if (!numbers_find_live (self->store, receipt->person->id, &receipt->number, error))
    return FALSE;
  if (receipt->number != NULL)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD, "no number of theirs is in custody");
  return FALSE;
}

/* As the record has it: a row says who decided, not who took it in. */
static gboolean
find_receiver (Vault *self, VaultPersonReceipt *receipt, GError **error)
{
  g_autofree char *actor = entries_dup_actor (self->store, "number-collected", receipt->number->id, error);
  g_autoptr (Admin) admin = NULL;

  if (actor == NULL)
    return FALSE;
  receipt->attended = actor[0] != '\0' && !g_str_equal (actor, VAULT_ACTOR_KIOSK);
  admin = receipt->attended ? admins_get (self->store, actor, NULL) : NULL;
  receipt->received_by = g_strdup (admin != NULL ? admin->name : "");
  return TRUE;
}

static gboolean
find_employee (Vault *self, VaultPersonReceipt *receipt, GError **error)
{
  g_autoptr (Person) employee = NULL;

  if (receipt->person->parent[0] != '\0')
    {
      employee = people_get (self->store, receipt->person->parent, error);
      if (employee == NULL)
        return FALSE;
    }
  receipt->department = g_strdup (employee != NULL ? employee->department : receipt->person->department);
  receipt->employee = g_strdup (employee != NULL ? employee->name : "");
  return TRUE;
}

static gboolean
record_receipt (Vault *self, const VaultAdmin *by, const VaultPersonReceipt *receipt, GError **error)
{
  return vault_begin (self, error)
         && vault_end (self,
                       record_append (self->store, error, by->id, "receipt-printed", receipt->number->id, "person",
                                      receipt->person->id, NULL),
                       error);
}

gboolean
vault_print_person_receipt (Vault *self, const VaultAdmin *by, const char *person_id, VaultPersonReceipt *ret_receipt,
                            GError **error)
{
  g_auto (VaultPersonReceipt) receipt = { 0 };

  if (!vault_require_open (self, error) || !vault_require_person (self, by, person_id, "ReceiptPrint", error)
      || (receipt.person = people_get (self->store, person_id, error)) == NULL || !find_number (self, &receipt, error)
      || !vault_require_record (self, by, receipt.number->id, "ReceiptPrint", error)
      || !find_employee (self, &receipt, error) || !find_receiver (self, &receipt, error)
      || (receipt.rules = vault_list_retention (self, error)) == NULL || !record_receipt (self, by, &receipt, error))
    return FALSE;
  *ret_receipt = receipt;
  memset (&receipt, 0, sizeof receipt);
  return TRUE;
}
