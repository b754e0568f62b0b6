/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-files: small files that go from one machine to another, and the machines they go to. */
#pragma once

#include "vault-client.h"

G_BEGIN_DECLS

#define CTL_FILE_MAX_BYTES 65536

/** ctl_read_file: (transfer full): a file of at most CTL_FILE_MAX_BYTES; %NULL with a %G_IO_ERROR. */
GBytes *ctl_read_file (const char *path, GError **error);
/** ctl_write_file: @content, an `ay`, to a new file, 0600, synced; nothing may be at @path. */
gboolean ctl_write_file (const char *path, GVariant *content, GError **error);

/** ctl_print_lease: what a status says of other machines, in sentences. */
void ctl_print_lease (GVariant *status);
/** ctl_print_term: what a status says of the vault's term, in sentences; nothing without one. */
void ctl_print_term (GVariant *status);
/** ctl_find_machine: (transfer full): the id of the one machine of that @name or id (%NULL: any) and @role (%NULL: any). */
char *ctl_find_machine (AzukariVault1 *vault, const char *name, const char *role, GError **error);

G_END_DECLS
