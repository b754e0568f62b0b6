/* SPDX-License-Identifier: Apache-2.0 */
/* UiPinPage: which admin, where there are several, and their PIN: for an attendant, and at the admin door. */
#pragma once

#include "page.h"

G_BEGIN_DECLS

#define UI_TYPE_PIN_PAGE (ui_pin_page_get_type ())
G_DECLARE_FINAL_TYPE (UiPinPage, ui_pin_page, UI, PIN_PAGE, UiPage)

/*
 * Signal: ::entered (string name, string pin); @name is "" where there is only one admin. The PIN is typed into locked memory (GtkPasswordEntryBuffer); the string of the signal
 * is wiped after the handlers have run.
 */

/* Both already translated. */
void ui_pin_page_set_texts (UiPinPage *self, const char *title, const char *lead);
/* @names: (array zero-terminated=1): the admins to choose from; with fewer than two nothing is asked. Nobody is chosen beforehand: a
 * PIN tried as somebody else's would cost them a try. */
void ui_pin_page_set_names (UiPinPage *self, const char *const *names);
/* It is a token's PIN that is asked for, with a picture of one and no names, until ui_page_clear (). */
void ui_pin_page_set_token (UiPinPage *self, gboolean asks_token);
void ui_pin_page_set_message (UiPinPage *self, const char *message);
/* Stands where a message would, as long as there is none: what to know before a PIN is entered; %NULL for nothing. */
void ui_pin_page_set_hint (UiPinPage *self, const char *hint);
void ui_pin_page_set_busy (UiPinPage *self, gboolean busy);

G_END_DECLS
