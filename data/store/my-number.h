/* SPDX-License-Identifier: Apache-2.0 */
/* my-number: is it a 個人番号? The vault's own check; the reader's is another, and neither knows the other. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MY_NUMBER_DIGITS 12

/**
 * my_number_is_valid:
 * @digits: ASCII
 *
 * 12 digits whose last is the check digit of 平成26年総務省令第85号 第5条. All zeros, which the formula lets pass, are
 * refused by rule. A valid number may still be the wrong one: one in ten random strings passes.
 */
gboolean my_number_is_valid (const guint8 *digits, gsize n_digits);

G_END_DECLS
