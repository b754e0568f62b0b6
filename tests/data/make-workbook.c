/* SPDX-License-Identifier: Apache-2.0 */
/* make-workbook: people from standard input as an Excel file, for workbook.py, which reads it as others would.
 *
 *   make-workbook FILE [masked]
 *
 * A line for each: kind, code, name, kana, relationship, birth date, their employee's code, number; a tab between, where \t, \n, \r, \\ and
 * \xHH stand for what they are in C. Prints "column why" for each that does not fit, and then makes no file. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "generate.h"

enum
{
  KIND,
  CODE,
  NAME,
  KANA,
  RELATIONSHIP,
  BIRTH,
  PARENT,
  NUMBER,
  N_FIELDS,
};

/* Numbers are never in a file but the one that is asked for: while the workbook is made, none can be opened, in memory neither. */
static void
allow_files (gboolean allow)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = allow ? limit.rlim_max : 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_true (allow || fopen ("/dev/null", "r") == NULL);
}

static void
fields_free (gpointer fields)
{
  g_strfreev (fields);
}

static ExportPerson *
person_of (char **fields, GPtrArray *numbers)
{
  ExportPerson *person = g_new0 (ExportPerson, 1);
  Secret *number = secret_new_copy (fields[NUMBER], strlen (fields[NUMBER]));

  g_ptr_array_add (numbers, number);
  person->person = fields[CODE];
  person->kind = fields[KIND];
  person->code = fields[CODE];
  person->name = fields[NAME];
  person->kana = fields[KANA];
  person->relationship = fields[RELATIONSHIP];
  person->birth_date = fields[BIRTH];
  person->parent_code = fields[PARENT];
  person->number = number;
  return person;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (fields_free);
  g_autoptr (GPtrArray) numbers = g_ptr_array_new_with_free_func ((GDestroyNotify) secret_free);
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (Format) format = NULL;
  g_autoptr (GPtrArray) unfit = NULL;
  g_autoptr (Secret) content = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTimer) timer = NULL;
  char line[4096], sha256[65];
  gboolean made;

  if (argc < 2 || !secret_init ())
    return 1;
  format = format_find ("keyed-xlsx", NULL);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      char **fields = g_strsplit (g_strchomp (line), "\t", -1);

      g_ptr_array_add (lines, fields);
      if (g_strv_length (fields) != N_FIELDS)
        return 1;
      for (guint i = 0; i < N_FIELDS; i++)
        {
          char *text = g_strcompress (fields[i]);

          g_free (fields[i]);
          fields[i] = text;
        }
      g_ptr_array_add (people, person_of (fields, numbers));
    }
  timer = g_timer_new ();
  allow_files (FALSE);
  made = export_generate (format, people, argc > 2, &content, sha256, &unfit, &error);
  allow_files (TRUE);
  if (!made)
    {
      for (guint i = 0; unfit != NULL && i < unfit->len; i++)
        {
          const ExportUnfit *one = g_ptr_array_index (unfit, i);

          printf ("%u %s\n", one->column, export_why_get_name (one->why));
        }
      return 3;
    }
  printf ("%.3f\n", g_timer_elapsed (timer, NULL));
  return g_file_set_contents (argv[1], (const char *) secret_get_data (content, NULL),
                              (gssize) secret_get_size (content), NULL)
             ? 0
             : 2;
}
