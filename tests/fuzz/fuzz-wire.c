/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes to the vault's socket: from the first one on, or, when the first is odd, after the handshake. Whatever they are, the service ends the
 * connection when they end, grants no right, and serves the next. */
#include <gio/gunixconnection.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fuzz.h"
#include "fuzz-service.h"

static int
open_socket (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_assert_cmpint (fd, >=, 0);
  g_strlcpy (address.sun_path, fuzz.socket, sizeof address.sun_path);
  g_assert_cmpint (connect (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* Lets the service work until it has answered or ended the connection. Returns what read () did. */
static gssize
read_some (int fd, char *buffer, gsize size)
{
  const gint64 end = g_get_monotonic_time () + FUZZ_WAIT_US;
  gssize n;

  while ((n = read (fd, buffer, size)) < 0 && errno == EAGAIN)
    {
      struct pollfd wait = { fd, POLLIN, 0 };

      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (!g_main_context_iteration (NULL, FALSE))
        (void) poll (&wait, 1, 1);
    }
  return n;
}

static void
write_all (int fd, const void *bytes, gsize n_bytes)
{
  const char *at = bytes;

  while (n_bytes > 0)
    {
      gssize n = send (fd, at, n_bytes, MSG_NOSIGNAL);

      if (n < 0 && errno != EAGAIN)
        return; /* it has ended the connection already */
      if (n < 0)
        (void) g_main_context_iteration (NULL, FALSE);
      at += MAX (n, 0);
      n_bytes -= MAX (n, 0);
    }
}

static void
shake_hands (int fd)
{
  g_autofree char *uid = g_strdup_printf ("%u", getuid ());
  g_autoptr (GString) hello = g_string_new (NULL);
  char answer[256];

  g_string_append_c (hello, '\0');
  g_string_append (hello, "AUTH EXTERNAL ");
  for (const char *c = uid; *c != '\0'; c++)
    g_string_append_printf (hello, "%02x", *c);
  g_string_append (hello, "\r\n");
  write_all (fd, hello->str, hello->len);
  g_assert_cmpint (read_some (fd, answer, sizeof answer), >, 0);
  g_assert_true (g_str_has_prefix (answer, "OK "));
  write_all (fd, "BEGIN\r\n", 7);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gboolean gone = FALSE;
  char answer[4096];
  int fd;

  fuzz_start (FALSE);
  if (size < 1)
    return 0;
  fd = open_socket ();
  if (data[0] % 2 != 0)
    shake_hands (fd);
  write_all (fd, data + 1, size - 1);
  (void) shutdown (fd, SHUT_WR);
  while (read_some (fd, answer, sizeof answer) > 0)
    ;
  close (fd);
  /* Its last words. */
  for (guint i = 0; i < 1000 && !gone; i++)
    {
      gone = service_get_n_connections (fuzz.service) == 0;
      if (!gone && !g_main_context_iteration (NULL, FALSE))
        g_usleep (100);
    }
  g_assert_true (gone);
  return 0;
}
