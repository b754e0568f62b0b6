/* SPDX-License-Identifier: Apache-2.0 */
/* certificate-files: a certificate of disposal into files that a company keeps: its paper, the signed text beside it, and the key. */
#pragma once

#include <gio/gio.h>

#include "attestation.h"

G_BEGIN_DECLS

/* FALSE with a %G_IO_ERROR_EXISTS unless nothing is there yet at @path and what goes beside it. */
gboolean certificate_files_are_free (const char *path, GError **error);

/**
 * certificate_files_write:
 * @path: nothing may be there yet; with .pdf at its end the signed text goes beside it, as .azc, else it goes there alone
 * @text: the certificate, as the vault gave it; it is checked against @key first
 * @pem: (nullable): the key, to go beside it as .pem
 *
 * Any one thread; lays the paper out, which takes a moment, and waits for the disk. Errors: %G_IO_ERROR, CUSTODY_ERROR_TAMPERED.
 */
gboolean certificate_files_write (const char *path, const char *text, const guint8 key[ATTESTATION_KEY_BYTES],
                                  const char *pem, GError **error);

G_END_DECLS
