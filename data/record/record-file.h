/* SPDX-License-Identifier: Apache-2.0 */
/* record-file: the record as a file that anybody can check with the vault's public key alone. The one file of data/ beside
 * vault.xml that app/ may use: whoever checks needs neither vault nor TPM.
 *
 * Lines of text, fields apart by a tab, in this order:
 *
 *   azukari-record  1
 *   vault           UUID, provider
 *   key             the public point, hex
 *   sealed          why the vault was closed when it wrote this: only then
 *   earlier         UUID, time: only of a machine that its vault has left without its TPM's last word: which vault handed this out, and when
 *                   it took over
 *   entry           number, time, actor, action, subject, detail (key=value;...), hash: once for each
 *   checkpoint      number, attestation, signature: right after the entry it stands for
 *   end             number of entries, number of checkpoints
 *
 * Fields are codes and ids (chain_code_is_valid ()), so nothing is ever quoted. The last entry is a checkpoint, but not of a sealed
 * vault, which changes its record no more, nor of a machine that died. */
#pragma once

#include "audit.h"

G_BEGIN_DECLS

#define RECORD_FILE_MAX_BYTES (1024 * 1024 * 1024)

typedef struct _RecordWriter RecordWriter;

/**
 * record_writer_new:
 * @fd: stays the caller's
 *
 * Writes in pieces. A file without its end is refused by record_file_check (), so a failure leaves nothing that looks whole.
 */
RecordWriter *
record_writer_new (int fd, const char *vault_id, const char *provider, const guint8 key[ATTESTATION_KEY_BYTES]);
/** record_writer_mark_sealed: first of all: it comes from a sealed vault, and goes as far as it can be read. @reason: an error's name. */
void record_writer_mark_sealed (RecordWriter *self, const char *reason);
/** record_writer_mark_earlier: the same place: the record of a machine that vault @vault_id took over from, and it need not end attested. */
void record_writer_mark_earlier (RecordWriter *self, const char *vault_id, const char *taken);
void record_writer_add (RecordWriter *self, const Entry *entry);
void record_writer_add_checkpoint (RecordWriter *self, guint64 seq, const Attestation *attestation);
/** record_writer_finish: @ret_sha256: (out): of the whole file, hex. %FALSE with DISK_FULL or FAILED for anything before, too. */
gboolean record_writer_finish (RecordWriter *self, char ret_sha256[65], GError **error);
void record_writer_free (RecordWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecordWriter, record_writer_free)

/* What a printed paper shows of the record: the TPM's word for one entry, and so for all before it. */
typedef struct
{
  char vault_id[37];
  guint64 seq; /* of a checkpoint */
  Attestation attestation;
} RecordPrinted;

/** record_printed_to_text: (transfer full): for a QR code: azukari-record:1:VAULT:ENTRY:ATTESTATION:SIGNATURE, the last two in base64. */
char *record_printed_to_text (const RecordPrinted *self);
/** record_printed_from_text: %FALSE with USAGE for anything that record_printed_to_text () does not write; space around it may be. */
gboolean record_printed_from_text (RecordPrinted *self, const char *text, GError **error);

typedef enum
{
  RECORD_PRINTED_MISSING, /* the record ends before that entry, or nothing was asked */
  RECORD_PRINTED_HELD,    /* the entry is there, and it is the one that the TPM signed for the paper */
  RECORD_PRINTED_FOREIGN, /* the entry of that number is another one, or the paper is of another vault or forged */
} RecordPrintedState;

typedef struct
{
  char vault_id[37];
  char sealed[64];  /* why the vault was closed that wrote it, an error's name; "" for an open one */
  char earlier[37]; /* the vault that took over from its machine, where the TPM has not signed the end; "" otherwise */
  gboolean is_software; /* signed by a software TPM, whose key can be copied */
  RecordPrintedState printed;
  Audit audit;
} RecordFile;

/**
 * record_file_check:
 * @text: not terminated; hostile
 * @key: of the vault, from elsewhere than the file
 * @printed: (nullable): from a paper: is what it shows in this record? See RecordFile's printed.
 *
 * Returns: %FALSE with TAMPERED, saying which line or entry does not fit; @ret_file then holds what was read before it.
 */
gboolean record_file_check (const char *text, gsize n_bytes, const guint8 key[ATTESTATION_KEY_BYTES],
                            const RecordPrinted *printed, RecordFile *ret_file, GError **error);

G_END_DECLS
