/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl log print, prove --pdf, verify --checkpoint: what a scanner reads from the paper, and the records that it fits. */
#include "ctl-fixture.h"

#include "pdf-code.h"

static char *
in_dir (Fixture *f, const char *name)
{
  return g_build_filename (f->dir, name, NULL);
}

static char *
export_record (Fixture *f, const char *name)
{
  char *path = in_dir (f, name);

  run (f, 0, "log", "export", path, "--pin-file", f->pin_file, NULL);
  return path;
}

static char *
write_key (Fixture *f, const char *name)
{
  char *path = in_dir (f, name);

  run (f, 0, "log", "key", NULL);
  write_file (path, f->out);
  return path;
}

static char *
print (Fixture *f, const char *name)
{
  g_autofree char *paper = in_dir (f, name);
  char *code;

  run (f, 0, "log", "print", paper, "--pin-file", f->pin_file, NULL);
  code = pdf_code_read (paper);
  g_test_message ("%s", code != NULL ? code : "no code");
  g_assert_nonnull (code);
  g_assert_true (g_str_has_prefix (code, "azukari-record:1:"));
  return code;
}

static void
test_mistakes (Fixture *f, gconstpointer data)
{
  g_autofree char *paper = in_dir (f, "paper.pdf"), *key = write_key (f, "key.pem"),
                  *record = export_record (f, "record.azr"), *notes = in_dir (f, "notes");

  run (f, 1, "log", "print", NULL);
  run (f, 1, "log", "print", paper, "--from", "yesterday", "--pin-file", f->pin_file, NULL);
  run (f, 1, "log", "print", paper, "--to", "2026-02-30", "--pin-file", f->pin_file, NULL);
  run (f, 1, "verify", "--checkpoint", "azukari-record:1", NULL);
  run (f, 2, "verify", "--record", record, "--key", key, "--checkpoint", "azukari-record:1", NULL);
  assert_said (f->err, "scan it again");
  write_file (notes, "");
  run (f, 2, "verify", "--record", record, "--key", key, "--checkpoint", notes, NULL);
  run (f, 2, "verify", "--record", record, "--key", key, "--checkpoint", "/dev/null/none", NULL);
  write_file (paper, "x");
  run (f, 2, "log", "print", paper, "--pin-file", f->pin_file, NULL);
}

static void
test_days (Fixture *f, gconstpointer data)
{
  g_autofree char *before = in_dir (f, "before.pdf"), *today = in_dir (f, "today.pdf"),
                  *after = in_dir (f, "after.pdf");

  run (f, 0, "log", "print", before, "--to", "2020-12-31", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "0 entries written");
  run (f, 0, "log", "print", after, "--from", "2120-01-01", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "0 entries written");
  run (f, 0, "--json", "log", "print", today, "--from", "2020-01-01", "--to", "2120-01-01", "--pin-file", f->pin_file,
       NULL);
  g_assert_null (strstr (f->out, "\"entries\":0}"));
  run (f, 0, "log", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "record-printed");
  run (f, 0, "verify", NULL);
}

/* A paper fits every record that goes on from it, and no other. */
static void
test_witness (Fixture *f, gconstpointer data)
{
  g_autofree char *key = write_key (f, "key.pem"), *older = export_record (f, "older.azr"),
                  *code = print (f, "paper.pdf"), *newer = NULL, *scanned = in_dir (f, "scanned.txt"), *later = NULL,
                  *line = g_strconcat (" ", code, "\r\n", NULL);

  import_roster (f);
  newer = export_record (f, "newer.azr");
  run (f, 0, "verify", "--record", newer, "--key", key, "--checkpoint", code, NULL);
  assert_said (f->out, "is the one on the paper");
  write_file (scanned, line);
  run (f, 0, "--json", "verify", "--record", newer, "--key", key, "--checkpoint", scanned, NULL);
  /* Whole by itself, but older than the paper, as one whose end was cut off would be. */
  run (f, 0, "verify", "--record", older, "--key", key, NULL);
  run (f, 5, "verify", "--record", older, "--key", key, "--checkpoint", code, NULL);
  assert_said (f->out, "its end was cut off");
  /* A paper of later fits neither. */
  later = print (f, "later.pdf");
  run (f, 5, "verify", "--record", newer, "--key", key, "--checkpoint", later, NULL);
}

static void
test_other_vault (Fixture *f, gconstpointer data)
{
  Fixture other;
  g_autofree char *key = write_key (f, "key.pem"), *code = print (f, "paper.pdf"),
                  *record = export_record (f, "record.azr"), *vault = in_dir (f, "other"), *other_key = NULL,
                  *other_record = NULL, *mixed = NULL;
  g_auto (GStrv) parts = g_strsplit (code, ":", -1);

  other = *f;
  other.vault = vault;
  f->out = f->err = NULL;
  init (&other);
  import_roster (&other);
  other_key = write_key (&other, "other.pem");
  g_free (print (&other, "other.pdf"));
  other_record = export_record (&other, "other.azr");
  run (&other, 0, "verify", "--record", other_record, "--key", other_key, NULL);
  run (&other, 5, "verify", "--record", other_record, "--key", other_key, "--checkpoint", code, NULL);
  assert_said (other.out, "of another vault or forged");
  run (&other, 5, "verify", "--record", other_record, "--key", key, "--checkpoint", code, NULL);
  /* The other's name on it does not help. */
  {
    g_autofree char *content = NULL;
    g_autoptr (GRegex) regex = g_regex_new ("vault\t([0-9a-f-]+)", 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    g_assert_true (g_file_get_contents (other_record, &content, NULL, NULL));
    g_assert_true (g_regex_match (regex, content, 0, &match));
    g_free (parts[2]);
    parts[2] = g_match_info_fetch (match, 1);
    mixed = g_strjoinv (":", parts);
  }
  run (&other, 5, "verify", "--record", other_record, "--key", other_key, "--checkpoint", mixed, NULL);
  assert_said (other.out, "of another vault or forged");
  close_vault (&other);
  g_clear_pointer (&other.out, g_free);
  g_clear_pointer (&other.err, g_free);
}

static void
test_proof (Fixture *f, gconstpointer data)
{
  g_autofree char *paper = in_dir (f, "proof.pdf"), *key = write_key (f, "key.pem"), *code = NULL, *record = NULL;

  run (f, 0, "prove", "--pdf", paper, "--pin-file", f->pin_file, NULL);
  code = pdf_code_read (paper);
  g_assert_nonnull (code);
  record = export_record (f, "record.azr");
  run (f, 0, "verify", "--record", record, "--key", key, "--checkpoint", code, NULL);
  run (f, 0, "log", "--pin-file", f->pin_file, NULL);
  assert_said (f->out, "proof-printed");
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_unsetenv ("LANGUAGE");
  ADD ("/ctl/print/mistakes", test_mistakes);
  ADD ("/ctl/print/days", test_days);
  ADD ("/ctl/print/witness", test_witness);
  ADD ("/ctl/print/other-vault", test_other_vault);
  ADD ("/ctl/print/proof", test_proof);
  return g_test_run ();
}
