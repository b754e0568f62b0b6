/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-collect: numbers in custody without a scanner, for tests of what azukarictl does with them. */
#pragma once

#include "vault-client.h"

static inline GVariant *
secret (const char *text)
{
  return vault_client_secret_bytes (text, strlen (text));
}

/* (transfer full): the record of @number, collected from the one person whom @search finds, who agrees to @purpose alone. */
static inline char *
collect (AzukariVault1 *vault, const char *search, const char *number, const char *purpose)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) people = NULL, person = NULL;
  g_autofree char *id = NULL;
  g_autofree char *how = g_strdup_printf ("{'document': <'my-number-card-back'>, 'identity': <'employment-known'>, "
                                          "'purposes': <['%s']>, 'text-version': <'1'>, 'language': <'ja'>, "
                                          "'evidence': <@a{ss} {}>, 'confidence': <0.98>}",
                                          purpose);
  char *record = NULL;
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "search", "s", search);
  azukari_vault1_call_people_list_sync (vault, g_variant_dict_end (&filter), &people, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (people), ==, 1);
  person = g_variant_get_child_value (people, 0);
  g_assert_true (g_variant_lookup (person, "id", "s", &id));
  azukari_vault1_call_collect_sync (vault, id, g_variant_new_parsed (how), secret (number), &record, NULL, &error);
  g_assert_no_error (error);
  return record;
}
