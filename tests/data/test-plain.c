/* SPDX-License-Identifier: Apache-2.0 */
/* prove: what tells bytes that mean something from noise. */
#include <sodium.h>
#include <string.h>

#include "plain.h"
#include "randomness.h"

#define NAME "見本 太郎"
#define NUMBER "123456789018"
#define UUID "1b9d6bcd-bbfd-4b2d-9b5d-123456789018" /* whose last group could be a number */
#define MEBIBYTE (1024 * 1024)

/* The same noise each time. */
static guint8 *
noise_new (gsize n_bytes, guint seed)
{
  guint8 *bytes = g_malloc (n_bytes + 1);
  guint8 key[randombytes_SEEDBYTES] = { seed & 0xff, seed >> 8 };

  randombytes_buf_deterministic (bytes, n_bytes, key);
  return bytes;
}

static gboolean
is_plausible (const guint8 *bytes, gsize n_bytes)
{
  Randomness measured;

  randomness_measure (bytes, n_bytes, &measured);
  g_assert_cmpuint (measured.n_bytes, ==, n_bytes);
  return randomness_is_plausible (&measured);
}

/* --- randomness ------------------------------------------------------------------------------------------------------ */

static void
test_noise_is_plausible (void)
{
  static const gsize sizes[] = { 0, 15, 1279, 1280, 4095, 4096, 8191, 8192, 100000, MEBIBYTE };

  for (guint seed = 0; seed < 12; seed++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autofree guint8 *bytes = noise_new (sizes[i], seed);

        g_assert_true (is_plausible (bytes, sizes[i]));
      }
}

static void
test_measures (void)
{
  g_autofree guint8 *bytes = g_malloc0 (8192);
  Randomness measured;
  RandomnessBound small, large;

  randomness_measure (bytes, 8192, &measured);
  g_assert_cmpuint (measured.n_windows, ==, 2);
  g_assert_cmpfloat (measured.chi_square, ==, 8192.0 * 255);
  g_assert_cmpfloat (measured.shannon_min, ==, 0);
  g_assert_cmpuint (measured.n_repeated, ==, 511);
  for (guint i = 0; i < 8192; i++)
    bytes[i] = i;
  randomness_measure (bytes, 8192, &measured);
  g_assert_cmpfloat (measured.chi_square, ==, 0);
  g_assert_cmpfloat (measured.shannon_bits, ==, 8);
  /* One window of 255 degrees of freedom: the quantile of 2.5 · 10⁻¹⁰ is 421.45; more windows, a wider bound. */
  randomness_bound (4096, &small);
  randomness_bound (64 * MEBIBYTE, &large);
  g_assert_cmpfloat_with_epsilon (small.window_high, 421.45, 1);
  g_assert_cmpfloat (large.window_high, >, small.window_high);
  g_assert_cmpfloat (large.shannon_low, <, small.shannon_low);
  g_assert_cmpfloat (large.shannon_low, >, 7.9);
}

/* What a weak way of keeping a database would leave, each in a mebibyte of noise. */
static void
test_patterns_are_found (void)
{
  g_autofree guint8 *bytes = noise_new (MEBIBYTE, 1);
  guint8 kept[4096];

  g_assert_true (is_plausible (bytes, MEBIBYTE));
  /* a page of zeros */
  memcpy (kept, bytes + 40960, sizeof kept);
  memset (bytes + 40960, 0, sizeof kept);
  g_assert_false (is_plausible (bytes, MEBIBYTE));
  memcpy (bytes + 40960, kept, sizeof kept);
  /* a block that is there twice */
  memcpy (kept, bytes + 4096, RANDOMNESS_BLOCK_BYTES);
  memcpy (bytes + 4096, bytes + 8192, RANDOMNESS_BLOCK_BYTES);
  g_assert_false (is_plausible (bytes, MEBIBYTE));
  memcpy (bytes + 4096, kept, RANDOMNESS_BLOCK_BYTES);
  g_assert_true (is_plausible (bytes, MEBIBYTE));
  /* every 32nd byte the same */
  for (gsize i = 0; i < MEBIBYTE; i += 32)
    bytes[i] = 'a';
  g_assert_false (is_plausible (bytes, MEBIBYTE));
  /* letters only */
  for (gsize i = 0; i < MEBIBYTE; i++)
    bytes[i] = 'A' + bytes[i] % 64;
  g_assert_false (is_plausible (bytes, MEBIBYTE));
  /* too even */
  for (gsize i = 0; i < MEBIBYTE; i++)
    bytes[i] = i * 167 + i / 256 * 61;
  g_assert_false (is_plausible (bytes, MEBIBYTE));
}

/* --- texts and numbers ----------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *encoding;
  const char *text;
  guint names, numbers;
  gboolean kana;
} Planted;

static const Planted planted[] = {
  { "UTF-8", NAME, 1, 0, FALSE },
  { "UTF-16LE", NAME, 1, 0, FALSE },
  { "UTF-16BE", NAME, 1, 0, FALSE },
  { "CP932", NAME, 1, 0, FALSE },
  { "UTF-8", "ミホンタロウ", 0, 0, TRUE },
  { "UTF-16LE", "ミホンタロウ", 0, 0, TRUE },
  { "UTF-16BE", "みほんたろう", 0, 0, TRUE },
  { "CP932", "ミホンタロウ", 0, 0, TRUE },
  { "UTF-8", NUMBER, 0, 1, FALSE },
  { "UTF-8", "1234-5678-9018", 0, 1, FALSE },
  { "UTF-8", "1234 5678 9018", 0, 1, FALSE },
  { "UTF-8", "１２３４５６７８９０１８", 0, 1, FALSE },
  { "CP932", "１２３４５６７８９０１８", 0, 1, FALSE },
  { "UTF-16LE", NUMBER, 0, 1, FALSE },
  { "UTF-16BE", NUMBER, 0, 1, FALSE },
  { "UTF-16LE", "１２３４５６７８９０１８", 0, 1, FALSE },
  /* not these */
  { "UTF-8", "123456789017", 0, 0, FALSE },
  { "UTF-8", "1234-5678 9018", 0, 0, FALSE },
  { "UTF-8", "000000000000", 0, 0, FALSE },
  { "UTF-8", UUID, 0, 0, FALSE },
  { "UTF-8", "見本", 0, 0, FALSE },
};

static void
test_planted (void)
{
  g_autoptr (Plain) plain = plain_new ();

  plain_add_text (plain, NAME);
  plain_add_known (plain, UUID);
  for (guint i = 0; i < G_N_ELEMENTS (planted); i++)
    for (guint at = 1000; at < 1004; at++)
      {
        const Planted *p = &planted[i];
        g_autofree guint8 *bytes = noise_new (4096, i);
        g_autofree char *encoded = NULL;
        PlainFound found = { 0 };
        gsize n;

        plain_search (plain, bytes, 4096, &found);
        g_assert_cmpuint (found.n_texts + found.n_numbers + found.n_kana, ==, 0);
        encoded = g_convert (p->text, -1, p->encoding, "UTF-8", NULL, &n, NULL);
        g_assert_nonnull (encoded);
        memcpy (bytes + at, encoded, n);
        plain_search (plain, bytes, 4096, &found);
        g_test_message ("%u at %u", i, at);
        g_assert_cmpuint (found.n_texts, ==, p->names);
        g_assert_cmpuint (found.n_numbers, ==, p->numbers);
        g_assert_cmpint (found.n_kana > 0, ==, p->kana);
      }
}

/* At the very end, and cut off by it. */
static void
test_at_the_end (void)
{
  g_autoptr (Plain) plain = plain_new ();
  g_autofree guint8 *exact = g_memdup2 (NAME, strlen (NAME));
  PlainFound found = { 0 };

  plain_add_text (plain, NAME);
  plain_search (plain, exact, strlen (NAME) - 1, &found);
  plain_search (plain, exact, 3, &found);
  plain_search (plain, exact, 0, &found);
  g_assert_cmpuint (found.n_texts, ==, 0);
  plain_search (plain, exact, strlen (NAME), &found);
  g_assert_cmpuint (found.n_texts, ==, 1);
}

static void
test_nothing_in_noise (void)
{
  g_autoptr (Plain) plain = plain_new ();
  g_autofree guint8 *bytes = noise_new (4 * MEBIBYTE, 7);
  PlainFound found = { 0 };
  PlainShape shape = { 0 };

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *name = g_strdup_printf ("見本 %u番", i);

      plain_add_text (plain, name);
    }
  plain_search (plain, bytes, 4 * MEBIBYTE, &found);
  plain_shape (bytes, 4 * MEBIBYTE, &shape);
  g_assert_cmpuint (found.n_texts + found.n_numbers + found.n_kana, ==, 0);
  g_assert_cmpuint (shape.n_headers + shape.n_text_runs + shape.n_equal_runs, ==, 0);
  g_assert_cmpuint (shape.n_page_marks, >, 0); /* by chance: one page in 64 */
  g_assert_cmpuint (shape.n_page_marks, <=, shape.max_marks);
}

static void
test_shape (void)
{
  g_autofree guint8 *bytes = noise_new (40 * 4096, 9);
  PlainShape shape = { 0 };

  memcpy (bytes, "SQLite format 3", 16);
  memset (bytes + 100, 0, 20);
  memcpy (bytes + 4200, "person text not null, name text not null", 40);
  for (guint i = 1; i < 40; i++)
    bytes[i * 4096] = i % 2 ? 13 : 5;
  plain_shape (bytes, 40 * 4096, &shape);
  g_assert_cmpuint (shape.n_headers, ==, 1);
  g_assert_cmpuint (shape.n_equal_runs, ==, 1);
  g_assert_cmpuint (shape.n_text_runs, ==, 1);
  g_assert_cmpuint (shape.n_page_marks, ==, 39);
  g_assert_cmpuint (shape.max_marks, <, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/randomness/noise-is-plausible", test_noise_is_plausible);
  g_test_add_func ("/randomness/measures", test_measures);
  g_test_add_func ("/randomness/patterns-are-found", test_patterns_are_found);
  g_test_add_func ("/plain/planted", test_planted);
  g_test_add_func ("/plain/at-the-end", test_at_the_end);
  g_test_add_func ("/plain/nothing-in-noise", test_nothing_in_noise);
  g_test_add_func ("/plain/shape", test_shape);
  return g_test_run ();
}
