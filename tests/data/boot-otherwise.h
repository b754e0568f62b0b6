/* SPDX-License-Identifier: Apache-2.0 */
/* boot-otherwise: what firmware does to a TPM when Secure Boot's keys are others. */
#pragma once

#include "keys-private.h"
#include "tpm-private.h"

/* A software TPM begins anew, with zeros, each time it starts. */
static inline void
boot_otherwise (Keys *keys)
{
  const TPML_DIGEST_VALUES values = { .count = 1, .digests = { { .hashAlg = TPM2_ALG_SHA256 } } };

  g_assert_cmpuint (
      Esys_PCR_Extend (keys->tpm->esys, ESYS_TR_PCR7, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &values), ==,
      TSS2_RC_SUCCESS);
}
