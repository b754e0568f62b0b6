/* SPDX-License-Identifier: Apache-2.0 */
/* AdminSession: fields, and signals. */
#include "config.h"

#include "admin-session.h"

#include "admin-texts.h"
#include "messages-vault.h"

struct _AdminSession
{
  GObject parent_instance;

  /* borrowed */
  const Settings *settings;

  /* owned */
  AzukariVault1 *vault;
  GDBusConnection *connection;
  AdminToken *token;
  GCancellable *cancellable;
  GHashTable *names;
  char *folder;

  AdminRole role;
  gboolean is_open;
  gboolean is_sealed;
  gboolean is_working;
};

G_DEFINE_FINAL_TYPE (AdminSession, admin_session, G_TYPE_OBJECT)

enum
{
  WAITING,
  SAID,
  ENDED,
  CHANGED,
  LOGIN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  /* The other side may be gone already; then there is nothing left to give up. */
  if (!g_dbus_connection_close_finish (G_DBUS_CONNECTION (source), result, &error))
    g_debug ("closing the admin's connection: %s", error->message);
}

static void
admin_session_dispose (GObject *object)
{
  AdminSession *self = ADMIN_SESSION (object);

  self->is_open = FALSE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->connection != NULL)
    g_dbus_connection_close (self->connection, NULL, closed_cb, NULL);
  g_clear_object (&self->token);
  g_clear_object (&self->vault);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->folder, g_free);
  G_OBJECT_CLASS (admin_session_parent_class)->dispose (object);
}

static void
admin_session_class_init (AdminSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = admin_session_dispose;
  signals[WAITING] = g_signal_new ("waiting", ADMIN_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                   1, G_TYPE_BOOLEAN);
  signals[SAID] = g_signal_new ("said", ADMIN_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[ENDED] = g_signal_new ("ended", ADMIN_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHANGED] =
      g_signal_new ("changed", ADMIN_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LOGIN] = g_signal_new ("login", ADMIN_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
admin_session_init (AdminSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->names = admin_names_new ();
}

AdminSession *
admin_session_new (const Settings *settings)
{
  AdminSession *self = g_object_new (ADMIN_TYPE_SESSION, NULL);

  self->settings = settings;
  self->folder = g_strdup (settings->export_dir);
  return self;
}

const Settings *
admin_session_get_settings (AdminSession *self)
{
  return self->settings;
}

AzukariVault1 *
admin_session_get_vault (AdminSession *self)
{
  return self->vault;
}

void
admin_session_set_vault (AdminSession *self, AzukariVault1 *vault, GDBusConnection *connection)
{
  g_set_object (&self->vault, vault);
  g_set_object (&self->connection, connection);
}

gboolean
admin_session_is_connected (AdminSession *self)
{
  return self->vault != NULL && !g_dbus_connection_is_closed (self->connection);
}

AdminToken *
admin_session_get_token (AdminSession *self)
{
  return self->token;
}

void
admin_session_set_token (AdminSession *self, AdminToken *token)
{
  g_set_object (&self->token, token);
}

GCancellable *
admin_session_get_cancellable (AdminSession *self)
{
  return self->cancellable;
}

gboolean
admin_session_is_open (AdminSession *self)
{
  return self->is_open;
}

void
admin_session_set_open (AdminSession *self, gboolean is_open)
{
  self->is_open = is_open;
}

AdminRole
admin_session_get_role (AdminSession *self)
{
  return self->role;
}

void
admin_session_set_role (AdminSession *self, const char *role)
{
  if (g_str_equal (role, "chief"))
    self->role = ADMIN_ROLE_CHIEF;
  else if (g_str_equal (role, "clerk"))
    self->role = ADMIN_ROLE_CLERK;
  else if (g_str_equal (role, "auditor"))
    self->role = ADMIN_ROLE_AUDITOR;
  else
    self->role = g_str_equal (role, "client") ? ADMIN_ROLE_CLIENT : ADMIN_ROLE_NONE;
}

gboolean
admin_session_is_sealed (AdminSession *self)
{
  return self->is_sealed;
}

void
admin_session_set_sealed (AdminSession *self, gboolean is_sealed)
{
  self->is_sealed = is_sealed;
}

gboolean
admin_session_is_working (AdminSession *self)
{
  return self->is_working;
}

void
admin_session_set_working (AdminSession *self, gboolean is_working)
{
  self->is_working = is_working;
}

GHashTable *
admin_session_get_names (AdminSession *self)
{
  return self->names;
}

const char *
admin_session_get_folder (AdminSession *self)
{
  return self->folder;
}

void
admin_session_set_folder (AdminSession *self, const char *path)
{
  g_free (self->folder);
  self->folder = g_strdup (path);
}

void
admin_session_set_waiting (AdminSession *self, gboolean waiting)
{
  g_signal_emit (self, signals[WAITING], 0, waiting);
}

void
admin_session_say (AdminSession *self, const char *sentence, gboolean is_bad)
{
  g_signal_emit (self, signals[SAID], 0, sentence, is_bad);
}

void
admin_session_say_changed (AdminSession *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

void
admin_session_ask_for_login (AdminSession *self)
{
  g_signal_emit (self, signals[LOGIN], 0);
}

gboolean
admin_session_was_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

gboolean
admin_session_has_ended (AdminSession *self, const GError *error)
{
  return g_error_matches (error, VAULT_ERROR, VAULT_ERROR_NOT_ALLOWED)
         || g_error_matches (error, VAULT_ERROR, VAULT_ERROR_SEALED) || !admin_session_is_connected (self);
}

void
admin_session_fail (AdminSession *self, const GError *error)
{
  g_autofree char *message = NULL;

  if (admin_session_was_cancelled (error))
    return;
  if (admin_session_has_ended (self, error))
    {
      g_signal_emit (self, signals[ENDED], 0);
      return;
    }
  message = messages_for_error (error);
  admin_session_say (self, message, TRUE);
}

void
admin_session_end (AdminSession *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_object (&self->token);
  if (self->vault != NULL)
    azukari_vault1_call_logout (self->vault, NULL, NULL, NULL);
  if (self->connection != NULL)
    g_dbus_connection_close (self->connection, NULL, closed_cb, NULL);
  g_clear_object (&self->vault);
  g_clear_object (&self->connection);
  g_hash_table_remove_all (self->names);
  self->role = ADMIN_ROLE_NONE;
  self->is_open = FALSE;
  self->is_sealed = FALSE;
  self->is_working = FALSE;
}
