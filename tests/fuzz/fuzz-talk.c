/* SPDX-License-Identifier: Apache-2.0 */
/* Any packet on the socket to azukari-token, or from it: a message within the rules, or an error that ends the conversation. */
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "talk.h"

/* What came is the one way to write what was understood. */
static void
check_message (const uint8_t *data, size_t size, TalkType type, GVariant *body)
{
  g_autofree char *text = g_variant_print (body, TRUE); /* walks through all of it */
  const guint8 *point = talk_get_bytes (body, "point", 64);

  g_assert_cmpuint (size, >=, 8);
  g_assert_cmpuint (size, <=, TALK_MAX_BYTES);
  g_assert_cmpuint (type, ==, data[0]);
  g_assert_true (g_variant_is_of_type (body, G_VARIANT_TYPE_VARDICT));
  g_assert_true (g_variant_is_normal_form (body));
  g_assert_cmpuint (g_variant_get_size (body), ==, size - 8);
  if (point != NULL)
    g_assert_nonnull (memchr (point, point[63], 64));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  guint8 buffer[TALK_MAX_BYTES] __attribute__ ((aligned (8)));
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GError) error = NULL;
  TalkType type;
  int fds[2];

  if (size == 0) /* no packet: the end */
    return 0;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), ==, 0);
  g_assert_cmpint (send (fds[1], data, size, 0), ==, (gssize) size);
  if (talk_receive (fds[0], buffer, &type, &body, &error))
    check_message (data, size, type, body);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  (void) close (fds[0]);
  (void) close (fds[1]);
  return 0;
}
