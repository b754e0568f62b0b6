/* SPDX-License-Identifier: Apache-2.0 */
/* client-survey: connects, asks, closes; the next one. */
#include "config.h"

#include "client-survey.h"

#include <glib/gi18n.h>

#include "vault-client.h"

/* A backup of a large vault to a slow stick. */
#define TEND_TIMEOUT_S (10u * 60u)

struct _ClientSurvey
{
  ClientSurveyFunc func;
  ClientSurveyDone done;
  gpointer user_data;
  gboolean tend;
  guint next, at_once;
  guint begin_source;

  const ClientList *list; /* borrowed */
  GPtrArray *asking;      /* of Ask, which are freed by their own answers */
};

/* One vault. */
typedef struct
{
  ClientSurvey *survey; /* borrowed; NULL once nobody wants to know */
  const ClientFolder *client;
  GCancellable *cancellable;
  GDBusConnection *connection;
  GVariant *status;
  guint timeout_source;
  gboolean is_late;
} Ask;

static void go_on (ClientSurvey *self);

/* Lets go of it, tells what it said, and goes on. @ask goes away. */
static void
finish (Ask *ask, const GError *error)
{
  ClientSurvey *self = ask->survey;
  const ClientFolder *client = ask->client;
  g_autoptr (GVariant) status = ask->status;
  g_autoptr (GError) late = NULL;

  if (ask->is_late)
    late = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _ ("the vault does not answer"));
  g_clear_handle_id (&ask->timeout_source, g_source_remove);
  if (ask->connection != NULL)
    g_dbus_connection_close (ask->connection, NULL, NULL, NULL);
  g_clear_object (&ask->connection);
  g_object_unref (ask->cancellable);
  if (self != NULL)
    g_ptr_array_remove_fast (self->asking, ask);
  g_free (ask);
  if (self == NULL)
    return;
  self->func (client, status, status != NULL ? NULL : late != NULL ? late : error, self->user_data);
  go_on (self);
}

static void
tended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) backups = NULL;

  /* what came of it is in the status that is asked for next time, as an alarm */
  (void) azukari_vault1_call_backup_now_finish (AZUKARI_VAULT1 (source), &backups, result, NULL);
  finish (data, NULL);
}

static gboolean
is_open (GVariant *status)
{
  const char *state = "";

  g_variant_lookup (status, "state", "&s", &state);
  return g_str_equal (state, "open");
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ask *ask = data;
  g_autoptr (GError) error = NULL;
  GVariantDict options;

  if (!azukari_vault1_call_get_status_finish (AZUKARI_VAULT1 (source), &ask->status, result, &error))
    {
      finish (ask, error);
      return;
    }
  if (ask->survey == NULL || !ask->survey->tend || !is_open (ask->status))
    {
      finish (ask, NULL);
      return;
    }
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "if-due", "b", TRUE);
  azukari_vault1_call_backup_now (AZUKARI_VAULT1 (source), g_variant_dict_end (&options), ask->cancellable, tended_cb,
                                  ask);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ask *ask = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AzukariVault1) vault = vault_client_connect_finish (result, &ask->connection, &error);

  if (vault != NULL)
    azukari_vault1_call_get_status (vault, ask->cancellable, status_cb, ask);
  else
    finish (ask, error);
}

static gboolean
late_cb (gpointer data)
{
  Ask *ask = data;

  ask->timeout_source = 0;
  ask->is_late = TRUE;
  g_cancellable_cancel (ask->cancellable);
  return G_SOURCE_REMOVE;
}

static void
ask_one (ClientSurvey *self, const ClientFolder *client)
{
  Ask *ask = g_new0 (Ask, 1);

  ask->survey = self;
  ask->client = client;
  ask->cancellable = g_cancellable_new ();
  ask->timeout_source = g_timeout_add_seconds (self->tend ? TEND_TIMEOUT_S : CLIENT_SURVEY_TIMEOUT_S, late_cb, ask);
  g_ptr_array_add (self->asking, ask);
  vault_client_connect_async (NULL, client->dir, ask->cancellable, connected_cb, ask);
}

static void
go_on (ClientSurvey *self)
{
  const GPtrArray *clients = self->list->clients;

  while (self->asking->len < self->at_once && self->next < clients->len)
    {
      const ClientFolder *client = g_ptr_array_index (clients, self->next++);

      if (client->has_vault)
        ask_one (self, client);
    }
  if (self->asking->len == 0)
    self->done (self->user_data);
}

static gboolean
begin_cb (gpointer data)
{
  ClientSurvey *self = data;

  self->begin_source = 0;
  go_on (self);
  return G_SOURCE_REMOVE;
}

ClientSurvey *
client_survey_new (const ClientList *list, guint at_once, gboolean tend, ClientSurveyFunc func, ClientSurveyDone done,
                   gpointer user_data)
{
  ClientSurvey *self = g_new0 (ClientSurvey, 1);

  self->list = list;
  self->at_once = MAX (at_once, 1);
  self->tend = tend;
  self->func = func;
  self->done = done;
  self->user_data = user_data;
  self->asking = g_ptr_array_new ();
  self->begin_source = g_idle_add (begin_cb, self);
  return self;
}

void
client_survey_free (ClientSurvey *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->begin_source, g_source_remove);
  for (guint i = 0; i < self->asking->len; i++)
    {
      Ask *ask = g_ptr_array_index (self->asking, i);

      ask->survey = NULL;
      g_cancellable_cancel (ask->cancellable);
    }
  g_ptr_array_unref (self->asking);
  g_free (self);
}
