/* SPDX-License-Identifier: Apache-2.0 */
/* purposes: the lists of 利用目的. The tasks are those for which an employer, or a payer of fees, must use the number
 * (番号法 art. 9, with 所得税法, 雇用保険法, 健康保険法, 厚生年金保険法, 国民年金法, 労働者災害補償保険法). */
#include "config.h"

#include "purposes.h"

#include <glib/gi18n.h>

/* The Japanese wording is in po/ja.po; a change there is a change of this version too. */
#define TEXT_VERSION "2026-11-1"

static const Purpose employee_purposes[] = {
  { "tax", N_ ("Income tax and resident tax: withholding slips, deductions for dependants, payment reports"),
    N_ ("Income tax and resident tax"), N_ ("My Number Act art. 9; Income Tax Act, Local Tax Act") },
  { "social-insurance", N_ ("Health insurance and pension, also the Category III pension of a spouse"),
    N_ ("Health insurance and pension"),
    N_ ("My Number Act art. 9; Health Insurance Act, Employees' Pension Insurance Act, National Pension Act") },
  { "employment-insurance", N_ ("Employment insurance: joining, leaving, benefits"), N_ ("Employment insurance"),
    N_ ("My Number Act art. 9; Employment Insurance Act") },
  { "accident-insurance", N_ ("Claims under workers' accident insurance"), N_ ("Workers' accident insurance"),
    N_ ("My Number Act art. 9; Industrial Accident Compensation Insurance Act") },
  { NULL, NULL, NULL, NULL },
};

static const Purpose contractor_purposes[] = {
  { "payment-record", N_ ("Payment records for fees, charges, prizes and rent"), N_ ("Payment records"),
    N_ ("My Number Act art. 9; Income Tax Act") },
  { NULL, NULL, NULL, NULL },
};

const Purpose *
purposes_for_kind (const char *kind)
{
  return g_strcmp0 (kind, "contractor") == 0 ? contractor_purposes : employee_purposes;
}

GVariant *
purposes_get_codes (const char *kind)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));

  for (const Purpose *purpose = purposes_for_kind (kind); purpose->code != NULL; purpose++)
    g_variant_builder_add (&builder, "s", purpose->code);
  return g_variant_builder_end (&builder);
}

const char *
purposes_get_text_version (void)
{
  return TEXT_VERSION;
}

/* (nullable) */
static const Purpose *
find_purpose (const char *code)
{
  static const char *const kinds[] = { "employee", "contractor" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (const Purpose *purpose = purposes_for_kind (kinds[i]); purpose->code != NULL; purpose++)
      if (g_strcmp0 (purpose->code, code) == 0)
        return purpose;
  return NULL;
}

const char *
purposes_get_short_title (const char *code)
{
  const Purpose *purpose = find_purpose (code);

  return purpose != NULL ? _ (purpose->short_title) : code;
}

const char *
purposes_get_title (const char *code)
{
  const Purpose *purpose = find_purpose (code);

  return purpose != NULL ? _ (purpose->title) : code;
}

const char *
purposes_get_basis (const char *code)
{
  const Purpose *purpose = find_purpose (code);

  return purpose != NULL ? _ (purpose->basis) : "";
}

const char *
purposes_get_kind (const char *code)
{
  for (const Purpose *purpose = contractor_purposes; purpose->code != NULL; purpose++)
    if (g_strcmp0 (purpose->code, code) == 0)
      return "contractor";
  return "employee";
}

const char *const *
purposes_get_all_codes (void)
{
  static const char *const codes[] = {
    "tax", "social-insurance", "employment-insurance", "accident-insurance", "payment-record", NULL
  };

  return codes;
}
