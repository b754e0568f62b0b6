/* SPDX-License-Identifier: Apache-2.0 */
/* template: the format of any vendor's own file, made from the names in its header and what an admin chose among them. Any thread.
 *
 * What is made is the text of a format file, which format_parse () reads like every other: nothing is possible here that is not in its
 * vocabulary. The file itself may hold numbers; of it only the names in its first line are kept, and only those that were chosen. */
#pragma once

#include "merge.h"

G_BEGIN_DECLS

#define TEMPLATE_ID_PREFIX "own-" /* no format that is compiled in begins so */
#define TEMPLATE_CERTAINTY "own"
#define TEMPLATE_MAX_HEADER_BYTES 150
#define TEMPLATE_MAX_TITLE 100 /* characters */

/* Why a file's header, or a choice, makes no format. The names (template_why_get_name ()) are stable: clients translate them. */
typedef enum
{
  /* the file */
  TEMPLATE_ENCODING, /* "encoding"          neither UTF-8 nor Shift_JIS, or not the one that was named */
  TEMPLATE_UNCLEAR,  /* "encoding-unclear"  valid in both, with different letters: one has to be named */
  TEMPLATE_TOO_BIG,  /* "too-big"           more than MERGE_MAX_BYTES */
  TEMPLATE_NO_NAMES, /* "no-header"         the first line does not name two columns or more, with commas between */
  TEMPLATE_QUOTE,    /* "quote"             a quotation mark where none may stand */
  TEMPLATE_NUMBER,   /* "number"            twelve digits in the first line: it is somebody's row */
  /* one name */
  TEMPLATE_MISSING,   /* "missing"    no column is called so */
  TEMPLATE_AMBIGUOUS, /* "ambiguous"  several are */
  TEMPLATE_LETTERS,   /* "letters"    a line break, | or another character that stands in no format, or too long */
  TEMPLATE_TWICE,     /* "twice"      chosen for two things */
  TEMPLATE_N_WHYS,
} TemplateWhy;

const char *template_why_get_name (TemplateWhy why);

typedef struct
{
  TemplateWhy why;
  char *header; /* "" where the whole file is meant */
} TemplateIssue;

void template_issue_free (TemplateIssue *self);

typedef struct
{
  Charset charset;   /* CHARSET_UTF8 or CHARSET_CP932 */
  GPtrArray *names;  /* utf8: of each column; "" for one without */
  GPtrArray *issues; /* TemplateIssue: those of the file; with any, @names is empty */
} TemplateHeader;

void template_header_free (TemplateHeader *self); /* %NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TemplateHeader, template_header_free)

/**
 * template_look:
 * @encoding: "utf8", "cp932", or "" to find it out
 *
 * Returns: (transfer full): %NULL with %CUSTODY_ERROR_USAGE for another @encoding.
 */
TemplateHeader *template_look (const Secret *file, const char *encoding, GError **error);

typedef struct
{
  const char *header; /* of the number's column */
  const char *name;   /* dependants: of the column with their name; "" for the row's own person */
} TemplateNumber;

typedef struct
{
  FormatBy field;
  const char *header;
} TemplateBy;

/* All borrowed. */
typedef struct
{
  const char *id;    /* begins with TEMPLATE_ID_PREFIX */
  const char *title; /* in whatever language */
  const char *verified, *verified_ja;
  const GArray *numbers; /* TemplateNumber */
  const GArray *by;      /* TemplateBy */
} Template;

/**
 * template_check: USAGE unless there are a title, a number, and what finds a person: a code; or an employee's code with a name or kana, for
 * files in which family members have rows of their own; or name, kana or both, perhaps with the day of birth.
 */
gboolean template_check (const Template *self, GError **error);

/**
 * template_make:
 * @file: of which @header is
 * @ret_text: (out) (transfer full): the format file; %NULL where @ret_issues has some
 * @ret_issues: (out) (transfer full) (element-type TemplateIssue): what was chosen and does not name exactly one column
 *
 * A row's person is found by the code where there is one, else by all that was chosen together; whatever else was chosen must not say
 * otherwise of them (merge.h).
 *
 * Returns: the format, or %NULL with issues, or with the errors of template_check ().
 */
Format *template_make (const Template *self, const TemplateHeader *header, const Secret *file, char **ret_text,
                       GPtrArray **ret_issues, GError **error);

/** template_by_from_name: "code", "employee-code", "name", "kana", "birth" */
gboolean template_by_from_name (const char *name, FormatBy *ret_by);

G_END_DECLS
