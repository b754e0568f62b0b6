/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoints: the TPM's attestations of the record. */
#pragma once

#include "attestation.h"
#include "store.h"

G_BEGIN_DECLS

/** checkpoints_insert: @seq: the entry whose hash was attested. */
gboolean checkpoints_insert (Store *store, guint64 seq, const Attestation *attestation, GError **error);
/** checkpoints_get: %FALSE without an error when there is none for @seq. */
gboolean checkpoints_get (Store *store, guint64 seq, Attestation *ret_attestation, GError **error);
/** checkpoints_count: all of them. */
gboolean checkpoints_count (Store *store, guint64 *ret_count, GError **error);
/** checkpoints_get_last: the entry that was attested last, 0 without any. */
gboolean checkpoints_get_last (Store *store, guint64 *ret_seq, GError **error);

/** checkpoints_remove_after: those of entries that are no more. */
gboolean checkpoints_remove_after (Store *store, guint64 seq, GError **error);

G_END_DECLS
