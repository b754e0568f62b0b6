/* SPDX-License-Identifier: Apache-2.0 */
/* admin-texts: rows of the vault's answers as words for admin mode. No number is in them. */
#pragma once

#include "row.h"

G_BEGIN_DECLS

/* Each: @row is an a{sv} of vault.xml. (transfer full) */
UiRow *admin_texts_person (GVariant *row);
UiRow *admin_texts_record (GVariant *row);
UiRow *admin_texts_entry (GVariant *row);

/* Label, value, label, value, … of one record, for UiReviewView. (transfer full) */
char **admin_texts_record_facts (GVariant *row);

/* The rows of Verify, one a line, each what should be and whether it is. (transfer full) */
char *admin_texts_findings (GVariant *findings);

/* A person's state: badge and tone. Borrowed. */
const char *admin_texts_state (const char *state, const char **ret_tone);

G_END_DECLS
