/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl move out|in|finish|cancel|receipt, recover: the vault goes on on its second machine. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "answer.h"
#include "ctl-common.h"
#include "ctl-files.h"
#include "export-file.h"
#include "messages-vault.h"

static int
print_file (CtlContext *ctx, const char *path, const char *sentence)
{
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      if (path != NULL)
        g_variant_dict_insert (&dict, "file", "s", path);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_print ("%s\n", sentence);
  return CTL_DONE;
}

/* --- the first machine ----------------------------------------------------------------------------------------------- */

static int
move_out (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *to = NULL, *id = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "to", 0, 0, G_OPTION_ARG_STRING, &to,
                                     N_ ("The second machine that takes over (not needed while there is one)"),
                                     N_ ("NAME") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (ExportFile) file = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, "FILE",
                  _ ("On the machine that is left: writes the last bundle for the second machine. Nothing is collected "
                     "here any more.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("move out", _ ("name the file to write."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  id = ctl_find_machine (vault, to, "second", &error);
  if (id != NULL)
    file = export_file_new (argv[1], &error);
  if (file == NULL
      || !azukari_vault1_call_move_out_sync (vault, id, export_file_get_handle (file), export_file_get_fd_list (file),
                                             NULL, NULL, &error)
      || !export_file_commit (file, &error))
    return ctl_fail (ctx, error);
  return print_file (ctx, argv[1],
                     _ ("The bundle was written. Take it to the second machine, and there: azukarictl move in\n"
                        "Then bring the receipt back here: azukarictl move finish"));
}

static int
move_cancel (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL,
                  _ ("Goes on here after all. Destroy the bundle first: if the second machine takes over from it, two "
                     "machines collect for one vault.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_move_cancel_sync (vault, NULL, &error))
    return ctl_fail (ctx, error);
  return print_file (ctx, NULL, _ ("This machine collects again. Make sure that the bundle is destroyed."));
}

static int
move_finish (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GBytes) receipt = NULL;
  g_autoptr (GError) error = NULL;
  gboolean destroyed = FALSE;
  guint64 newer = 0;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, "RECEIPT",
                  _ ("On the machine that is left: with the second machine's receipt, destroys what is here.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("move finish", _ ("name the receipt."));
  receipt = ctl_read_file (argv[1], &error);
  if (receipt == NULL)
    return ctl_fail (ctx, error);
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_move_finish_sync (vault, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, receipt, TRUE),
                                             &destroyed, &newer, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "destroyed", "b", destroyed);
      g_variant_dict_insert (&dict, "newer", "t", newer);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else if (destroyed)
    g_print ("%s\n", _ ("The vault has moved. People and numbers here are destroyed, and copies of the old files open "
                        "nothing any more. The record stays here, too."));
  else
    {
      g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, newer);

      g_print (_ ("The second machine has taken over while this one was at work. This one collects nothing any more.\n"
                  "%s entries of the record are here and not there: look at them, do there again what is missing, and "
                  "then run this once more to destroy what is here.\n"),
               count);
    }
  return CTL_DONE;
}

/* --- the second machine ---------------------------------------------------------------------------------------------- */

static gboolean
write_receipt (AzukariVault1 *vault, const char *path, GError **error)
{
  g_autoptr (GVariant) receipt = NULL;

  return azukari_vault1_call_move_receipt_sync (vault, &receipt, NULL, error) && ctl_write_file (path, receipt, error);
}

static GVariant *
call_take_over (AzukariVault1 *vault, const char *path, gboolean first_is_dead, GError **error)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  GVariant *report = NULL;
  GVariantDict options;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY), index;

  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("%s cannot be read: %s"), path,
                   g_strerror (errno));
      return NULL;
    }
  index = g_unix_fd_list_append (fds, fd, error);
  close (fd);
  if (index < 0)
    return NULL;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "first-is-dead", "b", first_is_dead);
  return azukari_vault1_call_take_over_sync (vault, g_variant_dict_end (&options), g_variant_new_handle (index), fds,
                                             &report, NULL, NULL, error)
             ? report
             : NULL;
}

static void
print_taken (GVariant *report, const char *receipt, gboolean planned)
{
  guint32 people = 0, numbers = 0, unreadable = 0;

  (void) g_variant_lookup (report, "people", "u", &people);
  (void) g_variant_lookup (report, "numbers", "u", &numbers);
  (void) g_variant_lookup (report, "unreadable", "u", &unreadable);
  g_print (_ ("The vault is here now, as of %s. People: %u. Numbers: %u.\n"), answer_text (report, "made"), people,
           numbers);
  if (unreadable > 0)
    g_printerr (_ ("%u numbers cannot be opened: they were altered before. Please collect them again.\n"), unreadable);
  if (planned)
    g_print (_ ("The receipt was written to %s. Bring it to the first machine, and there: azukarictl move finish\n"),
             receipt);
  else
    g_print (
        _ ("The receipt was written to %s. Should the first machine come to life again, let it collect nothing, and "
           "run there: azukarictl move finish\n"),
        receipt);
  g_print ("%s\n", _ ("Not yet safe: if this PC breaks, everything is lost. Set up a second machine and enrol it: "
                      "azukarictl enroll"));
}

static int
take_over (CtlContext *ctx, const CtlAdmin *admin, const char *bundle, const char *receipt, gboolean first_is_dead)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  gboolean planned = FALSE;
  int code;

  vault = ctl_connect_as (ctx, admin, &code);
  if (vault == NULL)
    return code;
  report = call_take_over (vault, bundle, first_is_dead, &error);
  if (report == NULL)
    return ctl_fail (ctx, error);
  (void) g_variant_lookup (report, "planned", "b", &planned);
  /* It has happened, whatever becomes of the receipt: that can be written again. */
  if (!write_receipt (vault, receipt, &error))
    {
      g_printerr ("%s\n", _ ("The vault is here now, but the receipt could not be written. Please write it again: "
                             "azukarictl move receipt"));
      return ctl_fail (ctx, error);
    }
  if (ctx->json)
    ctl_print_json (report);
  else
    print_taken (report, receipt, planned);
  return CTL_DONE;
}

static int
move_in (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, "BUNDLE RECEIPT",
                  _ ("On the second machine: takes over from the bundle, and writes a receipt for the first one.")))
    return CTL_USAGE;
  if (argc != 3)
    return ctl_usage ("move in", _ ("name the bundle and the receipt to write."));
  return take_over (ctx, &admin, argv[1], argv[2], FALSE);
}

static int
move_receipt (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, "FILE", _ ("On the second machine: writes the receipt once more.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("move receipt", _ ("name the file to write."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!write_receipt (vault, argv[1], &error))
    return ctl_fail (ctx, error);
  return print_file (ctx, argv[1], _ ("The receipt was written."));
}

int
cmd_recover (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *bundle = NULL, *receipt = NULL;
  gboolean first_is_dead = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "bundle", 0, 0, G_OPTION_ARG_FILENAME, &bundle, N_ ("The latest backup of the first machine"), N_ ("FILE") },
    { "receipt", 0, 0, G_OPTION_ARG_FILENAME, &receipt,
      N_ ("Where to write the receipt (default: the backup's name with .receipt)"), N_ ("FILE") },
    { "first-is-dead", 0, 0, G_OPTION_ARG_NONE, &first_is_dead, N_ ("The first machine is switched off for good"),
      NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autofree char *default_receipt = NULL;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("On the second machine, after the first one died: goes on from its latest backup.")))
    return CTL_USAGE;
  if (bundle == NULL)
    return ctl_usage ("recover", _ ("name the backup with --bundle."));
  default_receipt = g_strconcat (bundle, ".receipt", NULL);
  return take_over (ctx, &admin, bundle, receipt != NULL ? receipt : default_receipt, first_is_dead);
}

int
cmd_move (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "out", move_out },
                                      { "in", move_in },
                                      { "finish", move_finish },
                                      { "cancel", move_cancel },
                                      { "receipt", move_receipt } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs), _ ("say out, in, finish, cancel or receipt."));
}
