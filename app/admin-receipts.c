/* SPDX-License-Identifier: Apache-2.0 */
/* AdminReceipts: the list, one file of it, the statement for the record. */
#include "config.h"

#include "admin-receipts.h"

#include <glib/gi18n.h>

#include "admin-texts.h"
#include "answer.h"
#include "messages-vault.h"

struct _AdminReceipts
{
  GObject parent_instance;

  /* borrowed */
  AdminPart *part;
  UiHandedView *view;

  GVariant *exports; /* owned: as of ExportList, or %NULL */
  char *asked;       /* owned: the file that is asked about */
};

G_DEFINE_FINAL_TYPE (AdminReceipts, admin_receipts, G_TYPE_OBJECT)

enum
{
  OVERDUE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static AdminSession *
session_of (AdminReceipts *self)
{
  return admin_part_get_session (self->part);
}

static void
set_busy (AdminReceipts *self, gboolean busy)
{
  admin_session_set_waiting (session_of (self), busy);
  ui_handed_view_set_busy (self->view, busy);
}

static void
fail (AdminReceipts *self, const GError *error)
{
  g_autofree char *message = NULL;

  if (admin_session_was_cancelled (error))
    return;
  message = messages_for_error (error);
  set_busy (self, FALSE);
  ui_handed_view_set_result (self->view, message, TRUE);
  if (admin_session_has_ended (session_of (self), error))
    admin_session_fail (session_of (self), error);
}

/* --- the list -------------------------------------------------------------------------------------------------------- */

static void
list_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminReceipts) self = data;
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);
  g_autoptr (GVariant) exports = NULL;
  g_autoptr (GError) error = NULL;
  guint overdue = 0;

  if (!ADMIN_FINISH (export_list, &exports))
    {
      fail (self, error);
      return;
    }
  if (!admin_session_is_open (session_of (self)))
    return;
  set_busy (self, FALSE);
  for (gsize i = g_variant_n_children (exports); i > 0; i--)
    {
      g_autoptr (GVariant) exported = g_variant_get_child_value (exports, i - 1);
      g_autoptr (UiRow) row = admin_texts_exported (exported, admin_session_get_names (session_of (self)));

      overdue += answer_bool (exported, "overdue");
      g_list_store_append (rows, row);
    }
  g_clear_pointer (&self->exports, g_variant_unref);
  self->exports = g_steal_pointer (&exports);
  ui_handed_view_set_rows (self->view, G_LIST_MODEL (rows));
  g_signal_emit (self, signals[OVERDUE], 0, overdue);
}

void
admin_receipts_refresh (AdminReceipts *self)
{
  AdminSession *session = session_of (self);

  azukari_vault1_call_export_list (admin_session_get_vault (session), admin_session_get_cancellable (session), list_cb,
                                   g_object_ref (self));
}

/* --- one file -------------------------------------------------------------------------------------------------------- */

/* (transfer full) (nullable) */
static GVariant *
find_export (AdminReceipts *self, const char *id)
{
  for (gsize i = 0; self->exports != NULL && i < g_variant_n_children (self->exports); i++)
    {
      g_autoptr (GVariant) exported = g_variant_get_child_value (self->exports, i);

      if (g_str_equal (answer_text (exported, "id"), id))
        return g_steal_pointer (&exported);
    }
  return NULL;
}

static void
receipt_cb (AdminReceipts *self, const char *id)
{
  g_autoptr (GVariant) exported = find_export (self, id);
  g_autoptr (UiRow) row = NULL;
  g_autofree char *lead = NULL;
  UiQuestion question = { .note = "" };

  if (exported == NULL)
    return;
  row = admin_texts_exported (exported, admin_session_get_names (session_of (self)));
  lead = g_strdup_printf ("%s\n%s", ui_row_get_title (row), answer_text (exported, "destination"));
  question.title = _ ("Is this file deleted?");
  question.lead = lead;
  question.note = _ ("This goes into the record, with your name.");
  question.decision = _ ("It was taken in, and is deleted everywhere it was");
  question.go = _ ("_Record this");
  g_free (self->asked);
  self->asked = g_strdup (id);
  ui_handed_view_set_result (self->view, "", FALSE);
  ui_handed_view_ask (self->view, &question);
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminReceipts) self = data;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_export_receipt_finish (AZUKARI_VAULT1 (source), result, &error))
    fail (self, error);
  else if (admin_session_is_open (session_of (self)))
    ui_handed_view_set_result (self->view, _ ("Recorded."), FALSE);
  if (admin_session_is_open (session_of (self)))
    admin_receipts_refresh (self);
}

static void
say (AdminReceipts *self, const char *what, GAsyncReadyCallback said_cb)
{
  AdminSession *session = session_of (self);

  azukari_vault1_call_export_receipt (admin_session_get_vault (session), self->asked, what,
                                      admin_session_get_cancellable (session), said_cb, g_object_ref (self));
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminReceipts) self = data;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_export_receipt_finish (AZUKARI_VAULT1 (source), result, &error))
    fail (self, error);
  else if (admin_session_is_open (session_of (self)) && self->asked != NULL)
    say (self, "deleted", deleted_cb);
}

static void
decided_cb (AdminReceipts *self)
{
  g_autoptr (GVariant) exported = self->asked != NULL ? find_export (self, self->asked) : NULL;

  ui_handed_view_show_list (self->view);
  if (exported == NULL)
    return;
  set_busy (self, TRUE);
  if (*answer_text (exported, "imported") == '\0')
    say (self, "imported", imported_cb);
  else
    say (self, "deleted", deleted_cb);
}

void
admin_receipts_forget (AdminReceipts *self)
{
  g_clear_pointer (&self->exports, g_variant_unref);
  g_clear_pointer (&self->asked, g_free);
  ui_handed_view_clear (self->view);
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
admin_receipts_finalize (GObject *object)
{
  AdminReceipts *self = ADMIN_RECEIPTS (object);

  g_clear_pointer (&self->exports, g_variant_unref);
  g_free (self->asked);
  G_OBJECT_CLASS (admin_receipts_parent_class)->finalize (object);
}

static void
admin_receipts_class_init (AdminReceiptsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = admin_receipts_finalize;
  signals[OVERDUE] = g_signal_new ("overdue", ADMIN_TYPE_RECEIPTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                   1, G_TYPE_UINT);
}

static void
admin_receipts_init (AdminReceipts *self)
{
}

AdminReceipts *
admin_receipts_new (AdminPart *part, UiHandedView *view)
{
  AdminReceipts *self = g_object_new (ADMIN_TYPE_RECEIPTS, NULL);

  self->part = part;
  self->view = view;
  g_signal_connect_object (view, "receipt", G_CALLBACK (receipt_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "decided", G_CALLBACK (decided_cb), self, G_CONNECT_SWAPPED);
  return self;
}
