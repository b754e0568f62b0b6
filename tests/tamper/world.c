/* SPDX-License-Identifier: Apache-2.0 */
/* world: making it, copying it, judging it. */
#include "world.h"

#include "own-format.h"
#include "vault-private.h"
#include "vault-safe.h"
#include "vault-term.h"

#define SECOND "見本 副責任"
#define SECOND_PIN "fukusha-3816"
#define LEAVER "見本 退任"
#define LEAVER_PIN "tainin-7392"
#define CHANGED_PIN "kaeta-60318"
#define PEOPLE 12

/* --- making it ------------------------------------------------------------------------------------------------------- */

static void
export_once (Fixture *f, const VaultAdmin *admin)
{
  const VaultExport options = {
    .format = "keyed-csv", .purpose = "tax", .destination = "", .kind = "all", .plain = TRUE
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = export_text (f, admin, &options, &error);

  g_assert_no_error (error);
}

/* The vault of a client, for a term. */
static void
lend (Fixture *f, const VaultAdmin *chief)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local (), then = g_date_time_add_days (now, 1000);
  g_autofree char *last_day = g_date_time_format (then, "%Y-%m-%d");
  g_autofree char *client = add_ok (f, chief, "見本 委託", VAULT_CLIENT, "itaku-5173");
  const VaultTermChange change = { .last_day = last_day };

  g_assert_true (vault_set_term (f->vault, chief, &change, NULL));
}

/* Numbers in each state, several admins and one who left, an export, formats chosen here, checkpoints, a review. */
static void
fill (Fixture *f)
{
  g_autoptr (VaultAdmin) chief = login (f);
  g_autofree char *clerk = add_ok (f, chief, CLERK, VAULT_CLERK, CLERK_PIN);
  g_autofree char *auditor = add_ok (f, chief, AUDITOR, VAULT_AUDITOR, AUDITOR_PIN);
  g_autofree char *second = add_ok (f, chief, SECOND, VAULT_CHIEF, SECOND_PIN);
  g_autofree char *leaver = add_ok (f, chief, LEAVER, VAULT_CLERK, LEAVER_PIN);
  g_autofree char *people[PEOPLE] = { NULL }, *numbers[PEOPLE] = { NULL };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < PEOPLE; i++)
    {
      g_autofree char *code = g_strdup_printf ("%04u", i + 1), *name = g_strdup_printf ("見本 %u郎", i + 1);

      people[i] = add_person (f,
                              i == PEOPLE - 1   ? "dependant"
                              : i == PEOPLE - 2 ? "contractor"
                                                : "employee",
                              i == PEOPLE - 1 ? "" : code, name, i == PEOPLE - 1 ? people[0] : "");
      if (i < PEOPLE - 2)
        numbers[i] = collect_ok (f, people[i], i % 2 == 0 ? NUMBER : OTHER_NUMBER);
    }
  for (guint i = 0; i < 5; i++)
    g_assert_true (vault_approve (f->vault, chief->id, numbers[i], "", NULL));
  g_assert_true (vault_ask_again (f->vault, chief->id, numbers[6], "unclear", NULL));
  g_free (collect_ok (f, people[7], OTHER_NUMBER));
  g_assert_true (vault_note (f->vault, VAULT_ACTOR_KIOSK, people[PEOPLE - 2], "refused", "purpose", NULL));
  export_once (f, chief);
  g_free (add_own_format (f->vault, chief));
  g_free (add_own_format (f->vault, chief));
  lend (f, chief);
  g_assert_true (vault_checkpoint (f->vault, NULL));
  g_assert_true (vault_remove_admin (f->vault, chief, leaver, &error));
  g_assert_no_error (error);
  g_assert_true (vault_checkpoint (f->vault, NULL));
  g_assert_true (vault_sign_off_record (f->vault, chief, 5, NULL));
}

static void
go_on (Fixture *f)
{
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (VaultAdmin) chief = NULL;

  for (guint i = 0; i < 3; i++)
    {
      reopen (f);
      chief = login_as (f, CHIEF, PIN, NULL);
      people = vault_list_people (f->vault, NULL);
      for (guint k = 0; k < 4; k++)
        g_free (collect_ok (f, ((const Person *) g_ptr_array_index (people, k))->id, NUMBER));
      /* so that the keyset of before is another one too, of the same epoch */
      if (i == 1)
        g_free (add_ok (f, chief, "見本 新任", VAULT_CLERK, "shinnin-4820"));
      g_assert_true (vault_checkpoint (f->vault, NULL));
      g_clear_pointer (&people, g_ptr_array_unref);
      g_clear_pointer (&chief, vault_admin_free);
    }
}

static void
copy_vault (const char *from, const char *to)
{
  g_autofree char *from_tpm = g_build_filename (from, KEYS_SWTPM_FOLDER, NULL);
  g_autofree char *to_tpm = g_build_filename (to, KEYS_SWTPM_FOLDER, NULL);

  (void) g_mkdir_with_parents (to_tpm, 0700);
  test_file_copy (from, to, KEYS_FILE);
  test_file_copy (from, to, STORE_FILE);
  test_folder_copy (from_tpm, to_tpm);
}

static char *
keep (Fixture *f)
{
  char *folder = test_folder_new ();

  close_vault (f);
  copy_vault (f->folder, folder);
  return folder;
}

World *
world_new (guint32 seed, gboolean brief)
{
  World *self = g_new0 (World, 1);
  Fixture mine = { 0 }, others = { 0 };

  self->random = g_rand_new_with_seed (seed);
  self->brief = brief;
  set_up (&mine, NULL);
  fill (&mine);
  self->before = keep (&mine);
  go_on (&mine);
  self->now = keep (&mine);
  {
    g_autoptr (Keys) keys = keys_open (self->now, NULL, &self->key, NULL);

    g_assert_nonnull (keys);
  }
  tear_down (&mine, NULL);
  set_up (&others, NULL);
  fill (&others);
  self->other = keep (&others);
  tear_down (&others, NULL);
  return self;
}

void
world_free (World *self)
{
  test_folder_remove (self->now);
  test_folder_remove (self->before);
  test_folder_remove (self->other);
  if (self->scratch != NULL)
    test_folder_remove (self->scratch);
  g_free (self->now);
  g_free (self->before);
  g_free (self->other);
  g_free (self->scratch);
  secret_free (self->key);
  g_rand_free (self->random);
  g_free (self);
}

/* --- copies ---------------------------------------------------------------------------------------------------------- */

static void
remove_scratch (World *self)
{
  if (self->scratch == NULL)
    return;
  (void) g_chmod (self->scratch, 0700);
  test_folder_remove (self->scratch);
  g_clear_pointer (&self->scratch, g_free);
}

void
world_reset (World *self)
{
  remove_scratch (self);
  self->scratch = test_folder_new ();
  copy_vault (self->now, self->scratch);
}

char *
world_path (const World *self, const char *name)
{
  return g_build_filename (self->scratch, name, NULL);
}

void
world_take (World *self, const char *folder, const char *name)
{
  if (!g_str_equal (name, KEYS_SWTPM_FOLDER))
    test_file_copy (folder, self->scratch, name);
  else
    {
      g_autofree char *from = g_build_filename (folder, name, NULL), *to = world_path (self, name);

      test_folder_copy (from, to);
    }
}

Store *
world_open_store (const World *self)
{
  g_autofree char *path = world_path (self, STORE_FILE);
  g_autoptr (GError) error = NULL;
  Store *store = store_open (path, self->key, &error);

  g_assert_no_error (error);
  return store;
}

/* --- judging --------------------------------------------------------------------------------------------------------- */

static char *
join_bad (GPtrArray *findings)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      if (!finding->ok)
        g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", finding->check);
    }
  return names->len > 0 ? g_strdup (names->str) : NULL;
}

static char *
try_pins (Vault *vault)
{
  static const char *const admins[][2] = {
    { CHIEF, PIN }, { CLERK, CLERK_PIN }, { AUDITOR, AUDITOR_PIN }, { SECOND, SECOND_PIN }
  };

  for (guint i = 0; i < G_N_ELEMENTS (admins); i++)
    {
      g_autoptr (Secret) pin = secret_new_copy (admins[i][1], strlen (admins[i][1]));
      g_autoptr (GError) error = NULL;
      guint tries;
      g_autoptr (VaultAdmin) admin = vault_login (vault, admins[i][0], pin, &tries, &error);

      if (admin == NULL)
        return g_strdup (custody_error_get_name (error));
    }
  return NULL;
}

static char *
try_epoch (Vault *vault)
{
  g_autoptr (Secret) old = secret_new_copy (PIN, strlen (PIN)),
                     new = secret_new_copy (CHANGED_PIN, strlen (CHANGED_PIN));
  g_autoptr (GError) error = NULL;
  guint tries;
  g_autoptr (VaultAdmin) admin = vault_login (vault, CHIEF, old, &tries, &error);

  if (admin != NULL && vault_change_pin (vault, admin, old, new, &tries, &error))
    return NULL;
  return g_strdup (custody_error_get_name (error));
}

static const char *
look (Vault *vault, Expectation expectation, char **ret_names)
{
  g_autoptr (GPtrArray) findings = NULL;
  VaultDamage damage;
  VaultStatus status;

  vault_get_status (vault, &status);
  if (vault_get_damage (vault, &damage))
    {
      *ret_names = g_strdup_printf ("%s %s", status.reason, damage.file);
      return g_str_equal (status.reason, "Failed") || damage.file[0] == '\0' ? "unnamed" : "start";
    }
  if (status.state == VAULT_UNINITIALISED)
    {
      *ret_names = g_strdup ("NotInitialised");
      return "start";
    }
  findings = vault_verify (vault, NULL);
  *ret_names = join_bad (findings);
  if (*ret_names != NULL)
    return "check";
  if (expectation != AT_USE)
    return "-";
  *ret_names = try_pins (vault);
  if (*ret_names != NULL)
    return "log-in";
  *ret_names = try_epoch (vault);
  return *ret_names != NULL ? "epoch" : "-";
}

void
world_judge (World *self, const char *group, const char *what, Expectation expectation)
{
  g_autoptr (Vault) vault = vault_new (self->scratch, NULL);
  g_autofree char *names = NULL;
  const char *at = look (vault, expectation, &names);

  if (expectation == FOUND && !g_str_equal (at, "start") && !g_str_equal (at, "check"))
    self->missed++;
  printf ("%s\t%s\t%s\t%s\t%s\n", group, what, at, names != NULL ? names : "",
          expectation == FOUND    ? "found"
          : expectation == AT_USE ? "at-use"
                                  : "harmless");
  fflush (stdout);
}
