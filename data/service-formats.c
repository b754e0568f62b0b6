/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the formats there are, and those that are made here. */
#include "service-private.h"

#include <string.h>
#include <unistd.h>

#include "custody-error.h"
#include "vault-formats.h"

#define MAX_PAIRS 64

static gboolean
format_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  g_autoptr (GPtrArray) formats = NULL;
  GError *error = NULL;

  if (service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_CLERK, "FormatList",
                            &error))
    formats = vault_list_formats (self->vault, &error);
  if (formats == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_format_list (object, invocation, value_formats (formats));
  return TRUE;
}

static gboolean
format_get_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *id, gpointer user_data)
{
  Service *self = user_data;
  g_autofree char *text = NULL;
  GError *error = NULL;

  if (service_require_role (self, service_get_client (self, invocation), VAULT_CHIEF | VAULT_CLERK, "FormatGet", &error)
      && service_check_text (id, ID_MAX, &error))
    text = vault_dup_format_text (self->vault, id, &error);
  if (text == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_format_get (object, invocation, text);
  return TRUE;
}

/* --- a file's header ------------------------------------------------------------------------------------------------- */

static TemplateHeader *
look (Service *self, Client *client, GVariant *dict, GUnixFDList *fds, GVariant *handle, GError **error)
{
  TemplateHeader *header;
  const char *encoding;
  int fd;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "FormatLook", error)
      || !value_take_text (dict, "encoding", ID_MAX, &encoding, error))
    return NULL;
  fd = value_take_fd (handle, fds, error);
  if (fd < 0)
    return NULL;
  header = vault_look_at_format (self->vault, fd, encoding, error);
  close (fd);
  return header;
}

static gboolean
format_look_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *dict,
                GVariant *handle, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (TemplateHeader) header = look (self, service_get_client (self, invocation), dict, fds, handle, &error);

  if (header == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_format_look (object, invocation, NULL, value_template_header (header));
  return TRUE;
}

/* --- making one ------------------------------------------------------------------------------------------------------ */

/* (transfer full): a(ss) as header and name, borrowing from @ret_value. */
static GArray *
take_pairs (GVariant *dict, const char *key, GVariant **ret_value, GError **error)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (TemplateNumber));
  TemplateNumber pair;
  GVariantIter iter;

  if (!value_take (dict, key, "a(ss)", ret_value, error))
    return NULL;
  if (*ret_value == NULL)
    return g_steal_pointer (&pairs);
  g_variant_iter_init (&iter, *ret_value);
  while (g_variant_iter_next (&iter, "(&s&s)", &pair.header, &pair.name))
    {
      if (pairs->len == MAX_PAIRS || strlen (pair.header) > VAULT_TEXT_MAX || strlen (pair.name) > VAULT_TEXT_MAX)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "\"%s\" is out of bounds", key);
          return NULL;
        }
      g_array_append_val (pairs, pair);
    }
  return g_steal_pointer (&pairs);
}

static GArray *
take_by (GVariant *dict, GVariant **ret_value, GError **error)
{
  g_autoptr (GArray) by = g_array_new (FALSE, FALSE, sizeof (TemplateBy));
  g_autoptr (GArray) pairs = take_pairs (dict, "by", ret_value, error);

  for (guint i = 0; pairs != NULL && i < pairs->len; i++)
    {
      const TemplateNumber *pair = &g_array_index (pairs, TemplateNumber, i);
      TemplateBy one = { .header = pair->name };

      if (!template_by_from_name (pair->header, &one.field))
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "\"by\" has no such word");
          return NULL;
        }
      g_array_append_val (by, one);
    }
  return pairs != NULL ? g_steal_pointer (&by) : NULL;
}

static gboolean
add (Service *self, Client *client, GVariant *dict, GUnixFDList *fds, GVariant *handle, char **ret_id,
     GPtrArray **ret_issues, GError **error)
{
  g_autoptr (GVariant) numbers_value = NULL, by_value = NULL;
  g_autoptr (GArray) numbers = NULL, by = NULL;
  VaultFormat chosen = { NULL };
  gboolean ok;
  int fd;

  if (!service_require_role (self, client, VAULT_CHIEF, "FormatAdd", error)
      || !value_take_text (dict, "title", VAULT_TEXT_MAX * 2, &chosen.title, error)
      || !value_take_text (dict, "encoding", ID_MAX, &chosen.encoding, error))
    return FALSE;
  numbers = take_pairs (dict, "numbers", &numbers_value, error);
  by = numbers != NULL ? take_by (dict, &by_value, error) : NULL;
  fd = by != NULL ? value_take_fd (handle, fds, error) : -1;
  if (fd < 0)
    return FALSE;
  chosen.numbers = numbers;
  chosen.by = by;
  ok = vault_add_format (self->vault, client->admin, &chosen, fd, ret_id, ret_issues, error);
  close (fd);
  return ok;
}

static gboolean
format_add_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *dict,
               GVariant *handle, gpointer user_data)
{
  Service *self = user_data;
  g_autoptr (GPtrArray) issues = NULL;
  g_autofree char *id = NULL;
  GError *error = NULL;

  if (!add (self, service_get_client (self, invocation), dict, fds, handle, &id, &issues, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_format_add (object, invocation, NULL, value_template_made (id, issues));
  if (*id != '\0')
    service_changed (self, "settings");
  return TRUE;
}

static gboolean
format_remove_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *id, gpointer user_data)
{
  Service *self = user_data;
  const Client *client = service_get_client (self, invocation);
  GError *error = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF, "FormatRemove", &error)
      || !service_check_text (id, ID_MAX, &error) || !vault_remove_format (self->vault, client->admin, id, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_format_remove (object, invocation);
  service_changed (self, "settings");
  return TRUE;
}

void
service_connect_formats (Service *self)
{
  g_signal_connect (self->object, "handle-format-list", G_CALLBACK (format_list_cb), self);
  g_signal_connect (self->object, "handle-format-get", G_CALLBACK (format_get_cb), self);
  g_signal_connect (self->object, "handle-format-look", G_CALLBACK (format_look_cb), self);
  g_signal_connect (self->object, "handle-format-add", G_CALLBACK (format_add_cb), self);
  g_signal_connect (self->object, "handle-format-remove", G_CALLBACK (format_remove_cb), self);
}
