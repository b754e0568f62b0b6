/* SPDX-License-Identifier: Apache-2.0 */
/* The vault's errors and the roster's mistakes as translated sentences. */
#include "config.h"

#include "messages-vault.h"

#include <glib/gi18n.h>
#include <string.h>

#include "token-client.h"
#include "vault-client.h"

/* In the order of VaultError. */
static const char *const sentences[] = {
  [VAULT_ERROR_FAILED] = N_ ("Something went wrong in the vault. Nothing was changed; please try again."),
  [VAULT_ERROR_USAGE] = N_ ("A value is missing or not allowed. Nothing was changed."),
  [VAULT_ERROR_NOT_INITIALISED] = N_ ("There is no vault here yet. Please set one up with “azukarictl init”."),
  [VAULT_ERROR_ALREADY_INITIALISED] =
      N_ ("There is a vault here already; it was left as it is. Choose another folder for a new one."),
  [VAULT_ERROR_NO_TPM] =
      N_ ("This machine has no TPM 2.0 that answers. Please switch the TPM on in the firmware settings."),
  [VAULT_ERROR_OTHER_TPM] =
      N_ ("This vault belongs to another machine and cannot be opened here. Use the machine on which it was set up."),
  [VAULT_ERROR_TPM_CLEARED] =
      N_ ("This machine's TPM was cleared, and with it the vault's key. The numbers must be restored from a backup."),
  [VAULT_ERROR_KEYSET_MISSING] =
      N_ ("The vault's keyset file is missing. Please put it back from a backup of this folder."),
  [VAULT_ERROR_KEYSET_DAMAGED] =
      N_ ("The vault's keyset file is damaged. Please put it back from a backup of this folder."),
  [VAULT_ERROR_STORE_MISSING] = N_ ("The vault's database is missing. Please put it back from a backup."),
  [VAULT_ERROR_STORE_DAMAGED] =
      N_ ("The vault's database is damaged. Nothing is written to it; please restore a backup."),
  [VAULT_ERROR_DISK_FULL] = N_ (
      "The disk is full, so this was not saved. Nothing saved before is lost. Please free some space and try again."),
  [VAULT_ERROR_DISK_FAILED] =
      N_ ("The disk cannot be written, so this was not saved. Nothing saved before is lost. Please "
          "have the disk looked at and try again."),
  [VAULT_ERROR_UNSURE] =
      N_ ("The disk or the TPM failed at the last moment, so this may or may not have been saved. Please look at "
          "the list before you try again."),
  [VAULT_ERROR_BUSY] = N_ ("This vault is open in another program. Please close that one and try again."),
  [VAULT_ERROR_SEALED] = N_ ("The vault is closed. “azukarictl status” tells why."),
  [VAULT_ERROR_WRONG_PIN] = N_ ("The PIN is wrong."),
  [VAULT_ERROR_LOCKED_OUT] = N_ ("Too many wrong PINs: the TPM is locked. One more try becomes possible every two "
                                 "hours; leave the machine switched on."),
  [VAULT_ERROR_NOT_ALLOWED] = N_ ("This needs the PIN of somebody who may do it."),
  [VAULT_ERROR_NO_SUCH_PERSON] = N_ ("Nobody on the roster fits. Please check the code and the birth date."),
  [VAULT_ERROR_NO_SUCH_RECORD] = N_ ("There is no such record. It may have been dealt with already."),
  [VAULT_ERROR_BAD_NUMBER] =
      N_ ("The check digit does not fit, so this is no valid number. Nothing was saved; please scan the card again."),
  [VAULT_ERROR_ROSTER] = N_ ("The roster has mistakes. Nothing was imported."),
  [VAULT_ERROR_NO_SUCH_FORMAT] = N_ ("There is no such export format. “azukarictl format list” shows them."),
  [VAULT_ERROR_NOTHING_TO_EXPORT] =
      N_ ("There is no approved number to export. Please review what was collected first."),
  [VAULT_ERROR_UNFIT_TEXT] =
      N_ ("A name cannot be written in this format's characters. No file was made; choose a UTF-8 format."),
  [VAULT_ERROR_TAMPERED] =
      N_ ("Something in the vault was altered. Stop collecting and inform the responsible person."),
  [VAULT_ERROR_ROLLED_BACK] =
      N_ ("The vault was set back to an older state. Stop collecting and inform the responsible person."),
  [VAULT_ERROR_NOT_YOUR_ROLE] =
      N_ ("Your role does not allow this, and the attempt was recorded. Please ask the responsible person."),
  [VAULT_ERROR_NO_SUCH_ADMIN] = N_ ("There is no administrator of that name. Please look at the list and try again."),
  [VAULT_ERROR_ADMIN_EXISTS] =
      N_ ("There is an administrator of that name already. Please choose a name that tells the "
          "two apart."),
  [VAULT_ERROR_LAST_CHIEF] = N_ ("The last responsible person cannot be removed. Please add another one first."),
  [VAULT_ERROR_WEAK_PIN] = N_ ("This PIN is too easy to guess. Please choose another one."),
  [VAULT_ERROR_ENROLMENT_FILE] = N_ ("This file is not the one for this step, or it is damaged. Please look at which "
                                     "file is asked for, copy it again and try once more."),
  [VAULT_ERROR_ENROLMENT_REFUSED] =
      N_ ("The other machine could not prove which keys are in its TPM, or the file belongs to another enrolment. "
          "Nothing was enrolled; please begin again with “azukarictl enroll request” on the second machine."),
  [VAULT_ERROR_SOFTWARE_TPM] = N_ ("The other machine has a software TPM, whose file is the key: whoever copies it "
                                   "reads the backups. For trying this out only, say so with --allow-software-tpm."),
  [VAULT_ERROR_NO_SUCH_MACHINE] =
      N_ ("There is no such machine. “azukarictl enroll list” shows those that are enrolled, “azukarictl log machines” "
          "those that this vault was on before."),
  [VAULT_ERROR_STANDBY] = N_ ("This is the second machine; collecting and exporting happen on the first one. If that "
                              "one is broken, take over with “azukarictl recover”."),
  [VAULT_ERROR_MOVED_OUT] =
      N_ ("This vault has moved to another machine. Nothing more is collected or exported here; please go on there."),
  [VAULT_ERROR_NOT_EMPTY] = N_ ("This vault has people in it already, so another one cannot move in. Please set up an "
                                "empty vault in a folder of its own."),
  [VAULT_ERROR_FIRST_ACTIVE] =
      N_ ("The first machine may still be at work. Two machines that collect for one vault lose what one of them "
          "collected. Make sure that the first one is switched off for good, then say so with --first-is-dead."),
  [VAULT_ERROR_RECEIPT_REFUSED] = N_ ("This receipt is not for this vault, or it was altered. Nothing was changed; "
                                      "please bring the one that the second machine wrote."),
  [VAULT_ERROR_NOT_DUE] =
      N_ ("Nothing was disposed of: no number may go yet, as its retention period still runs. Please look "
          "at “azukarictl dispose due”, or name another reason."),
  [VAULT_ERROR_BOOT_CHANGED] =
      N_ ("This PC has started in another way than before (its Secure Boot settings or keys have changed). If you know "
          "why, a responsible person opens the vault with “azukarictl boot accept”. If not, please do not enter a PIN; "
          "call whoever looks after this PC."),
  [VAULT_ERROR_NO_BACKUP] =
      N_ ("There is no such backup, or no place for one. “azukarictl backup places add” registers a place."),
  [VAULT_ERROR_PLACE_GONE] = N_ (
      "The place for backups cannot be found or written to. Please plug the disk or stick in, or check its folder."),
  [VAULT_ERROR_BACKUP_DAMAGED] =
      N_ ("This backup is damaged or incomplete. Nothing was changed; please choose another one."),
  [VAULT_ERROR_BACKUP_FOREIGN] =
      N_ ("This backup was not made by this vault for this machine. Nothing was changed; please choose another one."),
  [VAULT_ERROR_TOKEN_NEEDED] = N_ ("This needs your token. Please insert it and log in again."),
  [VAULT_ERROR_TOKEN_MISSING] =
      N_ ("No token is registered for you yet. A responsible person registers one with “azukarictl token add”."),
  [VAULT_ERROR_TOKEN_REFUSED] =
      N_ ("The vault does not accept this token, and the attempt was recorded. Please insert your own token."),
  [VAULT_ERROR_NO_SUCH_TOKEN] = N_ ("There is no such token. Please look at the list and try again."),
  [VAULT_ERROR_TOKEN_EXISTS] = N_ ("This token is registered already. Please insert another one."),
  [VAULT_ERROR_NO_SPARE_TOKEN] =
      N_ ("If this token were lost, nobody could get in. Please register a second token of your own, or add a second "
          "responsible person, first."),
  [VAULT_ERROR_OUT_OF_SCOPE] = N_ ("This is not among the departments or purposes that you handle, and the attempt was "
                                   "recorded. Please ask the responsible person."),
  [VAULT_ERROR_EXPIRED] =
      N_ ("The term of this vault is over, so nothing is collected or exported. The client extends it with "
          "“azukarictl term set” and a PIN of their own; without a client, the responsible person does."),
  [VAULT_ERROR_CLIENTS_ONLY] =
      N_ ("This is for the client of this vault to decide, and the attempt was recorded. Please ask the client to "
          "log in with their own PIN."),
  [VAULT_ERROR_DUPLICATE] =
      N_ ("Somebody else has the same number, so one of the two is wrong. Please ask one of them again. If both are "
          "the same human being, give both the same name and birth date on the roster."),
  [VAULT_ERROR_OTHER_PURPOSE] =
      N_ ("The person did not agree to that purpose, so the number is not shown, and the attempt was recorded."),
  [VAULT_ERROR_NOTHING_TO_UNDO] =
      N_ ("There is no import that can be taken back: nothing was imported since, or it was taken back already."),
  [VAULT_ERROR_OUTDATED] =
      N_ ("Somebody has changed the roster since you looked, so nothing was imported. Please look at the file again."),
};

char *
messages_for_pin_fault (const char *fault)
{
  static const struct
  {
    const char *fault;
    const char *sentence;
  } faults[] = {
    { "too-short", N_ ("This PIN is too short. Please choose at least 6 digits, better 8, or a passphrase.") },
    { "too-long", N_ ("This PIN is too long. Please choose one of at most 128 bytes.") },
    { "not-text", N_ ("This PIN has bytes that are no text. Please type it at the keyboard.") },
    { "same", N_ ("This PIN repeats one character. Please choose one that others do not guess.") },
    { "run", N_ ("This PIN is a run of digits such as 123456. Please choose one that others do not guess.") },
    { "birth-date", N_ ("This PIN looks like a birth date. Please choose digits that are no date.") },
    { "company", N_ ("This PIN has the company's name in it. Please choose one that others do not guess.") },
    { "unchanged", N_ ("This is the PIN you have. Please choose another one.") },
    { "own-name", N_ ("This PIN has your own name in it. Please choose one that others do not guess.") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_strcmp0 (faults[i].fault, fault) == 0)
      return g_strdup (_ (faults[i].sentence));
  return g_strdup (_ (sentences[VAULT_ERROR_WEAK_PIN]));
}

static const char *const token_sentences[] = {
  [TOKEN_CLIENT_ERROR_FAILED] =
      N_ ("The token did not do what was asked of it. Please take it out, insert it again and try once more."),
  [TOKEN_CLIENT_ERROR_NO_MODULE] =
      N_ ("This machine has no driver for the token. Please install its PKCS#11 module (for most cards the package "
          "opensc)."),
  [TOKEN_CLIENT_ERROR_NO_TOKEN] = N_ ("No token is inserted. Please insert yours and try again."),
  [TOKEN_CLIENT_ERROR_SEVERAL_TOKENS] = N_ ("Several tokens are inserted. Please leave only your own."),
  [TOKEN_CLIENT_ERROR_WRONG_PIN] =
      N_ ("The token's PIN is wrong. After a few wrong ones the token locks itself, so please type it with care."),
  [TOKEN_CLIENT_ERROR_PIN_LOCKED] =
      N_ ("The token is locked after too many wrong PINs. Please use your spare token, and unlock this one with its "
          "maker's program."),
  [TOKEN_CLIENT_ERROR_NO_KEY] =
      N_ ("The token has no key that fits. A responsible person registers it with “azukarictl token add”."),
  [TOKEN_CLIENT_ERROR_OTHER_TOKEN] = N_ ("This is not a token that is registered for you. Please insert your own."),
  [TOKEN_CLIENT_ERROR_UNFIT] =
      N_ ("This token cannot do what the vault needs (ECDH with P-256). Please use another kind of token."),
  [TOKEN_CLIENT_ERROR_TAKEN_OUT] = N_ ("The token was taken out. Please insert it and log in again."),
  [TOKEN_CLIENT_ERROR_SILENT] =
      N_ ("The token did not answer in time. Please take it out, insert it again and try once more."),
  [TOKEN_CLIENT_ERROR_CRASHED] =
      N_ ("The token's driver ended by itself. Please take the token out, insert it again and try once more."),
};

char *
messages_for_error (const GError *error)
{
  int tries_left;

  if (error->domain == TOKEN_CLIENT_ERROR)
    return g_strdup (_ (token_sentences[CLAMP (error->code, 0, (int) G_N_ELEMENTS (token_sentences) - 1)]));
  if (error->domain != VAULT_ERROR)
    return g_strdup (error->message);
  tries_left = vault_error_get_tries_left (error);
  if (error->code == VAULT_ERROR_WRONG_PIN && tries_left >= 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "The PIN is wrong. %d try is left.",
                                         "The PIN is wrong. %d tries are left.", (gulong) tries_left),
                            tries_left);
  if (error->code == VAULT_ERROR_WEAK_PIN)
    return messages_for_pin_fault (vault_error_get_why (error));
  if (error->code < 0 || error->code >= (int) G_N_ELEMENTS (sentences))
    return g_strdup (_ (sentences[VAULT_ERROR_FAILED]));
  return g_strdup (_ (sentences[error->code]));
}

char *
messages_for_damage (GVariant *status)
{
  static const struct
  {
    const char *file, *sentence;
  } files[] = {
    { "vault.db", N_ ("It is the database (vault.db) that is not as it was left.") },
    { "keyset.bin", N_ ("It is the key file (keyset.bin) that is not as it was left.") },
    { "swtpm", N_ ("It is the software TPM's state (swtpm) that is not as it was left.") },
    { "tpm", N_ ("It is the TPM that is not as it was left.") },
  };
  g_autoptr (GVariant) damage = g_variant_lookup_value (status, "damage", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;
  g_autofree char *time = NULL, *until = NULL;
  const char *file = "", *since = "", *sentence = NULL;

  if (damage == NULL)
    return NULL;
  (void) g_variant_lookup (damage, "file", "&s", &file);
  (void) g_variant_lookup (damage, "since", "&s", &since);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (g_str_equal (files[i].file, file))
      sentence = _ (files[i].sentence);
  if (sentence == NULL)
    return NULL;
  utc = g_date_time_new_from_iso8601 (since, NULL);
  if (utc == NULL)
    return g_strdup (sentence);
  local = g_date_time_to_local (utc);
  time = g_date_time_format (local, "%Y-%m-%d %H:%M");
  /* Translators: %s is a date and time. */
  until = g_strdup_printf (_ ("The last entry that can be read is of %s."), time);
  /* Translators: two sentences, one after the other. */
  return g_strdup_printf (_ ("%s %s"), sentence, until);
}

char *
messages_for_vault_error_name (const char *name)
{
  int code = vault_error_from_name (name);

  return g_strdup (_ (sentences[code >= 0 ? code : VAULT_ERROR_FAILED]));
}

char *
messages_for_danger (GVariant *status)
{
  const char *danger = "", *policy = "";

  (void) g_variant_lookup (status, "danger", "&s", &danger);
  (void) g_variant_lookup (status, "token-policy", "&s", &policy);
  if (*danger == '\0' || g_str_equal (policy, "required"))
    return NULL;
  return g_strdup (
      _ ("This vault is not safe yet: it has neither a second machine nor a token. If this PC breaks, everything is "
         "lost, and a PIN that somebody saw opens it."));
}

char *
messages_for_backup_alarm (const char *alarm, gint64 made_s)
{
  g_autoptr (GDateTime) made = NULL;
  g_autofree char *day = NULL;

  if (g_str_equal (alarm, "no-place"))
    return g_strdup (
        _ ("Nothing is backed up: no place for backups is registered. Please register a disk or a USB stick, "
           "under “Backups” in the administration or by azukarictl backup places add."));
  if (g_str_equal (alarm, "none"))
    return g_strdup (_ (
        "There is no backup yet. Please make one, under “Backups” in the administration or by azukarictl backup now."));
  if (g_str_equal (alarm, "place"))
    return g_strdup (_ ("One of the places has no new backup. Please plug its disk or stick in."));
  if (!g_str_equal (alarm, "old"))
    return NULL;
  made = g_date_time_new_from_unix_local (made_s);
  day = made != NULL ? g_date_time_format (made, "%Y-%m-%d") : g_strdup ("");
  return g_strdup_printf (
      _ ("The last good backup is of %s. Please plug the disk or stick in, or look why none was made: "
         "azukarictl backup now"),
      day);
}

char *
messages_for_term (GVariant *status)
{
  const char *term = "", *client = "";
  gboolean is_expired = FALSE;
  gint32 days = 0;

  (void) g_variant_lookup (status, "term", "&s", &term);
  (void) g_variant_lookup (status, "client", "&s", &client);
  (void) g_variant_lookup (status, "expired", "b", &is_expired);
  (void) g_variant_lookup (status, "term-days", "i", &days);
  if (term[0] == '\0')
    return NULL;
  if (is_expired && client[0] != '\0')
    /* Translators: a date, and the name of the client's representative. */
    return g_strdup_printf (_ ("The term ended on %s: nothing is collected or exported until the client (%s) extends "
                               "it: azukarictl term set"),
                            term, client);
  if (is_expired)
    return g_strdup_printf (_ ("The term ended on %s: nothing is collected or exported until it is extended: "
                               "azukarictl term set"),
                            term);
  if (days > MESSAGES_TERM_SOON_DAYS)
    return g_strdup_printf (_ ("The term runs until %s."), term);
  /* Translators: %s is a date. */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "The term ends on %s: %d day is left. Please have it extended.",
                                       "The term ends on %s: %d days are left. Please have it extended.",
                                       (gulong) days),
                          term, days);
}

char *
messages_for_clock (GVariant *status)
{
  gint64 behind_s = 0;
  g_autofree char *hours = NULL;

  (void) g_variant_lookup (status, "clock-behind", "x", &behind_s);
  if (behind_s <= 0)
    return NULL;
  hours = g_strdup_printf ("%" G_GINT64_FORMAT, (behind_s + 3599) / 3600);
  return g_strdup_printf (
      _ ("This PC's clock is behind what the vault has seen, by up to %s hours; the term goes by the later one. Please "
         "set the clock right. If it is right and ran ahead before: azukarictl term set DATE --accept-clock"),
      hours);
}

char *
messages_for_roster_error (const char *what)
{
  static const struct
  {
    const char *what;
    const char *sentence;
  } mistakes[] = {
    { "too-big", N_ ("the file is larger than 4 MiB; please check that it is the roster, or split it") },
    { "empty",
      N_ ("the file has nobody in it; please put the column names in the first row and one person in each row below") },
    { "not-text", N_ ("this is not a CSV file; in the spreadsheet choose “Save as” and then “CSV UTF-8”") },
    { "encoding", N_ ("the text is neither UTF-8 nor Shift_JIS (CP932); save the file again as “CSV UTF-8”") },
    { "encoding-utf16", N_ ("the text is UTF-16 (“Unicode text”); save the file again as “CSV UTF-8”") },
    { "encoding-unclear", N_ ("the text can be read as UTF-8 and as Shift_JIS; please say which one it is, or save it "
                              "again as “CSV UTF-8”") },
    { "too-many-rows", N_ ("the file has more than 20,000 people; please split it") },
    { "too-many-columns", N_ ("the file has more than 256 columns; please keep only those that are needed") },
    { "cell-too-long", N_ ("a cell is far too long; please check the quotation marks around it") },
    { "lone-cr", N_ ("the line ends are those of an old program; save the file again as “CSV UTF-8”") },
    { "stray-quote", N_ ("a quotation mark stands where none may; please remove it, or write the cell as \"…\" with "
                         "\"\" inside for each one") },
    { "unclosed-quote", N_ ("a quotation mark is never closed; please add the closing one or remove it") },
    { "no-header",
      N_ ("the first row has no known column name; please begin with a row such as 社員番号,氏名,生年月日") },
    { "missing-column", N_ ("this column is missing; please add it") },
    { "duplicate-column", N_ ("two columns hold the same; please keep only one of them") },
    { "has-numbers",
      N_ ("My Numbers do not belong in the roster; please remove them, and delete the copies of this file") },
    { "cell-count", N_ ("this row has more or fewer cells than the first one; please check its commas") },
    { "unknown-kind", N_ ("please write 社員, 外部協力者 or 家族") },
    { "missing-code", N_ ("an employee needs a code; please add it") },
    { "bad-code", N_ ("a code has only letters, digits and - _ . / in half width, and begins with a letter or digit; "
                      "please correct it") },
    { "duplicate-code", N_ ("this code is used in a row above; please give each person their own (family members name "
                            "the employee in 本人社員番号)") },
    { "missing-name", N_ ("the name is missing; please add it") },
    { "missing-birth-date", N_ ("an employee needs a birth date to be identified at the kiosk; please add it") },
    { "bad-birth-date", N_ ("this is no birth date; please write it as 1985-01-02 or 昭和60年1月2日") },
    { "future-birth-date", N_ ("the birth date lies in the future; please correct it") },
    { "bad-leaving-date",
      N_ ("this is no day after the birth date; please write the last day as 2026-03-31 or 令和8年3月31日") },
    { "bad-joining-date",
      N_ ("this is no day after the birth date; please write the first day as 2026-04-01 or 令和8年4月1日") },
    { "bad-pension", N_ ("please write ○ for a spouse who is insured in category 3 (第3号被保険者), or × for others") },
    { "unexpected-pension",
      N_ ("only an employee's spouse is insured in category 3 (第3号被保険者); please correct this cell or 続柄") },
    { "missing-parent", N_ ("a family member needs the employee's code; please add it in 本人社員番号") },
    { "unknown-parent", N_ ("no employee has this code; please correct it, or add the employee") },
    { "unexpected-parent", N_ ("only family members name an employee; please empty this cell, or write 家族 in 区分") },
    { "unexpected-relationship",
      N_ ("only family members have a relationship; please empty this cell, or write 家族 in 区分") },
    { "duplicate-person", N_ ("the same person stands in a row above; please remove one, or give each a code") },
    { "too-long", N_ ("the text is too long; please shorten it") },
    { "control-character", N_ ("the cell has a line break or an invisible character; please type it again") },
    { "private-character",
      N_ ("the cell has a character made on one computer only (外字); please use another character or kana") },
    { "lost-character",
      N_ ("a character was lost when the file was made; please type the text again and save it as “CSV UTF-8”") },
    { "formula", N_ ("the text begins like a formula (= + - @); please remove that sign") },
    { "kind-changed", N_ ("this code belongs to another kind of person in the vault; please use another code") },
    { "out-of-scope", N_ ("this person is not among the departments or purposes that you handle") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    if (g_strcmp0 (mistakes[i].what, what) == 0)
      return g_strdup (_ (mistakes[i].sentence));
  return g_strdup (what);
}

char *
messages_for_field_change (const char *field, const char *before, const char *after)
{
  static const struct
  {
    const char *field;
    const char *word;
  } words[] = {
    { "name", N_ ("Name") },
    { "kana", N_ ("Kana") },
    { "birth-date", N_ ("Birth date") },
    { "department", N_ ("Department") },
    { "relationship", N_ ("Relationship") },
    { "left", N_ ("Left on") },
    { "joined", N_ ("Joined on") },
    { "employment", N_ ("Employed as") },
    { "pension", N_ ("Category 3 insured (国民年金第3号被保険者)") },
  };
  const char *word = field;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].field, field))
      word = _ (words[i].word);
  /* Translators: 1: what changes of a person, such as "Department", 2: as it is, 3: as it will be */
  return g_strdup_printf (_ ("%1$s: %2$s → %3$s"), word, before[0] != '\0' ? before : "–",
                          after[0] != '\0' ? after : "–");
}

const char *
messages_for_undo_obstacle (const char *why)
{
  static const struct
  {
    const char *why, *sentence;
  } obstacles[] = {
    { "changed", N_ ("was changed since the import") },
    { "gone", N_ ("is not on the roster any more") },
    { "number", N_ ("has handed in a number since, or did not agree") },
    { "family", N_ ("has a family member who was added since") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (obstacles); i++)
    if (g_str_equal (obstacles[i].why, why))
      return _ (obstacles[i].sentence);
  return why;
}
