/* SPDX-License-Identifier: Apache-2.0 */
/* roster-messages: the one place that sees both the roster's codes and the client's sentences for them. */
#include <glib.h>
#include <string.h>

#include "messages-vault.h"
#include "roster.h"

static void
test_every_code (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < ROSTER_N_WHATS; i++)
    {
      const char *code = roster_what_get_name (i);
      char *sentence = messages_for_roster_error (code);

      g_test_message ("%s", code);
      g_assert_cmpstr (sentence, !=, code);
      g_assert_cmpuint (strlen (sentence), >, 15);
      g_assert_true (g_hash_table_add (seen, sentence)); /* none twice */
    }
}

/* A newer vault may know more codes than this client. */
static void
test_unknown_code (void)
{
  g_autofree char *sentence = messages_for_roster_error ("not-thought-of");

  g_assert_cmpstr (sentence, ==, "not-thought-of");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/roster/every-code-has-a-sentence", test_every_code);
  g_test_add_func ("/messages/roster/unknown-code", test_unknown_code);
  return g_test_run ();
}
