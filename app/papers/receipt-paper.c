/* SPDX-License-Identifier: Apache-2.0 */
/* receipt-paper: what stands on it. */
#include "config.h"

#include "receipt-paper.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "paper-words.h"
#include "paper.h"
#include "purposes.h"

/* (transfer full): each purpose with how long a number is kept for it */
static char *
dup_purposes (GVariant *receipt)
{
  g_autoptr (GVariant) purposes = g_variant_lookup_value (receipt, "purposes", G_VARIANT_TYPE_STRING_ARRAY);
  g_autoptr (GVariant) rules = g_variant_lookup_value (receipt, "rules", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; purposes != NULL && rules != NULL && i < g_variant_n_children (purposes); i++)
    {
      g_autoptr (GVariant) code = g_variant_get_child_value (purposes, i);
      g_autofree char *kept = paper_words_kept_for (rules, g_variant_get_string (code, NULL));

      if (text->len > 0)
        g_string_append_c (text, '\n');
      /* Translators: a purpose, and how long a number is kept for it */
      g_string_append_printf (text, _ ("- %s (kept %s)"), purposes_get_title (g_variant_get_string (code, NULL)), kept);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
dup_addressee (GVariant *receipt)
{
  const char *employee = answer_text (receipt, "employee"), *name = answer_text (receipt, "name"),
             *department = answer_text (receipt, "department");
  g_autofree char *to = employee[0] != '\0' ? g_strdup_printf (_ ("To %s (for %s of your family)"), employee, name)
                                            : g_strdup_printf (_ ("To %s"), name);

  return department[0] != '\0' ? g_strdup_printf ("%s\n%s", department, to) : g_steal_pointer (&to);
}

static char *
dup_receiver (GVariant *receipt)
{
  const char *name = answer_text (receipt, "received-by");

  if (!answer_bool (receipt, "attended"))
    return g_strdup (_ ("the kiosk, by the person's own hand"));
  return name[0] != '\0' ? g_strdup (name) : g_strdup (_ ("somebody in charge who is no longer here"));
}

static void
add_facts (Paper *paper, GVariant *receipt, const char *contact)
{
  g_autofree char *collected = paper_words_time (answer_text (receipt, "collected")),
                  *purposes = dup_purposes (receipt), *receiver = dup_receiver (receipt), *shown = NULL;
  const char *code = answer_text (receipt, "code");

  shown = g_strdup_printf (_ ("%s; identity confirmed by %s"), paper_words_document (answer_text (receipt, "document")),
                           paper_words_identity (answer_text (receipt, "identity")));
  {
    const char *const facts[] = { _ ("Handed in by"),
                                  answer_text (receipt, "name"),
                                  _ ("Code"),
                                  code[0] != '\0' ? code : "-",
                                  _ ("When"),
                                  collected,
                                  _ ("Shown"),
                                  shown,
                                  _ ("Received by"),
                                  receiver,
                                  _ ("What it is used for"),
                                  purposes,
                                  _ ("Questions to"),
                                  contact != NULL ? contact : " ",
                                  NULL };

    paper_add_facts (paper, facts);
  }
}

GBytes *
receipt_paper_make (GVariant *status, GVariant *receipt, const char *contact, GDateTime *when, GError **error)
{
  g_autofree char *date = g_date_time_format (when, _ ("%B %-d, %Y")), *to = dup_addressee (receipt), *number = NULL;
  g_autoptr (Paper) paper = paper_new_a5 (_ ("Receipt for a My Number"), C_ ("language of the text", "en"));

  paper_words_add_trial (paper, status);
  paper_add_aside (paper, date);
  paper_add_heading (paper, to);
  paper_add_title (paper, _ ("Receipt for a My Number (個人番号受領書)"));
  paper_add_text (paper,
                  _ ("We have taken your My Number into custody as follows. We use it for nothing else, and dispose "
                     "of it when it need not be kept any more."));
  add_facts (paper, receipt, contact);
  number = g_strdup_printf (_ ("The number itself does not stand on this paper, and no picture of your document was "
                               "kept. Number of this receipt: %s"),
                            answer_text (receipt, "record"));
  paper_add_note (paper, number);
  paper_add_signature (paper, _ ("Date"), _ ("Address"), answer_text (status, "company"),
                       _ ("Responsible person (責任者)"), _ ("Seal"));
  return paper_finish (paper, error);
}
