/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: the part of the proof that tries the backups: that they open here, for no other machine, and bring no old state back. */
#include "prove-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "backups.h"
#include "custody-error.h"
#include "vault-backup-private.h"

/* --- whoever has the file -------------------------------------------------------------------------------------------- */

/* What an ECDH gives to somebody who has not the machine's key. */
static Secret *
agree_with_another (const guint8 ephemeral[CONTAINER_POINT_BYTES], gpointer user_data, GError **error)
{
  guint8 unused[CONTAINER_POINT_BYTES];

  return container_agree_fresh (ephemeral, unused);
}

static gboolean
opens_with (int fd, const guint8 point[CONTAINER_POINT_BYTES], const char *expected, gboolean *ret_as_expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ContainerReader) reader =
      lseek (fd, 0, SEEK_SET) == 0
          ? container_reader_new (fd, VAULT_BACKUP_PURPOSE, point, agree_with_another, NULL, &error)
          : NULL;

  *ret_as_expected = *ret_as_expected && g_strcmp0 (custody_error_get_name (error), expected) == 0;
  return reader != NULL;
}

/* As a machine that it is not for; and as this one, without the key in its TPM. */
static void
try_elsewhere (const Proof *self, int fd, Trials *trials, gboolean *as_expected)
{
  const guint8 any[CONTAINER_POINT_BYTES] = { 0 };
  guint8 own[CONTAINER_POINT_BYTES];

  trials->n_tried += 2;
  trials->n_opened += opens_with (fd, any, "BackupForeign", as_expected);
  *as_expected = keys_get_transport_point (self->vault->keys, own) && *as_expected;
  trials->n_opened += opens_with (fd, own, "BackupDamaged", as_expected);
}

static gboolean
opens_here (const Proof *self, int fd)
{
  g_auto (BackupFacts) facts = { .bytes = 0 };

  return lseek (fd, 0, SEEK_SET) == 0 && vault_backup_read (self->vault, fd, NULL, NULL, FALSE, &facts, NULL);
}

/* --- whoever has the machine as well --------------------------------------------------------------------------------- */

/* The database key, as root gets it on the machine itself. */
static Secret *
get_key (const Proof *self, const char *state, GError **error)
{
  const KeysPlaces places = { .swtpm_folder = state };
  g_autoptr (Secret) key = NULL;
  g_autoptr (Keys) keys = keys_open (self->folder, &places, &key, error);

  return keys != NULL ? g_steal_pointer (&key) : NULL;
}

static gboolean
swap (const char *a, const char *b, GError **error)
{
  if (renameat2 (AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0)
    return TRUE;
  custody_error_set_errno (error, errno, "exchange the copy's databases");
  return FALSE;
}

/* A database is made of the backup, under the right key, and put in the place of the copy's. */
static void
try_in_place (const Proof *self, int fd)
{
  static const char check[] = "old-backup", expected[] = "RolledBack";
  g_autoptr (GError) error = NULL;
  g_autofree char *store = g_build_filename (self->folder, STORE_FILE, NULL);
  g_autofree char *old = g_build_filename (self->folder, "old-backup.db", NULL);
  g_autofree char *state = prove_make_tpm_folder (self, check, TRUE, &error);
  g_autoptr (Secret) key = state != NULL ? get_key (self, state, &error) : NULL;
  g_auto (BackupFacts) facts = { .bytes = 0 };

  if (key == NULL || !prove_move_counter (self, state, &error) || lseek (fd, 0, SEEK_SET) != 0
      || !vault_backup_read (self->vault, fd, old, key, TRUE, &facts, &error) || !swap (store, old, &error))
    {
      prove_add_failure (self->findings, check, expected, error);
      return;
    }
  prove_try_vault (self, check, state, expected);
  if (!swap (store, old, &error))
    prove_add_failure (self->findings, check, expected, error);
  (void) g_unlink (old);
}

/* --- all of them ----------------------------------------------------------------------------------------------------- */

/* (element-type Backup), of a list that is sorted by time: the first and the last of each place. */
static GPtrArray *
choose (GPtrArray *backups)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < backups->len; i++)
    {
      const Backup *backup = g_ptr_array_index (backups, i);
      gboolean is_first = TRUE, is_last = TRUE;

      for (guint k = 0; k < backups->len; k++)
        if (g_str_equal (((const Backup *) g_ptr_array_index (backups, k))->place, backup->place))
          {
            is_first = is_first && k >= i;
            is_last = is_last && k <= i;
          }
      if (is_first || is_last)
        g_ptr_array_add (chosen, (gpointer) backup);
    }
  return chosen;
}

gboolean
prove_foreach_backup (Vault *vault, ProveBackupFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GPtrArray) backups = vault_backup_list (vault, error);
  g_autoptr (GPtrArray) chosen = backups != NULL ? choose (backups) : NULL;

  for (guint i = chosen != NULL ? chosen->len : 0; i-- > 0;)
    {
      const Backup *backup = g_ptr_array_index (chosen, i);
      int fd = vault_backup_open (vault, backup->place, backup->generation, NULL);

      if (fd < 0)
        continue;
      func (fd, backup->generation, user_data);
      close (fd);
    }
  return chosen != NULL;
}

typedef struct
{
  const Proof *proof;
  Trials here, elsewhere;
  gboolean as_expected;
} Tried;

/* The oldest comes first: that one is put in the database's place. */
static void
try_backup (int fd, const char *generation, gpointer user_data)
{
  Tried *tried = user_data;

  if (tried->here.n_tried == 0 && tried->proof->own_state)
    try_in_place (tried->proof, fd);
  tried->here.n_tried++;
  tried->here.n_opened += opens_here (tried->proof, fd);
  try_elsewhere (tried->proof, fd, &tried->elsewhere, &tried->as_expected);
}

void
prove_backups (const Proof *self)
{
  Tried tried = { .proof = self, .as_expected = TRUE };
  g_autoptr (GError) error = NULL;

  if (!prove_foreach_backup (self->vault, try_backup, &tried, &error))
    prove_add_failure (self->findings, "control-backup", PROVE_OPENED, error);
  if (tried.here.n_tried == 0)
    return;
  prove_add_trials (self, "control-backup", PROVE_OPENED, &tried.here,
                    "the newest and the oldest at each place, with this TPM");
  prove_add_trials (self, "backup-elsewhere", PROVE_REFUSED, &tried.elsewhere,
                    "as another machine, and with another machine's key under this one's name");
  if (!tried.as_expected)
    prove_add (self->findings, "backup-elsewhere", PROVE_REFUSED, "Failed", FALSE, NULL,
               "refused for another reason than its key");
}
