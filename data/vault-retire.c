/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: its end. */
#include "vault-retire.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"
#include "durable.h"
#include "lines.h"
#include "record.h"
#include "vault-private.h"

#define MAGIC "azukari-retirement"
#define VERSION "1"
#define UNFINISHED ".new"
#define RETIRED "retired"
#define GATE_MAX_BYTES 1024
#define DRAFT_MAX_BYTES (CERTIFICATE_MAX_BYTES + 4096)
#define OVERWRITE_BYTES (64 * 1024)
#define DEPTH_MAX 8

/* What is kept until the end: how to raise the epoch, and what the certificate will say. */
typedef struct
{
  GBytes *gate;             /* owned */
  Certificate *certificate; /* owned */
} Draft;

static void
draft_clear (Draft *self)
{
  g_clear_pointer (&self->gate, g_bytes_unref);
  g_clear_pointer (&self->certificate, certificate_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Draft, draft_clear)

/* --- files ----------------------------------------------------------------------------------------------------------- */

static gboolean
save (const Vault *self, const char *name, const char *text, GError **error)
{
  g_autofree char *path = vault_path_in (self, name), *unfinished = g_strconcat (path, UNFINISHED, NULL);
  g_autoptr (GError) problem = NULL;

  if (g_file_set_contents_full (unfinished, text, -1, G_FILE_SET_CONTENTS_DURABLE, 0600, &problem)
      && durable_rename (unfinished, path, error))
    return TRUE;
  if (problem != NULL)
    g_set_error (error, CUSTODY_ERROR,
                 g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? CUSTODY_ERROR_DISK_FULL
                                                                             : CUSTODY_ERROR_FAILED,
                 "write into the vault's folder");
  (void) g_unlink (unfinished);
  return FALSE;
}

static gboolean
draft_save (const Vault *self, const Draft *draft, GError **error)
{
  g_autoptr (GString) text = g_string_new (MAGIC "\t" VERSION "\ngate\t");
  g_autofree char *certificate = certificate_to_text (draft->certificate);
  gsize n_gate;
  const guint8 *gate = g_bytes_get_data (draft->gate, &n_gate);

  lines_append_hex (text, gate, n_gate);
  g_string_append_c (text, '\n');
  g_string_append (text, certificate);
  return save (self, VAULT_RETIREMENT_FILE, text->str, error);
}

static gboolean
draft_load (const Vault *self, Draft *ret_draft, GError **error)
{
  g_autofree char *path = vault_path_in (self, VAULT_RETIREMENT_FILE), *text = NULL;
  guint8 gate[GATE_MAX_BYTES];
  gsize n_text = 0, n_gate;
  Lines lines;

  if (!g_file_get_contents (path, &text, &n_text, NULL) || n_text > DRAFT_MAX_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the retirement that has begun cannot be read");
      return FALSE;
    }
  lines = (Lines){ .next = text, .end = text + n_text };
  if (!lines_take (&lines) || !lines_is (&lines, MAGIC, 2) || !g_str_equal (lines.fields[1], VERSION)
      || !lines_take (&lines) || !lines_is (&lines, "gate", 2)
      || !lines_parse_hex (lines.fields[1], gate, sizeof gate, &n_gate))
    return lines_set_bad (&lines, "a retirement that has begun", error);
  ret_draft->certificate = certificate_from_text (lines.next, (gsize) (lines.end - lines.next), error);
  if (ret_draft->certificate == NULL)
    return FALSE;
  ret_draft->gate = g_bytes_new (gate, n_gate);
  return TRUE;
}

/* On a disk that moves blocks about, what was there may lie elsewhere still: that is why the keys go first. */
static void
overwrite (int fd, off_t size)
{
  static const guint8 nothing[OVERWRITE_BYTES];

  for (off_t at = 0; at < size;)
    {
      gssize n = pwrite (fd, nothing, (gsize) MIN ((off_t) sizeof nothing, size - at), at);

      if (n <= 0)
        break;
      at += n;
    }
  (void) fsync (fd);
}

static void
destroy_file (int folder, const char *name)
{
  int fd = openat (folder, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  struct stat st;

  if (fd >= 0 && fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    overwrite (fd, st.st_size);
  if (fd >= 0)
    close (fd);
  (void) unlinkat (folder, name, 0);
}

/* What the daemon itself has there, what goes last, and what stays. */
static gboolean
is_kept (const char *name)
{
  static const char *const names[] = { "lock", "vaultd.sock", VAULT_RETIREMENT_FILE, NULL };

  return g_strv_contains (names, name)
         || (g_str_has_prefix (name, VAULT_CERTIFICATE_PREFIX) && g_str_has_suffix (name, ".azc"));
}

/* Everything in the folder, which is ours alone (0700). Links are removed, not followed. */
static void
destroy_folder (const char *path, guint depth)
{
  int folder = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  g_autoptr (GDir) dir = folder >= 0 ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      struct stat st;

      if ((depth == 0 && is_kept (name)) || fstatat (folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      if (S_ISDIR (st.st_mode) && depth < DEPTH_MAX)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          destroy_folder (child, depth + 1);
          (void) unlinkat (folder, name, AT_REMOVEDIR);
        }
      else
        destroy_file (folder, name);
    }
  if (folder >= 0)
    {
      (void) fsync (folder);
      close (folder);
    }
}

/* --- from the point of no return on ---------------------------------------------------------------------------------- */

static char *
certificate_name (const Certificate *certificate)
{
  return g_strconcat (VAULT_CERTIFICATE_PREFIX, certificate->id, ".azc", NULL);
}

/* Unless an earlier start has done so. */
static gboolean
end_keys (Vault *self, const Draft *draft, GError **error)
{
  g_autofree char *name = certificate_name (draft->certificate), *text = NULL;
  KeysEpochState epoch;

  if (!keys_get_epoch (self->keys, &epoch, error))
    return FALSE;
  if (epoch.value != draft->certificate->epoch
      || !g_str_equal (draft->certificate->vault_id, keys_get_vault_id (self->keys)))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "the retirement that has begun is another vault's");
      return FALSE;
    }
  if (!keys_retire_commit (self->keys, draft->certificate->epoch, draft->gate, error))
    return FALSE;
  text = vault_certify (self, draft->certificate, error);
  return text != NULL && save (self, name, text, error);
}

static void
end_files (Vault *self)
{
  g_autofree char *path = vault_path_in (self, VAULT_RETIREMENT_FILE);
  int folder;

  vault_close_parts (self);
  destroy_folder (self->folder, 0);
  folder = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0)
    {
      destroy_file (folder, VAULT_RETIREMENT_FILE);
      (void) fsync (folder);
      close (folder);
    }
  self->state = VAULT_UNINITIALISED;
}

static gboolean
exists (const Vault *self, const char *name)
{
  g_autofree char *path = vault_path_in (self, name);
  struct stat st;

  return lstat (path, &st) == 0;
}

/* As long as the vault opens, it knows where its backups are. */
static gboolean
go_on (Vault *self, Draft *draft, GError **error)
{
  return vault_dispose_of_backups (self, draft->certificate, error) && draft_save (self, draft, error)
         && end_keys (self, draft, error);
}

static gboolean
resume_keys (Vault *self, Draft *draft, gboolean is_certified, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!is_certified)
    vault_open_parts (self);
  if (self->state == VAULT_OPEN)
    return go_on (self, draft, error);
  vault_close_parts (self);
  g_clear_error (&self->reason);
  self->keys = keys_open_to_retire (self->folder, self->places, &problem);
  /* A software TPM that is half gone signs nothing any more, and holds nothing any more. */
  if (self->keys == NULL && !(is_certified && g_str_equal (draft->certificate->provider, "swtpm")))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  return is_certified || end_keys (self, draft, error);
}

gboolean
vault_resume_retirement (Vault *self, GError **error)
{
  g_auto (Draft) draft = { NULL };
  g_autofree char *name = NULL;
  gboolean is_certified;

  if (!exists (self, VAULT_RETIREMENT_FILE))
    return TRUE;
  if (!draft_load (self, &draft, error))
    return FALSE;
  name = certificate_name (draft.certificate);
  is_certified = exists (self, name);
  if (exists (self, KEYS_FILE) && !resume_keys (self, &draft, is_certified, error))
    return FALSE;
  if (self->keys != NULL)
    keys_retire_finish (self->keys);
  end_files (self);
  return TRUE;
}

/* --- up to it -------------------------------------------------------------------------------------------------------- */

gboolean
vault_require_company (const Vault *self, const char *company, GError **error)
{
  if (g_str_equal (company, self->company))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "the vault is another company's");
  return FALSE;
}

static gboolean
count_numbers (Vault *self, guint64 *ret_count, GError **error)
{
  g_autoptr (GPtrArray) numbers = numbers_list (self->store, "", error);

  *ret_count = 0;
  for (guint i = 0; numbers != NULL && i < numbers->len; i++)
    *ret_count += ((const Number *) g_ptr_array_index (numbers, i))->sealed != NULL;
  return numbers != NULL;
}

/* The entry, what it will say, and the file that makes it final, before the database's commit: it holds whatever becomes of that. */
static gboolean
record_retirement (Vault *self, const VaultAdmin *by, const Certificate *certificate, const VaultHanded *handed,
                   GError **error)
{
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, certificate->n_numbers);
  g_autofree char *rows = handed != NULL ? g_strdup_printf ("%u", handed->rows) : NULL;

  return handed == NULL
             ? record_append (self->store, error, by->id, CERTIFICATE_RETIRED, certificate->id, "count", count,
                              "reason", RETIRED, NULL)
             : record_append (self->store, error, by->id, CERTIFICATE_RETIRED, certificate->id, "count", count, "file",
                              handed->sha256, "reason", CERTIFICATE_HANDED_BACK, "rows", rows, NULL);
}

static gboolean
begin_in_transaction (Vault *self, const VaultAdmin *by, const VaultHanded *handed, Draft *draft, GError **error)
{
  Certificate *certificate = draft->certificate;
  guint64 length;

  if (!count_numbers (self, &certificate->n_numbers, error)
      || !vault_describe (self, certificate, by, handed != NULL ? CERTIFICATE_HANDED_BACK : RETIRED, error)
      || !record_get_length (self->store, &length, error) || !record_get_head (self->store, certificate->before, error))
    return FALSE;
  if (handed != NULL)
    certificate_set_handed (certificate, handed->sha256, handed->rows);
  return record_retirement (self, by, certificate, handed, error)
         && vault_describe_entries (self->store, certificate, length + 1, error) && draft_save (self, draft, error);
}

static gboolean
begin (Vault *self, const VaultAdmin *by, const Secret *master, const VaultHanded *handed, Draft *draft, GError **error)
{
  gboolean ok;

  draft->certificate = certificate_new ();
  draft->certificate->is_retirement = TRUE;
  draft->gate = keys_retire_seal_gate (self->keys, master, error);
  if (draft->gate == NULL || !vault_begin (self, error))
    return FALSE;
  ok = vault_end (self, begin_in_transaction (self, by, handed, draft, error), error);
  if (!ok)
    {
      g_autofree char *path = vault_path_in (self, VAULT_RETIREMENT_FILE);

      (void) g_unlink (path);
      (void) durable_sync_folder_of (path, NULL);
    }
  return ok;
}

char *
vault_retire_with (Vault *self, const VaultAdmin *by, const Secret *master, const VaultHanded *handed,
                   gboolean *ret_begun, GError **error)
{
  g_auto (Draft) draft = { NULL };
  g_autofree char *name = NULL, *path = NULL;
  char *text = NULL;

  *ret_begun = begin (self, by, master, handed, &draft, error);
  if (!*ret_begun)
    return NULL;
  if (!go_on (self, &draft, error))
    {
      vault_seal (self, g_error_copy (*error));
      return NULL;
    }
  keys_retire_finish (self->keys);
  end_files (self);
  name = certificate_name (draft.certificate);
  path = vault_path_in (self, name);
  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the vault is destroyed; its certificate cannot be read");
  return text;
}

char *
vault_retire (Vault *self, VaultAdmin *by, const char *company, const Secret *pin, guint *ret_tries_left,
              GError **error)
{
  g_autoptr (Secret) vault_secret = NULL, master = NULL;
  g_autoptr (GError) problem = NULL;
  gboolean is_begun = FALSE;
  char *text = NULL;

  if (!vault_require_open (self, error))
    return NULL;
  if (vault_require_chief (by, &problem) && vault_require_company (self, company, &problem)
      && keys_login (self->keys, by->id, pin, &vault_secret, &master, ret_tries_left, &problem))
    text = vault_retire_with (self, by, master, NULL, &is_begun, &problem);
  if (text != NULL)
    return text;
  if (!is_begun)
    vault_note_attempt (self, by->id, "retire-refused", "", problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
