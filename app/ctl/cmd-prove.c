/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl prove: does a copy of the vault stay closed everywhere else, and is there nothing to read in it? */
#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#include "ctl-common.h"
#include "new-file.h"
#include "prove-paper.h"

/* The report at @path, which nothing was at. */
static gboolean
write_paper (const char *path, AzukariVault1 *vault, gboolean ok, GVariant *findings, GError **error)
{
  g_autoptr (GVariant) status = NULL, checkpoint = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GBytes) pdf = NULL;

  if (!azukari_vault1_call_log_print_sync (vault, g_variant_new_parsed ("{'what': <'proof'>}"), &checkpoint, NULL,
                                           error)
      || !azukari_vault1_call_get_status_sync (vault, &status, NULL, error))
    return FALSE;
  pdf = prove_paper_make (status, ok, findings, now, checkpoint, error);
  return pdf != NULL && new_file_write (path, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error);
}

int
cmd_prove (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *pdf = NULL;
  const GOptionEntry entries[] = { { "pdf", 0, 0, G_OPTION_ARG_FILENAME, &pdf,
                                     N_ ("Also write the report to this new file"), N_ ("FILE") },
                                   G_OPTION_ENTRY_NULL };
  g_auto (CtlAdmin) admin = { NULL, NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Copies the vault and shows that the copy opens on no other machine, and that nothing in it can "
                     "be read.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (vault), G_MAXINT);
  if (!azukari_vault1_call_prove_sync (vault, &ok, &findings, NULL, &error))
    return ctl_fail (ctx, error);
  if (pdf != NULL && !write_paper (pdf, vault, ok, findings, &error))
    return ctl_fail (ctx, error);
  return ctl_print_findings (ctx, ok, findings, _ ("The copy opens nowhere else."),
                             _ ("A copy of this vault can be opened elsewhere, or something in it can be read. Do not "
                                "use it before this is understood."));
}
