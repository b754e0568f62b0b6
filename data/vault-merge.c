/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: numbers into a file that somebody else made. */
#include "vault-merge.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"
#include "record.h"
#include "target.h"
#include "vault-formats.h"
#include "vault-private.h"
#include "vault-receipt.h"
#include "vault-scope.h"

#define READ_BYTES (64 * 1024)

/* Everybody whom the admin handles, as merge_plan () wants them. */
typedef struct
{
  GPtrArray *people;   /* owned: of Person */
  GPtrArray *known;    /* owned: of MergePerson, borrowing from them */
  GHashTable *numbers; /* owned: person id -> Secret */
} Selection;

static void
selection_clear (Selection *self)
{
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  g_clear_pointer (&self->known, g_ptr_array_unref);
  g_clear_pointer (&self->people, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Selection, selection_clear)

void
vault_merge_report_clear (VaultMergeReport *self)
{
  g_clear_pointer (&self->export_id, g_free);
  g_clear_pointer (&self->passphrase, secret_free);
  g_clear_pointer (&self->issues, g_ptr_array_unref);
}

Secret *
vault_merge_read_source (int fd, GError **error)
{
  g_autoptr (Secret) source = secret_new (0);
  guint8 bytes[READ_BYTES];
  struct stat status;
  ssize_t n;

  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode))
    {
      g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the file to merge into is no regular file");
      return NULL;
    }
  do
    {
      n = read (fd, bytes, sizeof bytes);
      if (n > 0)
        secret_append (source, bytes, (gsize) n);
    }
  while ((n > 0 && secret_get_size (source) <= MERGE_MAX_BYTES) || (n < 0 && errno == EINTR));
  sodium_memzero (bytes, sizeof bytes);
  if (n < 0)
    {
      g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_DISK_FAILED, "the file to merge into cannot be read");
      return NULL;
    }
  return g_steal_pointer (&source);
}

static gboolean
find_readiness (Vault *self, const char *purpose, const Person *person, MergeReadiness *ret_readiness, GError **error)
{
  g_autoptr (Number) number = NULL;

  if (!numbers_find_live (self->store, person->id, &number, error))
    return FALSE;
  if (number == NULL || !g_str_equal (number->state, "approved"))
    *ret_readiness = MERGE_WITHOUT;
  else
    *ret_readiness = vault_number_is_for (number, purpose) ? MERGE_READY : MERGE_FOR_OTHERS;
  return TRUE;
}

static gboolean
select_people (Vault *self, const VaultAdmin *admin, const char *purpose, Selection *selection, GError **error)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);

  selection->people =
      people_list_page (self->store, &(PeopleFilter){ .scope = &admin->scope, .kind = "", .state = "" }, error);
  if (selection->people == NULL)
    return FALSE;
  selection->known = g_ptr_array_new_with_free_func (g_free);
  selection->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) secret_free);
  for (guint i = 0; i < selection->people->len; i++)
    {
      const Person *person = g_ptr_array_index (selection->people, i);
      const Person *employee = person->parent[0] != '\0' ? g_hash_table_lookup (by_id, person->parent) : NULL;
      MergePerson *known = g_new0 (MergePerson, 1);

      /* Each is followed by their dependants. */
      g_hash_table_insert (by_id, person->id, (gpointer) person);
      known->person = person->id;
      known->kind = person->kind;
      known->code = person->code;
      known->name = person->name;
      known->kana = person->kana;
      known->birth_date = person->birth_date;
      known->parent = person->parent;
      known->parent_code = employee != NULL ? employee->code : "";
      g_ptr_array_add (selection->known, known);
      if (!find_readiness (self, purpose, person, &known->readiness, error))
        return FALSE;
    }
  return TRUE;
}

/* The numbers that the file asks for, and no others. */
static gboolean
open_numbers (Vault *self, const VaultAdmin *admin, const Merge *merge, Selection *selection, GError **error)
{
  const GPtrArray *wanted = merge_get_people (merge);

  for (guint i = 0; i < wanted->len; i++)
    {
      const MergePerson *person = g_ptr_array_index (wanted, i);
      g_autoptr (Number) number = NULL;
      Secret *digits;

      if (!numbers_find_live (self->store, person->person, &number, error))
        return FALSE;
      digits = number != NULL ? vault_number_open (self, admin, number, error) : NULL;
      if (digits == NULL)
        return FALSE;
      g_hash_table_insert (selection->numbers, (gpointer) person->person, digits);
    }
  return TRUE;
}

/* The roster was compared with a file, and nothing came of it: that stands on the record as well. */
static gboolean
record_issues (Vault *self, const VaultAdmin *admin, const VaultMerge *options, const Format *format,
               const VaultMergeReport *report, GError **error)
{
  g_autofree char *issues = g_strdup_printf ("%u", report->n_issues);
  g_autofree char *rows = g_strdup_printf ("%u", report->counts.rows);

  return vault_begin (self, error)
         && vault_end (self,
                       record_append (self->store, error, admin->id, "export-tried", "", "format", format->id,
                                      "purpose", options->purpose, "rows", rows, "issues", issues, NULL),
                       error);
}

static void
take_issues (const Merge *merge, VaultMergeReport *report)
{
  report->n_issues = merge_get_n_issues (merge);
  report->issues = g_ptr_array_ref ((GPtrArray *) merge_get_issues (merge));
}

static gboolean
fill_and_hand_over (Vault *self, const VaultAdmin *admin, const VaultMerge *options, const Format *format,
                    const Secret *source, Selection *selection, Merge *merge, int fd, VaultMergeReport *report,
                    GError **error)
{
  g_auto (VaultHandedOver) done = { NULL };
  g_autoptr (Secret) content = NULL;
  g_autoptr (GError) problem = NULL;
  char rows_sha256[65];
  g_autofree char *source_sha256 =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, secret_get_data (source, NULL), secret_get_size (source));
  VaultHandOver what = { .format = format,
                         .purpose = options->purpose,
                         .destination = options->destination,
                         .dry_run = options->dry_run,
                         .plain = options->plain,
                         .source_sha256 = source_sha256 };

  if (merge_get_n_issues (merge) == 0)
    {
      if (!options->dry_run && !open_numbers (self, admin, merge, selection, error))
        return FALSE;
      if (!merge_fill (merge, options->dry_run ? NULL : selection->numbers, &content, rows_sha256, &report->counts,
                       &problem)
          && !g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_UNFIT_TEXT))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
  take_issues (merge, report);
  if (content == NULL)
    return record_issues (self, admin, options, format, report, error);
  what.rows = report->counts.filled;
  what.skipped = report->counts.left;
  if (!vault_hand_over (self, admin, &what, &content, fd, &done, error))
    return FALSE;
  report->export_id = g_steal_pointer (&done.export_id);
  report->passphrase = g_steal_pointer (&done.passphrase);
  report->bytes = done.bytes;
  memcpy (report->sha256, done.sha256, sizeof report->sha256);
  return TRUE;
}

gboolean
vault_merge (Vault *self, const VaultAdmin *admin, const VaultMerge *options, int source, int fd,
             VaultMergeReport *ret_report, GError **error)
{
  g_auto (Selection) selection = { NULL };
  g_auto (VaultMergeReport) report = { NULL };
  g_autoptr (Format) format = NULL;
  g_autoptr (Secret) file = NULL;
  g_autoptr (Merge) merge = NULL;

  if (!vault_require_at_work (self, error))
    return FALSE;
  if (strlen (options->destination) > VAULT_TEXT_MAX || !vault_purpose_is_known (options->purpose))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the export's options are out of bounds");
      return FALSE;
    }
  if (!vault_require_purpose (self, admin, options->purpose, "Merge", error))
    return FALSE;
  if (options->plain && !options->dry_run && !vault_require_plain (self, admin, "Merge", error))
    return FALSE;
  format = vault_find_format (self, options->format, error);
  if (format == NULL || !export_check_target (fd, error))
    return FALSE;
  file = vault_merge_read_source (source, error);
  if (file == NULL || !select_people (self, admin, options->purpose, &selection, error))
    return FALSE;
  merge = merge_plan (format, file, selection.known, options->decisions, options->leave, error);
  if (merge == NULL || !fill_and_hand_over (self, admin, options, format, file, &selection, merge, fd, &report, error))
    return FALSE;
  if (report.export_id == NULL)
    report.export_id = g_strdup ("");
  *ret_report = report;
  memset (&report, 0, sizeof report);
  return TRUE;
}
