/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that concern backups. */
#include "service-private.h"

#include <unistd.h>

#include "backups.h"
#include "custody-error.h"
#include "vault-backup.h"

#define PATH_MAX_BYTES 2048
#define ACTOR_SYSTEM "system"

void
service_tend_backup (Service *self)
{
  g_autoptr (GPtrArray) outcomes = NULL;
  g_autoptr (GError) error = NULL;

  if (!vault_backup_is_due (self->vault))
    return;
  outcomes = vault_backup (self->vault, ACTOR_SYSTEM, TRUE, &error);
  if (outcomes == NULL)
    g_warning ("backup: %s", error->message);
  else
    service_changed (self, "backups");
}

/* --- values ---------------------------------------------------------------------------------------------------------- */

static void
add_text (GVariantBuilder *dict, const char *key, const char *text)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_string (text));
}

static void
add_u64 (GVariantBuilder *dict, const char *key, guint64 value)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_uint64 (value));
}

static void
add_u32 (GVariantBuilder *dict, const char *key, guint value)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_uint32 (value));
}

static GVariant *
value_outcomes (GPtrArray *outcomes)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < outcomes->len; i++)
    {
      const VaultBackupOutcome *outcome = g_ptr_array_index (outcomes, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "place", outcome->place);
      add_text (&rows, "path", outcome->path);
      add_text (&rows, "generation", outcome->generation);
      g_variant_builder_add (&rows, "{sv}", "ok", g_variant_new_boolean (outcome->reason == NULL));
      add_text (&rows, "reason", outcome->reason != NULL ? outcome->reason : "");
      add_text (&rows, "sha256", outcome->sha256);
      add_u64 (&rows, "bytes", outcome->bytes);
      add_u64 (&rows, "entries", outcome->entries);
      add_u64 (&rows, "people", outcome->people);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

GVariant *
service_value_places (GPtrArray *places)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < places->len; i++)
    {
      const VaultBackupPlace *place = g_ptr_array_index (places, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", place->id);
      add_text (&rows, "path", place->path);
      add_u32 (&rows, "keep-days", place->keep_days);
      g_variant_builder_add (&rows, "{sv}", "there", g_variant_new_boolean (place->is_there));
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static const char *
find_path (GPtrArray *places, const char *id)
{
  for (guint i = 0; i < places->len; i++)
    {
      const VaultBackupPlace *place = g_ptr_array_index (places, i);

      if (g_str_equal (place->id, id))
        return place->path;
    }
  return "";
}

GVariant *
service_value_backups (Service *self, GPtrArray *backups, GPtrArray *places)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < backups->len; i++)
    {
      const Backup *backup = g_ptr_array_index (backups, i);
      g_autofree char *name = vault_backup_dup_name (self->vault, backup->generation);
      g_autofree char *path = g_build_filename (find_path (places, backup->place), name, NULL);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "place", backup->place);
      add_text (&rows, "path", path);
      add_text (&rows, "generation", backup->generation);
      add_text (&rows, "made", backup->made);
      add_text (&rows, "sha256", backup->sha256);
      add_u64 (&rows, "bytes", backup->bytes);
      add_u64 (&rows, "entries", backup->entries);
      add_u64 (&rows, "people", backup->people);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static const char *
number_word (const RestoreRow *row)
{
  if (row->number_back)
    return row->number_gone ? "other" : "back";
  return row->number_gone ? "gone" : "";
}

static GVariant *
value_report (const RestoreReport *report)
{
  static const char *const words[] = { "same", "added", "changed", "removed" };
  GVariantBuilder dict, rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < report->rows->len; i++)
    {
      const RestoreRow *row = g_ptr_array_index (report->rows, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", row->id);
      add_text (&rows, "code", row->code);
      add_text (&rows, "name", row->name);
      add_text (&rows, "change", words[row->change]);
      add_text (&rows, "number", number_word (row));
      g_variant_builder_close (&rows);
    }
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "made", report->made);
  add_text (&dict, "sha256", report->sha256);
  add_u64 (&dict, "entries", report->entries);
  add_u32 (&dict, "added", report->added);
  add_u32 (&dict, "changed", report->changed);
  add_u32 (&dict, "removed", report->removed);
  add_u32 (&dict, "same", report->same);
  add_u32 (&dict, "numbers-back", report->numbers_back);
  add_u32 (&dict, "numbers-gone", report->numbers_gone);
  add_u32 (&dict, "disposed", report->disposed);
  g_variant_builder_add (&dict, "{sv}", "rows", g_variant_builder_end (&rows));
  return g_variant_builder_end (&dict);
}

/* --- making them ----------------------------------------------------------------------------------------------------- */

static const char *
get_actor (const Client *client)
{
  return client->admin != NULL ? client->admin->id : ACTOR_SYSTEM;
}

static gboolean
backup_now_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (GPtrArray) outcomes = NULL;
  gboolean if_due = FALSE;

  if (value_take_bool (options, "if-due", &if_due, &error))
    outcomes = vault_backup (self->vault, get_actor (client), if_due, &error);
  if (outcomes == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_backup_now (object, invocation, value_outcomes (outcomes));
  service_changed (self, "backups");
  return TRUE;
}

static gboolean
backup_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) backups = NULL, places = NULL;

  if (service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_AUDITOR, "BackupList",
                            &error))
    backups = vault_backup_list (self->vault, &error);
  places = backups != NULL ? vault_backup_list_places (self->vault, &error) : NULL;
  if (places == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_backup_list (object, invocation, service_value_backups (self, backups, places),
                                       service_value_places (places));
  return TRUE;
}

static char *
add_place (Service *self, const Client *client, const char *path, GVariant *options, GError **error)
{
  g_autoptr (GVariant) keep_days = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "BackupPlaceAdd", error)
      || !service_check_text (path, PATH_MAX_BYTES, error)
      || !value_take (options, "keep-days", "u", &keep_days, error))
    return NULL;
  return vault_backup_add_place (self->vault, client->admin, path,
                                 keep_days != NULL ? g_variant_get_uint32 (keep_days) : VAULT_BACKUP_KEEP_DAYS, error);
}

static gboolean
place_add_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *path, GVariant *options,
              gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autofree char *id = add_place (self, service_get_client (self, invocation), path, options, &error);

  if (id == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_backup_place_add (object, invocation, id);
  service_changed (self, "backups");
  return TRUE;
}

static gboolean
place_remove_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *id, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "BackupPlaceRemove", &error)
      || !service_check_text (id, ID_MAX, &error)
      || !vault_backup_remove_place (self->vault, client->admin, id, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_backup_place_remove (object, invocation);
  service_changed (self, "backups");
  return TRUE;
}

static gboolean
drill_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) findings =
      vault_backup_drill (self->vault, get_actor (service_get_client (self, invocation)), &error);
  GVariant *rows;
  gboolean ok;

  if (findings == NULL)
    return service_fail (invocation, error);
  rows = value_findings (findings, &ok);
  azukari_vault1_complete_backup_drill (object, invocation, ok, rows);
  return TRUE;
}

/* --- restoring ------------------------------------------------------------------------------------------------------- */

/* The caller's to close; -1. */
static int
open_backup (Service *self, GVariant *options, GUnixFDList *fds, GVariant *files, GError **error)
{
  const char *place, *generation;
  g_autoptr (GVariant) handle = NULL;

  if (!value_take_text (options, "place", ID_MAX, &place, error)
      || !value_take_text (options, "generation", ID_MAX, &generation, error))
    return -1;
  if (place[0] != '\0' && g_variant_n_children (files) == 0)
    return vault_backup_open (self->vault, place, generation, error);
  if (place[0] != '\0' || g_variant_n_children (files) != 1)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "one backup: of a place, or one file");
      return -1;
    }
  handle = g_variant_get_child_value (files, 0);
  return value_take_fd (handle, fds, error);
}

static gboolean
preview_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *options,
            GVariant *files, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (RestoreReport) report = NULL;
  const char *person;
  int fd = -1;

  if (service_require_role (self, client, VAULT_CHIEF, "BackupPreview", &error)
      && value_take_text (options, "person", ID_MAX, &person, &error))
    fd = open_backup (self, options, fds, files, &error);
  if (fd >= 0)
    {
      report = vault_restore_preview (self->vault, client->admin, fd, person, &error);
      close (fd);
    }
  if (report == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_backup_preview (object, invocation, NULL, value_report (report));
  return TRUE;
}

/* What there is to say when all of the database came back. */
static GVariant *
value_made (int fd)
{
  ContainerInfo info = { .made = "" };
  GVariantBuilder dict;

  (void) container_peek (fd, &info, NULL);
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "made", info.made);
  return g_variant_builder_end (&dict);
}

static GVariant *
restore (Service *self, Client *client, int fd, const char *person, GError **error)
{
  g_autoptr (RestoreReport) report = NULL;
  VaultStatus status;

  vault_get_status (self->vault, &status);
  if (status.state == VAULT_SEALED && person[0] == '\0')
    return vault_restore_store (self->vault, client->admin, fd, error) ? value_made (fd) : NULL;
  report = vault_restore (self->vault, client->admin, fd, person, error);
  return report != NULL ? value_report (report) : NULL;
}

static gboolean
restore_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *options,
            GVariant *files, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  GVariant *report = NULL;
  const char *person;
  int fd = -1;

  if (service_require_role (self, client, VAULT_CHIEF, "BackupRestore", &error)
      && value_take_text (options, "person", ID_MAX, &person, &error))
    fd = open_backup (self, options, fds, files, &error);
  if (fd >= 0)
    {
      report = restore (self, client, fd, person, &error);
      close (fd);
    }
  if (report == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_backup_restore (object, invocation, NULL, report);
  service_changed (self, "people");
  service_changed (self, "records");
  return TRUE;
}

void
service_connect_backup (Service *self)
{
  g_signal_connect (self->object, "handle-backup-now", G_CALLBACK (backup_now_cb), self);
  g_signal_connect (self->object, "handle-backup-list", G_CALLBACK (backup_list_cb), self);
  g_signal_connect (self->object, "handle-backup-place-add", G_CALLBACK (place_add_cb), self);
  g_signal_connect (self->object, "handle-backup-place-remove", G_CALLBACK (place_remove_cb), self);
  g_signal_connect (self->object, "handle-backup-drill", G_CALLBACK (drill_cb), self);
  g_signal_connect (self->object, "handle-backup-preview", G_CALLBACK (preview_cb), self);
  g_signal_connect (self->object, "handle-backup-restore", G_CALLBACK (restore_cb), self);
}
