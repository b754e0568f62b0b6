/* SPDX-License-Identifier: Apache-2.0 */
/* admin-certificate: a certificate of disposal from the vault into the admin's folder, as paper, signed text and key. */
#pragma once

#include "admin-session.h"

G_BEGIN_DECLS

/* Asks the vault, checks what it says, and writes on a worker thread. @id: of the certificate */
void
admin_certificate_save_async (AdminSession *session, const char *id, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full): the paper's path; %NULL with VAULT_ERROR, G_IO_ERROR, CUSTODY_ERROR_TAMPERED. */
char *admin_certificate_save_finish (AdminSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
