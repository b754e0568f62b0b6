/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern the record (取扱記録) as a whole. */
#include "service-private.h"

#include <unistd.h>

#include "custody-error.h"
#include "vault-earlier.h"

#define LOG_LIMIT 10000

static gboolean
add_entry (const Entry *entry, gpointer user_data, GError **error)
{
  value_add_entry (user_data, entry);
  return TRUE;
}

static gboolean
log_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *filter, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) from_value = NULL, to_value = NULL, limit_value = NULL;
  GVariantBuilder entries;
  VaultStatus status;
  guint64 from = 0, to = G_MAXINT64;
  guint32 limit = LOG_LIMIT;

  if (!service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_AUDITOR | VAULT_CLIENT,
                             "LogList", &error)
      || !value_take (filter, "from", "t", &from_value, &error) || !value_take (filter, "to", "t", &to_value, &error)
      || !value_take (filter, "limit", "u", &limit_value, &error))
    return service_fail (invocation, error);
  if (to_value != NULL)
    to = MIN (to, g_variant_get_uint64 (to_value));
  if (limit_value != NULL)
    limit = CLAMP (g_variant_get_uint32 (limit_value), 1, LOG_LIMIT);
  if (from_value != NULL)
    from = MIN (g_variant_get_uint64 (from_value), G_MAXINT64);
  /* Without a beginning: the latest. */
  else
    {
      vault_get_status (self->vault, &status);
      from = MIN (to, status.record_entries);
      from = from > limit ? from - limit + 1 : 1;
    }
  g_variant_builder_init (&entries, G_VARIANT_TYPE ("aa{sv}"));
  if (!vault_list_log (self->vault, from, to, limit, add_entry, &entries, &error))
    {
      g_variant_builder_clear (&entries);
      return service_fail (invocation, error);
    }
  azukari_vault1_complete_log_list (object, invocation, g_variant_builder_end (&entries));
  return TRUE;
}

static gboolean
log_key_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autofree char *key = NULL;

  (void) service_get_client (self, invocation);
  key = vault_dup_record_key (self->vault, &error);
  if (key == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_log_key (object, invocation, key);
  return TRUE;
}

static gboolean
export_record (Service *self, const Client *client, GUnixFDList *fds, GVariant *handle, VaultRecordReport *ret_report,
               GError **error)
{
  gboolean ok;
  int fd;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_AUDITOR | VAULT_CLIENT, "LogExport", error))
    return FALSE;
  fd = value_take_fd (handle, fds, error);
  if (fd < 0)
    return FALSE;
  ok = vault_export_record (self->vault, client->admin, fd, ret_report, error);
  close (fd);
  return ok;
}

static gboolean
log_export_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle,
               gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  VaultRecordReport report;

  if (!export_record (self, service_get_client (self, invocation), fds, handle, &report, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_log_export (object, invocation, NULL, value_record_report (&report));
  return TRUE;
}

/* --- of machines before this one ------------------------------------------------------------------------------------- */

static void
add_text (GVariantBuilder *dict, const char *key, const char *text)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_string (text));
}

static void
add_earlier (GVariantBuilder *machines, const OldVault *old)
{
  g_variant_builder_open (machines, G_VARIANT_TYPE_VARDICT);
  add_text (machines, "id", old->id);
  add_text (machines, "name", old->machine);
  add_text (machines, "company", old->company);
  add_text (machines, "provider", old->provider);
  g_variant_builder_add (machines, "{sv}", "entries", g_variant_new_uint64 (old->entries));
  g_variant_builder_add (machines, "{sv}", "checkpoints", g_variant_new_uint64 (old->checkpoints));
  g_variant_builder_add (machines, "{sv}", "attested", g_variant_new_uint64 (old->attested));
  add_text (machines, "first", old->first);
  add_text (machines, "last", old->last);
  add_text (machines, "taken", old->taken);
  g_variant_builder_close (machines);
}

static gboolean
log_earlier_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  GVariantBuilder machines;
  g_autoptr (GPtrArray) vaults = NULL;

  if (service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_AUDITOR | VAULT_CLIENT,
                            "LogEarlier", &error))
    vaults = vault_list_earlier (self->vault, &error);
  if (vaults == NULL)
    return service_fail (invocation, error);
  g_variant_builder_init (&machines, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < vaults->len; i++)
    add_earlier (&machines, g_ptr_array_index (vaults, i));
  azukari_vault1_complete_log_earlier (object, invocation, g_variant_builder_end (&machines));
  return TRUE;
}

static gboolean
log_earlier_key_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *id, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autofree char *key = NULL;

  (void) service_get_client (self, invocation);
  if (service_check_text (id, ID_MAX, &error))
    key = vault_dup_earlier_key (self->vault, id, &error);
  if (key == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_log_earlier_key (object, invocation, key);
  return TRUE;
}

static gboolean
export_earlier (Service *self, const Client *client, const char *id, GUnixFDList *fds, GVariant *handle,
                VaultRecordReport *ret_report, GError **error)
{
  gboolean ok;
  int fd;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_AUDITOR | VAULT_CLIENT, "LogExportEarlier", error)
      || !service_check_text (id, ID_MAX, error))
    return FALSE;
  fd = value_take_fd (handle, fds, error);
  if (fd < 0)
    return FALSE;
  ok = vault_export_earlier (self->vault, client->admin, id, fd, ret_report, error);
  close (fd);
  return ok;
}

static gboolean
log_export_earlier_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *id,
                       GVariant *handle, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  VaultRecordReport report;

  if (!export_earlier (self, service_get_client (self, invocation), id, fds, handle, &report, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_log_export_earlier (object, invocation, NULL, value_record_report (&report));
  return TRUE;
}

/* --- printing and reviewing ------------------------------------------------------------------------------------------ */

static gboolean
note_print (Service *self, const Client *client, GVariant *options, VaultCheckpoint *ret_checkpoint, GError **error)
{
  g_autoptr (GVariant) from = NULL, to = NULL;
  const char *what;

  return service_require_role (self, client, VAULT_CHIEF | VAULT_AUDITOR | VAULT_CLIENT, "LogPrint", error)
         && value_take_text (options, "what", ID_MAX, &what, error) && value_take (options, "from", "t", &from, error)
         && value_take (options, "to", "t", &to, error)
         && vault_note_print (self->vault, client->admin, what, from != NULL ? g_variant_get_uint64 (from) : 0,
                              to != NULL ? g_variant_get_uint64 (to) : 0, ret_checkpoint, error);
}

static gboolean
log_print_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  VaultCheckpoint checkpoint;
  VaultStatus status;

  if (!note_print (self, service_get_client (self, invocation), options, &checkpoint, &error))
    return service_fail (invocation, error);
  vault_get_status (self->vault, &status);
  azukari_vault1_complete_log_print (object, invocation, value_checkpoint (status.vault_id, &checkpoint));
  return TRUE;
}

static gboolean
log_review_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  Review review;

  if (!service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_AUDITOR | VAULT_CLIENT,
                             "LogReview", &error)
      || !vault_review_record (self->vault, zone, &review, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_log_review (object, invocation, value_review (&review));
  review_clear (&review);
  return TRUE;
}

static gboolean
log_sign_off_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, guint64 up_to, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "LogSignOff", &error)
      || !vault_sign_off_record (self->vault, client->admin, up_to, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_log_sign_off (object, invocation);
  return TRUE;
}

void
service_connect_record (Service *self)
{
  g_signal_connect (self->object, "handle-log-list", G_CALLBACK (log_list_cb), self);
  g_signal_connect (self->object, "handle-log-key", G_CALLBACK (log_key_cb), self);
  g_signal_connect (self->object, "handle-log-export", G_CALLBACK (log_export_cb), self);
  g_signal_connect (self->object, "handle-log-earlier", G_CALLBACK (log_earlier_cb), self);
  g_signal_connect (self->object, "handle-log-earlier-key", G_CALLBACK (log_earlier_key_cb), self);
  g_signal_connect (self->object, "handle-log-export-earlier", G_CALLBACK (log_export_earlier_cb), self);
  g_signal_connect (self->object, "handle-log-print", G_CALLBACK (log_print_cb), self);
  g_signal_connect (self->object, "handle-log-review", G_CALLBACK (log_review_cb), self);
  g_signal_connect (self->object, "handle-log-sign-off", G_CALLBACK (log_sign_off_cb), self);
}
