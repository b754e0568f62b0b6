/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a recorded page: PNG, JPEG and TIFF go through their libraries' decoders, within the reader's limits. */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "scan/scan-file.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const int fd = memfd_create ("input", MFD_CLOEXEC);
  const ScanRequest request = { 0 };
  gpointer device;
  ScanFormat format;

  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  device = scan_file_driver.open (SCAN_FILE_DEVICE, fd, NULL);
  if (scan_file_driver.set_up (device, &request, NULL) && scan_file_driver.start (device, &format, NULL, NULL))
    {
      g_autofree guint8 *rows = NULL;

      g_assert_true (scan_format_check (format.width_px, format.height_px, NULL));
      rows = g_malloc ((gsize) format.width_px * format.n_channels * 16);
      while (scan_file_driver.read_rows (device, rows, 16, NULL, NULL) > 0)
        ;
    }
  scan_file_driver.cancel (device);
  scan_file_driver.close (device);
  (void) close (fd);
  return 0;
}
