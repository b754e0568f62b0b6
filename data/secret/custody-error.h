/* SPDX-License-Identifier: Apache-2.0 */
/* custody-error: the one error domain of data/, with the names that vault.xml promises to clients. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CUSTODY_ERROR (custody_error_quark ())
GQuark custody_error_quark (void);

/* One code per jp.azukari.Error.<Name> of vault.xml, in its order. A code is what a caller may want to do differently; the
 * message is for the log and never holds a number, a name or a PIN. */
typedef enum
{
  CUSTODY_ERROR_FAILED,
  CUSTODY_ERROR_USAGE,
  CUSTODY_ERROR_NOT_INITIALISED,
  CUSTODY_ERROR_ALREADY_INITIALISED,
  CUSTODY_ERROR_NO_TPM,
  CUSTODY_ERROR_OTHER_TPM,
  CUSTODY_ERROR_TPM_CLEARED,
  CUSTODY_ERROR_KEYSET_MISSING,
  CUSTODY_ERROR_KEYSET_DAMAGED,
  CUSTODY_ERROR_STORE_MISSING,
  CUSTODY_ERROR_STORE_DAMAGED,
  CUSTODY_ERROR_DISK_FULL,
  CUSTODY_ERROR_DISK_FAILED,
  CUSTODY_ERROR_UNSURE,
  CUSTODY_ERROR_BUSY,
  CUSTODY_ERROR_SEALED,
  CUSTODY_ERROR_WRONG_PIN,
  CUSTODY_ERROR_LOCKED_OUT,
  CUSTODY_ERROR_NOT_ALLOWED,
  CUSTODY_ERROR_NO_SUCH_PERSON,
  CUSTODY_ERROR_NO_SUCH_RECORD,
  CUSTODY_ERROR_BAD_NUMBER,
  CUSTODY_ERROR_ROSTER,
  CUSTODY_ERROR_NO_SUCH_FORMAT,
  CUSTODY_ERROR_NOTHING_TO_EXPORT,
  CUSTODY_ERROR_UNFIT_TEXT,
  CUSTODY_ERROR_TAMPERED,
  CUSTODY_ERROR_ROLLED_BACK,
  CUSTODY_ERROR_NOT_YOUR_ROLE,
  CUSTODY_ERROR_NO_SUCH_ADMIN,
  CUSTODY_ERROR_ADMIN_EXISTS,
  CUSTODY_ERROR_LAST_CHIEF,
  CUSTODY_ERROR_WEAK_PIN,
  CUSTODY_ERROR_ENROLMENT_FILE,
  CUSTODY_ERROR_ENROLMENT_REFUSED,
  CUSTODY_ERROR_SOFTWARE_TPM,
  CUSTODY_ERROR_NO_SUCH_MACHINE,
  CUSTODY_ERROR_STANDBY,
  CUSTODY_ERROR_MOVED_OUT,
  CUSTODY_ERROR_NOT_EMPTY,
  CUSTODY_ERROR_FIRST_ACTIVE,
  CUSTODY_ERROR_RECEIPT_REFUSED,
  CUSTODY_ERROR_NOT_DUE,
  CUSTODY_ERROR_BOOT_CHANGED,
  CUSTODY_ERROR_NO_BACKUP,
  CUSTODY_ERROR_PLACE_GONE,
  CUSTODY_ERROR_BACKUP_DAMAGED,
  CUSTODY_ERROR_BACKUP_FOREIGN,
  CUSTODY_ERROR_TOKEN_NEEDED,
  CUSTODY_ERROR_TOKEN_MISSING,
  CUSTODY_ERROR_TOKEN_REFUSED,
  CUSTODY_ERROR_NO_SUCH_TOKEN,
  CUSTODY_ERROR_TOKEN_EXISTS,
  CUSTODY_ERROR_NO_SPARE_TOKEN,
  CUSTODY_ERROR_OUT_OF_SCOPE,
  CUSTODY_ERROR_EXPIRED,
  CUSTODY_ERROR_CLIENTS_ONLY,
} CustodyError;

/** custody_error_get_name: the name in vault.xml, such as "NoTpm". An error of another domain is "Failed". */
const char *custody_error_get_name (const GError *error);

/** custody_error_from_errno: DISK_FULL, DISK_FAILED or FAILED. */
int custody_error_from_errno (int error_number);

/**
 * custody_error_set_errno:
 * @doing: what was tried, for the log
 *
 * Sets an error from @error_number: CUSTODY_ERROR_DISK_FULL for a full disk, a quota or a file size limit,
 * CUSTODY_ERROR_DISK_FAILED for one that fails or is read-only, else CUSTODY_ERROR_FAILED.
 */
void custody_error_set_errno (GError **error, int error_number, const char *doing);

G_END_DECLS
