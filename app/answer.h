/* SPDX-License-Identifier: Apache-2.0 */
/* answer: what a dictionary from the vault says under a key. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Each: "", 0 or %FALSE where it says nothing, or something of another type. */

/* Borrowed from @row. */
const char *answer_text (GVariant *row, const char *key);
guint32 answer_u32 (GVariant *row, const char *key);
gboolean answer_bool (GVariant *row, const char *key);
/* (transfer full): a 64-bit number, as digits. */
char *answer_dup_u64 (GVariant *row, const char *key);

G_END_DECLS
