/* SPDX-License-Identifier: Apache-2.0 */
/* prove-private: what the two halves of the proof share: trials (vault-prove.c) and files (prove-files.c). */
#pragma once

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

/* (transfer full): only of a regular file, never through a link. */
GBytes *prove_read_file (const char *path, GError **error);
/* (transfer full) (element-type char*): paths of files in @folder that begin as a keyset does and are not the vault's. */
GPtrArray *prove_find_keysets (const char *folder);
/* Looks at every file in the vault's folder, and appends what it finds. */
gboolean prove_files (Vault *self, GPtrArray *findings, GError **error);
