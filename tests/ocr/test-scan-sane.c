/* SPDX-License-Identifier: Apache-2.0 */
/* The SANE driver against SANE's own scanners without hardware: "test" for shapes and faults, "pnm" for content. */
#include "scan/scan-sane.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "scan-help.h"

typedef struct
{
  char *config_dir;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer backend)
{
  fixture->config_dir = sane_config_new (backend, strcmp (backend, "test") == 0 ? "number_of_devices 2\n" : NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer backend)
{
  scan_sane_exit (); /* the next test begins with the back-end's first values */
  sane_config_free (fixture->config_dir);
}

/* "name=value name=value" */
static GVariant *
parse_options (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, "; ", -1);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  for (guint i = 0; words[i] != NULL && words[i][0] != '\0'; i++)
    {
      g_auto (GStrv) parts = g_strsplit (words[i], "=", 2);

      g_variant_builder_add (&builder, "{ss}", parts[0], parts[1]);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

#define SMALL_AREA "tl-x=0; tl-y=0; br-x=20; br-y=15"

static Page *
scan_test_device (ScanRequest request, const char *options_text, GError **error)
{
  g_autoptr (GVariant) options = parse_options (options_text);

  request.options = options;
  if (request.dpi == 0)
    request.dpi = 100;
  return scan_one_page (&scan_sane_driver, "test:0", -1, &request, 9, NULL, error);
}

static void
test_list (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) devices = g_variant_ref_sink (scan_sane_driver.list (&error));
  g_autoptr (GVariant) second = NULL;
  const char *name;

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (devices), ==, 2);
  second = g_variant_get_child_value (devices, 1);
  g_assert_true (g_variant_lookup (second, "name", "&s", &name));
  g_assert_cmpstr (name, ==, "test:1");
}

static void
test_options (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  gpointer device = scan_sane_driver.open ("test:0", -1, &error);
  g_autoptr (GVariant) options = g_variant_ref_sink (scan_sane_driver.get_options (device, &error));
  GVariantIter iter;
  GVariant *option;
  guint n_found = 0;

  g_variant_iter_init (&iter, options);
  for (; (option = g_variant_iter_next_value (&iter)) != NULL; g_variant_unref (option))
    {
      g_autoptr (GVariant) choices = g_variant_lookup_value (option, "choices", G_VARIANT_TYPE_STRING_ARRAY);
      const char *name, *type, *unit, *value;
      double max;

      g_assert_true (g_variant_lookup (option, "name", "&s", &name));
      g_assert_true (g_variant_lookup (option, "type", "&s", &type));
      g_assert_true (g_variant_lookup (option, "unit", "&s", &unit));
      g_assert_true (g_variant_lookup (option, "value", "&s", &value));
      if (strcmp (name, "mode") == 0)
        {
          g_assert_cmpstr (type, ==, "string");
          g_assert_cmpstr (value, ==, "Gray");
          g_assert_cmpuint (g_variant_n_children (choices), ==, 2);
          n_found++;
        }
      else if (strcmp (name, "resolution") == 0)
        {
          g_assert_cmpstr (type, ==, "fixed");
          g_assert_cmpstr (unit, ==, "dpi");
          g_assert_true (g_variant_lookup (option, "max", "d", &max));
          g_assert_cmpfloat (max, ==, 1200);
          n_found++;
        }
    }
  g_assert_cmpuint (n_found, ==, 2);
  scan_sane_driver.close (device);
}

static void
test_unknown_device (Fixture *fixture, gconstpointer backend)
{
  static const char *const names[] = { "test:77", "no-such-backend:0", "/dev/null" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (scan_sane_driver.open (names[i], -1, &error));
      g_assert_error (error, SCAN_ERROR, SCAN_ERROR_NO_SCANNER);
    }
}

static void
test_no_backend (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) devices = g_variant_ref_sink (scan_sane_driver.list (&error));

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (devices), ==, 0);
}

/* Depth and mode in every combination give the same size, 8 bits, and white where the device draws white. */
static void
test_depths_and_modes (Fixture *fixture, gconstpointer backend)
{
  static const char *const depths[] = { "1", "8", "16" };

  for (guint d = 0; d < G_N_ELEMENTS (depths); d++)
    for (guint colour = 0; colour <= 1; colour++)
      for (guint white = 0; white <= 1; white++)
        {
          g_autofree char *options =
              g_strdup_printf (SMALL_AREA "; depth=%s; test-picture=Solid %s", depths[d], white ? "white" : "black");
          g_autoptr (GError) error = NULL;
          g_autoptr (Page) page = scan_test_device ((ScanRequest){ .color = colour }, options, &error);

          g_test_message ("depth %s, %s, %s", depths[d], colour ? "colour" : "grey", white ? "white" : "black");
          g_assert_no_error (error);
          g_assert_cmpuint (page->format.n_channels, ==, colour ? 3 : 1);
          /* 20 mm at 100 dpi; with 1 bit the device rounds the width to whole bytes */
          g_assert_cmpuint (page->format.width_px, >=, 78 - 8);
          g_assert_cmpuint (page->format.width_px, <=, 80);
          g_assert_cmpuint (page->format.height_px, ==, 59);
          g_assert_cmpuint (page->format.dpi, ==, 100);
          for (guint i = 0; i < page->samples->len; i++)
            g_assert_cmpuint (page->samples->data[i], ==, white ? 255 : 0);
        }
}

/* Three passes in any order of colours give the same page as one pass. */
static void
test_three_pass (Fixture *fixture, gconstpointer backend)
{
  static const char *const orders[] = { "RGB", "RBG", "GBR", "GRB", "BRG", "BGR" };
  static const char *const depths[] = { "1", "8", "16" };

  for (guint d = 0; d < G_N_ELEMENTS (depths); d++)
    {
      g_autofree char *plain =
          g_strdup_printf (SMALL_AREA "; depth=%s; three-pass=no; test-picture=Color pattern", depths[d]);
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) expected = scan_test_device ((ScanRequest){ .color = TRUE }, plain, &error);

      g_assert_no_error (error);
      for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
        {
          g_autofree char *options =
              g_strdup_printf (SMALL_AREA "; depth=%s; three-pass=yes; three-pass-order=%s; test-picture=Color pattern",
                               depths[d], orders[i]);
          g_autoptr (Page) page = scan_test_device ((ScanRequest){ .color = TRUE }, options, &error);

          g_test_message ("depth %s, %s", depths[d], orders[i]);
          g_assert_no_error (error);
          g_assert_cmpuint (page->format.n_channels, ==, 3);
          g_assert_cmpmem (page->samples->data, page->samples->len, expected->samples->data, expected->samples->len);
        }
    }
}

/* A device that does not know how long the page will be. */
static void
test_hand_scanner (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) options = parse_options ("hand-scanner=yes");
  gpointer device = scan_sane_driver.open ("test:0", -1, &error);
  g_autoptr (Page) page = NULL;
  ScanFormat format;

  g_assert_true (scan_sane_driver.set_up (device, &(ScanRequest){ .dpi = 100, .options = options }, &error));
  g_assert_true (scan_sane_driver.start (device, &format, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (format.height_px, ==, 0);
  scan_sane_driver.cancel (device);
  page = scan_started_page (&scan_sane_driver, device, 13, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->format.height_px, >, 100);
  scan_sane_driver.close (device);
}

/* Options that change how the bytes come, and must change nothing else. */
static void
test_same_page_however_it_comes (Fixture *fixture, gconstpointer backend)
{
  static const char *const ways[] = { "read-limit=yes; read-limit-size=1",
                                      "read-limit=no; read-delay=yes; read-delay-duration=1000",
                                      "read-delay=no; fuzzy-parameters=yes", "fuzzy-parameters=no; non-blocking=yes",
                                      "non-blocking=no; select-fd=yes" };
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) expected = scan_test_device ((ScanRequest){ 0 }, SMALL_AREA "; test-picture=Grid", &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *options = g_strconcat (SMALL_AREA "; test-picture=Grid; ", ways[i], NULL);
      g_autoptr (Page) page = scan_test_device ((ScanRequest){ 0 }, options, &error);

      g_test_message ("%s", ways[i]);
      g_assert_no_error (error);
      g_assert_cmpmem (page->samples->data, page->samples->len, expected->samples->data, expected->samples->len);
    }
}

/* Lines that are longer than their pixels: the rest is padding, and no pixel may slip. */
static void
test_padded_lines (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) whole = scan_test_device ((ScanRequest){ 0 }, SMALL_AREA "; test-picture=Grid; ppl-loss=0", &error);
  g_autoptr (Page) cut = NULL;

  g_assert_no_error (error);
  cut = scan_test_device ((ScanRequest){ 0 }, SMALL_AREA "; test-picture=Grid; ppl-loss=5", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cut->format.width_px, ==, whole->format.width_px - 5);
  g_assert_cmpuint (cut->format.height_px, ==, whole->format.height_px);
  for (guint y = 0; y < cut->format.height_px; y++)
    g_assert_cmpmem (cut->samples->data + y * cut->format.width_px, cut->format.width_px,
                     whole->samples->data + y * whole->format.width_px, cut->format.width_px);
}

static void
test_faults (Fixture *fixture, gconstpointer backend)
{
  static const struct
  {
    const char *status;
    int code;
  } cases[] = {
    { "SANE_STATUS_UNSUPPORTED", SCAN_ERROR_IO },       { "SANE_STATUS_CANCELLED", SCAN_ERROR_CANCELLED },
    { "SANE_STATUS_DEVICE_BUSY", SCAN_ERROR_BUSY },     { "SANE_STATUS_INVAL", SCAN_ERROR_IO },
    { "SANE_STATUS_EOF", SCAN_ERROR_SHORT_PAGE },       { "SANE_STATUS_JAMMED", SCAN_ERROR_JAMMED },
    { "SANE_STATUS_NO_DOCS", SCAN_ERROR_NO_PAPER },     { "SANE_STATUS_COVER_OPEN", SCAN_ERROR_COVER_OPEN },
    { "SANE_STATUS_IO_ERROR", SCAN_ERROR_IO },          { "SANE_STATUS_NO_MEM", SCAN_ERROR_IO },
    { "SANE_STATUS_ACCESS_DENIED", SCAN_ERROR_DENIED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *options = g_strconcat (SMALL_AREA "; read-return-value=", cases[i].status, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page = scan_test_device ((ScanRequest){ 0 }, options, &error);

      g_test_message ("%s", cases[i].status);
      g_assert_null (page);
      g_assert_error (error, SCAN_ERROR, cases[i].code);
    }
}

/* Ten sheets, then an empty feeder; and the batch can begin again. */
static void
test_feeder (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) options = parse_options (SMALL_AREA);
  gpointer device = scan_sane_driver.open ("test:0", -1, &error);
  const ScanRequest request = { .dpi = 50, .source = "Automatic Document Feeder", .options = options };
  ScanFormat format;

  g_assert_true (scan_sane_driver.set_up (device, &request, &error));
  for (guint round = 0; round < 2; round++)
    {
      for (guint sheet = 0; sheet < 10; sheet++)
        {
          g_autoptr (Page) page = scan_started_page (&scan_sane_driver, device, 64, NULL, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (page->samples->len, >, 0);
        }
      g_assert_false (scan_sane_driver.start (device, &format, NULL, &error));
      g_assert_error (error, SCAN_ERROR, SCAN_ERROR_NO_PAPER);
      g_clear_error (&error);
      scan_sane_driver.cancel (device);
    }
  scan_sane_driver.close (device);
}

static void
test_bad_options (Fixture *fixture, gconstpointer backend)
{
  static const char *const cases[] = { "no-such-option=1",
                                       "mode=gray",
                                       "mode=Lineart",
                                       "resolution=many",
                                       "resolution=nan",
                                       "read-delay=maybe",
                                       "depth=8.5",
                                       "br-x=1e99",
                                       "red-gamma-table=1",
                                       "three-pass-order=RGB",
                                       "=1",
                                       "source=flatbed" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page = scan_test_device ((ScanRequest){ 0 }, cases[i], &error);

      g_test_message ("%s", cases[i]);
      g_assert_null (page);
      g_assert_error (error, SCAN_ERROR, SCAN_ERROR_BAD_OPTION);
    }
}

static void
test_bad_source (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) page = scan_test_device ((ScanRequest){ .source = "Flat bed" }, "", &error);

  g_assert_null (page);
  g_assert_error (error, SCAN_ERROR, SCAN_ERROR_BAD_OPTION);
}

/* Without an area the whole bed is scanned, at the resolution asked for. */
static void
test_whole_bed (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) page = scan_test_device ((ScanRequest){ .dpi = 50 }, "", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (page->format.width_px, ==, 393); /* 200 mm */
  g_assert_cmpuint (page->format.height_px, ==, 393);
}

static gpointer
cancel_cb (gpointer data)
{
  g_usleep (300000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GVariant) options = parse_options ("read-delay=yes; read-delay-duration=200000");
  const ScanRequest request = { .dpi = 1000, .options = options };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GThread) thread = g_thread_new ("cancel", cancel_cb, cancellable);
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) page = scan_one_page (&scan_sane_driver, "test:0", -1, &request, 64, cancellable, &error);

  g_assert_null (page);
  g_assert_error (error, SCAN_ERROR, SCAN_ERROR_CANCELLED);
  g_thread_join (g_steal_pointer (&thread));

  g_clear_pointer (&page, page_free); /* the device is free again */
  g_clear_error (&error);
  page = scan_test_device ((ScanRequest){ 0 }, SMALL_AREA "; read-delay=no", &error);
  g_assert_no_error (error);
}

/* More pixels than the reader takes are refused before a byte is read. */
static void
test_absurd_size (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) page = scan_test_device ((ScanRequest){ .dpi = 1200 }, "", &error); /* 9448 x 9448 */

  g_assert_null (page);
  g_assert_error (error, SCAN_ERROR, SCAN_ERROR_ABSURD_SIZE);
}

/* --- pnm ------------------------------------------------------------------------------------------------------------ */

/* Scans @bytes through the pnm back-end. */
static Page *
scan_pnm (Fixture *fixture, const void *bytes, gsize n_bytes, const char *more, GError **error)
{
  g_autofree char *path = g_build_filename (fixture->config_dir, "page", NULL);
  g_autofree char *text = g_strconcat ("filename=", path, more, NULL);
  g_autoptr (GVariant) options = parse_options (text);
  const ScanRequest request = { .dpi = 300, .options = options };

  g_assert_true (g_file_set_contents (path, bytes, (gssize) n_bytes, NULL));
  return scan_one_page (&scan_sane_driver, "pnm:0", -1, &request, 5, NULL, error);
}

#define BYTES(literal) literal, sizeof literal - 1

static void
test_pnm_content (Fixture *fixture, gconstpointer backend)
{
  static const struct
  {
    const char *file;
    gsize n_bytes;
    const char *samples;
    gsize n_samples;
  } cases[] = {
    { BYTES ("P5\n3 2\n255\n\x01\x02\x03\xfd\xfe\xff"), BYTES ("\x01\x02\x03\xfd\xfe\xff") },
    { BYTES ("P6\n1 2\n255\n\x01\x02\x03\xfd\xfe\xff"), BYTES ("\x01\x02\x03\xfd\xfe\xff") },
    { BYTES ("P4\n8 1\n\xa5"), BYTES ("\x00\xff\x00\xff\xff\x00\xff\x00") }, /* a set bit is black */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page = scan_pnm (fixture, cases[i].file, cases[i].n_bytes, "", &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->format.dpi, ==, 300);
      g_assert_cmpmem (page->samples->data, page->samples->len, cases[i].samples, cases[i].n_samples);
    }
}

/* The device rounds 600 to 300 and says so only when asked again. */
static void
test_resolution_is_read_back (Fixture *fixture, gconstpointer backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) page = scan_pnm (fixture, BYTES ("P5\n1 1\n255\nx"), "; resolution=600", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (page->format.dpi, ==, 300);
}

static void
test_pnm_bad_files (Fixture *fixture, gconstpointer backend)
{
  g_autofree char *nowhere = g_build_filename (fixture->config_dir, "nowhere", NULL);
  g_autofree char *text = g_strconcat ("filename=", nowhere, NULL);
  g_autoptr (GVariant) options = parse_options (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) page = scan_pnm (fixture, BYTES ("P5\n4 4\n255\n123456"), "", &error);

  g_assert_null (page);
  g_assert_error (error, SCAN_ERROR, SCAN_ERROR_SHORT_PAGE);
  g_clear_error (&error);

  page =
      scan_pnm (fixture, BYTES ("P5 4 4 255\n0123456789abcdef"), "", &error); /* its parser reads nonsense from this */
  g_assert_null (page);
  g_assert_nonnull (error);
  g_clear_error (&error);

  page = scan_one_page (&scan_sane_driver, "pnm:0", -1, &(ScanRequest){ .options = options }, 5, NULL, &error);
  g_assert_null (page);
  g_assert_error (error, SCAN_ERROR, SCAN_ERROR_IO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  (void) signal (SIGPIPE, SIG_IGN);
#define ADD(path, backend, function) g_test_add ("/scan/sane/" path, Fixture, backend, set_up, function, tear_down)
  ADD ("list", "test", test_list);
  ADD ("options", "test", test_options);
  ADD ("unknown-device", "test", test_unknown_device);
  ADD ("no-back-end", "", test_no_backend);
  ADD ("depths-and-modes", "test", test_depths_and_modes);
  ADD ("three-pass", "test", test_three_pass);
  ADD ("hand-scanner", "test", test_hand_scanner);
  ADD ("same-page-however-it-comes", "test", test_same_page_however_it_comes);
  ADD ("padded-lines", "test", test_padded_lines);
  ADD ("faults", "test", test_faults);
  ADD ("feeder", "test", test_feeder);
  ADD ("bad-options", "test", test_bad_options);
  ADD ("bad-source", "test", test_bad_source);
  ADD ("whole-bed", "test", test_whole_bed);
  ADD ("cancel", "test", test_cancel);
  ADD ("absurd-size", "test", test_absurd_size);
  ADD ("pnm-content", "pnm", test_pnm_content);
  ADD ("resolution-is-read-back", "pnm", test_resolution_is_read_back);
  ADD ("pnm-bad-files", "pnm", test_pnm_bad_files);
#undef ADD
  return g_test_run ();
}
