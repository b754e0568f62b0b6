/* SPDX-License-Identifier: Apache-2.0 */
/* service-values: between the vault's structs and what vault.xml puts on the wire. */
#pragma once

#include <gio/gio.h>

#include "vault-formats.h"
#include "vault-merge.h"
#include "vault-receipt.h"
#include "vault-undo.h"

G_BEGIN_DECLS

/* All builders return floating variants. */
/** value_status: @admins: (element-type Admin) (nullable); @admin: who asks, or %NULL. */
GVariant *value_status (const VaultStatus *status, GPtrArray *admins, const VaultAdmin *admin);
GVariant *value_admins (GPtrArray *admins);
GVariant *value_findings (GPtrArray *findings, gboolean *ret_ok);
GVariant *value_import (const VaultImport *import, gboolean with_changes);
GVariant *value_undo (const VaultUndo *undo);
/** value_people: those that match @search ("" all), @limit of them (0: all) after the first @from. */
GVariant *value_people (GPtrArray *people, const char *search, guint from, guint limit);
GVariant *value_departments (GPtrArray *counts);
GVariant *value_visitor (const Person *person, GPtrArray *dependants);
GVariant *value_records (GPtrArray *numbers);
GVariant *value_formats (GPtrArray *formats);
GVariant *value_template_header (const TemplateHeader *header);
/** value_template_made: @issues: (element-type TemplateIssue) */
GVariant *value_template_made (const char *id, const GPtrArray *issues);
GVariant *value_export_report (const VaultExportReport *report);
GVariant *value_merge_report (const VaultMergeReport *report);
/** value_exports: @exports: (element-type VaultExported) */
GVariant *value_exports (GPtrArray *exports);
GVariant *value_review (const Review *review);
GVariant *value_record_report (const VaultRecordReport *report);
GVariant *value_checkpoint (const char *vault_id, const VaultCheckpoint *checkpoint);
void value_add_entry (GVariantBuilder *entries, const Entry *entry);

/**
 * value_take_text:
 * @ret_text: (out) (transfer none): lives as long as @dict; "" when the key is absent
 *
 * Returns: %FALSE with USAGE when the value is no string or longer than @max_bytes.
 */
gboolean value_take_text (GVariant *dict, const char *key, gsize max_bytes, const char **ret_text, GError **error);
/** value_take: @ret_value: (out) (transfer full) (nullable): %NULL when the key is absent; USAGE when it is of another @type. */
gboolean value_take (GVariant *dict, const char *key, const char *type, GVariant **ret_value, GError **error);
/** value_take_count: a `u`, 0 when the key is absent. */
gboolean value_take_count (GVariant *dict, const char *key, guint *ret_count, GError **error);
gboolean value_take_bool (GVariant *dict, const char *key, gboolean *ret_value, GError **error);
/** value_take_container: "container": zip, also when it is absent, or plain; else USAGE. */
gboolean value_take_container (GVariant *dict, gboolean *ret_plain, GError **error);
/** value_take_fd: Returns: a copy, the caller's to close; -1 with USAGE when the handle points at nothing. */
int value_take_fd (GVariant *handle, GUnixFDList *fds, GError **error);
/** value_take_secret: copies an `ay` into locked memory and wipes it where it came in. */
Secret *value_take_secret (GVariant *bytes, gsize max_bytes, GError **error);

G_END_DECLS
