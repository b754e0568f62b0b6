/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl backup now|list|places|drill|preview|restore */
#include "config.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "ctl-common.h"
#include "messages-vault.h"

/* --- making them ----------------------------------------------------------------------------------------------------- */

/* How many of @backups failed, each with its sentence unless for a program. */
static guint
print_made (GVariant *backups, gboolean quiet)
{
  GVariantIter iter;
  GVariant *row;
  guint n_failed = 0;

  g_variant_iter_init (&iter, backups);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      gboolean ok = answer_bool (row, "ok");

      n_failed += !ok;
      if (!quiet && ok)
        {
          g_autofree char *entries = answer_dup_u64 (row, "entries"), *people = answer_dup_u64 (row, "people");

          g_print (_ ("%s: backup “%s” made and checked: %s people, %s entries of the record.\n"),
                   answer_text (row, "path"), answer_text (row, "generation"), people, entries);
        }
      else if (!quiet)
        {
          g_autofree char *sentence = messages_for_vault_error_name (answer_text (row, "reason"));

          g_printerr ("%s: %s\n", answer_text (row, "path"), sentence);
        }
      g_variant_unref (row);
    }
  return n_failed;
}

static int
backup_now (CtlContext *ctx, int argc, char **argv)
{
  gboolean if_due = FALSE;
  const GOptionEntry options[] = { { "if-due", 0, 0, G_OPTION_ARG_NONE, &if_due,
                                     N_ ("Only where last night's is missing, for timers"), NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) backups = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, options, NULL, NULL,
                  _ ("Makes a backup at every registered place, reads it back and checks it.")))
    return CTL_USAGE;
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (vault), G_MAXINT);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "if-due", "b", if_due);
  if (!azukari_vault1_call_backup_now_sync (vault, g_variant_dict_end (&dict), &backups, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    ctl_print_json_lines (backups);
  if (!ctx->json && g_variant_n_children (backups) == 0)
    g_print ("%s\n", _ ("Every place has its backup already."));
  return print_made (backups, ctx->json) == 0 ? CTL_DONE : CTL_WORLD;
}

static int
backup_drill (CtlContext *ctx, int argc, char **argv)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, NULL, NULL,
                  _ ("Opens the newest backup at every place and compares it with the vault. Nothing is changed.")))
    return CTL_USAGE;
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (vault), G_MAXINT);
  if (!azukari_vault1_call_backup_drill_sync (vault, &ok, &findings, NULL, &error))
    return ctl_fail (ctx, error);
  ctl_print_findings (ctx, ok, findings, _ ("The newest backup opens on this machine and fits this vault."),
                      _ ("A backup does not open or does not fit. Please make a new one: azukarictl backup now"));
  return ok ? CTL_DONE : CTL_WORLD;
}

/* --- what there is --------------------------------------------------------------------------------------------------- */

static void
print_backup (GVariant *row)
{
  g_autofree char *entries = answer_dup_u64 (row, "entries"), *people = answer_dup_u64 (row, "people"),
                  *bytes = answer_dup_u64 (row, "bytes");

  g_print (_ ("%s  %-4s  %s people, %s entries, %s bytes  %s\n"), answer_text (row, "made"),
           answer_text (row, "generation"), people, entries, bytes, answer_text (row, "path"));
}

static int
list_as (CtlContext *ctx, int argc, char **argv, const char *summary, GVariant **ret_backups, GVariant **ret_places)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL, summary))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_backup_list_sync (vault, ret_backups, ret_places, NULL, &error))
    return ctl_fail (ctx, error);
  return CTL_DONE;
}

static void
print_rows (CtlContext *ctx, GVariant *rows, void (*print) (GVariant *row))
{
  GVariantIter iter;
  GVariant *row;

  if (ctx->json)
    {
      ctl_print_json_lines (rows);
      return;
    }
  g_variant_iter_init (&iter, rows);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      print (row);
      g_variant_unref (row);
    }
}

static int
backup_list (CtlContext *ctx, int argc, char **argv)
{
  g_autoptr (GVariant) backups = NULL, places = NULL;
  int code = list_as (ctx, argc, argv, _ ("Lists the backups, newest first."), &backups, &places);

  if (code == CTL_DONE)
    print_rows (ctx, backups, print_backup);
  return code;
}

/* --- places ---------------------------------------------------------------------------------------------------------- */

static void
print_place (GVariant *row)
{
  g_print (answer_bool (row, "there") ? _ ("%s  there    kept %u days  %s\n") : _ ("%s  missing  kept %u days  %s\n"),
           answer_text (row, "id"), answer_u32 (row, "keep-days"), answer_text (row, "path"));
}

static int
places_list (CtlContext *ctx, int argc, char **argv)
{
  g_autoptr (GVariant) backups = NULL, places = NULL;
  int code = list_as (ctx, argc, argv, _ ("Lists the places that backups go to."), &backups, &places);

  if (code == CTL_DONE)
    print_rows (ctx, places, print_place);
  return code;
}

static int
places_add (CtlContext *ctx, int argc, char **argv)
{
  int keep_days = 0;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry options[] = { { "keep-days", 0, 0, G_OPTION_ARG_INT, &keep_days,
                                     N_ ("Remove backups that are older (default 35, from 8)"), N_ ("N") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL, *path = NULL;
  GVariantDict dict;
  int code;

  if (!ctl_parse (
          ctx, &argc, &argv, options, &admin, _ ("FOLDER"),
          _ ("Registers a folder, a disk or a USB stick. It is known by a small file in it, wherever it is mounted.")))
    return CTL_USAGE;
  if (argc != 2 || keep_days < 0)
    return ctl_usage ("backup places add", _ ("name one folder; --keep-days takes a number of days."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  path = g_canonicalize_filename (argv[1], NULL);
  g_variant_dict_init (&dict, NULL);
  if (keep_days > 0)
    g_variant_dict_insert (&dict, "keep-days", "u", (guint32) keep_days);
  if (!azukari_vault1_call_backup_place_add_sync (vault, path, g_variant_dict_end (&dict), &id, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "id", "s", id);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_print (_ ("Backups go to %s from tonight on. A first one now: azukarictl backup now\n"), path);
  return CTL_DONE;
}

static int
places_remove (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, _ ("ID"),
                  _ ("No longer makes backups there. Those that are there stay; please destroy them yourself.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("backup places remove", _ ("name one place by its ID; “backup places list” shows them."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_backup_place_remove_sync (vault, argv[1], NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", _ ("No backups are made there any more. Those that are there were left."));
  return CTL_DONE;
}

static int
backup_places (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "list", places_list }, { "add", places_add }, { "remove", places_remove } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
                           _ ("say “backup places list”, “backup places add FOLDER” or “backup places remove ID”."));
}

/* --- restoring ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *file, *as_of, *person;
  gboolean yes, dry_run;
} RestoreOptions;

static void
restore_options_clear (RestoreOptions *self)
{
  g_free (self->file);
  g_free (self->as_of);
  g_free (self->person);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RestoreOptions, restore_options_clear)

/* The newest that was made on @day or before, by local time. */
static gboolean
choose_backup (AzukariVault1 *vault, const char *day, GVariantDict *dict, GError **error)
{
  g_autoptr (GVariant) backups = NULL, places = NULL;
  GVariantIter iter;
  GVariant *row;
  gboolean found = FALSE;

  if (!azukari_vault1_call_backup_list_sync (vault, &backups, &places, NULL, error))
    return FALSE;
  g_variant_iter_init (&iter, backups);
  while (!found && (row = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GDateTime) made = g_date_time_new_from_iso8601 (answer_text (row, "made"), NULL);
      g_autoptr (GDateTime) local = made != NULL ? g_date_time_to_local (made) : NULL;
      g_autofree char *made_on = local != NULL ? g_date_time_format (local, "%Y-%m-%d") : NULL;

      if (made_on != NULL && (day == NULL || strcmp (made_on, day) <= 0))
        {
          found = TRUE;
          g_variant_dict_insert (dict, "place", "s", answer_text (row, "place"));
          g_variant_dict_insert (dict, "generation", "s", answer_text (row, "generation"));
        }
      g_variant_unref (row);
    }
  if (!found)
    g_set_error (error, VAULT_ERROR, VAULT_ERROR_NO_BACKUP, "no backup of that day or before");
  return found;
}

/* (transfer full): with one file or none. */
static GUnixFDList *
open_file (const char *path, GVariant **ret_files, GError **error)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  GVariant *handle;
  int fd, index;

  *ret_files = NULL;
  if (path == NULL)
    {
      *ret_files = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_HANDLE, NULL, 0));
      return g_steal_pointer (&fds);
    }
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("%s cannot be opened"), path);
      return NULL;
    }
  index = g_unix_fd_list_append (fds, fd, error);
  close (fd);
  if (index < 0)
    return NULL;
  handle = g_variant_new_handle (index);
  *ret_files = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_HANDLE, &handle, 1));
  return g_steal_pointer (&fds);
}

static GVariant *
call_restore (AzukariVault1 *vault, const RestoreOptions *options, gboolean preview, GError **error)
{
  g_autoptr (GVariant) files = NULL, arguments = NULL, report = NULL;
  g_autoptr (GUnixFDList) fds = open_file (options->file, &files, error);
  g_auto (GVariantDict) dict;
  gboolean ok;

  g_variant_dict_init (&dict, NULL);
  if (fds == NULL || (options->file == NULL && !choose_backup (vault, options->as_of, &dict, error)))
    return NULL;
  if (options->person != NULL)
    g_variant_dict_insert (&dict, "person", "s", options->person);
  arguments = g_variant_ref_sink (g_variant_dict_end (&dict));
  ok = preview ? azukari_vault1_call_backup_preview_sync (vault, arguments, files, fds, &report, NULL, NULL, error)
               : azukari_vault1_call_backup_restore_sync (vault, arguments, files, fds, &report, NULL, NULL, error);
  return ok ? g_steal_pointer (&report) : NULL;
}

static const char *
describe_row (GVariant *row)
{
  static const struct
  {
    const char *word, *text;
  } words[] = { { "added", N_ ("comes back") }, { "changed", N_ ("changes") }, { "removed", N_ ("goes") } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (answer_text (row, "change"), words[i].word))
      return _ (words[i].text);
  return "";
}

static const char *
describe_number (GVariant *row)
{
  static const struct
  {
    const char *word, *text;
  } words[] = { { "back", N_ ("the number comes back") },
                { "gone", N_ ("the number goes") },
                { "other", N_ ("another number takes its place") } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (answer_text (row, "number"), words[i].word))
      return _ (words[i].text);
  return "";
}

static void
print_report (GVariant *report)
{
  g_autoptr (GVariant) rows = g_variant_lookup_value (report, "rows", G_VARIANT_TYPE ("aa{sv}"));
  g_autofree char *entries = answer_dup_u64 (report, "entries");
  GVariantIter iter;
  GVariant *row;

  g_print (_ ("Backup of %s, with %s entries of the record.\n"), answer_text (report, "made"), entries);
  if (rows != NULL)
    {
      g_variant_iter_init (&iter, rows);
      while ((row = g_variant_iter_next_value (&iter)) != NULL)
        {
          g_print ("  %-10s %s  %s  %s\n", answer_text (row, "code"), answer_text (row, "name"), describe_row (row),
                   describe_number (row));
          g_variant_unref (row);
        }
    }
  g_print (_ ("People: %u come back, %u change, %u go, %u stay as they are. Numbers: %u come back, %u go.\n"),
           answer_u32 (report, "added"), answer_u32 (report, "changed"), answer_u32 (report, "removed"),
           answer_u32 (report, "same"), answer_u32 (report, "numbers-back"), answer_u32 (report, "numbers-gone"));
  if (answer_u32 (report, "disposed") > 0)
    g_print (_ ("%u numbers in it were disposed of since. They stay so.\n"), answer_u32 (report, "disposed"));
}

static int
run_restore (CtlContext *ctx, int argc, char **argv, gboolean may_restore)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_auto (RestoreOptions) options = { NULL };
  GOptionEntry entries[] = {
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &options.file, N_ ("This backup, wherever it lies"), N_ ("FILE") },
    { "as-of", 0, 0, G_OPTION_ARG_STRING, &options.as_of, N_ ("The newest backup of that day or before"),
      N_ ("YYYY-MM-DD") },
    { "person", 0, 0, G_OPTION_ARG_STRING, &options.person, N_ ("Only this person, by code or ID"), N_ ("CODE") },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, N_ ("Only show what would happen"), NULL },
    { "yes", 0, 0, G_OPTION_ARG_NONE, &options.yes, N_ ("Do it; without this it is only shown"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  gboolean preview;
  int code;

  if (!may_restore)
    entries[3].long_name = NULL;
  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  may_restore ? _ ("Brings people and their numbers back as a backup has them.")
                              : _ ("Shows what a restore would change. Nothing is changed.")))
    return CTL_USAGE;
  if ((options.file != NULL && options.as_of != NULL)
      || (options.as_of != NULL && !g_regex_match_simple ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", options.as_of, 0, 0)))
    return ctl_usage ("backup restore",
                      _ ("name a backup by --file FILE or --as-of YYYY-MM-DD, or neither for the newest."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (vault), G_MAXINT);
  preview = !may_restore || options.dry_run || !options.yes;
  report = call_restore (vault, &options, preview, &error);
  if (report == NULL)
    return ctl_fail (ctx, error);
  if (ctx->json)
    ctl_print_json (report);
  else
    print_report (report);
  if (!preview && !ctx->json)
    g_print ("%s\n", _ ("Restored. The record says so."));
  if (preview && may_restore && !options.dry_run)
    return ctl_usage ("backup restore", _ ("nothing was changed. To do this, say it again with --yes."));
  return CTL_DONE;
}

static int
backup_preview (CtlContext *ctx, int argc, char **argv)
{
  return run_restore (ctx, argc, argv, FALSE);
}

static int
backup_restore (CtlContext *ctx, int argc, char **argv)
{
  return run_restore (ctx, argc, argv, TRUE);
}

int
cmd_backup (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "now", backup_now },         { "list", backup_list },
                                      { "places", backup_places },   { "drill", backup_drill },
                                      { "preview", backup_preview }, { "restore", backup_restore } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
                           _ ("say “backup now”, “backup list”, “backup places”, “backup drill”, “backup preview” or "
                              "“backup restore”."));
}
