/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl boot bind|unbind|accept: does the vault open by itself however the machine boots? */
#include "config.h"

#include <glib/gi18n.h>

#include "ctl-common.h"

static int
say (CtlContext *ctx, gboolean bound, const char *sentence)
{
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "boot-bound", "b", bound);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_print ("%s\n", sentence);
  return CTL_DONE;
}

static int
set_bound (CtlContext *ctx, int argc, char **argv, gboolean bound, const char *summary, const char *sentence)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL, summary))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_boot_bind_sync (vault, bound, NULL, &error))
    return ctl_fail (ctx, error);
  return say (ctx, bound, sentence);
}

static int
boot_bind (CtlContext *ctx, int argc, char **argv)
{
  return set_bound (
      ctx, argc, argv, TRUE,
      _ ("From now on the vault opens by itself only while this PC boots as it has now (TPM register 7: the "
         "settings and keys of Secure Boot)."),
      _ ("Done. After a change of Secure Boot, a responsible person opens the vault with “azukarictl boot "
         "accept”. This alone does not stop whoever takes the whole PC: encrypt the disk as well."));
}

static int
boot_unbind (CtlContext *ctx, int argc, char **argv)
{
  return set_bound (ctx, argc, argv, FALSE, _ ("From now on the vault opens by itself however this PC boots."),
                    _ ("Done. The vault opens by itself however this PC boots."));
}

static int
boot_accept (CtlContext *ctx, int argc, char **argv)
{
  int number = 1;
  g_autofree char *pin_file = NULL;
  const GOptionEntry entries[] = { { "number", 0, 0, G_OPTION_ARG_INT, &number,
                                     N_ ("Whose PIN it is: 1 for whoever set the vault up (default), 2 for the next "
                                         "one … Names are not known while the "
                                         "vault is closed"),
                                     N_ ("N") },
                                   { "pin-file", 0, 0, G_OPTION_ARG_FILENAME, &pin_file,
                                     N_ ("Take the PIN from the first line of FILE, or of standard input for -"),
                                     N_ ("FILE") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) pin = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, NULL, NULL,
                  _ ("Opens a vault that found another boot than the one it is bound to, and binds it to this one.")))
    return CTL_USAGE;
  if (number < 1)
    return ctl_usage ("boot accept", _ ("--number is 1 or more."));
  vault = ctl_connect (ctx, &code);
  if (vault == NULL)
    return code;
  pin = ctl_read_pin (pin_file, _ ("PIN of a responsible person: "), FALSE, &error);
  if (pin == NULL || !azukari_vault1_call_boot_accept_sync (vault, (guint) number, pin, NULL, &error))
    return ctl_fail (ctx, error);
  return say (ctx, TRUE, _ ("The vault is open, and bound to how this PC has booted now."));
}

int
cmd_boot (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "bind", boot_bind }, { "unbind", boot_unbind }, { "accept", boot_accept } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
                           _ ("Say “boot bind”, “boot unbind” or “boot accept”."));
}
