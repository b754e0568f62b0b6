/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl read: pictures in, verdicts out; nothing is stored. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl-common.h"
#include "frames.h"
#include "messages.h"
#include "reader-client.h"

#define MIN_DPI 50
#define MAX_DPI 1200

/* In JSON, the reason of a file that could not even be opened. */
#define REASON_CANNOT_OPEN "cannot-open"

typedef struct
{
  int dpi;
  gboolean show_doubtful;
  gboolean json;
  ReaderClient *client; /* owned; NULL before the first file and after a crash */
} ReadRun;

static void
read_run_clear (ReadRun *self)
{
  g_clear_object (&self->client);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ReadRun, read_run_clear)

/* Returns: NULL with @error set when the reader cannot be started. */
static ReaderVerdict *
read_picture (ReadRun *self, int fd, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  ReaderVerdict *verdict;

  if (self->client == NULL)
    self->client = reader_client_new (NULL, error);
  if (self->client == NULL)
    return NULL;
  reader_client_read_async (self->client, fd, (guint) self->dpi, NULL, ctl_keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  verdict = reader_client_verdict_finish (self->client, result, error);
  if (verdict == NULL || strcmp (verdict->reason, FRAMES_REASON_CRASHED) == 0)
    g_clear_object (&self->client); /* the next file gets a new process */
  return verdict;
}

/* The number as far as it may be shown, or NULL. */
static const char *
number_to_show (const ReadRun *self, const ReaderVerdict *verdict)
{
  return strcmp (verdict->verdict, "accepted") == 0 || self->show_doubtful ? verdict->number : NULL;
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_box (JsonBuilder *builder, const ReaderVerdict *verdict)
{
  json_builder_set_member_name (builder, "rotation_deg");
  if (verdict->has_box)
    json_builder_add_double_value (builder, verdict->rotation_deg);
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "box");
  if (!verdict->has_box)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_array (builder);
  for (guint i = 0; i < 4; i++)
    {
      json_builder_begin_array (builder);
      json_builder_add_double_value (builder, verdict->box[i][0]);
      json_builder_add_double_value (builder, verdict->box[i][1]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static void
add_variant (JsonBuilder *builder, const char *name, GVariant *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_value (builder, json_gvariant_serialize (value));
}

static void
print_line (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  char *text = json_to_string (root, FALSE);

  g_print ("%s\n", text);
  explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
print_json (const ReadRun *self, const char *file, const ReaderVerdict *verdict)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "file", file);
  add_string (builder, "verdict", verdict->verdict);
  add_string (builder, "reason", verdict->reason);
  add_string (builder, "number", number_to_show (self, verdict));
  add_string (builder, "document", verdict->document);
  add_box (builder, verdict);
  add_variant (builder, "readings", verdict->readings);
  json_builder_set_member_name (builder, "confidence");
  json_builder_add_double_value (builder, verdict->confidence);
  add_variant (builder, "ms", verdict->ms);
  json_builder_end_object (builder);
  print_line (builder);
}

static void
print_for_people (const ReadRun *self, const char *file, const ReaderVerdict *verdict)
{
  const char *number = number_to_show (self, verdict);

  if (strcmp (verdict->verdict, "failed") == 0)
    g_printerr ("azukarictl read: %s: %s\n", file, messages_for_reason (verdict->reason));
  else if (strcmp (verdict->verdict, "accepted") == 0)
    g_print ("%s: %.4s %.4s %.4s (%s)\n", file, number, number + 4, number + 8,
             messages_for_document (verdict->document));
  else if (number != NULL)
    /* Translators: a file name, then 12 digits in three groups, then why they are in doubt */
    g_print (_ ("%s: in doubt: %.4s %.4s %.4s. %s\n"), file, number, number + 4, number + 8,
             messages_for_reason (verdict->reason));
  else
    g_print ("%s: %s\n", file, messages_for_reason (verdict->reason));
}

static int
exit_code_of (const ReaderVerdict *verdict)
{
  if (strcmp (verdict->verdict, "accepted") == 0)
    return CTL_DONE;
  return strcmp (verdict->verdict, "failed") == 0 ? CTL_WORLD : CTL_NO_NUMBER;
}

static int
open_picture (const char *file, GError **error)
{
  struct stat status;
  int fd =
      strcmp (file, "-") == 0 ? fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open (file, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISDIR (status.st_mode))
    {
      (void) close (fd);
      fd = -1;
      errno = EISDIR;
    }
  if (fd < 0)
    {
      const int saved_errno = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s", g_strerror (saved_errno));
    }
  return fd;
}

static void
report_unopened (const ReadRun *self, const char *file, const GError *error)
{
  if (self->json)
    {
      g_autoptr (ReaderVerdict) verdict = g_new0 (ReaderVerdict, 1);

      verdict->verdict = g_strdup ("failed");
      verdict->reason = g_strdup (REASON_CANNOT_OPEN);
      verdict->document = g_strdup (FRAMES_DOCUMENT_NONE);
      verdict->readings = g_variant_ref_sink (g_variant_new ("a{ss}", NULL));
      verdict->ms = g_variant_ref_sink (g_variant_new ("a{su}", NULL));
      print_json (self, file, verdict);
    }
  /* Translators: a file name, then the system's reason */
  g_printerr (_ ("azukarictl read: %s cannot be opened: %s. Please check the file's name and rights.\n"), file,
              error->message);
}

static int
read_one (ReadRun *self, const char *file, GError **error)
{
  g_autoptr (ReaderVerdict) verdict = NULL;
  g_autoptr (GError) open_error = NULL;
  g_autofree char *shown = g_filename_display_name (file);
  const int fd = open_picture (file, &open_error);

  if (fd < 0)
    {
      report_unopened (self, shown, open_error);
      return CTL_WORLD;
    }
  verdict = read_picture (self, fd, error);
  (void) close (fd);
  if (verdict == NULL)
    return -1;
  if (self->json)
    print_json (self, shown, verdict);
  if (!self->json || strcmp (verdict->verdict, "failed") == 0)
    print_for_people (self, shown, verdict);
  return exit_code_of (verdict);
}

int
cmd_read (CtlContext *ctx, int argc, char **argv)
{
  g_auto (ReadRun) run = { 0 };
  const GOptionEntry entries[] = {
    { "dpi", 0, 0, G_OPTION_ARG_INT, &run.dpi,
      N_ ("Resolution of the pictures, dots per inch (default: the file's own, else worked out)"), N_ ("N") },
    { "show-doubtful", 0, 0, G_OPTION_ARG_NONE, &run.show_doubtful, N_ ("Also show digits that were not accepted"),
      NULL },
    G_OPTION_ENTRY_NULL
  };
  int worst = CTL_DONE;

  if (!ctl_parse (
          ctx, &argc, &argv, entries, NULL, _ ("FILE…"),
          _ ("Reads the number on pictures of cards (PNM, PNG, JPEG, TIFF; - is standard input). "
             "Nothing is stored. Exit code: the highest of all files; 0 accepted, 2 no picture, 3 not accepted.")))
    return CTL_USAGE;
  if (argc < 2)
    return ctl_usage ("read", _ ("name at least one picture, or - for standard input."));
  if (run.dpi != 0 && (run.dpi < MIN_DPI || run.dpi > MAX_DPI))
    return ctl_usage ("read", _ ("--dpi takes 50 to 1200."));
  run.json = ctx->json;
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      const int code = read_one (&run, argv[i], &error);

      if (code < 0)
        return ctl_fail (ctx, error);
      worst = MAX (worst, code);
    }
  return worst;
}
