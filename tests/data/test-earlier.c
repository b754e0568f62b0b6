/* SPDX-License-Identifier: Apache-2.0 */
/* earlier: the record (取扱記録) of a machine that its vault has left: handed out from the next one, checked with the old one's key
 * alone, and found when somebody alters it. */
#include "vault-earlier.h"

#include "house-fixture.h"
#include "record-file.h"
#include "vault-safe.h"

#define STRIDE 5

/* The record of machine @id as @f hands it out; NULL with @error. */
static char *
export_earlier (Fixture *f, const VaultAdmin *by, const char *id, VaultRecordReport *ret_report, GError **error)
{
  g_autofree char *path = g_build_filename (f->folder, "earlier.tsv", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean ok = vault_export_earlier (f->vault, by, id, fd, ret_report, error);
  char *text = NULL;
  gsize size;

  close (fd);
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  if (!ok)
    {
      g_assert_cmpuint (size, ==, 0);
      g_clear_pointer (&text, g_free);
    }
  return text;
}

static char *
export_ok (Fixture *f, const VaultAdmin *by, const char *id)
{
  g_autoptr (GError) error = NULL;
  VaultRecordReport report;
  char *text = export_earlier (f, by, id, &report, &error);

  g_assert_no_error (error);
  return text;
}

/* As handed out by @f; is it @pem too, which the old machine gave itself? */
static void
get_key (Fixture *f, const char *id, const char *pem, guint8 key[ATTESTATION_KEY_BYTES])
{
  g_autoptr (GError) error = NULL;
  g_autofree char *own = vault_dup_earlier_key (f->vault, id, &error);

  g_assert_no_error (error);
  if (pem != NULL)
    g_assert_cmpstr (own, ==, pem);
  g_assert_true (attestation_key_from_pem (own, strlen (own), key));
}

static gboolean
is_good (const char *text, gsize n_bytes, const guint8 *key)
{
  RecordFile file;

  return record_file_check (text, n_bytes, key, NULL, &file, NULL) && file.sealed[0] == '\0'
         && (file.earlier[0] == '\0' || file.audit.attested == file.audit.length);
}

static OldVault *
only_earlier (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) vaults = vault_list_earlier (f->vault, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (vaults->len, ==, 1);
  return g_ptr_array_steal_index (vaults, 0);
}

static gboolean
keep_entry (const Entry *entry, gpointer user_data, GError **error)
{
  g_autofree char *line = g_strdup_printf ("%s %s", entry->action, entry->subject);

  g_free (*(char **) user_data);
  *(char **) user_data = g_steal_pointer (&line);
  return TRUE;
}

static char *
dup_last_entry (Fixture *f)
{
  char *line = NULL;
  VaultStatus status = get_status (f);

  g_assert_true (vault_list_log (f->vault, status.record_entries, status.record_entries, 1, keep_entry, &line, NULL));
  return line;
}

static void
assert_verifies (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, &error);

  g_assert_no_error (error);
  assert_findings (findings, NULL);
  g_assert_nonnull (find_check (findings, VAULT_EARLIER_CHECK));
}

/* --- handed out and checked ------------------------------------------------------------------------------------------ */

static void
assert_whole (House *h, const char *id, const char *pem, guint64 at_least)
{
  g_autoptr (OldVault) old = only_earlier (&h->pair.b);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *last = NULL, *expected = NULL;
  guint8 key[ATTESTATION_KEY_BYTES];
  VaultRecordReport report;
  RecordFile file;

  g_assert_cmpstr (old->id, ==, id);
  g_assert_cmpstr (old->machine, ==, "受付");
  g_assert_cmpuint (old->entries, >=, at_least);
  g_assert_cmpuint (old->attested, ==, old->entries);
  g_assert_true (g_str_has_prefix (old->first, "20"));
  g_assert_cmpstr (old->first, <=, old->last);
  text = export_earlier (&h->pair.b, h->pair.by_b, id, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report.entries, ==, old->entries);
  g_assert_cmpuint (report.checkpoints, ==, old->checkpoints);
  last = dup_last_entry (&h->pair.b);
  expected = g_strdup_printf ("record-exported %s", id);
  g_assert_cmpstr (last, ==, expected);
  get_key (&h->pair.b, id, pem, key);
  g_assert_true (record_file_check (text, strlen (text), key, NULL, &file, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (file.vault_id, ==, id);
  g_assert_cmpstr (file.earlier, ==, "");
  g_assert_cmpuint (file.audit.attested, ==, old->entries);
  g_assert_true (memcmp (file.audit.head, old->head, sizeof old->head) == 0);
  g_assert_null (strstr (text, NAME));
  g_assert_null (strstr (text, NUMBER));
  g_assert_null (strstr (text, "見本"));
  assert_verifies (&h->pair.b);
}

static void
test_after_move (House *h, gconstpointer data)
{
  g_autofree char *id = g_strdup (keys_get_vault_id (h->pair.a.vault->keys));
  g_autofree char *pem = vault_dup_record_key (h->pair.a.vault, NULL);
  g_auto (VaultTakeOver) report = { 0 };

  move_out (h);
  take_over_ok (h, FALSE, &report);
  close_vault (&h->pair.a);
  assert_whole (h, id, pem, report.entries);
  reopen (&h->pair.b);
  assert_whole (h, id, pem, report.entries);
}

static void
test_after_recovery (House *h, gconstpointer data)
{
  g_autofree char *id = g_strdup (keys_get_vault_id (h->pair.a.vault->keys));
  g_autofree char *pem = vault_dup_record_key (h->pair.a.vault, NULL);
  g_auto (VaultTakeOver) report = { 0 };

  back_up (h);
  close_vault (&h->pair.a);
  take_over_ok (h, TRUE, &report);
  assert_whole (h, id, pem, report.entries);
}

/* No byte of it can be another, nothing can be missing, and no other machine's key checks it. */
static void
test_every_byte (House *h, gconstpointer data)
{
  g_autofree char *id = g_strdup (keys_get_vault_id (h->pair.a.vault->keys));
  g_auto (VaultTakeOver) report = { 0 };
  g_autofree char *text = NULL, *own_pem = NULL;
  guint8 key[ATTESTATION_KEY_BYTES], own_key[ATTESTATION_KEY_BYTES];
  gsize n_bytes;

  move_out (h);
  take_over_ok (h, FALSE, &report);
  text = export_ok (&h->pair.b, h->pair.by_b, id);
  get_key (&h->pair.b, id, NULL, key);
  n_bytes = strlen (text);
  g_assert_true (is_good (text, n_bytes, key));
  for (gsize i = 0; i < n_bytes; i += STRIDE)
    {
      text[i] ^= 1;
      if (is_good (text, n_bytes, key))
        g_error ("byte %" G_GSIZE_FORMAT " of the record may be another", i);
      text[i] ^= 1;
    }
  for (gsize n = 0; n < n_bytes; n += STRIDE)
    g_assert_false (is_good (text, n, key));
  own_pem = vault_dup_record_key (h->pair.b.vault, NULL);
  g_assert_true (attestation_key_from_pem (own_pem, strlen (own_pem), own_key));
  g_assert_false (is_good (text, n_bytes, own_key));
}

/* An earlier program's backup: the end came without a signature. The vault knows it by the entry of the taking over; the file says so. */
static void
test_open_end (House *h, gconstpointer data)
{
  g_autofree char *id = g_strdup (keys_get_vault_id (h->pair.a.vault->keys));
  g_autoptr (OldVault) old = NULL;
  g_auto (VaultTakeOver) report = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint8 key[ATTESTATION_KEY_BYTES];
  RecordFile file;

  g_assert_true (vault_checkpoint (h->pair.a.vault, NULL));
  g_free (collect_ok (&h->pair.a, h->other, OTHER_NUMBER));
  back_up_unsigned (h);
  take_over_ok (h, TRUE, &report);
  old = only_earlier (&h->pair.b);
  g_assert_cmpuint (old->attested, <, old->entries);
  assert_verifies (&h->pair.b);
  text = export_ok (&h->pair.b, h->pair.by_b, id);
  get_key (&h->pair.b, id, NULL, key);
  g_assert_true (record_file_check (text, strlen (text), key, NULL, &file, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (file.earlier, ==, keys_get_vault_id (h->pair.b.vault->keys));
  g_assert_cmpuint (file.audit.attested, ==, old->attested);
  g_assert_cmpuint (file.audit.length, ==, old->entries);
  g_assert_false (is_good (text, strlen (text), key));
}

/* The third machine has the records of both before it. */
static void
test_moved_twice (House *h, gconstpointer data)
{
  g_autofree char *first = g_strdup (keys_get_vault_id (h->pair.a.vault->keys));
  g_autofree char *second = g_strdup (keys_get_vault_id (h->pair.b.vault->keys));
  g_auto (VaultTakeOver) report = { 0 }, again = { 0 };
  House next = { .path = h->path };
  g_autoptr (GPtrArray) vaults = NULL;

  move_out (h);
  take_over_ok (h, FALSE, &report);
  next.pair.a = h->pair.b;
  next.pair.by_a = h->pair.by_b;
  set_up (&next.pair.b, NULL);
  next.pair.by_b = login (&next.pair.b);
  enroll (&next.pair);
  move_out (&next);
  take_over_ok (&next, FALSE, &again);
  assert_verifies (&next.pair.b);
  vaults = vault_list_earlier (next.pair.b.vault, NULL);
  g_assert_cmpuint (vaults->len, ==, 2);
  for (guint i = 0; i < vaults->len; i++)
    {
      const OldVault *old = g_ptr_array_index (vaults, i);
      g_autofree char *text = export_ok (&next.pair.b, next.pair.by_b, old->id);
      guint8 key[ATTESTATION_KEY_BYTES];

      g_assert_cmpstr (old->id, ==, i == 0 ? first : second);
      get_key (&next.pair.b, old->id, NULL, key);
      g_assert_true (is_good (text, strlen (text), key));
    }
  vault_admin_free (next.pair.by_b);
  tear_down (&next.pair.b, NULL);
}

/* --- refusals -------------------------------------------------------------------------------------------------------- */

static void
test_refusals (House *h, gconstpointer data)
{
  g_autofree char *own = g_strdup (keys_get_vault_id (h->pair.b.vault->keys));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) none = vault_list_earlier (h->pair.b.vault, &error);
  const guint64 before = get_status (&h->pair.b).record_entries;
  VaultRecordReport report;

  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_null (export_earlier (&h->pair.b, h->pair.by_b, own, &report, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_MACHINE);
  g_clear_error (&error);
  g_assert_null (vault_dup_earlier_key (h->pair.b.vault, "'; --", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_MACHINE);
  g_assert_cmpuint (get_status (&h->pair.b).record_entries, ==, before);
}

/* --- tampered with --------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *name, *sql;
  const char *check; /* the other finding; its rows' */
  const char *says;
} Edit;

static const Edit edits[] = {
  { "detail", "UPDATE old_record SET actor = 'system' WHERE seq = 3", "old_record", "entry 3" },
  { "removed", "DELETE FROM old_record WHERE seq = 4", "old_record", "entry 4" },
  { "cut-off",
    "DELETE FROM old_checkpoints WHERE seq = (SELECT max (seq) FROM old_record);"
    "DELETE FROM old_record WHERE seq = (SELECT max (seq) FROM old_record)",
    "old_record", "its end" },
  { "cut-off-with-its-end",
    "DELETE FROM old_checkpoints WHERE seq = (SELECT max (seq) FROM old_record);"
    "DELETE FROM old_record WHERE seq = (SELECT max (seq) FROM old_record);"
    "UPDATE old_vaults SET entries = entries - 1, head = (SELECT hash FROM old_record ORDER BY seq DESC LIMIT 1)",
    "old_record", "its taking over" },
  { "attestation", "UPDATE old_checkpoints SET signature = zeroblob (64)", "old_checkpoints", "entry" },
  { "no-attestation", "DELETE FROM old_checkpoints", "old_checkpoints", "without its attestation" },
  { "key", "UPDATE old_vaults SET attest = zeroblob (64)", "old_vaults", "Tampered" },
};

static void
assert_found (Fixture *f, const Edit *edit, gboolean by_its_rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, &error);
  const Finding *finding;

  g_assert_no_error (error);
  finding = find_check (findings, VAULT_EARLIER_CHECK);
  g_assert_false (finding->ok);
  if (strstr (finding->detail, edit->says) == NULL)
    g_error ("%s: %s", edit->name, finding->detail);
  g_assert_true (find_check (findings, edit->check)->ok == !by_its_rows);
}

static void
test_edited (House *h, gconstpointer data)
{
  const Edit *edit = data;
  g_auto (VaultTakeOver) report = { 0 };

  move_out (h);
  take_over_ok (h, FALSE, &report);
  with_database (&h->pair.b, edit->sql);
  reopen (&h->pair.b);
  assert_open (&h->pair.b);
  assert_found (&h->pair.b, edit, TRUE);
  /* and that closes the vault */
  assert_sealed (&h->pair.b, "Tampered");
}

/* Whoever rules this machine has the rows sealed as they like. The old machine's chain and signatures they do not have. */
static void
test_edited_on_record (House *h, gconstpointer data)
{
  const Edit *edit = data;
  g_auto (VaultTakeOver) report = { 0 };

  move_out (h);
  take_over_ok (h, FALSE, &report);
  with_database_on_record (&h->pair.b, edit->sql);
  reopen (&h->pair.b);
  assert_open (&h->pair.b);
  assert_found (&h->pair.b, edit, FALSE);
  assert_open (&h->pair.b);
}

/* What was altered is handed out as it is, and the file shows it; from a closed vault marked as such. */
static void
test_edited_and_exported (House *h, gconstpointer data)
{
  g_autofree char *id = g_strdup (keys_get_vault_id (h->pair.a.vault->keys));
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (VaultAdmin) chief = NULL;
  g_auto (VaultTakeOver) report = { 0 };
  g_autofree char *text = NULL, *marked = NULL;
  guint8 key[ATTESTATION_KEY_BYTES];
  guint tries;

  move_out (h);
  take_over_ok (h, FALSE, &report);
  with_database (&h->pair.b, edits[0].sql);
  reopen (&h->pair.b);
  text = export_ok (&h->pair.b, h->pair.by_b, id);
  get_key (&h->pair.b, id, NULL, key);
  g_assert_false (is_good (text, strlen (text), key));
  assert_found (&h->pair.b, &edits[0], TRUE);
  assert_sealed (&h->pair.b, "Tampered");
  chief = vault_login (h->pair.b.vault, "", pin, &tries, NULL);
  g_assert_nonnull (chief);
  marked = export_ok (&h->pair.b, chief, id);
  g_assert_nonnull (strstr (marked, "\nsealed\tTampered\n"));
  /* once a chief has accepted it, it stays a finding, and closes nothing any more */
  g_assert_true (vault_accept_state (h->pair.b.vault, chief, NULL));
  assert_found (&h->pair.b, &edits[0], FALSE);
  assert_open (&h->pair.b);
}

int
main (int argc, char **argv)
{
  g_setenv ("TSS2_LOG", "all+none", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, func) g_test_add (path, House, NULL, set_up_house, func, tear_down_house)
  ADD ("/earlier/after-a-move", test_after_move);
  ADD ("/earlier/after-a-recovery", test_after_recovery);
  ADD ("/earlier/every-byte", test_every_byte);
  ADD ("/earlier/open-end", test_open_end);
  ADD ("/earlier/moved-twice", test_moved_twice);
  ADD ("/earlier/refusals", test_refusals);
  ADD ("/earlier/edited-and-exported", test_edited_and_exported);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_autofree char *edited = g_strconcat ("/earlier/edited/", edits[i].name, NULL);

      g_test_add (edited, House, &edits[i], set_up_house, test_edited, tear_down_house);
    }
#define ADD_ON_RECORD(name, edit)                                                                                      \
  g_test_add ("/earlier/edited-on-record/" name, House, edit, set_up_house, test_edited_on_record, tear_down_house)
  ADD_ON_RECORD ("detail", &edits[0]);
  ADD_ON_RECORD ("cut-off-with-its-end", &edits[3]);
  ADD_ON_RECORD ("attestation", &edits[4]);
  return g_test_run ();
}
