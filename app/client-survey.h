/* SPDX-License-Identifier: Apache-2.0 */
/* client-survey: asks many vaults how they are, some of them at once. */
#pragma once

#include <gio/gio.h>

#include "client-folder.h"

G_BEGIN_DECLS

/* Each vault asked is a process that starts and opens its TPM; on a machine with one chip they wait for each other there. */
#define CLIENT_SURVEY_AT_ONCE 4u
/* A vault that has not answered by then is left to itself. */
#define CLIENT_SURVEY_TIMEOUT_S 30u

typedef struct _ClientSurvey ClientSurvey;

/* @status: a{sv} as GetStatus, %NULL with @error. Both borrowed. */
typedef void (*ClientSurveyFunc) (const ClientFolder *client, GVariant *status, const GError *error,
                                  gpointer user_data);
typedef void (*ClientSurveyDone) (gpointer user_data);

/**
 * client_survey_new:
 * @list: (transfer none): must live as long as the survey
 * @at_once: how many are asked at a time
 * @tend: also lets each vault make its nightly backup where that is due
 * @func: called once for each client that has a vault, in the order in which they answer
 * @done: called last; the survey may be freed in it
 *
 * Each connection is closed before the vault's answer is told. Main thread only; nothing is called from within this function.
 */
ClientSurvey *client_survey_new (const ClientList *list, guint at_once, gboolean tend, ClientSurveyFunc func,
                                 ClientSurveyDone done, gpointer user_data);

/* No more calls after this; what is being asked is let go. */
void client_survey_free (ClientSurvey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientSurvey, client_survey_free)

G_END_DECLS
