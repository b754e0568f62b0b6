/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes on the socket: frames_receive () gives whole frames of the right type, or an error, and then the end. */
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GSocket) socket = NULL;
  int fds[2];

  if (size > 65536) /* more than surely fits into the socket's buffer */
    return 0;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  g_assert_cmpint (send (fds[1], data, size, 0), ==, (gssize) size);
  (void) close (fds[1]);
  socket = g_socket_new_from_fd (fds[0], NULL);
  for (;;)
    {
      g_autoptr (GVariant) payload = NULL;
      g_autofree char *text = NULL;
      FrameType type;
      int fd;

      if (!frames_receive (socket, &type, &payload, &fd, NULL, NULL))
        return 0;
      g_assert_cmpint (fd, ==, -1);
      g_assert_true (g_variant_is_of_type (payload, G_VARIANT_TYPE (frames_payload_type (type))));
      g_assert_true (g_variant_is_normal_form (payload));
      text = g_variant_print (payload, TRUE); /* walks through all of it */
    }
}
