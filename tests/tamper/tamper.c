/* SPDX-License-Identifier: Apache-2.0 */
/* tamper: does to a real vault, on a software TPM, what somebody with its disk, or with its database's key, could do; prints a line for
 * each trial: group, what, where it was found, the names it got, what was expected. Exit code 1 when something that must be found was not.
 *
 *   tamper [--seed N] [--brief] [GROUP...]     groups: files keyset pages rows record */
#include "world.h"

static const struct
{
  const char *name;
  void (*run) (World *world);
} groups[] = { { "files", trials_of_files },
               { "keyset", trials_of_keyset },
               { "pages", trials_of_pages },
               { "rows", trials_of_rows },
               { "record", trials_of_record } };

int
main (int argc, char **argv)
{
  gint64 seed = 1;
  gboolean brief = FALSE;
  g_auto (GStrv) names = NULL;
  const GOptionEntry entries[] = { { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Of what is picked at random", "N" },
                                   { "brief", 0, 0, G_OPTION_ARG_NONE, &brief, "A sample of the trials", NULL },
                                   { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, "[GROUP…]" },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  World *world;
  guint missed;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "tamper: %s\n", error->message);
      return 2;
    }
  g_assert_true (secret_init ());
  (void) umask (077);
  world = world_new ((guint32) seed, brief);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (names == NULL || g_strv_contains ((const char *const *) names, groups[i].name))
      groups[i].run (world);
  missed = world->missed;
  world_free (world);
  return missed > 0;
}
