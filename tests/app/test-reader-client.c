/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's client: against the real reader, and against one that lies, dies or does not listen. */
#include "reader-client.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "frames.h"

static int
memory_file (const void *bytes, gsize n_bytes)
{
  int fd = memfd_create ("test", MFD_CLOEXEC);

  g_assert_cmpint (write (fd, bytes, n_bytes), ==, (gssize) n_bytes);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return fd;
}

static ReaderClient *
client_new (const char *how)
{
  g_autoptr (GError) error = NULL;
  ReaderClient *client;

  if (how != NULL)
    g_setenv ("FAKE_READER", how, TRUE);
  client = reader_client_new (how != NULL ? g_getenv ("FAKE_READER_PROGRAM") : NULL, &error);
  g_assert_no_error (error);
  return client;
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static ReaderVerdict *
wait_for_verdict (ReaderClient *client, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  ReaderVerdict *verdict;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  verdict = reader_client_verdict_finish (client, *result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (verdict);
  g_clear_object (result);
  return verdict;
}

static ReaderVerdict *
read_bytes (ReaderClient *client, const void *bytes, gsize n_bytes)
{
  const int fd = memory_file (bytes, n_bytes);
  GAsyncResult *result = NULL;

  reader_client_read_async (client, fd, 0, NULL, keep_result_cb, &result);
  (void) close (fd); /* the reader has its own by now */
  return wait_for_verdict (client, &result);
}

static void
assert_failed (const ReaderVerdict *verdict, const char *reason)
{
  g_assert_cmpstr (verdict->verdict, ==, "failed");
  g_assert_cmpstr (verdict->reason, ==, reason);
  g_assert_null (verdict->number);
  g_assert_nonnull (verdict->readings);
  g_assert_nonnull (verdict->ms);
  g_assert_null (verdict->strip);
}

static void
test_reads_with_the_real_reader (void)
{
  g_autoptr (ReaderClient) client = client_new (NULL);
  g_autofree char *sandbox = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (ReaderVerdict) verdict = read_bytes (client, "P5\n4 4\n255\n0123456789abcdef", 27);

      g_assert_cmpstr (verdict->verdict, ==, "refused");
    }
  g_object_get (client, "sandbox", &sandbox, NULL);
  g_assert_nonnull (strstr (sandbox, "nofiles"));
}

static void
test_bad_picture (void)
{
  g_autoptr (ReaderClient) client = client_new (NULL);
  g_autoptr (ReaderVerdict) verdict = read_bytes (client, "text", 4);

  assert_failed (verdict, FRAMES_REASON_BAD_IMAGE);
}

static void
test_no_such_program (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (reader_client_new ("/nowhere/azukari-reader", &error));
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
}

typedef struct
{
  guint rows, rows_total, preview_rows, preview_height, n_signals;
} Seen;

static void
progress_cb (ReaderClient *client, guint rows, guint rows_total, Seen *seen)
{
  seen->rows = rows;
  seen->rows_total = rows_total;
  seen->n_signals++;
}

static void
preview_cb (ReaderClient *client, guint width, guint height, guint first, guint n_rows, GBytes *samples, Seen *seen)
{
  g_assert_cmpuint (first, ==, seen->preview_rows);
  g_assert_cmpuint (g_bytes_get_size (samples), ==, (gsize) width * n_rows);
  seen->preview_rows += n_rows;
  seen->preview_height = height;
}

static void
test_scan_shows_its_progress (void)
{
  g_autoptr (ReaderClient) client = client_new (NULL);
  g_autoptr (GByteArray) page = g_byte_array_new ();
  GAsyncResult *result = NULL;
  Seen seen = { 0 };

  g_byte_array_append (page, (const guint8 *) "P5\n400 300\n255\n", 15);
  g_byte_array_set_size (page, 15 + 400 * 300);
  memset (page->data + 15, 200, 400 * 300);
  g_signal_connect (client, "progress", G_CALLBACK (progress_cb), &seen);
  g_signal_connect (client, "preview", G_CALLBACK (preview_cb), &seen);
  for (guint i = 0; i < 2; i++)
    {
      const int fd = memory_file (page->data, page->len);
      const ReaderJob job = { .device = "recorded", .dpi = 200, .preview_px = 100, .pace_ms = 150, .fd = fd };
      g_autoptr (ReaderVerdict) verdict = NULL;

      seen = (Seen){ 0 };
      reader_client_scan_async (client, &job, NULL, keep_result_cb, &result);
      (void) close (fd);
      verdict = wait_for_verdict (client, &result);
      g_assert_cmpstr (verdict->verdict, ==, "refused");
      g_assert_cmpuint (seen.rows, ==, 300);
      g_assert_cmpuint (seen.rows_total, ==, 300);
      g_assert_cmpuint (seen.n_signals, >, 1);
      g_assert_cmpuint (seen.preview_rows, ==, 75);
      g_assert_cmpuint (seen.preview_height, ==, 75);
    }
}

static void
test_one_job_at_a_time (void)
{
  g_autoptr (ReaderClient) client = client_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ReaderVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *first = NULL, *second = NULL;
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  reader_client_read_async (client, fds[0], 0, cancellable, keep_result_cb, &first);
  reader_client_read_async (client, fds[0], 0, NULL, keep_result_cb, &second);
  while (second == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (reader_client_verdict_finish (client, second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_assert_null (first);
  g_object_unref (second);

  g_cancellable_cancel (cancellable);
  verdict = wait_for_verdict (client, &first);
  assert_failed (verdict, FRAMES_REASON_CANCELLED);
  g_clear_pointer (&verdict, reader_verdict_free);
  verdict = read_bytes (client, "", 0); /* an obedient reader lives on */
  assert_failed (verdict, FRAMES_REASON_BAD_IMAGE);
  (void) close (fds[0]);
  (void) close (fds[1]);
}

static void
test_cancelled_before (void)
{
  g_autoptr (ReaderClient) client = client_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ReaderVerdict) verdict = NULL;
  GAsyncResult *result = NULL;

  g_cancellable_cancel (cancellable);
  reader_client_read_async (client, STDIN_FILENO, 0, cancellable, keep_result_cb, &result);
  verdict = wait_for_verdict (client, &result);
  assert_failed (verdict, FRAMES_REASON_CANCELLED);
}

static gpointer
cancel_cb (gpointer data)
{
  g_usleep (20000);
  g_cancellable_cancel (data);
  return NULL;
}

/* A reader that does not obey is killed; the cancel may come from any thread. */
static void
test_deaf_reader_is_killed (void)
{
  g_autoptr (ReaderClient) client = client_new ("deaf");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GThread) thread = g_thread_new ("cancel", cancel_cb, cancellable);
  g_autoptr (ReaderVerdict) verdict = NULL;
  GAsyncResult *result = NULL;

  reader_client_read_async (client, STDIN_FILENO, 0, cancellable, keep_result_cb, &result);
  verdict = wait_for_verdict (client, &result);
  assert_failed (verdict, FRAMES_REASON_CANCELLED);
  g_thread_join (g_steal_pointer (&thread));

  g_clear_pointer (&verdict, reader_verdict_free);
  verdict = read_bytes (client, "x", 1);
  assert_failed (verdict, FRAMES_REASON_CRASHED);
}

static void
test_every_field_arrives (void)
{
  g_autoptr (ReaderClient) client = client_new ("good");
  g_autoptr (ReaderVerdict) verdict = read_bytes (client, "x", 1);
  const char *qr;
  guint32 total;

  g_assert_cmpstr (verdict->verdict, ==, "accepted");
  g_assert_cmpstr (verdict->reason, ==, "");
  g_assert_cmpstr (verdict->number, ==, "123456789018");
  g_assert_cmpstr (verdict->document, ==, FRAMES_DOCUMENT_CARD_BACK);
  g_assert_true (verdict->has_box);
  g_assert_cmpfloat (verdict->rotation_deg, ==, 90.5);
  g_assert_cmpfloat (verdict->box[3][1], ==, 8.5);
  g_assert_cmpfloat (verdict->confidence, ==, 0.75);
  g_assert_true (g_variant_lookup (verdict->readings, "qr", "&s", &qr));
  g_assert_cmpstr (qr, ==, "match");
  g_assert_true (g_variant_lookup (verdict->ms, "total", "u", &total));
  g_assert_cmpuint (total, ==, 9);
  g_assert_cmpuint (verdict->strip_width_px, ==, 3);
  g_assert_cmpuint (verdict->strip_height_px, ==, 2);
  g_assert_cmpmem (g_bytes_get_data (verdict->strip, NULL), g_bytes_get_size (verdict->strip), "\1\2\3\4\5\6", 6);
  g_assert_cmpuint (verdict->rows, ==, 900);
  g_assert_cmpuint (verdict->rows_total, ==, 3508);
}

#define GOOD "'verdict': <'accepted'>, 'reason': <''>, 'document': <'my-number-card-back'>, 'number': <'123456789018'>"

/* Whatever it does: one answer, the same, and no crash. */
static void
test_misbehaving_readers (void)
{
  static const char *const ways[] = {
    "exit",
    "abort",
    "exit-at-once",
    "early-verdict",
    "protocol",
    "garbage",
    "half",
    "VERDICT:{}",
    "VERDICT:{'verdict': <'accepted'>}",
    "VERDICT:{'verdict': <1>, 'reason': <''>, 'document': <'none'>}",
    "VERDICT:{'verdict': <'perhaps'>, 'reason': <''>, 'document': <'none'>}",
    "VERDICT:{'verdict': <'refused'>, 'reason': <'because'>, 'document': <'none'>}",
    "VERDICT:{'verdict': <'refused'>, 'reason': <'blank'>, 'document': <'passport'>}",
    "VERDICT:{'verdict': <'accepted'>, 'reason': <''>, 'document': <'my-number-card-back'>}",
    "VERDICT:{'verdict': <'accepted'>, 'reason': <'blank'>, 'document': <'none'>, 'number': <'123456789018'>}",
    "VERDICT:{'verdict': <'refused'>, 'reason': <'blank'>, 'document': <'none'>, 'number': <'123456789018'>}",
    "VERDICT:{'verdict': <'doubtful'>, 'reason': <'unreadable'>, 'document': <'none'>, 'number': <'12345678901'>}",
    "VERDICT:{'verdict': <'doubtful'>, 'reason': <'unreadable'>, 'document': <'none'>, 'number': <'12345678901x'>}",
    "VERDICT:{" GOOD ", 'confidence': <1.5>}",
    "VERDICT:{" GOOD ", 'box': <[(1.0, 2.0)]>, 'rotation-deg': <0.0>}",
    "VERDICT:{" GOOD ", 'box': <[(1.0, 2.0), (1.0, 2.0), (1.0, 2.0), (1.0, 2.0)]>}",
    "VERDICT:{" GOOD ", 'box': <[(1e300, 2.0), (1.0, 2.0), (1.0, 2.0), (1.0, 2.0)]>, 'rotation-deg': <0.0>}",
    "VERDICT:{" GOOD ", 'box': <[(1.0, 2.0), (1.0, 2.0), (1.0, 2.0), (1.0, 2.0)]>, 'rotation-deg': <360.0>}",
    "VERDICT:{" GOOD ", 'strip': <(uint32 3, uint32 3, [byte 1])>}",
    "VERDICT:{" GOOD ", 'strip': <(uint32 65536, uint32 65536, @ay [])>}",
    "VERDICT:{" GOOD ", 'rows': <(uint32 7, uint32 6)>}",
    "FRAME:101:{'protocol': <uint32 1>, 'sandbox': <''>}", /* ready again */
    "FRAME:102:[]",                                        /* an answer to another question */
    "FRAME:108:('busy', 'x')",                             /* errors are for other requests */
    "FRAME:104:(uint32 7, uint32 6)",
    "FRAME:105:(uint32 2, uint32 2, uint32 0, uint32 1, [byte 1])",
    "FRAME:105:(uint32 2, uint32 2, uint32 1, uint32 1, [byte 1, 2])",
    "FRAME:105:(uint32 2, uint32 2, uint32 0, uint32 3, [byte 1, 2, 3, 4, 5, 6])",
    "FRAME:105:(uint32 0, uint32 0, uint32 0, uint32 0, @ay [])",
    "FRAME:105:(uint32 65536, uint32 65536, uint32 0, uint32 65536, [byte 1])",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (ReaderClient) client = client_new (ways[i]);
      g_autoptr (ReaderVerdict) verdict = NULL;

      g_test_message ("case %u", i);
      verdict = read_bytes (client, "x", 1);
      assert_failed (verdict, FRAMES_REASON_CRASHED);
    }
}

static void
sandbox_cb (GObject *client, GParamSpec *pspec, gboolean *ret_is_ready)
{
  *ret_is_ready = TRUE;
}

/* Also when it is deaf: the pictures go with it. */
static void
test_dropping_the_client_kills_the_reader (void)
{
  ReaderClient *client = client_new ("deaf");
  g_autofree char *pid_text = NULL;
  gboolean is_ready = FALSE;
  pid_t pid;

  g_signal_connect (client, "notify::sandbox", G_CALLBACK (sandbox_cb), &is_ready);
  while (!is_ready)
    g_main_context_iteration (NULL, TRUE);
  g_object_get (client, "sandbox", &pid_text, NULL);
  pid = (pid_t) g_ascii_strtoll (pid_text + strlen ("pid="), NULL, 10);
  g_assert_cmpint (kill (pid, 0), ==, 0);
  g_assert_finalize_object (client);
  for (guint i = 0; i < 1000 && kill (pid, 0) == 0; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (5000);
    }
  g_assert_cmpint (kill (pid, 0), ==, -1);
}

/* After a scan that was ended early the reader ends by itself, its scanner at rest. */
static void
test_dropping_lets_the_scanner_rest (void)
{
  g_autofree char *dir = g_dir_make_tmp ("azukari-client-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "rested", NULL);
  ReaderClient *client;

  g_setenv ("FAKE_READER_RESTED", path, TRUE);
  client = client_new ("good");
  reader_verdict_free (read_bytes (client, "x", 1));
  g_assert_finalize_object (client);
  for (guint i = 0; i < 4000 && !g_file_test (path, G_FILE_TEST_EXISTS); i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (5000);
    }
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
  g_unsetenv ("FAKE_READER_RESTED");
}

static void
wait_for_error (ReaderClient *client, GAsyncResult **result, int code, const char *begin)
{
  g_autoptr (GError) error = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (reader_client_answer_finish (client, *result, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, begin));
  g_clear_object (result);
}

static void
test_other_requests_fail_with_a_code (void)
{
  g_autoptr (ReaderClient) client = client_new ("FRAME:108:('jammed', 'paper')");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const ReaderJob job = { .device = "x", .fd = -1 };
  GAsyncResult *result = NULL;

  reader_client_list_async (client, NULL, keep_result_cb, &result);
  wait_for_error (client, &result, G_IO_ERROR_FAILED, "jammed: paper");
  reader_client_options_async (client, "x", NULL, keep_result_cb, &result);
  wait_for_error (client, &result, G_IO_ERROR_FAILED, "jammed: paper");
  g_cancellable_cancel (cancellable);
  reader_client_scan_test_async (client, &job, cancellable, keep_result_cb, &result);
  wait_for_error (client, &result, G_IO_ERROR_CANCELLED, "");

  g_clear_object (&client);
  client = client_new ("FRAME:108:('no-such-code', 'x')");
  reader_client_list_async (client, NULL, keep_result_cb, &result);
  wait_for_error (client, &result, G_IO_ERROR_FAILED, FRAMES_REASON_CRASHED);
}

static void
test_list (void)
{
  g_autoptr (ReaderClient) client = client_new ("FRAME:102:[{'name': <'test:0'>}]");
  g_autoptr (GVariant) devices = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  reader_client_list_async (client, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  devices = reader_client_answer_finish (client, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (devices), ==, 1);
  g_object_unref (result);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reader-client/real/reads", test_reads_with_the_real_reader);
  g_test_add_func ("/reader-client/real/bad-picture", test_bad_picture);
  g_test_add_func ("/reader-client/real/scan-shows-its-progress", test_scan_shows_its_progress);
  g_test_add_func ("/reader-client/real/one-job-at-a-time", test_one_job_at_a_time);
  g_test_add_func ("/reader-client/real/cancelled-before", test_cancelled_before);
  g_test_add_func ("/reader-client/start/no-such-program", test_no_such_program);
  g_test_add_func ("/reader-client/answers/every-field-arrives", test_every_field_arrives);
  g_test_add_func ("/reader-client/answers/list", test_list);
  g_test_add_func ("/reader-client/answers/errors-have-a-code", test_other_requests_fail_with_a_code);
  g_test_add_func ("/reader-client/hostile/misbehaving-readers", test_misbehaving_readers);
  g_test_add_func ("/reader-client/hostile/deaf-reader-is-killed", test_deaf_reader_is_killed);
  g_test_add_func ("/reader-client/end/dropping-kills-the-reader", test_dropping_the_client_kills_the_reader);
  g_test_add_func ("/reader-client/end/dropping-lets-the-scanner-rest", test_dropping_lets_the_scanner_rest);
  return g_test_run ();
}
