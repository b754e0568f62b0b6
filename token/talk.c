/* SPDX-License-Identifier: Apache-2.0 */
/* talk: packets. */
#include "talk.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>

#define HEADER_BYTES 8

static gboolean
fail_errno (int saved_errno, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "socket: %s", g_strerror (saved_errno));
  return FALSE;
}

gboolean
talk_send (int fd, TalkType type, GVariant *body, GError **error)
{
  g_autoptr (GVariant) native = g_variant_ref_sink (body);
  g_autoptr (GVariant) wire = G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref (native) : g_variant_byteswap (native);
  guint8 packet[TALK_MAX_BYTES] __attribute__ ((aligned (8))) = { 0 };
  gsize size = HEADER_BYTES + g_variant_get_size (wire);
  gssize n;
  int saved_errno;

  g_return_val_if_fail (g_variant_is_of_type (native, G_VARIANT_TYPE_VARDICT), FALSE);

  if (size > sizeof packet)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "a message of %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }
  packet[0] = (guint8) type;
  g_variant_store (wire, packet + HEADER_BYTES);
  do
    n = send (fd, packet, size, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  saved_errno = errno;
  explicit_bzero (packet, sizeof packet);
  return n == (gssize) size || fail_errno (n < 0 ? saved_errno : EMSGSIZE, error);
}

gboolean
talk_receive (int fd, guint8 *buffer, TalkType *ret_type, GVariant **ret_body, GError **error)
{
  static const guint8 zeros[HEADER_BYTES - 1];
  struct iovec vector = { buffer, TALK_MAX_BYTES };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  g_autoptr (GVariant) wire = NULL;
  gssize n;

  /* Without room for control data the kernel drops descriptors that come along, and says so in the flags. */
  do
    n = recvmsg (fd, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return fail_errno (errno, error);
  if (n == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the other side has closed the socket");
      return FALSE;
    }
  if (n >= HEADER_BYTES && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0
      && memcmp (buffer + 1, zeros, sizeof zeros) == 0)
    wire = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE_VARDICT, buffer + HEADER_BYTES,
                                                        (gsize) n - HEADER_BYTES, FALSE, NULL, NULL));
  if (wire == NULL || !g_variant_is_normal_form (wire))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "a message that breaks the rules");
      return FALSE;
    }
  *ret_type = (TalkType) buffer[0];
  *ret_body = G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_steal_pointer (&wire) : g_variant_byteswap (wire);
  return TRUE;
}

const guint8 *
talk_get_bytes (GVariant *body, const char *key, gsize n_bytes)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (body, key, G_VARIANT_TYPE_BYTESTRING);

  /* The child is serialised within its parent, so its bytes live as long as @body. */
  return value != NULL && g_variant_get_size (value) == n_bytes ? g_variant_get_data (value) : NULL;
}

GVariant *
talk_bytes (const guint8 *bytes, gsize n_bytes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n_bytes, 1);
}
