/* SPDX-License-Identifier: Apache-2.0 */
/* container: a file that the TPMs of certain machines can open, and nobody else: backups, and what goes to another machine.
 *
 * Layout (azukari-backup(5)), numbers little endian:
 *
 *   "AZBACKUP", version 1 (4 bytes), size of the header (4 bytes)
 *   header     GVariant (sssaya(ayayay)) in normal form: purpose, vault id, time made, the stream's own header, and for each
 *              recipient its public point, an ephemeral public point and the wrapped content key
 *   body       pieces of 65536 bytes, the last one shorter, each with 17 more of XChaCha20-Poly1305 (libsodium's secretstream),
 *              authenticated together with SHA-256 of all that stands before the body; the last piece is marked as the last
 *
 * The content key is random. It is wrapped for each recipient under a key that BLAKE2b derives from an ECDH (P-256) of a fresh
 * ephemeral key with the recipient's, and from purpose, vault id and both points: a wrap fits one recipient, purpose and vault.
 * Whoever knows a recipient's point can make a container for it. Who made what is inside must be shown by what is inside.
 *
 * Blocks; one thread. Errors: CUSTODY_ERROR with DISK_FULL or FAILED from the file, BACKUP_DAMAGED for bytes that were not written
 * as they stand, BACKUP_FOREIGN for a container of another purpose or for other machines. */
#pragma once

#include <glib.h>

#include "secret.h"

G_BEGIN_DECLS

#define CONTAINER_POINT_BYTES 64 /* P-256: x and y, left-padded */
#define CONTAINER_SHARED_BYTES 32
#define CONTAINER_MAX_RECIPIENTS 16
#define CONTAINER_PIECE_BYTES 65536
#define CONTAINER_MAX_HEADER_BYTES 16384
#define CONTAINER_HEADER_AT 16 /* its size stands in the four bytes before */
#define CONTAINER_MAX_BYTES (G_GUINT64_CONSTANT (8) * 1024 * 1024 * 1024)
#define CONTAINER_TEXT_MAX 64 /* purpose, vault id, time: ASCII without spaces */

/* What stands outside, readable by everybody; to be believed only of a container that was opened. */
typedef struct
{
  char purpose[CONTAINER_TEXT_MAX + 1];
  char vault_id[CONTAINER_TEXT_MAX + 1];
  char made[CONTAINER_TEXT_MAX + 1]; /* RFC 3339 */
} ContainerInfo;

typedef struct _ContainerWriter ContainerWriter;

/**
 * container_writer_new:
 * @fd: an empty regular file, open for writing; stays the caller's
 * @points: CONTAINER_POINT_BYTES for each of 1 to CONTAINER_MAX_RECIPIENTS recipients
 *
 * Returns: (transfer full): %NULL also for a point that is none.
 */
ContainerWriter *
container_writer_new (int fd, const ContainerInfo *info, const guint8 *points, guint n_points, GError **error);
gboolean container_writer_add (ContainerWriter *self, const void *bytes, gsize n_bytes, GError **error);
/**
 * container_writer_finish: the last piece, and the file is on disk. A file without it is refused by every reader.
 * @ret_sha256: (out): of the whole file
 */
gboolean container_writer_finish (ContainerWriter *self, guint8 ret_sha256[32], guint64 *ret_n_bytes, GError **error);
void container_writer_free (ContainerWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ContainerWriter, container_writer_free)

/* The ECDH of the reader's own key with @ephemeral: (transfer full): CONTAINER_SHARED_BYTES, the x coordinate. */
typedef Secret *(*ContainerAgree) (const guint8 ephemeral[CONTAINER_POINT_BYTES], gpointer user_data, GError **error);

typedef struct _ContainerReader ContainerReader;

/** container_peek: reads what stands outside, from the file's beginning. */
gboolean container_peek (int fd, ContainerInfo *ret_info, GError **error);

/**
 * container_reader_new:
 * @fd: open for reading, from where it stands; stays the caller's
 * @purpose: what it must be for
 * @point: the reader's own
 */
ContainerReader *container_reader_new (int fd, const char *purpose, const guint8 point[CONTAINER_POINT_BYTES],
                                       ContainerAgree agree, gpointer user_data, GError **error);
const ContainerInfo *container_reader_get_info (const ContainerReader *self);
/** container_reader_take: exactly @n_bytes; %FALSE with BACKUP_DAMAGED when there are fewer. */
gboolean container_reader_take (ContainerReader *self, void *bytes, gsize n_bytes, GError **error);
/**
 * container_reader_finish: everything was taken, and the last piece was the last.
 * @ret_sha256: (out): of the whole file
 */
gboolean container_reader_finish (ContainerReader *self, guint8 ret_sha256[32], guint64 *ret_n_bytes, GError **error);
void container_reader_free (ContainerReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ContainerReader, container_reader_free)

/**
 * container_agree_fresh:
 * @ret_ephemeral: (out): the public point of a key pair that exists for this call only
 *
 * Returns: (transfer full): its ECDH with @point; %NULL for a point that is none.
 */
Secret *container_agree_fresh (const guint8 point[CONTAINER_POINT_BYTES], guint8 ret_ephemeral[CONTAINER_POINT_BYTES]);

G_END_DECLS
