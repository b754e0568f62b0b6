/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azukari-reader: scans a card and reads its number, for the program that started it, over the socket at descriptor 3.
 *
 *   main thread     hears frames; cancels
 *   worker thread   owns the scanner and the number reader; carries out jobs in order and sends the answers
 *
 * Lives for one collection. Everything it has seen is in its memory and ends with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <linux/close_range.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job.h"
#include "sandbox.h"
#include "scan/scan-sane.h"

/* More than any client has use for at once. */
#define MAX_WAITING_JOBS 8u
/* How long a job under way may take to notice that it is over; then the process ends with it. */
#define LAST_WORDS_MS 3000

typedef enum
{
  SCOPE_OPEN,     /* no job yet */
  SCOPE_SCANNER,  /* the first one needed a scanner */
  SCOPE_PICTURES, /* the first one was a picture: narrowed for good */
} Scope;

typedef struct
{
  GSocket *socket;      /* main thread reads, worker writes */
  NumberReader *reader; /* worker thread only */
  GAsyncQueue *queue;   /* of Job; the end is a job of type FRAME_QUIT */

  GMutex mutex; /* guards what follows */
  GCond cond;
  GPtrArray *running; /* cancellables of all jobs not yet answered */
  gboolean worker_is_done;
} Reader;

/* Where our own sentences go. Libraries that print get nowhere: who knows what they have just read. */
static int message_fd = STDERR_FILENO;

static int
complain (const char *sentence)
{
  (void) dprintf (message_fd, "azukari-reader: %s\n", sentence);
  return 1;
}

static gboolean
is_our_socket (int fd)
{
  int domain = 0, type = 0;
  socklen_t size = sizeof domain;

  return getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX
         && getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/* Tesseract is faster on lines with one thread. OpenMP looks only while it is loaded, hence the second start. */
static void
limit_threads (char **argv)
{
  if (g_strcmp0 (g_getenv ("OMP_THREAD_LIMIT"), "1") == 0)
    return;
  (void) g_setenv ("OMP_THREAD_LIMIT", "1", TRUE);
  (void) execv ("/proc/self/exe", argv);
}

/* Nothing but the socket and the place for our own messages stays open. */
static gboolean
close_other_descriptors (void)
{
  int null_fd;

  if (close_range (FRAMES_READER_FD + 1, ~0u, 0) != 0 || fcntl (FRAMES_READER_FD, F_SETFD, FD_CLOEXEC) < 0)
    return FALSE;
  null_fd = open ("/dev/null", O_RDWR | O_CLOEXEC);
  if (null_fd < 0 || dup2 (null_fd, STDIN_FILENO) < 0 || dup2 (null_fd, STDOUT_FILENO) < 0)
    return FALSE;
  message_fd = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, FRAMES_READER_FD + 1);
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ /* they report there */
  if (dup2 (null_fd, STDERR_FILENO) < 0)
    return FALSE;
#endif
  return TRUE;
}

static void
forget_running (Reader *self, Job *job)
{
  g_mutex_lock (&self->mutex);
  g_ptr_array_remove (self->running, job->cancellable);
  g_mutex_unlock (&self->mutex);
}

static gpointer
work (gpointer data)
{
  Reader *self = data;
  Scope scope = SCOPE_OPEN;
  gboolean client_is_there = TRUE;

  for (;;)
    {
      g_autoptr (Job) job = g_async_queue_pop (self->queue);

      if (job->type == FRAME_QUIT)
        break;
      if (scope == SCOPE_OPEN)
        {
          scope = job_is_picture (job) ? SCOPE_PICTURES : SCOPE_SCANNER;
          if (scope == SCOPE_PICTURES)
            sandbox_narrow_to_pictures ();
        }
      if (!client_is_there)
        ; /* nobody to answer */
      else if (scope == SCOPE_PICTURES && !job_is_picture (job))
        client_is_there = job_refuse (job, self->socket, FRAMES_REASON_DENIED, "this reader takes pictures only");
      else
        client_is_there = job_run (job, self->socket, self->reader);
      forget_running (self, job);
    }
  scan_sane_exit ();
  g_clear_pointer (&self->reader, number_reader_free);

  g_mutex_lock (&self->mutex);
  self->worker_is_done = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static gpointer
ref_cancellable (gconstpointer cancellable, gpointer data)
{
  return g_object_ref ((gpointer) cancellable);
}

static void
cancel_all (Reader *self)
{
  g_autoptr (GPtrArray) all = NULL;

  g_mutex_lock (&self->mutex);
  all = g_ptr_array_copy (self->running, ref_cancellable, NULL);
  g_mutex_unlock (&self->mutex);
  g_ptr_array_set_free_func (all, g_object_unref);
  for (guint i = 0; i < all->len; i++)
    g_cancellable_cancel (all->pdata[i]);
}

/* Returns: FALSE when too many are waiting. */
static gboolean
enqueue (Reader *self, Job *job)
{
  gboolean has_room;

  g_mutex_lock (&self->mutex);
  has_room = self->running->len < MAX_WAITING_JOBS;
  if (has_room)
    g_ptr_array_add (self->running, g_object_ref (job->cancellable));
  g_mutex_unlock (&self->mutex);
  if (has_room)
    g_async_queue_push (self->queue, job);
  else
    job_free (job);
  return has_room;
}

/* Hears frames until the client quits, goes away or breaks the rules. Returns: whether the end was an orderly one. */
static gboolean
listen_to_client (Reader *self)
{
  for (;;)
    {
      g_autoptr (GVariant) payload = NULL;
      g_autoptr (GError) error = NULL;
      FrameType type;
      int fd = -1;

      if (!frames_receive (self->socket, &type, &payload, &fd, NULL, &error))
        return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
      if (type == FRAME_QUIT)
        return TRUE;
      if (type == FRAME_CANCEL)
        cancel_all (self);
      else if (!job_is_request (type) || !enqueue (self, job_new (type, g_steal_pointer (&payload), fd)))
        return FALSE;
    }
}

static gboolean
wait_for_worker (Reader *self)
{
  const gint64 until_us = g_get_monotonic_time () + LAST_WORDS_MS * 1000;
  gboolean is_done;

  g_mutex_lock (&self->mutex);
  while (!self->worker_is_done && g_cond_wait_until (&self->cond, &self->mutex, until_us))
    ;
  is_done = self->worker_is_done;
  g_mutex_unlock (&self->mutex);
  return is_done;
}

static gboolean
send_ready (Reader *self, const char *sandbox)
{
  return frames_send (self->socket, FRAME_READY,
                      g_variant_new_parsed ("{'protocol': <%u>, 'sandbox': <%s>}", FRAMES_PROTOCOL, sandbox), -1, NULL);
}

int
main (int argc, char **argv)
{
  Reader self = { 0 };
  g_autofree char *sandbox = NULL;
  g_autoptr (GError) error = NULL;
  GThread *worker;
  gboolean is_orderly;

  if (!is_our_socket (FRAMES_READER_FD))
    return complain ("this program is started by Azukari, with a socket as descriptor 3. "
                     "To read a picture, run: azukarictl read FILE");
  limit_threads (argv);
  if (!close_other_descriptors ())
    return complain ("cannot close what was left open by the program that started it");
  (void) setlocale (LC_ALL, "C.UTF-8");

  /* The models and layouts are files of ours; they are loaded now, because later no file can be opened. */
  self.reader = number_reader_new (&error);
  if (g_error_matches (error, NUMBER_READER_ERROR, NUMBER_READER_ERROR_MODEL))
    return complain ("the models for reading digits are missing: install Azukari again");
  if (self.reader == NULL)
    return complain (error->message); /* a layout, by its name */
  if (!sandbox_enter (&sandbox, &error))
    return complain (error->message);

  self.socket = g_socket_new_from_fd (FRAMES_READER_FD, &error);
  if (self.socket == NULL)
    return complain (error->message);
  self.queue = g_async_queue_new_full ((GDestroyNotify) job_free);
  self.running = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_init (&self.mutex);
  g_cond_init (&self.cond);
  if (!send_ready (&self, sandbox))
    return 0; /* the client has gone already */

  worker = g_thread_new ("worker", work, &self);
  is_orderly = listen_to_client (&self);
  cancel_all (&self);
  g_async_queue_push (self.queue, job_new (FRAME_QUIT, g_variant_ref_sink (g_variant_new ("()")), -1));
  if (!wait_for_worker (&self))
    _exit (is_orderly ? 0 : 1); /* stuck in a back-end: only the end of the process ends it */
  g_thread_join (worker);
  g_async_queue_unref (self.queue);
  g_ptr_array_unref (self.running);
  g_object_unref (self.socket);
  return is_orderly ? 0 : complain ("the client broke the rules of the conversation");
}
