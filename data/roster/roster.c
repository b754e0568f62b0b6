/* SPDX-License-Identifier: Apache-2.0 */
/* roster: bytes -> text -> rows -> people, with every mistake on the way listed by row, column and code. */
#include "roster-private.h"

#include <string.h>

#include "charset.h"
#include "csv.h"

#define MAX_CODE_CHARS 32
#define MAX_RELATIONSHIP_CHARS 20 /* and as what somebody is employed */
#define MAX_TEXT_CHARS 100
#define MAX_CELL_BYTES (32 * 1024)
#define NUMBER_DIGITS 12

static const char *const what_names[] = {
  [ROSTER_TOO_BIG] = "too-big",
  [ROSTER_EMPTY] = "empty",
  [ROSTER_NOT_TEXT] = "not-text",
  [ROSTER_ENCODING] = "encoding",
  [ROSTER_ENCODING_UTF16] = "encoding-utf16",
  [ROSTER_ENCODING_UNCLEAR] = "encoding-unclear",
  [ROSTER_TOO_MANY_ROWS] = "too-many-rows",
  [ROSTER_TOO_MANY_COLUMNS] = "too-many-columns",
  [ROSTER_CELL_TOO_LONG] = "cell-too-long",
  [ROSTER_LONE_CR] = "lone-cr",
  [ROSTER_STRAY_QUOTE] = "stray-quote",
  [ROSTER_UNCLOSED_QUOTE] = "unclosed-quote",
  [ROSTER_NO_HEADER] = "no-header",
  [ROSTER_MISSING_COLUMN] = "missing-column",
  [ROSTER_DUPLICATE_COLUMN] = "duplicate-column",
  [ROSTER_HAS_NUMBERS] = "has-numbers",
  [ROSTER_CELL_COUNT] = "cell-count",
  [ROSTER_UNKNOWN_KIND] = "unknown-kind",
  [ROSTER_MISSING_CODE] = "missing-code",
  [ROSTER_BAD_CODE] = "bad-code",
  [ROSTER_DUPLICATE_CODE] = "duplicate-code",
  [ROSTER_MISSING_NAME] = "missing-name",
  [ROSTER_MISSING_BIRTH_DATE] = "missing-birth-date",
  [ROSTER_BAD_BIRTH_DATE] = "bad-birth-date",
  [ROSTER_FUTURE_BIRTH_DATE] = "future-birth-date",
  [ROSTER_BAD_LEAVING_DATE] = "bad-leaving-date",
  [ROSTER_BAD_JOINING_DATE] = "bad-joining-date",
  [ROSTER_BAD_PENSION] = "bad-pension",
  [ROSTER_UNEXPECTED_PENSION] = "unexpected-pension",
  [ROSTER_MISSING_PARENT] = "missing-parent",
  [ROSTER_UNKNOWN_PARENT] = "unknown-parent",
  [ROSTER_UNEXPECTED_PARENT] = "unexpected-parent",
  [ROSTER_UNEXPECTED_RELATION] = "unexpected-relationship",
  [ROSTER_DUPLICATE_PERSON] = "duplicate-person",
  [ROSTER_TOO_LONG] = "too-long",
  [ROSTER_CONTROL_CHARACTER] = "control-character",
  [ROSTER_PRIVATE_CHARACTER] = "private-character",
  [ROSTER_LOST_CHARACTER] = "lost-character",
  [ROSTER_FORMULA] = "formula",
  [ROSTER_KIND_CHANGED] = "kind-changed",
  [ROSTER_OUT_OF_SCOPE] = "out-of-scope",
};
G_STATIC_ASSERT (G_N_ELEMENTS (what_names) == ROSTER_N_WHATS);

/* Shown as the column of a mistake when the file has no such column. */
static const char *const field_names[ROSTER_N_FIELDS] = {
  [ROSTER_FIELD_CODE] = "社員番号",       [ROSTER_FIELD_NAME] = "氏名",
  [ROSTER_FIELD_KANA] = "フリガナ",       [ROSTER_FIELD_BIRTH_DATE] = "生年月日",
  [ROSTER_FIELD_DEPARTMENT] = "部署",     [ROSTER_FIELD_KIND] = "区分",
  [ROSTER_FIELD_RELATIONSHIP] = "続柄",   [ROSTER_FIELD_PARENT_CODE] = "本人社員番号",
  [ROSTER_FIELD_LEFT] = "退職日",         [ROSTER_FIELD_JOINED] = "入社日",
  [ROSTER_FIELD_EMPLOYMENT] = "雇用形態", [ROSTER_FIELD_PENSION] = "第3号被保険者",
};

typedef struct
{
  RosterKnowsFunc knows_cb;
  gpointer data;
  const GDate *today;

  /* the header: which column holds a field (-1: none), and what it is called there */
  guint n_columns;
  int column_of[ROSTER_N_FIELDS];
  const char *name_of[ROSTER_N_FIELDS];

  /* owned */
  GPtrArray *people;
  GHashTable *codes;    /* code (borrowed from people) -> RosterPerson (borrowed) */
  GHashTable *nameless; /* what stands for a person without a code (owned) */
  RosterReport *report;
} Parser;

static void
wipe (char *text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
person_free (RosterPerson *self)
{
  wipe (self->code);
  wipe (self->name);
  wipe (self->kana);
  wipe (self->birth_date);
  wipe (self->department);
  wipe (self->parent_code);
  wipe (self->relationship);
  wipe (self->left);
  wipe (self->joined);
  wipe (self->employment);
  wipe (self->pension);
  g_free (self);
}

static void
add_mistake (Parser *self, guint row, const char *column, RosterWhat what)
{
  roster_report_add (self->report, row, column, what);
}

static void
add_field_mistake (Parser *self, guint row, RosterField field, RosterWhat what)
{
  add_mistake (self, row, self->name_of[field], what);
}

/* (transfer full): the file's text, or %NULL with a mistake noted. The caller wipes it. */
static char *
decode (Parser *self, const guint8 *bytes, gsize n_bytes, RosterEncoding encoding, gsize *ret_n_text)
{
  Charset found;
  Charset wanted;
  char *text = NULL;

  if (n_bytes > ROSTER_MAX_BYTES)
    {
      add_mistake (self, 0, "", ROSTER_TOO_BIG);
      return NULL;
    }
  found = charset_detect (bytes, n_bytes);
  self->report->encoding = charset_get_name (found);
  if (found == CHARSET_UTF16 || found == CHARSET_BINARY)
    {
      add_mistake (self, 0, "", found == CHARSET_UTF16 ? ROSTER_ENCODING_UTF16 : ROSTER_NOT_TEXT);
      return NULL;
    }
  if (encoding == ROSTER_ENCODING_IS_AUTO && found == CHARSET_UNCLEAR)
    {
      add_mistake (self, 0, "", ROSTER_ENCODING_UNCLEAR);
      return NULL;
    }
  wanted = encoding == ROSTER_ENCODING_IS_AUTO    ? found
           : encoding == ROSTER_ENCODING_IS_CP932 ? CHARSET_CP932
           : found == CHARSET_UTF8_BOM            ? CHARSET_UTF8_BOM
                                                  : CHARSET_UTF8;
  if (wanted != CHARSET_UNKNOWN)
    text = charset_decode (wanted, bytes, n_bytes, ret_n_text, NULL);
  if (text == NULL)
    add_mistake (self, 0, "", ROSTER_ENCODING);
  else
    self->report->encoding = charset_get_name (wanted);
  return text;
}

static void
add_csv_mistake (Parser *self, const CsvReader *reader)
{
  static const RosterWhat whats[] = {
    [CSV_TOO_BIG] = ROSTER_TOO_BIG,
    [CSV_TOO_MANY_ROWS] = ROSTER_TOO_MANY_ROWS,
    [CSV_TOO_MANY_FIELDS] = ROSTER_TOO_MANY_COLUMNS,
    [CSV_FIELD_TOO_LONG] = ROSTER_CELL_TOO_LONG,
    [CSV_ZERO_BYTE] = ROSTER_NOT_TEXT,
    [CSV_LONE_CR] = ROSTER_LONE_CR,
    [CSV_STRAY_QUOTE] = ROSTER_STRAY_QUOTE,
    [CSV_UNCLOSED_QUOTE] = ROSTER_UNCLOSED_QUOTE,
  };

  add_mistake (self, csv_reader_get_row (reader), "", whats[csv_reader_get_mistake (reader)]);
}

static gboolean
is_blank (const CsvReader *reader)
{
  for (guint i = 0; i < csv_reader_get_n_fields (reader); i++)
    for (const char *at = csv_reader_get_field (reader, i); *at != '\0'; at = g_utf8_next_char (at))
      if (!g_unichar_isspace (g_utf8_get_char (at)))
        return FALSE;
  return TRUE;
}

/* %FALSE when the rows must not be looked at. */
static gboolean
read_header (Parser *self, const CsvReader *reader)
{
  const guint row = csv_reader_get_row (reader);
  guint n_known = 0;

  self->n_columns = csv_reader_get_n_fields (reader);
  for (guint i = 0; i < self->n_columns; i++)
    {
      const char *name;
      RosterField field = roster_field_from_header (csv_reader_get_field (reader, i), &name);

      if (field == ROSTER_FIELD_NONE)
        self->report->n_ignored_columns++;
      else if (field == ROSTER_FIELD_NUMBER)
        add_mistake (self, row, name, ROSTER_HAS_NUMBERS);
      else if (self->column_of[field] >= 0)
        add_mistake (self, row, name, ROSTER_DUPLICATE_COLUMN);
      else
        {
          self->column_of[field] = (int) i;
          self->name_of[field] = name;
          n_known++;
        }
    }
  if (n_known == 0 && self->report->mistakes->len == 0)
    add_mistake (self, row, "", ROSTER_NO_HEADER);
  else if (self->column_of[ROSTER_FIELD_NAME] < 0)
    add_field_mistake (self, row, ROSTER_FIELD_NAME, ROSTER_MISSING_COLUMN);
  return self->report->mistakes->len == 0;
}

/* (transfer full): the cell without spaces at its ends, "" without such a column. */
static char *
dup_cell (const Parser *self, const CsvReader *reader, RosterField field)
{
  const char *start;
  const char *end;

  if (self->column_of[field] < 0)
    return g_strdup ("");
  start = csv_reader_get_field (reader, (guint) self->column_of[field]);
  end = start + strlen (start);
  for (; *start != '\0'; start = g_utf8_next_char (start))
    if (g_utf8_get_char (start) != ' ' && g_utf8_get_char (start) != 0x3000)
      break;
  while (end > start)
    {
      const char *last = g_utf8_prev_char (end);

      if (g_utf8_get_char (last) != ' ' && g_utf8_get_char (last) != 0x3000)
        break;
      end = last;
    }
  return g_strndup (start, (gsize) (end - start));
}

/* Twelve digits, also full-width, also in groups: somebody's number where a name belongs. */
static gboolean
holds_number (const char *text)
{
  guint n_digits = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isdigit (c))
        n_digits++;
      else if (c != ' ' && c != '-' && c != 0x3000 && c != 0xff0d)
        n_digits = 0;
      if (n_digits == NUMBER_DIGITS)
        return TRUE;
    }
  return FALSE;
}

/* Control, format (zero-width, direction marks), line and paragraph separators, not assigned ones. Variation selectors are marks
 * and belong to names. */
static gboolean
is_control (gunichar c)
{
  const GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR
         || type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_SURROGATE
         || (type == G_UNICODE_UNASSIGNED && ((c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef)));
}

/* What every text must be: %FALSE with the first thing that is wrong. */
static gboolean
is_text (const char *text, glong max_chars, RosterWhat *ret_what)
{
  glong n_chars = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at), n_chars++)
    {
      gunichar c = g_utf8_get_char (at);

      if (is_control (c))
        *ret_what = ROSTER_CONTROL_CHARACTER;
      else if (g_unichar_type (c) == G_UNICODE_PRIVATE_USE)
        *ret_what = ROSTER_PRIVATE_CHARACTER;
      else if (c == '?' || c == 0x3013 || c == 0xfffd)
        *ret_what = ROSTER_LOST_CHARACTER;
      else
        continue;
      return FALSE;
    }
  if (n_chars > max_chars)
    *ret_what = ROSTER_TOO_LONG;
  else if (csv_is_formula (text))
    *ret_what = ROSTER_FORMULA;
  else if (holds_number (text))
    *ret_what = ROSTER_HAS_NUMBERS;
  else
    return TRUE;
  return FALSE;
}

static gboolean
is_code (const char *code, RosterWhat *ret_what)
{
  if (strlen (code) > MAX_CODE_CHARS)
    {
      *ret_what = ROSTER_TOO_LONG;
      return FALSE;
    }
  for (const char *at = code; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && (at == code || strchr ("-_./", *at) == NULL))
      {
        *ret_what = csv_is_formula (code) ? ROSTER_FORMULA : ROSTER_BAD_CODE;
        return FALSE;
      }
  return TRUE;
}

static void
check_text (Parser *self, guint row, RosterField field, const char *text, glong max_chars)
{
  RosterWhat what;

  if (!is_text (text, max_chars, &what))
    add_field_mistake (self, row, field, what);
}

static void
check_code (Parser *self, guint row, RosterField field, const char *code)
{
  RosterWhat what;

  if (!is_code (code, &what))
    add_field_mistake (self, row, field, what);
}

static void
read_kind (Parser *self, const CsvReader *reader, RosterPerson *person)
{
  g_autofree char *cell = dup_cell (self, reader, ROSTER_FIELD_KIND);

  if (*cell == '\0')
    person->kind = *person->parent_code != '\0' ? ROSTER_DEPENDANT : ROSTER_EMPLOYEE;
  else if (!roster_kind_from_cell (cell, &person->kind))
    {
      add_field_mistake (self, person->row, ROSTER_FIELD_KIND, ROSTER_UNKNOWN_KIND);
      person->kind = *person->parent_code != '\0' ? ROSTER_DEPENDANT : ROSTER_CONTRACTOR;
    }
}

static void
format_iso (const GDate *date, char ret_iso[11])
{
  (void) g_date_strftime (ret_iso, 11, "%Y-%m-%d", date);
}

static void
read_birth_date (Parser *self, const CsvReader *reader, RosterPerson *person)
{
  g_autofree char *cell = dup_cell (self, reader, ROSTER_FIELD_BIRTH_DATE);
  GDate date;

  if (*cell == '\0')
    {
      if (person->kind == ROSTER_EMPLOYEE)
        add_field_mistake (self, person->row, ROSTER_FIELD_BIRTH_DATE, ROSTER_MISSING_BIRTH_DATE);
    }
  else if (!roster_date_parse (cell, &date))
    add_field_mistake (self, person->row, ROSTER_FIELD_BIRTH_DATE, ROSTER_BAD_BIRTH_DATE);
  else if (g_date_compare (&date, self->today) > 0)
    add_field_mistake (self, person->row, ROSTER_FIELD_BIRTH_DATE, ROSTER_FUTURE_BIRTH_DATE);
  else
    {
      char iso[11];

      format_iso (&date, iso);
      g_free (person->birth_date);
      person->birth_date = g_strdup (iso);
    }
}

/* (transfer full): YYYY-MM-DD or ""; @from: the earliest, or "" */
static char *
read_day (Parser *self, const CsvReader *reader, const RosterPerson *person, RosterField field, const char *from,
          RosterWhat what)
{
  g_autofree char *cell = dup_cell (self, reader, field);
  char iso[11] = "";
  GDate date;

  if (*cell != '\0' && roster_date_parse (cell, &date))
    format_iso (&date, iso);
  if ((*cell != '\0' && iso[0] == '\0') || (iso[0] != '\0' && strcmp (iso, from) < 0))
    add_field_mistake (self, person->row, field, what);
  return g_strdup (iso);
}

static void
read_pension (Parser *self, const CsvReader *reader, RosterPerson *person)
{
  g_autofree char *cell = dup_cell (self, reader, ROSTER_FIELD_PENSION);
  const char *pension;

  if (!roster_pension_from_cell (cell, &pension))
    add_field_mistake (self, person->row, ROSTER_FIELD_PENSION, ROSTER_BAD_PENSION);
  else if (g_str_equal (pension, ROSTER_PENSION_CATEGORY_3)
           && (person->kind != ROSTER_DEPENDANT
               || (*person->relationship != '\0' && !roster_is_spouse (person->relationship))))
    add_field_mistake (self, person->row, ROSTER_FIELD_PENSION, ROSTER_UNEXPECTED_PENSION);
  /* Of the others it says nothing. */
  person->pension = g_strdup (person->kind == ROSTER_DEPENDANT ? pension : "");
}

static void
check_family (Parser *self, const RosterPerson *person)
{
  if (person->kind == ROSTER_DEPENDANT)
    {
      if (*person->parent_code == '\0')
        add_field_mistake (self, person->row, ROSTER_FIELD_PARENT_CODE, ROSTER_MISSING_PARENT);
      return;
    }
  if (*person->parent_code != '\0')
    add_field_mistake (self, person->row, ROSTER_FIELD_PARENT_CODE, ROSTER_UNEXPECTED_PARENT);
  if (*person->relationship != '\0' && !g_str_equal (person->relationship, "本人"))
    add_field_mistake (self, person->row, ROSTER_FIELD_RELATIONSHIP, ROSTER_UNEXPECTED_RELATION);
}

/* With a code it must be the only one; without, the name must tell the person apart. */
static void
check_unique (Parser *self, RosterPerson *person)
{
  if (*person->code != '\0')
    {
      if (g_hash_table_contains (self->codes, person->code))
        add_field_mistake (self, person->row, ROSTER_FIELD_CODE, ROSTER_DUPLICATE_CODE);
      else
        g_hash_table_insert (self->codes, person->code, person);
      return;
    }
  if (person->kind != ROSTER_EMPLOYEE && *person->name != '\0'
      && !g_hash_table_add (self->nameless,
                            g_strdup_printf ("%s\n%s\n%s", person->parent_code, person->name, person->birth_date)))
    add_field_mistake (self, person->row, ROSTER_FIELD_NAME, ROSTER_DUPLICATE_PERSON);
}

static void
read_person (Parser *self, const CsvReader *reader)
{
  RosterPerson *person;
  const guint row = csv_reader_get_row (reader);

  self->report->n_rows++;
  if (csv_reader_get_n_fields (reader) != self->n_columns)
    {
      add_mistake (self, row, "", ROSTER_CELL_COUNT);
      return;
    }
  person = g_new0 (RosterPerson, 1);
  g_ptr_array_add (self->people, person);
  person->row = row;
  person->code = dup_cell (self, reader, ROSTER_FIELD_CODE);
  person->name = dup_cell (self, reader, ROSTER_FIELD_NAME);
  person->kana = dup_cell (self, reader, ROSTER_FIELD_KANA);
  person->birth_date = g_strdup ("");
  person->department = dup_cell (self, reader, ROSTER_FIELD_DEPARTMENT);
  person->parent_code = dup_cell (self, reader, ROSTER_FIELD_PARENT_CODE);
  person->relationship = dup_cell (self, reader, ROSTER_FIELD_RELATIONSHIP);
  person->employment = dup_cell (self, reader, ROSTER_FIELD_EMPLOYMENT);

  read_kind (self, reader, person);
  if (*person->code == '\0' && person->kind == ROSTER_EMPLOYEE)
    add_field_mistake (self, row, ROSTER_FIELD_CODE, ROSTER_MISSING_CODE);
  check_code (self, row, ROSTER_FIELD_CODE, person->code);
  if (*person->name == '\0')
    add_field_mistake (self, row, ROSTER_FIELD_NAME, ROSTER_MISSING_NAME);
  check_text (self, row, ROSTER_FIELD_NAME, person->name, MAX_TEXT_CHARS);
  check_text (self, row, ROSTER_FIELD_KANA, person->kana, MAX_TEXT_CHARS);
  read_birth_date (self, reader, person);
  person->joined = read_day (self, reader, person, ROSTER_FIELD_JOINED, person->birth_date, ROSTER_BAD_JOINING_DATE);
  person->left = read_day (self, reader, person, ROSTER_FIELD_LEFT,
                           *person->joined != '\0' ? person->joined : person->birth_date, ROSTER_BAD_LEAVING_DATE);
  read_pension (self, reader, person);
  check_text (self, row, ROSTER_FIELD_DEPARTMENT, person->department, MAX_TEXT_CHARS);
  check_text (self, row, ROSTER_FIELD_RELATIONSHIP, person->relationship, MAX_RELATIONSHIP_CHARS);
  check_text (self, row, ROSTER_FIELD_EMPLOYMENT, person->employment, MAX_RELATIONSHIP_CHARS);
  check_code (self, row, ROSTER_FIELD_PARENT_CODE, person->parent_code);
  check_family (self, person);
  check_unique (self, person);
  if (person->kind != ROSTER_DEPENDANT)
    {
      g_free (person->relationship); /* 本人 says what the kind says already */
      person->relationship = g_strdup ("");
    }
}

/* After all rows: a family may stand above its employee. */
static void
check_parents (Parser *self)
{
  for (guint i = 0; i < self->people->len; i++)
    {
      const RosterPerson *person = g_ptr_array_index (self->people, i);
      const RosterPerson *parent = g_hash_table_lookup (self->codes, person->parent_code);

      if (person->kind != ROSTER_DEPENDANT || *person->parent_code == '\0')
        continue;
      if (parent != NULL ? parent->kind != ROSTER_EMPLOYEE
                         : self->knows_cb == NULL || !self->knows_cb (person->parent_code, self->data))
        add_field_mistake (self, person->row, ROSTER_FIELD_PARENT_CODE, ROSTER_UNKNOWN_PARENT);
    }
}

static void
read_rows (Parser *self, CsvReader *reader)
{
  CsvResult result = csv_reader_next (reader);

  if (result == CSV_END || (result == CSV_ROW && is_blank (reader)))
    add_mistake (self, 0, "", ROSTER_EMPTY);
  else if (result == CSV_REFUSED)
    add_csv_mistake (self, reader);
  else if (read_header (self, reader))
    {
      while ((result = csv_reader_next (reader)) == CSV_ROW)
        if (!is_blank (reader))
          read_person (self, reader);
      if (result == CSV_REFUSED)
        add_csv_mistake (self, reader);
      else if (self->report->n_rows == 0)
        add_mistake (self, 0, "", ROSTER_EMPTY);
      else
        check_parents (self);
    }
}

static int
compare_mistakes_cb (gconstpointer a, gconstpointer b)
{
  const RosterMistake *left = a;
  const RosterMistake *right = b;

  return left->row < right->row ? -1 : left->row > right->row;
}

const char *
roster_what_get_name (RosterWhat what)
{
  g_return_val_if_fail (what < ROSTER_N_WHATS, NULL);

  return what_names[what];
}

gboolean
roster_encoding_from_name (const char *name, RosterEncoding *ret_encoding)
{
  if (name == NULL || *name == '\0' || g_str_equal (name, "auto"))
    *ret_encoding = ROSTER_ENCODING_IS_AUTO;
  else if (g_str_equal (name, "utf8"))
    *ret_encoding = ROSTER_ENCODING_IS_UTF8;
  else if (g_str_equal (name, "cp932"))
    *ret_encoding = ROSTER_ENCODING_IS_CP932;
  else
    return FALSE;
  return TRUE;
}

void
roster_report_add (RosterReport *self, guint row, const char *column, RosterWhat what)
{
  const RosterMistake mistake = { row, column, what };

  if (self->mistakes->len == ROSTER_MAX_MISTAKES)
    self->more_mistakes = TRUE;
  else
    g_array_append_val (self->mistakes, mistake);
}

gboolean
roster_report_has (const RosterReport *self, RosterWhat what)
{
  for (guint i = 0; i < self->mistakes->len; i++)
    if (g_array_index (self->mistakes, RosterMistake, i).what == what)
      return TRUE;
  return FALSE;
}

void
roster_report_free (RosterReport *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->mistakes);
  g_free (self);
}

gboolean
roster_parse (const guint8 *bytes, gsize n_bytes, RosterEncoding encoding, RosterKnowsFunc knows_cb, gpointer data,
              const GDate *today, GPtrArray **ret_people, RosterReport **ret_report)
{
  /* One more row than people for the header; blank lines count, but nobody has as many. */
  static const CsvLimits limits = { ROSTER_MAX_BYTES * 3, ROSTER_MAX_PEOPLE + 1, ROSTER_MAX_COLUMNS, MAX_CELL_BYTES };
  Parser self = { .knows_cb = knows_cb, .data = data, .today = today };
  gsize n_text = 0;
  char *text;
  gboolean ok;

  g_return_val_if_fail (bytes != NULL || n_bytes == 0, FALSE);
  g_return_val_if_fail (today != NULL && g_date_valid (today), FALSE);

  for (guint i = 0; i < ROSTER_N_FIELDS; i++)
    {
      self.column_of[i] = -1;
      self.name_of[i] = field_names[i];
    }
  self.people = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);
  self.codes = g_hash_table_new (g_str_hash, g_str_equal);
  self.nameless = g_hash_table_new_full (g_str_hash, g_str_equal, (GDestroyNotify) wipe, NULL);
  self.report = g_new0 (RosterReport, 1);
  self.report->encoding = charset_get_name (CHARSET_UNKNOWN);
  self.report->mistakes = g_array_new (FALSE, FALSE, sizeof (RosterMistake));

  text = decode (&self, bytes, n_bytes, encoding, &n_text);
  if (text != NULL)
    {
      g_autoptr (CsvReader) reader = csv_reader_new (text, n_text, &limits);

      read_rows (&self, reader);
      explicit_bzero (text, n_text);
      g_free (text);
    }
  /* Parents are checked last; g_array_sort () keeps the order within a row. */
  g_array_sort (self.report->mistakes, compare_mistakes_cb);
  ok = self.report->mistakes->len == 0;
  *ret_report = self.report;
  *ret_people = ok ? g_ptr_array_ref (self.people) : NULL;
  g_hash_table_unref (self.codes);
  g_hash_table_unref (self.nameless);
  g_ptr_array_unref (self.people);
  return ok;
}

gboolean
roster_text_is_valid (const char *text)
{
  RosterWhat what;

  return g_utf8_validate (text, -1, NULL) && is_text (text, MAX_TEXT_CHARS, &what);
}

gboolean
roster_code_is_valid (const char *code)
{
  RosterWhat what;

  return *code != '\0' && is_code (code, &what);
}

gboolean
roster_date_to_iso (const char *text, char ret_iso[11])
{
  GDate date;

  if (!g_utf8_validate (text, -1, NULL) || !roster_date_parse (text, &date))
    return FALSE;
  format_iso (&date, ret_iso);
  return TRUE;
}
