/* SPDX-License-Identifier: Apache-2.0 */
/* merge: cells found as ranges of bytes, so that everything between them is copied and nothing is written anew. */
#include "merge-private.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"

#define NUMBER_DIGITS FORMAT_NUMBER_DIGITS

static const char mask[] = "************";
static const char bom[] = "\xef\xbb\xbf";

static const char *const why_names[] = {
  [MERGE_UNKNOWN] = "unknown",   [MERGE_AMBIGUOUS] = "ambiguous", [MERGE_CONTRADICTED] = "contradicted",
  [MERGE_REPEATED] = "repeated", [MERGE_NO_NUMBER] = "no-number", [MERGE_PURPOSE] = "other-purpose",
  [MERGE_FILLED] = "filled",     [MERGE_CELLS] = "cells",         [MERGE_CHARACTER] = "character",
  [MERGE_CONTROL] = "control",   [MERGE_QUOTE] = "quote",         [MERGE_TOO_BIG] = "too-big",
  [MERGE_BEGIN] = "begin",       [MERGE_HEADER] = "header",       [MERGE_NO_ROWS] = "no-rows",
};
G_STATIC_ASSERT (G_N_ELEMENTS (why_names) == MERGE_N_WHYS);

/* What happens to one range of the file. */
typedef struct
{
  gsize start;
  gsize n_bytes;
  gboolean quoted;
  const MergePerson *person; /* whose number; %NULL: the cell is emptied */
  guint line;
  guint column;
} Edit;

struct _Merge
{
  const Format *format;
  const guint8 *bytes;
  gsize n_bytes;
  MergeFinder *finder;
  GHashTable *decisions; /* place_key () -> MergeDecision */
  guint leave;

  GArray *cells;         /* MergeCell: of the row at hand */
  GHashTable *by_header; /* name -> column, 0 for a name that stands twice */
  guint n_header;
  GArray *edits; /* Edit */
  GPtrArray *issues;
  guint n_issues;
  GPtrArray *people;  /* MergePerson, borrowed */
  GHashTable *seen;   /* those whose row there was */
  GHashTable *wanted; /* people, as a set */
  MergeCounts counts;
};

const char *
merge_why_get_name (MergeWhy why)
{
  g_return_val_if_fail (why < MERGE_N_WHYS, NULL);

  return why_names[why];
}

gboolean
merge_why_from_name (const char *name, MergeWhy *ret_why)
{
  for (guint i = 0; i < MERGE_N_WHYS; i++)
    if (strcmp (why_names[i], name) == 0)
      {
        *ret_why = (MergeWhy) i;
        return TRUE;
      }
  return FALSE;
}

static void
issue_free (MergeIssue *self)
{
  g_free (self->person);
  g_free (self->text);
  g_free (self);
}

static void
add_issue (Merge *self, guint line, guint column, MergeWhy why, const MergePerson *person, const char *text)
{
  MergeIssue *issue;

  self->n_issues++;
  if (self->issues->len >= MERGE_MAX_ISSUES)
    return;
  issue = g_new0 (MergeIssue, 1);
  issue->line = line;
  issue->column = column;
  issue->why = why;
  issue->person = g_strdup (person != NULL ? person->person : "");
  issue->text = g_strdup (text);
  g_ptr_array_add (self->issues, issue);
}

/* --- rows and cells -------------------------------------------------------------------------------------------------- */

typedef struct
{
  gsize at;   /* where the next row begins */
  guint line; /* its number */
} Cursor;

/* In the encodings that are read here, the bytes of a comma, a quote, CR and LF are never part of another character. */
static gsize
end_of_quoted (const Merge *self, gsize at, guint *n_lines)
{
  for (at++; at < self->n_bytes; at++)
    {
      *n_lines += self->bytes[at] == '\n';
      if (self->bytes[at] != '"')
        continue;
      if (at + 1 >= self->n_bytes || self->bytes[at + 1] != '"')
        return at + 1;
      at++;
    }
  return 0;
}

/* The cells of the next row into self->cells. %FALSE at the end of the file; @ret_why is set (not MERGE_N_WHYS) for what cannot be read. */
static gboolean
next_row (Merge *self, Cursor *cursor, guint *ret_line, MergeWhy *ret_why)
{
  const gboolean may_quote = self->format->quote != CSV_QUOTE_NEVER;
  guint n_lines = 0;
  gsize at = cursor->at;

  if (at >= self->n_bytes)
    return FALSE;
  *ret_line = cursor->line;
  *ret_why = MERGE_N_WHYS;
  g_array_set_size (self->cells, 0);
  for (;;)
    {
      MergeCell cell = { .start = at };

      if (may_quote && at < self->n_bytes && self->bytes[at] == '"')
        {
          cell.quoted = TRUE;
          at = end_of_quoted (self, at, &n_lines);
          if (at == 0)
            {
              *ret_why = MERGE_QUOTE;
              at = self->n_bytes;
            }
        }
      else
        while (at < self->n_bytes && self->bytes[at] != ',' && self->bytes[at] != '\n')
          {
            if (may_quote && self->bytes[at] == '"')
              *ret_why = MERGE_QUOTE;
            at++;
          }
      cell.n_bytes = at - cell.start;
      if (!cell.quoted && cell.n_bytes > 0 && self->bytes[at - 1] == '\r'
          && (at >= self->n_bytes || self->bytes[at] == '\n'))
        cell.n_bytes--;
      g_array_append_val (self->cells, cell);
      if (cell.quoted && at < self->n_bytes && self->bytes[at] == '\r')
        at++;
      if (at < self->n_bytes && self->bytes[at] == ',')
        {
          at++;
          continue;
        }
      if (at < self->n_bytes && self->bytes[at] != '\n')
        {
          /* text behind a closing quote: to the end of the line it is not read */
          *ret_why = MERGE_QUOTE;
          while (at < self->n_bytes && self->bytes[at] != '\n')
            at++;
        }
      break;
    }
  cursor->at = at + 1;
  cursor->line += 1 + n_lines;
  return TRUE;
}

/* (transfer full): UTF-8, without quotes; %NULL when it cannot be read. */
static char *
dup_cell (const Merge *self, const MergeCell *cell)
{
  const guint8 *start = self->bytes + cell->start + (cell->quoted ? 1 : 0);
  const gsize n_bytes = cell->n_bytes - (cell->quoted ? 2 : 0);
  gsize n_text;
  char *text = charset_decode (self->format->charset, start, n_bytes, &n_text, NULL);
  char *to = text;

  for (const char *from = text; text != NULL && cell->quoted && (*to++ = *from) != '\0'; from++)
    if (from[0] == '"' && from[1] == '"')
      from++;
  return text;
}

static gboolean
cell_is_text (const Merge *self, const MergeCell *cell, const char *ascii)
{
  const gsize around = cell->quoted ? 1 : 0;

  return cell->n_bytes - 2 * around == strlen (ascii)
         && memcmp (self->bytes + cell->start + around, ascii, strlen (ascii)) == 0;
}

/* Nothing, or spaces: the national tax agency's last cell holds one where there is nothing to say. */
static gboolean
cell_is_empty (const Merge *self, const MergeCell *cell)
{
  const gsize around = cell->quoted ? 1 : 0;

  for (gsize i = around; i + around < cell->n_bytes; i++)
    if (self->bytes[cell->start + i] != ' ')
      return FALSE;
  return TRUE;
}

static gboolean
cell_has_control (const Merge *self, const MergeCell *cell)
{
  for (gsize i = 0; i < cell->n_bytes; i++)
    {
      const guint8 byte = self->bytes[cell->start + i];

      if ((byte < 0x20 || byte == 0x7f) && !(cell->quoted && (byte == '\n' || byte == '\r')))
        return TRUE;
    }
  return FALSE;
}

/* (transfer full): the first character that agencies do not take, of a cell that Windows can read; else "". */
static char *
dup_unfit_character (const Merge *self, const MergeCell *cell)
{
  gsize n_text;
  g_autofree char *text = self->format->charset != CHARSET_JISX0208
                              ? NULL
                              : charset_decode (CHARSET_CP932, self->bytes + cell->start, cell->n_bytes, &n_text, NULL);
  const char *unfit = text != NULL ? charset_find_unfit (CHARSET_JISX0208, text) : NULL;

  return unfit != NULL ? g_strndup (unfit, (gsize) (g_utf8_next_char (unfit) - unfit)) : g_strdup ("");
}

/* Every cell of the row can be read and filed: else each that cannot is listed. */
static gboolean
check_cells (Merge *self, guint line, const MergePerson *person)
{
  const MergeCell *first = &g_array_index (self->cells, MergeCell, 0);
  const MergeCell *last = &g_array_index (self->cells, MergeCell, self->cells->len - 1);
  const gsize n_bytes = last->start + last->n_bytes - first->start;
  const guint n_before = self->n_issues;
  gboolean readable;
  gsize n_text;
  char *text = charset_decode (self->format->charset, self->bytes + first->start, n_bytes, &n_text, NULL);

  readable = text != NULL;
  if (text != NULL)
    explicit_bzero (text, n_text);
  g_free (text);
  for (guint i = 0; i < self->cells->len; i++)
    {
      const MergeCell *cell = &g_array_index (self->cells, MergeCell, i);
      g_autofree char *one = readable ? NULL : dup_cell (self, cell);

      if (cell_has_control (self, cell))
        add_issue (self, line, i + 1, MERGE_CONTROL, person, "");
      else if (!readable && one == NULL)
        {
          g_autofree char *character = dup_unfit_character (self, cell);

          add_issue (self, line, i + 1, MERGE_CHARACTER, person, character);
        }
    }
  return self->n_issues == n_before;
}

/* --- columns --------------------------------------------------------------------------------------------------------- */

static void
read_header (Merge *self)
{
  self->n_header = self->cells->len;
  for (guint i = 0; i < self->cells->len; i++)
    {
      char *name = dup_cell (self, &g_array_index (self->cells, MergeCell, i));

      if (name == NULL)
        continue;
      g_strstrip (name);
      if (g_hash_table_contains (self->by_header, name))
        g_hash_table_replace (self->by_header, name, GUINT_TO_POINTER (0));
      else
        g_hash_table_insert (self->by_header, name, GUINT_TO_POINTER (i + 1));
    }
}

/* 0 where the format has no such place, or the file no such column: check_places () has listed that. */
static guint
column_of (const Merge *self, const FormatPlace *place)
{
  if (place->header == NULL)
    return place->column;
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->by_header, place->header));
}

static void
check_place (Merge *self, const FormatPlace *place, guint line)
{
  if (place->header != NULL && column_of (self, place) == 0)
    add_issue (self, line, 0, MERGE_HEADER, NULL, place->header);
}

static void
check_whom_places (Merge *self, const FormatWhom *whom, guint line)
{
  check_place (self, &whom->code, line);
  check_place (self, &whom->employee_code, line);
  check_place (self, &whom->name, line);
  check_place (self, &whom->kana, line);
  for (guint i = 0; i < FORMAT_BIRTH_PLACES; i++)
    check_place (self, &whom->birth[i], line);
}

static void
check_places (Merge *self, guint line)
{
  const FormatMerge *merge = self->format->merge;

  g_autoptr (GHashTable) changed = g_hash_table_new (NULL, NULL);

  check_whom_places (self, &merge->whom, line);
  for (guint i = 0; i < merge->numbers->len; i++)
    {
      const FormatNumber *number = &g_array_index (merge->numbers, FormatNumber, i);

      check_place (self, &number->place, line);
      check_whom_places (self, &number->whom, line);
      for (guint k = 0; k < number->empties->len; k++)
        g_hash_table_add (changed, GUINT_TO_POINTER (g_array_index (number->empties, guint, k)));
    }
  /* format_parse () cannot know which column a name means: none is changed twice. */
  for (guint i = 0; i < merge->numbers->len; i++)
    {
      const FormatNumber *number = &g_array_index (merge->numbers, FormatNumber, i);

      if (!g_hash_table_add (changed, GUINT_TO_POINTER (column_of (self, &number->place))) && self->n_issues == 0)
        add_issue (self, line, column_of (self, &number->place), MERGE_HEADER, NULL,
                   number->place.header != NULL ? number->place.header : "");
    }
}

/* (transfer full): of the row at hand; "" for a cell that is not there. */
static char *
dup_place (const Merge *self, const FormatPlace *place)
{
  const guint column = column_of (self, place);
  char *text = NULL;

  if (column > 0 && column <= self->cells->len)
    text = dup_cell (self, &g_array_index (self->cells, MergeCell, column - 1));
  return text != NULL ? text : g_strdup ("");
}

static void
read_whom (const Merge *self, const FormatWhom *whom, MergeWhom *ret_whom)
{
  char *parts[FORMAT_BIRTH_PLACES];
  g_autofree char *code = dup_place (self, &whom->code);
  g_autofree char *employee_code = dup_place (self, &whom->employee_code);
  g_autofree char *name = dup_place (self, &whom->name);
  g_autofree char *kana = dup_place (self, &whom->kana);

  for (guint i = 0; i < FORMAT_BIRTH_PLACES; i++)
    {
      parts[i] = dup_place (self, &whom->birth[i]);
      g_strstrip (parts[i]);
    }
  ret_whom->code = merge_fold_text (code);
  ret_whom->employee_code = merge_fold_text (employee_code);
  ret_whom->name = merge_fold_text (name);
  ret_whom->kana = merge_fold_kana (kana);
  ret_whom->birth = merge_fold_birth (whom->birth_how, parts);
  for (guint i = 0; i < FORMAT_BIRTH_PLACES; i++)
    g_free (parts[i]);
}

/* --- one row --------------------------------------------------------------------------------------------------------- */

static gpointer
place_key (guint line, guint column)
{
  G_STATIC_ASSERT (sizeof (gsize) >= 8);
  return (gpointer) ((gsize) line << 16 | column);
}

/* Is a person to look at this, and not to leave the cell as it is? Counts the one, lists the other. */
static void
stop_or_leave (Merge *self, guint line, guint column, MergeWhy why, const MergePerson *person)
{
  if ((self->leave & 1u << why) != 0)
    self->counts.left++;
  else
    add_issue (self, line, column, why, person, "");
}

static void
add_edit (Merge *self, const MergeCell *cell, const MergePerson *person, guint line, guint column)
{
  const Edit edit = { cell->start, cell->n_bytes, cell->quoted, person, line, column };

  g_array_append_val (self->edits, edit);
}

static void
plan_cell (Merge *self, guint line, const FormatNumber *number, guint column, const MergePerson *person)
{
  const MergeCell *cell = &g_array_index (self->cells, MergeCell, column - 1);

  if (person->readiness != MERGE_READY)
    {
      stop_or_leave (self, line, column, person->readiness == MERGE_WITHOUT ? MERGE_NO_NUMBER : MERGE_PURPOSE, person);
      return;
    }
  if (!cell_is_empty (self, cell) && (self->leave & 1u << MERGE_FILLED) != 0)
    {
      self->counts.left++;
      return;
    }
  add_edit (self, cell, person, line, column);
  if (g_hash_table_add (self->wanted, (gpointer) person))
    g_ptr_array_add (self->people, (gpointer) person);
  for (guint i = 0; i < number->empties->len; i++)
    {
      const guint emptied = g_array_index (number->empties, guint, i);

      if (emptied <= self->cells->len && g_array_index (self->cells, MergeCell, emptied - 1).n_bytes > 0)
        {
          add_edit (self, &g_array_index (self->cells, MergeCell, emptied - 1), NULL, line, emptied);
          self->counts.emptied++;
        }
    }
}

/* May the number of @person be decided to stand there? */
static gboolean
may_stand (const Merge *self, const FormatNumber *number, const MergePerson *row_person, const MergePerson *person)
{
  if (!number->dependant)
    return format_has_kind (self->format, person->kind);
  return g_strcmp0 (person->kind, "dependant") == 0
         && (row_person == NULL || g_strcmp0 (person->parent, row_person->person) == 0);
}

/* (nullable): whose number the cell gets. Where nobody's, it has been listed, unless the row names no dependant there. */
static const MergePerson *
whose_cell (Merge *self, guint line, const FormatNumber *number, guint column, const MergePerson *row_person,
            MergeWhy row_why, const MergePerson *row_nearest)
{
  const MergeDecision *decision = g_hash_table_lookup (self->decisions, place_key (line, column));
  const MergePerson *nearest = row_nearest;
  const MergePerson *person = row_person;
  MergeWhy why = row_why;

  if (decision != NULL && *decision->person == '\0')
    {
      self->counts.left++;
      return NULL;
    }
  if (decision != NULL)
    {
      nearest = merge_finder_get (self->finder, decision->person);
      person = may_stand (self, number, row_person, nearest) ? nearest : NULL;
      why = MERGE_CONTRADICTED;
    }
  else if (number->dependant)
    {
      g_auto (MergeWhom) whom = { NULL };

      read_whom (self, &number->whom, &whom);
      if (*whom.name == '\0' && *whom.kana == '\0')
        return NULL;
      person =
          row_person != NULL ? merge_finder_find_dependant (self->finder, row_person, &whom, &why, &nearest) : NULL;
    }
  if (person == NULL)
    stop_or_leave (self, line, column, why, nearest);
  return person;
}

/* (nullable): who the row is about, by what it says or by what somebody decided of its own number. */
static const MergePerson *
whose_row (Merge *self, guint line, MergeWhy *ret_why, const MergePerson **ret_nearest)
{
  const FormatMerge *merge = self->format->merge;
  const MergePerson *person;
  g_auto (MergeWhom) whom = { NULL };

  for (guint i = 0; i < merge->numbers->len; i++)
    {
      const FormatNumber *number = &g_array_index (merge->numbers, FormatNumber, i);
      const MergeDecision *decision =
          g_hash_table_lookup (self->decisions, place_key (line, column_of (self, &number->place)));

      if (!number->dependant && decision != NULL && *decision->person != '\0')
        return merge_finder_get (self->finder, decision->person);
    }
  read_whom (self, &merge->whom, &whom);
  person = merge_finder_find (self->finder, &whom, ret_why, ret_nearest);
  if (person == NULL || g_hash_table_add (self->seen, (gpointer) person))
    return person;
  *ret_nearest = person;
  *ret_why = MERGE_REPEATED;
  return NULL;
}

static void
plan_row (Merge *self, guint line)
{
  const FormatMerge *merge = self->format->merge;
  const guint wanted = merge->columns > 0 ? merge->columns : self->n_header;
  const MergePerson *nearest = NULL;
  const MergePerson *person;
  MergeWhy why = MERGE_UNKNOWN;

  self->counts.rows++;
  if (merge->columns_at_least ? self->cells->len < wanted : self->cells->len != wanted)
    {
      add_issue (self, line, 0, MERGE_CELLS, NULL, "");
      return;
    }
  person = whose_row (self, line, &why, &nearest);
  if (!check_cells (self, line, person != NULL ? person : nearest))
    return;
  for (guint i = 0; i < merge->numbers->len; i++)
    {
      const FormatNumber *number = &g_array_index (merge->numbers, FormatNumber, i);
      const guint column = column_of (self, &number->place);
      const MergePerson *whose;

      if (column == 0 || column > self->cells->len)
        continue; /* at-least, or listed with the header */
      whose = whose_cell (self, line, number, column, person, why, nearest);
      if (whose != NULL)
        plan_cell (self, line, number, column, whose);
    }
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

static gboolean
is_of_format (const Merge *self)
{
  const FormatMerge *merge = self->format->merge;

  if (merge->rows_column == 0)
    /* A blank line is nobody's. */
    return self->cells->len > 1 || g_array_index (self->cells, MergeCell, 0).n_bytes > 0;
  return merge->rows_column <= self->cells->len
         && cell_is_text (self, &g_array_index (self->cells, MergeCell, merge->rows_column - 1), merge->rows_text);
}

/* To behind the line that the format's rows come after. */
static gboolean
skip_to_begin (Merge *self, Cursor *cursor)
{
  const char *after = self->format->merge->begin_after;

  while (after != NULL && cursor->at < self->n_bytes)
    {
      const guint8 *start = self->bytes + cursor->at;
      const guint8 *end = memchr (start, '\n', self->n_bytes - cursor->at);
      gsize n_bytes = end != NULL ? (gsize) (end - start) : self->n_bytes - cursor->at;

      cursor->at += n_bytes + 1;
      cursor->line++;
      if (n_bytes > 0 && start[n_bytes - 1] == '\r')
        n_bytes--;
      if (n_bytes == strlen (after) && memcmp (start, after, n_bytes) == 0)
        return TRUE;
    }
  return after == NULL;
}

static void
skip_mark (const Merge *self, Cursor *cursor)
{
  if (self->format->charset == CHARSET_UTF8 && self->n_bytes >= strlen (bom)
      && memcmp (self->bytes, bom, strlen (bom)) == 0)
    cursor->at = strlen (bom);
}

static void
plan_file (Merge *self)
{
  Cursor cursor = { 0, 1 };
  guint line;
  MergeWhy why;

  if (self->n_bytes > MERGE_MAX_BYTES)
    {
      add_issue (self, 0, 0, MERGE_TOO_BIG, NULL, "");
      return;
    }
  skip_mark (self, &cursor);
  if (!skip_to_begin (self, &cursor))
    {
      add_issue (self, 0, 0, MERGE_BEGIN, NULL, self->format->merge->begin_after);
      return;
    }
  if (self->format->header)
    {
      if (!next_row (self, &cursor, &line, &why))
        {
          add_issue (self, 0, 0, MERGE_NO_ROWS, NULL, "");
          return;
        }
      if (why != MERGE_N_WHYS)
        add_issue (self, line, self->cells->len, why, NULL, "");
      else
        {
          read_header (self);
          check_places (self, line);
        }
      if (self->n_issues > 0)
        return;
    }
  while (next_row (self, &cursor, &line, &why))
    {
      if (why != MERGE_N_WHYS)
        add_issue (self, line, self->cells->len, why, NULL, "");
      else if (is_of_format (self))
        {
          if (self->counts.rows >= MERGE_MAX_ROWS)
            {
              add_issue (self, line, 0, MERGE_TOO_BIG, NULL, "");
              return;
            }
          plan_row (self, line);
        }
    }
  if (self->counts.rows == 0 && self->n_issues == 0)
    add_issue (self, 0, 0, MERGE_NO_ROWS, NULL, "");
}

GPtrArray *
merge_dup_header (Charset charset, const Secret *file, MergeWhy *ret_why)
{
  const Format format = { .charset = charset, .quote = CSV_QUOTE_MINIMAL, .header = TRUE };
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (MergeCell));
  Merge self = { .format = &format, .cells = cells };
  Cursor cursor = { 0, 1 };
  GPtrArray *names;
  guint line;

  self.bytes = secret_get_data (file, &self.n_bytes);
  *ret_why = MERGE_TOO_BIG;
  if (self.n_bytes > MERGE_MAX_BYTES)
    return NULL;
  skip_mark (&self, &cursor);
  if (!next_row (&self, &cursor, &line, ret_why))
    *ret_why = MERGE_NO_ROWS;
  if (*ret_why != MERGE_N_WHYS)
    return NULL;
  names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < cells->len; i++)
    {
      char *name = dup_cell (&self, &g_array_index (cells, MergeCell, i));

      g_ptr_array_add (names, name != NULL ? g_strstrip (name) : g_strdup (""));
    }
  return names;
}

static gboolean
take_decisions (Merge *self, const GArray *decisions, GError **error)
{
  for (guint i = 0; decisions != NULL && i < decisions->len; i++)
    {
      const MergeDecision *decision = &g_array_index (decisions, MergeDecision, i);

      if (decision->line == 0 || decision->column == 0 || decision->column > FORMAT_MAX_COLUMNS
          || !g_hash_table_insert (self->decisions, place_key (decision->line, decision->column), (gpointer) decision)
          || (*decision->person != '\0' && merge_finder_get (self->finder, decision->person) == NULL))
        {
          g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "a decision about nobody, nothing, or twice");
          return FALSE;
        }
    }
  return TRUE;
}

static int
by_start (gconstpointer a, gconstpointer b)
{
  const gsize first = ((const Edit *) a)->start;
  const gsize second = ((const Edit *) b)->start;

  return (first > second) - (first < second);
}

Merge *
merge_plan (const Format *format, const Secret *file, const GPtrArray *people, const GArray *decisions, guint leave,
            GError **error)
{
  g_autoptr (Merge) self = NULL;

  if (format->mode != FORMAT_MERGE || leave >= 1u << MERGE_CELLS)
    {
      g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                           "not a format to merge into, or nothing to leave");
      return NULL;
    }
  self = g_new0 (Merge, 1);
  self->format = format;
  self->bytes = secret_get_data (file, &self->n_bytes);
  self->finder = merge_finder_new (format, people);
  self->decisions = g_hash_table_new (NULL, NULL);
  self->leave = leave;
  self->cells = g_array_new (FALSE, FALSE, sizeof (MergeCell));
  self->by_header = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  self->issues = g_ptr_array_new_with_free_func ((GDestroyNotify) issue_free);
  self->people = g_ptr_array_new ();
  self->seen = g_hash_table_new (NULL, NULL);
  self->wanted = g_hash_table_new (NULL, NULL);
  if (!take_decisions (self, decisions, error))
    return NULL;
  plan_file (self);
  g_array_sort (self->edits, by_start);
  return g_steal_pointer (&self);
}

void
merge_free (Merge *self)
{
  if (self == NULL)
    return;
  merge_finder_free (self->finder);
  g_hash_table_unref (self->decisions);
  g_array_unref (self->cells);
  g_hash_table_unref (self->by_header);
  g_array_unref (self->edits);
  g_ptr_array_unref (self->issues);
  g_ptr_array_unref (self->people);
  g_hash_table_unref (self->seen);
  g_hash_table_unref (self->wanted);
  g_free (self);
}

const GPtrArray *
merge_get_issues (const Merge *self)
{
  return self->issues;
}

guint
merge_get_n_issues (const Merge *self)
{
  return self->n_issues;
}

const GPtrArray *
merge_get_people (const Merge *self)
{
  return self->people;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

static const guint8 *
digits_of (GHashTable *numbers, const MergePerson *person)
{
  const Secret *number = g_hash_table_lookup (numbers, person->person);
  gsize n_digits = 0;
  const guint8 *digits = number != NULL ? secret_get_data (number, &n_digits) : NULL;

  for (guint i = 0; n_digits == NUMBER_DIGITS && i < NUMBER_DIGITS; i++)
    if (!g_ascii_isdigit (digits[i]))
      return NULL;
  return n_digits == NUMBER_DIGITS ? digits : NULL;
}

/* Are these digits all that the cell says, but for spaces around them? */
static gboolean
cell_says (const Merge *self, const Edit *edit, const guint8 *digits)
{
  gsize start = edit->start + (edit->quoted ? 1 : 0);
  gsize end = edit->start + edit->n_bytes - (edit->quoted ? 1 : 0);

  while (start < end && self->bytes[start] == ' ')
    start++;
  while (start < end && self->bytes[end - 1] == ' ')
    end--;
  return end - start == NUMBER_DIGITS && sodium_memcmp (self->bytes + start, digits, NUMBER_DIGITS) == 0;
}

static void
append_number (const Merge *self, Secret *content, const Edit *edit, const void *digits)
{
  const FormatPad pad = self->format->merge->pad;

  if (edit->quoted)
    secret_append (content, "\"", 1);
  if (pad == FORMAT_PAD_LEADING)
    secret_append (content, " ", 1);
  secret_append (content, digits, NUMBER_DIGITS);
  if (pad == FORMAT_PAD_TRAILING)
    secret_append (content, " ", 1);
  if (edit->quoted)
    secret_append (content, "\"", 1);
}

/* What the edit puts in its range's place. %FALSE when the number is missing or no number. */
static gboolean
apply (Merge *self, const Edit *edit, GHashTable *numbers, Secret *content, MergeCounts *counts, GError **error)
{
  const MergeCell cell = { edit->start, edit->n_bytes, edit->quoted };
  const guint8 *digits = (const guint8 *) mask;

  if (edit->person == NULL)
    {
      if (edit->quoted)
        secret_append (content, "\"\"", 2);
      return TRUE;
    }
  if (numbers != NULL && (digits = digits_of (numbers, edit->person)) == NULL)
    {
      g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_BAD_NUMBER, "a number is missing or not 12 digits");
      return FALSE;
    }
  if (cell_is_empty (self, &cell))
    {
      append_number (self, content, edit, digits);
      counts->filled++;
    }
  else if (numbers != NULL && cell_says (self, edit, digits))
    {
      secret_append (content, self->bytes + edit->start, edit->n_bytes);
      counts->same++;
    }
  else
    add_issue (self, edit->line, edit->column, MERGE_FILLED, edit->person, "");
  return TRUE;
}

gboolean
merge_fill (Merge *self, GHashTable *numbers, Secret **ret_content, char ret_sha256[65], MergeCounts *ret_counts,
            GError **error)
{
  g_autoptr (Secret) content = secret_new (0);
  guint8 digest[crypto_hash_sha256_BYTES];
  MergeCounts counts = self->counts;
  gsize at = 0;

  for (guint i = 0; i < self->edits->len; i++)
    {
      const Edit *edit = &g_array_index (self->edits, Edit, i);

      secret_append (content, self->bytes + at, edit->start - at);
      if (!apply (self, edit, numbers, content, &counts, error))
        return FALSE;
      at = edit->start + edit->n_bytes;
    }
  if (at < self->n_bytes)
    secret_append (content, self->bytes + at, self->n_bytes - at);
  if (self->n_issues > 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_UNFIT_TEXT, "%u places of the file have to be looked at",
                   self->n_issues);
      return FALSE;
    }
  if (counts.filled == 0)
    {
      g_set_error_literal (error, CUSTODY_ERROR, CUSTODY_ERROR_NOTHING_TO_EXPORT,
                           "no cell of the file would be filled");
      return FALSE;
    }
  (void) crypto_hash_sha256 (digest, secret_get_data (content, NULL), secret_get_size (content));
  (void) sodium_bin2hex (ret_sha256, 65, digest, sizeof digest);
  *ret_counts = counts;
  *ret_content = g_steal_pointer (&content);
  return TRUE;
}
