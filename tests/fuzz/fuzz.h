/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz: the entry point of libFuzzer, which replay.c calls too. To fuzz for real: tools/fuzz. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
