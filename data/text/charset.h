/* SPDX-License-Identifier: Apache-2.0 */
/* charset: the character sets of rosters and exports. Strict both ways: what cannot be said exactly is refused, never replaced.
 * Pure functions, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * CP932 is Microsoft's Shift_JIS (Windows-31J), which Japanese Windows programs mean by "Shift_JIS". Two properties matter:
 *
 *  - Some characters have two codes (NEC and IBM rows: 髙 is FB FC and EE E0). All are read; written is, as on Windows, the one
 *    in 81xx, else in 87xx, else in FA40-FC4B.
 *  - Some JIS characters have two Unicode forms, and CP932's pair names only one of them. That one is written; the other
 *    would come back changed, so it does not fit:
 *
 *        bytes    fits (and is read)   does not fit
 *        81 60    U+FF5E ～            U+301C 〜 wave dash
 *        81 7C    U+FF0D －            U+2212 − minus
 *        81 61    U+2225 ∥             U+2016 ‖
 *        81 5C    U+2015 ―             U+2014 —
 *        81 CA    U+FFE2 ￢            U+00AC ¬
 *        5C       U+005C \             U+00A5 ¥
 *        7E       U+007E ~             U+203E ‾
 *
 *  - The user's own characters (外字, F040-F9FC, Unicode U+E000-U+F8FF) mean something else on every machine: refused both ways.
 */
typedef enum
{
  CHARSET_UTF8,     /* no byte order mark */
  CHARSET_UTF8_BOM, /* EF BB BF, then UTF-8 */
  CHARSET_CP932,
  CHARSET_JISX0208, /* CP932 without what Microsoft, NEC and IBM added: the 6879 characters of JIS X 0208, which agencies take */
  /* what charset_detect () may also find; nothing is read or written in these */
  CHARSET_UTF16,   /* a mistake often made: “Unicode text” of a spreadsheet */
  CHARSET_UNCLEAR, /* valid in UTF-8 and in CP932, with different letters: half-width kana or accents, say which */
  CHARSET_BINARY,  /* holds a zero byte */
  CHARSET_UNKNOWN,
} Charset;

/** charset_get_name: "utf8", "utf8bom", "cp932", "jisx0208"; the others are "utf16", "unclear", "binary", "unknown". */
const char *charset_get_name (Charset charset);

/** charset_from_name: only the four that can be read and written. */
gboolean charset_from_name (const char *name, Charset *ret_charset);

/**
 * charset_detect:
 *
 * Never CHARSET_JISX0208: that is for the reader to ask for. Text in ASCII alone, and no text, is CHARSET_UTF8. Text of more than two-byte UTF-8 sequences is never taken for CP932.
 */
Charset charset_detect (const guint8 *bytes, gsize n_bytes);

/**
 * charset_decode:
 * @charset: one of the first four. CHARSET_UTF8 refuses a byte order mark, CHARSET_UTF8_BOM takes it off and refuses a file
 *   without one.
 * @ret_n_bytes: (out): length of the text without its final zero
 *
 * UTF-8 is refused when overlong, cut short, a surrogate, beyond U+10FFFF, or with U+FEFF anywhere; every charset with a zero
 * byte.
 *
 * Returns: (transfer full): UTF-8 with a final zero; it may hold secrets of the file, so wipe it. Or %NULL with
 *   %G_CONVERT_ERROR_ILLEGAL_SEQUENCE  these bytes are not @charset (the message names the place, not the content)
 *   %G_CONVERT_ERROR_NO_CONVERSION     the C library has no CP932 here
 */
char *charset_decode (Charset charset, const guint8 *bytes, gsize n_bytes, gsize *ret_n_bytes, GError **error);

/**
 * charset_encode:
 * @text: UTF-8
 * @into: the bytes are appended here; nothing is when it fails. A byte order mark is charset_append_bom ()'s business.
 *
 * Returns: %FALSE with the errors of charset_decode () when a character does not fit.
 */
gboolean charset_encode (Charset charset, const char *text, gsize n_bytes, GByteArray *into, GError **error);

/** charset_find_unfit: (nullable): the first character of @text (UTF-8, with a final zero) that does not fit, or %NULL where all do. */
const char *charset_find_unfit (Charset charset, const char *text);

/** charset_append_bom: three bytes for CHARSET_UTF8_BOM, none for the others. */
void charset_append_bom (Charset charset, GByteArray *into);

G_END_DECLS
