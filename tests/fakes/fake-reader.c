/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader that misbehaves on request, for the tests of its clients. $FAKE_READER says how:
 *
 *   good            answers every picture and scan with an accepted verdict that has every field
 *   picky           the same, but dies on a picture that begins with X
 *   doubtful        answers with a number in doubt
 *   deaf            gets ready and never answers, not even to being cancelled
 *   mute            never gets ready
 *   exit, abort     ends at the first request
 *   exit-at-once    ends before it is ready
 *   early-verdict   answers before it is ready
 *   protocol        gets ready for another protocol
 *   garbage         answers with bytes that are no frame
 *   half            answers with half a frame and ends
 *   VERDICT:TEXT    answers with this a{sv}, in GVariant's text form
 *   FRAME:N:TEXT    sends this payload as a frame of type N
 *
 * When its client is gone it makes the file that $FAKE_READER_RESTED names.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames.h"

#define NUMBER "123456789018"

static GSocket *client;

static void
say (FrameType type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *payload = g_variant_parse (G_VARIANT_TYPE (frames_payload_type (type)), text, NULL, NULL, &error);

  if (payload == NULL)
    g_error ("%s", error->message);
  if (!frames_send (client, type, payload, -1, NULL))
    exit (0);
}

static void
say_ready (guint protocol)
{
  g_autofree char *text =
      g_strdup_printf ("{'protocol': <uint32 %u>, 'sandbox': <'pid=%d'>}", protocol, (int) getpid ());

  say (FRAME_READY, text);
}

static void
say_good_verdict (const char *verdict, const char *reason)
{
  g_autofree char *text = g_strdup_printf (
      "{'verdict': <'%s'>, 'reason': <'%s'>, 'number': <'" NUMBER "'>, 'document': <'my-number-card-back'>,"
      " 'rotation-deg': <90.5>, 'box': <[(1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.5)]>,"
      " 'readings': <{'ocr': 'accepted', 'qr': 'match', 'second': 'absent'}>, 'confidence': <0.75>,"
      " 'strip': <(uint32 3, uint32 2, [byte 1, 2, 3, 4, 5, 6])>, 'rows': <(uint32 900, uint32 3508)>, 'ms': <{'scan': "
      "uint32 7, 'total': uint32 9}>}",
      verdict, reason);

  say (FRAME_VERDICT, text);
}

static void
send_bytes (const void *bytes, gsize n_bytes)
{
  (void) !send (g_socket_get_fd (client), bytes, n_bytes, MSG_NOSIGNAL);
}

static void
answer (const char *how, FrameType request, int fd)
{
  if (strcmp (how, "good") == 0)
    say_good_verdict ("accepted", "");
  else if (strcmp (how, "picky") == 0)
    {
      char first = '\0';

      if (fd >= 0 && read (fd, &first, 1) == 1 && first == 'X')
        abort ();
      say_good_verdict ("accepted", "");
    }
  else if (strcmp (how, "doubtful") == 0)
    say_good_verdict ("doubtful", FRAMES_REASON_LOW_CONFIDENCE);
  else if (strcmp (how, "exit") == 0)
    exit (0);
  else if (strcmp (how, "abort") == 0)
    abort ();
  else if (strcmp (how, "garbage") == 0)
    send_bytes ("HTTP/1.1 200 OK\r\n\r\n", 19);
  else if (strcmp (how, "half") == 0)
    {
      send_bytes ("\x6a\x00\x00\x00\x40\x00\x00\x00xyz", 11);
      exit (0);
    }
  else if (g_str_has_prefix (how, "VERDICT:"))
    say (FRAME_VERDICT, how + strlen ("VERDICT:"));
  else if (g_str_has_prefix (how, "FRAME:"))
    {
      char *text = NULL;
      const guint type = (guint) strtoul (how + strlen ("FRAME:"), &text, 10);

      say ((FrameType) type, text + 1);
    }
}

int
main (int argc, char **argv)
{
  const char *how = g_getenv ("FAKE_READER");

  client = g_socket_new_from_fd (FRAMES_READER_FD, NULL);
  if (client == NULL || how == NULL)
    return 1;
  if (strcmp (how, "exit-at-once") == 0)
    return 0;
  if (strcmp (how, "early-verdict") == 0)
    say_good_verdict ("accepted", "");
  else if (strcmp (how, "mute") != 0)
    say_ready (strcmp (how, "protocol") == 0 ? FRAMES_PROTOCOL + 1 : FRAMES_PROTOCOL);
  for (;;)
    {
      g_autoptr (GVariant) payload = NULL;
      FrameType type;
      int fd = -1;

      if (!frames_receive (client, &type, &payload, &fd, NULL, NULL) || type == FRAME_QUIT)
        {
          const char *rested = g_getenv ("FAKE_READER_RESTED");

          return rested == NULL || g_file_set_contents (rested, "", 0, NULL) ? 0 : 1;
        }
      if (type != FRAME_CANCEL)
        answer (how, type, fd);
      if (fd >= 0)
        (void) close (fd);
    }
}
