/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl accept: a vault that was closed because of what was found is opened again as it stands. */
#include "config.h"

#include <glib/gi18n.h>

#include "ctl-common.h"

int
cmd_accept (CtlContext *ctx, int argc, char **argv)
{
  gboolean yes = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "yes", 0, 0, G_OPTION_ARG_NONE, &yes,
                                     N_ ("I know why the vault is not as it was left, and go on with it"), NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Goes on with a vault that was closed because it was set back or altered, as it stands.")))
    return CTL_USAGE;
  if (!yes)
    return ctl_usage (
        "accept",
        _ ("this cannot be taken back, and stays in the record for ever with your name. Look at “azukarictl verify”, "
           "hand "
           "out the record with “azukarictl log export”, and add --yes when you know why the vault is as it is."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_accept_state_sync (vault, &status, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    ctl_print_json (status);
  else
    g_print ("%s\n", _ ("The vault is open again, as it stands. Please review the record: azukarictl log review"));
  return CTL_DONE;
}
