/* SPDX-License-Identifier: Apache-2.0 */
/* One request: open, scan, read, answer. */
#include "job.h"

#include <string.h>
#include <unistd.h>

#include "scan/preview.h"
#include "scan/scan-file.h"
#include "scan/scan-sane.h"

G_STATIC_ASSERT (SCAN_MAX_SIDE_PX == CARD_PAGE_MAX_SIDE_PX);
G_STATIC_ASSERT (SCAN_MAX_PIXELS == CARD_PAGE_MAX_PIXELS);

#define CHUNK_ROWS 64u
#define UPDATE_US 40000 /* between two progress frames: 25 a second is as fast as a bar can be seen to move */
#define MAX_PREVIEW_PX 2048u
#define MAX_PACE_MS 600000u
/* For a scanner to stop and to take its carriage back. */
#define CLOSE_LIMIT_S 30u

/* A page under way: where its rows go, and what the client is told meanwhile. */
typedef struct
{
  GSocket *socket; /* borrowed */
  GCancellable *cancellable;

  const ScanDriver *driver;
  gpointer device; /* owned; closed only after the answer, since a scanner may take its time to come to rest */

  ScanFormat format;
  CardPage *page;   /* owned; NULL when rows are only counted */
  Preview *preview; /* owned; or NULL */
  guint rows;
  gint64 told_us;
  gboolean client_is_gone;
} PageRun;

static void
page_run_clear (PageRun *self)
{
  if (self->device != NULL)
    {
      /* A back-end that hangs here would hold up the next job for ever; so the process ends, and the client starts another. */
      (void) alarm (CLOSE_LIMIT_S);
      self->driver->cancel (self->device);
      self->driver->close (self->device);
      (void) alarm (0);
    }
  g_clear_pointer (&self->page, card_page_free);
  g_clear_pointer (&self->preview, preview_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PageRun, page_run_clear)

static void
wipe_and_free (gpointer data)
{
  GByteArray *bytes = data;

  explicit_bzero (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

/* A floating variant over bytes of its own, which are wiped with it. */
static GVariant *
secret_variant (const GVariantType *type, const void *bytes, gsize n_bytes)
{
  GByteArray *copy = g_byte_array_sized_new ((guint) n_bytes);

  g_byte_array_append (copy, bytes, (guint) n_bytes);
  return g_variant_new_from_data (type, copy->data, n_bytes, TRUE, wipe_and_free, copy);
}

static guint
lookup_uint (GVariant *job, const char *key, guint max)
{
  guint32 value = 0;

  (void) g_variant_lookup (job, key, "u", &value);
  return MIN (value, max);
}

static const char *
lookup_string (GVariant *job, const char *key)
{
  const char *value = NULL;

  (void) g_variant_lookup (job, key, "&s", &value);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

static void
send (PageRun *self, FrameType type, GVariant *payload)
{
  if (!frames_send (self->socket, type, payload, -1, NULL))
    self->client_is_gone = TRUE;
}

static void
send_preview (PageRun *self)
{
  guint first, n;
  guint8 *samples = preview_take_rows (self->preview, &first, &n);
  const guint width = preview_get_width_px (self->preview);
  GVariant *parts[5];

  if (samples == NULL)
    return;
  parts[0] = g_variant_new_uint32 (width);
  parts[1] = g_variant_new_uint32 (preview_get_height_px (self->preview));
  parts[2] = g_variant_new_uint32 (first);
  parts[3] = g_variant_new_uint32 (n);
  parts[4] = secret_variant (G_VARIANT_TYPE ("ay"), samples, (gsize) width * n);
  explicit_bzero (samples, (gsize) width * n);
  g_free (samples);
  send (self, FRAME_PREVIEW, g_variant_new_tuple (parts, 5));
}

/* Progress and preview, not more often than can be seen. */
static void
tell (PageRun *self, gboolean at_end)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (!at_end && now_us - self->told_us < UPDATE_US)
    return;
  self->told_us = now_us;
  send (self, FRAME_PROGRESS, g_variant_new ("(uu)", self->rows, self->format.height_px));
  if (self->preview != NULL)
    send_preview (self);
}

/* Room for CHUNK_ROWS more rows. A page of unknown length moves into a larger one; the old one is wiped. */
static gboolean
make_room (PageRun *self, GError **error)
{
  const guint room = self->page != NULL ? self->page->height_px : 0;
  const guint most = MIN (SCAN_MAX_SIDE_PX, SCAN_MAX_PIXELS / self->format.width_px);
  guint wanted = self->format.height_px;
  CardPage *bigger;

  if (wanted == 0 && self->rows + CHUNK_ROWS > room)
    wanted = MIN (MAX (2 * room, 1024), most);
  if (wanted <= room)
    return TRUE;
  bigger = card_page_new (self->format.width_px, wanted, self->format.n_channels, self->format.dpi, error);
  if (bigger == NULL)
    return FALSE;
  if (self->page != NULL)
    memcpy (bigger->samples, self->page->samples, self->page->stride * self->rows);
  card_page_free (self->page);
  self->page = bigger;
  return TRUE;
}

/* Rows from a started device: into the page, or nowhere. */
static gboolean
take_rows (PageRun *self, gboolean keep, GError **error)
{
  const gsize row_bytes = (gsize) self->format.width_px * self->format.n_channels;
  g_autofree guint8 *passing = keep ? NULL : g_malloc (row_bytes * CHUNK_ROWS);
  gboolean is_good = FALSE;

  for (;;)
    {
      guint8 *rows = passing;
      guint max_rows = CHUNK_ROWS;
      gssize n;

      if (keep)
        {
          if (!make_room (self, error))
            break;
          rows = self->page->samples + self->page->stride * self->rows;
          max_rows = MIN (max_rows, self->page->height_px - self->rows);
        }
      /* With no room left the driver still says whether the page ends here. */
      n = max_rows > 0 ? self->driver->read_rows (self->device, rows, max_rows, self->cancellable, error) : 0;
      if (n < 0)
        break;
      if (n == 0)
        {
          is_good = TRUE;
          break;
        }
      self->rows += (guint) n;
      if (self->preview != NULL)
        preview_add_rows (self->preview, rows, (guint) n);
      tell (self, FALSE);
      if (self->client_is_gone)
        {
          g_set_error (error, SCAN_ERROR, SCAN_ERROR_CANCELLED, "the client is gone");
          break;
        }
    }
  if (passing != NULL)
    explicit_bzero (passing, row_bytes * CHUNK_ROWS);
  return is_good;
}

/* From opening the device to its last row. */
static gboolean
scan (PageRun *self, const ScanDriver *driver, const Job *job, gboolean keep, GError **error)
{
  g_autoptr (GVariant) options = g_variant_lookup_value (job->payload, "options", G_VARIANT_TYPE ("a{ss}"));
  const char *name = lookup_string (job->payload, "device");
  const guint preview_px = lookup_uint (job->payload, "preview-px", MAX_PREVIEW_PX);
  const ScanRequest request = { .dpi = lookup_uint (job->payload, "dpi", 10000),
                                .color = g_strcmp0 (lookup_string (job->payload, "mode"), "color") == 0,
                                .source = lookup_string (job->payload, "source"),
                                .options = options,
                                .pace_ms = lookup_uint (job->payload, "pace-ms", MAX_PACE_MS) };
  gboolean is_good;

  if (name == NULL && driver != &scan_file_driver)
    {
      g_set_error (error, SCAN_ERROR, SCAN_ERROR_NO_SCANNER, "the job names no device");
      return FALSE;
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_set_error (error, SCAN_ERROR, SCAN_ERROR_CANCELLED, "cancelled");
      return FALSE;
    }
  self->driver = driver;
  self->device = driver->open (name, job->fd, error);
  if (self->device == NULL)
    return FALSE;
  is_good = driver->set_up (self->device, &request, error)
            && driver->start (self->device, &self->format, self->cancellable, error);
  if (is_good)
    {
      if (preview_px > 0)
        self->preview = preview_new (&self->format, preview_px);
      if (keep && job->type == FRAME_READ && request.dpi > 0)
        self->format.dpi = request.dpi; /* the caller knows better than the file */
      is_good = take_rows (self, keep, error);
    }
  if (!is_good)
    return FALSE;
  if (self->page != NULL)
    self->page->height_px = self->rows;
  if (self->preview != NULL)
    preview_finish (self->preview);
  self->format.height_px = self->rows;
  tell (self, TRUE);
  return TRUE;
}

static const ScanDriver *
driver_of (const Job *job)
{
  return job_is_picture (job) ? &scan_file_driver : &scan_sane_driver;
}

static void
add (GVariantBuilder *builder, const char *key, GVariant *value)
{
  g_variant_builder_add (builder, "{sv}", key, value);
}

static GVariant *
verdict_readings (const Verdict *verdict)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  g_variant_builder_add (&builder, "{ss}", "ocr", verdict->ocr);
  g_variant_builder_add (&builder, "{ss}", "qr", verdict->qr);
  g_variant_builder_add (&builder, "{ss}", "second", verdict->second);
  return g_variant_builder_end (&builder);
}

static GVariant *
verdict_milliseconds (const Verdict *verdict, guint scan_ms)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{su}"));

  g_variant_builder_add (&builder, "{su}", "scan", scan_ms);
  g_variant_builder_add (&builder, "{su}", "find", verdict->find_ms);
  g_variant_builder_add (&builder, "{su}", "locate", verdict->locate_ms);
  g_variant_builder_add (&builder, "{su}", "read", verdict->read_ms);
  g_variant_builder_add (&builder, "{su}", "second", verdict->second_ms);
  g_variant_builder_add (&builder, "{su}", "total", scan_ms + verdict->total_ms);
  return g_variant_builder_end (&builder);
}

static GVariant *
verdict_strip (const Verdict *verdict)
{
  GVariant *parts[3];

  parts[0] = g_variant_new_uint32 (verdict->strip_width_px);
  parts[1] = g_variant_new_uint32 (verdict->strip_height_px);
  parts[2] = secret_variant (G_VARIANT_TYPE ("ay"), verdict->strip,
                             (gsize) verdict->strip_width_px * verdict->strip_height_px);
  return g_variant_new_tuple (parts, 3);
}

static GVariant *
verdict_to_variant (const Verdict *verdict, guint scan_ms)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  add (&builder, "verdict", g_variant_new_string (verdict_kind_name (verdict->kind)));
  add (&builder, "reason", g_variant_new_string (verdict->reason));
  add (&builder, "document", g_variant_new_string (verdict->document));
  if (verdict->number[0] != '\0')
    add (&builder, "number", secret_variant (G_VARIANT_TYPE_STRING, verdict->number, strlen (verdict->number) + 1));
  if (verdict->has_card)
    {
      GVariantBuilder box = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(dd)"));

      for (guint i = 0; i < 4; i++)
        g_variant_builder_add (&box, "(dd)", verdict->box[i][0], verdict->box[i][1]);
      add (&builder, "rotation-deg", g_variant_new_double (verdict->rotation_deg));
      add (&builder, "box", g_variant_builder_end (&box));
    }
  add (&builder, "readings", verdict_readings (verdict));
  add (&builder, "confidence", g_variant_new_double (verdict->confidence));
  if (verdict->strip != NULL)
    add (&builder, "strip", verdict_strip (verdict));
  add (&builder, "ms", verdict_milliseconds (verdict, scan_ms));
  return g_variant_builder_end (&builder);
}

static guint
ms_since (gint64 start_us)
{
  return (guint) ((g_get_monotonic_time () - start_us) / 1000);
}

static const char *
page_error_to_reason (const GError *error)
{
  return error->domain == CARD_PAGE_ERROR ? FRAMES_REASON_ABSURD_SIZE : scan_error_to_reason (error);
}

static gboolean
send_error (GSocket *socket, const char *code, const char *message)
{
  return frames_send (socket, FRAME_ERROR, g_variant_new ("(ss)", code, message), -1, NULL);
}

static gboolean
run_reading (Job *job, GSocket *socket, NumberReader *reader)
{
  g_auto (PageRun) run = { .socket = socket, .cancellable = job->cancellable };
  g_autoptr (Verdict) verdict = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 start_us = g_get_monotonic_time ();
  guint scan_ms;

  if (!scan (&run, driver_of (job), job, TRUE, &error))
    verdict = verdict_new (VERDICT_FAILED, page_error_to_reason (error), FRAMES_DOCUMENT_NONE);
  scan_ms = ms_since (start_us);
  if (verdict == NULL)
    verdict = number_reader_read (reader, run.page, job->cancellable);
  return frames_send (socket, FRAME_VERDICT, verdict_to_variant (verdict, scan_ms), -1, NULL);
}

static gboolean
run_scan_test (Job *job, GSocket *socket)
{
  g_auto (PageRun) run = { .socket = socket, .cancellable = job->cancellable };
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GError) error = NULL;
  const gint64 start_us = g_get_monotonic_time ();

  if (!scan (&run, driver_of (job), job, FALSE, &error))
    {
      g_variant_builder_clear (&builder);
      return send_error (socket, page_error_to_reason (error), error->message);
    }
  add (&builder, "width-px", g_variant_new_uint32 (run.format.width_px));
  add (&builder, "height-px", g_variant_new_uint32 (run.format.height_px));
  add (&builder, "dpi", g_variant_new_uint32 (run.format.dpi));
  add (&builder, "ms", g_variant_new_uint32 (ms_since (start_us)));
  add (&builder, "bytes",
       g_variant_new_uint64 ((guint64) run.format.width_px * run.format.n_channels * run.format.height_px));
  return frames_send (socket, FRAME_SCANNED, g_variant_builder_end (&builder), -1, NULL);
}

static gboolean
run_list (GSocket *socket)
{
  g_autoptr (GError) error = NULL;
  GVariant *devices = scan_sane_driver.list (&error);

  if (devices == NULL)
    return send_error (socket, scan_error_to_reason (error), error->message);
  return frames_send (socket, FRAME_DEVICES, devices, -1, NULL);
}

static gboolean
run_options (Job *job, GSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *name;
  gpointer device;

  g_variant_get (job->payload, "(&s)", &name);
  device = scan_sane_driver.open (name, -1, &error);
  if (device != NULL)
    {
      options = scan_sane_driver.get_options (device, &error);
      scan_sane_driver.close (device);
    }
  if (options == NULL)
    return send_error (socket, scan_error_to_reason (error), error->message);
  return frames_send (socket, FRAME_OPTION_LIST, g_variant_ref_sink (options), -1, NULL);
}

Job *
job_new (FrameType type, GVariant *payload, int fd)
{
  Job *self = g_new0 (Job, 1);

  self->type = type;
  self->payload = payload;
  self->fd = fd;
  self->cancellable = g_cancellable_new ();
  return self;
}

void
job_free (Job *self)
{
  if (self == NULL)
    return;
  g_variant_unref (self->payload);
  if (self->fd >= 0)
    (void) close (self->fd);
  g_object_unref (self->cancellable);
  g_free (self);
}

gboolean
job_is_request (FrameType type)
{
  return type >= FRAME_LIST && type <= FRAME_SCAN_TEST;
}

gboolean
job_is_picture (const Job *self)
{
  if (self->type == FRAME_READ)
    return TRUE;
  return (self->type == FRAME_SCAN || self->type == FRAME_SCAN_TEST)
         && g_strcmp0 (lookup_string (self->payload, "device"), SCAN_FILE_DEVICE) == 0;
}

gboolean
job_run (Job *self, GSocket *socket, NumberReader *reader)
{
  switch (self->type)
    {
    case FRAME_LIST:
      return run_list (socket);
    case FRAME_OPTIONS:
      return run_options (self, socket);
    case FRAME_SCAN:
    case FRAME_READ:
      return run_reading (self, socket, reader);
    case FRAME_SCAN_TEST:
      return run_scan_test (self, socket);
    default:
      g_return_val_if_reached (FALSE);
    }
}

gboolean
job_refuse (const Job *self, GSocket *socket, const char *reason, const char *message)
{
  g_autoptr (Verdict) verdict = NULL;

  if (self->type != FRAME_SCAN && self->type != FRAME_READ)
    return send_error (socket, reason, message);
  verdict = verdict_new (VERDICT_FAILED, reason, FRAMES_DOCUMENT_NONE);
  return frames_send (socket, FRAME_VERDICT, verdict_to_variant (verdict, 0), -1, NULL);
}
