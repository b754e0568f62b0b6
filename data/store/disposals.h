/* SPDX-License-Identifier: Apache-2.0 */
/* disposals: what was disposed of, with its certificate, or the text that waits for one. Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;   /* UUID */
  char *time; /* RFC 3339 */
  guint numbers;
  gboolean certified;
  char *text; /* the certificate; before it is certified, what it will say */
} Disposal;

void disposal_free (Disposal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Disposal, disposal_free)

gboolean disposals_insert (Store *store, const Disposal *disposal, GError **error);
/** disposals_certify: @text takes the place of what waited. */
gboolean disposals_certify (Store *store, const char *id, const char *text, GError **error);
/** disposals_get: %NULL with NO_SUCH_RECORD. */
Disposal *disposals_get (Store *store, const char *id, GError **error);
/** disposals_list: (transfer full) (element-type Disposal): without their texts, oldest first. */
GPtrArray *disposals_list (Store *store, GError **error);
/** disposals_find_open: @ret_disposal: (out) (transfer full) (nullable): the oldest that waits for its certificate. */
gboolean disposals_find_open (Store *store, Disposal **ret_disposal, GError **error);

G_END_DECLS
