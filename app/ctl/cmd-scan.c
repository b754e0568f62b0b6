/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl scanners, scan-test: which scanners there are, what they can be told, and whether they scan. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "ctl-common.h"
#include "frames.h"
#include "messages.h"
#include "reader-client.h"

static GVariant *
wait_for_answer (ReaderClient *client, GAsyncResult **result, GError **error)
{
  GVariant *answer;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = reader_client_answer_finish (client, *result, error);
  g_clear_object (result);
  return answer;
}

static GVariant *
list_scanners (ReaderClient *client, GError **error)
{
  GAsyncResult *result = NULL;

  reader_client_list_async (client, NULL, ctl_keep_result_cb, &result);
  return wait_for_answer (client, &result, error);
}

/* The reader's "code: message" as a sentence, the code alone in JSON. */
static int
fail_with_reason (CtlContext *ctx, const char *verb, const GError *error)
{
  g_auto (GStrv) parts = g_strsplit (error->message, ": ", 2);
  const gboolean has_code =
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED) && parts[0] != NULL && parts[1] != NULL;

  if (!has_code)
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "error", "s", parts[0]);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  g_printerr ("azukarictl %s: %s (%s)\n", verb, messages_for_reason (parts[0]), parts[1]);
  return CTL_WORLD;
}

static int
fail_without_scanner (const char *verb)
{
  g_printerr (
      "azukarictl %s: %s\n", verb,
      _ ("no scanner was found. Please plug it in and switch it on; if it is there, make sure that this user is in the "
         "group “scanner” and that the scanner's SANE driver is installed."));
  return CTL_WORLD;
}

static void
print_scanners (GVariant *devices)
{
  GVariantIter iter;
  GVariant *device;

  g_variant_iter_init (&iter, devices);
  while ((device = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_print ("%s\n    %s %s (%s)\n", answer_text (device, "name"), answer_text (device, "vendor"),
               answer_text (device, "model"), answer_text (device, "type"));
      g_variant_unref (device);
    }
}

static void
print_option (GVariant *option)
{
  g_autoptr (GVariant) choices = g_variant_lookup_value (option, "choices", G_VARIANT_TYPE_STRING_ARRAY);
  g_autofree const char **words = choices != NULL ? g_variant_get_strv (choices, NULL) : NULL;
  g_autofree char *list = words != NULL ? g_strjoinv ("|", (char **) words) : NULL;
  const char *unit = answer_text (option, "unit");
  double min = 0, max = 0;

  g_print ("%s=%s%s%s", answer_text (option, "name"), answer_text (option, "value"), unit[0] != '\0' ? " " : "", unit);
  if (list != NULL)
    g_print ("    [%s]", list);
  else if (g_variant_lookup (option, "min", "d", &min) && g_variant_lookup (option, "max", "d", &max))
    g_print ("    [%g..%g]", min, max);
  g_print ("    %s\n", answer_text (option, "title"));
}

static void
print_options (GVariant *options)
{
  GVariantIter iter;
  GVariant *option;

  g_variant_iter_init (&iter, options);
  while ((option = g_variant_iter_next_value (&iter)) != NULL)
    {
      print_option (option);
      g_variant_unref (option);
    }
}

int
cmd_scanners (CtlContext *ctx, int argc, char **argv)
{
  g_autoptr (ReaderClient) client = NULL;
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GError) error = NULL;

  if (!ctl_parse (ctx, &argc, &argv, NULL, NULL, _ ("[DEVICE]"),
                  _ ("Lists the scanners that SANE finds, or the options of one of them.")))
    return CTL_USAGE;
  if (argc > 2)
    return ctl_usage ("scanners", _ ("name one device at most."));
  client = reader_client_new (NULL, &error);
  if (client == NULL)
    return ctl_fail (ctx, error);
  if (argc == 2)
    {
      GAsyncResult *result = NULL;

      reader_client_options_async (client, argv[1], NULL, ctl_keep_result_cb, &result);
      rows = wait_for_answer (client, &result, &error);
    }
  else
    rows = list_scanners (client, &error);
  if (rows == NULL)
    return fail_with_reason (ctx, "scanners", error);
  if (argc == 1 && g_variant_n_children (rows) == 0)
    return fail_without_scanner ("scanners");
  if (ctx->json)
    ctl_print_json_lines (rows);
  else if (argc == 2)
    print_options (rows);
  else
    print_scanners (rows);
  return CTL_DONE;
}

/* The only scanner there is. Returns: NULL with *@ret_code set after a sentence. */
static char *
only_scanner (CtlContext *ctx, ReaderClient *client, int *ret_code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) devices = list_scanners (client, &error);
  g_autoptr (GVariant) first = NULL;

  if (devices == NULL)
    {
      *ret_code = fail_with_reason (ctx, "scan-test", error);
      return NULL;
    }
  if (g_variant_n_children (devices) == 0)
    {
      *ret_code = fail_without_scanner ("scan-test");
      return NULL;
    }
  if (g_variant_n_children (devices) > 1)
    {
      *ret_code = ctl_usage (
          "scan-test", _ ("there are several scanners; name one with --device. “azukarictl scanners” lists them."));
      return NULL;
    }
  first = g_variant_get_child_value (devices, 0);
  return g_strdup (answer_text (first, "name"));
}

static guint
lookup_uint (GVariant *dict, const char *key)
{
  guint32 value = 0;

  (void) g_variant_lookup (dict, key, "u", &value);
  return value;
}

static void
print_scanned (CtlContext *ctx, const char *device, GVariant *scanned)
{
  const guint width = lookup_uint (scanned, "width-px"), height = lookup_uint (scanned, "height-px");
  const guint dpi = lookup_uint (scanned, "dpi"), ms = lookup_uint (scanned, "ms");
  guint64 n_bytes = 0;

  (void) g_variant_lookup (scanned, "bytes", "t", &n_bytes);
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "device", "s", device);
      g_variant_dict_insert (&dict, "width_px", "u", width);
      g_variant_dict_insert (&dict, "height_px", "u", height);
      g_variant_dict_insert (&dict, "dpi", "u", dpi);
      g_variant_dict_insert (&dict, "bytes", "t", n_bytes);
      g_variant_dict_insert (&dict, "ms", "u", ms);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    /* Translators: the scanner's name, then sizes; nothing of the page was kept */
    g_print (_ ("%s works: %u × %u pixels at %u dpi in %.1f seconds. The page was thrown away.\n"), device, width,
             height, dpi, ms / 1000.0);
}

int
cmd_scan_test (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *device = NULL;
  g_autofree char *source = NULL;
  g_autofree char *mode = NULL;
  g_auto (GStrv) words = NULL;
  int dpi = 0;
  const GOptionEntry entries[] = {
    { "device", 0, 0, G_OPTION_ARG_STRING, &device, N_ ("SANE name (not needed while there is one scanner)"),
      N_ ("NAME") },
    { "dpi", 0, 0, G_OPTION_ARG_INT, &dpi, N_ ("Resolution, dots per inch (default 300)"), N_ ("N") },
    { "source", 0, 0, G_OPTION_ARG_STRING, &source, N_ ("Flatbed, feeder, …: the scanner's own word"), N_ ("NAME") },
    { "mode", 0, 0, G_OPTION_ARG_STRING, &mode, N_ ("gray (default) or color"), N_ ("MODE") },
    { "option", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, N_ ("Another option of the scanner; may be repeated"),
      N_ ("NAME=VALUE") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (ReaderClient) client = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) scanned = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;
  int code = CTL_WORLD;

  if (!ctl_parse (ctx, &argc, &argv, entries, NULL, NULL, _ ("Scans one page, says how it went, and throws it away.")))
    return CTL_USAGE;
  if (dpi < 0 || dpi > 4800)
    return ctl_usage ("scan-test", _ ("--dpi takes 1 to 4800."));
  if (mode != NULL && strcmp (mode, "gray") != 0 && strcmp (mode, "color") != 0)
    return ctl_usage ("scan-test", _ ("--mode takes gray or color."));
  options = ctl_parse_device_options (words);
  if (options == NULL)
    return ctl_usage ("scan-test", _ ("--option takes NAME=VALUE."));
  client = reader_client_new (NULL, &error);
  if (client == NULL)
    return ctl_fail (ctx, error);
  if (device == NULL)
    device = only_scanner (ctx, client, &code);
  if (device == NULL)
    return code;
  reader_client_scan_test_async (
      client,
      &(ReaderJob){
          .device = device, .dpi = (guint) dpi, .mode = mode, .source = source, .options = options, .fd = -1 },
      NULL, ctl_keep_result_cb, &result);
  scanned = wait_for_answer (client, &result, &error);
  if (scanned == NULL)
    return fail_with_reason (ctx, "scan-test", error);
  print_scanned (ctx, device, scanned);
  return CTL_DONE;
}
