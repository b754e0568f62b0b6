/* SPDX-License-Identifier: Apache-2.0 */
/* Every code of the reader has a sentence of its own. */
#include "messages.h"

#include <string.h>

#include "frames.h"

static const char *const reasons[] = {
  FRAMES_REASON_LOW_CONFIDENCE,   FRAMES_REASON_DISAGREEMENT,
  FRAMES_REASON_CHECK_DIGIT,      FRAMES_REASON_UNREADABLE,
  FRAMES_REASON_WRONG_SIDE,       FRAMES_REASON_WRONG_DOCUMENT,
  FRAMES_REASON_NOTICE,           FRAMES_REASON_BLANK,
  FRAMES_REASON_NO_CARD,          FRAMES_REASON_TWO_CARDS,
  FRAMES_REASON_SLEEVE,           FRAMES_REASON_NO_NUMBER,
  FRAMES_REASON_NO_SCANNER,       FRAMES_REASON_BUSY,
  FRAMES_REASON_JAMMED,           FRAMES_REASON_COVER_OPEN,
  FRAMES_REASON_NO_PAPER,         FRAMES_REASON_UNPLUGGED,
  FRAMES_REASON_DENIED,           FRAMES_REASON_IO,
  FRAMES_REASON_SHORT_PAGE,       FRAMES_REASON_CANCELLED,
  FRAMES_REASON_BAD_IMAGE,        FRAMES_REASON_ABSURD_SIZE,
  FRAMES_REASON_BAD_OPTION,       FRAMES_REASON_CRASHED,
  FRAMES_REASON_RESIDENT_RECORD,  FRAMES_REASON_INSURANCE_CARD,
  FRAMES_REASON_APPLICATION_FORM,
};

static const char *const documents[] = {
  FRAMES_DOCUMENT_CARD_BACK,
  FRAMES_DOCUMENT_CARD_FRONT,
  FRAMES_DOCUMENT_NOTIFICATION_CARD,
  FRAMES_DOCUMENT_NOTIFICATION_CARD_BACK,
  FRAMES_DOCUMENT_NOTICE,
  FRAMES_DOCUMENT_LICENCE,
  FRAMES_DOCUMENT_SPECIAL_RESIDENCE_CARD,
  FRAMES_DOCUMENT_RESIDENT_RECORD,
  FRAMES_DOCUMENT_INSURANCE_CARD,
  FRAMES_DOCUMENT_APPLICATION_FORM,
  FRAMES_DOCUMENT_BLANK,
  FRAMES_DOCUMENT_NONE,
};

static void
assert_distinct (const char *const *codes, guint n_codes, const char *(*find) (const char *) )
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_add (seen, (gpointer) find ("no-such-code"));
  for (guint i = 0; i < n_codes; i++)
    {
      g_test_message ("%s", codes[i]);
      g_assert_cmpstr (find (codes[i]), !=, "");
      g_assert_true (g_hash_table_add (seen, (gpointer) find (codes[i])));
    }
}

static void
test_reasons (void)
{
  assert_distinct (reasons, G_N_ELEMENTS (reasons), messages_for_reason);
  g_assert_cmpstr (messages_for_reason (""), ==, "");
  g_assert_cmpstr (messages_for_reason ("no-such-code"), !=, "");
  g_assert_cmpstr (messages_for_reason (NULL), !=, "");
}

static void
test_documents (void)
{
  assert_distinct (documents, G_N_ELEMENTS (documents), messages_for_document);
}

static void
assert_refusal (const char *reason, const char *document, const char *words)
{
  g_autofree char *said = messages_for_refusal (reason, document);

  g_assert_cmpstr (said, ==, words);
}

/* A document that is never accepted is named; a card that only lies wrongly is not called one that is not accepted. */
static void
test_refusals (void)
{
  static const char *const placements[] = { FRAMES_REASON_WRONG_SIDE, FRAMES_REASON_NO_NUMBER, FRAMES_REASON_SLEEVE,
                                            FRAMES_REASON_TWO_CARDS };

  assert_refusal (FRAMES_REASON_WRONG_DOCUMENT, FRAMES_DOCUMENT_LICENCE, "Not accepted: driving licence");
  assert_refusal (FRAMES_REASON_RESIDENT_RECORD, FRAMES_DOCUMENT_RESIDENT_RECORD, "Not accepted: resident record");
  assert_refusal (FRAMES_REASON_WRONG_DOCUMENT, FRAMES_DOCUMENT_OTHER, "This document is not accepted");
  assert_refusal (FRAMES_REASON_WRONG_DOCUMENT, NULL, "This document is not accepted");
  assert_refusal (FRAMES_REASON_BLANK, FRAMES_DOCUMENT_BLANK, "No card was seen");
  for (guint i = 0; i < G_N_ELEMENTS (placements); i++)
    {
      g_autofree char *said = messages_for_refusal (placements[i], FRAMES_DOCUMENT_SPECIAL_RESIDENCE_CARD);

      g_test_message ("%s: %s", placements[i], said);
      g_assert_null (strstr (said, "ccepted"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/reasons/each-has-its-sentence", test_reasons);
  g_test_add_func ("/messages/documents/each-has-its-name", test_documents);
  g_test_add_func ("/messages/refusals/names-what-is-never-accepted", test_refusals);
  return g_test_run ();
}
