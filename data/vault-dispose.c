/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: disposing of numbers (廃棄) by a new epoch of the TPM, and the certificates of it. */
#include "vault-dispose.h"

#include <string.h>

#include "certificate.h"
#include "custody-error.h"
#include "last-import.h"
#include "record.h"
#include "vault-private.h"

#define RETENTION_OVER "retention-over"
#define SYSTEM "system"
/* The attestation and its signature, which come after the text. */
#define CLOSING_BYTES 2048

/* --- what goes ------------------------------------------------------------------------------------------------------- */

/* One disposal on its way. */
typedef struct
{
  const VaultDisposal *options;
  const VaultAdmin *by;
  GPtrArray *due;           /* owned: of VaultDue */
  Certificate *certificate; /* owned */
  guint left_over;
} Disposing;

static void
disposing_clear (Disposing *self)
{
  g_clear_pointer (&self->due, g_ptr_array_unref);
  g_clear_pointer (&self->certificate, certificate_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Disposing, disposing_clear)

static gboolean
set_not_due (const char *why, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_DUE, "%s", why);
  return FALSE;
}

static gboolean
select_person (Vault *self, Disposing *disposing, const char *person_id, GPtrArray *rules, const char *today,
               GError **error)
{
  g_autoptr (Person) person = people_get (self->store, person_id, error);
  VaultDue *due;

  if (person == NULL)
    return FALSE;
  if (person->record[0] == '\0')
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD, "a person has no number in custody");
      return FALSE;
    }
  for (guint i = 0; i < disposing->due->len; i++)
    if (g_str_equal (((const VaultDue *) g_ptr_array_index (disposing->due, i))->person->id, person_id))
      return TRUE;
  due = vault_due_new (self, g_steal_pointer (&person), rules, today, error);
  if (due == NULL)
    return FALSE;
  g_ptr_array_add (disposing->due, due);
  return due->is_due || !g_str_equal (disposing->options->reason, RETENTION_OVER)
         || set_not_due ("a number has to be kept for one of its purposes still", error);
}

static gboolean
select_people (Vault *self, Disposing *disposing, GError **error)
{
  const char *const *people = disposing->options->people;
  g_autofree char *today = vault_dup_today ();
  g_autoptr (GPtrArray) rules = retention_list (self->store, error);

  if (rules == NULL)
    return FALSE;
  disposing->due = g_ptr_array_new_with_free_func ((GDestroyNotify) vault_due_free);
  for (guint i = 0; people[i] != NULL; i++)
    {
      if (i >= CERTIFICATE_MAX_ITEMS)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "one certificate holds %d numbers at most",
                       CERTIFICATE_MAX_ITEMS);
          return FALSE;
        }
      if (!select_person (self, disposing, people[i], rules, today, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
select_all (Vault *self, Disposing *disposing, GError **error)
{
  disposing->due = vault_list_due (self, NULL, "", error);
  if (disposing->due == NULL)
    return FALSE;
  if (disposing->due->len > CERTIFICATE_MAX_ITEMS)
    {
      disposing->left_over = disposing->due->len - CERTIFICATE_MAX_ITEMS;
      g_ptr_array_set_size (disposing->due, CERTIFICATE_MAX_ITEMS);
    }
  return TRUE;
}

static gboolean
prepare (Vault *self, Disposing *disposing, GError **error)
{
  static const char *const reasons[] = { RETENTION_OVER, "not-needed", "collected-in-error", "requested", NULL };
  const VaultDisposal *options = disposing->options;

  if (!vault_require_chief (disposing->by, error))
    return FALSE;
  if (!g_strv_contains (reasons, options->reason)
      || (options->people == NULL && !g_str_equal (options->reason, RETENTION_OVER)))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "no such reason, or one that does not hold for all");
      return FALSE;
    }
  return (options->people != NULL ? select_people : select_all) (self, disposing, error)
         && (disposing->due->len > 0 || set_not_due ("no number is due", error));
}

/* --- the certificate's text ------------------------------------------------------------------------------------------ */

static void
set_text (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

static void
describe_item (Certificate *certificate, const VaultDue *due)
{
  CertificateItem *item = certificate_add_item (certificate);

  set_text (&item->person, due->person->id);
  set_text (&item->record, due->person->record);
  set_text (&item->code, due->person->code);
  set_text (&item->kind, due->person->kind);
  set_text (&item->collected, due->collected);
  set_text (&item->left, due->left);
  set_text (&item->due, due->due);
  set_text (&item->purposes, due->purposes);
}

gboolean
vault_describe (Vault *self, Certificate *certificate, const VaultAdmin *by, const char *reason, GError **error)
{
  g_autoptr (GPtrArray) rules = retention_list (self->store, error);
  KeysEpochState epoch;

  if (rules == NULL || !keys_get_epoch (self->keys, &epoch, error))
    return FALSE;
  certificate->id = g_uuid_string_random ();
  certificate->company = g_strdup (self->company);
  certificate->vault_id = g_strdup (keys_get_vault_id (self->keys));
  certificate->provider = g_strdup (keys_get_provider (self->keys));
  certificate->admin_id = g_strdup (by->id);
  certificate->admin_name = g_strdup (by->name);
  certificate->reason = g_strdup (reason);
  certificate->epoch = epoch.value;
  certificate->counter = epoch.counter;
  for (guint i = 0; i < rules->len; i++)
    {
      const RetentionRule *rule = g_ptr_array_index (rules, i);

      certificate_add_rule (certificate, rule->purpose, rule->anchor, rule->years);
    }
  (void) keys_get_attest_key (self->keys, certificate->key);
  return TRUE;
}

static gboolean
add_entry (const Entry *entry, gpointer user_data, GError **error)
{
  certificate_add_entry (user_data, entry);
  return TRUE;
}

gboolean
vault_describe_entries (Store *store, Certificate *certificate, guint64 from, GError **error)
{
  const Entry *last;

  if (!entries_foreach (store, from, G_MAXINT64, G_MAXUINT, add_entry, certificate, error))
    return FALSE;
  last = g_ptr_array_index (certificate->entries, certificate->entries->len - 1);
  certificate->time = g_strdup (last->time);
  return TRUE;
}

/* --- in the databases ------------------------------------------------------------------------------------------------ */

/* Somebody who has left, and whose family no number is kept of either. */
static gboolean
may_erase (Store *store, const VaultDue *due, const char *today, gboolean *ret_may, GError **error)
{
  g_autoptr (GPtrArray) dependants = NULL;

  *ret_may = due->left[0] != '\0' && strcmp (due->left, today) < 0;
  if (!*ret_may)
    return TRUE;
  dependants = people_list_dependants (store, due->person->id, error);
  for (guint i = 0; dependants != NULL && i < dependants->len; i++)
    *ret_may = *ret_may && ((const Person *) g_ptr_array_index (dependants, i))->record[0] == '\0';
  return dependants != NULL;
}

static gboolean
remove_numbers (Store *between, gpointer data, GError **error)
{
  Disposing *disposing = data;
  g_autofree char *now = record_now (), *today = vault_dup_today ();

  for (guint i = 0; i < disposing->due->len; i++)
    {
      const VaultDue *due = g_ptr_array_index (disposing->due, i);

      if (!numbers_destroy (between, due->person->record, "disposed", now, disposing->by->id,
                            disposing->options->reason, error)
          || !people_set_state (between, due->person->id, "disposed", now, error))
        return FALSE;
    }
  for (guint i = 0; disposing->options->erase_people && i < disposing->due->len; i++)
    {
      const VaultDue *due = g_ptr_array_index (disposing->due, i);
      CertificateItem *item = g_ptr_array_index (disposing->certificate->items, i);

      if (!may_erase (between, due, today, &item->erased, error)
          || (item->erased && !people_erase (between, due->person->id, now, error)))
        return FALSE;
      disposing->certificate->n_erased += item->erased;
    }
  /* It holds names that may just have gone. */
  return last_import_forget (between, error);
}

static gboolean
record_numbers (Store *next, const Disposing *disposing, GError **error)
{
  const Certificate *certificate = disposing->certificate;
  const char *actor = disposing->by->id, *reason = disposing->options->reason;
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, certificate->n_numbers);
  g_autofree char *n_erased = g_strdup_printf ("%" G_GUINT64_FORMAT, certificate->n_erased);

  for (guint i = 0; i < disposing->due->len; i++)
    {
      const VaultDue *due = g_ptr_array_index (disposing->due, i);
      const CertificateItem *item = g_ptr_array_index (certificate->items, i);

      if (!record_append (next, error, actor, CERTIFICATE_NUMBER_DISPOSED, due->person->record, "due", due->due,
                          "person", due->person->id, "reason", reason, "rule", due->rule, NULL)
          || (item->erased && !record_append (next, error, actor, "person-erased", due->person->id, NULL)))
        return FALSE;
    }
  return record_append (next, error, actor, CERTIFICATE_DISPOSED, certificate->id, "count", count, "erased", n_erased,
                        "reason", reason, NULL);
}

static gboolean
record_disposal (Store *next, gpointer data, GError **error)
{
  Disposing *disposing = data;
  Certificate *certificate = disposing->certificate;
  guint64 length;

  if (!record_get_length (next, &length, error) || !record_get_head (next, certificate->before, error)
      || !record_numbers (next, disposing, error) || !vault_describe_entries (next, certificate, length + 1, error))
    return FALSE;
  {
    g_autofree char *text = certificate_to_text (certificate);
    const Disposal row = {
      .id = certificate->id, .time = certificate->time, .numbers = (guint) certificate->n_numbers, .text = text
    };

    if (strlen (text) > CERTIFICATE_MAX_BYTES - CLOSING_BYTES)
      {
        g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "too much for one certificate");
        return FALSE;
      }
    return disposals_insert (next, &row, error);
  }
}

/* --- certifying ------------------------------------------------------------------------------------------------------ */

char *
vault_certify (Vault *self, const Certificate *certificate, GError **error)
{
  g_autofree char *text = certificate_to_text (certificate);
  guint8 digest[CERTIFICATE_DIGEST_BYTES];
  Attestation attestation;
  char *closed;

  certificate_digest (text, digest);
  if (!keys_certify_epoch (self->keys, digest, &attestation, error))
    return NULL;
  closed = certificate_close (text, &attestation);
  if (closed == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the TPM's signature cannot be written");
  return closed;
}

static gboolean
certify_in_transaction (Vault *self, const char *id, const char *text, GError **error)
{
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return disposals_certify (self->store, id, text, error)
         && record_append (self->store, error, SYSTEM, "certificate-made", id, "sha256", sha256, NULL);
}

/* The epoch has changed: what the keys of before opened is gone, and what remains is to say so, and to deal with what lies elsewhere. */
static gboolean
finish (Vault *self, const Disposal *disposal, GError **error)
{
  g_autoptr (Certificate) certificate = certificate_from_text (disposal->text, strlen (disposal->text), error);
  g_autofree char *text = NULL;

  if (certificate == NULL)
    return FALSE;
  if (vault_dispose_of_backups (self, certificate, error))
    text = vault_certify (self, certificate, error);
  return text != NULL && vault_begin (self, error)
         && vault_end (self, certify_in_transaction (self, disposal->id, text, error), error);
}

void
vault_settle_disposals (Vault *self)
{
  g_autoptr (GError) error = NULL;

  for (;;)
    {
      g_autoptr (Disposal) disposal = NULL;

      if (!disposals_find_open (self->store, &disposal, &error) || disposal == NULL || !finish (self, disposal, &error))
        break;
    }
  if (error != NULL)
    g_warning ("certificate of a disposal: %s", error->message);
}

/* --- verbs ----------------------------------------------------------------------------------------------------------- */

static void
report_on (const Disposing *disposing, VaultDisposalReport *ret_report)
{
  *ret_report = (VaultDisposalReport){ .numbers = disposing->due->len, .left_over = disposing->left_over };
}

GPtrArray *
vault_preview_disposal (Vault *self, const VaultAdmin *by, const VaultDisposal *disposal,
                        VaultDisposalReport *ret_report, GError **error)
{
  g_auto (Disposing) disposing = { .options = disposal, .by = by };

  if (!vault_require_open (self, error) || !prepare (self, &disposing, error))
    return NULL;
  report_on (&disposing, ret_report);
  return g_steal_pointer (&disposing.due);
}

static Secret *
dispose (Vault *self, Disposing *disposing, GError **error)
{
  const VaultEpochChange change = { .remove = remove_numbers, .step = record_disposal, .data = disposing };

  if (!prepare (self, disposing, error))
    return NULL;
  disposing->certificate = certificate_new ();
  if (!vault_describe (self, disposing->certificate, disposing->by, disposing->options->reason, error))
    return NULL;
  for (guint i = 0; i < disposing->due->len; i++)
    describe_item (disposing->certificate, g_ptr_array_index (disposing->due, i));
  disposing->certificate->n_numbers = disposing->due->len;
  return vault_change_epoch (self, disposing->by->master, &change, error);
}

gboolean
vault_dispose (Vault *self, VaultAdmin *by, const VaultDisposal *disposal, VaultDisposalReport *ret_report,
               GError **error)
{
  g_auto (Disposing) disposing = { .options = disposal, .by = by };
  g_autoptr (GError) problem = NULL;
  g_autoptr (Secret) master = NULL;

  if (!vault_require_open (self, error))
    return FALSE;
  master = dispose (self, &disposing, &problem);
  if (master == NULL)
    {
      vault_note_attempt (self, by->id, "dispose-refused", "", problem);
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  vault_refresh_session (by, master);
  report_on (&disposing, ret_report);
  g_strlcpy (ret_report->id, disposing.certificate->id, sizeof ret_report->id);
  ret_report->erased = (guint) disposing.certificate->n_erased;
  if (self->state == VAULT_OPEN)
    {
      g_autoptr (Disposal) row = NULL;

      vault_settle_disposals (self);
      row = disposals_get (self->store, ret_report->id, NULL);
      ret_report->certified = row != NULL && row->certified;
    }
  return TRUE;
}

GPtrArray *
vault_list_disposals (Vault *self, GError **error)
{
  return vault_require_open (self, error) ? disposals_list (self->store, error) : NULL;
}

char *
vault_dup_certificate (Vault *self, const char *id, GError **error)
{
  g_autoptr (Disposal) row = vault_require_open (self, error) ? disposals_get (self->store, id, error) : NULL;

  if (row == NULL)
    return NULL;
  if (!row->certified)
    {
      if (!finish (self, row, error))
        return NULL;
      g_clear_pointer (&row, disposal_free);
      row = disposals_get (self->store, id, error);
    }
  return row != NULL ? g_strdup (row->text) : NULL;
}
