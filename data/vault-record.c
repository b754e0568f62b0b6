/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the record (取扱記録) as a whole: listing, checkpoints by the TPM, handing it out, review. */
#include "vault-private.h"

#include <unistd.h>

#include "checkpoints.h"
#include "custody-error.h"
#include "record-file.h"
#include "record.h"
#include "target.h"
#include "vault-receipt.h"

#define SYSTEM "system"
#define CHECKPOINT_EVERY_S (24 * 60 * 60)
#define CHECKPOINT_EVERY_ENTRIES 1000

gboolean
vault_list_log (Vault *self, guint64 from, guint64 to, guint limit, EntryFunc func, gpointer user_data, GError **error)
{
  return vault_require_open (self, error) && entries_foreach (self->store, from, to, limit, func, user_data, error);
}

gboolean
vault_record_alone (Vault *self, const char *actor, const char *action, const char *subject, GError **error)
{
  return vault_begin (self, error)
         && vault_end (self, record_append (self->store, error, actor, action, subject, NULL), error);
}

/* --- the clock ------------------------------------------------------------------------------------------------------- */

static gboolean
keep_time (const Entry *entry, gpointer user_data, GError **error)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (entry->time, NULL);

  if (time != NULL)
    *(gint64 *) user_data = g_date_time_to_unix (time);
  return TRUE;
}

/* When entry @seq was made, or 0. */
static gint64
time_of (Vault *self, guint64 seq)
{
  gint64 time_s = 0;

  (void) entries_foreach (self->store, seq, seq, 1, keep_time, &time_s, NULL);
  return time_s;
}

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

void
vault_watch_clock (Vault *self)
{
  guint64 length = 0;
  g_autofree char *by = NULL;
  gint64 last_s = vault_begin_clock (self);

  if (!record_get_length (self->store, &length, NULL))
    return;
  last_s = MAX (last_s, time_of (self, length));
  if (now_s () >= last_s - AUDIT_CLOCK_SLACK_S)
    return;
  by = g_strdup_printf ("%" G_GINT64_FORMAT, last_s - now_s ());
  if (vault_begin (self, NULL))
    (void) vault_end (self, record_append (self->store, NULL, SYSTEM, VAULT_CLOCK_SET_BACK, "", "seconds", by, NULL),
                      NULL);
}

/* --- checkpoints ----------------------------------------------------------------------------------------------------- */

static gboolean
append_checkpoint (Vault *self, VaultCheckpoint *made, GError **error)
{
  return vault_mark_clock (self, error) && record_append (self->store, error, SYSTEM, AUDIT_CHECKPOINT, "", NULL)
         && record_get_length (self->store, &made->seq, error) && record_get_head (self->store, made->hash, error)
         && keys_certify (self->keys, self->counter_auth, made->hash, &made->attestation, error)
         && checkpoints_insert (self->store, made->seq, &made->attestation, error);
}

gboolean
vault_checkpoint (Vault *self, GError **error)
{
  VaultCheckpoint made;

  return vault_begin (self, error) && vault_end (self, append_checkpoint (self, &made, error), error);
}

static gboolean
print_in_transaction (Vault *self, const char *actor, const char *action, guint64 from, guint64 to,
                      VaultCheckpoint *made, GError **error)
{
  g_autofree char *first = g_strdup_printf ("%" G_GUINT64_FORMAT, from);
  g_autofree char *last = g_strdup_printf ("%" G_GUINT64_FORMAT, to);

  return (to > 0 ? record_append (self->store, error, actor, action, "", "from", first, "to", last, NULL)
                 : record_append (self->store, error, actor, action, "", NULL))
         && append_checkpoint (self, made, error);
}

gboolean
vault_record_print (Vault *self, const char *actor, const char *action, VaultCheckpoint *ret_checkpoint, GError **error)
{
  return vault_begin (self, error)
         && vault_end (self, print_in_transaction (self, actor, action, 0, 0, ret_checkpoint, error), error);
}

gboolean
vault_note_print (Vault *self, const VaultAdmin *by, const char *what, guint64 from, guint64 to,
                  VaultCheckpoint *ret_checkpoint, GError **error)
{
  gboolean is_record = g_str_equal (what, "record");
  guint64 length;

  if (!vault_require_open (self, error) || !record_get_length (self->store, &length, error))
    return FALSE;
  if ((!is_record && !g_str_equal (what, "proof")) || to > length || (to > 0 && (from == 0 || from > to)))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "neither the record nor a proof, or entries that are not");
      return FALSE;
    }
  return vault_begin (self, error)
         && vault_end (self,
                       print_in_transaction (self, by->id, is_record ? "record-printed" : "proof-printed", from, to,
                                             ret_checkpoint, error),
                       error);
}

gboolean
vault_checkpoint_is_due (Vault *self)
{
  guint64 length, last;
  gint64 age_s;

  if (self->state != VAULT_OPEN || !record_get_length (self->store, &length, NULL)
      || !checkpoints_get_last (self->store, &last, NULL) || length <= last)
    return FALSE;
  age_s = last > 0 ? now_s () - time_of (self, last) : CHECKPOINT_EVERY_S;
  return age_s < 0 || age_s >= CHECKPOINT_EVERY_S || length - last >= CHECKPOINT_EVERY_ENTRIES;
}

char *
vault_dup_record_key (Vault *self, GError **error)
{
  guint8 key[ATTESTATION_KEY_BYTES];
  char *pem;

  if (!vault_require_open (self, error))
    return NULL;
  pem = keys_get_attest_key (self->keys, key) ? attestation_key_to_pem (key) : NULL;
  if (pem == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "the attestation key cannot be read");
  return pem;
}

/* --- handing it out -------------------------------------------------------------------------------------------------- */

typedef struct
{
  Vault *vault;
  RecordWriter *writer;
} Writing;

static gboolean
write_entry (const Entry *entry, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  Attestation attestation;
  g_autoptr (GError) problem = NULL;

  record_writer_add (writing->writer, entry);
  if (!g_str_equal (entry->action, AUDIT_CHECKPOINT))
    return TRUE;
  /* One that is missing is handed out missing: whoever checks the file must see that. */
  if (checkpoints_get (writing->vault->store, entry->seq, &attestation, &problem))
    record_writer_add_checkpoint (writing->writer, entry->seq, &attestation);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
vault_export_record (Vault *self, const VaultAdmin *by, int fd, VaultRecordReport *ret_report, GError **error)
{
  Writing writing = { .vault = self };
  g_autoptr (RecordWriter) writer = NULL;
  guint8 key[ATTESTATION_KEY_BYTES] = { 0 };

  if (self->state == VAULT_SEALED)
    return vault_safe_export_record (self, by, fd, ret_report, error);
  if (!export_check_target (fd, error) || !vault_record_alone (self, by->id, "record-exported", "", error)
      || !vault_checkpoint (self, error) || !record_get_length (self->store, &ret_report->entries, error)
      || !checkpoints_count (self->store, &ret_report->checkpoints, error))
    return FALSE;
  (void) keys_get_attest_key (self->keys, key);
  writer = record_writer_new (fd, keys_get_vault_id (self->keys), keys_get_provider (self->keys), key);
  writing.writer = writer;
  if (entries_foreach (self->store, 0, G_MAXINT64, G_MAXUINT, write_entry, &writing, error)
      && record_writer_finish (writer, ret_report->sha256, error))
    return TRUE;
  (void) !ftruncate (fd, 0);
  return FALSE;
}

/* --- review ---------------------------------------------------------------------------------------------------------- */

static gboolean
review_entry (const Entry *entry, gpointer user_data, GError **error)
{
  review_add (user_data, entry);
  return TRUE;
}

gboolean
vault_review_record (Vault *self, GTimeZone *zone, Review *ret_review, GError **error)
{
  g_autofree char *detail =
      vault_require_open (self, error) ? entries_dup_last_detail (self->store, AUDIT_REVIEWED, error) : NULL;
  guint64 seen;
  gboolean ok;

  if (detail == NULL)
    return FALSE;
  seen = audit_get_reviewed_to (detail);
  review_begin (ret_review, zone);
  ok = entries_foreach (self->store, seen + 1, G_MAXINT64, G_MAXUINT, review_entry, ret_review, error);
  if (ok)
    {
      review_end (ret_review);
      ok = vault_find_overdue (self, &ret_review->findings[REVIEW_NO_RECEIPT], error);
    }
  if (!ok)
    review_clear (ret_review);
  return ok;
}

gboolean
vault_sign_off_record (Vault *self, const VaultAdmin *by, guint64 up_to, GError **error)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, up_to);
  guint64 length;

  if (!vault_require_open (self, error) || !vault_require_chief (by, error)
      || !record_get_length (self->store, &length, error))
    return FALSE;
  if (up_to == 0 || up_to > length)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the record has entries 1 to %" G_GUINT64_FORMAT, length);
      return FALSE;
    }
  return vault_begin (self, error)
         && vault_end (self, record_append (self->store, error, by->id, AUDIT_REVIEWED, "", "to", number, NULL), error);
}
