/* SPDX-License-Identifier: Apache-2.0 */
/* receipt-paper: what somebody is handed for the number that they gave: what for, until when, to whom. No digit of it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * receipt_paper_make:
 * @status: a{sv} as GetStatus answers: the company
 * @receipt: a{sv} as ReceiptPrint answers
 * @contact: (nullable): whom to ask
 *
 * Returns: (transfer full): a PDF of one A5 page or two; %NULL with %G_IO_ERROR.
 */
GBytes *receipt_paper_make (GVariant *status, GVariant *receipt, const char *contact, GDateTime *when, GError **error);

G_END_DECLS
