/* SPDX-License-Identifier: Apache-2.0 */
/* person: names that say they are samples, addresses in towns that are none. */
#include "person.h"

static const char *const family_names[] = { "見本", "例示", "試験", "架空", "仮名", "標本", "模擬", "雛形" };
static const char *const given_names[] = { "太郎", "花子", "一郎", "次郎",   "三郎",
                                           "桜",   "一",   "陽子", "二三男", "十和子" };
static const char *const foreign_names[] = { "MIHON TARO", "SAMPLE HANAKO MARIA", "EXAMPLE ANNA", "TESUTO VAN BON" };
static const char *const towns[] = { "見本県架空市例示町", "例示県標本郡試験町大字仮名", "架空都模擬区見本",
                                     "試験府雛形市例示区標本通" };
static const char *const issuers[] = { "架空市長", "試験町長", "模擬区長", "雛形市長" };

void
person_date (Dice *dice, int from, int to, char *ret_text, gsize n_bytes)
{
  static const struct
  {
    const char *name;
    int first;
  } eras[] = { { "令和", 2019 }, { "平成", 1989 }, { "昭和", 1926 }, { "大正", 1912 } };
  int year = dice_int (dice, from, to), month = dice_int (dice, 1, 12), day = dice_int (dice, 1, 28);
  gboolean western = dice_chance (dice, 0.15), wide = dice_chance (dice, 0.3);

  for (guint i = 0; i < G_N_ELEMENTS (eras) && !western; i++)
    if (year >= eras[i].first)
      {
        if (wide)
          g_snprintf (ret_text, n_bytes, "%s%2d年%2d月%2d日", eras[i].name, year - eras[i].first + 1, month, day);
        else
          g_snprintf (ret_text, n_bytes, "%s%d年%d月%d日", eras[i].name, year - eras[i].first + 1, month, day);
        return;
      }
  g_snprintf (ret_text, n_bytes, "%d年%d月%d日", year, month, day);
}

void
person_draw (Dice *dice, const char *name, const char *birth, Person *ret_person)
{
  static const char *const sexes[] = { "男", "女" };

  if (dice_chance (dice, 0.12))
    g_strlcpy (ret_person->name, dice_pick (dice, foreign_names), sizeof ret_person->name);
  else
    {
      const char *family = dice_pick (dice, family_names);
      const char *given = dice_pick (dice, given_names);

      g_snprintf (ret_person->name, sizeof ret_person->name, "%s　%s", family, given);
    }
  person_date (dice, 1930, 2015, ret_person->birth, sizeof ret_person->birth - 4);
  g_strlcat (ret_person->birth, "生", sizeof ret_person->birth);
  g_strlcpy (ret_person->sex, dice_pick (dice, sexes), sizeof ret_person->sex);
  {
    const char *town = dice_pick (dice, towns);
    int block = dice_int (dice, 1, 9), number = dice_int (dice, 1, 40), house = dice_int (dice, 1, 30);

    if (dice_chance (dice, 0.5))
      g_snprintf (ret_person->address, sizeof ret_person->address, "%s%d丁目%d番%d号", town, block, number, house);
    else
      g_snprintf (ret_person->address, sizeof ret_person->address, "%s%d-%d-%d", town, block, number, house);
  }
  g_strlcpy (ret_person->issuer, dice_pick (dice, issuers), sizeof ret_person->issuer);
  {
    int free_dial = dice_chance (dice, 0.5), a = dice_int (dice, 0, 999), b = dice_int (dice, 0, 999);

    if (free_dial)
      g_snprintf (ret_person->phone, sizeof ret_person->phone, "0120-%03d-%03d", a, b);
    else
      g_snprintf (ret_person->phone, sizeof ret_person->phone, "0570-%03d-%03d", a, b);
  }
  if (name != NULL)
    g_strlcpy (ret_person->name, name, sizeof ret_person->name);
  if (birth != NULL)
    g_strlcpy (ret_person->birth, birth, sizeof ret_person->birth);
}
