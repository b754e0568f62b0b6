/* SPDX-License-Identifier: Apache-2.0 */
/* commands: the verbs of azukarictl. Each gets its own words (argv[0] is the verb), parses its own options, and returns the
 * process's exit code (design: ctl-common.h). */
#pragma once

#include <glib-object.h>

typedef struct
{
  gboolean json;          /* --json, before or after the verb */
  gboolean words;         /* --words: prints what may follow, for a shell's completion; nothing is done */
  const char *vault_dir;  /* --vault, $AZUKARI_VAULT, or the default; borrowed */
  const char *vaults_dir; /* --vaults, $AZUKARI_VAULTS, or the default; borrowed */
  GObject *token;         /* TokenClient that the log-in was shown, or NULL; owned */
} CtlContext;

int cmd_accept (CtlContext *ctx, int argc, char **argv);
int cmd_admins (CtlContext *ctx, int argc, char **argv);
int cmd_boot (CtlContext *ctx, int argc, char **argv);
int cmd_backup (CtlContext *ctx, int argc, char **argv);
int cmd_clients (CtlContext *ctx, int argc, char **argv);
int cmd_collect (CtlContext *ctx, int argc, char **argv);
int cmd_dispose (CtlContext *ctx, int argc, char **argv);
int cmd_enroll (CtlContext *ctx, int argc, char **argv);
int cmd_export (CtlContext *ctx, int argc, char **argv);
int cmd_format (CtlContext *ctx, int argc, char **argv);
int cmd_merge (CtlContext *ctx, int argc, char **argv);
int cmd_hand_back (CtlContext *ctx, int argc, char **argv);
int cmd_init (CtlContext *ctx, int argc, char **argv);
int cmd_log (CtlContext *ctx, int argc, char **argv);
int cmd_move (CtlContext *ctx, int argc, char **argv);
int cmd_paper (CtlContext *ctx, int argc, char **argv);
int cmd_people (CtlContext *ctx, int argc, char **argv);
int cmd_prove (CtlContext *ctx, int argc, char **argv);
int cmd_read (CtlContext *ctx, int argc, char **argv);
int cmd_recover (CtlContext *ctx, int argc, char **argv);
int cmd_retire (CtlContext *ctx, int argc, char **argv);
int cmd_reveal (CtlContext *ctx, int argc, char **argv);
int cmd_review (CtlContext *ctx, int argc, char **argv);
int cmd_scan_test (CtlContext *ctx, int argc, char **argv);
int cmd_scanners (CtlContext *ctx, int argc, char **argv);
int cmd_status (CtlContext *ctx, int argc, char **argv);
int cmd_term (CtlContext *ctx, int argc, char **argv);
int cmd_token (CtlContext *ctx, int argc, char **argv);
int cmd_training (CtlContext *ctx, int argc, char **argv);
int cmd_verify (CtlContext *ctx, int argc, char **argv);
int cmd_verify_certificate (CtlContext *ctx, int argc, char **argv);
