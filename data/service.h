/* SPDX-License-Identifier: Apache-2.0 */
/* Service: vault.xml over a private socket. Who may connect, what each connection may do, and for how long.
 *
 * Lives on the main context; so does the vault, one call after the other. */
#pragma once

#include <gio/gio.h>

#include "vault.h"

G_BEGIN_DECLS

typedef struct _Service Service;

#define SERVICE_OBJECT_PATH "/jp/azukari/Vault1"
#define SERVICE_IDLE_US (5 * 60 * G_USEC_PER_SEC)
#define SERVICE_THROTTLE_US (60 * G_USEC_PER_SEC)
#define SERVICE_THROTTLE_TRIES 5
#define SERVICE_MAX_CONNECTIONS 32
/* Across all connections: a client that reconnects after each try gains little. */
#define SERVICE_THROTTLE_ALL_TRIES 50
#define SERVICE_THROTTLE_ALL_US (10 * 60 * G_USEC_PER_SEC)

/* A token that was shown at the log-in is asked for again after so long, and for each export within so long. */
#define SERVICE_TOKEN_AGE_US (5 * 60 * G_USEC_PER_SEC)
#define SERVICE_TOKEN_FRESH_US (60 * G_USEC_PER_SEC)

typedef struct
{
  const char *socket_path;   /* nothing is there; the caller holds the vault's lock */
  const uid_t *allowed_uids; /* beside our own and root's */
  guint n_allowed_uids;
  gint64 (*now_us) (void);    /* NULL: g_get_monotonic_time () */
  void (*idle_cb) (gpointer); /* the last connection has closed; may be NULL */
  gpointer user_data;
} ServiceOptions;

/** service_new: listens from now on. @vault stays the caller's and must outlive the service. */
Service *service_new (Vault *vault, const ServiceOptions *options, GError **error);
/** service_free: closes every connection, removes the socket. %NULL is fine. */
void service_free (Service *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Service, service_free)

guint service_get_n_connections (const Service *self);
/** service_is_wanted: a client is connected, or is about to be: at the socket already while the TPM took its time. */
gboolean service_is_wanted (const Service *self);
/**
 * service_tend: drops the rights of connections without a call for SERVICE_IDLE_US; has the TPM sign the record when that is due
 * and makes backups, when nobody is served. Runs by itself twice a minute.
 */
void service_tend (Service *self);

G_END_DECLS
