/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded pages as a scan driver. */
#include "scan-file.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <leptonica/allheaders.h>

#include "pnm.h"

/* Resolutions outside this range are taken for a file's filler (JPEG without density says 0 or 1). */
#define MIN_DPI 50
#define MAX_DPI 4800

typedef struct
{
  /* borrowed */
  int fd;
  GCancellable *cancellable; /* of the call under way */

  /* owned */
  PnmReader *pnm; /* a PNM, or else */
  PIX *pix;       /* 8 or 32 bits per pixel */

  guint8 head[4]; /* the first bytes, looked at to tell the format; then read again by whoever decodes */
  gsize n_head, head_used;
  ScanFormat format;
  guint dpi; /* asked for */
  guint pace_ms;
  guint rows_done;
  gint64 start_us;
  gboolean started;
} FileDevice;

static gboolean
fail (GError **error, ScanError code, const char *what)
{
  g_set_error_literal (error, SCAN_ERROR, code, what);
  return FALSE;
}

/* Waits until @fd can be read (-1: only for the time), at most @timeout_ms (-1: for ever), or FALSE when cancelled. */
static gboolean
wait_for (int fd, int timeout_ms, GCancellable *cancellable, GError **error)
{
  GPollFD cancelled = { .fd = -1 };
  struct pollfd fds[2];

  if (g_cancellable_is_cancelled (cancellable))
    return fail (error, SCAN_ERROR_CANCELLED, "cancelled");
  (void) g_cancellable_make_pollfd (cancellable, &cancelled);
  fds[0] = (struct pollfd){ .fd = cancelled.fd, .events = POLLIN };
  fds[1] = (struct pollfd){ .fd = fd, .events = POLLIN };
  (void) poll (fds, 2, timeout_ms);
  if (cancelled.fd >= 0)
    g_cancellable_release_fd (cancellable);
  if (g_cancellable_is_cancelled (cancellable))
    return fail (error, SCAN_ERROR_CANCELLED, "cancelled");
  return TRUE;
}

static gssize
read_fd (gpointer data, guint8 *bytes, gsize n_bytes, GError **error)
{
  FileDevice *self = data;

  if (self->head_used < self->n_head)
    {
      gsize n = MIN (n_bytes, self->n_head - self->head_used);

      memcpy (bytes, self->head + self->head_used, n);
      self->head_used += n;
      return (gssize) n;
    }
  for (;;)
    {
      gssize n;

      if (!wait_for (self->fd, -1, self->cancellable, error))
        return -1;
      n = read (self->fd, bytes, n_bytes);
      if (n >= 0)
        return n;
      if (errno != EINTR && errno != EAGAIN)
        {
          g_set_error (error, SCAN_ERROR, SCAN_ERROR_BAD_IMAGE, "reading: %s", g_strerror (errno));
          return -1;
        }
    }
}

static gboolean
read_head (FileDevice *self, GError **error)
{
  guint8 head[sizeof self->head];
  gsize have = 0;

  while (have < sizeof head)
    {
      gssize n = read_fd (self, head + have, sizeof head - have, error);

      if (n < 0)
        return FALSE;
      if (n == 0)
        break;
      have += (gsize) n;
    }
  memcpy (self->head, head, have);
  self->n_head = have;
  return TRUE;
}

static gboolean
looks_decodable (const guint8 *head, gsize n_head)
{
  static const char magics[][4] = { { '\x89', 'P', 'N', 'G' }, { 'I', 'I', 42, 0 }, { 'M', 'M', 0, 42 } };

  if (n_head < 4)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    if (memcmp (head, magics[i], 4) == 0)
      return TRUE;
  return memcmp (head, "\xff\xd8\xff", 3) == 0; /* JPEG */
}

static void
wiped_bytes_free (GByteArray *bytes)
{
  explicit_bzero (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

typedef GByteArray WipedBytes;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WipedBytes, wiped_bytes_free)

/* Everything up to the end. Grows by moving into a new block, so that no unwiped copy is left behind by realloc. */
static GByteArray *
read_to_end (FileDevice *self, GError **error)
{
  g_autoptr (WipedBytes) bytes = g_byte_array_sized_new (1u << 20);
  guint capacity = 1u << 20;

  for (;;)
    {
      gssize n;

      if (bytes->len == capacity)
        {
          GByteArray *bigger;

          if (capacity >= SCAN_FILE_MAX_BYTES)
            {
              fail (error, SCAN_ERROR_ABSURD_SIZE, "the file is beyond what the reader takes");
              return NULL;
            }
          capacity *= 2;
          bigger = g_byte_array_sized_new (capacity);
          g_byte_array_append (bigger, bytes->data, bytes->len);
          wiped_bytes_free (bytes);
          bytes = bigger;
        }
      n = read_fd (self, bytes->data + bytes->len, capacity - bytes->len, error);
      if (n < 0)
        return NULL;
      if (n == 0)
        return g_steal_pointer (&bytes);
      bytes->len += (guint) n;
    }
}

static void
pix_wipe (PIX *pix)
{
  if (pix != NULL)
    explicit_bzero (pixGetData (pix), (gsize) pixGetWpl (pix) * 4 * (gsize) pixGetHeight (pix));
  pixDestroy (&pix);
}

/* To 8-bit grey or 32-bit colour without palette or transparency. Takes @pix. */
static PIX *
pix_to_samples (PIX *pix)
{
  PIX *flat = NULL;

  if (pixGetColormap (pix) != NULL)
    flat = pixRemoveColormap (pix, REMOVE_CMAP_BASED_ON_SRC);
  else if (pixGetDepth (pix) == 32 && pixGetSpp (pix) == 4)
    flat = pixAlphaBlendUniform (pix, 0xffffff00); /* on white paper */
  if (flat != NULL)
    {
      pix_wipe (pix);
      pix = flat;
      flat = NULL;
    }
  if (pixGetDepth (pix) != 8 && pixGetDepth (pix) != 32)
    {
      flat = pixConvertTo8 (pix, FALSE);
      pix_wipe (pix);
      pix = flat;
    }
  return pix;
}

/* Some of Leptonica's complaints ask for no severity before they are printed. */
static void
say_nothing (const char *text)
{
}

static gboolean
decode (FileDevice *self, GError **error)
{
  g_autoptr (WipedBytes) bytes = read_to_end (self, error);
  l_int32 kind, width, height, bits, samples, has_palette;
  PIX *pix;

  if (bytes == NULL)
    return FALSE;
  setMsgSeverity (L_SEVERITY_NONE);
  leptSetStderrHandler (say_nothing);
  /* The size first: nothing is decoded that would not be taken. */
  if (pixReadHeaderMem (bytes->data, bytes->len, &kind, &width, &height, &bits, &samples, &has_palette) != 0)
    return fail (error, SCAN_ERROR_BAD_IMAGE, "the header cannot be read");
  if (width < 0 || height <= 0)
    return fail (error, SCAN_ERROR_ABSURD_SIZE, "a picture without pixels");
  if (!scan_format_check ((guint64) width, (guint64) height, error))
    return FALSE;
  if (kind == IFF_JFIF_JPEG)
    pix = pixReadMemJpeg (bytes->data, bytes->len, 0, 1, NULL, 0); /* 0: damaged data is an error, not grey filling */
  else
    pix = pixReadMem (bytes->data, bytes->len);
  if (pix != NULL)
    pix = pix_to_samples (pix);
  if (pix == NULL)
    return fail (error, SCAN_ERROR_BAD_IMAGE, "the picture is damaged or cut short");
  self->pix = pix;
  self->format = (ScanFormat){ .width_px = (guint) pixGetWidth (pix),
                               .height_px = (guint) pixGetHeight (pix),
                               .n_channels = pixGetDepth (pix) == 32 ? 3 : 1 };
  if (pixGetXRes (pix) >= MIN_DPI && pixGetXRes (pix) <= MAX_DPI)
    self->format.dpi = (guint) pixGetXRes (pix);
  return scan_format_check (self->format.width_px, self->format.height_px, error);
}

/* Leptonica keeps pixels in 32-bit words, first pixel in the highest byte. */
static void
copy_pix_row (const FileDevice *self, guint y, guint8 *row)
{
  const l_uint32 *line = pixGetData (self->pix) + (gsize) y * (gsize) pixGetWpl (self->pix);

  if (self->format.n_channels == 1)
    for (guint x = 0; x < self->format.width_px; x++)
      row[x] = (guint8) (line[x / 4] >> (24 - 8 * (x % 4)));
  else
    for (guint x = 0; x < self->format.width_px; x++)
      {
        row[3 * x] = (guint8) (line[x] >> L_RED_SHIFT);
        row[3 * x + 1] = (guint8) (line[x] >> L_GREEN_SHIFT);
        row[3 * x + 2] = (guint8) (line[x] >> L_BLUE_SHIFT);
      }
}

static GVariant *
file_list (GError **error)
{
  return g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0);
}

static gpointer
file_open (const char *name, int fd, GError **error)
{
  FileDevice *self;

  if (fd < 0)
    {
      fail (error, SCAN_ERROR_NO_SCANNER, "a recorded page needs its file");
      return NULL;
    }
  self = g_new0 (FileDevice, 1);
  self->fd = fd;
  return self;
}

static GVariant *
file_get_options (gpointer device, GError **error)
{
  return g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0);
}

static gboolean
file_set_up (gpointer device, const ScanRequest *request, GError **error)
{
  FileDevice *self = device;

  self->dpi = request->dpi;
  self->pace_ms = request->pace_ms;
  return TRUE;
}

static gboolean
file_start (gpointer device, ScanFormat *ret_format, GCancellable *cancellable, GError **error)
{
  FileDevice *self = device;
  gboolean is_good;

  if (self->started)
    return fail (error, SCAN_ERROR_NO_PAPER, "a recorded page is read once");
  self->started = TRUE;
  self->cancellable = cancellable;
  if (!read_head (self, error))
    return FALSE;
  if (self->n_head >= 2 && self->head[0] == 'P' && self->head[1] >= '1' && self->head[1] <= '6')
    {
      self->pnm = pnm_reader_new (read_fd, self);
      is_good = pnm_reader_read_header (self->pnm, &self->format, error);
    }
  else if (looks_decodable (self->head, self->n_head))
    is_good = decode (self, error);
  else
    is_good = fail (error, SCAN_ERROR_BAD_IMAGE, "no PNM, PNG, JPEG or TIFF picture");
  self->cancellable = NULL;
  if (!is_good)
    return FALSE;
  if (self->format.dpi == 0)
    self->format.dpi = self->dpi;
  self->start_us = g_get_monotonic_time ();
  *ret_format = self->format;
  return TRUE;
}

static gssize
file_read_rows (gpointer device, guint8 *rows, guint max_rows, GCancellable *cancellable, GError **error)
{
  FileDevice *self = device;
  const gsize row_bytes = (gsize) self->format.width_px * self->format.n_channels;
  gssize n = 0;

  g_return_val_if_fail (self->pnm != NULL || self->pix != NULL, -1);

  if (g_cancellable_is_cancelled (cancellable))
    {
      fail (error, SCAN_ERROR_CANCELLED, "cancelled");
      return -1;
    }
  if (self->pnm != NULL)
    {
      self->cancellable = cancellable;
      n = pnm_reader_read_rows (self->pnm, rows, max_rows, error);
      self->cancellable = NULL;
    }
  else
    for (; n < (gssize) max_rows && self->rows_done + n < self->format.height_px; n++)
      copy_pix_row (self, self->rows_done + (guint) n, rows + (gsize) n * row_bytes);
  if (n <= 0)
    return n;

  self->rows_done += (guint) n;
  if (self->pace_ms > 0)
    {
      gint64 due_us = self->start_us + (gint64) self->pace_ms * 1000 * self->rows_done / self->format.height_px;
      gint64 wait_us = due_us - g_get_monotonic_time ();

      if (wait_us > 0 && !wait_for (-1, (int) (wait_us / 1000), cancellable, error))
        return -1;
    }
  return n;
}

static void
file_cancel (gpointer device)
{
  FileDevice *self = device;

  g_clear_pointer (&self->pnm, pnm_reader_free);
  g_clear_pointer (&self->pix, pix_wipe);
}

static void
file_close (gpointer device)
{
  FileDevice *self = device;

  file_cancel (self);
  explicit_bzero (self->head, sizeof self->head);
  g_free (self);
}

const ScanDriver scan_file_driver = {
  .name = SCAN_FILE_DEVICE,
  .list = file_list,
  .open = file_open,
  .get_options = file_get_options,
  .set_up = file_set_up,
  .start = file_start,
  .read_rows = file_read_rows,
  .cancel = file_cancel,
  .close = file_close,
};
