/* SPDX-License-Identifier: Apache-2.0 */
/* vault: formats that are chosen here are kept, used and removed, and stand in the record; nobody edits one past it. */
#include "admins-fixture.h"
#include "own-format.h"
#include "vault-merge.h"

static guint
count_formats (Fixture *f)
{
  g_autoptr (GPtrArray) formats = vault_list_formats (f->vault, NULL);

  g_assert_nonnull (formats);
  return formats->len;
}

static void
assert_whole (Fixture *f)
{
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, NULL);

  assert_findings (findings, NULL);
}

static void
assert_gone (Fixture *f, const char *id)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vault_find_format (f->vault, id, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT);
}

static gboolean
keep_entries (const Entry *entry, gpointer user_data, GError **error)
{
  g_string_append_printf (user_data, "%s %s %s\n", entry->action, entry->subject, entry->detail);
  return TRUE;
}

/* (transfer full): every entry as "ACTION SUBJECT DETAIL" */
static char *
record_of (Fixture *f)
{
  GString *text = g_string_new (NULL);

  g_assert_true (vault_list_log (f->vault, 0, G_MAXINT64, 1000, keep_entries, text, NULL));
  return g_string_free (text, FALSE);
}

static void
test_kept (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  const guint built_in = count_formats (f);
  g_autofree char *id = add_own_format (f->vault, chief), *second = add_own_format (f->vault, chief);
  g_autofree char *record = NULL, *text = NULL, *added = NULL, *removed = NULL;
  g_autoptr (Format) format = vault_find_format (f->vault, id, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (id, !=, second);
  g_assert_cmpuint (count_formats (f), ==, built_in + 2);
  g_assert_cmpstr (format->certainty, ==, TEMPLATE_CERTAINTY);
  g_assert_nonnull (strstr (format->verified, "見本 管理"));
  g_assert_nonnull (strstr (format->verified_ja, "見本 管理"));
  text = vault_dup_format_text (f->vault, id, NULL);
  g_assert_nonnull (strstr (text, "1=header:マイナンバー|self\n"));
  g_assert_nonnull (strstr (text, "code=header:社員番号\n"));
  reopen (f);
  assert_has_format (f->vault, id);
  g_assert_true (vault_remove_format (f->vault, chief, id, &error));
  g_assert_no_error (error);
  assert_gone (f, id);
  assert_has_format (f->vault, second);
  g_assert_false (vault_remove_format (f->vault, chief, id, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT);
  g_clear_error (&error);
  g_assert_false (vault_remove_format (f->vault, chief, "nta-375", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT);
  g_assert_cmpuint (count_formats (f), ==, built_in + 1);
  assert_whole (f);

  /* The record says which, by id and digest, and not what it is called. */
  record = record_of (f);
  added = g_strdup_printf ("format-added %s ", id);
  removed = g_strdup_printf ("format-removed %s ", id);
  g_assert_nonnull (strstr (record, added));
  g_assert_nonnull (strstr (record, removed));
  g_assert_nonnull (strstr (record, format->sha256));
  g_assert_null (strstr (record, "見本"));
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f), clerk = NULL;
  g_autofree char *id = add_own_format (f->vault, chief), *record = NULL;
  g_autoptr (GError) error = NULL;
  guint before;

  g_free (add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN));
  clerk = login_as (f, CLERK, CLERK_PIN, NULL);
  before = count_formats (f);
  g_assert_null (try_own_format (f->vault, clerk, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_clear_error (&error);
  g_assert_false (vault_remove_format (f->vault, clerk, id, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE);
  g_clear_error (&error);
  g_assert_cmpuint (count_formats (f), ==, before);
  while (count_formats (f) - before + 1 < VAULT_MAX_FORMATS)
    g_free (add_own_format (f->vault, chief));
  g_assert_null (try_own_format (f->vault, chief, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
}

/* A descriptor that is no file, and a file that makes no format: nothing is kept, in the record neither. */
static void
test_no_format (Fixture *f, gconstpointer data)
{
  static const char headless[] = "E001,見本 太郎,1234-5678-9018,\r\n", other[] = "番号,名前\r\n";
  g_autoptr (VaultAdmin) chief = login (f);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (TemplateNumber));
  g_autoptr (GArray) by = g_array_new (FALSE, FALSE, sizeof (TemplateBy));
  const TemplateNumber number = { "マイナンバー", "" };
  const TemplateBy code = { FORMAT_BY_CODE, "社員番号" };
  const VaultFormat chosen = { "見本", "", numbers, by };
  const guint64 before = get_status (f).record_entries;
  g_autoptr (GPtrArray) of_headless = NULL, of_other = NULL;
  g_autofree char *id = NULL, *second = NULL;
  g_autoptr (TemplateHeader) header = NULL;
  g_autoptr (GError) error = NULL;
  int fd, ends[2];

  g_array_append_val (numbers, number);
  g_array_append_val (by, code);
  fd = file_of (headless, strlen (headless));
  g_assert_true (vault_add_format (f->vault, chief, &chosen, fd, &id, &of_headless, &error));
  g_assert_cmpstr (id, ==, "");
  g_assert_cmpuint (of_headless->len, ==, 1);
  g_assert_cmpint (((TemplateIssue *) g_ptr_array_index (of_headless, 0))->why, ==, TEMPLATE_NUMBER);
  close (fd);
  fd = file_of (other, strlen (other));
  g_assert_true (vault_add_format (f->vault, chief, &chosen, fd, &second, &of_other, &error));
  g_assert_cmpstr (second, ==, "");
  g_assert_cmpuint (of_other->len, ==, 2);
  close (fd);
  g_assert_cmpint (pipe (ends), ==, 0);
  header = vault_look_at_format (f->vault, ends[0], "", &error);
  g_assert_null (header);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  close (ends[0]);
  close (ends[1]);
  g_assert_cmpuint (get_status (f).record_entries, ==, before);
}

/* Another column for the numbers, put there by somebody who has the database's key. */
static void
test_edited (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *id = add_own_format (f->vault, chief);
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;

  with_database (f, "UPDATE formats SET text = replace (text, '1=header:マイナンバー', '1=header:備考')");
  f->vault = vault_new (f->folder, NULL);
  g_assert_null (vault_find_format (f->vault, id, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
  g_clear_error (&error);
  g_assert_null (vault_list_formats (f->vault, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
  findings = vault_verify (f->vault, NULL);
  assert_findings (findings, "formats");
}

/* A vault from before there were any; and what is made in it goes through a new epoch. */
static void
test_older_vault (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultAdmin) chief = NULL;
  g_autoptr (Secret) old = secret_new_copy (PIN, strlen (PIN)), new = secret_new_copy ("hokano-5937", 11);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  guint tries;

  with_database (f, "DROP TABLE last_import; DROP TABLE last_import_parts; ALTER TABLE people DROP COLUMN joined_on; "
                    "ALTER TABLE people DROP COLUMN employment; ALTER TABLE people DROP COLUMN pension; "
                    "DROP TABLE formats; PRAGMA user_version = 12");
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  assert_whole (f);
  chief = login (f);
  id = add_own_format (f->vault, chief);
  g_assert_true (vault_change_pin (f->vault, chief, old, new, &tries, &error));
  g_assert_no_error (error);
  assert_has_format (f->vault, id);
  assert_whole (f);
}

/* The number goes into its column, and every other byte is as it was. */
static void
test_merged (Fixture *f, gconstpointer data)
{
  static const char before[] = OWN_HEADER "0001,見本太郎,,\"1,\"\"2\"\r\n",
                    after[] = OWN_HEADER "0001,見本太郎," NUMBER ",\"1,\"\"2\"\r\n";
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *id = add_own_format (f->vault, chief), *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *number = collect_ok (f, person, NUMBER), *path = g_build_filename (f->folder, "out.csv", NULL);
  const VaultMerge options = { .format = id, .purpose = "tax", .destination = "見本", .plain = TRUE };
  g_auto (VaultMergeReport) report = { NULL };
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  const int source = file_of (before, strlen (before));
  const int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  g_assert_true (vault_approve (f->vault, chief->id, number, "", &error));
  g_assert_true (vault_merge (f->vault, chief, &options, source, fd, &report, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (report.n_issues, ==, 0);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, after);
  close (fd);
  close (source);
  (void) g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add ("/vault/formats/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("kept", test_kept);
  ADD ("refused", test_refused);
  ADD ("no-format", test_no_format);
  ADD ("edited", test_edited);
  ADD ("older-vault", test_older_vault);
  ADD ("merged", test_merged);
  return g_test_run ();
}
