/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: is everything as it was written? */
#include "vault-private.h"

#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"
#include "record.h"
#include "vault-earlier.h"

static void
add_finding (GPtrArray *findings, const char *check, gboolean ok, const GError *error, const char *detail)
{
  g_autofree char *text = ok || error == NULL
                              ? g_strdup (detail)
                              : g_strdup_printf ("%s: %s", custody_error_get_name (error), error->message);
  Finding *finding = finding_new (check, ok, text);

  finding->passing = !ok && error != NULL && vault_error_may_pass (error);
  g_ptr_array_add (findings, finding);
}

static void
verify_store (Vault *self, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = store_check (self->store, &error);

  add_finding (findings, "database", ok, error, "every page is as it was written");
}

/* --- the record, and the rows that it stands for --------------------------------------------------------------------- */

static void
verify_rows (Vault *self, const RecordFacts *facts, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tables = seals_check (self->store, facts->rows, &error);

  if (tables == NULL)
    {
      add_finding (findings, "rows", FALSE, error, "");
      return;
    }
  if (!facts->is_covered)
    add_finding (findings, "rows", FALSE, NULL, "no entry of the record stands for them");
  for (guint i = 0; i < tables->len; i++)
    {
      const SealsTable *table = g_ptr_array_index (tables, i);
      g_autoptr (GString) text = g_string_new (NULL);

      if (seals_table_is_fine (table))
        g_string_printf (text, "%u rows, each as the record has it", table->rows);
      else
        {
          g_string_printf (text, "Tampered: edited %u, added %u, removed %u, past the record", table->edited,
                           table->added, table->removed);
          if (table->first != NULL)
            g_string_append_printf (text, "; the first is %s", table->first);
          if (table->forged > 0)
            g_string_append_printf (text, "; entry %" G_GUINT64_FORMAT " was made to stand for other rows",
                                    table->forged);
        }
      add_finding (findings, g_str_equal (table->table, "meta") ? "settings" : table->table,
                   seals_table_is_fine (table), NULL, text->str);
    }
}

static void
verify_counter (Vault *self, const RecordFacts *facts, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  guint64 value = 0;
  gboolean ok = self->counter_auth != NULL && keys_counter_read (self->keys, self->counter_auth, &value, &error);
  g_autofree char *detail = NULL;

  ok = ok && (value == self->counter || (self->counter_behind && value + 1 == self->counter))
       && facts->state == self->counter && facts->state_entry == self->counter_seq;
  detail = g_strdup_printf ("state %" G_GUINT64_FORMAT " in the TPM, %" G_GUINT64_FORMAT
                            " in the database, %" G_GUINT64_FORMAT " in entry %" G_GUINT64_FORMAT " of the record",
                            value, self->counter, facts->state, facts->state_entry);
  add_finding (findings, "counter", ok, error, detail);
}

/* It stays a finding for ever; whoever did it stands in that entry. */
static void
verify_accepted (const Audit *audit, GPtrArray *findings)
{
  g_autofree char *text = NULL;

  if (audit->n_accepted == 0)
    return;
  text = g_strdup_printf ("%u times a chief went on with a state that was set back or altered; the last is entry "
                          "%" G_GUINT64_FORMAT,
                          audit->n_accepted, audit->accepted);
  add_finding (findings, "accepted", TRUE, NULL, text);
}

static void
verify_record (Vault *self, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  g_auto (RecordFacts) facts = { 0 };
  const Audit *audit = &facts.audit;
  guint8 key[ATTESTATION_KEY_BYTES] = { 0 };
  gboolean ok = keys_get_attest_key (self->keys, key) && record_read (self->store, key, &facts, &error);
  g_autofree char *chain = NULL, *checkpoints = NULL, *clock = NULL;

  if (!ok)
    {
      add_finding (findings, "record", FALSE, error, "the keyset's attestation key cannot be read");
      return;
    }
  chain = g_strdup_printf ("%" G_GUINT64_FORMAT " entries, unbroken", audit->length);
  add_finding (findings, "record", TRUE, NULL, chain);
  checkpoints = g_strdup_printf ("%" G_GUINT64_FORMAT ", signed by this TPM; the last covers entry %" G_GUINT64_FORMAT,
                                 audit->n_checkpoints, audit->attested);
  add_finding (findings, "checkpoints", TRUE, NULL, checkpoints);
  clock =
      audit->clock_set_back == 0
          ? g_strdup ("never set back since the record was last reviewed")
          : g_strdup_printf ("set back before entry %" G_GUINT64_FORMAT "; review the record", audit->clock_set_back);
  add_finding (findings, "clock", audit->clock_set_back == 0, NULL, clock);
  verify_accepted (audit, findings);
  verify_rows (self, &facts, findings);
  verify_counter (self, &facts, findings);
}

gboolean
vault_rows_are_fine (Vault *self, Store *store)
{
  g_auto (RecordFacts) facts = { 0 };
  g_autoptr (GPtrArray) tables = NULL;
  guint8 key[ATTESTATION_KEY_BYTES];
  gboolean has_seals;

  if (!keys_get_attest_key (self->keys, key) || !record_read (store, key, &facts, NULL)
      || !seals_exist (store, &has_seals, NULL))
    return FALSE;
  /* of an earlier program, as a backup may be */
  if (!facts.is_covered)
    return !has_seals;
  tables = seals_check (store, facts.rows, NULL);
  for (guint i = 0; tables != NULL && i < tables->len; i++)
    if (!seals_table_is_fine (g_ptr_array_index (tables, i)))
      return FALSE;
  return tables != NULL;
}

/* --- the rest -------------------------------------------------------------------------------------------------------- */

static void
verify_lock (Vault *self, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  gboolean is_armed = FALSE;
  gboolean ok = keys_lock_is_armed (self->keys, &is_armed, &error) && is_armed;

  add_finding (findings, "lock", ok, error,
               ok ? "the TPM counts wrong PINs, and nobody can set it back without one"
                  : "the TPM's lock has no password; the next log-in sets it");
}

static gboolean
was_found_bad (GPtrArray *findings, const char *check)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      if (!finding->ok && g_str_equal (finding->check, check))
        return TRUE;
    }
  return FALSE;
}

/* After the rows: where those of the admins were edited, the keyset is not to blame for what it does not know. */
static void
verify_keys (Vault *self, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) admins = admins_list (self->store, &error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  gboolean ok = admins != NULL;

  for (guint i = 0; ok && i < admins->len; i++)
    g_ptr_array_add (ids, ((const Admin *) g_ptr_array_index (admins, i))->id);
  g_ptr_array_add (ids, NULL);
  ok = ok
       && keys_check (self->keys, was_found_bad (findings, "admins") ? NULL : (const char *const *) ids->pdata, &error);
  add_finding (findings, "keys", ok, error, "each is one that this TPM made");
}

static gboolean
is_ours (const char *path, mode_t type, mode_t closed)
{
  struct stat st;

  return lstat (path, &st) == 0 && (st.st_mode & S_IFMT) == type && st.st_uid == geteuid ()
         && (st.st_mode & closed) == 0;
}

static gboolean
folder_is_closed (const char *path)
{
  g_autoptr (GDir) dir = is_ours (path, S_IFDIR, 077) ? g_dir_open (path, 0, NULL) : NULL;
  gboolean ok = dir != NULL;
  const char *name;

  while (ok && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      /* swtpm itself leaves them to the group, which cannot enter the folder. */
      ok = is_ours (file, S_IFREG, 07);
    }
  return ok;
}

static void
verify_files (Vault *self, GPtrArray *findings)
{
  static const char *const files[] = { KEYS_FILE, STORE_FILE };
  g_autofree char *swtpm = vault_path_in (self, KEYS_SWTPM_FOLDER);
  gboolean ok = is_ours (self->folder, S_IFDIR, 077);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = vault_path_in (self, files[i]);

      ok = ok && is_ours (path, S_IFREG, 077);
    }
  /* Whoever reads a software TPM's state has its keys. */
  if (self->keys != NULL && keys_is_software (self->keys) && g_file_test (swtpm, G_FILE_TEST_EXISTS))
    ok = ok && folder_is_closed (swtpm);
  add_finding (findings, "files", ok, NULL,
               ok ? "ours, and closed to everybody else"
                  : "the folder or a file in it is another's, or others may read it");
}

void
vault_verify_parts (Vault *self, GPtrArray *findings)
{
  if (self->store != NULL)
    verify_store (self, findings);
  if (self->store != NULL && self->keys != NULL)
    {
      verify_record (self, findings);
      verify_keys (self, findings);
    }
  if (self->store != NULL)
    vault_verify_earlier (self, findings);
  if (self->keys != NULL)
    verify_lock (self, findings);
  verify_files (self, findings);
}

/* A lock without a password, a clock that went back and a file that others may read are to be put right, and seal nothing; neither does
 * what could not be looked at. An earlier machine's record that is broken is found for ever; what sealed the vault is its rows, until a
 * chief accepts them. */
static char *
dup_tampered (GPtrArray *findings)
{
  static const char *const lesser[] = { "clock", "lock", "files", VAULT_EARLIER_CHECK, NULL };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      if (!finding->ok && !finding->passing && !g_strv_contains (lesser, finding->check))
        g_ptr_array_add (names, finding->check);
    }
  if (names->len == 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  return g_strjoinv (",", (char **) names->pdata);
}

static gboolean
mark_in_transaction (Vault *self, const char *what, GError **error)
{
  return store_set_meta_text (self->store, VAULT_META_TAMPERED, what, error)
         && record_append (self->store, error, "system", "tampering-found", "", "what", what, NULL);
}

/* From now on until a chief has dealt with it, at the next start too. */
static void
seal_for (Vault *self, const char *what)
{
  g_autoptr (GError) error = NULL;

  if (!vault_begin (self, &error) || !vault_end (self, mark_in_transaction (self, what, &error), &error))
    g_warning ("sealing: %s", error->message);
  vault_follow (self);
  vault_seal_as_found (
      self, g_error_new (CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "a check found what was not as it was left: %s", what));
}

GPtrArray *
vault_verify (Vault *self, GError **error)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);
  g_autoptr (GError) problem = NULL;
  g_autofree char *tampered = NULL;

  if (!vault_require_open (self, &problem) && self->state != VAULT_SEALED)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (self->state == VAULT_SEALED)
    {
      vault_safe_verify (self, findings);
      return g_steal_pointer (&findings);
    }
  vault_verify_parts (self, findings);
  tampered = dup_tampered (findings);
  if (tampered != NULL)
    seal_for (self, tampered);
  return g_steal_pointer (&findings);
}
