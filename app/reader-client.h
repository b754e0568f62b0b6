/* SPDX-License-Identifier: Apache-2.0 */
/* ReaderClient: starts azukari-reader, sends it jobs, hears its frames. One reader process per collection. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define READER_TYPE_CLIENT (reader_client_get_type ())
G_DECLARE_FINAL_TYPE (ReaderClient, reader_client, READER, CLIENT, GObject)

/* What the reader said of one picture. Wipes its digits and its strip when freed. */
typedef struct
{
  char *verdict;       /* accepted | doubtful | refused | failed */
  char *reason;        /* FRAMES_REASON_*, "" when accepted */
  char *number;        /* 12 digits or NULL; locked in nothing, wiped on free: fetch late, drop early */
  char *document;      /* FRAMES_DOCUMENT_* */
  GVariant *readings;  /* a{ss} */
  GVariant *ms;        /* a{su} */
  double confidence;   /* 0..1 */
  gboolean has_box;    /* then: */
  double rotation_deg; /* clockwise */
  double box[4][2];    /* corners in input pixels */
  guint strip_width_px, strip_height_px;
  GBytes *strip; /* grey samples or NULL */
  guint rows,
      rows_total; /* taken, and in all (0 = unknown): fewer taken when the scan was ended early; both 0: not told */
} ReaderVerdict;

void reader_verdict_free (ReaderVerdict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReaderVerdict, reader_verdict_free)

typedef struct
{
  const char *device;  /* SANE name or "recorded" */
  guint dpi;           /* 0 = default */
  const char *mode;    /* "gray", "color" or NULL */
  const char *source;  /* or NULL */
  GVariant *options;   /* a{ss} or NULL */
  guint preview_px;    /* 0 = no pictures */
  gboolean to_the_end; /* every row of the page, even when the verdict is certain before */
  guint pace_ms;       /* "recorded" only */
  int fd;              /* "recorded": the page, stays the caller's; else -1 */
} ReaderJob;

/**
 * reader_client_new:
 * @program: path of azukari-reader, or %NULL to look in $AZUKARI_READER, beside this program's build folder, in libexec
 * Property "sandbox" (string, read-only): what the reader has given up, as sandbox.h names it; %NULL until it is ready.
 *
 * Starts the process at once, so that it is warm when the card lies down. Main thread only.
 * Signals, all in the main context:
 *   ::progress (guint rows, guint rows_total)
 *   ::preview (guint width_px, guint height_px, guint first_row, guint n_rows, GBytes *samples)
 *
 * Returns: (transfer full): %NULL with a %G_SPAWN_ERROR or %G_IO_ERROR when it cannot be started.
 * Dropping the last reference kills the process; its images go with it. After a scan that was ended early it gets
 * some seconds to bring the scanner to rest; by then it has wiped the page.
 */
ReaderClient *reader_client_new (const char *program, GError **error);

/* One job at a time (%G_IO_ERROR_PENDING otherwise). A reader that dies or breaks the rules of frames.h answers with the
 * verdict failed/reader-crashed, and so does every job after that: make a new client. Cancelling asks the reader to stop and
 * kills it after 5 seconds; either way the job ends with the verdict failed/cancelled, not with an error. A reader whose
 * first job is a picture takes pictures only (frames.h). */
void reader_client_scan_async (ReaderClient *self, const ReaderJob *job, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/* @fd: a picture, read to its end by the reader; stays the caller's. @dpi: 0 = the file's own. */
void reader_client_read_async (ReaderClient *self, int fd, guint dpi, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/* For both of the above. (transfer full) */
ReaderVerdict *reader_client_verdict_finish (ReaderClient *self, GAsyncResult *result, GError **error);

/* Answers of the other requests are the frames' payloads: FRAME_DEVICES, FRAME_OPTION_LIST, FRAME_SCANNED.
 * A FRAME_ERROR comes back as %G_IO_ERROR_FAILED whose message is "code: message"; a job that was cancelled as
 * %G_IO_ERROR_CANCELLED. (transfer full) */
void
reader_client_list_async (ReaderClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
void reader_client_options_async (ReaderClient *self, const char *device, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
void reader_client_scan_test_async (ReaderClient *self, const ReaderJob *job, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data);
GVariant *reader_client_answer_finish (ReaderClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
