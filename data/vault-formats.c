/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: formats that were made from the header of somebody's file, beside those that are compiled in. */
#include "vault-formats.h"

#include <sodium.h>
#include <string.h>

#include "admins.h"
#include "custody-error.h"
#include "own-formats.h"
#include "record.h"
#include "vault-merge.h"
#include "vault-private.h"

/* No letters or digits that are taken for one another: people type it. */
#define ID_LETTERS "23456789abcdefghjkmnpqrstuvwxyz"
#define ID_LENGTH 6

/* --- what there is --------------------------------------------------------------------------------------------------- */

static gboolean
is_own (const char *id)
{
  return g_str_has_prefix (id, TEMPLATE_ID_PREFIX);
}

/* Which cell somebody's number goes into is nothing to take from a row that the record does not stand for. */
static gboolean
require_as_recorded (Vault *self, const char *id, GError **error)
{
  if (seals_row_is_fine (self->store, OWN_FORMATS_TABLE, id))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "database: formats %s is not as the record has it", id);
  return FALSE;
}

static Format *
parse_own (Vault *self, const OwnFormat *own, GError **error)
{
  return require_as_recorded (self, own->id, error) ? format_parse (own->text, strlen (own->text), error) : NULL;
}

char *
vault_dup_format_text (Vault *self, const char *id, GError **error)
{
  g_autoptr (OwnFormat) own = NULL;

  if (!vault_require_open (self, error))
    return NULL;
  if (!is_own (id))
    return g_strdup (format_find_text (id, error));
  own = own_formats_get (self->store, id, error);
  return own != NULL && require_as_recorded (self, id, error) ? g_steal_pointer (&own->text) : NULL;
}

Format *
vault_find_format (Vault *self, const char *id, GError **error)
{
  g_autofree char *text = vault_dup_format_text (self, id, error);

  return text != NULL ? format_parse (text, strlen (text), error) : NULL;
}

GPtrArray *
vault_list_formats (Vault *self, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) own = vault_require_open (self, error) ? own_formats_list (self->store, error) : NULL;

  if (own == NULL)
    return NULL;
  list = format_list ();
  for (guint i = 0; i < own->len; i++)
    {
      Format *format = parse_own (self, g_ptr_array_index (own, i), error);

      if (format == NULL)
        return NULL;
      g_ptr_array_add (list, format);
    }
  return g_steal_pointer (&list);
}

/* --- making one ------------------------------------------------------------------------------------------------------ */

TemplateHeader *
vault_look_at_format (Vault *self, int fd, const char *encoding, GError **error)
{
  g_autoptr (Secret) file = vault_require_open (self, error) ? vault_merge_read_source (fd, error) : NULL;

  return file != NULL ? template_look (file, encoding, error) : NULL;
}

/* Never one of before: the record, and a backup's, go on naming that. */
static char *
make_id (void)
{
  GString *id = g_string_new (TEMPLATE_ID_PREFIX);

  for (guint i = 0; i < ID_LENGTH; i++)
    g_string_append_c (id, ID_LETTERS[randombytes_uniform (strlen (ID_LETTERS))]);
  return g_string_free (id, FALSE);
}

static gboolean
add_in_transaction (Vault *self, const VaultAdmin *by, const Format *format, const OwnFormat *own, GError **error)
{
  return own_formats_insert (self->store, own, error)
         && record_append (self->store, error, by->id, "format-added", own->id, "format-sha256", format->sha256, NULL);
}

/* @template is the choice; its id and sentences are made here. */
static gboolean
make_and_keep (Vault *self, const VaultAdmin *by, Template *template, const Secret *file, const char *encoding,
               char **ret_id, GPtrArray **ret_issues, GError **error)
{
  g_autofree char *id = make_id (), *today = vault_dup_today (), *now = record_now (), *text = NULL;
  g_autofree char *verified = NULL, *verified_ja = NULL;
  g_autoptr (TemplateHeader) header = template_look (file, encoding, error);
  g_autoptr (Admin) admin = header != NULL ? admins_get (self->store, by->id, error) : NULL;
  g_autoptr (GPtrArray) issues = NULL;
  g_autoptr (Format) format = NULL;
  OwnFormat own = { .id = id, .added = now, .added_by = by->id };
  GError *problem = NULL;

  if (admin == NULL)
    return FALSE;
  verified =
      g_strdup_printf ("Chosen here by %s on %s from the header of a file; not tried in the program that takes it. "
                       "Try one dummy row there first.",
                       admin->name, today);
  verified_ja = g_strdup_printf ("%sに%sがファイルの項目名から選びました。取り込む側では未確認です。"
                                 "まず見本の1行でお試しください。",
                                 today, admin->name);
  template->id = id;
  template->verified = verified;
  template->verified_ja = verified_ja;
  format = template_make (template, header, file, &text, &issues, &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  own.text = text;
  if (format != NULL
      && (!vault_begin (self, error) || !vault_end (self, add_in_transaction (self, by, format, &own, error), error)))
    return FALSE;
  *ret_id = format != NULL ? g_steal_pointer (&id) : g_strdup ("");
  *ret_issues = g_steal_pointer (&issues);
  return TRUE;
}

gboolean
vault_add_format (Vault *self, const VaultAdmin *by, const VaultFormat *chosen, int fd, char **ret_id,
                  GPtrArray **ret_issues, GError **error)
{
  Template template = { .title = chosen->title, .numbers = chosen->numbers, .by = chosen->by };
  g_autoptr (GPtrArray) there = NULL;
  g_autoptr (Secret) file = NULL;

  if (!vault_require_open (self, error) || !vault_require_chief (by, error) || !template_check (&template, error))
    return FALSE;
  there = own_formats_list (self->store, error);
  if (there == NULL)
    return FALSE;
  if (there->len >= VAULT_MAX_FORMATS)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "there are %u formats already: remove one", there->len);
      return FALSE;
    }
  file = vault_merge_read_source (fd, error);
  return file != NULL && make_and_keep (self, by, &template, file, chosen->encoding, ret_id, ret_issues, error);
}

static gboolean
remove_in_transaction (Vault *self, const VaultAdmin *by, const char *id, GError **error)
{
  g_autoptr (OwnFormat) own = own_formats_get (self->store, id, error);
  g_autofree char *now = record_now ();

  return own != NULL && own_formats_set_removed (self->store, id, now, error)
         && record_append (self->store, error, by->id, "format-removed", id, NULL);
}

gboolean
vault_remove_format (Vault *self, const VaultAdmin *by, const char *id, GError **error)
{
  return vault_require_open (self, error) && vault_require_chief (by, error) && vault_begin (self, error)
         && vault_end (self, remove_in_transaction (self, by, id, error), error);
}
