/* SPDX-License-Identifier: Apache-2.0 */
/* own-formats: format files that were made in this vault. Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

#define OWN_FORMATS_TABLE "formats"

typedef struct
{
  char *id;
  char *text;     /* as format_parse () takes it */
  char *added;    /* RFC 3339 */
  char *added_by; /* id of an admin */
} OwnFormat;

void own_format_free (OwnFormat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OwnFormat, own_format_free)

gboolean own_formats_insert (Store *store, const OwnFormat *format, GError **error);
/** own_formats_list: (transfer full) (element-type OwnFormat): those that were not removed, by id. */
GPtrArray *own_formats_list (Store *store, GError **error);
/** own_formats_get: %NULL with NO_SUCH_FORMAT, also for one that was removed. */
OwnFormat *own_formats_get (Store *store, const char *id, GError **error);
gboolean own_formats_set_removed (Store *store, const char *id, const char *removed, GError **error);

G_END_DECLS
