/* SPDX-License-Identifier: Apache-2.0 */
/* zip: 7-Zip opens it with the passphrase and nothing else does; nothing about the content can be read beside it. */
#include <string.h>

#include "custody-error.h"
#include "data-test.h"
#include "generate.h"
#include "seven-zip.h"
#include "zip.h"

#define NUMBER "123456789018"
#define NAME "keyed-csv-20261123.csv"
#define N_MANY 10000

static const char row[] = "0001,employee,ミホン," NUMBER "\r\n";

typedef struct
{
  char *folder, *path;
  Secret *container, *passphrase;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = test_folder_new ();
  f->path = g_build_filename (f->folder, "x.zip", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->container, secret_free);
  g_clear_pointer (&f->passphrase, secret_free);
  test_folder_remove (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

static void
save (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *bytes = (const char *) secret_get_data (f->container, &size);

  g_file_set_contents_full (f->path, bytes, size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
wrap (Fixture *f, const void *bytes, gsize n_bytes)
{
  g_autoptr (Secret) content = secret_new_copy (bytes, n_bytes);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->container, secret_free);
  g_clear_pointer (&f->passphrase, secret_free);
  g_assert_true (export_wrap (content, NAME, &f->container, &f->passphrase, &error));
  g_assert_no_error (error);
  save (f);
}

static char *
dup_passphrase (Fixture *f)
{
  return g_strndup ((const char *) secret_get_data (f->passphrase, NULL), secret_get_size (f->passphrase));
}

static void
assert_opens_as (Fixture *f, const void *bytes, gsize n_bytes)
{
  g_autofree char *passphrase = dup_passphrase (f);
  g_autoptr (GBytes) out = seven_zip (f->path, "x", passphrase);
  g_autoptr (GBytes) expected = g_bytes_new (bytes, n_bytes);

  g_assert_nonnull (out);
  g_assert_true (g_bytes_equal (out, expected));
}

static gboolean
container_holds (Fixture *f, const void *bytes, gsize n_bytes)
{
  gsize size;
  const guint8 *zip = secret_get_data (f->container, &size);

  return memmem (zip, size, bytes, n_bytes) != NULL;
}

/* --- tests ----------------------------------------------------------------------------------------------------------- */

static void
test_opens (Fixture *f, gconstpointer data)
{
  g_autofree char *passphrase = NULL;
  g_autoptr (GBytes) list = NULL;
  const char *text;

  wrap (f, row, strlen (row));
  assert_opens_as (f, row, strlen (row));
  passphrase = dup_passphrase (f);
  list = seven_zip (f->path, "l", passphrase);
  g_assert_nonnull (list);
  text = g_bytes_get_data (list, NULL);
  g_assert_nonnull (g_strstr_len (text, g_bytes_get_size (list), "Path = " NAME "\n"));
  g_assert_nonnull (g_strstr_len (text, g_bytes_get_size (list), "Method = AES-256 Store"));
  g_assert_nonnull (g_strstr_len (text, g_bytes_get_size (list), "Encrypted = +"));
  g_assert_null (g_strstr_len (text, g_bytes_get_size (list), "ZipCrypto"));
}

/* Around libarchive's limit for a checksum (20), its buffer, and far more than that. */
static void
test_any_size (Fixture *f, gconstpointer data)
{
  static const gsize sizes[] = { 1, 2, 19, 20, 21, 65535, 65536, 65537, 3000000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *bytes = g_malloc (sizes[i]);

      for (gsize j = 0; j < sizes[i]; j++)
        bytes[j] = (guint8) (j * 7 + j / 251);
      wrap (f, bytes, sizes[i]);
      assert_opens_as (f, bytes, sizes[i]);
    }
}

static void
test_refuses_other_passphrases (Fixture *f, gconstpointer data)
{
  g_autofree char *passphrase = NULL;

  wrap (f, row, strlen (row));
  g_assert_null (seven_zip (f->path, "x", ""));
  for (guint i = 0; i < EXPORT_PASSPHRASE_LENGTH; i += 3)
    {
      g_autofree char *other = dup_passphrase (f);

      other[i] = other[i] == '7' ? '8' : '7';
      g_assert_null (seven_zip (f->path, "x", other));
    }
  passphrase = dup_passphrase (f);
  passphrase[EXPORT_PASSPHRASE_LENGTH - 1] = '\0';
  g_assert_null (seven_zip (f->path, "x", passphrase));
}

static guint32
crc32_of (const guint8 *bytes, gsize n_bytes)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < n_bytes; i++)
    {
      crc ^= bytes[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
    }
  return GUINT32_TO_LE (~crc);
}

/* Neither the number nor anything that could be tried against: 32 bits of a checksum tell one number in a known row. */
static void
test_tells_nothing (Fixture *f, gconstpointer data)
{
  const guint32 crc = crc32_of ((const guint8 *) row, strlen (row));

  for (guint i = 0; i < 20; i++)
    {
      wrap (f, row, strlen (row));
      for (gsize j = 0; j + 6 <= strlen (row); j++)
        g_assert_false (container_holds (f, row + j, 6));
      g_assert_false (container_holds (f, &crc, sizeof crc));
      g_assert_false (container_holds (f, secret_get_data (f->passphrase, NULL), EXPORT_PASSPHRASE_GROUP));
    }
}

static void
test_notices_damage (Fixture *f, gconstpointer data)
{
  g_autofree char *passphrase = NULL;
  gsize at;

  wrap (f, row, strlen (row));
  passphrase = dup_passphrase (f);
  /* from the end of the local header on: the salt, the sealed row, its code */
  at = 30 + strlen (NAME) + secret_get_data (f->container, NULL)[28];
  for (gsize i = 0; i < 16 + 2 + strlen (row) + 10; i += 4)
    {
      secret_get_writable (f->container)[at + i] ^= 0x10;
      save (f);
      g_assert_null (seven_zip (f->path, "x", passphrase));
      secret_get_writable (f->container)[at + i] ^= 0x10;
    }
  save (f);
  assert_opens_as (f, row, strlen (row));
}

/* Passphrases have the form that is promised, and are of the whole alphabet at each place. */
static void
test_passphrases (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (Secret) content = secret_new_copy ("x", 1);
  guint counts[256] = { 0 };

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (Secret) container = NULL;
      g_autoptr (Secret) passphrase = NULL;
      char *text;

      g_assert_true (export_wrap (content, NAME, &container, &passphrase, NULL));
      g_assert_cmpuint (secret_get_size (passphrase), ==, EXPORT_PASSPHRASE_LENGTH);
      text = g_strndup ((const char *) secret_get_data (passphrase, NULL), EXPORT_PASSPHRASE_LENGTH);
      for (guint j = 0; j < EXPORT_PASSPHRASE_LENGTH; j++)
        {
          g_assert_true ((text[j] == '-') == (j % 6 == 5));
          g_assert_true (text[j] == '-' || strchr (EXPORT_PASSPHRASE_ALPHABET, text[j]) != NULL);
          counts[(guint8) text[j]]++;
        }
      g_assert_true (g_hash_table_add (seen, text));
    }
  /* 5000 characters, 161 of each to be expected: 80 is six deviations away. */
  for (const char *c = EXPORT_PASSPHRASE_ALPHABET; *c != '\0'; c++)
    g_assert_cmpuint (counts[(guint8) *c], >, 80);
  g_assert_cmpuint (strlen (EXPORT_PASSPHRASE_ALPHABET), ==, 31);
}

static void
test_refuses_names (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "",
                                       ".",
                                       ".x",
                                       "../x",
                                       "a/b",
                                       "a\\b",
                                       "A.csv",
                                       "見本.csv",
                                       "a b.csv",
                                       "a\n.csv",
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
  g_autoptr (Secret) content = secret_new_copy ("x", 1);
  g_autoptr (Secret) nothing = secret_new (0);
  g_autofree char *good = export_inner_name ("keyed-csv", "csv");
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_false (export_wrap (content, names[i], &f->container, &f->passphrase, &error));
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
      g_clear_error (&error);
    }
  g_assert_false (export_wrap (nothing, NAME, &f->container, &f->passphrase, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_null (f->container);
  g_assert_true (export_wrap (content, good, &f->container, &f->passphrase, NULL));
}

static void
test_ten_thousand (Fixture *f, gconstpointer data)
{
  g_autoptr (Format) format = format_find ("keyed-csv", NULL);
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (Secret) number = secret_new_copy (NUMBER, 12);
  g_autoptr (Secret) content = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTimer) timer = NULL;
  char sha256[65];

  for (guint i = 0; i < N_MANY; i++)
    {
      ExportPerson *person = g_new0 (ExportPerson, 1);
      char *code = g_strdup_printf ("%05u", i);

      g_ptr_array_add (codes, code);
      *person =
          (ExportPerson){ .person = code, .kind = "employee", .code = code, .name = "見本 太郎", .number = number };
      g_ptr_array_add (people, person);
    }
  g_assert_true (export_generate (format, people, FALSE, &content, sha256, NULL, &error));
  timer = g_timer_new ();
  g_assert_true (export_wrap (content, NAME, &f->container, &f->passphrase, &error));
  g_test_minimized_result (g_timer_elapsed (timer, NULL), "%u rows, %" G_GSIZE_FORMAT " bytes: %.0f ms", N_MANY,
                           secret_get_size (content), g_timer_elapsed (timer, NULL) * 1e3);
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, 2.0);
  save (f);
  assert_opens_as (f, secret_get_data (content, NULL), secret_get_size (content));
  g_assert_false (container_holds (f, NUMBER, 6));
}

int
main (int argc, char **argv)
{
  g_autofree char *judge = g_find_program_in_path ("7z");

  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  /* An outside judge, or none: ours would only agree with itself. */
  g_assert_nonnull (judge);

#define ADD(path, function) g_test_add ("/zip/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("opens-with-7-zip", test_opens);
  ADD ("any-size", test_any_size);
  ADD ("refuses-other-passphrases", test_refuses_other_passphrases);
  ADD ("tells-nothing", test_tells_nothing);
  ADD ("notices-damage", test_notices_damage);
  ADD ("passphrases", test_passphrases);
  ADD ("refuses-names", test_refuses_names);
  ADD ("ten-thousand", test_ten_thousand);
  return g_test_run ();
}
