/* SPDX-License-Identifier: Apache-2.0 */
/* roster: the list of people as a CSV file -> validated rows, or every mistake in it. Pure; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ROSTER_MAX_BYTES (4 * 1024 * 1024)
#define ROSTER_MAX_PEOPLE 20000
#define ROSTER_MAX_COLUMNS 256
#define ROSTER_MAX_MISTAKES 1000 /* listed; counting stops there */

typedef enum
{
  ROSTER_EMPLOYEE,   /* 社員, 従業員 */
  ROSTER_CONTRACTOR, /* 外部協力者, 個人支払先, 業務委託 */
  ROSTER_DEPENDANT,  /* 家族, 扶養親族 */
} RosterKind;

/* "employee", "contractor", "dependant": the words of vault.xml. */
const char *roster_kind_get_name (RosterKind kind);

/* Strings are UTF-8, never NULL, without spaces at the ends (U+3000 included); "" where the file says nothing. */
typedef struct
{
  guint row; /* in the file; the header is 1 */
  RosterKind kind;
  char *code; /* kept as written, leading zeros too; "" is possible for contractors and dependants */
  char *name;
  char *kana;
  char *birth_date; /* YYYY-MM-DD; "" is possible for contractors and dependants */
  char *department;
  char *parent_code;  /* dependants: the employee's code */
  char *relationship; /* dependants */
  char *left;         /* YYYY-MM-DD: the last day */
  char *joined;       /* YYYY-MM-DD */
  char *employment;   /* 正社員, パート … */
  char *pension;      /* dependants: "category-3" (国民年金第3号被保険者), "none", "" */
} RosterPerson;

/*
 * What can be wrong. The codes (roster_what_get_name ()) are stable: clients translate them. "whole file" mistakes end the
 * reading, so that they come alone; others are collected.
 */
typedef enum
{
  /* whole file, row 0, no column */
  ROSTER_TOO_BIG,          /* "too-big"           more than ROSTER_MAX_BYTES */
  ROSTER_EMPTY,            /* "empty"             no header, or nobody under it */
  ROSTER_NOT_TEXT,         /* "not-text"          holds zero bytes: a spreadsheet or another file, not CSV */
  ROSTER_ENCODING,         /* "encoding"          neither UTF-8 nor CP932, or not the one that was named */
  ROSTER_ENCODING_UTF16,   /* "encoding-utf16"    “Unicode text” */
  ROSTER_ENCODING_UNCLEAR, /* "encoding-unclear"  valid as UTF-8 and as CP932: the caller must name one */
  /* whole file, with the row where reading stopped */
  ROSTER_TOO_MANY_ROWS,    /* "too-many-rows"     more than ROSTER_MAX_PEOPLE people */
  ROSTER_TOO_MANY_COLUMNS, /* "too-many-columns"  more than ROSTER_MAX_COLUMNS */
  ROSTER_CELL_TOO_LONG,    /* "cell-too-long"     a cell of more than 32 KiB */
  ROSTER_LONE_CR,          /* "lone-cr"           line ends of old Macintosh programs */
  ROSTER_STRAY_QUOTE,      /* "stray-quote"       a quotation mark where none may stand */
  ROSTER_UNCLOSED_QUOTE,   /* "unclosed-quote"    a quotation mark that is never closed */
  /* header, row 1 */
  ROSTER_NO_HEADER,        /* "no-header"         no known column name in the first row */
  ROSTER_MISSING_COLUMN,   /* "missing-column"    氏名 */
  ROSTER_DUPLICATE_COLUMN, /* "duplicate-column"  two columns say the same */
  ROSTER_HAS_NUMBERS, /* "has-numbers"       a column of My Numbers (its rows are not looked at), or twelve digits in a text */
  /* one row */
  ROSTER_CELL_COUNT,         /* "cell-count"             more or fewer cells than the header has */
  ROSTER_UNKNOWN_KIND,       /* "unknown-kind" */
  ROSTER_MISSING_CODE,       /* "missing-code"           of an employee */
  ROSTER_BAD_CODE,           /* "bad-code"               other than ASCII letters, digits, - _ . / */
  ROSTER_DUPLICATE_CODE,     /* "duplicate-code"         at each row after the first */
  ROSTER_MISSING_NAME,       /* "missing-name" */
  ROSTER_MISSING_BIRTH_DATE, /* "missing-birth-date"     of an employee, who identifies with it */
  ROSTER_BAD_BIRTH_DATE,     /* "bad-birth-date"         no such day, unknown way to write it, or before 1900 */
  ROSTER_FUTURE_BIRTH_DATE,  /* "future-birth-date" */
  ROSTER_BAD_LEAVING_DATE, /* "bad-leaving-date"       no such day, unknown way to write it, or before the birth date */
  ROSTER_BAD_JOINING_DATE, /* "bad-joining-date"       no such day, unknown way to write it, or before the birth date */
  ROSTER_BAD_PENSION,      /* "bad-pension"            neither yes nor no */
  ROSTER_UNEXPECTED_PENSION,  /* "unexpected-pension"    第3号 of somebody who is no employee's spouse */
  ROSTER_MISSING_PARENT,      /* "missing-parent"         a dependant without an employee's code */
  ROSTER_UNKNOWN_PARENT,      /* "unknown-parent"         no employee has this code, in the file or before */
  ROSTER_UNEXPECTED_PARENT,   /* "unexpected-parent"      an employee or contractor with one */
  ROSTER_UNEXPECTED_RELATION, /* "unexpected-relationship" an employee or contractor with one other than 本人 */
  ROSTER_DUPLICATE_PERSON,    /* "duplicate-person"       twice the same without a code to tell them apart */
  ROSTER_TOO_LONG,            /* "too-long"               code 32, relationship 20, others 100 characters */
  ROSTER_CONTROL_CHARACTER,   /* "control-character"      line breaks, tabs, invisible and direction marks */
  ROSTER_PRIVATE_CHARACTER,   /* "private-character"      外字, shown on the machine that made them alone */
  ROSTER_LOST_CHARACTER,      /* "lost-character"         ? 〓 or U+FFFD: what a conversion leaves behind */
  ROSTER_FORMULA,             /* "formula"                begins like a spreadsheet formula */
  /* found by the vault, which knows who is there already: roster_report_add () */
  ROSTER_KIND_CHANGED, /* "kind-changed" the code is known as another kind of person */
  ROSTER_OUT_OF_SCOPE, /* "out-of-scope" not among the departments or kinds of people that the importer handles */
  ROSTER_N_WHATS,
} RosterWhat;

const char *roster_what_get_name (RosterWhat what);

typedef struct
{
  guint row; /* 1 is the header, 0 the file as a whole */
  const char *
      column; /* (transfer none): the column's name as in the file when it is one we know, else ""; never a cell's content */
  RosterWhat what;
} RosterMistake;

typedef struct
{
  const char *encoding;    /* "utf8", "utf8bom", "cp932", or what was found instead (charset_get_name ()) */
  guint n_rows;            /* people read, the wrong ones too; blank lines do not count */
  guint n_ignored_columns; /* whose names are not in our table */
  GArray *mistakes;        /* RosterMistake, in the order of rows */
  gboolean more_mistakes;  /* than ROSTER_MAX_MISTAKES */
} RosterReport;

/** roster_report_add: @column: (transfer none): a static string; keeps the rules of the list. */
void roster_report_add (RosterReport *self, guint row, const char *column, RosterWhat what);

/** roster_report_has: is @what among the mistakes that are listed? */
gboolean roster_report_has (const RosterReport *self, RosterWhat what);

void roster_report_free (RosterReport *self); /* %NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RosterReport, roster_report_free)

typedef enum
{
  ROSTER_ENCODING_IS_AUTO,
  ROSTER_ENCODING_IS_UTF8, /* with or without a byte order mark */
  ROSTER_ENCODING_IS_CP932,
} RosterEncoding;

/** roster_encoding_from_name: "auto" (also ""), "utf8", "cp932". */
gboolean roster_encoding_from_name (const char *name, RosterEncoding *ret_encoding);

/** RosterKnowsFunc: is there an employee with this code already? */
typedef gboolean (*RosterKnowsFunc) (const char *code, gpointer data);

/**
 * roster_parse:
 * @knows_cb: (nullable): parents who are not in the file; without it all of them must be
 * @today: birth dates after it are refused
 * @ret_people: (out) (transfer full): RosterPerson in the file's order; %NULL when it fails
 * @ret_report: (out) (transfer full): always set
 *
 * All or nothing: one mistake, and no row is given. Columns, in any order, under Japanese or English names (roster-header.c has the
 * table; case, width, spaces and _ - do not matter): code, name, kana, birth_date, department, kind, relationship, parent_code,
 * leaving_date (which may lie in the future), joining_date, employment, pension_category3.
 * Only the name's column must be there. Without a kind a row with a parent's code is a dependant, else an employee.
 * Dates: 1985-01-02, 1985/1/2, 1985.1.2, 19850102, 1985年1月2日, 昭和60年1月2日, S60.1.2, S600102, 平成元年5月1日;
 * an era must hold the day (昭和64年1月8日 is refused). Cells of unknown columns are not kept. All copies of the file are wiped.
 *
 * Returns: %FALSE when the report holds a mistake.
 */
gboolean roster_parse (const guint8 *bytes, gsize n_bytes, RosterEncoding encoding, RosterKnowsFunc knows_cb,
                       gpointer data, const GDate *today, GPtrArray **ret_people, RosterReport **ret_report);

#define ROSTER_PENSION_CATEGORY_3 "category-3"
/** roster_is_spouse: 妻, 夫, 配偶者 … */
gboolean roster_is_spouse (const char *relationship);

/* The rules of one cell, for people who are added one by one. Text: a name, kana or department; "" is fine for all three. */
gboolean roster_text_is_valid (const char *text);
gboolean roster_code_is_valid (const char *code);
/** roster_date_to_iso: any way to write a day that roster_parse () takes. @ret_iso: (out): YYYY-MM-DD */
gboolean roster_date_to_iso (const char *text, char ret_iso[11]);

/** roster_date_parse: any of the ways in which Japanese offices write a day. %FALSE when there is no such day or it is before 1900. */
gboolean roster_date_parse (const char *text, GDate *ret_date);

G_END_DECLS
