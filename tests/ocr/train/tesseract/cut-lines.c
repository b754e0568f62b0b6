/* SPDX-License-Identifier: Apache-2.0 */
/* cut-lines: draws pages of the corpus and keeps their number lines, cut as the product cuts them. */
#include <errno.h>
#include <locale.h>
#include <string.h>

#include "drawn.h"
#include "line-set.h"

#define JAPANESE_PREFIX "cjk "

typedef struct
{
  char *out, *purpose, *faces;
  int seed, start, count, n_cuts;
  gboolean only_faces;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->out);
  g_free (self->purpose);
  g_free (self->faces);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &options->out, "File to write", "FILE" },
    { "purpose", 0, 0, G_OPTION_ARG_STRING, &options->purpose, "Range of seeds (default training)", "training|tuning" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "Seed (default 1)", "N" },
    { "start", 0, 0, G_OPTION_ARG_INT, &options->start, "Index of the first page (default 0)", "N" },
    { "count", 0, 0, G_OPTION_ARG_INT, &options->count, "Pages (default 100)", "N" },
    { "cuts", 0, 0, G_OPTION_ARG_INT, &options->n_cuts, "Lines from each page, cut differently (default 1)", "N" },
    { "only-faces", 0, 0, G_OPTION_ARG_NONE, &options->only_faces, "Keep no line in a face of the layout table", NULL },
    { "faces", 0, 0, G_OPTION_ARG_FILENAME, &options->faces, "More type faces, for training only", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- number lines as the product cuts them");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (options->out == NULL || options->count < 1 || options->start < 0 || options->n_cuts < 1 || options->seed < 0
      || options->seed > (int) CORPUS_SEED_MAX)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--out is missing or a number is out of range");
      return FALSE;
    }
  return TRUE;
}

/*
 * Twelve random digits, so that the last cannot be told from the others; a fifth of them of two or three kinds only,
 * for neighbours that are equal and for runs of noughts.
 */
static void
draw_digits (Dice *dice, char ret_digits[DIGITS_LENGTH + 1])
{
  char kinds[4];

  digits_run (dice, DIGITS_LENGTH, ret_digits);
  if (!dice_chance (dice, 0.2))
    return;
  digits_run (dice, 3, kinds);
  for (int i = 0; i < DIGITS_LENGTH; i++)
    ret_digits[i] = kinds[dice_int (dice, 0, 2)];
}

/* Whether the file of faces, by lines, names @font, which ends in a comma where its last word is no style. */
static gboolean
is_named (char **names, const char *font)
{
  gsize length = strlen (font) - g_str_has_suffix (font, ",");

  for (char **p = names; p != NULL && *p != NULL; p++)
    {
      const char *name = g_str_has_prefix (*p, JAPANESE_PREFIX) ? *p + strlen (JAPANESE_PREFIX) : *p;

      if (strlen (name) == length && strncmp (name, font, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* The lines of the file of faces; %NULL when none was given. */
static char **
read_names (const char *path)
{
  g_autofree char *contents = NULL;

  if (path == NULL || !g_file_get_contents (path, &contents, NULL, NULL))
    return NULL;
  return g_strsplit (contents, "\n", -1);
}

int
main (int argc, char **argv)
{
  static const CorpusKind kinds[] = { KIND_CARD_BACK, KIND_NOTIFICATION_CARD, KIND_CARD_BACK,
                                      KIND_LICENCE,   KIND_CARD_BACK,         KIND_PARCEL };
  static const double level_weights[N_LEVELS] = { 0.2, 0.3, 0.5 };
  g_auto (Options) options = { .seed = 1, .count = 100, .n_cuts = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (CorpusFaces) faces = NULL;
  g_auto (GStrv) names = NULL;
  CorpusSpec spec;
  FILE *file;
  gboolean written = TRUE;

  setlocale (LC_ALL, "");
  corpus_spec_init (&spec);
  spec.purpose = PURPOSE_TRAINING;
  if (!parse_options (&options, &argc, &argv, &error)
      || (options.purpose != NULL && !corpus_purpose_parse (options.purpose, &spec.purpose))
      || (options.faces != NULL && (faces = corpus_faces_load (options.faces, &error)) == NULL))
    {
      g_printerr ("cut-lines: %s (see --help)\n", error != NULL ? error->message : "there is no such purpose");
      return 1;
    }
  file = fopen (options.out, "wb");
  if (file == NULL)
    {
      g_printerr ("cut-lines: %s: %s\n", options.out, g_strerror (errno));
      return 2;
    }
  spec.seed = (guint32) options.seed;
  spec.page = PAGE_CARD;
  spec.faces = faces;
  names = read_names (options.faces);
  for (int i = 0; i < options.count && written; i++)
    {
      g_autoptr (CardPage) page = NULL;
      char digits[DIGITS_LENGTH + 1];
      CorpusTruth truth;
      Dice root, dice;

      spec.index = (guint32) (options.start + i);
      root = corpus_spec_dice (&spec);
      dice = dice_fork (&root, "line");
      spec.kind = dice_pick (&dice, kinds);
      spec.level = dice_weighted (&dice, level_weights, N_LEVELS);
      draw_digits (&dice, digits);
      spec.number = digits;
      page = drawn_grey_page (&spec, TRUE, &truth);
      if (!truth.has_number_box || (options.only_faces && !is_named (names, truth.font)))
        continue;
      for (int k = 0; k < options.n_cuts && written; k++)
        {
          g_auto (LineStrip) line = { 0 };

          line_strip_cut (&line, page, &truth, &dice);
          written = line_strip_write (&line, file);
        }
    }
  corpus_finish ();
  if (fclose (file) != 0 || !written)
    {
      g_printerr ("cut-lines: %s could not be written\n", options.out);
      return 2;
    }
  return 0;
}
