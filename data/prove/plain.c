/* SPDX-License-Identifier: Apache-2.0 */
/* plain: one pass for all texts at once, and one for each kind of character. */
#include "plain.h"

#include <math.h>
#include <string.h>

#include "charset.h"
#include "my-number.h"

#define FILTER_BITS 24
#define PAGE_BYTES 4096
#define TEXT_RUN 32
#define EQUAL_RUN 8
#define STEP_MAX 3
#define FALSE_ALARM 1e-9

struct _Plain
{
  /* owned */
  GHashTable *needles; /* first six bytes → GPtrArray of GBytes */
  guint8 *filter;      /* a bit for each hash of six bytes: most places need no look into the table */
  GPtrArray *known;    /* of char* */
};

/* --- texts ----------------------------------------------------------------------------------------------------------- */

static gint64
head_of (const guint8 *bytes)
{
  guint64 head = 0;

  memcpy (&head, bytes, PLAIN_LEAST_BYTES);
  return (gint64) head;
}

static guint32
filter_place (gint64 head)
{
  return (guint32) ((guint64) head * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> (64 - FILTER_BITS));
}

Plain *
plain_new (void)
{
  Plain *self = g_new0 (Plain, 1);

  self->needles = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->filter = g_malloc0 ((1u << FILTER_BITS) / 8);
  self->known = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
plain_free (Plain *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->needles);
  g_free (self->filter);
  g_ptr_array_unref (self->known);
  g_free (self);
}

static void
add_needle (Plain *self, const void *bytes, gsize n_bytes)
{
  GPtrArray *same;
  gint64 head;
  guint32 place;

  if (n_bytes < PLAIN_LEAST_BYTES)
    return;
  head = head_of (bytes);
  place = filter_place (head);
  self->filter[place / 8] |= 1 << place % 8;
  same = g_hash_table_lookup (self->needles, &head);
  if (same == NULL)
    {
      same = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_hash_table_insert (self->needles, g_memdup2 (&head, sizeof head), same);
    }
  g_ptr_array_add (same, g_bytes_new (bytes, n_bytes));
}

void
plain_add_text (Plain *self, const char *text)
{
  g_autoptr (GByteArray) cp932 = g_byte_array_new ();
  g_autofree gunichar2 *utf16 = g_utf8_to_utf16 (text, -1, NULL, NULL, NULL);
  glong n_units = 0;

  add_needle (self, text, strlen (text));
  if (!g_str_is_ascii (text) && charset_encode (CHARSET_CP932, text, strlen (text), cp932, NULL))
    add_needle (self, cp932->data, cp932->len);
  if (utf16 == NULL)
    return;
  while (utf16[n_units] != 0)
    n_units++;
  add_needle (self, utf16, n_units * sizeof *utf16);
  for (glong i = 0; i < n_units; i++)
    utf16[i] = GUINT16_SWAP_LE_BE (utf16[i]);
  add_needle (self, utf16, n_units * sizeof *utf16);
}

void
plain_add_known (Plain *self, const char *id)
{
  g_ptr_array_add (self->known, g_strdup (id));
}

static guint
count_at (const Plain *self, const guint8 *bytes, gsize n_bytes)
{
  const gint64 head = head_of (bytes);
  const guint32 place = filter_place (head);
  const GPtrArray *same;
  guint n = 0;

  if ((self->filter[place / 8] >> place % 8 & 1) == 0)
    return 0;
  same = g_hash_table_lookup (self->needles, &head);
  for (guint i = 0; same != NULL && i < same->len; i++)
    {
      gsize size;
      gconstpointer needle = g_bytes_get_data (g_ptr_array_index (same, i), &size);

      n += size <= n_bytes && memcmp (bytes, needle, size) == 0;
    }
  return n;
}

/* --- characters ------------------------------------------------------------------------------------------------------ */

static int
ascii_digit (const guint8 *b)
{
  return g_ascii_isdigit (b[0]) ? b[0] - '0' : -1;
}

static int
wide_digit_utf8 (const guint8 *b)
{
  return b[0] == 0xef && b[1] == 0xbc && b[2] >= 0x90 && b[2] <= 0x99 ? b[2] - 0x90 : -1;
}

static int
wide_digit_cp932 (const guint8 *b)
{
  return b[0] == 0x82 && b[1] >= 0x4f && b[1] <= 0x58 ? b[1] - 0x4f : -1;
}

/* U+0030 to U+0039, and full width U+FF10 to U+FF19 */
static int
digit_utf16 (guint8 high, guint8 low)
{
  if (high == 0 && g_ascii_isdigit (low))
    return low - '0';
  return high == 0xff && low >= 0x10 && low <= 0x19 ? low - 0x10 : -1;
}

static int
digit_utf16le (const guint8 *b)
{
  return digit_utf16 (b[1], b[0]);
}

static int
digit_utf16be (const guint8 *b)
{
  return digit_utf16 (b[0], b[1]);
}

static int
kana_utf8 (const guint8 *b)
{
  return b[0] == 0xe3 && b[1] >= 0x81 && b[1] <= 0x83 && b[2] >= 0x80 && b[2] <= 0xbf ? 0 : -1;
}

static int
kana_utf16le (const guint8 *b)
{
  return b[1] == 0x30 && b[0] >= 0x41 && b[0] != 0xff ? 0 : -1;
}

static int
kana_utf16be (const guint8 *b)
{
  return b[0] == 0x30 && b[1] >= 0x41 && b[1] != 0xff ? 0 : -1;
}

static int
kana_cp932 (const guint8 *b)
{
  return (b[0] == 0x83 && b[1] >= 0x40 && b[1] <= 0x96) || (b[0] == 0x82 && b[1] >= 0x9f && b[1] <= 0xf1) ? 0 : -1;
}

static int
half_width_kana (const guint8 *b)
{
  return b[0] >= 0xa6 && b[0] <= 0xdf ? 0 : -1;
}

/* @least: so many of them in a row stand in 10⁸ random bytes less than once in 10⁶ times. */
typedef struct
{
  int (*value_at) (const guint8 *b); /* -1: not one of them */
  guint step;
  guint least;
} Kind;

static const Kind digit_kinds[] = {
  { ascii_digit, 1, MY_NUMBER_DIGITS },      { wide_digit_utf8, 3, MY_NUMBER_DIGITS },
  { wide_digit_cp932, 2, MY_NUMBER_DIGITS }, { digit_utf16le, 2, MY_NUMBER_DIGITS },
  { digit_utf16be, 2, MY_NUMBER_DIGITS },
};
static const Kind kana_kinds[] = {
  { kana_utf8, 3, 3 }, { kana_utf16le, 2, 6 }, { kana_utf16be, 2, 6 }, { kana_cp932, 2, 6 }, { half_width_kana, 1, 26 },
};

/* Does a known id cover those bytes? */
static gboolean
is_known (const Plain *self, const guint8 *bytes, gsize n_bytes, gsize at, gsize n_hit)
{
  for (guint i = 0; i < self->known->len; i++)
    {
      const char *id = g_ptr_array_index (self->known, i);
      const gsize n_id = strlen (id);

      for (gsize before = 0; before + n_hit <= n_id && before <= at; before++)
        if (at - before + n_id <= n_bytes && memcmp (bytes + at - before, id, n_id) == 0)
          return TRUE;
    }
  return FALSE;
}

static gboolean
is_number (const Kind *kind, const guint8 *bytes)
{
  guint8 digits[MY_NUMBER_DIGITS];
  gboolean valid;

  for (guint i = 0; i < MY_NUMBER_DIGITS; i++)
    digits[i] = '0' + kind->value_at (bytes + i * kind->step);
  valid = my_number_is_valid (digits, sizeof digits);
  explicit_bzero (digits, sizeof digits);
  return valid;
}

/* Runs of @kind; of digits only those that could be a number. */
static guint
count_runs (const Plain *self, const Kind *kind, gboolean digits, const guint8 *bytes, gsize n_bytes)
{
  guint runs[STEP_MAX] = { 0 }; /* one for each offset */
  guint n = 0;

  for (gsize i = 0; i + kind->step <= n_bytes; i++)
    {
      guint *run = &runs[i % kind->step];

      *run = kind->value_at (bytes + i) >= 0 ? *run + 1 : 0;
      if (digits && *run >= kind->least)
        {
          gsize from = i - (gsize) (kind->least - 1) * kind->step;

          n += is_number (kind, bytes + from)
               && !is_known (self, bytes, n_bytes, from, (gsize) kind->least * kind->step);
        }
      else if (!digits && *run == kind->least)
        n++;
    }
  return n;
}

/* As on the card: 4-4-4, with the same sign twice. */
static gboolean
is_grouped_number (const guint8 *bytes)
{
  guint8 digits[MY_NUMBER_DIGITS];
  gboolean valid = (bytes[4] == '-' || bytes[4] == ' ') && bytes[9] == bytes[4];

  for (guint i = 0; i < MY_NUMBER_DIGITS; i++)
    {
      digits[i] = bytes[i + i / 4];
      valid = valid && g_ascii_isdigit (digits[i]);
    }
  valid = valid && my_number_is_valid (digits, sizeof digits);
  explicit_bzero (digits, sizeof digits);
  return valid;
}

static guint
count_grouped (const Plain *self, const guint8 *bytes, gsize n_bytes)
{
  const gsize n_group = MY_NUMBER_DIGITS + 2;
  guint n = 0;

  for (gsize i = 0; i + n_group <= n_bytes; i++)
    n += g_ascii_isdigit (bytes[i]) && is_grouped_number (bytes + i) && !is_known (self, bytes, n_bytes, i, n_group);
  return n;
}

void
plain_search (const Plain *self, const guint8 *bytes, gsize n_bytes, PlainFound *found)
{
  for (gsize i = 0; i + PLAIN_LEAST_BYTES <= n_bytes; i++)
    found->n_texts += count_at (self, bytes + i, n_bytes - i);
  for (guint i = 0; i < G_N_ELEMENTS (digit_kinds); i++)
    found->n_numbers += count_runs (self, &digit_kinds[i], TRUE, bytes, n_bytes);
  found->n_numbers += count_grouped (self, bytes, n_bytes);
  for (guint i = 0; i < G_N_ELEMENTS (kana_kinds); i++)
    found->n_kana += count_runs (self, &kana_kinds[i], FALSE, bytes, n_bytes);
}

/* --- the shape of a database ----------------------------------------------------------------------------------------- */

static guint
count_words (const guint8 *bytes, gsize n_bytes)
{
  static const char *const words[] = { "SQLite format 3", "CREATE TABLE", "sqlite_", "PRIMARY KEY" };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    n += memmem (bytes, n_bytes, words[i], strlen (words[i])) != NULL;
  return n;
}

/* https://www.sqlite.org/fileformat2.html#b_tree_pages: each begins with 2, 5, 10 or 13. */
static gboolean
is_page_mark (guint8 byte)
{
  return byte == 2 || byte == 5 || byte == 10 || byte == 13;
}

/* Of @n random bytes at most so many are marks, but for one time in 10⁹. */
static guint
max_marks_of (guint n)
{
  const double p = 4.0 / 256;
  double tail = 1;
  guint most = 0;

  for (guint k = 0; k <= n; k++)
    {
      tail -= exp (lgamma (n + 1.0) - lgamma (k + 1.0) - lgamma (n - k + 1.0) + k * log (p) + (n - k) * log1p (-p));
      most = k;
      if (tail < FALSE_ALARM)
        break;
    }
  return most;
}

void
plain_shape (const guint8 *bytes, gsize n_bytes, PlainShape *shape)
{
  const guint n_pages = n_bytes / PAGE_BYTES;
  guint text = 0, equal = 0;

  if (n_bytes == 0)
    return;
  shape->n_headers += count_words (bytes, n_bytes);
  /* The first page begins with the file's header. */
  for (guint i = 1; i < n_pages; i++)
    shape->n_page_marks += is_page_mark (bytes[(gsize) i * PAGE_BYTES]);
  shape->max_marks += n_pages > 1 ? max_marks_of (n_pages - 1) : 0;
  for (gsize i = 0; i < n_bytes; i++)
    {
      text = g_ascii_isprint (bytes[i]) ? text + 1 : 0;
      equal = i > 0 && bytes[i] == bytes[i - 1] ? equal + 1 : 1;
      shape->n_text_runs += text == TEXT_RUN;
      shape->n_equal_runs += equal == EQUAL_RUN;
    }
}
