/* SPDX-License-Identifier: Apache-2.0 */
/* scan-help: what the tests of scan drivers share. */
#pragma once

#include "scan/scan-driver.h"

/* A page as a driver delivered it. */
typedef struct
{
  ScanFormat format; /* height_px as counted */
  GByteArray *samples;
} Page;

void page_free (Page *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Page, page_free)

/* A descriptor of a file in memory with these bytes, at its start. */
int memory_file (const void *bytes, gsize n_bytes);

/* start, every row in steps of @step, cancel. */
Page *
scan_started_page (const ScanDriver *driver, gpointer device, guint step, GCancellable *cancellable, GError **error);

/* open, set up, the above, close. */
Page *scan_one_page (const ScanDriver *driver, const char *name, int fd, const ScanRequest *request, guint step,
                     GCancellable *cancellable, GError **error);

/* A private folder of SANE's configuration with one back-end; sets SANE_CONFIG_DIR. @conf may be NULL. (transfer full) */
char *sane_config_new (const char *backend, const char *conf);
/* Deletes the folder with all files in it. */
void sane_config_free (char *dir);
