/* SPDX-License-Identifier: Apache-2.0 */
/* Keyset: the file. */
#include "keyset.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"
#include "durable.h"

#define MAGIC "AZKEYSET"
#define MAGIC_BYTES 8
#define VERSION 5
#define PREFIX_BYTES (MAGIC_BYTES + 4)
#define DIGEST_BYTES crypto_hash_sha256_BYTES
#define BLOB_MAX 4096

#define ADMIN_TYPE "(sayayuuayay)"
#define COMMON_TYPE "ssayayayutuayayay"
#define END_TYPE "aya" ADMIN_TYPE
/* Each version adds to what all of them have: nothing, the attestation key, the transport and index keys, the boot policy, the digests of
 * the admins' scopes in their order. */
static const char *const types[VERSION] = {
  "(" COMMON_TYPE END_TYPE ")",
  "(" COMMON_TYPE "ay" END_TYPE ")",
  "(" COMMON_TYPE "ayayay" END_TYPE ")",
  "(" COMMON_TYPE "ayayayay" END_TYPE ")",
  "(" COMMON_TYPE "ayayayayay" END_TYPE ")",
};
#define N_COMMON 11
#define N_BEFORE_SCOPES 4 /* later ones that are blobs of their own */

static void
admin_free (gpointer data)
{
  KeysetAdmin *self = data;

  g_free (self->id);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->wrap, g_bytes_unref);
  g_free (self);
}

Keyset *
keyset_new (void)
{
  Keyset *self = g_new0 (Keyset, 1);

  self->admins = g_ptr_array_new_with_free_func (admin_free);
  return self;
}

KeysetAdmin *
keyset_add_admin (Keyset *self)
{
  KeysetAdmin *admin = g_new0 (KeysetAdmin, 1);

  g_ptr_array_add (self->admins, admin);
  return admin;
}

KeysetAdmin *
keyset_find_admin (const Keyset *self, const char *id)
{
  for (guint i = 0; i < self->admins->len; i++)
    {
      KeysetAdmin *admin = g_ptr_array_index (self->admins, i);

      if (g_str_equal (admin->id, id))
        return admin;
    }
  return NULL;
}

void
keyset_remove_admin (Keyset *self, const char *id)
{
  KeysetAdmin *admin = keyset_find_admin (self, id);

  if (admin != NULL)
    (void) g_ptr_array_remove (self->admins, admin);
}

void
keyset_free (Keyset *self)
{
  if (self == NULL)
    return;
  g_free (self->provider);
  g_free (self->vault_id);
  g_clear_pointer (&self->identity, g_bytes_unref);
  g_clear_pointer (&self->srk_public, g_bytes_unref);
  g_clear_pointer (&self->srk_name, g_bytes_unref);
  g_clear_pointer (&self->gate, g_bytes_unref);
  g_clear_pointer (&self->dek, g_bytes_unref);
  g_clear_pointer (&self->epoch_secret, g_bytes_unref);
  g_clear_pointer (&self->attest_key, g_bytes_unref);
  g_clear_pointer (&self->transport_key, g_bytes_unref);
  g_clear_pointer (&self->index_key, g_bytes_unref);
  g_clear_pointer (&self->boot_branches, g_bytes_unref);
  g_ptr_array_unref (self->admins);
  g_free (self);
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

static GBytes *
take_blob (GVariant *tuple, gsize index)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (tuple, index);

  return g_variant_get_size (child) <= BLOB_MAX ? g_variant_get_data_as_bytes (child) : NULL;
}

static gboolean
take_fixed (GVariant *tuple, gsize index, guint8 *out, gsize n_bytes)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (tuple, index);

  if (g_variant_get_size (child) != n_bytes)
    return FALSE;
  memcpy (out, g_variant_get_data (child), n_bytes);
  return TRUE;
}

static gboolean
take_admin (Keyset *self, GVariant *tuple)
{
  KeysetAdmin *admin = keyset_add_admin (self);

  g_variant_get_child (tuple, 0, "s", &admin->id);
  admin->key = take_blob (tuple, 1);
  g_variant_get_child (tuple, 3, "u", &admin->argon_ops);
  g_variant_get_child (tuple, 4, "u", &admin->argon_kib);
  admin->wrap = take_blob (tuple, 6);
  /* A hostile file must not cost a gigabyte or an hour. */
  return g_uuid_string_is_valid (admin->id) && admin->key != NULL && admin->wrap != NULL
         && take_fixed (tuple, 2, admin->salt, sizeof admin->salt)
         && take_fixed (tuple, 5, admin->ephemeral, sizeof admin->ephemeral) && admin->argon_ops >= 1
         && admin->argon_ops <= 16 && admin->argon_kib >= 8 && admin->argon_kib <= 1024 * 1024;
}

/* Whatever a file has not has no bytes. */
static gboolean
take_later (Keyset *self, GVariant *tuple, gsize n_later)
{
  GBytes **const places[] = { &self->attest_key, &self->transport_key, &self->index_key, &self->boot_branches };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      *places[i] = i < n_later ? take_blob (tuple, N_COMMON + i) : g_bytes_new (NULL, 0);
      if (*places[i] == NULL)
        return FALSE;
    }
  return g_bytes_get_size (self->boot_branches) == 0 || g_bytes_get_size (self->boot_branches) == KEYSET_BRANCHES_BYTES;
}

/* A digest for each admin, in their order. */
static gboolean
take_scopes (Keyset *self, GVariant *tuple, gsize n_later)
{
  g_autoptr (GBytes) tags = n_later > N_BEFORE_SCOPES ? take_blob (tuple, N_COMMON + N_BEFORE_SCOPES) : NULL;
  const guint8 *bytes;
  gsize size;

  if (n_later <= N_BEFORE_SCOPES)
    return TRUE;
  if (tags == NULL)
    return FALSE;
  bytes = g_bytes_get_data (tags, &size);
  if (size != (gsize) self->admins->len * KEYSET_SCOPE_BYTES)
    return FALSE;
  for (guint i = 0; i < self->admins->len; i++)
    memcpy (((KeysetAdmin *) g_ptr_array_index (self->admins, i))->scope_tag, bytes + (gsize) i * KEYSET_SCOPE_BYTES,
            KEYSET_SCOPE_BYTES);
  return TRUE;
}

static Keyset *
take_keyset (GVariant *tuple)
{
  g_autoptr (Keyset) self = keyset_new ();
  const gsize rest = g_variant_n_children (tuple) - 2;
  g_autoptr (GVariant) admins = g_variant_get_child_value (tuple, rest + 1);

  g_variant_get_child (tuple, 0, "s", &self->provider);
  g_variant_get_child (tuple, 1, "s", &self->vault_id);
  self->identity = take_blob (tuple, 2);
  self->srk_public = take_blob (tuple, 3);
  self->srk_name = take_blob (tuple, 4);
  g_variant_get_child (tuple, 5, "u", &self->epoch_index);
  g_variant_get_child (tuple, 6, "t", &self->epoch);
  g_variant_get_child (tuple, 7, "u", &self->counter_index);
  self->gate = take_blob (tuple, 8);
  self->dek = take_blob (tuple, 9);
  self->epoch_secret = take_blob (tuple, 10);
  if (self->identity == NULL || self->srk_public == NULL || self->srk_name == NULL || self->gate == NULL
      || self->dek == NULL || self->epoch_secret == NULL || !take_later (self, tuple, rest - N_COMMON)
      || !take_fixed (tuple, rest, self->vault_public, sizeof self->vault_public)
      || !g_uuid_string_is_valid (self->vault_id)
      || (!g_str_equal (self->provider, "tpm2") && !g_str_equal (self->provider, "swtpm"))
      || g_variant_n_children (admins) < 1 || g_variant_n_children (admins) > KEYSET_MAX_ADMINS)
    return NULL;
  for (gsize i = 0; i < g_variant_n_children (admins); i++)
    {
      g_autoptr (GVariant) admin = g_variant_get_child_value (admins, i);

      if (!take_admin (self, admin))
        return NULL;
    }
  return take_scopes (self, tuple, rest - N_COMMON) ? g_steal_pointer (&self) : NULL;
}

Keyset *
keyset_parse (GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint8 digest[DIGEST_BYTES];
  guint32 version;
  Keyset *self = NULL;

  if (size > PREFIX_BYTES + DIGEST_BYTES && size <= KEYSET_MAX_BYTES && memcmp (data, MAGIC, MAGIC_BYTES) == 0
      && crypto_hash_sha256 (digest, data, size - DIGEST_BYTES) == 0
      && memcmp (digest, data + size - DIGEST_BYTES, DIGEST_BYTES) == 0)
    {
      memcpy (&version, data + MAGIC_BYTES, sizeof version);
      version = GUINT32_FROM_LE (version);
      if (version >= 1 && version <= VERSION)
        {
          const GVariantType *type = G_VARIANT_TYPE (types[version - 1]);
          g_autoptr (GBytes) body = g_bytes_new_from_bytes (bytes, PREFIX_BYTES, size - PREFIX_BYTES - DIGEST_BYTES);
          g_autoptr (GVariant) stored = g_variant_ref_sink (g_variant_new_from_bytes (type, body, FALSE));

          if (g_variant_is_normal_form (stored))
            {
              g_autoptr (GVariant) native =
                  G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref (stored) : g_variant_byteswap (stored);

              self = take_keyset (native);
            }
        }
    }
  if (self == NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "the keyset is damaged or of an unknown version");
  return self;
}

static void
set_no_file (GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "the keyset is no file but a link or a folder");
}

Keyset *
keyset_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 buffer[4096];
  g_autoptr (GByteArray) content = g_byte_array_new ();
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  gssize n = 1;
  int saved_errno;

  if (fd < 0)
    {
      if (errno == ENOENT)
        g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_MISSING, "there is no keyset");
      else if (errno == ELOOP)
        set_no_file (error);
      else
        custody_error_set_errno (error, errno, "open the keyset");
      return NULL;
    }
  while (n > 0 && content->len <= KEYSET_MAX_BYTES)
    {
      n = read (fd, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR)
        n = 1;
      else if (n > 0)
        g_byte_array_append (content, buffer, n);
    }
  saved_errno = errno;
  close (fd);
  if (n < 0 && saved_errno == EISDIR)
    set_no_file (error);
  else if (n < 0)
    custody_error_set_errno (error, saved_errno, "read the keyset");
  if (n < 0)
    return NULL;
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&content));
  return keyset_parse (bytes, error);
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

static GVariant *
bytes_variant (GBytes *bytes)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static GVariant *
fixed_variant (const guint8 *bytes, gsize n_bytes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n_bytes, 1);
}

static GVariant *
scopes_variant (const Keyset *self)
{
  g_autoptr (GByteArray) tags = g_byte_array_new ();

  for (guint i = 0; i < self->admins->len; i++)
    g_byte_array_append (tags, ((const KeysetAdmin *) g_ptr_array_index (self->admins, i))->scope_tag,
                         KEYSET_SCOPE_BYTES);
  return fixed_variant (tags->data, tags->len);
}

GBytes *
keyset_serialize (const Keyset *self)
{
  g_autoptr (GVariant) native = NULL, stored = NULL;
  g_autoptr (GByteArray) file = g_byte_array_new ();
  GVariantBuilder admins;
  guint32 version = GUINT32_TO_LE (VERSION);
  guint8 digest[DIGEST_BYTES];

  g_variant_builder_init (&admins, G_VARIANT_TYPE ("a" ADMIN_TYPE));
  for (guint i = 0; i < self->admins->len; i++)
    {
      const KeysetAdmin *admin = g_ptr_array_index (self->admins, i);

      g_variant_builder_add (&admins, "(s@ay@ayuu@ay@ay)", admin->id, bytes_variant (admin->key),
                             fixed_variant (admin->salt, sizeof admin->salt), admin->argon_ops, admin->argon_kib,
                             fixed_variant (admin->ephemeral, sizeof admin->ephemeral), bytes_variant (admin->wrap));
    }
  native = g_variant_ref_sink (g_variant_new (
      "(ss@ay@ay@ayutu@ay@ay@ay@ay@ay@ay@ay@ay@ay@a" ADMIN_TYPE ")", self->provider, self->vault_id,
      bytes_variant (self->identity), bytes_variant (self->srk_public), bytes_variant (self->srk_name),
      self->epoch_index, self->epoch, self->counter_index, bytes_variant (self->gate), bytes_variant (self->dek),
      bytes_variant (self->epoch_secret), bytes_variant (self->attest_key), bytes_variant (self->transport_key),
      bytes_variant (self->index_key), bytes_variant (self->boot_branches), scopes_variant (self),
      fixed_variant (self->vault_public, sizeof self->vault_public), g_variant_builder_end (&admins)));
  stored = G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref (native) : g_variant_byteswap (native);
  g_byte_array_append (file, (const guint8 *) MAGIC, MAGIC_BYTES);
  g_byte_array_append (file, (const guint8 *) &version, sizeof version);
  g_byte_array_append (file, g_variant_get_data (stored), g_variant_get_size (stored));
  crypto_hash_sha256 (digest, file->data, file->len);
  g_byte_array_append (file, digest, sizeof digest);
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

Keyset *
keyset_copy (const Keyset *self, GError **error)
{
  g_autoptr (GBytes) bytes = keyset_serialize (self);

  return keyset_parse (bytes, error);
}

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      size -= n;
    }
  return TRUE;
}

gboolean
keyset_save (const Keyset *self, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = keyset_serialize (self);
  g_autofree char *next = g_strconcat (path, KEYSET_UNFINISHED, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  int fd, saved_errno;
  gboolean ok;

  (void) unlink (next);
  fd = open (next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  ok = fd >= 0 && write_all (fd, data, size) && fsync (fd) == 0;
  saved_errno = errno;
  if (fd >= 0 && close (fd) != 0 && ok)
    {
      ok = FALSE;
      saved_errno = errno;
    }
  if (!ok)
    custody_error_set_errno (error, saved_errno, "write the keyset");
  else
    ok = durable_rename (next, path, error);
  if (!ok)
    (void) unlink (next);
  return ok;
}
