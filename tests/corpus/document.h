/* SPDX-License-Identifier: Apache-2.0 */
/* document: one drawn document, in mm from its own top left corner. */
#pragma once

#include "pen.h"
#include "person.h"

typedef struct
{
  CorpusKind kind;
  double width, height;
  double corner;          /* radius; 0 for paper */
  gboolean plastic;       /* may glare, has a thick edge */
  Ink base;               /* of the stock, shows where something is faded or worn */
  cairo_rectangle_t card; /* where the card lies on the document; all of it unless it is on a sheet */

  /* what is printed */
  Person person;
  char number[DIGITS_LENGTH + 1]; /* My Number or "" */
  char decoy[DIGITS_LENGTH + 1];
  CorpusQr qr;
  gboolean layout_held_out; /* laid out as no page for training or tuning is */
  gboolean scattered;       /* its parts anywhere, as only pages for training have them */

  /* set by drawing; an empty rectangle when no twelve digits are there */
  cairo_rectangle_t number_ink;
  const char *number_font; /* static, or NULL likewise */
} Document;

/** document_plan: decides size, stock and contents of a @kind from the dice. KIND_BLANK and KIND_TWO_CARDS are pages, not documents. */
void document_plan (Document *self, CorpusKind kind, const CorpusSpec *spec, Dice *dice);

/** document_draw: draws all of it, and over its rim, which the caller cuts away. */
void document_draw (Document *self, Pen *pen);

/* One function per document, each in the file of its family; document_draw chooses among them. */
void document_draw_card_back (Document *self, Pen *pen);
void document_draw_card_front (Document *self, Pen *pen);
void document_draw_card_sleeve (Document *self, Pen *pen);
void document_draw_notification_card (Document *self, Pen *pen);
void document_draw_notification_card_back (Document *self, Pen *pen);
void document_draw_notification_sheet (Document *self, Pen *pen);
void document_draw_notice (Document *self, Pen *pen);
void document_draw_licence (Document *self, Pen *pen);
void document_draw_parcel (Document *self, Pen *pen);
void document_draw_insurance_card (Document *self, Pen *pen);
void document_draw_text_page (Document *self, Pen *pen);
void document_draw_card_back_held_out (Document *self, Pen *pen);
void document_draw_card_back_scattered (Document *self, Pen *pen);
void document_draw_special_residence_card (Document *self, Pen *pen);
void document_draw_resident_record (Document *self, Pen *pen);
void document_draw_application_form (Document *self, Pen *pen);
void document_draw_phone_list (Document *self, Pen *pen);

/* Parts that several documents share. */
void document_draw_card_stock (Document *self, Pen *pen);
void document_draw_chip (Pen *pen, double x, double y);
/** document_draw_back_small_print: above a magnetic stripe, and below it where there is room. */
void document_draw_back_small_print (Document *self, Pen *pen, double stripe_y, double stripe_height);
/** document_draw_application_fields: the form from its title, whose foot is at @y, down; about 85 mm. */
void document_draw_application_fields (Document *self, Pen *pen, const char *font, double y);
