/* SPDX-License-Identifier: Apache-2.0 */
/* zip: what an export is handed over in: one file in a zip under AES-256 and a passphrase that nobody chose. */
#pragma once

#include "secret.h"

G_BEGIN_DECLS

/* Five groups of five of 31 characters that are not taken for one another (no 0 o, 1 i l): 25 x log2 (31) = 123.8 bits. */
#define EXPORT_PASSPHRASE_ALPHABET "23456789abcdefghjkmnpqrstuvwxyz"
#define EXPORT_PASSPHRASE_GROUPS 5
#define EXPORT_PASSPHRASE_GROUP 5
#define EXPORT_PASSPHRASE_BITS 123
/* With a hyphen between two groups, which belongs to it. */
#define EXPORT_PASSPHRASE_LENGTH (EXPORT_PASSPHRASE_GROUPS * (EXPORT_PASSPHRASE_GROUP + 1) - 1)

#define EXPORT_INNER_NAME_MAX 64

/**
 * export_wrap:
 * @content: not empty; less than 2 GiB
 * @inner_name: of the file in the zip. It can be read without the passphrase, so it names nobody: a-z 0-9 - . only, at most
 *   %EXPORT_INNER_NAME_MAX, not beginning with a full stop
 * @ret_container: (out) (transfer full): the zip
 * @ret_passphrase: (out) (transfer full): %EXPORT_PASSPHRASE_LENGTH ASCII characters, no zero after them
 *
 * WinZip's AES-256 (AE-2: PBKDF2, AES-CTR, HMAC-SHA1), never PKWARE's own cipher. Nothing is compressed, so the size tells the content's size
 * and no more. The checksum of the content that such a zip may have is left out: it is in the clear, and 32 bits about
 * twelve digits are enough to find them where the rest of the file is known. The same content gives another zip each time. Both results exist in locked memory only, and
 * nothing readable is left of what libarchive held, in a program that overwrites what it frees (secret/heap.c). Any thread.
 *
 * Returns: %FALSE with %CUSTODY_ERROR_USAGE for a name or a size out of bounds, %CUSTODY_ERROR_FAILED when libarchive cannot do it.
 */
gboolean export_wrap (const Secret *content, const char *inner_name, Secret **ret_container, Secret **ret_passphrase,
                      GError **error);

/**
 * export_inner_name:
 * @what: a format's id or another word of a-z 0-9 -
 * @suffix: such as "csv"
 *
 * Returns: (transfer full): "WHAT-YYYYMMDD.SUFFIX" with the day of this machine's clock: a name that says nothing about anybody.
 */
char *export_inner_name (const char *what, const char *suffix);

G_END_DECLS
