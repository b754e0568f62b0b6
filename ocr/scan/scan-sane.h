/* SPDX-License-Identifier: Apache-2.0 */
/* The driver of real scanners: SANE's C API. */
#pragma once

#include "scan-driver.h"

G_BEGIN_DECLS

/*
 * All of it, from the first list or open to scan_sane_exit (), runs on one thread. SANE_CONFIG_DIR says which back-ends
 * there are. SIGPIPE must be ignored: the net back-end writes to a dead server in cancel and close.
 *
 * Errors: SANE's status, as a person sees it. A device that sends nothing for SCAN_SANE_STALL_MS without saying why counts
 * as SCAN_ERROR_UNPLUGGED: the net back-end answers "good, 0 bytes" for ever when its server is gone.
 * A call that hangs in a back-end cannot be ended from here; whoever started this process kills it.
 */
extern const ScanDriver scan_sane_driver;

#define SCAN_SANE_STALL_MS 3000

/* Gives SANE back. Does nothing when it was never used. */
void scan_sane_exit (void);

G_END_DECLS
