/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: handing it back. */
#include "vault-handback.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "csv.h"
#include "custody-error.h"
#include "record-file.h"
#include "record.h"
#include "target.h"
#include "vault-private.h"
#include "vault-retire.h"
#include "vault-term.h"

#define N_COLUMNS 19
#define BOM "\xef\xbb\xbf"
static const char header[] = BOM "kind,code,name,kana,birth_date,department,parent_code,parent_name,relationship,"
                                 "leaving_date,number,state,document,identity,purposes,collected,approved,person_id,"
                                 "record_id\r\n";

/* --- who may --------------------------------------------------------------------------------------------------------- */

static gboolean
require_right (Vault *self, const VaultAdmin *by, GError **error)
{
  g_autofree char *client = vault_dup_client (self, error);

  if (client == NULL)
    return FALSE;
  if (client[0] != '\0' && g_str_equal (client, by->id))
    return TRUE;
  /* a chief who cannot extend the term cannot take the numbers out after it either */
  return vault_require_chief (by, error) && vault_require_decides (self, by, error)
         && vault_require_in_term (self, error);
}

static gboolean
require_both_ways (int fd, GError **error)
{
  int flags = fcntl (fd, F_GETFL);

  if (!export_check_target (fd, error))
    return FALSE;
  if (flags >= 0 && (flags & O_ACCMODE) == O_RDWR)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "what is handed back is read back: open it for reading too");
  return FALSE;
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

typedef struct
{
  Vault *vault;
  const Secret *vault_secret;
  GHashTable *by_id; /* borrowed: of all people */
  Secret *content;   /* owned */
  GString *row;      /* owned */
  guint rows;
} Writing;

static void
writing_clear (Writing *self)
{
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->content, secret_free);
  if (self->row != NULL)
    g_string_free (self->row, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Writing, writing_clear)

static void
add_fields (Writing *self, const char *const *fields, guint n_fields)
{
  g_string_truncate (self->row, 0);
  for (guint i = 0; i < n_fields; i++)
    {
      (void) csv_append_field (fields[i] != NULL ? fields[i] : "", CSV_QUOTE_MINIMAL, self->row);
      g_string_append_c (self->row, ',');
    }
  secret_append (self->content, self->row->str, self->row->len);
}

static gboolean
add_number (Writing *self, const Person *person, const Number *number, GError **error)
{
  const Person *parent = person->parent[0] != '\0' ? g_hash_table_lookup (self->by_id, person->parent) : NULL;
  const char *const before[] = { person->kind,
                                 person->code,
                                 person->name,
                                 person->kana,
                                 person->birth_date,
                                 parent != NULL ? parent->department : person->department,
                                 parent != NULL ? parent->code : "",
                                 parent != NULL ? parent->name : "",
                                 person->relationship,
                                 person->left };
  const gboolean is_approved = g_str_equal (number->state, "approved");
  const char *const after[] = { number->state,    number->document,  number->identity,
                                number->purposes, number->collected, is_approved ? number->decided : "",
                                person->id };
  g_autoptr (Secret) digits =
      vault_number_open_with (keys_get_vault_public (self->vault->keys), self->vault_secret, number, error);
  gsize n_digits;
  const guint8 *bytes;

  if (digits == NULL)
    return FALSE;
  add_fields (self, before, G_N_ELEMENTS (before));
  bytes = secret_get_data (digits, &n_digits);
  secret_append (self->content, bytes, n_digits);
  secret_append (self->content, ",", 1);
  add_fields (self, after, G_N_ELEMENTS (after));
  secret_append (self->content, number->id, strlen (number->id));
  secret_append (self->content, "\r\n", 2);
  self->rows++;
  return TRUE;
}

/* Everybody with a number, approved or not, in the order of the roster. */
static gboolean
write_people (Writing *self, GPtrArray *people, GError **error)
{
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->content = secret_new (0);
  self->row = g_string_new (NULL);
  secret_append (self->content, header, strlen (header));
  for (guint i = 0; i < people->len; i++)
    {
      Person *person = g_ptr_array_index (people, i);

      g_hash_table_insert (self->by_id, person->id, person);
    }
  for (guint i = 0; i < people->len; i++)
    {
      const Person *person = g_ptr_array_index (people, i);
      g_autoptr (Number) number = NULL;

      if (!numbers_find_live (self->vault->store, person->id, &number, error)
          || (number != NULL && !add_number (self, person, number, error)))
        return FALSE;
    }
  if (self->rows > 0)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_EXPORT, "no number is kept here: retire the vault");
  return FALSE;
}

/* --- reading back ---------------------------------------------------------------------------------------------------- */

static gboolean
set_unread (const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DISK_FAILED, "%s was not read back as it was written", what);
  return FALSE;
}

/* (transfer full): from the disk, as far as the kernel lets itself be asked. */
static Secret *
read_whole (int fd, const char *what, GError **error)
{
  off_t size = lseek (fd, 0, SEEK_END);
  g_autoptr (Secret) content = NULL;
  guint8 *bytes;

  if (size < 0 || size > RECORD_FILE_MAX_BYTES)
    {
      (void) set_unread (what, error);
      return NULL;
    }
  (void) posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  content = secret_new ((gsize) size);
  bytes = secret_get_writable (content);
  for (off_t at = 0; at < size;)
    {
      gssize n = pread (fd, bytes + at, (gsize) (size - at), at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          (void) set_unread (what, error);
          return NULL;
        }
      at += n;
    }
  return g_steal_pointer (&content);
}

/* As many rows as there are numbers, each whole. */
static gboolean
rows_are_whole (const Secret *content, guint rows)
{
  const CsvLimits limits = {
    .max_bytes = G_MAXUINT32, .max_rows = rows + 2, .max_fields = N_COLUMNS, .max_field_bytes = 4096
  };
  gsize size;
  const char *text = (const char *) secret_get_data (content, &size);
  g_autoptr (CsvReader) reader = csv_reader_new (text + strlen (BOM), size - strlen (BOM), &limits);
  guint n = 0;
  CsvResult result;

  while ((result = csv_reader_next (reader)) == CSV_ROW)
    {
      if (csv_reader_get_n_fields (reader) != N_COLUMNS)
        return FALSE;
      n++;
    }
  return result == CSV_END && n == rows + 1;
}

static gboolean
check_numbers (int fd, const Writing *writing, GError **error)
{
  g_autoptr (Secret) content = read_whole (fd, "the numbers' file", error);

  if (content == NULL)
    return FALSE;
  return (secret_equal (content, writing->content) && rows_are_whole (content, writing->rows))
         || set_unread ("the numbers' file", error);
}

static gboolean
check_record (Vault *self, int fd, GError **error)
{
  g_autoptr (Secret) content = read_whole (fd, "the record's file", error);
  guint8 key[ATTESTATION_KEY_BYTES];
  gsize size;
  const char *text;
  RecordFile file;

  if (content == NULL)
    return FALSE;
  text = (const char *) secret_get_data (content, &size);
  return keys_get_attest_key (self->keys, key) && record_file_check (text, size, key, NULL, &file, error);
}

/* --- handing back ---------------------------------------------------------------------------------------------------- */

static gboolean
record_rows (Vault *self, const VaultAdmin *by, const VaultHandBackReport *report, GError **error)
{
  g_autofree char *rows = g_strdup_printf ("%u", report->rows);

  return vault_begin (self, error)
         && vault_end (
             self,
             record_append (self->store, error, by->id, "handed-out", "", "rows", rows, "sha256", report->sha256, NULL),
             error);
}

static gboolean
write_files (Vault *self, const VaultAdmin *by, const Secret *vault_secret, const VaultHandBack *what,
             VaultHandBackReport *report, GError **error)
{
  g_auto (Writing) writing = { .vault = self, .vault_secret = vault_secret };
  g_autoptr (GPtrArray) people = people_list (self->store, error);
  VaultRecordReport record;
  guint8 digest[crypto_hash_sha256_BYTES];

  if (people == NULL || !write_people (&writing, people, error))
    return FALSE;
  report->rows = writing.rows;
  crypto_hash_sha256 (digest, secret_get_data (writing.content, NULL), secret_get_size (writing.content));
  sodium_bin2hex (report->sha256, sizeof report->sha256, digest, sizeof digest);
  /* On the record first, as an export. The record last, so that the certificate's extract follows on its end. */
  if (!record_rows (self, by, report, error) || !export_write (what->numbers_fd, writing.content, error)
      || !check_numbers (what->numbers_fd, &writing, error)
      || !vault_export_record (self, by, what->record_fd, &record, error) || fsync (what->record_fd) != 0
      || !check_record (self, what->record_fd, error))
    {
      if (error != NULL && *error == NULL)
        custody_error_set_errno (error, errno, "write the record");
      return FALSE;
    }
  memcpy (report->record_sha256, record.sha256, sizeof report->record_sha256);
  return TRUE;
}

static gboolean
prepare (Vault *self, const VaultAdmin *by, const VaultHandBack *what, Secret **ret_vault_secret, Secret **ret_master,
         guint *ret_tries_left, GError **error)
{
  return vault_require_active (self, error) && require_right (self, by, error)
         && vault_require_company (self, what->company, error) && require_both_ways (what->numbers_fd, error)
         && require_both_ways (what->record_fd, error)
         && keys_login (self->keys, by->id, what->pin, ret_vault_secret, ret_master, ret_tries_left, error)
         && vault_record_alone (self, by->id, "hand-back-begun", "", error);
}

char *
vault_hand_back (Vault *self, VaultAdmin *by, const VaultHandBack *what, VaultHandBackReport *ret_report,
                 guint *ret_tries_left, GError **error)
{
  g_autoptr (Secret) vault_secret = NULL, master = NULL;
  g_autoptr (GError) problem = NULL;
  VaultHandBackReport report = { 0 };
  gboolean is_begun = FALSE;
  char *text = NULL;

  if (!vault_require_open (self, error))
    return NULL;
  if (!prepare (self, by, what, &vault_secret, &master, ret_tries_left, &problem))
    {
      vault_note_attempt (self, by->id, "hand-back-refused", "", problem);
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (write_files (self, by, vault_secret, what, &report, &problem))
    {
      const VaultHanded handed = { .sha256 = report.sha256, .rows = report.rows };

      text = vault_retire_with (self, by, master, &handed, &is_begun, &problem);
    }
  if (!is_begun)
    {
      (void) export_empty (what->numbers_fd);
      (void) export_empty (what->record_fd);
      vault_note_attempt (self, by->id, "hand-back-failed", "", problem);
    }
  if (text == NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    *ret_report = report;
  return text;
}
