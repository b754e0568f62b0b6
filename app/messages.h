/* SPDX-License-Identifier: Apache-2.0 */
/* messages: what the reader says, as sentences for the person in front of the scanner: what happened, what to do. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For FRAMES_REASON_*. Translated; a general sentence for an unknown code, "" for "". Borrowed, valid for ever. */
const char *messages_for_reason (const char *reason);

/* For FRAMES_DOCUMENT_*: the document's name. Translated; borrowed, valid for ever. */
const char *messages_for_document (const char *document);

/*
 * What to write above messages_for_reason () when a document was refused: its name, or what is the matter with a card that would
 * be taken if it lay there otherwise. @document: FRAMES_DOCUMENT_* or %NULL. Translated; (transfer full).
 */
char *messages_for_refusal (const char *reason, const char *document);

G_END_DECLS
