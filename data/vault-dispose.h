/* SPDX-License-Identifier: Apache-2.0 */
/* vault-dispose: how long numbers are kept, and how they are disposed of (廃棄), for good. Same rules as vault.h. */
#pragma once

#include "disposals.h"
#include "retention.h"
#include "vault.h"

G_BEGIN_DECLS

/* --- retention ------------------------------------------------------------------------------------------------------- */

/** vault_list_retention: (transfer full) (element-type RetentionRule) */
GPtrArray *vault_list_retention (Vault *self, GError **error);
/** vault_set_retention: @by: a 責任者. USAGE for an unknown purpose or anchor, or more than RETENTION_MAX_YEARS. */
gboolean vault_set_retention (Vault *self, const VaultAdmin *by, const RetentionRule *rule, GError **error);
/** vault_set_left: @date: YYYY-MM-DD, or "" for somebody who has not left after all. A dependant without one goes with the employee. */
gboolean vault_set_left (Vault *self, const char *actor, const char *person_id, const char *date, GError **error);

/* One number whose person has left. */
typedef struct
{
  Person *person;  /* owned */
  char *left;      /* the person's, or their employee's */
  char *due;       /* YYYY-MM-DD; "" while a purpose of theirs has no rule: then it never is */
  char *rule;      /* "purpose:anchor:years" of the rule that ends last, or "" */
  char *purposes;  /* codes, "," between */
  char *collected; /* YYYY-MM-DD */
  gboolean is_due; /* today */
} VaultDue;

void vault_due_free (VaultDue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VaultDue, vault_due_free)

/**
 * vault_list_due:
 * @scope: (nullable): of whom and for what
 * @until: YYYY-MM-DD, "" for today
 *
 * Returns: (transfer full) (element-type VaultDue): numbers that need not be kept any more on @until for any of their purposes, the
 *   longest waiting first. USAGE.
 */
GPtrArray *vault_list_due (Vault *self, const Scope *scope, const char *until, GError **error);
/** vault_try_retention: (transfer full) (element-type VaultDue): what would be due today if @rule were its purpose's; errors as of
 * vault_set_retention (). Changes nothing. */
GPtrArray *vault_try_retention (Vault *self, const VaultAdmin *by, const RetentionRule *rule, GError **error);
/** vault_count_due: how many of them there are today. Asked for often: remembered until the record or the day goes on. */
guint vault_count_due (Vault *self);

/* --- disposal -------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *const *people; /* ids; NULL: everybody whose number is due, as far as one certificate holds them */
  const char *reason;        /* retention-over | not-needed | collected-in-error | requested */
  gboolean erase_people;     /* name, kana, birth date too, of those who have left */
} VaultDisposal;

typedef struct
{
  char id[37]; /* of disposal and certificate; "" for a preview */
  guint numbers, erased;
  guint left_over;    /* more are due than one certificate holds */
  gboolean certified; /* else the certificate follows: the next start makes it */
} VaultDisposalReport;

/** vault_preview_disposal: (transfer full) (element-type VaultDue): what vault_dispose () would destroy; the same errors. */
GPtrArray *vault_preview_disposal (Vault *self, const VaultAdmin *by, const VaultDisposal *disposal,
                                   VaultDisposalReport *ret_report, GError **error);
/**
 * vault_dispose:
 * @by: a 責任者 who has logged in; their session stays good
 *
 * The numbers are destroyed, and the vault goes to a new epoch of the TPM: of the files from before nothing opens any more. Everybody
 * else must log in again. All or nothing, as vault_remove_admin ().
 *
 * Returns: %FALSE, with nothing changed, with NOT_YOUR_ROLE, NO_SUCH_PERSON, NO_SUCH_RECORD (somebody without a number), NOT_DUE (for the
 *   reason retention-over, or nothing is due), USAGE, DISK_FULL ...
 */
gboolean vault_dispose (Vault *self, VaultAdmin *by, const VaultDisposal *disposal, VaultDisposalReport *ret_report,
                        GError **error);

/** vault_list_disposals: (transfer full) (element-type Disposal): without their texts. */
GPtrArray *vault_list_disposals (Vault *self, GError **error);
/** vault_dup_certificate: (transfer full): NO_SUCH_RECORD; one that is still to be made is made now. */
char *vault_dup_certificate (Vault *self, const char *id, GError **error);

G_END_DECLS
