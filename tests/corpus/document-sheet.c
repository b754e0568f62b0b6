/* SPDX-License-Identifier: Apache-2.0 */
/* document-sheet: A4 with much that looks like a number: 住民票, the application form of a card, lists of telephone numbers. */
#include "document.h"

#include "layout.h"

static void
draw_field (Pen *pen, const char *font, double y, double height, const char *label, const char *text)
{
  pen_frame (pen, 20, y, 170, height, 0.2, pen_black (pen), 0.8);
  pen_line (pen, 48, y, 48, y + height, 0.2, pen_black (pen), 0.8);
  (void) pen_text (pen, font, 3, 22, y + height * 0.65, pen_black (pen), label);
  (void) pen_text_fit (pen, font, 3.6, 51, y + height * 0.65, 135, pen_black (pen), text);
}

/* One person of a household from @y. Returns: where the next begins. */
static double
draw_member (Document *self, Pen *pen, const char *font, double y, int member, double row)
{
  static const char *const ties[] = { "世帯主", "妻", "子", "子" };
  NumberStyle style = pen_number_style (pen);
  Person person = self->person;
  char number[DIGITS_LENGTH + 1], code[12], moved[64];
  cairo_rectangle_t ink;

  if (member > 0)
    person_draw (pen->dice, NULL, NULL, &person);
  digits_draw (pen->dice, TRUE, number);
  digits_run (pen->dice, 11, code);
  person_date (pen->dice, 1995, 2025, moved, sizeof moved);
  draw_field (pen, font, y, row, "氏名", person.name);
  draw_field (pen, font, y + row, row, "生年月日", person.birth);
  draw_field (pen, font, y + 2 * row, row, "続柄", ties[member]);
  draw_field (pen, font, y + 3 * row, row, "住民票コード", code);
  draw_field (pen, font, y + 4 * row, row, "住定日", moved);
  pen_frame (pen, 20, y + 5 * row, 170, row, 0.2, pen_black (pen), 0.8);
  pen_line (pen, 48, y + 5 * row, 48, y + 6 * row, 0.2, pen_black (pen), 0.8);
  (void) pen_label (pen, font, 3, 22, y + 5.65 * row, pen_black (pen), "個人番号");
  style.height = dice_range (pen->dice, 2.4, 3.4);
  if (dice_chance (pen->dice, 0.5))
    style.gap = 0;
  pen_number (pen, &style, 51, y + 5.7 * row, pen_black (pen), member == 0 ? self->number : number, TEXT_NUMBER, &ink);
  if (member == 0)
    self->number_ink = ink;
  return y + 6 * row;
}

void
document_draw_resident_record (Document *self, Pen *pen)
{
  const char *font = pen_text_font (pen);
  int n_members = dice_chance (pen->dice, 0.5) ? 1 : dice_int (pen->dice, 2, 4);
  double y = 46, row = n_members == 1 ? dice_range (pen->dice, 8, 11) : dice_range (pen->dice, 6.5, 7.5);
  char issued[64];

  self->base = pen_ink (pen, (Ink){ 0.96, 0.97, 0.98 }, 0.015);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  pen_ground_waves (pen, (Ink){ 0.65, 0.75, 0.9 }, dice_range (pen->dice, 0.2, 0.6));
  pen_ground_latent (pen, self->width, self->height, "複写", (Ink){ 0.4, 0.5, 0.6 });
  (void) pen_title (pen, "Noto Serif CJK JP Bold", dice_range (pen->dice, 6, 8), 84, 24, pen_black (pen), "住　民　票");
  draw_field (pen, font, 32, 10, "住所", self->person.address);
  for (int i = 0; i < n_members; i++)
    y = draw_member (self, pen, font, y, i, row) + 2;
  person_date (pen->dice, 2024, 2026, issued, sizeof issued);
  (void) pen_text (pen, font, 3.2, 24, MIN (y + 12, 262), pen_black (pen),
                   "この写しは、住民票の原本と相違ないことを証明する。");
  (void) pen_text (pen, font, 3.2, 24, MIN (y + 20, 270), pen_black (pen), issued);
  (void) pen_text (pen, font, 4, 120, MIN (y + 20, 270), pen_black (pen), self->person.issuer);
  pen_seal (pen, 158, MIN (y + 12, 262), 14);
}

void
document_draw_application_fields (Document *self, Pen *pen, const char *font, double y)
{
  static const char *const labels[] = { "氏名", "住所", "生年月日", "電話番号", "申請日", "点字表記" };
  const char *const texts[] = {
    self->person.name, self->person.address, self->person.birth, self->person.phone, "", ""
  };
  g_autofree char *line = NULL;
  char application[24];

  (void) pen_title (pen, "Noto Sans CJK JP Bold", 5.5, 45, y, pen_black (pen), "個人番号カード交付申請書");
  digits_run (pen->dice, 23, application);
  line = g_strdup_printf ("申請書ID　%s", application);
  (void) pen_text (pen, font, 3.4, 20, y + 12, pen_black (pen), line);
  pen_qr (pen, 160, y + 6, 22, 2, application, FALSE, FALSE);
  for (int i = 0; i < 6; i++)
    {
      double base = y + 26 + 9 * i;

      pen_frame (pen, 20, base - 6, 132, 9, 0.2, pen_black (pen), 0.8);
      (void) pen_text (pen, font, 3, 22, base, pen_black (pen), labels[i]);
      (void) pen_text_fit (pen, font, 3.4, 48, base, 100, pen_black (pen), texts[i]);
    }
  pen_frame (pen, 160, y + 36, 35, 45, 0.2, pen_black (pen), 0.8);
  (void) pen_text (pen, font, 2.6, 163, y + 60, pen_black (pen), "顔写真貼付欄");
}

void
document_draw_application_form (Document *self, Pen *pen)
{
  const char *font = pen_text_font (pen);
  double y = dice_range (pen->dice, 22, 40);

  self->base = pen_ink (pen, (Ink){ 0.97, 0.98, 0.97 }, 0.01);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  document_draw_application_fields (self, pen, font, y);
  if (dice_chance (pen->dice, 0.5))
    pen_handwriting (pen, 4, 48, y + 26 + 36, (Ink){ 0.1, 0.12, 0.35 }, "令和8年3月14日");
  (void) pen_lines (pen, font, 3, 20, y + 96, 170, 6, pen_black (pen),
                    (const char *const[]){ "個人番号カードの交付を申請します。",
                                           "送付先の住所に変更がある方は、窓口へお申し出ください。",
                                           "署名用電子証明書　　利用者証明用電子証明書", NULL });
}

void
document_draw_phone_list (Document *self, Pen *pen)
{
  static const char *const heads[] = { "お客様番号", "会員番号", "契約番号" };
  const char *font = pen_text_font (pen);
  NumberStyle style = pen_number_style (pen);
  double row = dice_range (pen->dice, 7, 12), y = 44;
  gboolean decoy_drawn = FALSE, grouped = dice_chance (pen->dice, 0.5);

  self->base = pen_ink (pen, (Ink){ 0.98, 0.98, 0.98 }, 0.01);
  pen_box (pen, 0, 0, self->width, self->height, self->base, 1);
  (void) pen_title (pen, "Noto Sans CJK JP Bold", 5, 20, 26, pen_black (pen), "連絡先一覧");
  (void) pen_text (pen, font, 3, 20, 37, pen_black (pen), "氏名");
  (void) pen_text (pen, font, 3, 70, 37, pen_black (pen), "電話番号");
  (void) pen_text (pen, font, 3, 120, 37, pen_black (pen), dice_pick (pen->dice, heads));
  style.height = dice_range (pen->dice, 2.2, 3.2);
  if (!grouped)
    style.gap = 0;
  for (; y < self->height - 20; y += row)
    {
      Person person;
      char digits[DIGITS_LENGTH + 1];

      person_draw (pen->dice, NULL, NULL, &person);
      digits_draw (pen->dice, dice_chance (pen->dice, 1.0 / 3), digits);
      (void) pen_text_fit (pen, font, 3.4, 20, y, 45, pen_black (pen), person.name);
      (void) pen_text (pen, font, 3.4, 70, y, pen_black (pen), person.phone);
      pen_number (pen, &style, 120, y, pen_black (pen), decoy_drawn ? digits : self->decoy, TEXT_DECOY,
                  decoy_drawn ? NULL : &self->number_ink);
      decoy_drawn = TRUE;
      pen_line (pen, 18, y + 2, 192, y + 2, 0.1, pen_black (pen), 0.4);
    }
}
