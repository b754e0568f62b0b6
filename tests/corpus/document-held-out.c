/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document-held-out: layouts that no model has seen when it is judged. The back of the 個人番号カード otherwise than the layout
 * table has it, as the next design may be, and the back of the 特定在留カード, of which nothing is published but that the
 * number is there.
 */
#include "document.h"

#include "layout.h"

#define STEP_MM 3.4

/* What no card back for training shows, each with a chance of its own. */
typedef struct
{
  gboolean label_right;     /* ends with the number, instead of beginning with it */
  gboolean label_far;       /* farther above than the layout table has it */
  gboolean number_low;      /* below the name */
  gboolean code_right;      /* of the number */
  gboolean next_generation; /* no stripe, romaji, amendments by hand */
} Twist;

static Twist
pick_twist (Dice *dice)
{
  Twist twist = { dice_chance (dice, 0.45), dice_chance (dice, 0.4), dice_chance (dice, 0.4), dice_chance (dice, 0.4),
                  dice_chance (dice, 0.35) };

  if (!twist.label_far && !twist.number_low && !twist.code_right && !twist.next_generation)
    twist.label_right = TRUE;
  return twist;
}

/* Label and number between @left and @right, the number's foot on @base. */
static void
draw_number (Document *self, Pen *pen, double left, double right, double base, double distance, gboolean label_right)
{
  NumberStyle style = pen_number_style (pen);
  const char *label_font = pen_text_font (pen);
  double em = layout_pick (pen->dice, LABEL_EM), label_width = pen_text_width (pen, label_font, em, "個人番号");
  double width = pen_number_width (pen, &style, self->number), x, label_x;
  Ink ink = pen_black (pen);

  if (width > right - left)
    {
      style.height *= (right - left) / width;
      width = right - left;
    }
  x = dice_range (pen->dice, left, right - width + 0.001);
  label_x = label_right ? MAX (left, x + width - label_width) : x;
  pen_number (pen, &style, x, base, ink, self->number, TEXT_NUMBER, &self->number_ink);
  (void) pen_label (pen, label_font, em, label_x, base - style.height - distance - em * 0.12, ink, "個人番号");
}

/* Ruled lines, some of them filled in by hand. */
static void
draw_amendments (Document *self, Pen *pen, double x, double y, double width, int n_lines)
{
  int n_filled = dice_int (pen->dice, 0, n_lines);

  (void) pen_text (pen, pen_text_font (pen), 1.7, x, y - 0.6, pen_black (pen), "追記欄");
  for (int i = 0; i <= n_lines; i++)
    pen_line (pen, x, y + STEP_MM * i, x + width, y + STEP_MM * i, 0.1, pen_black (pen), 0.6);
  for (int i = 0; i < n_filled; i++)
    {
      g_autofree char *entry = NULL;
      char date[64];

      person_date (pen->dice, 2019, 2028, date, sizeof date);
      entry = g_strdup_printf ("%s　%s", date, self->person.address);
      pen_handwriting (pen, 1.9, x + 1, y + STEP_MM * i + 2.7, (Ink){ 0.13, 0.14, 0.32 }, entry);
    }
}

void
document_draw_card_back_held_out (Document *self, Pen *pen)
{
  const char *font = pen_text_font (pen);
  Twist twist = pick_twist (pen->dice);
  double code = twist.number_low ? dice_range (pen->dice, 10, 12) : layout_pick (pen->dice, BACK_QR_SIZE);
  double code_x =
      twist.code_right ? self->width - code - dice_range (pen->dice, 4, 6) : layout_pick (pen->dice, BACK_QR_X);
  double code_y = twist.number_low ? dice_range (pen->dice, 3.5, 5.5) : layout_pick (pen->dice, BACK_QR_Y);
  double em = dice_range (pen->dice, 2.1, 2.7), distance, base, name_x, name_base;
  double stripe_y = dice_range (pen->dice, 38.5, 40), stripe_height = dice_range (pen->dice, 6.4, 9);

  distance = twist.label_far ? dice_range (pen->dice, 2.8, 5) : layout_pick (pen->dice, LABEL_DISTANCE);
  document_draw_card_stock (self, pen);
  if (self->qr != QR_NONE)
    pen_qr (pen, code_x, code_y, code, dice_range (pen->dice, 1.2, 2.2), self->number, TRUE, self->qr == QR_DAMAGED);
  if (twist.number_low)
    base = dice_range (pen->dice, 28, 32.5);
  else
    base = MAX (layout_pick (pen->dice, BACK_NUMBER_BASE), 9 + distance);
  if (twist.code_right && !twist.number_low)
    draw_number (self, pen, 5, code_x - 3, base, distance, twist.label_right);
  else
    draw_number (self, pen, 27, 80.5, base, distance, twist.label_right);

  name_x = twist.number_low && twist.code_right ? 7 : 32;
  name_base = twist.number_low ? dice_range (pen->dice, 8, 10) : base + dice_range (pen->dice, 5.5, 8);
  (void) pen_text_fit (pen, font, em, name_x, name_base, 47, pen_black (pen), self->person.name);
  (void) pen_text_fit (pen, font, em * 0.85, name_x, name_base + em * 1.4, 47, pen_black (pen), self->person.birth);
  if (twist.next_generation)
    (void) pen_text_fit (pen, "Liberation Sans", em * 0.75, name_x, name_base + em * 2.5, 47, pen_black (pen),
                         "MIHON HANAKO");
  document_draw_chip (pen, dice_range (pen->dice, 9, 11), 21.5);
  if (twist.next_generation)
    draw_amendments (self, pen, 5, 40, 75, 3);
  else
    {
      pen_box (pen, 0, stripe_y, self->width, stripe_height, pen_ink (pen, (Ink){ 0.17, 0.14, 0.13 }, 0.05), 1);
      document_draw_back_small_print (self, pen, stripe_y, stripe_height);
    }
}

void
document_draw_special_residence_card (Document *self, Pen *pen)
{
  const char *font = pen_text_font (pen);
  gboolean low = dice_chance (pen->dice, 0.35), code_right = dice_chance (pen->dice, 0.5);
  double code = dice_range (pen->dice, 9, 13), code_x = code_right ? self->width - code - 5 : 5;
  double code_y = low ? self->height - code - 4 : dice_range (pen->dice, 4, 7);
  double left = code_right || self->qr == QR_NONE ? dice_range (pen->dice, 5, 9) : 5 + code + 3;
  double right = code_right && self->qr != QR_NONE ? code_x - 3 : 80.5;
  double base = low ? self->height - dice_range (pen->dice, 5, 9) : dice_range (pen->dice, 11, 16);
  char run[9];
  g_autofree char *card_number = NULL;

  document_draw_card_stock (self, pen);
  if (self->qr != QR_NONE)
    pen_qr (pen, code_x, code_y, code, dice_range (pen->dice, 1.2, 2), self->number, TRUE, self->qr == QR_DAMAGED);
  draw_number (self, pen, left, right, base, dice_range (pen->dice, 0.6, 3), dice_chance (pen->dice, 0.3));
  draw_amendments (self, pen, 5, low ? dice_range (pen->dice, 12, 15) : base + dice_range (pen->dice, 9, 12), 75, 4);
  digits_run (pen->dice, 8, run);
  card_number = g_strdup_printf ("AB%sCD", run);
  if (low)
    (void) pen_title (pen, font, 2.6, 5, 7, pen_black (pen), "特定在留カード");
  else
    (void) pen_title (pen, font, 2.2, 5, self->height - 3.5, pen_black (pen), "特定在留カード");
  (void) pen_text (pen, pen_digit_font (pen), 2.2, 58, low ? 7 : self->height - 3.5, pen_black (pen), card_number);
}
