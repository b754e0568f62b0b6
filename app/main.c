/* SPDX-License-Identifier: Apache-2.0 */
/* azukari: the kiosk. Exit codes: 0 done, 1 usage, 2 no display. */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "application.h"

/* A locale in which gettext translates and text is UTF-8: the user's, or else one of ours. C.UTF-8 comes last: every Debian
 * has it, but gettext translates in it on Debian 12 only, not on 13. */
static void
set_locale (void)
{
  static const char *const locales[] = { "ja_JP.UTF-8", "en_US.UTF-8", "C.UTF-8" };
  const char *messages;

  (void) setlocale (LC_ALL, "");
  messages = setlocale (LC_MESSAGES, NULL);
  if (messages == NULL || strcmp (messages, "C") == 0 || g_str_has_prefix (messages, "C.")
      || strcmp (messages, "POSIX") == 0 || strcmp (nl_langinfo (CODESET), "UTF-8") != 0)
    for (guint i = 0; i < G_N_ELEMENTS (locales) && setlocale (LC_ALL, locales[i]) == NULL; i++)
      ;
  gtk_disable_setlocale ();
}

/* What people type and what cards show passes through this process: it leaves no core behind. */
static void
forbid_dumps (void)
{
  const struct rlimit none = { 0, 0 };

  (void) setrlimit (RLIMIT_CORE, &none);
  (void) prctl (PR_SET_DUMPABLE, 0);
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) args = g_strdupv (argv);
  g_autoptr (Settings) settings = NULL;
  g_autoptr (KioskApplication) application = NULL;
  g_autoptr (GError) error = NULL;

  forbid_dumps ();
  set_locale ();
  kiosk_application_set_language (settings_get_default_language ());
  settings = settings_new_from_args (&args, &error);
  if (settings == NULL)
    {
      g_printerr ("azukari: %s\n", error->message);
      return 1;
    }
  if (settings->show_version)
    {
      g_print ("azukari %s\n", AZUKARI_VERSION);
      return 0;
    }
  kiosk_application_set_language (settings->language);
  if (!gtk_init_check ())
    {
      g_printerr ("azukari: %s\n", _ ("There is no display to open a window on."));
      return 2;
    }
  g_set_prgname ("azukari");
  application = kiosk_application_new (g_steal_pointer (&settings));
  return g_application_run (G_APPLICATION (application), 0, NULL);
}
