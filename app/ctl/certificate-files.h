/* SPDX-License-Identifier: Apache-2.0 */
/* certificate-files: a certificate of disposal into files that a company keeps. */
#pragma once

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
