/* SPDX-License-Identifier: Apache-2.0 */
/* audit: walks a record from its first entry on, with the checkpoints in it, wherever it comes from: the database or an exported
 * file. Holds no lock and no file; one thread. Errors: CUSTODY_ERROR_TAMPERED, naming the entry. */
#pragma once

#include "attestation.h"
#include "chain.h"

G_BEGIN_DECLS

/* Actions that the audit itself understands. */
#define AUDIT_CHECKPOINT "checkpoint"    /* the TPM attests everything up to and with this entry */
#define AUDIT_REVIEWED "record-reviewed" /* the 責任者 has seen everything up to here */
#define AUDIT_ACCEPTED "state-accepted"  /* the 責任者 goes on with a state that was set back or altered */
/* So far the machine's clock may be set back without a word: that is what time servers do. */
#define AUDIT_CLOCK_SLACK_S 300

typedef struct
{
  guint64 length;
  guint8 head[ENTRY_HASH_BYTES];
  guint64 n_checkpoints;
  guint64 attested;       /* entries up to here stand under the last checkpoint */
  AttestationFacts facts; /* of the last checkpoint */
  guint64
      clock_set_back; /* the last entry before which the machine's clock was set back, and nobody has reviewed since; 0: none */
  guint64 reviewed; /* the last entry that says so; 0: none */
  guint64 accepted; /* the last entry with AUDIT_ACCEPTED; 0: none */
  guint n_accepted;
  /* private */
  guint8 key[ATTESTATION_KEY_BYTES];
  gint64 newest_s, checkpoint_s;
  gboolean needs_checkpoint;
} Audit;

void audit_begin (Audit *self, const guint8 key[ATTESTATION_KEY_BYTES]);
/** audit_add: the next entry. */
gboolean audit_add (Audit *self, const Entry *entry, GError **error);
/** audit_add_checkpoint: the attestation of the entry added last, whose action is AUDIT_CHECKPOINT. */
gboolean audit_add_checkpoint (Audit *self, const Attestation *attestation, GError **error);
/** audit_get_reviewed_to: up to which entry one with AUDIT_REVIEWED and this detail says; 0 for any other detail. */
guint64 audit_get_reviewed_to (const char *detail);
/** audit_end: is nothing owed any more? */
gboolean audit_end (Audit *self, GError **error);

G_END_DECLS
