/* SPDX-License-Identifier: Apache-2.0 */
/* company-paper-private: what these papers share. */
#pragma once

#include "company-paper.h"
#include "paper.h"

/* (transfer full): with title, date and, where it applies, the warning of a trial. */
Paper *company_paper_begin (const CompanyPaper *about, const char *title);
/* (transfer full): signature, checkpoint and the PDF. */
GBytes *company_paper_end (const CompanyPaper *about, Paper *paper, const char *who, GError **error);

/* (transfer full): aa{sv}, of no rows where the vault says nothing */
GVariant *company_paper_rows (const CompanyPaper *about, const char *key);
/* How often the record has @action; @ret_last: (out) (optional) (transfer full): the day of the last time, or NULL. */
guint64 company_paper_count (const CompanyPaper *about, const char *action, char **ret_last);
/* How many days ago that was; -1: never. */
gint64 company_paper_age_days (const CompanyPaper *about, const char *action);
/* (transfer full) (nullable): the last day on which @admin_id was taught ("training") or signed ("pledge"), YYYY-MM-DD. */
char *company_paper_last_training (const CompanyPaper *about, const char *admin_id, const char *what);

/* Purposes that numbers are kept for, as a table: purpose, legal basis, how long, and @counted how many. */
void company_paper_add_purposes (const CompanyPaper *about, Paper *paper, gboolean counted);
/* (transfer full): which machine, which folder, which key. */
char *company_paper_place (const CompanyPaper *about);
void company_paper_add_admins (const CompanyPaper *about, Paper *paper);
void company_paper_add_backups (const CompanyPaper *about, Paper *paper);
