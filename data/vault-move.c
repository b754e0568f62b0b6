/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: moving house. */
#include "vault-move.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "custody-error.h"
#include "old-vaults.h"
#include "record.h"
#include "tables.h"
#include "target.h"
#include "vault-backup-private.h"
#include "vault-machines-private.h"

#define RECEIPT_TITLE "takeover receipt"
#define RECEIPT_TYPE "((ssssay)(ayay))"
#define DECIMAL "%" G_GUINT64_FORMAT

void
vault_take_over_clear (VaultTakeOver *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->made, g_free);
}

/* Ends a verb: @ok, or the refusal in the record. */
static gboolean
conclude (Vault *self, const VaultAdmin *by, const char *action, gboolean ok, GError *take_problem, GError **error)
{
  if (ok)
    return TRUE;
  if (self->state == VAULT_OPEN)
    vault_note_attempt (self, by->id, action, "", take_problem);
  g_propagate_error (error, take_problem);
  return FALSE;
}

/* --- moving out ------------------------------------------------------------------------------------------------------ */

static gboolean
require_second (Vault *self, const char *id, GError **error)
{
  g_autoptr (Machine) machine = machines_get (self->store, id, error);

  if (machine == NULL || g_str_equal (machine->role, MACHINE_SECOND))
    return machine != NULL;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_MACHINE, "that machine is not a second one");
  return FALSE;
}

static gboolean
move_out_in_transaction (Vault *self, const VaultAdmin *by, const char *id, GError **error)
{
  g_auto (Lease) lease = { 0 };
  g_autofree char *number = NULL;

  if (!lease_get (self->store, &lease, error))
    return FALSE;
  /* Again for the same machine: the bundle was lost. */
  if (g_str_equal (lease.state, LEASE_MOVING) && g_str_equal (lease.other, id))
    return record_append (self->store, error, by->id, "move-bundle-again", id, NULL);
  if (!vault_require_active (self, error))
    return FALSE;
  number = g_strdup_printf (DECIMAL, lease.number + 1);
  return lease_put (self->store, lease.number + 1, LEASE_MOVING, id, error)
         && record_append (self->store, error, by->id, "moved-out", id, "lease", number, NULL);
}

static gboolean
write_bundle (Vault *self, const char *id, int fd, GError **error)
{
  g_autoptr (GByteArray) points = vault_machines_points (self, id, error);
  g_auto (BackupFacts) facts = { .bytes = 0 };

  if (points != NULL && vault_backup_sign_record (self, error)
      && vault_backup_write (self, fd, VAULT_BACKUP_PURPOSE, points->data, points->len / CONTAINER_POINT_BYTES, error)
      && lseek (fd, 0, SEEK_SET) == 0 && vault_backup_read (self, fd, NULL, NULL, TRUE, &facts, error))
    return TRUE;
  (void) !ftruncate (fd, 0);
  if (error != NULL && *error == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the bundle cannot be read back");
  return FALSE;
}

gboolean
vault_move_out (Vault *self, const VaultAdmin *by, const char *machine_id, int fd, GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  if (!vault_require_open (self, error) || !export_check_target (fd, error))
    return FALSE;
  ok = vault_require_chief (by, &problem) && require_second (self, machine_id, &problem) && vault_begin (self, &problem)
       && vault_end (self, move_out_in_transaction (self, by, machine_id, &problem), &problem)
       && write_bundle (self, machine_id, fd, &problem);
  return conclude (self, by, "move-refused", ok, problem, error);
}

static gboolean
cancel_in_transaction (Vault *self, const VaultAdmin *by, GError **error)
{
  g_auto (Lease) lease = { 0 };
  g_autofree char *number = NULL;

  if (!lease_get (self->store, &lease, error))
    return FALSE;
  if (!g_str_equal (lease.state, LEASE_MOVING))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "this vault is not moving");
      return FALSE;
    }
  number = g_strdup_printf (DECIMAL, lease.number + 1);
  return lease_put (self->store, lease.number + 1, LEASE_ACTIVE, "", error)
         && record_append (self->store, error, by->id, "move-cancelled", lease.other, "lease", number, NULL);
}

gboolean
vault_move_cancel (Vault *self, const VaultAdmin *by, GError **error)
{
  GError *problem = NULL;
  gboolean ok;

  if (!vault_require_open (self, error))
    return FALSE;
  ok = vault_require_chief (by, &problem) && vault_begin (self, &problem)
       && vault_end (self, cancel_in_transaction (self, by, &problem), &problem);
  return conclude (self, by, "move-refused", ok, problem, error);
}

/* --- taking over ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  Vault *vault;
  const VaultAdmin *by;
  const Machine *first;
  Store *from; /* the first machine's database, as its bundle has it */
  const BackupFacts *facts;
  const Secret *secret; /* what its numbers are sealed to */
  const Lease *lease;   /* of the first machine */
  VaultTakeOver *report;
} TakeOver;

typedef struct
{
  TableFiller *filler;
  Cell prefix; /* a first column more than the row has; none when its type is CELL_NULL */
  guint at;    /* of the column that @filled is for */
  Cell filled; /* in the place of NULL there; none when its type is CELL_NULL */
} Copying;

static gboolean
copy_row (const Cell *cells, guint n_cells, gpointer user_data, GError **error)
{
  const Copying *copying = user_data;
  Cell row[CELL_MAX_COLUMNS];
  guint n = 0;

  if (n_cells >= CELL_MAX_COLUMNS)
    return FALSE;
  if (copying->prefix.type != CELL_NULL)
    row[n++] = copying->prefix;
  memcpy (row + n, cells, n_cells * sizeof *cells);
  n += n_cells;
  if (copying->filled.type != CELL_NULL && row[copying->at].type == CELL_NULL)
    row[copying->at] = copying->filled;
  return table_filler_add (copying->filler, row, n, error);
}

static Cell
text_cell (const char *text)
{
  return (Cell){ .type = CELL_TEXT, .bytes = (const guint8 *) text, .n_bytes = strlen (text) };
}

/* @fill: (nullable): the column of @to_table in which @filled takes the place of NULL */
static gboolean
copy_table (Store *from, const char *table, Store *to, const char *to_table, const Cell *prefix, const char *fill,
            const Cell *filled, GError **error)
{
  const Cell none = { .type = CELL_NULL };
  g_auto (GStrv) columns = tables_list_columns (to, to_table, error);
  g_autoptr (TableFiller) filler =
      columns != NULL ? table_filler_new (to, to_table, (const char *const *) columns, error) : NULL;
  Copying copying = { filler, prefix != NULL ? *prefix : none, 0, fill != NULL ? *filled : none };

  while (fill != NULL && filler != NULL && g_strcmp0 (columns[copying.at], fill) != 0)
    {
      g_return_val_if_fail (columns[copying.at] != NULL, FALSE);
      copying.at++;
    }
  return filler != NULL && tables_foreach (from, table, NULL, copy_row, &copying, error);
}

static gboolean
copy_people (const TakeOver *it, Store *next, const char *now, GError **error)
{
  static const char *const tables[] = { "people", "numbers", "exports", "disposals", "retention", "formats" };
  const Cell removed = text_cell (now);

  /* The schema puts rows into the one; whatever files were looked at here before, these numbers' are known there. */
  if (!tables_clear (next, "retention", error) || !tables_clear (next, "formats", error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!copy_table (it->from, tables[i], next, tables[i], NULL, NULL, NULL, error))
      return FALSE;
  /* Their names, for what they decided; nobody logs in with them here. */
  return copy_table (it->from, "admins", next, "admins", NULL, "removed", &removed, error);
}

/* Its record, and those that it had taken over itself. */
static gboolean
copy_record (const TakeOver *it, Store *next, const char *now, GError **error)
{
  static const char *const older[] = { "old_vaults", "old_record", "old_checkpoints" };
  const Cell vault = text_cell (it->first->id);
  g_autofree char *company = store_dup_meta_text (it->from, "company", error);
  guint8 key[ATTESTATION_KEY_BYTES];

  if (company == NULL || !tpm_public_get_point (it->first->attest, key))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (older); i++)
    if (!copy_table (it->from, older[i], next, older[i], NULL, NULL, NULL, error))
      return FALSE;
  return old_vaults_insert (next, it->first->id, company, it->first->provider, key, it->facts->entries,
                            it->facts->record_head, now, error)
         && copy_table (it->from, "record", next, "old_record", &vault, NULL, NULL, error)
         && copy_table (it->from, "checkpoints", next, "old_checkpoints", &vault, NULL, NULL, error)
         && store_set_meta_text (next, "company", company, error);
}

static gboolean
reseal (const TakeOver *it, Store *next, GError **error)
{
  g_autoptr (Secret) public = store_get_meta_bytes (next, VAULT_META_PUBLIC, error);
  g_autoptr (GPtrArray) numbers = public != NULL ? numbers_list (next, "", error) : NULL;

  /* Made by the other machine's TPM. */
  if (numbers == NULL || !numbers_forget_digests (next, NULL, error))
    return FALSE;
  for (guint i = 0; i < numbers->len; i++)
    {
      const Number *number = g_ptr_array_index (numbers, i);
      g_autoptr (Secret) digits = NULL;
      g_autoptr (GBytes) sealed = NULL;

      if (number->sealed == NULL)
        continue;
      digits = vault_number_open_with (it->facts->sealed_to, it->secret, number, NULL);
      if (digits == NULL)
        {
          /* Found when somebody opens it, and no reason to lose all the others. */
          it->report->unreadable++;
          continue;
        }
      sealed = vault_number_seal (secret_get_data (public, NULL), number->id, digits);
      if (sealed == NULL)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "sealing failed");
          return FALSE;
        }
      if (!numbers_reseal (next, number->id, sealed, error))
        return FALSE;
      it->report->numbers++;
    }
  return TRUE;
}

static gboolean
take_over_step (Store *next, gpointer data, GError **error)
{
  const TakeOver *it = data;
  g_autofree char *now = record_now ();
  g_autofree char *entries = g_strdup_printf (DECIMAL, it->facts->entries);
  g_autofree char *number = g_strdup_printf (DECIMAL, it->report->lease);
  char head[2 * ENTRY_HASH_BYTES + 1];

  sodium_bin2hex (head, sizeof head, it->facts->record_head, ENTRY_HASH_BYTES);
  return tables_defer_references (next, error) && copy_people (it, next, now, error)
         && copy_record (it, next, now, error) && reseal (it, next, error)
         && lease_put (next, it->report->lease, LEASE_ACTIVE, "", error)
         && vault_term_carry (it->vault, it->from, next, error)
         && machines_set_removed (next, it->first->id, now, error)
         && record_append (next, error, it->by->id, it->report->planned ? "took-over" : "recovered", it->first->id,
                           "digest", it->facts->sha256, "entries", entries, "head", head, "lease", number, NULL)
         && vault_scopes_carry (it->from, next, it->by->id, error);
}

static void
remove_restore_file (Vault *self)
{
  static const char *const names[] = { RESTORE_FILE, RESTORE_FILE "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = vault_path_in (self, names[i]);

      (void) g_unlink (path);
    }
}

/* The escrow that the first machine made for this one; its database, its secret. */
static Secret *
open_escrow (const TakeOver *it, GError **error)
{
  const char *own_id = keys_get_vault_id (it->vault->keys);
  g_autoptr (Machine) own = machines_get (it->from, own_id, NULL);
  g_autoptr (Secret) machine_secret = vault_machine_secret (it->vault, it->by->vault_secret, error);
  Secret *secret = NULL;

  if (machine_secret == NULL)
    return NULL;
  if (own != NULL)
    secret = vault_escrow_open (own->escrow, it->first->id, own_id, it->facts->sealed_to, machine_secret);
  if (secret == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN, "nothing in it opens the numbers on this machine");
  return secret;
}

static gboolean
judge_lease (const TakeOver *it, gboolean first_is_dead, GError **error)
{
  gboolean moving = g_str_equal (it->lease->state, LEASE_MOVING);

  if (moving && !g_str_equal (it->lease->other, keys_get_vault_id (it->vault->keys)))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_MOVED_OUT, "that vault has moved to another machine than this");
      return FALSE;
    }
  it->report->planned = moving;
  /* In the bundle of a move the number is ours already. */
  it->report->lease = moving ? it->lease->number : it->lease->number + 1;
  if (moving || first_is_dead)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FIRST_ACTIVE, "the first machine has not said that it stopped");
  return FALSE;
}

static gboolean
take_over_from (TakeOver *it, VaultAdmin *by, gboolean first_is_dead, GError **error)
{
  const VaultEpochChange change = { .step = take_over_step, .data = it };
  g_auto (Lease) lease = { 0 };
  g_autoptr (Secret) secret = NULL, master = NULL;
  guint submitted, approved;

  if (!lease_get (it->from, &lease, error)
      || !people_count (it->from, NULL, &it->report->people, &submitted, &approved, error))
    return FALSE;
  it->lease = &lease;
  if (!judge_lease (it, first_is_dead, error))
    return FALSE;
  secret = open_escrow (it, error);
  if (secret == NULL)
    return FALSE;
  it->secret = secret;
  master = vault_change_epoch (it->vault, by->master, &change, error);
  if (master == NULL)
    return FALSE;
  vault_refresh_session (by, master);
  return TRUE;
}

static gboolean
read_and_take_over (Vault *self, VaultAdmin *by, int fd, gboolean first_is_dead, VaultTakeOver *report, GError **error)
{
  g_autofree char *path = vault_path_in (self, RESTORE_FILE);
  g_autoptr (Secret) key = secret_new_random (STORE_KEY_BYTES);
  g_autoptr (Machine) first = NULL;
  g_auto (BackupFacts) facts = { .bytes = 0 };
  guint8 attest_key[ATTESTATION_KEY_BYTES];
  ContainerInfo info;
  TakeOver it = { .vault = self, .by = by, .facts = &facts, .report = report };
  gboolean ok;

  if (!container_peek (fd, &info, error))
    return FALSE;
  first = machines_get (self->store, info.vault_id, NULL);
  if (first == NULL || !g_str_equal (first->role, MACHINE_FIRST) || !tpm_public_get_point (first->attest, attest_key)
      || lseek (fd, 0, SEEK_SET) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN, "this machine does not wait for that vault");
      return FALSE;
    }
  it.first = first;
  if (!vault_backup_read_of (self, first->id, attest_key, fd, path, key, TRUE, &facts, error))
    return FALSE;
  report->id = g_strdup (first->id);
  report->name = g_strdup (first->name);
  report->made = g_strdup (facts.head.made);
  report->entries = facts.entries;
  it.from = store_open (path, key, error);
  ok = it.from != NULL && take_over_from (&it, by, first_is_dead, error);
  g_clear_pointer (&it.from, store_close);
  return ok;
}

gboolean
vault_take_over (Vault *self, VaultAdmin *by, int fd, gboolean first_is_dead, VaultTakeOver *ret_report, GError **error)
{
  g_auto (VaultTakeOver) report = { 0 };
  GError *problem = NULL;
  gboolean ok;

  if (!vault_require_open (self, error))
    return FALSE;
  remove_restore_file (self);
  ok = vault_require_chief (by, &problem) && vault_require_empty (self, &problem)
       && read_and_take_over (self, by, fd, first_is_dead, &report, &problem);
  remove_restore_file (self);
  if (ok)
    {
      *ret_report = report;
      report = (VaultTakeOver){ 0 };
      if (self->state == VAULT_OPEN)
        {
          g_free (self->company);
          self->company = store_dup_meta_text (self->store, "company", NULL);
          (void) vault_begin_clock (self);
          vault_settle_scopes (self);
        }
    }
  return conclude (self, by, "take-over-refused", ok, problem, error);
}

/* --- receipts -------------------------------------------------------------------------------------------------------- */

/* What is signed: who took over from whom, and how far the record came. */
static GVariant *
receipt_content (const char *first, const char *second, guint64 lease, guint64 entries,
                 const guint8 head[ENTRY_HASH_BYTES])
{
  g_autofree char *number = g_strdup_printf (DECIMAL, lease);
  g_autofree char *length = g_strdup_printf (DECIMAL, entries);

  return g_variant_ref_sink (
      g_variant_new ("(ssss@ay)", first, second, number, length,
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, head, ENTRY_HASH_BYTES, 1)));
}

static void
receipt_digest (GVariant *content, guint8 ret_digest[ATTESTATION_HEAD_BYTES])
{
  static const char context[] = "azukari takeover receipt v1";
  crypto_hash_sha256_state state;

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, (const guint8 *) context, sizeof context);
  crypto_hash_sha256_update (&state, g_variant_get_data (content), g_variant_get_size (content));
  crypto_hash_sha256_final (&state, ret_digest);
}

GBytes *
vault_move_receipt (Vault *self, const VaultAdmin *by, GError **error)
{
  g_autoptr (OldVault) old = NULL;
  g_autoptr (GVariant) content = NULL;
  g_auto (Lease) lease = { 0 };
  guint8 digest[ATTESTATION_HEAD_BYTES];
  Attestation attestation;

  if (!vault_require_open (self, error) || !vault_require_chief (by, error) || !lease_get (self->store, &lease, error))
    return NULL;
  old = old_vaults_get_last (self->store, error);
  if (old == NULL)
    return NULL;
  content = receipt_content (old->id, keys_get_vault_id (self->keys), lease.number, old->entries, old->head);
  receipt_digest (content, digest);
  if (!keys_certify (self->keys, self->counter_auth, digest, &attestation, error))
    return NULL;
  return enroll_frame_write (
      RECEIPT_TITLE,
      g_variant_new (
          "(@*(@ay@ay))", content,
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, attestation.bytes, attestation.n_bytes, 1),
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, attestation.signature, sizeof attestation.signature, 1)));
}

typedef struct
{
  const char *first, *second; /* borrowed from content */
  guint64 lease, entries;
  guint8 head[ENTRY_HASH_BYTES];
  Attestation attestation;
  GVariant *content; /* owned */
} Receipt;

static void
receipt_clear (Receipt *self)
{
  g_clear_pointer (&self->content, g_variant_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Receipt, receipt_clear)

static gboolean
refuse_receipt (const char *why, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_RECEIPT_REFUSED, "receipt: %s", why);
  return FALSE;
}

static gboolean
take_bytes (GVariant *tuple, gsize index, guint8 *out, gsize max_bytes, gsize *ret_n_bytes)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (tuple, index);

  *ret_n_bytes = g_variant_get_size (child);
  if (*ret_n_bytes > max_bytes)
    return FALSE;
  memcpy (out, g_variant_get_data (child), *ret_n_bytes);
  return TRUE;
}

static gboolean
read_receipt (GBytes *file, Receipt *receipt, GError **error)
{
  g_autoptr (GVariant) body = enroll_frame_read (file, RECEIPT_TITLE, RECEIPT_TYPE, error);
  g_autoptr (GVariant) signature = body != NULL ? g_variant_get_child_value (body, 1) : NULL;
  const char *lease, *entries;
  gsize n_head = 0, n_signature = 0;

  if (body == NULL)
    return FALSE;
  receipt->content = g_variant_get_child_value (body, 0);
  g_variant_get_child (receipt->content, 0, "&s", &receipt->first);
  g_variant_get_child (receipt->content, 1, "&s", &receipt->second);
  g_variant_get_child (receipt->content, 2, "&s", &lease);
  g_variant_get_child (receipt->content, 3, "&s", &entries);
  return (g_ascii_string_to_unsigned (lease, 10, 1, G_MAXINT64, &receipt->lease, NULL)
          && g_ascii_string_to_unsigned (entries, 10, 1, G_MAXINT64, &receipt->entries, NULL)
          && take_bytes (receipt->content, 4, receipt->head, sizeof receipt->head, &n_head)
          && n_head == sizeof receipt->head
          && take_bytes (signature, 0, receipt->attestation.bytes, sizeof receipt->attestation.bytes,
                         &receipt->attestation.n_bytes)
          && take_bytes (signature, 1, receipt->attestation.signature, sizeof receipt->attestation.signature,
                         &n_signature)
          && n_signature == sizeof receipt->attestation.signature)
         || refuse_receipt ("it cannot be read", error);
}

static gboolean
keep_hash (const Entry *entry, gpointer user_data, GError **error)
{
  memcpy (user_data, entry->hash, ENTRY_HASH_BYTES);
  return TRUE;
}

/* Signed by the second machine's TPM, about this vault and a record that is the beginning of the one here. */
static gboolean
check_receipt (Vault *self, const Receipt *receipt, const Lease *lease, GError **error)
{
  g_autoptr (Machine) second = machines_get (self->store, receipt->second, NULL);
  guint8 point[ATTESTATION_KEY_BYTES], digest[ATTESTATION_HEAD_BYTES], hash[ENTRY_HASH_BYTES] = { 0 };
  AttestationFacts facts;

  if (!g_str_equal (receipt->first, keys_get_vault_id (self->keys)))
    return refuse_receipt ("it is about another vault", error);
  if (second == NULL || !g_str_equal (second->role, MACHINE_SECOND) || !tpm_public_get_point (second->attest, point))
    return refuse_receipt ("it is from no second machine of this vault", error);
  receipt_digest (receipt->content, digest);
  if (!attestation_check (&receipt->attestation, point, digest, &facts, NULL))
    return refuse_receipt ("the second machine's TPM did not sign it", error);
  if (receipt->lease < lease->number || (receipt->lease == lease->number && !g_str_equal (lease->state, LEASE_MOVING)))
    return refuse_receipt ("it is of a move that was followed by another", error);
  if (!entries_foreach (self->store, receipt->entries, receipt->entries, 1, keep_hash, hash, error))
    return FALSE;
  return memcmp (hash, receipt->head, sizeof hash) == 0 || refuse_receipt ("its record is not this one", error);
}

typedef struct
{
  const VaultAdmin *by;
  const Receipt *receipt;
} Finish;

/* Into the copy in between: of what goes here the new file holds nothing. */
static gboolean
finish_remove (Store *between, gpointer data, GError **error)
{
  static const char *const tables[] = {
    "numbers", "people", "exports", "old_keys", "last_import", "last_import_parts"
  };

  if (!tables_defer_references (between, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!tables_clear (between, tables[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
finish_step (Store *next, gpointer data, GError **error)
{
  const Finish *finish = data;
  g_autofree char *entries = g_strdup_printf (DECIMAL, finish->receipt->entries);
  g_autofree char *number = g_strdup_printf (DECIMAL, finish->receipt->lease);
  g_autofree char *now = record_now ();

  return lease_put (next, finish->receipt->lease, LEASE_GONE, finish->receipt->second, error)
         && machines_set_removed (next, finish->receipt->second, now, error)
         && record_append (next, error, finish->by->id, "moved-away", finish->receipt->second, "entries", entries,
                           "lease", number, NULL);
}

/* The second machine took over while this one was at work: it stops here and now, and destroys nothing yet. */
static gboolean
stop_in_transaction (Vault *self, const VaultAdmin *by, const Receipt *receipt, GError **error)
{
  g_autofree char *number = g_strdup_printf (DECIMAL, receipt->lease);

  return lease_put (self->store, receipt->lease, LEASE_MOVING, receipt->second, error)
         && record_append (self->store, error, by->id, "taken-over", receipt->second, "lease", number, NULL);
}

static gboolean
finish_with (Vault *self, VaultAdmin *by, const Receipt *receipt, gboolean *ret_destroyed, guint64 *ret_newer,
             GError **error)
{
  Finish finish = { by, receipt };
  const VaultEpochChange change = { .remove = finish_remove, .step = finish_step, .data = &finish };
  g_auto (Lease) lease = { 0 };
  g_autoptr (Secret) master = NULL;
  guint64 length;

  if (!lease_get (self->store, &lease, error) || !check_receipt (self, receipt, &lease, error)
      || !record_get_length (self->store, &length, error))
    return FALSE;
  *ret_newer = length - receipt->entries;
  *ret_destroyed = g_str_equal (lease.state, LEASE_MOVING) && g_str_equal (lease.other, receipt->second);
  if (!*ret_destroyed)
    return vault_begin (self, error) && vault_end (self, stop_in_transaction (self, by, receipt, error), error);
  master = vault_change_epoch (self, by->master, &change, error);
  if (master == NULL)
    return FALSE;
  vault_refresh_session (by, master);
  return TRUE;
}

gboolean
vault_move_finish (Vault *self, VaultAdmin *by, GBytes *file, gboolean *ret_destroyed, guint64 *ret_newer,
                   GError **error)
{
  g_auto (Receipt) receipt = { 0 };
  GError *problem = NULL;
  gboolean ok;

  if (!vault_require_open (self, error))
    return FALSE;
  ok = vault_require_chief (by, &problem) && read_receipt (file, &receipt, &problem)
       && finish_with (self, by, &receipt, ret_destroyed, ret_newer, &problem);
  return conclude (self, by, "move-refused", ok, problem, error);
}
