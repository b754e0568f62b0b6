/* SPDX-License-Identifier: Apache-2.0 */
/* ScanProfile: what a scanner calls the things that every scanner has. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lists end with NULL. Names are compared exactly: back-ends differ in case and meaning. */
typedef struct
{
  const char *vendor; /* as sane_get_devices () says, or NULL = any */
  const char *model;  /* likewise */
  const char *source_option;
  const char *mode_option;
  const char *depth_option;
  const char *resolution_options[3]; /* the first that exists is read back */
  const char *gray_modes[6];         /* values of the mode option, best first */
  const char *color_modes[6];
  const char *first_options[4]; /* set before the others: they move the limits of others */
} ScanProfile;

/**
 * scan_profile_find:
 * @vendor, @model: (nullable): as the device list has them
 *
 * Returns: (transfer none): the entry of exactly that model, else the one of the SANE standard's well-known names.
 */
const ScanProfile *scan_profile_find (const char *vendor, const char *model);

G_END_DECLS
