/* SPDX-License-Identifier: Apache-2.0 */
/* SANE as a scan driver. */
#include "scan-sane.h"

#include <pthread.h>
#include <string.h>

#include "scan-profile.h"
#include "scan-sane-private.h"

#define READ_BYTES (256 * 1024)
#define IDLE_US 2000
#define MAX_PAGE_BYTES (512u * 1024u * 1024u)

typedef struct
{
  SANE_Handle handle;
  const ScanProfile *profile;
  ScanFormat format;
  SANE_Parameters params; /* of the frame under way, exact only since sane_start () */
  gboolean started;       /* sane_cancel () is due */

  /* owned */
  guint8 *line;      /* bytes_per_line of the row under way */
  guint8 *input;     /* READ_BYTES from sane_read () */
  GByteArray *plane; /* three-pass: the colour under way */
  guint8 *planes[3]; /* three-pass: complete, width_px * height_px each */

  gsize line_used, line_bytes;
  gsize input_next, input_end;
  guint64 page_bytes;
  guint rows_done;
  gboolean at_end;
} SaneDevice;

/*
 * Stands before glibc's function, for the back-ends. Many of them read on a thread that makes itself cancellable at any
 * instruction (sanei_thread.c) and is cancelled at the end of every page. When that hits it within malloc or free, the lock
 * stays taken and the page never ends. Cancelled at cancellation points only, it holds no such lock.
 */
int
pthread_setcanceltype (int type, int *old_type)
{
  if (old_type != NULL)
    *old_type = PTHREAD_CANCEL_DEFERRED;
  return 0;
}

/* SANE itself is one per process. */
static gboolean is_initialised;

gboolean
scan_sane_set_error (GError **error, SANE_Status status, const char *during)
{
  ScanError code = SCAN_ERROR_IO;

  switch (status)
    {
    case SANE_STATUS_DEVICE_BUSY:
      code = SCAN_ERROR_BUSY;
      break;
    case SANE_STATUS_JAMMED:
      code = SCAN_ERROR_JAMMED;
      break;
    case SANE_STATUS_COVER_OPEN:
      code = SCAN_ERROR_COVER_OPEN;
      break;
    case SANE_STATUS_NO_DOCS:
      code = SCAN_ERROR_NO_PAPER;
      break;
    case SANE_STATUS_ACCESS_DENIED:
      code = SCAN_ERROR_DENIED;
      break;
    case SANE_STATUS_CANCELLED:
      code = SCAN_ERROR_CANCELLED;
      break;
    default:
      break;
    }
  g_set_error (error, SCAN_ERROR, code, "%s: %s", during, sane_strstatus (status));
  return FALSE;
}

static gboolean
fail (GError **error, ScanError code, const char *what)
{
  g_set_error_literal (error, SCAN_ERROR, code, what);
  return FALSE;
}

static int
fail_rows (GError **error, ScanError code, const char *what)
{
  (void) fail (error, code, what);
  return -1;
}

static gboolean
initialise (GError **error)
{
  SANE_Int version = 0;
  SANE_Status status;

  if (is_initialised)
    return TRUE;
  status = sane_init (&version, NULL);
  if (status != SANE_STATUS_GOOD)
    return scan_sane_set_error (error, status, "starting SANE");
  is_initialised = TRUE;
  if (SANE_VERSION_MAJOR (version) != SANE_CURRENT_MAJOR)
    return fail (error, SCAN_ERROR_IO, "an unknown version of SANE");
  return TRUE;
}

static gboolean
is_cancelled (GCancellable *cancellable, GError **error)
{
  if (!g_cancellable_is_cancelled (cancellable))
    return FALSE;
  (void) fail (error, SCAN_ERROR_CANCELLED, "cancelled");
  return TRUE;
}

static gboolean
is_three_pass (const SaneDevice *self)
{
  return self->params.format == SANE_FRAME_RED || self->params.format == SANE_FRAME_GREEN
         || self->params.format == SANE_FRAME_BLUE;
}

/* Only what the standard allows, and the line must hold the pixels it claims: some devices pad it, none may fall short. */
static gboolean
check_params (const SANE_Parameters *params, GError **error)
{
  const guint samples = params->format == SANE_FRAME_RGB ? 3 : 1;
  guint64 needed;

  if (params->format < SANE_FRAME_GRAY || params->format > SANE_FRAME_BLUE
      || (params->depth != 1 && params->depth != 8 && params->depth != 16) || params->lines < -1)
    return fail (error, SCAN_ERROR_IO, "the scanner describes its page in a way that is not understood");
  if (params->pixels_per_line < 0 || params->lines == 0)
    return fail (error, SCAN_ERROR_ABSURD_SIZE, "the scanner announces a page without pixels");
  if (!scan_format_check ((guint64) params->pixels_per_line, params->lines < 0 ? 0 : (guint64) params->lines, error))
    return FALSE;
  needed = params->depth == 1 ? samples * (((guint64) params->pixels_per_line + 7) / 8)
                              : samples * (guint64) params->pixels_per_line * (guint) params->depth / 8;
  if (params->bytes_per_line < 0 || (guint64) params->bytes_per_line < needed
      || (guint64) params->bytes_per_line > needed + MAX_PAGE_BYTES / SCAN_MAX_SIDE_PX)
    return fail (error, SCAN_ERROR_IO, "the scanner's lines do not hold the pixels that it announces");
  return TRUE;
}

/* One line as it came -> 8-bit samples without padding. In 1-bit grey a set bit is black, in 1-bit colour it is full light
 * and each byte of eight pixels comes three times. 16-bit samples are in the machine's own order. */
static void
convert_line (const SANE_Parameters *params, const guint8 *line, guint8 *row)
{
  const guint samples = params->format == SANE_FRAME_RGB ? 3 : 1;
  const guint width = (guint) params->pixels_per_line;

  if (params->depth == 8)
    memcpy (row, line, (gsize) width * samples);
  else if (params->depth == 16)
    for (gsize i = 0; i < (gsize) width * samples; i++)
      {
        guint16 value;

        memcpy (&value, line + 2 * i, sizeof value);
        row[i] = (guint8) (value >> 8);
      }
  else
    for (guint x = 0; x < width; x++)
      for (guint c = 0; c < samples; c++)
        {
          const gboolean is_set = line[(x / 8) * samples + c] >> (7 - x % 8) & 1;

          row[x * samples + c] = is_set == (params->format != SANE_FRAME_GRAY) ? 255 : 0;
        }
}

/* Fills input. 1, 0 at the end of the frame, -1 with @error set. */
static int
fill_input (SaneDevice *self, GCancellable *cancellable, GError **error)
{
  gint64 stalled_since_us = 0;

  for (;;)
    {
      SANE_Int n = 0; /* some back-ends leave it alone when they report an error */
      SANE_Status status;

      if (is_cancelled (cancellable, error))
        return -1;
      status = sane_read (self->handle, self->input, READ_BYTES, &n);
      if (status == SANE_STATUS_EOF)
        /* a cancel looks like the end of a short, good page */
        return is_cancelled (cancellable, error) ? -1 : 0;
      if (status != SANE_STATUS_GOOD)
        {
          (void) scan_sane_set_error (error, status, "reading");
          return -1;
        }
      if (n < 0 || n > READ_BYTES)
        return fail_rows (error, SCAN_ERROR_IO, "the scanner sent more than there was room for");
      if (n > 0)
        {
          self->page_bytes += (guint) n;
          if (self->page_bytes > MAX_PAGE_BYTES)
            return fail_rows (error, SCAN_ERROR_ABSURD_SIZE, "the scanner does not stop sending");
          self->input_next = 0;
          self->input_end = (gsize) n;
          return 1;
        }
      if (stalled_since_us == 0)
        stalled_since_us = g_get_monotonic_time ();
      else if (g_get_monotonic_time () - stalled_since_us > SCAN_SANE_STALL_MS * 1000)
        return fail_rows (error, SCAN_ERROR_UNPLUGGED, "the scanner has stopped sending");
      g_usleep (IDLE_US);
    }
}

/* One line into self->line: 1, 0 at the end of the frame, -1 with @error set. */
static int
read_line (SaneDevice *self, GCancellable *cancellable, GError **error)
{
  while (self->line_used < self->line_bytes)
    {
      gsize n;

      if (self->input_next == self->input_end)
        {
          int more = fill_input (self, cancellable, error);

          if (more < 0)
            return -1;
          if (more == 0 && self->line_used == 0)
            return 0;
          if (more == 0)
            return fail_rows (error, SCAN_ERROR_SHORT_PAGE, "the page ends within a line");
        }
      n = MIN (self->line_bytes - self->line_used, self->input_end - self->input_next);
      memcpy (self->line + self->line_used, self->input + self->input_next, n);
      self->line_used += n;
      self->input_next += n;
    }
  self->line_used = 0;
  return 1;
}

static void
wipe_buffers (SaneDevice *self)
{
  if (self->line != NULL)
    explicit_bzero (self->line, self->line_bytes);
  g_clear_pointer (&self->line, g_free);
  if (self->input != NULL)
    explicit_bzero (self->input, READ_BYTES);
  g_clear_pointer (&self->input, g_free);
  for (guint i = 0; i < 3; i++)
    {
      if (self->planes[i] != NULL)
        explicit_bzero (self->planes[i], (gsize) self->format.width_px * self->format.height_px);
      g_clear_pointer (&self->planes[i], g_free);
    }
  if (self->plane != NULL)
    explicit_bzero (self->plane->data, self->plane->len);
  g_clear_pointer (&self->plane, g_byte_array_unref);
}

/* Starts a frame (a page, or one colour of it) and learns what will come. */
static gboolean
start_frame (SaneDevice *self, GCancellable *cancellable, GError **error)
{
  SANE_Status status;

  if (is_cancelled (cancellable, error))
    return FALSE;
  self->started = TRUE;
  status = sane_start (self->handle);
  if (status == SANE_STATUS_EOF) /* pnm's way to say that there are no more pages */
    status = SANE_STATUS_NO_DOCS;
  if (status != SANE_STATUS_GOOD)
    return scan_sane_set_error (error, status, "starting");
  status = sane_get_parameters (self->handle, &self->params);
  if (status != SANE_STATUS_GOOD)
    return scan_sane_set_error (error, status, "asking for the page's size");
  if (!check_params (&self->params, error))
    return FALSE;
  if (self->line != NULL)
    explicit_bzero (self->line, self->line_bytes);
  g_free (self->line);
  self->line_bytes = (gsize) self->params.bytes_per_line;
  self->line = g_malloc (self->line_bytes);
  self->line_used = 0;
  self->input_next = self->input_end = 0;
  return TRUE;
}

/* Reads one colour of a three-pass scan to its end. */
static gboolean
read_plane (SaneDevice *self, GCancellable *cancellable, GError **error)
{
  const gsize width = (gsize) self->params.pixels_per_line;
  const guint colour = (guint) (self->params.format - SANE_FRAME_RED);
  const guint announced = self->params.lines > 0 ? (guint) self->params.lines : 0;
  guint rows = 0;
  int more;

  if (self->planes[colour] != NULL)
    return fail (error, SCAN_ERROR_IO, "the scanner sends one colour twice");
  /* All the room at once where the size is known, so that nothing is moved and left behind. */
  self->plane = g_byte_array_sized_new ((guint) (width * (announced > 0 ? announced : SCAN_MAX_PIXELS / width)));
  while ((more = read_line (self, cancellable, error)) > 0)
    {
      if (!scan_format_check (width, ++rows, error))
        return FALSE;
      g_byte_array_set_size (self->plane, (guint) (rows * width));
      convert_line (&self->params, self->line, self->plane->data + (rows - 1) * width);
    }
  if (more < 0)
    return FALSE;
  if (rows == 0 || (announced > 0 && rows != announced))
    return fail (error, SCAN_ERROR_SHORT_PAGE, "the page has not as many lines as announced");
  if (self->format.height_px == 0)
    self->format.height_px = rows;
  if (self->format.width_px != width || self->format.height_px != rows)
    return fail (error, SCAN_ERROR_IO, "the scanner's colours differ in size");
  self->planes[colour] = g_byte_array_free (g_steal_pointer (&self->plane), FALSE);
  return TRUE;
}

static gboolean
read_three_passes (SaneDevice *self, GCancellable *cancellable, GError **error)
{
  if (!read_plane (self, cancellable, error))
    return FALSE;
  for (guint pass = 1; pass < 3; pass++)
    {
      if (self->params.last_frame)
        return fail (error, SCAN_ERROR_SHORT_PAGE, "the page lacks a colour");
      if (!start_frame (self, cancellable, error))
        return FALSE;
      if (!is_three_pass (self))
        return fail (error, SCAN_ERROR_IO, "the scanner changes its mind about colours");
      if (!read_plane (self, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static GVariant *
sane_driver_list (GError **error)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  const SANE_Device **devices = NULL;
  SANE_Status status;

  if (!initialise (error))
    return NULL;
  status = sane_get_devices (&devices, SANE_FALSE);
  if (status != SANE_STATUS_GOOD)
    {
      (void) scan_sane_set_error (error, status, "looking for scanners");
      return NULL;
    }
  for (; devices != NULL && *devices != NULL; devices++)
    {
      const SANE_Device *device = *devices;
      g_autofree char *name = g_utf8_make_valid (device->name, -1);
      g_autofree char *vendor = g_utf8_make_valid (device->vendor != NULL ? device->vendor : "", -1);
      g_autofree char *model = g_utf8_make_valid (device->model != NULL ? device->model : "", -1);
      g_autofree char *type = g_utf8_make_valid (device->type != NULL ? device->type : "", -1);

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "name", g_variant_new_string (name));
      g_variant_builder_add (&builder, "{sv}", "vendor", g_variant_new_string (vendor));
      g_variant_builder_add (&builder, "{sv}", "model", g_variant_new_string (model));
      g_variant_builder_add (&builder, "{sv}", "type", g_variant_new_string (type));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static gpointer
sane_driver_open (const char *name, int fd, GError **error)
{
  SANE_Handle handle = NULL;
  SANE_Status status;
  SaneDevice *self;

  if (!initialise (error))
    return NULL;
  status = sane_open (name, &handle);
  if (status != SANE_STATUS_GOOD || handle == NULL)
    {
      /* An unknown name is INVAL; a device that was there and is gone answers with an I/O error. */
      if (status == SANE_STATUS_INVAL || status == SANE_STATUS_IO_ERROR || status == SANE_STATUS_UNSUPPORTED)
        g_set_error (error, SCAN_ERROR, SCAN_ERROR_NO_SCANNER, "opening: %s", sane_strstatus (status));
      else
        (void) scan_sane_set_error (error, status, "opening");
      return NULL;
    }
  self = g_new0 (SaneDevice, 1);
  self->handle = handle;
  self->profile = scan_profile_find (NULL, NULL);
  return self;
}

static GVariant *
sane_driver_get_options (gpointer device, GError **error)
{
  return sane_options_describe (((SaneDevice *) device)->handle);
}

static gboolean
set_options (SaneDevice *self, GVariant *options, gboolean first_ones, GError **error)
{
  GVariantIter iter;
  const char *name, *value;

  if (options == NULL)
    return TRUE;
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
    if (g_strv_contains (self->profile->first_options, name) == first_ones
        && !sane_options_set (self->handle, name, value, error))
      return FALSE;
  return TRUE;
}

/* The whole bed, wherever the card lies; a feeder takes the page size that it has. */
static void
open_area (SaneDevice *self, GVariant *options)
{
  static const char *const area[] = { "tl-x", "tl-y", "br-x", "br-y" };
  g_autofree char *source = sane_options_dup_string (self->handle, self->profile->source_option);

  if (source != NULL && !g_str_has_prefix (source, "Flatbed"))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (area); i++)
    if (options == NULL || !g_variant_lookup (options, area[i], "&s", NULL))
      sane_options_go_to_limit (self->handle, area[i], i >= 2);
}

static gboolean
sane_driver_set_up (gpointer device, const ScanRequest *request, GError **error)
{
  SaneDevice *self = device;
  const ScanProfile *profile = self->profile;
  const char *const *modes = request->color ? profile->color_modes : profile->gray_modes;
  g_autofree char *dpi = g_strdup_printf ("%u", request->dpi > 0 ? request->dpi : SCAN_DEFAULT_DPI);
  double number;

  if (request->source != NULL && !sane_options_set (self->handle, profile->source_option, request->source, error))
    return FALSE;
  for (; *modes != NULL; modes++)
    if (sane_options_offers (self->handle, profile->mode_option, *modes))
      {
        if (!sane_options_set (self->handle, profile->mode_option, *modes, error))
          return FALSE;
        break;
      }
  if (sane_options_has (self->handle, profile->depth_option)
      && !sane_options_set (self->handle, profile->depth_option, "8", error))
    g_clear_error (error); /* a device without 8 bit delivers what it has */
  for (guint i = 0; profile->resolution_options[i] != NULL; i++)
    if (sane_options_has (self->handle, profile->resolution_options[i]))
      {
        if (!sane_options_set (self->handle, profile->resolution_options[i], dpi, error))
          return FALSE;
        break;
      }
  if (!set_options (self, request->options, TRUE, error))
    return FALSE;
  open_area (self, request->options);
  if (!set_options (self, request->options, FALSE, error))
    return FALSE;

  /* SANE tells the resolution nowhere else; the device may have rounded what was asked for. */
  self->format.dpi = 0;
  for (guint i = 0; profile->resolution_options[i] != NULL && self->format.dpi == 0; i++)
    if (sane_options_get_number (self->handle, profile->resolution_options[i], &number) && number >= 1
        && number <= 10000)
      self->format.dpi = (guint) (number + 0.5);
  return TRUE;
}

static gboolean
sane_driver_start (gpointer device, ScanFormat *ret_format, GCancellable *cancellable, GError **error)
{
  SaneDevice *self = device;

  wipe_buffers (self);
  self->input = g_malloc (READ_BYTES);
  self->page_bytes = 0;
  self->rows_done = 0;
  self->at_end = FALSE;
  if (!start_frame (self, cancellable, error))
    return FALSE;
  self->format.width_px = (guint) self->params.pixels_per_line;
  self->format.height_px = self->params.lines > 0 ? (guint) self->params.lines : 0;
  self->format.n_channels = self->params.format == SANE_FRAME_GRAY ? 1 : 3;
  if (is_three_pass (self) && !read_three_passes (self, cancellable, error))
    return FALSE;
  *ret_format = self->format;
  return TRUE;
}

static gssize
read_rows_of_planes (SaneDevice *self, guint8 *rows, guint max_rows)
{
  const guint n = MIN (max_rows, self->format.height_px - self->rows_done);
  const gsize first = (gsize) self->rows_done * self->format.width_px;

  for (gsize i = 0; i < (gsize) n * self->format.width_px; i++)
    for (guint c = 0; c < 3; c++)
      rows[3 * i + c] = self->planes[c][first + i];
  self->rows_done += n;
  return n;
}

static gssize
sane_driver_read_rows (gpointer device, guint8 *rows, guint max_rows, GCancellable *cancellable, GError **error)
{
  SaneDevice *self = device;
  const gsize row_bytes = (gsize) self->format.width_px * self->format.n_channels;
  guint n = 0;

  g_return_val_if_fail (self->line != NULL, -1);

  if (is_cancelled (cancellable, error))
    return -1;
  if (self->planes[0] != NULL)
    return read_rows_of_planes (self, rows, max_rows);
  /* Whole chunks of what has come: never wait for more while there is something to hand on. */
  while (n < max_rows && !self->at_end && (n == 0 || self->input_next < self->input_end))
    {
      int more = read_line (self, cancellable, error);

      if (more < 0)
        return -1;
      if (more == 0)
        {
          self->at_end = TRUE;
          break;
        }
      if (self->format.height_px > 0 && self->rows_done == self->format.height_px)
        return fail_rows (error, SCAN_ERROR_IO, "the page has more lines than announced");
      convert_line (&self->params, self->line, rows + n * row_bytes);
      n++;
      self->rows_done++;
      if (!scan_format_check (self->format.width_px, self->rows_done, error))
        return -1;
    }
  if (n == 0 && (self->rows_done == 0 || (self->format.height_px > 0 && self->rows_done < self->format.height_px)))
    return fail_rows (error, SCAN_ERROR_SHORT_PAGE, "the page has not as many lines as announced");
  return n;
}

static void
sane_driver_cancel (gpointer device)
{
  SaneDevice *self = device;

  if (self->started)
    sane_cancel (self->handle);
  self->started = FALSE;
  wipe_buffers (self);
}

static void
sane_driver_close (gpointer device)
{
  SaneDevice *self = device;

  sane_driver_cancel (self);
  sane_close (self->handle);
  g_free (self);
}

const ScanDriver scan_sane_driver = {
  .name = "sane",
  .list = sane_driver_list,
  .open = sane_driver_open,
  .get_options = sane_driver_get_options,
  .set_up = sane_driver_set_up,
  .start = sane_driver_start,
  .read_rows = sane_driver_read_rows,
  .cancel = sane_driver_cancel,
  .close = sane_driver_close,
};

void
scan_sane_exit (void)
{
  if (is_initialised)
    sane_exit ();
  is_initialised = FALSE;
}
