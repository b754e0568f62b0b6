/* SPDX-License-Identifier: Apache-2.0 */
/* house-fixture: a first machine with people and a number, its second one, and the files that go between them. */
#pragma once

#include "vault-move.h"

#include "machines-fixture.h"
#include "vault-backup-private.h"

typedef struct
{
  Pair pair;
  char *person, *other, *record, *path;
} House;

static const char *const purposes[] = { "tax", NULL };

static inline void
set_up_house (House *h, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set_up_pair (&h->pair, data);
  enroll (&h->pair);
  h->person = add_person (&h->pair.a, "employee", "0001", NAME, "");
  h->other = add_person (&h->pair.a, "employee", "0002", "見本 花子", "");
  h->record = collect_for (&h->pair.a, h->person, NUMBER, purposes, &error);
  g_assert_no_error (error);
  g_assert_true (vault_approve (h->pair.a.vault, h->pair.by_a->id, h->record, "", &error));
  g_assert_no_error (error);
  h->path = g_build_filename (h->pair.a.folder, "bundle", NULL);
}

static inline void
tear_down_house (House *h, gconstpointer data)
{
  (void) g_unlink (h->path);
  tear_down_pair (&h->pair, data);
  g_free (h->person);
  g_free (h->other);
  g_free (h->record);
  g_free (h->path);
}

static inline int
new_file (House *h)
{
  int fd;

  (void) g_unlink (h->path);
  fd = open (h->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static inline void
move_out (House *h)
{
  g_autoptr (GError) error = NULL;
  int fd = new_file (h);

  g_assert_true (vault_move_out (h->pair.a.vault, h->pair.by_a, keys_get_vault_id (h->pair.b.vault->keys), fd, &error));
  g_assert_no_error (error);
  close (fd);
}

/* What an earlier program's nightly backup wrote: its record's last entries are under no signature. */
static inline void
back_up_unsigned (House *h)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) points = vault_machines_points (h->pair.a.vault, NULL, &error);
  int fd = new_file (h);

  g_assert_no_error (error);
  g_assert_cmpuint (points->len, ==, 2 * CONTAINER_POINT_BYTES);
  g_assert_true (vault_backup_write (h->pair.a.vault, fd, VAULT_BACKUP_PURPOSE, points->data, 2, &error));
  g_assert_no_error (error);
  close (fd);
}

/* What the nightly backup writes, without a place for it. */
static inline void
back_up (House *h)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (vault_backup_sign_record (h->pair.a.vault, &error));
  g_assert_no_error (error);
  back_up_unsigned (h);
}

static inline gboolean
take_over (House *h, gboolean first_is_dead, VaultTakeOver *ret_report, GError **error)
{
  int fd = open (h->path, O_RDONLY | O_CLOEXEC);
  gboolean ok = vault_take_over (h->pair.b.vault, h->pair.by_b, fd, first_is_dead, ret_report, error);

  close (fd);
  return ok;
}

static inline void
take_over_ok (House *h, gboolean first_is_dead, VaultTakeOver *ret_report)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (take_over (h, first_is_dead, ret_report, &error));
  g_assert_no_error (error);
}
