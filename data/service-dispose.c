/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern how long numbers are kept, and disposal. */
#include "service-private.h"

#include "vault-dispose.h"
#include "vault-retire.h"
#include "vault-scope.h"

static void
add_text (GVariantBuilder *dict, const char *key, const char *text)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_string (text));
}

static void
add_number (GVariantBuilder *dict, const char *key, guint32 number)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_uint32 (number));
}

/* --- retention ------------------------------------------------------------------------------------------------------- */

GVariant *
service_value_retention (GPtrArray *rules)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rules->len; i++)
    {
      const RetentionRule *rule = g_ptr_array_index (rules, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "purpose", rule->purpose);
      add_text (&rows, "anchor", rule->anchor);
      add_number (&rows, "years", rule->years);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static gboolean
retention_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) rules = NULL;

  if (service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_CLERK, "RetentionList",
                            &error))
    rules = vault_list_retention (self->vault, &error);
  if (rules == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_retention_list (object, invocation, service_value_retention (rules));
  return TRUE;
}

static gboolean
retention_set_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *purpose, const char *anchor,
                  guint years, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  const RetentionRule rule = { .purpose = (char *) purpose, .anchor = (char *) anchor, .years = years };
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "RetentionSet", &error)
      || !service_check_text (purpose, ID_MAX, &error) || !service_check_text (anchor, ID_MAX, &error)
      || !vault_set_retention (self->vault, client->admin, &rule, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_retention_set (object, invocation);
  service_changed (self, "disposal");
  return TRUE;
}

static gboolean
person_leave_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *person_id, const char *date,
                 gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "PersonLeave", &error)
      || !service_check_text (person_id, ID_MAX, &error) || !service_check_text (date, ID_MAX, &error)
      || !vault_require_person (self->vault, client->admin, person_id, "PersonLeave", &error)
      || !vault_set_left (self->vault, client->admin->id, person_id, date, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_person_leave (object, invocation);
  service_changed (self, "people");
  return TRUE;
}

/* --- disposal -------------------------------------------------------------------------------------------------------- */

static GVariant *
value_due (GPtrArray *list)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < list->len; i++)
    {
      const VaultDue *due = g_ptr_array_index (list, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "person", due->person->id);
      add_text (&rows, "record", due->person->record);
      add_text (&rows, "code", due->person->code);
      add_text (&rows, "name", due->person->name);
      add_text (&rows, "kind", due->person->kind);
      add_text (&rows, "purposes", due->purposes);
      add_text (&rows, "collected", due->collected);
      add_text (&rows, "left", due->left);
      add_text (&rows, "due", due->due);
      add_text (&rows, "rule", due->rule);
      g_variant_builder_add (&rows, "{sv}", "is-due", g_variant_new_boolean (due->is_due));
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static gboolean
retention_try_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *purpose, const char *anchor,
                  guint years, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  const RetentionRule rule = { .purpose = (char *) purpose, .anchor = (char *) anchor, .years = years };
  GError *error = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (service_require_role (self, client, VAULT_CHIEF, "RetentionTry", &error)
      && service_check_text (purpose, ID_MAX, &error) && service_check_text (anchor, ID_MAX, &error))
    list = vault_try_retention (self->vault, client->admin, &rule, &error);
  if (list == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_retention_try (object, invocation, value_due (list));
  return TRUE;
}

static gboolean
dispose_due_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *until, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "DisposeDue", &error)
      && service_check_text (until, ID_MAX, &error))
    list = vault_list_due (self->vault, &client->admin->scope, until, &error);
  if (list == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_dispose_due (object, invocation, value_due (list));
  return TRUE;
}

static GVariant *
value_report (const VaultDisposalReport *report)
{
  GVariantBuilder dict;

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "id", report->id);
  add_number (&dict, "numbers", report->numbers);
  add_number (&dict, "erased", report->erased);
  add_number (&dict, "left-over", report->left_over);
  g_variant_builder_add (&dict, "{sv}", "certified", g_variant_new_boolean (report->certified));
  return g_variant_builder_end (&dict);
}

/* (transfer full): what would go, or has gone. */
static GPtrArray *
dispose_as_asked (Service *self, Client *client, GVariant *options, VaultDisposalReport *ret_report, GError **error)
{
  g_autoptr (GVariant) people = NULL;
  g_autofree const char **ids = NULL;
  VaultDisposal disposal = { 0 };
  gboolean dry_run;

  if (!service_require_role (self, client, VAULT_CHIEF, "Dispose", error)
      || !value_take_text (options, "reason", ID_MAX, &disposal.reason, error)
      || !value_take_bool (options, "erase-people", &disposal.erase_people, error)
      || !value_take_bool (options, "dry-run", &dry_run, error)
      || !value_take (options, "people", "as", &people, error))
    return NULL;
  if (people != NULL)
    ids = g_variant_get_strv (people, NULL);
  disposal.people = ids;
  if (dry_run)
    return vault_preview_disposal (self->vault, client->admin, &disposal, ret_report, error);
  if (!vault_dispose (self->vault, client->admin, &disposal, ret_report, error))
    return NULL;
  service_drop_others (self, client);
  return g_ptr_array_new ();
}

static gboolean
dispose_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  VaultDisposalReport report = { .id = "" };
  g_autoptr (GPtrArray) numbers =
      dispose_as_asked (self, service_get_client (self, invocation), options, &report, &error);

  if (numbers == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_dispose (object, invocation, value_report (&report), value_due (numbers));
  if (report.id[0] != '\0')
    service_changed (self, "people");
  return TRUE;
}

static gboolean
certificate_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  GVariantBuilder rows;

  if (service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_AUDITOR | VAULT_CLIENT,
                            "CertificateList", &error))
    list = vault_list_disposals (self->vault, &error);
  if (list == NULL)
    return service_fail (invocation, error);
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < list->len; i++)
    {
      const Disposal *disposal = g_ptr_array_index (list, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", disposal->id);
      add_text (&rows, "time", disposal->time);
      add_number (&rows, "numbers", disposal->numbers);
      g_variant_builder_add (&rows, "{sv}", "certified", g_variant_new_boolean (disposal->certified));
      g_variant_builder_close (&rows);
    }
  azukari_vault1_complete_certificate_list (object, invocation, g_variant_builder_end (&rows));
  return TRUE;
}

static gboolean
certificate_get_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *id, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autofree char *text = NULL;

  if (service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_AUDITOR | VAULT_CLIENT,
                            "CertificateGet", &error)
      && service_check_text (id, ID_MAX, &error))
    text = vault_dup_certificate (self->vault, id, &error);
  if (text == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_certificate_get (object, invocation, text);
  return TRUE;
}

static gboolean
retire_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *company, GVariant *pin_bytes,
           gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Secret) pin = value_take_secret (pin_bytes, PIN_MAX_BYTES, &error);
  g_autofree char *text = NULL;
  guint tries_left = 0;

  if (pin != NULL && service_require_role (self, client, VAULT_CHIEF, "Retire", &error)
      && service_check_text (company, VAULT_TEXT_MAX, &error))
    text = vault_retire (self->vault, client->admin, company, pin, &tries_left, &error);
  if (text == NULL)
    return service_fail_login (invocation, error, tries_left);
  service_drop_others (self, NULL);
  azukari_vault1_complete_retire (object, invocation, text);
  service_changed (self, "session");
  return TRUE;
}

void
service_connect_dispose (Service *self)
{
  g_signal_connect (self->object, "handle-retention-list", G_CALLBACK (retention_list_cb), self);
  g_signal_connect (self->object, "handle-retention-set", G_CALLBACK (retention_set_cb), self);
  g_signal_connect (self->object, "handle-retention-try", G_CALLBACK (retention_try_cb), self);
  g_signal_connect (self->object, "handle-person-leave", G_CALLBACK (person_leave_cb), self);
  g_signal_connect (self->object, "handle-dispose-due", G_CALLBACK (dispose_due_cb), self);
  g_signal_connect (self->object, "handle-dispose", G_CALLBACK (dispose_cb), self);
  g_signal_connect (self->object, "handle-certificate-list", G_CALLBACK (certificate_list_cb), self);
  g_signal_connect (self->object, "handle-certificate-get", G_CALLBACK (certificate_get_cb), self);
  g_signal_connect (self->object, "handle-retire", G_CALLBACK (retire_cb), self);
}
