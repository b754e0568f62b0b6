/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl people status|asked: who has handed in a number, who has not, and when they were asked for it. */
#include "config.h"

#include "ctl-people.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"

#define PAGE 2000u

void
ctl_people_clear (CtlPeople *self)
{
  g_clear_pointer (&self->department, g_free);
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->search, g_free);
}

GPtrArray *
ctl_people_fetch (AzukariVault1 *vault, const CtlPeople *which, GError **error)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (;;)
    {
      g_autoptr (GVariant) page = NULL;
      GVariantDict filter;

      g_variant_dict_init (&filter, NULL);
      g_variant_dict_insert (&filter, "order", "s", "department");
      g_variant_dict_insert (&filter, "from", "u", people->len);
      g_variant_dict_insert (&filter, "limit", "u", PAGE);
      if (which->department != NULL)
        g_variant_dict_insert (&filter, "department", "s", which->department);
      if (which->state != NULL)
        g_variant_dict_insert (&filter, "state", "s", which->state);
      if (which->search != NULL)
        g_variant_dict_insert (&filter, "search", "s", which->search);
      if (!azukari_vault1_call_people_list_sync (vault, g_variant_dict_end (&filter), &page, NULL, error))
        return NULL;
      for (gsize i = 0; i < g_variant_n_children (page); i++)
        g_ptr_array_add (people, g_variant_get_child_value (page, i));
      if (g_variant_n_children (page) < PAGE)
        return g_steal_pointer (&people);
    }
}

/* --- status ---------------------------------------------------------------------------------------------------------- */

static const char *
department_title (const char *department)
{
  return department[0] != '\0' ? department : _ ("(no department)");
}

static const char *
state_title (const char *state)
{
  static const struct
  {
    const char *code, *title;
  } states[] = { { "none", N_ ("not handed in") },
                 { "refused", N_ ("did not agree") },
                 { "collected", N_ ("to be reviewed") },
                 { "approved", N_ ("approved") },
                 { "disposed", N_ ("disposed of") } };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (strcmp (states[i].code, state) == 0)
      return _ (states[i].title);
  return state;
}

/* The day of it here, or NULL for none. */
static char *
dup_day (const char *rfc3339)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_iso8601 (rfc3339, NULL);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d") : NULL;
}

static void
print_person (GVariant *person)
{
  g_autofree char *asked = dup_day (answer_text (person, "asked")),
                  *refused = dup_day (answer_text (person, "not-agreed"));
  guint n_asked = answer_u32 (person, "asked-count");

  g_print ("  %-12s %s  %s", answer_text (person, "code"), answer_text (person, "name"),
           state_title (answer_text (person, "state")));
  if (refused != NULL && strcmp (answer_text (person, "state"), "refused") == 0)
    g_print (" (%s)", refused);
  if (asked == NULL)
    g_print ("\n");
  else
    {
      /* Translators: after “not handed in” and the like: when somebody was asked for their number */
      g_print (g_dngettext (GETTEXT_PACKAGE, "; asked %u time, on %s\n", "; asked %u times, last on %s\n", n_asked),
               n_asked, asked);
    }
}

static void
print_department (GVariant *row)
{
  guint approved = answer_u32 (row, "approved");

  /* Translators: a department's line. Still to hand in are those who never did and those who did not agree, without who has left */
  g_print (
      _ ("%s: %u on the roster, %u handed in (%u approved), %u did not agree, %u still to hand in (%u of them were "
         "asked)\n"),
      department_title (answer_text (row, "department")), answer_u32 (row, "people"),
      answer_u32 (row, "collected") + approved, approved, answer_u32 (row, "refused"), answer_u32 (row, "outstanding"),
      answer_u32 (row, "asked"));
}

static gboolean
is_wanted (GVariant *department, const CtlPeople *which)
{
  return which->department == NULL || strcmp (which->department, answer_text (department, "department")) == 0;
}

/* Each department's line, with those of its people below it who were asked for; both come in one order. */
static void
print_status (GVariant *departments, GPtrArray *people, const CtlPeople *which)
{
  guint at = 0;

  for (gsize i = 0; i < g_variant_n_children (departments); i++)
    {
      g_autoptr (GVariant) department = g_variant_get_child_value (departments, i);

      if (!is_wanted (department, which))
        continue;
      print_department (department);
      for (; at < people->len; at++)
        {
          GVariant *person = g_ptr_array_index (people, at);

          if (strcmp (answer_text (person, "belongs"), answer_text (department, "department")) != 0)
            break;
          print_person (person);
        }
    }
}

static void
print_status_json (GVariant *departments, GPtrArray *people, const CtlPeople *which)
{
  GVariantBuilder rows, counts;
  GVariantDict dict;

  g_variant_builder_init (&counts, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (departments); i++)
    {
      g_autoptr (GVariant) department = g_variant_get_child_value (departments, i);

      if (is_wanted (department, which))
        g_variant_builder_add_value (&counts, department);
    }
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < people->len; i++)
    g_variant_builder_add_value (&rows, g_ptr_array_index (people, i));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "departments", g_variant_builder_end (&counts));
  g_variant_dict_insert_value (&dict, "people", g_variant_builder_end (&rows));
  ctl_print_json (g_variant_dict_end (&dict));
}

int
ctl_people_status (CtlContext *ctx, int argc, char **argv)
{
  static const char *const states[] = { "outstanding", "none", "refused", "collected", "approved", "disposed", NULL };
  g_auto (CtlPeople) which = { NULL, NULL, NULL };
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = {
    { "department", 0, 0, G_OPTION_ARG_STRING, &which.department, N_ ("Only these; \"\": people without a department"),
      N_ ("NAME") },
    { "state", 0, 0, G_OPTION_ARG_STRING, &which.state,
      N_ ("outstanding (still to hand in), none, refused, collected, approved or disposed"), N_ ("STATE") },
    { "search", 0, 0, G_OPTION_ARG_STRING, &which.search, N_ ("Part of a name, kana or code"), N_ ("TEXT") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (AzukariVault1) vault = NULL;
  g_autoptr (GVariant) departments = NULL;
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, NULL,
                  _ ("Shows by department who has handed in a number, who has not, and when they were asked for it.")))
    return CTL_USAGE;
  if (which.state != NULL && !g_strv_contains (states, which.state))
    return ctl_usage ("people status",
                      _ ("--state takes outstanding, none, refused, collected, approved or disposed."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  if (azukari_vault1_call_people_count_sync (vault, &departments, NULL, &error))
    people = ctl_people_fetch (vault, &which, &error);
  if (people == NULL)
    return ctl_fail (ctx, error);
  if (ctx->json)
    print_status_json (departments, people, &which);
  else
    print_status (departments, people, &which);
  return CTL_DONE;
}

/* --- asked ----------------------------------------------------------------------------------------------------------- */

int
ctl_people_asked (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *how = NULL;
  gboolean refused = FALSE;
  g_auto (CtlAdmin) admin = { NULL, NULL };
  const GOptionEntry entries[] = { { "how", 0, 0, G_OPTION_ARG_STRING, &how,
                                     N_ ("A word for how: mail, phone, in-person …"), N_ ("HOW") },
                                   { "refused", 0, 0, G_OPTION_ARG_NONE, &refused, N_ ("They did not agree"), NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (AzukariVault1) vault = NULL;
  int code;

  if (!ctl_parse (ctx, &argc, &argv, entries, &admin, _ ("CODE…"),
                  _ ("Notes in the record that people were asked for their number, or that they did not agree.")))
    return CTL_USAGE;
  if (argc < 2)
    return ctl_usage ("people asked", _ ("name at least one person by their code; “azukarictl people status --state "
                                         "outstanding” shows who has not handed in a number."));
  vault = ctl_connect_as (ctx, &admin, &code);
  if (vault == NULL)
    return code;
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *id = ctl_find_person (vault, argv[i], &error);

      if (id == NULL
          || (!refused && !azukari_vault1_call_note_sync (vault, id, "asked", how != NULL ? how : "", NULL, &error))
          || (refused && !azukari_vault1_call_note_sync (vault, id, "refused", how != NULL ? how : "", NULL, &error)))
        return ctl_fail (ctx, error);
    }
  if (!ctx->json)
    g_print (g_dngettext (GETTEXT_PACKAGE, "Noted for %d person.\n", "Noted for %d people.\n", (gulong) (argc - 1)),
             argc - 1);
  return CTL_DONE;
}
