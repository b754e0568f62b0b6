/* SPDX-License-Identifier: Apache-2.0 */
/* reader-help: azukari-reader as a process that a test talks to. */
#pragma once

#include "frames.h"

typedef struct
{
  GSubprocess *process; /* owned */
  GSocket *socket;      /* owned */
} Reader;

/** reader_start: starts $AZUKARI_READER. @working_dir: its folder for everything, or %NULL for the test's own. */
void reader_start (Reader *self, const char *working_dir);

/** reader_wait: closes the socket, waits for the end. Returns: the exit code; an end by a signal is a failure. */
int reader_wait (Reader *self);

/** expect: (transfer full): the next frame that is no progress, which must be of this type. */
GVariant *expect (Reader *self, FrameType expected);
void expect_ready (Reader *self);

/** send_frame: @payload may be floating; @fd stays the caller's. */
void send_frame (Reader *self, FrameType type, GVariant *payload, int fd);

/** job: (transfer floating): a{sv} from GVariant's text form. */
GVariant *job (const char *text);

void assert_verdict (GVariant *verdict, const char *word, const char *reason);
