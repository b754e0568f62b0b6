/* SPDX-License-Identifier: Apache-2.0 */
/* Two companies' vaults whose keys are in one TPM, as on a machine with one chip. One after the other, as a software TPM serves one
 * process; a chip's driver lets several in. */
#include "admins-fixture.h"

#include "vault-retire.h"

#define PIN_B "reiji-7391"
#define COMPANY_A "見本商事"
#define COMPANY_B "例示産業"

typedef struct
{
  char *tpm;
  KeysPlaces places;
  Fixture a, b;
} Chip;

static void
open_one (Chip *c, Fixture *f)
{
  close_vault (&c->a);
  close_vault (&c->b);
  f->vault = vault_new (f->folder, &c->places);
}

static void
make_one (Chip *c, Fixture *f, const char *company, const char *pin_text)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));
  g_autoptr (GError) error = NULL;

  f->folder = test_folder_new ();
  f->db_path = g_build_filename (f->folder, STORE_FILE, NULL);
  open_one (c, f);
  g_assert_true (vault_init (f->vault, "swtpm", company, "見本 管理", pin, &error));
  g_assert_no_error (error);
}

static void
set_up_chip (Chip *c, gconstpointer data)
{
  c->tpm = test_folder_new ();
  c->places.swtpm_folder = c->tpm;
  make_one (c, &c->a, COMPANY_A, PIN);
  make_one (c, &c->b, COMPANY_B, PIN_B);
}

static void
tear_down_chip (Chip *c, gconstpointer data)
{
  Fixture *both[] = { &c->a, &c->b };

  for (gsize i = 0; i < G_N_ELEMENTS (both); i++)
    {
      close_vault (both[i]);
      test_folder_remove (both[i]->folder);
      g_free (both[i]->folder);
      g_free (both[i]->db_path);
    }
  test_folder_remove (c->tpm);
  g_free (c->tpm);
}

static void
assert_whole (Chip *c, Fixture *f, const char *company)
{
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;
  VaultStatus status;

  open_one (c, f);
  assert_open (f);
  status = get_status (f);
  g_assert_cmpstr (status.company, ==, company);
  findings = vault_verify (f->vault, &error);
  g_assert_no_error (error);
  assert_findings (findings, NULL);
}

static VaultAdmin *
log_in (Fixture *f, const char *pin_text, GError **error)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));
  guint tries;

  return vault_login (f->vault, "", pin, &tries, error);
}

/* Each opens beside the other, with its own PIN alone. */
static void
test_side_by_side (Chip *c, gconstpointer data)
{
  g_autoptr (VaultAdmin) a = NULL, b = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *person = NULL, *record = NULL;

  assert_whole (c, &c->b, COMPANY_B);
  g_assert_null (log_in (&c->b, PIN, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN);
  g_clear_error (&error);
  b = log_in (&c->b, PIN_B, &error);
  g_assert_no_error (error);
  assert_whole (c, &c->a, COMPANY_A);
  person = add_person (&c->a, "employee", "0001", NAME, "");
  record = collect_ok (&c->a, person, NUMBER);
  a = log_in (&c->a, PIN, &error);
  g_assert_no_error (error);
  assert_whole (c, &c->b, COMPANY_B);
  assert_whole (c, &c->a, COMPANY_A);
}

static void
exchange (Chip *c, const char *name)
{
  g_autofree char *a = g_build_filename (c->a.folder, name, NULL), *b = g_build_filename (c->b.folder, name, NULL),
                  *between = g_build_filename (c->tpm, "between", NULL);

  close_vault (&c->a);
  close_vault (&c->b);
  g_assert_cmpint (g_rename (a, between), ==, 0);
  g_assert_cmpint (g_rename (b, a), ==, 0);
  g_assert_cmpint (g_rename (between, b), ==, 0);
}

/* The TPM is the same, so it is the keys that do not fit; both together are the other vault, which then stands in this folder. */
static void
test_files_exchanged (Chip *c, gconstpointer data)
{
  static const char *const files[] = { KEYS_FILE, STORE_FILE };
  Fixture *both[] = { &c->a, &c->b };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      exchange (c, files[i]);
      for (gsize k = 0; k < G_N_ELEMENTS (both); k++)
        {
          open_one (c, both[k]);
          assert_sealed (both[k], "StoreDamaged");
        }
      exchange (c, files[i]);
    }
  exchange (c, KEYS_FILE);
  exchange (c, STORE_FILE);
  assert_whole (c, &c->a, COMPANY_B);
}

/* A new epoch of one, and the end of one, are nothing to the other. */
static void
test_one_ends (Chip *c, gconstpointer data)
{
  g_autoptr (Secret) pin = secret_new_copy (PIN_B, strlen (PIN_B)), other = secret_new_copy ("betsu-6205", 10);
  g_autoptr (VaultAdmin) b = NULL, again = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  guint tries;

  open_one (c, &c->b);
  b = log_in (&c->b, PIN_B, &error);
  g_assert_no_error (error);
  g_assert_true (vault_change_pin (c->b.vault, b, pin, other, &tries, &error));
  g_assert_no_error (error);
  assert_whole (c, &c->a, COMPANY_A);
  assert_whole (c, &c->b, COMPANY_B);
  again = log_in (&c->b, "betsu-6205", &error);
  g_assert_no_error (error);
  text = vault_retire (c->b.vault, again, COMPANY_B, other, &tries, &error);
  g_assert_no_error (error);
  g_assert_nonnull (text);
  assert_whole (c, &c->a, COMPANY_A);
  g_clear_pointer (&again, vault_admin_free);
  again = log_in (&c->a, PIN, &error);
  g_assert_no_error (error);
}

/* What the chip counts, it counts for both: a PIN tried in one is one try less in the other. */
static void
test_tries_are_shared (Chip *c, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  VaultStatus status;

  open_one (c, &c->b);
  g_assert_null (log_in (&c->b, "chigau-000", &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN);
  open_one (c, &c->a);
  status = get_status (&c->a);
  g_assert_cmpuint (status.tries_left, ==, KEYS_MAX_TRIES - 1);
}

#define ADD(path, func) g_test_add ("/one-chip/" path, Chip, NULL, set_up_chip, func, tear_down_chip)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  ADD ("side-by-side", test_side_by_side);
  ADD ("files-exchanged", test_files_exchanged);
  ADD ("one-ends", test_one_ends);
  ADD ("tries-are-shared", test_tries_are_shared);
  return g_test_run ();
}
