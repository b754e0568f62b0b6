/* SPDX-License-Identifier: Apache-2.0 */
/* What the window says of a visit and of a vault. */
#include "config.h"

#include "window-words.h"

#include <glib/gi18n.h>

#include "frames.h"
#include "messages-vault.h"

#define ALL_TRIES 10u /* of a TPM that has seen no wrong PIN */

char *
window_words_for_trouble (Visit *visit)
{
  int tries_left = visit_get_tries_left (visit);

  switch (visit_get_trouble (visit))
    {
    case VISIT_TROUBLE_NONE:
      return NULL;
    case VISIT_TROUBLE_NO_SUCH_PERSON:
      return g_strdup (_ ("We could not find you with this code and birth date. Please check both, or ask for help."));
    case VISIT_TROUBLE_WAIT:
      return g_strdup (_ ("That did not work several times. Please wait one minute, or ask for help."));
    case VISIT_TROUBLE_WRONG_PIN:
      if (tries_left < 0)
        return g_strdup (_ ("The PIN is wrong."));
      return g_strdup_printf (g_dngettext (NULL, "The PIN is wrong. %d try is left.",
                                           "The PIN is wrong. %d tries are left.", (gulong) tries_left),
                              tries_left);
    case VISIT_TROUBLE_LOCKED_OUT:
      return g_strdup (_ ("Too many wrong PINs. The vault is locked for now; please call the responsible person."));
    default:
      return g_strdup (_ ("The vault did not answer as expected. Please try again, or ask for help."));
    }
}

const char *
window_words_scene (const char *reason)
{
  static const struct
  {
    const char *reason, *scene;
  } scenes[] = {
    { FRAMES_REASON_WRONG_SIDE, "turn-over" },
    { FRAMES_REASON_NO_NUMBER, "turn-over" },
    { FRAMES_REASON_WRONG_DOCUMENT, "documents" },
    { FRAMES_REASON_NOTICE, "documents" },
    { FRAMES_REASON_RESIDENT_RECORD, "call" },
    { FRAMES_REASON_INSURANCE_CARD, "documents" },
    { FRAMES_REASON_APPLICATION_FORM, "documents" },
    { FRAMES_REASON_BLANK, "place-card" },
    { FRAMES_REASON_NO_CARD, "place-card" },
    { FRAMES_REASON_NO_PAPER, "place-card" },
    { FRAMES_REASON_TWO_CARDS, "one-card" },
    { FRAMES_REASON_SLEEVE, "remove-sleeve" },
    { FRAMES_REASON_LOW_CONFIDENCE, "straighten" },
    { FRAMES_REASON_DISAGREEMENT, "straighten" },
    { FRAMES_REASON_CHECK_DIGIT, "straighten" },
    { FRAMES_REASON_UNREADABLE, "straighten" },
    { FRAMES_REASON_SHORT_PAGE, "straighten" },
    { VISIT_REASON_NOT_SAVED, "call" },
    { VISIT_REASON_DISK_FULL, "call" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scenes); i++)
    if (g_str_equal (scenes[i].reason, reason))
      return scenes[i].scene;
  return "scanner";
}

char **
window_words_for_places (guint n)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      g_strv_builder_add (names, name);
    }
  return g_strv_builder_end (names);
}

gboolean
window_words_for_tries (GVariant *status, char **ret_hint)
{
  guint32 tries_left;

  *ret_hint = NULL;
  if (!g_variant_lookup (status, "tries-left", "u", &tries_left))
    return FALSE;
  if (tries_left == 0)
    *ret_hint = g_strdup (_ ("Too many wrong PINs. The vault is locked for now; please call the responsible person."));
  else if (tries_left < ALL_TRIES)
    *ret_hint = g_strdup_printf (g_dngettext (NULL, "After %u more wrong PIN the vault locks itself.",
                                              "After %u more wrong PINs the vault locks itself.", tries_left),
                                 tries_left);
  return TRUE;
}

char *
window_words_for_notice (GVariant *status)
{
  const char *lease = "";
  gboolean is_expired = FALSE;

  g_variant_lookup (status, "expired", "b", &is_expired);
  g_variant_lookup (status, "lease", "&s", &lease);
  if (is_expired)
    return g_strdup (_ ("The term of this vault is over, so nothing is taken in. Please ask the person in charge."));
  if (*lease == '\0' || g_str_equal (lease, "active"))
    return NULL;
  return messages_for_vault_error_name (g_str_equal (lease, "standby") ? "Standby" : "MovedOut");
}
