/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds a folder of inputs to a fuzz target: each as it is, cut short at every byte, and with every byte changed. */
#include <glib.h>
#include <stdlib.h>

#include "fuzz.h"

/* Input and output of the target end exactly here, so that the sanitizer sees one byte too many. */
static void
feed (const guint8 *bytes, gsize n_bytes)
{
  g_autofree guint8 *exact = g_malloc (MAX (n_bytes, 1));

  for (gsize i = 0; i < n_bytes; i++)
    exact[i] = bytes[i];
  (void) LLVMFuzzerTestOneInput (exact, n_bytes);
}

static guint
replay (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  guint8 *bytes;
  gsize n_bytes;

  if (!g_file_get_contents (path, &text, &n_bytes, &error))
    g_error ("%s", error->message);
  bytes = (guint8 *) text;
  for (gsize cut = 0; cut <= n_bytes; cut++)
    feed (bytes, cut);
  for (gsize at = 0; at < n_bytes; at++)
    for (guint change = 1; change < 256; change = change * 3 + 1)
      {
        bytes[at] ^= (guint8) change;
        feed (bytes, n_bytes);
        bytes[at] ^= (guint8) change;
      }
  return (guint) (1 + 6 * n_bytes); /* five changes, and the cuts */
}

int
main (int argc, char **argv)
{
  g_autoptr (GDir) dir = argc == 2 ? g_dir_open (argv[1], 0, NULL) : NULL;
  guint n_files = 0, n_inputs = 0;
  const char *name;

  if (dir == NULL)
    {
      g_printerr ("usage: %s FOLDER\n", argv[0]);
      return 1;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (argv[1], name, NULL);

      n_inputs += replay (path);
      n_files++;
    }
  g_print ("%u inputs from %u files\n", n_inputs, n_files);
  return n_files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
