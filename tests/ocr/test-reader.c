/* SPDX-License-Identifier: Apache-2.0 */
/* azukari-reader as a process: the conversation, hostile clients, absurd pictures, and an orderly end. */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reader-help.h"
#include "scan-help.h"

static void
send_picture (Reader *self, const void *bytes, gsize n_bytes)
{
  const int fd = memory_file (bytes, n_bytes);

  send_frame (self, FRAME_READ, job ("{}"), fd);
  (void) close (fd);
}

static void
test_needs_its_socket (void)
{
  static const struct
  {
    const char *redirect;
  } cases[] = { { "3<&-" }, { "3</dev/null" }, { "3<&0" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *command = g_strdup_printf ("exec '%s' %s", g_getenv ("AZUKARI_READER"), cases[i].redirect);
      const char *const argv[] = { "/bin/sh", "-c", command, NULL };
      g_autoptr (GError) error = NULL;
      g_autofree char *said = NULL, *printed = NULL;
      int status;

      g_assert_true (
          g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &printed, &said, &status, &error));
      g_assert_no_error (error);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 1);
      g_assert_nonnull (strstr (said, "azukarictl read")); /* what to do instead */
      g_assert_cmpstr (printed, ==, "");
    }
}

static void
test_quit_and_end (void)
{
  Reader reader;

  reader_start (&reader, NULL);
  expect_ready (&reader);
  send_frame (&reader, FRAME_CANCEL, g_variant_new ("()"), -1); /* nothing to cancel */
  send_frame (&reader, FRAME_QUIT, g_variant_new ("()"), -1);
  g_assert_cmpint (reader_wait (&reader), ==, 0);

  reader_start (&reader, NULL);
  expect_ready (&reader);
  g_assert_cmpint (reader_wait (&reader), ==, 0); /* the client goes without a word */

  reader_start (&reader, NULL);
  g_assert_cmpint (reader_wait (&reader), ==, 0); /* before it could say that it is ready */
}

#define BYTES(literal) literal, sizeof literal - 1

/* Each of these ends the conversation, in good order and without an answer. */
static void
test_hostile_frames (void)
{
  static const struct
  {
    const char *name;
    const char *bytes;
    gsize n_bytes;
  } cases[] = {
    { "unknown type", BYTES ("\x00\x00\x00\x00\x00\x00\x00\x00") },
    { "the reader's own type", BYTES ("\x68\x00\x00\x00\x08\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00") },
    { "4 GiB", BYTES ("\x03\x00\x00\x00\xff\xff\xff\xff") },
    { "8 MiB and one", BYTES ("\x03\x00\x00\x00\x01\x00\x80\x00") },
    { "not in normal form", BYTES ("\x02\x00\x00\x00\x03\x00\x00\x00zzz") },
    { "a picture without descriptor", BYTES ("\x04\x00\x00\x00\x00\x00\x00\x00") },
    { "half a header", BYTES ("\x01\x00\x00") },
    { "half a payload", BYTES ("\x02\x00\x00\x00\x10\x00\x00\x00test:") },
    { "text", BYTES ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Reader reader;
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) payload = NULL;
      FrameType type;

      g_test_message ("%s", cases[i].name);
      reader_start (&reader, NULL);
      expect_ready (&reader);
      g_assert_cmpint (send (g_socket_get_fd (reader.socket), cases[i].bytes, cases[i].n_bytes, MSG_NOSIGNAL), ==,
                       (gssize) cases[i].n_bytes);
      g_assert_true (g_socket_shutdown (reader.socket, FALSE, TRUE, NULL));
      g_assert_false (frames_receive (reader.socket, &type, &payload, NULL, NULL, &error));
      g_assert_cmpint (reader_wait (&reader), ==, 1);
    }
}

static void
test_too_many_jobs (void)
{
  Reader reader;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0); /* a picture that does not come */
  reader_start (&reader, NULL);
  expect_ready (&reader);
  for (guint i = 0; i < 9; i++)
    (void) frames_send (reader.socket, FRAME_READ, job ("{}"), fds[0], NULL);
  g_assert_cmpint (reader_wait (&reader), ==, 1);
  (void) close (fds[0]);
  (void) close (fds[1]);
}

static void
test_absurd_pictures (void)
{
  static const struct
  {
    const char *bytes;
    gsize n_bytes;
    const char *reason;
  } cases[] = {
    { BYTES (""), FRAMES_REASON_BAD_IMAGE },
    { BYTES ("P5"), FRAMES_REASON_BAD_IMAGE },
    { BYTES ("P5\n2480 35"), FRAMES_REASON_BAD_IMAGE },
    { BYTES ("P5\n100 100\n255\n0123456789"), FRAMES_REASON_BAD_IMAGE },
    { BYTES ("Nothing to see here.\n"), FRAMES_REASON_BAD_IMAGE },
    { BYTES ("\x89PNG\r\n\x1a\n\0\0\0"), FRAMES_REASON_BAD_IMAGE },
    { BYTES ("\xff\xd8\xff\xe0\0\x10JFIF"), FRAMES_REASON_BAD_IMAGE },
    { BYTES ("P5\n0 0\n255\n"), FRAMES_REASON_ABSURD_SIZE },
    { BYTES ("P5\n2147483648 1\n255\nx"), FRAMES_REASON_ABSURD_SIZE },
    { BYTES ("P6\n10400 10400\n255\nx"), FRAMES_REASON_ABSURD_SIZE },
  };
  Reader reader;

  /* one process answers them all: none of them harms it */
  reader_start (&reader, NULL);
  expect_ready (&reader);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) verdict = NULL;

      g_test_message ("case %u", i);
      send_picture (&reader, cases[i].bytes, cases[i].n_bytes);
      verdict = expect (&reader, FRAME_VERDICT);
      assert_verdict (verdict, "failed", cases[i].reason);
      g_assert_false (g_variant_lookup (verdict, "number", "s", NULL));
    }
  send_frame (&reader, FRAME_QUIT, g_variant_new ("()"), -1);
  g_assert_cmpint (reader_wait (&reader), ==, 0);
}

/* An even page of any size is refused as having no card, and is no crash. */
static void
test_empty_pages (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 1, 3000 }, { 3000, 1 }, { 37, 41 }, { 1011, 638 }, { 2480, 3508 } };
  Reader reader;

  reader_start (&reader, NULL);
  expect_ready (&reader);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const guint8 greys[] = { 0, 128, 255 };
      g_autofree char *header = g_strdup_printf ("P5\n%u %u\n255\n", sizes[i][0], sizes[i][1]);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GVariant) verdict = NULL;
      const char *word;

      g_byte_array_append (bytes, (const guint8 *) header, (guint) strlen (header));
      g_byte_array_set_size (bytes, bytes->len + sizes[i][0] * sizes[i][1]);
      memset (bytes->data + strlen (header), greys[i % 3], sizes[i][0] * sizes[i][1]);
      send_picture (&reader, bytes->data, bytes->len);
      verdict = expect (&reader, FRAME_VERDICT);
      g_assert_true (g_variant_lookup (verdict, "verdict", "&s", &word));
      g_assert_cmpstr (word, ==, "refused");
    }
  g_assert_cmpint (reader_wait (&reader), ==, 0);
}

static void
test_writes_no_file (void)
{
  g_autofree char *dir = g_dir_make_tmp ("azukari-reader-XXXXXX", NULL);
  g_autoptr (GVariant) verdict = NULL;
  Reader reader;

  reader_start (&reader, dir);
  expect_ready (&reader);
  send_picture (&reader, BYTES ("P5\n4 4\n255\n0123456789abcdef"));
  verdict = expect (&reader, FRAME_VERDICT);
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0); /* nothing is in it */
}

static void
test_pictures_first_then_pictures_only (void)
{
  g_autofree char *config = sane_config_new ("test", NULL);
  Reader reader;
  const char *code, *message;

  reader_start (&reader, NULL);
  expect_ready (&reader);
  send_picture (&reader, BYTES ("P5\n1 1\n255\nx"));
  g_variant_unref (expect (&reader, FRAME_VERDICT));

  send_frame (&reader, FRAME_LIST, g_variant_new ("()"), -1);
  {
    g_autoptr (GVariant) refusal = expect (&reader, FRAME_ERROR);

    g_variant_get (refusal, "(&s&s)", &code, &message);
    g_assert_cmpstr (code, ==, FRAMES_REASON_DENIED);
  }
  send_frame (&reader, FRAME_SCAN, job ("{'device': <'test:0'>}"), -1);
  {
    g_autoptr (GVariant) verdict = expect (&reader, FRAME_VERDICT);

    assert_verdict (verdict, "failed", FRAMES_REASON_DENIED);
  }
  send_picture (&reader, BYTES (""));
  g_variant_unref (expect (&reader, FRAME_VERDICT));
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  sane_config_free (g_steal_pointer (&config));
}

static void
test_cancel (void)
{
  g_autoptr (GVariant) verdict = NULL;
  const int fd = memory_file (BYTES ("P5\n4 4\n255\n0123456789abcdef"));
  Reader reader;

  reader_start (&reader, NULL);
  expect_ready (&reader);
  send_frame (&reader, FRAME_SCAN, job ("{'device': <'recorded'>, 'pace-ms': <uint32 600000>}"), fd);
  send_frame (&reader, FRAME_CANCEL, g_variant_new ("()"), -1);
  verdict = expect (&reader, FRAME_VERDICT);
  assert_verdict (verdict, "failed", FRAMES_REASON_CANCELLED);

  send_picture (&reader, BYTES ("")); /* and it works on */
  g_clear_pointer (&verdict, g_variant_unref);
  verdict = expect (&reader, FRAME_VERDICT);
  assert_verdict (verdict, "failed", FRAMES_REASON_BAD_IMAGE);
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  (void) close (fd);
}

/* The client goes away in the middle: the reader does not stay behind with a picture. */
static void
test_client_goes_away (void)
{
  int fds[2];
  Reader reader;

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  reader_start (&reader, NULL);
  expect_ready (&reader);
  send_frame (&reader, FRAME_READ, job ("{}"), fds[0]);
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  (void) close (fds[0]);
  (void) close (fds[1]);
}

/* Rows through SANE: progress grows, previews come in order and cover the page, then one verdict. */
static void
test_scan_tells_its_progress (void)
{
  g_autofree char *config = sane_config_new ("test", NULL);
  guint rows_seen = 0, total_seen = 0, preview_rows = 0, preview_height = 0;
  Reader reader;

  reader_start (&reader, NULL);
  expect_ready (&reader);
  send_frame (&reader, FRAME_SCAN,
              job ("{'device': <'test:0'>, 'dpi': <uint32 100>, 'preview-px': <uint32 64>,"
                   " 'options': <{'test-picture': 'Solid white'}>}"),
              -1);
  for (;;)
    {
      g_autoptr (GVariant) payload = NULL;
      g_autoptr (GError) error = NULL;
      FrameType type;

      g_assert_true (frames_receive (reader.socket, &type, &payload, NULL, NULL, &error));
      g_assert_no_error (error);
      if (type == FRAME_PROGRESS)
        {
          guint rows, total;

          g_variant_get (payload, "(uu)", &rows, &total);
          g_assert_cmpuint (rows, >=, rows_seen);
          g_assert_cmpuint (rows, <=, total);
          rows_seen = rows;
          total_seen = total;
        }
      else if (type == FRAME_PREVIEW)
        {
          g_autoptr (GVariant) samples = NULL;
          guint width, height, first, n;

          g_variant_get (payload, "(uuuu@ay)", &width, &height, &first, &n, &samples);
          g_assert_cmpuint (width, ==, 64);
          g_assert_cmpuint (first, ==, preview_rows);
          g_assert_cmpuint (g_variant_n_children (samples), ==, width * n);
          preview_rows += n;
          preview_height = height;
        }
      else
        {
          g_assert_cmpint (type, ==, FRAME_VERDICT);
          break;
        }
    }
  g_assert_cmpuint (rows_seen, >, 0);
  g_assert_cmpuint (rows_seen, ==, total_seen);
  g_assert_cmpuint (preview_rows, ==, preview_height);
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  sane_config_free (g_steal_pointer (&config));
}

static void
test_scanner_faults_are_verdicts (void)
{
  static const struct
  {
    const char *job;
    const char *reason;
  } cases[] = {
    { "{'device': <'test:0'>, 'options': <{'read-return-value': 'SANE_STATUS_JAMMED'}>}", FRAMES_REASON_JAMMED },
    { "{'device': <'test:0'>, 'options': <{'read-return-value': 'SANE_STATUS_COVER_OPEN'}>}",
      FRAMES_REASON_COVER_OPEN },
    { "{'device': <'test:0'>, 'options': <{'read-return-value': 'SANE_STATUS_NO_DOCS'}>}", FRAMES_REASON_NO_PAPER },
    { "{'device': <'test:0'>, 'options': <{'read-return-value': 'SANE_STATUS_DEVICE_BUSY'}>}", FRAMES_REASON_BUSY },
    { "{'device': <'test:0'>, 'options': <{'no-such-option': '1'}>}", FRAMES_REASON_BAD_OPTION },
    { "{'device': <'test:0'>, 'source': <'Roof'>}", FRAMES_REASON_BAD_OPTION },
    { "{'device': <'test:9'>}", FRAMES_REASON_NO_SCANNER },
    { "{'device': <''>}", FRAMES_REASON_NO_SCANNER },
    { "{'device': <uint32 7>}", FRAMES_REASON_NO_SCANNER },
    { "{}", FRAMES_REASON_NO_SCANNER },
  };
  g_autofree char *config = sane_config_new ("test", NULL);
  Reader reader;

  reader_start (&reader, NULL);
  expect_ready (&reader);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) verdict = NULL;

      g_test_message ("%s", cases[i].job);
      send_frame (&reader, FRAME_SCAN, job (cases[i].job), -1);
      verdict = expect (&reader, FRAME_VERDICT);
      assert_verdict (verdict, "failed", cases[i].reason);
    }
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  sane_config_free (g_steal_pointer (&config));
}

static void
test_list_options_and_test_scan (void)
{
  g_autofree char *config = sane_config_new ("test", NULL);
  g_autoptr (GVariant) devices = NULL, options = NULL, scanned = NULL, failed = NULL;
  Reader reader;
  guint32 width;

  reader_start (&reader, NULL);
  expect_ready (&reader);
  /* all at once: they wait their turn */
  send_frame (&reader, FRAME_LIST, g_variant_new ("()"), -1);
  send_frame (&reader, FRAME_OPTIONS, g_variant_new ("(s)", "test:0"), -1);
  send_frame (&reader, FRAME_SCAN_TEST, job ("{'device': <'test:0'>, 'dpi': <uint32 50>}"), -1);
  send_frame (&reader, FRAME_OPTIONS, g_variant_new ("(s)", "test:9"), -1);
  devices = expect (&reader, FRAME_DEVICES);
  g_assert_cmpuint (g_variant_n_children (devices), ==, 2);
  options = expect (&reader, FRAME_OPTION_LIST);
  g_assert_cmpuint (g_variant_n_children (options), >, 10);
  scanned = expect (&reader, FRAME_SCANNED);
  g_assert_true (g_variant_lookup (scanned, "width-px", "u", &width));
  g_assert_cmpuint (width, ==, 393);
  failed = expect (&reader, FRAME_ERROR);
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  sane_config_free (g_steal_pointer (&config));
}

/* A drawn card, 300 dpi, to a file of this test's own. */
static void
draw_card (const char *path)
{
  g_autofree char *file = g_strconcat ("--file=", path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, g_getenv ("AZUKARI_CORPUS"), "--kind=card-back",
                        "--dpi=300", "--rotation=30", "--gray", "--seed=7", file, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_same (GVariant *a, GVariant *b, const char *key)
{
  g_autoptr (GVariant) of_a = g_variant_lookup_value (a, key, NULL);
  g_autoptr (GVariant) of_b = g_variant_lookup_value (b, key, NULL);

  g_assert_cmpint (of_a == NULL, ==, of_b == NULL);
  g_assert_true (of_a == NULL || g_variant_equal (of_a, of_b)); /* not printed: it may be the number */
}

/* The same card as a file and from a scanner ends in the same verdict. */
static void
test_same_verdict_from_scanner_and_file (void)
{
  static const char *const keys[] = { "verdict", "reason",   "number",     "document", "rotation-deg",
                                      "box",     "readings", "confidence", "strip" };
  g_autofree char *config = sane_config_new ("pnm", NULL);
  g_autofree char *path = g_build_filename (config, "page", NULL);
  g_autofree char *text =
      g_strdup_printf ("{'device': <'pnm:0'>, 'dpi': <uint32 300>, 'options': <{'filename': '%s'}>}", path);
  g_autoptr (GVariant) from_file = NULL, from_scanner = NULL;
  const char *verdict;
  Reader reader;
  int fd;

  draw_card (path);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  reader_start (&reader, NULL);
  expect_ready (&reader);
  send_frame (&reader, FRAME_READ, job ("{'dpi': <uint32 300>}"), fd);
  (void) close (fd);
  from_file = expect (&reader, FRAME_VERDICT);
  g_assert_cmpint (reader_wait (&reader), ==, 0);

  reader_start (&reader, NULL);
  expect_ready (&reader);
  send_frame (&reader, FRAME_SCAN, job (text), -1);
  from_scanner = expect (&reader, FRAME_VERDICT);
  g_assert_cmpint (reader_wait (&reader), ==, 0);

  g_assert_true (g_variant_lookup (from_scanner, "verdict", "&s", &verdict));
  g_assert_cmpstr (verdict, ==, "accepted");
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    assert_same (from_file, from_scanner, keys[i]);
  sane_config_free (g_steal_pointer (&config));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reader/start/needs-its-socket", test_needs_its_socket);
  g_test_add_func ("/reader/end/quit-and-end", test_quit_and_end);
  g_test_add_func ("/reader/end/client-goes-away", test_client_goes_away);
  g_test_add_func ("/reader/frames/hostile", test_hostile_frames);
  g_test_add_func ("/reader/frames/too-many-jobs", test_too_many_jobs);
  g_test_add_func ("/reader/pictures/absurd", test_absurd_pictures);
  g_test_add_func ("/reader/pictures/empty-pages", test_empty_pages);
  g_test_add_func ("/reader/pictures/no-file-is-written", test_writes_no_file);
  g_test_add_func ("/reader/pictures/first-then-only", test_pictures_first_then_pictures_only);
  g_test_add_func ("/reader/scan/cancel", test_cancel);
  g_test_add_func ("/reader/scan/progress-and-preview", test_scan_tells_its_progress);
  g_test_add_func ("/reader/scan/faults-are-verdicts", test_scanner_faults_are_verdicts);
  g_test_add_func ("/reader/scan/same-verdict-as-from-a-file", test_same_verdict_from_scanner_and_file);
  g_test_add_func ("/reader/scan/list-options-and-test-scan", test_list_options_and_test_scan);
  return g_test_run ();
}
