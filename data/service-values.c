/* SPDX-License-Identifier: Apache-2.0 */
/* service-values: builders and takers. */
#include "service-values.h"

#include <gio/gunixfdlist.h>
#include <string.h>

#include "custody-error.h"
#include "format.h"

static void
add_text (GVariantBuilder *dict, const char *key, const char *text)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_string (text));
}

/* Ends @dict as one more of @rows, in one piece: in some forty, each value on its own, a row takes ten times its bytes until it is sent. */
static void
add_row (GVariantBuilder *rows, GVariantBuilder *dict)
{
  GVariant *row = g_variant_builder_end (dict);

  (void) g_variant_get_data (row);
  g_variant_builder_add_value (rows, row);
}

static void
add_number (GVariantBuilder *dict, const char *key, guint32 number)
{
  g_variant_builder_add (dict, "{sv}", key, g_variant_new_uint32 (number));
}

GVariant *
value_status (const VaultStatus *status, GPtrArray *admins, const VaultAdmin *admin)
{
  static const char *const states[] = {
    [VAULT_UNINITIALISED] = "uninitialised", [VAULT_OPEN] = "open", [VAULT_SEALED] = "sealed"
  };
  GVariantBuilder dict, names;
  const char *client = "";

  g_variant_builder_init (&names, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; admins != NULL && i < admins->len; i++)
    {
      const Admin *one = g_ptr_array_index (admins, i);

      g_variant_builder_add (&names, "s", one->name);
      if (g_strcmp0 (one->role, vault_role_get_name (VAULT_CLIENT)) == 0)
        client = one->name;
    }
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "state", states[status->state]);
  add_text (&dict, "reason", status->reason);
  add_text (&dict, "provider", status->provider);
  g_variant_builder_add (&dict, "{sv}", "software-tpm", g_variant_new_boolean (status->software_tpm));
  add_text (&dict, "company", status->company);
  add_text (&dict, "vault-id", status->vault_id);
  add_number (&dict, "format", status->format);
  add_number (&dict, "people", status->people);
  add_number (&dict, "submitted", status->submitted);
  add_number (&dict, "approved", status->approved);
  g_variant_builder_add (&dict, "{sv}", "record-entries", g_variant_new_uint64 (status->record_entries));
  add_number (&dict, "tries-left", status->tries_left);
  add_number (&dict, "disposal-due", status->disposal_due);
  g_variant_builder_add (&dict, "{sv}", "boot-bound", g_variant_new_boolean (status->boot_bound));
  add_text (&dict, "backup-alarm", status->backup_alarm);
  g_variant_builder_add (&dict, "{sv}", "backup-made", g_variant_new_int64 (status->backup_made_s));
  g_variant_builder_add (&dict, "{sv}", "admins", g_variant_builder_end (&names));
  add_text (&dict, "danger", status->danger);
  add_text (&dict, "lease", status->lease);
  g_variant_builder_add (&dict, "{sv}", "lease-number", g_variant_new_uint64 (status->lease_number));
  add_text (&dict, "term", status->term);
  g_variant_builder_add (&dict, "{sv}", "term-days", g_variant_new_int32 (status->term_days));
  g_variant_builder_add (&dict, "{sv}", "expired", g_variant_new_boolean (status->is_expired));
  add_text (&dict, "client", client);
  g_variant_builder_add (&dict, "{sv}", "clock-behind", g_variant_new_int64 (status->clock_behind_s));
  add_text (&dict, "token-policy", status->state != VAULT_OPEN ? "" : status->token_required ? "required" : "off");
  add_text (&dict, "plain-exports", status->plain_exports);
  add_text (&dict, "logged-in", admin != NULL ? admin->name : "");
  add_text (&dict, "role", admin != NULL ? vault_role_get_name (admin->role) : "");
  return g_variant_builder_end (&dict);
}

/* As of Scope: each but the last has @apart behind it. */
static void
add_list (GVariantBuilder *dict, const char *key, const char *text, char apart)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE_STRING_ARRAY);
  while (*text != '\0')
    {
      const char *end = strchrnul (text, apart);
      g_autofree char *word = g_strndup (text, (gsize) (end - text));

      g_variant_builder_add (&list, "s", word);
      text = *end != '\0' ? end + 1 : end;
    }
  g_variant_builder_add (dict, "{sv}", key, g_variant_builder_end (&list));
}

GVariant *
value_admins (GPtrArray *admins)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < admins->len; i++)
    {
      const Admin *admin = g_ptr_array_index (admins, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", admin->id);
      add_text (&rows, "name", admin->name);
      add_text (&rows, "role", admin->role);
      add_text (&rows, "since", admin->created);
      add_list (&rows, "departments", admin->departments, '\n');
      add_list (&rows, "purposes", admin->purposes, ' ');
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

GVariant *
value_findings (GPtrArray *findings, gboolean *ret_ok)
{
  GVariantBuilder rows;

  *ret_ok = TRUE;
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      *ret_ok = *ret_ok && finding->ok;
      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "check", finding->check);
      g_variant_builder_add (&rows, "{sv}", "ok", g_variant_new_boolean (finding->ok));
      add_text (&rows, "detail", finding->detail);
      if (finding->passing)
        g_variant_builder_add (&rows, "{sv}", "passing", g_variant_new_boolean (TRUE));
      if (finding->expected != NULL)
        add_text (&rows, "expected", finding->expected);
      if (finding->happened != NULL)
        add_text (&rows, "happened", finding->happened);
      if (finding->facts != NULL)
        g_variant_builder_add (&rows, "{sv}", "facts", finding->facts);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static void
add_fields (GVariantBuilder *row, GPtrArray *fields)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; fields != NULL && i < fields->len; i++)
    {
      const VaultImportField *field = g_ptr_array_index (fields, i);

      g_variant_builder_open (&list, G_VARIANT_TYPE_VARDICT);
      add_text (&list, "field", field->name);
      add_text (&list, "before", field->before);
      add_text (&list, "after", field->after);
      g_variant_builder_close (&list);
    }
  g_variant_builder_add (row, "{sv}", "fields", g_variant_builder_end (&list));
}

static GVariant *
import_changes (const VaultImport *import)
{
  GVariantBuilder rows, row;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < import->changes->len; i++)
    {
      const VaultImportChange *change = g_ptr_array_index (import->changes, i);
      const Person *person = change->person;

      g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
      add_text (&row, "change", vault_import_what_get_name (change->what));
      add_number (&row, "row", change->row);
      add_text (&row, "id", change->what == VAULT_IMPORT_ADDED ? "" : person->id);
      add_text (&row, "kind", person->kind);
      add_text (&row, "code", person->code);
      add_text (&row, "name", person->name);
      add_text (&row, "department", person->department);
      if (change->employee != NULL)
        {
          add_text (&row, "employee", change->employee->name);
          add_text (&row, "employee-code", change->employee->code);
        }
      if (change->what == VAULT_IMPORT_CHANGED)
        add_fields (&row, change->fields);
      add_row (&rows, &row);
    }
  return g_variant_builder_end (&rows);
}

GVariant *
value_import (const VaultImport *import, gboolean with_changes)
{
  GVariantBuilder dict, errors;

  g_variant_builder_init (&errors, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < import->roster->mistakes->len; i++)
    {
      const RosterMistake *mistake = &g_array_index (import->roster->mistakes, RosterMistake, i);

      g_variant_builder_open (&errors, G_VARIANT_TYPE_VARDICT);
      add_number (&errors, "row", mistake->row);
      add_text (&errors, "column", mistake->column);
      add_text (&errors, "what", roster_what_get_name (mistake->what));
      g_variant_builder_close (&errors);
    }
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "encoding", import->roster->encoding);
  add_number (&dict, "rows", import->roster->n_rows);
  add_number (&dict, "added", import->added);
  add_number (&dict, "changed", import->changed);
  add_number (&dict, "unchanged", import->unchanged);
  add_number (&dict, "missing", import->missing);
  add_text (&dict, "digest", import->digest);
  g_variant_builder_add (&dict, "{sv}", "errors", g_variant_builder_end (&errors));
  if (with_changes)
    g_variant_builder_add (&dict, "{sv}", "people", import_changes (import));
  return g_variant_builder_end (&dict);
}

GVariant *
value_undo (const VaultUndo *undo)
{
  GVariantBuilder dict, rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < undo->obstacles->len; i++)
    {
      const VaultObstacle *obstacle = g_ptr_array_index (undo->obstacles, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", obstacle->id);
      add_text (&rows, "code", obstacle->code);
      add_text (&rows, "name", obstacle->name);
      add_text (&rows, "why", obstacle->why);
      g_variant_builder_close (&rows);
    }
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "time", undo->time);
  add_text (&dict, "by", undo->admin_name);
  add_number (&dict, "removed", undo->removed);
  add_number (&dict, "restored", undo->restored);
  g_variant_builder_add (&dict, "{sv}", "obstacles", g_variant_builder_end (&rows));
  return g_variant_builder_end (&dict);
}

/* Whether folding changes nothing but A to Z: most names, and it is worth knowing when there are ten thousand of them. */
static gboolean
is_folded (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!(c < 0x80 || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc
            || (c >= 0x4e00 && c <= 0x9fff)))
        return FALSE;
    }
  return TRUE;
}

static char *
search_key (const char *text)
{
  g_autofree char *normal = NULL;

  if (is_folded (text))
    return g_ascii_strdown (text, -1);
  normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFKC);
  return g_utf8_casefold (normal != NULL ? normal : "", -1);
}

static gboolean
person_matches (const Person *person, const char *key)
{
  const char *const texts[] = { person->code, person->name, person->kana, person->department };

  if (key[0] == '\0')
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = search_key (texts[i]);

      if (strstr (text, key) != NULL)
        return TRUE;
    }
  return FALSE;
}

GVariant *
value_people (GPtrArray *people, const char *search, guint from, guint limit)
{
  g_autofree char *key = search_key (search);
  GVariantBuilder rows, row;
  guint n_found = 0;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < people->len; i++)
    {
      const Person *person = g_ptr_array_index (people, i);

      if (!person_matches (person, key) || n_found++ < from)
        continue;
      if (limit > 0 && n_found > from + (guint64) limit)
        break;
      g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
      add_text (&row, "id", person->id);
      add_text (&row, "kind", person->kind);
      add_text (&row, "code", person->code);
      add_text (&row, "name", person->name);
      add_text (&row, "kana", person->kana);
      add_text (&row, "birth-date", person->birth_date);
      add_text (&row, "department", person->department);
      add_text (&row, "parent", person->parent);
      add_text (&row, "relationship", person->relationship);
      add_text (&row, "state", person->state);
      add_text (&row, "record", person->record);
      add_text (&row, "updated", person->updated);
      add_text (&row, "left", person->left);
      add_text (&row, "joined", person->joined);
      add_text (&row, "employment", person->employment);
      add_text (&row, "pension", person->pension);
      add_text (&row, "belongs", person->belongs);
      if (person->parent[0] != '\0')
        {
          add_text (&row, "employee", person->employee);
          add_text (&row, "employee-code", person->employee_code);
        }
      add_text (&row, "asked", person->asking->asked);
      add_number (&row, "asked-count", person->asking->n_asked);
      add_text (&row, "not-agreed", person->asking->refused);
      add_row (&rows, &row);
    }
  return g_variant_builder_end (&rows);
}

GVariant *
value_departments (GPtrArray *counts)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < counts->len; i++)
    {
      const PeopleCount *count = g_ptr_array_index (counts, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "department", count->department);
      add_number (&rows, "people", count->people);
      add_number (&rows, "none", count->none);
      add_number (&rows, "refused", count->refused);
      add_number (&rows, "collected", count->collected);
      add_number (&rows, "approved", count->approved);
      add_number (&rows, "disposed", count->disposed);
      add_number (&rows, "outstanding", count->outstanding);
      add_number (&rows, "asked", count->asked);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

GVariant *
value_visitor (const Person *person, GPtrArray *dependants)
{
  GVariantBuilder dict, rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < dependants->len; i++)
    {
      const Person *dependant = g_ptr_array_index (dependants, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", dependant->id);
      add_text (&rows, "name", dependant->name);
      add_text (&rows, "relationship", dependant->relationship);
      add_text (&rows, "state", dependant->state);
      g_variant_builder_close (&rows);
    }
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "id", person->id);
  add_text (&dict, "kind", person->kind);
  add_text (&dict, "name", person->name);
  add_text (&dict, "state", person->state);
  g_variant_builder_add (&dict, "{sv}", "dependants", g_variant_builder_end (&rows));
  return g_variant_builder_end (&dict);
}

static GVariant *
lines_as_dict (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GVariantBuilder dict;

  g_variant_builder_init (&dict, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *equals = strchr (lines[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      g_variant_builder_add (&dict, "{ss}", lines[i], equals + 1);
    }
  return g_variant_builder_end (&dict);
}

static void
add_duplicates (GVariantBuilder *row, const Number *number)
{
  GVariantBuilder ids = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));
  GVariantBuilder names = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));
  GVariantBuilder codes = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));

  for (guint i = 0; number->duplicates != NULL && i < number->duplicates->len; i++)
    {
      const Person *person = g_ptr_array_index (number->duplicates, i);

      g_variant_builder_add (&ids, "s", person->id);
      g_variant_builder_add (&names, "s", person->name);
      g_variant_builder_add (&codes, "s", person->code);
    }
  g_variant_builder_add (row, "{sv}", "compared", g_variant_new_boolean (number->indexed));
  g_variant_builder_add (row, "{sv}", "duplicate", g_variant_new_boolean (number->is_duplicate));
  g_variant_builder_add (row, "{sv}", "duplicate-elsewhere", g_variant_new_boolean (number->duplicates_elsewhere));
  g_variant_builder_add (row, "{sv}", "duplicate-of", g_variant_builder_end (&ids));
  g_variant_builder_add (row, "{sv}", "duplicate-names", g_variant_builder_end (&names));
  g_variant_builder_add (row, "{sv}", "duplicate-codes", g_variant_builder_end (&codes));
}

static void
add_record (GVariantBuilder *rows, const Number *number)
{
  g_auto (GStrv) purposes = g_strsplit (number->purposes, " ", -1);
  GVariantBuilder row;

  g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
  add_text (&row, "id", number->id);
  add_text (&row, "person", number->person);
  add_text (&row, "name", number->name);
  add_text (&row, "code", number->code);
  add_text (&row, "kind", number->kind);
  add_text (&row, "document", number->document);
  add_text (&row, "identity", number->identity);
  g_variant_builder_add (&row, "{sv}", "purposes", g_variant_new_strv ((const char *const *) purposes, -1));
  add_text (&row, "state", number->state);
  g_variant_builder_add (&row, "{sv}", "evidence", lines_as_dict (number->evidence));
  g_variant_builder_add (&row, "{sv}", "confidence", g_variant_new_double (number->confidence));
  add_text (&row, "collected", number->collected);
  add_text (&row, "approved-by", g_str_equal (number->state, "approved") ? number->decider : "");
  add_duplicates (&row, number);
  add_row (rows, &row);
}

GVariant *
value_records (GPtrArray *numbers)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < numbers->len; i++)
    add_record (&rows, g_ptr_array_index (numbers, i));
  return g_variant_builder_end (&rows);
}

GVariant *
value_formats (GPtrArray *formats)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < formats->len; i++)
    {
      const Format *format = g_ptr_array_index (formats, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", format->id);
      add_text (&rows, "title", format->title);
      add_text (&rows, "title-ja", format->title_ja);
      add_text (&rows, "mode", format->mode == FORMAT_MERGE ? "merge" : "generate");
      add_text (&rows, "encoding", format_get_encoding (format));
      add_text (&rows, "suffix", format_get_suffix (format));
      add_text (&rows, "certainty", format->certainty);
      add_text (&rows, "verified", format->verified);
      add_text (&rows, "verified-ja", format->verified_ja);
      add_text (&rows, "source", format->source);
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

static void
add_template_issues (GVariantBuilder *dict, const GPtrArray *issues)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < issues->len; i++)
    {
      const TemplateIssue *issue = g_ptr_array_index (issues, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "why", template_why_get_name (issue->why));
      add_text (&rows, "header", issue->header);
      g_variant_builder_close (&rows);
    }
  g_variant_builder_add (dict, "{sv}", "issues", g_variant_builder_end (&rows));
}

GVariant *
value_template_header (const TemplateHeader *header)
{
  GVariantBuilder dict;

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "encoding", charset_get_name (header->charset));
  g_variant_builder_add (&dict, "{sv}", "columns",
                         g_variant_new_strv ((const char *const *) header->names->pdata, (gssize) header->names->len));
  add_template_issues (&dict, header->issues);
  return g_variant_builder_end (&dict);
}

GVariant *
value_template_made (const char *id, const GPtrArray *issues)
{
  GVariantBuilder dict;

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "id", id);
  add_template_issues (&dict, issues);
  return g_variant_builder_end (&dict);
}

static void
add_container (GVariantBuilder *dict, const Secret *passphrase)
{
  add_text (dict, "container", passphrase != NULL ? VAULT_CONTAINER_ZIP : VAULT_CONTAINER_PLAIN);
  if (passphrase != NULL)
    g_variant_builder_add (dict, "{sv}", "passphrase",
                           g_variant_new_take_string (g_strndup ((const char *) secret_get_data (passphrase, NULL),
                                                                 secret_get_size (passphrase))));
}

GVariant *
value_export_report (const VaultExportReport *report)
{
  GVariantBuilder dict;

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "export-id", report->export_id);
  add_number (&dict, "rows", report->rows);
  g_variant_builder_add (&dict, "{sv}", "bytes", g_variant_new_uint64 (report->bytes));
  add_text (&dict, "sha256", report->sha256);
  add_number (&dict, "skipped", report->skipped);
  add_number (&dict, "other-purpose", report->other_purpose);
  add_text (&dict, "content-sha256", report->content_sha256);
  add_container (&dict, report->passphrase);
  return g_variant_builder_end (&dict);
}

GVariant *
value_merge_report (const VaultMergeReport *report)
{
  GVariantBuilder dict, rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < report->issues->len; i++)
    {
      const MergeIssue *issue = g_ptr_array_index (report->issues, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_number (&rows, "line", issue->line);
      add_number (&rows, "column", issue->column);
      add_text (&rows, "why", merge_why_get_name (issue->why));
      add_text (&rows, "person", issue->person);
      add_text (&rows, "text", issue->text);
      g_variant_builder_close (&rows);
    }
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "export-id", report->export_id);
  add_number (&dict, "rows", report->counts.rows);
  add_number (&dict, "filled", report->counts.filled);
  add_number (&dict, "same", report->counts.same);
  add_number (&dict, "left", report->counts.left);
  add_number (&dict, "emptied", report->counts.emptied);
  g_variant_builder_add (&dict, "{sv}", "bytes", g_variant_new_uint64 (report->bytes));
  add_text (&dict, "sha256", report->sha256);
  add_container (&dict, report->passphrase);
  add_number (&dict, "issue-count", report->n_issues);
  g_variant_builder_add (&dict, "{sv}", "issues", g_variant_builder_end (&rows));
  return g_variant_builder_end (&dict);
}

GVariant *
value_exports (GPtrArray *exports)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < exports->len; i++)
    {
      const VaultExported *exported = g_ptr_array_index (exports, i);

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      add_text (&rows, "id", exported->id);
      add_text (&rows, "time", exported->time);
      add_text (&rows, "admin", exported->admin_name);
      add_text (&rows, "format", exported->format);
      add_text (&rows, "purpose", exported->purpose);
      add_text (&rows, "destination", exported->destination);
      add_text (&rows, "container", exported->container);
      add_text (&rows, "sha256", exported->sha256);
      g_variant_builder_add (&rows, "{sv}", "rows", g_variant_new_uint64 (exported->rows));
      g_variant_builder_add (&rows, "{sv}", "bytes", g_variant_new_uint64 (exported->bytes));
      add_text (&rows, "imported", exported->imported != NULL ? exported->imported : "");
      add_text (&rows, "deleted", exported->deleted != NULL ? exported->deleted : "");
      g_variant_builder_add (&rows, "{sv}", "failed", g_variant_new_boolean (exported->failed));
      g_variant_builder_add (&rows, "{sv}", "overdue", g_variant_new_boolean (exported->overdue));
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}

GVariant *
value_review (const Review *review)
{
  GVariantBuilder dict, flags;

  g_variant_builder_init (&flags, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < REVIEW_N_FLAGS; i++)
    {
      const ReviewFinding *finding = &review->findings[i];

      if (finding->count == 0)
        continue;
      g_variant_builder_open (&flags, G_VARIANT_TYPE_VARDICT);
      add_text (&flags, "flag", review_flag_get_name (i));
      add_number (&flags, "count", finding->count);
      g_variant_builder_add (&flags, "{sv}", "first", g_variant_new_uint64 (finding->first));
      g_variant_builder_add (&flags, "{sv}", "last", g_variant_new_uint64 (finding->last));
      g_variant_builder_close (&flags);
    }
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&dict, "{sv}", "from", g_variant_new_uint64 (review->first));
  g_variant_builder_add (&dict, "{sv}", "to", g_variant_new_uint64 (review->last));
  g_variant_builder_add (&dict, "{sv}", "flags", g_variant_builder_end (&flags));
  return g_variant_builder_end (&dict);
}

GVariant *
value_record_report (const VaultRecordReport *report)
{
  GVariantBuilder dict;

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&dict, "{sv}", "entries", g_variant_new_uint64 (report->entries));
  g_variant_builder_add (&dict, "{sv}", "checkpoints", g_variant_new_uint64 (report->checkpoints));
  add_text (&dict, "sha256", report->sha256);
  return g_variant_builder_end (&dict);
}

static void
hash_to_hex (const guint8 *hash, char ret_hex[ENTRY_HASH_BYTES * 2 + 1])
{
  for (guint i = 0; i < ENTRY_HASH_BYTES; i++)
    g_snprintf (ret_hex + i * 2, 3, "%02x", hash[i]);
}

GVariant *
value_checkpoint (const char *vault_id, const VaultCheckpoint *checkpoint)
{
  const Attestation *attestation = &checkpoint->attestation;
  GVariantBuilder dict;
  char hash[ENTRY_HASH_BYTES * 2 + 1];

  hash_to_hex (checkpoint->hash, hash);
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, "vault", vault_id);
  g_variant_builder_add (&dict, "{sv}", "seq", g_variant_new_uint64 (checkpoint->seq));
  add_text (&dict, "hash", hash);
  g_variant_builder_add (&dict, "{sv}", "attestation",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, attestation->bytes, attestation->n_bytes, 1));
  g_variant_builder_add (
      &dict, "{sv}", "signature",
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, attestation->signature, ATTESTATION_SIGNATURE_BYTES, 1));
  return g_variant_builder_end (&dict);
}

void
value_add_entry (GVariantBuilder *entries, const Entry *entry)
{
  char hash[ENTRY_HASH_BYTES * 2 + 1];
  GVariantBuilder row;

  hash_to_hex (entry->hash, hash);
  g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&row, "{sv}", "seq", g_variant_new_uint64 (entry->seq));
  add_text (&row, "time", entry->time);
  add_text (&row, "actor", entry->actor);
  add_text (&row, "action", entry->action);
  add_text (&row, "subject", entry->subject);
  g_variant_builder_add (&row, "{sv}", "detail", lines_as_dict (entry->detail));
  add_text (&row, "hash", hash);
  add_row (entries, &row);
}

/* --- takers ---------------------------------------------------------------------------------------------------------- */

static gboolean
bad_value (const char *key, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "\"%s\" is out of bounds", key);
  return FALSE;
}

gboolean
value_take_text (GVariant *dict, const char *key, gsize max_bytes, const char **ret_text, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);
  const char *text = "";
  gsize size = 0;

  if (value != NULL && !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return bad_value (key, error);
  /* Borrowed from @dict, whose serialised bytes the child shares. */
  if (value != NULL && !g_variant_lookup (dict, key, "&s", &text))
    return bad_value (key, error);
  size = strlen (text);
  if (size > max_bytes)
    return bad_value (key, error);
  *ret_text = text;
  return TRUE;
}

gboolean
value_take (GVariant *dict, const char *key, const char *type, GVariant **ret_value, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);

  if (value != NULL && !g_variant_is_of_type (value, G_VARIANT_TYPE (type)))
    return bad_value (key, error);
  *ret_value = g_steal_pointer (&value);
  return TRUE;
}

gboolean
value_take_count (GVariant *dict, const char *key, guint *ret_count, GError **error)
{
  g_autoptr (GVariant) value = NULL;

  if (!value_take (dict, key, "u", &value, error))
    return FALSE;
  *ret_count = value != NULL ? g_variant_get_uint32 (value) : 0;
  return TRUE;
}

gboolean
value_take_bool (GVariant *dict, const char *key, gboolean *ret_value, GError **error)
{
  g_autoptr (GVariant) value = NULL;

  if (!value_take (dict, key, "b", &value, error))
    return FALSE;
  *ret_value = value != NULL && g_variant_get_boolean (value);
  return TRUE;
}

gboolean
value_take_container (GVariant *dict, gboolean *ret_plain, GError **error)
{
  const char *container;

  if (!value_take_text (dict, "container", sizeof VAULT_CONTAINER_PLAIN, &container, error))
    return FALSE;
  *ret_plain = g_str_equal (container, VAULT_CONTAINER_PLAIN);
  if (!*ret_plain && *container != '\0' && !g_str_equal (container, VAULT_CONTAINER_ZIP))
    {
      bad_value ("container", error);
      return FALSE;
    }
  return TRUE;
}

int
value_take_fd (GVariant *handle, GUnixFDList *fds, GError **error)
{
  gint32 index = g_variant_get_handle (handle);

  /* The list trusts its index, and a message may say any. */
  if (fds != NULL && index >= 0 && index < g_unix_fd_list_get_length (fds))
    return g_unix_fd_list_get (fds, index, error);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "no file came along");
  return -1;
}

Secret *
value_take_secret (GVariant *bytes, gsize max_bytes, GError **error)
{
  gsize size;
  gconstpointer data = g_variant_get_fixed_array (bytes, &size, 1);
  Secret *secret = NULL;

  if (size <= max_bytes)
    secret = secret_new_copy (data, size);
  else
    bad_value ("secret", error);
  /* The message's own memory: nobody reads it again. What GDBus copied before is overwritten when it is freed, see
   * vaultd.c. */
  if (size > 0)
    explicit_bzero ((gpointer) data, size);
  return secret;
}
