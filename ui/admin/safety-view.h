/* SPDX-License-Identifier: Apache-2.0 */
/* UiSafetyView: items with a badge, a sentence and sometimes a button: what the vault is protected against and what is missing, each with a sentence and what to do next. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_SAFETY_VIEW (ui_safety_view_get_type ())
G_DECLARE_FINAL_TYPE (UiSafetyView, ui_safety_view, UI, SAFETY_VIEW, AdwBin)

/*
 * Signal: ::action (string code): what an item's button stands for.
 */

typedef struct
{
  const char *tone;        /* "good", "wait" or "bad": its badge's colour */
  const char *badge;       /* a word or two */
  const char *title;       /* both translated */
  const char *text;        /* may be "" */
  const char *action;      /* code of ::action, NULL for no button */
  const char *button_text; /* translated */
} UiSafetyItem;

void ui_safety_view_set_title (UiSafetyView *self, const char *title);
/* @is_safe: whether nothing is missing; @text: the sentence that says so */
void ui_safety_view_set_headline (UiSafetyView *self, const char *text, gboolean is_safe);
/* Takes copies. Replaces what was there. */
void ui_safety_view_set_items (UiSafetyView *self, const UiSafetyItem *items, gsize n_items);
/* While an action is under way no other can be begun. */
void ui_safety_view_set_busy (UiSafetyView *self, gboolean busy);
/* What came of an action, translated; "" = nothing */
void ui_safety_view_set_result (UiSafetyView *self, const char *text, gboolean is_bad);

G_END_DECLS
