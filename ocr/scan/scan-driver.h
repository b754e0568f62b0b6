/* SPDX-License-Identifier: Apache-2.0 */
/* ScanDriver: where rows come from. SANE fills the table in, a recorded page fills it in, a test fills it in. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the reader takes: A3 at 600 dpi (7016 x 9922) with a little room; the same as CARD_PAGE_MAX_*. */
#define SCAN_MAX_SIDE_PX 10400u
#define SCAN_MAX_PIXELS (72u * 1000u * 1000u)
#define SCAN_DEFAULT_DPI 300u

/* One code for each thing that a person would do differently. */
#define SCAN_ERROR (scan_error_quark ())
GQuark scan_error_quark (void);
typedef enum
{
  SCAN_ERROR_NO_SCANNER,
  SCAN_ERROR_BUSY,
  SCAN_ERROR_JAMMED,
  SCAN_ERROR_COVER_OPEN,
  SCAN_ERROR_NO_PAPER,
  SCAN_ERROR_UNPLUGGED,
  SCAN_ERROR_DENIED,
  SCAN_ERROR_IO,
  SCAN_ERROR_SHORT_PAGE,
  SCAN_ERROR_CANCELLED,
  SCAN_ERROR_BAD_IMAGE,
  SCAN_ERROR_ABSURD_SIZE,
  SCAN_ERROR_BAD_OPTION,
} ScanError;

/** scan_error_to_reason: the FRAMES_REASON_* code of an error; FRAMES_REASON_IO for other domains. */
const char *scan_error_to_reason (const GError *error);

/* A page as it will be delivered: rows of width_px * n_channels bytes, 8 bits each, 0 black, no padding. */
typedef struct
{
  guint width_px;
  guint height_px;  /* 0 = unknown until the last row */
  guint n_channels; /* 1 grey, 3 red-green-blue */
  guint dpi;        /* the resolution that the device or the file says it has; 0 = it does not say */
} ScanFormat;

/**
 * scan_format_check:
 *
 * Returns: %FALSE with %SCAN_ERROR_ABSURD_SIZE when a side is 0 (unknown height is fine) or the page is beyond the limits above.
 */
gboolean scan_format_check (guint64 width_px, guint64 height_px, GError **error);

/* What is asked of a device. Strings are borrowed. */
typedef struct
{
  guint dpi;          /* 0 = SCAN_DEFAULT_DPI for a scanner, its own for a file */
  gboolean color;     /* else grey */
  const char *source; /* the device's own name, or NULL = its default */
  GVariant *options;  /* a{ss} or NULL: set after the ones above */
  guint pace_ms;      /* recorded pages: how long the page should take */
} ScanRequest;

/*
 * All functions of one driver are called on one thread, cancel included: SANE is not thread-safe, and its cancel least of
 * all. To stop a page from elsewhere, cancel the GCancellable: start and read_rows look at it and end with
 * SCAN_ERROR_CANCELLED. Every function that can fail does so with a SCAN_ERROR.
 */
typedef struct
{
  const char *name;

  /* aa{sv} as in FRAME_DEVICES, floating. */
  GVariant *(*list) (GError **error);

  /* @fd: the page, for the driver of recorded pages; stays the caller's and must outlive the device. */
  gpointer (*open) (const char *name, int fd, GError **error);

  /* aa{sv} as in FRAME_OPTION_LIST, floating. */
  GVariant *(*get_options) (gpointer device, GError **error);

  gboolean (*set_up) (gpointer device, const ScanRequest *request, GError **error);

  /* Begins the next page. NO_PAPER after the last page of a feeder. */
  gboolean (*start) (gpointer device, ScanFormat *ret_format, GCancellable *cancellable, GError **error);

  /* 1 to @max_rows rows into @rows, or 0 at the end of a complete page, or -1: a page that ends early is an error. */
  gssize (*read_rows) (gpointer device, guint8 *rows, guint max_rows, GCancellable *cancellable, GError **error);

  /* Ends the page, or the batch of pages, whatever its state. */
  void (*cancel) (gpointer device);
  void (*close) (gpointer device);
} ScanDriver;

G_END_DECLS
