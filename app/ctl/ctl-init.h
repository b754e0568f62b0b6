/* SPDX-License-Identifier: Apache-2.0 */
/* ctl-init: setting a vault up, for the verbs that do: init and clients add. */
#pragma once

#include "ctl-common.h"

G_BEGIN_DECLS

typedef struct
{
  char *provider; /* NULL: tpm2 */
  char *company;
  CtlAdmin admin;
} CtlInit;

void ctl_init_clear (CtlInit *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CtlInit, ctl_init_clear)

/* The options that fill in @init, for ctl_parse (); those of its admin are &init->admin's. */
#define CTL_INIT_ENTRIES(init)                                                                                         \
  { "provider",                                                                                                        \
    0,                                                                                                                 \
    0,                                                                                                                 \
    G_OPTION_ARG_STRING,                                                                                               \
    &(init)->provider,                                                                                                 \
    N_ ("tpm2 (default): this machine's TPM; swtpm: a software TPM, for trying out only"),                             \
    N_ ("NAME") },                                                                                                     \
  {                                                                                                                    \
    "company", 0, 0, G_OPTION_ARG_STRING, &(init)->company, N_ ("The company whose vault it is"), N_ ("NAME")          \
  }

gboolean ctl_init_is_complete (const CtlInit *self);

/* Asks for the PIN and sets up a vault in ctx->vault_dir, which is there. Returns the exit code. */
int ctl_init_run (CtlContext *ctx, const CtlInit *init);

G_END_DECLS
