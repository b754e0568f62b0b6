/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's codes as sentences. */
#include "config.h"

#include "messages.h"

#include <glib/gi18n.h>

#include "frames.h"

typedef struct
{
  const char *code;
  const char *text;
} Sentence;

static const Sentence reasons[] = {
  { "", "" },
  { FRAMES_REASON_LOW_CONFIDENCE, N_ ("The digits could not be read with certainty. Please clean the card and the "
                                      "glass, lay the card flat, and scan again.") },
  { FRAMES_REASON_DISAGREEMENT,
    N_ ("Two readings of the number differ, so it was not taken. Please lay the card flat and scan again.") },
  { FRAMES_REASON_CHECK_DIGIT,
    N_ ("The number that was read does not pass its check digit, so it was not taken. Please scan again.") },
  { FRAMES_REASON_UNREADABLE,
    N_ ("The number could not be read. Please make sure that nothing covers the digits, and scan again.") },
  { FRAMES_REASON_WRONG_SIDE, N_ ("This is the side without the number. Please turn the card over and scan again.") },
  { FRAMES_REASON_WRONG_DOCUMENT,
    N_ ("This is not a My Number card or a notification card. Please lay one of those two on the scanner.") },
  { FRAMES_REASON_NOTICE, N_ ("The individual number notice does not prove a number. Please use the My Number card or "
                              "the notification card.") },
  { FRAMES_REASON_RESIDENT_RECORD, N_ ("A resident record may hold several people's numbers, so it is not read here. "
                                       "Please hand it to the attendant.") },
  { FRAMES_REASON_INSURANCE_CARD,
    N_ ("A health insurance card or eligibility certificate does not prove a number. Please use the My Number card or "
        "the notification card.") },
  { FRAMES_REASON_APPLICATION_FORM,
    N_ ("The application form for the My Number card holds no My Number. Please lay the My "
        "Number card or the notification card on the scanner.") },
  { FRAMES_REASON_BLANK, N_ ("The page is blank. Please lay the card face down on the glass and scan again.") },
  { FRAMES_REASON_NO_CARD,
    N_ ("No card was found. Please lay the card on the glass, away from the edge, and scan again.") },
  { FRAMES_REASON_TWO_CARDS, N_ ("There is more than one card. Please lay one card only on the scanner.") },
  { FRAMES_REASON_SLEEVE,
    N_ ("The card is in its sleeve, which hides the number. Please take the card out and scan again.") },
  { FRAMES_REASON_NO_NUMBER, N_ ("There is no My Number on this side. Please turn the card over and scan again.") },
  { FRAMES_REASON_NO_SCANNER,
    N_ ("There is no such scanner. Please check that it is switched on and that its cable is plugged in.") },
  { FRAMES_REASON_BUSY,
    N_ ("The scanner is in use. Please wait a moment, close other scanning programs, and try again.") },
  { FRAMES_REASON_JAMMED, N_ ("The scanner is jammed. Please open it, take the card out carefully, and try again.") },
  { FRAMES_REASON_COVER_OPEN, N_ ("The scanner's cover is open. Please close it and try again.") },
  { FRAMES_REASON_NO_PAPER, N_ ("The scanner has nothing to scan. Please insert the card and try again.") },
  { FRAMES_REASON_UNPLUGGED, N_ ("The scanner stopped answering. Please check its cable and power, and scan again.") },
  { FRAMES_REASON_DENIED,
    N_ ("This user may not use the scanner. Please ask the administrator to add the user to the group “scanner”.") },
  { FRAMES_REASON_IO, N_ ("The scanner reported an error. Please switch it off and on again, and scan once more.") },
  { FRAMES_REASON_SHORT_PAGE,
    N_ ("The scan ended before the page was complete. Please scan again without moving the card.") },
  { FRAMES_REASON_CANCELLED, N_ ("Scanning was cancelled. Nothing was kept.") },
  { FRAMES_REASON_BAD_IMAGE,
    N_ ("The picture is damaged, cut short, or not a PNM, PNG, JPEG or TIFF file. Please scan or export it again.") },
  { FRAMES_REASON_ABSURD_SIZE,
    N_ ("The picture has no pixels or far too many. Please scan one page of at most A3 at up to 600 dpi.") },
  { FRAMES_REASON_BAD_OPTION,
    N_ ("The scanner does not take one of the settings. “azukarictl scanners DEVICE” lists those that it has.") },
  { FRAMES_REASON_CRASHED, N_ ("Reading was stopped by an error. Nothing was kept. Please scan again.") },
};

/* Cards that may well be accepted: what is the matter is how they lie. */
static const Sentence placements[] = {
  { FRAMES_REASON_WRONG_SIDE, N_ ("The number is on the other side") },
  { FRAMES_REASON_NO_NUMBER, N_ ("The number is on the other side") },
  { FRAMES_REASON_SLEEVE, N_ ("The number is covered") },
  { FRAMES_REASON_TWO_CARDS, N_ ("Cards are read one at a time") },
  { FRAMES_REASON_BLANK, N_ ("No card was seen") },
  { FRAMES_REASON_NO_CARD, N_ ("No card was seen") },
};

static const Sentence documents[] = {
  { FRAMES_DOCUMENT_CARD_BACK, N_ ("My Number card, back") },
  { FRAMES_DOCUMENT_CARD_FRONT, N_ ("My Number card, front") },
  { FRAMES_DOCUMENT_NOTIFICATION_CARD, N_ ("notification card") },
  { FRAMES_DOCUMENT_NOTIFICATION_CARD_BACK, N_ ("notification card, back") },
  { FRAMES_DOCUMENT_NOTICE, N_ ("individual number notice") },
  { FRAMES_DOCUMENT_LICENCE, N_ ("driving licence") },
  { FRAMES_DOCUMENT_SPECIAL_RESIDENCE_CARD, N_ ("special residence card") },
  { FRAMES_DOCUMENT_RESIDENT_RECORD, N_ ("resident record") },
  { FRAMES_DOCUMENT_INSURANCE_CARD, N_ ("health insurance card or eligibility certificate") },
  { FRAMES_DOCUMENT_APPLICATION_FORM, N_ ("application form for the My Number card") },
  { FRAMES_DOCUMENT_BLANK, N_ ("blank page") },
  { FRAMES_DOCUMENT_NONE, N_ ("no document") },
};

static const char *
find (const Sentence *sentences, gsize n_sentences, const char *code, const char *otherwise)
{
  for (gsize i = 0; i < n_sentences; i++)
    if (g_strcmp0 (sentences[i].code, code) == 0)
      return sentences[i].text[0] != '\0' ? _ (sentences[i].text) : "";
  return otherwise;
}

const char *
messages_for_reason (const char *reason)
{
  return find (reasons, G_N_ELEMENTS (reasons), reason,
               _ ("The card could not be read. Please scan again, or ask the person in charge."));
}

const char *
messages_for_document (const char *document)
{
  return find (documents, G_N_ELEMENTS (documents), document, _ ("another document"));
}

char *
messages_for_refusal (const char *reason, const char *document)
{
  static const char *const nameless[] = { FRAMES_DOCUMENT_OTHER, FRAMES_DOCUMENT_BLANK, FRAMES_DOCUMENT_NONE, NULL };
  const char *placement = find (placements, G_N_ELEMENTS (placements), reason, NULL);

  if (placement != NULL)
    return g_strdup (placement);
  if (document == NULL || g_strv_contains (nameless, document))
    return g_strdup (_ ("This document is not accepted"));
  /* Translators: %s is a kind of document: "driving licence" */
  return g_strdup_printf (_ ("Not accepted: %s"), messages_for_document (document));
}
