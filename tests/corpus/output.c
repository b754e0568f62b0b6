/* SPDX-License-Identifier: Apache-2.0 */
/* output: pages as PNM, truths as JSON. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "corpus.h"
#include "json.h"
#include "layout.h"
#include "texts.h"

void
corpus_image_clear (CorpusImage *self)
{
  g_clear_pointer (&self->samples, g_free);
}

gboolean
corpus_image_save (const CorpusImage *self, const char *path, GError **error)
{
  gsize n_bytes = (gsize) self->width_px * self->height_px * self->n_channels;
  FILE *file = g_fopen (path, "wb");
  gboolean written;

  if (file == NULL)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", path, g_strerror (code));
      return FALSE;
    }
  written = fprintf (file, "P%c\n%u %u\n255\n", self->n_channels == 3 ? '6' : '5', self->width_px, self->height_px) > 0
            && fwrite (self->samples, 1, n_bytes, file) == n_bytes;
  if (fclose (file) != 0 || !written)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", path, g_strerror (code));
      return FALSE;
    }
  return TRUE;
}

static void
append_points (GString *json, const char *name, gboolean present, const CorpusPoint *points)
{
  g_string_append_printf (json, ", \"%s\": ", name);
  if (present)
    json_append_points (json, points);
  else
    g_string_append (json, "null");
}

/* An empty text is null. */
static void
append_text (GString *json, const char *name, const char *value)
{
  g_string_append_printf (json, ", \"%s\": ", name);
  json_append_string (json, value != NULL && value[0] != '\0' ? value : NULL);
}

char *
corpus_truth_to_json (const CorpusTruth *self, const CorpusSpec *spec, const CorpusImage *image, const char *file)
{
  g_autoptr (GString) json = g_string_new ("{\"file\": ");

  json_append_string (json, file);
  g_string_append_printf (json, ", \"seed\": %u, \"index\": %u", spec->seed, spec->index);
  append_text (json, "purpose", corpus_purpose_name (spec->purpose));
  append_text (json, "kind", corpus_kind_name (self->kind));
  append_text (json, "expect", self->accept ? "accept" : "refuse");
  append_text (json, "number", self->number);
  append_text (json, "decoy", self->decoy);
  append_text (json, "page", self->page == PAGE_BED ? "bed" : "card");
  append_text (json, "level", corpus_level_name (self->level));
  append_text (json, "lid", self->white_lid ? "white" : "black");
  append_text (json, "qr", corpus_qr_name (self->qr));
  append_text (json, "font", self->font);
  g_string_append_printf (json, ", \"font_held_out\": %s",
                          self->font != NULL && layout_digit_font_is_held_out (self->font) ? "true" : "false");
  g_string_append_printf (json, ", \"layout_held_out\": %s", self->layout_held_out ? "true" : "false");
  g_string_append_printf (json, ", \"has_qr\": %s, \"color\": %s, \"dpi\": %u, \"width\": %u, \"height\": %u",
                          self->qr == QR_GOOD ? "true" : "false", self->color ? "true" : "false", self->dpi,
                          image->width_px, image->height_px);
  g_string_append (json, ", \"rotation_deg\": ");
  json_append_double (json, self->rotation_deg, 2);
  append_points (json, "box", self->has_box, self->box);
  append_points (json, "number_box", self->has_number_box, self->number_box);
  if (spec->texts != NULL)
    texts_append_json (spec->texts, json);
  g_string_append_c (json, '}');
  return g_string_free (g_steal_pointer (&json), FALSE);
}
