/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the formats there are, those that are compiled in and those that were made here (data/export/template.h). */
#pragma once

#include "template.h"
#include "vault.h"

G_BEGIN_DECLS

#define VAULT_MAX_FORMATS 100 /* made here, and not removed */

/** vault_find_format: %NULL with NO_SUCH_FORMAT, or TAMPERED for one made here that is not as the record has it. */
Format *vault_find_format (Vault *self, const char *id, GError **error);
/** vault_list_formats: (transfer full) (element-type Format): those compiled in, then those made here, each by id. */
GPtrArray *vault_list_formats (Vault *self, GError **error);
/** vault_dup_format_text: (transfer full): its file; errors as of vault_find_format () */
char *vault_dup_format_text (Vault *self, const char *id, GError **error);

/** vault_look_at_format: @fd: as the source of vault_merge (); @encoding: as in template_look (). Keeps nothing. */
TemplateHeader *vault_look_at_format (Vault *self, int fd, const char *encoding, GError **error);

/* Borrowed. */
typedef struct
{
  const char *title;
  const char *encoding;  /* as in template_look () */
  const GArray *numbers; /* TemplateNumber */
  const GArray *by;      /* TemplateBy */
} VaultFormat;

/**
 * vault_add_format:
 * @by: a 責任者
 * @fd: as in vault_look_at_format ()
 * @ret_id: (out) (transfer full): "" where @ret_issues has some, and nothing was kept
 * @ret_issues: (out) (transfer full) (element-type TemplateIssue)
 *
 * Returns: %FALSE with the errors of template_check () and of reading a file; USAGE for more than %VAULT_MAX_FORMATS.
 */
gboolean vault_add_format (Vault *self, const VaultAdmin *by, const VaultFormat *chosen, int fd, char **ret_id,
                           GPtrArray **ret_issues, GError **error);
/** vault_remove_format: @by: a 責任者. NO_SUCH_FORMAT, also for one that is compiled in. */
gboolean vault_remove_format (Vault *self, const VaultAdmin *by, const char *id, GError **error);

G_END_DECLS
