/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azukari-reader as a process, and pages that are ended early. Nothing here is timed: a page comes through a socket that stops
 * giving rows where the test says, or from a scanner whose carriage comes to rest when the test says.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bed.h"
#include "reader-help.h"
#include "scan-help.h"

#define DPI 300
#define MM(mm) ((guint) lround ((mm) *DPI / 25.4))
#define FRAME_LIMIT_S 120 /* for the next frame of a reader that hangs */
#define PACED "{'device': <'recorded'>, 'dpi': <uint32 300>, 'pace-ms': <uint32 1>}"

#define NEAR_TOP_MM 10.0
#define NEAR_BOTTOM_MM 190.0

static CardPage *card;
static CorpusTruth truth;

/* A bed with the card at these heights. (transfer full) */
static CardPage *
bed_with (const double *tops_mm, guint n_tops, guint *ret_bottoms)
{
  return bed_page (card, &truth, tops_mm, n_tops, ret_bottoms);
}

/* --- a page through a socket --------------------------------------------------------------------------------------- */

typedef struct
{
  GThread *thread;
  int fd;          /* the writer's */
  GByteArray *pnm; /* as much of it as is written */
  gboolean stays_open;
} Feed;

static gpointer
feed_thread (gpointer data)
{
  Feed *self = data;
  gsize done = 0;

  while (done < self->pnm->len)
    {
      gssize n = send (self->fd, self->pnm->data + done, self->pnm->len - done, MSG_NOSIGNAL);

      if (n < 0 && errno != EINTR)
        break; /* the reader has had enough */
      done += n > 0 ? (gsize) n : 0;
    }
  if (!self->stays_open)
    (void) shutdown (self->fd, SHUT_WR);
  return NULL;
}

/*
 * Hands over the first @n_rows rows of @page; then the page goes on for ever without a row more (@stays_open), or is cut.
 * Returns: the reader's end, to be closed by the caller.
 */
static int
feed_start (Feed *self, const CardPage *page, guint n_rows, gboolean stays_open)
{
  g_autofree char *header = g_strdup_printf ("P5\n%u %u\n255\n", page->width_px, page->height_px);
  int fds[2];

  g_assert_cmpint (page->n_channels, ==, 1);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  self->fd = fds[0];
  self->stays_open = stays_open;
  self->pnm = g_byte_array_new ();
  g_byte_array_append (self->pnm, (const guint8 *) header, (guint) strlen (header));
  g_byte_array_append (self->pnm, page->samples, (guint) (page->stride * n_rows));
  self->thread = g_thread_new ("feed", feed_thread, self);
  return fds[1];
}

/* Until the rows are on their way. */
static void
feed_wait (Feed *self)
{
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
}

static void
feed_end (Feed *self)
{
  (void) shutdown (self->fd, SHUT_RDWR);
  feed_wait (self);
  (void) close (self->fd);
  g_byte_array_unref (self->pnm);
}

/* --- the conversation ------------------------------------------------------------------------------------------------ */

static void
start_reader (Reader *reader)
{
  reader_start (reader, NULL);
  g_socket_set_timeout (reader->socket, FRAME_LIMIT_S);
  expect_ready (reader);
}

typedef struct
{
  guint rows, rows_total;                   /* as the verdict says */
  guint progress_rows, progress_rows_total; /* as was said last */
  GVariant *verdict;                        /* owned */
} Heard;

static void
heard_clear (Heard *self)
{
  g_clear_pointer (&self->verdict, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Heard, heard_clear)

/* Everything up to the verdict; progress never goes back, nor beyond the page. */
static void
hear_verdict (Reader *reader, Heard *ret_heard)
{
  Heard heard = { 0 };

  for (;;)
    {
      g_autoptr (GVariant) payload = NULL;
      g_autoptr (GError) error = NULL;
      FrameType type;
      guint rows, total;

      g_assert_true (frames_receive (reader->socket, &type, &payload, NULL, NULL, &error));
      g_assert_no_error (error);
      if (type == FRAME_VERDICT)
        {
          heard.verdict = g_steal_pointer (&payload);
          break;
        }
      g_assert_cmpint (type, ==, FRAME_PROGRESS);
      g_variant_get (payload, "(uu)", &rows, &total);
      g_assert_cmpuint (rows, >=, heard.progress_rows);
      g_assert_true (total == 0 || rows <= total);
      heard.progress_rows = rows;
      heard.progress_rows_total = total;
    }
  (void) g_variant_lookup (heard.verdict, "rows", "(uu)", &heard.rows, &heard.rows_total);
  *ret_heard = heard;
}

static gboolean
is_accepted (GVariant *verdict)
{
  const char *word;

  return g_variant_lookup (verdict, "verdict", "&s", &word) && strcmp (word, "accepted") == 0;
}

static void
assert_number (GVariant *verdict)
{
  const char *number = NULL;

  g_assert_true (is_accepted (verdict));
  g_assert_true (g_variant_lookup (verdict, "number", "&s", &number));
  g_assert_true (strcmp (number, truth.number) == 0); /* not printed */
}

/* What the reader says of all of @page, as a file. */
static void
read_whole (const CardPage *page, Heard *ret_heard)
{
  Reader reader;
  Feed feed;
  const int fd = feed_start (&feed, page, page->height_px, TRUE);

  start_reader (&reader);
  send_frame (&reader, FRAME_READ, job ("{'dpi': <uint32 300>}"), fd);
  (void) close (fd);
  hear_verdict (&reader, ret_heard);
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  feed_end (&feed);
}

/* --- pages through a socket ------------------------------------------------------------------------------------------ */

/* The rest of the page never comes, and the answer does not wait for it; it is the same as that of the whole page. */
static void
test_ends_when_certain (void)
{
  const double top_mm = NEAR_TOP_MM;
  guint bottom;
  g_autoptr (CardPage) page = bed_with (&top_mm, 1, &bottom);
  g_auto (Heard) early = { 0 };
  g_auto (Heard) whole = { 0 };
  const char *early_document, *whole_document;
  Reader reader;
  Feed feed;
  const int fd = feed_start (&feed, page, bottom + MM (20), TRUE);

  start_reader (&reader);
  send_frame (&reader, FRAME_SCAN, job (PACED), fd);
  (void) close (fd);
  hear_verdict (&reader, &early);
  assert_number (early.verdict);
  g_test_message ("%u of %u rows, the card ends at %u", early.rows, early.rows_total, bottom);
  g_assert_cmpuint (early.rows, >=, bottom);
  g_assert_cmpuint (early.rows, <=, bottom + MM (20));
  g_assert_cmpuint (early.rows_total, ==, page->height_px);
  g_assert_cmpuint (early.progress_rows, ==, early.rows);
  g_assert_cmpuint (early.progress_rows_total, ==, page->height_px);
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  feed_end (&feed);

  read_whole (page, &whole);
  assert_number (whole.verdict);
  g_assert_cmpuint (whole.rows, ==, page->height_px);
  g_assert_cmpuint (whole.rows_total, ==, page->height_px);
  g_assert_true (g_variant_lookup (early.verdict, "document", "&s", &early_document));
  g_assert_true (g_variant_lookup (whole.verdict, "document", "&s", &whole_document));
  g_assert_cmpstr (early_document, ==, whole_document);
}

/* A second card further down is never seen: the person is shown the strip of the one that was read. */
static void
test_second_card_below (void)
{
  static const double tops_mm[] = { NEAR_TOP_MM, 150 };
  guint bottoms[2];
  g_autoptr (CardPage) page = bed_with (tops_mm, 2, bottoms);
  g_auto (Heard) early = { 0 };
  g_auto (Heard) whole = { 0 };
  Reader reader;
  Feed feed;
  const int fd = feed_start (&feed, page, bottoms[0] + MM (20), TRUE);

  start_reader (&reader);
  send_frame (&reader, FRAME_SCAN, job (PACED), fd);
  (void) close (fd);
  hear_verdict (&reader, &early);
  assert_number (early.verdict);
  g_assert_cmpuint (early.rows, <, early.rows_total);
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  feed_end (&feed);

  read_whole (page, &whole);
  assert_verdict (whole.verdict, "refused", FRAMES_REASON_TWO_CARDS);
}

/* Where nothing may be gained or known from the first rows, all of them are taken. */
static void
test_takes_the_whole_page (void)
{
  static const struct
  {
    const char *name;
    const char *job;
    double top_mm;
  } cases[] = {
    { "card at the end", PACED, NEAR_BOTTOM_MM },
    { "not wanted", "{'device': <'recorded'>, 'dpi': <uint32 300>, 'pace-ms': <uint32 1>, 'early-stop': <false>}",
      NEAR_TOP_MM },
    { "rows at once", "{'device': <'recorded'>, 'dpi': <uint32 300>}", NEAR_TOP_MM },
    { "no resolution", "{'device': <'recorded'>, 'pace-ms': <uint32 1>}", NEAR_TOP_MM },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint bottom;
      g_autoptr (CardPage) page = bed_with (&cases[i].top_mm, 1, &bottom);
      g_auto (Heard) heard = { 0 };
      Reader reader;
      Feed feed;
      int fd;

      /* the glass ends right below the card */
      page->height_px = MIN (page->height_px, cases[i].top_mm > 100 ? bottom + MM (1) : page->height_px);
      fd = feed_start (&feed, page, page->height_px, TRUE);
      g_test_message ("%s", cases[i].name);
      start_reader (&reader);
      send_frame (&reader, FRAME_SCAN, job (cases[i].job), fd);
      (void) close (fd);
      hear_verdict (&reader, &heard);
      assert_number (heard.verdict);
      g_assert_cmpuint (heard.rows, ==, page->height_px);
      g_assert_cmpuint (heard.rows_total, ==, page->height_px);
      g_assert_cmpint (reader_wait (&reader), ==, 0);
      feed_end (&feed);
    }
}

/* Stopped in the middle of a card, of a look, of a reading: one answer each, and the reader works on. */
static void
test_cancel (void)
{
  const double top_mm = NEAR_TOP_MM;
  guint bottom;
  g_autoptr (CardPage) page = bed_with (&top_mm, 1, &bottom);
  const guint ends[] = {
    MM (5), bottom - MM (10), bottom + MM (1), bottom + MM (4), bottom + MM (8), bottom + MM (20)
  };
  Reader reader;

  start_reader (&reader);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_auto (Heard) heard = { 0 };
      Feed feed;
      const int fd = feed_start (&feed, page, ends[i], TRUE);

      send_frame (&reader, FRAME_SCAN, job (PACED), fd);
      (void) close (fd);
      feed_wait (&feed);
      send_frame (&reader, FRAME_CANCEL, g_variant_new ("()"), -1);
      hear_verdict (&reader, &heard);
      if (ends[i] < bottom || !is_accepted (heard.verdict)) /* else it was sooner */
        {
          assert_verdict (heard.verdict, "failed", FRAMES_REASON_CANCELLED);
          g_assert_false (g_variant_lookup (heard.verdict, "number", "s", NULL));
        }
      feed_end (&feed);
    }
  g_assert_cmpint (reader_wait (&reader), ==, 0);
}

/* A page that breaks off is a failure, unless what was certain was certain before. */
static void
test_cut_page (void)
{
  const double top_mm = NEAR_TOP_MM;
  guint bottom;
  g_autoptr (CardPage) page = bed_with (&top_mm, 1, &bottom);
  const guint ends[] = { 0, MM (5), bottom - MM (10), bottom + MM (1), bottom + MM (4), bottom + MM (20) };
  Reader reader;

  start_reader (&reader);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_auto (Heard) heard = { 0 };
      Feed feed;
      const int fd = feed_start (&feed, page, ends[i], FALSE);

      send_frame (&reader, FRAME_SCAN, job (PACED), fd);
      (void) close (fd);
      hear_verdict (&reader, &heard);
      if (ends[i] < bottom || !is_accepted (heard.verdict))
        assert_verdict (heard.verdict, "failed", FRAMES_REASON_BAD_IMAGE);
      feed_end (&feed);
    }
  g_assert_cmpint (reader_wait (&reader), ==, 0);
}

/* The client goes while rows are awaited or looked at: the reader goes too. */
static void
test_client_goes_away (void)
{
  const double top_mm = NEAR_TOP_MM;
  guint bottom;
  g_autoptr (CardPage) page = bed_with (&top_mm, 1, &bottom);
  const guint ends[] = { bottom - MM (10), bottom + MM (4), bottom + MM (20) };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr (GVariant) first = NULL;
      FrameType type;
      Reader reader;
      Feed feed;
      const int fd = feed_start (&feed, page, ends[i], TRUE);

      start_reader (&reader);
      send_frame (&reader, FRAME_SCAN, job (PACED), fd);
      (void) close (fd);
      g_assert_true (frames_receive (reader.socket, &type, &first, NULL, NULL, NULL)); /* it is at work */
      g_assert_cmpint (reader_wait (&reader), ==, 0);
      feed_end (&feed);
    }
}

/* --- a flatbed ------------------------------------------------------------------------------------------------------- */

static char *
flatbed_new (const CardPage *page, gboolean rests_when_told)
{
  char *dir = sane_config_new ("flatbed", NULL);
  g_autofree char *link = g_build_filename (dir, "libsane-flatbed.so.1", NULL);
  g_autofree char *rest = g_build_filename (dir, "rest", NULL);
  g_autofree char *code = NULL;
  gsize n_bytes;

  /* where the reader may look: a copy in the folder that SANE_CONFIG_DIR names */
  g_assert_true (g_file_get_contents (g_getenv ("SANE_FLATBED"), &code, &n_bytes, NULL));
  g_assert_true (g_file_set_contents (link, code, (gssize) n_bytes, NULL));
  g_assert_true (g_setenv ("LD_LIBRARY_PATH", dir, TRUE));
  if (rests_when_told)
    g_assert_cmpint (mkfifo (rest, 0600), ==, 0);
  if (page != NULL)
    {
      g_autofree char *path = g_build_filename (dir, "page", NULL);
      FILE *file = fopen (path, "wbx");

      g_assert_nonnull (file);
      (void) fprintf (file, "P5\n%u %u\n255\n", page->width_px, page->height_px);
      g_assert_cmpuint (fwrite (page->samples, page->stride, page->height_px, file), ==, page->height_px);
      g_assert_cmpint (fclose (file), ==, 0);
    }
  return dir;
}

static void
flatbed_free (char *dir)
{
  g_unsetenv ("LD_LIBRARY_PATH");
  sane_config_free (dir);
}

/* Lets the carriage come to rest. Blocks until the back-end waits for it. */
static void
flatbed_rest (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "rest", NULL);
  const int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  (void) close (fd);
}

/* The verdict is here before the carriage is at rest; the next job waits for it. Whether the page's length is known or not. */
static void
test_answers_before_the_scanner_rests (void)
{
  static const char *const jobs[] = { "{'device': <'flatbed:page'>, 'dpi': <uint32 300>}",
                                      "{'device': <'flatbed:endless'>, 'dpi': <uint32 300>}" };
  const double top_mm = NEAR_TOP_MM;
  guint bottom;
  g_autoptr (CardPage) page = bed_with (&top_mm, 1, &bottom);
  char *dir = flatbed_new (page, TRUE);
  Reader reader;

  start_reader (&reader);
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      g_auto (Heard) heard = { 0 };
      g_autoptr (GVariant) devices = NULL;

      send_frame (&reader, FRAME_SCAN, job (jobs[i]), -1);
      send_frame (&reader, FRAME_LIST, g_variant_new ("()"), -1);
      hear_verdict (&reader, &heard); /* while "rest" holds the device */
      assert_number (heard.verdict);
      g_test_message ("%u of %u rows, the card ends at %u", heard.rows, heard.rows_total, bottom);
      g_assert_cmpuint (heard.rows, >=, bottom);
      g_assert_cmpuint (heard.rows, <, page->height_px);
      g_assert_cmpuint (heard.rows_total, ==, i == 0 ? page->height_px : 0);
      flatbed_rest (dir);
      devices = expect (&reader, FRAME_DEVICES);
    }
  g_assert_cmpint (reader_wait (&reader), ==, 0);
  flatbed_free (dir);
}

/* --- memory ---------------------------------------------------------------------------------------------------------- */

#ifndef __SANITIZE_ADDRESS__
/* The most that the process ever held, bytes. */
static guint64
peak_of (const Reader *reader)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (reader->process));
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
  line = strstr (status, "VmHWM:");
  g_assert_nonnull (line);
  return g_ascii_strtoull (line + strlen ("VmHWM:"), NULL, 10) * 1024;
}

/* A page of 600 dpi in colour takes at most 2.2 times its own size, models and all, whether its length is known or not. */
static void
test_peak_memory (void)
{
  static const char *const devices[] = { "large", "large-endless" };
  const guint64 image = 4960ull * 7016 * 3;
  char *dir = flatbed_new (NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    {
      g_autofree char *text = g_strdup_printf ("{'device': <'flatbed:%s'>, 'dpi': <uint32 600>}", devices[i]);
      g_auto (Heard) heard = { 0 };
      guint64 before, after;
      Reader reader;

      start_reader (&reader);
      before = peak_of (&reader);
      send_frame (&reader, FRAME_SCAN, job (text), -1);
      hear_verdict (&reader, &heard);
      assert_verdict (heard.verdict, "refused", FRAMES_REASON_BLANK);
      g_assert_cmpuint (heard.rows, ==, 7016);
      after = peak_of (&reader);
      g_test_message ("%s: %.2f times the image; %.2f before the page", devices[i], (double) after / (double) image,
                      (double) before / (double) image);
      g_assert_cmpuint (after, <=, image * 22 / 10);
      g_assert_cmpint (reader_wait (&reader), ==, 0);
    }
  flatbed_free (dir);
}
#endif

int
main (int argc, char **argv)
{
  CorpusSpec spec;
  int status;

  g_test_init (&argc, &argv, NULL);
  corpus_spec_init (&spec);
  spec.purpose = PURPOSE_TUNING;
  spec.seed = 7;
  spec.kind = KIND_CARD_BACK;
  spec.dpi = DPI;
  spec.page = PAGE_BED;
  spec.qr = QR_GOOD;
  spec.color = 0;
  card = drawn_page (&spec, TRUE, &truth);
  g_test_add_func ("/reader/early/ends-when-certain", test_ends_when_certain);
  g_test_add_func ("/reader/early/second-card-below", test_second_card_below);
  g_test_add_func ("/reader/early/takes-the-whole-page", test_takes_the_whole_page);
  g_test_add_func ("/reader/early/cancel", test_cancel);
  g_test_add_func ("/reader/early/cut-page", test_cut_page);
  g_test_add_func ("/reader/early/client-goes-away", test_client_goes_away);
  g_test_add_func ("/reader/early/answers-before-the-scanner-rests", test_answers_before_the_scanner_rests);
#ifndef __SANITIZE_ADDRESS__
  g_test_add_func ("/reader/memory/peak", test_peak_memory);
#endif
  status = g_test_run ();
  card_page_free (card);
  corpus_finish ();
  return status;
}
