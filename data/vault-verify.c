/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: is everything as it was written? */
#include "vault-private.h"

#include <sys/stat.h>

#include "custody-error.h"
#include "record.h"

static void
add_finding (GPtrArray *findings, const char *check, gboolean ok, const GError *error, const char *detail)
{
  g_autofree char *text = ok || error == NULL
                              ? g_strdup (detail)
                              : g_strdup_printf ("%s: %s", custody_error_get_name (error), error->message);

  g_ptr_array_add (findings, finding_new (check, ok, text));
}

static void
verify_store (Vault *self, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = store_check (self->store, &error);

  add_finding (findings, "database", ok, error, "every page is as it was written");
}

static void
verify_record (Vault *self, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  guint8 key[ATTESTATION_KEY_BYTES] = { 0 };
  Audit audit;
  gboolean ok = keys_get_attest_key (self->keys, key) && record_verify (self->store, key, &audit, &error);
  g_autofree char *chain = NULL, *checkpoints = NULL, *clock = NULL;

  if (!ok)
    {
      add_finding (findings, "record", FALSE, error, "the keyset's attestation key cannot be read");
      return;
    }
  chain = g_strdup_printf ("%" G_GUINT64_FORMAT " entries, unbroken", audit.length);
  add_finding (findings, "record", TRUE, NULL, chain);
  checkpoints = g_strdup_printf ("%" G_GUINT64_FORMAT ", signed by this TPM; the last covers entry %" G_GUINT64_FORMAT,
                                 audit.n_checkpoints, audit.attested);
  add_finding (findings, "checkpoints", TRUE, NULL, checkpoints);
  clock = audit.clock_set_back == 0 ? g_strdup ("never set back since the record was last reviewed")
                                    : g_strdup_printf ("set back before entry %" G_GUINT64_FORMAT "; review the record",
                                                       audit.clock_set_back);
  add_finding (findings, "clock", audit.clock_set_back == 0, NULL, clock);
}

static void
verify_counter (Vault *self, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  guint64 value = 0;
  gboolean ok = keys_counter_read (self->keys, self->counter_auth, &value, &error);
  g_autofree char *detail = NULL;

  ok = ok && (value == self->counter || (self->counter_behind && value + 1 == self->counter));
  detail = g_strdup_printf ("state %" G_GUINT64_FORMAT " in the TPM, %" G_GUINT64_FORMAT " in the database", value,
                            self->counter);
  add_finding (findings, "counter", ok, error, detail);
}

static void
verify_lock (Vault *self, GPtrArray *findings)
{
  gboolean ok = keys_lock_is_armed (self->keys);

  add_finding (findings, "lock", ok, NULL,
               ok ? "the TPM counts wrong PINs, and nobody can set it back without one"
                  : "the TPM's lock has no password; the next log-in sets it");
}

static void
verify_files (Vault *self, GPtrArray *findings)
{
  static const char *const files[] = { KEYS_FILE, STORE_FILE };
  struct stat st;
  gboolean ok = stat (self->folder, &st) == 0 && (st.st_mode & 077) == 0;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = vault_path_in (self, files[i]);

      ok = ok && lstat (path, &st) == 0 && S_ISREG (st.st_mode) && (st.st_mode & 077) == 0;
    }
  add_finding (findings, "files", ok, NULL,
               ok ? "closed to everybody else" : "others may read the folder or a file in it");
}

GPtrArray *
vault_verify (Vault *self, GError **error)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);

  if (!vault_require_open (self, error))
    return NULL;
  verify_store (self, findings);
  verify_record (self, findings);
  verify_counter (self, findings);
  verify_lock (self, findings);
  verify_files (self, findings);
  return g_steal_pointer (&findings);
}
