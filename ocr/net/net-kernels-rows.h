/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of the kernels, included by net-kernels.c once for each vector unit and block, with
 *   ROWS_NAME(x)  the functions' names        ROWS_TARGET  what they are compiled for
 *   ROWS_LANES    values in one vector        ROWS_VECTORS vectors in a block of output channels
 *   ROWS_PIXELS   pixels computed together: pixels * vectors sums have to fit into the registers
 *   ROWS_FEW      fewer pixels computed together, for narrow pictures */

typedef float ROWS_NAME (Vector) __attribute__ ((vector_size (ROWS_LANES * 4)));
typedef gint32 ROWS_NAME (Mask) __attribute__ ((vector_size (ROWS_LANES * 4)));
/* as it lies in memory: aligned like a float */
typedef float ROWS_NAME (Stored) __attribute__ ((vector_size (ROWS_LANES * 4), aligned (4), may_alias));

#define VECTOR ROWS_NAME (Vector)
#define MASK ROWS_NAME (Mask)
#define LOAD(from) (*(const ROWS_NAME (Stored) *) (from))
#define STORE(to, vector) (*(ROWS_NAME (Stored) *) (to) = (vector))

/* @n_pixels from @at on; a constant wherever this is called, so that the sums live in registers */
static inline __attribute__ ((always_inline)) ROWS_TARGET void
ROWS_NAME (dense_pixels) (const NetRow *row, gsize at, const int n_pixels)
{
  VECTOR sums[ROWS_PIXELS][ROWS_VECTORS];
  const float *w = row->weights;
  const gsize step = row->next_step;

  UNROLL for (int v = 0; v < ROWS_VECTORS; v++)
  {
    VECTOR bias = LOAD (row->bias + v * ROWS_LANES);

    UNROLL for (int p = 0; p < n_pixels; p++) sums[p][v] = bias;
  }
  for (int i = 0; i < row->n_rows; i++)
    {
      for (int j = 0; j < row->n_runs; j++)
        {
          const float *run = row->rows[i] + row->run_at[j] + at * step;

          for (int k = 0; k < row->run_length; k++, w += ROWS_LANES * ROWS_VECTORS)
            {
              VECTOR weights[ROWS_VECTORS];

              UNROLL for (int v = 0; v < ROWS_VECTORS; v++) weights[v] = LOAD (w + v * ROWS_LANES);
              UNROLL for (int p = 0; p < n_pixels; p++)
              {
                const float value = run[k + p * step];

                UNROLL for (int v = 0; v < ROWS_VECTORS; v++) sums[p][v] += weights[v] * value;
              }
            }
        }
    }
  UNROLL for (int p = 0; p < n_pixels; p++) UNROLL for (int v = 0; v < ROWS_VECTORS; v++)
  {
    const gsize to = (at + p) * row->out_step + v * ROWS_LANES;
    VECTOR sum = sums[p][v];

    if (row->add != NULL)
      sum += LOAD (row->add + to);
    if (row->relu)
      sum = (VECTOR) ((MASK) sum & (sum > 0.0f));
    STORE (row->out + to, sum);
  }
}

static inline __attribute__ ((always_inline)) ROWS_TARGET void
ROWS_NAME (channel_pixels) (const NetRow *row, gsize at, const int n_pixels)
{
  VECTOR sums[ROWS_PIXELS][ROWS_VECTORS];
  const float *w = row->weights;
  const gsize step = row->next_step;

  UNROLL for (int v = 0; v < ROWS_VECTORS; v++)
  {
    VECTOR bias = LOAD (row->bias + v * ROWS_LANES);

    UNROLL for (int p = 0; p < n_pixels; p++) sums[p][v] = bias;
  }
  for (int i = 0; i < row->n_rows; i++)
    {
      for (int j = 0; j < row->n_runs; j++, w += row->weights_step)
        {
          const float *run = row->rows[i] + row->run_at[j] + at * step;

          UNROLL for (int v = 0; v < ROWS_VECTORS; v++)
          {
            VECTOR weights = LOAD (w + v * ROWS_LANES);

            UNROLL for (int p = 0; p < n_pixels; p++) sums[p][v] += weights * LOAD (run + p * step + v * ROWS_LANES);
          }
        }
    }
  UNROLL for (int p = 0; p < n_pixels; p++) UNROLL for (int v = 0; v < ROWS_VECTORS; v++)
  {
    const gsize to = (at + p) * row->out_step + v * ROWS_LANES;
    VECTOR sum = sums[p][v];

    if (row->add != NULL)
      sum += LOAD (row->add + to);
    if (row->relu)
      sum = (VECTOR) ((MASK) sum & (sum > 0.0f));
    STORE (row->out + to, sum);
  }
}

/* Whole blocks of pixels; the last one goes back far enough to be whole, and computes some pixels again. */
static ROWS_TARGET void
ROWS_NAME (dense) (const NetRow *row)
{
  const gsize n = row->n_pixels;

  if (n >= ROWS_PIXELS)
    for (gsize x = 0; x < n; x += ROWS_PIXELS)
      ROWS_NAME (dense_pixels) (row, MIN (x, n - ROWS_PIXELS), ROWS_PIXELS);
  else if (n >= ROWS_FEW)
    for (gsize x = 0; x < n; x += ROWS_FEW)
      ROWS_NAME (dense_pixels) (row, MIN (x, n - ROWS_FEW), ROWS_FEW);
  else
    for (gsize x = 0; x < n; x++)
      ROWS_NAME (dense_pixels) (row, x, 1);
}

static ROWS_TARGET void
ROWS_NAME (by_channel) (const NetRow *row)
{
  const gsize n = row->n_pixels;

  if (n >= ROWS_PIXELS)
    for (gsize x = 0; x < n; x += ROWS_PIXELS)
      ROWS_NAME (channel_pixels) (row, MIN (x, n - ROWS_PIXELS), ROWS_PIXELS);
  else if (n >= ROWS_FEW)
    for (gsize x = 0; x < n; x += ROWS_FEW)
      ROWS_NAME (channel_pixels) (row, MIN (x, n - ROWS_FEW), ROWS_FEW);
  else
    for (gsize x = 0; x < n; x++)
      ROWS_NAME (channel_pixels) (row, x, 1);
}

#undef VECTOR
#undef MASK
#undef LOAD
#undef STORE
#undef ROWS_NAME
#undef ROWS_TARGET
#undef ROWS_LANES
#undef ROWS_VECTORS
#undef ROWS_PIXELS
#undef ROWS_FEW
