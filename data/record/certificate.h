/* SPDX-License-Identifier: Apache-2.0 */
/* certificate: 削除・廃棄証明書: what was disposed of, as a text that the vault's TPM has signed, and that anybody can check with the
 * vault's public key alone. Beside record-file.h the one file of data/ that app/ may use for that. azukari-certificate(5) describes the
 * file. It names people by ids and codes: no numbers, no names but the company's and the admin's.
 *
 * Pure; any thread. Errors: CUSTODY_ERROR_TAMPERED. */
#pragma once

#include "attestation.h"
#include "entry.h"

G_BEGIN_DECLS

#define CERTIFICATE_MAX_BYTES (1000 * 1000)
#define CERTIFICATE_MAX_ITEMS 500
#define CERTIFICATE_MAX_BACKUPS 128
#define CERTIFICATE_DIGEST_BYTES ATTESTATION_HEAD_BYTES

#define CERTIFICATE_DISPOSED "disposed" /* actions that close an extract of the record */
#define CERTIFICATE_RETIRED "vault-retired"
#define CERTIFICATE_NUMBER_DISPOSED "number-disposed"
#define CERTIFICATE_HANDED_BACK "handed-back" /* reason of a retirement */

typedef struct
{
  char *purpose;
  char *anchor;
  guint years;
} CertificateRule;

/* One number. Dates are YYYY-MM-DD or "". */
typedef struct
{
  char *person; /* ids */
  char *record;
  char *code; /* the company's own, or "" */
  char *kind; /* employee | contractor | dependant */
  char *collected;
  char *left;
  char *due;       /* first day on which it need not be kept any more */
  char *purposes;  /* codes, "," between */
  gboolean erased; /* name, kana, birth date went too */
} CertificateItem;

typedef struct
{
  char *what; /* rewritten | removed | unreached */
  char *name; /* where it is */
} CertificateBackup;

typedef struct
{
  gboolean is_retirement; /* of the whole vault: then no items are listed */
  char *id;
  char *company;
  char *vault_id;
  char *provider; /* tpm2 | swtpm: a software TPM's key can be copied, and proves nothing */
  char *time;     /* RFC 3339, UTC */
  char *admin_id;
  char *admin_name;
  char *reason;
  guint64 n_numbers;
  guint64 n_erased; /* people */
  /* of a retirement whose numbers were handed to the client before */
  gboolean is_handed_back;
  guint8 handed_file[CERTIFICATE_DIGEST_BYTES]; /* SHA-256 */
  guint64 n_handed;                             /* rows */
  GPtrArray *rules;                             /* of CertificateRule: those in force */
  GPtrArray *items;                             /* of CertificateItem */
  GPtrArray *backups;                           /* of CertificateBackup */
  /* how: everything was sealed to this epoch of the TPM, and the TPM has left it */
  guint64 epoch;
  AttestationEpoch counter;
  /* the record's extract: the hash before, and entries one after the other */
  guint8 before[ENTRY_HASH_BYTES];
  GPtrArray *entries; /* of Entry */
  guint8 key[ATTESTATION_KEY_BYTES];
} Certificate;

Certificate *certificate_new (void);
void certificate_free (Certificate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Certificate, certificate_free)

/* Each takes copies. */
void certificate_add_rule (Certificate *self, const char *purpose, const char *anchor, guint years);
/** certificate_add_item: (transfer none): a new one, all texts "", to be filled in. */
CertificateItem *certificate_add_item (Certificate *self);
void certificate_add_backup (Certificate *self, const char *what, const char *name);
void certificate_add_entry (Certificate *self, const Entry *entry);
/** certificate_set_handed: the numbers went into the file of that SHA-256 (hex). */
void certificate_set_handed (Certificate *self, const char *sha256, guint64 rows);

/** certificate_to_text: (transfer full): what is to be signed: characters that may not stand in it have become "?". */
char *certificate_to_text (const Certificate *self);
/** certificate_from_text: a text that nobody has signed yet. %NULL with TAMPERED unless certificate_to_text () would write it. */
Certificate *certificate_from_text (const char *text, gsize n_bytes, GError **error);
void certificate_digest (const char *text, guint8 ret_digest[CERTIFICATE_DIGEST_BYTES]);
/** certificate_close: (transfer full): the whole file; %NULL when the signature is none. */
char *certificate_close (const char *text, const Attestation *attestation);

/**
 * certificate_check:
 * @text: not terminated; hostile
 * @key: of the vault, from elsewhere than the file
 * @ret_attestation, @ret_facts: (out) (optional): the facts' counter is the epoch in which the TPM was when it signed
 *
 * Returns: (transfer full): %NULL with TAMPERED unless the TPM of that vault signed exactly this, had left the epoch, and the extract of the
 *   record says the same.
 */
Certificate *certificate_check (const char *text, gsize n_bytes, const guint8 key[ATTESTATION_KEY_BYTES],
                                Attestation *ret_attestation, AttestationFacts *ret_facts, GError **error);

G_END_DECLS
