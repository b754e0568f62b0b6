/* SPDX-License-Identifier: Apache-2.0 */
/* azukari-corpus: draws synthetic cards and pages from a seed. Exit codes: 0 done, 1 usage, 2 a file could not be written. */
#include <errno.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>

#include "corpus.h"

typedef struct
{
  char *out, *file, *set, *kinds, *level, *page, *rotation, *purpose, *qr, *number, *name, *birth, *faces;
  int seed, start, count, dpi;
  gboolean color, gray, lookalike_valid, texts;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->out);
  g_free (self->file);
  g_free (self->set);
  g_free (self->kinds);
  g_free (self->level);
  g_free (self->page);
  g_free (self->rotation);
  g_free (self->purpose);
  g_free (self->qr);
  g_free (self->number);
  g_free (self->name);
  g_free (self->birth);
  g_free (self->faces);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
usage_error (GError **error, const char *what)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s", what);
  return FALSE;
}

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &options->out, "Folder for the pages and truth.jsonl", "DIR" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &options->file, "One page only, to this file", "FILE" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "Seed, 0 to 1073741823 (default 1)", "N" },
    { "start", 0, 0, G_OPTION_ARG_INT, &options->start, "Index of the first page (default 0)", "N" },
    { "count", 0, 0, G_OPTION_ARG_INT, &options->count, "Pages (default 1)", "N" },
    { "purpose", 0, 0, G_OPTION_ARG_STRING, &options->purpose, "Range of seeds (default test)",
      "training|tuning|test" },
    { "set", 0, 0, G_OPTION_ARG_STRING, &options->set, "What to draw (default mixed)", "positives|negatives|mixed" },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &options->kinds, "These kinds in turn instead of a set", "KIND,..." },
    { "level", 0, 0, G_OPTION_ARG_STRING, &options->level, "Degradation (default easy)", "easy|medium|hard" },
    { "dpi", 0, 0, G_OPTION_ARG_INT, &options->dpi, "200, 300, 400 or 600 (default: mixed)", "N" },
    { "page", 0, 0, G_OPTION_ARG_STRING, &options->page, "Whole glass or feeder (default mixed)", "bed|card|mixed" },
    { "rotation", 0, 0, G_OPTION_ARG_STRING, &options->rotation, "Degrees clockwise (default: any)", "DEG" },
    { "qr", 0, 0, G_OPTION_ARG_STRING, &options->qr, "On the back of the card (default mixed)",
      "good|damaged|none|mixed" },
    { "color", 0, 0, G_OPTION_ARG_NONE, &options->color, "Colour only", NULL },
    { "gray", 0, 0, G_OPTION_ARG_NONE, &options->gray, "Grey only", NULL },
    { "lookalike-valid", 0, 0, G_OPTION_ARG_NONE, &options->lookalike_valid,
      "Twelve digits that are no My Number pass its check all the same", NULL },
    { "number", 0, 0, G_OPTION_ARG_STRING, &options->number, "Digits to print, right or wrong", "12DIGITS" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "Name to print", "TEXT" },
    { "birth", 0, 0, G_OPTION_ARG_STRING, &options->birth, "Birth date to print", "TEXT" },
    { "texts", 0, 0, G_OPTION_ARG_NONE, &options->texts, "Put into truth.jsonl what stands where", NULL },
    { "faces", 0, 0, G_OPTION_ARG_FILENAME, &options->faces, "More type faces, for training only; one family a line",
      "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- draw synthetic cards and pages from a seed");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    return usage_error (error, "only options are expected");
  if ((options->out == NULL) == (options->file == NULL))
    return usage_error (error, "one of --out and --file is needed");
  if (options->file != NULL && (options->count != 1 || options->kinds == NULL))
    return usage_error (error, "--file goes with one --kind");
  if (options->count < 1 || options->start < 0 || options->seed < 0 || options->seed > (int) CORPUS_SEED_MAX)
    return usage_error (error, "--seed, --start or --count is out of range");
  return TRUE;
}

/* Everything that is the same for all pages. */
static gboolean
common_spec (const Options *options, CorpusSpec *spec, GError **error)
{
  corpus_spec_init (spec);
  spec->seed = (guint32) options->seed;
  if (options->purpose != NULL && !corpus_purpose_parse (options->purpose, &spec->purpose))
    return usage_error (error, "--purpose is training, tuning or test");
  if (options->level != NULL && !corpus_level_parse (options->level, &spec->level))
    return usage_error (error, "--level is easy, medium or hard");
  if (options->qr != NULL && !corpus_qr_parse (options->qr, &spec->qr))
    return usage_error (error, "--qr is good, damaged, none or mixed");
  if (options->dpi != 0 && options->dpi != 200 && options->dpi != 300 && options->dpi != 400 && options->dpi != 600)
    return usage_error (error, "--dpi is 200, 300, 400 or 600");
  spec->dpi = (guint) options->dpi;
  if (g_strcmp0 (options->page, "bed") == 0)
    spec->page = PAGE_BED;
  else if (g_strcmp0 (options->page, "card") == 0)
    spec->page = PAGE_CARD;
  else if (options->page != NULL && strcmp (options->page, "mixed") != 0)
    return usage_error (error, "--page is bed, card or mixed");
  if (options->rotation != NULL)
    {
      char *end;

      spec->any_rotation = FALSE;
      spec->rotation_deg = g_ascii_strtod (options->rotation, &end);
      if (end == options->rotation || *end != '\0' || !(spec->rotation_deg > -3600 && spec->rotation_deg < 3600))
        return usage_error (error, "--rotation is a number of degrees");
    }
  if (options->color && options->gray)
    return usage_error (error, "--color and --gray exclude each other");
  spec->color = options->color ? 1 : options->gray ? 0 : -1;
  spec->lookalike_valid = options->lookalike_valid;
  if (options->number != NULL && !digits_are_twelve (options->number))
    return usage_error (error, "--number is twelve digits");
  if (options->faces != NULL && spec->purpose != PURPOSE_TRAINING)
    return usage_error (error, "--faces goes with --purpose training");
  spec->number = options->number;
  spec->name = options->name;
  spec->birth = options->birth;
  return TRUE;
}

static gboolean
parse_kinds (const char *text, CorpusPurpose purpose, GArray *kinds, GError **error)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      CorpusKind kind;

      if (!corpus_kind_parse (names[i], &kind))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "there is no kind %s", names[i]);
          return FALSE;
        }
      if (corpus_kind_is_held_out (kind) && purpose != PURPOSE_TEST)
        return usage_error (error, "a kind that is held out goes with --purpose test");
      g_array_append_val (kinds, kind);
    }
  return kinds->len > 0 || usage_error (error, "--kind names no kind");
}

static gboolean
set_weights (const char *set, CorpusPurpose purpose, double weights[N_KINDS], GError **error)
{
  gboolean positives = set == NULL || strcmp (set, "negatives") != 0;
  gboolean negatives = set == NULL || strcmp (set, "positives") != 0;

  if (set != NULL && positives && negatives && strcmp (set, "mixed") != 0)
    return usage_error (error, "--set is positives, negatives or mixed");
  for (guint i = 0; i < N_KINDS; i++)
    if (corpus_kind_is_held_out (i) && purpose != PURPOSE_TEST)
      weights[i] = 0;
    else
      weights[i] = (corpus_kind_is_accepted (i) ? positives : negatives) ? corpus_kind_weight (i) : 0;
  return TRUE;
}

static gboolean
draw_run (const Options *options, CorpusSpec *spec, const GArray *kinds, const double *weights, GError **error)
{
  g_autofree char *truth_path = g_build_filename (options->out, "truth.jsonl", NULL);
  g_autoptr (GString) truths = g_string_new (NULL);

  if (g_mkdir_with_parents (options->out, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", options->out, g_strerror (code));
      return FALSE;
    }
  for (int i = 0; i < options->count; i++)
    {
      g_auto (CorpusImage) image = { 0 };
      g_autofree char *file = NULL, *path = NULL, *json = NULL;
      CorpusTruth truth;

      spec->index = (guint32) (options->start + i);
      if (kinds->len > 0)
        spec->kind = g_array_index (kinds, CorpusKind, spec->index % kinds->len);
      else
        {
          Dice root = corpus_spec_dice (spec), kind_dice = dice_fork (&root, "kind");

          spec->kind = dice_weighted (&kind_dice, weights, N_KINDS);
        }
      corpus_draw (spec, &image, &truth);
      file = g_strdup_printf ("%05u.pnm", spec->index);
      path = g_build_filename (options->out, file, NULL);
      if (!corpus_image_save (&image, path, error))
        return FALSE;
      json = corpus_truth_to_json (&truth, spec, &image, file);
      g_string_append_printf (truths, "%s\n", json);
    }
  return g_file_set_contents (truth_path, truths->str, (gssize) truths->len, error);
}

static gboolean
run (const Options *options, CorpusSpec *spec, const GArray *kinds, const double *weights, GError **error)
{
  if (options->file != NULL)
    {
      g_auto (CorpusImage) image = { 0 };
      CorpusTruth truth;

      spec->index = (guint32) options->start;
      spec->kind = g_array_index (kinds, CorpusKind, 0);
      corpus_draw (spec, &image, &truth);
      return corpus_image_save (&image, options->file, error);
    }
  return draw_run (options, spec, kinds, weights, error);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { .seed = 1, .count = 1 };
  g_autoptr (GArray) kinds = g_array_new (FALSE, FALSE, sizeof (CorpusKind));
  g_autoptr (GError) error = NULL;
  g_autoptr (CorpusTexts) texts = NULL;
  g_autoptr (CorpusFaces) faces = NULL;
  double weights[N_KINDS];
  CorpusSpec spec;

  setlocale (LC_ALL, "");
  /* pages are large, and of like size: what one gives back serves the next without the kernel clearing it again */
  (void) mallopt (M_MMAP_MAX, 0);
  (void) mallopt (M_TRIM_THRESHOLD, 512 * 1024 * 1024);
  if (!parse_options (&options, &argc, &argv, &error) || !common_spec (&options, &spec, &error)
      || (options.kinds != NULL && !parse_kinds (options.kinds, spec.purpose, kinds, &error))
      || !set_weights (options.set, spec.purpose, weights, &error)
      || (options.faces != NULL && (faces = corpus_faces_load (options.faces, &error)) == NULL))
    {
      g_printerr ("azukari-corpus: %s (see --help)\n", error->message);
      corpus_finish ();
      return 1;
    }
  if (options.texts)
    texts = corpus_texts_new ();
  spec.texts = texts;
  spec.faces = faces;
  if (!run (&options, &spec, kinds, weights, &error))
    {
      g_printerr ("azukari-corpus: %s\n", error->message);
      corpus_finish ();
      return 2;
    }
  corpus_finish ();
  return 0;
}
