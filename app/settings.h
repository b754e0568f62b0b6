/* SPDX-License-Identifier: Apache-2.0 */
/* settings: what the command line and the environment ask for. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *vault_dir;    /* --vault, $AZUKARI_VAULT or /var/lib/azukari/vault; of several, the one that was chosen */
  char *vaults_dir;   /* --vaults, $AZUKARI_VAULTS or /var/lib/azukari/vaults; %NULL when one vault was named */
  char *single_dir;   /* the default vault, served beside those of a folder that nobody named; else %NULL */
  char *scanner;      /* SANE device, "" = the first one found; %NULL when recorded_dir is set */
  char *recorded_dir; /* --scanner recorded:DIR: pages come from DIR/<code>.pnm */
  char *
      export_dir; /* --export-dir: exports go there and nowhere else, of several vaults to a folder of each; %NULL = the
                       * admin chooses a folder */
  char *language; /* "ja" or "en" */
  double timeout_scale;
  gboolean kiosk;
  gboolean demo;
  gboolean show_version;
} Settings;

/* The languages that the kiosk speaks; ends with %NULL. */
extern const char *const settings_languages[];

/**
 * settings_new_from_args:
 * @args: as main () got them; what is understood is taken out
 *
 * Returns: (transfer full): %NULL with a %G_OPTION_ERROR when something is not understood
 */
Settings *settings_new_from_args (char ***args, GError **error);

void settings_free (Settings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Settings, settings_free)

/* The language to begin with, from $LANGUAGE, then Japanese. Borrowed, of settings_languages. */
const char *settings_get_default_language (void);

G_END_DECLS
