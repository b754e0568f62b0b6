/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: handed back (返却): everything to the client, read back and checked, and then the vault's end. Errors as in vault.h. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

typedef struct
{
  const char *company; /* the vault's, typed once more */
  const Secret *pin;   /* of whoever is logged in */
  /* empty regular files, open for reading and writing; they stay the caller's */
  int numbers_fd; /* azukari-hand-back(5): everybody's number, in plain text */
  int record_fd;  /* azukari-record(5) */
} VaultHandBack;

typedef struct
{
  guint rows; /* of the file, without its header: one for each number */
  char sha256[65];
  char record_sha256[65];
} VaultHandBackReport;

/**
 * vault_hand_back:
 * @by: the client, also when the term is over; where there is none, a chief within it
 * @ret_tries_left: (out): written with WRONG_PIN
 *
 * Up to the moment when both files have been read back nothing has happened, and a failure empties them again. From then on it goes on to its
 * end as vault_retire () does, at the next start if need be, and the files are to be kept whatever is returned.
 *
 * Returns: (transfer full): the certificate, which names the file; %NULL with CLIENTS_ONLY, EXPIRED, NOT_YOUR_ROLE, USAGE,
 *   NOTHING_TO_EXPORT (no number is kept: vault_retire ()), WRONG_PIN, TAMPERED (a number does not open) ...
 */
char *vault_hand_back (Vault *self, VaultAdmin *by, const VaultHandBack *what, VaultHandBackReport *ret_report,
                       guint *ret_tries_left, GError **error);

G_END_DECLS
