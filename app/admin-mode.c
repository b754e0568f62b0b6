/* SPDX-License-Identifier: Apache-2.0 */
/* AdminMode: the door, who came in, and the countdown; what is behind it are the parts. */
#include "config.h"

#include "admin-mode.h"

#include <glib/gi18n.h>
#include <string.h>

#include "admin-part.h"
#include "admin-texts.h"
#include "messages-vault.h"

#define ASKING_MS (60u * 1000u)
#define OPEN_MS (5u * 60u * 1000u)
#define COUNTDOWN_MS 10000u
/* Well before the vault asks for it again. */
#define SHOW_TOKEN_MS (2u * 60u * 1000u)

struct _AdminMode
{
  GObject parent_instance;

  /* borrowed */
  const Settings *settings;
  UiPinPage *pin_page;
  UiAdminShell *shell;

  /* owned */
  AdminSession *session;
  GPtrArray *parts;
  char *name;           /* of who is logging in; "" for the only one */
  gboolean is_for_boot; /* the PIN accepts how this PC has booted */

  AdminModeState state;
  guint idle_ms;
  guint shown_ms; /* since the token was shown */
  int countdown_s;
  gboolean has_ended; /* the rights of who is in */
};

G_DEFINE_FINAL_TYPE (AdminMode, admin_mode, G_TYPE_OBJECT)

enum
{
  CHANGED,
  COUNTDOWN,
  WAITING,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static AdminPart *(*const part_makers[]) (AdminSession *session, UiAdminShell *shell) = {
  admin_people_new, admin_review_new, admin_export_new, admin_disposal_new,
  admin_record_new, admin_backup_new, admin_safety_new, admin_sealed_new,
};

/* --- state -------------------------------------------------------------------------------------------------------- */

static void
tell_countdown (AdminMode *self, int seconds)
{
  if (self->countdown_s == seconds)
    return;
  self->countdown_s = seconds;
  g_signal_emit (self, signals[COUNTDOWN], 0, seconds);
}

static void
set_state (AdminMode *self, AdminModeState state)
{
  self->state = state;
  self->idle_ms = 0;
  self->has_ended = FALSE;
  admin_session_set_open (self->session, state == ADMIN_MODE_OPEN);
  tell_countdown (self, -1);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
waiting_cb (AdminMode *self, gboolean waiting)
{
  g_signal_emit (self, signals[WAITING], 0, waiting);
}

static void
said_cb (AdminMode *self, const char *sentence, gboolean is_bad)
{
  ui_admin_shell_set_message (self->shell, sentence, is_bad);
}

/* --- the views ----------------------------------------------------------------------------------------------------- */

static void
refresh (AdminMode *self)
{
  const char *view = ui_admin_shell_get_view (self->shell);

  if (self->state != ADMIN_MODE_OPEN)
    return;
  for (guint i = 0; i < self->parts->len; i++)
    if (g_str_equal (admin_part_get_view (self->parts->pdata[i]), view))
      admin_part_refresh (self->parts->pdata[i]);
}

static void
view_cb (AdminMode *self, const char *name)
{
  for (guint i = 0; i < self->parts->len; i++)
    admin_part_leave (self->parts->pdata[i]);
  refresh (self);
}

/* Who is in, and what is not as it should be, until it is. */
static void
show_status (AdminMode *self, GVariant *status)
{
  const char *company = "", *admin = "", *alarm = "";
  g_autofree char *danger = messages_for_danger (status), *backup = NULL;
  g_autoptr (GString) text = g_string_new (danger);
  gint64 made_s = 0;

  g_variant_lookup (status, "company", "&s", &company);
  g_variant_lookup (status, "logged-in", "&s", &admin);
  ui_admin_shell_set_admin (self->shell, company, admin);
  g_variant_lookup (status, "backup-alarm", "&s", &alarm);
  g_variant_lookup (status, "backup-made", "x", &made_s);
  backup = messages_for_backup_alarm (alarm, made_s);
  if (backup != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", backup);
  if (text->len > 0 && !admin_session_is_sealed (self->session))
    ui_admin_shell_set_message (self->shell, text->str, TRUE);
}

/* --- a vault that closes while somebody is in ----------------------------------------------------------------------- */

static void show_parts (AdminMode *self);

/* Of the views that were there none is good for anything any more; everybody was logged out. */
static void
seal (AdminMode *self, GVariant *status)
{
  for (guint i = 0; i < self->parts->len; i++)
    admin_part_forget (self->parts->pdata[i]);
  admin_session_set_working (self->session, FALSE);
  admin_session_set_sealed (self->session, TRUE);
  waiting_cb (self, FALSE);
  said_cb (self, "", FALSE);
  show_parts (self);
  show_status (self, status);
}

static void
look_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  const char *state = "";

  if (!ADMIN_FINISH (get_status, &status))
    {
      if (!admin_session_was_cancelled (error))
        admin_mode_close (self);
      return;
    }
  if (self->state != ADMIN_MODE_OPEN || admin_session_is_sealed (self->session))
    return;
  g_variant_lookup (status, "state", "&s", &state);
  if (g_str_equal (state, "sealed"))
    seal (self, status);
  else if (self->has_ended)
    admin_mode_close (self);
}

static void
ended_cb (AdminMode *self)
{
  self->has_ended = TRUE;
  if (!admin_session_is_connected (self->session))
    admin_mode_close (self);
  else
    admin_mode_look (self);
}

static void
changed_cb (AdminMode *self, const char *what)
{
  if (g_str_equal (what, "session"))
    admin_mode_look (self);
}

static void forget (AdminMode *self);

/* Straight to the door: the window is not told that nobody is there, as it would look for another page. */
static void
login_cb (AdminMode *self)
{
  forget (self);
  self->state = ADMIN_MODE_CLOSED;
  admin_mode_ask (self);
}

void
admin_mode_look (AdminMode *self)
{
  g_return_if_fail (ADMIN_IS_MODE (self));

  if (self->state == ADMIN_MODE_OPEN && !admin_session_is_sealed (self->session))
    azukari_vault1_call_get_status (admin_session_get_vault (self->session),
                                    admin_session_get_cancellable (self->session), look_cb, g_object_ref (self));
}

/* --- the door ----------------------------------------------------------------------------------------------------- */

static void
keep_admin (AdminMode *self, GVariant *session)
{
  const char *id = "", *name = "", *role = "";

  g_variant_lookup (session, "admin-id", "&s", &id);
  g_variant_lookup (session, "admin", "&s", &name);
  g_variant_lookup (session, "role", "&s", &role);
  admin_names_set (admin_session_get_names (self->session), id, name);
  admin_session_set_role (self->session, role);
}

static void
ask_again (AdminMode *self, const char *message)
{
  ui_pin_page_set_busy (self->pin_page, FALSE);
  waiting_cb (self, FALSE);
  ui_pin_page_set_message (self->pin_page, message);
  ui_page_focus (UI_PAGE (self->pin_page));
}

/* Those that are for who came in; the first of them is on the screen. */
static void
show_parts (AdminMode *self)
{
  g_autofree char *shown = g_strdup (ui_admin_shell_get_view (self->shell));
  AdminPart *first = NULL;

  for (guint i = 0; i < self->parts->len; i++)
    {
      AdminPart *part = self->parts->pdata[i];
      gboolean is_for = admin_part_is_for (part);

      ui_admin_shell_set_view_offered (self->shell, admin_part_get_view (part), is_for);
      if (is_for)
        admin_part_begin (part);
      if (is_for && first == NULL)
        first = part;
    }
  if (first == NULL)
    return;
  /* another view asks by itself for what it shows */
  ui_admin_shell_show_view (self->shell, admin_part_get_view (first));
  if (g_strcmp0 (shown, admin_part_get_view (first)) == 0)
    refresh (self);
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  const char *state = "";

  if (!ADMIN_FINISH (get_status, &status))
    {
      g_autofree char *message = messages_for_error (error);

      if (!admin_session_was_cancelled (error))
        ask_again (self, message);
      return;
    }
  if (self->state != ADMIN_MODE_ASKING)
    return;
  g_variant_lookup (status, "state", "&s", &state);
  admin_session_set_sealed (self->session, g_str_equal (state, "sealed"));
  waiting_cb (self, FALSE);
  set_state (self, ADMIN_MODE_OPEN);
  show_parts (self);
  show_status (self, status);
}

/* What is behind it depends on what the vault is like. */
static void
open_door (AdminMode *self)
{
  azukari_vault1_call_get_status (admin_session_get_vault (self->session),
                                  admin_session_get_cancellable (self->session), status_cb, g_object_ref (self));
}

/* Taken out: what it opened is closed at once. */
static void
token_gone_cb (AdminMode *self)
{
  admin_mode_close (self);
  admin_mode_ask (self);
  ask_again (self, _ ("The token was taken out. Please insert it and log in again."));
}

/* One more step at the door. */
static void
ask_for_token (AdminMode *self)
{
  g_autoptr (AdminToken) token = admin_token_new ();

  admin_session_set_token (self->session, token);
  self->shown_ms = 0;
  g_signal_connect_object (token, "gone", G_CALLBACK (token_gone_cb), self, G_CONNECT_SWAPPED);
  ui_page_clear (UI_PAGE (self->pin_page));
  ui_pin_page_set_texts (self->pin_page, _ ("Your token"),
                         _ ("Insert your token and type its own PIN. Leave it inserted while you work."));
  ui_pin_page_set_token (self->pin_page, TRUE);
  ui_page_focus (UI_PAGE (self->pin_page));
}

static void
token_shown_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (admin_token_show_finish (ADMIN_TOKEN (source), result, &error))
    {
      if (self->state == ADMIN_MODE_ASKING)
        open_door (self);
      return;
    }
  if (admin_session_was_cancelled (error) || admin_session_get_token (self->session) != ADMIN_TOKEN (source))
    return;
  message = messages_for_error (error);
  if (self->state == ADMIN_MODE_ASKING)
    ask_again (self, message);
  else
    token_gone_cb (self);
}

/* @pin: (nullable): the token's own, once it is asked for */
static void
show_token (AdminMode *self, GVariant *pin)
{
  admin_token_show_async (admin_session_get_token (self->session), admin_session_get_vault (self->session), "admin",
                          pin, admin_session_get_cancellable (self->session), token_shown_cb, g_object_ref (self));
}

static void
accepted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (azukari_vault1_call_boot_accept_finish (AZUKARI_VAULT1 (source), result, &error))
    {
      admin_mode_close (self);
      return;
    }
  if (admin_session_was_cancelled (error))
    return;
  message = messages_for_error (error);
  ask_again (self, message);
}

static void
logged_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdminMode) self = data;
  g_autoptr (GVariant) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  const char *duty = "";

  if (!ADMIN_FINISH (login, &session))
    {
      message = messages_for_error (error);
      if (!admin_session_was_cancelled (error))
        ask_again (self, message);
      return;
    }
  if (self->state != ADMIN_MODE_ASKING)
    return;
  waiting_cb (self, FALSE);
  keep_admin (self, session);
  g_variant_lookup (session, "token", "&s", &duty);
  message = g_str_equal (duty, "missing") ? messages_for_vault_error_name ("TokenMissing") : NULL;
  if (message != NULL)
    ask_again (self, message);
  else if (g_str_equal (duty, "needed"))
    ask_for_token (self);
  else
    open_door (self);
}

/* @pin: consumed when floating */
static void
log_in (AdminMode *self, GVariant *pin)
{
  if (self->is_for_boot)
    {
      /* The names are places in the keyset: nobody's name can be read yet. */
      azukari_vault1_call_boot_accept (admin_session_get_vault (self->session),
                                       MAX (1, (guint) g_ascii_strtoull (self->name, NULL, 10)), pin,
                                       admin_session_get_cancellable (self->session), accepted_cb, g_object_ref (self));
      return;
    }
  azukari_vault1_call_login (admin_session_get_vault (self->session), self->name, pin,
                             admin_session_get_cancellable (self->session), logged_in_cb, g_object_ref (self));
}

/* The PIN waits in a variant that wipes itself while the connection is made. */
static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) pin = data;
  AdminMode *self = ADMIN_MODE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) vault = vault_client_connect_finish (result, &connection, &error);

  if (vault == NULL)
    {
      g_autofree char *message = NULL;

      if (admin_session_was_cancelled (error))
        return;
      message = messages_for_error (error);
      ui_pin_page_set_busy (self->pin_page, FALSE);
      waiting_cb (self, FALSE);
      ui_pin_page_set_message (self->pin_page, message);
      return;
    }
  admin_session_set_vault (self->session, vault, connection);
  g_signal_connect_object (vault, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  log_in (self, pin);
}

static void
pin_entered_cb (AdminMode *self, const char *name, const char *pin)
{
  GVariant *bytes;

  if (self->state != ADMIN_MODE_ASKING)
    return;
  admin_mode_touch (self);
  ui_pin_page_set_busy (self->pin_page, TRUE);
  waiting_cb (self, TRUE);
  bytes = vault_client_secret_bytes (pin, strlen (pin));
  if (admin_session_get_token (self->session) != NULL)
    {
      show_token (self, bytes);
      return;
    }
  g_free (self->name);
  self->name = g_strdup (name);
  if (admin_session_is_connected (self->session))
    log_in (self, bytes);
  else
    vault_client_connect_async (G_OBJECT (self), self->settings->vault_dir,
                                admin_session_get_cancellable (self->session), connected_cb,
                                g_variant_ref_sink (bytes));
}

AdminModeState
admin_mode_get_state (AdminMode *self)
{
  return self->state;
}

static void
ask (AdminMode *self, gboolean is_for_boot, const char *title, const char *lead)
{
  if (self->state != ADMIN_MODE_CLOSED)
    return;
  self->is_for_boot = is_for_boot;
  ui_page_clear (UI_PAGE (self->pin_page));
  ui_pin_page_set_texts (self->pin_page, title, lead);
  set_state (self, ADMIN_MODE_ASKING);
}

void
admin_mode_ask (AdminMode *self)
{
  g_return_if_fail (ADMIN_IS_MODE (self));

  ask (self, FALSE, _ ("Administration"), _ ("For the persons in charge only."));
}

void
admin_mode_ask_boot (AdminMode *self)
{
  g_return_if_fail (ADMIN_IS_MODE (self));

  ask (self, TRUE, _ ("This PC has started in another way"),
       _ ("The PIN of a responsible person opens the vault and binds it to how the PC has started now. Number 1 is who "
          "set "
          "the vault up."));
}

static void
forget (AdminMode *self)
{
  admin_session_end (self->session);
  ui_page_clear (UI_PAGE (self->pin_page));
  for (guint i = 0; i < self->parts->len; i++)
    admin_part_forget (self->parts->pdata[i]);
  g_clear_pointer (&self->name, g_free);
  waiting_cb (self, FALSE);
  ui_admin_shell_set_message (self->shell, "", FALSE);
}

void
admin_mode_close (AdminMode *self)
{
  g_return_if_fail (ADMIN_IS_MODE (self));

  if (self->state == ADMIN_MODE_CLOSED)
    return;
  forget (self);
  set_state (self, ADMIN_MODE_CLOSED);
}

void
admin_mode_touch (AdminMode *self)
{
  g_return_if_fail (ADMIN_IS_MODE (self));

  self->idle_ms = 0;
  tell_countdown (self, -1);
}

void
admin_mode_advance (AdminMode *self, guint elapsed_ms)
{
  guint limit_ms;

  g_return_if_fail (ADMIN_IS_MODE (self));

  if (self->state == ADMIN_MODE_CLOSED)
    return;
  if (admin_session_is_working (self->session))
    return admin_mode_touch (self);
  limit_ms = (guint) ((self->state == ADMIN_MODE_ASKING ? ASKING_MS : OPEN_MS) * self->settings->timeout_scale);
  self->idle_ms += MIN (elapsed_ms, G_MAXUINT - self->idle_ms);
  if (self->idle_ms >= limit_ms)
    return admin_mode_close (self);
  self->shown_ms += MIN (elapsed_ms, SHOW_TOKEN_MS);
  if (self->state == ADMIN_MODE_OPEN && admin_session_get_token (self->session) != NULL
      && self->shown_ms >= SHOW_TOKEN_MS)
    {
      self->shown_ms = 0;
      show_token (self, NULL);
    }
  if (limit_ms - self->idle_ms <= COUNTDOWN_MS)
    tell_countdown (self, (int) ((limit_ms - self->idle_ms + 999) / 1000));
}

/* --- class -------------------------------------------------------------------------------------------------------- */

static void
admin_mode_dispose (GObject *object)
{
  AdminMode *self = ADMIN_MODE (object);

  /* Calls that are under way hold on to their part, which may outlive us for a moment. */
  if (self->session != NULL)
    g_object_run_dispose (G_OBJECT (self->session));
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_object (&self->session);
  g_clear_pointer (&self->name, g_free);
  G_OBJECT_CLASS (admin_mode_parent_class)->dispose (object);
}

static void
admin_mode_class_init (AdminModeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = admin_mode_dispose;
  signals[CHANGED] = g_signal_new ("changed", ADMIN_TYPE_MODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WAITING] =
      g_signal_new ("waiting", ADMIN_TYPE_MODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[COUNTDOWN] =
      g_signal_new ("countdown", ADMIN_TYPE_MODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
admin_mode_init (AdminMode *self)
{
  self->parts = g_ptr_array_new_with_free_func (g_object_unref);
  self->countdown_s = -1;
}

AdminMode *
admin_mode_new (const Settings *settings, UiPinPage *pin_page, UiAdminShell *shell)
{
  AdminMode *self = g_object_new (ADMIN_TYPE_MODE, NULL);

  self->settings = settings;
  self->pin_page = pin_page;
  self->shell = shell;
  self->session = admin_session_new (settings);
  for (guint i = 0; i < G_N_ELEMENTS (part_makers); i++)
    g_ptr_array_add (self->parts, part_makers[i](self->session, shell));
  g_signal_connect_object (self->session, "waiting", G_CALLBACK (waiting_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "login", G_CALLBACK (login_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (pin_page, "entered", G_CALLBACK (pin_entered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shell, "view", G_CALLBACK (view_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shell, "logout", G_CALLBACK (admin_mode_close), self, G_CONNECT_SWAPPED);
  return self;
}
