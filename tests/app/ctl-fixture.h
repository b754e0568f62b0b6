/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-fixture: azukarictl against a real vault on a software TPM in a temporary folder. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PIN "482915"

typedef struct
{
  char *dir;
  char *vault;
  char *pin_file;
  char *out, *err; /* of the last run */
} Fixture;

static inline void
write_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* Runs azukarictl and asserts its exit code; what it printed is in fixture->out and ->err. */
static inline void
run (Fixture *f, int expected_code, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  const char *word;
  va_list words;

  g_ptr_array_add (argv, (char *) g_getenv ("AZUKARICTL"));
  if (f->vault != NULL)
    {
      g_ptr_array_add (argv, (char *) "--vault");
      g_ptr_array_add (argv, f->vault);
    }
  va_start (words, expected_code);
  while ((word = va_arg (words, const char *)) != NULL)
    g_ptr_array_add (argv, (char *) word);
  va_end (words);
  g_ptr_array_add (argv, NULL);

  g_clear_pointer (&f->out, g_free);
  g_clear_pointer (&f->err, g_free);
  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &f->out, &f->err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  if (g_subprocess_get_exit_status (process) != expected_code)
    g_test_message ("stdout: %s\nstderr: %s", f->out, f->err);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, expected_code);
  /* Whatever happened, a number is in no message. */
  g_assert_false (g_regex_match_simple ("[0-9]{12}", f->err, 0, 0));
}

static inline void
assert_said (const char *text, const char *expected)
{
  if (strstr (text, expected) == NULL)
    g_test_message ("expected “%s” in: %s", expected, text);
  g_assert_nonnull (strstr (text, expected));
}

static inline char *
in_vault (Fixture *f, const char *name)
{
  return g_build_filename (f->vault, name, NULL);
}

static inline void
set_up_empty (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("azukari-ctl-XXXXXX", &error);
  g_assert_no_error (error);
  f->vault = g_build_filename (f->dir, "vault", NULL);
  f->pin_file = g_build_filename (f->dir, "pin", NULL);
  write_file (f->pin_file, PIN "\n");
}

static inline void
init (Fixture *f)
{
  run (f, 0, "--json", "init", "--provider", "swtpm", "--company", "見本商事", "--admin", "見本管理者", "--pin-file",
       f->pin_file, NULL);
}

static inline void
import_roster (Fixture *f)
{
  g_autofree char *roster = g_build_filename (f->dir, "roster.csv", NULL);

  write_file (roster, "社員番号,氏名,フリガナ,生年月日,部署,区分,続柄,本人社員番号\n"
                      "E001,見本 太郎,ミホン タロウ,1990-04-01,見本部,社員,,\n");
  run (f, 0, "people", "import", roster, "--pin-file", f->pin_file, NULL);
}

static inline void
set_up (Fixture *f, gconstpointer data)
{
  set_up_empty (f, data);
  init (f);
}

/* Until no daemon holds the vault any more: it gives the lock up last, when its software TPM has ended too. */
static inline void
wait_for_lock (Fixture *f)
{
  g_autofree char *path = in_vault (f, "lock");
  int fd = open (path, O_RDWR | O_CLOEXEC), taken = -1;

  if (fd < 0)
    return;
  for (int i = 0; i < 300 && (taken = flock (fd, LOCK_EX | LOCK_NB)) != 0; i++)
    g_usleep (50 * 1000);
  g_assert_cmpint (taken, ==, 0);
  close (fd);
}

/* The daemon ends by itself soon after its last client; these tests have no time, and change its files behind its back. */
static inline void
close_vault (Fixture *f)
{
  g_autofree char *socket_path = in_vault (f, "vaultd.sock");
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket_path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  g_autoptr (GCredentials) daemon = NULL;

  if (connection != NULL)
    {
      daemon = g_socket_get_credentials (g_socket_connection_get_socket (connection), NULL);
      g_assert_cmpint (kill (g_credentials_get_unix_pid (daemon, NULL), SIGTERM), ==, 0);
    }
  wait_for_lock (f);
  if (connection != NULL)
    g_assert_false (g_file_test (socket_path, G_FILE_TEST_EXISTS));
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", f->dir, NULL };
  g_autoptr (GSubprocess) rm = NULL;

  close_vault (f);
  rm = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, NULL);
  g_assert_true (g_subprocess_wait_check (rm, NULL, NULL));
  g_free (f->dir);
  g_free (f->vault);
  g_free (f->pin_file);
  g_free (f->out);
  g_free (f->err);
}
