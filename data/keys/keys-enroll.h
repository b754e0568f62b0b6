/* SPDX-License-Identifier: Apache-2.0 */
/* keys-enroll: a vault's part in an enrolment; enroll.h has what the files are. Blocks on the TPM, on a chip for seconds. */
#pragma once

#include "enroll.h"
#include "keys.h"

G_BEGIN_DECLS

/* What a vault says of itself beside its keys; borrowed. */
typedef struct
{
  const char *company;
  const char *name; /* of the machine, as people call it */
  const char *created;
} KeysParty;

/** keys_enroll_request: (transfer full): @escrow: public key; @ret_nonce: (out): to be kept for keys_enroll_prove (). */
GBytes *keys_enroll_request (Keys *self, const KeysParty *party, const guint8 escrow[ENROLL_ESCROW_BYTES],
                             guint8 ret_nonce[ENROLL_NONCE_BYTES], GError **error);
/** keys_enroll_answer: (transfer full): @ret_secret: (out) (transfer full): to be kept for the proof. */
GBytes *keys_enroll_answer (Keys *self, const KeysParty *party, const EnrollRequest *request, Secret **ret_secret,
                            GError **error);
/**
 * keys_enroll_prove:
 * @ret_proof: (out): what enroll_words () takes
 *
 * Returns: (transfer full): the proof; %NULL with ENROLMENT_REFUSED when the credential was made for another TPM or vault.
 */
GBytes *keys_enroll_prove (Keys *self, const EnrollAnswer *answer, const guint8 nonce[ENROLL_NONCE_BYTES],
                           EnrollProof *ret_proof, GError **error);

G_END_DECLS
