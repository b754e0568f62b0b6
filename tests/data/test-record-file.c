/* SPDX-License-Identifier: Apache-2.0 */
/* record-file, audit: an exported record is believed as its vault wrote it, and in no other way. */
#include "record-file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "custody-error.h"
#include "data-test.h"
#include "secret.h"
#include "signer.h"

#define VAULT_ID "68919a95-bad3-4701-bb51-e456b0e68853"
#define ADMIN_ID "79ad5c31-2832-453f-982a-6001676a00ff"

/* A record as it grows. */
typedef struct
{
  Signer signer;
  char *folder, *path;
  int fd;
  RecordWriter *writer;
  Audit audit;
  guint64 seq;
  guint8 head[ENTRY_HASH_BYTES];
  char sha256[65];
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->signer = signer_new ();
  f->folder = test_folder_new ();
  f->path = g_build_filename (f->folder, "record.tsv", NULL);
  f->fd = open (f->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  f->writer = record_writer_new (f->fd, VAULT_ID, "swtpm", f->signer.key);
  audit_begin (&f->audit, f->signer.key);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  record_writer_free (f->writer);
  close (f->fd);
  test_folder_remove (f->folder);
  g_free (f->folder);
  g_free (f->path);
  signer_clear (&f->signer);
}

static void
add (Fixture *f, const char *time, const char *action, const char *subject, const char *detail)
{
  Entry entry = { .seq = ++f->seq,
                  .time = (char *) time,
                  .actor = (char *) ADMIN_ID,
                  .action = (char *) action,
                  .subject = (char *) subject,
                  .detail = (char *) detail };
  g_autoptr (GError) error = NULL;

  chain_hash (f->head, &entry, f->head);
  memcpy (entry.hash, f->head, ENTRY_HASH_BYTES);
  record_writer_add (f->writer, &entry);
  g_assert_true (audit_add (&f->audit, &entry, &error));
  g_assert_no_error (error);
}

static Attestation
attest (Fixture *f, guint64 counter, guint64 clock_ms)
{
  const TPMS_ATTEST statement = signer_statement (f->head, counter, clock_ms);

  return signer_sign (&f->signer, &statement);
}

static void
checkpoint (Fixture *f, const char *time, guint64 counter, guint64 clock_ms)
{
  Attestation attestation;
  g_autoptr (GError) error = NULL;

  add (f, time, AUDIT_CHECKPOINT, "", "");
  attestation = attest (f, counter, clock_ms);
  record_writer_add_checkpoint (f->writer, f->seq, &attestation);
  g_assert_true (audit_add_checkpoint (&f->audit, &attestation, &error));
  g_assert_no_error (error);
}

static void
begin (Fixture *f)
{
  add (f, "2026-04-01T00:00:00Z", "vault-made", VAULT_ID, "provider=swtpm\n");
}

static char *
finish (Fixture *f, gsize *ret_n_bytes)
{
  g_autoptr (GError) error = NULL;
  char *text;

  g_assert_true (record_writer_finish (f->writer, f->sha256, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (f->path, &text, ret_n_bytes, NULL));
  return text;
}

/* Six entries, two checkpoints. */
static char *
make_usual (Fixture *f, gsize *ret_n_bytes)
{
  begin (f);
  add (f, "2026-04-01T00:00:05Z", "login", "", "");
  checkpoint (f, "2026-04-01T00:00:06Z", 3, 1000);
  add (f, "2026-04-02T09:00:00Z", "exported", ADMIN_ID, "destination=a\nrows=12\n");
  add (f, "2026-04-02T09:00:00Z", "logout", "", "");
  checkpoint (f, "2026-04-02T09:00:01Z", 4, 2000);
  return finish (f, ret_n_bytes);
}

static gboolean
check (Fixture *f, const char *text, gsize n_bytes, RecordFile *ret_file)
{
  g_autoptr (GError) error = NULL;
  /* Exactly as long as it says, so that a sanitizer sees what reads on. */
  g_autofree char *exact = g_memdup2 (text, n_bytes);
  gboolean ok = record_file_check (exact, n_bytes, f->signer.key, NULL, ret_file, &error);

  g_assert_true (ok == (error == NULL));
  if (!ok)
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
  return ok;
}

static void
test_whole (Fixture *f, gconstpointer data)
{
  gsize n_bytes;
  g_autofree char *text = make_usual (f, &n_bytes);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, (gssize) n_bytes);
  RecordFile file;

  g_assert_true (check (f, text, n_bytes, &file));
  g_assert_cmpstr (file.vault_id, ==, VAULT_ID);
  g_assert_true (file.is_software);
  g_assert_cmpuint (file.audit.length, ==, 6);
  g_assert_cmpuint (file.audit.n_checkpoints, ==, 2);
  g_assert_cmpuint (file.audit.attested, ==, 6);
  g_assert_cmpuint (file.audit.facts.counter, ==, 4);
  g_assert_cmpuint (file.audit.clock_set_back, ==, 0);
  g_assert_cmpstr (f->sha256, ==, digest);
}

static void
test_every_byte (Fixture *f, gconstpointer data)
{
  static const guint8 flips[] = { 0x01, 0x20, 0x80 };
  gsize n_bytes;
  g_autofree char *text = make_usual (f, &n_bytes);
  RecordFile file;

  for (gsize i = 0; i < n_bytes; i++)
    for (guint k = 0; k < G_N_ELEMENTS (flips); k++)
      {
        text[i] ^= (char) flips[k];
        if (check (f, text, n_bytes, &file))
          g_error ("byte %zu, bit %02x", i, flips[k]);
        text[i] ^= (char) flips[k];
      }
}

static void
test_cut_off (Fixture *f, gconstpointer data)
{
  gsize n_bytes;
  g_autofree char *text = make_usual (f, &n_bytes);
  g_autofree char *longer = g_strconcat (text, "\n", NULL);
  RecordFile file;

  for (gsize n = 0; n < n_bytes; n++)
    g_assert_false (check (f, text, n, &file));
  g_assert_false (check (f, longer, n_bytes + 1, &file));
}

/* Every line taken out, doubled, and changed for the next one. */
static void
test_lines (Fixture *f, gconstpointer data)
{
  gsize n_bytes;
  g_autofree char *text = make_usual (f, &n_bytes);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const guint n_lines = g_strv_length (lines) - 1;
  RecordFile file;

  for (guint which = 0; which < 3; which++)
    for (guint i = 0; i < n_lines; i++)
      {
        g_autoptr (GString) other = g_string_new (NULL);

        for (guint k = 0; k < n_lines; k++)
          {
            guint from = which == 2 && k == i ? MIN (i + 1, n_lines - 1) : which == 2 && k == i + 1 ? i : k;

            if (which == 0 && k == i)
              continue;
            g_string_append_printf (other, "%s\n%s%s", lines[from], which == 1 && k == i ? lines[k] : "",
                                    which == 1 && k == i ? "\n" : "");
          }
        if (!g_str_equal (other->str, text) && check (f, other->str, other->len, &file))
          g_error ("line %u, way %u", i + 1, which);
      }
}

/* An older, whole record is one: only its counter, or a later checkpoint on paper, tells that it is not the newest. */
static void
test_older_record (Fixture *f, gconstpointer data)
{
  gsize n_bytes;
  g_autofree char *text = make_usual (f, &n_bytes);
  char *fourth = strstr (text, "entry\t4\t");
  g_autofree char *older = NULL;
  RecordFile file;

  *fourth = '\0';
  older = g_strconcat (text, "end\t3\t1\n", NULL);
  g_assert_true (check (f, older, strlen (older), &file));
  g_assert_cmpuint (file.audit.facts.counter, ==, 3);
  g_free (older);
  *strstr (text, "checkpoint\t3\t") = '\0';
  older = g_strconcat (text, "end\t3\t0\n", NULL);
  g_assert_false (check (f, older, strlen (older), &file));
}

static void
test_other_key (Fixture *f, gconstpointer data)
{
  gsize n_bytes;
  g_autofree char *text = make_usual (f, &n_bytes);
  Signer other = signer_new ();
  RecordFile file;

  g_assert_false (record_file_check (text, n_bytes, other.key, NULL, &file, NULL));
  signer_clear (&other);
}

static void
test_end_without_checkpoint (Fixture *f, gconstpointer data)
{
  gsize n_bytes;
  g_autofree char *text = NULL;
  RecordFile file;

  begin (f);
  checkpoint (f, "2026-04-01T00:00:06Z", 3, 1000);
  add (f, "2026-04-02T09:00:00Z", "exported", ADMIN_ID, "");
  text = finish (f, &n_bytes);
  g_assert_false (check (f, text, n_bytes, &file));
}

static void
test_long_line (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strnfill (100000, 'x');
  RecordFile file;

  g_assert_false (check (f, line, 100000, &file));
  memcpy (line + 50000, "\n", 1);
  g_assert_false (check (f, line, 100000, &file));
}

static void
test_disk_full (Fixture *f, gconstpointer data)
{
  const struct rlimit little = { 200, RLIM_INFINITY };
  struct rlimit before;
  g_autoptr (GError) error = NULL;

  begin (f);
  checkpoint (f, "2026-04-01T00:00:06Z", 3, 1000);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &little), ==, 0);
  g_assert_false (record_writer_finish (f->writer, f->sha256, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DISK_FULL);
}

/* --- the clock ------------------------------------------------------------------------------------------------------- */

static void
test_clock_set_back (Fixture *f, gconstpointer data)
{
  begin (f);
  add (f, "2026-04-02T10:00:00Z", "login", "", "");
  add (f, "2026-04-02T09:55:01Z", "logout", "", ""); /* a time server may */
  g_assert_cmpuint (f->audit.clock_set_back, ==, 0);
  add (f, "2026-04-02T09:54:00Z", "login", "", "");
  g_assert_cmpuint (f->audit.clock_set_back, ==, 4);
  add (f, "2026-04-02T09:56:00Z", "logout", "", "");
  g_assert_cmpuint (f->audit.clock_set_back, ==, 4);
  add (f, "2026-04-02T09:57:00Z", AUDIT_REVIEWED, "", "to=5\n");
  g_assert_cmpuint (f->audit.clock_set_back, ==, 0);
  g_assert_cmpuint (f->audit.reviewed, ==, 6);
  /* who has seen less has not seen this */
  add (f, "2026-04-02T08:00:00Z", "login", "", "");
  add (f, "2026-04-02T08:00:01Z", AUDIT_REVIEWED, "", "to=6\n");
  g_assert_cmpuint (f->audit.clock_set_back, ==, 7);
}

/* Set back a little every time, it would never show between two entries: the TPM's clock tells. */
static void
test_clock_against_the_tpm (Fixture *f, gconstpointer data)
{
  const guint64 hour_ms = 3600 * 1000;

  begin (f);
  checkpoint (f, "2026-04-01T00:00:10Z", 1, hour_ms);
  checkpoint (f, "2026-04-01T08:00:10Z", 2, 9 * hour_ms);
  g_assert_cmpuint (f->audit.clock_set_back, ==, 0);
  /* switched off over night: the TPM's clock stood still */
  checkpoint (f, "2026-04-02T08:00:10Z", 3, 10 * hour_ms);
  g_assert_cmpuint (f->audit.clock_set_back, ==, 0);
  checkpoint (f, "2026-04-02T10:00:10Z", 4, 20 * hour_ms);
  g_assert_cmpuint (f->audit.clock_set_back, ==, 5);
}

static void
test_older_attestation (Fixture *f, gconstpointer data)
{
  const gboolean counter_back = GPOINTER_TO_INT (data);
  Attestation attestation;
  g_autoptr (GError) error = NULL;

  begin (f);
  checkpoint (f, "2026-04-01T00:00:10Z", 5, 5000);
  add (f, "2026-04-01T00:00:20Z", AUDIT_CHECKPOINT, "", "");
  attestation = counter_back ? attest (f, 4, 6000) : attest (f, 6, 4999);
  g_assert_false (audit_add_checkpoint (&f->audit, &attestation, &error));
  g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
}

/* Switched off at the wall: the TPM's clock goes on from where it was kept. A TPM that was set back says otherwise. */
static void
test_power_cut (Fixture *f, gconstpointer data)
{
  static const struct
  {
    guint32 resets;
    TPMI_YES_NO safe;
    guint64 counter, clock_ms;
    gboolean fits;
  } cases[] = {
    { 8, TPM2_NO, 6, 9996000, TRUE },   { 9, TPM2_NO, 5, 9996000, TRUE },
    { 8, TPM2_NO, 6, 5805696, TRUE },   { 8, TPM2_NO, 6, 5805695, FALSE }, /* 2^22 ms, and one more */
    { 7, TPM2_NO, 6, 9996000, FALSE },  { 6, TPM2_NO, 6, 9996000, FALSE },
    { 8, TPM2_YES, 6, 9996000, FALSE }, { 8, TPM2_NO, 4, 9996000, FALSE },
  };

  begin (f);
  add (f, "2026-04-01T00:00:10Z", AUDIT_CHECKPOINT, "", "");
  {
    TPMS_ATTEST statement = signer_statement (f->head, 5, 10000000);
    Attestation attestation;

    statement.clockInfo.resetCount = 7;
    attestation = signer_sign (&f->signer, &statement);
    g_assert_true (audit_add_checkpoint (&f->audit, &attestation, NULL));
  }
  add (f, "2026-04-01T00:00:20Z", AUDIT_CHECKPOINT, "", "");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Audit audit = f->audit;
      TPMS_ATTEST statement = signer_statement (f->head, cases[i].counter, cases[i].clock_ms);
      Attestation attestation;
      g_autoptr (GError) error = NULL;

      statement.clockInfo.resetCount = cases[i].resets;
      statement.clockInfo.safe = cases[i].safe;
      attestation = signer_sign (&f->signer, &statement);
      g_assert_cmpint (audit_add_checkpoint (&audit, &attestation, &error), ==, cases[i].fits);
      if (cases[i].fits)
        g_assert_cmpuint (audit.clock_set_back, ==, 0);
      else
        g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED);
    }
}

/* --- a printed checkpoint -------------------------------------------------------------------------------------------- */

static RecordPrintedState
compare (Fixture *f, const char *text, gsize n_bytes, const char *code)
{
  RecordPrinted printed;
  RecordFile file;
  g_autoptr (GError) error = NULL;

  if (!record_printed_from_text (&printed, code, &error))
    {
      g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE);
      return RECORD_PRINTED_FOREIGN;
    }
  g_assert_true (record_file_check (text, n_bytes, f->signer.key, &printed, &file, &error));
  g_assert_no_error (error);
  return file.printed;
}

static char *
print_now (Fixture *f, guint64 counter, guint64 clock_ms)
{
  RecordPrinted printed = { .vault_id = VAULT_ID, .seq = f->seq, .attestation = attest (f, counter, clock_ms) };

  return record_printed_to_text (&printed);
}

static void
test_printed (Fixture *f, gconstpointer data)
{
  gsize n_bytes;
  g_autofree char *text = make_usual (f, &n_bytes), *code = print_now (f, 4, 2000), *spaced = NULL, *longer = NULL;

  g_assert_cmpint (compare (f, text, n_bytes, code), ==, RECORD_PRINTED_HELD);
  spaced = g_strconcat (" ", code, "\r\n", NULL);
  g_assert_cmpint (compare (f, text, n_bytes, spaced), ==, RECORD_PRINTED_HELD);
  longer = g_strconcat (code, ":", NULL);
  g_assert_cmpint (compare (f, text, n_bytes, longer), ==, RECORD_PRINTED_FOREIGN);
  /* Whatever is read otherwise is not believed. */
  for (gsize i = 0; code[i] != '\0'; i++)
    {
      const char was = code[i];

      code[i] = was == '1' ? '2' : '1';
      g_assert_cmpint (compare (f, text, n_bytes, code), !=, RECORD_PRINTED_HELD);
      code[i] = '\0';
      g_assert_cmpint (compare (f, text, n_bytes, code), !=, RECORD_PRINTED_HELD);
      code[i] = was;
    }
}

/* A record whose end was cut off, which is whole by itself, lacks what the paper shows; one that was written anew has something else there. */
static void
test_printed_witnesses (Fixture *f, gconstpointer data)
{
  gsize n_bytes;
  g_autofree char *text = NULL, *code = NULL, *other = NULL;

  begin (f);
  checkpoint (f, "2026-04-01T00:00:06Z", 3, 1000);
  text = finish (f, &n_bytes);
  add (f, "2026-04-02T09:00:00Z", "exported", ADMIN_ID, "rows=12\n");
  add (f, "2026-04-02T09:00:01Z", AUDIT_CHECKPOINT, "", "");
  code = print_now (f, 4, 2000);
  g_assert_cmpint (compare (f, text, n_bytes, code), ==, RECORD_PRINTED_MISSING);
  f->seq = 2;
  other = print_now (f, 4, 2000);
  g_assert_cmpint (compare (f, text, n_bytes, other), ==, RECORD_PRINTED_FOREIGN);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
    int data;
  } tests[] = {
    { "/record-file/whole", test_whole, 0 },
    { "/record-file/every-byte", test_every_byte, 0 },
    { "/record-file/printed/every-character", test_printed, 0 },
    { "/record-file/printed/witnesses", test_printed_witnesses, 0 },
    { "/record-file/cut-off", test_cut_off, 0 },
    { "/record-file/lines", test_lines, 0 },
    { "/record-file/older-record", test_older_record, 0 },
    { "/record-file/other-key", test_other_key, 0 },
    { "/record-file/end-without-checkpoint", test_end_without_checkpoint, 0 },
    { "/record-file/long-line", test_long_line, 0 },
    { "/record-file/disk-full", test_disk_full, 0 },
    { "/audit/clock/set-back", test_clock_set_back, 0 },
    { "/audit/clock/against-the-tpm", test_clock_against_the_tpm, 0 },
    { "/audit/older-attestation/counter", test_older_attestation, TRUE },
    { "/audit/older-attestation/power-cut", test_power_cut, 0 },
    { "/audit/older-attestation/clock", test_older_attestation, FALSE },
  };

  g_test_init (&argc, &argv, NULL);
  g_assert_true (secret_init ());
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, GINT_TO_POINTER (tests[i].data), set_up, tests[i].test, tear_down);
  return g_test_run ();
}
