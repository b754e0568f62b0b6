/* SPDX-License-Identifier: Apache-2.0 */
/* Store: the schema's history, kept in PRAGMA user_version.
 *
 *   v1  people, numbers, admins, the record (取扱記録), exports, meta
 *   v2  admins have roles and may be removed; the one of v1 is the 責任者
 *   v3  the TPM's attestations of the record
 *   v4  when people left, how long numbers are kept, what was disposed of
 *   v5  what waits for review is found without reading all numbers
 *   v6  backups, the places they go to, and the vault's earlier secrets, which open the numbers in them
 *   v7  other machines, which of them is the active one, and records of vaults that moved here
 *   v8  tokens of admins
 *   v9  which rows an entry of the record stands for
 *   v10 the part of the people and numbers that an admin may handle
 *   v11 admins may be the client (委託元), whose numbers these are
 *   v12 a digest of each number, so that the same one under two people is found without reading any
 *   v13 formats that were made here, from the header of somebody's file
 *   v14 what the last import of a roster changed; when people joined, as what, and whose pension goes with their spouse's
 */
#include "store-private.h"

#include "custody-error.h"
#include "tables.h"

/* What is personal is in people; what is secret is in numbers.sealed, and there only for the holder of an admin's PIN. A number that
 * was replaced, refused or disposed of keeps its row and its story, with sealed set to NULL and its bytes overwritten
 * (secure_delete). */
static const char schema_v1[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE admins (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT NOT NULL) STRICT;"
    "CREATE TABLE people ("
    "  id TEXT PRIMARY KEY,"
    "  kind TEXT NOT NULL CHECK (kind IN ('employee', 'contractor', 'dependant')),"
    "  code TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  kana TEXT NOT NULL,"
    "  birth_date TEXT NOT NULL,"
    "  department TEXT NOT NULL,"
    "  parent TEXT REFERENCES people (id),"
    "  relationship TEXT NOT NULL,"
    "  state TEXT NOT NULL CHECK (state IN ('none', 'collected', 'approved', 'disposed', 'refused')),"
    "  updated TEXT NOT NULL,"
    "  CHECK ((kind = 'dependant') = (parent IS NOT NULL))) STRICT;"
    "CREATE UNIQUE INDEX people_by_code ON people (code) WHERE kind <> 'dependant';"
    "CREATE INDEX people_by_parent ON people (parent);"
    "CREATE TABLE numbers ("
    "  id TEXT PRIMARY KEY,"
    "  person TEXT NOT NULL REFERENCES people (id),"
    "  sealed BLOB,"
    "  state TEXT NOT NULL CHECK (state IN ('collected', 'approved', 'replaced', 'asked-again', 'disposed')),"
    "  document TEXT NOT NULL,"
    "  identity TEXT NOT NULL,"
    "  purposes TEXT NOT NULL,"
    "  text_version TEXT NOT NULL,"
    "  language TEXT NOT NULL,"
    "  evidence TEXT NOT NULL,"
    "  confidence REAL NOT NULL,"
    "  collected TEXT NOT NULL,"
    "  decided TEXT NOT NULL,"
    "  decided_by TEXT NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  CHECK ((sealed IS NOT NULL) = (state IN ('collected', 'approved')))) STRICT;"
    "CREATE UNIQUE INDEX one_number_each ON numbers (person) WHERE sealed IS NOT NULL;"
    "CREATE TABLE record ("
    "  seq INTEGER PRIMARY KEY,"
    "  time TEXT NOT NULL,"
    "  actor TEXT NOT NULL,"
    "  action TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  detail TEXT NOT NULL,"
    "  hash BLOB NOT NULL CHECK (length (hash) = 32)) STRICT;"
    "CREATE TABLE exports ("
    "  id TEXT PRIMARY KEY,"
    "  time TEXT NOT NULL,"
    "  admin TEXT NOT NULL,"
    "  format TEXT NOT NULL,"
    "  purpose TEXT NOT NULL,"
    "  destination TEXT NOT NULL,"
    "  rows INTEGER NOT NULL,"
    "  bytes INTEGER NOT NULL,"
    "  sha256 TEXT NOT NULL) STRICT;"
    "PRAGMA user_version = 1;";

/* The row of a removed admin stays, as the record names admins by id; the name may be used again. */
static const char schema_v2[] =
    "CREATE TABLE admins_v2 ("
    "  id TEXT PRIMARY KEY,"
    "  name TEXT NOT NULL,"
    "  role TEXT NOT NULL CHECK (role IN ('chief', 'clerk', 'auditor')),"
    "  created TEXT NOT NULL,"
    "  removed TEXT) STRICT;"
    "INSERT INTO admins_v2 (id, name, role, created) SELECT id, name, 'chief', created FROM admins;"
    "DROP TABLE admins;"
    "ALTER TABLE admins_v2 RENAME TO admins;"
    "CREATE UNIQUE INDEX admins_by_name ON admins (name) WHERE removed IS NULL;"
    "PRAGMA user_version = 2;";

static const char schema_v3[] = "CREATE TABLE checkpoints ("
                                "  seq INTEGER PRIMARY KEY,"
                                "  attestation BLOB NOT NULL,"
                                "  signature BLOB NOT NULL) STRICT;"
                                "PRAGMA user_version = 3;";

/*
 * The periods that laws set, from the day that each names; the 責任者 may lengthen or shorten them.
 *
 *   tax                   7 years from 10 January after the year (所得税法施行規則 art. 76-3)
 *   social-insurance      2 years (健康保険法施行規則 art. 34, 厚生年金保険法施行規則 art. 28)
 *   employment-insurance  4 years (雇用保険法施行規則 art. 143)
 *   accident-insurance    3 years (労働者災害補償保険法施行規則 art. 51)
 *   payment-record        7 years from the end of the year of the last payment (国税通則法 art. 70: as long as it may be asked about)
 */
static const char schema_v4[] = "ALTER TABLE people ADD COLUMN left_on TEXT NOT NULL DEFAULT '';"
                                "CREATE TABLE retention ("
                                "  purpose TEXT PRIMARY KEY,"
                                "  anchor TEXT NOT NULL CHECK (anchor IN ('leaving', 'year-end', 'january-10')),"
                                "  years INTEGER NOT NULL CHECK (years BETWEEN 0 AND 50)) STRICT;"
                                "INSERT INTO retention (purpose, anchor, years) VALUES"
                                "  ('tax', 'january-10', 7),"
                                "  ('social-insurance', 'leaving', 2),"
                                "  ('employment-insurance', 'leaving', 4),"
                                "  ('accident-insurance', 'leaving', 3),"
                                "  ('payment-record', 'year-end', 7);"
                                "CREATE TABLE disposals ("
                                "  id TEXT PRIMARY KEY,"
                                "  time TEXT NOT NULL,"
                                "  numbers INTEGER NOT NULL,"
                                "  certified INTEGER NOT NULL,"
                                "  text TEXT NOT NULL) STRICT;"
                                "PRAGMA user_version = 4;";

static const char schema_v5[] = "CREATE INDEX numbers_by_state ON numbers (state, collected, id);"
                                "PRAGMA user_version = 5;";

/* A place is a folder with a marker file of the same id in it; one that was removed keeps its row for the record's sake. A backup's
 * row is the latest file of its generation there that was read back and found good. Each old key is the secret half of a key pair that
 * numbers were sealed to, sealed to the one that they are sealed to now. */
static const char schema_v6[] = "CREATE TABLE backup_places ("
                                "  id TEXT PRIMARY KEY,"
                                "  path TEXT NOT NULL,"
                                "  relative TEXT,"
                                "  keep_days INTEGER NOT NULL,"
                                "  added TEXT NOT NULL,"
                                "  removed TEXT) STRICT;"
                                "CREATE TABLE backups ("
                                "  place TEXT NOT NULL REFERENCES backup_places (id),"
                                "  generation TEXT NOT NULL,"
                                "  made TEXT NOT NULL,"
                                "  sha256 TEXT NOT NULL,"
                                "  bytes INTEGER NOT NULL,"
                                "  entries INTEGER NOT NULL,"
                                "  people INTEGER NOT NULL,"
                                "  sealed_to BLOB NOT NULL,"
                                "  PRIMARY KEY (place, generation)) STRICT;"
                                "CREATE TABLE old_keys ("
                                "  public BLOB PRIMARY KEY,"
                                "  sealed BLOB NOT NULL,"
                                "  retired TEXT NOT NULL) STRICT;"
                                "PRAGMA user_version = 6;";

/* A machine that was removed keeps its row for the record's sake. The record of a vault that moved here keeps its own chain, its
 * attestations and the key that they are checked with. */
static const char schema_v7[] = "CREATE TABLE machines ("
                                "  id TEXT NOT NULL,"
                                "  name TEXT NOT NULL,"
                                "  company TEXT NOT NULL,"
                                "  provider TEXT NOT NULL,"
                                "  role TEXT NOT NULL CHECK (role IN ('first', 'second')),"
                                "  enrolled TEXT NOT NULL,"
                                "  removed TEXT,"
                                "  attest BLOB NOT NULL,"
                                "  transport BLOB NOT NULL,"
                                "  escrow_public BLOB NOT NULL,"
                                "  escrow BLOB NOT NULL) STRICT;"
                                "CREATE UNIQUE INDEX machines_by_id ON machines (id) WHERE removed IS NULL;"
                                "CREATE TABLE enrolments ("
                                "  side TEXT PRIMARY KEY CHECK (side IN ('first', 'second')),"
                                "  request BLOB NOT NULL,"
                                "  answer BLOB NOT NULL,"
                                "  secret BLOB NOT NULL) STRICT;"
                                "CREATE TABLE machine_key ("
                                "  one INTEGER PRIMARY KEY CHECK (one = 1),"
                                "  public BLOB NOT NULL,"
                                "  sealed BLOB NOT NULL) STRICT;"
                                "CREATE TABLE lease ("
                                "  one INTEGER PRIMARY KEY CHECK (one = 1),"
                                "  number INTEGER NOT NULL,"
                                "  state TEXT NOT NULL CHECK (state IN ('active', 'standby', 'moving', 'gone')),"
                                "  other TEXT NOT NULL) STRICT;"
                                "INSERT INTO lease (one, number, state, other) VALUES (1, 1, 'active', '');"
                                "CREATE TABLE old_vaults ("
                                "  id TEXT PRIMARY KEY,"
                                "  company TEXT NOT NULL,"
                                "  provider TEXT NOT NULL,"
                                "  attest BLOB NOT NULL,"
                                "  entries INTEGER NOT NULL,"
                                "  head BLOB NOT NULL,"
                                "  taken TEXT NOT NULL) STRICT;"
                                "CREATE TABLE old_record ("
                                "  vault TEXT NOT NULL REFERENCES old_vaults (id),"
                                "  seq INTEGER NOT NULL,"
                                "  time TEXT NOT NULL,"
                                "  actor TEXT NOT NULL,"
                                "  action TEXT NOT NULL,"
                                "  subject TEXT NOT NULL,"
                                "  detail TEXT NOT NULL,"
                                "  hash BLOB NOT NULL,"
                                "  PRIMARY KEY (vault, seq)) STRICT;"
                                "CREATE TABLE old_checkpoints ("
                                "  vault TEXT NOT NULL REFERENCES old_vaults (id),"
                                "  seq INTEGER NOT NULL,"
                                "  attestation BLOB NOT NULL,"
                                "  signature BLOB NOT NULL,"
                                "  PRIMARY KEY (vault, seq)) STRICT;"
                                "PRAGMA user_version = 7;";

/* The row of a removed token stays, as the record names tokens by id. */
static const char schema_v8[] = "CREATE TABLE tokens ("
                                "  id TEXT PRIMARY KEY,"
                                "  admin TEXT NOT NULL REFERENCES admins (id),"
                                "  label TEXT NOT NULL,"
                                "  added TEXT NOT NULL,"
                                "  point BLOB NOT NULL CHECK (length (point) = 64),"
                                "  ephemeral BLOB,"
                                "  sealed BLOB,"
                                "  tag BLOB,"
                                "  removed TEXT) STRICT;"
                                "CREATE UNIQUE INDEX tokens_by_point ON tokens (admin, point) WHERE removed IS NULL;"
                                "PRAGMA user_version = 8;";

/* seals: a row's key and its last entry; seal_log: the digest, none for a row that was removed. Columns that later versions add need NULL or a
 * default, as the rows that are there keep their digest (seals.c). */
static const char schema_v9[] = "CREATE TABLE seals ("
                                "  tbl TEXT NOT NULL,"
                                "  key TEXT NOT NULL,"
                                "  seq INTEGER NOT NULL,"
                                "  blind BLOB NOT NULL,"
                                "  PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID;"
                                "CREATE TABLE seal_log ("
                                "  seq INTEGER NOT NULL,"
                                "  tbl TEXT NOT NULL,"
                                "  key TEXT NOT NULL,"
                                "  digest BLOB NOT NULL,"
                                "  PRIMARY KEY (seq, tbl, key)) STRICT, WITHOUT ROWID;"
                                "PRAGMA user_version = 9;";

/* As of scope.h; '' is everything. */
static const char schema_v10[] = "ALTER TABLE admins ADD COLUMN departments TEXT NOT NULL DEFAULT '';"
                                 "ALTER TABLE admins ADD COLUMN purposes TEXT NOT NULL DEFAULT '';"
                                 "PRAGMA user_version = 10;";

/* A CHECK cannot be changed, only its table be made anew. Same columns and same rows, so their seals stay good. */
static const char schema_v11[] = "PRAGMA defer_foreign_keys = ON;"
                                 "CREATE TABLE admins_v10 AS SELECT * FROM admins ORDER BY rowid;"
                                 "DROP TABLE admins;"
                                 "CREATE TABLE admins ("
                                 "  id TEXT PRIMARY KEY,"
                                 "  name TEXT NOT NULL,"
                                 "  role TEXT NOT NULL CHECK (role IN ('chief', 'clerk', 'auditor', 'client')),"
                                 "  created TEXT NOT NULL,"
                                 "  removed TEXT,"
                                 "  departments TEXT NOT NULL DEFAULT '',"
                                 "  purposes TEXT NOT NULL DEFAULT '') STRICT;"
                                 "INSERT INTO admins SELECT * FROM admins_v10 ORDER BY rowid;"
                                 "DROP TABLE admins_v10;"
                                 "CREATE UNIQUE INDEX admins_by_name ON admins (name) WHERE removed IS NULL;"
                                 "PRAGMA user_version = 11;";

/* Under a key of this TPM (keys_index ()); NULL until it was made, and where the TPM cannot. It never outlives its number. */
static const char schema_v12[] = "ALTER TABLE numbers ADD COLUMN digest BLOB "
                                 "CHECK (digest IS NULL OR (sealed IS NOT NULL AND length (digest) = 32));"
                                 "CREATE INDEX numbers_by_digest ON numbers (digest) WHERE digest IS NOT NULL;"
                                 "PRAGMA user_version = 12;";

/* The text of a format file. One that was removed keeps its row, as the record names formats by id. */
static const char schema_v13[] = "CREATE TABLE formats ("
                                 "  id TEXT PRIMARY KEY,"
                                 "  text TEXT NOT NULL,"
                                 "  added TEXT NOT NULL,"
                                 "  added_by TEXT NOT NULL REFERENCES admins (id),"
                                 "  removed TEXT) STRICT;"
                                 "PRAGMA user_version = 13;";

/* What it takes to undo the last import, until the next one: in parts, as a dump's cell is bounded. pension: '' is not known. */
static const char schema_v14[] = "CREATE TABLE last_import ("
                                 "  one INTEGER PRIMARY KEY CHECK (one = 1),"
                                 "  time TEXT NOT NULL,"
                                 "  admin TEXT NOT NULL,"
                                 "  added INTEGER NOT NULL,"
                                 "  changed INTEGER NOT NULL) STRICT;"
                                 "CREATE TABLE last_import_parts ("
                                 "  part INTEGER PRIMARY KEY,"
                                 "  people BLOB NOT NULL) STRICT;"
                                 "ALTER TABLE people ADD COLUMN joined_on TEXT NOT NULL DEFAULT '';"
                                 "ALTER TABLE people ADD COLUMN employment TEXT NOT NULL DEFAULT '';"
                                 "ALTER TABLE people ADD COLUMN pension TEXT NOT NULL DEFAULT '' "
                                 "CHECK (pension IN ('', 'category-3', 'none'));"
                                 "PRAGMA user_version = 14;";

static const char *const history[] = {
  schema_v1, schema_v2, schema_v3,  schema_v4,  schema_v5,  schema_v6,  schema_v7,
  schema_v8, schema_v9, schema_v10, schema_v11, schema_v12, schema_v13, schema_v14
};

gboolean
store_get_schema (Store *self, int *ret_version, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (self, error, "PRAGMA user_version", "");

  if (statement == NULL || store_step (self, statement, error) != 1)
    return FALSE;
  *ret_version = sqlite3_column_int (statement, 0);
  return TRUE;
}

gboolean
store_migrate (Store *self, int last, GError **error)
{
  int version;

  if (!store_get_schema (self, &version, error))
    return FALSE;
  if (version < 0 || version > (int) G_N_ELEMENTS (history))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED,
                   "the database has schema %d, newer than this program's %d", version, (int) G_N_ELEMENTS (history));
      return FALSE;
    }
  if (last == 0)
    last = G_N_ELEMENTS (history);
  if (last < 0 || last > (int) G_N_ELEMENTS (history))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BACKUP_DAMAGED,
                   "a backup of schema %d, newer than this program's %d", last, (int) G_N_ELEMENTS (history));
      return FALSE;
    }
  for (; version < last; version++)
    {
      if (!store_begin (self, error))
        return FALSE;
      if (!store_exec (self, history[version], error))
        {
          store_rollback (self);
          return FALSE;
        }
      if (!store_commit (self, error))
        return FALSE;
      self->migrated = TRUE;
    }
  return TRUE;
}

gboolean
store_migrate_now (Store *self, GError **error)
{
  return store_migrate (self, 0, error) && (self->seals != NULL || seals_attach (self, error));
}
