/* SPDX-License-Identifier: Apache-2.0 */
/* onlooker: a thread that looks at a page while its rows come. What it shares with the rows' thread is atomic. */
#include "onlooker.h"

#include "number/number-watch.h"

struct _Onlooker
{
  /* the thread's alone while it runs */
  NumberWatch *watch; /* owned */
  CardPage page;      /* samples borrowed */
  Verdict *verdict;   /* owned */
  gint64 rest_until_us;

  GCancellable *enough, *cancellable; /* owned */
  GThread *thread;

  /* atomic */
  guint rows;
  gint is_over, is_certain;

  GMutex mutex; /* to sleep without missing a change */
  GCond cond;
};

/* Returns: how many rows to look at, or 0 at the end. */
static guint
wait_for_rows (Onlooker *self)
{
  guint rows = 0;

  g_mutex_lock (&self->mutex);
  while (!g_atomic_int_get (&self->is_over))
    {
      rows = (guint) g_atomic_int_get (&self->rows);
      if (g_get_monotonic_time () < self->rest_until_us)
        (void) g_cond_wait_until (&self->cond, &self->mutex, self->rest_until_us);
      else if (number_watch_wants (self->watch, rows))
        break;
      else
        g_cond_wait (&self->cond, &self->mutex);
    }
  g_mutex_unlock (&self->mutex);
  return g_atomic_int_get (&self->is_over) ? 0 : rows;
}

static gpointer
look_on (gpointer data)
{
  Onlooker *self = data;

  while (self->verdict == NULL)
    {
      CardPage so_far = self->page;
      gint64 start_us;

      so_far.height_px = wait_for_rows (self);
      if (so_far.height_px == 0)
        break;
      start_us = g_get_monotonic_time ();
      if (number_watch_look (self->watch, &so_far) && !g_atomic_int_get (&self->is_over))
        self->verdict = number_watch_read (self->watch, &so_far, self->cancellable);
      self->rest_until_us = 2 * g_get_monotonic_time () - start_us;
    }
  if (self->verdict != NULL)
    {
      g_atomic_int_set (&self->is_certain, TRUE);
      g_cancellable_cancel (self->enough);
    }
  return NULL;
}

static void
onlooker_free (Onlooker *self)
{
  number_watch_free (self->watch);
  g_object_unref (self->enough);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

Onlooker *
onlooker_new (NumberReader *reader, const CardPage *page, GCancellable *enough, GCancellable *cancellable)
{
  Onlooker *self = g_new0 (Onlooker, 1);

  self->watch = number_watch_new (reader, page->dpi);
  self->page = *page;
  self->enough = g_object_ref (enough);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->thread = g_thread_try_new ("onlooker", look_on, self, NULL);
  if (self->thread == NULL)
    g_clear_pointer (&self, onlooker_free);
  return self;
}

void
onlooker_set_rows (Onlooker *self, guint rows)
{
  g_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->rows, rows);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

gboolean
onlooker_is_certain (Onlooker *self)
{
  return g_atomic_int_get (&self->is_certain);
}

Verdict *
onlooker_finish (Onlooker *self)
{
  Verdict *verdict;

  g_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->is_over, TRUE);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  verdict = g_steal_pointer (&self->verdict);
  onlooker_free (self);
  return verdict;
}
