/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the handlers of vault.xml that show the roster. */
#include "service-private.h"

#include "custody-error.h"
#include "vault-undo.h"

/* @department and @order live as long as @dict. */
static gboolean
take_filter (GVariant *dict, PeopleFilter *filter, GError **error)
{
  const char *department, *order;
  g_autoptr (GVariant) named = g_variant_lookup_value (dict, "department", NULL);

  if (!value_take_text (dict, "kind", ID_MAX, &filter->kind, error)
      || !value_take_text (dict, "state", ID_MAX, &filter->state, error)
      || !value_take_text (dict, "department", VAULT_TEXT_MAX, &department, error)
      || !value_take_text (dict, "order", ID_MAX, &order, error)
      || !value_take_count (dict, "from", &filter->from, error)
      || !value_take_count (dict, "limit", &filter->limit, error))
    return FALSE;
  filter->department = named != NULL ? department : NULL;
  filter->by_department = g_str_equal (order, "department");
  return TRUE;
}

static GVariant *
list_people (Service *self, const Client *client, GVariant *dict, GError **error)
{
  PeopleFilter filter = { 0 };
  g_autoptr (GPtrArray) people = NULL;
  const char *search;
  guint from, limit;

  if (!service_require_pin (self, client, VAULT_CHIEF | VAULT_CLERK, "PeopleList", error)
      || !take_filter (dict, &filter, error)
      /* Who collects with attendance chooses among the contractors. */
      || (!g_str_equal (filter.kind, "contractor")
          && !service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "PeopleList", error))
      || !value_take_text (dict, "search", VAULT_TEXT_MAX, &search, error))
    return NULL;
  filter.scope = &client->admin->scope;
  from = filter.from;
  limit = filter.limit;
  /* What is searched for is found here: a page of it is counted here too. */
  if (search[0] != '\0')
    filter.from = filter.limit = 0;
  people = vault_list_people_page (self->vault, filter, error);
  if (people == NULL)
    return NULL;
  return search[0] != '\0' ? value_people (people, search, from, limit) : value_people (people, "", 0, 0);
}

static gboolean
people_list_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *filter, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  GVariant *people = list_people (self, service_get_client (self, invocation), filter, &error);

  if (people == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_people_list (object, invocation, people);
  return TRUE;
}

static gboolean
people_count_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (GPtrArray) counts = NULL;

  if (service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "PeopleCount", &error))
    counts = vault_count_departments (self->vault, &client->admin->scope, &error);
  if (counts == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_people_count (object, invocation, value_departments (counts));
  return TRUE;
}

static GPtrArray *
print_people (Service *self, const Client *client, GVariant *options, GError **error)
{
  g_autoptr (GVariant) ids = NULL, named = g_variant_lookup_value (options, "department", NULL);
  g_autofree const char **list = NULL;
  const char *what, *department;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "PeoplePrint", error)
      || !value_take_text (options, "what", ID_MAX, &what, error)
      || !value_take_text (options, "department", VAULT_TEXT_MAX, &department, error)
      || !value_take (options, "people", "as", &ids, error))
    return NULL;
  if (!g_str_equal (what, "outstanding") && !g_str_equal (what, "slips"))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "neither the list of who is outstanding nor slips");
      return NULL;
    }
  list = ids != NULL ? g_variant_get_strv (ids, NULL) : NULL;
  return vault_print_people (self->vault, client->admin,
                             g_str_equal (what, "slips") ? VAULT_PAPER_SLIPS : VAULT_PAPER_OUTSTANDING,
                             named != NULL ? department : NULL, list, error);
}

static gboolean
people_print_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) people = print_people (self, service_get_client (self, invocation), options, &error);

  if (people == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_people_print (object, invocation, value_people (people, "", 0, 0));
  service_changed (self, "people");
  return TRUE;
}

static gboolean
people_undo_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer user_data)
{
  Service *self = user_data;
  Client *client = service_get_client (self, invocation);
  GError *error = NULL;
  g_autoptr (VaultUndo) undo = NULL;
  gboolean dry_run = FALSE;

  if (service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "PeopleUndo", &error)
      && value_take_bool (options, "dry-run", &dry_run, &error))
    undo = vault_undo_import (self->vault, client->admin, dry_run, &error);
  if (undo == NULL)
    return service_fail (invocation, error);
  azukari_vault1_complete_people_undo (object, invocation, value_undo (undo));
  if (!dry_run && undo->obstacles->len == 0)
    service_changed (self, "people");
  return TRUE;
}

static gboolean
edit_person (Service *self, const Client *client, const char *person_id, GVariant *changes, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new (), values = g_strv_builder_new ();
  g_auto (GStrv) name_list = NULL, value_list = NULL;

  if (!service_require_role (self, client, VAULT_CHIEF | VAULT_CLERK, "PersonEdit", error)
      || !service_check_text (person_id, ID_MAX, error))
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (changes); i++)
    {
      g_autofree char *name = NULL;
      const char *value;

      g_variant_get_child (changes, i, "{sv}", &name, NULL);
      if (!value_take_text (changes, name, VAULT_TEXT_MAX, &value, error))
        return FALSE;
      g_strv_builder_add (names, name);
      g_strv_builder_add (values, value);
    }
  name_list = g_strv_builder_end (names);
  value_list = g_strv_builder_end (values);
  return vault_edit_person (self->vault, client->admin, person_id, (const char *const *) name_list,
                            (const char *const *) value_list, error);
}

static gboolean
person_edit_cb (AzukariVault1 *object, GDBusMethodInvocation *invocation, const char *person_id, GVariant *changes,
                gpointer user_data)
{
  Service *self = user_data;
  GError *error = NULL;

  if (!edit_person (self, service_get_client (self, invocation), person_id, changes, &error))
    return service_fail (invocation, error);
  azukari_vault1_complete_person_edit (object, invocation);
  service_changed (self, "people");
  return TRUE;
}

void
service_connect_people (Service *self)
{
  g_signal_connect (self->object, "handle-people-list", G_CALLBACK (people_list_cb), self);
  g_signal_connect (self->object, "handle-people-count", G_CALLBACK (people_count_cb), self);
  g_signal_connect (self->object, "handle-person-edit", G_CALLBACK (person_edit_cb), self);
  g_signal_connect (self->object, "handle-people-undo", G_CALLBACK (people_undo_cb), self);
  g_signal_connect (self->object, "handle-people-print", G_CALLBACK (people_print_cb), self);
}
