/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-people: the verbs of “people” that have a file of their own; and who has handed in a number, who has not, also for papers. */
#pragma once

#include "ctl-common.h"

G_BEGIN_DECLS

/* Which people; NULL: any. */
typedef struct
{
  char *department; /* "": those without one */
  char *state;
  char *search;
} CtlPeople;

void ctl_people_clear (CtlPeople *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CtlPeople, ctl_people_clear)

/** ctl_people_fetch: (transfer full) (element-type GVariant): as PeopleList, by department, page by page; %NULL with an error. */
GPtrArray *ctl_people_fetch (AzukariVault1 *vault, const CtlPeople *which, GError **error);

int ctl_people_import (CtlContext *ctx, int argc, char **argv);
int ctl_people_undo (CtlContext *ctx, int argc, char **argv);
int ctl_people_status (CtlContext *ctx, int argc, char **argv);
int ctl_people_asked (CtlContext *ctx, int argc, char **argv);

G_END_DECLS
