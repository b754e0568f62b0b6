/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the safe state. */
#include "vault-safe.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoints.h"
#include "custody-error.h"
#include "durable.h"
#include "record-file.h"
#include "record.h"
#include "target.h"
#include "vault-private.h"

#define SHORT_ID 8
#define SAFE_LOG_MAX_BYTES (64 * 1024)
#define SAFE_LOG_MAX_LINES 500

/* --- what was found -------------------------------------------------------------------------------------------------- */

static gboolean
keep_last_time (const Entry *entry, gpointer user_data, GError **error)
{
  VaultDamage *damage = user_data;

  damage->entries++;
  g_strlcpy (damage->since, entry->time, sizeof damage->since);
  return TRUE;
}

/* Which file an error speaks of that came from no step of ours. */
static const char *
file_of (const Vault *self)
{
  switch (self->reason->code)
    {
    case CUSTODY_ERROR_KEYSET_MISSING:
    case CUSTODY_ERROR_KEYSET_DAMAGED:
      return KEYS_FILE;
    case CUSTODY_ERROR_STORE_MISSING:
    case CUSTODY_ERROR_STORE_DAMAGED:
    case CUSTODY_ERROR_TAMPERED:
      return STORE_FILE;
    case CUSTODY_ERROR_ROLLED_BACK:
      return self->keys == NULL ? KEYS_FILE : STORE_FILE;
    case CUSTODY_ERROR_NO_TPM:
    case CUSTODY_ERROR_OTHER_TPM:
    case CUSTODY_ERROR_TPM_CLEARED:
      return "tpm";
    default:
      return "";
    }
}

gboolean
vault_get_damage (Vault *self, VaultDamage *ret_damage)
{
  VaultDamage damage = { 0 };

  if (self->state != VAULT_SEALED)
    return FALSE;
  damage.file = self->culprit != NULL ? self->culprit : file_of (self);
  damage.detail = self->reason->message;
  damage.log_in = self->keys != NULL;
  if (self->store != NULL)
    (void) entries_foreach (self->store, 0, G_MAXINT64, G_MAXUINT, keep_last_time, &damage, NULL);
  damage.export = damage.log_in && damage.entries > 0;
  damage.accept = damage.export && self->counter_auth != NULL
                  && (self->reason->code == CUSTODY_ERROR_ROLLED_BACK || self->reason->code == CUSTODY_ERROR_TAMPERED);
  *ret_damage = damage;
  return TRUE;
}

/* --- what is done, until the record can take it ---------------------------------------------------------------------- */

static gboolean
note (Vault *self, const char *actor, const char *action, GError **error)
{
  g_autofree char *path = vault_path_in (self, VAULT_SAFE_FILE);
  g_autofree char *now = record_now ();
  g_autofree char *line = g_strdup_printf ("%s\t%s\t%s\n", now, actor, action);
  const gsize n = strlen (line);
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean ok = fd >= 0 && write (fd, line, n) == (gssize) n && fsync (fd) == 0;

  if (!ok)
    custody_error_set_errno (error, errno, "note what is done with the sealed vault");
  if (fd >= 0)
    close (fd);
  return ok && durable_sync_folder_of (path, error);
}

gboolean
vault_safe_note (Vault *self, const char *actor, const char *action, GError **error)
{
  return note (self, actor, action, error);
}

/* What can be done while a vault is sealed. */
static gboolean
is_note (const char *action)
{
  static const char *const actions[] = {
    "safe-login", "safe-login-failed", "safe-login-refused", "safe-record-exported", "session-expired", "logout", NULL
  };

  return g_strv_contains (actions, action);
}

/* The notes, as entries. What is in the file is not believed further than that: only these, and no more than so many. */
static gboolean
append_notes (Vault *self, GError **error)
{
  g_autofree char *path = vault_path_in (self, VAULT_SAFE_FILE);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize size;
  struct stat st;

  if (lstat (path, &st) != 0 || !S_ISREG (st.st_mode) || st.st_size > SAFE_LOG_MAX_BYTES
      || !g_file_get_contents (path, &text, &size, NULL))
    return TRUE;
  lines = g_strsplit (text, "\n", SAFE_LOG_MAX_LINES);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 4);

      if (g_strv_length (fields) == 3 && chain_code_is_valid (fields[0]) && g_uuid_string_is_valid (fields[1])
          && is_note (fields[2])
          && !record_append (self->store, error, fields[1], fields[2], "", "at", fields[0], NULL))
        return FALSE;
    }
  return TRUE;
}

void
vault_safe_settle (Vault *self)
{
  g_autofree char *path = vault_path_in (self, VAULT_SAFE_FILE);
  g_autoptr (GError) error = NULL;
  struct stat st;

  if (lstat (path, &st) != 0)
    return;
  if (vault_begin (self, &error) && vault_end (self, append_notes (self, &error), &error))
    (void) g_unlink (path);
  else
    g_warning ("notes of a sealed vault: %s", error->message);
}

/* --- who may --------------------------------------------------------------------------------------------------------- */

static Admin *
find_row (Vault *self, const char *id)
{
  return self->store != NULL ? admins_get (self->store, id, NULL) : NULL;
}

GStrv
vault_list_safe_admins (Vault *self)
{
  g_auto (GStrv) ids = self->keys != NULL ? keys_dup_admins (self->keys) : g_new0 (char *, 1);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (Admin) row = find_row (self, ids[i]);

      g_ptr_array_add (names, row != NULL ? g_strdup (row->name) : g_strndup (ids[i], SHORT_ID));
    }
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* The name only says which key is to be tried: it is the PIN that counts. */
static char *
find_id (Vault *self, const char *name, GError **error)
{
  g_auto (GStrv) ids = keys_dup_admins (self->keys);
  g_auto (GStrv) names = vault_list_safe_admins (self);
  const guint n = g_strv_length (ids);
  const char *found = NULL;
  guint n_found = 0;

  for (guint i = 0; i < n; i++)
    if ((name[0] == '\0' && n == 1) || g_str_equal (ids[i], name) || g_str_equal (names[i], name))
      {
        found = ids[i];
        n_found++;
      }
  if (n_found == 1)
    return g_strdup (found);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_ALLOWED,
               n_found == 0 ? "no such admin" : "there are several admins: name one");
  return NULL;
}

/* The keyset's word; where an earlier program left none, the database's, or there is only one. */
static gboolean
is_chief (Vault *self, const char *id)
{
  const char *role = keys_get_opened_role (self->keys);
  g_auto (GStrv) ids = keys_dup_admins (self->keys);
  g_autoptr (Admin) row = find_row (self, id);

  if (role != NULL)
    return g_str_equal (role, KEYS_ROLE_CHIEF);
  return row != NULL ? g_str_equal (row->role, KEYS_ROLE_CHIEF) : g_strv_length (ids) == 1;
}

VaultAdmin *
vault_safe_login (Vault *self, const char *name, const Secret *pin, guint *ret_tries_left, GError **error)
{
  g_autoptr (VaultAdmin) admin = g_new0 (VaultAdmin, 1);
  g_autoptr (Secret) vault_secret = NULL, master = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (Admin) row = NULL;

  if (self->keys == NULL)
    {
      g_propagate_error (error, g_error_copy (self->reason));
      return NULL;
    }
  admin->id = find_id (self, name, error);
  if (admin->id == NULL)
    return NULL;
  if (!keys_login (self->keys, admin->id, pin, &vault_secret, &master, ret_tries_left, &problem))
    {
      if (g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN))
        (void) note (self, admin->id, "safe-login-failed", NULL);
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (!is_chief (self, admin->id))
    {
      (void) note (self, admin->id, "safe-login-refused", NULL);
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "the vault is sealed: only a chief may log in");
      return NULL;
    }
  row = find_row (self, admin->id);
  admin->name = row != NULL ? g_strdup (row->name) : g_strndup (admin->id, SHORT_ID);
  admin->role = VAULT_CHIEF;
  admin->master = g_steal_pointer (&master);
  return note (self, admin->id, "safe-login", error) ? g_steal_pointer (&admin) : NULL;
}

/* --- what is there ---------------------------------------------------------------------------------------------------- */

void
vault_safe_verify (Vault *self, GPtrArray *findings)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", custody_error_get_name (self->reason), self->reason->message);
  const char *file = self->culprit != NULL ? self->culprit : file_of (self);

  g_ptr_array_add (findings, finding_new (file[0] != '\0' ? file : "vault", FALSE, text));
  vault_verify_parts (self, findings);
}

typedef struct
{
  Vault *vault;
  RecordWriter *writer;
  guint64 n_entries, n_checkpoints;
} Writing;

static gboolean
write_entry (const Entry *entry, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  Attestation attestation;

  record_writer_add (writing->writer, entry);
  writing->n_entries++;
  if (g_str_equal (entry->action, AUDIT_CHECKPOINT)
      && checkpoints_get (writing->vault->store, entry->seq, &attestation, NULL))
    {
      record_writer_add_checkpoint (writing->writer, entry->seq, &attestation);
      writing->n_checkpoints++;
    }
  return TRUE;
}

gboolean
vault_safe_export_record (Vault *self, const VaultAdmin *by, int fd, VaultRecordReport *ret_report, GError **error)
{
  Writing writing = { .vault = self };
  g_autoptr (RecordWriter) writer = NULL;
  guint8 key[ATTESTATION_KEY_BYTES] = { 0 };

  if (self->keys == NULL || self->store == NULL || by->role != VAULT_CHIEF)
    {
      g_propagate_error (error, g_error_copy (self->reason));
      return FALSE;
    }
  if (!export_check_target (fd, error) || !vault_safe_note (self, by->id, "safe-record-exported", error))
    return FALSE;
  (void) keys_get_attest_key (self->keys, key);
  writer = record_writer_new (fd, keys_get_vault_id (self->keys), keys_get_provider (self->keys), key);
  record_writer_mark_sealed (writer, custody_error_get_name (self->reason));
  writing.writer = writer;
  /* As far as it goes: what comes after a page that cannot be read is lost to us. */
  (void) entries_foreach (self->store, 0, G_MAXINT64, G_MAXUINT, write_entry, &writing, NULL);
  ret_report->entries = writing.n_entries;
  ret_report->checkpoints = writing.n_checkpoints;
  return record_writer_finish (writer, ret_report->sha256, error);
}

/* --- accepting ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  RecordFacts facts;
  guint n_rows;          /* not as the record has them */
  guint64 last_attested; /* the last entry that a checkpoint in the database speaks of */
  guint64 counter;       /* the TPM's */
} Acceptance;

static gboolean
require_sealed_chief (Vault *self, const VaultAdmin *by, GError **error)
{
  VaultDamage damage;

  if (!vault_get_damage (self, &damage))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the vault is not sealed");
      return FALSE;
    }
  if (by->role != VAULT_CHIEF)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "only a chief accepts a state");
      return FALSE;
    }
  if (damage.accept)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->reason));
  return FALSE;
}

/* What cannot be made good by declaring it so: broken pages, a broken chain, a database that is not this keyset's. */
static gboolean
look (Vault *self, Acceptance *acceptance, GError **error)
{
  g_autoptr (GPtrArray) tables = NULL;
  g_autoptr (GError) problem = NULL;
  g_autofree char *vault_id = store_dup_meta_text (self->store, VAULT_META_ID, NULL);
  guint8 key[ATTESTATION_KEY_BYTES];

  if (!store_check (self->store, error))
    return FALSE;
  if (g_strcmp0 (vault_id, keys_get_vault_id (self->keys)) != 0 || !keys_get_attest_key (self->keys, key))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "keyset and database are not of one vault");
      return FALSE;
    }
  if (!record_read (self->store, key, &acceptance->facts, &problem) && !acceptance->facts.is_whole)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  tables = seals_check (self->store, acceptance->facts.rows, error);
  for (guint i = 0; tables != NULL && i < tables->len; i++)
    {
      const SealsTable *table = g_ptr_array_index (tables, i);

      acceptance->n_rows += table->edited + table->added + table->removed;
    }
  return tables != NULL && checkpoints_get_last (self->store, &acceptance->last_attested, error)
         && keys_counter_read (self->keys, self->counter_auth, &acceptance->counter, error);
}

static gboolean
accept_in_transaction (Vault *self, const VaultAdmin *by, const Acceptance *acceptance, GError **error)
{
  const Audit *audit = &acceptance->facts.audit;
  g_autofree char *from = g_strdup_printf ("%" G_GUINT64_FORMAT, acceptance->facts.state);
  g_autofree char *to = g_strdup_printf ("%" G_GUINT64_FORMAT, acceptance->counter);
  g_autofree char *rows = g_strdup_printf ("%u", acceptance->n_rows);
  g_autofree char *attested = g_strdup_printf ("%" G_GUINT64_FORMAT, acceptance->last_attested);

  seals_renew (self->store);
  seals_replace_tampered (self->store);
  seals_stage_state (self->store, acceptance->counter + 1);
  return record_set_end (self->store, audit->head, audit->length, error)
         && checkpoints_remove_after (self->store, audit->length, error)
         && store_set_meta_bytes (self->store, VAULT_META_PUBLIC, keys_get_vault_public (self->keys), KEYS_VAULT_BYTES,
                                  error)
         && store_remove_meta (self->store, VAULT_META_TAMPERED, error)
         && record_append (self->store, error, by->id, VAULT_STATE_ACCEPTED, "", "attested", attested, "counter", to,
                           "reason", custody_error_get_name (self->reason), "rows", rows, "was", from, NULL)
         && append_notes (self, error)
         && store_set_meta_number (self->store, VAULT_META_COUNTER, acceptance->counter + 1, error)
         && store_set_meta_number (self->store, VAULT_META_COUNTER_SEQ, seals_get_state_entry (self->store), error)
         && vault_scopes_withdraw (self, self->store, by->id, error);
}

gboolean
vault_accept_state (Vault *self, const VaultAdmin *by, GError **error)
{
  g_autofree char *path = vault_path_in (self, VAULT_SAFE_FILE);
  Acceptance acceptance = { 0 };
  gboolean ok =
      require_sealed_chief (self, by, error) && look (self, &acceptance, error) && store_begin (self->store, error);

  if (ok && !accept_in_transaction (self, by, &acceptance, error))
    {
      store_rollback (self->store);
      ok = FALSE;
    }
  ok = ok && store_commit (self->store, error);
  record_facts_clear (&acceptance.facts);
  if (!ok)
    return FALSE;
  (void) g_unlink (path);
  vault_reopen (self);
  return vault_require_open (self, error);
}
