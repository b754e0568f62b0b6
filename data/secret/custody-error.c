/* SPDX-License-Identifier: Apache-2.0 */
/* custody-error: names of the error codes, and errno as one of them. */
#include "custody-error.h"

#include <errno.h>

G_DEFINE_QUARK (custody - error - quark, custody_error)

static const char *const names[] = {
  [CUSTODY_ERROR_FAILED] = "Failed",
  [CUSTODY_ERROR_USAGE] = "Usage",
  [CUSTODY_ERROR_NOT_INITIALISED] = "NotInitialised",
  [CUSTODY_ERROR_ALREADY_INITIALISED] = "AlreadyInitialised",
  [CUSTODY_ERROR_NO_TPM] = "NoTpm",
  [CUSTODY_ERROR_OTHER_TPM] = "OtherTpm",
  [CUSTODY_ERROR_TPM_CLEARED] = "TpmCleared",
  [CUSTODY_ERROR_KEYSET_MISSING] = "KeysetMissing",
  [CUSTODY_ERROR_KEYSET_DAMAGED] = "KeysetDamaged",
  [CUSTODY_ERROR_STORE_MISSING] = "StoreMissing",
  [CUSTODY_ERROR_STORE_DAMAGED] = "StoreDamaged",
  [CUSTODY_ERROR_DISK_FULL] = "DiskFull",
  [CUSTODY_ERROR_DISK_FAILED] = "DiskFailed",
  [CUSTODY_ERROR_UNSURE] = "Unsure",
  [CUSTODY_ERROR_BUSY] = "Busy",
  [CUSTODY_ERROR_SEALED] = "Sealed",
  [CUSTODY_ERROR_WRONG_PIN] = "WrongPin",
  [CUSTODY_ERROR_LOCKED_OUT] = "LockedOut",
  [CUSTODY_ERROR_NOT_ALLOWED] = "NotAllowed",
  [CUSTODY_ERROR_NO_SUCH_PERSON] = "NoSuchPerson",
  [CUSTODY_ERROR_NO_SUCH_RECORD] = "NoSuchRecord",
  [CUSTODY_ERROR_BAD_NUMBER] = "BadNumber",
  [CUSTODY_ERROR_ROSTER] = "Roster",
  [CUSTODY_ERROR_NO_SUCH_FORMAT] = "NoSuchFormat",
  [CUSTODY_ERROR_NOTHING_TO_EXPORT] = "NothingToExport",
  [CUSTODY_ERROR_UNFIT_TEXT] = "UnfitText",
  [CUSTODY_ERROR_TAMPERED] = "Tampered",
  [CUSTODY_ERROR_ROLLED_BACK] = "RolledBack",
  [CUSTODY_ERROR_NOT_YOUR_ROLE] = "NotYourRole",
  [CUSTODY_ERROR_NO_SUCH_ADMIN] = "NoSuchAdmin",
  [CUSTODY_ERROR_ADMIN_EXISTS] = "AdminExists",
  [CUSTODY_ERROR_LAST_CHIEF] = "LastChief",
  [CUSTODY_ERROR_WEAK_PIN] = "WeakPin",
  [CUSTODY_ERROR_ENROLMENT_FILE] = "EnrolmentFile",
  [CUSTODY_ERROR_ENROLMENT_REFUSED] = "EnrolmentRefused",
  [CUSTODY_ERROR_SOFTWARE_TPM] = "SoftwareTpm",
  [CUSTODY_ERROR_NO_SUCH_MACHINE] = "NoSuchMachine",
  [CUSTODY_ERROR_STANDBY] = "Standby",
  [CUSTODY_ERROR_MOVED_OUT] = "MovedOut",
  [CUSTODY_ERROR_NOT_EMPTY] = "NotEmpty",
  [CUSTODY_ERROR_FIRST_ACTIVE] = "FirstActive",
  [CUSTODY_ERROR_RECEIPT_REFUSED] = "ReceiptRefused",
  [CUSTODY_ERROR_NOT_DUE] = "NotDue",
  [CUSTODY_ERROR_BOOT_CHANGED] = "BootChanged",
  [CUSTODY_ERROR_NO_BACKUP] = "NoBackup",
  [CUSTODY_ERROR_PLACE_GONE] = "PlaceGone",
  [CUSTODY_ERROR_BACKUP_DAMAGED] = "BackupDamaged",
  [CUSTODY_ERROR_BACKUP_FOREIGN] = "BackupForeign",
  [CUSTODY_ERROR_TOKEN_NEEDED] = "TokenNeeded",
  [CUSTODY_ERROR_TOKEN_MISSING] = "TokenMissing",
  [CUSTODY_ERROR_TOKEN_REFUSED] = "TokenRefused",
  [CUSTODY_ERROR_NO_SUCH_TOKEN] = "NoSuchToken",
  [CUSTODY_ERROR_TOKEN_EXISTS] = "TokenExists",
  [CUSTODY_ERROR_NO_SPARE_TOKEN] = "NoSpareToken",
  [CUSTODY_ERROR_OUT_OF_SCOPE] = "OutOfScope",
  [CUSTODY_ERROR_EXPIRED] = "Expired",
  [CUSTODY_ERROR_CLIENTS_ONLY] = "ClientsOnly",
  [CUSTODY_ERROR_DUPLICATE] = "Duplicate",
  [CUSTODY_ERROR_OTHER_PURPOSE] = "OtherPurpose",
  [CUSTODY_ERROR_OUTDATED] = "Outdated",
  [CUSTODY_ERROR_NOTHING_TO_UNDO] = "NothingToUndo",
};

const char *
custody_error_get_name (const GError *error)
{
  if (error->domain == CUSTODY_ERROR && error->code >= 0 && (guint) error->code < G_N_ELEMENTS (names))
    return names[error->code];
  return names[CUSTODY_ERROR_FAILED];
}

int
custody_error_from_errno (int error_number)
{
  switch (error_number)
    {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return CUSTODY_ERROR_DISK_FULL;
    case EIO:
    case EROFS:
    case ENXIO:
    case ENODEV:
      return CUSTODY_ERROR_DISK_FAILED;
    default:
      return CUSTODY_ERROR_FAILED;
    }
}

void
custody_error_set_errno (GError **error, int error_number, const char *doing)
{
  g_set_error (error, CUSTODY_ERROR, custody_error_from_errno (error_number), "%s: %s", doing,
               g_strerror (error_number));
}
