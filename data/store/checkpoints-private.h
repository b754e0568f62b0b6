/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoints-private: rows of attestations, whichever table they stand in. */
#pragma once

#include "checkpoints.h"
#include "store-private.h"

/* @statement: gives attestation and signature of entry @seq. %FALSE without an error when it gives none. */
gboolean
checkpoints_take (Store *store, sqlite3_stmt *statement, guint64 seq, Attestation *ret_attestation, GError **error);
