/* SPDX-License-Identifier: Apache-2.0 */
/* service-private: connections and their rights, for the files of the handlers. */
#pragma once

#include "listener.h"
#include "service-values.h"
#include "service.h"
#include "vault-generated.h"

#define ID_MAX 64

struct _Service
{
  Vault *vault; /* borrowed */
  ServiceOptions options;
  /* owned */
  Listener *listener;
  AzukariVault1 *object;
  GHashTable *clients; /* GDBusConnection -> Client */
  guint tend_source, follow_source, index_source, index_soon_source;
  guint index_soon_tries;
  gboolean index_found; /* numbers without a digest, since somebody logged in */
  guint tries_left;     /* as the clients were told */
  gboolean closing;
  /* failed identifications of all connections */
  guint n_failures;
  gint64 failures_since_us;
};

/* One connection. */
typedef struct
{
  VaultAdmin *admin; /* logged in, or NULL */
  char *person;      /* identified, or NULL */
  guint n_failures;
  gint64 refused_until_us;
  gint64 last_call_us;
  gsize n_to_cover;          /* bytes of parameters since the last service_cover () */
  TokenAsked *asked;         /* of a token, and not answered yet; or NULL */
  gint64 token_shown_us;     /* 0: not in this log-in */
  const char *fresh_purpose; /* what a token has answered for since; static, or NULL */
  gint64 fresh_us;
} Client;

/* The connection that calls; its rights are those it has at this moment. */
Client *service_get_client (Service *self, GDBusMethodInvocation *invocation);
gint64 service_now_us (const Service *self);
/*
 * As service_require_role (), but by the PIN alone, for what a log-in may do before its token is shown: collecting with attendance,
 * which shows nothing that is there but who the contractors are.
 */
gboolean service_require_pin (Service *self, const Client *client, VaultRole roles, const char *verb, GError **error);
/*
 * @purpose: VAULT_ASK_ADMIN, which service_require_role () asks for by itself, VAULT_ASK_EXPORT or VAULT_ASK_RENEWAL, for which the
 * token must have answered within the last SERVICE_TOKEN_FRESH_US, once for each time. TOKEN_NEEDED, TOKEN_MISSING.
 */
gboolean service_require_token (Service *self, Client *client, const char *purpose, GError **error);
/* Failed identifications and answers of tokens: too many of them? */
gboolean service_is_throttled (Service *self, const Client *client);
void service_count_failure (Service *self, Client *client);
/*
 * NOT_ALLOWED without a log-in; NOT_YOUR_ROLE, which the record keeps, when the admin is none of @roles;
 * TOKEN_NEEDED or TOKEN_MISSING where the vault asks for a token that was not shown. @verb: the method.
 */
gboolean service_require_role (Service *self, const Client *client, VaultRole roles, const char *verb, GError **error);
gboolean service_check_text (const char *text, gsize max_bytes, GError **error);
/* Ends a call with @take_error. TRUE: handled. */
gboolean service_fail (GDBusMethodInvocation *invocation, GError *take_error);
/* service-cover.c: at least so many bytes of what @connection last received are overwritten, here and there. Answers at once. */
void service_cover (GDBusConnection *connection, gsize n_bytes);
void service_changed (Service *self, const char *what);
/* Logs out; the record keeps it. */
void service_drop_admin (Service *self, Client *client, gboolean expired);

/* A WRONG_PIN says how many tries are left. */
gboolean service_fail_login (GDBusMethodInvocation *invocation, GError *take_error, guint tries_left);
/* Logs out all but @except (or all, for NULL), whose keys are those of an epoch that has passed. */
void service_drop_others (Service *self, const Client *except);
/* Logs out everywhere whoever is logged in as @admin_id. */
void service_drop_admins (Service *self, const char *admin_id);

/* service-people.c */
void service_connect_people (Service *self);
/* service-papers.c */
void service_connect_papers (Service *self);
/* service-admins.c */
void service_connect_admins (Service *self);
/* service-boot.c */
void service_connect_boot (Service *self);
/* service-backup.c */
void service_connect_backup (Service *self);
/* As of BackupList. */
GVariant *service_value_places (GPtrArray *places);
GVariant *service_value_backups (Service *self, GPtrArray *backups, GPtrArray *places);
/* Makes the backups that are due. Nobody is served meanwhile. */
void service_tend_backup (Service *self);
/* service-machines.c */
void service_connect_machines (Service *self);
/* service-safe.c: the status, for the one who asks; and what a sealed vault still does. */
GVariant *service_status_for (Service *self, const Client *client);
void service_connect_safe (Service *self);
/* service-record.c */
void service_connect_record (Service *self);
/* service-review.c */
void service_connect_review (Service *self);
/* The digests of what was just taken into custody, once nobody calls for a moment. */
void service_index_soon (Service *self);
/* While somebody is logged in who opens numbers, those without a digest get theirs. */
void service_index (Service *self);
/* service-dispose.c */
void service_connect_dispose (Service *self);
/* As of RetentionList. */
GVariant *service_value_retention (GPtrArray *rules);
/* service-term.c */
void service_connect_term (Service *self);
/* service-export.c */
void service_connect_export (Service *self);
/* service-merge.c */
void service_connect_merge (Service *self);
/* service-formats.c */
void service_connect_formats (Service *self);
/* service-token.c */
void service_connect_token (Service *self);
/* What a token has answered is over, with the log-in or with its rights. */
void service_forget_token (Client *client);
/* Of a log-in: "" no token is asked for, "needed", "missing". */
const char *service_get_token_duty_name (Service *self, const Client *client);
