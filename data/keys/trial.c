/* SPDX-License-Identifier: Apache-2.0 */
/* trial: attempts on a vault's sealed objects. */
#include "trial.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "keys-private.h"
#include "nv.h"
#include "tpm-private.h"

#define EXACT_ATTRIBUTES (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_NODA)

/* --- one attempt ----------------------------------------------------------------------------------------------------- */

/* The TPM refuses: it heard, understood and said no. */
static gboolean
is_refusal (TSS2_RC rc)
{
  const guint32 base = (rc & TPM2_RC_FMT1) != 0 ? rc & 0xbf : rc & 0x97f;

  if ((rc & TSS2_RC_LAYER_MASK) != TSS2_TPM_RC_LAYER)
    return FALSE;
  switch (base)
    {
    case TPM2_RC_POLICY:
    case TPM2_RC_POLICY_FAIL:
    case TPM2_RC_AUTH_UNAVAILABLE:
    case TPM2_RC_AUTH_TYPE:
    case TPM2_RC_AUTH_FAIL:
    case TPM2_RC_BAD_AUTH:
    case TPM2_RC_INTEGRITY:
    case TPM2_RC_NV_UNINITIALIZED:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Counts what @rc says of one attempt. %FALSE when it is no answer. */
static gboolean
count (Trials *trials, TSS2_RC rc, const char *doing, GError **error)
{
  trials->n_tried++;
  if (rc == TSS2_RC_SUCCESS)
    trials->n_opened++;
  return rc == TSS2_RC_SUCCESS || is_refusal (rc) || tpm_check (rc, doing, error);
}

static TSS2_RC
unseal (Tpm *self, ESYS_TR object, ESYS_TR session)
{
  TPM2B_SENSITIVE_DATA *data = NULL;
  TSS2_RC rc = Esys_Unseal (self->esys, object, session, ESYS_TR_NONE, ESYS_TR_NONE, &data);

  if (data != NULL)
    explicit_bzero (data, sizeof *data);
  Esys_Free (data);
  return rc;
}

static TSS2_RC
assert_counter (Tpm *self, ESYS_TR session, guint32 index, guint64 value, TPM2_EO operation)
{
  TPM2B_OPERAND operand = { .size = NV_COUNTER_BYTES };
  ESYS_TR nv = ESYS_TR_NONE;
  TSS2_RC rc = Esys_TR_FromTPMPublic (self->esys, index, TPM_NO_SESSIONS, &nv);

  for (int i = NV_COUNTER_BYTES - 1; i >= 0; i--, value >>= 8)
    operand.buffer[i] = value & 0xff;
  if (rc == TSS2_RC_SUCCESS)
    {
      rc = Esys_PolicyNV (self->esys, nv, nv, session, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &operand, 0,
                          operation);
      (void) Esys_TR_Close (self->esys, &nv);
    }
  return rc;
}

/* One attempt to unseal @object with a policy about the counter. */
static gboolean
try_epoch (Tpm *self, const Keyset *keyset, ESYS_TR object, guint64 value, TPM2_EO operation, Trials *trials,
           GError **error)
{
  ESYS_TR session = ESYS_TR_NONE;
  TSS2_RC rc;

  if (!tpm_policy_start (self, FALSE, &session, error))
    return FALSE;
  rc = assert_counter (self, session, keyset->epoch_index, value, operation);
  if (rc == TSS2_RC_SUCCESS)
    rc = unseal (self, object, session);
  tpm_flush (self, &session);
  return count (trials, rc, "try an epoch", error);
}

/* --- what is sealed -------------------------------------------------------------------------------------------------- */

/* @branches: of a seal that is bound to how the machine boots (tpm-boot.c), else NULL. */
typedef struct
{
  ESYS_TR object;
  GBytes *blob;
  const guint8 *branches;
} Seal;

typedef gboolean (*SealFunc) (Tpm *tpm, const Keyset *keyset, const Seal *seal, gpointer user_data, Trials *trials,
                              GError **error);

/* @func for each sealed thing of the keyset at @path, loaded. */
static gboolean
for_each_seal (Tpm *tpm, const char *path, SealFunc func, gpointer user_data, Trials *ret_trials, GError **error)
{
  g_autoptr (Keyset) keyset = keyset_load (path, error);
  GBytes *blobs[] = { keyset != NULL ? keyset->dek : NULL, keyset != NULL ? keyset->epoch_secret : NULL };
  Trials trials = { 0, 0 };
  gboolean ok = keyset != NULL;

  for (guint i = 0; ok && i < G_N_ELEMENTS (blobs); i++)
    {
      const gboolean bound = i == 0 && g_bytes_get_size (keyset->boot_branches) == TPM_BOOT_BRANCHES_BYTES;
      Seal seal = { ESYS_TR_NONE, blobs[i], bound ? g_bytes_get_data (keyset->boot_branches, NULL) : NULL };

      ok =
          tpm_object_load (tpm, seal.blob, &seal.object, error) && func (tpm, keyset, &seal, user_data, &trials, error);
      tpm_flush (tpm, &seal.object);
    }
  if (ok)
    *ret_trials = trials;
  return ok;
}

/* --- on another TPM -------------------------------------------------------------------------------------------------- */

static Tpm *
start_copy (const char *swtpm_folder, GError **error)
{
  TpmChannel *channel = tpm_channel_new_swtpm (swtpm_folder, error);

  return channel != NULL ? tpm_new (channel, error) : NULL;
}

static void
add_blob (GPtrArray *blobs, GBytes *blob)
{
  if (blob != NULL && g_bytes_get_size (blob) > 0)
    g_ptr_array_add (blobs, blob);
}

gboolean
trial_elsewhere (const char *path, const char *swtpm_folder, Trials *ret_trials, GError **error)
{
  g_autoptr (Keyset) keyset = keyset_load (path, error);
  g_autoptr (Tpm) tpm = keyset != NULL ? start_copy (swtpm_folder, error) : NULL;
  g_autoptr (GBytes) root = NULL, name = NULL;
  g_autoptr (GPtrArray) blobs = g_ptr_array_new ();
  Trials trials = { 0, 0 };
  gboolean made;

  if (tpm == NULL || !tpm_srk_provision (tpm, &root, &name, &made, error))
    return FALSE;
  add_blob (blobs, keyset->dek);
  add_blob (blobs, keyset->epoch_secret);
  add_blob (blobs, keyset->gate);
  add_blob (blobs, keyset->attest_key);
  add_blob (blobs, keyset->transport_key);
  add_blob (blobs, keyset->index_key);
  for (guint i = 0; i < keyset->admins->len; i++)
    add_blob (blobs, ((KeysetAdmin *) g_ptr_array_index (keyset->admins, i))->key);
  for (guint i = 0; i < blobs->len; i++)
    {
      g_autoptr (GError) problem = NULL;
      ESYS_TR object = ESYS_TR_NONE;

      trials.n_tried++;
      if (tpm_object_load (tpm, g_ptr_array_index (blobs, i), &object, &problem))
        trials.n_opened++;
      else if (!g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      tpm_flush (tpm, &object);
    }
  *ret_trials = trials;
  return TRUE;
}

/* --- on the vault's own ---------------------------------------------------------------------------------------------- */

/* By the way that is there for a machine that booted as it did when the key was sealed. */
static gboolean
open_bound (Tpm *tpm, const Keyset *keyset, const Seal *seal, guint64 value, Trials *trials, GError **error)
{
  const TpmEpoch epoch = { .index = keyset->epoch_index, .value = value, .gate = keyset->gate };
  g_autoptr (GError) problem = NULL;
  g_autoptr (Secret) secret = tpm_boot_unseal (tpm, &epoch, seal->branches, NULL, seal->blob, &problem);

  trials->n_tried++;
  trials->n_opened += secret != NULL;
  if (secret != NULL || g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_ROLLED_BACK)
      || g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_BOOT_CHANGED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
open_at (Tpm *tpm, const Keyset *keyset, const Seal *seal, guint64 value, Trials *trials, GError **error)
{
  return seal->branches != NULL ? open_bound (tpm, keyset, seal, value, trials, error)
                                : try_epoch (tpm, keyset, seal->object, value, TPM2_EO_EQ, trials, error);
}

static gboolean
open_at_counter (Tpm *tpm, const Keyset *keyset, const Seal *seal, gpointer user_data, Trials *trials, GError **error)
{
  guint64 value;

  return tpm_epoch_read (tpm, keyset->epoch_index, &value, error) && open_at (tpm, keyset, seal, value, trials, error);
}

gboolean
trial_right_epoch (Keys *self, const char *path, Trials *ret_trials, GError **error)
{
  return for_each_seal (self->tpm, path, open_at_counter, NULL, ret_trials, error);
}

typedef struct
{
  guint64 first, value, last;
} Range;

static gboolean
open_at_others (Tpm *tpm, const Keyset *keyset, const Seal *seal, gpointer user_data, Trials *trials, GError **error)
{
  const Range *range = user_data;

  for (guint64 value = range->first; value <= range->last; value++)
    if (value != range->value
        && (!open_at (tpm, keyset, seal, value, trials, error)
            || !try_epoch (tpm, keyset, seal->object, value,
                           value < range->value ? TPM2_EO_UNSIGNED_GT : TPM2_EO_UNSIGNED_LT, trials, error)))
      return FALSE;
  return TRUE;
}

gboolean
trial_wrong_epochs (Keys *self, const char *path, guint most, guint64 *ret_first, guint64 *ret_last, Trials *ret_trials,
                    GError **error)
{
  Range range;

  if (!tpm_epoch_read (self->tpm, self->keyset->epoch_index, &range.value, error))
    return FALSE;
  range.first = range.value > most ? range.value - most : 0;
  range.last = range.value + MAX (most / 8, 1);
  *ret_first = range.first;
  *ret_last = range.last;
  return for_each_seal (self->tpm, path, open_at_others, &range, ret_trials, error);
}

static gboolean
open_without (Tpm *tpm, const Keyset *keyset, const Seal *seal, gpointer user_data, Trials *trials, GError **error)
{
  ESYS_TR session = ESYS_TR_NONE;
  gboolean ok;

  tpm_set_auth (tpm, seal->object, NULL);
  if (!count (trials, unseal (tpm, seal->object, ESYS_TR_PASSWORD), "try no password", error)
      || !tpm_policy_start (tpm, FALSE, &session, error))
    return FALSE;
  ok = count (trials, unseal (tpm, seal->object, session), "try no policy", error);
  tpm_flush (tpm, &session);
  return ok;
}

gboolean
trial_without_epoch (Keys *self, const char *path, Trials *ret_trials, GError **error)
{
  return for_each_seal (self->tpm, path, open_without, NULL, ret_trials, error);
}

static gboolean
open_at_own (Tpm *tpm, const Keyset *keyset, const Seal *seal, gpointer user_data, Trials *trials, GError **error)
{
  return open_at (tpm, keyset, seal, keyset->epoch, trials, error)
         && open_at_counter (tpm, keyset, seal, NULL, trials, error);
}

gboolean
trial_own_epoch (Keys *self, const char *path, Trials *ret_trials, GError **error)
{
  return for_each_seal (self->tpm, path, open_at_own, NULL, ret_trials, error);
}

/* The policy that tpm_epoch_seal () would give it now. */
static gboolean
policy_now (Tpm *tpm, const Keyset *keyset, TPM2B_DIGEST *ret_policy, GError **error)
{
  TPM2B_DIGEST *digest = NULL;
  ESYS_TR session = ESYS_TR_NONE;
  guint64 value;
  gboolean ok;

  if (!tpm_epoch_read (tpm, keyset->epoch_index, &value, error) || !tpm_policy_start (tpm, TRUE, &session, error))
    return FALSE;
  ok = tpm_check (assert_counter (tpm, session, keyset->epoch_index, value, TPM2_EO_EQ), "epoch policy", error)
       && tpm_check (Esys_PolicyGetDigest (tpm->esys, session, TPM_NO_SESSIONS, &digest), "policy digest", error);
  if (ok)
    *ret_policy = *digest;
  Esys_Free (digest);
  tpm_flush (tpm, &session);
  return ok;
}

/* TPM 2.0 part 3: PolicySecret's digest is H (H (before, command, Name), reference), PolicyOR's H (zeros, command, branches). The first
 * branch is how the machine booted, which only the TPM knows: the control asks it. */
static gboolean
policy_bound (const Keyset *keyset, const guint8 *branches, TPM2B_DIGEST *policy)
{
  static const guint8 zeros[crypto_hash_sha256_BYTES] = { 0 }, secret[] = { 0, 0, 1, 0x51 },
                      either[] = { 0, 0, 1, 0x71 };
  guint8 digest[crypto_hash_sha256_BYTES], name[TPM_NAME_BYTES];
  crypto_hash_sha256_state state;

  if (policy->size != sizeof digest || !tpm_blob_get_name (keyset->gate, name))
    return FALSE;
  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, policy->buffer, policy->size);
  crypto_hash_sha256_update (&state, secret, sizeof secret);
  crypto_hash_sha256_update (&state, name, sizeof name);
  crypto_hash_sha256_final (&state, digest);
  crypto_hash_sha256 (digest, digest, sizeof digest);
  if (memcmp (digest, branches + sizeof digest, sizeof digest) != 0)
    return FALSE;
  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, zeros, sizeof zeros);
  crypto_hash_sha256_update (&state, either, sizeof either);
  crypto_hash_sha256_update (&state, branches, TPM_BOOT_BRANCHES_BYTES);
  crypto_hash_sha256_final (&state, policy->buffer);
  return TRUE;
}

static gboolean
look_at_seal (Tpm *tpm, const Keyset *keyset, const Seal *seal, gpointer user_data, Trials *trials, GError **error)
{
  TPM2B_DIGEST policy = *(const TPM2B_DIGEST *) user_data;
  TPM2B_PUBLIC *public = NULL;
  const TPMT_PUBLIC *area;

  if (seal->branches != NULL && !policy_bound (keyset, seal->branches, &policy))
    policy.size = 0;
  if (!tpm_check (Esys_ReadPublic (tpm->esys, seal->object, TPM_NO_SESSIONS, &public, NULL, NULL), "read a seal",
                  error))
    return FALSE;
  area = &public->publicArea;
  trials->n_tried++;
  trials->n_opened += area->objectAttributes != EXACT_ATTRIBUTES || policy.size == 0
                      || area->authPolicy.size != policy.size
                      || memcmp (area->authPolicy.buffer, policy.buffer, policy.size) != 0;
  Esys_Free (public);
  return TRUE;
}

gboolean
trial_seals_are_exact (Keys *self, const char *path, Trials *ret_trials, GError **error)
{
  TPM2B_DIGEST policy = { .size = 0 };

  return policy_now (self->tpm, self->keyset, &policy, error)
         && for_each_seal (self->tpm, path, look_at_seal, &policy, ret_trials, error);
}

/* --- on a copy of a software TPM ------------------------------------------------------------------------------------- */

gboolean
trial_clear (const char *swtpm_folder, GError **error)
{
  g_autoptr (Tpm) tpm = start_copy (swtpm_folder, error);

  return tpm != NULL && tpm_clear_software (tpm, error);
}

/* The copy with the vault's root key open. */
static Tpm *
open_copy (const char *path, const char *swtpm_folder, Keyset **ret_keyset, GError **error)
{
  g_autoptr (Keyset) keyset = keyset_load (path, error);
  g_autoptr (Tpm) tpm = keyset != NULL ? start_copy (swtpm_folder, error) : NULL;

  if (tpm == NULL || !tpm_srk_open (tpm, keyset->srk_public, keyset->srk_name, error))
    return NULL;
  *ret_keyset = g_steal_pointer (&keyset);
  return g_steal_pointer (&tpm);
}

static gboolean
forge_counter (Tpm *tpm, const Keyset *keyset, GError **error)
{
  const TPM2B_NV_PUBLIC public = { .nvPublic = { .nvIndex = keyset->epoch_index,
                                                 .nameAlg = TPM2_ALG_SHA256,
                                                 .attributes = TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA,
                                                 .dataSize = NV_COUNTER_BYTES } };
  const TPM2B_AUTH none = { .size = 0 };
  TPM2B_MAX_NV_BUFFER value = { .size = NV_COUNTER_BYTES };
  ESYS_TR nv = ESYS_TR_NONE;
  gboolean ok;

  for (guint i = 0; i < NV_COUNTER_BYTES; i++)
    value.buffer[i] = keyset->epoch >> (8 * (NV_COUNTER_BYTES - 1 - i)) & 0xff;
  tpm_nv_undefine (tpm, keyset->epoch_index);
  if (!tpm_check (Esys_NV_DefineSpace (tpm->esys, ESYS_TR_RH_OWNER, tpm->session, ESYS_TR_NONE, ESYS_TR_NONE, &none,
                                       &public, &nv),
                  "make an index", error))
    return FALSE;
  ok = tpm_check (Esys_NV_Write (tpm->esys, nv, nv, tpm->session, ESYS_TR_NONE, ESYS_TR_NONE, &value, 0),
                  "write an index", error);
  (void) Esys_TR_Close (tpm->esys, &nv);
  return ok;
}

gboolean
trial_forged_epoch (const char *path, const char *swtpm_folder, Trials *ret_trials, GError **error)
{
  g_autoptr (Keyset) keyset = NULL;
  g_autoptr (Tpm) tpm = open_copy (path, swtpm_folder, &keyset, error);
  guint64 value = 0;

  if (tpm == NULL || !forge_counter (tpm, keyset, error) || !tpm_epoch_read (tpm, keyset->epoch_index, &value, error))
    return FALSE;
  if (value != keyset->epoch)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the forged counter does not say what it was to say");
      return FALSE;
    }
  return for_each_seal (tpm, path, open_at_counter, NULL, ret_trials, error);
}

gboolean
trial_raise_counter (const char *path, const char *swtpm_folder, const Secret *counter_auth, guint by, GError **error)
{
  g_autoptr (Keyset) keyset = NULL;
  g_autoptr (Tpm) tpm = open_copy (path, swtpm_folder, &keyset, error);
  guint64 value;
  gboolean ok = tpm != NULL;

  for (guint i = 0; ok && i < by; i++)
    ok = tpm_counter_increment (tpm, keyset->counter_index, counter_auth, &value, error);
  return ok;
}

gboolean
trial_raise_epoch (const char *path, const char *swtpm_folder, const Secret *master, GError **error)
{
  g_autoptr (Keyset) keyset = NULL;
  g_autoptr (Tpm) tpm = open_copy (path, swtpm_folder, &keyset, error);
  g_autoptr (Secret) gate = secret_new_copy (secret_get_data (master, NULL) + MASTER_GATE, AUTH_BYTES);
  guint64 value;

  return tpm != NULL && tpm_epoch_bump (tpm, keyset->epoch_index, keyset->gate, gate, &value, error);
}
