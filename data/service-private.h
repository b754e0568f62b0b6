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
  guint tend_source, follow_source;
  guint tries_left; /* as the clients were told */
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
  gsize n_to_cover; /* bytes of parameters since the last service_cover () */
} Client;

/* The connection that calls; its rights are those it has at this moment. */
Client *service_get_client (Service *self, GDBusMethodInvocation *invocation);
/*
 * NOT_ALLOWED without a log-in; NOT_YOUR_ROLE, which the record keeps, when the admin is none of @roles. @verb: the method.
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

/* service-admins.c */
void service_connect_admins (Service *self);
/* service-boot.c */
void service_connect_boot (Service *self);
/* service-backup.c */
void service_connect_backup (Service *self);
/* Makes the backups that are due. Nobody is served meanwhile. */
void service_tend_backup (Service *self);
/* service-machines.c */
void service_connect_machines (Service *self);
/* service-record.c */
void service_connect_record (Service *self);
/* service-dispose.c */
void service_connect_dispose (Service *self);
