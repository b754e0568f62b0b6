/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl hand-back: everything to the client, and then the end of the vault (返却). */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"
#include "certificate-files.h"
#include "ctl-certificate.h"

#define NUMBERS "numbers.csv"
#define RECORD "record.tsv"
#define CERTIFICATE "certificate.pdf"

/* The client's files. */
typedef struct
{
  char *numbers, *record, *certificate; /* paths */
  GUnixFDList *fds;                     /* of the first two */
} Files;

static void
files_clear (Files *self)
{
  g_free (self->numbers);
  g_free (self->record);
  g_free (self->certificate);
  g_clear_object (&self->fds);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Files, files_clear)

static gboolean
set_errno (const char *path, GError **error)
{
  const int problem = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (problem), "%s: %s", path, g_strerror (problem));
  return FALSE;
}

/* Made under the very name that it will have: nothing has to be done with it after the vault has ended. */
static gboolean
add_file (Files *self, const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean ok = fd >= 0 ? g_unix_fd_list_append (self->fds, fd, error) >= 0 : set_errno (path, error);

  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
sync_folder (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = (fd >= 0 && fsync (fd) == 0) || set_errno (path, error);

  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
make_files (Files *self, const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return set_errno (folder, error);
  self->numbers = g_build_filename (folder, NUMBERS, NULL);
  self->record = g_build_filename (folder, RECORD, NULL);
  self->certificate = g_build_filename (folder, CERTIFICATE, NULL);
  self->fds = g_unix_fd_list_new ();
  return certificate_files_are_free (self->certificate, error) && add_file (self, self->numbers, error)
         && add_file (self, self->record, error) && sync_folder (folder, error);
}

/* The vault empties what it did not hand back. What holds something is all that there is of it. */
static void
remove_if_empty (const char *path)
{
  GStatBuf st;

  if (path != NULL && g_stat (path, &st) == 0 && st.st_size == 0)
    (void) g_unlink (path);
}

/* Something is in the numbers' file: the vault is past the point up to which it empties it. */
static gboolean
is_handed (const Files *self)
{
  GStatBuf st;

  return self->fds != NULL && g_unix_fd_list_get_length (self->fds) > 0 && g_stat (self->numbers, &st) == 0
         && st.st_size > 0;
}

static void
drop_files (Files *self)
{
  if (self->fds == NULL || g_unix_fd_list_get_length (self->fds) == 0)
    return;
  remove_if_empty (self->numbers);
  if (g_unix_fd_list_get_length (self->fds) > 1)
    remove_if_empty (self->record);
}

static void
print_end (CtlContext *ctx, const Files *files, GVariant *report, const char *text,
           const guint8 key[ATTESTATION_KEY_BYTES])
{
  guint32 rows = 0;

  (void) g_variant_lookup (report, "rows", "u", &rows);
  if (ctx->json)
    {
      ctl_print_json (g_variant_new_parsed ("{'numbers': <%s>, 'rows': <%u>, 'sha256': <%s>, 'record': <%s>, "
                                            "'certificate': <%s>}",
                                            files->numbers, rows, answer_text (report, "sha256"), files->record,
                                            files->certificate));
      return;
    }
  g_print (g_dngettext (GETTEXT_PACKAGE, "%u number was handed back, and every key of this vault is destroyed.\n",
                        "%u numbers were handed back, and every key of this vault is destroyed.\n", rows),
           rows);
  g_print ("%s  SHA-256 %s\n%s\n%s\n", files->numbers, answer_text (report, "sha256"), files->record,
           files->certificate);
  g_print ("%s\n", _ ("- Give these files to the client, by a way that nobody else reads: the first one holds numbers "
                      "in the clear. Then delete it here."));
  ctl_certificate_print_rest (text, key);
}

static int
hand_back (CtlContext *ctx, AzukariVault1 *vault, const char *company, const CtlAdmin *admin, Files *files)
{
  guint8 key[ATTESTATION_KEY_BYTES];
  g_autofree char *pem = ctl_certificate_get_key (vault, key, NULL), *text = NULL;
  g_autoptr (GVariant) pin = NULL, session = NULL, report = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  pin = ctl_read_pin (admin->pin_file, _ ("PIN: "), FALSE, &error);
  if (pin == NULL
      || !azukari_vault1_call_login_sync (vault, admin->admin != NULL ? admin->admin : "", pin, &session, NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctl_take_session (ctx, vault, admin, session, &code) || !ctl_show_token (ctx, vault, "export", &code))
    return code;
  /* With a slow TPM it takes its time, and there is no way back. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (vault), G_MAXINT);
  if (!azukari_vault1_call_hand_back_sync (vault, company, pin, g_variant_new_handle (0), g_variant_new_handle (1),
                                           files->fds, &text, &report, NULL, NULL, &error))
    return ctl_fail (ctx, error);
  if (!certificate_files_write (files->certificate, text, key, pem, &error))
    {
      g_printerr (_ ("The vault is destroyed. Its certificate lies in %s.\n"), ctx->vault_dir);
      return ctl_fail (ctx, error);
    }
  print_end (ctx, files, report, text, key);
  return CTL_DONE;
}

int
cmd_hand_back (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *company = NULL, *folder = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "company", 0, 0, G_OPTION_ARG_STRING, &company, N_ ("The company's name, exactly as “status” shows it"),
      N_ ("NAME") },
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &folder,
      N_ ("The client's folder: numbers.csv, record.tsv and certificate.pdf (.azc, .pem) are made in it"), N_ ("DIR") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Files) files = { NULL };
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Hands every number and the record back to the client, checks the files, and destroys the vault. "
                     "By the client's PIN; without a client, by the responsible person's.")))
    return CTL_USAGE;
  if (company == NULL || folder == NULL)
    return ctl_usage ("hand-back", _ ("--company and --to are needed."));
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_get_status_sync (vault, &status, NULL, &error))
    return ctl_fail (ctx, error);
  if (strcmp (answer_text (status, "state"), "open") == 0 && strcmp (answer_text (status, "company"), company) != 0)
    return ctl_usage ("hand-back", _ ("that is not this vault's company. Nothing was changed."));
  code = make_files (&files, folder, &error) ? hand_back (ctx, vault, company, &admin, &files) : ctl_fail (ctx, error);
  if (code == CTL_DONE)
    return code;
  if (is_handed (&files))
    g_printerr (_ ("Keep the files in %s: the vault may be destroyed, and goes on to its end by itself if it has "
                   "begun. “azukarictl "
                   "status” tells.\n"),
                folder);
  drop_files (&files);
  return code;
}
