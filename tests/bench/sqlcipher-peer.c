/* SPDX-License-Identifier: Apache-2.0 */
/* What a record costs in SQLCipher with a passphrase and its default key derivation: opening, and each saved row.
 *
 *   sqlcipher-peer FILE ROWS        FILE must not exist; prints {"open_ms": [...], "save_ms": [...]} */
#include <glib.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSPHRASE "correct horse battery staple"
#define N_OPENINGS 5

static void
must (int rc, sqlite3 *db, const char *doing)
{
  if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
    return;
  fprintf (stderr, "%s: %s\n", doing, db != NULL ? sqlite3_errmsg (db) : "no database");
  exit (EXIT_FAILURE);
}

static sqlite3 *
open_database (const char *path)
{
  sqlite3 *db = NULL;

  must (sqlite3_open (path, &db), db, "open");
  must (sqlite3_key (db, PASSPHRASE, (int) strlen (PASSPHRASE)), db, "key");
  must (sqlite3_exec (db, "PRAGMA synchronous = FULL; SELECT count (*) FROM sqlite_master", NULL, NULL, NULL), db,
        "read");
  return db;
}

static void
print_times (const char *name, const double *ms, int n, const char *end)
{
  printf ("\"%s\": [", name);
  for (int i = 0; i < n; i++)
    printf ("%s%.3f", i > 0 ? ", " : "", ms[i]);
  printf ("]%s", end);
}

int
main (int argc, char **argv)
{
  const int n_rows = argc == 3 ? atoi (argv[2]) : 0;
  g_autofree double *saved = g_new0 (double, MAX (n_rows, 1));
  double opened[N_OPENINGS];
  sqlite3 *db;

  if (n_rows <= 0)
    {
      fprintf (stderr, "usage: sqlcipher-peer FILE ROWS\n");
      return EXIT_FAILURE;
    }
  db = open_database (argv[1]);
  must (sqlite3_exec (db, "CREATE TABLE numbers (id INTEGER PRIMARY KEY, person TEXT, number TEXT)", NULL, NULL, NULL),
        db, "make");
  for (int i = 0; i < n_rows; i++)
    {
      gint64 since = g_get_monotonic_time ();

      must (sqlite3_exec (db, "INSERT INTO numbers (person, number) VALUES ('0001', '123456789018')", NULL, NULL, NULL),
            db, "save");
      saved[i] = (double) (g_get_monotonic_time () - since) / 1000.0;
    }
  sqlite3_close (db);
  for (int i = 0; i < N_OPENINGS; i++)
    {
      gint64 since = g_get_monotonic_time ();

      db = open_database (argv[1]);
      opened[i] = (double) (g_get_monotonic_time () - since) / 1000.0;
      sqlite3_close (db);
    }
  printf ("{");
  print_times ("open_ms", opened, N_OPENINGS, ", ");
  print_times ("save_ms", saved, n_rows, "}\n");
  return EXIT_SUCCESS;
}
