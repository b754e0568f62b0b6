/* SPDX-License-Identifier: Apache-2.0 */
/* job: carries out one request of the client, from the frame to its closing answer. */
#pragma once

#include <gio/gio.h>

#include "frames.h"
#include "number/number-reader.h"

G_BEGIN_DECLS

typedef struct
{
  FrameType type; /* LIST, OPTIONS, SCAN, READ or SCAN_TEST */

  /* owned */
  GVariant *payload;
  int fd; /* or -1 */
  GCancellable *cancellable;
} Job;

/** job_new: @payload is taken, @fd too. */
Job *job_new (FrameType type, GVariant *payload, int fd);
/** job_free: closes the descriptor. %NULL is fine. */
void job_free (Job *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

/** job_is_request: whether a frame of this type is a job at all. */
gboolean job_is_request (FrameType type);

/** job_is_picture: whether it needs no scanner: READ, or the device "recorded". */
gboolean job_is_picture (const Job *self);

/**
 * job_run:
 * @socket: where progress and the answer go
 * @reader: borrowed
 *
 * Always on the one thread that owns the scanner. What fails on the way is the answer; so is job->cancellable.
 *
 * Returns: %FALSE when the answer could not be sent: the client is gone.
 */
gboolean job_run (Job *self, GSocket *socket, NumberReader *reader);

/** job_refuse: answers without doing anything. Returns: as job_run (). */
gboolean job_refuse (const Job *self, GSocket *socket, const char *reason, const char *message);

G_END_DECLS
