/* SPDX-License-Identifier: Apache-2.0 */
/* What all scan drivers share: error codes and the limits of a page. */
#include "scan-driver.h"

#include "frames.h"

G_DEFINE_QUARK (scan_error, scan_error)

const char *
scan_error_to_reason (const GError *error)
{
  if (error->domain != SCAN_ERROR)
    return FRAMES_REASON_IO;
  switch ((ScanError) error->code)
    {
    case SCAN_ERROR_NO_SCANNER:
      return FRAMES_REASON_NO_SCANNER;
    case SCAN_ERROR_BUSY:
      return FRAMES_REASON_BUSY;
    case SCAN_ERROR_JAMMED:
      return FRAMES_REASON_JAMMED;
    case SCAN_ERROR_COVER_OPEN:
      return FRAMES_REASON_COVER_OPEN;
    case SCAN_ERROR_NO_PAPER:
      return FRAMES_REASON_NO_PAPER;
    case SCAN_ERROR_UNPLUGGED:
      return FRAMES_REASON_UNPLUGGED;
    case SCAN_ERROR_DENIED:
      return FRAMES_REASON_DENIED;
    case SCAN_ERROR_IO:
      return FRAMES_REASON_IO;
    case SCAN_ERROR_SHORT_PAGE:
      return FRAMES_REASON_SHORT_PAGE;
    case SCAN_ERROR_CANCELLED:
      return FRAMES_REASON_CANCELLED;
    case SCAN_ERROR_BAD_IMAGE:
      return FRAMES_REASON_BAD_IMAGE;
    case SCAN_ERROR_ABSURD_SIZE:
      return FRAMES_REASON_ABSURD_SIZE;
    case SCAN_ERROR_BAD_OPTION:
      return FRAMES_REASON_BAD_OPTION;
    }
  return FRAMES_REASON_IO;
}

gboolean
scan_format_check (guint64 width_px, guint64 height_px, GError **error)
{
  if (width_px == 0 || width_px > SCAN_MAX_SIDE_PX || height_px > SCAN_MAX_SIDE_PX
      || width_px * height_px > SCAN_MAX_PIXELS)
    {
      g_set_error (error, SCAN_ERROR, SCAN_ERROR_ABSURD_SIZE,
                   "a page of %" G_GUINT64_FORMAT " x %" G_GUINT64_FORMAT " pixels", width_px, height_px);
      return FALSE;
    }
  return TRUE;
}
