/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl read, scanners, scan-test: exit codes, JSON, sentences, and where a number may and may not appear. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define DIGITS "123456789018" /* what the fake reader answers */
#define GROUPED "1234 5678 9018"

typedef struct
{
  char *dir; /* files of this test, and SANE's configuration */
  GSubprocessLauncher *launcher;

  /* of the last run */
  int code;
  char *out, *err;
} Ctl;

static void
set_up (Ctl *ctl, gconstpointer data)
{
  ctl->dir = g_dir_make_tmp ("azukari-ctl-XXXXXX", NULL);
  ctl->launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                             | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_cwd (ctl->launcher, ctl->dir);
  g_subprocess_launcher_setenv (ctl->launcher, "SANE_CONFIG_DIR", ctl->dir, TRUE);
}

static void
tear_down (Ctl *ctl, gconstpointer data)
{
  g_autoptr (GDir) entries = g_dir_open (ctl->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (ctl->dir, name, NULL);

      (void) g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (ctl->dir), ==, 0);
  g_free (ctl->dir);
  g_free (ctl->out);
  g_free (ctl->err);
  g_object_unref (ctl->launcher);
}

static void
write_file (Ctl *ctl, const char *name, const char *bytes, gssize n_bytes)
{
  g_autofree char *path = g_build_filename (ctl->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, bytes, n_bytes, NULL));
}

static void
use_fake_reader (Ctl *ctl, const char *how)
{
  g_subprocess_launcher_setenv (ctl->launcher, "AZUKARI_READER", g_getenv ("FAKE_READER_PROGRAM"), TRUE);
  g_subprocess_launcher_setenv (ctl->launcher, "FAKE_READER", how, TRUE);
}

static void
run_with_input (Ctl *ctl, const char *input, const char *arguments)
{
  g_autofree char *line = g_strconcat ("azukarictl ", arguments, NULL);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;

  g_assert_true (g_shell_parse_argv (line, NULL, &argv, &error));
  g_free (argv[0]);
  argv[0] = g_strdup (g_getenv ("AZUKARICTL"));
  process = g_subprocess_launcher_spawnv (ctl->launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  g_clear_pointer (&ctl->out, g_free);
  g_clear_pointer (&ctl->err, g_free);
  g_assert_true (g_subprocess_communicate_utf8 (process, input, NULL, &ctl->out, &ctl->err, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  ctl->code = g_subprocess_get_exit_status (process);
  /* whatever happens, digits are no message */
  g_assert_null (strstr (ctl->err, DIGITS));
  g_assert_null (strstr (ctl->err, GROUPED));
}

static void
run (Ctl *ctl, const char *arguments)
{
  run_with_input (ctl, "", arguments);
}

/* Line @index of the output as an object. (transfer full) */
static JsonNode *
json_line (Ctl *ctl, guint index)
{
  g_auto (GStrv) lines = g_strsplit (ctl->out, "\n", -1);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_assert_cmpuint (g_strv_length (lines), >, index + 1);
  node = json_from_string (lines[index], &error);
  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  return node;
}

static guint
count_lines (Ctl *ctl)
{
  g_auto (GStrv) lines = g_strsplit (ctl->out, "\n", -1);

  return g_strv_length (lines) - 1;
}

static const char *
member (JsonNode *node, const char *name)
{
  return json_object_get_string_member (json_node_get_object (node), name);
}

static gboolean
is_null (JsonNode *node, const char *name)
{
  g_assert_true (json_object_has_member (json_node_get_object (node), name));
  return json_object_get_null_member (json_node_get_object (node), name);
}

static void
test_accepted (Ctl *ctl, gconstpointer data)
{
  g_autoptr (JsonNode) line = NULL;
  JsonObject *object;

  use_fake_reader (ctl, "good");
  write_file (ctl, "a.pnm", "x", 1);
  run (ctl, "read a.pnm --json");
  g_assert_cmpint (ctl->code, ==, 0);
  g_assert_cmpstr (ctl->err, ==, "");
  g_assert_cmpuint (count_lines (ctl), ==, 1);
  line = json_line (ctl, 0);
  object = json_node_get_object (line);
  g_assert_cmpstr (member (line, "file"), ==, "a.pnm");
  g_assert_cmpstr (member (line, "verdict"), ==, "accepted");
  g_assert_cmpstr (member (line, "reason"), ==, "");
  g_assert_cmpstr (member (line, "number"), ==, DIGITS);
  g_assert_cmpstr (member (line, "document"), ==, "my-number-card-back");
  g_assert_cmpfloat (json_object_get_double_member (object, "rotation_deg"), ==, 90.5);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "box")), ==, 4);
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (object, "readings"), "qr"), ==,
                   "match");
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (object, "ms"), "total"), ==, 9);

  run (ctl, "read a.pnm");
  g_assert_cmpint (ctl->code, ==, 0);
  g_assert_nonnull (strstr (ctl->out, GROUPED));
}

static void
test_doubtful_number_is_hidden (Ctl *ctl, gconstpointer data)
{
  g_autoptr (JsonNode) hidden = NULL, shown = NULL;

  use_fake_reader (ctl, "doubtful");
  write_file (ctl, "a.pnm", "x", 1);
  run (ctl, "read a.pnm --json");
  g_assert_cmpint (ctl->code, ==, 3);
  hidden = json_line (ctl, 0);
  g_assert_true (is_null (hidden, "number"));
  g_assert_null (strstr (ctl->out, DIGITS));
  run (ctl, "read a.pnm");
  g_assert_cmpint (ctl->code, ==, 3);
  g_assert_null (strstr (ctl->out, GROUPED));
  g_assert_nonnull (strstr (ctl->out, "scan again")); /* what to do */

  run (ctl, "read --show-doubtful a.pnm --json");
  g_assert_cmpint (ctl->code, ==, 3);
  shown = json_line (ctl, 0);
  g_assert_cmpstr (member (shown, "number"), ==, DIGITS);
  run (ctl, "read --show-doubtful a.pnm");
  g_assert_nonnull (strstr (ctl->out, GROUPED));
}

static void
test_bad_pictures (Ctl *ctl, gconstpointer data)
{
  static const struct
  {
    const char *bytes;
    gssize n_bytes;
    const char *reason;
    int code;
  } cases[] = {
    { "", 0, "bad-image", 2 },
    { "just text\n", 10, "bad-image", 2 },
    { "P5\n12", 5, "bad-image", 2 },
    { "P5\n9 9\n255\nabc", 14, "bad-image", 2 },
    { "P5\n0 0\n255\n", 11, "absurd-size", 2 },
    { "P5\n2147483648 1\n255\nx", 21, "absurd-size", 2 },
    { "P5\n4 4\n255\n0123456789abcdef", 27, NULL, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) line = NULL;

      write_file (ctl, "a.pnm", cases[i].bytes, cases[i].n_bytes);
      run (ctl, "read --json a.pnm");
      g_assert_cmpint (ctl->code, ==, cases[i].code);
      line = json_line (ctl, 0);
      g_assert_true (is_null (line, "number"));
      g_assert_cmpstr (member (line, "verdict"), ==, cases[i].code == 2 ? "failed" : "refused");
      if (cases[i].reason != NULL)
        g_assert_cmpstr (member (line, "reason"), ==, cases[i].reason);
      g_assert_cmpint (ctl->err[0] != '\0', ==, cases[i].code == 2); /* a failure has its sentence, JSON or not */
    }
}

static void
test_missing_file (Ctl *ctl, gconstpointer data)
{
  g_autoptr (JsonNode) line = NULL;

  run (ctl, "read nowhere.pnm");
  g_assert_cmpint (ctl->code, ==, 2);
  g_assert_cmpstr (ctl->out, ==, "");
  g_assert_nonnull (strstr (ctl->err, "nowhere.pnm"));

  run (ctl, "read --json nowhere.pnm");
  g_assert_cmpint (ctl->code, ==, 2);
  line = json_line (ctl, 0);
  g_assert_cmpstr (member (line, "file"), ==, "nowhere.pnm");
  g_assert_cmpstr (member (line, "verdict"), ==, "failed");
  g_assert_cmpstr (member (line, "reason"), ==, "cannot-open");

  run (ctl, "read .");
  g_assert_cmpint (ctl->code, ==, 2);
  g_assert_nonnull (strstr (ctl->err, "directory"));
}

static void
test_standard_input (Ctl *ctl, gconstpointer data)
{
  g_autoptr (JsonNode) line = NULL;

  run_with_input (ctl, "P2\n2 2\n9\n0 1 2 3\n", "read --json -");
  g_assert_cmpint (ctl->code, ==, 3);
  line = json_line (ctl, 0);
  g_assert_cmpstr (member (line, "file"), ==, "-");
  g_assert_cmpstr (member (line, "verdict"), ==, "refused");
}

static void
test_usage (Ctl *ctl, gconstpointer data)
{
  static const char *const cases[] = { "read",
                                       "read --dpi",
                                       "read --dpi=many x",
                                       "read --dpi 49 x",
                                       "read --dpi 1201 x",
                                       "read --dpi=-300 x",
                                       "read --no-such x",
                                       "scanners a b",
                                       "scan-test page.pnm",
                                       "status everything",
                                       "log key key.pem",
                                       "people list sales",
                                       "scan-test --device d --mode green",
                                       "scan-test --device d --dpi=-1",
                                       "scan-test --device d --option mode",
                                       "scan-test --device d --option =x" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i]);
      run (ctl, cases[i]);
      g_assert_cmpint (ctl->code, ==, 1);
      g_assert_cmpstr (ctl->out, ==, "");
      g_assert_cmpstr (ctl->err, !=, "");
    }
}

/* Every file gets its line, and the code is the highest of them. */
static void
test_several_files (Ctl *ctl, gconstpointer data)
{
  static const char *const verdicts[] = { "failed", "failed", "refused", "failed" };

  write_file (ctl, "blank.pnm", "P5\n2 2\n255\n0000", -1);
  write_file (ctl, "text.pnm", "text", -1);
  run (ctl, "read --json nowhere.pnm text.pnm blank.pnm text.pnm");
  g_assert_cmpint (ctl->code, ==, 3);
  g_assert_cmpuint (count_lines (ctl), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (JsonNode) line = json_line (ctl, i);

      g_assert_cmpstr (member (line, "verdict"), ==, verdicts[i]);
    }
  run (ctl, "read text.pnm nowhere.pnm");
  g_assert_cmpint (ctl->code, ==, 2);
}

/* The picture that kills the reader costs nothing but itself. */
static void
test_crash_costs_one_file (Ctl *ctl, gconstpointer data)
{
  static const char *const verdicts[] = { "accepted", "failed", "accepted", "failed", "failed", "accepted" };

  use_fake_reader (ctl, "picky");
  write_file (ctl, "good", "g", 1);
  write_file (ctl, "evil", "X", 1);
  run (ctl, "read --json good evil good evil evil good");
  g_assert_cmpint (ctl->code, ==, 2);
  g_assert_cmpuint (count_lines (ctl), ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (JsonNode) line = json_line (ctl, i);

      g_assert_cmpstr (member (line, "verdict"), ==, verdicts[i]);
      if (strcmp (verdicts[i], "failed") == 0)
        g_assert_cmpstr (member (line, "reason"), ==, "reader-crashed");
    }
}

static void
test_no_reader (Ctl *ctl, gconstpointer data)
{
  write_file (ctl, "a.pnm", "x", 1);
  g_subprocess_launcher_setenv (ctl->launcher, "AZUKARI_READER", "/nowhere/azukari-reader", TRUE);
  run (ctl, "read a.pnm");
  g_assert_cmpint (ctl->code, ==, 2);
  g_assert_cmpstr (ctl->err, !=, "");
}

static void
test_scanners (Ctl *ctl, gconstpointer data)
{
  g_autoptr (JsonNode) second = NULL, option = NULL;

  write_file (ctl, "dll.conf", "test\n", -1);
  run (ctl, "scanners");
  g_assert_cmpint (ctl->code, ==, 0);
  g_assert_nonnull (strstr (ctl->out, "test:1"));
  run (ctl, "scanners --json");
  g_assert_cmpint (ctl->code, ==, 0);
  second = json_line (ctl, 1);
  g_assert_cmpstr (member (second, "name"), ==, "test:1");
  g_assert_cmpstr (member (second, "type"), ==, "virtual device");

  run (ctl, "scanners test:0");
  g_assert_cmpint (ctl->code, ==, 0);
  g_assert_nonnull (strstr (ctl->out, "mode=Gray"));
  run (ctl, "scanners test:0 --json");
  option = json_line (ctl, 0);
  g_assert_cmpstr (member (option, "name"), ==, "mode");
  run (ctl, "scanners test:9");
  g_assert_cmpint (ctl->code, ==, 2);
  g_assert_nonnull (strstr (ctl->err, "cable"));
}

static void
test_no_scanner (Ctl *ctl, gconstpointer data)
{
  write_file (ctl, "dll.conf", "\n", -1);
  run (ctl, "scanners");
  g_assert_cmpint (ctl->code, ==, 2);
  g_assert_cmpstr (ctl->out, ==, "");
  g_assert_nonnull (strstr (ctl->err, "plug it in"));
  run (ctl, "scan-test");
  g_assert_cmpint (ctl->code, ==, 2);
  g_assert_nonnull (strstr (ctl->err, "plug it in"));
}

static void
test_scan_test (Ctl *ctl, gconstpointer data)
{
  g_autoptr (JsonNode) line = NULL, fault = NULL;

  write_file (ctl, "dll.conf", "test\n", -1);
  run (ctl, "scan-test --device test:0 --dpi 50 --mode color --json");
  g_assert_cmpint (ctl->code, ==, 0);
  line = json_line (ctl, 0);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (line), "width_px"), ==, 393);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (line), "dpi"), ==, 50);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (line), "bytes"), ==, 393 * 393 * 3);
  run (ctl, "scan-test --device test:0 --dpi 50");
  g_assert_cmpint (ctl->code, ==, 0);
  g_assert_nonnull (strstr (ctl->out, "test:0"));

  run (ctl, "scan-test"); /* there are two */
  g_assert_cmpint (ctl->code, ==, 1);
  run (ctl, "scan-test --device test:0 --option read-return-value=SANE_STATUS_COVER_OPEN");
  g_assert_cmpint (ctl->code, ==, 2);
  g_assert_nonnull (strstr (ctl->err, "cover"));
  run (ctl, "scan-test --device test:0 --source Roof --json");
  g_assert_cmpint (ctl->code, ==, 2);
  fault = json_line (ctl, 0);
  g_assert_cmpstr (member (fault, "error"), ==, "bad-option");

  write_file (ctl, "test.conf", "number_of_devices 1\n", -1);
  run (ctl, "scan-test --dpi 50");
  g_assert_cmpint (ctl->code, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/ctl/" path, Ctl, NULL, set_up, function, tear_down)
  ADD ("read/accepted", test_accepted);
  ADD ("read/doubtful-number-is-hidden", test_doubtful_number_is_hidden);
  ADD ("read/bad-pictures", test_bad_pictures);
  ADD ("read/missing-file", test_missing_file);
  ADD ("read/standard-input", test_standard_input);
  ADD ("read/several-files", test_several_files);
  ADD ("read/crash-costs-one-file", test_crash_costs_one_file);
  ADD ("read/no-reader", test_no_reader);
  ADD ("read/usage", test_usage);
  ADD ("scanners/list-and-options", test_scanners);
  ADD ("scanners/none", test_no_scanner);
  ADD ("scan-test/scans-and-reports", test_scan_test);
#undef ADD
  return g_test_run ();
}
