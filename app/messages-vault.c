/* SPDX-License-Identifier: Apache-2.0 */
/* The vault's errors and the roster's mistakes as translated sentences. */
#include "config.h"

#include "messages-vault.h"

#include <glib/gi18n.h>
#include <string.h>

#include "vault-client.h"

/* In the order of VaultError. */
static const char *const sentences[] = {
  [VAULT_ERROR_FAILED] = N_ ("Something went wrong in the vault. Nothing was changed; please try again."),
  [VAULT_ERROR_USAGE] = N_ ("A value is missing or not allowed. Nothing was changed."),
  [VAULT_ERROR_NOT_INITIALISED] = N_ ("There is no vault here yet. Please set one up with “azukarictl init”."),
  [VAULT_ERROR_ALREADY_INITIALISED] =
      N_ ("There is a vault here already; it was left as it is. Choose another folder for a new one."),
  [VAULT_ERROR_NO_TPM] =
      N_ ("This machine has no TPM 2.0 that answers. Please switch the TPM on in the firmware settings."),
  [VAULT_ERROR_OTHER_TPM] =
      N_ ("This vault belongs to another machine and cannot be opened here. Use the machine on which it was set up."),
  [VAULT_ERROR_TPM_CLEARED] =
      N_ ("This machine's TPM was cleared, and with it the vault's key. The numbers must be restored from a backup."),
  [VAULT_ERROR_KEYSET_MISSING] =
      N_ ("The vault's keyset file is missing. Please put it back from a backup of this folder."),
  [VAULT_ERROR_KEYSET_DAMAGED] =
      N_ ("The vault's keyset file is damaged. Please put it back from a backup of this folder."),
  [VAULT_ERROR_STORE_MISSING] = N_ ("The vault's database is missing. Please put it back from a backup."),
  [VAULT_ERROR_STORE_DAMAGED] =
      N_ ("The vault's database is damaged. Nothing is written to it; please restore a backup."),
  [VAULT_ERROR_DISK_FULL] = N_ (
      "The disk is full, so this was not saved. Nothing saved before is lost. Please free some space and try again."),
  [VAULT_ERROR_BUSY] = N_ ("This vault is open in another program. Please close that one and try again."),
  [VAULT_ERROR_SEALED] = N_ ("The vault is closed. “azukarictl status” tells why."),
  [VAULT_ERROR_WRONG_PIN] = N_ ("The PIN is wrong."),
  [VAULT_ERROR_LOCKED_OUT] = N_ ("Too many wrong PINs: the TPM is locked. One more try becomes possible every two "
                                 "hours; leave the machine switched on."),
  [VAULT_ERROR_NOT_ALLOWED] = N_ ("This needs the PIN of somebody who may do it."),
  [VAULT_ERROR_NO_SUCH_PERSON] = N_ ("Nobody on the roster fits. Please check the code and the birth date."),
  [VAULT_ERROR_NO_SUCH_RECORD] = N_ ("There is no such record. It may have been dealt with already."),
  [VAULT_ERROR_BAD_NUMBER] =
      N_ ("The check digit does not fit, so this is no valid number. Nothing was saved; please scan the card again."),
  [VAULT_ERROR_ROSTER] = N_ ("The roster has mistakes. Nothing was imported."),
  [VAULT_ERROR_NO_SUCH_FORMAT] = N_ ("There is no such export format. “azukarictl export --list” shows them."),
  [VAULT_ERROR_NOTHING_TO_EXPORT] =
      N_ ("There is no approved number to export. Please review what was collected first."),
  [VAULT_ERROR_UNFIT_TEXT] =
      N_ ("A name cannot be written in this format's characters. No file was made; choose a UTF-8 format."),
  [VAULT_ERROR_TAMPERED] = N_ ("The record was altered. Stop collecting and inform the responsible person."),
  [VAULT_ERROR_ROLLED_BACK] =
      N_ ("The vault was set back to an older state. Stop collecting and inform the responsible person."),
};

char *
messages_for_error (const GError *error)
{
  int tries_left;

  if (error->domain != VAULT_ERROR)
    return g_strdup (error->message);
  tries_left = vault_error_get_tries_left (error);
  if (error->code == VAULT_ERROR_WRONG_PIN && tries_left >= 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "The PIN is wrong. %d try is left.",
                                         "The PIN is wrong. %d tries are left.", (gulong) tries_left),
                            tries_left);
  if (error->code < 0 || error->code >= (int) G_N_ELEMENTS (sentences))
    return g_strdup (_ (sentences[VAULT_ERROR_FAILED]));
  return g_strdup (_ (sentences[error->code]));
}

char *
messages_for_vault_error_name (const char *name)
{
  int code = vault_error_from_name (name);

  return g_strdup (_ (sentences[code >= 0 ? code : VAULT_ERROR_FAILED]));
}

char *
messages_for_roster_error (const char *what)
{
  static const struct
  {
    const char *what;
    const char *sentence;
  } mistakes[] = {
    { "encoding", N_ ("the text is neither UTF-8 nor Shift_JIS (CP932); save the file again as “CSV UTF-8”") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    if (g_strcmp0 (mistakes[i].what, what) == 0)
      return g_strdup (_ (mistakes[i].sentence));
  return g_strdup (what);
}
