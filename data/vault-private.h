/* SPDX-License-Identifier: Apache-2.0 */
/* vault-private: what the files of the verbs share. */
#pragma once

#include "certificate.h"
#include "format.h"
#include "vault-dispose.h"
#include "vault.h"

#define VAULT_META_PUBLIC "vault-public"
#define VAULT_META_ATTEST "attest-public"
#define VAULT_META_TRANSPORT "transport-public"
#define VAULT_META_ID "vault-id"
/* Stands from the moment when a check of everything found tampering until a chief accepts the state or restores. */
#define VAULT_META_TAMPERED "tampered"
#define VAULT_META_COUNTER_AUTH "counter-auth"
#define VAULT_META_COUNTER "counter"
#define VAULT_META_COUNTER_SEQ "counter-seq"

/* The entry for a machine's clock that is behind what the record, or the TPM's clock, has seen. */
#define VAULT_CLOCK_SET_BACK "clock-set-back"

/* The entry for rows that changed after their action's own entry, or without one. */
#define VAULT_ROWS_CONFIRMED "rows-confirmed"

/* Counts of a scope, as they were last asked for. */
typedef struct
{
  char *key; /* owned, may be NULL: of what and as of when */
  guint people, submitted, approved, due;
} VaultNarrowed;

struct _Vault
{
  char *folder;
  const KeysPlaces *places; /* borrowed, may be NULL */
  VaultState state;
  GError *reason;           /* owned: why it is sealed */
  Keys *keys;               /* owned, when open */
  Store *store;             /* owned, when open */
  Secret *counter_auth;     /* owned, when open */
  guint64 counter;          /* what the database says */
  guint64 counter_seq;      /* length of the record when it was last raised */
  gboolean counter_behind;  /* the TPM still has to follow the database by one */
  gboolean counter_settled; /* raised in this session */
  gboolean counter_unsure;  /* an attempt to raise the TPM's was not answered */
  guint64 begun_length;     /* of the record, when the transaction began */
  gboolean init_failed;     /* what it made and could not take away again may still lie in the folder */
  gboolean sessions_ended;  /* while it is sealed: no session holds secrets of it, so that it may be opened again */
  gint64 open_after_us;     /* monotonic: when */
  char *company;
  const char *culprit; /* static: the file that is not as it was left, NULL when the error says it */
  /* how many numbers are due for disposal, as of that length of the record and that day */
  guint due_count;
  guint64 due_length;
  char *due_day; /* owned */
  VaultNarrowed narrowed;
  /* vault-term.c: what the time is at least, as of that moment of the machine's running time; 0: nobody asks */
  gint64 clock_earliest_s, clock_running_s;
  gint64 backup_failed_s;    /* real time of the last attempt that failed somewhere, 0: none */
  GHashTable *backup_failed; /* owned, may be NULL: place's id -> when its failure was recorded */
  /* vault-index.c: numbers that wait for their digest, digests that wait to be written, and up to where old ones were looked at */
  GPtrArray *index_waiting, *index_made; /* owned, may be NULL */
  char *index_after;                     /* owned, may be NULL */
};

/* WEAK_PIN with "why=" unless @pin may be @name's in a vault of @company. */
gboolean vault_require_pin (const char *company, const char *name, const Secret *pin, GError **error);
/* The scope of @admin, whose role is set, is that of their row. */
void vault_take_scope (VaultAdmin *admin, const Admin *row);
/* USAGE unless an admin of @role may have it. */
gboolean vault_scope_fits (VaultRole role, const Scope *scope, GError **error);
/* In a transaction: an entry that says what @scope is. */
gboolean vault_record_scope (Store *store, const char *by, const char *action, const char *admin_id, const Scope *scope,
                             const char *role_name, GError **error);
/* vault-scope-carry.c */
/* After a log-in: the keyset keeps a digest of what each admin may handle, as the record has their rows. */
void vault_settle_scopes (Vault *self);
/* The keyset's next write has it so. @scope: NULL for everything */
void vault_know_scope (Vault *self, const char *admin_id, const Scope *scope);
/* The same, and writes it: before the database does, so that of the two the keyset is never the wider one. */
gboolean vault_keep_scope (Vault *self, const char *admin_id, const Scope *scope, GError **error);
/* In the transaction in which @store takes another database's place: a clerk whose scope in it is not the one of the keyset gets nothing. */
gboolean vault_scopes_withdraw (Vault *self, Store *store, const char *by, GError **error);
/* In the transaction in which the vault of @from goes on as @next: clerks of the same name handle no more than they did there. */
gboolean vault_scopes_carry (Store *from, Store *next, const char *by, GError **error);
/* NOT_YOUR_ROLE unless @by may add and remove admins. */
gboolean vault_require_chief (const VaultAdmin *by, GError **error);
/* An attempt of @actor that was refused because of @why. Where it cannot be recorded it is refused all the same. */
void vault_note_attempt (Vault *self, const char *actor, const char *action, const char *subject, const GError *why);
/*
 * A change of the epoch. The new database is a copy in which everything is sealed to new keys; what is there of the old one dies with
 * its epoch. Each function works on a database in a transaction, and fails the change by failing.
 */
typedef struct
{
  KeysEpochChange keys;
  /* or NULL: takes out what must be gone, before the new database is made; the keys that open old backups go with it */
  gboolean (*remove) (Store *between, gpointer data, GError **error);
  /* the rest, and the entry of the record */
  gboolean (*step) (Store *next, gpointer data, GError **error);
  /* or NULL: makes the new database from elsewhere than the present one */
  gboolean (*make) (Vault *self, const char *path, const Secret *key, gpointer data, GError **error);
  gpointer data;
} VaultEpochChange;

/* (transfer full): the master secret of the new epoch; NULL with nothing changed, or, when nobody can tell, with the vault sealed. */
Secret *vault_change_epoch (Vault *self, const Secret *master, const VaultEpochChange *change, GError **error);
/* The session goes on in the new epoch. */
void vault_refresh_session (VaultAdmin *admin, const Secret *master);
/*
 * The TPM lock's password, with a token or an admin that may have known it taken away: another one, which takes effect after the
 * change of the epoch. Nothing is in it where nothing has to change.
 */
typedef struct
{
  Secret *before, *next; /* owned */
} VaultLockChange;

void vault_lock_change_clear (VaultLockChange *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VaultLockChange, vault_lock_change_clear)
/* @master: nullable. FALSE: the tokens cannot be read. */
gboolean vault_lock_change_for_admin (Vault *self, const Secret *master, const char *admin_id,
                                      VaultLockChange *ret_change, GError **error);
/* In the new database: the tokens of @admin_id or @token_id (NULL: none) go, the others get the new password. */
gboolean vault_lock_change_step (Store *next, const VaultLockChange *change, const char *vault_id, const char *admin_id,
                                 const char *token_id, GError **error);
/* With the master secret at hand: ends a change that was cut off, and wraps for tokens that have none or an old one. */
void vault_settle_tokens (Vault *self, const Secret *master);
/* At the start: is there such a change to end? Until then log-ins leave the TPM's lock alone. */
void vault_watch_lock (Vault *self);
/* Closes the vault as vault_seal (), but keeps open what can be read of it: the safe state. */
void vault_seal_as_found (Vault *self, GError *take_reason);
/* TRUE: @reason may be gone the next time, and says nothing about what was done to the vault. */
gboolean vault_error_may_pass (const GError *reason);
/* Looks at the folder anew: open, or sealed with the reason. */
void vault_reopen (Vault *self);
/* vault-safe.c */
/* What was noted beside the database while a vault was sealed goes into the record of the one that has opened again by itself. */
void vault_safe_settle (Vault *self);
VaultAdmin *vault_safe_login (Vault *self, const char *name, const Secret *pin, guint *ret_tries_left, GError **error);
gboolean vault_safe_note (Vault *self, const char *actor, const char *action, GError **error);
gboolean
vault_safe_export_record (Vault *self, const VaultAdmin *by, int fd, VaultRecordReport *ret_report, GError **error);
/* What is as it was left, and what is not, of a sealed vault. */
void vault_safe_verify (Vault *self, GPtrArray *findings);
/* Each file, the database's pages, the record, its rows and the counter, as far as they can be read. */
void vault_verify_parts (Vault *self, GPtrArray *findings);
/* Closes the vault: every call fails with @take_reason from now on. */
void vault_seal (Vault *self, GError *take_reason);
/* With the keys open: opens the database with @key, checks what belongs together and goes on from where the last session ended. On
 * failure the caller seals the vault. */
gboolean vault_open_store (Vault *self, const Secret *key, GError **error);
/* The end of it: the store that is open is the database of the open keys, and the vault is open; FALSE with both as they were. */
gboolean vault_adopt_store (Vault *self, GError **error);
/* Is it sealed because the machine booted otherwise? Then the keys are there, and a PIN opens it. */
gboolean vault_boot_has_changed (const Vault *self);
/* Seals it for that reason. */
void vault_seal_for_boot (Vault *self);
/* With the keys open and the store not yet: ends a change of the epoch that was cut off, or removes what is left of one. */
gboolean vault_settle_epoch (Vault *self, GError **error);
/* The keyset's admins are the database's: an addition that was cut off is taken back. */
void vault_settle_admins (Vault *self);
/* FALSE with the reason unless the vault is open. */
gboolean vault_require_open (Vault *self, GError **error);
/** vault_number_is_for: did its person agree to this purpose? */
gboolean vault_number_is_for (const Number *number, const char *purpose);

/* What leaves the vault in one file, for the record. Borrowed. */
typedef struct
{
  const Format *format;
  const char *purpose;
  const char *destination;
  gboolean dry_run; /* masked */
  gboolean plain;   /* in no zip */
  guint rows;       /* numbers in it */
  guint skipped;
  guint other_purpose;
  const char *source_sha256; /* of the file that the numbers were put into, or %NULL */
} VaultHandOver;

typedef struct
{
  char *export_id;
  char sha256[65]; /* of the file */
  guint64 bytes;
  Secret *passphrase; /* of the zip, or %NULL */
} VaultHandedOver;

void vault_handed_over_clear (VaultHandedOver *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VaultHandedOver, vault_handed_over_clear)

/** vault_hand_over: into a zip unless masked or plain, onto the record, then into @fd: the errors of export_wrap () and export_write ().
 * @content: (inout): what is in the file, afterwards */
gboolean vault_hand_over (Vault *self, const VaultAdmin *admin, const VaultHandOver *what, Secret **content, int fd,
                          VaultHandedOver *ret_done, GError **error);

/* vault_require_open (), and this is the machine that collects and exports: else STANDBY or MOVED_OUT. */
gboolean vault_require_active (Vault *self, GError **error);
/* vault_require_active (), and its term is not over: what brings numbers in or out. EXPIRED, or TAMPERED when somebody altered the term. */
gboolean vault_require_at_work (Vault *self, GError **error);
/* The same on a machine that need not be the active one. */
gboolean vault_require_in_term (Vault *self, GError **error);
void vault_fill_term (Vault *self, VaultStatus *status);
/* At the start, and after a change of the term: reads the clocks that the term is judged by. Returns: the earliest that it can be now, 0 when
 * that is on the record already, or when there is no term. */
gint64 vault_begin_clock (Vault *self);
/* Whenever something is done: the machine's clock has been seen. */
void vault_see_clock (Vault *self);
/* In a transaction, before its entry, where the TPM is asked anyway: from here the term is judged on. */
gboolean vault_mark_clock (Vault *self, GError **error);
/* CLIENTS_ONLY when there is a client in this vault, whether they decide about the term or not. */
gboolean vault_require_no_client (Vault *self, GError **error);
/* CLIENTS_ONLY when @admin_id is the client who decides about the term. */
gboolean vault_require_removable (Vault *self, const char *admin_id, GError **error);
/* CLIENTS_ONLY when @by is not the one who decides about the vault: its client, or without one any chief. */
gboolean vault_require_decides (Vault *self, const VaultAdmin *by, GError **error);
/* In the transaction that adds a client: the one who was waited for is here. */
gboolean vault_client_has_come (Store *store, GError **error);
/* In the transaction in which the vault of @from goes on as @next on another machine: so does its term. */
gboolean vault_term_carry (Vault *self, Store *from, Store *next, GError **error);
/* Which of several machines this is, and what could be lost with it. */
void vault_fill_lease (Vault *self, VaultStatus *status);
/* vault_require_open () and store_begin (); for what ends with vault_end () and an entry in the record. */
gboolean vault_begin (Vault *self, GError **error);
/*
 * Closes the transaction: commits, raising the state counter when that is due, or rolls back when @ok is FALSE. Returns @ok and
 * committed; passes a full disk and every other failure on with nothing changed, but for UNSURE: the disk failed when all was written.
 */
gboolean vault_end (Vault *self, gboolean ok, GError **error);
char *vault_path_in (const Vault *self, const char *name);
/* One entry without details, in a transaction of its own. */
gboolean vault_record_alone (Vault *self, const char *actor, const char *action, const char *subject, GError **error);
/* One entry for a paper, and the TPM's word for the record as it is then. */
gboolean vault_record_print (Vault *self, const char *actor, const char *action, VaultCheckpoint *ret_checkpoint,
                             GError **error);
/* At the start: an entry when the machine's clock is behind the record. */
void vault_watch_clock (Vault *self);
/* Is the record of @store unbroken, and every row as it has it? */
gboolean vault_rows_are_fine (Vault *self, Store *store);
Finding *finding_new (const char *check, gboolean ok, const char *detail);
/* Removes the copy that a proof left behind when it was killed. */
void vault_prove_clean (Vault *self);
/* The digits sealed for a record to the vault's public half; NULL when there is no memory. */
GBytes *vault_number_seal (const guint8 *vault_public, const char *record_id, const Secret *digits);
/* The 12 digits of a record; TAMPERED when the box was sealed for another. */
Secret *vault_number_open (Vault *self, const VaultAdmin *admin, const Number *number, GError **error);
/* vault-index.c: @record_id's number was taken into custody; its digest is made by vault_index_make (). */
void vault_index_note (Vault *self, const char *record_id, const Secret *digits);
void vault_index_clear (Vault *self);
/* Is @text YYYY-MM-DD? */
gboolean vault_date_is_valid (const char *text);
/* (transfer full): YYYY-MM-DD, of the machine's time zone. */
char *vault_dup_today (void);
/* (transfer full): one that is not in @taken, a set of codes. */
char *vault_make_contractor_code (GHashTable *taken);
/* At the start: makes the certificates of disposals that were cut off before theirs. */
void vault_settle_disposals (Vault *self);
/* (transfer full): how long the number of @take_person, who has one, is kept; NULL with an error. @rules: of RetentionRule */
VaultDue *vault_due_new (Vault *self, Person *take_person, GPtrArray *rules, const char *today, GError **error);
/* What a certificate says of the vault as it stands: the epoch is the one that is to end. */
gboolean
vault_describe (Vault *self, Certificate *certificate, const VaultAdmin *by, const char *reason, GError **error);
/* The extract of the record from entry @from on, and the certificate's time: that of the last entry. */
gboolean vault_describe_entries (Store *store, Certificate *certificate, guint64 from, GError **error);
/* (transfer full): the whole certificate, signed by the TPM. */
char *vault_certify (Vault *self, const Certificate *certificate, GError **error);
/* What lies elsewhere of the epoch that has ended: removes or rewrites what can be reached, and puts down in @certificate what became of
 * each. May be done again. */
gboolean vault_dispose_of_backups (Vault *self, Certificate *certificate, GError **error);
/* The same with either half of the key pair that it was sealed to. */
Secret *
vault_number_open_with (const guint8 *vault_public, const Secret *vault_secret, const Number *number, GError **error);
/*
 * In the transaction that makes the next epoch's database: @secret, of this epoch, and all before it that @next holds, sealed to
 * the new key.
 */
gboolean vault_keyring_carry (Store *next, const guint8 *vault_public, const Secret *vault_secret,
                              const guint8 *next_public, GError **error);
/* (transfer full): the secret half of @wanted: the one of now, or one that @store, which may be NULL, holds. BACKUP_FOREIGN. */
Secret *vault_keyring_find (Store *store, const guint8 *vault_public, const Secret *vault_secret, const guint8 *wanted,
                            GError **error);
/* Opens what is there, or seals it; and back. */
void vault_open_parts (Vault *self);
void vault_close_parts (Vault *self);
/* USAGE unless @company is the vault's. */
gboolean vault_require_company (const Vault *self, const char *company, GError **error);
/* What was handed to the client before. */
typedef struct
{
  const char *sha256; /* hex, of the file with the numbers */
  guint rows;
} VaultHanded;

/*
 * (transfer full): the end, and its certificate. @handed: NULL for a retirement. @ret_begun: from then on it goes on to its end, whatever is
 * returned. @error must not be NULL.
 */
char *vault_retire_with (Vault *self, const VaultAdmin *by, const Secret *master, const VaultHanded *handed,
                         gboolean *ret_begun, GError **error);
/* At the start: a retirement that has begun goes on to its end. FALSE when it cannot now. */
gboolean vault_resume_retirement (Vault *self, GError **error);
