/* SPDX-License-Identifier: Apache-2.0 */
/* document: size, stock and contents; the drawing itself is in document-*.c. */
#include "document.h"

#include "layout.h"

static void
plan_size (Document *self, Dice *dice)
{
  self->width = LAYOUT_ID1_WIDTH_MM;
  self->height = LAYOUT_ID1_HEIGHT_MM;
  self->base = (Ink){ 0.97, 0.97, 0.96 };
  switch (self->kind)
    {
    case KIND_CARD_BACK:
    case KIND_CARD_FRONT:
    case KIND_LICENCE:
    case KIND_INSURANCE_CARD:
    case KIND_SPECIAL_RESIDENCE_CARD:
      self->corner = LAYOUT_ID1_CORNER_MM;
      self->plastic = TRUE;
      break;
    case KIND_CARD_SLEEVE:
      self->width += dice_range (dice, 4, 8);
      self->height += dice_range (dice, 4, 7);
      self->corner = dice_range (dice, 1, 3);
      self->plastic = TRUE;
      break;
    case KIND_NOTIFICATION_CARD:
    case KIND_NOTIFICATION_CARD_BACK:
      /* cut from its sheet by hand as often as along the line */
      self->width += dice_range (dice, -0.6, 0.9);
      self->height += dice_range (dice, -0.6, 0.9);
      break;
    case KIND_NOTIFICATION_SHEET:
    case KIND_TEXT_PAGE:
    case KIND_RESIDENT_RECORD:
    case KIND_APPLICATION_FORM:
    case KIND_PHONE_LIST:
      self->width = 210;
      self->height = 297;
      break;
    case KIND_NOTICE:
      self->width = dice_chance (dice, 0.5) ? 210 : 148;
      self->height = self->width > 200 ? (dice_chance (dice, 0.5) ? 148 : 297) : 210;
      break;
    case KIND_PARCEL:
      self->width = dice_range (dice, 95, 130);
      self->height = dice_range (dice, 60, 110);
      break;
    case KIND_BLANK:
    case KIND_TWO_CARDS:
    case N_KINDS:
      g_assert_not_reached ();
    }
  self->card = (cairo_rectangle_t){ 0, 0, self->width, self->height };
}

void
document_plan (Document *self, CorpusKind kind, const CorpusSpec *spec, Dice *dice)
{
  *self = (Document){ .kind = kind, .qr = QR_NONE };
  plan_size (self, dice);
  person_draw (dice, spec->name, spec->birth, &self->person);
  switch (kind)
    {
    case KIND_CARD_BACK:
    case KIND_CARD_SLEEVE:
    case KIND_NOTIFICATION_CARD:
    case KIND_NOTIFICATION_SHEET:
    case KIND_NOTICE:
    case KIND_RESIDENT_RECORD:
    case KIND_SPECIAL_RESIDENCE_CARD:
      digits_draw (dice, TRUE, self->number);
      if (spec->number != NULL)
        g_strlcpy (self->number, spec->number, sizeof self->number);
      break;
    case KIND_LICENCE:
    case KIND_PARCEL:
    case KIND_PHONE_LIST:
      digits_draw (dice, dice_chance (dice, 1.0 / 3) || spec->lookalike_valid, self->decoy);
      if (spec->number != NULL)
        g_strlcpy (self->decoy, spec->number, sizeof self->decoy);
      break;
    default:
      break;
    }
  if (kind == KIND_CARD_BACK || kind == KIND_CARD_SLEEVE)
    {
      static const double weights[] = { [QR_GOOD] = 80, [QR_DAMAGED] = 10, [QR_NONE] = 10 };

      self->qr = (CorpusQr) dice_weighted (dice, weights, G_N_ELEMENTS (weights));
      if (spec->qr != QR_MIXED)
        self->qr = spec->qr;
    }
  if (kind == KIND_SPECIAL_RESIDENCE_CARD)
    {
      g_assert (spec->purpose == PURPOSE_TEST);
      self->layout_held_out = TRUE;
      self->qr = spec->qr != QR_MIXED ? spec->qr : dice_chance (dice, 0.5) ? QR_GOOD : QR_NONE;
    }
  if (kind == KIND_CARD_BACK && spec->kind == kind)
    {
      self->layout_held_out = spec->purpose == PURPOSE_TEST && dice_chance (dice, 0.1);
      self->scattered = spec->purpose == PURPOSE_TRAINING && dice_chance (dice, 0.4);
    }
}

void
document_draw (Document *self, Pen *pen)
{
  static void (*const draw[N_KINDS]) (Document *, Pen *) = {
    [KIND_CARD_BACK] = document_draw_card_back,
    [KIND_NOTIFICATION_CARD] = document_draw_notification_card,
    [KIND_NOTIFICATION_SHEET] = document_draw_notification_sheet,
    [KIND_NOTICE] = document_draw_notice,
    [KIND_CARD_FRONT] = document_draw_card_front,
    [KIND_CARD_SLEEVE] = document_draw_card_sleeve,
    [KIND_NOTIFICATION_CARD_BACK] = document_draw_notification_card_back,
    [KIND_LICENCE] = document_draw_licence,
    [KIND_PARCEL] = document_draw_parcel,
    [KIND_INSURANCE_CARD] = document_draw_insurance_card,
    [KIND_TEXT_PAGE] = document_draw_text_page,
    [KIND_RESIDENT_RECORD] = document_draw_resident_record,
    [KIND_SPECIAL_RESIDENCE_CARD] = document_draw_special_residence_card,
    [KIND_APPLICATION_FORM] = document_draw_application_form,
    [KIND_PHONE_LIST] = document_draw_phone_list,
  };

  g_assert (draw[self->kind] != NULL);
  if (self->kind == KIND_CARD_BACK && self->layout_held_out)
    document_draw_card_back_held_out (self, pen);
  else if (self->scattered)
    document_draw_card_back_scattered (self, pen);
  else
    draw[self->kind](self, pen);
}
