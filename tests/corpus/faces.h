/* SPDX-License-Identifier: Apache-2.0 */
/* faces: type faces besides those of the layout table, for pages that a model learns from. */
#pragma once

#include "corpus.h"

/** faces_pick_digit_font: any of the faces, as a Pango font description that lives as long as @self. */
const char *faces_pick_digit_font (const CorpusFaces *self, Dice *dice);
/** faces_pick_text_font: one that holds Japanese; %NULL if none does. */
const char *faces_pick_text_font (const CorpusFaces *self, Dice *dice);
