/* SPDX-License-Identifier: Apache-2.0 */
/* admin-texts: rows of the vault's answers as words for admin mode. No number is in them. */
#pragma once

#include "export-view.h"
#include "review-view.h"
#include "row.h"

G_BEGIN_DECLS

/* Each: @row is an a{sv} of vault.xml. (transfer full) */
UiRow *admin_texts_person (GVariant *row);
UiRow *admin_texts_record (GVariant *row);
/* @names, @people: what ids are called, see admin_names_new (); an id that is in neither is shown shortened */
UiRow *admin_texts_entry (GVariant *row, GHashTable *names, GHashTable *people);

/* Label, value, label, value, … of one record, for UiReviewView. (transfer full) */
char **admin_texts_record_facts (GVariant *row);

/* The rows of Verify, one a line, each what should be and whether it is. (transfer full) */
char *admin_texts_findings (GVariant *findings);

/* A format's "title" or "verified" in the language of the screen. Borrowed from @format. */
const char *admin_texts_format (GVariant *format, const char *key);

/* What is asked about one of @records, an aa{sv}. */
void admin_texts_fill_record (UiReviewView *view, GVariant *records, const char *record_id);

/* What may be exported, and how. @names: admin_names_new (), gets the formats' titles. */
void admin_texts_fill_purposes (UiExportView *view);
void admin_texts_fill_formats (UiExportView *view, GVariant *formats, GHashTable *names);

/* A row of ExportList. @names: of formats. (transfer full) */
UiRow *admin_texts_exported (GVariant *exported, GHashTable *names);

/* What came of an export: who was left out and why, and where the file is. (transfer full) */
char *admin_texts_export (GVariant *report, const char *path);

/* A table of id to name, whose names are wiped when they leave it. (transfer full); main thread */
GHashTable *admin_names_new (void);
void admin_names_set (GHashTable *names, const char *id, const char *name);

/* "employee" … as a word. Borrowed. */
const char *admin_texts_kind (const char *kind);
/* (transfer full): date and time of this machine */
char *admin_texts_time (const char *rfc3339);

/* A person's state: badge and tone. Borrowed. */
const char *admin_texts_state (const char *state, const char **ret_tone);

/* LogReview: what stands out and where, one flag a line; "" when nothing is new. @ret_to: up to which entry. (transfer full) */
char *admin_texts_review (GVariant *report, guint64 *ret_to, gboolean *ret_stands_out);

/* --- disposal (admin-texts-disposal.c); all (transfer full) ---------------------------------------------------------- */

/* "tax:january-10:7" in words, without its first day; "" for none. */
char *admin_texts_rule (const char *rule);
/* A rule as one sentence, with its first day. */
char *admin_texts_retention_rule (const char *purpose, const char *anchor, guint years);
/* A row of RetentionList, for UiRetentionView. */
UiRow *admin_texts_retention (GVariant *rule);
/* A row of DisposeDue that another rule makes due (@is_due), or keeps on. */
UiRow *admin_texts_retention_change (GVariant *number, gboolean is_due);
/* How many of both. */
char *admin_texts_retention_counts (guint n_due, guint n_kept);
/* RetentionList, one rule a line. */
char *admin_texts_rules (GVariant *rules);
/* What a disposal does to the backups at BackupList's places; whether all of them are there. */
char *admin_texts_disposal_places (GVariant *places, gboolean *ret_all_there);
/* Dispose's report. */
char *admin_texts_disposed (GVariant *report);
/* A row of CertificateList. */
UiRow *admin_texts_certificate (GVariant *certificate);

/* --- a roster that comes in (admin-texts-people.c); all (transfer full) ---------------------------------------------- */

/* A row of "people" of PeopleImport's report; what changes takes a line each. */
UiRow *admin_texts_import_change (GVariant *person);
/* A row of its "errors". */
UiRow *admin_texts_roster_mistake (GVariant *mistake);
/* Its counts, before it is done and after. */
char *admin_texts_import_counts (GVariant *report);
char *admin_texts_imported (GVariant *report);
/* PeopleUndo's report before it is done, and a row of its obstacles. */
char *admin_texts_undo (GVariant *report);
UiRow *admin_texts_undo_obstacle (GVariant *obstacle);

/* --- backups (admin-texts-backup.c); all (transfer full) ---------------------------------------------------------- */

/* A row of BackupList's places. */
UiRow *admin_texts_place (GVariant *place);
/* A row of its backups. @tried: %NULL before it was tried out, "" it opens, or the name of the error */
UiRow *admin_texts_backup (GVariant *backup, const char *tried);
/* What that row is called: place and generation. */
char *admin_texts_backup_id (GVariant *backup);
/* BackupNow's report, one place a line. @ret_is_bad: whether one of them failed */
char *admin_texts_backed_up (GVariant *backups, gboolean *ret_is_bad);
/* One person of BackupPreview's report. @is_alone: nobody else is in it */
UiRow *admin_texts_restored_person (GVariant *row, gboolean is_alone);
/* The counts of such a report. */
char *admin_texts_restore (GVariant *report);

G_END_DECLS
