/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl people list|add|leave, review list|approve|ask-again: who is on the roster, and what they handed in. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "ctl-people.h"

static int
people_list (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *kind = NULL;
  g_autofree char *state = NULL;
  g_autofree char *search = NULL;
  g_autofree char *department = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "department", 0, 0, G_OPTION_ARG_STRING, &department, N_ ("Their department; “” for people without one"),
      N_ ("NAME") },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &kind, N_ ("employee, contractor or dependant"), N_ ("KIND") },
    { "state", 0, 0, G_OPTION_ARG_STRING, &state, N_ ("none, collected, approved, disposed or refused"), N_ ("STATE") },
    { "search", 0, 0, G_OPTION_ARG_STRING, &search, N_ ("Part of a name, kana or code"), N_ ("TEXT") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) people = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict filter;
  GVariantIter iter;
  GVariant *person;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL, _ ("Lists the roster: who has submitted and who has not.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;

  g_variant_dict_init (&filter, NULL);
  if (kind != NULL)
    g_variant_dict_insert (&filter, "kind", "s", kind);
  if (state != NULL)
    g_variant_dict_insert (&filter, "state", "s", state);
  if (search != NULL)
    g_variant_dict_insert (&filter, "search", "s", search);
  if (department != NULL)
    g_variant_dict_insert (&filter, "department", "s", department);
  if (!azukari_vault1_call_people_list_sync (vault, g_variant_dict_end (&filter), &people, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (people);
      return CTL_DONE;
    }
  g_variant_iter_init (&iter, people);
  while ((person = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_print ("%-12s %-10s %-10s %s  %s  %s\n", answer_text (person, "code"), answer_text (person, "kind"),
               answer_text (person, "state"), answer_text (person, "name"), answer_text (person, "department"),
               answer_text (person, "id"));
      g_variant_unref (person);
    }
  return CTL_DONE;
}

static int
people_add (CtlContext *ctx, int argc, char **argv)
{
  static const char *const keys[] = { "kind",   "code",         "name",   "kana",       "birth-date", "department",
                                      "parent", "relationship", "joined", "employment", "pension" };
  char *values[G_N_ELEMENTS (keys)] = { NULL };
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "kind", 0, 0, G_OPTION_ARG_STRING, &values[0], N_ ("employee, contractor or dependant"), N_ ("KIND") },
    { "code", 0, 0, G_OPTION_ARG_STRING, &values[1], N_ ("Their code; made when left out"), N_ ("CODE") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &values[2], N_ ("Their name"), N_ ("NAME") },
    { "kana", 0, 0, G_OPTION_ARG_STRING, &values[3], N_ ("Their name in kana"), N_ ("KANA") },
    { "birth-date", 0, 0, G_OPTION_ARG_STRING, &values[4], N_ ("YYYY-MM-DD"), N_ ("DATE") },
    { "department", 0, 0, G_OPTION_ARG_STRING, &values[5], N_ ("Their department"), N_ ("NAME") },
    { "parent", 0, 0, G_OPTION_ARG_STRING, &values[6], N_ ("Dependants: the employee's id"), N_ ("ID") },
    { "relationship", 0, 0, G_OPTION_ARG_STRING, &values[7], N_ ("Dependants: spouse, child …"), N_ ("WORD") },
    { "joined", 0, 0, G_OPTION_ARG_STRING, &values[8], N_ ("Their first day: YYYY-MM-DD"), N_ ("DATE") },
    { "employment", 0, 0, G_OPTION_ARG_STRING, &values[9], N_ ("As what: 正社員, パート …"), N_ ("WORD") },
    { "pension", 0, 0, G_OPTION_ARG_STRING, &values[10],
      N_ ("Dependants: category-3 for a spouse who is insured so (第3号被保険者), or none"), N_ ("WORD") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  GVariantDict person;
  int code = CTL_USAGE;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL, _ ("Adds one person to the roster.")))
    return CTL_USAGE;
  g_variant_dict_init (&person, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (values[i] != NULL)
        g_variant_dict_insert (&person, keys[i], "s", values[i]);
      g_free (values[i]);
    }
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    {
      g_variant_dict_clear (&person);
      return code;
    }
  if (!azukari_vault1_call_person_add_sync (vault, g_variant_dict_end (&person), &id, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      GVariantDict answer;

      g_variant_dict_init (&answer, NULL);
      g_variant_dict_insert (&answer, "id", "s", id);
      ctl_print_json (g_variant_dict_end (&answer));
    }
  else
    g_print ("%s\n", id);
  return CTL_DONE;
}

static int
people_edit (CtlContext *ctx, int argc, char **argv)
{
  static const char *const keys[] = { "name",         "kana",   "birth-date", "department",
                                      "relationship", "joined", "employment", "pension" };
  char *values[G_N_ELEMENTS (keys)] = { NULL };
  g_autofree char *code_text = NULL, *person = NULL, *id = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "code", 0, 0, G_OPTION_ARG_STRING, &code_text, N_ ("Whose, by their code"), N_ ("CODE") },
    { "person", 0, 0, G_OPTION_ARG_STRING, &person, N_ ("The same by id, for family members"), N_ ("ID") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &values[0], N_ ("Their name"), N_ ("NAME") },
    { "kana", 0, 0, G_OPTION_ARG_STRING, &values[1], N_ ("Their name in kana"), N_ ("KANA") },
    { "birth-date", 0, 0, G_OPTION_ARG_STRING, &values[2], N_ ("YYYY-MM-DD"), N_ ("DATE") },
    { "department", 0, 0, G_OPTION_ARG_STRING, &values[3], N_ ("Their department"), N_ ("NAME") },
    { "relationship", 0, 0, G_OPTION_ARG_STRING, &values[4], N_ ("Dependants: spouse, child …"), N_ ("WORD") },
    { "joined", 0, 0, G_OPTION_ARG_STRING, &values[5], N_ ("Their first day: YYYY-MM-DD"), N_ ("DATE") },
    { "employment", 0, 0, G_OPTION_ARG_STRING, &values[6], N_ ("As what: 正社員, パート …"), N_ ("WORD") },
    { "pension", 0, 0, G_OPTION_ARG_STRING, &values[7],
      N_ ("Dependants: category-3 for a spouse who is insured so (第3号被保険者), or none"), N_ ("WORD") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL, _ ("Changes what is known of one person on the roster.")))
    return CTL_USAGE;
  g_variant_dict_init (&dict, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (values[i] != NULL)
        g_variant_dict_insert (&dict, keys[i], "s", values[i]);
      g_free (values[i]);
    }
  changes = g_variant_ref_sink (g_variant_dict_end (&dict));
  if ((code_text == NULL) == (person == NULL) || g_variant_n_children (changes) == 0)
    return ctl_usage ("people edit", _ ("name one person by --code or --person, and what changes; “” empties it."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  id = code_text != NULL ? ctl_find_person (vault, code_text, &error) : g_strdup (person);
  if (id == NULL || !azukari_vault1_call_person_edit_sync (vault, id, changes, NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", _ ("Noted."));
  return CTL_DONE;
}

static int
people_leave (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *code_text = NULL, *person = NULL, *date = NULL, *id = NULL;
  gboolean back = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "code", 0, 0, G_OPTION_ARG_STRING, &code_text, N_ ("Who has left, by their code"), N_ ("CODE") },
    { "person", 0, 0, G_OPTION_ARG_STRING, &person, N_ ("The same by id, for family members"), N_ ("ID") },
    { "date", 0, 0, G_OPTION_ARG_STRING, &date, N_ ("Their last day, or the day of the last payment: YYYY-MM-DD"),
      N_ ("DATE") },
    { "back", 0, 0, G_OPTION_ARG_NONE, &back, N_ ("They have not left after all"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Notes that somebody has left. How long their number is kept runs from that day.")))
    return CTL_USAGE;
  if ((code_text == NULL) == (person == NULL) || (date == NULL) == !back)
    return ctl_usage ("people leave", _ ("name one person by --code or --person, and --date or --back."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  id = code_text != NULL ? ctl_find_person (vault, code_text, &error) : g_strdup (person);
  if (id == NULL || !azukari_vault1_call_person_leave_sync (vault, id, back ? "" : date, NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", back ? _ ("Noted: they have not left.")
                          : _ ("Noted. “azukarictl dispose due --until DATE” shows when their number may go."));
  return CTL_DONE;
}

/* Who else has the number, one line each. */
static void
print_duplicates (GVariant *record)
{
  g_autofree const char **codes = NULL, **names = NULL;
  gboolean duplicate = FALSE, elsewhere = FALSE;

  (void) g_variant_lookup (record, "duplicate", "b", &duplicate);
  (void) g_variant_lookup (record, "duplicate-elsewhere", "b", &elsewhere);
  (void) g_variant_lookup (record, "duplicate-codes", "^a&s", &codes);
  (void) g_variant_lookup (record, "duplicate-names", "^a&s", &names);
  if (!duplicate)
    return;
  for (guint i = 0; names != NULL && codes != NULL && names[i] != NULL && codes[i] != NULL; i++)
    /* Translators: 1: somebody's code, may be empty, 2: their name */
    g_print (_ ("    the same number as %s %s: ask one of them again (--reason duplicate)\n"), codes[i], names[i]);
  if (elsewhere)
    g_print ("    %s\n", _ ("the same number as somebody whom you do not handle: please ask the responsible person"));
}

static int
review_list (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *state = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "state", 0, 0, G_OPTION_ARG_STRING, &state,
                                     N_ ("waiting (default), collected, approved or all"), N_ ("STATE") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) records = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict filter;
  GVariantIter iter;
  GVariant *record;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL, _ ("Lists what waits for review. Shows no numbers.")))
    return CTL_USAGE;
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  g_variant_dict_init (&filter, NULL);
  if (g_strcmp0 (state, "all") != 0)
    g_variant_dict_insert (&filter, "state", "s", state != NULL ? state : "waiting");
  if (!azukari_vault1_call_record_list_sync (vault, g_variant_dict_end (&filter), &records, NULL, &error))
    return ctl_fail (ctx, error);
  if (ctx->json)
    {
      ctl_print_json_lines (records);
      return CTL_DONE;
    }
  g_variant_iter_init (&iter, records);
  while ((record = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_print ("%s  %-10s %-12s %s  %s  %s\n", answer_text (record, "id"), answer_text (record, "state"),
               answer_text (record, "code"), answer_text (record, "name"), answer_text (record, "document"),
               answer_text (record, "collected"));
      print_duplicates (record);
      g_variant_unref (record);
    }
  return CTL_DONE;
}

static int
review_approve (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *identity = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "identity", 0, 0, G_OPTION_ARG_STRING, &identity,
                                     N_ ("employment-known, photo-document, two-documents or attendant-statement"),
                                     N_ ("HOW") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, _ ("RECORD…"), _ ("Approves collected numbers.")))
    return CTL_USAGE;
  if (argc < 2)
    return ctl_usage ("review approve", _ ("name at least one record; “azukarictl review list” shows them."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!azukari_vault1_call_approve_sync (vault, argv[i], identity != NULL ? identity : "", NULL, &error))
        return ctl_fail (ctx, error);
    }
  if (!ctx->json)
    g_print (g_dngettext (GETTEXT_PACKAGE, "%d record approved.\n", "%d records approved.\n", (gulong) (argc - 1)),
             argc - 1);
  return CTL_DONE;
}

static int
review_ask_again (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *reason = NULL;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "reason", 0, 0, G_OPTION_ARG_STRING, &reason,
                                     N_ ("unclear, wrong-person, duplicate, expired or other (default)"), N_ ("WHY") },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, _ ("RECORD"),
                  _ ("Destroys one collected number and asks the person again.")))
    return CTL_USAGE;
  if (argc != 2)
    return ctl_usage ("review ask-again", _ ("name one record; “azukarictl review list” shows them."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (!azukari_vault1_call_ask_again_sync (vault, argv[1], reason != NULL ? reason : "other", NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print ("%s\n", _ ("The number was destroyed. The person is asked again at their next visit."));
  return CTL_DONE;
}

int
cmd_people (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = {
    { "import", ctl_people_import }, { "undo", ctl_people_undo },   { "list", people_list },
    { "add", people_add },           { "edit", people_edit },       { "leave", people_leave },
    { "status", ctl_people_status }, { "asked", ctl_people_asked },
  };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs),
                           _ ("say import, undo, list, status, asked, add, edit or leave."));
}

int
cmd_review (CtlContext *ctx, int argc, char **argv)
{
  static const CtlSubVerb verbs[] = { { "list", review_list },
                                      { "approve", review_approve },
                                      { "ask-again", review_ask_again } };

  return ctl_run_sub_verb (ctx, argc, argv, verbs, G_N_ELEMENTS (verbs), _ ("say list, approve or ask-again."));
}
