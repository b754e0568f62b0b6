/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern other machines. */
#include "service-private.h"

#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"
#include "enroll.h"
#include "vault-move.h"

static void
add_text (GVariantBuilder *dict, const char *key, const char *text)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_string (text));
}

static GVariant *
enrolment_value (const VaultEnrolment *enrolment)
{
  GVariantBuilder dict;

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "id", enrolment->id);
  add_text (&dict, "name", enrolment->name);
  add_text (&dict, "company", enrolment->company);
  add_text (&dict, "provider", enrolment->provider);
  g_variant_builder_add (&dict, "{sv}", "software-tpm", g_variant_new_boolean (enrolment->software_tpm));
  if (enrolment->words != NULL)
    {
      g_variant_builder_add (&dict, "{sv}", "words", g_variant_new_strv ((const char *const *) enrolment->words, -1));
      g_variant_builder_add (&dict, "{sv}", "latin", g_variant_new_strv ((const char *const *) enrolment->latin, -1));
    }
  return g_variant_builder_end (&dict);
}

static GVariant *
file_value (GBytes *file)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, file, TRUE);
}

/* (transfer full): %NULL with USAGE when it is longer than any such file. */
static GBytes *
take_file (GVariant *bytes, GError **error)
{
  if (g_variant_get_size (bytes) <= ENROLL_MAX_BYTES)
    return g_variant_get_data_as_bytes (bytes);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_FILE, "no file of an enrolment is that long");
  return NULL;
}

/* --- enrolment ------------------------------------------------------------------------------------------------------- */

static gboolean
enroll_request_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (VaultEnrolment) enrolment = NULL;
  const char *name;

  if (service_require_role (self, client, VAULT_CHIEF, "EnrollRequest", &error)
      && value_take_text (options, "name", ENROLL_TEXT_MAX, &name, &error))
    enrolment = vault_enroll_request (self->vault, client->admin, name, &error);
  if (enrolment == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_enroll_request (object, invocation, file_value (enrolment->file),
                                          enrolment_value (enrolment));
  return TRUE;
}

static gboolean
enroll_answer_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *bytes, GVariant *options,
                  gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (GBytes) request = NULL;
  g_autoptr (VaultEnrolment) enrolment = NULL;
  const char *name;
  gboolean allow;

  if (service_require_role (self, client, VAULT_CHIEF, "EnrollAnswer", &error)
      && value_take_text (options, "name", ENROLL_TEXT_MAX, &name, &error)
      && value_take_bool (options, "allow-software-tpm", &allow, &error))
    request = take_file (bytes, &error);
  if (request != NULL)
    enrolment = vault_enroll_answer (self->vault, client->admin, request, name, allow, &error);
  if (enrolment == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_enroll_answer (object, invocation, file_value (enrolment->file), enrolment_value (enrolment));
  return TRUE;
}

static gboolean
enroll_prove_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *bytes, GVariant *options,
                 gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (VaultEnrolment) enrolment = NULL;
  gboolean allow;

  if (service_require_role (self, client, VAULT_CHIEF, "EnrollProve", &error)
      && value_take_bool (options, "allow-software-tpm", &allow, &error))
    answer = take_file (bytes, &error);
  if (answer != NULL)
    enrolment = vault_enroll_prove (self->vault, client->admin, answer, allow, &error);
  if (enrolment == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_enroll_prove (object, invocation, file_value (enrolment->file), enrolment_value (enrolment));
  service_changed (self, "machines");
  return TRUE;
}

static gboolean
enroll_check_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *bytes, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (GBytes) proof = NULL;
  g_autoptr (VaultEnrolment) enrolment = NULL;

  if (service_require_role (self, client, VAULT_CHIEF, "EnrollCheck", &error))
    proof = take_file (bytes, &error);
  if (proof != NULL)
    enrolment = vault_enroll_check (self->vault, client->admin, proof, &error);
  if (enrolment == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_enroll_check (object, invocation, enrolment_value (enrolment));
  return TRUE;
}

static gboolean
enroll_confirm_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *bytes, const char *const *words,
                   GVariant *pin_bytes, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Secret) pin = value_take_secret (pin_bytes, PIN_MAX_BYTES, &error);
  g_autoptr (GBytes) proof = NULL;
  guint tries_left = 0;

  if (pin != NULL && service_require_role (self, client, VAULT_CHIEF, "EnrollConfirm", &error))
    proof = take_file (bytes, &error);
  if (proof == NULL || !vault_enroll_confirm (self->vault, client->admin, proof, words, pin, &tries_left, &error))
    return service_fail_login (invocation, error, tries_left);
  azukari_vault1_complete_enroll_confirm (object, invocation);
  service_changed (self, "machines");
  return TRUE;
}

/* --- the list -------------------------------------------------------------------------------------------------------- */

static gboolean
machine_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) machines = NULL;
  GVariantBuilder rows;

  if (service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_CLERK | VAULT_AUDITOR,
                            "MachineList", &error))
    machines = vault_list_machines (self->vault, &error);
  if (machines == NULL)
    return service_fail (invocation, error);
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < machines->len; i++)
    {
      const Machine *machine = g_ptr_array_index (machines, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", machine->id);
      add_text (&rows, "name", machine->name);
      add_text (&rows, "company", machine->company);
      add_text (&rows, "provider", machine->provider);
      add_text (&rows, "role", machine->role);
      add_text (&rows, "enrolled", machine->enrolled);
      g_variant_builder_close (&rows);
    }
  azukari_vault1_complete_machine_list (object, invocation, g_variant_builder_end (&rows));
  return TRUE;
}

static gboolean
machine_remove_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *id, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "MachineRemove", &error)
      || !service_check_text (id, ID_MAX, &error) || !vault_remove_machine (self->vault, client->admin, id, &error))
    return service_fail (invocation, error);
  service_drop_others (self, client);
  azukari_vault1_complete_machine_remove (object, invocation);
  service_changed (self, "machines");
  return TRUE;
}

/* --- moving house ---------------------------------------------------------------------------------------------------- */

static gboolean
move_out_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *machine,
             GVariant *handle, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  gboolean ok = FALSE;
  int fd = -1;

  if (service_require_role (self, client, VAULT_CHIEF, "MoveOut", &error)
      && service_check_text (machine, ID_MAX, &error))
    fd = value_take_fd (handle, fds, &error);
  if (fd >= 0)
    {
      ok = vault_move_out (self->vault, client->admin, machine, fd, &error);
      close (fd);
    }
  if (!ok)
    return service_fail (invocation, error);
  azukari_vault1_complete_move_out (object, invocation, NULL);
  service_changed (self, "machines");
  return TRUE;
}

static gboolean
move_cancel_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "MoveCancel", &error)
      || !vault_move_cancel (self->vault, client->admin, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_move_cancel (object, invocation);
  service_changed (self, "machines");
  return TRUE;
}

static GVariant *
take_over_value (const VaultTakeOver *report)
{
  GVariantBuilder dict;

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "id", report->id);
  add_text (&dict, "name", report->name);
  add_text (&dict, "made", report->made);
  g_variant_builder_add (&dict, "{sv}", "planned", g_variant_new_boolean (report->planned));
  g_variant_builder_add (&dict, "{sv}", "people", g_variant_new_uint32 (report->people));
  g_variant_builder_add (&dict, "{sv}", "numbers", g_variant_new_uint32 (report->numbers));
  g_variant_builder_add (&dict, "{sv}", "unreadable", g_variant_new_uint32 (report->unreadable));
  g_variant_builder_add (&dict, "{sv}", "lease", g_variant_new_uint64 (report->lease));
  g_variant_builder_add (&dict, "{sv}", "entries", g_variant_new_uint64 (report->entries));
  return g_variant_builder_end (&dict);
}

static gboolean
take_over (Service *self, Client *client, GVariant *options, GUnixFDList *fds, GVariant *handle,
           VaultTakeOver *ret_report, GError **error)
{
  struct stat st;
  gboolean dead, ok;
  int fd;

  if (!service_require_role (self, client, VAULT_CHIEF, "TakeOver", error)
      || !value_take_bool (options, "first-is-dead", &dead, error))
    return FALSE;
  fd = value_take_fd (handle, fds, error);
  if (fd < 0)
    return FALSE;
  /* A pipe that nobody writes to would hold everybody up. */
  ok = fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && lseek (fd, 0, SEEK_SET) == 0;
  if (!ok)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "a bundle is a regular file");
  ok = ok && vault_take_over (self->vault, client->admin, fd, dead, ret_report, error);
  close (fd);
  return ok;
}

static gboolean
take_over_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *options,
              GVariant *handle, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_auto (VaultTakeOver) report = { 0 };

  if (!take_over (self, client, options, fds, handle, &report, &error))
    return service_fail (invocation, error);
  service_drop_others (self, client);
  azukari_vault1_complete_take_over (object, invocation, NULL, take_over_value (&report));
  service_changed (self, "machines");
  service_changed (self, "people");
  return TRUE;
}

static gboolean
move_receipt_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (GBytes) receipt = NULL;

  if (service_require_role (self, client, VAULT_CHIEF, "MoveReceipt", &error))
    receipt = vault_move_receipt (self->vault, client->admin, &error);
  if (receipt == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_move_receipt (object, invocation, file_value (receipt));
  return TRUE;
}

static gboolean
move_finish_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *bytes, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (GBytes) receipt = NULL;
  gboolean destroyed = FALSE;
  guint64 newer = 0;

  if (service_require_role (self, client, VAULT_CHIEF, "MoveFinish", &error))
    receipt = take_file (bytes, &error);
  if (receipt == NULL || !vault_move_finish (self->vault, client->admin, receipt, &destroyed, &newer, &error))
    return service_fail (invocation, error);
  if (destroyed)
    service_drop_others (self, client);
  azukari_vault1_complete_move_finish (object, invocation, destroyed, newer);
  service_changed (self, "machines");
  service_changed (self, "people");
  return TRUE;
}

void
service_connect_machines (Service *self)
{
  g_signal_connect (self->object, "handle-move-out", G_CALLBACK (move_out_cb), self);
  g_signal_connect (self->object, "handle-move-cancel", G_CALLBACK (move_cancel_cb), self);
  g_signal_connect (self->object, "handle-take-over", G_CALLBACK (take_over_cb), self);
  g_signal_connect (self->object, "handle-move-receipt", G_CALLBACK (move_receipt_cb), self);
  g_signal_connect (self->object, "handle-move-finish", G_CALLBACK (move_finish_cb), self);
  g_signal_connect (self->object, "handle-enroll-request", G_CALLBACK (enroll_request_cb), self);
  g_signal_connect (self->object, "handle-enroll-answer", G_CALLBACK (enroll_answer_cb), self);
  g_signal_connect (self->object, "handle-enroll-prove", G_CALLBACK (enroll_prove_cb), self);
  g_signal_connect (self->object, "handle-enroll-check", G_CALLBACK (enroll_check_cb), self);
  g_signal_connect (self->object, "handle-enroll-confirm", G_CALLBACK (enroll_confirm_cb), self);
  g_signal_connect (self->object, "handle-machine-list", G_CALLBACK (machine_list_cb), self);
  g_signal_connect (self->object, "handle-machine-remove", G_CALLBACK (machine_remove_cb), self);
}
