/* SPDX-License-Identifier: Apache-2.0 */
/* document-card: both sides of the 個人番号カード. Wording is our own in the sense of the printed one. */
#include "document.h"

#include "layout.h"

#define NUMBER_RIGHT_MM 80.5 /* no card shows the number beyond this */

static const Ink stocks[] = { { 0.98, 0.93, 0.93 }, { 0.95, 0.97, 0.92 }, { 0.97, 0.96, 0.92 }, { 0.96, 0.95, 0.97 } };
static const Ink tints[] = { { 0.93, 0.62, 0.68 }, { 0.60, 0.78, 0.50 }, { 0.90, 0.75, 0.45 }, { 0.55, 0.70, 0.80 } };

void
document_draw_card_stock (Document *self, Pen *pen)
{
  Ink tint;

  self->base = pen_ink (pen, dice_pick (pen->dice, stocks), 0.02);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  tint = dice_pick (pen->dice, tints);
  pen_ground_waves (pen, tint, dice_range (pen->dice, 0.2, 0.7));
  pen_ground_screen (pen, tint);
  for (int i = dice_int (pen->dice, 1, 3); i > 0; i--)
    {
      tint = dice_pick (pen->dice, tints);
      pen_ground_guilloche (pen, self->width, self->height, tint, dice_range (pen->dice, 0.3, 0.9));
    }
  for (int i = dice_int (pen->dice, 0, 2); i > 0; i--)
    {
      double x = dice_range (pen->dice, 0, self->width), y = dice_range (pen->dice, 0, self->height);

      tint = dice_pick (pen->dice, tints);
      pen_ground_rosette (pen, x, y, dice_range (pen->dice, 6, 16), tint, dice_range (pen->dice, 0.3, 0.8));
    }
}

void
document_draw_chip (Pen *pen, double x, double y)
{
  Ink gold = pen_ink (pen, (Ink){ 0.80, 0.70, 0.42 }, 0.06), groove = { 0.45, 0.38, 0.22 };
  double width = dice_range (pen->dice, 11.5, 13), height = dice_range (pen->dice, 10.5, 12);

  pen_rounded (pen, x, y, width, height, 1.5);
  pen_set_ink (pen, gold, 1);
  cairo_fill (pen->cr);
  for (int i = 1; i <= 3; i++)
    pen_line (pen, x, y + height * i / 4, x + width, y + height * i / 4, 0.15, groove, 0.8);
  pen_line (pen, x + width / 3, y, x + width / 3, y + height, 0.15, groove, 0.8);
  pen_line (pen, x + 2 * width / 3, y, x + 2 * width / 3, y + height, 0.15, groove, 0.8);
}

/* The number and its label, to the left of it or above. */
static void
draw_number (Document *self, Pen *pen)
{
  NumberStyle style = pen_number_style (pen);
  const char *label_font = pen_text_font (pen);
  double x = layout_pick (pen->dice, BACK_NUMBER_X), base = layout_pick (pen->dice, BACK_NUMBER_BASE);
  double em = layout_pick (pen->dice, LABEL_EM), distance = layout_pick (pen->dice, LABEL_DISTANCE);
  double label_width = pen_text_width (pen, label_font, em, "個人番号");
  double least = layout_range (BACK_NUMBER_X)->low;
  gboolean label_left = dice_chance (pen->dice, 0.45);
  double room = NUMBER_RIGHT_MM - least - (label_left ? label_width + distance : 0);
  double width = pen_number_width (pen, &style, self->number);
  Ink ink = pen_ink (pen, pen_black (pen), 0.06),
      label_ink = dice_chance (pen->dice, 0.7) ? ink : (Ink){ 0.25, 0.3, 0.45 };

  /* what does not fit is first drawn tighter, then smaller, and at last moved left */
  if (width > room)
    {
      style.spacing = 0;
      style.gap = MIN (style.gap, 0.8);
      width = pen_number_width (pen, &style, self->number);
    }
  if (width > room)
    {
      style.height *= room / width;
      width = room;
    }
  if (label_left)
    x = MAX (x, least + label_width + distance);
  x = MIN (x, NUMBER_RIGHT_MM - width);
  pen_number (pen, &style, x, base, ink, self->number, TEXT_NUMBER, &self->number_ink);
  if (label_left)
    (void) pen_label (pen, label_font, em, x - label_width - distance, base - (style.height - em * 0.8) * 0.5,
                      label_ink, "個人番号");
  else
    (void) pen_label (pen, label_font, em, x, base - style.height - distance - em * 0.12, label_ink, "個人番号");
}

void
document_draw_back_small_print (Document *self, Pen *pen, double stripe_y, double stripe_height)
{
  static const char *const lines[][2] = {
    { "このカードを拾得された方は、下記までご連絡ください。", "個人番号カードコールセンター" },
    { "拾得された方は、お手数ですが最寄りの警察署へお届けください。", "コールセンター" },
  };
  static const char *const bans[] = { "法律で認められた場合を除き、個人番号の収集・保管は禁止されています。",
                                      "個人番号をむやみに提供することは法律で禁止されています。" };
  const char *font = pen_text_font (pen);
  int variant = dice_int (pen->dice, 0, (int) G_N_ELEMENTS (lines) - 1);
  double em = dice_range (pen->dice, 1.3, 1.8), under = stripe_y + stripe_height + em + 0.5;
  double x = dice_range (pen->dice, 24, 30), base = stripe_y - 1.2;
  g_autofree char *call = g_strdup_printf ("%s　%s", lines[variant][1], self->person.phone);

  (void) pen_text_fit (pen, font, em, x, base - 2.4 * em, 82 - x, pen_black (pen), dice_pick (pen->dice, bans));
  (void) pen_text_fit (pen, font, em, x, base - 1.2 * em, 82 - x, pen_black (pen), lines[variant][0]);
  (void) pen_text_fit (pen, font, em, x, base, 82 - x, pen_black (pen), call);
  if (under < self->height - 0.8)
    {
      g_autofree char *foot = g_strdup_printf ("%s　%s", self->person.issuer, dice_pick (pen->dice, bans));

      (void) pen_text_fit (pen, font, em, 5, under, 76, pen_black (pen), foot);
    }
}

void
document_draw_card_back (Document *self, Pen *pen)
{
  const char *font = pen_text_font (pen);
  double qr_x = layout_pick (pen->dice, BACK_QR_X), qr_y = layout_pick (pen->dice, BACK_QR_Y);
  double qr_size = layout_pick (pen->dice, BACK_QR_SIZE), name_base = layout_pick (pen->dice, BACK_NAME_BASE);
  double stripe_y = layout_pick (pen->dice, BACK_STRIPE_Y), stripe_height = layout_pick (pen->dice, BACK_STRIPE_HEIGHT);
  double chip_x = layout_pick (pen->dice, BACK_CHIP_X), chip_y = layout_pick (pen->dice, BACK_CHIP_Y);
  double em = dice_range (pen->dice, 2.2, 3.0);
  Ink stripe = pen_ink (pen, (Ink){ 0.17, 0.14, 0.13 }, 0.05);

  document_draw_card_stock (self, pen);
  if (self->qr != QR_NONE)
    pen_qr (pen, qr_x, qr_y, qr_size, dice_range (pen->dice, 1.2, 2.2), self->number, TRUE, self->qr == QR_DAMAGED);
  draw_number (self, pen);
  (void) pen_text (pen, font, em * 0.65, 26, name_base, pen_black (pen), "氏名");
  (void) pen_text_fit (pen, font, em, 32, name_base, 49, pen_black (pen), self->person.name);
  (void) pen_text_fit (pen, font, em * 0.9, 32, name_base + em * 1.45, 49, pen_black (pen), self->person.birth);
  if (qr_y + qr_size + 2 > chip_y)
    chip_y = qr_y + qr_size + 2;
  document_draw_chip (pen, chip_x, MIN (chip_y, stripe_y - 12.5));
  pen_box (pen, 0, stripe_y, self->width, stripe_height, stripe, 1);
  document_draw_back_small_print (self, pen, stripe_y, stripe_height);
}

void
document_draw_card_front (Document *self, Pen *pen)
{
  const char *font = pen_text_font (pen);
  const char *digit_font = pen_digit_font (pen);
  double em = dice_range (pen->dice, 2.2, 2.9), x = dice_range (pen->dice, 29, 33), y = dice_range (pen->dice, 8, 11);
  char serial[17], code[5], expiry[64], certificate[64];
  g_autofree char *until = NULL;

  document_draw_card_stock (self, pen);
  pen_ground_micro_text (pen, self->width, self->height, "JAPAN", dice_pick (pen->dice, tints), 0.8);
  for (guint i = 0; i < 16; i++)
    serial[i] = "0123456789ABCDEF"[dice_int (pen->dice, 0, 15)];
  serial[16] = '\0';
  digits_run (pen->dice, 4, code);
  person_date (pen->dice, 2026, 2035, expiry, sizeof expiry);
  person_date (pen->dice, 2026, 2031, certificate, sizeof certificate);

  pen_photo (pen, 4, 14, 21, 27);
  (void) pen_text_fit (pen, digit_font, 1.8, 4, 44.5, 22, pen_black (pen), serial);
  (void) pen_text (pen, digit_font, 1.8, 27.5, 44.5, pen_black (pen), code);
  (void) pen_text (pen, font, em * 0.65, 4, y - 3, pen_black (pen), "氏名");
  (void) pen_text_fit (pen, font, em * 1.15, 10, y - 2.5, 50, pen_black (pen), self->person.name);
  (void) pen_text (pen, font, em * 0.65, 4, y + 1.2, pen_black (pen), "住所");
  (void) pen_text_fit (pen, font, em, 10, y + 1.2, 72, pen_black (pen), self->person.address);
  (void) pen_text_fit (pen, font, em, x, y + 9, 32, pen_black (pen), self->person.birth);
  (void) pen_text (pen, font, em * 0.75, x + 35, y + 9, pen_black (pen), "性別");
  (void) pen_text (pen, font, em, x + 41, y + 9, pen_black (pen), self->person.sex);
  until = g_strconcat (expiry, "まで有効", NULL);
  (void) pen_text_fit (pen, font, em, x, y + 15, 40, pen_black (pen), until);
  (void) pen_text (pen, font, em * 0.75, x, y + 21, pen_black (pen), "電子証明書の有効期限");
  pen_frame (pen, x + 21, y + 18.5, 24, 4, 0.15, pen_black (pen), 0.7);
  if (dice_chance (pen->dice, 0.6))
    pen_handwriting (pen, 2.4, x + 22, y + 21.5, (Ink){ 0.12, 0.14, 0.4 }, certificate);
  (void) pen_text (pen, font, em, x, y + 27, pen_black (pen), self->person.issuer);
  pen_seal (pen, x + 20, y + 24, 5);
  (void) pen_title (pen, "Noto Sans CJK JP Bold", 3.4, 52, self->height - 4, (Ink){ 0.75, 0.3, 0.42 },
                    "個人番号カード");
  (void) pen_text_fit (pen, font, 1.4, 4, self->height - 3, 40, pen_black (pen),
                       "臓器提供の意思　1. 脳死後及び心停止した死後　2. 心停止した死後　3. 提供しない");
}

/* The film that the card is handed out in: it greys the number out and leaves the QR code to be seen. */
void
document_draw_card_sleeve (Document *self, Pen *pen)
{
  double x = (self->width - LAYOUT_ID1_WIDTH_MM) / 2 + dice_range (pen->dice, -1, 1);
  double y = (self->height - LAYOUT_ID1_HEIGHT_MM) / 2 + dice_range (pen->dice, -1, 1);
  double shade = dice_range (pen->dice, 0.45, 0.7), haze = dice_range (pen->dice, 0.05, 0.2);
  Ink grey = { shade, shade, shade };
  Document card = *self;
  cairo_rectangle_t *number = &self->number_ink;

  self->base = pen_ink (pen, (Ink){ 0.88, 0.88, 0.88 }, 0.04);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  card.width = LAYOUT_ID1_WIDTH_MM;
  card.height = LAYOUT_ID1_HEIGHT_MM;
  cairo_save (pen->cr);
  cairo_translate (pen->cr, x, y);
  pen_rounded (pen, 0, 0, card.width, card.height, LAYOUT_ID1_CORNER_MM);
  cairo_clip (pen->cr);
  document_draw_card_back (&card, pen);
  cairo_restore (pen->cr);
  self->card = (cairo_rectangle_t){ x, y, card.width, card.height };
  *number = card.number_ink;
  number->x += x;
  number->y += y;

  pen_box (pen, 0, 0, self->width, self->height, (Ink){ 1, 1, 1 }, haze);
  pen_box (pen, number->x - 2, number->y - 1.5, number->width + 4, number->height + 3, grey,
           dice_range (pen->dice, 0.86, 1));
  if (pen->texts != NULL)
    {
      cairo_matrix_t matrix;

      cairo_get_matrix (pen->cr, &matrix);
      texts_hide (pen->texts, &matrix, number);
    }
  pen_frame (pen, 1, 1, self->width - 2, self->height - 2, 0.3, (Ink){ 0.6, 0.6, 0.6 }, 0.5);
  for (int i = dice_int (pen->dice, 0, 4); i > 0; i--) /* creases shine */
    pen_line (pen, dice_range (pen->dice, 0, self->width), 0, dice_range (pen->dice, 0, self->width), self->height,
              dice_range (pen->dice, 0.2, 1.2), (Ink){ 1, 1, 1 }, dice_range (pen->dice, 0.1, 0.4));
}
