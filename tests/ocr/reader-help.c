/* SPDX-License-Identifier: Apache-2.0 */
/* reader-help: azukari-reader as a process that a test talks to. */
#include "reader-help.h"

#include <string.h>
#include <sys/socket.h>

void
reader_start (Reader *self, const char *working_dir)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  if (working_dir != NULL)
    {
      g_subprocess_launcher_set_cwd (launcher, working_dir);
      g_subprocess_launcher_setenv (launcher, "TMPDIR", working_dir, TRUE);
      g_subprocess_launcher_setenv (launcher, "HOME", working_dir, TRUE);
    }
  g_subprocess_launcher_take_fd (launcher, fds[1], FRAMES_READER_FD);
  self->process = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("AZUKARI_READER"), NULL);
  g_assert_no_error (error);
  g_subprocess_launcher_close (launcher);
  self->socket = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
}

/* The next frame that is no progress. (transfer full) */
GVariant *
expect (Reader *self, FrameType expected)
{
  GVariant *payload = NULL;
  FrameType type;

  do
    {
      g_autoptr (GError) error = NULL;

      g_clear_pointer (&payload, g_variant_unref);
      g_assert_true (frames_receive (self->socket, &type, &payload, NULL, NULL, &error));
      g_assert_no_error (error);
    }
  while (type == FRAME_PROGRESS);
  g_assert_cmpint (type, ==, expected);
  return payload;
}

void
expect_ready (Reader *self)
{
  g_autoptr (GVariant) ready = expect (self, FRAME_READY);
  const char *sandbox;
  guint32 protocol;

  g_assert_true (g_variant_lookup (ready, "protocol", "u", &protocol));
  g_assert_true (g_variant_lookup (ready, "sandbox", "&s", &sandbox));
  g_assert_cmpuint (protocol, ==, FRAMES_PROTOCOL);
  g_assert_nonnull (strstr (sandbox, "nofiles"));
}

void
send_frame (Reader *self, FrameType type, GVariant *payload, int fd)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (frames_send (self->socket, type, payload, fd, &error));
  g_assert_no_error (error);
}

GVariant *
job (const char *text)
{
  return g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
}

/* Waits for the end and gives the exit code; an end by a signal is a failure. */
int
reader_wait (Reader *self)
{
  g_autoptr (GError) error = NULL;
  int code;

  g_clear_object (&self->socket);
  g_assert_true (g_subprocess_wait (self->process, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (self->process));
  code = g_subprocess_get_exit_status (self->process);
  g_clear_object (&self->process);
  return code;
}

void
assert_verdict (GVariant *verdict, const char *word, const char *reason)
{
  const char *is_word, *is_reason;

  g_assert_true (g_variant_lookup (verdict, "verdict", "&s", &is_word));
  g_assert_true (g_variant_lookup (verdict, "reason", "&s", &is_reason));
  g_assert_cmpstr (is_word, ==, word);
  g_assert_cmpstr (is_reason, ==, reason);
}
