/* SPDX-License-Identifier: Apache-2.0 */
/* memory-scan: what lies in another process's memory. Needs the right to read it (root), since the process is not dumpable. */
#pragma once

#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  const char *what; /* for messages; never the bytes themselves */
  GBytes *bytes;
  guint n_found;
  char places[256]; /* of the first few: [heap], [stack] or anonymous */
} Needle;

static inline void
needle_clear (gpointer data)
{
  g_bytes_unref (((Needle *) data)->bytes);
}

static inline GArray *
needles_new (void)
{
  GArray *needles = g_array_new (FALSE, TRUE, sizeof (Needle));

  g_array_set_clear_func (needles, needle_clear);
  return needles;
}

static inline void
needles_add (GArray *needles, const char *what, gconstpointer bytes, gsize n_bytes)
{
  Needle needle = { .what = what, .bytes = g_bytes_new (bytes, n_bytes) };

  g_assert_cmpuint (n_bytes, >=, 6);
  g_array_append_val (needles, needle);
}

static inline void
needles_add_text (GArray *needles, const char *what, const char *text)
{
  g_autofree gunichar2 *utf16 = NULL;
  glong n_units;

  needles_add (needles, what, text, strlen (text));
  utf16 = g_utf8_to_utf16 (text, -1, NULL, &n_units, NULL);
  needles_add (needles, what, utf16, n_units * sizeof *utf16);
}

/* As digits, as on the card, and as values. */
static inline void
needles_add_number (GArray *needles, const char *what, const char *digits)
{
  g_autofree char *grouped = g_strdup_printf ("%.4s-%.4s-%.4s", digits, digits + 4, digits + 8);
  g_autofree char *spaced = g_strdup_printf ("%.4s %.4s %.4s", digits, digits + 4, digits + 8);
  guint8 values[12];

  needles_add_text (needles, what, digits);
  needles_add_text (needles, what, grouped);
  needles_add_text (needles, what, spaced);
  for (guint i = 0; i < sizeof values; i++)
    values[i] = digits[i] - '0';
  needles_add (needles, what, values, sizeof values);
}

static inline void
look_for (Needle *needle, const guint8 *bytes, gsize size, guint64 from, const char *place)
{
  gsize n;
  gconstpointer wanted = g_bytes_get_data (needle->bytes, &n);

  for (const guint8 *at = bytes; (at = memmem (at, size - (at - bytes), wanted, n)) != NULL; at++)
    {
      gsize used = strlen (needle->places);

      needle->n_found++;
      g_snprintf (needle->places + used, sizeof needle->places - used, " %s+%" G_GINT64_MODIFIER "x",
                  place[0] != '\0' ? place : "anonymous", from + (at - bytes));
    }
}

/* %FALSE where this user may not read that process's memory. Everything that can be written to is read: code and constants hold nothing
 * that was not in the program's file. */
static inline gboolean
memory_scan (const char *pid, GArray *needles)
{
  g_autofree char *maps_path = g_strdup_printf ("/proc/%s/maps", pid),
                  *mem_path = g_strdup_printf ("/proc/%s/mem", pid);
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  int mem = open (mem_path, O_RDONLY | O_CLOEXEC);
  guint64 n_read = 0;

  if (mem < 0 || !g_file_get_contents (maps_path, &maps, NULL, NULL))
    {
      if (mem >= 0)
        close (mem);
      return FALSE;
    }
  for (guint i = 0; i < needles->len; i++)
    {
      g_array_index (needles, Needle, i).n_found = 0;
      g_array_index (needles, Needle, i).places[0] = '\0';
    }
  lines = g_strsplit (maps, "\n", -1);
  for (guint l = 0; lines[l] != NULL; l++)
    {
      unsigned long from, to;
      char rights[5] = "", place[128] = "";
      g_autofree guint8 *bytes = NULL;
      gssize n;

      if (sscanf (lines[l], "%lx-%lx %4s %*s %*s %*s %127s", &from, &to, rights, place) < 3 || rights[0] != 'r'
          || rights[1] != 'w')
        continue;
      bytes = g_malloc (to - from);
      n = pread (mem, bytes, to - from, from);
      for (guint i = 0; n > 0 && i < needles->len; i++)
        look_for (&g_array_index (needles, Needle, i), bytes, n, from, place);
      n_read += MAX (n, 0);
    }
  close (mem);
  return n_read > 0;
}
