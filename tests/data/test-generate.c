/* SPDX-License-Identifier: Apache-2.0 */
/* generate: the exact bytes of each built-in format, and everything that must not become a file. The numbers are made up of
 * one digit or of a run; none has a check digit that matters here. */
#include <glib.h>
#include <string.h>

#include "custody-error.h"
#include "generate.h"

static const char zeros[] = "000011112222";
static const char nines[] = "999988887777";

static ExportPerson
employee (const char *name)
{
  return (ExportPerson){ .person = "p1",
                         .kind = "employee",
                         .code = "0001",
                         .name = name,
                         .kana = "ミホン タロウ",
                         .birth_date = "1985-01-02",
                         .department = "総務",
                         .relationship = "本人",
                         .parent_code = "ignored" };
}

static ExportPerson
dependant (const char *name)
{
  return (ExportPerson){ .person = "p2",
                         .kind = "dependant",
                         .code = "0001-1",
                         .name = name,
                         .birth_date = "2015-05-05",
                         .relationship = "子",
                         .parent_code = "0001",
                         .parent_name = "見本 太郎" };
}

static ExportPerson
contractor (const char *name)
{
  return (ExportPerson){ .person = "p3", .kind = "contractor", .code = "K1", .name = name, .kana = "" };
}

/* The file as a string, or the unfit as "person column why; …", or the error's name. */
static char *
generate (const Format *format, ExportPerson *people, guint n_people, gboolean masked)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GPtrArray) unfit = NULL;
  g_autoptr (Secret) content = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = NULL;
  char sha256[65] = "";
  gsize n_bytes;
  const guint8 *bytes;
  GString *reasons;

  for (guint i = 0; i < n_people; i++)
    g_ptr_array_add (list, &people[i]);
  if (export_generate (format, list, masked, &content, sha256, &unfit, &error))
    {
      g_assert_no_error (error);
      g_assert_null (unfit);
      bytes = secret_get_data (content, &n_bytes);
      expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes, n_bytes);
      g_assert_cmpstr (sha256, ==, expected);
      return g_strndup ((const char *) bytes, n_bytes);
    }
  g_assert_null (content);
  g_assert_cmpstr (sha256, ==, "");
  if (unfit == NULL)
    return g_strdup (custody_error_get_name (error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_UNFIT_TEXT);
  g_assert_cmpuint (unfit->len, >, 0);
  for (guint i = 0; i < n_people; i++)
    g_assert_true (people[i].name[0] == '\0' || strstr (error->message, people[i].name) == NULL);
  reasons = g_string_new (NULL);
  for (guint i = 0; i < unfit->len; i++)
    {
      const ExportUnfit *one = g_ptr_array_index (unfit, i);

      g_string_append_printf (reasons, "%s%s %u %s", i > 0 ? "; " : "", one->person, one->column,
                              export_why_get_name (one->why));
    }
  return g_string_free (reasons, FALSE);
}

static char *
generate_by_id (const char *id, ExportPerson *people, guint n_people, gboolean masked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Format) format = format_find (id, &error);

  g_assert_no_error (error);
  return generate (format, people, n_people, masked);
}

/* The three people of one household and one contractor, with numbers. */
static char *
generate_all (const char *id, gboolean masked)
{
  g_autoptr (Secret) first = secret_new_copy (zeros, 12);
  g_autoptr (Secret) second = secret_new_copy (nines, 12);
  ExportPerson people[] = { employee ("見本 太郎"), dependant ("見本 一郎"), contractor ("例示, 次郎") };

  people[0].number = first;
  people[1].number = second;
  people[2].number = first;
  if (g_str_equal (id, "yayoi"))
    return generate_by_id (id, people, 2, masked);
  return generate_by_id (id, people, 3, masked);
}

static void
test_keyed_csv (void)
{
  g_autofree char *file = generate_all ("keyed-csv", FALSE);
  g_autofree char *again = generate_all ("keyed-csv", FALSE);

  g_assert_cmpstr (file, ==,
                   "\xef\xbb\xbf社員番号,区分,氏名,フリガナ,続柄,生年月日,個人番号\r\n"
                   "0001,社員,見本 太郎,ミホン タロウ,,1985-01-02,000011112222\r\n"
                   "0001,家族,見本 一郎,,子,2015-05-05,999988887777\r\n"
                   "K1,外部協力者,\"例示, 次郎\",,,,000011112222\r\n");
  g_assert_cmpstr (again, ==, file);
}

static void
test_keyed_csv_cp932 (void)
{
  g_autofree char *file = generate_all ("keyed-csv-cp932", FALSE);

  g_assert_cmpstr (
      file, ==,
      /* 社員番号,区分,氏名,フリガナ,続柄,生年月日,個人番号 */
      "\x8e\xd0\x88\xf5\x94\xd4\x8d\x86,\x8b\xe6\x95\xaa,\x8e\x81\x96\xbc,\x83\x74\x83\x8a\x83\x4b\x83\x69,"
      "\x91\xb1\x95\xbf,\x90\xb6\x94\x4e\x8c\x8e\x93\xfa,\x8c\xc2\x90\x6c\x94\xd4\x8d\x86\r\n"
      /* 0001,社員,見本 太郎,ミホン タロウ */
      "0001,\x8e\xd0\x88\xf5,\x8c\xa9\x96\x7b \x91\xbe\x98\x59,\x83\x7e\x83\x7a\x83\x93 \x83\x5e\x83\x8d\x83\x45,,"
      "1985-01-02,000011112222\r\n"
      /* 0001,家族,見本 一郎,,子 */
      "0001,\x89\xc6\x91\xb0,\x8c\xa9\x96\x7b \x88\xea\x98\x59,,\x8e\x71,2015-05-05,999988887777\r\n"
      /* K1,外部協力者,"例示, 次郎" */
      "K1,\x8a\x4f\x95\x94\x8b\xa6\x97\xcd\x8e\xd2,\"\x97\xe1\x8e\xa6, \x8e\x9f\x98\x59\",,,,000011112222\r\n");
}

static void
test_yayoi (void)
{
  g_autofree char *file = generate_all ("yayoi", FALSE);

  g_assert_cmpstr (file, ==,
                   /* 見本太郎 / 見本太郎,見本一郎 without spaces, as the layout says */
                   "\x8c\xa9\x96\x7b\x91\xbe\x98\x59,,,,000011112222\r\n"
                   "\x8c\xa9\x96\x7b\x91\xbe\x98\x59,\x8c\xa9\x96\x7b\x88\xea\x98\x59,,,999988887777\r\n");
}

static void
test_masked (void)
{
  static const char *const ids[] = { "keyed-csv", "keyed-csv-cp932", "yayoi" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *open = generate_all (ids[i], FALSE);
      g_autofree char *masked = generate_all (ids[i], TRUE);

      g_assert_cmpuint (strlen (masked), ==, strlen (open));
      g_assert_nonnull (strstr (masked, ",************\r\n"));
      g_assert_null (strstr (masked, zeros));
      g_assert_null (strstr (masked, nines));
    }
}

static void
test_masked_needs_no_numbers (void)
{
  ExportPerson people[] = { employee ("見本 太郎") };
  g_autofree char *file = generate_by_id ("yayoi", people, 1, TRUE);

  g_assert_nonnull (strstr (file, ",,,,************\r\n"));
}

static void
test_unfit (void)
{
  static const struct
  {
    const char *id;
    const char *name;
    const char *why;
  } cases[] = {
    { "keyed-csv-cp932", "𠮷田", "p1 3 character" },
    { "keyed-csv-cp932", "見本〜", "p1 3 character" },
    { "keyed-csv-cp932", "葛󠄀城", "p1 3 character" },
    { "keyed-csv", "=1+1", "p1 3 formula" },
    { "keyed-csv", "＋見本", "p1 3 formula" },
    { "keyed-csv", "@見本", "p1 3 formula" },
    { "keyed-csv", "\t見本", "p1 3 formula" },
    { "keyed-csv", "見\t本", "p1 3 control" },
    { "keyed-csv", "見\x1b本", "p1 3 control" },
    { "keyed-csv", "", "p1 3 missing" },
    { "keyed-csv", "\xe8\xa6", "p1 3 character" }, /* no UTF-8 at all */
    { "yayoi", "\xe8\xa6", "p1 1 character" },
    { "yayoi", "見本,太郎", "p1 1 delimiter" },
    { "yayoi", "見本\"太郎", "p1 1 delimiter" },
    { "yayoi", "見本\n太郎", "p1 1 delimiter" },
    { "yayoi", " =1", "p1 1 formula" }, /* after the spaces are dropped */
    { "yayoi", "　 ", "p1 1 missing" },
    { "yayoi", "一二三四五六七八九十一", "p1 1 too-long" }, /* 22 bytes */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Secret) number = secret_new_copy (zeros, 12);
      ExportPerson people[] = { employee (cases[i].name) };
      g_autofree char *found = NULL;

      people[0].number = number;
      g_test_message ("case %u", i);
      found = generate_by_id (cases[i].id, people, 1, FALSE);
      g_assert_cmpstr (found, ==, cases[i].why);
    }
}

static void
test_fits_exactly (void)
{
  ExportPerson people[] = { employee ("一二三四五 六七八九十") };
  g_autofree char *file = generate_by_id ("yayoi", people, 1, TRUE);

  g_assert_true (g_str_has_suffix (file, "\x8f\x5c,,,,************\r\n"));
}

/* Everybody who does not fit is named, not only the first. */
static void
test_all_unfit_are_listed (void)
{
  ExportPerson people[] = { employee ("𠮷田"), dependant ("=1"), contractor ("例示 次郎") };
  g_autofree char *found = NULL;

  people[0].kana = "=2";
  found = generate_by_id ("keyed-csv-cp932", people, 3, TRUE);
  g_assert_cmpstr (found, ==, "p1 3 character; p1 4 formula; p2 3 formula");
}

static void
test_same_name (void)
{
  ExportPerson people[] = { employee ("見本 太郎"), employee ("試験 花子"), employee ("見本太郎"),
                            employee ("見本　太郎"), dependant ("見本 太郎") };
  g_autofree char *found = NULL;

  people[1].person = "q";
  people[2].person = "r";
  people[3].person = "s";
  found = generate_by_id ("yayoi", people, 5, TRUE);
  g_assert_cmpstr (found, ==, "p1 0 duplicate; r 0 duplicate; s 0 duplicate");
}

static void
test_refuses (void)
{
  static const char *const bad[] = {
    "", "00001111222", "0000111122223", "00001111222a", "0000 1111 22", "00001111222\0"
  };
  ExportPerson people[] = { employee ("見本 太郎"), contractor ("例示 次郎") };
  g_autofree char *nobody = generate_by_id ("keyed-csv", people, 0, FALSE);
  g_autofree char *wrong_kind = generate_by_id ("yayoi", people, 2, TRUE);
  g_autofree char *no_number = generate_by_id ("keyed-csv", people, 1, FALSE);

  g_assert_cmpstr (nobody, ==, "NothingToExport");
  g_assert_cmpstr (wrong_kind, ==, "Usage");
  g_assert_cmpstr (no_number, ==, "BadNumber");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (Secret) number = secret_new_copy (bad[i], i == 5 ? 12 : strlen (bad[i]));
      g_autofree char *found = NULL;

      people[0].number = number;
      found = generate_by_id ("keyed-csv", people, 1, FALSE);
      g_assert_cmpstr (found, ==, "BadNumber");
    }
}

/* What the built-in formats do not use. */
static void
test_other_formats (void)
{
  static const char text[] =
      "[format]\nid=other\nmode=generate\ntitle=x\ntitle[ja]=x\nsource=x\ncertainty=D\nverified=x\nverified[ja]=x\n"
      "kinds=employee;dependant\n"
      "[file]\nencoding=utf8\neol=lf\nheader=yes\nquote=always\nnumber-width=12\nunique=\n[columns]\n"
      "1=a \"b\"=const:c, \"d\"\n2=n=number\n3=kind=kind\n4=code=code\n5=parent=parent_code\n"
      "6=parent's=parent_name\n7=department=department\n8=of=dependant_name\n9=e=employee_name\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (Format) format = format_parse (text, sizeof text - 1, &error);
  ExportPerson people[] = { employee ("見本 太郎"), dependant ("見本 一郎") };
  g_autofree char *file = NULL;

  g_assert_no_error (error);
  file = generate (format, people, 2, TRUE);
  g_assert_cmpstr (file, ==,
                   "\"a \"\"b\"\"\",\"n\",\"kind\",\"code\",\"parent\",\"parent's\",\"department\",\"of\",\"e\"\n"
                   "\"c, \"\"d\"\"\",\"************\",\"employee\",\"0001\",\"\",\"\",\"総務\",\"\",\"見本 太郎\"\n"
                   "\"c, \"\"d\"\"\",\"************\",\"dependant\",\"0001-1\",\"0001\",\"見本 太郎\",\"\",\"見本 "
                   "一郎\",\"見本 太郎\"\n");
}

static void
test_many (void)
{
  enum
  {
    N_PEOPLE = 5000
  };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (Format) format = format_find ("keyed-csv-cp932", NULL);
  g_autoptr (Secret) number = secret_new_copy (zeros, 12);
  g_autoptr (Secret) content = NULL;
  g_autoptr (GError) error = NULL;
  ExportPerson person = employee ("見本 太郎");
  char sha256[65];
  gsize n_bytes;
  const guint8 *bytes;

  person.number = number;
  for (guint i = 0; i < N_PEOPLE; i++)
    g_ptr_array_add (list, &person);
  g_assert_true (export_generate (format, list, FALSE, &content, sha256, NULL, &error));
  g_assert_no_error (error);
  bytes = secret_get_data (content, &n_bytes);
  /* 52 bytes of header, then 60 of each row */
  g_assert_cmpuint (n_bytes, ==, 52 + 60 * N_PEOPLE);
  g_assert_cmpmem (bytes + n_bytes - 14, 14, "000011112222\r\n", 14);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  g_test_add_func ("/export/generate/keyed-csv-bytes", test_keyed_csv);
  g_test_add_func ("/export/generate/keyed-csv-cp932-bytes", test_keyed_csv_cp932);
  g_test_add_func ("/export/generate/yayoi-bytes", test_yayoi);
  g_test_add_func ("/export/generate/masked", test_masked);
  g_test_add_func ("/export/generate/masked-needs-no-numbers", test_masked_needs_no_numbers);
  g_test_add_func ("/export/generate/unfit-is-refused-with-its-reason", test_unfit);
  g_test_add_func ("/export/generate/fits-exactly", test_fits_exactly);
  g_test_add_func ("/export/generate/all-unfit-are-listed", test_all_unfit_are_listed);
  g_test_add_func ("/export/generate/same-name-where-it-is-the-key", test_same_name);
  g_test_add_func ("/export/generate/refuses", test_refuses);
  g_test_add_func ("/export/generate/other-formats", test_other_formats);
  g_test_add_func ("/export/generate/many", test_many);
  return g_test_run ();
}
