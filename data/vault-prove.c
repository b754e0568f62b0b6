/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the proof that a copy opens nowhere else and at no other time. prove-backups.c tries the
 * backups, prove-files.c looks at what lies there. */
#include "vault-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"
#include "prove-private.h"
#include "trial.h"

#define SWTPM_STATE "tpm2-00.permall"
/* A chip takes a second for what a software TPM does in ten milliseconds. */
#define EPOCHS_SOFTWARE 64
#define EPOCHS_CHIP 8

/* --- rows ------------------------------------------------------------------------------------------------------------ */

Finding *
prove_add (GPtrArray *findings, const char *check, const char *expected, const char *happened, gboolean ok,
           GVariant *facts, const char *format, ...)
{
  Finding *finding;
  g_autofree char *detail = NULL;
  va_list args;

  va_start (args, format);
  detail = g_strdup_vprintf (format, args);
  va_end (args);
  finding = finding_new (check, ok, detail);
  finding->expected = expected;
  finding->happened = happened;
  finding->facts = facts != NULL ? g_variant_ref_sink (facts) : NULL;
  g_ptr_array_add (findings, finding);
  return finding;
}

void
prove_add_failure (GPtrArray *findings, const char *check, const char *expected, const GError *error)
{
  prove_add (findings, check, expected, custody_error_get_name (error), FALSE, NULL, "the trial itself failed: %s",
             error != NULL ? error->message : "no room");
}

/* --- the copy -------------------------------------------------------------------------------------------------------- */

static gboolean
copy_file (const char *from_folder, const char *to_folder, const char *name, GError **error)
{
  g_autofree char *from = g_build_filename (from_folder, name, NULL);
  g_autofree char *to = g_build_filename (to_folder, name, NULL);
  g_autoptr (GBytes) content = prove_read_file (from, error);
  g_autoptr (GError) problem = NULL;
  gsize size;
  const char *data;

  if (content == NULL)
    return FALSE;
  data = g_bytes_get_data (content, &size);
  if (g_file_set_contents_full (to, data != NULL ? data : "", size, G_FILE_SET_CONTENTS_NONE, 0600, &problem))
    return TRUE;
  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DISK_FULL, "no room for a copy");
  else
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "copy: %s", problem->message);
  return FALSE;
}

static void
remove_tree (const char *path, guint depth)
{
  struct stat st;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (lstat (path, &st) != 0)
    return;
  if (!S_ISDIR (st.st_mode))
    {
      (void) g_unlink (path);
      return;
    }
  dir = depth < PROVE_MAX_DEPTH ? g_dir_open (path, 0, NULL) : NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child, depth + 1);
    }
  (void) g_rmdir (path);
}

void
vault_prove_clean (Vault *self)
{
  g_autofree char *folder = g_build_filename (self->folder, PROVE_COPY_FOLDER, NULL);

  remove_tree (folder, 0);
}

/* Inside the vault's own folder: a software TPM's state comes along, and must lie nowhere else, not even for seconds. */
static char *
copy_vault (Vault *self, GError **error)
{
  g_autofree char *folder = g_build_filename (self->folder, PROVE_COPY_FOLDER, NULL);

  vault_prove_clean (self);
  if (g_mkdir (folder, 0700) != 0)
    {
      custody_error_set_errno (error, errno, "make a folder for the copy");
      return NULL;
    }
  if (!copy_file (self->folder, folder, KEYS_FILE, error) || !copy_file (self->folder, folder, STORE_FILE, error))
    {
      vault_prove_clean (self);
      return NULL;
    }
  return g_steal_pointer (&folder);
}

char *
prove_make_tpm_folder (const Proof *self, const char *name, gboolean own, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *source = g_build_filename (self->vault->folder, KEYS_SWTPM_FOLDER, NULL);

  if (g_mkdir (path, 0700) != 0)
    {
      custody_error_set_errno (error, errno, "make a folder for a software TPM");
      return NULL;
    }
  return !own || copy_file (source, path, SWTPM_STATE, error) ? g_steal_pointer (&path) : NULL;
}

/* --- without the TPM ------------------------------------------------------------------------------------------------- */

/* Opens the copy with those TPMs; it must fail, and for this reason. */
static void
try_open (const Proof *self, const char *check, const KeysPlaces *places, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) key = NULL;
  g_autoptr (Keys) keys = keys_open (self->folder, places, &key, &error);
  const char *happened = keys != NULL ? PROVE_OPENED : custody_error_get_name (error);

  prove_add (self->findings, check, expected, happened, g_str_equal (happened, expected), NULL, "%s",
             keys != NULL ? "the copy opened" : error->message);
}

static void
try_no_tpm (const Proof *self)
{
  g_autofree char *nowhere = g_build_filename (self->folder, "no-such-tpm", NULL);
  const KeysPlaces places = { .device = nowhere, .swtpm_folder = nowhere };

  try_open (self, "no-tpm", &places, "NoTpm");
}

static void
try_without_key (const Proof *self)
{
  g_autofree char *path = g_build_filename (self->folder, STORE_FILE, NULL);
  g_autoptr (Secret) guess = secret_new_random (STORE_KEY_BYTES), zeros = secret_new (STORE_KEY_BYTES);
  const Secret *const keys[] = { guess, zeros };
  gboolean opened = store_opens_without_key (path), damaged = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Store) store = store_open (path, keys[i], &error);

      opened = opened || store != NULL;
      damaged = damaged && g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED);
    }
  prove_add (self->findings, "database-without-key", "StoreDamaged",
             opened    ? PROVE_OPENED
             : damaged ? "StoreDamaged"
                       : "Failed",
             !opened && damaged, NULL, "%s",
             opened ? "the database opened without a key, or with one of zeros" : "no key, a random one, one of zeros");
}

/* --- another TPM ----------------------------------------------------------------------------------------------------- */

void
prove_add_trials (const Proof *self, const char *check, const char *expected, const Trials *trials, const char *what)
{
  const gboolean opens = g_str_equal (expected, PROVE_OPENED);
  GVariantDict facts;

  g_variant_dict_init (&facts, NULL);
  g_variant_dict_insert (&facts, "tried", "u", trials->n_tried);
  g_variant_dict_insert (&facts, "opened", "u", trials->n_opened);
  prove_add (self->findings, check, expected,
             trials->n_opened == 0                 ? PROVE_REFUSED
             : trials->n_opened == trials->n_tried ? PROVE_OPENED
                                                   : "some-opened",
             trials->n_tried > 0 && trials->n_opened == (opens ? trials->n_tried : 0), g_variant_dict_end (&facts),
             "%u tried, %u opened: %s", trials->n_tried, trials->n_opened, what);
}

/* By the program's own way, then by force: each object under whatever root key that TPM has. */
static void
try_other_tpm (const Proof *self, const char *check, const char *load_check, const char *state, const char *expected)
{
  const KeysPlaces places = { .swtpm_folder = state };
  g_autoptr (GError) error = NULL;
  Trials trials;

  try_open (self, check, &places, expected);
  if (trial_elsewhere (self->keyset, state, &trials, &error))
    prove_add_trials (self, load_check, PROVE_REFUSED, &trials,
                      "every object of the keyset, under that TPM's root key");
  else
    prove_add_failure (self->findings, load_check, PROVE_REFUSED, error);
}

static void
try_other_tpms (const Proof *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *other = prove_make_tpm_folder (self, "other", FALSE, &error);
  g_autofree char *cleared = other != NULL ? prove_make_tpm_folder (self, "cleared", self->own_state, &error) : NULL;

  if (cleared == NULL || !trial_clear (cleared, &error))
    {
      prove_add_failure (self->findings, "other-tpm", "OtherTpm", error);
      return;
    }
  try_other_tpm (self, "other-tpm", "other-tpm-by-force", other, "OtherTpm");
  /* With a chip nothing is cleared: a software TPM that has been cleared stands in for it. */
  try_other_tpm (self, "cleared-tpm", "cleared-tpm-by-force", cleared, self->own_state ? "TpmCleared" : "OtherTpm");
}

/* --- other times ----------------------------------------------------------------------------------------------------- */

typedef gboolean (*SealTrial) (Keys *keys, const char *path, Trials *ret_trials, GError **error);

static void
try_seals (const Proof *self, const char *check, const char *expected, SealTrial trial, const char *keyset,
           const char *what)
{
  g_autoptr (GError) error = NULL;
  Trials trials;

  if (trial (self->vault->keys, keyset, &trials, &error))
    prove_add_trials (self, check, expected, &trials, what);
  else
    prove_add_failure (self->findings, check, expected, error);
}

static void
try_wrong_epochs (const Proof *self)
{
  const guint most = keys_is_software (self->vault->keys) ? EPOCHS_SOFTWARE : EPOCHS_CHIP;
  g_autoptr (GError) error = NULL;
  g_autofree char *what = NULL;
  guint64 first, last;
  Trials trials;

  if (!trial_wrong_epochs (self->vault->keys, self->keyset, most, &first, &last, &trials, &error))
    {
      prove_add_failure (self->findings, "wrong-epochs", PROVE_REFUSED, error);
      return;
    }
  what = g_strdup_printf ("epochs %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " but the right one", first, last);
  prove_add_trials (self, "wrong-epochs", PROVE_REFUSED, &trials, what);
}

/* Keysets that somebody kept in the vault's folder. */
static void
try_earlier_keysets (const Proof *self)
{
  g_autoptr (GPtrArray) keysets = prove_find_keysets (self->vault->folder);

  for (guint i = 0; i < keysets->len; i++)
    try_seals (self, "earlier-keyset", PROVE_REFUSED, trial_own_epoch, g_ptr_array_index (keysets, i),
               "a keyset that lies beside the vault's, at its own epoch and at the present one");
}

void
prove_try_vault (const Proof *self, const char *check, const char *state, const char *expected)
{
  const KeysPlaces places = { .swtpm_folder = state };
  g_autoptr (Vault) copy = vault_new (self->folder, &places);
  VaultStatus status;
  const char *happened;

  vault_get_status (copy, &status);
  happened = status.state == VAULT_OPEN ? PROVE_OPENED : g_intern_string (status.reason);
  prove_add (self->findings, check, expected, happened, g_str_equal (happened, expected), NULL, "%s",
             status.state == VAULT_OPEN ? "the copy opened" : "the copy stayed closed");
}

typedef gboolean (*Moving) (const Proof *self, const char *state, GError **error);

static gboolean
move_nothing (const Proof *self, const char *state, GError **error)
{
  return TRUE;
}

gboolean
prove_move_counter (const Proof *self, const char *state, GError **error)
{
  return trial_raise_counter (self->keyset, state, self->vault->counter_auth, 2, error);
}

static gboolean
move_epoch (const Proof *self, const char *state, GError **error)
{
  return trial_raise_epoch (self->keyset, state, self->master, error);
}

static void
try_moved (const Proof *self, const char *check, Moving move, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state = prove_make_tpm_folder (self, check, TRUE, &error);

  if (state != NULL && move (self, state, &error))
    prove_try_vault (self, check, state, expected);
  else
    prove_add_failure (self->findings, check, expected, error);
}

static void
try_forged_epoch (const Proof *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state = prove_make_tpm_folder (self, "forged-epoch", TRUE, &error);
  Trials trials;

  if (state != NULL && trial_forged_epoch (self->keyset, state, &trials, &error))
    prove_add_trials (self, "forged-epoch", PROVE_REFUSED, &trials,
                      "an index of one's own in the epoch counter's place");
  else
    prove_add_failure (self->findings, "forged-epoch", PROVE_REFUSED, error);
}

/* What only a copy of the TPM itself allows to be tried; a chip's state cannot be copied. */
static void
try_moved_tpm (const Proof *self)
{
  try_moved (self, "old-copy", prove_move_counter, "RolledBack");
  if (self->master != NULL)
    try_moved (self, "old-epoch", move_epoch, "RolledBack");
  try_forged_epoch (self);
  /* The control: with the TPM's state the copy is the vault. Last, as it goes on in the copy. */
  try_moved (self, "control-copied-tpm", move_nothing, PROVE_OPENED);
}

/* --- all of it ------------------------------------------------------------------------------------------------------- */

static gboolean
run_trials (Proof *self, GError **error)
{
  try_no_tpm (self);
  try_without_key (self);
  try_seals (self, "control-right-epoch", PROVE_OPENED, trial_right_epoch, self->keyset,
             "this TPM, this epoch: it must open, or what follows shows nothing");
  try_wrong_epochs (self);
  try_seals (self, "without-epoch", PROVE_REFUSED, trial_without_epoch, self->keyset,
             "no password, and a policy that asserts nothing");
  try_seals (self, "seals", PROVE_REFUSED, trial_seals_are_exact, self->keyset,
             "seals that are not bound to this TPM and this epoch alone");
  try_earlier_keysets (self);
  prove_backups (self);
  if (self->own_state)
    try_moved_tpm (self);
  /* A keyset that asks for a TPM device is pointed at a software TPM by naming it so in the copy. */
  if (!self->own_state && !keys_retarget_copy (self->keyset, "swtpm", error))
    return FALSE;
  try_other_tpms (self);
  return TRUE;
}

GPtrArray *
vault_prove (Vault *self, const VaultAdmin *by, GError **error)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);
  Proof proof = { .vault = self, .findings = findings, .master = by->master };
  gboolean ok;

  /* That the vault is copied stands in the record before it is. */
  if (!vault_require_open (self, error) || !vault_record_alone (self, by->id, "proved", "", error))
    return NULL;
  proof.folder = copy_vault (self, error);
  if (proof.folder == NULL)
    return NULL;
  proof.keyset = g_build_filename (proof.folder, KEYS_FILE, NULL);
  proof.own_state = g_str_equal (keys_get_provider (self->keys), "swtpm");
  ok = run_trials (&proof, error);
  vault_prove_clean (self);
  ok = ok && prove_files (self, findings, error);
  g_free (proof.keyset);
  g_free (proof.folder);
  return ok ? g_steal_pointer (&findings) : NULL;
}
