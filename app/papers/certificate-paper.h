/* SPDX-License-Identifier: Apache-2.0 */
/* certificate-paper: a certificate of disposal as a company signs and files it. In the language of the process. */
#pragma once

#include "certificate.h"

G_BEGIN_DECLS

/**
 * certificate_paper_make:
 * @certificate: checked
 * @attestation: what the TPM signed: goes onto the paper as a QR code
 * @digest: SHA-256 of the signed text, hex
 * @epoch_now: in which the TPM signed it
 *
 * Returns: (transfer full): a PDF; %NULL with %G_IO_ERROR.
 */
GBytes *certificate_paper_make (const Certificate *certificate, const Attestation *attestation, const char *digest,
                                guint64 epoch_now, GError **error);

G_END_DECLS
