/* SPDX-License-Identifier: Apache-2.0 */
/* heap: linked into a program, every piece of memory that it or one of its libraries gives back is overwritten first: copies of messages,
 * of texts on the screen and of a TPM's answers are nobody else's to wipe.
 *
 * glibc's own way (M_PERTURB) leaves out what it keeps for the thread's next request of that size (the tcache): just the small pieces.
 * Not under a sanitizer, which has an allocator of its own. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ && !__has_feature(address_sanitizer)                 \
    && !__has_feature(memory_sanitizer) && !__has_feature(thread_sanitizer)

/* What free () is by its inner name: documented by nobody, and there since glibc 2.0. */
extern void __libc_free (void *memory);

void
free (void *memory)
{
  const int saved_errno = errno;

  if (memory == NULL)
    return;
  explicit_bzero (memory, malloc_usable_size (memory));
  __libc_free (memory);
  errno = saved_errno;
}

/* glibc's would free the old place from within. */
void *
realloc (void *memory, size_t n_bytes)
{
  size_t n_old;
  void *moved;

  if (memory == NULL)
    return malloc (n_bytes);
  if (n_bytes == 0)
    {
      free (memory);
      return NULL;
    }
  n_old = malloc_usable_size (memory);
  if (n_bytes <= n_old && n_bytes >= n_old / 2)
    return memory;
  moved = malloc (n_bytes);
  if (moved == NULL)
    return NULL;
  memcpy (moved, memory, n_old < n_bytes ? n_old : n_bytes);
  free (memory);
  return moved;
}

void *
reallocarray (void *memory, size_t n, size_t n_bytes)
{
  if (n_bytes != 0 && n > SIZE_MAX / n_bytes)
    {
      errno = ENOMEM;
      return NULL;
    }
  return realloc (memory, n * n_bytes);
}

#endif
