/* SPDX-License-Identifier: Apache-2.0 */
/* messages-vault: what the vault refused, as one sentence or two for a person: what happened, what to do. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* So many days before its end a term is shown as ending. */
#define MESSAGES_TERM_SOON_DAYS 30

/* (transfer full): the sentence for a fault of vault.xml's PinCheck. */
char *messages_for_pin_fault (const char *fault);

/* For any error of the clients: the vault's sentence, or for files and sockets their own message. Translated. (transfer full) */
char *messages_for_error (const GError *error);

/* For the "reason" of a vault that is sealed: an error name of vault.xml. (transfer full) */
char *messages_for_vault_error_name (const char *name);

/* For a status with "damage": what is not as it was left, and up to when the record can be read. (transfer full): NULL without any. */
char *messages_for_damage (GVariant *status);

/* For "danger" and "token-policy" of GetStatus: what set-up insists on, and is not there yet. (transfer full): NULL when it is. */
char *messages_for_danger (GVariant *status);

/* For "backup-alarm" and "backup-made" of GetStatus. (transfer full): NULL when all is well. */
char *messages_for_backup_alarm (const char *alarm, gint64 made_s);

/* For "term", "term-days", "expired" and "client" of GetStatus: until when the vault collects and exports. (transfer full): NULL without a term. */
char *messages_for_term (GVariant *status);
/* For "clock-behind": (transfer full): NULL when the machine's clock is not behind. */
char *messages_for_clock (GVariant *status);

/* For the "what" code of one mistake in a roster. (transfer full) */
char *messages_for_roster_error (const char *what);

/* For the "why" of an obstacle to PeopleUndo. Borrowed. */
const char *messages_for_undo_obstacle (const char *why);

/* Of a person: “Department: 総務部 → 営業部”. @field: as in vault.xml. (transfer full) */
char *messages_for_field_change (const char *field, const char *before, const char *after);

G_END_DECLS
