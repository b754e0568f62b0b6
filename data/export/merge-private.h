/* SPDX-License-Identifier: Apache-2.0 */
/* merge-private: whose row is it? */
#pragma once

#include "merge.h"

G_BEGIN_DECLS

/* One cell of the file: bytes, with the quotes that are around it. */
typedef struct
{
  gsize start;
  gsize n_bytes;
  gboolean quoted;
} MergeCell;

/* What a row says of somebody, made comparable; owned. "" where it says nothing. */
typedef struct
{
  char *code;
  char *employee_code;
  char *name;
  char *kana;
  char *birth; /* YYYY-MM-DD; "?" when it says something that is no day */
} MergeWhom;

void merge_whom_clear (MergeWhom *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MergeWhom, merge_whom_clear)

typedef struct _MergeFinder MergeFinder;

/** merge_finder_new: looks for whom @whom says, by the ways of @merge, among those of @people whose kind @format has. */
MergeFinder *merge_finder_new (const Format *format, const GPtrArray *people);
void merge_finder_free (MergeFinder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MergeFinder, merge_finder_free)

/** merge_finder_find: %NULL with MERGE_UNKNOWN, MERGE_AMBIGUOUS or MERGE_CONTRADICTED (@ret_nearest: who it would have been). */
const MergePerson *
merge_finder_find (MergeFinder *self, const MergeWhom *whom, MergeWhy *ret_why, const MergePerson **ret_nearest);
/** merge_finder_find_dependant: as merge_finder_find (), among @employee's. */
const MergePerson *merge_finder_find_dependant (MergeFinder *self, const MergePerson *employee, const MergeWhom *whom,
                                                MergeWhy *ret_why, const MergePerson **ret_nearest);
/** merge_finder_get: of that id, or %NULL. */
const MergePerson *merge_finder_get (MergeFinder *self, const char *person);

/* Compatible forms made one (full-width digits, half-width kana), without spaces and variation selectors. (transfer full) */
char *merge_fold_text (const char *text);
/* The same, with hiragana as katakana. (transfer full) */
char *merge_fold_kana (const char *text);
/** merge_fold_birth: (transfer full): @parts as their @how has it, as YYYY-MM-DD, "" when all are empty, "?" for no day. */
char *merge_fold_birth (FormatBirth how, char *const *parts);

G_END_DECLS
