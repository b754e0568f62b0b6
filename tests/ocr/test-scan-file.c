/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded pages: every kind of file gives the same rows; a damaged one gives none. */
#include "scan/scan-file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <leptonica/allheaders.h>

#include "scan-help.h"

#define WIDTH 50
#define HEIGHT 40

static guint8
sample_at (guint x, guint y, guint channel)
{
  return (guint8) (x * 3 + y + channel * 20);
}

/* A smooth picture, so that even JPEG comes near; tells its resolution where the format can. */
static PIX *
picture_new (gboolean colour, int dpi)
{
  PIX *pix = pixCreate (WIDTH, HEIGHT, colour ? 32 : 8);

  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      if (colour)
        pixSetRGBPixel (pix, (int) x, (int) y, sample_at (x, y, 0), sample_at (x, y, 1), sample_at (x, y, 2));
      else
        pixSetPixel (pix, (int) x, (int) y, sample_at (x, y, 0));
  pixSetResolution (pix, dpi, dpi);
  return pix;
}

/* Returns: (transfer full): the picture as a file in memory. */
static GBytes *
encode (PIX *pix, int format)
{
  l_uint8 *bytes = NULL;
  size_t n_bytes = 0;
  GBytes *encoded;

  if (format == IFF_JFIF_JPEG)
    g_assert_cmpint (pixWriteMemJpeg (&bytes, &n_bytes, pix, 98, 0), ==, 0);
  else
    g_assert_cmpint (pixWriteMem (&bytes, &n_bytes, pix, format), ==, 0);
  encoded = g_bytes_new (bytes, n_bytes);
  lept_free (bytes);
  return encoded;
}

static GBytes *
encoded_picture (int format, gboolean colour)
{
  PIX *pix = picture_new (colour, 300);
  GBytes *bytes = encode (pix, format);

  pixDestroy (&pix);
  return bytes;
}

static Page *
scan_bytes (const void *bytes, gsize n_bytes, const ScanRequest *request, GError **error)
{
  const int fd = memory_file (bytes, n_bytes);
  Page *page = scan_one_page (&scan_file_driver, SCAN_FILE_DEVICE, fd, request, 7, NULL, error);

  (void) close (fd);
  return page;
}

static void
assert_is_picture (const Page *page, gboolean colour, guint tolerance)
{
  const guint channels = colour ? 3 : 1;

  g_assert_cmpuint (page->format.width_px, ==, WIDTH);
  g_assert_cmpuint (page->format.height_px, ==, HEIGHT);
  g_assert_cmpuint (page->format.n_channels, ==, channels);
  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      for (guint c = 0; c < channels; c++)
        {
          int difference = page->samples->data[(y * WIDTH + x) * channels + c] - sample_at (x, y, c);

          g_assert_cmpint (ABS (difference), <=, tolerance);
        }
}

static void
test_formats (void)
{
  static const struct
  {
    const char *name;
    int format;
    gboolean colour;
    guint dpi; /* that the file tells */
    guint tolerance;
  } cases[] = {
    { "PGM", IFF_PNM, FALSE, 0, 0 },          { "PPM", IFF_PNM, TRUE, 0, 0 },
    { "PNG grey", IFF_PNG, FALSE, 300, 0 },   { "PNG colour", IFF_PNG, TRUE, 300, 0 },
    { "TIFF grey", IFF_TIFF, FALSE, 300, 0 }, { "TIFF colour", IFF_TIFF_LZW, TRUE, 300, 0 },
    { "JPEG", IFF_JFIF_JPEG, FALSE, 300, 6 }, { "JPEG colour", IFF_JFIF_JPEG, TRUE, 300, 24 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = encoded_picture (cases[i].format, cases[i].colour);
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page = NULL;

      g_test_message ("%s", cases[i].name);
      page = scan_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &(ScanRequest){ 0 }, &error);
      g_assert_no_error (error);
      assert_is_picture (page, cases[i].colour, cases[i].tolerance);
      g_assert_cmpuint (page->format.dpi, ==, cases[i].dpi);
    }
}

static void
test_asked_resolution_is_for_files_without (void)
{
  static const struct
  {
    int format;
    guint dpi;
  } cases[] = { { IFF_PNM, 200 }, { IFF_PNG, 300 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = encoded_picture (cases[i].format, FALSE);
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page =
          scan_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &(ScanRequest){ .dpi = 200 }, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->format.dpi, ==, cases[i].dpi);
    }
}

static void
test_palette_transparency_and_bits (void)
{
  PIX *grey = picture_new (FALSE, 300), *colour = picture_new (TRUE, 300);
  PIX *variants[] = { pixConvertTo8 (grey, TRUE), pixConvertTo1 (grey, 128), pixFixedOctcubeQuant256 (colour, 0),
                      pixAddAlphaToBlend (colour, 0.5f, 0) };

  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autoptr (GBytes) bytes = encode (variants[i], IFF_PNG);
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page =
          scan_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &(ScanRequest){ 0 }, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->format.width_px, ==, WIDTH);
      g_assert_cmpuint (page->samples->len, ==, WIDTH * HEIGHT * page->format.n_channels);
      pixDestroy (&variants[i]);
    }
  pixDestroy (&grey);
  pixDestroy (&colour);
}

/* A file cut short, at any place, is refused; unless only the end marks are gone and every pixel is there. */
static void
test_truncated (void)
{
  static const int formats[] = { IFF_PNM, IFF_PNG, IFF_TIFF, IFF_TIFF_LZW, IFF_JFIF_JPEG };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GBytes) bytes = encoded_picture (formats[i], FALSE);
      const gsize n_bytes = g_bytes_get_size (bytes);
      g_autoptr (GError) whole_error = NULL;
      g_autoptr (Page) whole = scan_bytes (g_bytes_get_data (bytes, NULL), n_bytes, &(ScanRequest){ 0 }, &whole_error);
      guint n_refused = 0;

      g_assert_no_error (whole_error);
      for (gsize cut = 0; cut < n_bytes; cut += MAX (1, n_bytes / 97))
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (Page) page = scan_bytes (g_bytes_get_data (bytes, NULL), cut, &(ScanRequest){ 0 }, &error);

          if (page != NULL)
            {
              g_assert_cmpmem (page->samples->data, page->samples->len, whole->samples->data, whole->samples->len);
              continue;
            }
          g_assert_true (g_error_matches (error, SCAN_ERROR, SCAN_ERROR_BAD_IMAGE)
                         || g_error_matches (error, SCAN_ERROR, SCAN_ERROR_ABSURD_SIZE));
          n_refused++;
        }
      g_assert_cmpuint (n_refused, >, 85); /* of 98 */
    }
}

/* A byte changed anywhere may change pixels or end in an error, and never anything else. */
static void
test_damaged (void)
{
  static const int formats[] = { IFF_PNM, IFF_PNG, IFF_TIFF, IFF_TIFF_LZW, IFF_JFIF_JPEG };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GBytes) bytes = encoded_picture (formats[i], TRUE);
      const gsize n_bytes = g_bytes_get_size (bytes);

      for (gsize at = 0; at < n_bytes; at += at < 600 ? 1 : MAX (1, n_bytes / 151))
        {
          g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), n_bytes);
          g_autoptr (GError) error = NULL;
          g_autoptr (Page) page = NULL;

          copy[at] ^= (guint8) (0x80 | (at * 37 + 1));
          page = scan_bytes (copy, n_bytes, &(ScanRequest){ 0 }, &error);
          g_assert_true ((page != NULL) == (error == NULL));
        }
    }
}

static void
test_not_pictures (void)
{
  static const struct
  {
    const char *bytes;
    gsize n_bytes;
    int code;
  } cases[] = {
    { "", 0, SCAN_ERROR_BAD_IMAGE },
    { "x", 1, SCAN_ERROR_BAD_IMAGE },
    { "The quick brown fox", 19, SCAN_ERROR_BAD_IMAGE },
    { "%PDF-1.7\n", 9, SCAN_ERROR_BAD_IMAGE },
    { "GIF89a\1\0\1\0", 10, SCAN_ERROR_BAD_IMAGE }, /* Leptonica could; nobody needs it */
    { "\x89PNG\r\n\x1a\n", 8, SCAN_ERROR_BAD_IMAGE },
    { "\xff\xd8\xff\xe0", 4, SCAN_ERROR_BAD_IMAGE },
    { "II*\0\xff\xff\xff\xff", 8, SCAN_ERROR_BAD_IMAGE },
    /* a PNG header of 2^31 - 1 by 2^31 - 1 pixels */
    { "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\0\0\0\0\x9a\xc3\x2d\x4d", 33,
      SCAN_ERROR_ABSURD_SIZE },
    { "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0\0", 33, SCAN_ERROR_ABSURD_SIZE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page = scan_bytes (cases[i].bytes, cases[i].n_bytes, &(ScanRequest){ 0 }, &error);

      g_test_message ("case %u", i);
      g_assert_null (page);
      g_assert_true (
          g_error_matches (error, SCAN_ERROR, cases[i].code)
          || (cases[i].code == SCAN_ERROR_ABSURD_SIZE && g_error_matches (error, SCAN_ERROR, SCAN_ERROR_BAD_IMAGE)));
    }
}

static void
test_page_comes_once (void)
{
  g_autoptr (GError) error = NULL;
  const int fd = memory_file ("P5\n1 1\n255\nx", 12);
  gpointer device = scan_file_driver.open (SCAN_FILE_DEVICE, fd, &error);
  g_autoptr (Page) page = NULL;
  ScanFormat format;

  g_assert_true (scan_file_driver.set_up (device, &(ScanRequest){ 0 }, &error));
  page = scan_started_page (&scan_file_driver, device, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (scan_file_driver.start (device, &format, NULL, &error));
  g_assert_error (error, SCAN_ERROR, SCAN_ERROR_NO_PAPER);
  scan_file_driver.close (device);
  (void) close (fd);
}

static void
test_without_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (scan_file_driver.open (SCAN_FILE_DEVICE, -1, &error));
  g_assert_error (error, SCAN_ERROR, SCAN_ERROR_NO_SCANNER);
}

static gpointer
cancel_cb (gpointer data)
{
  g_usleep (20000);
  g_cancellable_cancel (data);
  return NULL;
}

/* A writer that never finishes, and a page that is to take ten minutes: both end when cancelled. */
static void
test_cancel_ends_waiting (void)
{
  for (guint paced = 0; paced <= 1; paced++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GThread) thread = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page = NULL;
      int fds[2];

      g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
      g_assert_cmpint (write (fds[1], "P5\n1 2\n255\nxy", paced ? 13 : 12), >, 0);
      thread = g_thread_new ("cancel", cancel_cb, cancellable);
      page = scan_one_page (&scan_file_driver, SCAN_FILE_DEVICE, fds[0],
                            &(ScanRequest){ .pace_ms = paced ? 600000 : 0 }, 1, cancellable, &error);
      g_assert_null (page);
      g_assert_error (error, SCAN_ERROR, SCAN_ERROR_CANCELLED);
      g_thread_join (g_steal_pointer (&thread));
      (void) close (fds[0]);
      (void) close (fds[1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scan/file/reads-every-format", test_formats);
  g_test_add_func ("/scan/file/asked-resolution-is-for-files-without", test_asked_resolution_is_for_files_without);
  g_test_add_func ("/scan/file/palette-transparency-and-bits", test_palette_transparency_and_bits);
  g_test_add_func ("/scan/file/truncated-is-never-a-page", test_truncated);
  g_test_add_func ("/scan/file/damaged-is-safe", test_damaged);
  g_test_add_func ("/scan/file/not-pictures", test_not_pictures);
  g_test_add_func ("/scan/file/page-comes-once", test_page_comes_once);
  g_test_add_func ("/scan/file/needs-a-file", test_without_file);
  g_test_add_func ("/scan/file/cancel-ends-waiting", test_cancel_ends_waiting);
  return g_test_run ();
}
