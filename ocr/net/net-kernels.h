/* SPDX-License-Identifier: Apache-2.0 */
/* net-kernels: the arithmetic of one row of a layer, once for each kind of vector unit. Private to net/. */
#pragma once

#include "net.h"

/* Pixels lie one after another, each with its channels side by side, filled up with zeros to a multiple of this. */
#define NET_LANES 8
/* Output channels computed together; the last ones of a layer may be NET_LANES only. */
#define NET_BLOCK 16

#define NET_PADDED(n) (((n) + NET_LANES - 1) / NET_LANES * NET_LANES)

/**
 * NetRow: some output channels of one row.
 *
 * The input of an output pixel is n_rows * n_runs runs of run_length values. A dense kernel has a vector of weights, one for
 * each output channel, for each of these values. A kernel by channel takes the one vector of channels at the start of a run.
 */
typedef struct
{
  /* input */
  const float *const *rows; /* where the first run of pixel 0 begins in each row */
  int n_rows;
  int n_runs;
  int run_length;      /* values; of no meaning by channel */
  const gsize *run_at; /* where the runs begin, from the first one on */
  gsize next_step;     /* values from a pixel's input to the next one's */

  /* layer */
  const float *weights;
  gsize weights_step; /* by channel: values from one run's weights to the next one's */
  const float *bias;
  gboolean relu;

  /* output */
  const float *add; /* (nullable): laid out like out */
  float *out;
  gsize out_step; /* values from one pixel to the next */
  gsize n_pixels;
} NetRow;

typedef void (*NetRowFunc) (const NetRow *row);

/** NetKernels: each computes as many output channels as its name says. */
typedef struct
{
  const char *name;
  NetRowFunc dense_16;
  NetRowFunc dense_8;
  NetRowFunc by_channel_16;
  NetRowFunc by_channel_8;
} NetKernels;

/** net_kernels_get: the @i-th that this processor can run, the fastest first; %NULL after the last. */
const NetKernels *net_kernels_get (guint i);

/** net_run_with: net_run () by given kernels; net_run () takes the fastest. */
NetPlanes *net_run_with (const Net *self, const NetKernels *kernels, const float *input, int width, int height);
