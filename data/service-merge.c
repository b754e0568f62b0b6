/* SPDX-License-Identifier: Apache-2.0 */
/* Service: numbers into a file that payroll made. */
#include "service-private.h"

#include <unistd.h>

#include "custody-error.h"
#include "vault-merge.h"

#define MAX_DECISIONS 10000

static gboolean
take_leave (GVariant *dict, guint *ret_leave, GError **error)
{
  g_autoptr (GVariant) value = NULL;
  g_autofree const char **words = NULL;

  if (!value_take (dict, "leave", "as", &value, error))
    return FALSE;
  words = value != NULL ? g_variant_get_strv (value, NULL) : NULL;
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      MergeWhy why;

      if (!merge_why_from_name (words[i], &why) || why >= MERGE_CELLS)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "\"leave\" has no such word");
          return FALSE;
        }
      *ret_leave |= 1u << why;
    }
  return TRUE;
}

/* (transfer full): borrows from @ret_value. */
static GArray *
take_decisions (GVariant *dict, GVariant **ret_value, GError **error)
{
  g_autoptr (GArray) decisions = g_array_new (FALSE, FALSE, sizeof (MergeDecision));
  MergeDecision decision;
  GVariantIter iter;

  if (!value_take (dict, "decisions", "a(uus)", ret_value, error))
    return NULL;
  if (*ret_value == NULL)
    return g_steal_pointer (&decisions);
  if (g_variant_n_children (*ret_value) > MAX_DECISIONS)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "\"decisions\" is out of bounds");
      return NULL;
    }
  g_variant_iter_init (&iter, *ret_value);
  while (g_variant_iter_next (&iter, "(uu&s)", &decision.line, &decision.column, &decision.person))
    g_array_append_val (decisions, decision);
  return g_steal_pointer (&decisions);
}

static gboolean
merge_between (Service *self, Client *client, const VaultMerge *options, GUnixFDList *fds, GVariant *source_handle,
               GVariant *handle, VaultMergeReport *ret_report, GError **error)
{
  const int source = value_take_fd (source_handle, fds, error);
  const int fd = source >= 0 ? value_take_fd (handle, fds, error) : -1;
  const gboolean ok = fd >= 0 && vault_merge (self->vault, client->admin, options, source, fd, ret_report, error);

  if (source >= 0)
    close (source);
  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
merge (Service *self, Client *client, GVariant *dict, GUnixFDList *fds, GVariant *source, GVariant *handle,
       VaultMergeReport *ret_report, GError **error)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GArray) decisions = NULL;
  VaultMerge options = { NULL };

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "Merge", error)
      || !value_take_text (dict, "format", ID_MAX, &options.format, error)
      || !value_take_text (dict, "purpose", ID_MAX, &options.purpose, error)
      || !value_take_text (dict, "destination", VAULT_TEXT_MAX, &options.destination, error)
      || !value_take_bool (dict, "dry-run", &options.dry_run, error)
      || !value_take_container (dict, &options.plain, error) || !take_leave (dict, &options.leave, error))
    return FALSE;
  decisions = take_decisions (dict, &value, error);
  if (decisions == NULL)
    return FALSE;
  options.decisions = decisions;
  /* Masked rows open no number. */
  return (options.dry_run || service_require_token (self, client, VAULT_ASK_EXPORT, error))
         && merge_between (self, client, &options, fds, source, handle, ret_report, error);
}

static gboolean
merge_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *dict, GVariant *source,
          GVariant *handle, gpointer user_data)
{
  Service *self = user_data;
  g_auto (VaultMergeReport) report = { NULL };
  GError *error = NULL;

  if (!merge (self, service_get_client (self, invocation), dict, fds, source, handle, &report, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_merge (object, invocation, NULL, value_merge_report (&report));
  return TRUE;
}

void
service_connect_merge (Service *self)
{
  g_signal_connect (self->object, "handle-merge", G_CALLBACK (merge_cb), self);
}
