/* SPDX-License-Identifier: Apache-2.0 */
/* merge-match: people by what somebody else's file says of them. */
#include "merge-private.h"

#include <string.h>

#include "roster.h"

/* One person, folded as a row is. */
typedef struct
{
  const MergePerson *person; /* borrowed */
  MergeWhom whom;
} Known;

struct _MergeFinder
{
  const Format *format;
  GPtrArray *known;                  /* of Known: everybody */
  GHashTable *by_id;                 /* person id -> Known */
  GHashTable *by_parent;             /* employee's id -> GPtrArray of Known */
  GHashTable *ways[FORMAT_MAX_WAYS]; /* what a row says -> Known, or several_known for more than one */
};

/* In the place of a Known, where several are alike. */
static Known several_known;

/* --- folding --------------------------------------------------------------------------------------------------------- */

static char *
fold (const char *text, gboolean kana)
{
  g_autofree char *composed = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  GString *folded = g_string_new (NULL);

  for (const char *at = composed != NULL ? composed : ""; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isspace (c) || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef))
        continue;
      if (kana && c >= 0x3041 && c <= 0x3096)
        c += 0x30a1 - 0x3041;
      g_string_append_unichar (folded, c);
    }
  return g_string_free (folded, FALSE);
}

char *
merge_fold_text (const char *text)
{
  return fold (text, FALSE);
}

char *
merge_fold_kana (const char *text)
{
  return fold (text, TRUE);
}

/* The letters of roster_date_parse () for an agency's digits. */
static char
era_of (FormatBirth how, const char *digit)
{
  static const char *const nta = " stmhr";
  static const char *const nenkin = " m t s h r";
  const char *letters = how == FORMAT_BIRTH_NTA ? nta : nenkin;

  if (!g_ascii_isdigit (digit[0]) || digit[1] != '\0' || (gsize) g_ascii_digit_value (digit[0]) >= strlen (letters))
    return ' ';
  return letters[g_ascii_digit_value (digit[0])];
}

static gboolean
are_digits (const char *text, guint min, guint max)
{
  const gsize n = strlen (text);

  return n >= min && n <= max && strspn (text, "0123456789") == n;
}

char *
merge_fold_birth (FormatBirth how, char *const *parts)
{
  static const guint n_parts[] = {
    [FORMAT_BIRTH_NONE] = 0, [FORMAT_BIRTH_DATE_TEXT] = 1, [FORMAT_BIRTH_NTA] = 4, [FORMAT_BIRTH_NENKIN] = 2
  };
  g_autofree char *text = NULL;
  gboolean is_empty = TRUE;
  GDate date;

  for (guint i = 0; i < n_parts[how]; i++)
    is_empty = is_empty && *parts[i] == '\0';
  if (is_empty)
    return g_strdup ("");
  if (how == FORMAT_BIRTH_DATE_TEXT)
    text = g_strdup (parts[0]);
  else if (how == FORMAT_BIRTH_NTA)
    {
      if (era_of (how, parts[0]) == ' ' || !are_digits (parts[1], 1, 2) || !are_digits (parts[2], 1, 2)
          || !are_digits (parts[3], 1, 2))
        return g_strdup ("?");
      text = g_strdup_printf ("%c%s.%s.%s", era_of (how, parts[0]), parts[1], parts[2], parts[3]);
    }
  else
    {
      if (era_of (how, parts[0]) == ' ' || !are_digits (parts[1], 6, 6))
        return g_strdup ("?");
      text = g_strdup_printf ("%c%.2s.%.2s.%.2s", era_of (how, parts[0]), parts[1], parts[1] + 2, parts[1] + 4);
    }
  if (!roster_date_parse (text, &date))
    return g_strdup ("?");
  return g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date));
}

void
merge_whom_clear (MergeWhom *self)
{
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->employee_code, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->kana, g_free);
  g_clear_pointer (&self->birth, g_free);
}

/* --- finding --------------------------------------------------------------------------------------------------------- */

static void
known_free (Known *self)
{
  merge_whom_clear (&self->whom);
  g_free (self);
}

static const char *
text_or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static Known *
known_new (const MergePerson *person)
{
  const gboolean dependant = g_strcmp0 (person->kind, "dependant") == 0;
  Known *self = g_new0 (Known, 1);

  self->person = person;
  self->whom.code = merge_fold_text (text_or_empty (person->code));
  self->whom.employee_code = merge_fold_text (text_or_empty (dependant ? person->parent_code : person->code));
  self->whom.name = merge_fold_text (text_or_empty (person->name));
  self->whom.kana = merge_fold_kana (text_or_empty (person->kana));
  self->whom.birth = g_strdup (text_or_empty (person->birth_date));
  return self;
}

static const char *
field_of (const MergeWhom *whom, FormatBy bit)
{
  switch (bit)
    {
    case FORMAT_BY_CODE:
      return whom->code;
    case FORMAT_BY_EMPLOYEE_CODE:
      return whom->employee_code;
    case FORMAT_BY_NAME:
      return whom->name;
    case FORMAT_BY_KANA:
      return whom->kana;
    case FORMAT_BY_BIRTH:
      return whom->birth;
    }
  return NULL;
}

/* (transfer full): the fields of one way in one text, or %NULL when one is missing: then this way finds nobody. */
static char *
key_of (const MergeWhom *whom, FormatBy way)
{
  g_autoptr (GString) key = g_string_new (NULL);

  for (guint bit = FORMAT_BY_CODE; bit <= FORMAT_BY_BIRTH; bit <<= 1)
    {
      const char *field = (way & bit) != 0 ? field_of (whom, (FormatBy) bit) : NULL;

      if ((way & bit) == 0)
        continue;
      if (field == NULL || *field == '\0')
        return NULL;
      g_string_append (key, field);
      g_string_append_c (key, '\n');
    }
  return g_string_free (g_steal_pointer (&key), FALSE);
}

static void
enter (GHashTable *way, char *key, Known *known)
{
  if (key == NULL)
    return;
  if (g_hash_table_contains (way, key))
    known = &several_known;
  g_hash_table_replace (way, key, known);
}

MergeFinder *
merge_finder_new (const Format *format, const GPtrArray *people)
{
  MergeFinder *self = g_new0 (MergeFinder, 1);

  self->format = format;
  self->known = g_ptr_array_new_with_free_func ((GDestroyNotify) known_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_parent = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  for (guint w = 0; w < format->merge->n_ways; w++)
    self->ways[w] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < people->len; i++)
    {
      Known *known = known_new (g_ptr_array_index (people, i));
      const char *parent = text_or_empty (known->person->parent);

      g_ptr_array_add (self->known, known);
      g_hash_table_insert (self->by_id, (gpointer) known->person->person, known);
      if (*parent != '\0')
        {
          GPtrArray *family = g_hash_table_lookup (self->by_parent, parent);

          if (family == NULL)
            {
              family = g_ptr_array_new ();
              g_hash_table_insert (self->by_parent, (gpointer) parent, family);
            }
          g_ptr_array_add (family, known);
        }
      for (guint w = 0; w < format->merge->n_ways && format_has_kind (format, known->person->kind); w++)
        enter (self->ways[w], key_of (&known->whom, format->merge->ways[w]), known);
    }
  return self;
}

void
merge_finder_free (MergeFinder *self)
{
  if (self == NULL)
    return;
  for (guint w = 0; w < FORMAT_MAX_WAYS; w++)
    g_clear_pointer (&self->ways[w], g_hash_table_unref);
  g_hash_table_unref (self->by_parent);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->known);
  g_free (self);
}

/* Does the row say something of them that the roster says otherwise? Where one of both says nothing, they agree. */
static gboolean
contradicts (const MergeWhom *row, const MergeWhom *known)
{
  for (guint bit = FORMAT_BY_CODE; bit <= FORMAT_BY_BIRTH; bit <<= 1)
    {
      const char *said = field_of (row, (FormatBy) bit);
      const char *is = field_of (known, (FormatBy) bit);

      if (said != NULL && *said != '\0' && *is != '\0' && strcmp (said, is) != 0)
        return TRUE;
    }
  return FALSE;
}

static const MergePerson *
settle (const Known *found, const MergeWhom *whom, MergeWhy *ret_why, const MergePerson **ret_nearest)
{
  *ret_nearest = NULL;
  if (found == NULL || found == &several_known)
    {
      *ret_why = found == NULL ? MERGE_UNKNOWN : MERGE_AMBIGUOUS;
      return NULL;
    }
  if (!contradicts (whom, &found->whom))
    return found->person;
  *ret_why = MERGE_CONTRADICTED;
  *ret_nearest = found->person;
  return NULL;
}

const MergePerson *
merge_finder_find (MergeFinder *self, const MergeWhom *whom, MergeWhy *ret_why, const MergePerson **ret_nearest)
{
  const Known *found = NULL;

  for (guint w = 0; found == NULL && w < self->format->merge->n_ways; w++)
    {
      g_autofree char *key = key_of (whom, self->format->merge->ways[w]);

      found = key != NULL ? g_hash_table_lookup (self->ways[w], key) : NULL;
    }
  return settle (found, whom, ret_why, ret_nearest);
}

/* By name where the row has one, else by kana; of several those whom nothing else in the row contradicts. */
const MergePerson *
merge_finder_find_dependant (MergeFinder *self, const MergePerson *employee, const MergeWhom *whom, MergeWhy *ret_why,
                             const MergePerson **ret_nearest)
{
  const FormatBy by = whom->name != NULL && *whom->name != '\0' ? FORMAT_BY_NAME : FORMAT_BY_KANA;
  const char *said = field_of (whom, by);
  GPtrArray *family = g_hash_table_lookup (self->by_parent, employee->person);
  const Known *agreeing = NULL;
  const Known *alike = NULL;

  for (guint i = 0; said != NULL && *said != '\0' && family != NULL && i < family->len; i++)
    {
      const Known *one = g_ptr_array_index (family, i);

      if (strcmp (said, field_of (&one->whom, by)) != 0)
        continue;
      if (contradicts (whom, &one->whom))
        alike = alike == NULL ? one : &several_known;
      else
        agreeing = agreeing == NULL ? one : &several_known;
    }
  return settle (agreeing != NULL ? agreeing : alike, whom, ret_why, ret_nearest);
}

const MergePerson *
merge_finder_get (MergeFinder *self, const char *person)
{
  const Known *known = g_hash_table_lookup (self->by_id, person);

  return known != NULL ? known->person : NULL;
}
