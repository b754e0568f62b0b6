/* SPDX-License-Identifier: Apache-2.0 */
/* person: somebody who plainly does not exist, to print on drawn documents. */
#pragma once

#include <glib.h>

#include "dice.h"

typedef struct
{
  char name[96];
  char birth[64];
  char sex[8];
  char address[128];
  char issuer[64];
  char phone[32];
} Person;

/** person_draw: @name and @birth replace what the dice give, unless %NULL; both are cut to the room there is. */
void person_draw (Dice *dice, const char *name, const char *birth, Person *ret_person);

/** person_date: "平成31年 4月 1日" or "2019年4月1日", a year between @from and @to. */
void person_date (Dice *dice, int from, int to, char *ret_text, gsize n_bytes);
