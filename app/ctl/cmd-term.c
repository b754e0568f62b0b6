/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl term show|set|end|release: until when the vault collects and exports (使用期限), and who decides about it. */
#include "config.h"

#include <glib/gi18n.h>

#include "answer.h"
#include "ctl-common.h"
#include "ctl-files.h"

static int
print_term (CtlContext *ctx, AzukariVault1 *vault)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_expired = FALSE;
  gint32 days = 0;
  gint64 behind_s = 0;

  if (!azukari_vault1_call_get_status_sync (vault, &status, NULL, &error))
    return ctl_fail (ctx, error);
  (void) g_variant_lookup (status, "expired", "b", &is_expired);
  (void) g_variant_lookup (status, "term-days", "i", &days);
  (void) g_variant_lookup (status, "clock-behind", "x", &behind_s);
  if (ctx->json)
    ctl_print_json (g_variant_new_parsed ("{'term': <%s>, 'days': <%i>, 'expired': <%b>, 'client': <%s>, "
                                          "'clock-behind': <%x>}",
                                          answer_text (status, "term"), days, is_expired,
                                          answer_text (status, "client"), behind_s));
  else if (*answer_text (status, "term") == '\0')
    g_print ("%s\n", _ ("This vault has no term: it collects and exports without end."));
  else
    ctl_print_term (status);
  return CTL_DONE;
}

static int
term_show (CtlContext *ctx, int argc, char **argv)
{
  g_autoptr (AzukariVault1) vault = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, NULL, NULL, _ ("Shows until when the vault collects and exports.")))
    return CTL_USAGE;
  vault = ctl_connect (ctx, &code);
  return vault != NULL ? print_term (ctx, vault) : code;
}

static int
change (CtlContext *ctx, const CtlAdmin *admin, const char *last_day, gboolean accept_clock)
{
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict options;
  int code;

  vault = ctl_connect_as (ctx, admin, &code);
  if (vault == NULL || !ctl_show_token (ctx, vault, "renewal", &code))
    return code;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "accept-clock", "b", accept_clock);
  if (!azukari_vault1_call_term_set_sync (vault, last_day, g_variant_dict_end (&options), NULL, &error))
    return ctl_fail (ctx, error);
  return print_term (ctx, vault);
}

static int
term_set (CtlContext *ctx, int argc, char **argv)
{
  gboolean accept_clock = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "accept-clock", 0, 0, G_OPTION_ARG_NONE, &accept_clock,
                                     N_ ("This PC's clock is right, though the vault has seen later days"), NULL },
                                   G_OPTION_ENTRY_NULL };

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, _ ("DATE"),
                  _ ("Sets the last day (YYYY-MM-DD) on which the vault collects and exports. Where the vault has a "
                     "client, only the client sets a later one.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("term set", _ ("name the last day, as YYYY-MM-DD."));
  return change (ctx, &admin, argv[1], accept_clock);
}

static int
term_end (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL,
                  _ ("Takes the term away: the vault collects and exports without end.")))
    return CTL_USAGE;
  return change (ctx, &admin, "", FALSE);
}

static int
term_release (CtlContext *ctx, int argc, char **argv)
{
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, NULL, &admin, NULL,
                  _ ("As the client: gives the term out of your hands. The responsible person may then set it, and "
                     "remove you.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL || !ctl_show_token (ctx, vault, "renewal", &code))
    return code;
  if (!azukari_vault1_call_client_release_sync (vault, NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", _ ("Released. The responsible person decides about the term from now on."));
  return CTL_DONE;
}

int
cmd_term (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = {
    { "show", term_show }, { "set", term_set }, { "end", term_end }, { "release", term_release }
  };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs), _ ("say show, set, end or release."));
}
