/* SPDX-License-Identifier: Apache-2.0 */
/* The driver of recorded pages: PNM (streamed), PNG, JPEG or TIFF (decoded in memory) from a file descriptor. */
#pragma once

#include "scan-driver.h"

G_BEGIN_DECLS

/* The name by which jobs ask for it. */
#define SCAN_FILE_DEVICE "recorded"

/* What a picture file may weigh before it is decoded, in bytes. PNM is streamed and has no such limit. */
#define SCAN_FILE_MAX_BYTES (256u * 1024u * 1024u)

/*
 * open () takes the descriptor, which is read from where it stands, once: one page per device. list () and get_options ()
 * have nothing to tell. A damaged picture is SCAN_ERROR_BAD_IMAGE, in start () or in read_rows ().
 */
extern const ScanDriver scan_file_driver;

G_END_DECLS
