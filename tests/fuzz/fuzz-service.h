/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz-service: the vault's service in this process, on a vault that is not set up or on one of a software TPM, and connections to it. Made at the
 * first input, used by all that follow. */
#pragma once

#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "service-private.h"

#define FUZZ_PIN "mihon-4829"
#define FUZZ_WAIT_US (20 * G_USEC_PER_SEC)

static struct
{
  char *folder, *socket;
  Vault *vault;
  Service *service;
} fuzz;

static void
fuzz_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      fuzz_remove (child);
    }
  (void) g_remove (path);
}

static void
fuzz_end (void)
{
  g_clear_pointer (&fuzz.service, service_free);
  g_clear_pointer (&fuzz.vault, vault_free);
  fuzz_remove (fuzz.folder);
}

/* GIO warns of messages that it cannot parse. */
static GLogWriterOutput
fuzz_log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  return (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0
             ? g_log_writer_default (level, fields, n_fields, user_data)
             : G_LOG_WRITER_HANDLED;
}

static inline void
fuzz_start (gboolean with_vault)
{
  ServiceOptions options = { 0 };
  g_autoptr (Secret) pin = NULL;
  g_autoptr (GError) error = NULL;

  if (fuzz.service != NULL)
    return;
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_log_set_writer_func (fuzz_log_cb, NULL, NULL);
  (void) g_setenv ("TSS2_LOG", "all+none", TRUE);
  g_assert_true (secret_init ());
  fuzz.folder = g_dir_make_tmp ("azukari-fuzz-XXXXXX", &error);
  g_assert_no_error (error);
  fuzz.socket = g_build_filename (fuzz.folder, "sock", NULL);
  fuzz.vault = vault_new (fuzz.folder, NULL);
  pin = secret_new_copy (FUZZ_PIN, strlen (FUZZ_PIN));
  if (with_vault)
    vault_init (fuzz.vault, "swtpm", "見本商事", "見本 管理", pin, &error);
  g_assert_no_error (error);
  options.socket_path = fuzz.socket;
  fuzz.service = service_new (fuzz.vault, &options, &error);
  g_assert_no_error (error);
  (void) atexit (fuzz_end);
}

/* Until *@done, which something on the main context sets. */
static inline void
fuzz_wait (const gboolean *done)
{
  const gint64 end = g_get_monotonic_time () + FUZZ_WAIT_US;

  while (!*done)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (100);
    }
}

static void
fuzz_connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusConnection **place = user_data;

  *place = g_dbus_connection_new_for_address_finish (result, NULL);
  g_assert_nonnull (*place);
  g_dbus_connection_set_exit_on_close (*place, FALSE);
}

static inline GDBusConnection *
fuzz_connect (void)
{
  g_autofree char *address = g_strconcat ("unix:path=", fuzz.socket, NULL);
  GDBusConnection *connection = NULL;
  const gint64 end = g_get_monotonic_time () + FUZZ_WAIT_US;

  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL,
                                     fuzz_connected_cb, &connection);
  while (connection == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (100);
    }
  return connection;
}

typedef struct
{
  gboolean done;
  GVariant *answer;
  GError *error;
} FuzzCall;

static void
fuzz_called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FuzzCall *call = user_data;

  call->answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &call->error);
  call->done = TRUE;
}

/* The answer, or %NULL with a remote error; a service that does neither is a finding. @arguments is taken when floating. */
static inline GVariant *
fuzz_call (GDBusConnection *connection, const char *method, GVariant *arguments, GError **error)
{
  FuzzCall call = { FALSE, NULL, NULL };

  g_dbus_connection_call (connection, NULL, SERVICE_OBJECT_PATH, "jp.azukari.Vault1", method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, fuzz_called_cb, &call);
  fuzz_wait (&call.done);
  if (call.answer == NULL)
    g_propagate_error (error, call.error);
  return call.answer;
}
