/* SPDX-License-Identifier: Apache-2.0 */
/* net-kernels: the arithmetic of one row of a layer, once for each kind of vector unit. */
#include "net-kernels.h"

/* An array of vectors stays in registers only if no loop is left that indexes it. */
#define UNROLL _Pragma ("GCC unroll 16")

#if defined(__x86_64__)
/* 32 registers of 16 values */
#define ROWS_NAME(x) avx512_16_##x
#define ROWS_TARGET __attribute__ ((target ("avx512f,avx512vl,fma")))
#define ROWS_LANES 16
#define ROWS_VECTORS 1
#define ROWS_PIXELS 14
#define ROWS_FEW 4
#include "net-kernels-rows.h"

#define ROWS_NAME(x) avx512_8_##x
#define ROWS_TARGET __attribute__ ((target ("avx512f,avx512vl,fma")))
#define ROWS_LANES 8
#define ROWS_VECTORS 1
#define ROWS_PIXELS 14
#define ROWS_FEW 4
#include "net-kernels-rows.h"

/* 16 registers of 8 values */
#define ROWS_NAME(x) avx2_16_##x
#define ROWS_TARGET __attribute__ ((target ("avx2,fma")))
#define ROWS_LANES 8
#define ROWS_VECTORS 2
#define ROWS_PIXELS 6
#define ROWS_FEW 4
#include "net-kernels-rows.h"

#define ROWS_NAME(x) avx2_8_##x
#define ROWS_TARGET __attribute__ ((target ("avx2,fma")))
#define ROWS_LANES 8
#define ROWS_VECTORS 1
#define ROWS_PIXELS 12
#define ROWS_FEW 4
#include "net-kernels-rows.h"
#endif

/* 16 registers of 4 values (SSE2), or 32 of them (arm64): what every 64-bit processor has */
#ifdef __aarch64__
#define BASE_PIXELS_16 6
#define BASE_PIXELS_8 12
#else
#define BASE_PIXELS_16 3
#define BASE_PIXELS_8 6
#endif

#define ROWS_NAME(x) base_16_##x
#define ROWS_TARGET
#define ROWS_LANES 4
#define ROWS_VECTORS 4
#define ROWS_PIXELS BASE_PIXELS_16
#define ROWS_FEW 2
#include "net-kernels-rows.h"

#define ROWS_NAME(x) base_8_##x
#define ROWS_TARGET
#define ROWS_LANES 4
#define ROWS_VECTORS 2
#define ROWS_PIXELS BASE_PIXELS_8
#define ROWS_FEW 4
#include "net-kernels-rows.h"

const NetKernels *
net_kernels_get (guint i)
{
#if defined(__x86_64__)
  static const NetKernels avx512 = { "avx512", avx512_16_dense, avx512_8_dense, avx512_16_by_channel,
                                     avx512_8_by_channel };
  static const NetKernels avx2 = { "avx2", avx2_16_dense, avx2_8_dense, avx2_16_by_channel, avx2_8_by_channel };
#endif
  static const NetKernels base = { "base", base_16_dense, base_8_dense, base_16_by_channel, base_8_by_channel };
  const NetKernels *usable[4] = { NULL };
  guint n = 0;

#if defined(__x86_64__)
  /* by hand instead of target_clones: every one can be tested, and no resolver runs before a sanitizer is ready */
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("fma"))
    usable[n++] = &avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    usable[n++] = &avx2;
#endif
  usable[n++] = &base;
  return i < n ? usable[i] : NULL;
}
