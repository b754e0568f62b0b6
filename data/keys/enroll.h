/* SPDX-License-Identifier: Apache-2.0 */
/* enroll: the files by which a second machine (B) becomes one that backups of a first machine (A) are made for, and what they prove.
 * azukari-enrolment(5) has their layout.
 *
 *   request  B to A   B's endorsement, attestation and transport key, its escrow key, a commitment to B's nonce; signed by B's TPM
 *   answer   A to B   A's attestation and transport key, A's nonce, a credential that only B's TPM opens; signed by A's TPM
 *   proof    B to A   B's nonce, and a MAC under what the credential held: the three keys of the request are in one TPM
 *
 * The six words are made of all three. B has bound itself to its nonce before it sees A's, and A tells its own only afterwards, so
 * whoever stands between the two has one guess in 2^66 at making both screens show the same.
 *
 * Every file is hostile: read from at most ENROLL_MAX_BYTES, one layout, a digest against damage, then the checks. No TPM is asked
 * here; any thread. Errors: ENROLMENT_FILE for what is no such file, ENROLMENT_REFUSED for what does not prove what it should. */
#pragma once

#include "attestation.h"
#include "secret.h"
#include "tpm-enroll.h"

G_BEGIN_DECLS

#define ENROLL_MAX_BYTES 8192
#define ENROLL_NONCE_BYTES 32
#define ENROLL_DIGEST_BYTES 32
#define ENROLL_ESCROW_BYTES 32 /* X25519 public key */
#define ENROLL_TEXT_MAX 200

/* Who sends a file. Its attestation key has signed all of this with everything else in the file. */
typedef struct
{
  char *id; /* of its vault: a UUID */
  char *company;
  char *name;
  char *provider; /* "tpm2" or "swtpm": what it says of itself */
  char *created;  /* RFC 3339 */
  GBytes *attest; /* public parts */
  GBytes *transport;
} EnrollParty;

typedef struct
{
  EnrollParty party;
  GBytes *endorsement;
  guint8 escrow[ENROLL_ESCROW_BYTES];
  guint8 commitment[ENROLL_DIGEST_BYTES];
  guint8 digest[ENROLL_DIGEST_BYTES]; /* of the file */
} EnrollRequest;

typedef struct
{
  EnrollParty party;
  guint8 request[ENROLL_DIGEST_BYTES]; /* which one it answers */
  guint8 nonce[ENROLL_NONCE_BYTES];
  GBytes *credential;
  GBytes *seed;
  guint8 digest[ENROLL_DIGEST_BYTES];
} EnrollAnswer;

typedef struct
{
  guint8 request[ENROLL_DIGEST_BYTES];
  guint8 answer[ENROLL_DIGEST_BYTES];
  guint8 nonce[ENROLL_NONCE_BYTES];
} EnrollProof;

void enroll_party_clear (EnrollParty *self);
void enroll_request_free (EnrollRequest *self);
void enroll_answer_free (EnrollAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnrollRequest, enroll_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EnrollAnswer, enroll_answer_free)

/** enroll_commit: to @nonce, which stays hidden until the proof. */
void enroll_commit (const guint8 nonce[ENROLL_NONCE_BYTES], guint8 ret_commitment[ENROLL_DIGEST_BYTES]);

/* Signs @digest with the sender's attestation key, about its transport key. */
typedef gboolean (*EnrollSignFunc) (const guint8 digest[ENROLL_DIGEST_BYTES], Attestation *ret_attestation,
                                    gpointer user_data, GError **error);

/** enroll_request_write, enroll_answer_write: (transfer full): the file. The digests in the structs are not read. */
GBytes *enroll_request_write (const EnrollRequest *self, EnrollSignFunc sign, gpointer user_data, GError **error);
GBytes *enroll_answer_write (const EnrollAnswer *self, EnrollSignFunc sign, gpointer user_data, GError **error);
/** enroll_proof_write: (transfer full): @secret: what the credential held, TPM_CREDENTIAL_SECRET_BYTES. */
GBytes *enroll_proof_write (const EnrollProof *self, const Secret *secret);

/** enroll_request_read: (transfer full): with its keys' attributes and the signature checked. */
EnrollRequest *enroll_request_read (GBytes *file, GError **error);
/** enroll_answer_read: (transfer full): as enroll_request_read (); @request: the digest of the request that was sent. */
EnrollAnswer *enroll_answer_read (GBytes *file, const guint8 request[ENROLL_DIGEST_BYTES], GError **error);
/** enroll_proof_read: @secret: what was put into the credential; the proof must open @request's commitment. */
gboolean enroll_proof_read (GBytes *file, const EnrollRequest *request, const guint8 answer[ENROLL_DIGEST_BYTES],
                            const Secret *secret, EnrollProof *ret_proof, GError **error);

/** enroll_digest: of a file, as the next one names it. */
void enroll_digest (GBytes *file, guint8 ret_digest[ENROLL_DIGEST_BYTES]);
/** enroll_words: (transfer full): the six words of the whole exchange; enroll_words_of (). */
char **enroll_words (const EnrollProof *proof, GError **error);

/* --- frames: what every file of ours on a stick begins and ends with --- */

/**
 * enroll_frame_write:
 * @title: what the file is, such as "machine request"
 * @body: floating; strings and bytes only, so that it is the same on every machine
 *
 * File: "Azukari <title> 1" and a line feed, @body in normal form, SHA-256 of all before.
 */
GBytes *enroll_frame_write (const char *title, GVariant *body);
/** enroll_frame_read: (transfer full): of @type; ENROLMENT_FILE for anything else. */
GVariant *enroll_frame_read (GBytes *file, const char *title, const char *type, GError **error);

G_END_DECLS
