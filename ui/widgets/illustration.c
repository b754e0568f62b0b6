/* SPDX-License-Identifier: Apache-2.0 */
/* UiIllustration: small scenes in a space of 320 by 220 units, scaled to the widget. */
#include "illustration.h"

#include <math.h>
#include <string.h>

#define SPACE_WIDTH 320.0
#define SPACE_HEIGHT 220.0
/* ISO/IEC 7810 ID-1 */
#define CARD_RATIO (53.98 / 85.60)

struct _UiIllustration
{
  GtkWidget parent_instance;

  /* owned */
  char *scene;
};

G_DEFINE_FINAL_TYPE (UiIllustration, ui_illustration, GTK_TYPE_WIDGET)

enum
{
  PROP_SCENE = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* --- colours and shapes ------------------------------------------------------------------------------------------- */

typedef struct
{
  double r, g, b;
} Colour;

static const Colour ink = { 0.16, 0.21, 0.29 };
static const Colour indigo = { 0.12, 0.31, 0.53 };
static const Colour pale = { 0.87, 0.91, 0.95 };
static const Colour mist = { 0.94, 0.96, 0.98 };
static const Colour white = { 1, 1, 1 };
static const Colour card_pink = { 0.98, 0.91, 0.91 };
static const Colour card_green = { 0.87, 0.94, 0.86 };
static const Colour grey = { 0.62, 0.67, 0.73 };
static const Colour green = { 0.10, 0.50, 0.31 };
static const Colour red = { 0.75, 0.18, 0.15 };
static const Colour gold = { 0.83, 0.66, 0.28 };

static void
set (cairo_t *cr, Colour colour)
{
  cairo_set_source_rgb (cr, colour.r, colour.g, colour.b);
}

static void
rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -M_PI_2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, M_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, M_PI_2, M_PI);
  cairo_arc (cr, x + radius, y + radius, radius, M_PI, 3 * M_PI_2);
  cairo_close_path (cr);
}

static void
fill_rounded (cairo_t *cr, Colour colour, double x, double y, double width, double height, double radius)
{
  rounded (cr, x, y, width, height, radius);
  set (cr, colour);
  cairo_fill (cr);
}

static void
line (cairo_t *cr, Colour colour, double width, double x1, double y1, double x2, double y2)
{
  set (cr, colour);
  cairo_set_line_width (cr, width);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, x1, y1);
  cairo_line_to (cr, x2, y2);
  cairo_stroke (cr);
}

static void
shadow (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  for (int i = 4; i > 0; i--)
    {
      rounded (cr, x - i, y - i + 3, width + 2 * i, height + 2 * i, radius + i);
      cairo_set_source_rgba (cr, 0.1, 0.2, 0.3, 0.035);
      cairo_fill (cr);
    }
}

/* Three groups of four marks: "twelve digits" without writing a number. */
static void
digit_marks (cairo_t *cr, Colour colour, double x, double y, double unit)
{
  set (cr, colour);
  for (int i = 0; i < 12; i++)
    {
      rounded (cr, x + (i + i / 4 * 0.8) * unit * 1.25, y, unit, unit * 1.6, unit * 0.2);
      cairo_fill (cr);
    }
}

static void
code_square (cairo_t *cr, double x, double y, double side)
{
  static const guint8 cells[7] = { 0x7b, 0x55, 0x6b, 0x1c, 0x6d, 0x52, 0x77 };
  double cell = side / 7;

  set (cr, ink);
  for (int row = 0; row < 7; row++)
    for (int column = 0; column < 7; column++)
      if (cells[row] & (1 << column))
        cairo_rectangle (cr, x + column * cell, y + row * cell, cell, cell);
  cairo_fill (cr);
}

/* The back of a 個人番号カード: code square and number above, name lines, magnetic stripe below. */
static void
card_back (cairo_t *cr, double x, double y, double width)
{
  double height = width * CARD_RATIO, unit = width / 100;

  shadow (cr, x, y, width, height, 4 * unit);
  fill_rounded (cr, card_pink, x, y, width, height, 4 * unit);
  code_square (cr, x + 7 * unit, y + 8 * unit, 16 * unit);
  digit_marks (cr, ink, x + 31 * unit, y + 11 * unit, 3.6 * unit);
  fill_rounded (cr, grey, x + 31 * unit, y + 22 * unit, 30 * unit, 2.4 * unit, 1.2 * unit);
  fill_rounded (cr, grey, x + 31 * unit, y + 28 * unit, 22 * unit, 2.4 * unit, 1.2 * unit);
  fill_rounded (cr, gold, x + 76 * unit, y + 22 * unit, 13 * unit, 10 * unit, 2 * unit);
  cairo_rectangle (cr, x, y + 43 * unit, width, 10 * unit);
  set (cr, (Colour){ 0.32, 0.30, 0.33 });
  cairo_fill (cr);
}

/* The front: picture of the holder at the left. */
static void
card_front (cairo_t *cr, double x, double y, double width)
{
  double height = width * CARD_RATIO, unit = width / 100;

  shadow (cr, x, y, width, height, 4 * unit);
  fill_rounded (cr, card_pink, x, y, width, height, 4 * unit);
  fill_rounded (cr, white, x + 7 * unit, y + 15 * unit, 24 * unit, 32 * unit, 2 * unit);
  cairo_arc (cr, x + 19 * unit, y + 27 * unit, 6 * unit, 0, 2 * M_PI);
  set (cr, grey);
  cairo_fill (cr);
  cairo_arc (cr, x + 19 * unit, y + 47 * unit, 10 * unit, M_PI, 2 * M_PI);
  cairo_fill (cr);
  for (int i = 0; i < 4; i++)
    fill_rounded (cr, grey, x + 38 * unit, y + (14 + 8 * i) * unit, (i % 2 ? 38 : 50) * unit, 2.6 * unit, 1.3 * unit);
}

/* A 通知カード: green paper, the number along the top. */
static void
notification_card (cairo_t *cr, double x, double y, double width)
{
  double height = width * CARD_RATIO, unit = width / 100;

  shadow (cr, x, y, width, height, 1.5 * unit);
  fill_rounded (cr, card_green, x, y, width, height, 1.5 * unit);
  fill_rounded (cr, green, x + 7 * unit, y + 6 * unit, 22 * unit, 3 * unit, 1.5 * unit);
  digit_marks (cr, ink, x + 30 * unit, y + 13 * unit, 3.6 * unit);
  for (int i = 0; i < 3; i++)
    fill_rounded (cr, grey, x + 7 * unit, y + (28 + 8 * i) * unit, (i == 1 ? 70 : 48) * unit, 2.6 * unit, 1.3 * unit);
}

static void
arrow_down (cairo_t *cr, Colour colour, double x, double y, double length)
{
  line (cr, colour, 6, x, y, x, y + length);
  line (cr, colour, 6, x - 12, y + length - 12, x, y + length);
  line (cr, colour, 6, x + 12, y + length - 12, x, y + length);
}

static void
tick (cairo_t *cr, double x, double y, double radius)
{
  cairo_arc (cr, x, y, radius, 0, 2 * M_PI);
  set (cr, green);
  cairo_fill (cr);
  line (cr, white, radius * 0.2, x - radius * 0.42, y + radius * 0.02, x - radius * 0.1, y + radius * 0.34);
  line (cr, white, radius * 0.2, x - radius * 0.1, y + radius * 0.34, x + radius * 0.45, y - radius * 0.3);
}

static void
cross (cairo_t *cr, double x, double y, double radius)
{
  cairo_arc (cr, x, y, radius, 0, 2 * M_PI);
  set (cr, red);
  cairo_fill (cr);
  line (cr, white, radius * 0.2, x - radius * 0.35, y - radius * 0.35, x + radius * 0.35, y + radius * 0.35);
  line (cr, white, radius * 0.2, x + radius * 0.35, y - radius * 0.35, x - radius * 0.35, y + radius * 0.35);
}

/* A flatbed, seen from the front and above. */
static void
scanner (cairo_t *cr, double y)
{
  cairo_move_to (cr, 50, y);
  cairo_line_to (cr, 270, y);
  cairo_line_to (cr, 300, y + 58);
  cairo_line_to (cr, 20, y + 58);
  cairo_close_path (cr);
  set (cr, pale);
  cairo_fill (cr);
  cairo_move_to (cr, 66, y + 7);
  cairo_line_to (cr, 254, y + 7);
  cairo_line_to (cr, 276, y + 48);
  cairo_line_to (cr, 44, y + 48);
  cairo_close_path (cr);
  cairo_set_source_rgb (cr, 0.75, 0.84, 0.92);
  cairo_fill (cr);
  fill_rounded (cr, indigo, 20, y + 58, 280, 20, 6);
  cairo_arc (cr, 280, y + 68, 4, 0, 2 * M_PI);
  cairo_set_source_rgb (cr, 0.55, 0.90, 0.68);
  cairo_fill (cr);
}

static void
person (cairo_t *cr, Colour colour, double x, double y, double size)
{
  cairo_arc (cr, x, y, size * 0.30, 0, 2 * M_PI);
  set (cr, colour);
  cairo_fill (cr);
  cairo_new_path (cr);
  cairo_arc (cr, x, y + size * 0.98, size * 0.55, M_PI, 2 * M_PI);
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* --- scenes ------------------------------------------------------------------------------------------------------- */

static void
draw_card_back (cairo_t *cr)
{
  card_back (cr, 30, 28, 260);
}

static void
draw_notification_card (cairo_t *cr)
{
  notification_card (cr, 30, 28, 260);
}

static void
draw_place (cairo_t *cr, void (*card) (cairo_t *, double, double, double))
{
  scanner (cr, 134);
  card (cr, 78, 2, 164);
  arrow_down (cr, indigo, 160, 118, 40);
}

static void
draw_place_card (cairo_t *cr)
{
  draw_place (cr, card_back);
}

static void
draw_place_notification (cairo_t *cr)
{
  draw_place (cr, notification_card);
}

static void
draw_turn_over (cairo_t *cr)
{
  card_front (cr, 6, 62, 132);
  cross (cr, 134, 62, 17);
  card_back (cr, 182, 62, 132);
  tick (cr, 310, 62, 17);
  line (cr, indigo, 5, 148, 104, 172, 104);
  line (cr, indigo, 5, 163, 95, 172, 104);
  line (cr, indigo, 5, 163, 113, 172, 104);
}

static void
draw_remove_sleeve (cairo_t *cr)
{
  card_back (cr, 18, 62, 200);
  rounded (cr, 96, 48, 206, 154, 10);
  cairo_set_source_rgba (cr, 0.55, 0.70, 0.84, 0.45);
  cairo_fill_preserve (cr);
  set (cr, indigo);
  cairo_set_line_width (cr, 2.5);
  cairo_stroke (cr);
  line (cr, indigo, 6, 80, 24, 26, 24);
  line (cr, indigo, 6, 38, 12, 26, 24);
  line (cr, indigo, 6, 38, 36, 26, 24);
}

static void
draw_one_card (cairo_t *cr)
{
  cairo_save (cr);
  cairo_translate (cr, 120, 20);
  cairo_rotate (cr, 0.14);
  notification_card (cr, 0, 0, 160);
  cairo_restore (cr);
  cross (cr, 286, 40, 17);
  card_back (cr, 20, 88, 176);
  tick (cr, 192, 90, 17);
}

static void
draw_straighten (cairo_t *cr)
{
  fill_rounded (cr, pale, 20, 10, 280, 200, 10);
  fill_rounded (cr, mist, 30, 20, 260, 180, 6);
  card_back (cr, 70, 54, 180);
  line (cr, indigo, 4, 44, 34, 70, 34);
  line (cr, indigo, 4, 44, 34, 44, 60);
  line (cr, indigo, 4, 276, 34, 250, 34);
  line (cr, indigo, 4, 276, 34, 276, 60);
  line (cr, indigo, 4, 44, 186, 70, 186);
  line (cr, indigo, 4, 44, 186, 44, 160);
  line (cr, indigo, 4, 276, 186, 250, 186);
  line (cr, indigo, 4, 276, 186, 276, 160);
}

static void
draw_documents (cairo_t *cr)
{
  card_back (cr, 4, 66, 146);
  tick (cr, 146, 66, 17);
  notification_card (cr, 170, 66, 146);
  tick (cr, 312, 66, 17);
}

/* Two papers of some kind: no document is pictured that would not do. */
static void
draw_papers (cairo_t *cr)
{
  for (int i = 0; i < 2; i++)
    {
      double x = 48 + 116 * i;

      shadow (cr, x, 24, 108, 152, 6);
      fill_rounded (cr, white, x, 24, 108, 152, 6);
      fill_rounded (cr, indigo, x + 16, 42, 52, 9, 4.5);
      for (int row = 0; row < 5; row++)
        fill_rounded (cr, grey, x + 16, 68 + 18 * row, row % 2 ? 56 : 76, 6, 3);
      tick (cr, x + 100, 168, 19);
    }
}

static void
draw_call (cairo_t *cr)
{
  person (cr, indigo, 122, 82, 108);
  fill_rounded (cr, pale, 178, 28, 116, 74, 16);
  cairo_move_to (cr, 190, 96);
  cairo_line_to (cr, 176, 122);
  cairo_line_to (cr, 216, 100);
  cairo_close_path (cr);
  set (cr, pale);
  cairo_fill (cr);
  for (int i = 0; i < 3; i++)
    {
      cairo_arc (cr, 212 + 24 * i, 65, 6.5, 0, 2 * M_PI);
      set (cr, indigo);
      cairo_fill (cr);
    }
}

static void
draw_scanner (cairo_t *cr)
{
  cairo_move_to (cr, 50, 104);
  cairo_line_to (cr, 270, 104);
  cairo_line_to (cr, 258, 30);
  cairo_line_to (cr, 62, 30);
  cairo_close_path (cr);
  set (cr, (Colour){ 0.78, 0.83, 0.89 });
  cairo_fill (cr);
  scanner (cr, 104);
}

static void
draw_saved (cairo_t *cr)
{
  tick (cr, 160, 106, 82);
}

static void
draw_people (cairo_t *cr)
{
  person (cr, (Colour){ 0.62, 0.74, 0.86 }, 84, 92, 92);
  person (cr, (Colour){ 0.62, 0.74, 0.86 }, 236, 92, 92);
  person (cr, indigo, 160, 76, 122);
}

static void
draw_badge (cairo_t *cr)
{
  fill_rounded (cr, indigo, 146, 0, 28, 60, 6);
  shadow (cr, 78, 44, 164, 168, 16);
  fill_rounded (cr, white, 78, 44, 164, 168, 16);
  fill_rounded (cr, pale, 138, 56, 44, 10, 5);
  person (cr, indigo, 160, 104, 66);
  fill_rounded (cr, grey, 112, 184, 96, 8, 4);
}

/* A key at the edge of a PC, about to go in. */
static void
draw_token (cairo_t *cr)
{
  shadow (cr, 196, 30, 124, 160, 14);
  fill_rounded (cr, pale, 196, 30, 124, 160, 14);
  fill_rounded (cr, ink, 196, 92, 14, 36, 4);
  shadow (cr, 20, 82, 112, 56, 16);
  fill_rounded (cr, indigo, 20, 82, 112, 56, 16);
  fill_rounded (cr, gold, 38, 96, 36, 28, 5);
  fill_rounded (cr, grey, 132, 96, 30, 28, 3);
  fill_rounded (cr, white, 140, 101, 10, 6, 1);
  fill_rounded (cr, white, 140, 113, 10, 6, 1);
  line (cr, green, 5, 166, 166, 186, 166);
  line (cr, green, 5, 178, 158, 186, 166);
  line (cr, green, 5, 178, 174, 186, 166);
}

static void
draw_handshake (cairo_t *cr)
{
  person (cr, indigo, 98, 84, 116);
  person (cr, gold, 226, 84, 116);
  fill_rounded (cr, white, 128, 132, 64, 74, 8);
  for (int i = 0; i < 3; i++)
    fill_rounded (cr, grey, 138, 148 + 16 * i, i == 2 ? 26 : 44, 6, 3);
}

static void
draw_take_card (cairo_t *cr)
{
  scanner (cr, 134);
  card_back (cr, 78, 2, 164);
  line (cr, green, 6, 160, 118, 160, 156);
  line (cr, green, 6, 148, 130, 160, 118);
  line (cr, green, 6, 172, 130, 160, 118);
}

static void
draw_no_card (cairo_t *cr)
{
  card_back (cr, 60, 48, 200);
  cairo_rectangle (cr, 0, 0, SPACE_WIDTH, SPACE_HEIGHT);
  cairo_set_source_rgba (cr, 0.965, 0.972, 0.98, 0.55);
  cairo_fill (cr);
  cairo_arc (cr, 160, 110, 54, 0, 2 * M_PI);
  set (cr, grey);
  cairo_set_line_width (cr, 12);
  cairo_stroke (cr);
  line (cr, grey, 12, 122, 148, 198, 72);
}

static const struct
{
  const char *name;
  void (*draw) (cairo_t *cr);
} scenes[] = {
  { "card-back", draw_card_back },
  { "notification-card", draw_notification_card },
  { "place-card", draw_place_card },
  { "place-notification", draw_place_notification },
  { "turn-over", draw_turn_over },
  { "remove-sleeve", draw_remove_sleeve },
  { "one-card", draw_one_card },
  { "straighten", draw_straighten },
  { "papers", draw_papers },
  { "documents", draw_documents },
  { "call", draw_call },
  { "scanner", draw_scanner },
  { "saved", draw_saved },
  { "people", draw_people },
  { "badge", draw_badge },
  { "token", draw_token },
  { "handshake", draw_handshake },
  { "take-card", draw_take_card },
  { "no-card", draw_no_card },
};

/* --- class -------------------------------------------------------------------------------------------------------- */

static void
ui_illustration_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiIllustration *self = UI_ILLUSTRATION (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double scale = MIN (width / SPACE_WIDTH, height / SPACE_HEIGHT);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);

  for (gsize i = 0; i < G_N_ELEMENTS (scenes); i++)
    if (g_strcmp0 (scenes[i].name, self->scene) == 0)
      {
        cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

        cairo_translate (cr, (width - SPACE_WIDTH * scale) / 2, (height - SPACE_HEIGHT * scale) / 2);
        cairo_scale (cr, scale, scale);
        scenes[i].draw (cr);
        cairo_destroy (cr);
        return;
      }
}

static void
ui_illustration_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, UI_ILLUSTRATION (object)->scene);
}

static void
ui_illustration_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ui_illustration_set_scene (UI_ILLUSTRATION (object), g_value_get_string (value));
}

static void
ui_illustration_finalize (GObject *object)
{
  g_free (UI_ILLUSTRATION (object)->scene);
  G_OBJECT_CLASS (ui_illustration_parent_class)->finalize (object);
}

static void
ui_illustration_class_init (UiIllustrationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ui_illustration_get_property;
  object_class->set_property = ui_illustration_set_property;
  object_class->finalize = ui_illustration_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = ui_illustration_snapshot;
  props[PROP_SCENE] = g_param_spec_string ("scene", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "illustration");
  /* The words beside it say the same. */
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ui_illustration_init (UiIllustration *self)
{
}

void
ui_illustration_set_scene (UiIllustration *self, const char *scene)
{
  g_return_if_fail (UI_IS_ILLUSTRATION (self));

  g_free (self->scene);
  self->scene = g_strdup (scene);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
