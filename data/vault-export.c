/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: approved numbers into a file. */
#include "vault-private.h"

#include <string.h>

#include "custody-error.h"
#include "record.h"
#include "target.h"
#include "vault-formats.h"
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

gboolean
vault_number_is_for (const Number *number, const char *purpose)
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
  if (!vault_number_is_for (number, options->purpose))
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
record_export (Vault *self, const VaultAdmin *admin, const VaultHandOver *what, const VaultHandedOver *done,
               GError **error)
{
  g_autofree char *now = record_now ();
  g_autofree char *rows = g_strdup_printf ("%u", what->rows);
  g_autofree char *skipped = g_strdup_printf ("%u", what->skipped);
  g_autofree char *other_purpose = g_strdup_printf ("%u", what->other_purpose);
  const char *source = what->source_sha256 != NULL ? "source-sha256" : NULL;
  const ExportRow row = { .id = done->export_id,
                          .time = now,
                          .admin = admin->id,
                          .format = what->format->id,
                          .purpose = what->purpose,
                          .destination = what->destination,
                          .sha256 = done->sha256,
                          .rows = what->rows,
                          .bytes = done->bytes };

  if (!what->dry_run && !exports_insert (self->store, &row, error))
    return FALSE;
  if (what->dry_run)
    return record_append (self->store, error, admin->id, "export-tried", done->export_id, "format", what->format->id,
                          "format-sha256", what->format->sha256, "purpose", what->purpose, "rows", rows, "skipped",
                          skipped, "other-purpose", other_purpose, "sha256", done->sha256, source, what->source_sha256,
                          NULL);
  /* Of a zip only the zip's own digest: whoever knows the rest of a file about one person tries twelve digits against that of the rows. */
  return record_append (self->store, error, admin->id, "exported", done->export_id, "container",
                        done->passphrase != NULL ? VAULT_CONTAINER_ZIP : VAULT_CONTAINER_PLAIN, "format",
                        what->format->id, "format-sha256", what->format->sha256, "purpose", what->purpose, "rows", rows,
                        "skipped", skipped, "other-purpose", other_purpose, "sha256", done->sha256, source,
                        what->source_sha256, NULL);
}

/* The rows, into what is handed over. */
static gboolean
wrap (const Format *format, Secret **content, VaultHandedOver *done, GError **error)
{
  g_autofree char *name = export_inner_name (format->id, format_get_suffix (format));
  Secret *container;

  if (!export_wrap (*content, name, &container, &done->passphrase, error))
    return FALSE;
  secret_free (*content);
  *content = container;
  return TRUE;
}

void
vault_handed_over_clear (VaultHandedOver *self)
{
  g_clear_pointer (&self->export_id, g_free);
  g_clear_pointer (&self->passphrase, secret_free);
}

gboolean
vault_hand_over (Vault *self, const VaultAdmin *admin, const VaultHandOver *what, Secret **content, int fd,
                 VaultHandedOver *ret_done, GError **error)
{
  g_auto (VaultHandedOver) done = { NULL };
  g_autoptr (GError) problem = NULL;

  if (!what->plain && !what->dry_run && !wrap (what->format, content, &done, error))
    return FALSE;
  export_get_sha256 (*content, done.sha256);
  done.bytes = secret_get_size (*content);
  done.export_id = g_uuid_string_random ();
  /* On the record first: a file without an entry must not exist, an entry whose file the power took may. */
  if (!vault_begin (self, error) || !vault_end (self, record_export (self, admin, what, &done, error), error))
    return FALSE;
  if (!export_write (fd, *content, &problem))
    {
      /* Where something may be left in the file, the record goes on saying so. */
      if (!g_error_matches (problem, CUSTODY_ERROR, CUSTODY_ERROR_UNSURE) && vault_begin (self, NULL))
        (void) vault_end (self, record_append (self->store, NULL, admin->id, "export-failed", done.export_id, NULL),
                          NULL);
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  *ret_done = done;
  done = (VaultHandedOver){ NULL };
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
  g_auto (VaultHandedOver) done = { NULL };
  g_autoptr (Format) format = NULL;
  g_autoptr (Secret) content = NULL;
  VaultExportReport report = { 0 };
  VaultHandOver what = { .purpose = options->purpose,
                         .destination = options->destination,
                         .dry_run = options->dry_run,
                         .plain = options->plain };

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
  format = vault_find_format (self, options->format, error);
  if (format == NULL)
    return FALSE;
  if (format->mode != FORMAT_GENERATE)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the format needs a file to put the numbers into: Merge");
      return FALSE;
    }
  if (!export_check_target (fd, error) || !select_people (self, admin, options, format, &selection, error)
      || !export_generate (format, selection.rows, options->dry_run, &content, report.content_sha256, NULL, error))
    return FALSE;
  what.format = format;
  what.rows = report.rows = selection.rows->len;
  what.skipped = report.skipped = selection.skipped;
  what.other_purpose = report.other_purpose = selection.other_purpose;
  if (!vault_hand_over (self, admin, &what, &content, fd, &done, error))
    return FALSE;
  report.export_id = g_steal_pointer (&done.export_id);
  report.passphrase = g_steal_pointer (&done.passphrase);
  report.bytes = done.bytes;
  memcpy (report.sha256, done.sha256, sizeof report.sha256);
  *ret_report = report;
  return TRUE;
}
