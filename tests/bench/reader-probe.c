/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader-probe: starts azukari-reader anew for each page, as the kiosk does for each visit, and prints one line of JSON each: how
 * long from exec to ready, how long the page took, and the process's memory before and after. Never a number.
 *
 *   reader-probe READER DPI FILE...      DPI 0: not told
 *   reader-probe READER starts N         no page, N starts
 *   reader-probe READER early PACE DPI FILE...      as a scanner that takes PACE ms for all of it, then as a whole
 *
 * With "early" standard input holds the number that each page shows, one a line. Told are the verdict of the page that came as
 * from a scanner, whether its number is that one ("right") and how many of the rows were taken; then how the whole page was read
 * ("whole") and whether both numbers are the same ("same").
 * Memory is VmRSS and VmHWM (the most that was ever resident) of the reader's process, from /proc.
 * Exit codes: 0 done; 1 usage; 2 the reader did not answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames.h"

typedef struct
{
  GSubprocess *process; /* owned */
  GSocket *socket;      /* owned */
  double ready_ms;
} Probe;

static void
probe_clear (Probe *self)
{
  if (self->socket != NULL)
    (void) frames_send (self->socket, FRAME_QUIT, g_variant_new ("()"), -1, NULL);
  if (self->process != NULL)
    (void) g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->socket);
  g_clear_object (&self->process);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Probe, probe_clear)

static double
ms_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / 1e3;
}

/* kB of a line of the process's status, "VmRSS:" say; 0 when there is none. */
static guint
memory_kb (const Probe *self, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (self->process));
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  line = strstr (text, name);
  return line != NULL ? (guint) strtoul (line + strlen (name), NULL, 10) : 0;
}

/* Passes over what comes before a frame of @type. Returns: (transfer full): its payload. */
static GVariant *
await (Probe *self, FrameType type, GError **error)
{
  for (;;)
    {
      GVariant *payload = NULL;
      FrameType heard;

      if (!frames_receive (self->socket, &heard, &payload, NULL, NULL, error))
        return NULL;
      if (heard == type)
        return payload;
      g_variant_unref (payload);
    }
}

static gboolean
start (Probe *self, const char *reader, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GVariant) ready = NULL;
  gint64 start_us;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no socket");
      return FALSE;
    }
  g_subprocess_launcher_take_fd (launcher, fds[1], FRAMES_READER_FD);
  g_subprocess_launcher_setenv (launcher, "OMP_THREAD_LIMIT", "1", TRUE); /* as the kiosk does */
  self->socket = g_socket_new_from_fd (fds[0], error);
  if (self->socket == NULL)
    return FALSE;
  start_us = g_get_monotonic_time ();
  self->process = g_subprocess_launcher_spawn (launcher, error, reader, NULL);
  g_subprocess_launcher_close (launcher);
  if (self->process == NULL)
    return FALSE;
  ready = await (self, FRAME_READY, error);
  self->ready_ms = ms_since (start_us);
  return ready != NULL;
}

static void
print_line (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  g_print ("%s\n", text);
}

static void
add_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static const char *
word_of (GVariant *verdict, const char *name)
{
  const char *value = "";

  (void) g_variant_lookup (verdict, name, "&s", &value);
  return value;
}

static void
add_word (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_verdict (JsonBuilder *builder, GVariant *verdict)
{
  static const char *const words[] = { "verdict", "reason", "document" };
  g_autoptr (GVariant) ms = g_variant_lookup_value (verdict, "ms", G_VARIANT_TYPE ("a{su}"));

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    add_word (builder, words[i], word_of (verdict, words[i]));
  json_builder_set_member_name (builder, "ms");
  if (ms != NULL)
    json_builder_add_value (builder, json_gvariant_serialize (ms));
  else
    json_builder_add_null_value (builder);
}

/* Has the page at @path read. @job: floating. Returns: (transfer full): the verdict. */
static GVariant *
run (Probe *self, FrameType type, const char *path, GVariant *job, GError **error)
{
  g_autoptr (GVariant) payload = g_variant_ref_sink (job);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean is_sent;

  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  is_sent = frames_send (self->socket, type, payload, fd, error);
  (void) close (fd);
  return is_sent ? await (self, FRAME_VERDICT, error) : NULL;
}

static void
add_bool (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

/* A page as from a scanner, then as a whole. */
static gboolean
probe_early (const char *reader, guint pace_ms, guint dpi, const char *path, GError **error)
{
  char number[32] = "";
  g_auto (Probe) self = { 0 };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GVariant) early = NULL;
  g_autoptr (GVariant) whole = NULL;
  guint rows = 0, rows_total = 0;

  if (fgets (number, sizeof number, stdin) == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "standard input has no number for %s", path);
      return FALSE;
    }
  g_strchomp (number);
  if (!start (&self, reader, error))
    return FALSE;
  early = run (&self, FRAME_SCAN, path,
               g_variant_new_parsed ("{'device': <'recorded'>, 'dpi': <%u>, 'pace-ms': <%u>}", dpi, pace_ms), error);
  if (early == NULL)
    return FALSE;
  whole = run (&self, FRAME_READ, path, g_variant_new_parsed ("{'dpi': <%u>}", dpi), error);
  if (whole == NULL)
    return FALSE;
  (void) g_variant_lookup (early, "rows", "(uu)", &rows, &rows_total);
  json_builder_begin_object (builder);
  add_verdict (builder, early);
  add_double (builder, "rows", rows);
  add_double (builder, "rows_total", rows_total);
  add_word (builder, "whole", word_of (whole, "verdict"));
  add_bool (builder, "right", strcmp (word_of (early, "number"), number) == 0);
  add_bool (builder, "same", strcmp (word_of (early, "number"), word_of (whole, "number")) == 0);
  json_builder_end_object (builder);
  print_line (builder);
  return TRUE;
}

/* @path: NULL for a start alone. */
static gboolean
probe (const char *reader, guint dpi, const char *path, GError **error)
{
  g_auto (Probe) self = { 0 };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GVariant) verdict = NULL;

  if (!start (&self, reader, error))
    return FALSE;
  json_builder_begin_object (builder);
  add_double (builder, "ready_ms", self.ready_ms);
  add_double (builder, "idle_kb", memory_kb (&self, "VmRSS:"));
  add_double (builder, "idle_peak_kb", memory_kb (&self, "VmHWM:"));
  if (path != NULL)
    {
      const gint64 start_us = g_get_monotonic_time ();

      verdict = run (&self, FRAME_READ, path, g_variant_new_parsed ("{'dpi': <%u>}", dpi), error);
      if (verdict == NULL)
        return FALSE;
      add_double (builder, "wall_ms", ms_since (start_us));
      add_double (builder, "peak_kb", memory_kb (&self, "VmHWM:"));
      add_verdict (builder, verdict);
    }
  json_builder_end_object (builder);
  print_line (builder);
  return TRUE;
}

static guint
uint_of (const char *text)
{
  return (guint) strtoul (text, NULL, 10);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const char *mode = argc > 2 ? argv[2] : "";
  const gboolean is_early = strcmp (mode, "early") == 0, is_starts = strcmp (mode, "starts") == 0;
  const int first = is_early ? 5 : 3; /* of the files */
  const int n = is_starts && argc == 4 ? atoi (argv[3]) : is_starts ? 0 : argc - first;

  if (n < 1)
    {
      g_printerr ("usage: reader-probe READER DPI FILE... | READER starts N | READER early PACE DPI FILE...\n");
      return 1;
    }
  for (int i = 0; i < n; i++)
    {
      gboolean is_good;

      if (is_early)
        is_good = probe_early (argv[1], uint_of (argv[3]), uint_of (argv[4]), argv[first + i], &error);
      else
        is_good = probe (argv[1], is_starts ? 0 : uint_of (mode), is_starts ? NULL : argv[first + i], &error);
      if (!is_good)
        {
          g_printerr ("reader-probe: %s\n", error->message);
          return 2;
        }
    }
  return 0;
}
