/* SPDX-License-Identifier: Apache-2.0 */
/* settings: options of the program azukari. */
#include "config.h"

#include "settings.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client-folder.h"

#define DEFAULT_VAULT_DIR "/var/lib/azukari/vault"
#define RECORDED "recorded:"

const char *const settings_languages[] = { "ja", "en", NULL };

const char *
settings_get_default_language (void)
{
  const char *wanted = g_getenv ("LANGUAGE");

  for (guint i = 0; wanted != NULL && settings_languages[i] != NULL; i++)
    if (g_str_has_prefix (wanted, settings_languages[i]))
      return settings_languages[i];
  return settings_languages[0];
}

static gboolean
take_scanner (Settings *self, const char *scanner)
{
  if (scanner == NULL || !g_str_has_prefix (scanner, RECORDED))
    {
      self->scanner = g_strdup (scanner != NULL ? scanner : "");
      return TRUE;
    }
  self->recorded_dir = g_strdup (scanner + strlen (RECORDED));
  return g_file_test (self->recorded_dir, G_FILE_TEST_IS_DIR);
}

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, what);
  return FALSE;
}

static gboolean
check (Settings *self, const char *scanner, const char *timeout_scale, GError **error)
{
  const char *language = settings_get_default_language ();

  if (!take_scanner (self, scanner))
    return refuse (error, _ ("--scanner recorded:DIR: DIR is not a folder."));
  if (self->language == NULL)
    self->language = g_strdup (language);
  if (!g_strv_contains (settings_languages, self->language))
    return refuse (error, _ ("--lang: the languages are ja and en."));
  if (timeout_scale != NULL)
    {
      char *end = NULL;

      self->timeout_scale = g_ascii_strtod (timeout_scale, &end);
      if (end == timeout_scale || *end != '\0' || !(self->timeout_scale >= 0.01 && self->timeout_scale <= 100))
        return refuse (error, _ ("--timeout-scale takes a number from 0.01 to 100."));
    }
  return TRUE;
}

static const char *
get_from_environment (const char *variable)
{
  const char *named = g_getenv (variable);

  return named != NULL && *named != '\0' ? named : NULL;
}

/* What the command line leaves open. A folder of several goes before a single vault: who names one wants it served. */
static void
find_vaults (Settings *self)
{
  if (self->vault_dir == NULL && self->vaults_dir == NULL)
    {
      self->vaults_dir = g_strdup (get_from_environment (CLIENT_FOLDER_VARIABLE));
      if (self->vaults_dir == NULL)
        self->vault_dir = g_strdup (get_from_environment ("AZUKARI_VAULT"));
    }
  if (self->vault_dir != NULL)
    return;
  self->vault_dir = g_strdup (DEFAULT_VAULT_DIR);
  if (self->vaults_dir != NULL)
    return;
  self->vaults_dir = g_strdup (CLIENT_FOLDER_DEFAULT);
  self->single_dir = g_strdup (DEFAULT_VAULT_DIR);
}

Settings *
settings_new_from_args (char ***args, GError **error)
{
  g_autoptr (Settings) self = g_new0 (Settings, 1);
  g_autofree char *scanner = NULL;
  g_autofree char *timeout_scale = NULL;
  const GOptionEntry entries[] = {
    { "vault", 0, 0, G_OPTION_ARG_FILENAME, &self->vault_dir,
      N_ ("The vault's folder (default: $AZUKARI_VAULT, or /var/lib/azukari/vault)"), N_ ("DIR") },
    { "vaults", 0, 0, G_OPTION_ARG_FILENAME, &self->vaults_dir,
      N_ ("A folder with several companies' vaults (default: $AZUKARI_VAULTS, or /var/lib/azukari/vaults)"),
      N_ ("DIR") },
    { "scanner", 0, 0, G_OPTION_ARG_STRING, &scanner,
      N_ ("SANE device, or recorded:DIR to read DIR/<code>.pnm instead (default: the first scanner)"), N_ ("DEVICE") },
    { "kiosk", 0, 0, G_OPTION_ARG_NONE, &self->kiosk, N_ ("Fill the screen"), NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, &self->demo,
      N_ ("For trying out: says so on every screen, lets recorded pages take their time"), NULL },
    { "lang", 0, 0, G_OPTION_ARG_STRING, &self->language, N_ ("Language to begin with: ja or en"), N_ ("CODE") },
    { "export-dir", 0, 0, G_OPTION_ARG_FILENAME, &self->export_dir, N_ ("Exports go into this folder only"),
      N_ ("DIR") },
    { "timeout-scale", 0, 0, G_OPTION_ARG_STRING, &timeout_scale,
      N_ ("Multiplies every time-out: 2 for people who need more time (default 1)"), N_ ("FACTOR") },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->show_version, N_ ("Print the version and end"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  self->timeout_scale = 1.0;
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ ("The kiosk that takes My Numbers into custody."));
  if (!g_option_context_parse_strv (context, args, error))
    return NULL;
  if (g_strv_length (*args) > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, _ ("%s is not understood."), (*args)[1]);
      return NULL;
    }
  if (!check (self, scanner, timeout_scale, error))
    return NULL;
  if (self->vault_dir != NULL && self->vaults_dir != NULL)
    {
      (void) refuse (error, _ ("--vault names one vault and --vaults a folder of several; use one of them."));
      return NULL;
    }
  find_vaults (self);
  return g_steal_pointer (&self);
}

void
settings_free (Settings *self)
{
  if (self == NULL)
    return;
  g_free (self->vault_dir);
  g_free (self->vaults_dir);
  g_free (self->single_dir);
  g_free (self->scanner);
  g_free (self->recorded_dir);
  g_free (self->export_dir);
  g_free (self->language);
  g_free (self);
}
