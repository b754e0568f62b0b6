/* SPDX-License-Identifier: Apache-2.0 */
/* azukari-vaultd and whoever does not speak D-Bus as one should. What the fuzzer tries at random is in tests/fuzz/fuzz-wire.c. */
#include "service-fixture.h"

#include <sys/socket.h>
#include <sys/un.h>

#define MANY (16 * SERVICE_MAX_CONNECTIONS)

static int
open_socket (Fixture *f)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, f->socket, sizeof address.sun_path);
  g_assert_cmpint (connect (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* After the handshake. */
static int
open_authenticated (Fixture *f)
{
  g_autofree char *uid = g_strdup_printf ("%u", getuid ());
  g_autoptr (GString) hello = g_string_new (NULL);
  int fd = open_socket (f);
  char answer[256];

  g_string_append_c (hello, '\0');
  g_string_append (hello, "AUTH EXTERNAL ");
  for (const char *c = uid; *c != '\0'; c++)
    g_string_append_printf (hello, "%02x", *c);
  g_string_append (hello, "\r\n");
  g_assert_cmpint (send (fd, hello->str, hello->len, MSG_NOSIGNAL), ==, hello->len);
  g_assert_cmpint (read (fd, answer, sizeof answer), >, 3);
  g_assert_true (g_str_has_prefix (answer, "OK "));
  return fd;
}

static void
assert_serves (Fixture *f)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;

  reconnect (f);
  azukari_vault1_call_get_status_sync (f->client, &status, NULL, &error);
  g_assert_no_error (error);
}

/* They leave in the very moment in which they come in, many more of them than the daemon serves at a time. */
static void
test_gone_at_once (Fixture *f, gconstpointer data)
{
  static const char rest[] = "BEGIN\r\nl\1\0\1\0\0\0";

  struct timeval patience = { .tv_usec = 200000 };
  char end;

  start (f);
  for (guint i = 0; i < MANY; i++)
    {
      int fd = open_authenticated (f);

      (void) setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      g_assert_cmpint (send (fd, rest, 7, MSG_NOSIGNAL), ==, 7);
      g_usleep (i % 64 * 16); /* a different moment each time */
      g_assert_cmpint (send (fd, rest + 7, sizeof rest - 8, MSG_NOSIGNAL), ==, sizeof rest - 8);
      (void) shutdown (fd, SHUT_WR);
      (void) !read (fd, &end, 1);
      close (fd);
    }
  assert_serves (f);
  /* Each of them has been let go. */
  for (guint i = 0; i < SERVICE_MAX_CONNECTIONS - 1; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GDBusConnection) one = connect_to (f->socket, &error);

      g_assert_no_error (error);
      g_assert_true (g_dbus_connection_close_sync (one, NULL, NULL));
    }
  assert_serves (f);
}

/* What was wrong with a message is logged, and nothing of what was in it. */
static void
test_nothing_quoted (Fixture *f, gconstpointer data)
{
  /* Version 0 of the protocol, with a body that is worth something. */
  static const char bad[] = "BEGIN\r\n"
                            "l\1\0\0\20\0\0\0\1\0\0\0\0\0\0\0"
                            "x" NUMBER "xyz";
  g_autofree char *log = NULL;
  char end;
  int fd;

  start (f);
  fd = open_authenticated (f);
  g_assert_cmpint (send (fd, bad, sizeof bad - 1, MSG_NOSIGNAL), ==, sizeof bad - 1);
  g_assert_cmpint (read (fd, &end, 1), ==, 0);
  close (fd);
  assert_serves (f);
  stop (f);
  g_assert_true (g_file_get_contents (f->log, &log, NULL, NULL));
  g_assert_nonnull (strstr (log, "D-Bus message")); /* it did say something */
  g_assert_null (strstr (log, NUMBER));
  g_assert_null (strstr (log, "78901")); /* nor a line of its bytes */
  g_assert_null (strstr (log, "31 32 33"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* A message that cannot be parsed is worth a warning, not the daemon's life. */
  g_unsetenv ("G_DEBUG");
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up_empty, func, tear_down)
  ADD ("/wire/gone-at-once", test_gone_at_once);
  ADD ("/wire/nothing-quoted", test_nothing_quoted);
  return g_test_run ();
}
