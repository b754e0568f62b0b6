/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl retire: the end of the vault on this machine. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "certificate-files.h"
#include "ctl-certificate.h"
#include "ctl-common.h"

/* What would be destroyed, without asking for a PIN. */
static int
show (CtlContext *ctx, GVariant *status)
{
  guint32 people = 0, submitted = 0;

  (void) g_variant_lookup (status, "people", "u", &people);
  (void) g_variant_lookup (status, "submitted", "u", &submitted);
  if (ctx->json)
    ctl_print_json (status);
  else
    g_print (_ ("Trial run, nothing was changed. The vault of %s would be destroyed: %u people, %u numbers.\n"),
             answer_text (status, "company"), people, submitted);
  return CTL_DONE;
}

static int
retire (CtlContext *ctx, AzukariVault1 *vault, const char *company, const CtlAdmin *admin, const char *path)
{
  guint8 key[ATTESTATION_KEY_BYTES];
  g_autofree char *pem = NULL, *text = NULL;
  g_autoptr (GVariant) pin = NULL, session = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (certificate_files_are_free (path, &error))
    pem = ctl_certificate_get_key (vault, key, &error);
  if (pem != NULL)
    pin = ctl_read_pin (admin->pin_file, _ ("PIN: "), FALSE, &error);
  if (pin == NULL
      || !azukari_vault1_call_login_sync (vault, admin->admin != NULL ? admin->admin : "", pin, &session, NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctl_take_session (ctx, vault, admin, session, &code))
    return code;
  /* With a slow TPM it takes its time, and there is no way back. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (vault), G_MAXINT);
  if (!azukari_vault1_call_retire_sync (vault, company, pin, &text, NULL, &error))
    return ctl_fail (ctx, error);
  if (!certificate_files_write (path, text, key, pem, &error))
    {
      g_printerr (_ ("The vault is destroyed. Its certificate lies in %s.\n"), ctx->vault_dir);
      return ctl_fail (ctx, error);
    }
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "certificate", "s", path);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    {
      g_print ("%s\n", _ ("Every key of this vault is destroyed. What remains to be done:"));
      ctl_certificate_print_rest (text, key);
    }
  return CTL_DONE;
}

int
cmd_retire (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *company = NULL, *path = NULL;
  gboolean dry_run = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "company", 0, 0, G_OPTION_ARG_STRING, &company, N_ ("The company's name, exactly as “status” shows it"),
      N_ ("NAME") },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &path,
      N_ ("New file for the certificate: FILE.pdf; FILE.azc (signed text) and FILE.pem (key) go beside it"),
      N_ ("FILE") },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_ ("Only show what would be destroyed"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Destroys the vault on this machine with all its keys, for good, and certifies it.")))
    return CTL_USAGE;
  if (!dry_run && (company == NULL || path == NULL))
    return ctl_usage ("retire", _ ("--company and --certificate are needed."));
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_get_status_sync (vault, &status, NULL, &error))
    return ctl_fail (ctx, error);
  if (dry_run)
    return show (ctx, status);
  if (strcmp (answer_text (status, "state"), "open") == 0 && strcmp (answer_text (status, "company"), company) != 0)
    return ctl_usage ("retire", _ ("that is not this vault's company. Nothing was changed."));
  return retire (ctx, vault, company, &admin, path);
}
