/* SPDX-License-Identifier: Apache-2.0 */
/* vault-scope: the part of the people, numbers and purposes that a 事務取扱担当者 handles. A 責任者 handles everything, and a 監査 sees
 * nobody: what they read is the record, which names nobody and is worth something only as a whole. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

#define VAULT_SCOPE_DEPARTMENTS 64

/** vault_purpose_is_known: is @code one of the 利用目的 that a person can agree to? */
gboolean vault_purpose_is_known (const char *code);
/** vault_purpose_get_kinds: of people who are asked for it, space between. */
const char *vault_purpose_get_kinds (const char *code);

/**
 * vault_scope_make:
 * @departments: (nullable): as the roster names them; "" are the people without one. %NULL, or nothing in it, is all of them
 * @purposes: (nullable): codes; the same
 *
 * Returns: %FALSE with USAGE.
 */
gboolean
vault_scope_make (const char *const *departments, const char *const *purposes, Scope *ret_scope, GError **error);
/**
 * vault_scope_of_before:
 * @ret_scope: (inout): that of the clerk who had this name at the machine from which this one took over; unchanged when there is none
 */
gboolean vault_scope_of_before (Vault *self, const char *name, Scope *ret_scope, GError **error);
/**
 * vault_set_scope:
 * @by: a 責任者 who has logged in
 * @departments: (nullable): as in vault_scope_make (); %NULL leaves them as they are
 * @purposes: (nullable): the same. Of a clerk who was left with nothing (SCOPE_NOTHING) both must be named
 *
 * The record keeps how many departments there are, and which purposes. Their log-ins have the old scope: the caller ends them.
 *
 * Returns: %FALSE with NOT_YOUR_ROLE, NO_SUCH_ADMIN, USAGE (of somebody who is no clerk). The refusal stands in the record.
 */
gboolean vault_set_scope (Vault *self, const VaultAdmin *by, const char *admin_id, const char *const *departments,
                          const char *const *purposes, GError **error);

/*
 * Each of these is %FALSE with OUT_OF_SCOPE, and the attempt at @verb stands in the record with the id, for what is not in the scope of
 * @by; with NO_SUCH_PERSON or NO_SUCH_RECORD for what is not there.
 */
gboolean
vault_require_person (Vault *self, const VaultAdmin *by, const char *person_id, const char *verb, GError **error);
gboolean
vault_require_record (Vault *self, const VaultAdmin *by, const char *record_id, const char *verb, GError **error);
/** vault_require_new_person: with kind, department and parent set. */
gboolean
vault_require_new_person (Vault *self, const VaultAdmin *by, const Person *person, const char *verb, GError **error);
/** vault_require_purpose: @purpose, one of @purposes when there are several (space between). */
gboolean
vault_require_purpose (Vault *self, const VaultAdmin *by, const char *purpose, const char *verb, GError **error);
/** vault_require_replaceable: a number that is collected takes the place of the one that is there. */
gboolean
vault_require_replaceable (Vault *self, const VaultAdmin *by, const char *person_id, const char *verb, GError **error);
/** vault_note_out_of_scope: an attempt that was refused otherwise. @subject: an id that is there, or "". */
void vault_note_out_of_scope (Vault *self, const VaultAdmin *by, const char *verb, const char *subject);

/** vault_narrow_status: the counts of @status are those of @by's scope. */
void vault_narrow_status (Vault *self, const VaultAdmin *by, VaultStatus *status);

G_END_DECLS
