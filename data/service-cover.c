/* SPDX-License-Identifier: Apache-2.0 */
/* Service: what a call carried is overwritten where GDBus keeps it.
 *
 * GDBus reads every message of a connection into one buffer, which it keeps until the connection closes: a PIN or a number would lie there
 * until a message as long comes in, and nothing in GIO's interface reaches it. So after a call the other side is asked for an object
 * that nobody can have, by a long name. A GDBus client answers by itself, from its own thread, and its answer quotes the name: that is the
 * message as long. The question covers the same buffer of the client. Who does not answer keeps only their own secrets from being
 * overwritten. */
#include "service-private.h"

#include <string.h>

/* As large as GDBus makes the buffer at first. */
#define LEAST_BYTES 4096
#define MOST_BYTES (4 * 1024 * 1024 + LEAST_BYTES)
/* Of a message around its parameters. */
#define AROUND_BYTES 1024

void
service_cover (GDBusConnection *connection, gsize n_bytes)
{
  const gsize n = CLAMP (n_bytes + AROUND_BYTES, LEAST_BYTES, MOST_BYTES);
  g_autofree char *path = g_malloc (n + 1);
  g_autoptr (GDBusMessage) question = NULL;

  memset (path, '_', n);
  path[0] = '/';
  path[n] = '\0';
  question = g_dbus_message_new_method_call (NULL, path, "jp.azukari.Cover", "Cover");
  (void) g_dbus_connection_send_message (connection, question, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}
