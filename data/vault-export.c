/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: approved numbers into a file. */
#include "vault-private.h"

#include <string.h>

#include "custody-error.h"
#include "record.h"
#include "target.h"
#include "vault-receipt.h"
#include "vault-scope.h"
#include "zip.h"

typedef struct
{
  GPtrArray *people;  /* owned: of Person */
  GHashTable *by_id;  /* borrowed */
  GPtrArray *numbers; /* owned: of Secret */
  GPtrArray *rows;    /* owned: of ExportPerson, borrowing from the others */
  guint skipped, other_purpose;
} Selection;

static void
selection_clear (Selection *self)
{
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->numbers, g_ptr_array_unref);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->people, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Selection, selection_clear)

static gboolean
is_wanted (const Person *person, const Person *employee, const Format *format, const char *kind)
{
  /* A dependant goes with their employee. */
  return format_has_kind (format, person->kind)
         && (g_str_equal (kind, "all") || g_str_equal (kind, employee != NULL ? employee->kind : person->kind));
}

static gboolean
is_agreed (const Number *number, const char *purpose)
{
  g_auto (GStrv) agreed = g_strsplit (number->purposes, " ", -1);

  return g_strv_contains ((const char *const *) agreed, purpose);
}

static gboolean
select_person (Vault *self, const VaultAdmin *admin, const VaultExport *options, const Person *person,
               const Person *employee, Selection *selection, GError **error)
{
  g_autoptr (Number) number = NULL;
  ExportPerson *row;
  Secret *digits = NULL;

  if (!numbers_find_live (self->store, person->id, &number, error))
    return FALSE;
  if (number == NULL || !g_str_equal (number->state, "approved"))
    {
      selection->skipped++;
      return TRUE;
    }
  if (!is_agreed (number, options->purpose))
    {
      selection->other_purpose++;
      return TRUE;
    }
  if (!options->dry_run)
    {
      digits = vault_number_open (self, admin, number, error);
      if (digits == NULL)
        return FALSE;
      g_ptr_array_add (selection->numbers, digits);
    }
  row = g_new0 (ExportPerson, 1);
  row->person = person->id;
  row->kind = person->kind;
  row->code = person->code;
  row->name = person->name;
  row->kana = person->kana;
  row->birth_date = person->birth_date;
  row->department = employee != NULL ? employee->department : person->department;
  row->parent_code = employee != NULL ? employee->code : "";
  row->parent_name = employee != NULL ? employee->name : "";
  row->relationship = person->relationship;
  row->number = digits;
  g_ptr_array_add (selection->rows, row);
  return TRUE;
}

static gboolean
select_people (Vault *self, const VaultAdmin *admin, const VaultExport *options, const Format *format,
               Selection *selection, GError **error)
{
  const PeopleFilter theirs = { .scope = &admin->scope, .kind = "", .state = "" };

  selection->people = people_list_page (self->store, &theirs, error);
  if (selection->people == NULL)
    return FALSE;
  selection->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  selection->numbers = g_ptr_array_new_with_free_func ((GDestroyNotify) secret_free);
  selection->rows = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < selection->people->len; i++)
    {
      Person *person = g_ptr_array_index (selection->people, i);

      g_hash_table_insert (selection->by_id, person->id, person);
    }
  for (guint i = 0; i < selection->people->len; i++)
    {
      const Person *person = g_ptr_array_index (selection->people, i);
      const Person *employee =
          person->parent[0] != '\0' ? g_hash_table_lookup (selection->by_id, person->parent) : NULL;

      if (is_wanted (person, employee, format, options->kind)
          && !select_person (self, admin, options, person, employee, selection, error))
        return FALSE;
    }
  if (selection->rows->len == 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_EXPORT,
                   "nobody has an approved number for that purpose; without one: %u, for other purposes only: %u",
                   selection->skipped, selection->other_purpose);
      return FALSE;
    }
  return TRUE;
}

static gboolean
record_export (Vault *self, const VaultAdmin *admin, const VaultExport *options, const Format *format,
               const VaultExportReport *report, GError **error)
{
  g_autofree char *now = record_now ();
  g_autofree char *rows = g_strdup_printf ("%u", report->rows);
  g_autofree char *skipped = g_strdup_printf ("%u", report->skipped);
  g_autofree char *other_purpose = g_strdup_printf ("%u", report->other_purpose);
  const ExportRow row = { .id = report->export_id,
                          .time = now,
                          .admin = admin->id,
                          .format = format->id,
                          .purpose = options->purpose,
                          .destination = options->destination,
                          .sha256 = report->sha256,
                          .rows = report->rows,
                          .bytes = report->bytes };

  if (!options->dry_run && !exports_insert (self->store, &row, error))
    return FALSE;
  if (options->dry_run)
    return record_append (self->store, error, admin->id, "export-tried", report->export_id, "format", format->id,
                          "format-sha256", format->sha256, "purpose", options->purpose, "rows", rows, "skipped",
                          skipped, "other-purpose", other_purpose, "sha256", report->sha256, NULL);
  /* Of a zip only the zip's own digest: whoever knows the rest of a file about one person tries twelve digits against that of the rows. */
  return record_append (self->store, error, admin->id, "exported", report->export_id, "container",
                        report->passphrase != NULL ? VAULT_CONTAINER_ZIP : VAULT_CONTAINER_PLAIN, "format", format->id,
                        "format-sha256", format->sha256, "purpose", options->purpose, "rows", rows, "skipped", skipped,
                        "other-purpose", other_purpose, "sha256", report->sha256, NULL);
}

/* The rows, into what is handed over. */
static gboolean
wrap (const Format *format, Secret **content, VaultExportReport *report, GError **error)
{
  g_autofree char *name = export_inner_name (format->id, "csv");
  Secret *container;

  if (!export_wrap (*content, name, &container, &report->passphrase, error))
    return FALSE;
  secret_free (*content);
  *content = container;
  return TRUE;
}

void
vault_export_report_clear (VaultExportReport *self)
{
  g_clear_pointer (&self->export_id, g_free);
  g_clear_pointer (&self->passphrase, secret_free);
}

static gboolean
options_are_valid (const VaultExport *options)
{
  return strlen (options->destination) <= VAULT_TEXT_MAX && vault_purpose_is_known (options->purpose)
         && (g_str_equal (options->kind, "employee") || g_str_equal (options->kind, "contractor")
             || g_str_equal (options->kind, "all"));
}

gboolean
vault_export (Vault *self, const VaultAdmin *admin, const VaultExport *options, int fd, VaultExportReport *ret_report,
              GError **error)
{
  g_auto (Selection) selection = { 0 };
  g_autoptr (Format) format = NULL;
  g_autoptr (Secret) content = NULL;
  g_autoptr (GError) problem = NULL;
  g_auto (VaultExportReport) report = { 0 };
  gboolean ok;

  if (!vault_require_at_work (self, error))
    return FALSE;
  if (!options_are_valid (options))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the export's options are out of bounds");
      return FALSE;
    }
  if (!vault_require_purpose (self, admin, options->purpose, "Export", error))
    return FALSE;
  if (options->plain && !options->dry_run && !vault_require_plain (self, admin, "Export", error))
    return FALSE;
  format = format_find (options->format, error);
  if (format == NULL || !export_check_target (fd, error)
      || !select_people (self, admin, options, format, &selection, error))
    return FALSE;
  if (!export_generate (format, selection.rows, options->dry_run, &content, report.content_sha256, NULL, error)
      || (!options->plain && !options->dry_run && !wrap (format, &content, &report, error)))
    return FALSE;
  export_get_sha256 (content, report.sha256);
  report.rows = selection.rows->len;
  report.skipped = selection.skipped;
  report.other_purpose = selection.other_purpose;
  report.bytes = secret_get_size (content);
  report.export_id = g_uuid_string_random ();

  /* On the record first: a file without an entry must not exist, an entry whose file the power took may. */
  ok = vault_begin (self, error)
       && vault_end (self, record_export (self, admin, options, format, &report, error), error);
  if (ok && !export_write (fd, content, &problem))
    {
      ok = FALSE;
      /* Where something may be left in the file, the record goes on saying so. */
      if (!g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_UNSURE) && vault_begin (self, NULL))
        (void) vault_end (self, record_append (self->store, NULL, admin->id, "export-failed", report.export_id, NULL),
                          NULL);
      g_propagate_error (error, g_steal_pointer (&problem));
    }
  if (!ok)
    return FALSE;
  *ret_report = report;
  report = (VaultExportReport){ 0 };
  return TRUE;
}
