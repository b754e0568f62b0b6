/* SPDX-License-Identifier: Apache-2.0 */
/* The table of scanners. The last entry serves every scanner that follows the SANE standard's names. */
#include "scan-profile.h"

static const ScanProfile profiles[] = {
  {
      .source_option = "source",
      .mode_option = "mode",
      .depth_option = "depth",
      .resolution_options = { "resolution", "x-resolution", NULL },
      /* saneopts.h; then pixma and hpaio, brother's own driver, older back-ends */
      .gray_modes = { "Gray", "Grayscale", "True Gray", "Grayscale8", "gray", NULL },
      .color_modes = { "Color", "Color24", "24bit Color", "RGB24", "color", NULL },
      /* fujitsu and canon_dr clamp br-y to the page size in force */
      .first_options = { "page-width", "page-height", NULL },
  },
};

const ScanProfile *
scan_profile_find (const char *vendor, const char *model)
{
  const ScanProfile *profile = profiles;

  while (profile->vendor != NULL
         && (g_strcmp0 (profile->vendor, vendor) != 0 || g_strcmp0 (profile->model, model) != 0))
    profile++;
  return profile;
}
