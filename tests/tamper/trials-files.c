/* SPDX-License-Identifier: Apache-2.0 */
/* trials: whole files, the keyset's fields, the database's pages. */
#include "world.h"

#include <sodium.h>
#include <sys/stat.h>

#include "keyset.h"

#define PAGE 4096
#define HMAC_BYTES 64
#define IV_BYTES 16

static const char *const parts[] = { KEYS_FILE, STORE_FILE, KEYS_SWTPM_FOLDER };

/* --- bytes ----------------------------------------------------------------------------------------------------------- */

static GByteArray *
read_bytes (const char *path)
{
  char *content;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  return g_byte_array_new_take ((guint8 *) content, size);
}

static void
write_bytes (const char *path, const GByteArray *bytes)
{
  g_assert_true (g_file_set_contents_full (path, (const char *) bytes->data, bytes->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600, NULL));
}

static void
flip (World *self, GByteArray *bytes, gsize from, gsize n)
{
  bytes->data[from + (gsize) g_rand_int_range (self->random, 0, (gint32) n)] ^=
      (guint8) (1 << g_rand_int_range (self->random, 0, 8));
}

static char *
tpm_file (const World *self)
{
  g_autofree char *folder = world_path (self, KEYS_SWTPM_FOLDER);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".permall"))
      return g_build_filename (folder, name, NULL);
  g_assert_not_reached ();
}

static char *
path_of (const World *self, const char *part)
{
  return g_str_equal (part, KEYS_SWTPM_FOLDER) ? tpm_file (self) : world_path (self, part);
}

/* --- whole files ----------------------------------------------------------------------------------------------------- */

static void
replaced (World *self, const char *from, const char *whose)
{
  for (guint mask = 1; mask < 8; mask += self->brief ? 2 : 1)
    {
      g_autoptr (GString) what = g_string_new (whose);

      world_reset (self);
      for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        if ((mask & (1u << i)) != 0)
          {
            world_take (self, from, parts[i]);
            g_string_append_printf (what, " %s", parts[i]);
          }
      /* A software TPM is a file like the others: with the database it goes back as a whole, and nothing is left that knows better. */
      world_judge (self, "file replaced", what->str,
                   mask == 7 || (mask == 6 && from == self->before) ? HARMLESS : FOUND);
    }
}

typedef void (*Spoil) (World *self, const char *path);

static void
make_empty (World *self, const char *path)
{
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

static void
make_link (World *self, const char *path)
{
  g_autofree char *aside = g_strconcat (path, ".aside", NULL);

  g_assert_cmpint (g_rename (path, aside), ==, 0);
  g_assert_cmpint (symlink (aside, path), ==, 0);
}

static void
make_folder (World *self, const char *path)
{
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

static void
make_readable (World *self, const char *path)
{
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
}

static void
make_others (World *self, const char *path)
{
  g_assert_cmpint (chown (path, 65534, 65534), ==, 0);
}

static void
make_none (World *self, const char *path)
{
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
cut_half (World *self, const char *path)
{
  g_autoptr (GByteArray) bytes = read_bytes (path);

  g_byte_array_set_size (bytes, bytes->len / 2);
  write_bytes (path, bytes);
}

static void
grow (World *self, const char *path)
{
  g_autoptr (GByteArray) bytes = read_bytes (path);
  guint8 more[100] = { 1 };

  g_byte_array_append (bytes, more, sizeof more);
  write_bytes (path, bytes);
}

static void
spoiled (World *self)
{
  static const struct
  {
    const char *what;
    Spoil spoil;
    gboolean as_root, tpm_too;
  } ways[] = { { "empty", make_empty, FALSE, TRUE },           { "a link", make_link, FALSE, FALSE },
               { "a folder", make_folder, FALSE, TRUE },       { "readable for others", make_readable, FALSE, TRUE },
               { "another owner's", make_others, TRUE, TRUE }, { "removed", make_none, FALSE, TRUE },
               { "cut in half", cut_half, FALSE, TRUE },       { "grown", grow, FALSE, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    for (guint p = self->brief ? i % 2 : 0; p < G_N_ELEMENTS (parts); p += self->brief ? 2 : 1)
      {
        g_autofree char *path = NULL, *what = NULL;

        if ((ways[i].as_root && geteuid () != 0) || (p == 2 && !ways[i].tpm_too))
          continue;
        world_reset (self);
        path = path_of (self, parts[p]);
        what = g_strdup_printf ("%s %s", parts[p], ways[i].what);
        ways[i].spoil (self, path);
        /* swtpm writes its state anew when it starts, as its own and closed. */
        world_judge (self, "file spoiled", what,
                     p == 2 && (ways[i].spoil == make_readable || ways[i].spoil == make_others) ? HARMLESS : FOUND);
      }
}

static void
tpm_state (World *self)
{
  const guint n = self->brief ? 2 : 120;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = NULL;
      g_autoptr (GByteArray) bytes = NULL;

      world_reset (self);
      path = tpm_file (self);
      bytes = read_bytes (path);
      flip (self, bytes, bytes->len * i / n, bytes->len / n);
      write_bytes (path, bytes);
      world_judge (self, "software TPM's state", "a bit flipped", AT_USE);
    }
}

static void
left_lying (World *self)
{
  static const struct
  {
    const char *name, *content;
  } files[] = { { STORE_FILE "-journal", "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7 no journal of ours" },
                { STORE_FILE "-wal", "no log of ours" },
                { STORE_NEXT_FILE, "no database" },
                { KEYS_NEXT_FILE, "no keyset" },
                { KEYS_FILE ".new", "no keyset" },
                { "lock", "anything" },
                { "safe.log", "2026-01-01T00:00:00Z\tnobody\tanything\n" } };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = NULL;

      world_reset (self);
      path = world_path (self, files[i].name);
      g_assert_true (g_file_set_contents (path, files[i].content, -1, NULL));
      world_judge (self, "left lying", files[i].name, HARMLESS);
    }
}

void
trials_of_files (World *self)
{
  world_reset (self);
  world_judge (self, "nothing", "the vault as it is", HARMLESS);
  replaced (self, self->before, "an earlier");
  replaced (self, self->other, "another vault's");
  spoiled (self);
  if (!self->brief)
    left_lying (self);
  tpm_state (self);
}

/* --- the keyset ------------------------------------------------------------------------------------------------------ */

static void
other_bytes (World *self, GBytes **place)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (*place, &size);

  if (size == 0)
    g_byte_array_append (bytes, (const guint8 *) "x", 1);
  else
    {
      g_byte_array_append (bytes, data, (guint) size);
      flip (self, bytes, 0, size);
    }
  g_bytes_unref (*place);
  *place = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static gboolean
change_field (World *self, Keyset *keyset, guint field, const char **ret_name)
{
  KeysetAdmin *first = g_ptr_array_index (keyset->admins, 0), *second = g_ptr_array_index (keyset->admins, 1);
  GBytes *key = first->key;
  char *id = first->id;

  switch (field)
    {
#define FIELD(number, what, change)                                                                                    \
  case number:                                                                                                         \
    *ret_name = what;                                                                                                  \
    change;                                                                                                            \
    return TRUE;
      FIELD (0, "provider", (g_free (keyset->provider), keyset->provider = g_strdup ("tpm2")))
      FIELD (1, "vault's id", (g_free (keyset->vault_id), keyset->vault_id = g_uuid_string_random ()))
      FIELD (2, "TPM's identity", other_bytes (self, &keyset->identity))
      FIELD (3, "SRK's public part", other_bytes (self, &keyset->srk_public))
      FIELD (4, "SRK's name", other_bytes (self, &keyset->srk_name))
      FIELD (5, "epoch's index", keyset->epoch_index++)
      FIELD (6, "epoch", keyset->epoch++)
      FIELD (7, "counter's index", keyset->counter_index--)
      FIELD (8, "gate", other_bytes (self, &keyset->gate))
      FIELD (9, "database key", other_bytes (self, &keyset->dek))
      FIELD (10, "epoch's secret", other_bytes (self, &keyset->epoch_secret))
      FIELD (11, "attestation key", other_bytes (self, &keyset->attest_key))
      FIELD (12, "transport key", other_bytes (self, &keyset->transport_key))
      FIELD (13, "index key", other_bytes (self, &keyset->index_key))
      FIELD (14, "boot branches", other_bytes (self, &keyset->boot_branches))
      FIELD (15, "vault's public key", keyset->vault_public[3] ^= 4)
      FIELD (16, "an admin's id", (first->id = g_uuid_string_random (), g_free (id)))
      FIELD (17, "an admin's key", other_bytes (self, &first->key))
      FIELD (18, "an admin's salt", first->salt[2] ^= 1)
      FIELD (19, "an admin's Argon2 passes", first->argon_ops++)
      FIELD (20, "an admin's Argon2 memory", first->argon_kib /= 2)
      FIELD (21, "an admin's ephemeral point", first->ephemeral[9] ^= 1)
      FIELD (22, "an admin's wrap", other_bytes (self, &first->wrap))
      FIELD (23, "keys of two admins swapped", (first->key = second->key, second->key = key))
      FIELD (24, "ids of two admins swapped", (first->id = second->id, second->id = id))
      FIELD (25, "an admin removed", keyset_remove_admin (keyset, second->id))
#undef FIELD
    default:
      return FALSE;
    }
}

static void
fields (World *self)
{
  const char *what;

  for (guint field = 0;; field += self->brief ? 3 : 1)
    {
      g_autofree char *path = NULL;
      g_autoptr (Keyset) keyset = NULL;

      world_reset (self);
      path = world_path (self, KEYS_FILE);
      keyset = keyset_load (path, NULL);
      if (!change_field (self, keyset, field, &what))
        break;
      g_assert_true (keyset_save (keyset, path, NULL));
      world_judge (self, "keyset, digest made to fit", what, AT_USE);
    }
}

static void
keyset_bytes (World *self)
{
  const guint n = self->brief ? 4 : 200;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = NULL;
      g_autoptr (GByteArray) bytes = NULL;

      world_reset (self);
      path = world_path (self, KEYS_FILE);
      bytes = read_bytes (path);
      if (i % 4 == 3)
        g_byte_array_set_size (bytes, bytes->len * i / n);
      else
        flip (self, bytes, bytes->len * i / n, bytes->len / n);
      write_bytes (path, bytes);
      world_judge (self, "keyset", i % 4 == 3 ? "cut" : "a bit flipped", FOUND);
    }
}

void
trials_of_keyset (World *self)
{
  fields (self);
  keyset_bytes (self);
}

/* --- the database's pages -------------------------------------------------------------------------------------------- */

static void
page_trial (World *self, guint page, guint way)
{
  static const char *const whats[] = { "a bit of a page's body", "a bit of a page's IV",    "a bit of a page's HMAC",
                                       "a page zeroed",          "cut off before a page",   "cut within a page",
                                       "two pages swapped",      "an earlier page put back" };
  g_autofree char *path = NULL, *old_path = g_build_filename (self->before, STORE_FILE, NULL);
  g_autoptr (GByteArray) bytes = NULL, old = NULL;
  gsize at = (gsize) page * PAGE;

  world_reset (self);
  path = world_path (self, STORE_FILE);
  bytes = read_bytes (path);
  switch (way)
    {
    case 0:
      flip (self, bytes, at, PAGE - HMAC_BYTES - IV_BYTES);
      break;
    case 1:
      flip (self, bytes, at + PAGE - HMAC_BYTES - IV_BYTES, IV_BYTES);
      break;
    case 2:
      flip (self, bytes, at + PAGE - HMAC_BYTES, HMAC_BYTES);
      break;
    case 3:
      memset (bytes->data + at, 0, PAGE);
      break;
    case 4:
      g_byte_array_set_size (bytes, (guint) at);
      break;
    case 5:
      g_byte_array_set_size (bytes, (guint) at + PAGE / 2);
      break;
    case 6:
      {
        gsize other = (page + 1) % (bytes->len / PAGE) * PAGE;
        g_autofree guint8 *kept = g_memdup2 (bytes->data + at, PAGE);

        memcpy (bytes->data + at, bytes->data + other, PAGE);
        memcpy (bytes->data + other, kept, PAGE);
        break;
      }
    default:
      old = read_bytes (old_path);
      if (at + PAGE > old->len || memcmp (old->data + at, bytes->data + at, PAGE) == 0)
        return;
      memcpy (bytes->data + at, old->data + at, PAGE);
    }
  write_bytes (path, bytes);
  world_judge (self, "database's pages", whats[way], FOUND);
}

void
trials_of_pages (World *self)
{
  g_autofree char *path = g_build_filename (self->now, STORE_FILE, NULL);
  g_autoptr (GByteArray) bytes = read_bytes (path);
  const guint n_pages = bytes->len / PAGE;

  for (guint page = 0; page < n_pages; page += self->brief ? MAX (1, n_pages / 2) : 1)
    for (guint way = 0; way < 8; way++)
      page_trial (self, page, way);
}
