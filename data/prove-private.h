/* SPDX-License-Identifier: Apache-2.0 */
/* prove-private: what the parts of the proof share: trials (vault-prove.c), backups (prove-backups.c) and files (prove-files.c). */
#pragma once

#include "trial.h"
#include "vault-private.h"

#define PROVE_MAX_DEPTH 8
#define PROVE_COPY_FOLDER "prove-copy"

/* What can happen beside an error's name. Clients translate these (app/prove-text.c). */
#define PROVE_OPENED "opened"
#define PROVE_REFUSED "refused"
#define PROVE_NOTHING "nothing"
#define PROVE_FOUND "found"
#define PROVE_RANDOM "random"
#define PROVE_NOT_RANDOM "not-random"

/* Appends a row; @facts is taken when floating, and may be NULL. The strings but @format's are constants. */
Finding *prove_add (GPtrArray *findings, const char *check, const char *expected, const char *happened, gboolean ok,
                    GVariant *facts, const char *format, ...) G_GNUC_PRINTF (7, 8);

/* A trial that could not be made. */
void prove_add_failure (GPtrArray *findings, const char *check, const char *expected, const GError *error);

/* What the trials share. */
typedef struct
{
  Vault *vault;
  GPtrArray *findings;
  const Secret *master; /* NULL for an auditor */
  char *folder;         /* of the copy */
  char *keyset;
  gboolean own_state; /* the TPM is a software one, whose state can be copied */
} Proof;

/* A row for what was tried and opened; none tried is none passed. @what: untranslated */
void
prove_add_trials (const Proof *self, const char *check, const char *expected, const Trials *trials, const char *what);
/* (transfer full): a folder for a software TPM in the copy's; with @own, holding a copy of the vault's TPM. */
char *prove_make_tpm_folder (const Proof *self, const char *name, gboolean own, GError **error);
/* On such a copy: as if the vault had gone on by two. One alone is what a power cut leaves, and is made up for. */
gboolean prove_move_counter (const Proof *self, const char *state, GError **error);
/* The copy as a vault of its own, on the copy of the TPM in @state. */
void prove_try_vault (const Proof *self, const char *check, const char *state, const char *expected);

/* @fd: open for reading, closed afterwards */
typedef void (*ProveBackupFunc) (int fd, const char *generation, gpointer user_data);
/* The newest and the oldest backup at each place that is there; the oldest first. */
gboolean prove_foreach_backup (Vault *vault, ProveBackupFunc func, gpointer user_data, GError **error);
/* Tries those. */
void prove_backups (const Proof *self);

/* (transfer full): only of a regular file, never through a link. */
GBytes *prove_read_file (const char *path, GError **error);
/* (transfer full) (element-type char*): paths of files in @folder that begin as a keyset does and are not the vault's. */
GPtrArray *prove_find_keysets (const char *folder);
/* Looks at every file in the vault's folder, and appends what it finds. */
gboolean prove_files (Vault *self, GPtrArray *findings, GError **error);
