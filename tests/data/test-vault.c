/* SPDX-License-Identifier: Apache-2.0 */
/* vault: the verbs on a real software TPM: making, losing, setting back; a number's way from card to file. */
#include "vault-fixture.h"

#include "record.h"

/* --- making ---------------------------------------------------------------------------------------------------------- */

static void
test_init_without_tpm (Fixture *f, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (f->folder, "no-tpm", NULL);
  const KeysPlaces places = { .device = nowhere };
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (GError) error = NULL;

  close_vault (f);
  f->vault = vault_new (f->folder, &places);
  g_assert_false (vault_init (f->vault, "tpm2", "見本商事", "見本 管理", pin, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM);
  assert_folder_is_empty (f);
  g_assert_cmpint (get_status (f).state, ==, VAULT_UNINITIALISED);
  /* And it may be tried again. */
  g_clear_error (&error);
  g_assert_true (vault_init (f->vault, "swtpm", "見本商事", "見本 管理", pin, &error));
  g_assert_no_error (error);
  close_vault (f);
}

static void
test_init_weak_pin (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) pin = secret_new_copy ("123456", 6);
  g_autoptr (GError) error = NULL;

  g_assert_false (vault_init (f->vault, "swtpm", "見本商事", "見本 管理", pin, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WEAK_PIN);
  assert_folder_is_empty (f);
}

static void
test_init_twice (Fixture *f, gconstpointer data)
{
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (GError) error = NULL;

  g_assert_false (vault_init (f->vault, "swtpm", "別の会社", "別の人", pin, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ALREADY_INITIALISED);
  reopen (f);
  assert_open (f);
  g_assert_cmpstr (get_status (f).company, ==, "見本商事");
}

static void
test_unfinished_init_is_removed (Fixture *f, gconstpointer data)
{
  g_autofree char *marker = g_build_filename (f->folder, "init-unfinished", NULL);

  g_autofree char *store = g_build_filename (f->folder, STORE_FILE, NULL);

  close_vault (f);
  g_assert_true (g_file_set_contents (marker, "", 0, NULL));
  g_assert_cmpint (truncate (store, 8192), ==, 0);
  f->vault = vault_new (f->folder, NULL);
  g_assert_cmpint (get_status (f).state, ==, VAULT_UNINITIALISED);
  assert_folder_is_empty (f);
}

/* A vault that was finished is not thrown away for a marker that came back, by a power cut or by a hand. */
static void
test_finished_vault_outlives_the_marker (Fixture *f, gconstpointer data)
{
  g_autofree char *marker = g_build_filename (f->folder, "init-unfinished", NULL);
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");

  for (guint i = 0; i < 2; i++)
    {
      close_vault (f);
      g_assert_true (g_file_set_contents (marker, "", 0, NULL));
      f->vault = vault_new (f->folder, NULL);
      assert_open (f);
      g_assert_false (g_file_test (marker, G_FILE_TEST_EXISTS));
    }
  g_free (collect_ok (f, person, NUMBER));
}

/* What a disk did not let go of when an attempt failed is in nobody's way at the next. */
static void
test_init_again_where_one_failed (Fixture *f, gconstpointer data)
{
  g_autofree char *marker = g_build_filename (f->folder, "init-unfinished", NULL);
  g_autofree char *swtpm = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
  g_autofree char *left = g_build_filename (swtpm, "tpm2-00.permall", NULL);
  g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (marker, "", 0, NULL));
  g_assert_cmpint (g_mkdir (swtpm, 0700), ==, 0);
  g_assert_true (g_file_set_contents (left, "torn", -1, NULL));
  vault_init (f->vault, "swtpm", "見本商事", "見本 管理", pin, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (marker, G_FILE_TEST_EXISTS));
  assert_open (f);
}

static void
test_status (Fixture *f, gconstpointer data)
{
  VaultStatus status = get_status (f);

  g_assert_cmpstr (status.provider, ==, "swtpm");
  g_assert_true (status.software_tpm);
  g_assert_cmpuint (status.tries_left, ==, KEYS_MAX_TRIES);
  g_assert_cmpuint (status.record_entries, ==, 1);
  g_assert_true (g_uuid_string_is_valid (status.vault_id));
}

/* --- losing ---------------------------------------------------------------------------------------------------------- */

static void
test_missing_file (Fixture *f, gconstpointer data)
{
  const char *const *names = data; /* file, reason */
  g_autofree char *path = g_build_filename (f->folder, names[0], NULL);

  close_vault (f);
  g_assert_cmpint (g_unlink (path), ==, 0);
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, names[1]);
  {
    g_autoptr (Secret) pin = secret_new_copy (PIN, strlen (PIN));
    g_autoptr (GError) error = NULL;

    /* What is left of a vault is not overwritten by a new one. */
    g_assert_false (vault_init (f->vault, "swtpm", "見本商事", "見本 管理", pin, &error));
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ALREADY_INITIALISED);
  }
}

static void
test_damaged_database (Fixture *f, gconstpointer data)
{
  g_autofree char *content = NULL;
  gsize size;

  close_vault (f);
  g_assert_true (g_file_get_contents (f->db_path, &content, &size, NULL));
  content[100] ^= 1;
  g_assert_true (g_file_set_contents (f->db_path, content, size, NULL));
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "StoreDamaged");
}

static void
test_exchanged_public_key (Fixture *f, gconstpointer data)
{
  with_database (f, "UPDATE meta SET value = zeroblob (32) WHERE key = 'vault-public'");
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "Tampered");
}

/* --- setting back ---------------------------------------------------------------------------------------------------- */

static void
test_old_database_is_recognised (Fixture *f, gconstpointer data)
{
  g_autofree char *old = test_folder_new ();
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *record = NULL;

  reopen (f);
  test_file_copy (f->folder, old, STORE_FILE);
  record = collect_ok (f, person, NUMBER);
  close_vault (f);
  test_file_copy (old, f->folder, STORE_FILE);
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "RolledBack");
  test_folder_remove (old);
}

/* The power went after the commit, before the TPM followed. */
static void
test_one_ahead_heals (Fixture *f, gconstpointer data)
{
  g_autofree char *tpm = g_build_filename (f->folder, KEYS_SWTPM_FOLDER, NULL);
  g_autofree char *aside = test_folder_new ();

  close_vault (f);
  test_folder_copy (tpm, aside);
  f->vault = vault_new (f->folder, NULL);
  g_assert_true (vault_note_throttle (f->vault, NULL));
  close_vault (f);
  test_folder_copy (aside, tpm);
  f->vault = vault_new (f->folder, NULL);
  assert_open (f);
  reopen (f);
  assert_open (f);
  test_folder_remove (aside);
}

/* The same in the settings alone: no entry of the record has reached that state. */
static void
test_one_ahead_in_the_settings_is_tampering (Fixture *f, gconstpointer data)
{
  with_database (f, "UPDATE meta SET value = value + 1 WHERE key = 'counter'");
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "Tampered");
}

static void
test_two_ahead_is_tampering (Fixture *f, gconstpointer data)
{
  with_database (f, "UPDATE meta SET value = value + 2 WHERE key = 'counter'");
  f->vault = vault_new (f->folder, NULL);
  assert_sealed (f, "Tampered");
}

static void
test_reading_does_not_wear_the_tpm (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (GPtrArray) findings = NULL;

  reopen (f);
  findings = vault_verify (f->vault, NULL);
  before = g_strdup (find_check (findings, "counter")->detail);
  g_clear_pointer (&findings, g_ptr_array_unref);
  reopen (f);
  findings = vault_verify (f->vault, NULL);
  after = g_strdup (find_check (findings, "counter")->detail);
  g_assert_cmpstr (before, ==, after);
}

static guint64
tpm_state (Fixture *f)
{
  g_autoptr (GPtrArray) findings = vault_verify (f->vault, NULL);
  const Finding *counter = find_check (findings, "counter");

  g_assert_true (g_str_has_prefix (counter->detail, "state "));
  return g_ascii_strtoull (counter->detail + strlen ("state "), NULL, 10);
}

/* A chip's memory wears and is slow: it is written once for many entries, not for each. */
static void
test_many_entries_share_a_raise (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_free);
  guint64 before, raises;

  for (guint i = 0; i < VAULT_COUNTER_STRIDE * 3; i++)
    {
      g_autofree char *code = g_strdup_printf ("%04u", i);
      g_autofree char *person = add_person (f, "employee", code, NAME, "");

      g_ptr_array_add (records, collect_ok (f, person, NUMBER));
    }
  before = tpm_state (f);
  for (guint i = 0; i < records->len; i++)
    g_assert_true (vault_approve (f->vault, "admin", g_ptr_array_index (records, i), "", NULL));
  raises = tpm_state (f) - before;
  g_assert_cmpuint (raises, ==, 3);
}

/* --- numbers --------------------------------------------------------------------------------------------------------- */

static void
test_states (Fixture *f, gconstpointer data)
{
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *first = collect_ok (f, person, NUMBER);
  g_autofree char *second = NULL, *third = NULL;
  g_autoptr (VaultAdmin) admin = login (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = NULL;

  assert_person_state (f, person, "collected");
  g_assert_true (vault_approve (f->vault, admin->id, first, "photo-document", NULL));
  assert_person_state (f, person, "approved");
  /* A correction: the old one is destroyed, the new one has to be approved again. */
  second = collect_ok (f, person, OTHER_NUMBER);
  assert_person_state (f, person, "collected");
  g_assert_false (vault_approve (f->vault, admin->id, first, "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD);
  g_assert_true (vault_ask_again (f->vault, admin->id, second, "unclear", NULL));
  assert_person_state (f, person, "none");
  third = collect_ok (f, person, NUMBER);
  all = vault_list_records (f->vault, NULL, "", 0, 0, NULL);
  g_assert_cmpuint (all->len, ==, 3);
  for (guint i = 0; i < all->len; i++)
    {
      const Number *number = g_ptr_array_index (all, i);

      g_assert_true ((number->sealed != NULL) == g_str_equal (number->id, third));
    }
}

/* Pages of what waits: every one once, with whose it is. */
static void
test_records_in_pages (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_rows = 0;

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *code = g_strdup_printf ("P%u", i);
      g_autofree char *person = add_person (f, "employee", code, NAME, "");

      g_free (collect_ok (f, person, NUMBER));
    }
  for (guint from = 0; from < 8; from += 2)
    {
      g_autoptr (GPtrArray) page = vault_list_records (f->vault, NULL, "collected", from, 2, NULL);

      for (guint i = 0; i < page->len; i++)
        {
          const Number *number = g_ptr_array_index (page, i);

          n_rows++;
          g_assert_true (g_str_has_prefix (number->code, "P"));
          g_assert_cmpstr (number->name, ==, NAME);
          g_assert_cmpstr (number->kind, ==, "employee");
          g_assert_cmpstr (number->decider, ==, "");
          g_assert_true (g_hash_table_add (seen, g_strdup (number->code)));
        }
    }
  g_assert_cmpuint (n_rows, ==, 5);
}

static void
test_bad_numbers (Fixture *f, gconstpointer data)
{
  static const char *const bad[] = {
    "", "123456789012", "000000000000", "12345678901", "1234567890188", "abcdefghijkl"
  };
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  guint64 before = get_status (f).record_entries;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (collect (f, person, bad[i], &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BAD_NUMBER);
    }
  assert_person_state (f, person, "none");
  g_assert_cmpuint (get_status (f).record_entries, ==, before);
}

static void
test_collection_holds_codes_only (Fixture *f, gconstpointer data)
{
  static const char *const purposes[] = { "tax", NULL }, *const free_text[] = { "見本 太郎の分", NULL },
                           *const none[] = { NULL };
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autoptr (Secret) number = secret_new_copy (NUMBER, 12);
  g_autoptr (GVariant) digits = g_variant_ref_sink (g_variant_new_parsed ("{'ocr': '123456789018'}"));
  g_autoptr (GVariant) grouped = g_variant_ref_sink (g_variant_new_parsed ("{'ocr': '1234-5678-9018'}"));
  g_autoptr (GVariant) as_key = g_variant_ref_sink (g_variant_new_parsed ("{'n123456789018': 'match'}"));
  const VaultCollection cases[] = {
    { .document = "", .identity = "employment-known", .purposes = purposes },
    { .document = "見本", .identity = "employment-known", .purposes = purposes },
    { .document = "my-number-card-back", .identity = "i-know-him", .purposes = purposes },
    { .document = "my-number-card-back", .identity = "employment-known", .purposes = none },
    { .document = "my-number-card-back", .identity = "employment-known", .purposes = free_text },
    { .document = "my-number-card-back", .identity = "employment-known", .purposes = purposes, .evidence = digits },
    { .document = "my-number-card-back", .identity = "employment-known", .purposes = purposes, .evidence = grouped },
    { .document = "my-number-card-back", .identity = "employment-known", .purposes = purposes, .evidence = as_key },
    { .document = "card-123456789018", .identity = "employment-known", .purposes = purposes },
    { .document = "my-number-card-back", .identity = "employment-known", .purposes = purposes, .confidence = 1.5 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (vault_collect (f->vault, VAULT_ACTOR_KIOSK, person, &cases[i], number, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
    }
}

static void
test_unknown_person (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (collect (f, "00000000-0000-4000-8000-00000000000f", NUMBER, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_PERSON);
}

static void
test_refusal_is_kept (Fixture *f, gconstpointer data)
{
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autoptr (GError) error = NULL;

  g_assert_true (vault_note (f->vault, VAULT_ACTOR_KIOSK, person, "refused", "does-not-want", &error));
  g_assert_no_error (error);
  assert_person_state (f, person, "refused");
  g_assert_false (vault_note (f->vault, VAULT_ACTOR_KIOSK, person, "danced", "", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (vault_note (f->vault, VAULT_ACTOR_KIOSK, person, "abandoned", "彼は急いでいた", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
}

static void
test_identify (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *code, *birth_date;
  } wrong[] = { { "0001", "1980-01-03" },
                { "1", "1980-01-02" },
                { "", "1980-01-02" },
                { "0001", "" },
                { "0001", "1980/01/02" },
                { "C1", "1980-01-02" },
                { "0001' OR '1'='1", "1980-01-02" } };
  g_autofree char *employee = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *contractor = add_person (f, "contractor", "C1", NAME, "");
  g_autoptr (Person) person = vault_identify (f->vault, "0001", "1980-01-02", NULL);

  g_assert_cmpstr (person->id, ==, employee);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (vault_identify (f->vault, wrong[i].code, wrong[i].birth_date, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_PERSON);
    }
}

/* --- roster ---------------------------------------------------------------------------------------------------------- */

static void
test_import_adds_changes_keeps (Fixture *f, gconstpointer data)
{
  static const char first[] = "社員番号,氏名,生年月日,本人社員番号,続柄\n"
                              ",見本 次郎,2010-03-04,0001,子\n"
                              "0001,見本 太郎,1980-01-02,,\n"
                              "0002,見本 花子,S60.1.2,,\n";
  static const char second[] = "社員番号,氏名,生年月日,本人社員番号,続柄,部署\n"
                               ",見本 次郎,2010-03-04,0001,子,\n"
                               "0001,見本 太郎,1980-01-02,,,総務部\n"
                               "0003,見本 三郎,1990-05-06,,,\n";
  g_autoptr (VaultImport) dry = import (f, first, TRUE);
  g_autoptr (VaultImport) added = NULL, again = NULL, changed = NULL;
  g_autoptr (GPtrArray) people = vault_list_people (f->vault, NULL);

  g_assert_cmpuint (dry->added, ==, 3);
  g_assert_cmpuint (people->len, ==, 0);
  added = import (f, first, FALSE);
  g_assert_cmpuint (added->added, ==, 3);
  again = import (f, first, FALSE);
  g_assert_cmpuint (again->unchanged, ==, 3);
  g_assert_cmpuint (again->added + again->changed, ==, 0);
  changed = import (f, second, FALSE);
  g_assert_cmpuint (changed->added, ==, 1);
  g_assert_cmpuint (changed->changed, ==, 1);
  g_assert_cmpuint (changed->unchanged, ==, 1);
  g_clear_pointer (&people, g_ptr_array_unref);
  people = vault_list_people (f->vault, NULL);
  g_assert_cmpuint (people->len, ==, 4);
  /* The dependant follows their employee. */
  g_assert_cmpstr (((Person *) g_ptr_array_index (people, 0))->department, ==, "総務部");
  g_assert_cmpstr (((Person *) g_ptr_array_index (people, 1))->kind, ==, "dependant");
}

static void
test_import_is_all_or_nothing (Fixture *f, gconstpointer data)
{
  g_autoptr (VaultImport) bad =
      import (f, "code,name,birth_date\n0001,見本 太郎,1980-01-02\n0002,見本 花子,1980-13-02\n", FALSE);
  g_autoptr (VaultImport) clash = NULL;
  g_autoptr (GPtrArray) people = vault_list_people (f->vault, NULL);

  g_assert_cmpuint (bad->roster->mistakes->len, ==, 1);
  g_assert_cmpuint (people->len, ==, 0);
  /* What only the vault knows: that code is a contractor's. */
  g_free (add_person (f, "contractor", "0009", NAME, ""));
  clash = import (f, "code,name,birth_date\n0001,見本 太郎,1980-01-02\n0009,見本 花子,1980-01-02\n", FALSE);
  g_assert_cmpuint (clash->roster->mistakes->len, ==, 1);
  g_assert_cmpuint (clash->added, ==, 0);
  g_clear_pointer (&people, g_ptr_array_unref);
  people = vault_list_people (f->vault, NULL);
  g_assert_cmpuint (people->len, ==, 1);
}

/* --- out ------------------------------------------------------------------------------------------------------------- */

static void
test_export (Fixture *f, gconstpointer data)
{
  g_autofree char *employee = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *dependant = add_person (f, "dependant", "", "見本 次郎", employee);
  g_autofree char *waiting = add_person (f, "employee", "0002", "見本 花子", "");
  g_autofree char *first = collect_ok (f, employee, NUMBER);
  g_autofree char *second = collect_ok (f, dependant, OTHER_NUMBER);
  g_autofree char *third = collect_ok (f, waiting, NUMBER);
  g_autoptr (VaultAdmin) admin = login (f);
  VaultExport options = {
    .format = "keyed-csv", .purpose = "tax", .destination = "給与計算", .kind = "all", .plain = TRUE
  };
  g_autofree char *content = NULL, *masked = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (export_text (f, admin, &options, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_EXPORT);
  g_clear_error (&error);
  g_assert_true (vault_approve (f->vault, admin->id, first, "", NULL));
  g_assert_true (vault_approve (f->vault, admin->id, second, "", NULL));

  content = export_text (f, admin, &options, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (content, NUMBER));
  g_assert_nonnull (strstr (content, OTHER_NUMBER));
  /* The one who waits for approval is not there. */
  g_assert_null (strstr (content, "見本 花子"));
  g_assert_null (strstr (strstr (content, NUMBER) + 1, NUMBER));

  options.dry_run = TRUE;
  masked = export_text (f, admin, &options, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (masked, NUMBER));
  g_assert_null (strstr (masked, OTHER_NUMBER));
  g_assert_nonnull (strstr (masked, NAME));

  options.format = "no-such-format";
  g_assert_null (export_text (f, admin, &options, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_FORMAT);
}

static gboolean
find_last_export (const Entry *entry, gpointer user_data, GError **error)
{
  char **detail = user_data;

  if (g_str_equal (entry->action, "exported"))
    {
      g_free (*detail);
      *detail = g_strdup (entry->detail);
    }
  return TRUE;
}

static void
collect_approved (Fixture *f, const VaultAdmin *admin, const char *person, const char *digits,
                  const char *const *purposes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *record = collect_for (f, person, digits, purposes, &error);

  g_assert_no_error (error);
  g_assert_true (vault_approve (f->vault, admin->id, record, "", &error));
}

/* 目的外利用の禁止: who did not agree to the purpose is counted, not written, also where the codes look alike. */
static void
test_export_purpose (Fixture *f, gconstpointer data)
{
  static const char *const both[] = { "social-insurance", "tax", NULL };
  static const char *const insurance[] = { "social-insurance", "employment-insurance", NULL };
  static const char *const alike[] = { "taxation", "tax-x", NULL };
  g_autofree char *taro = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *hanako = add_person (f, "employee", "0002", "見本 花子", "");
  g_autofree char *jiro = add_person (f, "employee", "0003", "見本 次郎", "");
  g_autofree char *nobody = add_person (f, "employee", "0004", "見本 三郎", "");
  g_autoptr (VaultAdmin) admin = login (f);
  const VaultExport options = {
    .format = "keyed-csv", .purpose = "tax", .destination = "", .kind = "all", .plain = TRUE
  };
  g_autofree char *path = g_build_filename (f->folder, "out.csv", NULL);
  g_autofree char *content = NULL, *detail = NULL;
  g_autoptr (GError) error = NULL;
  VaultExportReport report = { 0 };
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  collect_approved (f, admin, taro, NUMBER, both);
  collect_approved (f, admin, hanako, OTHER_NUMBER, insurance);
  collect_approved (f, admin, jiro, OTHER_NUMBER, alike);
  g_assert_true (vault_export (f->vault, admin, &options, fd, &report, &error));
  g_assert_no_error (error);
  close (fd);
  g_assert_cmpuint (report.rows, ==, 1);
  g_assert_cmpuint (report.skipped, ==, 1);
  g_assert_cmpuint (report.other_purpose, ==, 2);
  g_free (report.export_id);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, NUMBER));
  g_assert_null (strstr (content, OTHER_NUMBER));
  g_assert_null (strstr (content, "見本 花子"));
  g_assert_null (strstr (content, "見本 次郎"));
  g_assert_true (vault_list_log (f->vault, 0, G_MAXINT64, 1000, find_last_export, &detail, NULL));
  g_assert_nonnull (strstr (detail, "purpose=tax\n"));
  g_assert_nonnull (strstr (detail, "\nrows=1\n"));
  g_assert_nonnull (strstr (detail, "\nskipped=1\n"));
  g_assert_nonnull (strstr (detail, "\nother-purpose=2\n"));
}

/* Nobody agreed: also the masked rows of a trial stay unwritten, and nothing is on the record as exported. */
static void
test_export_purpose_of_nobody (Fixture *f, gconstpointer data)
{
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *record = collect_ok (f, person, NUMBER);
  g_autoptr (VaultAdmin) admin = login (f);
  VaultExport options = {
    .format = "keyed-csv", .purpose = "payment-record", .destination = "", .kind = "all", .plain = TRUE
  };
  g_autofree char *detail = NULL;

  g_assert_true (vault_approve (f->vault, admin->id, record, "", NULL));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      options.dry_run = i == 1;
      g_assert_null (export_text (f, admin, &options, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_EXPORT);
    }
  g_assert_true (vault_list_log (f->vault, 0, G_MAXINT64, 1000, find_last_export, &detail, NULL));
  g_assert_null (detail);
}

static void
test_export_unknown_purpose (Fixture *f, gconstpointer data)
{
  static const char *const purposes[] = { "", "fun", "TAX", "tax social-insurance", "tax ", "見本" };
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *record = collect_ok (f, person, NUMBER);
  g_autoptr (VaultAdmin) admin = login (f);

  g_assert_true (vault_approve (f->vault, admin->id, record, "", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    {
      const VaultExport options = {
        .format = "keyed-csv", .purpose = purposes[i], .destination = "", .kind = "all", .plain = TRUE
      };
      g_autoptr (GError) error = NULL;

      g_assert_null (export_text (f, admin, &options, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
    }
}

static void
test_export_target (Fixture *f, gconstpointer data)
{
  g_autofree char *person = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *record = collect_ok (f, person, NUMBER);
  g_autofree char *path = g_build_filename (f->folder, "out.csv", NULL);
  g_autoptr (VaultAdmin) admin = login (f);
  const VaultExport options = {
    .format = "keyed-csv", .purpose = "tax", .destination = "", .kind = "all", .plain = TRUE
  };
  int pipe_ends[2], fds[5];

  g_assert_true (vault_approve (f->vault, admin->id, record, "", NULL));
  g_assert_true (g_file_set_contents (path, "older", -1, NULL));
  g_assert_cmpint (pipe (pipe_ends), ==, 0);
  fds[0] = open (path, O_RDWR | O_CLOEXEC);
  fds[1] = open ("/dev/null", O_RDWR | O_CLOEXEC);
  fds[2] = pipe_ends[1];
  fds[3] = pipe_ends[0];
  fds[4] = open (f->folder, O_RDONLY | O_CLOEXEC);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autoptr (GError) error = NULL;
      VaultExportReport report;

      g_assert_false (vault_export (f->vault, admin, &options, fds[i], &report, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
      close (fds[i]);
    }
  {
    g_autofree char *content = NULL;

    g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
    g_assert_cmpstr (content, ==, "older");
  }
}

/* A sealed number that was put into another person's row is recognised. */
static void
test_swapped_boxes (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add_person (f, "employee", "0001", NAME, "");
  g_autofree char *two = add_person (f, "employee", "0002", "見本 花子", "");
  g_autofree char *first = collect_ok (f, one, NUMBER);
  g_autofree char *second = collect_ok (f, two, OTHER_NUMBER);
  const VaultExport options = {
    .format = "keyed-csv", .purpose = "tax", .destination = "", .kind = "all", .plain = TRUE
  };
  g_autoptr (GError) error = NULL;

  with_database (f, "UPDATE numbers SET state = 'approved';"
                    "UPDATE numbers SET sealed = (SELECT o.sealed FROM numbers o WHERE o.id <> numbers.id)");
  f->vault = vault_new (f->folder, NULL);
  {
    g_autoptr (VaultAdmin) admin = login (f);

    g_assert_null (export_text (f, admin, &options, &error));
  }
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
}

int
main (int argc, char **argv)
{
  static const char *const no_keyset[] = { KEYS_FILE, "KeysetMissing" };
  static const char *const no_store[] = { STORE_FILE, "StoreMissing" };

  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, up, func) g_test_add (path, Fixture, NULL, up, func, tear_down)
  ADD ("/vault/records/in-pages", set_up, test_records_in_pages);
  ADD ("/vault/init/without-tpm-leaves-nothing", set_up_empty, test_init_without_tpm);
  ADD ("/vault/init/weak-pin", set_up_empty, test_init_weak_pin);
  ADD ("/vault/init/twice", set_up, test_init_twice);
  ADD ("/vault/init/unfinished-is-removed", set_up, test_unfinished_init_is_removed);
  ADD ("/vault/init/finished-outlives-the-marker", set_up, test_finished_vault_outlives_the_marker);
  ADD ("/vault/init/again-where-one-failed", set_up_empty, test_init_again_where_one_failed);
  ADD ("/vault/status/open", set_up, test_status);
  g_test_add ("/vault/open/keyset-missing", Fixture, no_keyset, set_up, test_missing_file, tear_down);
  g_test_add ("/vault/open/store-missing", Fixture, no_store, set_up, test_missing_file, tear_down);
  ADD ("/vault/open/damaged-database", set_up, test_damaged_database);
  ADD ("/vault/open/exchanged-public-key", set_up, test_exchanged_public_key);
  ADD ("/vault/counter/old-database-is-recognised", set_up, test_old_database_is_recognised);
  ADD ("/vault/counter/one-ahead-heals", set_up, test_one_ahead_heals);
  ADD ("/vault/counter/one-ahead-in-the-settings", set_up, test_one_ahead_in_the_settings_is_tampering);
  ADD ("/vault/counter/two-ahead-is-tampering", set_up, test_two_ahead_is_tampering);
  ADD ("/vault/counter/reading-does-not-wear-the-tpm", set_up, test_reading_does_not_wear_the_tpm);
  ADD ("/vault/counter/many-entries-share-a-raise", set_up, test_many_entries_share_a_raise);
  ADD ("/vault/numbers/states", set_up, test_states);
  ADD ("/vault/numbers/bad-numbers", set_up, test_bad_numbers);
  ADD ("/vault/numbers/collection-holds-codes-only", set_up, test_collection_holds_codes_only);
  ADD ("/vault/numbers/unknown-person", set_up, test_unknown_person);
  ADD ("/vault/numbers/refusal-is-kept", set_up, test_refusal_is_kept);
  ADD ("/vault/people/identify", set_up, test_identify);
  ADD ("/vault/people/import-adds-changes-keeps", set_up, test_import_adds_changes_keeps);
  ADD ("/vault/people/import-is-all-or-nothing", set_up, test_import_is_all_or_nothing);
  ADD ("/vault/export/approved-only", set_up, test_export);
  ADD ("/vault/export/purpose", set_up, test_export_purpose);
  ADD ("/vault/export/purpose-of-nobody", set_up, test_export_purpose_of_nobody);
  ADD ("/vault/export/unknown-purpose", set_up, test_export_unknown_purpose);
  ADD ("/vault/export/target", set_up, test_export_target);
  ADD ("/vault/export/swapped-boxes", set_up, test_swapped_boxes);
  return g_test_run ();
}
