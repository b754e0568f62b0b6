/* SPDX-License-Identifier: Apache-2.0 */
/* template: names of columns into a format file, and the file tried at once. */
#include "template.h"

#include <string.h>

#include "custody-error.h"
#include "merge-private.h"
#include "roster.h"

#define NUMBER_DIGITS FORMAT_NUMBER_DIGITS

static const char *const why_names[] = {
  [TEMPLATE_ENCODING] = "encoding", [TEMPLATE_UNCLEAR] = "encoding-unclear",
  [TEMPLATE_TOO_BIG] = "too-big",   [TEMPLATE_NO_NAMES] = "no-header",
  [TEMPLATE_QUOTE] = "quote",       [TEMPLATE_NUMBER] = "number",
  [TEMPLATE_MISSING] = "missing",   [TEMPLATE_AMBIGUOUS] = "ambiguous",
  [TEMPLATE_LETTERS] = "letters",   [TEMPLATE_TWICE] = "twice",
};
G_STATIC_ASSERT (G_N_ELEMENTS (why_names) == TEMPLATE_N_WHYS);

/* The keys of [match], and what callers call them. */
static const struct
{
  FormatBy field;
  const char *name;
  const char *key;
  const char *prefix;
} fields[] = {
  { FORMAT_BY_CODE, "code", "code", "header:" },
  { FORMAT_BY_EMPLOYEE_CODE, "employee-code", "employee_code", "header:" },
  { FORMAT_BY_NAME, "name", "name", "header:" },
  { FORMAT_BY_KANA, "kana", "kana", "header:" },
  { FORMAT_BY_BIRTH, "birth", "birth", "date:header:" },
};

const char *
template_why_get_name (TemplateWhy why)
{
  g_return_val_if_fail (why < TEMPLATE_N_WHYS, NULL);

  return why_names[why];
}

void
template_issue_free (TemplateIssue *self)
{
  if (self == NULL)
    return;
  g_free (self->header);
  g_free (self);
}

void
template_header_free (TemplateHeader *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->issues, g_ptr_array_unref);
  g_free (self);
}

gboolean
template_by_from_name (const char *name, FormatBy *ret_by)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (fields[i].name, name) == 0)
      {
        *ret_by = fields[i].field;
        return TRUE;
      }
  return FALSE;
}

static gboolean
refuse (const char *message, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "a format of one's own: %s", message);
  return FALSE;
}

static void
add_issue (GPtrArray *issues, TemplateWhy why, const char *header)
{
  TemplateIssue *issue = g_new0 (TemplateIssue, 1);

  issue->why = why;
  issue->header = g_strdup (header);
  g_ptr_array_add (issues, issue);
}

/* Full-width or not, in groups or not: a header never has so many, and a number is never kept or told as one. */
static gboolean
has_number (const char *text)
{
  g_autofree char *folded = merge_fold_text (text);
  guint n_digits = 0;

  for (const char *at = folded; *at != '\0' && n_digits < NUMBER_DIGITS; at++)
    if (g_ascii_isdigit (*at))
      n_digits++;
    else if (*at != '-')
      n_digits = 0;
  return n_digits >= NUMBER_DIGITS;
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

/* What is the matter, or TEMPLATE_N_WHYS. */
static TemplateWhy
find_charset (const Secret *file, const char *encoding, Charset *ret_charset)
{
  gsize n_bytes;
  const guint8 *bytes = secret_get_data (file, &n_bytes);
  const Charset found = charset_detect (bytes, n_bytes);

  if (found == CHARSET_CP932 || (found == CHARSET_UNCLEAR && g_str_equal (encoding, "cp932")))
    *ret_charset = CHARSET_CP932;
  else if (found == CHARSET_UTF8 || found == CHARSET_UTF8_BOM || (found == CHARSET_UNCLEAR && *encoding != '\0'))
    *ret_charset = CHARSET_UTF8;
  else
    return found == CHARSET_UNCLEAR ? TEMPLATE_UNCLEAR : TEMPLATE_ENCODING;
  if (*encoding == '\0' || g_str_equal (encoding, charset_get_name (*ret_charset)))
    return TEMPLATE_N_WHYS;
  /* ASCII alone is as good in either. */
  for (gsize i = 0; i < n_bytes; i++)
    if (bytes[i] >= 0x80)
      return TEMPLATE_ENCODING;
  *ret_charset = CHARSET_CP932;
  return TEMPLATE_N_WHYS;
}

static TemplateWhy
check_names (const GPtrArray *names)
{
  guint n_named = 0;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      if (has_number (name))
        return TEMPLATE_NUMBER;
      n_named += *name != '\0';
    }
  return n_named < 2 || names->len > FORMAT_MAX_COLUMNS ? TEMPLATE_NO_NAMES : TEMPLATE_N_WHYS;
}

static TemplateWhy
read_names (const Secret *file, Charset charset, GPtrArray **ret_names)
{
  MergeWhy why;
  g_autoptr (GPtrArray) names = merge_dup_header (charset, file, &why);
  TemplateWhy wrong;

  if (names == NULL)
    return why == MERGE_TOO_BIG ? TEMPLATE_TOO_BIG : why == MERGE_NO_ROWS ? TEMPLATE_NO_NAMES : TEMPLATE_QUOTE;
  wrong = check_names (names);
  if (wrong == TEMPLATE_N_WHYS)
    *ret_names = g_steal_pointer (&names);
  return wrong;
}

TemplateHeader *
template_look (const Secret *file, const char *encoding, GError **error)
{
  g_autoptr (TemplateHeader) self = g_new0 (TemplateHeader, 1);
  TemplateWhy why = TEMPLATE_TOO_BIG;

  if (*encoding != '\0' && !g_str_equal (encoding, "utf8") && !g_str_equal (encoding, "cp932"))
    {
      refuse ("the encoding is utf8 or cp932", error);
      return NULL;
    }
  self->charset = CHARSET_UTF8;
  self->issues = g_ptr_array_new_with_free_func ((GDestroyNotify) template_issue_free);
  if (secret_get_size (file) <= MERGE_MAX_BYTES)
    why = find_charset (file, encoding, &self->charset);
  if (why == TEMPLATE_N_WHYS)
    why = read_names (file, self->charset, &self->names);
  if (why != TEMPLATE_N_WHYS)
    add_issue (self->issues, why, "");
  if (self->names == NULL)
    self->names = g_ptr_array_new_with_free_func (g_free);
  return g_steal_pointer (&self);
}

/* --- what was chosen ------------------------------------------------------------------------------------------------- */

static guint
bits_of (const Template *self)
{
  guint bits = 0;

  for (guint i = 0; i < self->by->len; i++)
    bits |= g_array_index (self->by, TemplateBy, i).field;
  return bits;
}

gboolean
template_check (const Template *self, GError **error)
{
  const guint bits = bits_of (self);
  const guint names = FORMAT_BY_NAME | FORMAT_BY_KANA;

  if (*self->title == '\0' || !roster_text_is_valid (self->title)
      || g_utf8_strlen (self->title, -1) > TEMPLATE_MAX_TITLE || has_number (self->title))
    return refuse ("a title of one line is needed, without a number", error);
  if (self->numbers->len == 0 || self->numbers->len > FORMAT_MAX_NUMBERS)
    return refuse ("a column for numbers is needed, at most " G_STRINGIFY (FORMAT_MAX_NUMBERS), error);
  if (self->by->len > G_N_ELEMENTS (fields) || (guint) __builtin_popcount (bits) != self->by->len)
    return refuse ("one column for each thing by which a person is found", error);
  if ((bits & (FORMAT_BY_CODE | names)) == 0)
    return refuse ("a person is found by a code, by a name, or by both", error);
  if ((bits & FORMAT_BY_CODE) != 0 && (bits & FORMAT_BY_EMPLOYEE_CODE) != 0)
    return refuse ("rows are about employees by their code, or about family members by the employee's", error);
  return TRUE;
}

/* What a value of the key file can hold between the marks that have a meaning there. */
static gboolean
fits_format (const char *header)
{
  if (*header == '\0' || strlen (header) > TEMPLATE_MAX_HEADER_BYTES || !g_utf8_validate (header, -1, NULL)
      || strpbrk (header, "|,") != NULL)
    return FALSE;
  for (const char *at = header; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

static void
check_header (const TemplateHeader *header, const char *name, GHashTable *chosen, GPtrArray *issues)
{
  guint n_columns = 0;

  for (guint i = 0; i < header->names->len; i++)
    n_columns += g_str_equal (g_ptr_array_index (header->names, i), name);
  if (n_columns == 0 || *name == '\0')
    add_issue (issues, TEMPLATE_MISSING, has_number (name) ? "" : name);
  else if (n_columns > 1)
    add_issue (issues, TEMPLATE_AMBIGUOUS, name);
  else if (!fits_format (name))
    add_issue (issues, TEMPLATE_LETTERS, name);
  else if (!g_hash_table_add (chosen, (gpointer) name))
    add_issue (issues, TEMPLATE_TWICE, name);
}

static GPtrArray *
find_issues (const Template *self, const TemplateHeader *header)
{
  g_autoptr (GHashTable) chosen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *issues = g_ptr_array_new_with_free_func ((GDestroyNotify) template_issue_free);

  for (guint i = 0; i < self->numbers->len; i++)
    {
      const TemplateNumber *number = &g_array_index (self->numbers, TemplateNumber, i);

      check_header (header, number->header, chosen, issues);
      if (*number->name != '\0')
        check_header (header, number->name, chosen, issues);
    }
  for (guint i = 0; i < self->by->len; i++)
    check_header (header, g_array_index (self->by, TemplateBy, i).header, chosen, issues);
  return issues;
}

/* --- the format ------------------------------------------------------------------------------------------------------ */

/* A code is one person's; without it all that was chosen is needed to tell people apart. */
static char *
dup_way (const Template *self)
{
  const guint bits = bits_of (self);
  g_autoptr (GString) way = g_string_new (NULL);

  if ((bits & FORMAT_BY_CODE) != 0)
    return g_strdup ("code");
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if ((bits & fields[i].field) != 0)
      g_string_append_printf (way, "%s%s", way->len > 0 ? "+" : "", fields[i].key);
  return g_string_free (g_steal_pointer (&way), FALSE);
}

static void
set_match (GKeyFile *file, const Template *self)
{
  g_autofree char *way = dup_way (self);

  g_key_file_set_string (file, "match", "by", way);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *place = g_strdup ("");

      for (guint k = 0; k < self->by->len; k++)
        {
          const TemplateBy *by = &g_array_index (self->by, TemplateBy, k);

          if (by->field != fields[i].field)
            continue;
          g_free (place);
          place = g_strconcat (fields[i].prefix, by->header, NULL);
        }
      g_key_file_set_string (file, "match", fields[i].key, place);
    }
}

static void
set_numbers (GKeyFile *file, const Template *self)
{
  for (guint i = 0; i < self->numbers->len; i++)
    {
      const TemplateNumber *number = &g_array_index (self->numbers, TemplateNumber, i);
      g_autofree char *key = g_strdup_printf ("%u", i + 1);
      g_autofree char *value =
          *number->name != '\0' ? g_strdup_printf ("header:%s|dependant|name:header:%s", number->header, number->name)
                                : g_strdup_printf ("header:%s|self", number->header);

      g_key_file_set_string (file, "numbers", key, value);
    }
}

static char *
dup_text (const Template *self, const TemplateHeader *header)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  const gboolean families = (bits_of (self) & FORMAT_BY_EMPLOYEE_CODE) != 0;
  const struct
  {
    const char *group, *key, *value;
  } values[] = {
    { "format", "id", self->id },
    { "format", "mode", "merge" },
    { "format", "title", self->title },
    { "format", "title[ja]", self->title },
    { "format", "source", "the header of a file" },
    { "format", "certainty", TEMPLATE_CERTAINTY },
    { "format", "verified", self->verified },
    { "format", "verified[ja]", self->verified_ja },
    { "format", "kinds", families ? "employee;contractor;dependant" : "employee;contractor" },
    { "file", "encoding", charset_get_name (header->charset) },
    { "file", "quote", "minimal" },
    { "file", "begin", "first" },
    { "file", "header", "yes" },
    { "file", "rows", "all" },
    { "file", "columns", "as-header" },
    { "file", "pad", "none" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_key_file_set_string (file, values[i].group, values[i].key, values[i].value);
  set_match (file, self);
  set_numbers (file, self);
  return g_key_file_to_data (file, NULL, NULL);
}

/* Does merge_plan () find every column in the file that it was made from? */
static gboolean
fits_file (const Format *format, const Secret *file, GError **error)
{
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
  g_autoptr (Merge) merge = merge_plan (format, file, nobody, NULL, 0, error);
  const GPtrArray *issues = merge != NULL ? merge_get_issues (merge) : NULL;

  if (merge == NULL)
    return FALSE;
  for (guint i = 0; i < issues->len; i++)
    if (((const MergeIssue *) g_ptr_array_index (issues, i))->why == MERGE_HEADER)
      return refuse ("the file's header is not read as it was chosen", error);
  return TRUE;
}

Format *
template_make (const Template *self, const TemplateHeader *header, const Secret *file, char **ret_text,
               GPtrArray **ret_issues, GError **error)
{
  g_autoptr (GPtrArray) issues = NULL;
  g_autoptr (Format) format = NULL;
  g_autofree char *text = NULL;

  if (!template_check (self, error))
    return NULL;
  *ret_text = NULL;
  issues = find_issues (self, header);
  if (header->issues->len > 0 || issues->len > 0)
    {
      *ret_issues = g_ptr_array_ref (header->issues->len > 0 ? header->issues : issues);
      return NULL;
    }
  text = dup_text (self, header);
  format = format_parse (text, strlen (text), error);
  if (format == NULL || !fits_file (format, file, error))
    return NULL;
  *ret_issues = g_steal_pointer (&issues);
  *ret_text = g_steal_pointer (&text);
  return g_steal_pointer (&format);
}
