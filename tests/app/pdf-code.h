/* SPDX-License-Identifier: Apache-2.0 */
/* pdf-code: what a scanner reads from the QR code on a PDF of ours: the dark fields that a page's drawing commands fill, drawn and read. */
#pragma once

#include <gio/gio.h>
#include <math.h>
#include <string.h>
#include <zbar.h>

#define CODE_SCALE 6.0 /* pixels for a point: 432 dpi */
#define CODE_RIM 48

typedef struct
{
  double x1, y1, x2, y2;
} Field;

static inline void
field_extend (Field *self, double x, double y)
{
  *self = (Field){ MIN (self->x1, x), MIN (self->y1, y), MAX (self->x2, x), MAX (self->y2, y) };
}

/* (transfer full) (nullable): all @fields drawn, as a scanner's picture, and read. */
static inline char *
read_fields (const GArray *fields)
{
  Field all = { G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE };
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  zbar_image_t *picture = zbar_image_create ();
  g_autofree guint8 *samples = NULL;
  const zbar_symbol_t *symbol;
  char *text = NULL;
  gsize width, height;

  for (guint i = 0; i < fields->len; i++)
    {
      const Field *field = &g_array_index (fields, Field, i);

      field_extend (&all, field->x1, field->y1);
      field_extend (&all, field->x2, field->y2);
    }
  width = (gsize) ((all.x2 - all.x1) * CODE_SCALE) + 2 * CODE_RIM;
  height = (gsize) ((all.y2 - all.y1) * CODE_SCALE) + 2 * CODE_RIM;
  if (width > 4000 || height > 4000)
    goto out;
  samples = g_malloc (width * height);
  memset (samples, 255, width * height);
  for (guint i = 0; i < fields->len; i++)
    {
      const Field *field = &g_array_index (fields, Field, i);

      for (int y = (int) lround ((field->y1 - all.y1) * CODE_SCALE); y < lround ((field->y2 - all.y1) * CODE_SCALE);
           y++)
        for (int x = (int) lround ((field->x1 - all.x1) * CODE_SCALE); x < lround ((field->x2 - all.x1) * CODE_SCALE);
             x++)
          samples[((gsize) y + CODE_RIM) * width + (gsize) x + CODE_RIM] = 0;
    }
  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  zbar_image_set_format (picture, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (picture, (unsigned) width, (unsigned) height);
  zbar_image_set_data (picture, samples, width * height, NULL);
  if (zbar_scan_image (scanner, picture) == 1)
    {
      symbol = zbar_image_first_symbol (picture);
      text = g_strdup (zbar_symbol_get_data (symbol));
    }
out:
  zbar_image_destroy (picture);
  zbar_image_scanner_destroy (scanner);
  return text;
}

/* (transfer full) (nullable): the code among the drawing commands of one page. */
static inline char *
read_commands (const char *commands)
{
  g_auto (GStrv) words = g_strsplit_set (commands, " \r\n", -1);
  g_autoptr (GArray) fields = g_array_new (FALSE, FALSE, sizeof (Field));
  double numbers[4] = { 0 };
  Field path = { 0 };
  char *text = NULL;

  for (guint i = 0; words[i] != NULL && text == NULL; i++)
    {
      char *end;
      double number = g_ascii_strtod (words[i], &end);

      if (words[i][0] == '\0')
        continue;
      if (*end == '\0')
        {
          memmove (numbers, numbers + 1, 3 * sizeof *numbers);
          numbers[3] = number;
        }
      else if (g_str_equal (words[i], "m"))
        path = (Field){ numbers[2], numbers[3], numbers[2], numbers[3] };
      else if (g_str_equal (words[i], "l"))
        field_extend (&path, numbers[2], numbers[3]);
      else if (g_str_equal (words[i], "h"))
        g_array_append_val (fields, path);
      else if (g_str_equal (words[i], "re"))
        {
          Field field = { numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3] };

          g_array_append_val (fields, field);
        }
      else
        {
          if (fields->len > 200 && words[i][0] == 'f')
            text = read_fields (fields);
          g_array_set_size (fields, 0);
        }
    }
  return text;
}

/* (transfer full) (nullable): from the PDF at @path. */
static inline char *
pdf_code_read (const char *path)
{
  g_autofree char *pdf = NULL;
  gsize n_bytes;
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &pdf, &n_bytes, NULL));
  g_assert_true (g_str_has_prefix (pdf, "%PDF-1."));
  for (const char *at = pdf; text == NULL; at++)
    {
      g_autoptr (GConverter) inflate = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
      g_autoptr (GInputStream) compressed = NULL, plain = NULL;
      g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
      g_autofree char *commands = NULL;

      at = memmem (at, n_bytes - (gsize) (at - pdf), "stream\n", 7);
      if (at == NULL)
        break;
      at += 7;
      compressed = g_memory_input_stream_new_from_data (at, (gssize) (n_bytes - (gsize) (at - pdf)), NULL);
      plain = g_converter_input_stream_new (compressed, inflate);
      (void) g_output_stream_splice (memory, plain, G_OUTPUT_STREAM_SPLICE_NONE, NULL, NULL);
      commands = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)),
                            g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory)));
      text = commands != NULL ? read_commands (commands) : NULL;
    }
  return text;
}
