/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: numbers into a file that somebody else made (data/export/merge.h). */
#pragma once

#include "merge.h"
#include "vault.h"

G_BEGIN_DECLS

typedef struct
{
  const char *format;  /* id of one whose mode is merge */
  const char *purpose; /* as in VaultExport */
  const char *destination;
  guint leave;             /* as merge_plan () */
  const GArray *decisions; /* (nullable): as merge_plan () */
  gboolean dry_run;        /* masked numbers; opens none */
  gboolean plain;          /* as in VaultExport */
} VaultMerge;

typedef struct
{
  char *export_id;    /* owned; "" where nothing was written */
  char sha256[65];    /* of what is in the file: of the zip, or of the rows */
  Secret *passphrase; /* as in VaultExportReport */
  guint64 bytes;
  MergeCounts counts;
  guint n_issues;
  GPtrArray *issues; /* owned: of MergeIssue, the first MERGE_MAX_ISSUES; with any nothing was written */
} VaultMergeReport;

void vault_merge_report_clear (VaultMergeReport *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VaultMergeReport, vault_merge_report_clear)

/** vault_merge_read_source: (transfer full): a regular file, at most a little more than MERGE_MAX_BYTES of it, in locked memory: it may hold
 * numbers already. */
Secret *vault_merge_read_source (int fd, GError **error);

/**
 * vault_merge:
 * @source: the file without numbers, a regular one open for reading, from where it stands; stays the caller's
 * @fd: as in vault_export ()
 *
 * Of the people whom @admin handles, and of their numbers those alone that the file asks for are opened.
 *
 * Returns: %TRUE also when the report has issues, and nothing was written. %FALSE with the errors of merge_plan (), merge_fill () but for
 *   issues, and vault_export ().
 */
gboolean vault_merge (Vault *self, const VaultAdmin *admin, const VaultMerge *options, int source, int fd,
                      VaultMergeReport *ret_report, GError **error);

G_END_DECLS
