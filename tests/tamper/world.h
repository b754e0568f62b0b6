/* SPDX-License-Identifier: Apache-2.0 */
/* world: a filled vault, an earlier state of it, another vault, and what becomes of a copy that was tampered with. */
#pragma once

#include "admins-fixture.h"

G_BEGIN_DECLS

typedef struct
{
  /* owned: folders, all closed */
  char *now, *before, *other; /* @before: the same vault some sessions earlier; @other: another one */
  char *scratch;              /* a copy of @now, made anew for each trial */
  GRand *random;
  Secret *key;    /* of the database of @now: what somebody holds who does this to rows */
  gboolean brief; /* a sample of the trials */
  guint missed;
} World;

World *world_new (guint32 seed, gboolean brief);
void world_free (World *self);

/* @now, as it is, at @scratch. */
void world_reset (World *self);
char *world_path (const World *self, const char *name);
/* The files of the vault that @name stands for (the software TPM's are several), from @folder to @scratch. */
void world_take (World *self, const char *folder, const char *name);

/* The copy's database, through the store's own functions. */
Store *world_open_store (const World *self);

/* What is expected. */
typedef enum
{
  FOUND,    /* at the start or by the check */
  AT_USE,   /* at the latest when it is used: by a log-in or by a change of the epoch */
  HARMLESS, /* it may change nothing */
} Expectation;

/*
 * Opens @scratch, checks everything, and, for AT_USE, logs everybody in and changes the epoch. Prints a line: group, what, where it was
 * found (start, check, log-in, epoch or -), and the names it was given.
 */
void world_judge (World *self, const char *group, const char *what, Expectation expectation);

/* The trials; each resets, tampers and judges as often as it likes. */
void trials_of_files (World *self);
void trials_of_keyset (World *self);
void trials_of_pages (World *self);
void trials_of_rows (World *self);
void trials_of_record (World *self);

G_END_DECLS
