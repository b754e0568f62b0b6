/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-certificate: fetches a certificate of disposal for the files that a company keeps. */
#pragma once

#include "attestation.h"
#include "ctl-common.h"

/**
 * ctl_certificate_fetch:
 * @path: nothing may be there yet; with .pdf at its end the signed text goes beside it, as .azc
 *
 * Asks the vault, where somebody is logged in, for the certificate, checks it, and writes it.
 *
 * Returns: the exit code; a sentence is on standard error unless it is CTL_DONE.
 */
int ctl_certificate_fetch (CtlContext *ctx, AzukariVault1 *vault, const char *id, const char *path);

/* What is left to do by hand after the end of a vault: copies that were not reached, what is to be kept. */
void ctl_certificate_print_rest (const char *text, const guint8 key[ATTESTATION_KEY_BYTES]);
/* The public key of the vault, PEM and (transfer full), and as the check wants it. NULL with an error. */
char *ctl_certificate_get_key (AzukariVault1 *vault, guint8 ret_key[ATTESTATION_KEY_BYTES], GError **error);
