/* SPDX-License-Identifier: Apache-2.0 */
/* The frames: what goes in comes out, and what breaks the rules is refused. */
#include "frames.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  GSocket *a, *b; /* the two ends */
} Pair;

static void
pair_set_up (Pair *pair, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  pair->a = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  pair->b = g_socket_new_from_fd (fds[1], &error);
  g_assert_no_error (error);
}

static void
pair_tear_down (Pair *pair, gconstpointer data)
{
  g_clear_object (&pair->a);
  g_clear_object (&pair->b);
}

static void
send_raw (Pair *pair, const void *bytes, gsize n_bytes)
{
  g_assert_cmpint (send (g_socket_get_fd (pair->a), bytes, n_bytes, MSG_NOSIGNAL), ==, (gssize) n_bytes);
}

static void
send_header (Pair *pair, guint32 type, guint32 n_bytes)
{
  guint32 header[2] = { GUINT32_TO_LE (type), GUINT32_TO_LE (n_bytes) };

  send_raw (pair, header, sizeof header);
}

static void
assert_refused (Pair *pair, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) payload = NULL;
  FrameType type = 0;
  int fd = -2;

  g_assert_false (frames_receive (pair->b, &type, &payload, &fd, NULL, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_null (payload);
  g_assert_cmpint (type, ==, 0);
  g_assert_cmpint (fd, ==, -2);
}

/* As many descriptors as one message may bring, with a whole frame or a part of one. */
static void
send_with_fds (Pair *pair, const void *bytes, gsize n_bytes, const int *fds, guint n_fds)
{
  union
  {
    struct cmsghdr align;
    char space[CMSG_SPACE (8 * sizeof (int))];
  } control = { 0 };
  struct iovec iov = { (void *) bytes, n_bytes };
  struct msghdr message = {
    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = CMSG_SPACE (n_fds * sizeof (int))
  };
  struct cmsghdr *cmsg = CMSG_FIRSTHDR (&message);

  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = SCM_RIGHTS;
  cmsg->cmsg_len = CMSG_LEN (n_fds * sizeof (int));
  memcpy (CMSG_DATA (cmsg), fds, n_fds * sizeof (int));
  g_assert_cmpint (sendmsg (g_socket_get_fd (pair->a), &message, MSG_NOSIGNAL), ==, (gssize) n_bytes);
}

static guint
count_open_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_round_trip (Pair *pair, gconstpointer data)
{
  static const struct
  {
    FrameType type;
    const char *text;
  } cases[] = {
    { FRAME_LIST, "()" },
    { FRAME_OPTIONS, "('test:0',)" },
    { FRAME_SCAN, "@a{sv} {'device': <'test:0'>, 'dpi': <uint32 300>}" },
    { FRAME_CANCEL, "()" },
    { FRAME_QUIT, "()" },
    { FRAME_READY, "@a{sv} {'protocol': <uint32 1>}" },
    { FRAME_DEVICES, "@aa{sv} []" },
    { FRAME_OPTION_LIST, "[{'name': <'mode'>, 'choices': <['Gray', 'Color']>}]" },
    { FRAME_PROGRESS, "(uint32 7, uint32 0)" },
    { FRAME_PREVIEW, "(uint32 2, uint32 2, uint32 0, uint32 1, [byte 0x00, 0xff])" },
    { FRAME_VERDICT, "{'verdict': <'refused'>, 'box': <[(1.5, 2.0)]>}" },
    { FRAME_SCANNED, "{'bytes': <uint64 12>}" },
    { FRAME_ERROR, "('busy', 'in use')" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) sent =
          g_variant_parse (G_VARIANT_TYPE (frames_payload_type (cases[i].type)), cases[i].text, NULL, NULL, &error);
      g_autoptr (GVariant) received = NULL;
      FrameType type;
      int fd;

      g_assert_no_error (error);
      g_assert_true (frames_send (pair->a, cases[i].type, sent, -1, &error));
      g_assert_no_error (error);
      g_assert_true (frames_receive (pair->b, &type, &received, &fd, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (type, ==, cases[i].type);
      g_assert_cmpint (fd, ==, -1);
      g_assert_true (g_variant_equal (sent, received));
    }
}

static gpointer
send_big_cb (gpointer data)
{
  Pair *pair = data;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *samples = g_malloc (4000000);
  int fd = open ("/dev/zero", O_RDONLY | O_CLOEXEC);

  memset (samples, 0x5a, 4000000);
  g_assert_true (
      frames_send (pair->a, FRAME_READ,
                   g_variant_new_parsed ("@a{sv} {'x': <%@ay>}",
                                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, samples, 4000000, 1)),
                   fd, &error));
  g_assert_no_error (error);
  (void) close (fd);
  return NULL;
}

/* Far more than a socket's buffer: the writer and the reader both go on after a part, and the descriptor comes once. */
static void
test_big_frame_with_descriptor (Pair *pair, gconstpointer data)
{
  g_autoptr (GThread) thread = g_thread_new ("sender", send_big_cb, pair);
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) samples = NULL;
  g_autoptr (GError) error = NULL;
  FrameType type;
  gsize n = 0;
  char byte = 1;
  int fd = -1;

  g_assert_true (frames_receive (pair->b, &type, &payload, &fd, NULL, &error));
  g_assert_no_error (error);
  g_thread_join (g_steal_pointer (&thread));
  samples = g_variant_lookup_value (payload, "x", G_VARIANT_TYPE ("ay"));
  g_assert_nonnull (g_variant_get_fixed_array (samples, &n, 1));
  g_assert_cmpuint (n, ==, 4000000);
  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 0);
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  (void) close (fd);
}

static void
test_too_big_to_send (Pair *pair, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_malloc0 (FRAMES_MAX_BYTES + 1);

  memset (text, 'x', FRAMES_MAX_BYTES);
  g_assert_false (frames_send (pair->a, FRAME_OPTIONS, g_variant_new ("(s)", text), -1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
}

static void
test_send_to_nobody (Pair *pair, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&pair->b);
  g_assert_false (frames_send (pair->a, FRAME_LIST, g_variant_new ("()"), -1, &error));
  g_assert_nonnull (error);
}

static void
test_clean_end (Pair *pair, gconstpointer data)
{
  g_clear_object (&pair->a);
  assert_refused (pair, G_IO_ERROR_CLOSED);
}

static void
test_truncated_header (Pair *pair, gconstpointer data)
{
  send_raw (pair, "\1\0\0", 3);
  g_clear_object (&pair->a);
  assert_refused (pair, G_IO_ERROR_INVALID_DATA);
}

static void
test_truncated_payload (Pair *pair, gconstpointer data)
{
  send_header (pair, FRAME_OPTIONS, 100);
  send_raw (pair, "abc", 3);
  g_clear_object (&pair->a);
  assert_refused (pair, G_IO_ERROR_INVALID_DATA);
}

static void
test_unknown_types (Pair *pair, gconstpointer data)
{
  static const guint32 types[] = { 0, 8, 100, 109, 0x80000000u, 0xffffffffu };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_assert_null (frames_payload_type (types[i]));
      send_header (pair, types[i], 0);
      assert_refused (pair, G_IO_ERROR_INVALID_DATA);
    }
}

static void
test_huge_lengths (Pair *pair, gconstpointer data)
{
  static const guint32 sizes[] = { FRAMES_MAX_BYTES + 1, 0x7fffffffu, 0x80000000u, 0xffffffffu };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      send_header (pair, FRAME_SCAN, sizes[i]);
      assert_refused (pair, G_IO_ERROR_INVALID_DATA);
    }
}

/* Bytes that GVariant would read leniently, as defaults: here they are refused. */
static void
test_not_normal_form (Pair *pair, gconstpointer data)
{
  static const struct
  {
    FrameType type;
    const char *bytes;
    gsize n_bytes;
  } cases[] = {
    { FRAME_LIST, "", 0 },                                  /* the unit takes one byte */
    { FRAME_LIST, "\1", 1 },                                /* which is zero */
    { FRAME_LIST, "\0\0", 2 },                              /* and no more */
    { FRAME_OPTIONS, "abc", 3 },                            /* string without its end */
    { FRAME_OPTIONS, "a\0b\0", 4 },                         /* zero inside the string */
    { FRAME_OPTIONS, "\xff\xfe\0", 3 },                     /* not UTF-8 */
    { FRAME_OPTIONS, "", 0 },                               /* nothing */
    { FRAME_PROGRESS, "\1\0\0\0", 4 },                      /* half of it */
    { FRAME_SCAN, "\xff", 1 },                              /* offset beyond the end */
    { FRAME_SCAN, "dpi\0\0\0\0\0\x2c\1\0\0\0u\3\xee", 16 }, /* entry whose offset points outside */
    { FRAME_DEVICES, "\0\0\0\0\0\0\0\0\7", 9 },
    { FRAME_PREVIEW, "\1\0\0\0\1\0\0\0\0\0\0\0\1\0\0", 15 },
    { FRAME_ERROR, "x\0y\0\xee", 5 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      send_header (pair, cases[i].type, (guint32) cases[i].n_bytes);
      if (cases[i].n_bytes > 0)
        send_raw (pair, cases[i].bytes, cases[i].n_bytes);
      assert_refused (pair, G_IO_ERROR_INVALID_DATA);
    }
}

/* The bytes of one frame's payload under another frame's type. */
static void
test_payload_of_another_type (Pair *pair, gconstpointer data)
{
  g_autoptr (GVariant) strings = g_variant_ref_sink (g_variant_new ("(ss)", "device", "other"));

  send_header (pair, FRAME_PROGRESS, (guint32) g_variant_get_size (strings));
  send_raw (pair, g_variant_get_data (strings), g_variant_get_size (strings));
  assert_refused (pair, G_IO_ERROR_INVALID_DATA);
}

static void
test_descriptors_out_of_place (Pair *pair, gconstpointer data)
{
  const guint32 cancel[2] = { GUINT32_TO_LE (FRAME_CANCEL), GUINT32_TO_LE (1) };
  const guint32 empty_read[2] = { GUINT32_TO_LE (FRAME_READ), 0 };
  const int zero = open ("/dev/zero", O_RDONLY | O_CLOEXEC);
  const int many[8] = { zero, zero, zero, zero, zero, zero, zero, zero };
  const guint n_before = count_open_fds ();

  send_with_fds (pair, cancel, sizeof cancel, &zero, 1);
  send_raw (pair, "", 1);
  assert_refused (pair, G_IO_ERROR_INVALID_DATA); /* none wanted */

  send_with_fds (pair, empty_read, sizeof empty_read, many, 8);
  assert_refused (pair, G_IO_ERROR_INVALID_DATA); /* one wanted, eight came */

  send_raw (pair, empty_read, sizeof empty_read);
  assert_refused (pair, G_IO_ERROR_INVALID_DATA); /* one wanted, none came */

  send_raw (pair, cancel, sizeof cancel);
  send_with_fds (pair, "", 1, many, 8);
  assert_refused (pair, G_IO_ERROR_INVALID_DATA); /* hidden in the payload */

  g_assert_cmpuint (count_open_fds (), ==, n_before); /* every one of them was closed */
  (void) close (zero);
}

static gpointer
cancel_cb (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_receive_can_be_cancelled (Pair *pair, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GThread) thread = g_thread_new ("cancel", cancel_cb, cancellable);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) payload = NULL;
  FrameType type;

  send_header (pair, FRAME_OPTIONS, 100);
  g_assert_false (frames_receive (pair->b, &type, &payload, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (g_steal_pointer (&thread));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/frames/" path, Pair, NULL, pair_set_up, function, pair_tear_down)
  ADD ("round-trip/every-type", test_round_trip);
  ADD ("round-trip/bigger-than-the-socket-with-descriptor", test_big_frame_with_descriptor);
  ADD ("send/too-big", test_too_big_to_send);
  ADD ("send/to-nobody", test_send_to_nobody);
  ADD ("receive/clean-end", test_clean_end);
  ADD ("receive/truncated-header", test_truncated_header);
  ADD ("receive/truncated-payload", test_truncated_payload);
  ADD ("receive/unknown-types", test_unknown_types);
  ADD ("receive/huge-lengths", test_huge_lengths);
  ADD ("receive/not-normal-form", test_not_normal_form);
  ADD ("receive/payload-of-another-type", test_payload_of_another_type);
  ADD ("receive/descriptors-out-of-place", test_descriptors_out_of_place);
  ADD ("receive/cancelled", test_receive_can_be_cancelled);
#undef ADD
  return g_test_run ();
}
