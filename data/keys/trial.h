/* SPDX-License-Identifier: Apache-2.0 */
/* trial: what somebody tries who has a vault's files, and who does not keep to this program's own checks. For the proof.
 *
 * Each trial goes through the TPM itself: that it is refused is the TPM's doing. One that the TPM did not answer is an error, not a
 * refusal. Blocks; errors as in tpm.h. */
#pragma once

#include <glib.h>

#include "keys.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_tried;
  guint n_opened;
} Trials;

/** trial_elsewhere: each object of the keyset at @path under the root key of the software TPM in @swtpm_folder, whatever that is. */
gboolean trial_elsewhere (const char *path, const char *swtpm_folder, Trials *ret_trials, GError **error);

/*
 * On the vault's own TPM, with a copy of its keyset at @path. What is sealed: the database key and the epoch's secret.
 */

/** trial_right_epoch: the control: this must open, or the others show nothing. */
gboolean trial_right_epoch (Keys *self, const char *path, Trials *ret_trials, GError **error);
/**
 * trial_wrong_epochs:
 * @most: so many epochs before the counter's value are tried, and @most / 8 after it
 * @ret_first, @ret_last: (out): those were the first and the last
 *
 * Each in two ways: as the seal wants it (the counter is that value), and by an assertion about that value that does hold (the
 * counter is above or below it), which the seal must not take.
 */
gboolean trial_wrong_epochs (Keys *self, const char *path, guint most, guint64 *ret_first, guint64 *ret_last,
                             Trials *ret_trials, GError **error);
/** trial_without_epoch: with no password, and with a policy that asserts nothing. */
gboolean trial_without_epoch (Keys *self, const char *path, Trials *ret_trials, GError **error);
/** trial_own_epoch: at the keyset's own epoch and with its own blobs, whether the counter is there or not: an earlier keyset. */
gboolean trial_own_epoch (Keys *self, const char *path, Trials *ret_trials, GError **error);
/**
 * trial_seals_are_exact:
 *
 * Trials that "open" are seals that are not: fixed to this TPM and to its root key, without a password, and under the policy of this
 * very epoch and nothing else.
 */
gboolean trial_seals_are_exact (Keys *self, const char *path, Trials *ret_trials, GError **error);

/*
 * On a copy of a software TPM's state, which is spoilt by it.
 */

/** trial_clear: TPM2_Clear, as the firmware's set-up does it. */
gboolean trial_clear (const char *swtpm_folder, GError **error);
/** trial_forged_epoch: in the place of the epoch counter an index of one's own that says what the seal wants; anybody with the owner's
 * password, mostly none, can make one. */
gboolean trial_forged_epoch (const char *path, const char *swtpm_folder, Trials *ret_trials, GError **error);
/** trial_raise_counter: as if the vault had gone on: the state counter @by higher. */
gboolean
trial_raise_counter (const char *path, const char *swtpm_folder, const Secret *counter_auth, guint by, GError **error);
/** trial_raise_epoch: as if a PIN had been changed. @master: of a 責任者's session. */
gboolean trial_raise_epoch (const char *path, const char *swtpm_folder, const Secret *master, GError **error);

G_END_DECLS
