/* SPDX-License-Identifier: Apache-2.0 */
/* ClientChoice: a survey's answers as rows. */
#include "config.h"

#include "client-choice.h"

#include <glib/gi18n.h>

#include "client-survey.h"
#include "row.h"

/* So long nobody looks at a list that is still empty: then those that are slow are called by their folders. */
#define WAIT_MS 2500u

/* What is known of a vault. */
typedef struct
{
  char *company; /* "" before it ever told */
  gboolean is_asked, is_well;
} Known;

struct _ClientChoice
{
  GObject parent_instance;

  /* owned */
  ClientList *list;
  GHashTable *known; /* folder → Known */
  GListStore *rows;
  ClientSurvey *survey;
  guint wait_id;
};

G_DEFINE_FINAL_TYPE (ClientChoice, client_choice, G_TYPE_OBJECT)

enum
{
  READY,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
known_free (gpointer data)
{
  Known *known = data;

  g_free (known->company);
  g_free (known);
}

static Known *
get_known (ClientChoice *self, const char *dir)
{
  Known *known = g_hash_table_lookup (self->known, dir);

  if (known == NULL)
    {
      known = g_new0 (Known, 1);
      known->company = g_strdup ("");
      g_hash_table_insert (self->known, g_strdup (dir), known);
    }
  return known;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* What people call it; its folder's name for one that never told. */
static char *
title_of (ClientChoice *self, const ClientFolder *client)
{
  const Known *known = get_known (self, client->dir);

  if (*known->company != '\0')
    return g_strdup (known->company);
  return *client->name != '\0' ? g_strdup (client->name) : g_path_get_basename (client->dir);
}

/* Two of the same name are told apart by their folders. */
static gboolean
has_twin (ClientChoice *self, const ClientFolder *client, const char *title)
{
  for (guint i = 0; i < self->list->clients->len; i++)
    {
      const ClientFolder *other = g_ptr_array_index (self->list->clients, i);
      g_autofree char *others = other != client && other->has_vault ? title_of (self, other) : NULL;

      if (g_strcmp0 (others, title) == 0)
        return TRUE;
    }
  return FALSE;
}

static UiRow *
make_row (ClientChoice *self, const ClientFolder *client)
{
  const Known *known = get_known (self, client->dir);
  g_autofree char *title = title_of (self, client);
  gboolean is_closed = known->is_asked && !known->is_well;

  return ui_row_new (client->dir, title, has_twin (self, client, title) ? client->name : "",
                     is_closed ? _ ("Not available now") : "", "bad", "");
}

/* Replaces only what has become another, so that whoever is choosing keeps their place. */
static void
show (ClientChoice *self)
{
  GListModel *rows = G_LIST_MODEL (self->rows);
  guint place = 0;

  for (guint i = 0; i < self->list->clients->len; i++)
    {
      const ClientFolder *client = g_ptr_array_index (self->list->clients, i);
      g_autoptr (UiRow) row = NULL, shown = NULL;

      if (!client->has_vault)
        continue;
      row = make_row (self, client);
      shown = g_list_model_get_item (rows, place);
      if (shown == NULL || !ui_row_equal (row, shown))
        g_list_store_splice (self->rows, place, shown != NULL ? 1 : 0, (gpointer *) &row, 1);
      place++;
    }
  g_list_store_splice (self->rows, place, g_list_model_get_n_items (rows) - place, NULL, 0);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static gboolean
is_well (GVariant *status)
{
  const char *state = "", *lease = "";
  gboolean is_expired = FALSE;

  g_variant_lookup (status, "state", "&s", &state);
  g_variant_lookup (status, "lease", "&s", &lease);
  g_variant_lookup (status, "expired", "b", &is_expired);
  return g_str_equal (state, "open") && !is_expired && (*lease == '\0' || g_str_equal (lease, "active"));
}

static void
answered_cb (const ClientFolder *client, GVariant *status, const GError *error, gpointer data)
{
  client_choice_tell (data, client->dir, status);
}

static void
ready (ClientChoice *self)
{
  g_clear_handle_id (&self->wait_id, g_source_remove);
  show (self);
  g_signal_emit (self, signals[READY], 0);
}

static void
done_cb (gpointer data)
{
  g_autoptr (ClientChoice) self = g_object_ref (data);
  gboolean is_awaited = self->wait_id != 0;

  g_clear_pointer (&self->survey, client_survey_free);
  if (is_awaited)
    ready (self);
  else
    show (self);
}

static gboolean
wait_cb (gpointer data)
{
  ClientChoice *self = data;

  self->wait_id = 0;
  ready (self);
  return G_SOURCE_REMOVE;
}

/* --- class -------------------------------------------------------------------------------------------------------- */

static void
client_choice_dispose (GObject *object)
{
  ClientChoice *self = CLIENT_CHOICE (object);

  client_choice_stop (self);
  g_clear_pointer (&self->list, client_list_free);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (client_choice_parent_class)->dispose (object);
}

static void
client_choice_class_init (ClientChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = client_choice_dispose;
  signals[READY] = g_signal_new ("ready", CLIENT_TYPE_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
client_choice_init (ClientChoice *self)
{
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, known_free);
  self->rows = g_list_store_new (UI_TYPE_ROW);
}

ClientChoice *
client_choice_new (void)
{
  return g_object_new (CLIENT_TYPE_CHOICE, NULL);
}

static guint
count_vaults (const ClientList *list)
{
  guint n = 0;

  for (guint i = 0; i < list->clients->len; i++)
    n += ((const ClientFolder *) g_ptr_array_index (list->clients, i))->has_vault;
  return n;
}

int
client_choice_look (ClientChoice *self, const Settings *settings, GError **error)
{
  ClientList *list;

  g_return_val_if_fail (CLIENT_IS_CHOICE (self), -1);

  list = client_list_new (settings->vaults_dir, error);
  if (list == NULL)
    return -1;
  if (settings->single_dir != NULL && count_vaults (list) > 0)
    client_list_prepend (list, settings->single_dir);
  client_choice_stop (self);
  g_clear_pointer (&self->list, client_list_free);
  self->list = list;
  show (self);
  return (int) count_vaults (list);
}

const char *
client_choice_get_only (ClientChoice *self)
{
  for (guint i = 0; self->list != NULL && i < self->list->clients->len; i++)
    {
      const ClientFolder *client = g_ptr_array_index (self->list->clients, i);

      if (client->has_vault)
        return client->dir;
    }
  return NULL;
}

GListModel *
client_choice_get_rows (ClientChoice *self)
{
  return G_LIST_MODEL (self->rows);
}

static const ClientFolder *
find (ClientChoice *self, const char *id)
{
  for (guint i = 0; self->list != NULL && i < self->list->clients->len; i++)
    {
      const ClientFolder *client = g_ptr_array_index (self->list->clients, i);

      if (client->has_vault && g_str_equal (client->dir, id))
        return client;
    }
  return NULL;
}

gboolean
client_choice_find (ClientChoice *self, const char *id, const char **ret_name)
{
  const ClientFolder *client = find (self, id);

  if (client != NULL)
    *ret_name = client->name;
  return client != NULL;
}

char *
client_choice_dup_title (ClientChoice *self, const char *id)
{
  const ClientFolder *client = find (self, id);

  return client != NULL ? title_of (self, client) : NULL;
}

gboolean
client_choice_is_known (ClientChoice *self)
{
  for (guint i = 0; self->list != NULL && i < self->list->clients->len; i++)
    {
      const ClientFolder *client = g_ptr_array_index (self->list->clients, i);

      if (client->has_vault && !get_known (self, client->dir)->is_asked)
        return FALSE;
    }
  return TRUE;
}

void
client_choice_ask (ClientChoice *self, gboolean tend)
{
  g_return_if_fail (CLIENT_IS_CHOICE (self) && self->list != NULL);

  client_choice_stop (self);
  self->survey = client_survey_new (self->list, tend ? 1 : CLIENT_SURVEY_AT_ONCE, tend, answered_cb, done_cb, self);
  if (!client_choice_is_known (self))
    self->wait_id = g_timeout_add (WAIT_MS, wait_cb, self);
}

void
client_choice_tell (ClientChoice *self, const char *dir, GVariant *status)
{
  Known *known;
  const char *company = "";

  g_return_if_fail (CLIENT_IS_CHOICE (self));

  known = get_known (self, dir);
  known->is_asked = TRUE;
  known->is_well = status != NULL && is_well (status);
  /* a closed vault does not know its own name */
  if (status != NULL && g_variant_lookup (status, "company", "&s", &company) && *company != '\0')
    {
      g_free (known->company);
      known->company = g_strdup (company);
    }
}

void
client_choice_stop (ClientChoice *self)
{
  g_clear_pointer (&self->survey, client_survey_free);
  g_clear_handle_id (&self->wait_id, g_source_remove);
}
