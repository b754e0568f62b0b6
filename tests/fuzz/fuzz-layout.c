/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a layout file: refused with a reason, or a layout that lets nothing prove a number without its field. */
#include "fuzz.h"

#include "card/card-kind.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  CardLayout layout = { 0 };

  if (!card_layout_parse ((const char *) data, size, &layout, &error))
    {
      g_assert_error (error, CARD_LAYOUT_ERROR, CARD_LAYOUT_ERROR_DAMAGED);
      return 0;
    }
  g_assert_nonnull (layout.document);
  g_assert_true (layout.refusal != NULL || layout.needs_field);
  card_layout_clear (&layout);
  return 0;
}
