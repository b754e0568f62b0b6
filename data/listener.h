/* SPDX-License-Identifier: Apache-2.0 */
/* Listener: the socket, and who gets through it. A peer is judged by its user before a byte of it is read, and must have said
 * who it is within a bounded time; what comes out is a D-Bus connection.
 *
 * Lives on the default main context. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _Listener Listener;

#define LISTENER_MAX_PENDING 32
#define LISTENER_AUTH_MS 5000

/**
 * ListenerFunc:
 * @connection: authenticated; its messages are held back until the function returns. Whoever keeps it takes a reference
 *
 * Returns: %FALSE to have it closed.
 */
typedef gboolean (*ListenerFunc) (GDBusConnection *connection, gpointer user_data);

typedef struct
{
  const char *socket_path;   /* nothing is there */
  const uid_t *allowed_uids; /* beside our own and root's */
  guint n_allowed_uids;
  ListenerFunc func;
  gpointer user_data;
} ListenerOptions;

/** listener_new: listens from now on; the socket is 0600, or 0666 with other users allowed. */
Listener *listener_new (const ListenerOptions *options, GError **error);
/** listener_has_waiting: somebody is at the socket who is not through yet, or whom the main loop has not seen yet. */
gboolean listener_has_waiting (const Listener *self);
/** listener_free: ends every authentication that is under way, removes the socket. %NULL is fine. */
void listener_free (Listener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listener, listener_free)

G_END_DECLS
