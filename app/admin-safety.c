/* SPDX-License-Identifier: Apache-2.0 */
/* AdminSafety: what the vault says about its own dangers: TPM, second machine, token, backups, boot. */
#include "config.h"

#include <glib/gi18n.h>

#include "admin-part.h"
#include "admin-texts.h"
#include "answer.h"
#include "messages-vault.h"
#include "safety-view.h"

#define ACTION_BACKUP "backup"
#define ACTION_DRILL "drill"

#define ADMIN_TYPE_SAFETY (admin_safety_get_type ())
G_DECLARE_FINAL_TYPE (AdminSafety, admin_safety, ADMIN, SAFETY, AdminPart)

struct _AdminSafety
{
  AdminPart parent_instance;

  UiSafetyView *view; /* borrowed */

  /* owned: answers that have come; the items are drawn anew with each */
  GVariant *status;
  GVariant *machines;
  GVariant *tokens;
  GVariant *places;
};

G_DEFINE_FINAL_TYPE (AdminSafety, admin_safety, ADMIN_TYPE_PART)

static AdminSession *
session_of (AdminSafety *self)
{
  return admin_part_get_session (ADMIN_PART (self));
}

/* --- items ----------------------------------------------------------------------------------------------------------- */

typedef struct
{
  GArray *items;  /* of UiSafetyItem */
  GPtrArray *own; /* texts that were made for them */
} Items;

static void
add (Items *items, const char *tone, const char *title, const char *text)
{
  const gboolean is_good = g_str_equal (tone, "good"), is_bad = g_str_equal (tone, "bad");
  /* Translators: badges: all is well; something is missing; something could be better */
  const UiSafetyItem item = { .tone = tone,
                              .badge = is_good  ? _ ("Good")
                                       : is_bad ? _ ("To do")
                                                : _ ("Note"),
                              .title = title,
                              .text = text };

  g_array_append_val (items->items, item);
}

static void
add_button (Items *items, const char *action, const char *text)
{
  UiSafetyItem *item = &g_array_index (items->items, UiSafetyItem, items->items->len - 1);

  item->action = action;
  item->button_text = text;
}

/* Borrowed by @items, which frees it. */
static const char *
keep (Items *items, char *text)
{
  g_ptr_array_add (items->own, text);
  return text;
}

static void
add_key (AdminSafety *self, Items *items)
{
  if (answer_bool (self->status, "software-tpm"))
    add (
        items, "bad", _ ("A software TPM holds the key"),
        _ ("Whoever copies its file has the key. This is for trying out: real numbers need a machine with a TPM 2.0."));
  else
    add (items, "good", _ ("This machine's TPM holds the key"), _ ("A copied disk or a stolen file opens nothing."));
}

static void
add_lease (AdminSafety *self, Items *items)
{
  const char *lease = answer_text (self->status, "lease");

  if (g_str_equal (lease, "standby"))
    add (items, "wait", _ ("This is the second machine"),
         _ ("It waits to take over, and collects nothing until then. If the first one is broken: azukarictl recover"));
  else if (g_str_equal (lease, "moving"))
    add (items, "wait", _ ("This vault is moving to another machine"),
         _ ("It collects nothing any more. Take the bundle there, and bring its receipt back: azukarictl move finish"));
  else if (g_str_equal (lease, "gone"))
    add (items, "wait", _ ("This vault has moved to another machine"),
         _ ("Its keys here are dead. Please go on there."));
  else if (g_str_equal (answer_text (self->status, "danger"), "no-second"))
    add (items, "bad", _ ("There is no second machine"),
         _ ("If this PC breaks, everything is lost, with the backups too: only enrolled machines can open them. On the "
            "second machine: azukarictl enroll request"));
  else
    add (items, "good", _ ("A second machine can take over"), _ ("It opens the backups that are made here."));
}

static void
add_machines (AdminSafety *self, Items *items)
{
  for (gsize i = 0; self->machines != NULL && i < g_variant_n_children (self->machines); i++)
    {
      g_autoptr (GVariant) machine = g_variant_get_child_value (self->machines, i);
      g_autofree char *since = admin_texts_time (answer_text (machine, "enrolled"));
      const gboolean is_soft = g_str_equal (answer_text (machine, "provider"), "swtpm");
      const gboolean is_second = g_str_equal (answer_text (machine, "role"), "second");
      /* Translators: 1: a machine's name, 2: date and time */
      char *title =
          g_strdup_printf (is_second ? _ ("Second machine: %1$s, since %2$s") : _ ("First machine: %1$s, since %2$s"),
                           answer_text (machine, "name"), since);

      add (items, is_soft ? "wait" : "good", keep (items, title),
           is_soft ? _ ("It has a software TPM: whoever copies its file reads the backups.")
                   : _ ("Its TPM holds its key."));
    }
}

static void
add_tokens (AdminSafety *self, Items *items)
{
  const guint n = self->tokens != NULL ? (guint) g_variant_n_children (self->tokens) : 0;

  if (g_str_equal (answer_text (self->status, "token-policy"), "required"))
    add (
        items, "good", _ ("A token is needed beside the PIN"),
        keep (items, g_strdup_printf (
                         g_dngettext (GETTEXT_PACKAGE, "%u token is registered.", "%u tokens are registered.", n), n)));
  else
    add (items, "wait", _ ("A PIN alone opens administration"),
         _ ("A smart card or USB token as second factor makes a PIN that somebody saw worthless: azukarictl token add, "
            "then azukarictl token policy required"));
}

static void
add_backups (AdminSafety *self, Items *items)
{
  gint64 made_s = 0;
  char *alarm;

  (void) g_variant_lookup (self->status, "backup-made", "x", &made_s);
  alarm = messages_for_backup_alarm (answer_text (self->status, "backup-alarm"), made_s);
  if (alarm != NULL)
    add (items, "bad", _ ("The backup needs you"), keep (items, alarm));
  else
    {
      g_autoptr (GDateTime) made = g_date_time_new_from_unix_local (made_s);
      g_autofree char *time = made != NULL ? g_date_time_format (made, "%Y-%m-%d %H:%M") : g_strdup ("");

      add (items, "good", _ ("Backups are made"),
           keep (items, g_strdup_printf (_ ("The last good one is of %s. One is made each night."), time)));
    }
  if (!g_str_equal (answer_text (self->status, "backup-alarm"), "no-place"))
    add_button (items, ACTION_BACKUP, _ ("Back up now"));
}

static void
add_places (AdminSafety *self, Items *items)
{
  gboolean is_any_there = FALSE;

  for (gsize i = 0; self->places != NULL && i < g_variant_n_children (self->places); i++)
    {
      g_autoptr (GVariant) place = g_variant_get_child_value (self->places, i);
      const gboolean is_there = answer_bool (place, "there");
      /* Translators: %s is a folder */
      char *title = g_strdup_printf (_ ("Backups go to %s"), answer_text (place, "path"));

      is_any_there = is_any_there || is_there;
      add (items, is_there ? "good" : "wait", keep (items, title),
           is_there ? "" : _ ("It is not there now. Please plug the disk or stick in."));
    }
  if (is_any_there || (self->places == NULL && !g_str_equal (answer_text (self->status, "backup-alarm"), "no-place")))
    {
      add (items, "wait", _ ("Does a backup open?"),
           _ ("Only trying it out tells. Nothing is changed by that, and the record keeps that it was tried."));
      add_button (items, ACTION_DRILL, _ ("Try a backup"));
    }
}

static void
add_boot (AdminSafety *self, Items *items)
{
  if (answer_bool (self->status, "boot-bound"))
    add (items, "good", _ ("The vault is bound to how this PC boots"),
         _ ("When Secure Boot was changed, it asks for the PIN of a responsible person before it opens."));
  else
    add (items, "wait", _ ("The vault opens however this PC boots"),
         _ ("To bind it to the settings and keys of Secure Boot: azukarictl boot bind"));
}

/* Until when it serves, where somebody else decides that, and the clock that says so. */
static void
add_term (AdminSafety *self, Items *items)
{
  char *term = messages_for_term (self->status), *clock = messages_for_clock (self->status);
  gint32 days = 0;

  (void) g_variant_lookup (self->status, "term-days", "i", &days);
  if (term != NULL)
    add (items,
         answer_bool (self->status, "expired") ? "bad"
         : days <= MESSAGES_TERM_SOON_DAYS     ? "wait"
                                               : "good",
         _ ("This vault has a term"), keep (items, term));
  if (clock != NULL)
    add (items, "bad", _ ("The machine's clock is behind"), keep (items, clock));
}

/* What set-up insists on comes first: another machine, or a token. */
static void
show_headline (AdminSafety *self, const GArray *items)
{
  g_autofree char *missing = messages_for_danger (self->status);
  gboolean is_done = TRUE;

  for (guint i = 0; i < items->len; i++)
    is_done = is_done && !g_str_equal (g_array_index (items, UiSafetyItem, i).tone, "bad");
  if (missing != NULL)
    ui_safety_view_set_headline (self->view, missing, FALSE);
  else
    ui_safety_view_set_headline (self->view,
                                 is_done ? _ ("This vault is safe. Nothing has to be done.")
                                         : _ ("Something is left to do. Please look at what is marked below."),
                                 is_done);
}

static void
show (AdminSafety *self)
{
  Items items = { .items = g_array_new (FALSE, FALSE, sizeof (UiSafetyItem)),
                  .own = g_ptr_array_new_with_free_func (g_free) };

  if (self->status != NULL && admin_part_is_shown (ADMIN_PART (self)))
    {
      add_key (self, &items);
      add_lease (self, &items);
      add_machines (self, &items);
      add_tokens (self, &items);
      add_backups (self, &items);
      add_places (self, &items);
      add_boot (self, &items);
      add_term (self, &items);
      show_headline (self, items.items);
      ui_safety_view_set_items (self->view, (const UiSafetyItem *) items.items->data, items.items->len);
    }
  g_array_unref (items.items);
  g_ptr_array_unref (items.own);
}

/* --- answers --------------------------------------------------------------------------------------------------------- */

/* @answer: (transfer full) (nullable): into @place */
static void
take (AdminSafety *self, GVariant **place, GVariant *answer, const GError *error)
{
  if (admin_session_was_cancelled (error))
    return;
  if (answer == NULL)
    {
      admin_session_fail (session_of (self), error);
      return;
    }
  g_clear_pointer (place, g_variant_unref);
  *place = answer;
  show (self);
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminSafety) self = data;
  g_autoptr (GError) error = NULL;
  GVariant *status = NULL;

  (void) ADMIN_FINISH (get_status, &status);
  take (self, &self->status, status, error);
}

static void
machines_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminSafety) self = data;
  g_autoptr (GError) error = NULL;
  GVariant *machines = NULL;

  (void) ADMIN_FINISH (machine_list, &machines);
  take (self, &self->machines, machines, error);
}

static void
tokens_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminSafety) self = data;
  g_autoptr (GError) error = NULL;
  GVariant *tokens = NULL;

  (void) ADMIN_FINISH (token_list, &tokens);
  take (self, &self->tokens, tokens, error);
}

static void
places_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminSafety) self = data;
  g_autoptr (GVariant) backups = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *places = NULL;

  (void) ADMIN_FINISH (backup_list, &backups, &places);
  take (self, &self->places, places, error);
}

static void
admin_safety_refresh (AdminPart *part)
{
  AdminSession *session = admin_part_get_session (part);
  AzukariVault1 *vault = admin_session_get_vault (session);
  GCancellable *cancellable = admin_session_get_cancellable (session);
  const AdminRole role = admin_session_get_role (session);

  azukari_vault1_call_get_status (vault, cancellable, status_cb, g_object_ref (part));
  if (role != ADMIN_ROLE_CLIENT)
    azukari_vault1_call_machine_list (vault, cancellable, machines_cb, g_object_ref (part));
  azukari_vault1_call_token_list (vault, cancellable, tokens_cb, g_object_ref (part));
  /* Where the backups are is not for everybody. */
  if (role == ADMIN_ROLE_CHIEF || role == ADMIN_ROLE_AUDITOR)
    azukari_vault1_call_backup_list (vault, cancellable, places_cb, g_object_ref (part));
}

/* --- actions --------------------------------------------------------------------------------------------------------- */

static void
end_action (AdminSafety *self, const char *text, gboolean is_bad)
{
  admin_session_set_working (session_of (self), FALSE);
  admin_session_set_waiting (session_of (self), FALSE);
  ui_safety_view_set_busy (self->view, FALSE);
  ui_safety_view_set_result (self->view, text, is_bad);
  if (admin_part_is_shown (ADMIN_PART (self)))
    admin_safety_refresh (ADMIN_PART (self));
}

static void
fail_action (AdminSafety *self, const GError *error)
{
  g_autofree char *message = NULL;

  if (admin_session_was_cancelled (error))
    return;
  message = messages_for_error (error);
  end_action (self, message, TRUE);
}

static void
backed_up_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminSafety) self = data;
  g_autoptr (GVariant) backups = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean is_bad;

  if (!ADMIN_FINISH (backup_now, &backups))
    {
      fail_action (self, error);
      return;
    }
  text = admin_texts_backed_up (backups, &is_bad);
  end_action (self, text, is_bad);
}

static void
drilled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminSafety) self = data;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;

  if (!ADMIN_FINISH (backup_drill, &ok, &findings))
    fail_action (self, error);
  else
    end_action (self,
                ok ? _ ("The newest backup opens on this machine and fits this vault.")
                   : _ ("A backup does not open or does not fit. Please make a new one: azukarictl backup now"),
                !ok);
}

static void
action_cb (AdminSafety *self, const char *action)
{
  AzukariVault1 *vault = admin_session_get_vault (session_of (self));
  GCancellable *cancellable = admin_session_get_cancellable (session_of (self));
  const gboolean is_backup = g_str_equal (action, ACTION_BACKUP);
  GVariantDict options;

  admin_session_set_working (session_of (self), TRUE);
  admin_session_set_waiting (session_of (self), TRUE);
  ui_safety_view_set_busy (self->view, TRUE);
  ui_safety_view_set_result (self->view,
                             is_backup ? _ ("The backup is being made, read back and checked.")
                                       : _ ("The newest backup is being opened and compared."),
                             FALSE);
  if (!is_backup)
    {
      azukari_vault1_call_backup_drill (vault, cancellable, drilled_cb, g_object_ref (self));
      return;
    }
  g_variant_dict_init (&options, NULL);
  azukari_vault1_call_backup_now (vault, g_variant_dict_end (&options), cancellable, backed_up_cb, g_object_ref (self));
}

/* --- class ----------------------------------------------------------------------------------------------------------- */

static void
forget_answers (AdminSafety *self)
{
  g_clear_pointer (&self->status, g_variant_unref);
  g_clear_pointer (&self->machines, g_variant_unref);
  g_clear_pointer (&self->tokens, g_variant_unref);
  g_clear_pointer (&self->places, g_variant_unref);
}

static void
admin_safety_forget (AdminPart *part)
{
  AdminSafety *self = ADMIN_SAFETY (part);

  forget_answers (self);
  ui_safety_view_set_items (self->view, NULL, 0);
  ui_safety_view_set_headline (self->view, "", TRUE);
  ui_safety_view_set_result (self->view, "", FALSE);
  ui_safety_view_set_busy (self->view, FALSE);
}

static void
admin_safety_leave (AdminPart *part)
{
  if (!admin_session_is_working (admin_part_get_session (part)))
    ui_safety_view_set_result (ADMIN_SAFETY (part)->view, "", FALSE);
}

static void
admin_safety_dispose (GObject *object)
{
  forget_answers (ADMIN_SAFETY (object));
  G_OBJECT_CLASS (admin_safety_parent_class)->dispose (object);
}

static void
admin_safety_class_init (AdminSafetyClass *klass)
{
  AdminPartClass *part_class = ADMIN_PART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = admin_safety_dispose;
  part_class->view = "safety";
  part_class->roles = ADMIN_ROLE_CHIEF | ADMIN_ROLE_CLERK | ADMIN_ROLE_AUDITOR | ADMIN_ROLE_CLIENT;
  part_class->refresh = admin_safety_refresh;
  part_class->leave = admin_safety_leave;
  part_class->forget = admin_safety_forget;
}

static void
admin_safety_init (AdminSafety *self)
{
}

AdminPart *
admin_safety_new (AdminSession *session, UiAdminShell *shell)
{
  AdminPart *part = admin_part_new (ADMIN_TYPE_SAFETY, session, shell);
  AdminSafety *self = ADMIN_SAFETY (part);

  self->view = g_object_new (UI_TYPE_SAFETY_VIEW, NULL);
  ui_safety_view_set_title (self->view, _ ("Safety of this vault"));
  ui_admin_shell_add_view (shell, "safety", _ ("_Safety"), "security-high-symbolic", GTK_WIDGET (self->view));
  g_signal_connect_object (self->view, "action", G_CALLBACK (action_cb), self, G_CONNECT_SWAPPED);
  return part;
}
