/* SPDX-License-Identifier: Apache-2.0 */
/* faces: read from a file, one family a line. */
#include "faces.h"

#include <pango/pangocairo.h>
#include <string.h>

#include "layout.h"

#define JAPANESE_PREFIX "cjk "

struct _CorpusFaces
{
  GPtrArray *all;      /* of char *, Pango font descriptions */
  GPtrArray *japanese; /* those of them that hold Japanese; borrowed from all */
};

void
corpus_faces_free (CorpusFaces *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->japanese);
  g_ptr_array_unref (self->all);
  g_free (self);
}

static gboolean
family_is_there (const char *name)
{
  PangoFontFamily **families;
  int n_families;
  gboolean found = FALSE;

  pango_font_map_list_families (pango_cairo_font_map_get_default (), &families, &n_families);
  for (int i = 0; i < n_families && !found; i++)
    found = g_ascii_strcasecmp (pango_font_family_get_name (families[i]), name) == 0;
  g_free (families);
  return found;
}

/* (transfer full): what Pango finds @family by; words at its end such as Condensed may belong to the name or not. NULL: not there. */
static char *
description_of (const char *family)
{
  g_autoptr (PangoFontDescription) description = pango_font_description_from_string (family);
  const char *without_style = pango_font_description_get_family (description);

  if (family_is_there (family))
    return g_strconcat (family, ",", NULL);
  return without_style != NULL && family_is_there (without_style) ? g_strdup (family) : NULL;
}

static gboolean
add_face (CorpusFaces *self, const char *line, GError **error)
{
  gboolean japanese = g_str_has_prefix (line, JAPANESE_PREFIX);
  const char *family = japanese ? line + strlen (JAPANESE_PREFIX) : line;
  char *description;

  if (layout_digit_font_is_held_out (family))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is held out from training", family);
      return FALSE;
    }
  description = description_of (family);
  if (description == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "there is no face %s", family);
      return FALSE;
    }
  g_ptr_array_add (self->all, description);
  if (japanese)
    g_ptr_array_add (self->japanese, description);
  return TRUE;
}

CorpusFaces *
corpus_faces_load (const char *path, GError **error)
{
  g_autoptr (CorpusFaces) self = g_new0 (CorpusFaces, 1);
  g_autofree char *contents = NULL;
  g_auto (GStrv) lines = NULL;

  self->all = g_ptr_array_new_with_free_func (g_free);
  self->japanese = g_ptr_array_new ();
  if (!g_file_get_contents (path, &contents, NULL, error))
    return NULL;
  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0' && lines[i][0] != '#' && !add_face (self, lines[i], error))
      return NULL;
  if (self->all->len == 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "no face stands in the file");
      return NULL;
    }
  return g_steal_pointer (&self);
}

const char *
faces_pick_digit_font (const CorpusFaces *self, Dice *dice)
{
  return g_ptr_array_index (self->all, (guint) dice_int (dice, 0, (int) self->all->len - 1));
}

const char *
faces_pick_text_font (const CorpusFaces *self, Dice *dice)
{
  if (self->japanese->len == 0)
    return NULL;
  return g_ptr_array_index (self->japanese, (guint) dice_int (dice, 0, (int) self->japanese->len - 1));
}
