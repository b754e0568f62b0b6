/* SPDX-License-Identifier: Apache-2.0 */
/* layout: what tells one document from another, read from the files in layouts/. */
#include "layout.h"

#include <string.h>

#include "card-resources.h"
#include "codes.h"

#define GROUP "document"
#define WORDS "words"
#define RESOURCE_DIR "/azukari/card/layouts"

static const char *
known_document (const char *code)
{
  static const char *const documents[] = {
    FRAMES_DOCUMENT_CARD_BACK,
    FRAMES_DOCUMENT_CARD_FRONT,
    FRAMES_DOCUMENT_NOTIFICATION_CARD,
    FRAMES_DOCUMENT_NOTIFICATION_CARD_BACK,
    FRAMES_DOCUMENT_NOTICE,
    FRAMES_DOCUMENT_LICENCE,
    FRAMES_DOCUMENT_OTHER,
  };

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    if (g_strcmp0 (code, documents[i]) == 0)
      return documents[i];
  return NULL;
}

static gboolean
parse_size (const char *text, LayoutSize *ret_size)
{
  if (g_strcmp0 (text, "card") == 0)
    *ret_size = LAYOUT_SIZE_CARD;
  else if (g_strcmp0 (text, "sheet") == 0)
    *ret_size = LAYOUT_SIZE_SHEET;
  else if (g_strcmp0 (text, "any") == 0)
    *ret_size = LAYOUT_SIZE_ANY;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_words (GKeyFile *file, CardLayout *layout)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, WORDS, NULL, NULL);
  g_auto (GStrv) never = g_key_file_get_string_list (file, GROUP, "never", NULL, NULL);
  guint n = 0;

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      if (n == LAYOUT_MAX_WORDS - 1)
        return FALSE;
      layout->word_weights[n] = g_key_file_get_double (file, WORDS, keys[i], NULL);
      layout->words[n++] = g_strdup (keys[i]);
    }
  for (guint i = 0; never != NULL && never[i] != NULL; i++)
    {
      if (i == LAYOUT_MAX_WORDS - 1)
        return FALSE;
      layout->never[i] = g_strdup (never[i]);
    }
  return TRUE;
}

gboolean
card_layout_parse (const char *text, gsize n_bytes, CardLayout *ret_layout)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *code = NULL;
  g_autofree char *size = NULL;
  CardLayout layout = { 0 };

  if (!g_key_file_load_from_data (file, text, n_bytes, G_KEY_FILE_NONE, NULL))
    return FALSE;
  code = g_key_file_get_string (file, GROUP, "code", NULL);
  size = g_key_file_get_string (file, GROUP, "size", NULL);
  layout.document = known_document (code);
  if (layout.document == NULL || !parse_size (size, &layout.size))
    return FALSE;
  layout.needs_field = g_key_file_get_boolean (file, GROUP, "needs-field", NULL);
  layout.no_field = g_key_file_get_boolean (file, GROUP, "no-field", NULL);
  layout.needs_word = g_key_file_get_boolean (file, GROUP, "needs-word", NULL);
  layout.needs_table = g_key_file_get_boolean (file, GROUP, "needs-table", NULL);
  layout.number_qr = g_key_file_get_boolean (file, GROUP, "number-qr", NULL);
  layout.weight = g_key_file_get_double (file, GROUP, "weight", NULL);
  if (!parse_words (file, &layout))
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

static void
collect_words (CardLayouts *self, char *const *words)
{
  for (guint i = 0; i < LAYOUT_MAX_WORDS && words[i] != NULL; i++)
    if (!g_ptr_array_find_with_equal_func (self->words, words[i], g_str_equal, NULL))
      g_ptr_array_add (self->words, words[i]);
}

CardLayouts *
card_layouts_new (void)
{
  g_autoptr (CardLayouts) self = g_new0 (CardLayouts, 1);
  GResource *resource = card_get_resource ();
  g_auto (GStrv) names = g_resource_enumerate_children (resource, RESOURCE_DIR, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  self->words = g_ptr_array_new ();
  if (names == NULL)
    return NULL;
  self->layouts = g_new0 (CardLayout, g_strv_length (names));
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (RESOURCE_DIR, names[i], NULL);
      g_autoptr (GBytes) bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      CardLayout *layout = &self->layouts[self->n_layouts];

      if (bytes == NULL || !card_layout_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), layout))
        return NULL;
      self->n_layouts++;
      collect_words (self, layout->words);
      collect_words (self, layout->never);
    }
  return g_steal_pointer (&self);
}

void
card_layouts_free (CardLayouts *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_layouts; i++)
    card_layout_clear (&self->layouts[i]);
  g_free (self->layouts);
  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_free (self);
}
