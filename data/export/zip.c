/* SPDX-License-Identifier: Apache-2.0 */
/* zip: libarchive's zip writer over locked memory, and the content's checksum taken out of what it made. */
#include "zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <sodium.h>
#include <string.h>

#include "custody-error.h"

/* What libarchive and its cipher may have left on the stack: key, PBKDF2's states, a passphrase in them. */
#define STACK_BYTES (64 * 1024)

static inline void
archive_entry_done (struct archive_entry *entry)
{
  archive_entry_free (entry);
}
static inline void
archive_done (struct archive *archive)
{
  (void) archive_write_free (archive);
}
typedef struct archive Archive;
typedef struct archive_entry ArchiveEntry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_done)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveEntry, archive_entry_done)

static Secret *
make_passphrase (void)
{
  Secret *passphrase = secret_new (EXPORT_PASSPHRASE_LENGTH);
  guint8 *out = secret_get_writable (passphrase);

  for (guint i = 0; i < EXPORT_PASSPHRASE_LENGTH; i++)
    out[i] = (i + 1) % (EXPORT_PASSPHRASE_GROUP + 1) == 0
                 ? '-'
                 : (guint8) EXPORT_PASSPHRASE_ALPHABET[randombytes_uniform (strlen (EXPORT_PASSPHRASE_ALPHABET))];
  return passphrase;
}

static gboolean
name_is_neutral (const char *name)
{
  gsize length = strlen (name);

  return length > 0 && length <= EXPORT_INNER_NAME_MAX && name[0] != '.'
         && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length;
}

/* --- making ---------------------------------------------------------------------------------------------------------- */

static la_ssize_t
append_cb (struct archive *archive, void *data, const void *bytes, size_t n_bytes)
{
  secret_append (data, bytes, n_bytes);
  return n_bytes;
}

static gboolean
fill (Archive *archive, const Secret *content, const char *inner_name)
{
  g_autoptr (ArchiveEntry) entry = archive_entry_new ();
  gsize size;
  const guint8 *bytes = secret_get_data (content, &size);

  if (entry == NULL)
    return FALSE;
  archive_entry_set_pathname (entry, inner_name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0600);
  archive_entry_set_size (entry, size);
  archive_entry_set_mtime (entry, g_get_real_time () / G_USEC_PER_SEC, 0);
  return archive_write_header (archive, entry) == ARCHIVE_OK
         && archive_write_data (archive, bytes, size) == (la_ssize_t) size
         && archive_write_finish_entry (archive) == ARCHIVE_OK;
}

static gboolean
make_zip (const Secret *content, const char *inner_name, const Secret *passphrase, Secret *container, GError **error)
{
  g_autoptr (Archive) archive = archive_write_new ();
  g_autoptr (Secret) text = secret_new (EXPORT_PASSPHRASE_LENGTH + 1);

  memcpy (secret_get_writable (text), secret_get_data (passphrase, NULL), EXPORT_PASSPHRASE_LENGTH);
  /* An option that it does not know, or was built without, is an error each: it never falls back to another cipher. */
  if (archive != NULL && archive_write_set_format_zip (archive) == ARCHIVE_OK
      && archive_write_set_format_option (archive, "zip", "compression", "store") == ARCHIVE_OK
      && archive_write_set_format_option (archive, "zip", "encryption", "aes256") == ARCHIVE_OK
      && archive_write_set_bytes_per_block (archive, 0) == ARCHIVE_OK
      && archive_write_set_bytes_in_last_block (archive, 1) == ARCHIVE_OK
      && archive_write_set_passphrase (archive, (const char *) secret_get_data (text, NULL)) == ARCHIVE_OK
      && archive_write_open (archive, container, NULL, append_cb, NULL) == ARCHIVE_OK
      && fill (archive, content, inner_name) && archive_write_close (archive) == ARCHIVE_OK)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the zip cannot be made (libarchive, error %d)",
               archive != NULL ? archive_errno (archive) : 0);
  return FALSE;
}

/* --- its checksum ---------------------------------------------------------------------------------------------------- */

/* APPNOTE.TXT 4.3: local header, name, extra; the sealed bytes; descriptor; central directory; end record. */
#define LOCAL_BYTES 30
#define LOCAL_NAME 26
#define LOCAL_EXTRA 28
#define DESCRIPTOR_BYTES 16
#define CENTRAL_BYTES 46
#define CENTRAL_CRC 16
#define CENTRAL_NAME 28
#define CENTRAL_EXTRA 30
#define END_BYTES 22
/* WinZip's AES field: 0x9901, 7 bytes: version, "AE", strength (3: 256 bits), method within (0: stored). */
#define AES_BYTES 11
#define AES_VERSION 4
static const guint8 aes_field[AES_BYTES] = { 0x01, 0x99, 0x07, 0x00, 0x01, 0x00, 'A', 'E', 0x03, 0x00, 0x00 };
/* Salt, check of the passphrase and code at the end. */
#define AES_MORE (16 + 2 + 10)

static guint
get16 (const guint8 *at)
{
  return at[0] | at[1] << 8;
}

/* Version 2 in place of 1: no checksum. Of less than 20 bytes libarchive writes that by itself. */
static gboolean
set_version (guint8 *extra, gsize n_bytes)
{
  for (gsize i = 0; i + 4 <= n_bytes; i += 4 + get16 (extra + i + 2))
    {
      guint8 field[AES_BYTES];

      if (get16 (extra + i) != get16 (aes_field))
        continue;
      if (n_bytes - i < AES_BYTES)
        return FALSE;
      memcpy (field, extra + i, AES_BYTES);
      if (field[AES_VERSION] == 2)
        field[AES_VERSION] = 1;
      extra[i + AES_VERSION] = 2;
      return memcmp (field, aes_field, AES_BYTES) == 0;
    }
  return FALSE;
}

/* Everything stands where it must, since there is one file and its size was known; anything else is refused. */
static gboolean
drop_checksum (Secret *container, gsize content_size)
{
  guint8 *zip = secret_get_writable (container);
  gsize size = secret_get_size (container), name, extra, descriptor, central;

  if (size < LOCAL_BYTES || memcmp (zip, "PK\3\4", 4) != 0)
    return FALSE;
  name = get16 (zip + LOCAL_NAME);
  extra = get16 (zip + LOCAL_EXTRA);
  descriptor = LOCAL_BYTES + name + extra + content_size + AES_MORE;
  central = descriptor + DESCRIPTOR_BYTES;
  if (size != central + CENTRAL_BYTES + name + extra + END_BYTES || memcmp (zip + descriptor, "PK\7\10", 4) != 0
      || memcmp (zip + central, "PK\1\2", 4) != 0 || get16 (zip + central + CENTRAL_NAME) != name
      || get16 (zip + central + CENTRAL_EXTRA) != extra || memcmp (zip + size - END_BYTES, "PK\5\6", 4) != 0
      || memcmp (zip + descriptor + 4, zip + central + CENTRAL_CRC, 4) != 0)
    return FALSE;
  memset (zip + descriptor + 4, 0, 4);
  memset (zip + central + CENTRAL_CRC, 0, 4);
  return set_version (zip + LOCAL_BYTES + name, extra) && set_version (zip + central + CENTRAL_BYTES + name, extra);
}

/* --- public ---------------------------------------------------------------------------------------------------------- */

char *
export_inner_name (const char *what, const char *suffix)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *day = g_date_time_format (now, "%Y%m%d");

  return g_strdup_printf ("%s-%s.%s", what, day, suffix);
}

gboolean
export_wrap (const Secret *content, const char *inner_name, Secret **ret_container, Secret **ret_passphrase,
             GError **error)
{
  g_autoptr (Secret) container = secret_new (0);
  g_autoptr (Secret) passphrase = NULL;
  gsize size = secret_get_size (content);
  gboolean made;

  if (!name_is_neutral (inner_name) || size == 0 || size >= G_MAXINT32)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "what goes into the zip, or its name, is out of bounds");
      return FALSE;
    }
  passphrase = make_passphrase ();
  made = make_zip (content, inner_name, passphrase, container, error);
  sodium_stackzero (STACK_BYTES);
  if (!made)
    return FALSE;
  if (!drop_checksum (container, size))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the zip is not as libarchive is known to make it");
      return FALSE;
    }
  *ret_container = g_steal_pointer (&container);
  *ret_passphrase = g_steal_pointer (&passphrase);
  return TRUE;
}
