/* SPDX-License-Identifier: Apache-2.0 */
/* The frames between azukari-reader and its client: types, sizes, sending and receiving. */
#include "frames.h"

#include <gio/gunixfdmessage.h>
#include <string.h>
#include <unistd.h>

/* Payload bytes in flight; wiped when the variant made of them is freed. */
typedef struct
{
  gsize n_bytes;
  guint8 *bytes;
} Payload;

static Payload *
payload_new (gsize n_bytes)
{
  Payload *self = g_new0 (Payload, 1);

  self->bytes = g_malloc (MAX (n_bytes, 1));
  self->n_bytes = n_bytes;
  return self;
}

static void
payload_free (gpointer data)
{
  Payload *self = data;

  explicit_bzero (self->bytes, self->n_bytes);
  g_free (self->bytes);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Payload, payload_free)

/* How many descriptors a frame may bring: a picture to read must come along; a scan brings one for "recorded" only. */
static gboolean
n_fds_allowed (guint32 type, guint n_fds)
{
  switch ((FrameType) type)
    {
    case FRAME_READ:
      return n_fds == 1;
    case FRAME_SCAN:
    case FRAME_SCAN_TEST:
      return n_fds <= 1;
    default:
      return n_fds == 0;
    }
}

static void
close_fds (GArray *fds)
{
  for (guint i = 0; i < fds->len; i++)
    (void) close (g_array_index (fds, int, i));
  g_array_unref (fds);
}

typedef GArray FdArray;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FdArray, close_fds)

static gboolean
send_all (GSocket *socket, GOutputVector *vectors, guint n_vectors, int fd, GError **error)
{
  g_autoptr (GSocketControlMessage) fd_message = NULL;

  if (fd >= 0)
    {
      fd_message = g_unix_fd_message_new ();
      if (!g_unix_fd_message_append_fd (G_UNIX_FD_MESSAGE (fd_message), fd, error))
        return FALSE;
    }
  while (n_vectors > 0)
    {
      gssize sent = g_socket_send_message (socket, NULL, vectors, n_vectors, fd_message != NULL ? &fd_message : NULL,
                                           fd_message != NULL ? 1 : 0, 0, NULL, error);
      if (sent < 0)
        return FALSE;
      if (sent > 0)
        g_clear_object (&fd_message); /* went with the first byte */
      while (n_vectors > 0 && (gsize) sent >= vectors[0].size)
        {
          sent -= vectors[0].size;
          vectors++;
          n_vectors--;
        }
      if (n_vectors > 0)
        {
          vectors[0].buffer = (const guint8 *) vectors[0].buffer + sent;
          vectors[0].size -= sent;
        }
    }
  return TRUE;
}

/* Fills all of @bytes. Descriptors that come along are appended to @fds. *@ret_received tells how far it got. */
static gboolean
receive_all (GSocket *socket, guint8 *bytes, gsize n_bytes, GArray *fds, gsize *ret_received, GCancellable *cancellable,
             GError **error)
{
  *ret_received = 0;
  while (*ret_received < n_bytes)
    {
      GInputVector vector = { bytes + *ret_received, n_bytes - *ret_received };
      GSocketControlMessage **messages = NULL;
      int n_messages = 0, flags = 0;
      gssize received =
          g_socket_receive_message (socket, NULL, &vector, 1, &messages, &n_messages, &flags, cancellable, error);

      if (received < 0)
        return FALSE;
      for (int i = 0; i < n_messages; i++)
        {
          if (G_IS_UNIX_FD_MESSAGE (messages[i]))
            {
              int n_fds = 0;
              g_autofree int *stolen = g_unix_fd_message_steal_fds (G_UNIX_FD_MESSAGE (messages[i]), &n_fds);

              g_array_append_vals (fds, stolen, (guint) n_fds);
            }
          g_object_unref (messages[i]);
        }
      g_free (messages);
      if (received == 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the other side has closed the socket");
          return FALSE;
        }
      *ret_received += (gsize) received;
    }
  return TRUE;
}

static GVariant *
to_wire_order (GVariant *payload)
{
  return G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref (payload) : g_variant_byteswap (payload);
}

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

gboolean
frames_send (GSocket *socket, FrameType type, GVariant *payload, int fd, GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (payload);
  g_autoptr (GVariant) wire = NULL;
  g_autoptr (Payload) bytes = NULL;
  const char *payload_type = frames_payload_type (type);
  guint32 header[2];
  GOutputVector vectors[2];
  gsize n_bytes;

  g_return_val_if_fail (payload_type != NULL, FALSE);
  g_return_val_if_fail (g_variant_is_of_type (sunk, G_VARIANT_TYPE (payload_type)), FALSE);

  n_bytes = g_variant_get_size (sunk);
  if (n_bytes > FRAMES_MAX_BYTES)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "frame %d has %" G_GSIZE_FORMAT " bytes", type,
                   n_bytes);
      return FALSE;
    }
  /* Stored into a buffer of our own: g_variant_get_data () would leave a copy behind that nobody wipes. */
  wire = to_wire_order (sunk);
  bytes = payload_new (n_bytes);
  g_variant_store (wire, bytes->bytes);
  header[0] = GUINT32_TO_LE ((guint32) type);
  header[1] = GUINT32_TO_LE ((guint32) n_bytes);
  vectors[0] = (GOutputVector){ header, sizeof header };
  vectors[1] = (GOutputVector){ bytes->bytes, n_bytes };
  return send_all (socket, vectors, n_bytes > 0 ? 2 : 1, fd, error);
}

gboolean
frames_receive (GSocket *socket, FrameType *ret_type, GVariant **ret_payload, int *ret_fd, GCancellable *cancellable,
                GError **error)
{
  g_autoptr (FdArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (Payload) bytes = NULL;
  g_autoptr (GVariant) wire = NULL;
  g_autoptr (GError) local = NULL;
  const char *payload_type;
  guint32 header[2], type, n_bytes;
  gsize received;
  Payload *owned;

  if (!receive_all (socket, (guint8 *) header, sizeof header, fds, &received, cancellable, &local))
    {
      if (received > 0 && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CLOSED))
        local->code = G_IO_ERROR_INVALID_DATA;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  type = GUINT32_FROM_LE (header[0]);
  n_bytes = GUINT32_FROM_LE (header[1]);
  payload_type = frames_payload_type (type);
  if (payload_type == NULL || n_bytes > FRAMES_MAX_BYTES)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "unknown frame %u of %u bytes", type, n_bytes);
      return FALSE;
    }

  bytes = payload_new (n_bytes);
  if (!receive_all (socket, bytes->bytes, n_bytes, fds, &received, cancellable, &local))
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CLOSED))
        local->code = G_IO_ERROR_INVALID_DATA;
      g_propagate_prefixed_error (error, g_steal_pointer (&local), "frame %u: ", type);
      return FALSE;
    }
  if (!n_fds_allowed (type, fds->len) || (ret_fd == NULL && fds->len > 0))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "frame %u came with %u descriptors", type, fds->len);
      return FALSE;
    }

  owned = g_steal_pointer (&bytes);
  wire = g_variant_ref_sink (
      g_variant_new_from_data (G_VARIANT_TYPE (payload_type), owned->bytes, n_bytes, FALSE, payload_free, owned));
  if (!g_variant_is_normal_form (wire))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "frame %u is not in normal form", type);
      return FALSE;
    }
  *ret_type = (FrameType) type;
  *ret_payload = to_wire_order (wire);
  if (ret_fd != NULL)
    {
      *ret_fd = fds->len == 1 ? g_array_index (fds, int, 0) : -1;
      g_array_set_size (fds, 0);
    }
  return TRUE;
}
