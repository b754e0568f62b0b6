/* SPDX-License-Identifier: Apache-2.0 */
/* document-other: what else people lay on a scanner: 運転免許証, a parcel's slip, 健康保険証, a page of text. */
#include "document.h"

#include "layout.h"

void
document_draw_licence (Document *self, Pen *pen)
{
  static const Ink bands[] = { { 0.85, 0.72, 0.35 }, { 0.45, 0.62, 0.85 }, { 0.55, 0.78, 0.50 } };
  const char *font = pen_text_font (pen);
  NumberStyle style = pen_number_style (pen);
  double x = layout_pick (pen->dice, LICENCE_NUMBER_X), base = layout_pick (pen->dice, LICENCE_NUMBER_BASE), width;
  double em = dice_range (pen->dice, 2.1, 2.7);
  gboolean grouped = dice_chance (pen->dice, 0.3);
  char issued[64], code[6], expiry[64], first[64];
  g_autofree char *issue_line = NULL, *expiry_line = NULL;

  self->base = pen_ink (pen, (Ink){ 0.93, 0.95, 0.97 }, 0.02);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  pen_ground_waves (pen, (Ink){ 0.6, 0.7, 0.85 }, dice_range (pen->dice, 0.3, 0.8));
  pen_ground_guilloche (pen, self->width, self->height, (Ink){ 0.85, 0.65, 0.75 }, 0.6);
  pen_photo (pen, 60, 17, 22, 27);
  person_date (pen->dice, 2018, 2026, issued, sizeof issued);
  person_date (pen->dice, 2026, 2031, expiry, sizeof expiry);
  digits_run (pen->dice, 5, code);
  (void) pen_text (pen, font, em * 0.75, 3.5, 5.5, pen_black (pen), "氏名");
  (void) pen_text_fit (pen, font, em * 1.15, 9, 5.5, 40, pen_black (pen), self->person.name);
  (void) pen_text_fit (pen, font, em, 54, 5.5, 29, pen_black (pen), self->person.birth);
  (void) pen_text (pen, font, em * 0.75, 3.5, 10, pen_black (pen), "住所");
  (void) pen_text_fit (pen, font, em, 9, 10, 73, pen_black (pen), self->person.address);
  issue_line = g_strdup_printf ("%s　%s", issued, code);
  (void) pen_text (pen, font, em * 0.75, 3.5, 14.2, pen_black (pen), "交付");
  (void) pen_text_fit (pen, font, em, 9, 14.2, 48, pen_black (pen), issue_line);
  expiry_line = g_strconcat (expiry, "まで有効", NULL);
  pen_box (pen, 3, 16, 54, 5.4, dice_pick (pen->dice, bands), 0.85);
  (void) pen_text_fit (pen, font, em * 1.25, 6, 20, 48, pen_black (pen), expiry_line);
  (void) pen_text (pen, font, em * 0.75, 3.5, 25, pen_black (pen), "免許の");
  (void) pen_text (pen, font, em * 0.75, 3.5, 28, pen_black (pen), "条件等");
  (void) pen_text (pen, font, em, 12, 26, pen_black (pen), "眼鏡等");

  (void) pen_text (pen, font, em * 0.75, 3.5, base, pen_black (pen), "番号");
  style.height = layout_pick (pen->dice, LICENCE_DIGIT_HEIGHT);
  if (!grouped)
    style.gap = 0;
  width = pen_text (pen, font, em, x, base, pen_black (pen), "第");
  pen_number (pen, &style, x + width + 1, base, pen_black (pen), self->decoy, TEXT_DECOY, &self->number_ink);
  (void) pen_text (pen, font, em, self->number_ink.x + self->number_ink.width + 1, base, pen_black (pen), "号");

  for (int i = 0; i < 3; i++)
    {
      static const char *const labels[] = { "二小原", "他", "二種" };

      person_date (pen->dice, 1985, 2024, first, sizeof first);
      (void) pen_text (pen, font, em * 0.7, 3.5, base + 3.8 + 3.4 * i, pen_black (pen), labels[i]);
      (void) pen_text_fit (pen, font, em * 0.85, 12, base + 3.8 + 3.4 * i, 20, pen_black (pen), first);
    }
  for (int i = 0; i < 7; i++)
    {
      pen_frame (pen, 34 + 3.6 * i, base + 1.6, 3.6, 9, 0.12, pen_black (pen), 0.7);
      (void) pen_text (pen, font, 1.9, 34.6 + 3.6 * i, base + 5.6, pen_black (pen),
                       dice_chance (pen->dice, 0.5) ? "普" : "－");
    }
  (void) pen_text (pen, font, em * 0.9, 57, 48.5, pen_black (pen), "見本県公安委員会");
  pen_seal (pen, 79, 45.5, 4.5);
}

void
document_draw_parcel (Document *self, Pen *pen)
{
  static const char *const titles[] = { "お問い合わせ送り状番号", "追跡番号", "お届け番号" };
  const char *font = pen_text_font (pen);
  NumberStyle style = pen_number_style (pen);
  double base = dice_range (pen->dice, 16, 24), x = 8;
  g_autofree char *phone = NULL;

  self->base = pen_ink (pen, (Ink){ 0.97, 0.97, 0.97 }, 0.015);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  pen_frame (pen, 3, 3, self->width - 6, self->height - 6, 0.3, (Ink){ 0.2, 0.3, 0.6 }, 0.9);
  (void) pen_text (pen, font, 2.6, x, base - style.height - 2, pen_black (pen), dice_pick (pen->dice, titles));
  pen_number (pen, &style, x, base, pen_black (pen), self->decoy, TEXT_DECOY, &self->number_ink);
  /* a bar code */
  for (double at = x; at < self->width - 12; at += dice_range (pen->dice, 0.5, 1.6))
    pen_box (pen, at, base + 3, dice_range (pen->dice, 0.2, 0.7), 9, pen_black (pen), 1);
  pen_line (pen, 3, base + 15, self->width - 3, base + 15, 0.2, (Ink){ 0.2, 0.3, 0.6 }, 0.9);
  (void) pen_text_fit (pen, font, 3, x, base + 21, self->width - 16, pen_black (pen), self->person.address);
  (void) pen_text_fit (pen, font, 3.6, x, base + 27, self->width - 16, pen_black (pen), self->person.name);
  phone = g_strdup_printf ("電話　%s", self->person.phone);
  (void) pen_text (pen, font, 2.8, x, base + 33, pen_black (pen), phone);
}

void
document_draw_insurance_card (Document *self, Pen *pen)
{
  static const Ink stocks[] = { { 0.86, 0.93, 0.98 }, { 0.98, 0.90, 0.82 }, { 0.98, 0.98, 0.86 } };
  const char *font = pen_text_font (pen);
  char sign[9], number[5], insurer[9], issued[64];
  g_autofree char *line = NULL, *foot = NULL;

  self->base = pen_ink (pen, dice_pick (pen->dice, stocks), 0.02);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  pen_ground_waves (pen, (Ink){ 0.5, 0.65, 0.8 }, dice_range (pen->dice, 0.2, 0.6));
  digits_run (pen->dice, 8, sign);
  digits_run (pen->dice, 4, number);
  digits_run (pen->dice, 8, insurer);
  person_date (pen->dice, 2010, 2024, issued, sizeof issued);
  (void) pen_title (pen, "Noto Sans CJK JP Bold", 3.6, 5, 8, (Ink){ 0.1, 0.25, 0.5 }, "健康保険　被保険者証");
  line = g_strdup_printf ("記号　%s　番号　%s", sign, number);
  (void) pen_text_fit (pen, font, 3.2, 5, 17, 74, pen_black (pen), line);
  (void) pen_text (pen, font, 2, 5, 24, pen_black (pen), "氏名");
  (void) pen_text_fit (pen, font, 3.4, 14, 24, 64, pen_black (pen), self->person.name);
  (void) pen_text_fit (pen, font, 2.6, 14, 29.5, 50, pen_black (pen), self->person.birth);
  (void) pen_text (pen, font, 2.6, 66, 29.5, pen_black (pen), self->person.sex);
  (void) pen_text (pen, font, 2, 5, 35, pen_black (pen), "資格取得");
  (void) pen_text_fit (pen, font, 2.6, 16, 35, 50, pen_black (pen), issued);
  foot = g_strdup_printf ("保険者番号　%s　　見本健康保険組合", insurer);
  (void) pen_text_fit (pen, font, 2.6, 5, 47, 74, pen_black (pen), foot);
}

void
document_draw_text_page (Document *self, Pen *pen)
{
  static const char *const words[] = {
    "拝啓",         "時下ますます", "ご清栄のこと", "お慶び申し上げます。", "このたびは",
    "弊社の",       "見本製品を",   "お買い上げ",   "いただき、",           "ありがとうございます。",
    "つきましては", "下記の",       "番号まで",     "ご連絡ください。",     "個人情報の",
    "取扱いに",     "ついては、",   "別紙を",       "ご覧ください。",       "敬具"
  };
  const char *font = pen_text_font (pen);
  double em = dice_range (pen->dice, 3.2, 4.4), y = 30;

  self->base = pen_ink (pen, (Ink){ 0.98, 0.98, 0.97 }, 0.01);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  (void) pen_title (pen, "Noto Sans CJK JP Bold", em * 1.5, 70, y, pen_black (pen), "ご案内");
  for (y += 14; y < 250; y += em * 1.7)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      for (int i = dice_int (pen->dice, 3, 7); i > 0; i--)
        g_string_append (line, dice_pick (pen->dice, words));
      if (dice_chance (pen->dice, 0.15))
        {
          int a = dice_int (pen->dice, 0, 9999), b = dice_int (pen->dice, 0, 9999);

          g_string_append_printf (line, "電話　03-%04d-%04d", a, b);
        }
      (void) pen_text_fit (pen, font, em, 22, y, 166, pen_black (pen), line->str);
    }
  (void) pen_text (pen, font, em, 140, 270, pen_black (pen), self->person.phone);
}
