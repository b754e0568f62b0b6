/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: training and pledges (教育・誓約) of those who may log in. The record is where they are kept: signed by the TPM, and nobody takes
 * one back. Errors as in vault.h. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

#define VAULT_TRAINING "training"
#define VAULT_PLEDGE "pledge"

typedef struct
{
  guint64 seq;        /* its entry */
  char *time;         /* of the entry, RFC 3339 */
  const char *what;   /* VAULT_TRAINING or VAULT_PLEDGE */
  char *topic;        /* of training: introduction | yearly | change | incident | other; else "" */
  char *on;           /* YYYY-MM-DD */
  char *admin, *name; /* whose: id, and name, also of somebody who was removed */
  char *by_name;      /* who noted it, "" when that cannot be told */
} VaultTraining;

void vault_training_free (VaultTraining *self);

/**
 * vault_add_training:
 * @by: a 責任者
 * @admin_id: who was taught or signed: somebody who may log in
 * @topic: of training, else ""
 * @on: YYYY-MM-DD, not in the future
 *
 * Returns: %FALSE with NOT_YOUR_ROLE, NO_SUCH_ADMIN, USAGE.
 */
gboolean vault_add_training (Vault *self, const VaultAdmin *by, const char *admin_id, const char *what,
                             const char *topic, const char *on, GError **error);
/** vault_list_training: (transfer full) (element-type VaultTraining): oldest entry first; what this machine's record has. */
GPtrArray *vault_list_training (Vault *self, GError **error);

G_END_DECLS
