/* SPDX-License-Identifier: Apache-2.0 */
/* charset: what is text in which character set, and that nothing is ever replaced. */
#include <glib.h>
#include <string.h>

#include "charset.h"

#define BYTES(literal) (const guint8 *) (literal), sizeof (literal) - 1

static void
test_detect (void)
{
  static const struct
  {
    const guint8 *bytes;
    gsize n_bytes;
    Charset charset;
  } cases[] = {
    { BYTES (""), CHARSET_UTF8 },
    { BYTES ("code,name\r\n"), CHARSET_UTF8 },
    { BYTES ("見本 太郎"), CHARSET_UTF8 },
    { BYTES ("\xef\xbb\xbf"), CHARSET_UTF8_BOM },
    { BYTES ("\xef\xbb\xbf見本"), CHARSET_UTF8_BOM },
    { BYTES ("\x8c\xa9\x96\x7b"), CHARSET_CP932 },       /* 見本 */
    { BYTES ("name\n\xfb\xfc\xfa\xb1"), CHARSET_CP932 }, /* 髙﨑 */
    { BYTES ("\xcc\xd8\xb6\xde\xc5"), CHARSET_CP932 },   /* ﾌﾘｶﾞﾅ: D8 B6 … no UTF-8 */
    { BYTES ("\xff\xfe"
             "a\0b\0"),
      CHARSET_UTF16 },
    { BYTES ("\xfe\xff\0a\0b"), CHARSET_UTF16 },
    { BYTES ("a\0b\0"), CHARSET_UTF16 },
    { BYTES ("\0a\0b"), CHARSET_UTF16 },
    { BYTES ("PK\3\4\0\0abc"), CHARSET_BINARY },
    { BYTES ("caf\xc3\xa9"), CHARSET_UNCLEAR }, /* é, or two half-width kana */
    { BYTES ("\xc3\xb1\xc4\xb1"), CHARSET_UNCLEAR },
    { BYTES ("\xc3\x80"), CHARSET_UTF8 },         /* À: 80 is nothing in CP932 */
    { BYTES ("caf\xc3\xa9 見本"), CHARSET_UTF8 }, /* three-byte sequences decide it */
    { BYTES ("\xef\xbb\xbf\x8c\xa9"), CHARSET_UNKNOWN },
    { BYTES ("\x8c"), CHARSET_UNKNOWN }, /* half a pair */
    { BYTES ("\x80"), CHARSET_UNKNOWN },
    { BYTES ("\xa0"), CHARSET_UNKNOWN },
    { BYTES ("\xfd"), CHARSET_UNKNOWN },
    { BYTES ("\xb8\xab\xcb\xdc\xa4\xce\xfe\xfe"), CHARSET_UNKNOWN }, /* EUC-JP's FE */
    { BYTES ("\xf0\x40"), CHARSET_UNKNOWN },                         /* the user's own character */
    { BYTES ("\xef\x40"), CHARSET_UNKNOWN },                         /* unassigned */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      g_assert_cmpstr (charset_get_name (charset_detect (cases[i].bytes, cases[i].n_bytes)), ==,
                       charset_get_name (cases[i].charset));
    }
}

static void
test_utf8_is_strict (void)
{
  static const struct
  {
    const guint8 *bytes;
    gsize n_bytes;
  } cases[] = {
    { BYTES ("a\0b") },
    { BYTES ("\xc0\x80") },             /* overlong zero */
    { BYTES ("\xc1\xbf") },             /* overlong DEL */
    { BYTES ("\xe0\x80\xaf") },         /* overlong slash */
    { BYTES ("\xf0\x80\x80\xaf") },     /* and longer */
    { BYTES ("\xed\xa0\x80") },         /* surrogate */
    { BYTES ("\xf4\x90\x80\x80") },     /* beyond U+10FFFF */
    { BYTES ("\xf8\x88\x80\x80\x80") }, /* five bytes */
    { BYTES ("\xe8\xa6") },             /* cut short */
    { BYTES ("\x80") },
    { BYTES ("\xef\xbb\xbf"
             "a") },             /* a byte order mark that was not announced */
    { BYTES ("a\xef\xbb\xbf") }, /* or in the middle */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) into = g_byte_array_new ();
      gsize n_text = 77;

      g_test_message ("case %u", i);
      g_assert_null (charset_decode (CHARSET_UTF8, cases[i].bytes, cases[i].n_bytes, &n_text, &error));
      g_assert_error (error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE);
      g_assert_cmpuint (n_text, ==, 77);
      for (Charset to = CHARSET_UTF8; to <= CHARSET_CP932; to++)
        g_assert_false (charset_encode (to, (const char *) cases[i].bytes, cases[i].n_bytes, into, NULL));
      g_assert_cmpuint (into->len, ==, 0);
    }
}

static void
test_byte_order_mark (void)
{
  g_autoptr (GByteArray) into = g_byte_array_new ();
  g_autofree char *text = NULL;
  gsize n_text;

  text = charset_decode (CHARSET_UTF8_BOM, BYTES ("\xef\xbb\xbfxy"), &n_text, NULL);
  g_assert_cmpstr (text, ==, "xy");
  g_assert_cmpuint (n_text, ==, 2);
  g_assert_null (charset_decode (CHARSET_UTF8_BOM, BYTES ("xy"), &n_text, NULL));
  g_assert_null (charset_decode (CHARSET_UTF8_BOM, BYTES ("\xef\xbb\xbf\xef\xbb\xbfxy"), &n_text, NULL));

  charset_append_bom (CHARSET_UTF8, into);
  charset_append_bom (CHARSET_CP932, into);
  g_assert_cmpuint (into->len, ==, 0);
  charset_append_bom (CHARSET_UTF8_BOM, into);
  g_assert_true (charset_encode (CHARSET_UTF8_BOM, "見", 3, into, NULL));
  g_assert_cmpmem (into->data, into->len, "\xef\xbb\xbf\xe8\xa6\x8b", 6);
}

static void
test_cp932_both_ways (void)
{
  static const struct
  {
    const char *text;
    const char *bytes;
  } cases[] = {
    { "", "" },
    { "A-1 \\~", "A-1 \\~" },
    { "見本 太郎", "\x8c\xa9\x96\x7b \x91\xbe\x98\x59" },
    { "ﾐﾎﾝ", "\xd0\xce\xdd" },
    { "髙﨑", "\xfb\xfc\xfa\xb1" },
    { "①㈱", "\x87\x40\x87\x8a" },
    { "～－∥―￢", "\x81\x60\x81\x7c\x81\x61\x81\x5c\x81\xca" },
    { "表ソ能", "\x95\x5c\x83\x5c\x94\x5c" }, /* second bytes that are a backslash */
    { "邉齋", "\xe7\xb3\xe2\x56" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) into = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      gsize n_text;

      g_test_message ("case %u", i);
      g_assert_true (charset_encode (CHARSET_CP932, cases[i].text, strlen (cases[i].text), into, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (into->data, into->len, cases[i].bytes, strlen (cases[i].bytes));
      text = charset_decode (CHARSET_CP932, into->data, into->len, &n_text, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpuint (n_text, ==, strlen (cases[i].text));
    }
}

/* The other code of a character is read as the same character. */
static void
test_cp932_second_codes (void)
{
  g_autofree char *text = NULL;
  gsize n_text;

  text = charset_decode (CHARSET_CP932, BYTES ("\xee\xe0\xed\x95"), &n_text, NULL);
  g_assert_cmpstr (text, ==, "髙﨑");
}

/* Each of them would come out as another character, as “?”, or not at all. */
static void
test_cp932_refuses (void)
{
  static const char *const cases[] = {
    "〜",       "−",        "‖",  "—",      "¬",      "¥",  "‾", /* the other form of a JIS character */
    "𠮷",       "俱",       "剝", "頰",     "塡",     "𠮟",      /* not in JIS X 0208 nor in the vendors' rows */
    "葛󠄀",                                                   /* with a variation selector */
    "é",        "한",       "😀",  "\ue000", "\uf8ff",            /* other scripts, the user's own characters */
    "\xc2\x80", "\xc2\xa0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat ("見本", cases[i], "太郎", NULL);
      g_autoptr (GByteArray) into = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      g_test_message ("case %u", i);
      g_byte_array_append (into, (const guint8 *) "x", 1);
      g_assert_false (charset_encode (CHARSET_CP932, text, strlen (text), into, &error));
      g_assert_error (error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE);
      g_assert_null (strstr (error->message, "太郎"));
      g_assert_cmpmem (into->data, into->len, "x", 1);
    }
}

/* Every pair that CP932 assigns is read, and what is read can be written and means the same again. */
static void
test_cp932_whole_table (void)
{
  guint n_assigned = 0;
  guint n_jis = 0;

  for (guint lead = 0x81; lead <= 0xfc; lead++)
    for (guint trail = 0x40; trail <= 0xfc; trail++)
      {
        const guint8 pair[] = { (guint8) lead, (guint8) trail };
        const guint code = lead << 8 | trail;
        g_autoptr (GByteArray) into = g_byte_array_new ();
        g_autofree char *again = NULL;
        g_autofree char *text = NULL;
        gsize n_text;

        text = charset_decode (CHARSET_CP932, pair, 2, &n_text, NULL);
        if (text == NULL || g_utf8_strlen (text, -1) != 1)
          continue; /* two half-width kana, or nothing */
        n_assigned++;
        if (code <= 0x84be || (code >= 0x889f && code <= 0x9ffc) || (code >= 0xe040 && code <= 0xeaa4))
          n_jis++;
        g_assert_true (charset_encode (CHARSET_CP932, text, n_text, into, NULL));
        again = charset_decode (CHARSET_CP932, into->data, into->len, &n_text, NULL);
        g_assert_cmpstr (again, ==, text);
      }
  g_assert_cmpuint (n_jis, ==, 6879); /* the size of JIS X 0208 */
  g_assert_cmpuint (n_assigned, ==, 7724);
}

/* Of every pair: those of JIS X 0208 both ways, and no other. */
static void
test_jisx0208_whole_table (void)
{
  guint n_fit = 0;

  for (guint lead = 0x81; lead <= 0xfc; lead++)
    for (guint trail = 0x40; trail <= 0xfc; trail++)
      {
        const guint8 pair[] = { (guint8) lead, (guint8) trail };
        g_autoptr (GByteArray) into = g_byte_array_new ();
        g_autofree char *wide = NULL;
        g_autofree char *text = NULL;
        gsize n_text, n_wide;

        wide = charset_decode (CHARSET_CP932, pair, 2, &n_wide, NULL);
        text = charset_decode (CHARSET_JISX0208, pair, 2, &n_text, NULL);
        if (wide == NULL || g_utf8_strlen (wide, -1) != 1)
          continue;
        if (text == NULL)
          {
            /* Written another way it may be one of them: ∪ has two codes. */
            if (charset_encode (CHARSET_JISX0208, wide, n_wide, into, NULL))
              g_assert_cmpint (memcmp (into->data, pair, 2), !=, 0);
            continue;
          }
        n_fit++;
        g_assert_cmpstr (text, ==, wide);
        g_assert_true (charset_encode (CHARSET_JISX0208, text, n_text, into, NULL));
        g_assert_cmpmem (into->data, into->len, pair, 2);
      }
  g_assert_cmpuint (n_fit, ==, 6879);
}

static void
test_jisx0208_stops (void)
{
  static const char *const stop[] = { "髙", "﨑", "𠮷", "①", "¥", "葛\xf3\xa0\x84\x80", "㈱", "Ⅲ", "德", "俱" };
  static const char *const fit[] = { "高", "崎", "吉",      "(1)",    "葛", "邉", "邊",
                                     "齋", "碕", "ﾐﾎﾝ ﾀﾛｳ", "１－２", "～", "" };

  for (guint i = 0; i < G_N_ELEMENTS (stop); i++)
    {
      g_autofree char *text = g_strconcat ("見本 a", stop[i], "郎", NULL);
      g_autoptr (GByteArray) into = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      g_byte_array_append (into, (const guint8 *) "x", 1);
      g_test_message ("%u", i);
      g_assert_false (charset_encode (CHARSET_JISX0208, text, strlen (text), into, &error));
      g_assert_error (error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE);
      g_assert_cmpuint (into->len, ==, 1);
      /* a selector after its letter: the letter fits */
      g_assert_true (charset_find_unfit (CHARSET_JISX0208, text)
                     == text + strlen ("見本 a") + (g_str_has_prefix (stop[i], "葛") ? strlen ("葛") : 0));
    }
  for (guint i = 0; i < G_N_ELEMENTS (fit); i++)
    {
      g_autoptr (GByteArray) into = g_byte_array_new ();

      g_assert_true (charset_encode (CHARSET_JISX0208, fit[i], strlen (fit[i]), into, NULL));
      g_assert_null (charset_find_unfit (CHARSET_JISX0208, fit[i]));
    }
}

static void
test_names (void)
{
  Charset charset = CHARSET_UNKNOWN;

  g_assert_true (charset_from_name ("cp932", &charset));
  g_assert_cmpint (charset, ==, CHARSET_CP932);
  g_assert_true (charset_from_name ("utf8bom", &charset));
  g_assert_cmpint (charset, ==, CHARSET_UTF8_BOM);
  g_assert_false (charset_from_name ("utf16", &charset));
  g_assert_false (charset_from_name ("", &charset));
  g_assert_cmpint (charset, ==, CHARSET_UTF8_BOM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/charset/detects", test_detect);
  g_test_add_func ("/text/charset/utf8-is-strict", test_utf8_is_strict);
  g_test_add_func ("/text/charset/byte-order-mark", test_byte_order_mark);
  g_test_add_func ("/text/charset/cp932-both-ways", test_cp932_both_ways);
  g_test_add_func ("/text/charset/cp932-second-codes", test_cp932_second_codes);
  g_test_add_func ("/text/charset/cp932-refuses-what-would-change", test_cp932_refuses);
  g_test_add_func ("/text/charset/cp932-whole-table", test_cp932_whole_table);
  g_test_add_func ("/text/charset/jisx0208-whole-table", test_jisx0208_whole_table);
  g_test_add_func ("/text/charset/jisx0208-stops", test_jisx0208_stops);
  g_test_add_func ("/text/charset/names", test_names);
  return g_test_run ();
}
