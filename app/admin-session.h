/* SPDX-License-Identifier: Apache-2.0 */
/* AdminSession: what the parts of admin mode share: the admin's connection, and ways to tell the window. Empty while nobody is in. */
#pragma once

#include "admin-token.h"
#include "settings.h"
#include "vault-client.h"

G_BEGIN_DECLS

#define ADMIN_TYPE_SESSION (admin_session_get_type ())
G_DECLARE_FINAL_TYPE (AdminSession, admin_session, ADMIN, SESSION, GObject)

/**
 * admin_session_new:
 * @settings: borrowed, must live as long
 *
 * Signals: ::waiting (gboolean), an answer of the vault is on its way; ::said (string, gboolean is_bad), a sentence for the admin, ""
 * for none; ::ended, the connection has lost its rights, or the vault was closed; ::changed, what is on the screen is to be asked for
 * again; ::login, the door is to be shown, to somebody whose rights have ended.
 */
AdminSession *admin_session_new (const Settings *settings);

const Settings *admin_session_get_settings (AdminSession *self);

/* The connection, from the door on. Borrowed; %NULL before, and once it is closed. */
AzukariVault1 *admin_session_get_vault (AdminSession *self);
void admin_session_set_vault (AdminSession *self, AzukariVault1 *vault, GDBusConnection *connection);
gboolean admin_session_is_connected (AdminSession *self);

/* Where the vault asks for one, else %NULL. */
AdminToken *admin_session_get_token (AdminSession *self);
void admin_session_set_token (AdminSession *self, AdminToken *token);

/* Of everything begun since the door was opened. Borrowed; another one after admin_session_end (). */
GCancellable *admin_session_get_cancellable (AdminSession *self);

/* Whether somebody is in: what arrives later than that is dropped. */
gboolean admin_session_is_open (AdminSession *self);
void admin_session_set_open (AdminSession *self, gboolean is_open);

typedef enum
{
  ADMIN_ROLE_NONE = 0, /* nobody is in */
  ADMIN_ROLE_CHIEF = 1 << 0,
  ADMIN_ROLE_CLERK = 1 << 1,
  ADMIN_ROLE_AUDITOR = 1 << 2,
  ADMIN_ROLE_CLIENT = 1 << 3, /* 委託元 */
} AdminRole;

AdminRole admin_session_get_role (AdminSession *self);
/* @role: as the vault calls it; "" for nobody */
void admin_session_set_role (AdminSession *self, const char *role);

/* The vault is closed because of what was found: only what a 責任者 may do then is offered. */
gboolean admin_session_is_sealed (AdminSession *self);
void admin_session_set_sealed (AdminSession *self, gboolean is_sealed);

/* Something long is under way that somebody waits for: it is no pause. */
gboolean admin_session_is_working (AdminSession *self);
void admin_session_set_working (AdminSession *self, gboolean is_working);

/* What the admin and the formats are called, by id (admin_names_new ()). Borrowed. */
GHashTable *admin_session_get_names (AdminSession *self);

/* Where files go: what the command line names, or the admin chose since; %NULL before. */
const char *admin_session_get_folder (AdminSession *self);
void admin_session_set_folder (AdminSession *self, const char *path);

void admin_session_set_waiting (AdminSession *self, gboolean waiting);
void admin_session_say (AdminSession *self, const char *sentence, gboolean is_bad);
void admin_session_say_changed (AdminSession *self);
void admin_session_ask_for_login (AdminSession *self);
/* Says what the vault refused; a connection that no longer has its log-in ends admin mode. Nothing for what was cancelled. */
void admin_session_fail (AdminSession *self, const GError *error);
/* Whether @error tells that the rights of who was in are gone: a log-in that ended, a vault that closed, a daemon that went. */
gboolean admin_session_has_ended (AdminSession *self, const GError *error);
/* The door was shut, or the window closed: neither view nor session may be touched any more. */
gboolean admin_session_was_cancelled (const GError *error);

/* Logs out, closes the connection and cancels what is under way. */
void admin_session_end (AdminSession *self);

G_END_DECLS
