/* SPDX-License-Identifier: Apache-2.0 */
/* frames: how azukari-reader and its client talk over one inherited socket. The only header of ocr/ that app/ may include. */
#pragma once

#include <gio/gio.h>

#include "codes.h"

/*
 * The socket is AF_UNIX, SOCK_STREAM; the reader finds it as file descriptor FRAMES_READER_FD. Each frame is
 *
 *     guint32 type        (FrameType, little endian)
 *     guint32 n_bytes     (little endian, at most FRAMES_MAX_BYTES)
 *     n_bytes of payload: a GVariant of the type named beside the frame, little endian, in normal form
 *
 * Both sides treat the other as hostile: an unknown type, a size beyond the limit, a payload that is not in normal form
 * or a closed socket ends the conversation. FRAME_READ, and FRAME_SCAN and FRAME_SCAN_TEST of the device "recorded", carry
 * one file descriptor (SCM_RIGHTS) with the first byte of their header; a descriptor with any other frame breaks the rules.
 *
 *   client -> reader                                  reader -> client
 *   FRAME_LIST        ()                              FRAME_DEVICES   (aa{sv})
 *   FRAME_OPTIONS     (s) device                      FRAME_OPTION_LIST (aa{sv})
 *   FRAME_SCAN        (a{sv}) job, see below          FRAME_PROGRESS*, FRAME_PREVIEW*, then FRAME_VERDICT
 *   FRAME_READ        (a{sv}) job + fd                likewise
 *   FRAME_SCAN_TEST   (a{sv}) job                     FRAME_PROGRESS*, then FRAME_SCANNED
 *   FRAME_CANCEL      ()                              the running job ends with a verdict failed/cancelled
 *   FRAME_QUIT        ()                              the reader wipes and exits 0
 *                                                     FRAME_READY (once, first) (a{sv}): "protocol" u, "sandbox" s
 *                                                     FRAME_ERROR (ss) code, message: LIST, OPTIONS or SCAN_TEST failed
 *
 * Jobs run one at a time, in the order of their coming. Every request but CANCEL and QUIT gets exactly one closing answer.
 * A reader whose first job is a picture (READ, or the device "recorded") takes nothing but pictures from then on: it
 * gives up sockets and devices for good, and answers other jobs with the code access-denied.
 *
 * A job, "a{sv}":
 *   "device"     s    SANE device name, or "recorded" (rows come from the descriptor, PNM/PNG/JPEG/TIFF)   SCAN, SCAN_TEST
 *   "dpi"        u    wanted resolution; 0 = for READ: the file's own, else worked out from the card
 *   "mode"       s    "gray" (default) or "color"
 *   "source"     s    the device's own source name, absent = its default
 *   "options"    a{ss} further device options by SANE name, set after those above
 *   "preview-px" u    width of the preview pictures, 0 = none
 *   "pace-ms"    u    "recorded" only: how long the whole page should take, 0 = as fast as possible
 *   "early-stop" b    SCAN only, default true: recognition begins while rows come, and ends the page once an accepted verdict is
 *                     certain: one card, wholly in the rows so far and read from them. Not for "recorded" without "pace-ms",
 *                     not where the resolution is unknown, not from a source that is no flatbed: those are read as a whole
 *
 * FRAME_PROGRESS (uu): rows so far, rows in all (0 = unknown).
 * FRAME_PREVIEW (uuuuay): width_px, height_px of the whole preview (0 = unknown), first row, number of rows, and
 *   width_px * number of rows 8-bit grey samples. Rows come in order, each once.
 * FRAME_SCANNED (a{sv}): "width-px" u, "height-px" u, "dpi" u, "ms" u, "bytes" t.
 * FRAME_DEVICES: "name" s, "vendor" s, "model" s, "type" s.
 * FRAME_OPTION_LIST: "name" s, "title" s, "type" s (bool|int|fixed|string|button), "unit" s, "value" s,
 *   "settable" b, "choices" as (or "min" d, "max" d, "step" d).
 *
 * FRAME_VERDICT (a{sv}):
 *   "verdict"      s      "accepted" | "doubtful" | "refused" | "failed"
 *   "reason"       s      one code of FRAMES_REASON_*; "" when accepted
 *   "number"       s      12 digits; when accepted, or when doubtful with exactly 12 digits read; else absent
 *   "document"     s      one code of FRAMES_DOCUMENT_*
 *   "rotation-deg" d      how far the card was turned, clockwise, 0 <= x < 360; absent when no card was found
 *   "box"          a(dd)  the card's corners in input pixels, from the card's own top left, clockwise; absent likewise
 *   "readings"     a{ss}  "ocr": accepted|low-confidence|none, "qr": match|mismatch|absent, "second": match|mismatch|absent
 *   "confidence"   d      0..1, the weakest of the readings used
 *   "strip"        (uuay) width_px, height_px, grey samples: the upright number line of the card, to show beside the digits
 *   "rows"         (uu)   rows taken, rows in all (0 = unknown): fewer taken when the page was ended early; absent when none were
 *   "ms"           a{su}  milliseconds by step: "scan", "find", "locate", "read", "second", "total"
 */

#define FRAMES_PROTOCOL 1u
#define FRAMES_READER_FD 3
#define FRAMES_MAX_BYTES (8u * 1024u * 1024u)
#define FRAMES_HEADER_BYTES 8u

typedef enum
{
  FRAME_LIST = 1,
  FRAME_OPTIONS = 2,
  FRAME_SCAN = 3,
  FRAME_READ = 4,
  FRAME_SCAN_TEST = 5,
  FRAME_CANCEL = 6,
  FRAME_QUIT = 7,

  FRAME_READY = 101,
  FRAME_DEVICES = 102,
  FRAME_OPTION_LIST = 103,
  FRAME_PROGRESS = 104,
  FRAME_PREVIEW = 105,
  FRAME_VERDICT = 106,
  FRAME_SCANNED = 107,
  FRAME_ERROR = 108,
} FrameType;

/**
 * frames_send:
 * @socket: a connected stream socket, blocking
 * @payload: (transfer floating): of the frame's type; a floating reference is consumed
 * @fd: descriptor to pass along, or -1; stays the caller's
 *
 * Writes one whole frame. Not safe for two threads on one socket at once.
 *
 * Returns: %FALSE with a %G_IO_ERROR when the other side is gone or the payload is beyond FRAMES_MAX_BYTES.
 */
gboolean frames_send (GSocket *socket, FrameType type, GVariant *payload, int fd, GError **error);

/**
 * frames_receive:
 * @ret_payload: (out) (transfer full): in normal form and of the type that belongs to @ret_type
 * @ret_fd: (out) (optional): descriptor that came along, the caller's to close, or -1
 *
 * Blocks for one whole frame. Wipes its own buffers.
 *
 * Returns: %FALSE with %G_IO_ERROR_CLOSED at a clean end between frames, %G_IO_ERROR_INVALID_DATA for anything that
 * breaks the rules above, or the socket's own error.
 */
gboolean frames_receive (GSocket *socket, FrameType *ret_type, GVariant **ret_payload, int *ret_fd,
                         GCancellable *cancellable, GError **error);

/** frames_payload_type: the GVariant type string of a frame, or %NULL for an unknown type. */
const char *frames_payload_type (guint32 type);
