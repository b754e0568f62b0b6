/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml whose answers are printed: the vault as a whole, and one person's receipt. */
#include "service-private.h"

#include "retention.h"
#include "tallies.h"
#include "vault-facts.h"
#include "vault-machines.h"
#include "vault-training.h"

static void
add_text (GVariantBuilder *dict, const char *key, const char *text)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_string (text));
}

static void
add_u32 (GVariantBuilder *dict, const char *key, guint value)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_uint32 (value));
}

static void
add_u64 (GVariantBuilder *dict, const char *key, guint64 value)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_uint64 (value));
}

/* --- the vault as a whole -------------------------------------------------------------------------------------------- */

static GVariant *
value_tallies (GPtrArray *tallies)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < tallies->len; i++)
    {
      const Tally *tally = g_ptr_array_index (tallies, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "what", tally->what);
      add_u32 (&rows, "people", tally->people);
      add_u32 (&rows, "numbers", tally->numbers);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
value_machines (GPtrArray *machines)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < machines->len; i++)
    {
      const Machine *machine = g_ptr_array_index (machines, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", machine->id);
      add_text (&rows, "name", machine->name);
      add_text (&rows, "role", machine->role);
      add_text (&rows, "enrolled", machine->enrolled);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
value_actions (GPtrArray *actions)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < actions->len; i++)
    {
      const ActionTally *tally = g_ptr_array_index (actions, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "action", tally->action);
      add_u64 (&rows, "count", tally->count);
      add_text (&rows, "last", tally->time);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
value_training (GPtrArray *list)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < list->len; i++)
    {
      const VaultTraining *training = g_ptr_array_index (list, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_u64 (&rows, "seq", training->seq);
      add_text (&rows, "time", training->time);
      add_text (&rows, "what", training->what);
      add_text (&rows, "topic", training->topic);
      add_text (&rows, "on", training->on);
      add_text (&rows, "admin-id", training->admin);
      add_text (&rows, "admin", training->name);
      add_text (&rows, "by", training->by_name);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
value_facts (Service *self, const VaultFacts *facts)
{
  GVariantBuilder dict = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&dict, "{sv}", "kinds", value_tallies (facts->kinds));
  g_variant_builder_add (&dict, "{sv}", "purposes", value_tallies (facts->purposes));
  g_variant_builder_add (&dict, "{sv}", "departments", value_departments (facts->departments));
  g_variant_builder_add (&dict, "{sv}", "admins", value_admins (facts->admins));
  g_variant_builder_add (&dict, "{sv}", "rules", service_value_retention (facts->rules));
  g_variant_builder_add (&dict, "{sv}", "places", service_value_places (facts->places));
  g_variant_builder_add (&dict, "{sv}", "backups", service_value_backups (self, facts->backups, facts->places));
  g_variant_builder_add (&dict, "{sv}", "machines", value_machines (facts->machines));
  g_variant_builder_add (&dict, "{sv}", "actions", value_actions (facts->actions));
  g_variant_builder_add (&dict, "{sv}", "training", value_training (facts->training));
  add_u32 (&dict, "tokens", facts->tokens->len);
  add_u32 (&dict, "disposals", facts->disposals->len);
  add_u32 (&dict, "overdue", facts->overdue);
  add_u64 (&dict, "unreviewed", facts->unreviewed);
  add_u32 (&dict, "pin-tries", KEYS_MAX_TRIES);
  add_u32 (&dict, "pin-least", PIN_MIN);
  add_u32 (&dict, "idle-minutes", SERVICE_IDLE_US / G_USEC_PER_SEC / 60);
  return g_variant_builder_end (&dict);
}

static gboolean
vault_print_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  const char *what;
  g_auto (VaultFacts) facts = { 0 };
  VaultCheckpoint checkpoint;
  VaultStatus status;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_AUDITOR, "VaultPrint", &error)
      || !value_take_text (options, "what", ID_MAX, &what, &error)
      /* what is reported to the commission is the company's word */
      || (g_str_equal (what, "leak") && !service_require_role (self, client, VAULT_CHIEF, "VaultPrint", &error))
      || !vault_print_facts (self->vault, client->admin, what, &facts, &checkpoint, &error))
    return service_fail (invocation, error);
  vault_get_status (self->vault, &status);
  azukari_vault1_complete_vault_print (object, invocation, value_facts (self, &facts),
                                       value_checkpoint (status.vault_id, &checkpoint));
  return TRUE;
}

/* --- training -------------------------------------------------------------------------------------------------------- */

static gboolean
training_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_AUDITOR, "TrainingList",
                            &error))
    list = vault_list_training (self->vault, &error);
  if (list == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_training_list (object, invocation, value_training (list));
  return TRUE;
}

static gboolean
training_add_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  const char *admin, *what, *topic, *on;

  if (!service_require_role (self, client, VAULT_CHIEF, "TrainingAdd", &error)
      || !value_take_text (options, "admin", ID_MAX, &admin, &error)
      || !value_take_text (options, "what", ID_MAX, &what, &error)
      || !value_take_text (options, "topic", ID_MAX, &topic, &error)
      || !value_take_text (options, "on", ID_MAX, &on, &error)
      || !vault_add_training (self->vault, client->admin, admin, what, topic, on, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_training_add (object, invocation);
  return TRUE;
}

/* --- one number ------------------------------------------------------------------------------------------------------ */

static GVariant *
value_receipt (const VaultPersonReceipt *receipt)
{
  const Number *number = receipt->number;
  g_auto (GStrv) purposes = g_strsplit (number->purposes, " ", -1);
  GVariantBuilder dict = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  add_text (&dict, "record", number->id);
  add_text (&dict, "kind", receipt->person->kind);
  add_text (&dict, "code", receipt->person->code);
  add_text (&dict, "name", receipt->person->name);
  add_text (&dict, "department", receipt->department);
  add_text (&dict, "employee", receipt->employee);
  add_text (&dict, "collected", number->collected);
  add_text (&dict, "document", number->document);
  add_text (&dict, "identity", number->identity);
  add_text (&dict, "state", number->state);
  g_variant_builder_add (&dict, "{sv}", "purposes", g_variant_new_strv ((const char *const *) purposes, -1));
  g_variant_builder_add (&dict, "{sv}", "attended", g_variant_new_boolean (receipt->attended));
  add_text (&dict, "received-by", receipt->received_by);
  g_variant_builder_add (&dict, "{sv}", "rules", service_value_retention (receipt->rules));
  return g_variant_builder_end (&dict);
}

static gboolean
receipt_print_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *person_id, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_auto (VaultPersonReceipt) receipt = { 0 };

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "ReceiptPrint", &error)
      || !service_check_text (person_id, ID_MAX, &error)
      || !vault_print_person_receipt (self->vault, client->admin, person_id, &receipt, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_receipt_print (object, invocation, value_receipt (&receipt));
  return TRUE;
}

void
service_connect_papers (Service *self)
{
  g_signal_connect (self->object, "handle-vault-print", G_CALLBACK (vault_print_cb), self);
  g_signal_connect (self->object, "handle-training-list", G_CALLBACK (training_list_cb), self);
  g_signal_connect (self->object, "handle-training-add", G_CALLBACK (training_add_cb), self);
  g_signal_connect (self->object, "handle-receipt-print", G_CALLBACK (receipt_print_cb), self);
}
