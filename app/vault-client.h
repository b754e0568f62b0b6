/* SPDX-License-Identifier: Apache-2.0 */
/* vault-client: finds or starts azukari-vaultd and connects to it. The calls themselves are generated (vault.xml). */
#pragma once

#include <gio/gio.h>

#include "vault-generated.h" /* AzukariVault1: azukari_vault1_call_* and _call_*_sync */

G_BEGIN_DECLS

/* One code per jp.azukari.Error.<Name>; registered as a D-Bus error domain, so that g_error_matches () works on what
 * azukari_vault1_call_* returns. Same order as in vault.xml. */
#define VAULT_ERROR (vault_error_quark ())
GQuark vault_error_quark (void);
typedef enum
{
  VAULT_ERROR_FAILED,
  VAULT_ERROR_USAGE,
  VAULT_ERROR_NOT_INITIALISED,
  VAULT_ERROR_ALREADY_INITIALISED,
  VAULT_ERROR_NO_TPM,
  VAULT_ERROR_OTHER_TPM,
  VAULT_ERROR_TPM_CLEARED,
  VAULT_ERROR_KEYSET_MISSING,
  VAULT_ERROR_KEYSET_DAMAGED,
  VAULT_ERROR_STORE_MISSING,
  VAULT_ERROR_STORE_DAMAGED,
  VAULT_ERROR_DISK_FULL,
  VAULT_ERROR_DISK_FAILED,
  VAULT_ERROR_UNSURE,
  VAULT_ERROR_BUSY,
  VAULT_ERROR_SEALED,
  VAULT_ERROR_WRONG_PIN,
  VAULT_ERROR_LOCKED_OUT,
  VAULT_ERROR_NOT_ALLOWED,
  VAULT_ERROR_NO_SUCH_PERSON,
  VAULT_ERROR_NO_SUCH_RECORD,
  VAULT_ERROR_BAD_NUMBER,
  VAULT_ERROR_ROSTER,
  VAULT_ERROR_NO_SUCH_FORMAT,
  VAULT_ERROR_NOTHING_TO_EXPORT,
  VAULT_ERROR_UNFIT_TEXT,
  VAULT_ERROR_TAMPERED,
  VAULT_ERROR_ROLLED_BACK,
  VAULT_ERROR_NOT_YOUR_ROLE,
  VAULT_ERROR_NO_SUCH_ADMIN,
  VAULT_ERROR_ADMIN_EXISTS,
  VAULT_ERROR_LAST_CHIEF,
  VAULT_ERROR_WEAK_PIN,
  VAULT_ERROR_ENROLMENT_FILE,
  VAULT_ERROR_ENROLMENT_REFUSED,
  VAULT_ERROR_SOFTWARE_TPM,
  VAULT_ERROR_NO_SUCH_MACHINE,
  VAULT_ERROR_STANDBY,
  VAULT_ERROR_MOVED_OUT,
  VAULT_ERROR_NOT_EMPTY,
  VAULT_ERROR_FIRST_ACTIVE,
  VAULT_ERROR_RECEIPT_REFUSED,
  VAULT_ERROR_NOT_DUE,
  VAULT_ERROR_BOOT_CHANGED,
  VAULT_ERROR_NO_BACKUP,
  VAULT_ERROR_PLACE_GONE,
  VAULT_ERROR_BACKUP_DAMAGED,
  VAULT_ERROR_BACKUP_FOREIGN,
  VAULT_ERROR_TOKEN_NEEDED,
  VAULT_ERROR_TOKEN_MISSING,
  VAULT_ERROR_TOKEN_REFUSED,
  VAULT_ERROR_NO_SUCH_TOKEN,
  VAULT_ERROR_TOKEN_EXISTS,
  VAULT_ERROR_NO_SPARE_TOKEN,
  VAULT_ERROR_OUT_OF_SCOPE,
  VAULT_ERROR_EXPIRED,
  VAULT_ERROR_CLIENTS_ONLY,
  VAULT_ERROR_DUPLICATE,
  VAULT_ERROR_OTHER_PURPOSE,
  VAULT_ERROR_OUTDATED,
  VAULT_ERROR_NOTHING_TO_UNDO,
  VAULT_N_ERRORS
} VaultError;

/**
 * vault_client_connect:
 * @vault_dir: the vault's folder
 * @ret_connection: (out) (optional) (transfer full): close it to give up every right at once
 *
 * Connects to <vault_dir>/vaultd.sock; when nobody listens there, starts azukari-vaultd (from $AZUKARI_VAULTD, beside this
 * program's build folder, or libexec) with --until-idle and waits for it. Blocks for up to 10 seconds: call it before the first
 * window, or on a worker. The server's uid is checked to be ours or root's.
 *
 * Returns: (transfer full): %NULL with a %VAULT_ERROR or %G_IO_ERROR.
 */
AzukariVault1 *vault_client_connect (const char *vault_dir, GDBusConnection **ret_connection, GError **error);

/* The same on a worker thread. The result arrives in the main context, with @source as its source object; cancelled, at once. */
void vault_client_connect_async (GObject *source, const char *vault_dir, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
AzukariVault1 *vault_client_connect_finish (GAsyncResult *result, GDBusConnection **ret_connection, GError **error);

/* The error of a <Name> of jp.azukari.Error, or -1; and back: (transfer full), "Failed" for errors that are not the vault's. */
int vault_error_from_name (const char *name);
char *vault_error_dup_name (const GError *error);

/* "tries=N" at the end of a WrongPin message, or -1. */
int vault_error_get_tries_left (const GError *error);

/* "why=…" at the end of a WeakPin message (borrowed from it), or "". */
const char *vault_error_get_why (const GError *error);

/* For g_dbus_connection calls that pass a PIN or a number as `ay` and want the copy wiped: fills a new floating GVariant from
 * bytes that are wiped when the variant is freed. */
GVariant *vault_client_secret_bytes (const void *bytes, gsize n_bytes);

G_END_DECLS
