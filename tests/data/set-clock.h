/* SPDX-License-Identifier: Apache-2.0 */
/* set-clock: the machine's clock, as somebody may set it. To be included once in a program. */
#pragma once

#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

#include <glib.h>

#define DAY_S (24 * 60 * 60)

/* Seconds that were added to the clock by hand. What runs on, as CLOCK_BOOTTIME, cannot be set. */
static gint64 clock_set_s;

/* Stand in the way of the C library's. */
int
clock_gettime (clockid_t clock, struct timespec *ret_now)
{
  static int (*real) (clockid_t, struct timespec *);
  int result;

  if (real == NULL)
    real = (typeof (real)) dlsym (RTLD_NEXT, "clock_gettime");
  result = real (clock, ret_now);
  if (clock == CLOCK_REALTIME)
    ret_now->tv_sec += clock_set_s;
  return result;
}

int
gettimeofday (struct timeval *restrict ret_now, void *restrict zone)
{
  struct timespec now;
  int result = clock_gettime (CLOCK_REALTIME, &now);

  ret_now->tv_sec = now.tv_sec;
  ret_now->tv_usec = now.tv_nsec / 1000;
  return result;
}

static inline char *
day_from_now (int days)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, days);

  return g_date_time_format (then, "%Y-%m-%d");
}
