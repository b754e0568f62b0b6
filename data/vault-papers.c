/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: who stands on a paper with names. That it is printed is an entry of the record, or there are no names. */
#include "vault-private.h"

#include "custody-error.h"
#include "record.h"
#include "vault-scope.h"

static gboolean
record_asked (Vault *self, const char *actor, const GPtrArray *people, GError **error)
{
  for (guint i = 0; i < people->len; i++)
    {
      const Person *person = g_ptr_array_index (people, i);

      if (!record_append (self->store, error, actor, ASKINGS_ASKED, person->id, "reason", "slip", NULL))
        return FALSE;
    }
  return TRUE;
}

static gboolean
print_in_transaction (Vault *self, const VaultAdmin *by, VaultPaper paper, const char *departments,
                      const GPtrArray *people, GError **error)
{
  g_autofree char *count = g_strdup_printf ("%u", people->len);

  if (paper == VAULT_PAPER_OUTSTANDING)
    return record_append (self->store, error, by->id, "outstanding-printed", "", "departments", departments, "people",
                          count, NULL);
  return record_append (self->store, error, by->id, "slips-printed", "", "departments", departments, "people", count,
                        NULL)
         && record_asked (self, by->id, people, error);
}

/* Only those of @ids stay, who must all be there. */
static gboolean
keep_named (GPtrArray *people, const char *const *ids, GError **error)
{
  g_autoptr (GHashTable) named = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_named;

  for (; *ids != NULL; ids++)
    g_hash_table_add (named, (gpointer) *ids);
  n_named = g_hash_table_size (named);
  for (guint i = people->len; i > 0; i--)
    if (!g_hash_table_contains (named, ((Person *) g_ptr_array_index (people, i - 1))->id))
      g_ptr_array_remove_index (people, i - 1);
  if (people->len == n_named)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "one of them has handed in a number, or has left");
  return FALSE;
}

GPtrArray *
vault_print_people (Vault *self, const VaultAdmin *by, VaultPaper paper, const char *department,
                    const char *const *people_ids, GError **error)
{
  const PeopleFilter filter = {
    .scope = &by->scope, .kind = "", .state = PEOPLE_OUTSTANDING, .department = department, .by_department = TRUE
  };
  g_autoptr (GPtrArray) people = NULL;

  /* Whoever is asked must be able to hand it in. */
  if (paper == VAULT_PAPER_SLIPS && !vault_require_at_work (self, error))
    return NULL;
  for (guint i = 0; people_ids != NULL && people_ids[i] != NULL; i++)
    if (!vault_require_person (self, by, people_ids[i], "PeoplePrint", error))
      return NULL;
  people = vault_list_people_page (self, filter, error);
  if (people == NULL || (people_ids != NULL && !keep_named (people, people_ids, error)))
    return NULL;
  if (paper == VAULT_PAPER_SLIPS && people->len == 0)
    return g_steal_pointer (&people);
  if (!vault_begin (self, error)
      || !vault_end (self, print_in_transaction (self, by, paper, department != NULL ? "1" : "all", people, error),
                     error))
    return NULL;
  return g_steal_pointer (&people);
}
