/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the records of the machines that it was on before. */
#include "vault-earlier.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "custody-error.h"
#include "record-file.h"
#include "record.h"
#include "target.h"
#include "vault-private.h"

/* What a sealed vault still shows: its database may be there. */
static gboolean
require_store (Vault *self, GError **error)
{
  if (self->state != VAULT_SEALED)
    return vault_require_open (self, error);
  if (self->store != NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->reason));
  return FALSE;
}

GPtrArray *
vault_list_earlier (Vault *self, GError **error)
{
  return require_store (self, error) ? old_vaults_list (self->store, error) : NULL;
}

char *
vault_dup_earlier_key (Vault *self, const char *id, GError **error)
{
  g_autoptr (OldVault) old = require_store (self, error) ? old_vaults_get (self->store, id, error) : NULL;
  char *pem = old != NULL ? attestation_key_to_pem (old->attest_key) : NULL;

  if (old != NULL && pem == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "the earlier machine's key is none");
  return pem;
}

/* --- handing one out ------------------------------------------------------------------------------------------------- */

typedef struct
{
  Store *store;
  const char *id;
  RecordWriter *writer;
  VaultRecordReport *report;
} Writing;

static gboolean
write_entry (const Entry *entry, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  g_autoptr (GError) problem = NULL;
  Attestation attestation;

  record_writer_add (writing->writer, entry);
  writing->report->entries++;
  /* One that is missing is handed out missing: whoever checks the file must see that. */
  if (g_str_equal (entry->action, AUDIT_CHECKPOINT)
      && old_checkpoints_get (writing->store, writing->id, entry->seq, &attestation, &problem))
    {
      record_writer_add_checkpoint (writing->writer, entry->seq, &attestation);
      writing->report->checkpoints++;
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
note_export (Vault *self, const VaultAdmin *by, const OldVault *old, GError **error)
{
  if (self->state != VAULT_SEALED)
    return vault_record_alone (self, by->id, "record-exported", old->id, error);
  if (self->keys != NULL && by->role == VAULT_CHIEF)
    return vault_safe_note (self, by->id, "safe-record-exported", error);
  g_propagate_error (error, g_error_copy (self->reason));
  return FALSE;
}

static gboolean
write_record (Vault *self, const OldVault *old, int fd, VaultRecordReport *ret_report, GError **error)
{
  g_autoptr (RecordWriter) writer = record_writer_new (fd, old->id, old->provider, old->attest_key);
  Writing writing = { self->store, old->id, writer, ret_report };
  gboolean sealed = self->state == VAULT_SEALED;

  *ret_report = (VaultRecordReport){ .entries = 0 };
  if (sealed)
    record_writer_mark_sealed (writer, custody_error_get_name (self->reason));
  /* Of a machine that died, or of an earlier program's bundle: its TPM has not signed the last entries. */
  else if (old->attested < old->entries)
    record_writer_mark_earlier (writer, keys_get_vault_id (self->keys), old->taken);
  return (old_entries_foreach (self->store, old->id, write_entry, &writing, sealed ? NULL : error) || sealed)
         && record_writer_finish (writer, ret_report->sha256, error);
}

gboolean
vault_export_earlier (Vault *self, const VaultAdmin *by, const char *id, int fd, VaultRecordReport *ret_report,
                      GError **error)
{
  g_autoptr (OldVault) old = require_store (self, error) ? old_vaults_get (self->store, id, error) : NULL;

  if (old == NULL || !export_check_target (fd, error) || !note_export (self, by, old, error))
    return FALSE;
  if (write_record (self, old, fd, ret_report, error))
    return TRUE;
  (void) !ftruncate (fd, 0);
  return FALSE;
}

/* --- checking -------------------------------------------------------------------------------------------------------- */

typedef struct
{
  Store *store;
  const OldVault *old;
  Audit audit;
} Walk;

static gboolean
walk_entry (const Entry *entry, gpointer user_data, GError **error)
{
  Walk *walk = user_data;
  g_autoptr (GError) problem = NULL;
  Attestation attestation;

  if (!audit_add (&walk->audit, entry, error))
    return FALSE;
  if (!g_str_equal (entry->action, AUDIT_CHECKPOINT))
    return TRUE;
  /* One that is missing is named by the audit. */
  if (old_checkpoints_get (walk->store, walk->old->id, entry->seq, &attestation, &problem))
    return audit_add_checkpoint (&walk->audit, &attestation, error);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
set_tampered (const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "record: %s", what);
  return FALSE;
}

/* What the entry that took it over says, which stands under another chain. */
static gboolean
fits_taking (const Audit *audit, const char *detail)
{
  const char *entries = detail != NULL ? chain_find_detail (detail, "entries") : NULL;
  const char *head = detail != NULL ? chain_find_detail (detail, "head") : NULL;
  char hex[2 * ENTRY_HASH_BYTES + 1];

  sodium_bin2hex (hex, sizeof hex, audit->head, ENTRY_HASH_BYTES);
  return entries != NULL && head != NULL && g_ascii_strtoull (entries, NULL, 10) == audit->length
         && strncmp (head, hex, strlen (hex)) == 0;
}

static gboolean
check_earlier (Walk *walk, GError **error)
{
  const OldVault *old = walk->old;
  g_autofree char *taking = NULL;

  audit_begin (&walk->audit, old->attest_key);
  if (!old_entries_foreach (walk->store, old->id, walk_entry, walk, error) || !audit_end (&walk->audit, error)
      || !old_vaults_dup_taking (walk->store, old->id, &taking, error))
    return FALSE;
  if (walk->audit.n_checkpoints != old->checkpoints)
    return set_tampered ("there are attestations of no entry", error);
  if (walk->audit.length != old->entries || memcmp (walk->audit.head, old->head, ENTRY_HASH_BYTES) != 0)
    return set_tampered ("its end is not the one that came here", error);
  return fits_taking (&walk->audit, taking)
         || set_tampered ("its end is not the one that the entry of its taking over has", error);
}

static Finding *
verify_one (Vault *self, const OldVault *old)
{
  Walk walk = { .store = self->store, .old = old };
  g_autoptr (GError) error = NULL;
  gboolean ok = check_earlier (&walk, &error);
  g_autofree char *text =
      ok ? g_strdup_printf ("vault %s: %" G_GUINT64_FORMAT
                            " entries, unbroken; its TPM's word covers those up to %" G_GUINT64_FORMAT,
                            old->id, walk.audit.length, walk.audit.attested)
         : g_strdup_printf ("%s: vault %s: %s", custody_error_get_name (error), old->id, error->message);

  return finding_new (VAULT_EARLIER_CHECK, ok, text);
}

void
vault_verify_earlier (Vault *self, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) vaults = old_vaults_list (self->store, &error);

  if (vaults == NULL)
    g_ptr_array_add (findings, finding_new (VAULT_EARLIER_CHECK, FALSE, error->message));
  for (guint i = 0; vaults != NULL && i < vaults->len; i++)
    g_ptr_array_add (findings, verify_one (self, g_ptr_array_index (vaults, i)));
}
