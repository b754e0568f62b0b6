/* SPDX-License-Identifier: Apache-2.0 */
/* pin: the rules. */
#include "pin.h"

#include <math.h>
#include <string.h>

#define PART_MIN_WIDE 2   /* characters of a name that a guesser would try: 見本 */
#define PART_MIN_NARROW 4 /* and in letters: taro */
#define FIRST_YEAR 1900
#define LAST_YEAR 2099
#define FAIR_BITS 26.0
#define GOOD_BITS 40.0
#define WIDE_BITS 10.0 /* a kana or kanji that people use: about a thousand */

static void
wiped_free (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static gboolean
is_digits (const guint8 *pin, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    if (!g_ascii_isdigit (pin[i]))
      return FALSE;
  return n_bytes > 0;
}

static gboolean
is_one_repeated (const char *text)
{
  gunichar first = g_utf8_get_char (text);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_utf8_get_char (p) != first)
      return FALSE;
  return TRUE;
}

/* 9 to 0 and 0 to 9 go on the run: 890123 is one. */
static gboolean
is_run (const guint8 *digits, gsize n_digits)
{
  gboolean rising = TRUE, falling = TRUE;

  for (gsize i = 1; i < n_digits; i++)
    {
      rising = rising && (digits[i] - '0' + 9) % 10 == digits[i - 1] - '0';
      falling = falling && (digits[i] - '0' + 1) % 10 == digits[i - 1] - '0';
    }
  return rising || falling;
}

static guint
number_at (const guint8 *digits, guint n_digits)
{
  guint value = 0;

  for (guint i = 0; i < n_digits; i++)
    value = value * 10 + (digits[i] - '0');
  return value;
}

static gboolean
is_day (const guint8 *digits, gsize n_digits)
{
  guint month, day, year;

  if (n_digits != 6 && n_digits != 8)
    return FALSE;
  month = number_at (digits + n_digits - 4, 2);
  day = number_at (digits + n_digits - 2, 2);
  if (month < 1 || month > 12 || day < 1)
    return FALSE;
  /* Two digits may mean 1988 as well as 2088 or a year of an era: any 29 February will do. */
  if (n_digits == 6)
    return g_date_valid_dmy (day, month, 2000);
  year = number_at (digits, 4);
  return year >= FIRST_YEAR && year <= LAST_YEAR && g_date_valid_dmy (day, month, year);
}

/* Without case, width and spaces. */
static char *
fold (const char *text)
{
  char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  char *folded = normal != NULL ? g_utf8_casefold (normal, -1) : g_strdup ("");
  char *out = folded;

  wiped_free (normal);
  for (const char *p = folded; *p != '\0';)
    {
      const char *next = g_utf8_next_char (p);

      if (!g_unichar_isspace (g_utf8_get_char (p)))
        while (p < next)
          *out++ = *p++;
      p = next;
    }
  *out = '\0';
  return folded;
}

static gboolean
part_counts (const char *part)
{
  return (gsize) g_utf8_strlen (part, -1) >= (g_str_is_ascii (part) ? PART_MIN_NARROW : PART_MIN_WIDE);
}

/* @folded_pin has @part in it, or is itself within @part. */
static gboolean
resembles (const char *folded_pin, const char *part)
{
  char *folded = fold (part);
  gboolean found = part_counts (folded) && (strstr (folded_pin, folded) != NULL || strstr (folded, folded_pin) != NULL);

  wiped_free (folded);
  return found;
}

static gboolean
resembles_company (const char *folded_pin, const char *company)
{
  static const char *const kinds[] = { "株式会社", "有限会社", "合同会社", "(株)", "(有)" };
  g_autofree char *normal = g_utf8_normalize (company, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autoptr (GString) core = g_string_new (normal);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_string_replace (core, kinds[i], "", 0);
  return resembles (folded_pin, core->str);
}

static gboolean
resembles_name (const char *folded_pin, const char *name)
{
  g_autofree char *normal = g_utf8_normalize (name, -1, G_NORMALIZE_ALL_COMPOSE);
  g_auto (GStrv) parts = g_strsplit_set (normal != NULL ? normal : "", " ", -1);
  gboolean found = resembles (folded_pin, name);

  for (guint i = 0; parts[i] != NULL && !found; i++)
    found = resembles (folded_pin, parts[i]);
  return found;
}

static PinFault
check_text (const char *text, const char *company, const char *name)
{
  /* Digits of full width are digits too. */
  char *folded = fold (text);
  const guint8 *bytes = (const guint8 *) folded;
  gsize n_bytes = strlen (folded);
  PinFault fault = PIN_FINE;

  if (g_utf8_strlen (text, -1) < PIN_MIN || n_bytes == 0)
    fault = PIN_TOO_SHORT;
  else if (is_one_repeated (folded))
    fault = PIN_SAME;
  else if (is_digits (bytes, n_bytes))
    fault = is_run (bytes, n_bytes) ? PIN_RUN : is_day (bytes, n_bytes) ? PIN_BIRTH_DATE : PIN_FINE;
  else if (resembles_company (folded, company))
    fault = PIN_COMPANY;
  else if (resembles_name (folded, name))
    fault = PIN_OWN_NAME;
  wiped_free (folded);
  return fault;
}

PinFault
pin_check (const guint8 *pin, gsize n_bytes, const char *company, const char *name)
{
  PinFault fault;
  char *text;

  if (n_bytes > PIN_MAX_BYTES)
    return PIN_TOO_LONG;
  if (!g_utf8_validate_len ((const char *) pin, n_bytes, NULL))
    return PIN_NOT_TEXT;
  text = g_strndup ((const char *) pin, n_bytes);
  fault = check_text (text, company, name);
  wiped_free (text);
  return fault;
}

const char *
pin_fault_get_name (PinFault fault)
{
  static const char *const names[] = { "fine", "too-short",  "too-long", "not-text", "same",
                                       "run",  "birth-date", "company",  "own-name" };

  return names[fault];
}

/* --- strength -------------------------------------------------------------------------------------------------------- */

PinStrength
pin_get_strength (const guint8 *pin, gsize n_bytes)
{
  gboolean digits = FALSE, lower = FALSE, upper = FALSE, other = FALSE;
  guint n_narrow = 0, n_wide = 0;
  gint64 before = -1, step = G_MAXINT64;
  double bits, pool;

  if (!g_utf8_validate_len ((const char *) pin, n_bytes, NULL))
    return PIN_WEAK;
  for (const char *p = (const char *) pin; p < (const char *) pin + n_bytes; p = g_utf8_next_char (p))
    {
      gint64 c = g_utf8_get_char (p);
      gint64 new_step = before >= 0 ? c - before : G_MAXINT64;
      /* aaa, 123, 2468: from the third on it was to be expected. */
      gboolean expected = c == before || (new_step == step && ABS (step) <= 2);

      before = c;
      step = new_step;
      if (expected)
        continue;
      digits = digits || (c < 0x80 && g_ascii_isdigit (c));
      lower = lower || (c < 0x80 && g_ascii_islower (c));
      upper = upper || (c < 0x80 && g_ascii_isupper (c));
      other = other || (c < 0x80 && !g_ascii_isalnum (c));
      n_narrow += c < 0x80;
      n_wide += c >= 0x80;
    }
  pool = digits * 10 + lower * 26 + upper * 26 + other * 33;
  bits = (pool > 0 ? n_narrow * log2 (pool) : 0) + n_wide * WIDE_BITS;
  return bits < FAIR_BITS ? PIN_WEAK : bits < GOOD_BITS ? PIN_FAIR : PIN_GOOD;
}

const char *
pin_strength_get_name (PinStrength strength)
{
  static const char *const names[] = { "weak", "fair", "good" };

  return names[strength];
}
