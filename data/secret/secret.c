/* SPDX-License-Identifier: Apache-2.0 */
/* Secret: libsodium's guarded heap under a size and a wipe. */
#include "secret.h"

#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define PROBE_MAX_BYTES (1024u * 1024 * 1024)

struct _Secret
{
  guint8 *bytes; /* owned, sodium_malloc: locked, guarded, wiped by sodium_free */
  gsize n_bytes; /* used */
  gsize n_allocated;
};

static guint8 *
allocate (gsize n_bytes)
{
  guint8 *bytes = sodium_malloc (MAX (n_bytes, 1));

  if (bytes == NULL)
    g_error ("no memory for a secret");
  memset (bytes, 0, MAX (n_bytes, 1));
  return bytes;
}

gboolean
secret_init (void)
{
  return sodium_init () >= 0;
}

static gboolean process_is_locked;

/* With a limit that holds for us, whatever is allocated beyond it would fail later on: one page more is tried. */
static gboolean
may_lock_without_limit (void)
{
  struct rlimit limit;
  gboolean may;
  gsize n_bytes;
  void *more;

  if (getrlimit (RLIMIT_MEMLOCK, &limit) != 0)
    return FALSE;
  if (limit.rlim_cur == RLIM_INFINITY)
    return TRUE;
  if (limit.rlim_cur > PROBE_MAX_BYTES)
    return FALSE;
  n_bytes = (gsize) limit.rlim_cur + (gsize) sysconf (_SC_PAGESIZE);
  more = mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (more == MAP_FAILED)
    return FALSE;
  may = mlock2 (more, n_bytes, MLOCK_ONFAULT) == 0;
  (void) munmap (more, n_bytes);
  return may;
}

gboolean
secret_lock_process (void)
{
  process_is_locked = may_lock_without_limit () && mlockall (MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
  return process_is_locked;
}

gboolean
secret_process_is_locked (void)
{
  return process_is_locked;
}

Secret *
secret_new (gsize n_bytes)
{
  Secret *self = g_new0 (Secret, 1);

  self->bytes = allocate (n_bytes);
  self->n_bytes = n_bytes;
  self->n_allocated = n_bytes;
  return self;
}

Secret *
secret_new_random (gsize n_bytes)
{
  Secret *self = secret_new (n_bytes);

  randombytes_buf (self->bytes, n_bytes);
  return self;
}

Secret *
secret_new_copy (const void *bytes, gsize n_bytes)
{
  Secret *self = secret_new (n_bytes);

  if (n_bytes > 0)
    memcpy (self->bytes, bytes, n_bytes);
  return self;
}

Secret *
secret_new_take (void *bytes, gsize n_bytes)
{
  Secret *self = secret_new_copy (bytes, n_bytes);

  if (n_bytes > 0)
    sodium_memzero (bytes, n_bytes);
  return self;
}

const guint8 *
secret_get_data (const Secret *self, gsize *ret_n_bytes)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (ret_n_bytes != NULL)
    *ret_n_bytes = self->n_bytes;
  return self->bytes;
}

guint8 *
secret_get_writable (Secret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bytes;
}

gsize
secret_get_size (const Secret *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_bytes;
}

void
secret_append (Secret *self, const void *bytes, gsize n_bytes)
{
  g_return_if_fail (self != NULL);

  if (n_bytes == 0)
    return;
  if (self->n_allocated - self->n_bytes < n_bytes)
    {
      gsize n_allocated = MAX (self->n_allocated * 2, self->n_bytes + n_bytes);
      guint8 *grown = allocate (n_allocated);

      memcpy (grown, self->bytes, self->n_bytes);
      sodium_free (self->bytes);
      self->bytes = grown;
      self->n_allocated = n_allocated;
    }
  memcpy (self->bytes + self->n_bytes, bytes, n_bytes);
  self->n_bytes += n_bytes;
}

gboolean
secret_equal (const Secret *a, const Secret *b)
{
  return a->n_bytes == b->n_bytes && sodium_memcmp (a->bytes, b->bytes, a->n_bytes) == 0;
}

void
secret_free (Secret *self)
{
  if (self == NULL)
    return;
  sodium_free (self->bytes);
  g_free (self);
}
