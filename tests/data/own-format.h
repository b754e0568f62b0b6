/* SPDX-License-Identifier: Apache-2.0 */
/* own-format: a format that an admin chose from the header of a file. */
#pragma once

#include <sys/mman.h>

#include "vault-fixture.h"
#include "vault-formats.h"

#define OWN_HEADER "社員番号,氏名,マイナンバー,備考\r\n"

/* A file that was opened for reading, with @bytes in it. */
static inline int
file_of (const void *bytes, gsize n_bytes)
{
  const int fd = memfd_create ("sample", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, bytes, n_bytes), ==, n_bytes);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return fd;
}

/* (transfer full): the id, or %NULL with what it was refused for; of a file with OWN_HEADER. */
static inline char *
try_own_format (Vault *vault, const VaultAdmin *by, GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (TemplateNumber));
  g_autoptr (GArray) who = g_array_new (FALSE, FALSE, sizeof (TemplateBy));
  const TemplateNumber number = { "マイナンバー", "" };
  const TemplateBy code = { FORMAT_BY_CODE, "社員番号" }, name = { FORMAT_BY_NAME, "氏名" };
  const VaultFormat chosen = { "見本の労務ソフト", "", numbers, who };
  g_autoptr (GPtrArray) issues = NULL;
  const int fd = file_of (OWN_HEADER, strlen (OWN_HEADER));
  char *id = NULL;

  g_array_append_val (numbers, number);
  g_array_append_val (who, code);
  g_array_append_val (who, name);
  (void) vault_add_format (vault, by, &chosen, fd, &id, &issues, error);
  g_assert_true (issues == NULL || issues->len == 0);
  close (fd);
  return id;
}

static inline char *
add_own_format (Vault *vault, const VaultAdmin *by)
{
  g_autoptr (GError) error = NULL;
  char *id = try_own_format (vault, by, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (id, TEMPLATE_ID_PREFIX));
  return id;
}

static inline void
assert_has_format (Vault *vault, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Format) format = vault_find_format (vault, id, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (format->id, ==, id);
  g_assert_cmpstr (format->title, ==, "見本の労務ソフト");
  g_assert_cmpint (format->mode, ==, FORMAT_MERGE);
}
