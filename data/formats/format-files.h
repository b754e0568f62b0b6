/* SPDX-License-Identifier: Apache-2.0 */
/* format-files: the format files as they were at build time, in the order of their ids. */
#pragma once

typedef struct
{
  const char *id;
  const char *text; /* UTF-8, with a final zero */
} FormatFile;

extern const FormatFile format_files[];
extern const unsigned format_n_files;
