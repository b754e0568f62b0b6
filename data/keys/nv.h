/* SPDX-License-Identifier: Apache-2.0 */
/* nv: where a vault's NV counters lie in the TPM, and what they are: both who makes them and who checks a signature about
 * them must agree. */
#pragma once

#include <tss2/tss2_tpm2_types.h>

/* Owner range of the TCG registry; a machine may hold several vaults, each with two indices. */
#define NV_FIRST 0x0180F001
#define NV_LAST 0x0180F0FF
#define NV_COUNTER_BYTES 8
#define NV_COUNTER_ATTRIBUTES (TPMA_NV_NO_DA | TPM2_NT_COUNTER << TPMA_NV_TPM2_NT_SHIFT)
#define NV_STATE_ATTRIBUTES (TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | NV_COUNTER_ATTRIBUTES)
#define NV_EPOCH_ATTRIBUTES (TPMA_NV_AUTHREAD | TPMA_NV_POLICYWRITE | NV_COUNTER_ATTRIBUTES)
