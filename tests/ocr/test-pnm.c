/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of PNM pictures: what it takes, what it refuses and with which code. */
#include "scan/pnm.h"

#include <string.h>

typedef struct
{
  const char *bytes;
  gsize n_bytes;
  gsize at_a_time; /* how much the source gives at once */
} Memory;

static gssize
read_memory (gpointer data, guint8 *bytes, gsize n_bytes, GError **error)
{
  Memory *memory = data;
  gsize n = MIN (MIN (n_bytes, memory->n_bytes), memory->at_a_time);

  memcpy (bytes, memory->bytes, n);
  memory->bytes += n;
  memory->n_bytes -= n;
  return (gssize) n;
}

static gssize
read_broken (gpointer data, guint8 *bytes, gsize n_bytes, GError **error)
{
  g_set_error (error, SCAN_ERROR, SCAN_ERROR_CANCELLED, "cancelled");
  return -1;
}

#define BYTES(literal) literal, sizeof literal - 1

static const struct
{
  const char *name;
  const char *file;
  gsize n_bytes;
  guint width, height, channels;
  const char *rows; /* in hexadecimal */
} good[] = {
  { "plain bitmap, digits without space", BYTES ("P1\n3 2\n101\n0 1 0\n"), 3, 2, 1, "00ff00ff00ff" },
  { "plain grey, end without newline", BYTES ("P2 2 2 15 0 15 5 10"), 2, 2, 1, "00ff55aa" },
  { "plain colour", BYTES ("P3\n1 2\n255\n1 2 3\n255 254 253\n"), 1, 2, 3, "010203fffefd" },
  { "raw bitmap, padded rows", BYTES ("P4\n9 2\n\xaa\x80\x55\x7f"), 9, 2, 1, "00ff00ff00ff00ff00ff00ff00ff00ff00ff" },
  { "raw grey", BYTES ("P5\n2 2\n255\n\x00\x7f\x80\xff"), 2, 2, 1, "007f80ff" },
  { "raw grey, small maximum", BYTES ("P5\n3 1\n2\n\x00\x01\x02"), 3, 1, 1, "0080ff" },
  { "raw grey, 16 bit", BYTES ("P5\n2 1\n65535\n\x80\x00\xff\xff"), 2, 1, 1, "80ff" },
  { "raw grey, 10 bit", BYTES ("P5\n2 1\n1023\n\x02\x00\x03\xff"), 2, 1, 1, "80ff" },
  { "raw colour", BYTES ("P6\n1 1\n255\n\x01\x02\x03"), 1, 1, 3, "010203" },
  { "comments and odd spaces", BYTES ("P5#c\n# a b\n\t2\r#\n 1 # 3\n255 \x01\x02"), 2, 1, 1, "0102" },
  { "the first sample is a digit or a space", BYTES ("P5\n2 1\n255\n1 "), 2, 1, 1, "3120" },
  { "more after the picture", BYTES ("P5\n1 1\n255\n\x07P5\n9 9"), 1, 1, 1, "07" },
};

static void
test_good (void)
{
  static const gsize steps[] = { 1, 3, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    for (guint s = 0; s < G_N_ELEMENTS (steps); s++)
      {
        Memory memory = { good[i].file, good[i].n_bytes, steps[s] };
        g_autoptr (PnmReader) reader = pnm_reader_new (read_memory, &memory);
        g_autoptr (GError) error = NULL;
        g_autoptr (GString) hex = g_string_new (NULL);
        const gsize row_bytes = (gsize) good[i].width * good[i].channels;
        guint8 rows[64];
        ScanFormat format;

        g_test_message ("%s, %" G_GSIZE_FORMAT " at a time", good[i].name, steps[s]);
        g_assert_true (pnm_reader_read_header (reader, &format, &error));
        g_assert_no_error (error);
        g_assert_cmpuint (format.width_px, ==, good[i].width);
        g_assert_cmpuint (format.height_px, ==, good[i].height);
        g_assert_cmpuint (format.n_channels, ==, good[i].channels);
        g_assert_cmpuint (format.dpi, ==, 0);
        for (guint row = 0; row < format.height_px; row++)
          {
            g_assert_cmpint (pnm_reader_read_rows (reader, rows, 1, &error), ==, 1);
            g_assert_no_error (error);
            for (gsize b = 0; b < row_bytes; b++)
              g_string_append_printf (hex, "%02x", rows[b]);
          }
        g_assert_cmpint (pnm_reader_read_rows (reader, rows, 1, &error), ==, 0);
        g_assert_cmpstr (hex->str, ==, good[i].rows);
      }
}

static const struct
{
  const char *name;
  const char *file;
  gsize n_bytes;
  int code;
} bad_headers[] = {
  { "nothing", BYTES (""), SCAN_ERROR_BAD_IMAGE },
  { "one letter", BYTES ("P"), SCAN_ERROR_BAD_IMAGE },
  { "text", BYTES ("Please scan again\n"), SCAN_ERROR_BAD_IMAGE },
  { "unknown kind", BYTES ("P7\nWIDTH 1\n"), SCAN_ERROR_BAD_IMAGE },
  { "kind zero", BYTES ("P0\n1 1\n255\n1"), SCAN_ERROR_BAD_IMAGE },
  { "half a header", BYTES ("P5\n2480"), SCAN_ERROR_BAD_IMAGE },
  { "no height", BYTES ("P5\n2480 \n"), SCAN_ERROR_BAD_IMAGE },
  { "no maximum", BYTES ("P5\n1 1\n"), SCAN_ERROR_BAD_IMAGE },
  { "endless comment", BYTES ("P5\n# and so on"), SCAN_ERROR_BAD_IMAGE },
  { "header ends with the number", BYTES ("P5\n1 1\n255"), SCAN_ERROR_BAD_IMAGE },
  { "letters for numbers", BYTES ("P5\nwide high\n255\n"), SCAN_ERROR_BAD_IMAGE },
  { "negative width", BYTES ("P5\n-1 1\n255\n1"), SCAN_ERROR_BAD_IMAGE },
  { "maximum 0", BYTES ("P5\n1 1\n0\n1"), SCAN_ERROR_BAD_IMAGE },
  { "maximum 65536", BYTES ("P5\n1 1\n65536\n1"), SCAN_ERROR_BAD_IMAGE },
  { "hexadecimal", BYTES ("P5\n0x10 1\n255\n1"), SCAN_ERROR_BAD_IMAGE },
  { "0 x 0", BYTES ("P5\n0 0\n255\n"), SCAN_ERROR_ABSURD_SIZE },
  { "0 wide", BYTES ("P5\n0 1\n255\n"), SCAN_ERROR_ABSURD_SIZE },
  { "0 high", BYTES ("P5\n1 0\n255\n"), SCAN_ERROR_ABSURD_SIZE },
  { "2^31 wide", BYTES ("P5\n2147483648 1\n255\n"), SCAN_ERROR_ABSURD_SIZE },
  { "2^31 - 1 wide", BYTES ("P6\n2147483647 2147483647\n255\n"), SCAN_ERROR_ABSURD_SIZE },
  { "2^32 wide", BYTES ("P4\n4294967296 1\n"), SCAN_ERROR_ABSURD_SIZE },
  { "2^64 + 1 wide", BYTES ("P5\n18446744073709551617 1\n255\n1"), SCAN_ERROR_ABSURD_SIZE },
  { "a number of 40 digits", BYTES ("P5\n1111111111222222222233333333334444444444 1\n255\n"), SCAN_ERROR_ABSURD_SIZE },
  { "one pixel too wide", BYTES ("P5\n10401 1\n255\n"), SCAN_ERROR_ABSURD_SIZE },
  { "too many pixels", BYTES ("P5\n10400 10400\n255\n"), SCAN_ERROR_ABSURD_SIZE },
};

static void
test_bad_headers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_headers); i++)
    {
      Memory memory = { bad_headers[i].file, bad_headers[i].n_bytes, 100000 };
      g_autoptr (PnmReader) reader = pnm_reader_new (read_memory, &memory);
      g_autoptr (GError) error = NULL;
      ScanFormat format;

      g_test_message ("%s", bad_headers[i].name);
      g_assert_false (pnm_reader_read_header (reader, &format, &error));
      g_assert_error (error, SCAN_ERROR, bad_headers[i].code);
    }
}

static void
test_header_without_end (void)
{
  g_autofree char *spaces = g_strnfill (1000000, ' ');
  Memory memory = { spaces, 1000000, 1000000 };
  g_autoptr (PnmReader) reader = pnm_reader_new (read_memory, &memory);
  g_autoptr (GError) error = NULL;
  ScanFormat format;

  memcpy (spaces, "P5", 2);
  g_assert_false (pnm_reader_read_header (reader, &format, &error));
  g_assert_error (error, SCAN_ERROR, SCAN_ERROR_BAD_IMAGE);
}

static const struct
{
  const char *name;
  const char *file;
  gsize n_bytes;
  guint good_rows;
} bad_bodies[] = {
  { "no samples", BYTES ("P5\n4 4\n255\n"), 0 },
  { "cut within a row", BYTES ("P5\n4 4\n255\n123456"), 1 },
  { "cut between rows", BYTES ("P6\n1 2\n255\n123"), 1 },
  { "cut within a 16-bit sample", BYTES ("P5\n1 1\n65535\n1"), 0 },
  { "cut bitmap", BYTES ("P4\n9 1\n\xff"), 0 },
  { "sample beyond the maximum", BYTES ("P5\n2 1\n100\n\x64\x65"), 0 },
  { "16-bit sample beyond the maximum", BYTES ("P5\n1 1\n256\n\x01\x01"), 0 },
  { "plain sample beyond the maximum", BYTES ("P2\n1 1\n255\n256\n"), 0 },
  { "plain sample of many digits", BYTES ("P2\n1 1\n255\n0000001\n"), 0 },
  { "plain sample that is none", BYTES ("P2\n1 1\n255\nx\n"), 0 },
  { "plain bit that is none", BYTES ("P1\n1 1\n2\n"), 0 },
  { "plain picture cut short", BYTES ("P3\n1 1\n255\n1 2 "), 0 },
};

static void
test_bad_bodies (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_bodies); i++)
    {
      Memory memory = { bad_bodies[i].file, bad_bodies[i].n_bytes, 5 };
      g_autoptr (PnmReader) reader = pnm_reader_new (read_memory, &memory);
      g_autoptr (GError) error = NULL;
      guint8 rows[64];
      ScanFormat format;

      g_test_message ("%s", bad_bodies[i].name);
      g_assert_true (pnm_reader_read_header (reader, &format, &error));
      g_assert_no_error (error);
      for (guint row = 0; row < bad_bodies[i].good_rows; row++)
        g_assert_cmpint (pnm_reader_read_rows (reader, rows, 1, &error), ==, 1);
      g_assert_cmpint (pnm_reader_read_rows (reader, rows, 1, &error), ==, -1);
      g_assert_error (error, SCAN_ERROR, SCAN_ERROR_BAD_IMAGE);
    }
}

static void
test_source_error_is_kept (void)
{
  g_autoptr (PnmReader) reader = pnm_reader_new (read_broken, NULL);
  g_autoptr (GError) error = NULL;
  ScanFormat format;

  g_assert_false (pnm_reader_read_header (reader, &format, &error));
  g_assert_error (error, SCAN_ERROR, SCAN_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scan/pnm/reads-all-six-kinds", test_good);
  g_test_add_func ("/scan/pnm/refuses-bad-headers", test_bad_headers);
  g_test_add_func ("/scan/pnm/refuses-header-without-end", test_header_without_end);
  g_test_add_func ("/scan/pnm/refuses-bad-bodies", test_bad_bodies);
  g_test_add_func ("/scan/pnm/keeps-the-source's-error", test_source_error_is_kept);
  return g_test_run ();
}
