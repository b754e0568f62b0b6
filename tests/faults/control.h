/* SPDX-License-Identifier: Apache-2.0 */
/* control: how the driver tells the preload library what is to fail; a file that both have mapped. */
#pragma once

#include <stdint.h>

/* Which calls are counted and may fail; bits of Control.calls. */
enum
{
  CALL_OPEN = 1 << 0,
  CALL_WRITE = 1 << 1, /* write, pwrite */
  CALL_SYNC = 1 << 2,  /* fsync, fdatasync */
  CALL_TRUNCATE = 1 << 3,
  CALL_RENAME = 1 << 4,
  CALL_UNLINK = 1 << 5, /* unlink, remove, rmdir */
  CALL_MKDIR = 1 << 6,
  CALL_REOPEN = 1 << 7, /* CALL_OPEN also where the file is there */
};

typedef enum
{
  ACTION_ERROR, /* fails with Control.error_number */
  ACTION_SHORT, /* a write writes half of its bytes and says so; other calls are left alone */
  ACTION_TORN,  /* a write writes half of its bytes, then fails with Control.error_number */
  ACTION_KILL,  /* the process is killed before the call */
  ACTION_KILL_AFTER,
} Action;

/* All fields native 32-bit; world.py knows the layout. */
typedef struct
{
  uint32_t at;           /* the call that fails, from 1; 0: none */
  uint32_t lasting;      /* that one and all after it */
  uint32_t action;       /* Action */
  uint32_t error_number; /* errno */
  uint32_t calls;        /* CALL_* that count */
  uint32_t counted;      /* out: calls so far */
  uint32_t hits;         /* out: how many failed */
} Control;
