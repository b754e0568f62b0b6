/* SPDX-License-Identifier: Apache-2.0 */
/* ClientChoice: the companies that a kiosk serves, as rows for a page, kept up to date by asking their vaults. */
#pragma once

#include "client-folder.h"
#include "settings.h"

G_BEGIN_DECLS

#define CLIENT_TYPE_CHOICE (client_choice_get_type ())
G_DECLARE_FINAL_TYPE (ClientChoice, client_choice, CLIENT, CHOICE, GObject)

/**
 * client_choice_new:
 *
 * Main thread only. ::ready is emitted once after client_choice_ask (): all have answered, or long enough was waited.
 */
ClientChoice *client_choice_new (void);

/**
 * client_choice_look:
 * @settings: which folder, and which single vault beside it
 *
 * Reads the folder of vaults anew. What was known of those that stayed is kept.
 *
 * Returns: how many vaults there are; -1 with a %G_IO_ERROR
 */
int client_choice_look (ClientChoice *self, const Settings *settings, GError **error);

/* The one vault's folder, when there is only one. Borrowed until the next look. */
const char *client_choice_get_only (ClientChoice *self);

/* Of UiRow; the same object for as long as the choice lives. A row's id is the vault's folder. */
GListModel *client_choice_get_rows (ClientChoice *self);

/* Whether a row has that id; and the name of its folder, borrowed until the next look ("" for the single vault's). */
gboolean client_choice_find (ClientChoice *self, const char *id, const char **ret_name);

/* (transfer full): what the row of @id is called; %NULL without one. */
char *client_choice_dup_title (ClientChoice *self, const char *id);

/* Whether every company's name is known. */
gboolean client_choice_is_known (ClientChoice *self);

/**
 * client_choice_ask:
 * @tend: also lets each make its nightly backup, one after the other
 *
 * Asks each vault what it is called and how it is, and lets go of it at once.
 */
void client_choice_ask (ClientChoice *self, gboolean tend);

/* What somebody else has learned of the vault in @dir: a{sv} as GetStatus, or %NULL when it did not answer. */
void client_choice_tell (ClientChoice *self, const char *dir, GVariant *status);

/* Lets go of those being asked. */
void client_choice_stop (ClientChoice *self);

G_END_DECLS
