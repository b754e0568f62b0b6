/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the proof that a copy opens nowhere else, and that nothing in the folder can be read as it lies there. */
#include "vault-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charset.h"
#include "custody-error.h"
#include "my-number.h"
#include "tpm.h"

/* Shorter texts turn up in random bytes by chance. */
#define NEEDLE_MIN 6
#define FILE_MAX (256 * 1024 * 1024)
#define MAX_DEPTH 8
#define COPY_FOLDER "prove-copy"

/* --- the copy -------------------------------------------------------------------------------------------------------- */

/* What the vault's folder holds is read only where it is a regular file, never through a link. */
static GBytes *
read_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  g_autoptr (GMappedFile) file = NULL;
  struct stat st;

  if (fd >= 0 && fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && st.st_size <= FILE_MAX)
    file = g_mapped_file_new_from_fd (fd, FALSE, NULL);
  if (fd >= 0)
    close (fd);
  if (file != NULL)
    return g_mapped_file_get_bytes (file);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "a file of the vault cannot be read");
  return NULL;
}

static gboolean
copy_file (const char *from_folder, const char *to_folder, const char *name, GError **error)
{
  g_autofree char *from = g_build_filename (from_folder, name, NULL);
  g_autofree char *to = g_build_filename (to_folder, name, NULL);
  g_autoptr (GBytes) content = read_file (from, error);
  g_autoptr (GError) problem = NULL;
  gsize size;
  const char *data;

  if (content == NULL)
    return FALSE;
  data = g_bytes_get_data (content, &size);
  if (g_file_set_contents_full (to, data != NULL ? data : "", size, G_FILE_SET_CONTENTS_NONE, 0600, &problem))
    return TRUE;
  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DISK_FULL, "no room for a copy");
  else
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "copy: %s", problem->message);
  return FALSE;
}

static void
remove_tree (const char *path, guint depth)
{
  struct stat st;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (lstat (path, &st) != 0)
    return;
  if (!S_ISDIR (st.st_mode))
    {
      (void) g_unlink (path);
      return;
    }
  dir = depth < MAX_DEPTH ? g_dir_open (path, 0, NULL) : NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child, depth + 1);
    }
  (void) g_rmdir (path);
}

void
vault_prove_clean (Vault *self)
{
  g_autofree char *folder = g_build_filename (self->folder, COPY_FOLDER, NULL);

  remove_tree (folder, 0);
}

/* Inside the vault's own folder: a software TPM's state comes along, and must lie nowhere else, not even for seconds. */
static char *
copy_vault (Vault *self, GError **error)
{
  g_autofree char *folder = g_build_filename (self->folder, COPY_FOLDER, NULL);

  vault_prove_clean (self);
  if (g_mkdir (folder, 0700) != 0)
    {
      custody_error_set_errno (error, errno, "make a folder for the copy");
      return NULL;
    }
  if (!copy_file (self->folder, folder, KEYS_FILE, error) || !copy_file (self->folder, folder, STORE_FILE, error))
    {
      vault_prove_clean (self);
      return NULL;
    }
  return g_steal_pointer (&folder);
}

/* --- the tries ------------------------------------------------------------------------------------------------------- */

static void
add (GPtrArray *findings, const char *check, gboolean ok, const char *detail)
{
  g_ptr_array_add (findings, finding_new (check, ok, detail));
}

/* Opens the copy with those TPMs; it must fail, and for one of these reasons. */
static void
try_open (GPtrArray *findings, const char *check, const char *folder, const KeysPlaces *places, CustodyError wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Secret) key = NULL;
  g_autoptr (Keys) keys = keys_open (folder, places, &key, &error);
  g_autofree char *detail = NULL;

  if (keys != NULL)
    {
      add (findings, check, FALSE, "the copy opened");
      return;
    }
  detail = g_strdup_printf ("%s: %s", custody_error_get_name (error), error->message);
  add (findings, check, g_error_matches (error, CUSTODY_ERROR, wanted), detail);
}

/* A keyset that asks for a TPM device is pointed at a software TPM by naming it so in the copy. */
static gboolean
retarget_to_swtpm (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, KEYS_FILE, NULL);

  return keys_retarget_copy (path, "swtpm", error);
}

static gboolean
make_folder (const char *folder, const char *name, char **ret_path)
{
  *ret_path = g_build_filename (folder, name, NULL);
  return g_mkdir (*ret_path, 0700) == 0;
}

static gboolean
clear_tpm_in (const char *state, GError **error)
{
  TpmChannel *channel = tpm_channel_new_swtpm (state, error);
  g_autoptr (Tpm) tpm = channel != NULL ? tpm_new (channel, error) : NULL;

  return tpm != NULL && tpm_clear_software (tpm, error);
}

static void
try_other_tpm (GPtrArray *findings, const char *folder)
{
  g_autofree char *state = NULL;
  KeysPlaces places = { 0 };

  if (!make_folder (folder, "other", &state))
    {
      add (findings, "other-tpm", FALSE, "no temporary folder");
      return;
    }
  places.swtpm_folder = state;
  try_open (findings, "other-tpm", folder, &places, CUSTODY_ERROR_OTHER_TPM);
}

/* With a software TPM: its own state, copied, then cleared. With hardware nothing is cleared; a software TPM that has been
 * cleared stands in for it. */
static void
try_cleared_tpm (GPtrArray *findings, const Vault *self, const char *folder, gboolean own_state)
{
  g_autofree char *state = NULL, *source = g_build_filename (self->folder, KEYS_SWTPM_FOLDER, NULL);
  g_autoptr (GError) error = NULL;
  KeysPlaces places = { 0 };
  gboolean ok = make_folder (folder, "cleared", &state);

  if (ok && own_state)
    ok = copy_file (source, state, "tpm2-00.permall", &error);
  if (!ok || !clear_tpm_in (state, &error))
    {
      add (findings, "cleared-tpm", FALSE, error != NULL ? error->message : "no temporary folder");
      return;
    }
  places.swtpm_folder = state;
  try_open (findings, "cleared-tpm", folder, &places, own_state ? CUSTODY_ERROR_TPM_CLEARED : CUSTODY_ERROR_OTHER_TPM);
}

static void
try_no_tpm (GPtrArray *findings, const char *folder)
{
  g_autofree char *nowhere = g_build_filename (folder, "no-such-tpm", NULL);
  const KeysPlaces places = { .device = nowhere, .swtpm_folder = nowhere };

  try_open (findings, "no-tpm", folder, &places, CUSTODY_ERROR_NO_TPM);
}

static void
try_without_key (GPtrArray *findings, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, STORE_FILE, NULL);
  g_autoptr (Secret) guess = secret_new_random (STORE_KEY_BYTES);
  g_autoptr (GError) error = NULL;
  g_autoptr (Store) store = store_open (path, guess, &error);

  add (findings, "database-without-key",
       store == NULL && g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED),
       store == NULL ? "cannot be told from random bytes" : "the copy opened");
}

/* --- nothing to read ------------------------------------------------------------------------------------------------- */

typedef struct
{
  GPtrArray *needles; /* of GBytes: names and readings in UTF-8, UTF-16 and CP932 */
  guint n_files, n_texts, n_numbers;
  guint64 n_bytes;
  gboolean failed;
} Scan;

static void
add_needle (Scan *scan, const char *bytes, gsize size)
{
  if (size >= NEEDLE_MIN)
    g_ptr_array_add (scan->needles, g_bytes_new (bytes, size));
}

static void
add_needles (Scan *scan, const char *text)
{
  g_autoptr (GByteArray) cp932 = g_byte_array_new ();
  g_autofree gunichar2 *utf16 = NULL;
  glong n_units = 0;

  add_needle (scan, text, strlen (text));
  if (charset_encode (CHARSET_CP932, text, strlen (text), cp932, NULL))
    add_needle (scan, (const char *) cp932->data, cp932->len);
  utf16 = g_utf8_to_utf16 (text, -1, NULL, &n_units, NULL);
  if (utf16 != NULL)
    add_needle (scan, (const char *) utf16, n_units * 2);
}

static void
scan_bytes (Scan *scan, const char *data, gsize size)
{
  guint run = 0;

  for (guint i = 0; i < scan->needles->len; i++)
    {
      gsize n;
      gconstpointer needle = g_bytes_get_data (g_ptr_array_index (scan->needles, i), &n);

      if (memmem (data, size, needle, n) != NULL)
        scan->n_texts++;
    }
  for (gsize i = 0; i < size; i++)
    {
      run = g_ascii_isdigit (data[i]) ? run + 1 : 0;
      if (run >= MY_NUMBER_DIGITS
          && my_number_is_valid ((const guint8 *) data + i + 1 - MY_NUMBER_DIGITS, MY_NUMBER_DIGITS))
        scan->n_numbers++;
    }
}

static void
scan_file (Scan *scan, const char *path)
{
  g_autoptr (GBytes) content = read_file (path, NULL);
  const char *data;
  gsize size;

  if (content == NULL)
    {
      scan->failed = TRUE;
      return;
    }
  data = g_bytes_get_data (content, &size);
  if (size > 0)
    scan_bytes (scan, data, size);
  scan->n_files++;
  scan->n_bytes += size;
}

static void
scan_folder (Scan *scan, const char *path, guint depth)
{
  g_autoptr (GDir) dir = depth < MAX_DEPTH ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  if (dir == NULL)
    scan->failed = TRUE;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      struct stat st;

      if (lstat (child, &st) != 0 || S_ISSOCK (st.st_mode))
        continue;
      if (S_ISDIR (st.st_mode))
        scan_folder (scan, child, depth + 1);
      else
        scan_file (scan, child);
    }
}

static gboolean
look_for_plain_text (Vault *self, GPtrArray *findings, GError **error)
{
  g_autoptr (GPtrArray) people = people_list (self->store, error);
  Scan scan = { 0 };
  g_autofree char *names = NULL, *numbers = NULL;

  if (people == NULL)
    return FALSE;
  scan.needles = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < people->len; i++)
    {
      const Person *person = g_ptr_array_index (people, i);

      add_needles (&scan, person->name);
      add_needles (&scan, person->kana);
    }
  scan_folder (&scan, self->folder, 0);
  names = g_strdup_printf ("%u people's names and readings: %u found in %u files, %" G_GUINT64_FORMAT " bytes",
                           people->len, scan.n_texts, scan.n_files, scan.n_bytes);
  numbers = g_strdup_printf ("12 digits that could be a number: %u found in %u files", scan.n_numbers, scan.n_files);
  add (findings, "plain-names", !scan.failed && scan.n_texts == 0, names);
  add (findings, "plain-numbers", !scan.failed && scan.n_numbers == 0, numbers);
  g_ptr_array_unref (scan.needles);
  return TRUE;
}

GPtrArray *
vault_prove (Vault *self, GError **error)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);
  g_autofree char *folder = NULL;
  gboolean own_state, ok;

  if (!vault_require_open (self, error))
    return NULL;
  folder = copy_vault (self, error);
  if (folder == NULL)
    return NULL;
  own_state = g_str_equal (keys_get_provider (self->keys), "swtpm");
  try_no_tpm (findings, folder);
  try_without_key (findings, folder);
  ok = own_state || retarget_to_swtpm (folder, error);
  if (ok)
    {
      try_other_tpm (findings, folder);
      try_cleared_tpm (findings, self, folder, own_state);
    }
  vault_prove_clean (self);
  ok = ok && look_for_plain_text (self, findings, error);
  return ok ? g_steal_pointer (&findings) : NULL;
}
