/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl clients: two companies' vaults on one machine, each with a software TPM and a daemon of its own, that share nothing. */

#include "ctl-fixture.h"
#include "vault-client.h"

#define PIN_A PIN
#define PIN_B "739264"

typedef struct
{
  Fixture ctl; /* ->vault is NULL but while a vault's daemon is ended */
  char *vaults, *roster;
  char *pin_a, *pin_b;
} Office;

#define VAULTS "--vaults", o->vaults
#define AS_A "--admin", "見本 一郎", "--pin-file", o->pin_a
#define AS_B "--admin", "例示 二郎", "--pin-file", o->pin_b

static char *
in_client (Office *o, const char *client, const char *file)
{
  return g_build_filename (o->vaults, client, file, NULL);
}

static void
end_daemon (Office *o, const char *client)
{
  o->ctl.vault = g_build_filename (o->vaults, client, NULL);
  close_vault (&o->ctl);
  g_clear_pointer (&o->ctl.vault, g_free);
}

static void
set_up_empty_office (Office *o, gconstpointer data)
{
  set_up_empty (&o->ctl, NULL);
  g_clear_pointer (&o->ctl.vault, g_free);
  o->vaults = g_build_filename (o->ctl.dir, "vaults", NULL);
  o->pin_a = g_build_filename (o->ctl.dir, "pin-a", NULL);
  o->pin_b = g_build_filename (o->ctl.dir, "pin-b", NULL);
  o->roster = g_build_filename (o->ctl.dir, "roster.csv", NULL);
  write_file (o->pin_a, PIN_A "\n");
  write_file (o->pin_b, PIN_B "\n");
  write_file (o->roster, "社員番号,氏名,生年月日\nE001,見本 太郎,1990-04-01\n");
}

static void
set_up_office (Office *o, gconstpointer data)
{
  set_up_empty_office (o, NULL);
  run (&o->ctl, 0, VAULTS, "clients", "add", "a", "--provider", "swtpm", "--company", "見本商事", AS_A, NULL);
  run (&o->ctl, 0, VAULTS, "clients", "add", "b", "--provider", "swtpm", "--company", "例示産業", AS_B, NULL);
}

static void
tear_down_office (Office *o, gconstpointer data)
{
  static const char *const clients[] = { "a", "b" };

  for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
    end_daemon (o, clients[i]);
  o->ctl.vault = g_strdup (o->vaults);
  tear_down (&o->ctl, NULL);
  g_free (o->vaults);
  g_free (o->pin_a);
  g_free (o->pin_b);
  g_free (o->roster);
}

static AzukariVault1 *
connect_to (Office *o, const char *client)
{
  g_autofree char *dir = g_build_filename (o->vaults, client, NULL);
  g_autoptr (GError) error = NULL;
  AzukariVault1 *vault = vault_client_connect (dir, NULL, &error);

  g_assert_no_error (error);
  return vault;
}

static GVariant *
status_of (AzukariVault1 *vault)
{
  g_autoptr (GError) error = NULL;
  GVariant *status = NULL;

  azukari_vault1_call_get_status_sync (vault, &status, NULL, &error);
  g_assert_no_error (error);
  return status;
}

static const char *
text_of (GVariant *dict, const char *key)
{
  const char *text = "";

  (void) g_variant_lookup (dict, key, "&s", &text);
  return text;
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static void
test_list (Office *o, gconstpointer data)
{
  g_autofree char *empty = in_client (o, "c", NULL), *link = in_client (o, "d", NULL), *a = in_client (o, "a", NULL);

  run (&o->ctl, 0, VAULTS, "clients", NULL);
  assert_said (o->ctl.out, "a  見本商事\n");
  assert_said (o->ctl.out, "b  例示産業\n");
  assert_said (o->ctl.out, "Nothing is backed up");
  assert_said (o->ctl.out, "Software TPM");
  run (&o->ctl, 0, VAULTS, "--client", "a", "people", "import", o->roster, AS_A, NULL);
  run (&o->ctl, 0, VAULTS, "--json", "clients", NULL);
  assert_said (o->ctl.out, "\"client\":\"a\"");
  assert_said (o->ctl.out, "\"condition\":\"open\"");
  assert_said (o->ctl.out, "\"people\":1");
  assert_said (o->ctl.out, "\"people\":0");
  /* A folder without a vault yet, and a link, which is left out. */
  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  g_assert_cmpint (symlink (a, link), ==, 0);
  run (&o->ctl, 2, VAULTS, "clients", NULL);
  assert_said (o->ctl.out, "c  \n    There is no vault here yet.");
  assert_said (o->ctl.err, "“d” is left out: it is a link");
  g_assert_null (strstr (o->ctl.out, "d  "));
  g_assert_cmpint (g_rmdir (empty), ==, 0);
  g_assert_cmpint (g_unlink (link), ==, 0);
}

static void
test_mistakes (Office *o, gconstpointer data)
{
  g_autofree char *dir = in_client (o, "a", NULL);

  run (&o->ctl, 2, VAULTS, "clients", NULL);
  assert_said (o->ctl.err, "cannot be opened");
  run (&o->ctl, 1, VAULTS, "clients", "add", NULL);
  run (&o->ctl, 1, VAULTS, "clients", "add", "a", NULL);
  assert_said (o->ctl.err, "--company");
  run (&o->ctl, 1, VAULTS, "clients", "add", "../a", "--company", "x", AS_A, NULL);
  assert_said (o->ctl.err, "cannot be called so");
  run (&o->ctl, 1, VAULTS, "clients", "remove", "a", NULL);
  run (&o->ctl, 1, VAULTS, "--client", "..", "status", NULL);
  run (&o->ctl, 1, VAULTS, "--client", "a", "--vault", dir, "status", NULL);
  assert_said (o->ctl.err, "use one of them");
  /* Nothing came of these; and what did not get through can be tried again. */
  g_assert_false (g_file_test (dir, G_FILE_TEST_EXISTS));
  run (&o->ctl, 1, VAULTS, "clients", "add", "a", "--provider", "nothing", "--company", "x", AS_A, NULL);
  run (&o->ctl, 0, VAULTS, "clients", "add", "a", "--provider", "swtpm", "--company", "見本商事", AS_A, NULL);
  run (&o->ctl, 2, VAULTS, "clients", "add", "a", "--provider", "swtpm", "--company", "例示産業", AS_B, NULL);
  assert_said (o->ctl.err, "already");
  run (&o->ctl, 2, VAULTS, "--client", "b", "status", NULL);
  assert_said (o->ctl.err, "“azukarictl clients” lists them");
  /* Somebody else could exchange the vaults in it. */
  g_assert_cmpint (g_chmod (o->vaults, 0770), ==, 0);
  run (&o->ctl, 2, VAULTS, "clients", NULL);
  assert_said (o->ctl.err, "others may change");
  run (&o->ctl, 2, VAULTS, "--client", "a", "status", NULL);
  g_assert_cmpint (g_chmod (o->vaults, 0700), ==, 0);
}

/* One client's term is over: told of that one alone. */
static void
test_expired (Office *o, gconstpointer data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local (), then = g_date_time_add_days (now, -1);
  g_autofree char *yesterday = g_date_time_format (then, "%Y-%m-%d");

  run (&o->ctl, 0, VAULTS, "--client", "a", "term", "set", yesterday, AS_A, NULL);
  run (&o->ctl, 2, VAULTS, "clients", NULL);
  assert_said (o->ctl.out,
               "a  見本商事\n    People on the roster: 0. Submitted: 0. Approved: 0.\n    The term ended on");
  run (&o->ctl, 2, VAULTS, "--json", "clients", NULL);
  assert_said (o->ctl.out, "\"condition\":\"expired\"");
  assert_said (o->ctl.out, "\"condition\":\"open\"");
}

/* --- nothing shared ----------------------------------------------------------------------------------------------- */

static GVariant *
list_people (AzukariVault1 *vault, GError **error)
{
  GVariant *people = NULL;

  azukari_vault1_call_people_list_sync (vault, g_variant_new ("a{sv}", NULL), &people, NULL, error);
  return people;
}

/* Both at once, in one process: who is logged in to one is nobody to the other. */
static void
test_login (Office *o, gconstpointer data)
{
  g_autoptr (AzukariVault1) a = connect_to (o, "a"), b = connect_to (o, "b");
  g_autoptr (GVariant) pin = g_variant_ref_sink (vault_client_secret_bytes (PIN_A, strlen (PIN_A)));
  g_autoptr (GVariant) session = NULL, people = NULL, status_a = NULL, status_b = NULL;
  g_autoptr (GError) error = NULL;
  guint32 tries = 0;

  azukari_vault1_call_login_sync (a, "", pin, &session, NULL, &error);
  g_assert_no_error (error);
  people = list_people (a, &error);
  g_assert_no_error (error);
  g_assert_null (list_people (b, &error));
  g_assert_error (error, VAULT_ERROR, VAULT_ERROR_NOT_ALLOWED);
  g_clear_error (&error);
  /* Nor is the PIN of one the other's; a wrong one costs that vault's tries alone. */
  g_assert_false (azukari_vault1_call_login_sync (b, "", pin, &session, NULL, &error));
  g_assert_error (error, VAULT_ERROR, VAULT_ERROR_WRONG_PIN);
  status_a = status_of (a);
  status_b = status_of (b);
  g_assert_cmpstr (text_of (status_a, "logged-in"), ==, "見本 一郎");
  g_assert_cmpstr (text_of (status_b, "logged-in"), ==, "");
  g_assert_cmpstr (text_of (status_a, "vault-id"), !=, text_of (status_b, "vault-id"));
  g_assert_true (g_variant_lookup (status_a, "tries-left", "u", &tries));
  g_assert_cmpuint (tries, ==, 10);
  g_assert_true (g_variant_lookup (status_b, "tries-left", "u", &tries));
  g_assert_cmpuint (tries, ==, 9);
}

/* One is killed, the other does not notice. */
static void
test_one_dies (Office *o, gconstpointer data)
{
  g_autoptr (AzukariVault1) a = connect_to (o, "a"), b = connect_to (o, "b");
  g_autoptr (GVariant) status_a = status_of (a), status_b = NULL;

  end_daemon (o, "a");
  status_b = status_of (b);
  g_assert_cmpstr (text_of (status_a, "state"), ==, "open");
  g_assert_cmpstr (text_of (status_b, "company"), ==, "例示産業");
}

static void
exchange (Office *o, const char *file)
{
  g_autofree char *a = in_client (o, "a", file), *b = in_client (o, "b", file), *between = in_client (o, "x", NULL);

  g_assert_cmpint (g_rename (a, between), ==, 0);
  g_assert_cmpint (g_rename (b, a), ==, 0);
  g_assert_cmpint (g_rename (between, b), ==, 0);
}

/* Any file of one in the other's place, and any two: each is closed and says which; put back, both open. */
static void
test_files_exchanged (Office *o, gconstpointer data)
{
  static const struct
  {
    const char *files[3];
    const char *reason, *named;
  } cases[] = {
    { { "keyset.bin" }, "OtherTpm", "tpm" },
    { { "vault.db" }, "StoreDamaged", "vault.db" },
    { { "swtpm" }, "OtherTpm", "tpm" },
    { { "keyset.bin", "vault.db" }, "OtherTpm", "tpm" },
    { { "keyset.bin", "swtpm" }, "StoreDamaged", "vault.db" },
    { { "vault.db", "swtpm" }, "OtherTpm", "tpm" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *told = g_strdup_printf ("\"reason\":\"%s\"", cases[i].reason);
      g_autofree char *named = g_strdup_printf ("\"damage\":{\"file\":\"%s\"", cases[i].named);
      static const char *const clients[] = { "a", "b" };

      g_test_message ("%s %s", cases[i].files[0], cases[i].files[1] != NULL ? cases[i].files[1] : "");
      end_daemon (o, "a");
      end_daemon (o, "b");
      for (const char *const *file = cases[i].files; *file != NULL; file++)
        exchange (o, *file);
      for (gsize c = 0; c < G_N_ELEMENTS (clients); c++)
        {
          run (&o->ctl, 2, VAULTS, "--json", "--client", clients[c], "status", NULL);
          assert_said (o->ctl.out, told);
          assert_said (o->ctl.out, named);
          assert_said (o->ctl.out, "\"people\":0");
        }
      end_daemon (o, "a");
      end_daemon (o, "b");
      for (const char *const *file = cases[i].files; *file != NULL; file++)
        exchange (o, *file);
      run (&o->ctl, 0, VAULTS, "clients", NULL);
    }
}

static void
test_one_closed (Office *o, gconstpointer data)
{
  g_autofree char *keyset = in_client (o, "a", "keyset.bin"), *aside = in_client (o, "a", "aside");

  end_daemon (o, "a");
  g_assert_cmpint (g_rename (keyset, aside), ==, 0);
  run (&o->ctl, 2, VAULTS, "clients", NULL);
  assert_said (o->ctl.out, "The vault is closed. The vault's keyset file is missing.");
  assert_said (o->ctl.out, "b  例示産業\n    People on the roster: 0.");
  run (&o->ctl, 0, VAULTS, "--client", "b", "people", "import", o->roster, AS_B, NULL);
  end_daemon (o, "a");
  g_assert_cmpint (g_rename (aside, keyset), ==, 0);
  run (&o->ctl, 0, VAULTS, "clients", NULL);
}

/* What one backed up is nothing to the other: not to look at, not to restore, not in the place of its own. */
static void
test_backup (Office *o, gconstpointer data)
{
  g_autofree char *place = g_build_filename (o->ctl.dir, "place", NULL), *backup = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_assert_cmpint (g_mkdir (place, 0700), ==, 0);
  run (&o->ctl, 0, VAULTS, "--client", "a", "people", "import", o->roster, AS_A, NULL);
  run (&o->ctl, 0, VAULTS, "--client", "a", "backup", "places", "add", place, AS_A, NULL);
  run (&o->ctl, 0, VAULTS, "--client", "a", "backup", "now", NULL);
  dir = g_dir_open (place, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".azb"))
      backup = g_build_filename (place, name, NULL);
  g_assert_nonnull (backup);
  run (&o->ctl, 2, VAULTS, "--client", "b", "backup", "preview", "--file", backup, AS_B, NULL);
  assert_said (o->ctl.err, "not made by this vault");
  run (&o->ctl, 2, VAULTS, "--client", "b", "backup", "restore", "--yes", "--file", backup, AS_B, NULL);
  assert_said (o->ctl.err, "not made by this vault");
  run (&o->ctl, 0, VAULTS, "--json", "--client", "b", "status", NULL);
  assert_said (o->ctl.out, "\"people\":0");
  run (&o->ctl, 0, VAULTS, "--client", "a", "backup", "preview", "--file", backup, AS_A, NULL);
}

#define ADD(path, set_up_func, test)                                                                                   \
  g_test_add ("/ctl/clients/" path, Office, NULL, set_up_func, test, tear_down_office)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("list", set_up_office, test_list);
  ADD ("expired", set_up_office, test_expired);
  ADD ("mistakes", set_up_empty_office, test_mistakes);
  ADD ("login", set_up_office, test_login);
  ADD ("one-dies", set_up_office, test_one_dies);
  ADD ("files-exchanged", set_up_office, test_files_exchanged);
  ADD ("one-closed", set_up_office, test_one_closed);
  ADD ("backup", set_up_office, test_backup);
  return g_test_run ();
}
