/* SPDX-License-Identifier: Apache-2.0 */
/* record-words: tables. A test compares the actions with what the vault writes. */
#include "config.h"

#include "record-words.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *code;
  const char *text;
} Word;

static const Word actions[] = {
  { "vault-made", N_ ("Vault set up") },
  { "vault-opened", N_ ("Vault opened") },
  { "login", N_ ("Admin logged in") },
  { "logout", N_ ("Admin logged out") },
  { "login-failed", N_ ("Wrong PIN") },
  { "session-expired", N_ ("Admin logged out after a pause") },
  { "refused", N_ ("Refused: not allowed for this person's role or part") },
  { "admin-added", N_ ("Admin added") },
  { "admin-add-refused", N_ ("Adding an admin refused") },
  { "admin-removed", N_ ("Admin removed") },
  { "admin-remove-refused", N_ ("Removing an admin refused") },
  { "admin-scope-changed", N_ ("What somebody handles changed") },
  { "admin-scope-refused", N_ ("Changing what somebody handles refused") },
  { "pin-changed", N_ ("PIN changed") },
  { "pin-change-refused", N_ ("Changing a PIN refused") },
  { "person-identified", N_ ("Person identified") },
  { "person-attended", N_ ("Attendant confirmed a person") },
  { "identify-failed", N_ ("Identification failed") },
  { "identify-throttled", N_ ("Identification failed several times") },
  { "people-imported", N_ ("Roster imported") },
  { "people-import-undone", N_ ("Import of the roster taken back") },
  { "import-undo-refused", N_ ("Taking an import back refused") },
  { "person-added", N_ ("Person added") },
  { "person-edited", N_ ("Person changed by hand") },
  { "number-collected", N_ ("Number taken into custody") },
  { "number-replaced", N_ ("Number destroyed, replaced by a new one") },
  { "number-approved", N_ ("Record approved") },
  { "number-asked-again", N_ ("Number destroyed, person asked again") },
  { "numbers-indexed", N_ ("Numbers compared with those of others") },
  { "revealed", N_ ("Number shown") },
  { "reveal-refused", N_ ("Showing a number refused") },
  { "exported", N_ ("Export") },
  { "export-tried", N_ ("Masked trial export") },
  { "export-failed", N_ ("Export failed") },
  { "export-imported", N_ ("Exported file taken in") },
  { "export-deleted", N_ ("Exported file deleted") },
  { "plain-rule", N_ ("Who may export in the clear was changed") },
  { "checkpoint", N_ ("Record signed by the TPM") },
  { "record-exported", N_ ("Record handed out") },
  { "record-reviewed", N_ ("Record reviewed") },
  { "record-printed", N_ ("Record printed") },
  { "proof-printed", N_ ("Proof printed") },
  { "outstanding-printed", N_ ("List of who has not handed in printed") },
  { "slips-printed", N_ ("Request slips printed") },
  { "register-printed", N_ ("Register of files printed") },
  { "receipt-printed", N_ ("Receipt for a number printed") },
  { "controls-printed", N_ ("Control map printed") },
  { "policy-printed", N_ ("Draft of a basic policy printed") },
  { "rules-printed", N_ ("Draft of handling rules printed") },
  { "training-held", N_ ("Training held") },
  { "pledge-signed", N_ ("Pledge of secrecy signed") },
  { "training-printed", N_ ("List of training and pledges printed") },
  { "leak-printed", N_ ("Draft of a report of a leak printed") },
  { "proved", N_ ("Vault copied for a proof") },
  { "clock-set-back", N_ ("The machine's clock was set back") },
  { "tampering-found", N_ ("Something was not as it was left") },
  { "state-accepted", N_ ("Gone on with the state as it was") },
  { "safe-login", N_ ("Logged in to the closed vault") },
  { "safe-login-failed", N_ ("Wrong PIN for the closed vault") },
  { "safe-login-refused", N_ ("Log-in to the closed vault refused") },
  { "safe-record-exported", N_ ("Record of the closed vault handed out") },
  { "state-confirmed", N_ ("Record confirmed by the TPM's counter") },
  { "rows-covered", N_ ("Record begins to cover the rows of the database") },
  { "rows-confirmed", N_ ("Changes of the database noted") },
  { "number-asked", N_ ("Person was asked") },
  { "number-refused", N_ ("Person did not agree") },
  { "number-abandoned", N_ ("Visit ended without a number") },
  { "number-scan-failed", N_ ("Scan without a number") },
  { "lock-undone", N_ ("Lock after wrong PINs undone with a token") },
  { "lock-undo-failed", N_ ("Undoing the lock with a token failed") },
  { "token-added", N_ ("Token registered") },
  { "token-removed", N_ ("Token removed") },
  { "token-policy", N_ ("Rule for tokens changed") },
  { "token-accepted", N_ ("Token shown") },
  { "token-refused", N_ ("Token refused") },
  { "boot-bound", N_ ("Vault bound to how this PC boots") },
  { "boot-unbound", N_ ("Vault no longer bound to how this PC boots") },
  { "boot-accepted", N_ ("Changed boot accepted") },
  { "boot-accept-refused", N_ ("Accepting a changed boot refused") },
  { "boot-bind-refused", N_ ("Binding to the boot refused") },
  { "backup-place-added", N_ ("Place for backups registered") },
  { "backup-place-removed", N_ ("Place for backups removed") },
  { "backup-made", N_ ("Backup made") },
  { "backup-failed", N_ ("Backup failed") },
  { "backup-drill", N_ ("Backup tried out") },
  { "restored", N_ ("Restored from a backup") },
  { "restore-refused", N_ ("Restoring refused") },
  { "enrolment-requested", N_ ("Enrolment of this machine asked for") },
  { "enrolment-answered", N_ ("Enrolment of a machine answered") },
  { "enrolled-at", N_ ("Enrolled with the first machine") },
  { "machine-enrolled", N_ ("Second machine enrolled") },
  { "machine-removed", N_ ("Machine removed") },
  { "enrolment-refused", N_ ("Enrolment refused") },
  { "machine-remove-refused", N_ ("Removing a machine refused") },
  { "moved-out", N_ ("Moving to another machine begun") },
  { "move-bundle-again", N_ ("Moving: the bundle was written again") },
  { "move-cancelled", N_ ("Moving cancelled") },
  { "took-over", N_ ("This machine took over") },
  { "recovered", N_ ("This machine took over from a lost one") },
  { "taken-over", N_ ("The other machine took over") },
  { "moved-away", N_ ("Moved away: people and numbers destroyed here") },
  { "move-refused", N_ ("Moving refused") },
  { "take-over-refused", N_ ("Taking over refused") },
  { "term-set", N_ ("Term set") },
  { "client-released", N_ ("The client gave the vault over") },
  { "clock-accepted", N_ ("The machine's clock accepted as it is") },
  { "retention-changed", N_ ("Time for keeping numbers changed") },
  { "format-added", N_ ("Format made from the header of a file") },
  { "format-removed", N_ ("Format removed") },
  { "person-left", N_ ("Day of leaving entered") },
  { "person-erased", N_ ("Name and birth date removed") },
  { "number-disposed", N_ ("Number disposed of") },
  { "disposed", N_ ("Disposal completed") },
  { "dispose-refused", N_ ("Disposal refused") },
  { "certificate-made", N_ ("Certificate of disposal signed by the TPM") },
  { "handed-out", N_ ("Everything handed back to the client") },
  { "vault-retired", N_ ("Vault retired") },
  { "retire-refused", N_ ("Retiring refused") },
  { NULL, NULL },
};

static const Word keys[] = {
  { "entries", N_ ("entries") }, { "generation", N_ ("backup of") },
  { "result", N_ ("result") },   { "role", N_ ("role") },
  { "years", N_ ("years") },     { "anchor", N_ ("counted from") },
  { "on", N_ ("on") },           { "term", N_ ("until") },
  { "until", N_ ("until") },     { "due", N_ ("not needed since") },
  { "count", N_ ("numbers") },   { "erased", N_ ("names removed") },
  { "admin", N_ ("whose") },     { "policy", N_ ("tokens are") },
  { "verb", N_ ("call") },       { "to", N_ ("up to entry") },
  { "lease", N_ ("turn") },      { "removed", N_ ("removed") },
  { "what", N_ ("what") },       { "seconds", N_ ("seconds") },
  { "at", N_ ("at") },           { "destination", N_ ("handed to") },
  { "export", N_ ("export") },   { "purpose", N_ ("for") },
  { "reason", N_ ("reason") },   { "container", N_ ("as") },
  { "who", N_ ("who") },         { NULL, NULL },
};

static const Word values[] = {
  { "chief", N_ ("responsible person") },
  { "clerk", N_ ("clerk") },
  { "auditor", N_ ("auditor") },
  { "client", N_ ("client") },
  { "ok", N_ ("all is well") },
  { "full", N_ ("everything") },
  { "mon", N_ ("Monday") },
  { "tue", N_ ("Tuesday") },
  { "wed", N_ ("Wednesday") },
  { "thu", N_ ("Thursday") },
  { "fri", N_ ("Friday") },
  { "sat", N_ ("Saturday") },
  { "sun", N_ ("Sunday") },
  { "leaving", N_ ("the day of leaving") },
  { "year-end", N_ ("the end of the year of leaving") },
  { "january-10", N_ ("10 January after the year of leaving") },
  { "zip", N_ ("zip with a passphrase") },
  { "plain", N_ ("numbers in the clear") },
  { "chiefs", N_ ("responsible persons only") },
  { "clerks", N_ ("clerks too") },
  { "required", N_ ("required") },
  { "off", N_ ("not required") },
  { "retention-over", N_ ("the time for keeping it is over") },
  { "not-needed", N_ ("not needed any more") },
  { "collected-in-error", N_ ("collected in error") },
  { "requested", N_ ("asked for") },
  { "retired", N_ ("the machine is retired") },
  { NULL, NULL },
};

static const Word flags[] = {
  { "wrong-pins", N_ ("Wrong PINs") },
  { "refusals", N_ ("Attempts that were refused") },
  { "throttled", N_ ("Somebody tried birth dates at the kiosk") },
  { "odd-hours", N_ ("Admins at work between 22:00 and 6:00") },
  { "many-exports", N_ ("Many exports on one day") },
  { "many-reveals", N_ ("Many numbers shown on one day") },
  { "no-receipt", N_ ("Exported files that nobody has said to be deleted after 7 days") },
  { "many-at-once", N_ ("Much exported or printed by one person within an hour") },
  { "admins", N_ ("Admins added or removed, PINs changed") },
  { "clock-set-back", N_ ("The machine's clock was set back") },
  { "state-accepted", N_ ("Tampering found, or a state that was set back gone on with") },
  { NULL, NULL },
};

/* What Verify looks at: how it is to be, and what is said when it is not. */
static const struct
{
  const char *code;
  const char *good;
  const char *bad;
} checks[] = {
  { "database", N_ ("Every page of the database is as it was written"),
    N_ ("A page of the database is not as it was written") },
  { "record", N_ ("The record's chain is unbroken"), N_ ("The record's chain is broken") },
  { "checkpoints", N_ ("The record is as the TPM signed it"), N_ ("The record is not as the TPM signed it") },
  { "clock", N_ ("The machine's clock was never set back unseen"), N_ ("The machine's clock was set back") },
  { "counter", N_ ("The TPM's counter agrees: nothing was set back"),
    N_ ("The TPM's counter does not agree: something was set back") },
  { "keys", N_ ("Every key in the key file is one that this TPM made"),
    N_ ("A key in the key file is not one that this TPM made") },
  { "lock", N_ ("The TPM counts wrong PINs"), N_ ("The TPM does not count wrong PINs: please log in once") },
  { "files", N_ ("The vault's files are closed to everybody else"), N_ ("Others can read the vault's files") },
  { "rows", N_ ("The rows of the database are as the record has them"),
    N_ ("Nothing in the record stands for the rows of the database") },
  { "last_import", N_ ("What the last import did is as the record has it"),
    N_ ("What the last import did is not as the record has it") },
  { "last_import_parts", N_ ("What the last import changed is as the record has it"),
    N_ ("What the last import changed is not as the record has it") },
  { "people", N_ ("Everybody on the roster is as the record has them"),
    N_ ("Somebody on the roster is not as the record has them") },
  { "numbers", N_ ("Every number's row is as the record has it"), N_ ("A number's row is not as the record has it") },
  { "admins", N_ ("Who may log in is as the record has it"), N_ ("Who may log in is not as the record has it") },
  { "exports", N_ ("The list of exports is as the record has it"),
    N_ ("The list of exports is not as the record has it") },
  { "settings", N_ ("The settings are as the record has them"), N_ ("The settings are not as the record has them") },
  { "accepted", N_ ("A state that was set back or altered was gone on with"),
    N_ ("A state that was set back or altered was gone on with") },
  { "tokens", N_ ("The tokens are as the record has them"), N_ ("The tokens are not as the record has them") },
  { "machines", N_ ("The machines are as the record has them"), N_ ("The machines are not as the record has them") },
  { "backup_places", N_ ("The places for backups are as the record has them"),
    N_ ("The places for backups are not as the record has them") },
  { "retention", N_ ("The times for keeping numbers are as the record has them"),
    N_ ("The times for keeping numbers are not as the record has them") },
  { "formats", N_ ("The formats made here are as the record has them"),
    N_ ("The formats made here are not as the record has them") },
  { "disposals", N_ ("The disposals are as the record has them"), N_ ("The disposals are not as the record has them") },
  { "backups", N_ ("The list of backups is as the record has it"),
    N_ ("The list of backups is not as the record has it") },
  { "enrolments", N_ ("The enrolments are as the record has them"),
    N_ ("The enrolments are not as the record has them") },
  { "lease", N_ ("Which machine's turn it is, is as the record has it"),
    N_ ("Which machine's turn it is, is not as the record has it") },
  { "machine_key", N_ ("This machine's key is as the record has it"),
    N_ ("This machine's key is not as the record has it") },
  { "old_vaults", N_ ("What this vault took over is as the record has it"),
    N_ ("What this vault took over is not as the record has it") },
  { "old_record", N_ ("The record that was taken over is as it came"),
    N_ ("The record that was taken over is not as it came") },
  { "old_checkpoints", N_ ("The TPM's signatures of the record that was taken over are as they came"),
    N_ ("The TPM's signatures of the record that was taken over are not as they came") },
  { "earlier-record", N_ ("The record of an earlier machine is unbroken, and as that machine's TPM signed it"),
    N_ ("The record of an earlier machine is broken, or not as that machine's TPM signed it") },
  { "old_keys", N_ ("The public keys of what was taken over are as they came"),
    N_ ("The public keys of what was taken over are not as they came") },
  { "vault.db", N_ ("The database (vault.db) is as it was left"),
    N_ ("The database (vault.db) is not as it was left") },
  { "keyset.bin", N_ ("The key file (keyset.bin) is as it was left"),
    N_ ("The key file (keyset.bin) is not as it was left") },
  { "swtpm", N_ ("The software TPM's state (swtpm) is as it was left"),
    N_ ("The software TPM's state (swtpm) is not as it was left") },
  { "tpm", N_ ("The TPM is as it was left"), N_ ("The TPM is not as it was left") },
  { "vault", N_ ("The vault is as it was left"), N_ ("The vault is not as it was left") },
};

static const char *
word_for (const Word *words, const char *code)
{
  for (; words->code != NULL; words++)
    if (g_str_equal (words->code, code))
      return _ (words->text);
  return code;
}

const char *
record_words_action (const char *action)
{
  return word_for (actions, action);
}

const char *
record_words_key (const char *key)
{
  return word_for (keys, key);
}

const char *
record_words_value (const char *key, const char *value)
{
  return word_for (values, value);
}

const char *
record_words_flag (const char *flag)
{
  return word_for (flags, flag);
}

const char *
record_words_check (const char *check, gboolean ok)
{
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (g_str_equal (checks[i].code, check))
      return _ (ok ? checks[i].good : checks[i].bad);
  return check;
}

char *
record_words_unchecked (const char *check)
{
  /* Translators: what should be so, as "The record's chain is unbroken" */
  return g_strdup_printf (_ ("Not checked, as the TPM or the disk did not answer: %s"),
                          record_words_check (check, TRUE));
}

gboolean
record_words_only_unchecked (GVariant *findings)
{
  guint n_unchecked = 0;

  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (findings, i);
      gboolean ok = FALSE, passing = FALSE;

      (void) g_variant_lookup (row, "ok", "b", &ok);
      (void) g_variant_lookup (row, "passing", "b", &passing);
      if (!ok && !passing)
        return FALSE;
      n_unchecked += !ok;
    }
  return n_unchecked > 0;
}
