/* SPDX-License-Identifier: Apache-2.0 */
/* KioskApplication: one window, one connection to a vault at a time. */
#include "config.h"

#include "application.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>

#include "client-choice.h"
#include "messages-vault.h"
#include "programs.h"
#include "ui.h"
#include "vault-client.h"
#include "window.h"

/* A kiosk that cannot serve tries again by itself, also when nobody stands before it. */
#define RETRY_S 10u
/* How long a former company's vault may take to hear that everybody has gone. */
#define FAREWELL_MS 3000
/* While the companies are offered and nobody chooses, their vaults are asked again, and make their nightly backups. */
#define TEND_FIRST_MS (120u * 1000u)
#define TEND_S (15u * 60u)

struct _KioskApplication
{
  AdwApplication parent_instance;

  /* owned */
  Settings *settings;
  char *language;
  AzukariVault1 *vault; /* NULL while there is none */
  GDBusConnection *connection;
  GVariant *status;
  GCancellable *cancellable;
  guint retry_id;

  /* where there are several vaults */
  ClientChoice *choice;
  char *export_base; /* --export-dir as it was given */
  gboolean is_several;
  gboolean has_nothing; /* there is no vault to serve */
  gboolean is_offering; /* the choice is on the screen, or about to be */
  gboolean is_parting;  /* the former company's connection is being closed */
  char *wanted;         /* chosen meanwhile: its folder */
  guint tend_id;

  /* borrowed */
  KioskWindow *window;
};

G_DEFINE_FINAL_TYPE (KioskApplication, kiosk_application, ADW_TYPE_APPLICATION)

/* --- language ----------------------------------------------------------------------------------------------------- */

static void
bind_domain (void)
{
  g_autofree char *locale_dir = programs_find_locale_dir ();

  /* Also tells gettext that what it remembers is out of date. */
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

void
kiosk_application_set_language (const char *code)
{
  /* In place: setenv () would move the environment under the feet of other threads. */
  static char variable[] = "LANGUAGE=ja\0\0\0\0\0";
  static gboolean is_set;

  g_return_if_fail (strlen (code) < 8);

  if (!is_set)
    {
      (void) putenv (variable);
      bind_domain ();
      /* GLib decides once and for all, by whether there is a translation at its first call, whether it translates; so
       * that first call is made in a language that has one. GtkBuilder's templates depend on it. */
      (void) g_dgettext (GETTEXT_PACKAGE, "");
      is_set = TRUE;
    }
  strcpy (variable + strlen ("LANGUAGE="), code);
  bind_domain ();
}

/* --- the vault ---------------------------------------------------------------------------------------------------- */

static void connect_vault (KioskApplication *self);
static void begin (KioskApplication *self);

static void
drop_vault (KioskApplication *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->vault);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->status, g_variant_unref);
}

static gboolean
retry_cb (gpointer data)
{
  KioskApplication *self = data;

  self->retry_id = 0;
  if (self->has_nothing)
    begin (self);
  else
    connect_vault (self);
  return G_SOURCE_REMOVE;
}

static void
show_broken (KioskApplication *self, const char *what, const char *todo)
{
  g_autofree char *company = NULL, *title = NULL;

  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->retry_id = g_timeout_add_seconds (RETRY_S, retry_cb, self);
  if (self->is_several)
    company = client_choice_dup_title (self->choice, self->settings->vault_dir);
  /* Translators: %s is a company; the kiosk serves others too */
  title = company != NULL ? g_strdup_printf (_ ("Nothing can be taken for %s at the moment"), company)
                          : g_strdup (_ ("This kiosk cannot serve at the moment"));
  kiosk_window_set_broken (self->window, title, what, todo);
}

/* A 責任者 may come in all the same, where the vault says so. */
static void
show_closed (KioskApplication *self, const char *what, const char *todo)
{
  g_autoptr (GVariant) damage = g_variant_lookup_value (self->status, "damage", G_VARIANT_TYPE_VARDICT);
  g_autofree const char **can = NULL;

  if (damage == NULL || !g_variant_lookup (damage, "can", "^a&s", &can) || !g_strv_contains (can, "login"))
    {
      show_broken (self, what, todo);
      return;
    }
  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->retry_id = g_timeout_add_seconds (RETRY_S, retry_cb, self);
  kiosk_window_set_sealed (self->window, self->status, _ ("This kiosk cannot serve at the moment"), what, todo);
}

/* The daemon has gone: the visit under way is wiped. A touch tries again, and so does time. */
static void
connection_closed_cb (KioskApplication *self)
{
  drop_vault (self);
  show_broken (self, _ ("The program that keeps the numbers has stopped, and what you had begun with it."),
               _ ("Nothing that was handed in is lost. This kiosk is ready again in a moment: please begin anew."));
}

static void
serve (KioskApplication *self)
{
  const char *state = "", *reason = "";
  g_autofree char *sentence = NULL, *damage = NULL, *both = NULL;

  client_choice_tell (self->choice, self->settings->vault_dir, self->status);
  g_variant_lookup (self->status, "state", "&s", &state);
  g_variant_lookup (self->status, "reason", "&s", &reason);
  if (g_str_equal (state, "open"))
    {
      kiosk_window_set_vault (self->window, self->vault, self->status);
      return;
    }
  sentence = messages_for_vault_error_name (g_str_equal (state, "uninitialised") ? "NotInitialised" : reason);
  damage = messages_for_damage (self->status);
  if (damage == NULL)
    {
      show_closed (self, sentence, _ ("Please call the person in charge. Nothing is lost."));
      return;
    }
  both = g_strdup_printf ("%s\n\n%s", sentence, damage);
  show_closed (
      self, both,
      _ ("Please call the responsible person. Until they have looked into it, nothing is taken in and nothing is "
         "given out."));
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (KioskApplication) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) status = NULL;

  if (!azukari_vault1_call_get_status_finish (AZUKARI_VAULT1 (source), &status, result, &error))
    {
      g_autofree char *sentence = NULL;

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      sentence = messages_for_error (error);
      client_choice_tell (self->choice, self->settings->vault_dir, NULL);
      drop_vault (self);
      show_broken (self, sentence, _ ("Please call the person in charge. Nothing is lost."));
      return;
    }
  g_clear_pointer (&self->status, g_variant_unref);
  self->status = g_steal_pointer (&status);
  serve (self);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  KioskApplication *self = KIOSK_APPLICATION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (AzukariVault1) vault = vault_client_connect_finish (result, &connection, &error);

  if (vault == NULL)
    {
      g_autofree char *sentence = messages_for_error (error);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      client_choice_tell (self->choice, self->settings->vault_dir, NULL);
      show_broken (self, sentence, _ ("Please call the person in charge. Nothing is lost."));
      return;
    }
  drop_vault (self);
  self->vault = g_steal_pointer (&vault);
  self->connection = g_steal_pointer (&connection);
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (connection_closed_cb), self, G_CONNECT_SWAPPED);
  azukari_vault1_call_get_status (self->vault, self->cancellable, status_cb, g_object_ref (self));
}

static void
connect_vault (KioskApplication *self)
{
  drop_vault (self);
  vault_client_connect_async (G_OBJECT (self), self->settings->vault_dir, self->cancellable, connected_cb, NULL);
}

static void
open_vault (KioskApplication *self)
{
  kiosk_window_set_waiting (self->window);
  connect_vault (self);
}

/* --- several companies -------------------------------------------------------------------------------------------- */

/* Exports of one company lie beside no other's. */
static void
set_export_dir (KioskApplication *self, const char *name)
{
  if (self->export_base == NULL)
    return;
  g_free (self->settings->export_dir);
  self->settings->export_dir = g_build_filename (self->export_base, *name != '\0' ? name : NULL, NULL);
  if (g_mkdir (self->settings->export_dir, 0700) != 0 && errno != EEXIST)
    g_warning ("The folder for a company's exports cannot be made: %s", g_strerror (errno));
}

static void
open_wanted (KioskApplication *self)
{
  g_autofree char *wanted = g_steal_pointer (&self->wanted);
  const char *name;

  if (!client_choice_find (self->choice, wanted, &name))
    return;
  self->is_offering = FALSE;
  g_clear_handle_id (&self->tend_id, g_source_remove);
  client_choice_stop (self->choice);
  g_free (self->settings->vault_dir);
  self->settings->vault_dir = g_strdup (wanted);
  set_export_dir (self, name);
  kiosk_window_renew (self->window);
  open_vault (self);
}

static void
chosen_cb (KioskApplication *self, const char *id)
{
  if (!self->is_offering)
    return;
  g_free (self->wanted);
  self->wanted = g_strdup (id);
  if (self->is_parting)
    kiosk_window_set_waiting (self->window);
  else
    open_wanted (self);
}

static gboolean
tend_cb (gpointer data)
{
  KioskApplication *self = data;

  self->tend_id = g_timeout_add_seconds (TEND_S, tend_cb, self);
  if (client_choice_look (self->choice, self->settings, NULL) > 0)
    client_choice_ask (self->choice, TRUE);
  return G_SOURCE_REMOVE;
}

static void
offer (KioskApplication *self)
{
  g_clear_handle_id (&self->tend_id, g_source_remove);
  self->tend_id = g_timeout_add ((guint) (TEND_FIRST_MS * self->settings->timeout_scale), tend_cb, self);
  kiosk_window_set_several (self->window, TRUE);
  kiosk_window_set_choice (self->window, client_choice_get_rows (self->choice));
}

static void
ready_cb (KioskApplication *self)
{
  if (self->is_offering)
    offer (self);
}

/* Finds out what there is to serve. FALSE after a page that says why there is nothing. */
static gboolean
look_for_vaults (KioskApplication *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *what = NULL;
  int n_vaults = 0;

  self->is_several = FALSE;
  if (self->settings->vaults_dir == NULL)
    return TRUE;
  n_vaults = client_choice_look (self->choice, self->settings, &error);
  if (n_vaults > 0)
    {
      self->is_several = n_vaults > 1;
      if (!self->is_several)
        {
          g_free (self->settings->vault_dir);
          self->settings->vault_dir = g_strdup (client_choice_get_only (self->choice));
        }
      return TRUE;
    }
  /* nobody asked for a folder of vaults: then there is the single one */
  if (self->settings->single_dir != NULL
      && (error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)))
    {
      g_free (self->settings->vault_dir);
      self->settings->vault_dir = g_strdup (self->settings->single_dir);
      return TRUE;
    }
  what = error != NULL ? messages_for_error (error)
                       : g_strdup_printf (_ ("There is no company's vault in %s yet."), self->settings->vaults_dir);
  show_broken (self, what, _ ("Please call the person in charge. “azukarictl clients” tells more."));
  return FALSE;
}

/* The start, and where everybody comes back to who was served for one of several companies. */
static void
begin (KioskApplication *self)
{
  gboolean has_vaults;

  g_clear_handle_id (&self->retry_id, g_source_remove);
  has_vaults = look_for_vaults (self);
  self->has_nothing = !has_vaults;
  /* there is nothing to come back to before the choice is ready */
  kiosk_window_set_several (self->window, FALSE);
  self->is_offering = self->is_several;
  if (!has_vaults)
    return;
  if (!self->is_several)
    {
      open_vault (self);
      return;
    }
  if (client_choice_is_known (self->choice))
    {
      offer (self);
      return;
    }
  kiosk_window_set_waiting (self->window);
  client_choice_ask (self->choice, FALSE);
}

static void
try_again (KioskApplication *self)
{
  if (self->is_several && !self->is_offering)
    open_vault (self);
  else
    begin (self);
}

static void
parted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (KioskApplication) self = data;

  (void) g_dbus_connection_close_finish (G_DBUS_CONNECTION (source), result, NULL);
  self->is_parting = FALSE;
  if (self->wanted != NULL && self->is_offering)
    open_wanted (self);
}

static void
farewell_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, NULL);

  g_dbus_connection_close (g_dbus_proxy_get_connection (G_DBUS_PROXY (source)), NULL, parted_cb, data);
}

/* Somebody has done, or wants another company: the one of before hears what it still has to, and is let go of before the next
 * is opened. What was told on the way stands in its record, as its answers come in order. */
static void
leave (KioskApplication *self)
{
  g_autoptr (AzukariVault1) vault = NULL;

  if (!self->is_several || self->is_offering)
    return;
  vault = g_steal_pointer (&self->vault);
  drop_vault (self);
  g_clear_pointer (&self->wanted, g_free);
  if (vault != NULL)
    {
      self->is_parting = TRUE;
      g_dbus_proxy_call (G_DBUS_PROXY (vault), "Forget", NULL, G_DBUS_CALL_FLAGS_NONE, FAREWELL_MS, NULL, farewell_cb,
                         g_object_ref (self));
    }
  begin (self);
}

/* --- the window --------------------------------------------------------------------------------------------------- */

static void language_cb (KioskApplication *self, const char *code);

static void
make_window (KioskApplication *self)
{
  self->window = kiosk_window_new (ADW_APPLICATION (self), self->settings, self->language);
  g_signal_connect_object (self->window, "language", G_CALLBACK (language_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->window, "retry", G_CALLBACK (try_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->window, "company", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->window, "leave", G_CALLBACK (leave), self, G_CONNECT_SWAPPED);
  kiosk_window_set_several (self->window, self->is_several && !self->is_offering);
}

/* Between visits: the same kiosk in a new window, whose templates are read in the other language. */
static gboolean
change_language (gpointer data)
{
  KioskApplication *self = data;
  GtkWindow *old = GTK_WINDOW (self->window);

  kiosk_application_set_language (self->language);
  make_window (self);
  if (self->is_offering || self->has_nothing)
    begin (self);
  else if (self->status != NULL)
    serve (self);
  else
    open_vault (self);
  gtk_window_present (GTK_WINDOW (self->window));
  gtk_window_destroy (old);
  return G_SOURCE_REMOVE;
}

static void
language_cb (KioskApplication *self, const char *code)
{
  if (g_str_equal (self->language, code))
    return;
  g_free (self->language);
  self->language = g_strdup (code);
  /* Not from within the window that goes away. */
  g_idle_add_full (G_PRIORITY_DEFAULT, change_language, g_object_ref (self), g_object_unref);
}

static void
kiosk_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (kiosk_application_parent_class)->startup (application);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
  ui_init (gdk_display_get_default ());
}

static void
kiosk_application_activate (GApplication *application)
{
  KioskApplication *self = KIOSK_APPLICATION (application);

  if (self->window == NULL)
    {
      make_window (self);
      begin (self);
    }
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
kiosk_application_dispose (GObject *object)
{
  KioskApplication *self = KIOSK_APPLICATION (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_clear_handle_id (&self->tend_id, g_source_remove);
  g_clear_object (&self->choice);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->vault);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->status, g_variant_unref);
  G_OBJECT_CLASS (kiosk_application_parent_class)->dispose (object);
}

static void
kiosk_application_finalize (GObject *object)
{
  KioskApplication *self = KIOSK_APPLICATION (object);

  g_free (self->language);
  g_free (self->export_base);
  g_free (self->wanted);
  settings_free (self->settings);
  G_OBJECT_CLASS (kiosk_application_parent_class)->finalize (object);
}

static void
kiosk_application_class_init (KioskApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = kiosk_application_dispose;
  G_OBJECT_CLASS (klass)->finalize = kiosk_application_finalize;
  G_APPLICATION_CLASS (klass)->startup = kiosk_application_startup;
  G_APPLICATION_CLASS (klass)->activate = kiosk_application_activate;
}

static void
kiosk_application_init (KioskApplication *self)
{
  self->cancellable = g_cancellable_new ();
}

KioskApplication *
kiosk_application_new (Settings *settings)
{
  /* Several kiosks may run on one machine. */
  KioskApplication *self = g_object_new (KIOSK_TYPE_APPLICATION, "application-id", "jp.azukari.Kiosk", "flags",
                                         G_APPLICATION_NON_UNIQUE, NULL);

  self->settings = settings;
  self->language = g_strdup (settings->language);
  self->export_base = g_strdup (settings->export_dir);
  self->choice = client_choice_new ();
  g_signal_connect_object (self->choice, "ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  return self;
}
