/* SPDX-License-Identifier: Apache-2.0 */
/* roster-header: the names that columns and kinds of people go by. */
#include "roster-private.h"

#include <string.h>

static const struct
{
  RosterField field;
  const char *name;
} headers[] = {
  { ROSTER_FIELD_CODE, "社員番号" },
  { ROSTER_FIELD_CODE, "従業員番号" },
  { ROSTER_FIELD_CODE, "社員コード" },
  { ROSTER_FIELD_CODE, "従業員コード" },
  { ROSTER_FIELD_CODE, "コード" },
  { ROSTER_FIELD_CODE, "code" },
  { ROSTER_FIELD_CODE, "employee_code" },
  { ROSTER_FIELD_CODE, "employee_number" },
  { ROSTER_FIELD_NAME, "氏名" },
  { ROSTER_FIELD_NAME, "名前" },
  { ROSTER_FIELD_NAME, "社員名" },
  { ROSTER_FIELD_NAME, "従業員名" },
  { ROSTER_FIELD_NAME, "name" },
  { ROSTER_FIELD_NAME, "full_name" },
  { ROSTER_FIELD_KANA, "フリガナ" },
  { ROSTER_FIELD_KANA, "ふりがな" },
  { ROSTER_FIELD_KANA, "カナ" },
  { ROSTER_FIELD_KANA, "氏名カナ" },
  { ROSTER_FIELD_KANA, "カナ氏名" },
  { ROSTER_FIELD_KANA, "氏名（カナ）" },
  { ROSTER_FIELD_KANA, "氏名フリガナ" },
  { ROSTER_FIELD_KANA, "kana" },
  { ROSTER_FIELD_BIRTH_DATE, "生年月日" },
  { ROSTER_FIELD_BIRTH_DATE, "誕生日" },
  { ROSTER_FIELD_BIRTH_DATE, "birth_date" },
  { ROSTER_FIELD_BIRTH_DATE, "date_of_birth" },
  { ROSTER_FIELD_DEPARTMENT, "部署" },
  { ROSTER_FIELD_DEPARTMENT, "部門" },
  { ROSTER_FIELD_DEPARTMENT, "所属" },
  { ROSTER_FIELD_DEPARTMENT, "部署名" },
  { ROSTER_FIELD_DEPARTMENT, "部門名" },
  { ROSTER_FIELD_DEPARTMENT, "department" },
  { ROSTER_FIELD_KIND, "区分" },
  { ROSTER_FIELD_KIND, "種別" },
  { ROSTER_FIELD_KIND, "kind" },
  { ROSTER_FIELD_RELATIONSHIP, "続柄" },
  { ROSTER_FIELD_RELATIONSHIP, "relationship" },
  { ROSTER_FIELD_PARENT_CODE, "本人社員番号" },
  { ROSTER_FIELD_PARENT_CODE, "本人従業員番号" },
  { ROSTER_FIELD_PARENT_CODE, "本人コード" },
  { ROSTER_FIELD_PARENT_CODE, "parent_code" },
  { ROSTER_FIELD_LEFT, "退職日" },
  { ROSTER_FIELD_LEFT, "退職年月日" },
  { ROSTER_FIELD_LEFT, "退社日" },
  { ROSTER_FIELD_LEFT, "契約終了日" },
  { ROSTER_FIELD_LEFT, "leaving_date" },
  { ROSTER_FIELD_JOINED, "入社日" },
  { ROSTER_FIELD_JOINED, "入社年月日" },
  { ROSTER_FIELD_JOINED, "雇入年月日" },
  { ROSTER_FIELD_JOINED, "契約開始日" },
  { ROSTER_FIELD_JOINED, "joining_date" },
  { ROSTER_FIELD_EMPLOYMENT, "雇用形態" },
  { ROSTER_FIELD_EMPLOYMENT, "雇用区分" },
  { ROSTER_FIELD_EMPLOYMENT, "社員区分" },
  { ROSTER_FIELD_EMPLOYMENT, "employment" },
  { ROSTER_FIELD_PENSION, "国民年金第3号被保険者" },
  { ROSTER_FIELD_PENSION, "第3号被保険者" },
  { ROSTER_FIELD_PENSION, "3号被保険者" },
  { ROSTER_FIELD_PENSION, "国民年金第3号" },
  { ROSTER_FIELD_PENSION, "第3号" },
  { ROSTER_FIELD_PENSION, "pension_category3" },
};

/* Anywhere in the header: “個人番号（12桁）”, “扶養親族マイナンバー” … Longer names that hold none are impossible to list. */
static const char *const number_words[] = { "個人番号", "マイナンバー", "my_number", "individual_number" };

static const struct
{
  RosterKind kind;
  const char *name;
} kinds[] = {
  { ROSTER_EMPLOYEE, "社員" },       { ROSTER_EMPLOYEE, "従業員" },       { ROSTER_EMPLOYEE, "本人" },
  { ROSTER_EMPLOYEE, "employee" },   { ROSTER_CONTRACTOR, "外部協力者" }, { ROSTER_CONTRACTOR, "個人支払先" },
  { ROSTER_CONTRACTOR, "業務委託" }, { ROSTER_CONTRACTOR, "contractor" }, { ROSTER_DEPENDANT, "家族" },
  { ROSTER_DEPENDANT, "扶養親族" },  { ROSTER_DEPENDANT, "扶養家族" },    { ROSTER_DEPENDANT, "被扶養者" },
  { ROSTER_DEPENDANT, "dependant" }, { ROSTER_DEPENDANT, "dependent" },
};

/* As roster_normalise () leaves them. */
static const char *const yes_words[] = { "○", "◯",   "〇",    "●",   "はい", "有",   "該当", "1",
                                         "3", "3号", "第3号", "yes", "y",    "true", NULL };
static const char *const no_words[] = {
  "×", "✕", "x", "いいえ", "無", "非該当", "なし", "0", "no", "n", "false", NULL
};

static const char *const kind_names[] = {
  [ROSTER_EMPLOYEE] = "employee",
  [ROSTER_CONTRACTOR] = "contractor",
  [ROSTER_DEPENDANT] = "dependant",
};

char *
roster_normalise (const char *text)
{
  g_autofree char *composed = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = NULL;
  GString *plain = g_string_new (NULL);

  folded = g_utf8_casefold (composed != NULL ? composed : "", -1);
  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!g_unichar_isspace (c) && c != '_' && c != '-')
        g_string_append_unichar (plain, c);
    }
  return g_string_free (plain, FALSE);
}

RosterField
roster_field_from_header (const char *header, const char **ret_name)
{
  g_autofree char *plain = roster_normalise (header);

  for (gsize i = 0; i < G_N_ELEMENTS (number_words); i++)
    {
      g_autofree char *word = roster_normalise (number_words[i]);

      if (strstr (plain, word) != NULL)
        {
          *ret_name = number_words[i];
          return ROSTER_FIELD_NUMBER;
        }
    }
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *name = roster_normalise (headers[i].name);

      if (g_str_equal (plain, name))
        {
          *ret_name = headers[i].name;
          return headers[i].field;
        }
    }
  *ret_name = "";
  return ROSTER_FIELD_NONE;
}

gboolean
roster_kind_from_cell (const char *cell, RosterKind *ret_kind)
{
  g_autofree char *plain = roster_normalise (cell);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (plain, kinds[i].name))
      {
        *ret_kind = kinds[i].kind;
        return TRUE;
      }
  return FALSE;
}

gboolean
roster_pension_from_cell (const char *cell, const char **ret_pension)
{
  g_autofree char *plain = roster_normalise (cell);

  if (g_strv_contains (yes_words, plain))
    *ret_pension = ROSTER_PENSION_CATEGORY_3;
  else if (g_strv_contains (no_words, plain))
    *ret_pension = "none";
  else
    *ret_pension = "";
  return *plain == '\0' || **ret_pension != '\0';
}

gboolean
roster_is_spouse (const char *relationship)
{
  static const char *const words[] = { "spouse", "wife", "husband", NULL };
  g_autofree char *plain = roster_normalise (relationship);

  return strstr (plain, "妻") != NULL || strstr (plain, "夫") != NULL || strstr (plain, "配偶") != NULL
         || g_strv_contains (words, plain);
}

const char *
roster_kind_get_name (RosterKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (kind_names), NULL);

  return kind_names[kind];
}
