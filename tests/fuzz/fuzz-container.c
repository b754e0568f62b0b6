/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a container for a fixed key: what ends in order was written by somebody who knows that key. */
#include <sys/mman.h>
#include <unistd.h>

#include "../data/container-key.h"
#include "dump.h"
#include "fuzz.h"

#define PURPOSE "test"

static gboolean
from_container (void *bytes, gsize n_bytes, gpointer user_data, GError **error)
{
  return container_reader_take (user_data, bytes, n_bytes, error);
}

static gboolean
read_all (int fd, GError **error)
{
  guint8 point[CONTAINER_POINT_BYTES], sha256[32];
  g_autoptr (ContainerReader) container = NULL;
  g_autoptr (DumpReader) reader = NULL;
  DumpEvent event = DUMP_TABLE;
  guint64 n_bytes;

  test_point (point);
  container = container_reader_new (fd, PURPOSE, point, test_agree, NULL, error);
  reader = container != NULL ? dump_reader_new (from_container, container, error) : NULL;
  if (reader == NULL)
    return FALSE;
  while (event != DUMP_END)
    if (!dump_reader_next (reader, &event, error))
      return FALSE;
  return container_reader_finish (container, sha256, &n_bytes, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  ContainerInfo info;
  int fd = memfd_create ("container", MFD_CLOEXEC);

  g_assert_true (secret_init ());
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  if (container_peek (fd, &info, NULL))
    g_assert_cmpuint (strlen (info.purpose), <=, CONTAINER_TEXT_MAX);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  if (read_all (fd, &error))
    g_assert_cmpstr (info.purpose, ==, PURPOSE);
  else
    g_assert_nonnull (error);
  close (fd);
  return 0;
}
