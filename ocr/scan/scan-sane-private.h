/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a SANE device by name, for scan-sane.c. */
#pragma once

#include <sane/sane.h>

#include "scan-driver.h"

/**
 * sane_options_set:
 * @value: "yes" or "no", a number, or a string; a string that is not one of the option's list is refused
 *
 * Returns: %FALSE with %SCAN_ERROR_BAD_OPTION when there is no such option now, it cannot be set, or the value does not fit;
 * or the error of the device. A value that the device rounds is no error: read it back.
 */
gboolean sane_options_set (SANE_Handle handle, const char *name, const char *value, GError **error);

/** sane_options_has: whether the option exists, is active and can be set. */
gboolean sane_options_has (SANE_Handle handle, const char *name);

/** sane_options_offers: whether @value is in the option's list of strings. */
gboolean sane_options_offers (SANE_Handle handle, const char *name, const char *value);

/** sane_options_get_number: (out) @ret_value of an int or fixed option. Returns: %FALSE when it has none. */
gboolean sane_options_get_number (SANE_Handle handle, const char *name, double *ret_value);

/** sane_options_dup_string: (transfer full) (nullable): the value of a string option. */
char *sane_options_dup_string (SANE_Handle handle, const char *name);

/** sane_options_go_to_limit: sets a numeric option to the end of its range: the lower with @to_end %FALSE. No range, no change. */
void sane_options_go_to_limit (SANE_Handle handle, const char *name, gboolean to_end);

/** sane_options_describe: (transfer floating): aa{sv} as in FRAME_OPTION_LIST. */
GVariant *sane_options_describe (SANE_Handle handle);

/** scan_sane_set_error: the SCAN_ERROR of a status that is not good. Returns: %FALSE. */
gboolean scan_sane_set_error (GError **error, SANE_Status status, const char *during);
