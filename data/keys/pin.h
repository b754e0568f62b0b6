/* SPDX-License-Identifier: Apache-2.0 */
/* pin: what may be a PIN or passphrase, and how hard it is to guess.
 *
 * The TPM lets a guesser try 10 times and then once in two hours, so what counts is not to be among the first guesses of
 * somebody who knows the person and the company. Any thread; copies made for comparing are wiped. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PIN_MIN 6 /* characters */
#define PIN_MAX_BYTES 128

/* In the order of the names that vault.xml promises. */
typedef enum
{
  PIN_FINE,
  PIN_TOO_SHORT,  /* fewer than 6 characters */
  PIN_TOO_LONG,   /* more than 128 bytes */
  PIN_NOT_TEXT,   /* not UTF-8 */
  PIN_SAME,       /* one character, repeated */
  PIN_RUN,        /* digits in a row, up or down, over 9 and 0 too */
  PIN_BIRTH_DATE, /* 6 or 8 digits that are a day: YYMMDD, YYYYMMDD */
  PIN_COMPANY,    /* has the company's name in it, or is a part of it */
  PIN_OWN_NAME,   /* the same with the person's own name */
} PinFault;

typedef enum
{
  PIN_WEAK,
  PIN_FAIR,
  PIN_GOOD,
} PinStrength;

/** pin_check: @company, @name: may be ""; compared without regard to case, width, spaces and 株式会社 or the like. */
PinFault pin_check (const guint8 *pin, gsize n_bytes, const char *company, const char *name);
/** pin_fault_get_name: "fine", "too-short", "too-long", "not-text", "same", "run", "birth-date", "company" or "own-name". */
const char *pin_fault_get_name (PinFault fault);

/**
 * pin_get_strength:
 *
 * By the number of tries that its length and its kinds of characters make: under 2^26 weak (up to 7 digits), under 2^40
 * fair, else good. A character that repeats the one before or goes on in a run adds nothing.
 */
PinStrength pin_get_strength (const guint8 *pin, gsize n_bytes);
/** pin_strength_get_name: "weak", "fair" or "good". */
const char *pin_strength_get_name (PinStrength strength);

G_END_DECLS
