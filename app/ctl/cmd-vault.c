/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl init, status: the vault itself. */
#include "config.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "answer.h"
#include "ctl-common.h"
#include "ctl-files.h"
#include "ctl-init.h"
#include "messages-vault.h"

/* What a responsible person may still do with it. */
static void
print_damage (GVariant *status)
{
  g_autoptr (GVariant) damage = g_variant_lookup_value (status, "damage", G_VARIANT_TYPE_VARDICT);
  g_autofree const char **can = NULL;
  g_autofree char *sentence = messages_for_damage (status);

  if (sentence != NULL)
    g_print ("%s\n", sentence);
  if (damage == NULL || !g_variant_lookup (damage, "can", "^a&s", &can))
    return;
  if (g_strv_contains (can, "login"))
    g_print ("%s\n",
             _ ("A responsible person can still log in. “azukarictl verify” lists what was found, and “azukarictl "
                "restore” brings back a backup."));
  if (g_strv_contains (can, "log-export"))
    g_print ("%s\n", _ ("“azukarictl log export” hands out the record as far as it can be read."));
  if (g_strv_contains (can, "accept"))
    g_print (
        "%s\n",
        _ ("If the older or altered state is meant to be there, “azukarictl accept” goes on with it; that stays in the "
           "record."));
}

static void
print_status (GVariant *status)
{
  const char *state = answer_text (status, "state");
  gboolean software_tpm = FALSE;
  guint32 people = 0, submitted = 0, approved = 0, tries_left = 0, due = 0;
  guint64 entries = 0;
  gint64 backup_made_s = 0;
  g_autofree char *alarm = NULL;

  (void) g_variant_lookup (status, "software-tpm", "b", &software_tpm);
  (void) g_variant_lookup (status, "people", "u", &people);
  (void) g_variant_lookup (status, "submitted", "u", &submitted);
  (void) g_variant_lookup (status, "approved", "u", &approved);
  (void) g_variant_lookup (status, "disposal-due", "u", &due);
  (void) g_variant_lookup (status, "record-entries", "t", &entries);
  (void) g_variant_lookup (status, "tries-left", "u", &tries_left);

  if (strcmp (state, "open") == 0)
    {
      g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, entries);

      g_print (_ ("The vault of %s is open.\n"), answer_text (status, "company"));
      g_print (_ ("People on the roster: %u. Submitted: %u. Approved: %u.\n"), people, submitted, approved);
      if (due > 0)
        g_print (_ ("Numbers that need not be kept any more: %u. “azukarictl dispose due” lists them.\n"), due);
      g_print (_ ("Entries in the record: %s. PIN tries left: %u.\n"), count, tries_left);
      ctl_print_lease (status);
      ctl_print_term (status);
    }
  else if (strcmp (state, "uninitialised") == 0)
    g_print ("%s\n", _ ("There is no vault here yet. “azukarictl init” sets one up."));
  else
    {
      g_autofree char *sentence = messages_for_vault_error_name (answer_text (status, "reason"));

      g_print (_ ("The vault is closed. %s\n"), sentence);
      print_damage (status);
    }
  (void) g_variant_lookup (status, "backup-made", "x", &backup_made_s);
  alarm = messages_for_backup_alarm (answer_text (status, "backup-alarm"), backup_made_s);
  if (alarm != NULL)
    g_print ("%s\n", alarm);
  if (software_tpm)
    g_print ("%s\n", _ ("Software TPM: for trying out only. Whoever copies its state file has the key."));
}

static int
status_exit_code (GVariant *status)
{
  const char *reason = answer_text (status, "reason");

  if (strcmp (answer_text (status, "state"), "open") == 0)
    return CTL_DONE;
  if (strcmp (reason, "Tampered") == 0 || strcmp (reason, "RolledBack") == 0)
    return CTL_TAMPERED;
  return CTL_WORLD;
}

int
cmd_status (CtlContext *ctx, int argc, char **argv)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, NULL, NULL, _ ("Shows the vault's state.")))
    return CTL_USAGE;
  if (!g_file_test (ctx->vault_dir, G_FILE_TEST_IS_DIR))
    {
      g_set_error (&error, VAULT_ERROR, VAULT_ERROR_NOT_INITIALISED, "no folder %s", ctx->vault_dir);
      return ctl_fail (ctx, error);
    }
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_get_status_sync (vault, &status, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    ctl_print_json (status);
  else
    print_status (status);
  return status_exit_code (status);
}

void
ctl_init_clear (CtlInit *self)
{
  g_clear_pointer (&self->provider, g_free);
  g_clear_pointer (&self->company, g_free);
  ctl_admin_clear (&self->admin);
}

gboolean
ctl_init_is_complete (const CtlInit *self)
{
  return self->company != NULL && self->admin.admin != NULL;
}

int
ctl_init_run (CtlContext *ctx, const CtlInit *init)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) pin = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict options;
  int code;

  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  pin = ctl_read_pin (init->admin.pin_file, _ ("New PIN (6 digits or more, 8 are better): "), TRUE, &error);
  if (pin == NULL)
    return ctl_fail (ctx, error);

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "provider", "s", init->provider != NULL ? init->provider : "tpm2");
  g_variant_dict_insert (&options, "company", "s", init->company);
  g_variant_dict_insert (&options, "admin", "s", init->admin.admin);
  if (!azukari_vault1_call_init_sync (vault, g_variant_dict_end (&options), pin, &status, NULL, &error))
    {
      code = ctl_fail (ctx, error);
      if (g_error_matches (error, VAULT_ERROR, VAULT_ERROR_NO_TPM))
        g_printerr ("%s\n",
                    _ ("To try Azukari out on this machine, add --provider=swtpm. It protects nothing: the software "
                       "TPM's state file is the key."));
      return code;
    }
  if (ctx->json)
    ctl_print_json (status);
  else
    {
      print_status (status);
      g_print ("%s\n", _ ("Print the record's public key now, and keep it outside this machine: azukarictl log key"));
    }
  return CTL_DONE;
}

int
cmd_init (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlInit) init = { NULL };
  const GOptionEntry entries[] = { CTL_INIT_ENTRIES (&init), G_OPTION_ENTRY_NULL };
  g_autoptr (GError) error = NULL;

  if (!ctl_parse (ctx, &argc, &argv, entries, &init.admin, NULL,
                  _ ("Sets up a new vault: its keys are sealed to this machine's TPM.")))
    return CTL_USAGE;
  if (!ctl_init_is_complete (&init))
    return ctl_usage ("init", _ ("--company and --admin are needed: whose vault it is, and who answers for it."));
  if (g_mkdir_with_parents (ctx->vault_dir, 0700) != 0)
    {
      g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("the vault's folder %s cannot be made"), ctx->vault_dir);
      return ctl_fail (ctx, error);
    }
  return ctl_init_run (ctx, &init);
}
