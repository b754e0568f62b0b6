/* SPDX-License-Identifier: Apache-2.0 */
/* Service: connections and their rights, then one handler for each method of vault.xml. */
#include "service-private.h"

#include <string.h>
#include <unistd.h>

#include "custody-error.h"
#include "my-number.h"
#include "vault-scope.h"

#define ERROR_PREFIX "jp.azukari.Error."
#define TEND_EVERY_S 30

/* --- rights ---------------------------------------------------------------------------------------------------------- */

gint64
service_now_us (const Service *self)
{
  return self->options.now_us != NULL ? self->options.now_us () : g_get_monotonic_time ();
}

void
service_drop_admin (Service *self, Client *client, gboolean expired)
{
  if (client->admin == NULL)
    return;
  (void) vault_note_logout (self->vault, client->admin->id, expired, NULL);
  g_clear_pointer (&client->admin, vault_admin_free);
  service_forget_token (client);
}

void
service_drop_others (Service *self, const Client *except)
{
  GHashTableIter iter;
  gpointer client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    if (client != except)
      service_drop_admin (self, client, TRUE);
}

void
service_drop_admins (Service *self, const char *admin_id)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Client *client = value;

      if (client->admin != NULL && g_str_equal (client->admin->id, admin_id))
        service_drop_admin (self, client, TRUE);
    }
}

static void
client_free (gpointer data)
{
  Client *client = data;

  vault_admin_free (client->admin);
  token_asked_free (client->asked);
  g_free (client->person);
  g_free (client);
}

static void
expire_client (Service *self, Client *client)
{
  if (service_now_us (self) - client->last_call_us < SERVICE_IDLE_US)
    return;
  service_drop_admin (self, client, TRUE);
  g_clear_pointer (&client->person, g_free);
}

static gboolean
is_in_use (const Service *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Client *client = value;

      if (client->admin != NULL || client->person != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
tell_tries (Service *self)
{
  guint tries_left = vault_get_tries_left (self->vault);

  if (tries_left == self->tries_left)
    return;
  self->tries_left = tries_left;
  service_changed (self, "tries");
}

static void
cover_calls (Service *self)
{
  GHashTableIter iter;
  gpointer connection, value;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &connection, &value))
    {
      Client *client = value;

      if (client->n_to_cover > 0)
        service_cover (connection, client->n_to_cover);
      client->n_to_cover = 0;
    }
}

static void follow_later (Service *self);

/* Runs when the answer is on its way: GDBus writes it in a thread of its own. */
static gboolean
follow_cb (gpointer user_data)
{
  Service *self = user_data;
  gboolean behind;

  self->follow_source = 0;
  cover_calls (self);
  behind = vault_follow (self->vault);
  service_index_soon (self);
  tell_tries (self);
  if (!is_in_use (self))
    vault_forget (self->vault);
  if (behind)
    follow_later (self);
  return G_SOURCE_REMOVE;
}

static void
follow_later (Service *self)
{
  if (self->follow_source == 0 && !self->closing)
    self->follow_source = g_idle_add_full (G_PRIORITY_LOW, follow_cb, self, NULL);
}

void
service_tend (Service *self)
{
  GHashTableIter iter;
  gpointer client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    expire_client (self, client);
  /* A TPM may take its time: not while somebody stands there. */
  if (!is_in_use (self))
    {
      vault_tend (self->vault);
      service_tend_backup (self);
    }
  tell_tries (self);
  follow_later (self);
}

static gboolean
tend_cb (gpointer user_data)
{
  service_tend (user_data);
  return G_SOURCE_CONTINUE;
}

/* The connection that calls; its rights are those it has at this moment. */
Client *
service_get_client (Service *self, GDBusMethodInvocation *invocation)
{
  Client *client = g_hash_table_lookup (self->clients, g_dbus_method_invocation_get_connection (invocation));

  g_assert (client != NULL);
  if (vault_has_closed (self->vault))
    {
      service_drop_others (self, NULL);
      vault_end_sessions (self->vault);
    }
  expire_client (self, client);
  client->last_call_us = service_now_us (self);
  client->n_to_cover =
      MAX (client->n_to_cover, g_variant_get_size (g_dbus_method_invocation_get_parameters (invocation)));
  follow_later (self);
  return client;
}

static gboolean
set_not_allowed (GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED, "this connection may not do that");
  return FALSE;
}

gboolean
service_require_pin (Service *self, const Client *client, VaultRole roles, const char *verb, GError **error)
{
  if (client->admin == NULL)
    return set_not_allowed (error);
  if ((client->admin->role & roles) != 0)
    return TRUE;
  (void) vault_note_refused (self->vault, client->admin->id, verb, NULL);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "%s is not for a %s", verb,
               vault_role_get_name (client->admin->role));
  return FALSE;
}

gboolean
service_require_role (Service *self, const Client *client, VaultRole roles, const char *verb, GError **error)
{
  return service_require_pin (self, client, roles, verb, error)
         && service_require_token (self, (Client *) client, VAULT_ASK_ADMIN, error);
}

/* The person themself, one of their dependants, or anybody when somebody is logged in who collects. */
static gboolean
require_person (Service *self, const Client *client, const char *person_id, const char *verb, GError **error)
{
  g_autoptr (Person) person = NULL;

  if (client->admin != NULL)
    return service_require_pin (self, client, VAULT_CHIEF | VAULT_CLERK, verb, error)
           && vault_require_person (self->vault, client->admin, person_id, verb, error);
  if (client->person == NULL)
    return set_not_allowed (error);
  if (g_str_equal (client->person, person_id))
    return TRUE;
  person = vault_get_person (self->vault, person_id, NULL);
  return (person != NULL && g_str_equal (person->parent, client->person)) || set_not_allowed (error);
}

static const char *
get_actor (const Client *client)
{
  return client->admin != NULL ? client->admin->id : VAULT_ACTOR_KIOSK;
}

gboolean
service_check_text (const char *text, gsize max_bytes, GError **error)
{
  if (strlen (text) <= max_bytes)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "an argument is too long");
  return FALSE;
}

/* Ends a call with @take_error. TRUE: handled. */
gboolean
service_fail (GDBusMethodInvocation *invocation, GError *take_error)
{
  g_autoptr (GError) error = take_error;
  g_autofree char *name = g_strconcat (ERROR_PREFIX, custody_error_get_name (error), NULL);

  g_dbus_method_invocation_return_dbus_error (invocation, name, error->message);
  return TRUE;
}

gboolean
service_fail_login (GDBusMethodInvocation *invocation, GError *take_error, guint tries_left)
{
  if (g_error_matches (take_error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN))
    {
      g_error_free (take_error);
      take_error = g_error_new (CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN, "the PIN is wrong tries=%u", tries_left);
    }
  return service_fail (invocation, take_error);
}

void
service_changed (Service *self, const char *what)
{
  azukari_vault1_emit_changed (self->object, what);
}

/* --- status, making, verifying --------------------------------------------------------------------------------------- */

static gboolean
get_status_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;

  azukari_vault1_complete_get_status (object, invocation,
                                      service_status_for (self, service_get_client (self, invocation)));
  return TRUE;
}

static gboolean
init_vault (Service *self, GVariant *options, const Secret *pin, GError **error)
{
  const char *provider, *company, *admin;

  if (!value_take_text (options, "provider", 16, &provider, error)
      || !value_take_text (options, "company", VAULT_TEXT_MAX, &company, error)
      || !value_take_text (options, "admin", VAULT_TEXT_MAX, &admin, error))
    return FALSE;
  if ((!g_str_equal (provider, "tpm2") && !g_str_equal (provider, "swtpm")) || admin[0] == '\0'
      || !vault_text_is_valid (admin) || !vault_text_is_valid (company))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "provider is tpm2 or swtpm; the admin needs a name");
      return FALSE;
    }
  return vault_init (self->vault, provider, company, admin, pin, error);
}

static gboolean
init_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, GVariant *pin_bytes,
         gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Secret) pin = value_take_secret (pin_bytes, PIN_MAX_BYTES, &error);

  if (pin == NULL || !init_vault (self, options, pin, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_init (object, invocation, service_status_for (self, client));
  service_changed (self, "session");
  return TRUE;
}

static gboolean
verify_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  GVariant *rows;
  VaultStatus status;
  gboolean ok, was_open;

  (void) service_get_client (self, invocation);
  vault_get_status (self->vault, &status);
  was_open = status.state == VAULT_OPEN;
  findings = vault_verify (self->vault, &error);
  if (findings == NULL)
    return service_fail (invocation, error);
  rows = value_findings (findings, &ok);
  vault_get_status (self->vault, &status);
  /* It may have been sealed by what was found. */
  if (was_open && status.state == VAULT_SEALED)
    {
      service_drop_others (self, NULL);
      service_changed (self, "session");
    }
  azukari_vault1_complete_verify (object, invocation, ok, rows);
  return TRUE;
}

static gboolean
prove_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  Client *client = service_get_client (self, invocation);
  g_autoptr (GPtrArray) findings = NULL;
  GVariant *rows;
  gboolean ok;

  if (service_require_role (self, client, VAULT_CHIEF | VAULT_AUDITOR, "Prove", &error))
    findings = vault_prove (self->vault, client->admin, &error);
  if (findings == NULL)
    return service_fail (invocation, error);
  rows = value_findings (findings, &ok);
  azukari_vault1_complete_prove (object, invocation, ok, rows);
  return TRUE;
}

/* --- sessions -------------------------------------------------------------------------------------------------------- */

static gboolean
login_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *name, GVariant *pin_bytes,
          gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Secret) pin = value_take_secret (pin_bytes, PIN_MAX_BYTES, &error);
  g_autoptr (VaultAdmin) admin = NULL;
  GVariantBuilder session;
  guint tries_left = 0;

  if (pin != NULL && service_check_text (name, VAULT_TEXT_MAX, &error))
    admin = vault_login (self->vault, name, pin, &tries_left, &error);
  if (admin == NULL)
    return service_fail_login (invocation, error, tries_left);
  service_drop_admin (self, client, FALSE);
  client->admin = g_steal_pointer (&admin);
  service_index (self);
  g_variant_builder_init (&session, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&session, "{sv}", "admin", g_variant_new_string (client->admin->name));
  g_variant_builder_add (&session, "{sv}", "admin-id", g_variant_new_string (client->admin->id));
  g_variant_builder_add (&session, "{sv}", "role", g_variant_new_string (vault_role_get_name (client->admin->role)));
  g_variant_builder_add (&session, "{sv}", "token", g_variant_new_string (service_get_token_duty_name (self, client)));
  g_variant_builder_add (&session, "{sv}", "limited", g_variant_new_boolean (!scope_is_all (&client->admin->scope)));
  azukari_vault1_complete_login (object, invocation, g_variant_builder_end (&session));
  service_changed (self, "session");
  return TRUE;
}

static gboolean
logout_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;

  service_drop_admin (self, service_get_client (self, invocation), FALSE);
  azukari_vault1_complete_logout (object, invocation);
  service_changed (self, "session");
  return TRUE;
}

static gboolean
complete_visitor (Service *self, Client *client, GDBusMethodInvocation *invocation, Person *person)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) dependants = vault_list_dependants (self->vault, person->id, &error);

  if (dependants == NULL)
    return service_fail (invocation, error);
  g_free (client->person);
  client->person = g_strdup (person->id);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a{sv})", value_visitor (person, dependants)));
  return TRUE;
}

gboolean
service_is_throttled (Service *self, const Client *client)
{
  gint64 now = service_now_us (self);

  if (now - self->failures_since_us >= SERVICE_THROTTLE_ALL_US)
    {
      self->n_failures = 0;
      self->failures_since_us = now;
    }
  return now < client->refused_until_us || self->n_failures >= SERVICE_THROTTLE_ALL_TRIES;
}

void
service_count_failure (Service *self, Client *client)
{
  self->n_failures++;
  client->n_failures++;
  if (client->n_failures < SERVICE_THROTTLE_TRIES)
    return;
  client->n_failures = 0;
  client->refused_until_us = service_now_us (self) + SERVICE_THROTTLE_US;
  (void) vault_note_throttle (self->vault, NULL);
}

static gboolean
identify_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *code, const char *birth_date,
             gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Person) person = NULL;

  /* Whoever asks who somebody else is has left the one before. */
  g_clear_pointer (&client->person, g_free);
  if (service_is_throttled (self, client))
    {
      set_not_allowed (&error);
      return service_fail (invocation, error);
    }
  if (service_check_text (code, VAULT_TEXT_MAX, &error) && service_check_text (birth_date, ID_MAX, &error))
    person = vault_identify (self->vault, code, birth_date, &error);
  if (person == NULL)
    {
      if (g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_PERSON))
        service_count_failure (self, client);
      return service_fail (invocation, error);
    }
  if (client->admin != NULL && !vault_require_person (self->vault, client->admin, person->id, "Identify", &error))
    return service_fail (invocation, error);
  client->n_failures = 0;
  return complete_visitor (self, client, invocation, person);
}

static gboolean
attend_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *person_id, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Person) person = NULL;

  if (service_require_pin (self, client, VAULT_CHIEF | VAULT_CLERK, "Attend", &error)
      && service_check_text (person_id, ID_MAX, &error)
      && vault_require_person (self->vault, client->admin, person_id, "Attend", &error))
    person = vault_attend (self->vault, client->admin->id, person_id, &error);
  if (person == NULL)
    return service_fail (invocation, error);
  return complete_visitor (self, client, invocation, person);
}

static gboolean
forget_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;

  g_clear_pointer (&service_get_client (self, invocation)->person, g_free);
  azukari_vault1_complete_forget (object, invocation);
  return TRUE;
}

/* --- people ---------------------------------------------------------------------------------------------------------- */

static VaultImport *
import_people (Service *self, const Client *client, GVariant *csv, GVariant *dict, gboolean *ret_dry_run,
               GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  VaultImportOptions options = { 0 };
  VaultImport *report;
  const char *name, *expected;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "PeopleImport", error)
      || !value_take_bool (dict, "dry-run", ret_dry_run, error) || !value_take_text (dict, "encoding", 16, &name, error)
      || !value_take_text (dict, "expected", VAULT_IMPORT_DIGEST_SIZE - 1, &expected, error))
    return NULL;
  if (g_variant_get_size (csv) > ROSTER_MAX_BYTES || !roster_encoding_from_name (name, &options.encoding))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "at most 4 MiB of CSV, encoding auto, utf8 or cp932");
      return NULL;
    }
  options.dry_run = *ret_dry_run;
  options.expected = expected[0] != '\0' ? expected : NULL;
  bytes = g_variant_get_data_as_bytes (csv);
  report = vault_import_people (self->vault, client->admin->id, &client->admin->scope, bytes, &options, error);
  /* A trial run too: what it says of others is nothing, but somebody asked. */
  if (report != NULL && roster_report_has (report->roster, ROSTER_OUT_OF_SCOPE))
    vault_note_out_of_scope (self->vault, client->admin, "PeopleImport", "");
  return report;
}

static gboolean
people_import_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *csv, GVariant *options,
                  gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  gboolean dry_run = FALSE;
  g_autoptr (VaultImport) report =
      import_people (self, service_get_client (self, invocation), csv, options, &dry_run, &error);

  if (report == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_people_import (object, invocation, value_import (report, dry_run));
  if (!dry_run && report->roster->mistakes->len == 0 && report->added + report->changed > 0)
    service_changed (self, "people");
  return TRUE;
}

static gboolean
take_person (GVariant *dict, Person *person, GError **error)
{
  const struct
  {
    const char *key;
    char **place;
  } texts[] = { { "kind", &person->kind },
                { "code", &person->code },
                { "name", &person->name },
                { "kana", &person->kana },
                { "birth-date", &person->birth_date },
                { "department", &person->department },
                { "parent", &person->parent },
                { "relationship", &person->relationship },
                { "joined", &person->joined },
                { "employment", &person->employment },
                { "pension", &person->pension } };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *text;

      if (!value_take_text (dict, texts[i].key, VAULT_TEXT_MAX, &text, error))
        return FALSE;
      *texts[i].place = g_strdup (text);
    }
  return TRUE;
}

static gboolean
person_add_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *dict, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Person) person = person_new ();
  g_autofree char *id = NULL;

  if (service_require_pin (self, client, VAULT_CHIEF | VAULT_CLERK, "PersonAdd", &error)
      && take_person (dict, person, &error)
      && vault_require_new_person (self->vault, client->admin, person, "PersonAdd", &error))
    id = vault_add_person (self->vault, client->admin->id, person, &error);
  if (id == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_person_add (object, invocation, id);
  service_changed (self, "people");
  return TRUE;
}

/* --- numbers --------------------------------------------------------------------------------------------------------- */

static gboolean
note_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *person_id, const char *event,
         const char *reason, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_check_text (person_id, ID_MAX, &error) || !require_person (self, client, person_id, "Note", &error)
      || !vault_note (self->vault, get_actor (client), person_id, event, reason, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_note (object, invocation);
  service_changed (self, "people");
  return TRUE;
}

/* An admin's: for one of the purposes that they handle at least, and in the place of no number that they do not. */
static gboolean
require_collection (Service *self, const Client *client, const char *person_id, const char *const *purposes,
                    GError **error)
{
  g_autofree char *joined = g_strjoinv (" ", (char **) (purposes != NULL ? purposes : (const char *const[]){ NULL }));

  return vault_require_purpose (self->vault, client->admin, joined, "Collect", error)
         && vault_require_replaceable (self->vault, client->admin, person_id, "Collect", error);
}

static char *
collect (Service *self, const Client *client, const char *person_id, GVariant *dict, const Secret *number,
         GError **error)
{
  g_autoptr (GVariant) purposes = NULL, evidence = NULL, confidence = NULL;
  g_autofree const char **purpose_list = NULL;
  VaultCollection collection = { 0 };

  if (!service_check_text (person_id, ID_MAX, error) || !require_person (self, client, person_id, "Collect", error)
      || !value_take_text (dict, "document", ID_MAX, &collection.document, error)
      || !value_take_text (dict, "identity", ID_MAX, &collection.identity, error)
      || !value_take_text (dict, "text-version", ID_MAX, &collection.text_version, error)
      || !value_take_text (dict, "language", ID_MAX, &collection.language, error)
      || !value_take (dict, "purposes", "as", &purposes, error)
      || !value_take (dict, "evidence", "a{ss}", &evidence, error)
      || !value_take (dict, "confidence", "d", &confidence, error))
    return NULL;
  purpose_list = purposes != NULL ? g_variant_get_strv (purposes, NULL) : NULL;
  collection.purposes = purpose_list;
  if (client->admin != NULL && !require_collection (self, client, person_id, purpose_list, error))
    return NULL;
  collection.evidence = evidence;
  collection.confidence = confidence != NULL ? g_variant_get_double (confidence) : 0;
  return vault_collect (self->vault, get_actor (client), person_id, &collection, number, error);
}

static gboolean
collect_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *person_id, GVariant *dict,
            GVariant *number_bytes, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (Secret) number = value_take_secret (number_bytes, MY_NUMBER_DIGITS * 4, &error);
  g_autofree char *record_id = number != NULL ? collect (self, client, person_id, dict, number, &error) : NULL;

  if (record_id == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_collect (object, invocation, record_id);
  service_changed (self, "records");
  return TRUE;
}

/* --- exports ------------------------------------------------------------------------------------------ */

static gboolean
export_to (Service *self, Client *client, GVariant *dict, GUnixFDList *fds, GVariant *handle,
           VaultExportReport *ret_report, GError **error)
{
  VaultExport options = { 0 };
  int fd;
  gboolean ok;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "Export", error)
      || !value_take_text (dict, "format", ID_MAX, &options.format, error)
      || !value_take_text (dict, "purpose", ID_MAX, &options.purpose, error)
      || !value_take_text (dict, "destination", VAULT_TEXT_MAX, &options.destination, error)
      || !value_take_text (dict, "kind", ID_MAX, &options.kind, error)
      || !value_take_bool (dict, "dry-run", &options.dry_run, error))
    return FALSE;
  if (options.kind[0] == '\0')
    options.kind = "all";
  if (!value_take_container (dict, &options.plain, error))
    return FALSE;
  /* Masked rows open no number. */
  if (!options.dry_run && !service_require_token (self, client, VAULT_ASK_EXPORT, error))
    return FALSE;
  fd = value_take_fd (handle, fds, error);
  if (fd < 0)
    return FALSE;
  ok = vault_export (self->vault, client->admin, &options, fd, ret_report, error);
  close (fd);
  return ok;
}

static gboolean
export_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *dict, GVariant *handle,
           gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_auto (VaultExportReport) report = { 0 };

  if (!export_to (self, service_get_client (self, invocation), dict, fds, handle, &report, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_export (object, invocation, NULL, value_export_report (&report));
  return TRUE;
}

/* --- connections ----------------------------------------------------------------------------------------------------- */

static void
closed_cb (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error, gpointer user_data)
{
  Service *self = user_data;
  Client *client = g_hash_table_lookup (self->clients, connection);

  if (client == NULL)
    return;
  service_drop_admin (self, client, FALSE);
  g_dbus_interface_skeleton_unexport_from_connection (G_DBUS_INTERFACE_SKELETON (self->object), connection);
  g_signal_handlers_disconnect_by_data (connection, self);
  g_hash_table_remove (self->clients, connection);
  follow_later (self);
  if (g_hash_table_size (self->clients) == 0 && !self->closing && self->options.idle_cb != NULL)
    self->options.idle_cb (self->options.user_data);
}

static gboolean
new_connection_cb (GDBusConnection *connection, gpointer user_data)
{
  Service *self = user_data;
  Client *client;

  if (self->closing || g_hash_table_size (self->clients) >= SERVICE_MAX_CONNECTIONS)
    return FALSE;
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->object), connection, SERVICE_OBJECT_PATH,
                                         NULL))
    return FALSE;
  client = g_new0 (Client, 1);
  client->last_call_us = service_now_us (self);
  g_hash_table_insert (self->clients, g_object_ref (connection), client);
  g_signal_connect (connection, "closed", G_CALLBACK (closed_cb), self);
  return TRUE;
}

static void
connect_handlers (Service *self)
{
  const struct
  {
    const char *signal;
    GCallback callback;
  } handlers[] = { { "handle-get-status", G_CALLBACK (get_status_cb) },
                   { "handle-init", G_CALLBACK (init_cb) },
                   { "handle-verify", G_CALLBACK (verify_cb) },
                   { "handle-prove", G_CALLBACK (prove_cb) },
                   { "handle-login", G_CALLBACK (login_cb) },
                   { "handle-logout", G_CALLBACK (logout_cb) },
                   { "handle-people-import", G_CALLBACK (people_import_cb) },
                   { "handle-person-add", G_CALLBACK (person_add_cb) },
                   { "handle-identify", G_CALLBACK (identify_cb) },
                   { "handle-attend", G_CALLBACK (attend_cb) },
                   { "handle-forget", G_CALLBACK (forget_cb) },
                   { "handle-note", G_CALLBACK (note_cb) },
                   { "handle-collect", G_CALLBACK (collect_cb) },
                   { "handle-export", G_CALLBACK (export_cb) } };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (self->object, handlers[i].signal, handlers[i].callback, self);
  service_connect_people (self);
  service_connect_papers (self);
  service_connect_admins (self);
  service_connect_boot (self);
  service_connect_machines (self);
  service_connect_record (self);
  service_connect_review (self);
  service_connect_safe (self);
  service_connect_dispose (self);
  service_connect_backup (self);
  service_connect_token (self);
  service_connect_term (self);
  service_connect_export (self);
  service_connect_merge (self);
  service_connect_formats (self);
}

Service *
service_new (Vault *vault, const ServiceOptions *options, GError **error)
{
  g_autoptr (Service) self = g_new0 (Service, 1);
  const ListenerOptions listening = { .socket_path = options->socket_path,
                                      .allowed_uids = options->allowed_uids,
                                      .n_allowed_uids = options->n_allowed_uids,
                                      .func = new_connection_cb,
                                      .user_data = self };

  self->vault = vault;
  self->options = *options;
  self->tries_left = vault_get_tries_left (vault);
  self->clients = g_hash_table_new_full (NULL, NULL, g_object_unref, client_free);
  self->object = azukari_vault1_skeleton_new ();
  connect_handlers (self);
  self->listener = listener_new (&listening, error);
  if (self->listener == NULL)
    return NULL;
  self->tend_source = g_timeout_add_seconds (TEND_EVERY_S, tend_cb, self);
  return g_steal_pointer (&self);
}

void
service_free (Service *self)
{
  GHashTableIter iter;
  gpointer connection, client;

  if (self == NULL)
    return;
  g_clear_handle_id (&self->tend_source, g_source_remove);
  g_clear_handle_id (&self->follow_source, g_source_remove);
  g_clear_handle_id (&self->index_source, g_source_remove);
  g_clear_handle_id (&self->index_soon_source, g_source_remove);
  /* Before the clients go: it lets some of the main loop's calls through. */
  self->closing = TRUE;
  g_clear_pointer (&self->listener, listener_free);
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &connection, &client))
    {
      service_drop_admin (self, client, FALSE);
      g_signal_handlers_disconnect_by_data (connection, self);
      g_dbus_interface_skeleton_unexport_from_connection (G_DBUS_INTERFACE_SKELETON (self->object), connection);
      /* Cancels what is still being written: a peer that does not read holds nothing up. */
      (void) g_dbus_connection_close_sync (connection, NULL, NULL);
    }
  g_hash_table_unref (self->clients);
  g_clear_object (&self->object);
  g_free (self);
}

guint
service_get_n_connections (const Service *self)
{
  return g_hash_table_size (self->clients);
}

gboolean
service_is_wanted (const Service *self)
{
  return service_get_n_connections (self) > 0 || listener_has_waiting (self->listener);
}
