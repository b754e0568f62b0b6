/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl paper: papers for a binder or to be handed out. Each is in the record before it is there. Here: those with many names. */
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "ctl-paper.h"
#include "people-paper.h"

static gboolean
fetch (AzukariVault1 *vault, const char *what, const char *department, GPtrArray *ids, GVariant **ret_people,
       GVariant **ret_status, GError **error)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "what", "s", what);
  if (department != NULL)
    g_variant_dict_insert (&options, "department", "s", department);
  if (ids != NULL)
    g_variant_dict_insert_value (&options, "people", g_variant_new_strv ((const char *const *) ids->pdata, ids->len));
  if (!azukari_vault1_call_people_print_sync (vault, g_variant_dict_end (&options), ret_people, NULL, error)
      || !azukari_vault1_call_get_status_sync (vault, ret_status, NULL, error))
    return FALSE;
  /* In one piece: as it comes, each value on its own, ten thousand rows take a hundred MiB. */
  (void) g_variant_get_data (*ret_people);
  return TRUE;
}

static int
report (CtlContext *ctx, GVariant *people, const char *path)
{
  const guint n_people = (guint) g_variant_n_children (people);

  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "people", "u", n_people);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_print (g_dngettext (GETTEXT_PACKAGE, "%u person, written to %s.\n", "%u people, written to %s.\n", n_people),
             n_people, path);
  return CTL_DONE;
}

static int
paper_outstanding (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *department = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "department", 0, 0, G_OPTION_ARG_STRING, &department,
                                     N_ ("Only these; \"\": people without a department"), N_ ("NAME") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) people = NULL, status = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, _ ("FILE.pdf"),
                  _ ("Writes a list of those who have not handed in their number to a new PDF, by department.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("paper outstanding", _ ("name one new file to write the PDF to."));
  if (!ctl_paper_is_free (argv[1], &error))
    return ctl_fail (ctx, error);
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (fetch (vault, "outstanding", department, NULL, &people, &status, &error))
    pdf = people_paper_make_outstanding (status, department, people, now, &error);
  return ctl_paper_write (argv[1], pdf, &error) ? report (ctx, people, argv[1]) : ctl_fail (ctx, error);
}

/* --- slips ----------------------------------------------------------------------------------------------------------- */

/* (transfer full) (nullable): as people read it */
static char *
dup_deadline (const char *date)
{
  int year, month, day, end = 0;
  g_autoptr (GDateTime) time = NULL;

  if (strlen (date) != strlen ("YYYY-MM-DD") || sscanf (date, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3
      || (gsize) end != strlen (date))
    return NULL;
  time = g_date_time_new_local (year, month, day, 0, 0, 0);
  return time != NULL ? g_date_time_format (time, _ ("%B %-d, %Y")) : NULL;
}

/* (transfer full) (nullable): the ids of @codes */
static GPtrArray *
find_people (AzukariVault1 *vault, char **codes, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (; *codes != NULL; codes++)
    {
      char *id = ctl_find_person (vault, *codes, error);

      if (id == NULL)
        return NULL;
      g_ptr_array_add (ids, id);
    }
  return g_steal_pointer (&ids);
}

static int
paper_slips (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *department = NULL, *until = NULL, *place = NULL, *contact = NULL, *deadline = NULL;
  g_auto (GStrv) codes = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "department", 0, 0, G_OPTION_ARG_STRING, &department, N_ ("Only these; \"\": people without a department"),
      N_ ("NAME") },
    { "code", 0, 0, G_OPTION_ARG_STRING_ARRAY, &codes, N_ ("Only this person; may be given several times"),
      N_ ("CODE") },
    { "until", 0, 0, G_OPTION_ARG_STRING, &until, N_ ("The day until which to hand it in: YYYY-MM-DD"), N_ ("DATE") },
    { "place", 0, 0, G_OPTION_ARG_STRING, &place, N_ ("Where the kiosk stands"), N_ ("TEXT") },
    { "contact", 0, 0, G_OPTION_ARG_STRING, &contact, N_ ("Whom to ask"), N_ ("TEXT") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  g_autoptr (GVariant) people = NULL, status = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (
          ctx, &argc, &argv, entries, &admin, _ ("FILE.pdf"),
          _ ("Writes a slip for each person who has not handed in their number, asking for it, to a new PDF. That "
             "they were asked stands in the record.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("paper slips", _ ("name one new file to write the PDF to."));
  if (codes != NULL && department != NULL)
    return ctl_usage ("paper slips", _ ("name people by --code or by --department, not both."));
  deadline = until != NULL ? dup_deadline (until) : NULL;
  if (until != NULL && deadline == NULL)
    return ctl_usage ("paper slips", _ ("--until takes a day, YYYY-MM-DD."));
  if (!ctl_paper_is_free (argv[1], &error))
    return ctl_fail (ctx, error);
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (codes != NULL)
    ids = find_people (vault, codes, &error);
  if (error != NULL || !fetch (vault, "slips", department, ids, &people, &status, &error))
    return ctl_fail (ctx, error);
  if (g_variant_n_children (people) > 0)
    {
      const PeopleSlip slip = { deadline, place, contact };

      pdf = people_paper_make_slips (status, &slip, people, now, &error);
      return ctl_paper_write (argv[1], pdf, &error) ? report (ctx, people, argv[1]) : ctl_fail (ctx, error);
    }
  if (ctx->json)
    return report (ctx, people, argv[1]);
  g_print ("%s\n", _ ("Everybody has handed in their number; there is nobody to ask."));
  return CTL_DONE;
}

int
cmd_paper (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = {
    { "outstanding", paper_outstanding }, { "slips", paper_slips },          { "receipt", ctl_paper_receipt },
    { "register", ctl_paper_company },    { "controls", ctl_paper_company }, { "policy", ctl_paper_company },
    { "rules", ctl_paper_company },       { "training", ctl_paper_company }, { "leak", ctl_paper_leak }
  };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
                           _ ("say outstanding, slips, receipt, register, controls, policy, rules, training or leak."));
}
