/* SPDX-License-Identifier: Apache-2.0 */
/* company-paper: papers about the vault as a whole, filled with its facts: 特定個人情報ファイル管理簿, the control map (安全管理措置), drafts
 * of 基本方針 and 取扱規程, training and pledges. They name nobody but those who may log in, and hold no numbers. In the language of the process. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GVariant *status;     /* a{sv} as GetStatus answers */
  GVariant *facts;      /* a{sv} as VaultPrint answers */
  GVariant *checkpoint; /* the same */
  GDateTime *when;
  const char *host;   /* what this machine is called */
  const char *folder; /* where the vault lies */
} CompanyPaper;

/* Each: (transfer full): a PDF; %NULL with %G_IO_ERROR. */
GBytes *company_paper_make_register (const CompanyPaper *about, GError **error);
GBytes *company_paper_make_controls (const CompanyPaper *about, GError **error);
GBytes *company_paper_make_policy (const CompanyPaper *about, GError **error);
GBytes *company_paper_make_rules (const CompanyPaper *about, GError **error);
GBytes *company_paper_make_training (const CompanyPaper *about, GError **error);

G_END_DECLS
