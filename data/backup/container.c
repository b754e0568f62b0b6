/* SPDX-License-Identifier: Apache-2.0 */
/* container: header, wraps, and the stream of pieces. */
#include "container.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "custody-error.h"

#define MAGIC "AZBACKUP"
#define MAGIC_BYTES 8
#define VERSION 1
#define PREFIX_BYTES (MAGIC_BYTES + 4 + 4)
#define HEADER_TYPE "(sssaya(ayayay))"
#define WRAP_CONTEXT "azukari container key v1"
#define TAG_BYTES crypto_secretstream_xchacha20poly1305_ABYTES
#define STREAM_HEADER_BYTES crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define KEY_BYTES crypto_secretstream_xchacha20poly1305_KEYBYTES
#define WRAP_BYTES (KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define SEALED_BYTES (CONTAINER_PIECE_BYTES + TAG_BYTES)
#define DIGEST_BYTES crypto_hash_sha256_BYTES

G_STATIC_ASSERT (DIGEST_BYTES == 32);

/* --- the file -------------------------------------------------------------------------------------------------------- */

static gboolean
set_damaged (const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED, "container: %s", what);
  return FALSE;
}

static gboolean
write_all (int fd, const guint8 *bytes, gsize n_bytes, GError **error)
{
  gsize done = 0;

  while (done < n_bytes)
    {
      gssize n = write (fd, bytes + done, n_bytes - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          custody_error_set_errno (error, n == 0 ? EIO : errno, "write the backup");
          return FALSE;
        }
      done += (gsize) n;
    }
  return TRUE;
}

/* As many as there are, at most @n_bytes; -1 with the error set. */
static gssize
read_up_to (int fd, guint8 *bytes, gsize n_bytes, GError **error)
{
  gsize done = 0;

  while (done < n_bytes)
    {
      gssize n = read (fd, bytes + done, n_bytes - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          custody_error_set_errno (error, errno, "read the backup");
          return -1;
        }
      if (n == 0)
        break;
      done += (gsize) n;
    }
  return (gssize) done;
}

/* --- the header ------------------------------------------------------------------------------------------------------ */

static gboolean
text_is_valid (const char *text)
{
  gsize n = strlen (text);

  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  return n > 0 && n <= CONTAINER_TEXT_MAX;
}

static void
wrap_key (const ContainerInfo *info, const guint8 *point, const guint8 *ephemeral, const Secret *shared,
          guint8 ret_key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES])
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, secret_get_data (shared, NULL), secret_get_size (shared),
                           crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  crypto_generichash_update (&state, (const guint8 *) WRAP_CONTEXT, sizeof WRAP_CONTEXT);
  crypto_generichash_update (&state, (const guint8 *) info->purpose, strlen (info->purpose) + 1);
  crypto_generichash_update (&state, (const guint8 *) info->vault_id, strlen (info->vault_id) + 1);
  crypto_generichash_update (&state, point, CONTAINER_POINT_BYTES);
  crypto_generichash_update (&state, ephemeral, CONTAINER_POINT_BYTES);
  crypto_generichash_final (&state, ret_key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  sodium_memzero (&state, sizeof state);
}

/* The wrapping key is fresh for each wrap, so the nonce need not be. */
static const guint8 no_nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];

static gboolean
wrap (const ContainerInfo *info, const guint8 *point, const Secret *content_key, GVariantBuilder *recipients,
      GError **error)
{
  guint8 ephemeral[CONTAINER_POINT_BYTES], wrapped[WRAP_BYTES], key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
  g_autoptr (Secret) shared = container_agree_fresh (point, ephemeral);

  if (shared == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "container: a recipient's key is none");
      return FALSE;
    }
  wrap_key (info, point, ephemeral, shared, key);
  crypto_aead_xchacha20poly1305_ietf_encrypt (wrapped, NULL, secret_get_data (content_key, NULL), KEY_BYTES, NULL, 0,
                                              NULL, no_nonce, key);
  sodium_memzero (key, sizeof key);
  g_variant_builder_add (recipients, "(@ay@ay@ay)",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, point, CONTAINER_POINT_BYTES, 1),
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, ephemeral, sizeof ephemeral, 1),
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, wrapped, sizeof wrapped, 1));
  return TRUE;
}

static Secret *
unwrap (const ContainerInfo *info, const guint8 *point, const guint8 *ephemeral, const guint8 *wrapped,
        const Secret *shared)
{
  g_autoptr (Secret) content_key = secret_new (KEY_BYTES);
  guint8 key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
  gboolean ok;

  wrap_key (info, point, ephemeral, shared, key);
  ok = crypto_aead_xchacha20poly1305_ietf_decrypt (secret_get_writable (content_key), NULL, NULL, wrapped, WRAP_BYTES,
                                                   NULL, 0, no_nonce, key)
       == 0;
  sodium_memzero (key, sizeof key);
  return ok ? g_steal_pointer (&content_key) : NULL;
}

static void
put_u32 (guint8 *place, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (place, &value, sizeof value);
}

static guint32
get_u32 (const guint8 *place)
{
  guint32 value;

  memcpy (&value, place, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* On the wire the header is little endian, as everything here. */
static GVariant *
swap_if_needed (GVariant *take_value)
{
  GVariant *value = g_variant_ref_sink (take_value);

#if G_BYTE_ORDER == G_BIG_ENDIAN
  GVariant *swapped = g_variant_byteswap (value);

  g_variant_unref (value);
  return swapped;
#else
  return value;
#endif
}

/* Reads everything before the body. @ret_before: SHA-256 of it; @whole: has it too. */
static GVariant *
read_header (int fd, ContainerInfo *ret_info, guint8 ret_before[DIGEST_BYTES], crypto_hash_sha256_state *whole,
             GError **error)
{
  guint8 prefix[PREFIX_BYTES];
  gssize n = read_up_to (fd, prefix, sizeof prefix, error);
  guint32 size;
  g_autofree guint8 *bytes = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GVariant) header = NULL;
  const char *purpose, *vault_id, *made;

  if (n < 0)
    return NULL;
  if (n != sizeof prefix || memcmp (prefix, MAGIC, MAGIC_BYTES) != 0)
    {
      set_damaged ("this is no backup", error);
      return NULL;
    }
  size = get_u32 (prefix + MAGIC_BYTES + 4);
  if (get_u32 (prefix + MAGIC_BYTES) != VERSION || size == 0 || size > CONTAINER_MAX_HEADER_BYTES)
    {
      set_damaged ("its version is another, or its header too large", error);
      return NULL;
    }
  bytes = g_malloc (size);
  n = read_up_to (fd, bytes, size, error);
  if (n < 0)
    return NULL;
  crypto_hash_sha256_init (whole);
  crypto_hash_sha256_update (whole, prefix, sizeof prefix);
  crypto_hash_sha256_update (whole, bytes, (gsize) n);
  content = g_bytes_new (bytes, (gsize) n);
  header = swap_if_needed (g_variant_new_from_bytes (G_VARIANT_TYPE (HEADER_TYPE), content, FALSE));
  if (n != (gssize) size || !g_variant_is_normal_form (header))
    {
      set_damaged ("its header is not in normal form", error);
      return NULL;
    }
  g_variant_get (header, "(&s&s&s@aya(ayayay))", &purpose, &vault_id, &made, NULL, NULL);
  if (!text_is_valid (purpose) || !text_is_valid (vault_id) || !text_is_valid (made))
    {
      set_damaged ("its header holds what nobody writes there", error);
      return NULL;
    }
  g_strlcpy (ret_info->purpose, purpose, sizeof ret_info->purpose);
  g_strlcpy (ret_info->vault_id, vault_id, sizeof ret_info->vault_id);
  g_strlcpy (ret_info->made, made, sizeof ret_info->made);
  {
    crypto_hash_sha256_state so_far = *whole;

    crypto_hash_sha256_final (&so_far, ret_before);
  }
  return g_steal_pointer (&header);
}

static const guint8 *
get_bytes (GVariant *value, gsize n_wanted)
{
  gsize n = 0;
  const guint8 *bytes = g_variant_get_fixed_array (value, &n, 1);

  return n == n_wanted ? bytes : NULL;
}

gboolean
container_peek (int fd, ContainerInfo *ret_info, GError **error)
{
  guint8 before[DIGEST_BYTES];
  crypto_hash_sha256_state whole;
  g_autoptr (GVariant) header = NULL;

  if (lseek (fd, 0, SEEK_SET) != 0)
    {
      custody_error_set_errno (error, errno, "read the backup");
      return FALSE;
    }
  header = read_header (fd, ret_info, before, &whole, error);
  return header != NULL;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

struct _ContainerWriter
{
  int fd; /* borrowed */
  crypto_secretstream_xchacha20poly1305_state stream;
  crypto_hash_sha256_state whole;
  guint8 before[DIGEST_BYTES];
  guint64 n_written;
  gsize used;
  guint8 *piece;  /* owned, CONTAINER_PIECE_BYTES */
  guint8 *sealed; /* owned, SEALED_BYTES */
};

static gboolean
put (ContainerWriter *self, const guint8 *bytes, gsize n_bytes, GError **error)
{
  if (self->n_written + n_bytes > CONTAINER_MAX_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "container: it would be too large");
      return FALSE;
    }
  crypto_hash_sha256_update (&self->whole, bytes, n_bytes);
  self->n_written += n_bytes;
  return write_all (self->fd, bytes, n_bytes, error);
}

static gboolean
put_piece (ContainerWriter *self, guint8 tag, GError **error)
{
  unsigned long long n_sealed = 0;

  crypto_secretstream_xchacha20poly1305_push (&self->stream, self->sealed, &n_sealed, self->piece, self->used,
                                              self->before, sizeof self->before, tag);
  self->used = 0;
  return put (self, self->sealed, (gsize) n_sealed, error);
}

static gboolean
put_header (ContainerWriter *self, const ContainerInfo *info, const guint8 *points, guint n_points,
            const Secret *content_key, GError **error)
{
  guint8 stream_header[STREAM_HEADER_BYTES], prefix[PREFIX_BYTES] = MAGIC;
  GVariantBuilder recipients;
  g_autoptr (GVariant) header = NULL;

  g_variant_builder_init (&recipients, G_VARIANT_TYPE ("a(ayayay)"));
  for (guint i = 0; i < n_points; i++)
    if (!wrap (info, points + i * CONTAINER_POINT_BYTES, content_key, &recipients, error))
      {
        g_variant_builder_clear (&recipients);
        return FALSE;
      }
  crypto_secretstream_xchacha20poly1305_init_push (&self->stream, stream_header, secret_get_data (content_key, NULL));
  header = swap_if_needed (
      g_variant_new ("(sss@ay@a(ayayay))", info->purpose, info->vault_id, info->made,
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, stream_header, sizeof stream_header, 1),
                     g_variant_builder_end (&recipients)));
  put_u32 (prefix + MAGIC_BYTES, VERSION);
  put_u32 (prefix + MAGIC_BYTES + 4, (guint32) g_variant_get_size (header));
  if (!put (self, prefix, sizeof prefix, error)
      || !put (self, g_variant_get_data (header), g_variant_get_size (header), error))
    return FALSE;
  {
    crypto_hash_sha256_state so_far = self->whole;

    crypto_hash_sha256_final (&so_far, self->before);
  }
  return TRUE;
}

ContainerWriter *
container_writer_new (int fd, const ContainerInfo *info, const guint8 *points, guint n_points, GError **error)
{
  g_autoptr (ContainerWriter) self = g_new0 (ContainerWriter, 1);
  g_autoptr (Secret) content_key = secret_new_random (KEY_BYTES);

  g_return_val_if_fail (n_points >= 1 && n_points <= CONTAINER_MAX_RECIPIENTS, NULL);
  g_return_val_if_fail (text_is_valid (info->purpose) && text_is_valid (info->vault_id) && text_is_valid (info->made),
                        NULL);

  self->fd = fd;
  self->piece = g_malloc (CONTAINER_PIECE_BYTES);
  self->sealed = g_malloc (SEALED_BYTES);
  crypto_hash_sha256_init (&self->whole);
  if (!put_header (self, info, points, n_points, content_key, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
container_writer_add (ContainerWriter *self, const void *bytes, gsize n_bytes, GError **error)
{
  const guint8 *next = bytes;

  while (n_bytes > 0)
    {
      gsize n = MIN (n_bytes, CONTAINER_PIECE_BYTES - self->used);

      memcpy (self->piece + self->used, next, n);
      self->used += n;
      next += n;
      n_bytes -= n;
      /* A full piece is never the last: readers know the last one by its being shorter. */
      if (self->used == CONTAINER_PIECE_BYTES
          && !put_piece (self, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
container_writer_finish (ContainerWriter *self, guint8 ret_sha256[32], guint64 *ret_n_bytes, GError **error)
{
  if (!put_piece (self, crypto_secretstream_xchacha20poly1305_TAG_FINAL, error))
    return FALSE;
  if (fsync (self->fd) != 0)
    {
      custody_error_set_errno (error, errno, "write the backup");
      return FALSE;
    }
  crypto_hash_sha256_final (&self->whole, ret_sha256);
  *ret_n_bytes = self->n_written;
  return TRUE;
}

void
container_writer_free (ContainerWriter *self)
{
  if (self == NULL)
    return;
  sodium_memzero (self->piece, CONTAINER_PIECE_BYTES);
  g_free (self->piece);
  g_free (self->sealed);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

struct _ContainerReader
{
  int fd; /* borrowed */
  ContainerInfo info;
  crypto_secretstream_xchacha20poly1305_state stream;
  crypto_hash_sha256_state whole;
  guint8 before[DIGEST_BYTES];
  guint64 n_read;
  gboolean is_last;    /* the piece is the last one */
  gsize used, n_piece; /* of the piece */
  guint8 *piece;       /* owned, CONTAINER_PIECE_BYTES */
  guint8 *sealed;      /* owned, SEALED_BYTES */
};

/* The wrap for @point: (transfer full): the content key. */
static Secret *
find_key (ContainerReader *self, GVariant *header, const guint8 *point, ContainerAgree agree, gpointer user_data,
          GError **error)
{
  g_autoptr (GVariant) recipients = g_variant_get_child_value (header, 4);
  gsize n = g_variant_n_children (recipients);

  if (n == 0 || n > CONTAINER_MAX_RECIPIENTS)
    {
      set_damaged ("it has no recipients, or too many", error);
      return NULL;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) to = NULL, ephemeral = NULL, wrapped = NULL;
      const guint8 *to_bytes, *ephemeral_bytes, *wrapped_bytes;
      g_autoptr (Secret) shared = NULL;
      Secret *key;

      g_variant_get_child (recipients, i, "(@ay@ay@ay)", &to, &ephemeral, &wrapped);
      to_bytes = get_bytes (to, CONTAINER_POINT_BYTES);
      ephemeral_bytes = get_bytes (ephemeral, CONTAINER_POINT_BYTES);
      wrapped_bytes = get_bytes (wrapped, WRAP_BYTES);
      if (to_bytes == NULL || ephemeral_bytes == NULL || wrapped_bytes == NULL)
        {
          set_damaged ("a recipient has the wrong size", error);
          return NULL;
        }
      if (memcmp (to_bytes, point, CONTAINER_POINT_BYTES) != 0)
        continue;
      shared = agree (ephemeral_bytes, user_data, error);
      if (shared == NULL)
        return NULL;
      key = unwrap (&self->info, to_bytes, ephemeral_bytes, wrapped_bytes, shared);
      if (key == NULL)
        set_damaged ("its key was altered", error);
      return key;
    }
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN, "container: it was made for other machines");
  return NULL;
}

static gboolean
start_stream (ContainerReader *self, GVariant *header, const Secret *content_key, GError **error)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (header, 3);
  const guint8 *stream_header = get_bytes (value, STREAM_HEADER_BYTES);

  if (stream_header == NULL
      || crypto_secretstream_xchacha20poly1305_init_pull (&self->stream, stream_header,
                                                          secret_get_data (content_key, NULL))
             != 0)
    return set_damaged ("its stream has no beginning", error);
  return TRUE;
}

ContainerReader *
container_reader_new (int fd, const char *purpose, const guint8 point[CONTAINER_POINT_BYTES], ContainerAgree agree,
                      gpointer user_data, GError **error)
{
  g_autoptr (ContainerReader) self = g_new0 (ContainerReader, 1);
  g_autoptr (GVariant) header = NULL;
  g_autoptr (Secret) content_key = NULL;

  self->fd = fd;
  self->piece = g_malloc (CONTAINER_PIECE_BYTES);
  self->sealed = g_malloc (SEALED_BYTES);
  header = read_header (fd, &self->info, self->before, &self->whole, error);
  if (header == NULL)
    return NULL;
  self->n_read = PREFIX_BYTES + g_variant_get_size (header);
  if (!g_str_equal (self->info.purpose, purpose))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_FOREIGN, "container: it was made for another purpose");
      return NULL;
    }
  content_key = find_key (self, header, point, agree, user_data, error);
  if (content_key == NULL || !start_stream (self, header, content_key, error))
    return NULL;
  return g_steal_pointer (&self);
}

const ContainerInfo *
container_reader_get_info (const ContainerReader *self)
{
  return &self->info;
}

static gboolean
next_piece (ContainerReader *self, GError **error)
{
  unsigned long long n_plain = 0;
  guint8 tag = 0;
  gssize n;

  if (self->is_last)
    return set_damaged ("it ends too early", error);
  n = read_up_to (self->fd, self->sealed, SEALED_BYTES, error);
  if (n < 0)
    return FALSE;
  self->n_read += (guint64) n;
  if (n < (gssize) TAG_BYTES || self->n_read > CONTAINER_MAX_BYTES)
    return set_damaged ("it is cut off, or too large", error);
  crypto_hash_sha256_update (&self->whole, self->sealed, (gsize) n);
  if (crypto_secretstream_xchacha20poly1305_pull (&self->stream, self->piece, &n_plain, &tag, self->sealed,
                                                  (unsigned long long) n, self->before, sizeof self->before)
      != 0)
    return set_damaged ("a piece was altered", error);
  self->is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  if (self->is_last != (n < (gssize) SEALED_BYTES))
    return set_damaged ("its end is not where it should be", error);
  self->used = 0;
  self->n_piece = (gsize) n_plain;
  return TRUE;
}

gboolean
container_reader_take (ContainerReader *self, void *bytes, gsize n_bytes, GError **error)
{
  guint8 *place = bytes;

  while (n_bytes > 0)
    {
      gsize n = MIN (n_bytes, self->n_piece - self->used);

      if (n == 0)
        {
          if (!next_piece (self, error))
            return FALSE;
          continue;
        }
      memcpy (place, self->piece + self->used, n);
      self->used += n;
      place += n;
      n_bytes -= n;
    }
  return TRUE;
}

gboolean
container_reader_finish (ContainerReader *self, guint8 ret_sha256[32], guint64 *ret_n_bytes, GError **error)
{
  /* The last piece may be an empty one. */
  if (self->used == self->n_piece && !self->is_last && !next_piece (self, error))
    return FALSE;
  if (self->used != self->n_piece || !self->is_last)
    return set_damaged ("it goes on where it should end", error);
  crypto_hash_sha256_final (&self->whole, ret_sha256);
  *ret_n_bytes = self->n_read;
  return TRUE;
}

void
container_reader_free (ContainerReader *self)
{
  if (self == NULL)
    return;
  sodium_memzero (self->piece, CONTAINER_PIECE_BYTES);
  g_free (self->piece);
  g_free (self->sealed);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}
