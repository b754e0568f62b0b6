/* SPDX-License-Identifier: Apache-2.0 */
/* Secret: bytes in locked memory with guard pages, wiped when freed. Keys, PINs, numbers and finished exports live here. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Secret Secret;

/** secret_init: prepares libsodium; call once before anything else here. %FALSE when no random source answers. */
gboolean secret_init (void);

/**
 * secret_lock_process:
 *
 * Keeps all of this process's memory out of swap, now and later; needs the right to lock without limit. Once, before threads.
 *
 * Returns: %FALSE where that right is missing: secrets lock what they may by themselves, and nothing has changed.
 */
gboolean secret_lock_process (void);
/** secret_process_is_locked: has secret_lock_process () succeeded? */
gboolean secret_process_is_locked (void);

/**
 * secret_new:
 * @n_bytes: may be 0
 *
 * Memory is kept out of swap where RLIMIT_MEMLOCK allows (libsodium locks as much as it may) and out of core dumps; one
 * object takes at least three pages, so use it for keys, not for fields. May be used on any thread, one at a time.
 *
 * Returns: (transfer full): @n_bytes zero bytes. Never %NULL: without memory the program ends.
 */
Secret *secret_new (gsize n_bytes);
Secret *secret_new_random (gsize n_bytes);
Secret *secret_new_copy (const void *bytes, gsize n_bytes);
/** secret_new_take: copies, then wipes @bytes at its source; the source's memory stays the caller's. */
Secret *secret_new_take (void *bytes, gsize n_bytes);

/** secret_get_data: (transfer none): @ret_n_bytes may be %NULL. */
const guint8 *secret_get_data (const Secret *self, gsize *ret_n_bytes);
guint8 *secret_get_writable (Secret *self);
gsize secret_get_size (const Secret *self);

/** secret_append: grows @self; the old place is wiped. Borrowed pointers into @self are void afterwards. */
void secret_append (Secret *self, const void *bytes, gsize n_bytes);

/** secret_equal: in constant time for equal sizes. */
gboolean secret_equal (const Secret *a, const Secret *b);

/** secret_free: wipes; %NULL is fine. */
void secret_free (Secret *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Secret, secret_free)

G_END_DECLS
