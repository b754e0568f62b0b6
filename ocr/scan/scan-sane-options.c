/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a SANE device by name. */
#include "scan-sane-private.h"

#include <math.h>
#include <string.h>

/* Larger than any option a scanner has; what claims more is left alone. */
#define MAX_OPTIONS 1000
#define MAX_STRING_BYTES 65536
#define MAX_CHOICES 512

/*
 * Looked up afresh each time. After the device has said RELOAD_OPTIONS the numbers, limits and active bits may all differ, and the net
 * back-end refuses every further control_option until a descriptor has been fetched again.
 */
static SANE_Int
find (SANE_Handle handle, const char *name, const SANE_Option_Descriptor **ret_descriptor)
{
  SANE_Int n = 0;

  (void) sane_get_option_descriptor (handle, 0);
  if (sane_control_option (handle, 0, SANE_ACTION_GET_VALUE, &n, NULL) != SANE_STATUS_GOOD)
    return -1;
  for (SANE_Int i = 1; i < MIN (n, MAX_OPTIONS); i++)
    {
      const SANE_Option_Descriptor *descriptor = sane_get_option_descriptor (handle, i);

      if (descriptor != NULL && descriptor->name != NULL && strcmp (descriptor->name, name) == 0)
        {
          *ret_descriptor = descriptor;
          return i;
        }
    }
  return -1;
}

static gboolean
is_scalar (const SANE_Option_Descriptor *descriptor)
{
  return descriptor->size == sizeof (SANE_Word);
}

static gboolean
has_string_value (const SANE_Option_Descriptor *descriptor)
{
  return descriptor->type == SANE_TYPE_STRING && descriptor->size > 0 && descriptor->size <= MAX_STRING_BYTES;
}

static gboolean
fail (GError **error, const char *name, const char *what)
{
  g_set_error (error, SCAN_ERROR, SCAN_ERROR_BAD_OPTION, "option %s %s", name, what);
  return FALSE;
}

static gboolean
parse_bool (const char *text, SANE_Word *ret_word)
{
  static const char *const yes[] = { "yes", "true", "on", "1", NULL }, *const no[] = { "no", "false", "off", "0",
                                                                                       NULL };

  if (!g_strv_contains (yes, text) && !g_strv_contains (no, text))
    return FALSE;
  *ret_word = g_strv_contains (yes, text) ? SANE_TRUE : SANE_FALSE;
  return TRUE;
}

static gboolean
parse_word (const SANE_Option_Descriptor *descriptor, const char *text, SANE_Word *ret_word)
{
  char *end = NULL;
  double number;

  if (descriptor->type == SANE_TYPE_BOOL)
    return parse_bool (text, ret_word);
  number = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !isfinite (number))
    return FALSE;
  if (descriptor->type == SANE_TYPE_INT)
    {
      if (number != floor (number) || fabs (number) > G_MAXINT32)
        return FALSE;
      *ret_word = (SANE_Word) number;
      return TRUE;
    }
  if (fabs (number) > 32767) /* 16 bits before the point */
    return FALSE;
  *ret_word = SANE_FIX (number);
  return TRUE;
}

static gboolean
string_is_offered (const SANE_Option_Descriptor *descriptor, const char *value)
{
  if (descriptor->constraint_type != SANE_CONSTRAINT_STRING_LIST)
    return FALSE;
  for (const SANE_String_Const *s = descriptor->constraint.string_list; *s != NULL; s++)
    if (strcmp (*s, value) == 0)
      return TRUE;
  return FALSE;
}

gboolean
sane_options_has (SANE_Handle handle, const char *name)
{
  const SANE_Option_Descriptor *descriptor;

  return find (handle, name, &descriptor) > 0 && SANE_OPTION_IS_ACTIVE (descriptor->cap)
         && SANE_OPTION_IS_SETTABLE (descriptor->cap);
}

gboolean
sane_options_offers (SANE_Handle handle, const char *name, const char *value)
{
  const SANE_Option_Descriptor *descriptor;

  return find (handle, name, &descriptor) > 0 && string_is_offered (descriptor, value);
}

gboolean
sane_options_set (SANE_Handle handle, const char *name, const char *value, GError **error)
{
  const SANE_Option_Descriptor *descriptor;
  const SANE_Int number = find (handle, name, &descriptor);
  SANE_Status status;
  SANE_Word word = 0;
  SANE_Int info = 0;

  if (number < 0)
    return fail (error, name, "does not exist");
  if (!SANE_OPTION_IS_ACTIVE (descriptor->cap) || !SANE_OPTION_IS_SETTABLE (descriptor->cap))
    return fail (error, name, "cannot be set now");
  switch (descriptor->type)
    {
    case SANE_TYPE_BOOL:
    case SANE_TYPE_INT:
    case SANE_TYPE_FIXED:
      if (!is_scalar (descriptor))
        return fail (error, name, "takes a table of numbers");
      if (!parse_word (descriptor, value, &word))
        return fail (error, name, "does not take this value");
      status = sane_control_option (handle, number, SANE_ACTION_SET_VALUE, &word, &info);
      break;
    case SANE_TYPE_STRING:
      {
        g_autofree char *buffer = NULL; /* back-ends write back into all of it */

        if (!has_string_value (descriptor) || strlen (value) >= (gsize) descriptor->size
            || (descriptor->constraint_type == SANE_CONSTRAINT_STRING_LIST && !string_is_offered (descriptor, value)))
          return fail (error, name, "does not take this value");
        buffer = g_malloc0 ((gsize) descriptor->size);
        memcpy (buffer, value, strlen (value));
        status = sane_control_option (handle, number, SANE_ACTION_SET_VALUE, buffer, &info);
        break;
      }
    case SANE_TYPE_BUTTON:
      status = sane_control_option (handle, number, SANE_ACTION_SET_VALUE, NULL, &info);
      break;
    case SANE_TYPE_GROUP:
    default:
      return fail (error, name, "cannot be set");
    }
  if (status == SANE_STATUS_INVAL || status == SANE_STATUS_UNSUPPORTED)
    return fail (error, name, "does not take this value");
  if (status != SANE_STATUS_GOOD)
    return scan_sane_set_error (error, status, name);
  return TRUE;
}

gboolean
sane_options_get_number (SANE_Handle handle, const char *name, double *ret_value)
{
  const SANE_Option_Descriptor *descriptor;
  const SANE_Int number = find (handle, name, &descriptor);
  SANE_Word word = 0;

  if (number < 0 || !SANE_OPTION_IS_ACTIVE (descriptor->cap) || !is_scalar (descriptor)
      || (descriptor->type != SANE_TYPE_INT && descriptor->type != SANE_TYPE_FIXED)
      || sane_control_option (handle, number, SANE_ACTION_GET_VALUE, &word, NULL) != SANE_STATUS_GOOD)
    return FALSE;
  *ret_value = descriptor->type == SANE_TYPE_FIXED ? SANE_UNFIX (word) : word;
  return TRUE;
}

static char *
dup_string_value (SANE_Handle handle, SANE_Int number, const SANE_Option_Descriptor *descriptor)
{
  g_autofree char *buffer = NULL;

  if (!has_string_value (descriptor))
    return NULL;
  buffer = g_malloc0 ((gsize) descriptor->size + 1);
  if (sane_control_option (handle, number, SANE_ACTION_GET_VALUE, buffer, NULL) != SANE_STATUS_GOOD)
    return NULL;
  return g_utf8_make_valid (buffer, -1);
}

char *
sane_options_dup_string (SANE_Handle handle, const char *name)
{
  const SANE_Option_Descriptor *descriptor;
  const SANE_Int number = find (handle, name, &descriptor);

  if (number < 0 || !SANE_OPTION_IS_ACTIVE (descriptor->cap))
    return NULL;
  return dup_string_value (handle, number, descriptor);
}

void
sane_options_go_to_limit (SANE_Handle handle, const char *name, gboolean to_end)
{
  const SANE_Option_Descriptor *descriptor;
  const SANE_Int number = find (handle, name, &descriptor);
  SANE_Word word;

  if (number < 0 || !SANE_OPTION_IS_ACTIVE (descriptor->cap) || !SANE_OPTION_IS_SETTABLE (descriptor->cap)
      || !is_scalar (descriptor) || descriptor->constraint_type != SANE_CONSTRAINT_RANGE)
    return;
  word = to_end ? descriptor->constraint.range->max : descriptor->constraint.range->min;
  (void) sane_control_option (handle, number, SANE_ACTION_SET_VALUE, &word, NULL);
}

static double
word_to_double (const SANE_Option_Descriptor *descriptor, SANE_Word word)
{
  return descriptor->type == SANE_TYPE_FIXED ? SANE_UNFIX (word) : word;
}

static char *
word_to_text (const SANE_Option_Descriptor *descriptor, SANE_Word word)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (descriptor->type == SANE_TYPE_BOOL)
    return g_strdup (word ? "yes" : "no");
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.4g", word_to_double (descriptor, word)));
}

static char *
dup_value_text (SANE_Handle handle, SANE_Int number, const SANE_Option_Descriptor *descriptor)
{
  SANE_Word word = 0;

  if (descriptor->type == SANE_TYPE_STRING)
    return dup_string_value (handle, number, descriptor);
  if (descriptor->type == SANE_TYPE_BUTTON || !is_scalar (descriptor)
      || sane_control_option (handle, number, SANE_ACTION_GET_VALUE, &word, NULL) != SANE_STATUS_GOOD)
    return NULL;
  return word_to_text (descriptor, word);
}

static void
describe_constraint (GVariantDict *dict, const SANE_Option_Descriptor *descriptor)
{
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (g_free);

  switch (descriptor->constraint_type)
    {
    case SANE_CONSTRAINT_RANGE:
      g_variant_dict_insert (dict, "min", "d", word_to_double (descriptor, descriptor->constraint.range->min));
      g_variant_dict_insert (dict, "max", "d", word_to_double (descriptor, descriptor->constraint.range->max));
      g_variant_dict_insert (dict, "step", "d", word_to_double (descriptor, descriptor->constraint.range->quant));
      return;
    case SANE_CONSTRAINT_WORD_LIST:
      for (SANE_Word i = 1; i <= MIN (descriptor->constraint.word_list[0], MAX_CHOICES); i++)
        g_ptr_array_add (choices, word_to_text (descriptor, descriptor->constraint.word_list[i]));
      break;
    case SANE_CONSTRAINT_STRING_LIST:
      for (const SANE_String_Const *s = descriptor->constraint.string_list; *s != NULL && choices->len < MAX_CHOICES;
           s++)
        g_ptr_array_add (choices, g_utf8_make_valid (*s, -1));
      break;
    case SANE_CONSTRAINT_NONE:
    default:
      return;
    }
  g_variant_dict_insert_value (dict, "choices",
                               g_variant_new_strv ((const char *const *) choices->pdata, (gssize) choices->len));
}

GVariant *
sane_options_describe (SANE_Handle handle)
{
  static const char *const types[] = { "bool", "int", "fixed", "string", "button" };
  static const char *const units[] = { "", "pixel", "bit", "mm", "dpi", "percent", "microsecond" };
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  SANE_Int n = 0;

  (void) sane_get_option_descriptor (handle, 0);
  if (sane_control_option (handle, 0, SANE_ACTION_GET_VALUE, &n, NULL) != SANE_STATUS_GOOD)
    n = 0;
  for (SANE_Int i = 1; i < MIN (n, MAX_OPTIONS); i++)
    {
      const SANE_Option_Descriptor *descriptor = sane_get_option_descriptor (handle, i);
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
      g_autofree char *name = NULL, *title = NULL, *value = NULL;

      if (descriptor == NULL || descriptor->name == NULL || descriptor->name[0] == '\0'
          || descriptor->type == SANE_TYPE_GROUP || (guint) descriptor->type >= G_N_ELEMENTS (types)
          || !SANE_OPTION_IS_ACTIVE (descriptor->cap))
        continue;
      name = g_utf8_make_valid (descriptor->name, -1);
      title = g_utf8_make_valid (descriptor->title != NULL ? descriptor->title : descriptor->name, -1);
      value = dup_value_text (handle, i, descriptor);
      g_variant_dict_insert (&dict, "name", "s", name);
      g_variant_dict_insert (&dict, "title", "s", title);
      g_variant_dict_insert (&dict, "type", "s", types[descriptor->type]);
      g_variant_dict_insert (&dict, "unit", "s",
                             (guint) descriptor->unit < G_N_ELEMENTS (units) ? units[descriptor->unit] : "");
      g_variant_dict_insert (&dict, "value", "s", value != NULL ? value : "");
      g_variant_dict_insert (&dict, "settable", "b", (gboolean) SANE_OPTION_IS_SETTABLE (descriptor->cap));
      describe_constraint (&dict, descriptor);
      g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
    }
  return g_variant_builder_end (&builder);
}
