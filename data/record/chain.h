/* SPDX-License-Identifier: Apache-2.0 */
/* chain: how an entry's hash comes from it and from the hash before. Any thread. */
#pragma once

#include "entry.h"

G_BEGIN_DECLS

/** chain_hash: over @before and every field of @entry but its hash; may be written over @before. */
void chain_hash (const guint8 before[ENTRY_HASH_BYTES], const Entry *entry, guint8 ret_hash[ENTRY_HASH_BYTES]);

/** chain_code_is_valid: may @code stand in an entry? At most 128 of A-Z a-z 0-9 and . _ : / + - , and not twelve bare digits. */
gboolean chain_code_is_valid (const char *code);

/** chain_find_detail: (transfer none) (nullable): the value of @key in an entry's detail, up to the end of its line. */
const char *chain_find_detail (const char *detail, const char *key);

G_END_DECLS
