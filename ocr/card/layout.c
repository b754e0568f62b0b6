/* SPDX-License-Identifier: Apache-2.0 */
/* layout: what tells one document from another, read from files. */
#include "layout.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card-resources.h"
#include "codes.h"
#include "words.h"

#define DOCUMENT "document"
#define WORDS "words"
#define SUFFIX ".layout"
#define RESOURCE_DIR "/azukari/card/layouts"
#define MAX_WEIGHT 50.0 /* together less than a QR code of the card weighs, see card-kind.c */

/* The documents that the program knows by name, and whether the law lets them prove a number. */
static const struct
{
  const char *code;
  gboolean may_prove;
} documents[] = {
  { FRAMES_DOCUMENT_CARD_BACK, TRUE },
  { FRAMES_DOCUMENT_NOTIFICATION_CARD, TRUE },
  { FRAMES_DOCUMENT_SPECIAL_RESIDENCE_CARD, TRUE },
  { FRAMES_DOCUMENT_CARD_FRONT, FALSE },
  { FRAMES_DOCUMENT_NOTIFICATION_CARD_BACK, FALSE },
  { FRAMES_DOCUMENT_NOTICE, FALSE },
  { FRAMES_DOCUMENT_LICENCE, FALSE },
  { FRAMES_DOCUMENT_RESIDENT_RECORD, FALSE },
  { FRAMES_DOCUMENT_INSURANCE_CARD, FALSE },
  { FRAMES_DOCUMENT_APPLICATION_FORM, FALSE },
  { FRAMES_DOCUMENT_OTHER, FALSE },
};

static const char *const refusals[] = {
  FRAMES_REASON_WRONG_SIDE,     FRAMES_REASON_WRONG_DOCUMENT,   FRAMES_REASON_NOTICE,     FRAMES_REASON_RESIDENT_RECORD,
  FRAMES_REASON_INSURANCE_CARD, FRAMES_REASON_APPLICATION_FORM, FRAMES_REASON_UNREADABLE,
};

G_DEFINE_QUARK (card - layout - error - quark, card_layout_error)

static gboolean G_GNUC_PRINTF (2, 3) damaged (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (CARD_LAYOUT_ERROR, CARD_LAYOUT_ERROR_DAMAGED, format, args);
  va_end (args);
  return FALSE;
}

/* --- one file --------------------------------------------------------------------------------------------------------- */

static gboolean
check_keys (GKeyFile *file, GError **error)
{
  static const char *const known[] = { "code",       "size",      "proves", "refusal", "needs-field", "no-field",
                                       "needs-word", "number-qr", "weight", "least",   "never",       NULL };
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  g_auto (GStrv) keys = g_key_file_get_keys (file, DOCUMENT, NULL, NULL);

  for (char **group = groups; *group != NULL; group++)
    if (!g_str_equal (*group, DOCUMENT) && !g_str_equal (*group, WORDS))
      return damaged (error, "there is a group that no layout has");
  if (keys == NULL)
    return damaged (error, "the group [" DOCUMENT "] is missing");
  for (char **key = keys; *key != NULL; key++)
    if (!g_strv_contains (known, *key))
      return damaged (error, "there is a key that no layout has");
  return TRUE;
}

static gboolean
read_flag (GKeyFile *file, const char *key, gboolean *ret_flag, GError **error)
{
  g_autoptr (GError) own = NULL;
  gboolean flag;

  if (!g_key_file_has_key (file, DOCUMENT, key, NULL))
    return TRUE;
  flag = g_key_file_get_boolean (file, DOCUMENT, key, &own);
  if (own != NULL)
    return damaged (error, "%s is true or false", key);
  *ret_flag = flag;
  return TRUE;
}

static gboolean
read_weight (GKeyFile *file, const char *group, const char *key, double *ret_weight, GError **error)
{
  g_autoptr (GError) own = NULL;
  double weight;

  if (!g_key_file_has_key (file, group, key, NULL))
    return TRUE;
  weight = g_key_file_get_double (file, group, key, &own);
  if (own != NULL || !(weight >= 0.0 && weight <= MAX_WEIGHT))
    return damaged (error, "a weight is a number from 0 to %g", MAX_WEIGHT);
  *ret_weight = weight;
  return TRUE;
}

static gboolean
read_document (GKeyFile *file, CardLayout *layout, GError **error)
{
  g_autofree char *code = g_key_file_get_string (file, DOCUMENT, "code", NULL);
  g_autofree char *refusal = g_key_file_get_string (file, DOCUMENT, "refusal", NULL);
  gboolean proves = FALSE, may_prove = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    if (g_strcmp0 (code, documents[i].code) == 0)
      {
        layout->document = documents[i].code;
        may_prove = documents[i].may_prove;
      }
  if (layout->document == NULL)
    return damaged (error, "code names no document");
  if (!read_flag (file, "proves", &proves, error))
    return FALSE;
  if (proves && !may_prove)
    return damaged (error, "this document proves no number");
  if (proves == (refusal != NULL))
    return damaged (error, "either proves=true or a refusal is needed");
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (g_strcmp0 (refusal, refusals[i]) == 0)
      layout->refusal = refusals[i];
  if (!proves && layout->refusal == NULL)
    return damaged (error, "refusal names no reason");
  return TRUE;
}

static gboolean
read_size (GKeyFile *file, LayoutSize *ret_size, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, DOCUMENT, "size", NULL);

  if (g_strcmp0 (text, "card") == 0)
    *ret_size = LAYOUT_SIZE_CARD;
  else if (g_strcmp0 (text, "sheet") == 0)
    *ret_size = LAYOUT_SIZE_SHEET;
  else if (g_strcmp0 (text, "any") == 0)
    *ret_size = LAYOUT_SIZE_ANY;
  else
    return damaged (error, "size is card, sheet or any");
  return TRUE;
}

static gboolean
check_word (const char *word, GError **error)
{
  glong n_chars = g_utf8_strlen (word, -1);
  char shown[8] = "";
  gunichar unknown;

  if (n_chars < 2 || n_chars > WORD_MAX_CHARS)
    return damaged (error, "a word has 2 to %d characters", WORD_MAX_CHARS);
  unknown = word_unknown_character (word);
  if (unknown != 0 && !g_unichar_isprint (unknown))
    return damaged (error, "a character of a word is not known");
  shown[unknown != 0 ? g_unichar_to_utf8 (unknown, shown) : 0] = '\0';
  return unknown == 0 || damaged (error, "the character %s of a word is not known", shown);
}

static gboolean
read_words (GKeyFile *file, CardLayout *layout, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, WORDS, NULL, NULL);
  g_auto (GStrv) never = g_key_file_get_string_list (file, DOCUMENT, "never", NULL, NULL);

  if ((keys != NULL && g_strv_length (keys) > LAYOUT_MAX_WORDS)
      || (never != NULL && g_strv_length (never) > LAYOUT_MAX_WORDS))
    return damaged (error, "there are more than %d words", LAYOUT_MAX_WORDS);
  if (never == NULL && g_key_file_has_key (file, DOCUMENT, "never", NULL))
    return damaged (error, "never is a list of words");
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      layout->words[i] = g_strdup (keys[i]);
      if (!check_word (keys[i], error) || !read_weight (file, WORDS, keys[i], &layout->word_weights[i], error))
        return FALSE;
    }
  for (guint i = 0; never != NULL && never[i] != NULL; i++)
    {
      layout->never[i] = g_strdup (never[i]);
      if (!check_word (never[i], error))
        return FALSE;
    }
  return TRUE;
}

/* What does not go together, and what would let a number be taken from too little. */
static gboolean
check_sense (const CardLayout *layout, GError **error)
{
  if (layout->needs_field && layout->no_field)
    return damaged (error, "needs-field and no-field exclude each other");
  if (layout->needs_word && layout->words[0] == NULL)
    return damaged (error, "needs-word without words");
  if (layout->refusal == NULL && !layout->needs_field)
    return damaged (error, "a document that proves a number needs its field");
  if (layout->refusal == NULL && layout->size != LAYOUT_SIZE_CARD && !layout->needs_word)
    return damaged (error, "a sheet that proves a number needs a word");
  if (layout->number_qr && (layout->refusal != NULL || layout->size != LAYOUT_SIZE_CARD))
    return damaged (error, "number-qr is for cards that prove a number");
  return TRUE;
}

gboolean
card_layout_parse (const char *text, gsize n_bytes, CardLayout *ret_layout, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  CardLayout layout = { 0 };

  if (n_bytes > LAYOUT_MAX_BYTES)
    return damaged (error, "the file is larger than %d bytes", LAYOUT_MAX_BYTES);
  if (!g_utf8_validate_len (text, n_bytes, NULL)
      || !g_key_file_load_from_data (file, text, n_bytes, G_KEY_FILE_NONE, NULL))
    return damaged (error, "it is no key file in UTF-8");
  if (!check_keys (file, error) || !read_document (file, &layout, error) || !read_size (file, &layout.size, error)
      || !read_flag (file, "needs-field", &layout.needs_field, error)
      || !read_flag (file, "no-field", &layout.no_field, error)
      || !read_flag (file, "needs-word", &layout.needs_word, error)
      || !read_flag (file, "number-qr", &layout.number_qr, error)
      || !read_weight (file, DOCUMENT, "weight", &layout.weight, error)
      || !read_weight (file, DOCUMENT, "least", &layout.least, error) || !read_words (file, &layout, error)
      || !check_sense (&layout, error))
    {
      card_layout_clear (&layout);
      return FALSE;
    }
  *ret_layout = layout;
  return TRUE;
}

void
card_layout_clear (CardLayout *self)
{
  for (guint i = 0; i < LAYOUT_MAX_WORDS; i++)
    {
      g_clear_pointer (&self->words[i], g_free);
      g_clear_pointer (&self->never[i], g_free);
    }
}

/* --- all of them ------------------------------------------------------------------------------------------------------ */

static void
collect_words (CardLayouts *self, char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (!g_ptr_array_find_with_equal_func (self->words, words[i], g_str_equal, NULL))
      g_ptr_array_add (self->words, words[i]);
}

static gboolean
add_layout (CardLayouts *self, const char *text, gsize n_bytes, GError **error)
{
  CardLayout layout;

  if (!card_layout_parse (text, n_bytes, &layout, error))
    return FALSE;
  g_array_append_val (self->layouts, layout);
  collect_words (self, layout.words);
  collect_words (self, layout.never);
  return TRUE;
}

CardLayouts *
card_layouts_new (void)
{
  g_autoptr (CardLayouts) self = g_new0 (CardLayouts, 1);
  GResource *resource = card_get_resource ();
  g_auto (GStrv) names = g_resource_enumerate_children (resource, RESOURCE_DIR, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  self->layouts = g_array_new (FALSE, FALSE, sizeof (CardLayout));
  g_array_set_clear_func (self->layouts, (GDestroyNotify) card_layout_clear);
  self->words = g_ptr_array_new ();
  if (names == NULL)
    return NULL;
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (RESOURCE_DIR, names[i], NULL);
      g_autoptr (GBytes) bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

      if (bytes == NULL || !add_layout (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL))
        return NULL;
    }
  return g_steal_pointer (&self);
}

/* The text of a regular file of bounded size; nothing else is waited for or read. */
static char *
read_file (const char *folder, const char *name, gsize *ret_n_bytes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = g_malloc (LAYOUT_MAX_BYTES + 1);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  gsize n_bytes = 0;
  gssize n_more = -1;
  struct stat status;

  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    do
      {
        n_more = TEMP_FAILURE_RETRY (read (fd, text + n_bytes, LAYOUT_MAX_BYTES + 1 - n_bytes));
        n_bytes += (gsize) MAX (n_more, 0);
      }
    while (n_more > 0 && n_bytes <= LAYOUT_MAX_BYTES);
  if (fd >= 0)
    (void) close (fd);
  if (n_more < 0)
    {
      damaged (error, "the file cannot be read");
      return NULL;
    }
  *ret_n_bytes = n_bytes;
  return g_steal_pointer (&text);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* In the order of their names. %NULL when there are too many. */
static GPtrArray *
list_files (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) own = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &own);
  const char *name;

  if (dir == NULL && !g_error_matches (own, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      damaged (error, "the folder of layouts cannot be read");
      return NULL;
    }
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (name[0] == '.' || !g_str_has_suffix (name, SUFFIX))
        continue;
      if (names->len == LAYOUT_MAX_FILES)
        {
          damaged (error, "there are more than %d layouts", LAYOUT_MAX_FILES);
          return NULL;
        }
      g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, by_name);
  return g_steal_pointer (&names);
}

CardLayouts *
card_layouts_new_with_folder (const char *folder, GError **error)
{
  g_autoptr (CardLayouts) self = card_layouts_new ();
  g_autoptr (GPtrArray) names = NULL;

  g_return_val_if_fail (folder != NULL, NULL);
  if (self == NULL)
    {
      damaged (error, "a layout that is built in is damaged");
      return NULL;
    }
  names = list_files (folder, error);
  if (names == NULL)
    return NULL;
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      gsize n_bytes = 0;
      g_autofree char *text = read_file (folder, name, &n_bytes, error);

      if (text == NULL || !add_layout (self, text, n_bytes, error))
        {
          g_autofree char *shown = g_filename_display_name (name);

          g_prefix_error (error, "%s: ", shown);
          return NULL;
        }
    }
  return g_steal_pointer (&self);
}

void
card_layouts_free (CardLayouts *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_clear_pointer (&self->layouts, g_array_unref);
  g_free (self);
}
