/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document-scattered: the back of the 個人番号カード with each of its parts wherever there is room. Only pages for training show
 * it: who learns from it looks for the number by what it looks like, not by where the layout table has it.
 */
#include "document.h"

#include "layout.h"

#define RIM_MM 3.0
#define AIR_MM 1.5 /* around the number */
#define MAX_PARTS 12
#define TRIES 60

typedef struct
{
  Document *document;
  Pen *pen;
  cairo_rectangle_t taken[MAX_PARTS];
  guint n_taken;
} Board;

/* Room for @width x @height with @air around it. Returns: %FALSE where none was found. */
static gboolean
board_take (Board *self, double width, double height, double air, double *ret_x, double *ret_y)
{
  Dice *dice = self->pen->dice;
  double spare_x = self->document->width - 2 * RIM_MM - width, spare_y = self->document->height - 2 * RIM_MM - height;

  if (spare_x < 0 || spare_y < 0 || self->n_taken == MAX_PARTS)
    return FALSE;
  for (int i = 0; i < TRIES; i++)
    {
      double x = RIM_MM + dice_unit (dice) * spare_x, y = RIM_MM + dice_unit (dice) * spare_y;
      gboolean is_free = TRUE;

      for (guint k = 0; k < self->n_taken && is_free; k++)
        {
          const cairo_rectangle_t *other = &self->taken[k];

          is_free = x + width + air <= other->x || other->x + other->width + air <= x || y + height + air <= other->y
                    || other->y + other->height + air <= y;
        }
      if (is_free)
        {
          self->taken[self->n_taken++] = (cairo_rectangle_t){ x, y, width, height };
          *ret_x = x;
          *ret_y = y;
          return TRUE;
        }
    }
  return FALSE;
}

/* What may set the number off: a frame, a rule below, a tint; @air: the room around it. */
static void
draw_setting (Pen *pen, double x, double y, double width, double height, double air)
{
  double off = dice_range (pen->dice, 0.4, air - 0.2);

  if (dice_chance (pen->dice, 0.15))
    pen_box (pen, x - off, y - off, width + 2 * off, height + 2 * off,
             (Ink){ dice_range (pen->dice, 0.5, 1), dice_range (pen->dice, 0.5, 1), dice_range (pen->dice, 0.5, 1) },
             dice_range (pen->dice, 0.05, 0.3));
  if (dice_chance (pen->dice, 0.2))
    pen_frame (pen, x - off, y - off, width + 2 * off, height + 2 * off, dice_range (pen->dice, 0.1, 0.3),
               pen_black (pen), dice_range (pen->dice, 0.4, 1));
  else if (dice_chance (pen->dice, 0.15))
    pen_line (pen, x - off, y + height + off, x + width + off, y + height + off, dice_range (pen->dice, 0.1, 0.3),
              pen_black (pen), dice_range (pen->dice, 0.4, 1));
}

/* The number with its label before, above or below it. */
static void
draw_number (Board *self)
{
  Document *document = self->document;
  Pen *pen = self->pen;
  NumberStyle style = pen_number_style (pen);
  const char *label_font = pen_text_font (pen);
  double em = layout_pick (pen->dice, LABEL_EM), distance = dice_range (pen->dice, 0.8, 6);
  double label_width = pen_text_width (pen, label_font, em, "個人番号");
  double width = pen_number_width (pen, &style, document->number), room = document->width - 2 * RIM_MM - 1;
  gboolean before = dice_chance (pen->dice, 0.35), below = !before && dice_chance (pen->dice, 0.15);
  double all_width, all_height, x, y, base, label_x, label_base;
  Ink ink = pen_ink (pen, pen_black (pen), 0.06);

  if (before)
    room -= label_width + distance;
  if (width > room)
    {
      style.height *= room / width;
      width = room;
    }
  all_width = before ? label_width + distance + width : MAX (label_width, width);
  all_height = before ? MAX (style.height, em) : style.height + distance + em * 1.1;
  if (!board_take (self, all_width, all_height, AIR_MM, &x, &y))
    g_assert_not_reached (); /* the first parts find room in any case */
  if (before)
    {
      base = y + all_height;
      label_x = x;
      label_base = base - (style.height - em * 0.8) * dice_unit (pen->dice);
      x += label_width + distance;
    }
  else
    {
      base = below ? y + style.height : y + all_height;
      label_base = below ? y + all_height - em * 0.12 : y + em;
      label_x = x + dice_unit (pen->dice) * MAX (width - label_width, 0);
    }
  draw_setting (pen, x, base - style.height, width, style.height, MIN (distance, AIR_MM));
  pen_number (pen, &style, x, base, ink, document->number, TEXT_NUMBER, &document->number_ink);
  (void) pen_label (pen, label_font, em, label_x, label_base, ink, "個人番号");
}

static void
draw_lines (Board *self, const char *const *lines, guint n_lines, double em, double width)
{
  Pen *pen = self->pen;
  const char *font = pen_text_font (pen);
  double leading = em * dice_range (pen->dice, 1.3, 1.7), x, y;

  if (!board_take (self, width, leading * (n_lines - 1) + em, 1, &x, &y))
    return;
  for (guint i = 0; i < n_lines; i++)
    (void) pen_text_fit (pen, font, em, x, y + em * 0.9 + leading * i, width, pen_black (pen), lines[i]);
}

static void
draw_ruled (Board *self)
{
  Pen *pen = self->pen;
  int n_lines = dice_int (pen->dice, 2, 5);
  double width = dice_range (pen->dice, 30, 70), step = dice_range (pen->dice, 2.8, 4.5), x, y;

  if (!board_take (self, width, step * n_lines, 1, &x, &y))
    return;
  for (int i = 0; i <= n_lines; i++)
    pen_line (pen, x, y + step * i, x + width, y + step * i, 0.1, pen_black (pen), 0.6);
  if (dice_chance (pen->dice, 0.6))
    pen_handwriting (pen, step * 0.6, x + 1, y + step * 0.8, (Ink){ 0.12, 0.14, 0.4 }, self->document->person.birth);
}

void
document_draw_card_back_scattered (Document *self, Pen *pen)
{
  static const char *const smalls[] = { "このカードを拾得された方は、下記までご連絡ください。",
                                        "法律で認められた場合を除き、個人番号の収集・保管は禁止されています。",
                                        "裏面には追記事項が記載されることがあります。" };
  Board board = { .document = self, .pen = pen };
  const char *person[] = { self->person.name, self->person.birth, self->person.sex, self->person.address };
  double x, y;

  document_draw_card_stock (self, pen);
  if (dice_chance (pen->dice, 0.5))
    {
      double height = dice_range (pen->dice, 6.4, 11);

      y = dice_chance (pen->dice, 0.5) ? dice_range (pen->dice, 3.5, 6)
                                       : self->height - height - dice_range (pen->dice, 3.5, 7);
      pen_box (pen, 0, y, self->width, height, pen_ink (pen, (Ink){ 0.17, 0.14, 0.13 }, 0.05), 1);
      board.taken[board.n_taken++] = (cairo_rectangle_t){ 0, y, self->width, height };
    }
  draw_number (&board);
  if (self->qr != QR_NONE)
    {
      double size = dice_range (pen->dice, 9.5, 14.5);

      if (board_take (&board, size, size, 2, &x, &y))
        pen_qr (pen, x, y, size, dice_range (pen->dice, 1.2, 2.2), self->number, TRUE, self->qr == QR_DAMAGED);
      else
        self->qr = QR_NONE;
    }
  if (dice_chance (pen->dice, 0.6) && board_take (&board, 13, 12, 1, &x, &y))
    document_draw_chip (pen, x, y);
  if (dice_chance (pen->dice, 0.15) && board_take (&board, 20, 22, 1, &x, &y))
    pen_photo (pen, x, y, 18, 22);
  if (dice_chance (pen->dice, 0.9))
    draw_lines (&board, person, (guint) dice_int (pen->dice, 1, 4), dice_range (pen->dice, 1.9, 3),
                dice_range (pen->dice, 30, 52));
  if (dice_chance (pen->dice, 0.4))
    draw_ruled (&board);
  for (int i = dice_int (pen->dice, 0, 3); i > 0; i--)
    draw_lines (&board, smalls, (guint) dice_int (pen->dice, 1, 3), dice_range (pen->dice, 1.3, 1.9),
                dice_range (pen->dice, 25, 60));
  if (dice_chance (pen->dice, 0.3))
    {
      const char *title[] = { "個人番号カード" };

      draw_lines (&board, title, 1, dice_range (pen->dice, 2.2, 3.4), 26);
    }
}
