/* SPDX-License-Identifier: Apache-2.0 */
/* merge: a file that payroll made without numbers -> the same file, byte for byte, with the numbers in their columns. Any thread.
 *
 * Two steps, so that only those numbers are opened that the file asks for: merge_plan () finds out whose row is whose, and
 * merge_fill () writes. Matching never guesses: whoever is not found exactly once is listed, and a person decides. */
#pragma once

#include "format.h"
#include "secret.h"

G_BEGIN_DECLS

#define MERGE_MAX_BYTES (32 * 1024 * 1024)
#define MERGE_MAX_ROWS 100000
#define MERGE_MAX_ISSUES 1000 /* listed; counting goes on */

typedef enum
{
  MERGE_READY,      /* has an approved number for this purpose */
  MERGE_WITHOUT,    /* has none */
  MERGE_FOR_OTHERS, /* agreed to other purposes only */
} MergeReadiness;

/* Strings are UTF-8 and borrowed; %NULL counts as "". */
typedef struct
{
  const char *person; /* id */
  const char *kind;   /* employee | contractor | dependant */
  const char *code;
  const char *name;
  const char *kana;
  const char *birth_date;  /* YYYY-MM-DD or "" */
  const char *parent;      /* dependants: id of their employee */
  const char *parent_code; /* dependants: their employee's */
  MergeReadiness readiness;
} MergePerson;

/* What a person has to look at. The names (merge_why_get_name ()) are stable: clients translate them. */
typedef enum
{
  MERGE_UNKNOWN,      /* "unknown"       nobody is like that, or the row says of nobody who it is */
  MERGE_AMBIGUOUS,    /* "ambiguous"     several are */
  MERGE_CONTRADICTED, /* "contradicted"  one is, but the row says something else of them as well */
  MERGE_REPEATED,     /* "repeated"      the same person as in a row before */
  MERGE_NO_NUMBER,    /* "no-number" */
  MERGE_PURPOSE,      /* "other-purpose" */
  MERGE_FILLED,       /* "filled"        the cell holds something else than this person's number */
  /* nothing can be decided about these: the file has to be made again */
  MERGE_CELLS,     /* "cells"      more or fewer cells than the format has */
  MERGE_CHARACTER, /* "character"  a character that the format's character set has not */
  MERGE_CONTROL,   /* "control"    TAB, a lone CR, a zero byte or another control character */
  MERGE_QUOTE,     /* "quote"      a quotation mark where none may stand */
  MERGE_TOO_BIG,   /* "too-big"    more than MERGE_MAX_BYTES or MERGE_MAX_ROWS */
  MERGE_BEGIN,     /* "begin"      the line after which the format's rows begin is not there */
  MERGE_HEADER,    /* "header"     not exactly one column has the name in @text */
  MERGE_NO_ROWS,   /* "no-rows"    no row is of this format */
  MERGE_N_WHYS,
} MergeWhy;

const char *merge_why_get_name (MergeWhy why);
gboolean merge_why_from_name (const char *name, MergeWhy *ret_why);

typedef struct
{
  guint line;   /* of the file, from 1; a row with line breaks in quotes has that where it begins */
  guint column; /* from 1; 0: the whole row */
  MergeWhy why;
  char *person; /* id, or "" where nobody was found */
  char *
      text; /* of MERGE_HEADER and MERGE_BEGIN what is looked for, of MERGE_CHARACTER it where it can be told, else "" */
} MergeIssue;

/* Somebody looked: the number of @person belongs there, or ("") nothing does. */
typedef struct
{
  guint line;
  guint column; /* of the number */
  const char *person;
} MergeDecision;

typedef struct _Merge Merge;

/**
 * merge_plan:
 * @format: whose mode is merge
 * @file: outlives the plan
 * @people: (element-type MergePerson): outlive the plan
 * @decisions: (nullable) (element-type MergeDecision)
 * @leave: bits (1 << MergeWhy, of those before MERGE_CELLS): such cells are left as they are, and not listed
 *
 * Returns: (transfer full): the plan, also when it has issues; or %NULL with %CUSTODY_ERROR_USAGE: another mode, or a decision about
 *   nobody, about no number's cell, or twice about one.
 */
Merge *merge_plan (const Format *format, const Secret *file, const GPtrArray *people, const GArray *decisions,
                   guint leave, GError **error);
void merge_free (Merge *self); /* %NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Merge, merge_free)

/**
 * merge_dup_header:
 * @charset: CHARSET_UTF8, with or without its mark, or CHARSET_CP932
 *
 * Returns: (transfer full) (element-type utf8): the names in the first row as merge_plan () takes them where quote is minimal, "" for one that
 *   cannot be read; %NULL with @ret_why: MERGE_TOO_BIG, MERGE_NO_ROWS, or what the row cannot be read for.
 */
GPtrArray *merge_dup_header (Charset charset, const Secret *file, MergeWhy *ret_why);

/** merge_get_issues: (transfer none) (element-type MergeIssue): in the order of the file; grows with merge_fill (). */
const GPtrArray *merge_get_issues (const Merge *self);
/** merge_get_n_issues: with those that are not listed. */
guint merge_get_n_issues (const Merge *self);
/** merge_get_people: (transfer none) (element-type MergePerson): each once, those whose numbers are to be written. */
const GPtrArray *merge_get_people (const Merge *self);

typedef struct
{
  guint rows;    /* that are about somebody */
  guint filled;  /* numbers written */
  guint same;    /* cells that held their number already */
  guint left;    /* cells left as they are, by @leave or a decision */
  guint emptied; /* cells that may not stand beside a number, and said something */
} MergeCounts;

/**
 * merge_fill:
 * @numbers: person id -> Secret (12 ASCII digits), of all merge_get_people (); %NULL masks: twelve asterisks, and what is filled
 *   already counts as an issue
 * @ret_content: (out) (transfer full)
 * @ret_sha256: (out): of it, hexadecimal
 *
 * Nothing is written while there are issues.
 *
 * Returns: %FALSE with
 *   %CUSTODY_ERROR_UNFIT_TEXT         merge_get_issues () has some
 *   %CUSTODY_ERROR_NOTHING_TO_EXPORT  no cell would change
 *   %CUSTODY_ERROR_BAD_NUMBER         a number that is missing or not 12 ASCII digits
 */
gboolean merge_fill (Merge *self, GHashTable *numbers, Secret **ret_content, char ret_sha256[65],
                     MergeCounts *ret_counts, GError **error);

G_END_DECLS
