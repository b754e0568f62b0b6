/* SPDX-License-Identifier: Apache-2.0 */
/* purposes: what people are asked to agree to is what the vault knows. */
#include "purposes.h"

#include "vault-scope.h"

static void
test_known_on_both_sides (void)
{
  const char *const *codes = purposes_get_all_codes ();

  g_assert_cmpuint (g_strv_length ((char **) codes), >, 0);
  for (guint i = 0; codes[i] != NULL; i++)
    {
      g_auto (GStrv) kinds = g_strsplit (vault_purpose_get_kinds (codes[i]), " ", -1);

      g_assert_true (vault_purpose_is_known (codes[i]));
      /* Of whom a scope with that purpose is. */
      g_assert_true (g_strv_contains ((const char *const *) kinds, purposes_get_kind (codes[i])));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/purposes/codes/known-on-both-sides", test_known_on_both_sides);
  return g_test_run ();
}
