/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the verbs. Keys, store, record and export put together; knows nothing of who asks, which is service.c's matter.
 *
 * One thread; every call blocks on disk and TPM. Errors are CUSTODY_ERROR with the names of vault.xml. While the vault is not
 * open each verb fails with NOT_INITIALISED or with the reason that keeps it sealed. */
#pragma once

#include <glib.h>

#include "admins.h"
#include "generate.h"
#include "entries.h"
#include "keys.h"
#include "numbers.h"
#include "people.h"
#include "pin.h"
#include "review.h"
#include "roster.h"
#include "scope.h"
#include "tokens.h"

G_BEGIN_DECLS

typedef struct _Vault Vault;

#define VAULT_ACTOR_KIOSK "kiosk"
/* Entries between two raises of the TPM's state counter: what a thief of the disk could take back unnoticed at most. */
#define VAULT_COUNTER_STRIDE 16
#define VAULT_TEXT_MAX 200

/* What an admin may do. Flags, so that a verb can name all who may call it. */
typedef enum
{
  VAULT_CHIEF = 1 << 0,   /* 責任者: everything; adds and removes the others */
  VAULT_CLERK = 1 << 1,   /* 事務取扱担当者: the roster, collecting with attendance, review, export */
  VAULT_AUDITOR = 1 << 2, /* 監査: the record, and nothing of a person's */
  VAULT_CLIENT = 1 << 3,  /* 委託元, whose numbers somebody else keeps: the term, the record, handing back */
} VaultRole;

/** vault_role_get_name: "chief", "clerk", "auditor" or "client"; and back. */
const char *vault_role_get_name (VaultRole role);
gboolean vault_role_from_name (const char *name, VaultRole *ret_role);

typedef enum
{
  VAULT_UNINITIALISED,
  VAULT_OPEN,
  VAULT_SEALED,
} VaultState;

typedef struct
{
  VaultState state;
  const char *reason;   /* error name when sealed, else "" */
  const char *provider; /* "" until known */
  gboolean software_tpm;
  const char *company;
  const char *vault_id;
  guint format, people, submitted, approved, tries_left;
  guint disposal_due;  /* numbers that need not be kept any more */
  gboolean boot_bound; /* vault_bind_boot () */
  guint64 record_entries;
  const char *backup_alarm; /* vault_backup_get_alarm () */
  gint64 backup_made_s;     /* when the last good one was made, 0 for never */
  const char *danger;       /* vault_get_danger () */
  const char *lease;        /* "active", "standby", "moving", "gone", or "" */
  guint64 lease_number;
  gboolean token_required;
  const char *plain_exports; /* vault_get_plain_rule () */
  char term[11];             /* the last day on which it collects and exports, "" without a term (vault-term.h) */
  gboolean is_expired;
  int term_days;         /* left of it */
  gint64 clock_behind_s; /* what the vault has seen */
} VaultStatus;

/* An admin who has logged in. */
typedef struct
{
  char *id;
  char *name;
  VaultRole role;
  Scope scope;          /* of a clerk; everything for the others */
  Secret *vault_secret; /* NULL for an auditor and a client, to whom no number is opened */
  Secret *master;       /* of a chief, else NULL: what adds and removes admins */
} VaultAdmin;

void vault_admin_free (VaultAdmin *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VaultAdmin, vault_admin_free)

/* One row of a report. */
typedef struct
{
  char *check;
  gboolean ok;
  char *detail;
  gboolean passing; /* not ok for now: a TPM that did not answer, a disk that failed */
  /* of vault_prove () only, else NULL */
  const char *expected; /* code: an error's name, or one of prove-private.h */
  const char *happened; /* code */
  GVariant *facts;      /* owned, a{sv}, may be NULL: counts and measurements */
} Finding;

void finding_free (Finding *self);

/**
 * vault_new:
 * @folder: exists, 0700; the caller holds the lock on it
 * @places: (nullable): borrowed for the life of the vault
 *
 * Opens what is there. Never fails: see vault_get_status ().
 */
Vault *vault_new (const char *folder, const KeysPlaces *places);
/** vault_free: settles the state counter, wipes the keys, closes. */
void vault_free (Vault *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Vault, vault_free)

/**
 * vault_follow: what is asked of the TPM after a call was answered, because a chip takes seconds for what nobody needs to wait for:
 * the state counter follows the database, and the next log-in's secrets are fetched. And a part of the record is read for who was
 * asked when. Quick when there is nothing to do. TRUE: there is more to read.
 */
gboolean vault_follow (Vault *self);
/** vault_forget: nobody is logged in and nobody stands there: what of the database lies decrypted in memory goes. */
void vault_forget (Vault *self);
/** vault_tend: what is done while nobody is served: a checkpoint that is due, counting the tries that came back. */
void vault_tend (Vault *self);

/** vault_get_tries_left: wrong PINs that the TPM would still take, as last counted; 0 unless the vault is open. */
guint vault_get_tries_left (Vault *self);
/**
 * vault_has_closed:
 *
 * It was open and closed itself for a reason that may pass, in the middle of a new epoch. Sessions may hold the secrets of the epoch before:
 * once the caller has ended them all, vault_end_sessions () lets it open again, as a vault that could not be opened at its start does.
 */
gboolean vault_has_closed (Vault *self);
void vault_end_sessions (Vault *self);

/** vault_get_status: strings are valid until the next call. */
void vault_get_status (Vault *self, VaultStatus *ret_status);

/** vault_init: @admin_name becomes the first 責任者. WEAK_PIN as vault_add_admin (). */
gboolean vault_init (Vault *self, const char *provider, const char *company, const char *admin_name, const Secret *pin,
                     GError **error);

/** vault_login: @ret_tries_left is written on success and with WRONG_PIN. The try stands in the record. */
VaultAdmin *vault_login (Vault *self, const char *admin_name, const Secret *pin, guint *ret_tries_left, GError **error);
gboolean vault_note_logout (Vault *self, const char *admin_id, gboolean expired, GError **error);

/* admins */

/** vault_list_admins: (transfer full) (element-type Admin): oldest first. */
GPtrArray *vault_list_admins (Vault *self, GError **error);
/**
 * vault_add_admin:
 * @by: a 責任者 who has logged in
 * @scope: (nullable): the part that a clerk may handle, vault_scope_make (); %NULL for everything
 * @pin: the new admin's own; @by need not know it
 *
 * Returns: (transfer full): the new admin's id; %NULL with NOT_YOUR_ROLE, ADMIN_EXISTS (somebody has that name), WEAK_PIN (the
 *   message ends in "why=" and pin_fault_get_name ()), USAGE ... Each refusal stands in the record.
 */
char *vault_add_admin (Vault *self, const VaultAdmin *by, const char *name, VaultRole role, const Scope *scope,
                       const Secret *pin, GError **error);
/**
 * vault_remove_admin:
 * @by: a 責任者 who has logged in; their session stays good
 *
 * By a new epoch: new keys for the database and the numbers, wrapped for those who stay by their public keys alone. A copy of
 * the files from before opens nothing any more. Everybody else must log in again.
 *
 * Returns: %FALSE, with nothing changed, with NOT_YOUR_ROLE, NO_SUCH_ADMIN, LAST_CHIEF, DISK_FULL ... Where the TPM falls silent
 *   over the one command that counts, nobody can tell: the vault is sealed, and the next start finds the old state or the new.
 */
gboolean vault_remove_admin (Vault *self, VaultAdmin *by, const char *admin_id, GError **error);
/**
 * vault_change_pin:
 * @ret_tries_left: (out): written on success and with WRONG_PIN
 *
 * The admin's own PIN, by a new epoch as in vault_remove_admin (): the old PIN with a copy of the old files is dead.
 *
 * Returns: %FALSE, as in vault_remove_admin (), with WEAK_PIN (also for the old PIN again, "why=unchanged"), WRONG_PIN, LOCKED_OUT ...
 */
gboolean vault_change_pin (Vault *self, VaultAdmin *admin, const Secret *old_pin, const Secret *new_pin,
                           guint *ret_tries_left, GError **error);
/** vault_check_pin: @name "" checks against the company's name only. */
PinFault vault_check_pin (Vault *self, const char *name, const Secret *pin);
/** vault_note_refused: an admin asked for @verb, which their role does not allow. */
gboolean vault_note_refused (Vault *self, const char *admin_id, const char *verb, GError **error);

/* how the machine boots */

/**
 * vault_bind_boot:
 * @by: a 責任者 who has logged in; their session stays good, everybody else must log in again
 *
 * By a new epoch: the database opens unattended only while the machine boots in the state that it is in now (PCR 7), or, when @bound is
 * %FALSE, however it boots. Errors as of vault_remove_admin ().
 */
gboolean vault_bind_boot (Vault *self, VaultAdmin *by, gboolean bound, GError **error);
/**
 * vault_accept_boot:
 * @number: whose PIN it is: the first, second ... of the keyset's admins, as nobody's name is known while the database is closed
 * @ret_tries_left: (out): written with WRONG_PIN
 *
 * Opens a vault that BOOT_CHANGED has sealed, and binds it to how the machine has booted now. It logs nobody in.
 *
 * Returns: %FALSE with NOT_YOUR_ROLE, WRONG_PIN, LOCKED_OUT, NO_SUCH_ADMIN, USAGE (it is not sealed for that) ...
 */
gboolean vault_accept_boot (Vault *self, guint number, const Secret *pin, guint *ret_tries_left, GError **error);

/** vault_verify: (transfer full) (element-type Finding) */
GPtrArray *vault_verify (Vault *self, GError **error);
/**
 * vault_prove:
 * @by: who asks; with a 責任者's session one trial more is made
 *
 * Copies the vault, within its own folder, and tries to open the copy where and when it must not open; then looks for anything to read
 * in its files. That it was done stands in the record. Takes seconds: each trial starts a TPM.
 *
 * Returns: (transfer full) (element-type Finding): "ok" means that what happened is what was expected.
 */
GPtrArray *vault_prove (Vault *self, const VaultAdmin *by, GError **error);

/* people */
typedef enum
{
  VAULT_IMPORT_ADDED,
  VAULT_IMPORT_CHANGED,
  VAULT_IMPORT_MISSING, /* of the kinds that the file is about and not in it: nothing is done to them */
} VaultImportWhat;

/* "added", "changed", "missing" */
const char *vault_import_what_get_name (VaultImportWhat what);

typedef struct
{
  const char *name; /* static: as in vault.xml */
  char *before, *after;
} VaultImportField;

typedef struct
{
  VaultImportWhat what;
  guint row; /* of the file; 0 for those who are not in it */
  /* borrowed: as they are afterwards; of a dependant also whose */
  const Person *person, *employee;
  GPtrArray *fields; /* of VaultImportField, or NULL: what changes */
} VaultImportChange;

#define VAULT_IMPORT_DIGEST_SIZE 65

typedef struct
{
  RosterReport *roster; /* owned: what was read, and every mistake */
  guint added, changed, unchanged, missing;
  GPtrArray *changes;                    /* owned: of VaultImportChange; nobody with a mistake */
  GPtrArray *people;                     /* owned, may be NULL: whom they borrow */
  char digest[VAULT_IMPORT_DIGEST_SIZE]; /* of the file and of what it changes, "" with a mistake */
} VaultImport;

void vault_import_free (VaultImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VaultImport, vault_import_free)

typedef struct
{
  RosterEncoding encoding;
  gboolean dry_run;
  const char *expected; /* or NULL: the digest of the dry run that somebody has looked at */
} VaultImportOptions;

/**
 * vault_import_people:
 *
 * All or nothing: with a mistake in the report nothing was changed. Rows find the people that are there by code;
 * dependants, and contractors without a code, by name and birth date. An empty cell leaves what is there. A row that is not in @scope
 * (nullable), or would take somebody into it or out of it, is a mistake.
 *
 * Returns: (transfer full): %NULL with OUTDATED when it would do something else than the dry run @expected.
 */
VaultImport *vault_import_people (Vault *self, const char *actor, const Scope *scope, GBytes *csv,
                                  const VaultImportOptions *options, GError **error);
/** vault_text_is_valid: may @text be a name or the like? At most VAULT_TEXT_MAX bytes, no control characters, no formula. */
gboolean vault_text_is_valid (const char *text);

GPtrArray *vault_list_people (Vault *self, GError **error);
/** vault_list_people_page: as people_list_page (), as of today, each with when they were asked. */
GPtrArray *vault_list_people_page (Vault *self, PeopleFilter filter, GError **error);
/** vault_count_departments: as people_count_departments (). */
GPtrArray *vault_count_departments (Vault *self, const Scope *scope, GError **error);
typedef enum
{
  VAULT_PAPER_OUTSTANDING, /* 未提出者一覧 */
  VAULT_PAPER_SLIPS,       /* 提出のお願い */
} VaultPaper;

/**
 * vault_print_people:
 * @department: (nullable): as of PeopleFilter
 * @people_ids: (nullable) (array zero-terminated=1): only these
 *
 * Returns: (transfer full) (element-type Person): who stands on the paper, by department, as of before it. The record has an entry of
 * it, with slips one for each of them, who were asked by it. USAGE for somebody named who is not outstanding.
 */
GPtrArray *vault_print_people (Vault *self, const VaultAdmin *by, VaultPaper paper, const char *department,
                               const char *const *people_ids, GError **error);
/** vault_add_person: takes what is set in @person; makes id, and code for a contractor without one. */
char *vault_add_person (Vault *self, const char *actor, Person *person, GError **error);
/**
 * vault_edit_person:
 * @names: (array zero-terminated=1): name, kana, birth-date, department, relationship, joined, employment, pension
 * @values: as many
 *
 * Returns: %FALSE with USAGE, NO_SUCH_PERSON, or OUT_OF_SCOPE for a department that @by does not handle. The record has which were
 *   changed; nothing when none was.
 */
gboolean vault_edit_person (Vault *self, const VaultAdmin *by, const char *person_id, const char *const *names,
                            const char *const *values, GError **error);
/** vault_identify: NO_SUCH_PERSON for an unknown code and for a wrong birth date alike. */
Person *vault_identify (Vault *self, const char *code, const char *birth_date, GError **error);
Person *vault_attend (Vault *self, const char *admin_id, const char *person_id, GError **error);
GPtrArray *vault_list_dependants (Vault *self, const char *person_id, GError **error);
gboolean vault_note_throttle (Vault *self, GError **error);

/* numbers */
typedef struct
{
  const char *document;
  const char *identity;
  const char *const *purposes; /* codes */
  const char *text_version;
  const char *language;
  GVariant *evidence; /* a{ss} or NULL */
  double confidence;
} VaultCollection;

/** vault_collect: Returns: (transfer full): the record's id; by then the number is on disk, sealed. */
char *vault_collect (Vault *self, const char *actor, const char *person_id, const VaultCollection *collection,
                     const Secret *number, GError **error);
gboolean vault_note (Vault *self, const char *actor, const char *person_id, const char *event, const char *reason,
                     GError **error);
/** vault_list_records: as numbers_list_page (). */
GPtrArray *
vault_list_records (Vault *self, const Scope *scope, const char *state, guint from, guint limit, GError **error);
Person *vault_get_person (Vault *self, const char *person_id, GError **error);
gboolean vault_approve (Vault *self, const char *admin_id, const char *record_id, const char *identity, GError **error);
gboolean vault_ask_again (Vault *self, const char *admin_id, const char *record_id, const char *reason, GError **error);

/* export */
typedef struct
{
  const char *format;
  const char *purpose; /* vault_purpose_is_known (), and one that the admin handles: OUT_OF_SCOPE */
  const char *destination;
  const char *kind; /* employee | contractor | all */
  gboolean dry_run;
  gboolean plain; /* the rows as they are, for whom vault_require_plain () allows it; masked ones always are */
} VaultExport;

typedef struct
{
  char *export_id;
  char sha256[65];         /* of what is in the file: of the zip, or of the rows */
  char content_sha256[65]; /* of the rows */
  Secret *passphrase;      /* of the zip; NULL without one. It is kept nowhere else */
  guint rows;
  guint skipped;       /* people without an approved number */
  guint other_purpose; /* people with one, who did not agree to the purpose */
  guint64 bytes;
} VaultExportReport;

void vault_export_report_clear (VaultExportReport *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VaultExportReport, vault_export_report_clear)

/**
 * vault_export: of the people whom @admin handles. Writes to @fd, which stays the caller's; it must be an empty regular file open for writing.
 *
 * A number whose person did not agree to the purpose is not even opened (番号法 art. 9: no use beyond the purpose). The rows go into a zip
 * (export_wrap ()) unless they are masked or @options has them plain. NOT_YOUR_ROLE, which the record keeps, for a plain file that @admin may
 * not have.
 */
gboolean vault_export (Vault *self, const VaultAdmin *admin, const VaultExport *options, int fd,
                       VaultExportReport *ret_report, GError **error);

/* tokens: a second factor beside the PIN */
#define VAULT_TOKENS_EACH 4
#define VAULT_TOKENS 32
/* What a token is asked for. */
#define VAULT_ASK_ADMIN "admin"     /* admin mode, of a chief or a clerk */
#define VAULT_ASK_EXPORT "export"   /* each export */
#define VAULT_ASK_RENEWAL "renewal" /* each extension of the vault's expiry */
#define VAULT_ASK_ENROL "enrol"     /* a new token shows that its key is there */
#define VAULT_ASK_UNLOCK "unlock"   /* the TPM's lock after too many wrong PINs; nobody is logged in */

typedef enum
{
  VAULT_TOKEN_FREE,    /* not asked of this admin */
  VAULT_TOKEN_NEEDED,  /* they have one, and must show it */
  VAULT_TOKEN_MISSING, /* they have none yet: a chief may register one, others have to wait for a chief */
} VaultTokenDuty;

/** vault_get_token_duty: what the vault's policy asks of @admin now. Where it cannot be read: NEEDED. */
VaultTokenDuty vault_get_token_duty (Vault *self, const VaultAdmin *admin);
/** vault_token_is_required: the policy. */
gboolean vault_token_is_required (Vault *self);
/**
 * vault_set_token_policy:
 * @by: a chief, whose own token has just answered when @required
 *
 * Returns: %FALSE with NOT_YOUR_ROLE, TOKEN_MISSING, or NO_SPARE_TOKEN when there is neither another chief nor a second token of @by.
 */
gboolean vault_set_token_policy (Vault *self, const VaultAdmin *by, gboolean required, GError **error);
/** vault_list_tokens: (transfer full) (element-type Token): @admin_id "" for everybody's. */
GPtrArray *vault_list_tokens (Vault *self, const char *admin_id, GError **error);
/** vault_ask_token: (transfer full): a question for one connection, good for one answer. */
TokenAsked *vault_ask_token (Vault *self, const char *purpose, GError **error);
/**
 * vault_check_token:
 * @asked: for anything but ENROL and UNLOCK
 *
 * Has the token @token_id, which must be @admin's, answered? The answer stands in the record.
 * Returns: %FALSE with TOKEN_REFUSED, also for a token of somebody else's.
 */
gboolean vault_check_token (Vault *self, const VaultAdmin *admin, const TokenAsked *asked, const char *token_id,
                            const guint8 proof[TOKEN_PROOF_BYTES], GError **error);
/**
 * vault_undo_lock:
 * @sealed: what brings out the lock's password, as the token sent it
 *
 * After too many wrong PINs: any token of an admin's, with its own PIN, has the TPM forget them.
 * Returns: %FALSE with TOKEN_REFUSED, or FAILED when the lock is not in this vault's hands.
 */
gboolean vault_undo_lock (Vault *self, const TokenAsked *asked, const char *token_id,
                          const guint8 proof[TOKEN_PROOF_BYTES], const guint8 sealed[TOKEN_SEALED_BYTES],
                          GError **error);
/**
 * vault_add_token:
 * @admin_id: whose; "" for @by's own
 * @asked: for ENROL
 *
 * Returns: (transfer full): the token's id; %NULL with NOT_YOUR_ROLE, NO_SUCH_ADMIN, TOKEN_REFUSED, TOKEN_EXISTS, USAGE (label; an
 *   auditor, who needs none; too many).
 */
char *vault_add_token (Vault *self, const VaultAdmin *by, const char *admin_id, const char *label,
                       const TokenAsked *asked, const guint8 point[TOKEN_POINT_BYTES],
                       const guint8 proof[TOKEN_PROOF_BYTES], GError **error);
/**
 * vault_remove_token:
 *
 * By a new epoch with another password for the TPM's lock: the token opens nothing any more, with a copy of the old files neither.
 * Everybody else must log in again, as in vault_remove_admin ().
 */
gboolean vault_remove_token (Vault *self, VaultAdmin *by, const char *token_id, GError **error);

/* record */
gboolean
vault_list_log (Vault *self, guint64 from, guint64 to, guint limit, EntryFunc func, gpointer user_data, GError **error);

/** vault_checkpoint: the TPM signs the record as it stands, with the state counter and its clock. Some 100 ms to seconds on a chip. */
gboolean vault_checkpoint (Vault *self, GError **error);
/** vault_checkpoint_is_due: a day or 1000 entries have passed since the last one. Asks no TPM. */
gboolean vault_checkpoint_is_due (Vault *self);
/** vault_dup_record_key: (transfer full): the public key that checkpoints are checked with, PEM. To be kept outside the machine. */
char *vault_dup_record_key (Vault *self, GError **error);

/* The TPM's word for one entry, and so for all before it. */
typedef struct
{
  guint64 seq;
  guint8 hash[ENTRY_HASH_BYTES];
  Attestation attestation;
} VaultCheckpoint;

/**
 * vault_note_print:
 * @what: "record" or "proof"
 * @from: the first entry that is printed
 * @to: the last; 0: none
 *
 * Something is printed: that stands in the record, which the TPM signs as it is then, for the paper. USAGE.
 */
gboolean vault_note_print (Vault *self, const VaultAdmin *by, const char *what, guint64 from, guint64 to,
                           VaultCheckpoint *ret_checkpoint, GError **error);

typedef struct
{
  guint64 entries;
  guint64 checkpoints;
  char sha256[65];
} VaultRecordReport;

/**
 * vault_export_record:
 * @fd: an empty regular file, open for writing; stays the caller's
 *
 * The whole record, closed by a checkpoint made for it: record-file.h. That it was handed out stands in it. No names, no numbers.
 */
gboolean vault_export_record (Vault *self, const VaultAdmin *by, int fd, VaultRecordReport *ret_report, GError **error);
/** vault_review_record: @ret_review: (out): what to look at among the entries after the last sign-off; review_clear () it. */
gboolean vault_review_record (Vault *self, GTimeZone *zone, Review *ret_review, GError **error);
/** vault_sign_off_record: @by, a 責任者, has seen the entries up to @up_to. NOT_YOUR_ROLE, USAGE. */
gboolean vault_sign_off_record (Vault *self, const VaultAdmin *by, guint64 up_to, GError **error);

G_END_DECLS
