/* SPDX-License-Identifier: Apache-2.0 */
/* azukari-vaultd's memory after each operation: no PIN, no number, no name that nobody needs, no key that is not in use. */
#include "service-fixture.h"

#include <sodium.h>

#include "keys-private.h"
#include "memory-scan.h"
#include "store.h"

#define COMPANY "見本商事" /* of init_vault (): there at all times, which shows that the search finds what is there */
#define NEW_PIN "tsugi-no-8351"
#define WRONG_PIN "chigau-7716"
#define CLERK_PIN "jimu-6402"
#define OTHER_NUMBER "923456789014"

/* --- what to look for ------------------------------------------------------------------------------------------------ */

typedef struct
{
  Secret *database_key, *vault_secret, *master;
} Opened;

static void
opened_clear (Opened *self)
{
  secret_free (self->database_key);
  secret_free (self->vault_secret);
  secret_free (self->master);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Opened, opened_clear)

static char *
first_admin (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->vault, KEYS_FILE, NULL);
  g_autoptr (Keyset) keyset = keyset_load (path, NULL);

  return g_strdup (((KeysetAdmin *) g_ptr_array_index (keyset->admins, 0))->id);
}

/* The vault's keys, from a copy of its keyset and of its software TPM: as whoever holds both gets at them. */
static Opened
open_copy (Fixture *f, const char *admin_id, const char *pin_text)
{
  g_autofree char *copy = test_folder_new ();
  g_autofree char *from = g_build_filename (f->vault, KEYS_SWTPM_FOLDER, NULL);
  g_autofree char *to = g_build_filename (copy, KEYS_SWTPM_FOLDER, NULL);
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));
  g_autoptr (GError) error = NULL;
  g_autoptr (Keys) keys = NULL;
  Opened opened = { NULL, NULL, NULL };
  guint tries;

  g_assert_cmpint (g_mkdir (to, 0700), ==, 0);
  test_file_copy (from, to, "tpm2-00.permall");
  test_file_copy (f->vault, copy, KEYS_FILE);
  keys = keys_open (copy, NULL, &opened.database_key, &error);
  g_assert_no_error (error);
  keys_login (keys, admin_id, pin, &opened.vault_secret, &opened.master, &tries, &error);
  g_assert_no_error (error);
  g_clear_pointer (&keys, keys_free);
  test_folder_remove (copy);
  return opened;
}

static void
add_part (GArray *needles, const char *what, const Secret *secret, gsize from, gsize n_bytes)
{
  needles_add (needles, what, secret_get_data (secret, NULL) + from, n_bytes);
}

/* The 32 bytes of the key, and as SQLCipher is told them: in digits. */
static void
add_database_key (GArray *needles, const Opened *opened)
{
  char digits[65];

  add_part (needles, "database key", opened->database_key, 0, 32);
  sodium_bin2hex (digits, sizeof digits, secret_get_data (opened->database_key, NULL), 32);
  needles_add (needles, "database key in digits", digits, 64);
}

/* What the TPM is told in place of the PIN. */
static void
add_stretched (GArray *needles, Fixture *f, const char *pin)
{
  g_autofree char *path = g_build_filename (f->vault, KEYS_FILE, NULL);
  g_autoptr (Keyset) keyset = keyset_load (path, NULL);
  const KeysetAdmin *admin = g_ptr_array_index (keyset->admins, 0);
  guint8 auth[AUTH_BYTES];

  g_assert_cmpint (crypto_pwhash (auth, sizeof auth, pin, strlen (pin), admin->salt, admin->argon_ops,
                                  (gsize) admin->argon_kib * 1024, crypto_pwhash_ALG_ARGON2ID13),
                   ==, 0);
  needles_add (needles, "stretched PIN", auth, sizeof auth - 1); /* in the last byte a bit is set */
}

static void
add_master (GArray *needles, const Opened *opened)
{
  add_part (needles, "vault secret", opened->vault_secret, 0, KEYS_VAULT_BYTES);
  add_part (needles, "gate password", opened->master, MASTER_GATE, AUTH_BYTES);
  add_part (needles, "lock password", opened->master, MASTER_LOCK, AUTH_BYTES);
}

/* Never, at no time. */
static void
add_typed (GArray *needles)
{
  needles_add_text (needles, "PIN", PIN);
  needles_add_text (needles, "new PIN", NEW_PIN);
  needles_add_text (needles, "wrong PIN", WRONG_PIN);
  needles_add_text (needles, "clerk's PIN", CLERK_PIN);
  needles_add_number (needles, "number", NUMBER);
  needles_add_number (needles, "other number", OTHER_NUMBER);
}

/* --- looking --------------------------------------------------------------------------------------------------------- */

static const char *
daemon_pid (Fixture *f)
{
  return g_subprocess_get_identifier (f->daemon);
}

#define SETTLE_TRIES 50
#define SETTLE_US 100000

static guint n_faults;

static gboolean
finds_any (Fixture *f, GArray *needles)
{
  gboolean any = FALSE;

  g_assert_true (memory_scan (daemon_pid (f), needles));
  for (guint i = 0; i < needles->len; i++)
    any = any || g_array_index (needles, Needle, i).n_found > 0;
  return any;
}

static gboolean
may_look (Fixture *f)
{
  g_autoptr (GArray) needles = needles_new ();

  return memory_scan (daemon_pid (f), needles);
}

/* None of @needles lies in the daemon's memory, and the company's name, the control, does. */
static void
assert_none (Fixture *f, const char *after, GArray *needles)
{
  g_autoptr (GArray) control = needles_new ();

  needles_add (control, "company", COMPANY, strlen (COMPANY));
  /* The daemon tidies up when whoever called has their answer. */
  for (guint i = 0; i < SETTLE_TRIES && finds_any (f, needles); i++)
    g_usleep (SETTLE_US);
  for (guint i = 0; i < needles->len; i++)
    {
      const Needle *needle = &g_array_index (needles, Needle, i);

      if (needle->n_found == 0)
        continue;
      g_test_message ("after %s: %s, form %u, %u times:%s", after, needle->what, i, needle->n_found, needle->places);
      n_faults++;
    }
  g_assert_true (memory_scan (daemon_pid (f), control));
  g_assert_cmpuint (g_array_index (control, Needle, 0).n_found, >, 0);
}

static void
assert_typed (Fixture *f, const char *after)
{
  g_autoptr (GArray) needles = needles_new ();

  add_typed (needles);
  assert_none (f, after, needles);
}

/* --- operations ------------------------------------------------------------------------------------------------------ */

static void
wrong_pin (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (try_login (f, WRONG_PIN, &error));
  assert_remote (error, "WrongPin");
}

static char *
take_number (Fixture *f, const char *code, const char *birth_date, const char *number)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *person = identify (f, code, birth_date, &error);
  char *record = collect (f, person, number, &error);

  g_assert_no_error (error);
  g_assert_true (azukari_vault1_call_forget_sync (f->client, NULL, NULL));
  return record;
}

static GUnixFDList *
file_for (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  g_assert_cmpint (g_unix_fd_list_append (fds, fd, NULL), ==, 0);
  close (fd);
  return g_steal_pointer (&fds);
}

/* @container: zip or plain. (transfer full) (nullable): the passphrase */
static char *
export_numbers (Fixture *f, const char *format, const char *container)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", format, container);
  g_autoptr (GUnixFDList) fds = file_for (f, name);
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  char *passphrase = NULL;

  azukari_vault1_call_export_sync (f->client,
                                   g_variant_new_parsed ("{'format': <%s>, 'purpose': <'tax'>, 'destination': "
                                                         "<'x'>, 'kind': <'all'>, 'container': <%s>}",
                                                         format, container),
                                   g_variant_new_handle (0), fds, &report, NULL, NULL, &error);
  g_assert_no_error (error);
  (void) g_variant_lookup (report, "passphrase", "s", &passphrase);
  return passphrase;
}

/* Nor does what opens an export stay, as a whole or in its first groups, nor anything of the rows. */
static void
assert_export_is_gone (Fixture *f, const char *format, const char *row)
{
  g_autofree char *passphrase = export_numbers (f, format, "zip");
  g_autoptr (GArray) needles = needles_new ();

  g_assert_nonnull (passphrase);
  add_typed (needles);
  needles_add_text (needles, "passphrase", passphrase);
  needles_add (needles, "half a passphrase", passphrase, 16);
  needles_add (needles, "the other half of a passphrase", passphrase + 12, 16);
  needles_add (needles, "a row", row, strlen (row));
  assert_none (f, "an export in a zip", needles);
}

static void
export_record (Fixture *f)
{
  g_autoptr (GUnixFDList) fds = file_for (f, "record.tsv");
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;

  azukari_vault1_call_log_export_sync (f->client, g_variant_new_handle (0), fds, &report, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
change_pin (Fixture *f, const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;

  azukari_vault1_call_pin_change_sync (f->client, bytes (from), bytes (to), NULL, &error);
  g_assert_no_error (error);
}

static char *
add_clerk (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  azukari_vault1_call_admin_add_sync (f->client, g_variant_new_parsed ("{'name': <'見本 事務'>, 'role': <'clerk'>}"),
                                      bytes (CLERK_PIN), &id, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static void
prove (Fixture *f)
{
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;

  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (f->client), G_MAXINT);
  azukari_vault1_call_prove_sync (f->client, &ok, &findings, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
reveal (Fixture *f, const char *record)
{
  g_autoptr (GVariant) number = NULL;
  g_autoptr (GError) error = NULL;

  azukari_vault1_call_reveal_sync (f->client, record, "tax", &number, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_get_size (number), ==, 12);
}

static void
log_out (Fixture *f)
{
  g_assert_true (azukari_vault1_call_logout_sync (f->client, NULL, NULL));
}

static gboolean
skip_with_sanitizer (void)
{
#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("the sanitizer's allocator keeps what was given back, to look at it, in terabytes of address space");
  return TRUE;
#else
  return FALSE;
#endif
}

static gboolean
skip_without_right (Fixture *f)
{
  if (skip_with_sanitizer ())
    return TRUE;
  if (may_look (f))
    return FALSE;
  g_test_skip ("only root reads the memory of a process that is not dumpable");
  return TRUE;
}

/* What somebody typed or scanned, after each operation. */
static void
test_typed (Fixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL, *clerk = NULL;

  start (f);
  if (skip_without_right (f))
    return;
  init_vault (f);
  assert_typed (f, "init");
  wrong_pin (f);
  assert_typed (f, "a wrong PIN");
  login (f);
  assert_typed (f, "log-in");
  import_people (f);
  first = take_number (f, "0001", "1980-01-02", NUMBER);
  assert_typed (f, "a number");
  second = take_number (f, "0002", "1985-01-02", OTHER_NUMBER);
  assert_typed (f, "another number");
  g_assert_true (azukari_vault1_call_approve_sync (f->client, first, "", NULL, NULL));
  assert_typed (f, "approval");
  reveal (f, first);
  assert_typed (f, "a number revealed");
  reveal (f, second);
  assert_typed (f, "another number revealed");
  g_assert_true (azukari_vault1_call_ask_again_sync (f->client, second, "unclear", NULL, NULL));
  assert_typed (f, "asking again");
  g_assert_null (export_numbers (f, "keyed-csv", "plain"));
  assert_typed (f, "an export");
  assert_export_is_gone (f, "keyed-csv", ",社員,");
  assert_export_is_gone (f, "keyed-xlsx", "<t xml:space=\"preserve\">社員</t>");
  change_pin (f, PIN, NEW_PIN);
  assert_typed (f, "a new PIN");
  clerk = add_clerk (f);
  assert_typed (f, "an admin more");
  g_assert_true (azukari_vault1_call_admin_remove_sync (f->client, clerk, NULL, NULL));
  assert_typed (f, "an admin less");
  export_record (f);
  assert_typed (f, "the record's export");
  prove (f);
  assert_typed (f, "a proof");
  log_out (f);
  assert_typed (f, "log-out");
  g_assert_cmpuint (n_faults, ==, 0);
}

/* Keys: those of a session end with it, those of an epoch with the epoch. The database's own is there while it is open: in
 * SQLCipher's two contexts, for reading and for writing. */
static void
test_keys (Fixture *f, gconstpointer data)
{
  g_autofree char *admin = NULL;

  if (skip_without_right (f))
    return;
  admin = first_admin (f);
  {
    g_auto (Opened) before = open_copy (f, admin, PIN);
    g_autoptr (GArray) session = needles_new (), database = needles_new (), gone = needles_new ();

    add_master (session, &before);
    add_stretched (session, f, PIN);
    add_database_key (database, &before);
    assert_none (f, "start", session);
    login (f);
    g_assert_true (memory_scan (daemon_pid (f), session));
    g_assert_cmpuint (g_array_index (session, Needle, 0).n_found, >=, 1); /* now it is there, and would be seen */
    g_assert_true (memory_scan (daemon_pid (f), database));
    for (guint i = 0; i < 2; i++)
      g_test_message ("%s: %u times:%s", g_array_index (database, Needle, i).what,
                      g_array_index (database, Needle, i).n_found, g_array_index (database, Needle, i).places);
    log_out (f);
    assert_none (f, "log-out", session);
    login (f);
    change_pin (f, PIN, NEW_PIN);
    add_master (gone, &before);
    add_database_key (gone, &before);
    g_array_remove_index (gone, 2); /* the lock's password */
    g_array_remove_index (gone, 1); /* and the gate's stay the same for the vault's life */
    assert_none (f, "a new epoch", gone);
    log_out (f);
    assert_none (f, "log-out", session);
  }
  {
    g_auto (Opened) after = open_copy (f, admin, NEW_PIN);
    g_autoptr (GArray) session = needles_new ();

    add_master (session, &after);
    add_stretched (session, f, NEW_PIN);
    assert_none (f, "log-out in the new epoch", session);
  }
  g_assert_cmpuint (n_faults, ==, 0);
}

/* People's names, when nobody is logged in and nobody stands at the kiosk. */
static void
test_names (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) names = needles_new ();
  g_autofree char *record = NULL;
  g_autoptr (GVariant) people = NULL;

  if (skip_without_right (f))
    return;
  needles_add_text (names, "name", NAME);
  needles_add_text (names, "reading", KANA);
  needles_add_text (names, "somebody else's name", "見本 花子");
  login (f);
  g_assert_true (
      azukari_vault1_call_people_list_sync (f->client, g_variant_new_parsed ("@a{sv} {}"), &people, NULL, NULL));
  export_record (f);
  log_out (f);
  assert_none (f, "log-out", names);
  record = take_number (f, "0001", "1980-01-02", NUMBER);
  assert_none (f, "a visit", names);
  g_assert_cmpuint (n_faults, ==, 0);
}

/* A copy that somebody forgot is found: in the heap, on the stack, in locked memory, and by its value. */
static void
test_planted (Fixture *f, gconstpointer data)
{
  g_autofree char *self = g_strdup_printf ("%d", getpid ());
  g_autoptr (GArray) needles = needles_new ();
  g_autofree char *heap = g_strdup ("x" NUMBER "x");
  g_autoptr (Secret) locked = secret_new_copy (PIN, strlen (PIN));
  volatile guint8 stack[12];

  for (guint i = 0; i < sizeof stack; i++)
    stack[i] = OTHER_NUMBER[i] - '0';
  if (skip_with_sanitizer ())
    return;
  add_typed (needles);
  g_assert_true (memory_scan (self, needles));
  for (guint i = 0; i < needles->len; i++)
    {
      const Needle *needle = &g_array_index (needles, Needle, i);
      g_autofree char *copy = NULL;

      /* Each needle itself lies in this process. */
      g_assert_cmpuint (needle->n_found, >=, 1);
      if (g_str_equal (needle->what, "other number"))
        g_assert_nonnull (needle->places);
    }
  g_assert_cmpuint (stack[0], ==, 9);
  g_assert_nonnull (heap);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
#define ADD(path, up, func) g_test_add (path, Fixture, NULL, up, func, tear_down)
  ADD ("/memory/typed", set_up_empty, test_typed);
  ADD ("/memory/keys", set_up, test_keys);
  ADD ("/memory/names", set_up, test_names);
  ADD ("/memory/planted", set_up_empty, test_planted);
  return g_test_run ();
}
