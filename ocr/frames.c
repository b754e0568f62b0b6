/* SPDX-License-Identifier: Apache-2.0 */
/* The frames between azukari-reader and its client: types, sizes, sending and receiving. */
#include "frames.h"

const char *
frames_payload_type (guint32 type)
{
  switch ((FrameType) type)
    {
    case FRAME_LIST:
    case FRAME_CANCEL:
    case FRAME_QUIT:
      return "()";
    case FRAME_OPTIONS:
      return "(s)";
    case FRAME_SCAN:
    case FRAME_READ:
    case FRAME_SCAN_TEST:
    case FRAME_READY:
    case FRAME_VERDICT:
    case FRAME_SCANNED:
      return "a{sv}";
    case FRAME_DEVICES:
    case FRAME_OPTION_LIST:
      return "aa{sv}";
    case FRAME_PROGRESS:
      return "(uu)";
    case FRAME_PREVIEW:
      return "(uuuuay)";
    case FRAME_ERROR:
      return "(ss)";
    }
  return NULL;
}
