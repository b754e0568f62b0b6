/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the part of the proof that looks at the files as they lie there: nothing to read, no structure, nothing but noise. */
#include "prove-private.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "custody-error.h"
#include "plain.h"
#include "randomness.h"

#define FILE_MAX (256 * 1024 * 1024)
#define KEYSET_MAGIC "AZKEYSET"

/* --- files ----------------------------------------------------------------------------------------------------------- */

static GBytes *
map_file (int fd)
{
  g_autoptr (GMappedFile) file = NULL;
  struct stat st;

  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && st.st_size <= FILE_MAX)
    file = g_mapped_file_new_from_fd (fd, FALSE, NULL);
  return file != NULL ? g_mapped_file_get_bytes (file) : NULL;
}

GBytes *
prove_read_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  GBytes *content = fd >= 0 ? map_file (fd) : NULL;

  if (fd >= 0)
    close (fd);
  if (content != NULL)
    return content;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "a file of the vault cannot be read");
  return NULL;
}

/* @name: of the file, within the vault's folder. %FALSE ends the walk. */
typedef gboolean (*FileFunc) (const char *path, const char *name, gpointer user_data);

static gboolean
walk (const char *folder, const char *inner, guint depth, FileFunc func, gpointer user_data)
{
  g_autoptr (GDir) dir = depth < PROVE_MAX_DEPTH ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (folder, name, NULL);
      g_autofree char *within = inner[0] != '\0' ? g_build_filename (inner, name, NULL) : g_strdup (name);
      struct stat st;

      if (lstat (child, &st) != 0 || S_ISSOCK (st.st_mode))
        continue;
      if (S_ISDIR (st.st_mode) ? !walk (child, within, depth + 1, func, user_data) : !func (child, within, user_data))
        return FALSE;
    }
  return TRUE;
}

static gboolean
keep_keyset (const char *path, const char *name, gpointer user_data)
{
  const gboolean is_own = g_str_equal (name, KEYS_FILE) || g_str_has_prefix (name, PROVE_COPY_FOLDER "/");
  g_autoptr (GBytes) content = is_own ? NULL : prove_read_file (path, NULL);
  gsize size = 0;
  const char *data = content != NULL ? g_bytes_get_data (content, &size) : NULL;

  if (size > strlen (KEYSET_MAGIC) && memcmp (data, KEYSET_MAGIC, strlen (KEYSET_MAGIC)) == 0)
    g_ptr_array_add (user_data, g_strdup (path));
  return TRUE;
}

GPtrArray *
prove_find_keysets (const char *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  (void) walk (folder, "", 0, keep_keyset, paths);
  return paths;
}

/* --- what to look for ------------------------------------------------------------------------------------------------ */

typedef struct
{
  GPtrArray *findings;
  Plain *plain;
  PlainFound found;
  PlainShape shape;
  guint n_texts, n_files, n_noise;
  guint64 n_bytes;
  gboolean ok;
} Look;

static void
add_text (Look *look, const char *text)
{
  if (text == NULL || strlen (text) < PLAIN_LEAST_BYTES)
    return;
  plain_add_text (look->plain, text);
  look->n_texts++;
}

/* Everything that names somebody or tells something about them. */
static gboolean
add_texts (Vault *self, Look *look, GError **error)
{
  g_autoptr (GPtrArray) people = people_list (self->store, error);
  g_autoptr (GPtrArray) admins = people != NULL ? admins_list (self->store, error) : NULL;

  if (admins == NULL)
    return FALSE;
  for (guint i = 0; i < people->len; i++)
    {
      const Person *person = g_ptr_array_index (people, i);

      add_text (look, person->name);
      add_text (look, person->kana);
      add_text (look, person->birth_date);
      add_text (look, person->department);
    }
  for (guint i = 0; i < admins->len; i++)
    {
      const Admin *admin = g_ptr_array_index (admins, i);

      add_text (look, admin->name);
      /* The keyset names admins and the vault by these. */
      plain_add_known (look->plain, admin->id);
    }
  add_text (look, self->company);
  plain_add_known (look->plain, keys_get_vault_id (self->keys));
  return TRUE;
}

/* --- one file -------------------------------------------------------------------------------------------------------- */

/* What lies encrypted as a whole. Of the others the keyset tells ids and public keys, and a software TPM's state is the TPM. */
static gboolean
is_noise (const char *name)
{
  return g_str_equal (name, STORE_FILE) || g_str_equal (name, STORE_FILE "-journal")
         || g_str_equal (name, STORE_NEXT_FILE);
}

static GVariant *
facts_of (const char *name, const Randomness *file, const Randomness *control, const RandomnessBound *bound)
{
  GVariantDict facts;

  g_variant_dict_init (&facts, NULL);
  g_variant_dict_insert (&facts, "file", "s", name);
  g_variant_dict_insert (&facts, "bytes", "t", file->n_bytes);
  g_variant_dict_insert (&facts, "windows", "u", file->n_windows);
  g_variant_dict_insert (&facts, "chi-square", "d", file->chi_square);
  g_variant_dict_insert (&facts, "chi-square-random", "d", control->chi_square);
  g_variant_dict_insert (&facts, "chi-square-low", "d", bound->chi_square_low);
  g_variant_dict_insert (&facts, "chi-square-high", "d", bound->chi_square_high);
  g_variant_dict_insert (&facts, "window-chi-square", "d", file->chi_square_max);
  g_variant_dict_insert (&facts, "window-chi-square-random", "d", control->chi_square_max);
  g_variant_dict_insert (&facts, "window-chi-square-high", "d", bound->window_high);
  g_variant_dict_insert (&facts, "shannon", "d", file->shannon_min);
  g_variant_dict_insert (&facts, "shannon-random", "d", control->shannon_min);
  g_variant_dict_insert (&facts, "shannon-low", "d", bound->shannon_low);
  g_variant_dict_insert (&facts, "repeated", "t", file->n_repeated);
  g_variant_dict_insert (&facts, "repeated-random", "t", control->n_repeated);
  return g_variant_dict_end (&facts);
}

/* Beside random bytes of the same size, measured in the same way, which must pass too. */
static void
measure (Look *look, const char *name, const guint8 *bytes, gsize n_bytes)
{
  g_autofree guint8 *noise = g_malloc (MAX (n_bytes, 1));
  Randomness file, control;
  RandomnessBound bound;
  gboolean ok;

  randombytes_buf (noise, n_bytes);
  randomness_measure (bytes, n_bytes, &file);
  randomness_measure (noise, n_bytes, &control);
  randomness_bound (n_bytes, &bound);
  ok = randomness_is_plausible (&file) && randomness_is_plausible (&control);
  prove_add (
      look->findings, "entropy", PROVE_RANDOM, ok ? PROVE_RANDOM : PROVE_NOT_RANDOM, ok,
      facts_of (name, &file, &control, &bound),
      "%s, %" G_GUINT64_FORMAT
      " bytes: chi-square %.1f (random bytes %.1f, bound %.1f to %.1f); worst of %u windows of 4 KiB: chi-square "
      "%.1f (%.1f, at most %.1f), Shannon %.4f bits (%.4f, at least %.4f); blocks there twice: %" G_GUINT64_FORMAT,
      name, file.n_bytes, file.chi_square, control.chi_square, bound.chi_square_low, bound.chi_square_high,
      file.n_windows, file.chi_square_max, control.chi_square_max, bound.window_high, file.shannon_min,
      control.shannon_min, bound.shannon_low, file.n_repeated);
}

static gboolean
look_at_file (const char *path, const char *name, gpointer user_data)
{
  Look *look = user_data;
  g_autoptr (GBytes) content = prove_read_file (path, NULL);
  const guint8 *bytes;
  gsize n_bytes;

  if (content == NULL)
    {
      look->ok = FALSE;
      return TRUE;
    }
  bytes = g_bytes_get_data (content, &n_bytes);
  /* A name may stand in a file's name, too. */
  plain_search (look->plain, (const guint8 *) name, strlen (name), &look->found);
  plain_search (look->plain, bytes, n_bytes, &look->found);
  look->n_files++;
  look->n_bytes += n_bytes;
  if (!is_noise (name) || n_bytes == 0)
    return TRUE;
  look->n_noise++;
  plain_shape (bytes, n_bytes, &look->shape);
  measure (look, name, bytes, n_bytes);
  return TRUE;
}

/* Not mapped: a stick may be pulled out, and the daemon must not die of it. */
static GByteArray *
read_all (int fd)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  guint8 piece[65536];
  gssize n;

  while ((n = read (fd, piece, sizeof piece)) > 0 && content->len <= FILE_MAX)
    g_byte_array_append (content, piece, (guint) n);
  return n == 0 ? g_steal_pointer (&content) : NULL;
}

/* A container's header is there to be read: a version, ids, public keys. */
static void
look_at_backup (int fd, const char *generation, gpointer user_data)
{
  Look *look = user_data;
  g_autoptr (GByteArray) content = read_all (fd);
  g_autofree char *name = g_strconcat ("backup-", generation, NULL);
  const gsize n_bytes = content != NULL ? content->len : 0;
  const guint8 *bytes = content != NULL ? content->data : NULL;
  gsize begin = CONTAINER_HEADER_AT;

  if (n_bytes < begin)
    {
      look->ok = FALSE;
      return;
    }
  begin += MIN (bytes[begin - 4] | bytes[begin - 3] << 8, CONTAINER_MAX_HEADER_BYTES);
  plain_search (look->plain, bytes, n_bytes, &look->found);
  look->n_files++;
  look->n_bytes += n_bytes;
  if (begin < n_bytes)
    measure (look, name, bytes + begin, n_bytes - begin);
}

/* --- rows ------------------------------------------------------------------------------------------------------------ */

static void
add_count (Look *look, const char *check, guint n_found, guint n_allowed, const char *what)
{
  const gboolean ok = look->ok && look->n_files > 0 && n_found <= n_allowed;
  GVariantDict facts;

  g_variant_dict_init (&facts, NULL);
  g_variant_dict_insert (&facts, "found", "u", n_found);
  g_variant_dict_insert (&facts, "allowed", "u", n_allowed);
  g_variant_dict_insert (&facts, "files", "u", look->n_files);
  g_variant_dict_insert (&facts, "bytes", "t", look->n_bytes);
  prove_add (look->findings, check, PROVE_NOTHING,
             n_found > n_allowed ? PROVE_FOUND
             : ok                ? PROVE_NOTHING
                                 : "Failed",
             ok, g_variant_dict_end (&facts), "%s: %u found%s", what, n_found,
             look->ok ? "" : "; a file could not be read");
}

gboolean
prove_files (Vault *self, GPtrArray *findings, GError **error)
{
  g_autoptr (Plain) plain = plain_new ();
  g_autofree char *texts = NULL;
  Look look = { .findings = findings, .plain = plain, .ok = TRUE };

  if (!add_texts (self, &look, error))
    return FALSE;
  look.ok = walk (self->folder, "", 0, look_at_file, &look) && look.ok;
  if (!prove_foreach_backup (self, look_at_backup, &look, error))
    return FALSE;
  texts = g_strdup_printf ("%u names, readings, birth dates and departments, in every encoding of theirs, in %u files",
                           look.n_texts, look.n_files);
  add_count (&look, "plain-names", look.found.n_texts, 0, texts);
  add_count (&look, "plain-kana", look.found.n_kana, 0, "runs of kana in UTF-8, UTF-16 or CP932");
  add_count (&look, "plain-numbers", look.found.n_numbers, 0, "12 digits that could be a number");
  add_count (&look, "shape-header", look.shape.n_headers, 0, "headers and words of a database");
  add_count (&look, "shape-pages", look.shape.n_page_marks, look.shape.max_marks, "marks of database pages");
  add_count (&look, "shape-text", look.shape.n_text_runs, 0, "runs of 32 letters");
  add_count (&look, "shape-padding", look.shape.n_equal_runs, 0, "runs of 8 equal bytes");
  return TRUE;
}
