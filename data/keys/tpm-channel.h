/* SPDX-License-Identifier: Apache-2.0 */
/* TpmChannel: the byte stream to a TPM, either the kernel's device or a software TPM that this process starts itself. */
#pragma once

#include <glib.h>
#include <tss2/tss2_tcti.h>

G_BEGIN_DECLS

typedef struct _TpmChannel TpmChannel;

#define TPM_CHANNEL_DEVICE "/dev/tpmrm0"

/**
 * tpm_channel_new_device:
 * @path: a TPM character device with the kernel's resource manager, TPM_CHANNEL_DEVICE in the product
 *
 * Returns: (transfer full): %NULL with CUSTODY_ERROR_NO_TPM when there is no such device or it may not be opened.
 */
TpmChannel *tpm_channel_new_device (const char *path, GError **error);

/**
 * tpm_channel_new_swtpm:
 * @state_dir: existing folder, 0700; the software TPM keeps its state there, readable, and the state is the key
 *
 * Starts swtpm with one end of a private socket pair: no port and no path exists that another process could connect to.
 * It dies with the thread that called this (PR_SET_PDEATHSIG) and when the channel is freed; tell the TPM to shut down first.
 *
 * Returns: (transfer full): %NULL with CUSTODY_ERROR_NO_TPM when swtpm is missing or does not start.
 */
TpmChannel *tpm_channel_new_swtpm (const char *state_dir, GError **error);

/** tpm_channel_get_tcti: (transfer none): valid until the channel is freed. */
TSS2_TCTI_CONTEXT *tpm_channel_get_tcti (TpmChannel *self);

/** tpm_channel_is_own: the TPM is one that this process started. */
gboolean tpm_channel_is_own (const TpmChannel *self);

/** tpm_channel_is_dead: the TPM fell silent once; everything fails at once from then on. A new channel may find it again. */
gboolean tpm_channel_is_dead (const TpmChannel *self);

/** tpm_channel_free: closes, and waits for the software TPM to end. %NULL is fine. */
void tpm_channel_free (TpmChannel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpmChannel, tpm_channel_free)

G_END_DECLS
