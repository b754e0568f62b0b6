/* SPDX-License-Identifier: Apache-2.0 */
/* Listener: accepting, judging, authenticating, closing. */
#include "listener.h"

#include <gio/gunixsocketaddress.h>
#include <sys/stat.h>
#include <unistd.h>

#include "custody-error.h"

#define AUTH_TICKS 5

struct _Listener
{
  ListenerFunc func;
  gpointer user_data;
  /* owned */
  uid_t *allowed_uids;
  guint n_allowed_uids;
  GSocketService *service;
  GDBusAuthObserver *observer;
  GPtrArray *pending; /* of Pending */
  char *guid;
  GSocket *socket;
  char *socket_path; /* once it is ours to remove */
};

/* One peer that has not said who it is yet. Freed when GDBus has done with it. */
typedef struct
{
  Listener *listener; /* borrowed */
  GCancellable *cancellable;
  guint timeout_source;
  guint n_ticks;
} Pending;

static void
pending_free (Pending *self)
{
  g_clear_handle_id (&self->timeout_source, g_source_remove);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* --- who may --------------------------------------------------------------------------------------------------------- */

/* Reads only what never changes: also runs on GDBus's threads. */
static gboolean
peer_is_allowed (const Listener *self, GSocketConnection *connection)
{
  g_autoptr (GCredentials) peer = g_socket_get_credentials (g_socket_connection_get_socket (connection), NULL);
  uid_t uid = peer != NULL ? g_credentials_get_unix_user (peer, NULL) : (uid_t) -1;

  if (uid == (uid_t) -1)
    return FALSE;
  if (uid == geteuid () || uid == 0)
    return TRUE;
  for (guint i = 0; i < self->n_allowed_uids; i++)
    if (self->allowed_uids[i] == uid)
      return TRUE;
  return FALSE;
}

static gboolean
allow_mechanism_cb (GDBusAuthObserver *observer, const char *mechanism, gpointer user_data)
{
  return g_str_equal (mechanism, "EXTERNAL");
}

static gboolean
authorize_cb (GDBusAuthObserver *observer, GIOStream *stream, GCredentials *claimed, gpointer user_data)
{
  return G_IS_SOCKET_CONNECTION (stream) && peer_is_allowed (user_data, G_SOCKET_CONNECTION (stream));
}

/* --- coming in ------------------------------------------------------------------------------------------------------- */

static void
authenticated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pending *pending = user_data;
  Listener *self = pending->listener;
  gboolean late = g_cancellable_is_cancelled (pending->cancellable);
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_finish (result, NULL);

  g_ptr_array_remove_fast (self->pending, pending);
  if (connection == NULL)
    return;
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  /* Whose peer has left already told so before anybody could listen: it would stay for ever. */
  late = late || g_dbus_connection_is_closed (connection);
  if (!late && self->func (connection, self->user_data))
    g_dbus_connection_start_message_processing (connection);
  else
    g_dbus_connection_close (connection, NULL, NULL, NULL);
}

static gboolean
too_late_cb (gpointer user_data)
{
  Pending *pending = user_data;

  /* Ticks of the main loop, not of the clock: while the TPM takes its time nobody who has said all would be heard. */
  if (++pending->n_ticks < AUTH_TICKS)
    return G_SOURCE_CONTINUE;
  pending->timeout_source = 0;
  g_cancellable_cancel (pending->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  Listener *self = user_data;
  Pending *pending;

  if (self->pending->len >= LISTENER_MAX_PENDING || !peer_is_allowed (self, connection))
    return TRUE;
  pending = g_new0 (Pending, 1);
  pending->listener = self;
  pending->cancellable = g_cancellable_new ();
  pending->timeout_source = g_timeout_add (LISTENER_AUTH_MS / AUTH_TICKS, too_late_cb, pending);
  g_ptr_array_add (self->pending, pending);
  g_dbus_connection_new (G_IO_STREAM (connection), self->guid,
                         G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER
                             | G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                         self->observer, pending->cancellable, authenticated_cb, pending);
  return TRUE;
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

static gboolean
listen (Listener *self, const char *socket_path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket_path);

  self->socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  if (self->socket == NULL || !g_socket_bind (self->socket, address, FALSE, error))
    return FALSE;
  self->socket_path = g_strdup (socket_path);
  /* A burst of connections waits in the kernel's queue instead of being turned away. */
  g_socket_set_listen_backlog (self->socket, LISTENER_MAX_PENDING);
  if (!g_socket_listen (self->socket, error)
      || !g_socket_listener_add_socket (G_SOCKET_LISTENER (self->service), self->socket, NULL, error))
    return FALSE;
  /* Ours alone; with others allowed the socket is open and the check of the peer decides. */
  if (chmod (socket_path, self->n_allowed_uids > 0 ? 0666 : 0600) == 0)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the socket's mode cannot be set");
  return FALSE;
}

Listener *
listener_new (const ListenerOptions *options, GError **error)
{
  g_autoptr (Listener) self = g_new0 (Listener, 1);

  self->func = options->func;
  self->user_data = options->user_data;
  self->allowed_uids = g_memdup2 (options->allowed_uids, options->n_allowed_uids * sizeof (uid_t));
  self->n_allowed_uids = options->n_allowed_uids;
  self->guid = g_dbus_generate_guid ();
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) pending_free);
  self->observer = g_dbus_auth_observer_new ();
  g_signal_connect (self->observer, "allow-mechanism", G_CALLBACK (allow_mechanism_cb), self);
  g_signal_connect (self->observer, "authorize-authenticated-peer", G_CALLBACK (authorize_cb), self);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  if (!listen (self, options->socket_path, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
listener_has_waiting (const Listener *self)
{
  return self->pending->len > 0 || g_socket_condition_check (self->socket, G_IO_IN) != 0;
}

void
listener_free (Listener *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  for (guint i = 0; i < self->pending->len; i++)
    g_cancellable_cancel (((Pending *) g_ptr_array_index (self->pending, i))->cancellable);
  /* Cancelled reads return at once, and GDBus's threads look into us until then. */
  while (self->pending->len > 0)
    g_main_context_iteration (NULL, TRUE);
  if (self->socket_path != NULL)
    (void) unlink (self->socket_path);
  g_object_unref (self->service);
  g_clear_object (&self->socket);
  g_object_unref (self->observer);
  g_ptr_array_unref (self->pending);
  g_free (self->guid);
  g_free (self->socket_path);
  g_free (self->allowed_uids);
  g_free (self);
}
