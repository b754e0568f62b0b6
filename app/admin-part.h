/* SPDX-License-Identifier: Apache-2.0 */
/* AdminPart: one view of admin mode, joined to the vault. Each part makes its view and answers what is done there. */
#pragma once

#include "admin-session.h"
#include "admin-shell.h"

G_BEGIN_DECLS

#define ADMIN_TYPE_PART (admin_part_get_type ())
G_DECLARE_DERIVABLE_TYPE (AdminPart, admin_part, ADMIN, PART, GObject)

struct _AdminPartClass
{
  GObjectClass parent_class;

  const char *view;       /* its name in the shell */
  guint roles;            /* of AdminRole: who sees it */
  gboolean is_for_sealed; /* it is for a vault that is closed because of what was found, and for no other */
  /* Each may be NULL. */
  void (*begin) (AdminPart *self);   /* somebody came in; what is asked for once */
  void (*refresh) (AdminPart *self); /* its view is on the screen, or what it shows may have changed */
  void (*leave) (AdminPart *self);   /* another view is shown */
  void (*forget) (AdminPart *self);  /* the door is shut: nothing personal stays */
};

/* @type: of a part; @shell: borrowed; no callback but a cancelled one may come after it is gone */
AdminPart *admin_part_new (GType type, AdminSession *session, UiAdminShell *shell);

AdminSession *admin_part_get_session (AdminPart *self);
UiAdminShell *admin_part_get_shell (AdminPart *self);
const char *admin_part_get_view (AdminPart *self);
/* Whether it is for who is in. */
gboolean admin_part_is_for (AdminPart *self);

/* Whether its view is what the admin looks at. */
gboolean admin_part_is_shown (AdminPart *self);

void admin_part_begin (AdminPart *self);
void admin_part_refresh (AdminPart *self);
void admin_part_leave (AdminPart *self);
void admin_part_forget (AdminPart *self);

/* The parts. */
AdminPart *admin_people_new (AdminSession *session, UiAdminShell *shell);
AdminPart *admin_review_new (AdminSession *session, UiAdminShell *shell);
AdminPart *admin_export_new (AdminSession *session, UiAdminShell *shell);
AdminPart *admin_disposal_new (AdminSession *session, UiAdminShell *shell);
AdminPart *admin_backup_new (AdminSession *session, UiAdminShell *shell);
AdminPart *admin_safety_new (AdminSession *session, UiAdminShell *shell);
AdminPart *admin_sealed_new (AdminSession *session, UiAdminShell *shell);
AdminPart *admin_record_new (AdminSession *session, UiAdminShell *shell);

/* In callbacks of azukari_vault1_call_*: needs source, result and error. */
#define ADMIN_FINISH(call, ...)                                                                                        \
  azukari_vault1_call_##call##_finish (AZUKARI_VAULT1 (source), __VA_ARGS__, result, &error)

G_END_DECLS
