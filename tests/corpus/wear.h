/* SPDX-License-Identifier: Apache-2.0 */
/* wear: what time, hands and light do to a document. */
#pragma once

#include "document.h"

/** wear_draw: on a drawn document: faded, seen through, rubbed, scratched, written on, dusty, in glare. */
void wear_draw (Pen *pen, const Document *document);
/** wear_draw_corners: corners rubbed or torn off, so that the lid shows. */
void wear_draw_corners (Pen *pen, const Document *document, Ink lid);
/** wear_draw_specks: @n specks and hairs. */
void wear_draw_specks (Pen *pen, double width, double height, int n);
