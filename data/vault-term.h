/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: its term (使用期限), and the client (委託元) who alone extends it. Errors as in vault.h. */
#pragma once

#include "clock-guard.h"
#include "vault.h"

G_BEGIN_DECLS

/* So many days before its end the term is to be shown as ending. */
#define VAULT_TERM_SOON_DAYS 30
/* Nobody sets it further ahead at once. */
#define VAULT_TERM_MAX_YEARS 10

typedef struct
{
  char last_day[CLOCK_GUARD_DAY_BYTES]; /* the last one on which the vault collects and exports; "" without a term */
  char today[CLOCK_GUARD_DAY_BYTES];    /* as the vault judges it, of the machine's time zone */
  gboolean is_over;
  int days_left;       /* term_get_days_left (); 0 without a term */
  gint64 clock_behind; /* by so many seconds the machine's clock is behind what the vault has seen, 0: it is not */
} VaultTerm;

/**
 * vault_get_term: asks no TPM. %FALSE with TAMPERED when the setting is not as the record has it.
 */
gboolean vault_get_term (Vault *self, VaultTerm *ret_term, GError **error);
/** vault_dup_client: (transfer full): the id of the client who decides about the term; "" when there is none. %NULL with an error. */
char *vault_dup_client (Vault *self, GError **error);

typedef struct
{
  const char *last_day;  /* "" ends the term: there is none any more */
  gboolean accept_clock; /* the machine's clock is right, whatever the vault has seen */
  const char *witness;   /* id of an admin who is logged in elsewhere meanwhile, for the record; or NULL */
} VaultTermChange;

/**
 * vault_set_term:
 * @by: the client; where there is none, a chief. A chief beside a client may only bring the end forward, or set the first term
 *
 * Returns: %FALSE with NOT_YOUR_ROLE, CLIENTS_ONLY, USAGE (no day, or one too far ahead). Each refusal stands in the record.
 */
gboolean vault_set_term (Vault *self, const VaultAdmin *by, const VaultTermChange *change, GError **error);
/**
 * vault_release: @by, the client, decides no more: a chief may remove them, and set the term. NOT_YOUR_ROLE.
 */
gboolean vault_release (Vault *self, const VaultAdmin *by, GError **error);

G_END_DECLS
