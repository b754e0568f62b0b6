/* SPDX-License-Identifier: Apache-2.0 */
/* AdminRetention: rules, another one, whom it concerns, the decision. */
#include "config.h"

#include "admin-retention.h"

#include <glib/gi18n.h>

#include "admin-texts.h"
#include "messages-vault.h"

struct _AdminRetention
{
  GObject parent_instance;

  /* borrowed */
  AdminPart *part;
  UiRetentionView *view;

  /* owned: the rule that is asked about */
  char *purpose, *anchor;
  guint years;
  GVariant *now; /* what is due under the rules of now */
};

G_DEFINE_FINAL_TYPE (AdminRetention, admin_retention, G_TYPE_OBJECT)

enum
{
  LEAVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static AdminSession *
session_of (AdminRetention *self)
{
  return admin_part_get_session (self->part);
}

static AzukariVault1 *
vault_of (AdminRetention *self)
{
  return admin_session_get_vault (session_of (self));
}

static GCancellable *
cancellable_of (AdminRetention *self)
{
  return admin_session_get_cancellable (session_of (self));
}

static void
set_busy (AdminRetention *self, gboolean busy)
{
  admin_session_set_waiting (session_of (self), busy);
  ui_retention_view_set_busy (self->view, busy);
}

static void
fail (AdminRetention *self, const GError *error)
{
  g_autofree char *message = NULL;

  if (admin_session_was_cancelled (error))
    return;
  message = messages_for_error (error);
  set_busy (self, FALSE);
  ui_retention_view_show_list (self->view);
  ui_retention_view_set_result (self->view, message, TRUE);
  if (admin_session_has_ended (session_of (self), error))
    admin_session_fail (session_of (self), error);
}

/* --- the rules ------------------------------------------------------------------------------------------------------- */

static void
rules_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRetention) self = data;
  g_autoptr (GVariant) rules = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;

  if (!ADMIN_FINISH (retention_list, &rules))
    {
      fail (self, error);
      return;
    }
  if (!admin_part_is_shown (self->part))
    return;
  rows = g_list_store_new (UI_TYPE_ROW);
  for (gsize i = 0; i < g_variant_n_children (rules); i++)
    {
      g_autoptr (GVariant) rule = g_variant_get_child_value (rules, i);
      g_autoptr (UiRow) row = admin_texts_retention (rule);

      g_list_store_append (rows, row);
    }
  ui_retention_view_set_rows (self->view, G_LIST_MODEL (rows));
}

void
admin_retention_refresh (AdminRetention *self)
{
  azukari_vault1_call_retention_list (vault_of (self), cancellable_of (self), rules_cb, g_object_ref (self));
}

/* --- what another one would change ----------------------------------------------------------------------------------- */

static GHashTable *
people_of (GVariant *numbers)
{
  GHashTable *people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < g_variant_n_children (numbers); i++)
    {
      g_autoptr (GVariant) number = g_variant_get_child_value (numbers, i);
      const char *id = "";

      (void) g_variant_lookup (number, "person", "&s", &id);
      g_hash_table_add (people, g_strdup (id));
    }
  return people;
}

/* Those of @numbers that are not among @others. */
static guint
add_changed (GListStore *rows, GVariant *numbers, GHashTable *others, gboolean is_due)
{
  guint n = 0;

  for (gsize i = 0; i < g_variant_n_children (numbers); i++)
    {
      g_autoptr (GVariant) number = g_variant_get_child_value (numbers, i);
      g_autoptr (UiRow) row = NULL;
      const char *id = "";

      (void) g_variant_lookup (number, "person", "&s", &id);
      if (g_hash_table_contains (others, id))
        continue;
      row = admin_texts_retention_change (number, is_due);
      g_list_store_append (rows, row);
      n++;
    }
  return n;
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRetention) self = data;
  g_autoptr (GVariant) then = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListStore) rows = NULL;
  g_autoptr (GHashTable) people_now = NULL, people_then = NULL;
  g_autofree char *rule = NULL, *text = NULL;
  UiQuestion question;
  guint n_due, n_kept;

  if (!ADMIN_FINISH (retention_try, &then))
    {
      fail (self, error);
      return;
    }
  if (self->now == NULL)
    return;
  set_busy (self, FALSE);
  rows = g_list_store_new (UI_TYPE_ROW);
  people_now = people_of (self->now);
  people_then = people_of (then);
  n_due = add_changed (rows, then, people_now, TRUE);
  n_kept = add_changed (rows, self->now, people_then, FALSE);
  rule = admin_texts_retention_rule (self->purpose, self->anchor, self->years);
  text = admin_texts_retention_counts (n_due, n_kept);
  question = (UiQuestion){
    .title = rule,
    .lead = text,
    .note = n_due > 0 ? _ ("What is due is not destroyed by itself: you decide that under “Disposal”.") : "",
    .decision = _ ("As the responsible person I decide that numbers are kept for this time"),
    .go = _ ("_Change the time"),
  };
  ui_retention_view_ask (self->view, &question, G_LIST_MODEL (rows));
}

static void
due_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRetention) self = data;
  g_autoptr (GError) error = NULL;
  GVariant *numbers = NULL;

  if (!ADMIN_FINISH (dispose_due, &numbers))
    {
      fail (self, error);
      return;
    }
  g_clear_pointer (&self->now, g_variant_unref);
  self->now = numbers;
  if (self->purpose != NULL)
    azukari_vault1_call_retention_try (vault_of (self), self->purpose, self->anchor, self->years, cancellable_of (self),
                                       tried_cb, g_object_ref (self));
}

static void
forget_rule (AdminRetention *self)
{
  g_clear_pointer (&self->purpose, g_free);
  g_clear_pointer (&self->anchor, g_free);
  g_clear_pointer (&self->now, g_variant_unref);
}

static void
try_cb (AdminRetention *self, const char *purpose, const char *anchor, guint years)
{
  forget_rule (self);
  self->purpose = g_strdup (purpose);
  self->anchor = g_strdup (anchor);
  self->years = years;
  set_busy (self, TRUE);
  azukari_vault1_call_dispose_due (vault_of (self), "", cancellable_of (self), due_cb, g_object_ref (self));
}

/* --- the decision ---------------------------------------------------------------------------------------------------- */

static void
set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminRetention) self = data;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_retention_set_finish (AZUKARI_VAULT1 (source), result, &error))
    {
      fail (self, error);
      return;
    }
  forget_rule (self);
  set_busy (self, FALSE);
  ui_retention_view_show_list (self->view);
  ui_retention_view_set_result (self->view, _ ("The time was changed. The record says so."), FALSE);
  admin_retention_refresh (self);
}

static void
decided_cb (AdminRetention *self)
{
  if (self->purpose == NULL)
    return;
  set_busy (self, TRUE);
  azukari_vault1_call_retention_set (vault_of (self), self->purpose, self->anchor, self->years, cancellable_of (self),
                                     set_cb, g_object_ref (self));
}

static void
list_cb (AdminRetention *self)
{
  forget_rule (self);
  ui_retention_view_set_result (self->view, "", FALSE);
  admin_retention_refresh (self);
}

static void
leave_cb (AdminRetention *self)
{
  g_signal_emit (self, signals[LEAVE], 0);
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

void
admin_retention_forget (AdminRetention *self)
{
  forget_rule (self);
  ui_retention_view_clear (self->view);
}

static void
admin_retention_dispose (GObject *object)
{
  forget_rule (ADMIN_RETENTION (object));
  G_OBJECT_CLASS (admin_retention_parent_class)->dispose (object);
}

static void
admin_retention_class_init (AdminRetentionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = admin_retention_dispose;
  signals[LEAVE] = g_signal_new ("leave", ADMIN_TYPE_RETENTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
admin_retention_init (AdminRetention *self)
{
}

AdminRetention *
admin_retention_new (AdminPart *part, UiRetentionView *view)
{
  AdminRetention *self = g_object_new (ADMIN_TYPE_RETENTION, NULL);

  self->part = part;
  self->view = view;
  g_signal_connect_object (view, "try", G_CALLBACK (try_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "decided", G_CALLBACK (decided_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "list", G_CALLBACK (list_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "leave", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  return self;
}
