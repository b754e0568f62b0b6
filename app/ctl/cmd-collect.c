/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl collect: scans one person's card and hands the number to the vault. The number is never printed. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "ctl-common.h"
#include "frames.h"
#include "messages.h"
#include "purposes.h"
#include "reader-client.h"

#define RECORDED_PREFIX "recorded:"
#define DEFAULT_DPI 300

typedef struct
{
  char *device, *person, *birth_date, *identity, *source;
  char **purposes, **option_words;
  GVariant *device_options; /* a{ss} */
  int dpi;
  CtlAdmin admin;
} CollectOptions;

static void
collect_options_clear (CollectOptions *self)
{
  g_free (self->device);
  g_free (self->person);
  g_free (self->birth_date);
  g_free (self->identity);
  g_free (self->source);
  g_strfreev (self->purposes);
  g_strfreev (self->option_words);
  g_clear_pointer (&self->device_options, g_variant_unref);
  ctl_admin_clear (&self->admin);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CollectOptions, collect_options_clear)

/* The admin's way: the person is found on the roster by their exact code. */
static char *
find_person_by_code (AzukariVault1 *vault, const char *code, GError **error)
{
  g_autoptr (GVariant) people = NULL;
  GVariantDict filter;
  char *id = NULL;

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "search", "s", code);
  if (!azukari_vault1_call_people_list_sync (vault, g_variant_dict_end (&filter), &people, NULL, error))
    return NULL;
  for (gsize i = 0; id == NULL && i < g_variant_n_children (people); i++)
    {
      g_autoptr (GVariant) person = g_variant_get_child_value (people, i);

      if (strcmp (answer_text (person, "code"), code) == 0 && strcmp (answer_text (person, "kind"), "dependant") != 0)
        id = g_strdup (answer_text (person, "id"));
    }
  if (id == NULL)
    g_set_error_literal (error, VAULT_ERROR, VAULT_ERROR_NO_SUCH_PERSON, "nobody on the roster has this code");
  return id;
}

/* Returns the person of whom the connection may now collect, as Identify and Attend give it. */
static GVariant *
become_person (CtlContext *ctx, AzukariVault1 *vault, const CollectOptions *options, int *ret_code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  GVariant *person = NULL;

  if (options->birth_date != NULL)
    {
      if (!azukari_vault1_call_identify_sync (vault, options->person, options->birth_date, &person, NULL, &error))
        *ret_code = ctl_fail (ctx, error);
      return person;
    }
  if (!ctl_login (ctx, vault, &options->admin, ret_code))
    return NULL;
  id = find_person_by_code (vault, options->person, &error);
  if (id == NULL || !azukari_vault1_call_attend_sync (vault, id, &person, NULL, &error))
    {
      *ret_code = ctl_fail (ctx, error);
      return NULL;
    }
  return person;
}

static ReaderVerdict *
scan (const CollectOptions *options, GError **error)
{
  g_autoptr (ReaderClient) reader = reader_client_new (NULL, error);
  g_autoptr (GAsyncResult) result = NULL;
  /* Nobody waits beside the glass, and this process ends with the answer: the scanner is to be at rest by then. */
  ReaderJob job = {
    .device = options->device, .dpi = (guint) options->dpi, .source = options->source, .to_the_end = TRUE, .fd = -1
  };
  ReaderVerdict *verdict;

  if (reader == NULL)
    return NULL;
  if (g_str_has_prefix (options->device, RECORDED_PREFIX))
    {
      const char *path = options->device + strlen (RECORDED_PREFIX);

      job.device = "recorded";
      job.fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
      if (job.fd < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
          return NULL;
        }
    }
  job.options = options->device_options;
  reader_client_scan_async (reader, &job, NULL, ctl_keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  verdict = reader_client_verdict_finish (reader, result, error);
  if (job.fd >= 0)
    close (job.fd);
  return verdict;
}

static GVariant *
describe_collection (const CollectOptions *options, GVariant *person, const ReaderVerdict *verdict)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "document", "s", verdict->document);
  g_variant_dict_insert (&dict, "identity", "s", options->identity != NULL ? options->identity : "employment-known");
  g_variant_dict_insert_value (&dict, "purposes",
                               options->purposes != NULL
                                   ? g_variant_new_strv ((const char *const *) options->purposes, -1)
                                   : purposes_get_codes (answer_text (person, "kind")));
  g_variant_dict_insert (&dict, "text-version", "s", purposes_get_text_version ());
  g_variant_dict_insert (&dict, "language", "s", "ja");
  g_variant_dict_insert_value (&dict, "evidence", verdict->readings);
  g_variant_dict_insert (&dict, "confidence", "d", verdict->confidence);
  return g_variant_dict_end (&dict);
}

static int
report (CtlContext *ctx, const ReaderVerdict *verdict, const char *record_id)
{
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "verdict", "s", verdict->verdict);
      g_variant_dict_insert (&dict, "reason", "s", verdict->reason);
      g_variant_dict_insert (&dict, "document", "s", verdict->document);
      g_variant_dict_insert_value (&dict, "readings", verdict->readings);
      if (record_id != NULL)
        g_variant_dict_insert (&dict, "record", "s", record_id);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else if (record_id != NULL)
    g_print (_ ("The number is in custody. Record %s waits for review.\n"), record_id);
  else
    g_printerr ("azukarictl: %s\n", messages_for_reason (verdict->reason));
  if (record_id != NULL)
    return CTL_DONE;
  return strcmp (verdict->verdict, "failed") == 0 ? CTL_WORLD : CTL_NO_NUMBER;
}

static int
collect (CtlContext *ctx, const CollectOptions *options)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) person = NULL;
  g_autoptr (ReaderVerdict) verdict = NULL;
  g_autoptr (GVariant) number = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *record_id = NULL;
  int code = CTL_WORLD;

  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  person = become_person (ctx, vault, options, &code);
  if (person == NULL)
    return code;
  verdict = scan (options, &error);
  if (verdict == NULL)
    return ctl_fail (ctx, error);
  if (strcmp (verdict->verdict, "accepted") != 0)
    {
      (void) azukari_vault1_call_note_sync (vault, answer_text (person, "id"), "scan-failed", verdict->reason, NULL,
                                            NULL);
      return report (ctx, verdict, NULL);
    }
  number = g_variant_ref_sink (vault_client_secret_bytes (verdict->number, strlen (verdict->number)));
  if (!azukari_vault1_call_collect_sync (vault, answer_text (person, "id"),
                                         describe_collection (options, person, verdict), number, &record_id, NULL,
                                         &error))
    return ctl_fail (ctx, error);
  return report (ctx, verdict, record_id);
}

int
cmd_collect (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CollectOptions) options = { .dpi = DEFAULT_DPI };
  const GOptionEntry entries[] = {
    { "device", 0, 0, G_OPTION_ARG_STRING, &options.device,
      N_ ("The scanner, see “azukarictl scanners”; recorded:FILE takes a picture file"), N_ ("NAME") },
    { "person", 0, 0, G_OPTION_ARG_STRING, &options.person, N_ ("Whose card it is, by their code on the roster"),
      N_ ("CODE") },
    { "birth-date", 0, 0, G_OPTION_ARG_STRING, &options.birth_date,
      N_ ("The person's birth date, YYYY-MM-DD; without it an admin's PIN is asked"), N_ ("DATE") },
    { "identity", 0, 0, G_OPTION_ARG_STRING, &options.identity,
      N_ ("How identity was confirmed: employment-known (default), photo-document, two-documents or "
          "attendant-statement"),
      N_ ("HOW") },
    { "purpose", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.purposes, N_ ("A purpose of use agreed to; may be repeated"),
      N_ ("CODE") },
    { "dpi", 0, 0, G_OPTION_ARG_INT, &options.dpi, N_ ("Resolution (300)"), N_ ("N") },
    { "source", 0, 0, G_OPTION_ARG_STRING, &options.source, N_ ("The scanner's source"), N_ ("NAME") },
    { "option", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.option_words, N_ ("A scanner option; may be repeated"),
      N_ ("NAME=VALUE") },
    G_OPTION_ENTRY_NULL
  };

  if (!ctl_parse (ctx, &argc, &argv, entries, &options.admin, NULL,
                  _ ("Scans one person's card and takes the number into custody.")))
    return CTL_USAGE;
  if (options.device == NULL || options.person == NULL)
    return ctl_usage ("collect", _ ("--device and --person are needed."));
  options.device_options = ctl_parse_device_options (options.option_words);
  if (options.device_options == NULL)
    return ctl_usage ("collect", _ ("--option takes NAME=VALUE."));
  if (options.dpi < 0 || options.dpi > 1200)
    return ctl_usage ("collect", _ ("--dpi takes a number from 0 to 1200."));
  return collect (ctx, &options);
}
