/* SPDX-License-Identifier: Apache-2.0 */
/* charset: UTF-8 checked by GLib; CP932 by its structure, converted by iconv, and converted back to see that nothing changed. */
#include "charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

static const guint8 bom[] = { 0xef, 0xbb, 0xbf };

static const char *const names[] = {
  [CHARSET_UTF8] = "utf8",         [CHARSET_UTF8_BOM] = "utf8bom", [CHARSET_CP932] = "cp932",
  [CHARSET_JISX0208] = "jisx0208", [CHARSET_UTF16] = "utf16",      [CHARSET_UNCLEAR] = "unclear",
  [CHARSET_BINARY] = "binary",     [CHARSET_UNKNOWN] = "unknown",
};

static gboolean
refuse (GError **error, gsize offset)
{
  g_set_error (error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE, "does not fit at byte %" G_GSIZE_FORMAT,
               offset);
  return FALSE;
}

static gboolean
starts_with_bom (const guint8 *bytes, gsize n_bytes)
{
  return n_bytes >= sizeof bom && memcmp (bytes, bom, sizeof bom) == 0;
}

static gboolean
is_private_use (gunichar c)
{
  return (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
}

static gboolean
is_ascii (const char *text, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    if ((guchar) text[i] >= 0x80)
      return FALSE;
  return TRUE;
}

/* Is it UTF-8 without zero bytes and without U+FEFF? */
static gboolean
check_utf8 (const char *text, gsize n_bytes, gsize *ret_offset)
{
  const char *end;

  if (!g_utf8_validate_len (text, n_bytes, &end))
    {
      *ret_offset = (gsize) (end - text);
      return FALSE;
    }
  end = g_strstr_len (text, (gssize) n_bytes, "\xef\xbb\xbf");
  if (end != NULL)
    {
      *ret_offset = (gsize) (end - text);
      return FALSE;
    }
  return TRUE;
}

/* Length of the character at the start: one byte of ASCII or half-width kana, two bytes, or 0 for what CP932 has not.
 * The user's own characters (leads F0-F9) count as what it has not. */
static guint
cp932_length (const guint8 *at, gsize n_left)
{
  if (at[0] < 0x80 || (at[0] >= 0xa1 && at[0] <= 0xdf))
    return at[0] != 0 ? 1 : 0;
  if (!((at[0] >= 0x81 && at[0] <= 0x9f) || (at[0] >= 0xe0 && at[0] <= 0xef) || (at[0] >= 0xfa && at[0] <= 0xfc)))
    return 0;
  return n_left > 1 && at[1] >= 0x40 && at[1] != 0x7f && at[1] <= 0xfc ? 2 : 0;
}

/* Is every pair of this CP932 among those of JIS X 0208? Else the first that is not. */
static gboolean
check_jisx0208 (const guint8 *bytes, gsize n_bytes, gsize *ret_offset)
{
  guint length;

  for (gsize i = 0; i < n_bytes; i += length)
    {
      guint code;

      length = cp932_length (bytes + i, n_bytes - i);
      if (length < 2)
        {
          length = 1;
          continue;
        }
      code = (guint) bytes[i] << 8 | bytes[i + 1];
      if (!((code >= 0x8140 && code <= 0x84be) || (code >= 0x889f && code <= 0x9ffc)
            || (code >= 0xe040 && code <= 0xeaa4)))
        {
          *ret_offset = i;
          return FALSE;
        }
    }
  return TRUE;
}

/* Converts all of it. %FALSE with @ret_done at the first character that has no counterpart. @to must be large enough. */
static gboolean
convert (const char *to_charset, const char *from_charset, const char *from, gsize n_from, char *to, gsize *n_to,
         gsize *ret_offset, GError **error)
{
  iconv_t converter = iconv_open (to_charset, from_charset);
  char *in = (char *) from;
  char *out = to;
  gsize n_in = n_from;
  gsize n_out = *n_to;
  gboolean ok;

  if (converter == (iconv_t) -1)
    {
      g_set_error_literal (error, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION, "iconv has no CP932 here");
      *ret_offset = 0;
      return FALSE;
    }
  /* A positive result counts characters that were replaced by look-alikes. */
  ok = iconv (converter, &in, &n_in, &out, &n_out) == 0 && n_in == 0;
  (void) iconv_close (converter);
  *n_to -= n_out;
  *ret_offset = n_from - n_in;
  if (!ok)
    refuse (error, *ret_offset);
  return ok;
}

/* (transfer full): with a final zero, or %NULL */
static char *
cp932_decode (const guint8 *bytes, gsize n_bytes, gsize *ret_n_bytes, GError **error)
{
  char *text = NULL;
  gsize n_text = n_bytes * 3; /* half-width kana: one byte becomes three; a pair never more than three */
  gsize n_allocated = n_text;
  gsize offset;
  guint length;

  for (gsize i = 0; i < n_bytes; i += length)
    {
      length = cp932_length (bytes + i, n_bytes - i);
      if (length == 0)
        {
          refuse (error, i);
          return NULL;
        }
    }
  text = g_malloc (n_allocated + 1);
  if (n_bytes > 0 && !convert ("UTF-8", "CP932", (const char *) bytes, n_bytes, text, &n_text, &offset, error))
    {
      explicit_bzero (text, n_allocated);
      g_free (text);
      return NULL;
    }
  text[n_text] = '\0';
  *ret_n_bytes = n_text;
  return text;
}

static gboolean
cp932_encode (const char *text, gsize n_bytes, GByteArray *into, GError **error)
{
  gsize n_encoded = n_bytes; /* never longer than in UTF-8 */
  g_autofree guint8 *encoded = NULL;
  g_autofree char *again = NULL;
  gsize n_again;
  gsize offset;
  gboolean ok;

  if (is_ascii (text, n_bytes))
    {
      if (n_bytes > 0)
        g_byte_array_append (into, (const guint8 *) text, (guint) n_bytes);
      return TRUE;
    }
  for (const char *at = text; at < text + n_bytes; at = g_utf8_next_char (at))
    if (is_private_use (g_utf8_get_char (at)))
      return refuse (error, (gsize) (at - text));
  encoded = g_malloc (n_bytes);
  ok = convert ("CP932", "UTF-8", text, n_bytes, (char *) encoded, &n_encoded, &offset, error);
  if (ok)
    {
      /* iconv writes both forms of a JIS character as the same bytes; only the one that comes back is exact. */
      again = cp932_decode (encoded, n_encoded, &n_again, error);
      ok = again != NULL;
      if (ok && (n_again != n_bytes || memcmp (again, text, n_bytes) != 0))
        {
          for (offset = 0; offset < MIN (n_again, n_bytes) && again[offset] == text[offset]; offset++)
            ;
          ok = refuse (error, offset);
        }
      if (again != NULL)
        explicit_bzero (again, n_again);
    }
  if (ok)
    g_byte_array_append (into, encoded, (guint) n_encoded);
  explicit_bzero (encoded, n_bytes);
  return ok;
}

static gboolean
jisx0208_encode (const char *text, gsize n_bytes, GByteArray *into, GError **error)
{
  const guint n_before = into->len;
  const char *at = text;
  gsize offset;

  if (!cp932_encode (text, n_bytes, into, error))
    return FALSE;
  if (check_jisx0208 (into->data + n_before, into->len - n_before, &offset))
    return TRUE;
  for (const guint8 *byte = into->data + n_before; byte < into->data + n_before + offset;
       byte += cp932_length (byte, into->len))
    at = g_utf8_next_char (at);
  explicit_bzero (into->data + n_before, into->len - n_before);
  g_byte_array_set_size (into, n_before);
  return refuse (error, (gsize) (at - text));
}

/* Valid UTF-8 whose characters beyond ASCII all take two bytes may be half-width kana of CP932 as well. */
static gboolean
is_unclear (const guint8 *bytes, gsize n_bytes)
{
  gboolean beyond_ascii = FALSE;
  guint length;

  for (gsize i = 0; i < n_bytes; i++)
    {
      if (bytes[i] >= 0xe0)
        return FALSE;
      beyond_ascii = beyond_ascii || bytes[i] >= 0x80;
    }
  for (gsize i = 0; beyond_ascii && i < n_bytes; i += length)
    {
      length = cp932_length (bytes + i, n_bytes - i);
      if (length == 0)
        return FALSE;
    }
  return beyond_ascii;
}

const char *
charset_get_name (Charset charset)
{
  g_return_val_if_fail (charset < G_N_ELEMENTS (names), NULL);

  return names[charset];
}

gboolean
charset_from_name (const char *name, Charset *ret_charset)
{
  for (Charset i = CHARSET_UTF8; i <= CHARSET_JISX0208; i++)
    if (g_strcmp0 (names[i], name) == 0)
      {
        *ret_charset = i;
        return TRUE;
      }
  return FALSE;
}

Charset
charset_detect (const guint8 *bytes, gsize n_bytes)
{
  g_autofree char *text = NULL;
  gsize n_text;
  gsize offset;

  if (n_bytes >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
    return CHARSET_UTF16;
  /* Without its mark: the first character of a text file is ASCII often enough to show. */
  if (n_bytes >= 2 && n_bytes % 2 == 0 && (bytes[0] == 0) != (bytes[1] == 0))
    return CHARSET_UTF16;
  if (n_bytes > 0 && memchr (bytes, 0, n_bytes) != NULL)
    return CHARSET_BINARY;
  if (starts_with_bom (bytes, n_bytes))
    return check_utf8 ((const char *) bytes + sizeof bom, n_bytes - sizeof bom, &offset) ? CHARSET_UTF8_BOM
                                                                                         : CHARSET_UNKNOWN;
  if (n_bytes == 0 || check_utf8 ((const char *) bytes, n_bytes, &offset))
    return is_unclear (bytes, n_bytes) ? CHARSET_UNCLEAR : CHARSET_UTF8;
  text = cp932_decode (bytes, n_bytes, &n_text, NULL);
  if (text == NULL)
    return CHARSET_UNKNOWN;
  explicit_bzero (text, n_text);
  return CHARSET_CP932;
}

char *
charset_decode (Charset charset, const guint8 *bytes, gsize n_bytes, gsize *ret_n_bytes, GError **error)
{
  gsize n_skip = 0;
  gsize offset;
  char *text;

  g_return_val_if_fail (charset <= CHARSET_JISX0208, NULL);
  g_return_val_if_fail (ret_n_bytes != NULL, NULL);

  if (charset == CHARSET_JISX0208 && !check_jisx0208 (bytes, n_bytes, &offset))
    {
      refuse (error, offset);
      return NULL;
    }
  if (charset == CHARSET_CP932 || charset == CHARSET_JISX0208)
    return cp932_decode (bytes, n_bytes, ret_n_bytes, error);
  if (charset == CHARSET_UTF8_BOM)
    {
      if (!starts_with_bom (bytes, n_bytes))
        {
          refuse (error, 0);
          return NULL;
        }
      n_skip = sizeof bom;
    }
  if (n_bytes > n_skip && !check_utf8 ((const char *) bytes + n_skip, n_bytes - n_skip, &offset))
    {
      refuse (error, n_skip + offset);
      return NULL;
    }
  text = g_malloc (n_bytes - n_skip + 1);
  if (n_bytes > n_skip)
    memcpy (text, bytes + n_skip, n_bytes - n_skip);
  text[n_bytes - n_skip] = '\0';
  *ret_n_bytes = n_bytes - n_skip;
  return text;
}

gboolean
charset_encode (Charset charset, const char *text, gsize n_bytes, GByteArray *into, GError **error)
{
  gsize offset;

  g_return_val_if_fail (charset <= CHARSET_JISX0208, FALSE);
  g_return_val_if_fail (n_bytes <= G_MAXUINT / 4, FALSE);

  if (n_bytes > 0 && !check_utf8 (text, n_bytes, &offset))
    return refuse (error, offset);
  if (charset == CHARSET_CP932)
    return cp932_encode (text, n_bytes, into, error);
  if (charset == CHARSET_JISX0208)
    return jisx0208_encode (text, n_bytes, into, error);
  if (n_bytes > 0)
    g_byte_array_append (into, (const guint8 *) text, (guint) n_bytes);
  return TRUE;
}

const char *
charset_find_unfit (Charset charset, const char *text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const char *end;

  if (!g_utf8_validate (text, -1, &end))
    return end;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!charset_encode (charset, at, (gsize) (g_utf8_next_char (at) - at), bytes, NULL))
      return at;
  return NULL;
}

void
charset_append_bom (Charset charset, GByteArray *into)
{
  if (charset == CHARSET_UTF8_BOM)
    g_byte_array_append (into, bom, sizeof bom);
}
