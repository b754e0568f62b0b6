/* SPDX-License-Identifier: Apache-2.0 */
/* certificate-files: a certificate of disposal into files that a company keeps. */
#pragma once

#include "attestation.h"
#include "ctl-common.h"

/**
 * certificate_files_fetch:
 * @path: nothing may be there yet; with .pdf at its end the signed text goes beside it, as .azc
 *
 * Asks the vault, where somebody is logged in, for the certificate, checks it, and writes it.
 *
 * Returns: the exit code; a sentence is on standard error unless it is CTL_DONE.
 */
int certificate_files_fetch (CtlContext *ctx, AzukariVault1 *vault, const char *id, const char *path);

/* The public key of the vault, PEM and (transfer full), and as the check wants it. NULL with an error. */
char *certificate_files_get_key (AzukariVault1 *vault, guint8 ret_key[ATTESTATION_KEY_BYTES], GError **error);
/* FALSE with a %G_IO_ERROR_EXISTS unless nothing is there yet at @path and what goes beside it. */
gboolean certificate_files_are_free (const char *path, GError **error);
/* Checks @text and writes it as certificate_files_fetch () does; with @pem also the key, as .pem. */
gboolean certificate_files_write (const char *path, const char *text, const guint8 key[ATTESTATION_KEY_BYTES],
                                  const char *pem, GError **error);
