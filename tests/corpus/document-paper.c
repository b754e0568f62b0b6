/* SPDX-License-Identifier: Apache-2.0 */
/* document-paper: 通知カード, cut and on its sheet, and 個人番号通知書. Wording is our own in the sense of the printed one. */
#include "document.h"

#include "layout.h"

static void
draw_notification_stock (Document *self, Pen *pen)
{
  Ink green = pen_ink (pen, (Ink){ 0.45, 0.72, 0.52 }, 0.06);

  self->base = pen_ink (pen, (Ink){ 0.90, 0.96, 0.90 }, 0.025);
  pen_box (pen, 0, 0, LAYOUT_ID1_WIDTH_MM + 2, LAYOUT_ID1_HEIGHT_MM + 2, self->base, 1);
  pen_ground_waves (pen, green, dice_range (pen->dice, 0.5, 1.1));
  if (dice_chance (pen->dice, 0.5))
    pen_ground_waves (pen, green, dice_range (pen->dice, 0.2, 0.6));
  pen_ground_screen (pen, green);
  pen_ground_latent (pen, LAYOUT_ID1_WIDTH_MM + 2, LAYOUT_ID1_HEIGHT_MM + 2, "複写", (Ink){ 0.2, 0.45, 0.3 });
}

static void
draw_row (Pen *pen, const char *font, double em, double base, const char *label, double width, const char *text)
{
  (void) pen_text (pen, font, em * 0.7, 5, base, pen_black (pen), label);
  (void) pen_text_fit (pen, font, em, 15, base, width, pen_black (pen), text);
}

void
document_draw_notification_card (Document *self, Pen *pen)
{
  NumberStyle style = pen_number_style (pen);
  const char *font = pen_text_font (pen), *label_font = pen_text_font (pen);
  double x = layout_pick (pen->dice, NOTIFICATION_NUMBER_X), base = layout_pick (pen->dice, NOTIFICATION_NUMBER_BASE);
  double em = layout_pick (pen->dice, LABEL_EM), distance = layout_pick (pen->dice, LABEL_DISTANCE);
  double label_width = pen_text_width (pen, label_font, em, "個人番号");
  double row = layout_pick (pen->dice, NOTIFICATION_NAME_BASE), text_em = dice_range (pen->dice, 2.4, 3.1);
  gboolean label_left = dice_chance (pen->dice, 0.6), ruled = dice_chance (pen->dice, 0.5);
  double width, room;
  char issued[64];

  draw_notification_stock (self, pen);
  room = 81 - 4 - (label_left ? label_width + distance : 0);
  width = pen_number_width (pen, &style, self->number);
  if (width > room)
    {
      style.height *= room / width;
      width = room;
    }
  if (label_left)
    x = MAX (x, 4 + label_width + distance);
  x = MIN (x, 81 - width);
  if (!label_left)
    base = MAX (base, 2 + em + distance + style.height);
  pen_number (pen, &style, x, base, pen_black (pen), self->number, TEXT_NUMBER, &self->number_ink);
  if (label_left)
    (void) pen_label (pen, label_font, em, x - label_width - distance, base - (style.height - em * 0.8) * 0.5,
                      pen_black (pen), "個人番号");
  else
    (void) pen_label (pen, label_font, em, x, base - style.height - distance - em * 0.12, pen_black (pen), "個人番号");
  if (ruled)
    pen_line (pen, 4, base + 2, 81, base + 2, 0.15, pen_black (pen), 0.6);

  draw_row (pen, font, text_em, row, "氏名", 64, self->person.name);
  draw_row (pen, font, text_em, row + 5.5, "住所", 66, self->person.address);
  draw_row (pen, font, text_em, row + 12, "生年月日", 36, self->person.birth);
  (void) pen_text (pen, font, text_em * 0.7, 56, row + 12, pen_black (pen), "性別");
  (void) pen_text (pen, font, text_em, 63, row + 12, pen_black (pen), self->person.sex);
  person_date (pen->dice, 2015, 2020, issued, sizeof issued);
  draw_row (pen, font, text_em * 0.85, row + 17.5, "発行日", 30, issued);
  (void) pen_text (pen, font, text_em * 0.95, 50, row + 17.5, pen_black (pen), self->person.issuer);
  if (dice_chance (pen->dice, 0.7))
    pen_seal (pen, 72, row + 14, 6);
  (void) pen_title (pen, "Noto Sans CJK JP Bold", 3, 5, self->height - 3.2, (Ink){ 0.15, 0.4, 0.25 }, "通知カード");
  (void) pen_text_fit (pen, font, 1.5, 28, self->height - 3.2, 53, pen_black (pen),
                       "この通知カードは、個人番号の確認のためにのみ利用することができます。");
}

void
document_draw_notification_card_back (Document *self, Pen *pen)
{
  const char *font = pen_text_font (pen);
  int n_entries = dice_int (pen->dice, 0, 4);

  draw_notification_stock (self, pen);
  (void) pen_text (pen, font, 2.6, 5, 6.5, pen_black (pen), "追記欄");
  for (int i = 0; i <= 6; i++)
    pen_line (pen, 4, 9 + 5.2 * i, 81.5, 9 + 5.2 * i, 0.12, pen_black (pen), 0.7);
  pen_line (pen, 24, 9, 24, 40.2, 0.12, pen_black (pen), 0.7);
  for (int i = 0; i < n_entries; i++)
    {
      char date[64];

      person_date (pen->dice, 2016, 2020, date, sizeof date);
      pen_handwriting (pen, 2.2, 5, 13 + 5.2 * i, (Ink){ 0.15, 0.15, 0.3 }, date);
      pen_handwriting (pen, 2.3, 25.5, 13 + 5.2 * i, (Ink){ 0.15, 0.15, 0.3 }, self->person.address);
      pen_seal (pen, 76, 9.6 + 5.2 * i, 4);
    }
  (void) pen_lines (pen, font, 1.5, 5, 43.5, 76, 2.3, pen_black (pen),
                    (const char *const[]){ "このカードは大切に保管してください。ラミネート加工等は行わないでください。",
                                           "記載事項に変更があったときは、市区町村の窓口へ届け出てください。",
                                           "拾得された方は、お近くの警察署へお届けください。", NULL });
}

void
document_draw_notification_sheet (Document *self, Pen *pen)
{
  const char *font = pen_text_font (pen);
  double x = layout_pick (pen->dice, NOTIFICATION_SHEET_X), y = layout_pick (pen->dice, NOTIFICATION_SHEET_Y);
  Document card = *self;

  self->base = pen_ink (pen, (Ink){ 0.97, 0.98, 0.96 }, 0.01);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);

  card.width = LAYOUT_ID1_WIDTH_MM;
  card.height = LAYOUT_ID1_HEIGHT_MM;
  cairo_save (pen->cr);
  cairo_translate (pen->cr, x, y);
  cairo_rectangle (pen->cr, 0, 0, card.width, card.height);
  cairo_clip (pen->cr);
  document_draw_notification_card (&card, pen);
  cairo_restore (pen->cr);
  self->card = (cairo_rectangle_t){ x, y, card.width, card.height };
  self->number_ink = card.number_ink;
  self->number_ink.x += x;
  self->number_ink.y += y;
  /* the cutting line */
  cairo_set_dash (pen->cr, (const double[]){ 1.2, 1.0 }, 2, 0);
  pen_frame (pen, x - 0.2, y - 0.2, card.width + 0.4, card.height + 0.4, 0.15, pen_black (pen), 0.7);
  pen_line (pen, 5, y + card.height + 16, 205, y + card.height + 16, 0.2, pen_black (pen), 0.7);
  cairo_set_dash (pen->cr, NULL, 0, 0);
  (void) pen_text (pen, font, 2.4, x, y + card.height + 5, pen_black (pen), "切り取り線に沿って切り離してください。");

  y += card.height + 28;
  document_draw_application_fields (self, pen, font, y);
}

/* A voice code: a square of fine noise without finder patterns. */
static void
draw_voice_code (Pen *pen, double x, double y, double size)
{
  const int n = 44;

  for (int row = 0; row < n; row++)
    for (int column = 0; column < n; column++)
      if (dice_chance (pen->dice, 0.5))
        cairo_rectangle (pen->cr, x + size * column / n, y + size * row / n, size / n, size / n);
  pen_set_ink (pen, pen_black (pen), 1);
  cairo_fill (pen->cr);
}

void
document_draw_notice (Document *self, Pen *pen)
{
  const char *font = pen_text_font (pen);
  NumberStyle style = pen_number_style (pen);
  double x = layout_pick (pen->dice, NOTICE_NUMBER_X), base = layout_pick (pen->dice, NOTICE_NUMBER_BASE);
  double em = dice_range (pen->dice, 3, 4.2);
  char issued[64];

  self->base = pen_ink (pen, (Ink){ 0.97, 0.97, 0.95 }, 0.015);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  if (dice_chance (pen->dice, 0.7))
    pen_ground_waves (pen, (Ink){ 0.6, 0.75, 0.8 }, dice_range (pen->dice, 0.3, 0.8));
  if (dice_chance (pen->dice, 0.5))
    pen_ground_latent (pen, self->width, self->height, "複写", (Ink){ 0.3, 0.4, 0.45 });
  (void) pen_title (pen, "Noto Sans CJK JP Bold", dice_range (pen->dice, 5, 7.5), self->width * 0.32, 22,
                    pen_black (pen), "個人番号通知書");
  (void) pen_text_fit (pen, font, em * 0.85, 14, 36, self->width - 28, pen_black (pen),
                       "あなたの個人番号（マイナンバー）は次のとおりですのでお知らせします。");
  style.height = layout_pick (pen->dice, NOTICE_DIGIT_HEIGHT);
  (void) pen_label (pen, font, em, 16, base, pen_black (pen), "個人番号");
  pen_number (pen, &style, x, base, pen_black (pen), self->number, TEXT_NUMBER, &self->number_ink);
  (void) pen_text (pen, font, em, 16, base + 12, pen_black (pen), "氏名");
  (void) pen_text_fit (pen, font, em, x, base + 12, 80, pen_black (pen), self->person.name);
  (void) pen_text (pen, font, em, 16, base + 22, pen_black (pen), "生年月日");
  (void) pen_text_fit (pen, font, em, x, base + 22, 60, pen_black (pen), self->person.birth);
  person_date (pen->dice, 2020, 2026, issued, sizeof issued);
  (void) pen_text (pen, font, em * 0.85, 16, base + 36, pen_black (pen), issued);
  (void) pen_text (pen, font, em * 0.85, x + 10, base + 36, pen_black (pen), self->person.issuer);
  pen_seal (pen, x + 34, base + 30, 9);
  draw_voice_code (pen, self->width - 32, self->height - 32, 18);
  (void) pen_lines (
      pen, font, em * 0.7, 16, base + 48, self->width - 56, em, pen_black (pen),
      (const char *const[]){ "この通知書は、個人番号を証明する書類や身分証明書として利用することはできません。",
                             "個人番号カードの交付申請については、同封の案内をご覧ください。", NULL });
}
