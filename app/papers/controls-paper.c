/* SPDX-License-Identifier: Apache-2.0 */
/* company-paper: the control map. The letters are those of the guideline's annex on 安全管理措置; what it asks is told in our own words. Each
 * check looks at what the vault said when the paper was asked for. */
#include "config.h"

#include "company-paper-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "paper-words.h"

#define MONTH_DAYS 31
#define QUARTER_DAYS 92
#define YEAR_DAYS 366

/* What answers an item: lines, each with a mark. */
typedef struct
{
  const CompanyPaper *about;
  GString *lines;
  GPtrArray *to_do; /* owned texts of what is not met, of all items */
  guint n_met, n_could, n_open;
} Answer;

static void
add_line (Answer *self, const char *mark, const char *text)
{
  g_string_append_printf (self->lines, "%s%s %s", self->lines->len > 0 ? "\n" : "", mark, text);
}

/* How it is made: the same for every vault. */
static void
say (Answer *self, const char *text)
{
  add_line (self, "・", text);
}

static void
met (Answer *self, char *take_text)
{
  g_autofree char *text = take_text;

  self->n_met++;
  add_line (self, "○", text);
}

/* Good as it is, and there is more that can be had. */
static void
could (Answer *self, char *take_text)
{
  g_autofree char *text = take_text;

  self->n_could++;
  add_line (self, "△", text);
}

static void
not_met (Answer *self, char *take_text)
{
  self->n_open++;
  add_line (self, "×", take_text);
  g_ptr_array_add (self->to_do, take_text);
}

/* Whether the record has @action from within the last @days, with the day of the last time. */
static gboolean
happened (const Answer *self, const char *action, gint64 days, char **ret_last)
{
  const gint64 age = company_paper_age_days (self->about, action);

  (void) company_paper_count (self->about, action, ret_last);
  return age >= 0 && age <= days;
}

/* @lately and @before hold a %s for the day. */
static void
check_lately (Answer *self, const char *action, gint64 days, const char *lately, const char *before, const char *never)
{
  g_autofree char *last = NULL;
  const gboolean is_lately = happened (self, action, days, &last);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  if (is_lately)
    met (self, g_strdup_printf (lately, last));
  else if (last != NULL)
    not_met (self, g_strdup_printf (before, last));
  else
    not_met (self, g_strdup (never));
#pragma GCC diagnostic pop
}

static guint
count_role (const Answer *self, const char *role, guint *ret_limited)
{
  g_autoptr (GVariant) admins = company_paper_rows (self->about, "admins");
  guint n = 0, n_limited = 0;

  for (gsize i = 0; i < g_variant_n_children (admins); i++)
    {
      g_autoptr (GVariant) admin = g_variant_get_child_value (admins, i);
      g_autoptr (GVariant) departments = g_variant_lookup_value (admin, "departments", G_VARIANT_TYPE_STRING_ARRAY);
      g_autoptr (GVariant) purposes = g_variant_lookup_value (admin, "purposes", G_VARIANT_TYPE_STRING_ARRAY);

      if (strcmp (answer_text (admin, "role"), role) != 0)
        continue;
      n++;
      n_limited += (departments != NULL && g_variant_n_children (departments) > 0)
                   || (purposes != NULL && g_variant_n_children (purposes) > 0);
    }
  if (ret_limited != NULL)
    *ret_limited = n_limited;
  return n;
}

/* --- A, B ------------------------------------------------------------------------------------------------------------ */

static void
answer_policy (Answer *self)
{
  check_lately (self, "policy-printed", YEAR_DAYS, _ ("A draft filled with this vault's facts was printed on %s."),
                _ ("The last draft was printed on %s, more than a year ago: azukarictl paper policy"),
                _ ("No draft of the basic policy has been printed yet: azukarictl paper policy"));
}

static void
answer_rules (Answer *self)
{
  check_lately (self, "rules-printed", YEAR_DAYS, _ ("A draft filled with this vault's facts was printed on %s."),
                _ ("The last draft was printed on %s, more than a year ago: azukarictl paper rules"),
                _ ("No draft of the handling rules has been printed yet: azukarictl paper rules"));
  say (self,
       _ ("Taking in, use, keeping, handing over and disposal each have one way, and the program leaves no other: "
          "purposes are agreed to before the scan, and a number goes out for an agreed purpose alone."));
}

/* --- C --------------------------------------------------------------------------------------------------------------- */

static void
answer_organisation (Answer *self)
{
  g_autoptr (GVariant) admins = company_paper_rows (self->about, "admins");
  g_autofree char *chiefs = paper_words_admins (admins, "chief", "");
  guint n_limited, n_clerks = count_role (self, "clerk", &n_limited);

  if (count_role (self, "chief", NULL) > 1)
    met (self, g_strdup_printf (_ ("Responsible persons: %s."), chiefs));
  else
    could (self, g_strdup_printf (_ ("Responsible person: %s alone. A second one takes over when they are away: "
                                     "azukarictl admins add"),
                                  chiefs));
  if (n_clerks > 0)
    met (self, g_strdup_printf (_ ("Persons in charge: %u, of whom %u are limited to departments or purposes."),
                                n_clerks, n_limited));
  else
    could (self, g_strdup (_ ("There is no person in charge beside the responsible person.")));
  say (self, _ ("What somebody's role does not allow is refused, and the attempt is recorded."));
}

static void
answer_records (Answer *self)
{
  g_autofree char *entries = answer_dup_u64 (self->about->status, "record-entries"), *signed_on = NULL;
  g_autofree char *printed = NULL, *handed = NULL;
  const gboolean outside = happened (self, "record-exported", QUARTER_DAYS, &handed)
                           || happened (self, "record-printed", QUARTER_DAYS, &printed);

  (void) company_paper_count (self->about, "checkpoint", &signed_on);
  if (signed_on != NULL)
    met (self,
         g_strdup_printf (
             _ ("The record (取扱記録) has %s entries, each chained to the one before, signed by the TPM, last on %s."),
             entries, signed_on));
  else
    say (self, _ ("The record (取扱記録) is signed by the TPM for the first time with this paper."));
  if (outside)
    met (self, g_strdup (_ ("It was handed out or printed within the last three months, so that a witness lies outside "
                            "this machine.")));
  else
    not_met (self,
             g_strdup (_ ("The record was neither handed out nor printed within the last three months: azukarictl "
                          "log export, azukarictl log print")));
}

static void
answer_means (Answer *self)
{
  g_autofree char *exports = paper_words_count (company_paper_count (self->about, "exported", NULL));
  g_autofree char *disposals = paper_words_count (answer_u32 (self->about->facts, "disposals"));

  check_lately (
      self, "register-printed", YEAR_DAYS, _ ("The register of files (管理簿) was printed on %s."),
      _ ("The register of files (管理簿) was last printed on %s, more than a year ago: azukarictl paper register"),
      _ ("The register of files (管理簿) has not been printed yet: azukarictl paper register"));
  met (self,
       g_strdup_printf (_ ("%s exports stand in the record, each with purpose and destination; %s disposals, each "
                           "with a certificate."),
                        exports, disposals));
}

static void
answer_incidents (Answer *self)
{
  check_lately (self, "proved", YEAR_DAYS, _ ("That a copy of the vault opens nowhere else was tried on %s."),
                _ ("That a copy of the vault opens nowhere else was last tried on %s, more than a year ago: azukarictl "
                   "prove --pdf"),
                _ ("That a copy of the vault opens nowhere else has never been tried: azukarictl prove --pdf"));
  say (self, _ ("Who had access, and what was exported when and to where, is told by the record: azukarictl paper leak "
                "makes a draft of "
                "the report."));
}

static void
answer_review (Answer *self)
{
  g_autofree char *waiting = answer_dup_u64 (self->about->facts, "unreviewed"), *since = NULL;

  check_lately (self, "record-reviewed", MONTH_DAYS, _ ("The record was reviewed and signed off on %s."),
                _ ("The record was last signed off on %s, more than a month ago: azukarictl log review, log sign-off"),
                _ ("The record has never been signed off: azukarictl log review, log sign-off"));
  since = g_strdup_printf (_ ("Entries since then: %s."), waiting);
  say (self, since);
}

/* --- D --------------------------------------------------------------------------------------------------------------- */

static void
answer_supervision (Answer *self)
{
  g_autofree char *refused = paper_words_count (company_paper_count (self->about, "refused", NULL));
  g_autofree char *text =
      g_strdup_printf (_ ("Each person has a log-in of their own; what they did, and what was refused "
                          "to them (%s times so far), stands in the record by person."),
                       refused);

  say (self, text);
}

/* (transfer full): the names of those who handle numbers and have not done @what since @since (YYYY-MM-DD) */
static char *
dup_without (const Answer *self, const char *what, const char *since)
{
  g_autoptr (GVariant) admins = company_paper_rows (self->about, "admins");
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < g_variant_n_children (admins); i++)
    {
      g_autoptr (GVariant) admin = g_variant_get_child_value (admins, i);
      const char *role = answer_text (admin, "role");
      g_autofree char *last = company_paper_last_training (self->about, answer_text (admin, "id"), what);

      if ((strcmp (role, "chief") == 0 || strcmp (role, "clerk") == 0) && (last == NULL || strcmp (last, since) < 0))
        g_ptr_array_add (names, g_strdup (answer_text (admin, "name")));
    }
  return paper_words_join (names, "");
}

static void
answer_training (Answer *self)
{
  g_autoptr (GDateTime) year_ago = g_date_time_add_days (self->about->when, -YEAR_DAYS);
  g_autofree char *since = g_date_time_format (year_ago, "%Y-%m-%d"), *untaught = dup_without (self, "training", since),
                  *unpledged = dup_without (self, "pledge", "");

  if (untaught[0] == '\0')
    met (self, g_strdup (_ ("Everybody who handles numbers was taught within the last year.")));
  else
    not_met (self, g_strdup_printf (_ ("No training within the last year: %s (azukarictl training add)"), untaught));
  if (unpledged[0] == '\0')
    met (self, g_strdup (_ ("Everybody who handles numbers has signed a pledge of secrecy.")));
  else
    not_met (self, g_strdup_printf (_ ("No pledge of secrecy: %s (azukarictl training add)"), unpledged));
}

/* --- E --------------------------------------------------------------------------------------------------------------- */

static void
answer_area (Answer *self)
{
  say (self,
       _ ("The kiosk shows nobody's number but one's own, and wipes the screen when nobody goes on. The scanner's "
          "picture lies in memory alone and is gone with the visit."));
}

static void
answer_theft (Answer *self)
{
  if (answer_bool (self->about->status, "software-tpm"))
    not_met (self,
             g_strdup (_ ("The key is sealed to a software TPM, which is copied with the vault. For trying out only: "
                          "set the vault up on a machine with a TPM 2.0.")));
  else
    met (self, g_strdup (_ ("The key is sealed to this PC's TPM 2.0: a stolen disk or a copied file opens nowhere.")));
  if (answer_bool (self->about->status, "boot-bound"))
    met (self, g_strdup (_ ("The vault opens only while this PC boots as it was left.")));
  else
    could (self, g_strdup (_ ("The vault opens however this PC boots: azukarictl boot bind")));
  if (strcmp (answer_text (self->about->status, "danger"), "no-second") == 0)
    could (self, g_strdup (_ ("No second machine is enrolled. What is lost with this one can then not be opened again: "
                              "azukarictl enroll")));
  else
    met (self, g_strdup (_ ("A second machine is enrolled, which can take over.")));
}

static void
answer_media (Answer *self)
{
  const guint overdue = answer_u32 (self->about->facts, "overdue");

  if (strcmp (answer_text (self->about->status, "plain-exports"), "clerks") == 0)
    could (self,
           g_strdup (_ ("Exports are zips under AES-256, but persons in charge may export in the clear too: azukarictl "
                        "export plain chiefs")));
  else
    met (self,
         g_strdup (_ ("Exports are zips under AES-256 with a passphrase that is shown once; only a responsible person "
                      "may export in the clear.")));
  if (overdue == 0)
    met (self, g_strdup (_ ("No exported file waits to be reported as deleted.")));
  else
    not_met (self, g_strdup_printf (
                       g_dngettext (GETTEXT_PACKAGE, "%u exported file has not been reported as deleted after 7 days",
                                    "%u exported files have not been reported as deleted after 7 days", overdue),
                       overdue));
  say (self, _ ("Backups are encrypted to the TPMs of the enrolled machines: a lost stick opens nowhere."));
}

static void
answer_disposal (Answer *self)
{
  const guint due = answer_u32 (self->about->status, "disposal-due");

  if (due == 0)
    met (self, g_strdup (_ ("No number is kept for longer than the rules of this vault ask for.")));
  else
    not_met (self, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                                 "%u number is kept for longer than needed: azukarictl dispose",
                                                 "%u numbers are kept for longer than needed: azukarictl dispose", due),
                                    due));
  say (self,
       _ ("A disposal replaces the keys, so that older copies and backups open nothing; a certificate signed by the "
          "TPM is made. Before a machine goes, azukarictl retire destroys every key."));
}

/* --- F --------------------------------------------------------------------------------------------------------------- */

static void
answer_access (Answer *self)
{
  g_autoptr (GVariant) admins = company_paper_rows (self->about, "admins");
  g_autofree char *auditors = paper_words_admins (admins, "auditor", "");
  const char *term = answer_text (self->about->status, "term");

  say (self,
       _ ("Responsible persons, persons in charge, auditors and clients each may do what their role is for; auditors "
          "and clients are shown no number."));
  if (auditors[0] != '\0')
    met (self, g_strdup_printf (_ ("Auditors: %s."), auditors));
  met (self, g_strdup_printf (_ ("Whoever does nothing for %u minutes is logged out."),
                              answer_u32 (self->about->facts, "idle-minutes")));
  if (term[0] != '\0')
    met (self, g_strdup_printf (_ ("The vault works until %s (使用期限)."), term));
}

static void
answer_authentication (Answer *self)
{
  const guint tries = answer_u32 (self->about->facts, "pin-tries"),
              left = answer_u32 (self->about->status, "tries-left"), tokens = answer_u32 (self->about->facts, "tokens");

  met (self,
       g_strdup_printf (_ ("A PIN of at least %u characters each, which the TPM itself tries: it locks after %u wrong "
                           "ones."),
                        answer_u32 (self->about->facts, "pin-least"), tries));
  if (left < tries)
    not_met (self, g_strdup_printf (_ ("Wrong PINs were tried: %u of %u tries are left."), left, tries));
  if (strcmp (answer_text (self->about->status, "token-policy"), "required") == 0)
    met (self, g_strdup_printf (_ ("A token is asked for beside the PIN; %u are registered."), tokens));
  else
    could (self, g_strdup (_ ("A PIN alone is enough. A token can be asked for beside it: azukarictl token")));
}

static void
answer_intrusion (Answer *self)
{
  g_autofree char *last = NULL;
  gint64 behind = 0;

  (void) g_variant_lookup (self->about->status, "clock-behind", "x", &behind);
  say (self,
       _ ("Nothing listens on a network. What reads pictures holds no key, and what holds the keys opens no picture; "
          "each program may do only what it is for."));
  if (company_paper_count (self->about, "tampering-found", &last) > 0)
    not_met (self, g_strdup_printf (_ ("Something in the vault was not as it was left, last on %s: azukarictl verify"),
                                    last));
  else
    met (self,
         g_strdup (_ ("Every start compares the vault with the TPM's counter; nothing that was altered or set back has "
                      "been found.")));
  if (behind > 0)
    not_met (self, g_strdup (_ ("This machine's clock is behind what the vault has seen. Please set it right.")));
}

static void
answer_leaks (Answer *self)
{
  const char *alarm = answer_text (self->about->status, "backup-alarm");

  met (self,
       g_strdup (_ ("The database is encrypted with AES-256, and each number once more to what only a PIN opens.")));
  if (alarm[0] == '\0')
    met (self, g_strdup (_ ("A good backup was made lately.")));
  else if (strcmp (alarm, "no-place") == 0)
    not_met (self, g_strdup (_ ("No place for backups is registered: azukarictl backup places add")));
  else if (strcmp (alarm, "none") == 0)
    not_met (self, g_strdup (_ ("No backup has been made yet: azukarictl backup now")));
  else if (strcmp (alarm, "old") == 0)
    not_met (self, g_strdup (_ ("The last good backup is too old: azukarictl backup now")));
  else
    not_met (self, g_strdup (_ ("A place for backups cannot be reached: azukarictl backup list")));
  check_lately (self, "backup-drill", QUARTER_DAYS, _ ("A backup was tried out on %s."),
                _ ("A backup was last tried out on %s, more than three months ago: azukarictl backup drill"),
                _ ("No backup has ever been tried out: azukarictl backup drill"));
}

/* --- G --------------------------------------------------------------------------------------------------------------- */

static void
answer_abroad (Answer *self)
{
  g_autoptr (GVariant) places = company_paper_rows (self->about, "places");
  g_autofree char *count = paper_words_count (g_variant_n_children (places));
  g_autofree char *text =
      g_strdup_printf (_ ("Nothing is sent anywhere: numbers are on this machine, on an enrolled second "
                          "one, and in backups at the registered places (%s)."),
                       count);

  say (self, text);
}

/* --- the map --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *section; /* untranslated heading; NULL: that of the item before */
  const char *title;   /* untranslated */
  const char *asks;    /* untranslated */
  void (*answer) (Answer *self);
  const char *remains; /* untranslated */
} Item;

static const Item items[] = {
  { N_ ("A. Basic policy (基本方針の策定)"), N_ ("Basic policy"),
    N_ ("Say as a company how it means to handle numbers properly."), answer_policy,
    N_ ("Check the draft, have it decided, and make it known.") },
  { N_ ("B. Handling rules (取扱規程等の策定)"), N_ ("Handling rules"),
    N_ ("Write down who does what, from taking a number in to disposing of it."), answer_rules,
    N_ ("Check the draft against how work is done, decide it, review it each year.") },
  { N_ ("C. Organisational measures (組織的安全管理措置)"), N_ ("a. Organisation"),
    N_ ("Name who is responsible, who handles numbers, and for which part."), answer_organisation,
    N_ ("Put these names into an order of appointment, with deputies and reporting lines.") },
  { NULL, N_ ("b. Work by the rules"), N_ ("Keep records from which it can be told that the rules are kept."),
    answer_records, N_ ("Keep handed-out records and papers away from this machine.") },
  { NULL, N_ ("c. Means to see how numbers are handled"),
    N_ ("Have a register and records that show what is kept, by whom and why; without numbers in them."), answer_means,
    N_ ("File the register, and print it anew when something in it changes.") },
  { NULL, N_ ("d. Readiness for leaks"), N_ ("Be ready to notice, stop, report and make known a leak or a loss."),
    answer_incidents,
    N_ ("Decide who reports to the Personal Information Protection Commission and to the people concerned, and by "
        "when.") },
  { NULL, N_ ("e. Seeing and improving"), N_ ("Look regularly at how numbers are handled, and improve."), answer_review,
    N_ ("Fix a day for the review, and have somebody else audit once a year.") },
  { N_ ("D. Human measures (人的安全管理措置)"), N_ ("a. Supervision"),
    N_ ("See to it that those in charge handle numbers by the rules."), answer_supervision,
    N_ ("Have secrecy in the rules of employment; talk about what the review shows.") },
  { NULL, N_ ("b. Training"), N_ ("Teach those in charge how to handle numbers, and again from time to time."),
    answer_training, N_ ("Teach on appointment and once a year; keep the pledges.") },
  { N_ ("E. Physical measures (物理的安全管理措置)"), N_ ("a. Areas"),
    N_ ("Define where numbers are handled and where the system stands, and who may come near."), answer_area,
    N_ ("Place the kiosk out of sight of others, the PC in a room that is locked; write down who may enter.") },
  { NULL, N_ ("b. Theft of machines and media"), N_ ("Keep machines, media and papers from being stolen or lost."),
    answer_theft, N_ ("Tie the PC down; lock tokens, sticks and papers away.") },
  { NULL, N_ ("c. Carrying media"), N_ ("Nobody who finds or intercepts a medium can read it."), answer_media,
    N_ ("Tell the passphrase by another way than the file, and report files as deleted after use.") },
  { NULL, N_ ("d. Deletion and disposal"),
    N_ ("Delete numbers so that they cannot come back once they are not needed, and keep a record of it."),
    answer_disposal,
    N_ ("Dispose at least once a year; shred papers with numbers; get certificates from contractors.") },
  { N_ ("F. Technical measures (技術的安全管理措置)"), N_ ("a. Access control"),
    N_ ("Limit who can use which numbers in the system."), answer_access,
    N_ ("Look through the accounts when somebody joins, moves or leaves.") },
  { NULL, N_ ("b. Identification"), N_ ("Know by proof who uses the system."), answer_authentication,
    N_ ("Nobody tells or writes down a PIN, nobody lends a token.") },
  { NULL, N_ ("c. Outside access"), N_ ("Keep out those who have no business in the system, and malicious software."),
    answer_intrusion, N_ ("Keep the PC's system up to date, its disk encrypted, and other software off it.") },
  { NULL, N_ ("d. Leaks"), N_ ("Protect numbers that are kept or sent from leaking, loss and damage."), answer_leaks,
    N_ ("Keep one backup away from this room.") },
  { N_ ("G. Knowing conditions abroad (外的環境の把握)"), N_ ("Handling abroad"),
    N_ ("Where numbers are handled in another country, know its rules and protect them accordingly."), answer_abroad,
    N_ ("See whether a place for backups or a contractor lies abroad.") },
};

static void
add_items (Paper *paper, GPtrArray *answers)
{
  const PaperColumn columns[] = { { _ ("What is asked for"), 0.28, FALSE },
                                  { _ ("What answers it here, now"), 0.46, FALSE },
                                  { _ ("What remains for the company"), 0.26, FALSE } };
  g_autoptr (GPtrArray) rows = paper_words_rows ();

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      if (items[i].section != NULL)
        paper_add_heading (paper, _ (items[i].section));
      paper_words_add_row (rows, g_strdup_printf ("%s\n%s", _ (items[i].title), _ (items[i].asks)),
                           g_strdup (g_ptr_array_index (answers, i)), g_strdup (_ (items[i].remains)), NULL);
      if (i + 1 == G_N_ELEMENTS (items) || items[i + 1].section != NULL)
        {
          paper_add_table (paper, columns, G_N_ELEMENTS (columns), rows);
          g_ptr_array_set_size (rows, 0);
        }
    }
}

static void
add_to_do (Paper *paper, const Answer *answer)
{
  g_autoptr (GString) text = g_string_new (NULL);

  paper_add_heading (paper, _ ("What is not met now"));
  for (guint i = 0; i < answer->to_do->len; i++)
    g_string_append_printf (text, "%s× %s", i > 0 ? "\n" : "", (const char *) g_ptr_array_index (answer->to_do, i));
  paper_add_text (paper, text->len > 0 ? text->str : _ ("Every check of this vault is met."));
}

GBytes *
company_paper_make_controls (const CompanyPaper *about, GError **error)
{
  g_autoptr (Paper) paper = company_paper_begin (about, _ ("Map of security controls (安全管理措置)"));
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GPtrArray) to_do = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *place = company_paper_place (about), *sum = NULL;
  Answer answer = { .about = about, .lines = lines, .to_do = to_do };

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_string_truncate (lines, 0);
      items[i].answer (&answer);
      g_ptr_array_add (answers, g_strdup (lines->str));
    }
  sum = g_strdup_printf (_ ("○ met: %u, △ could be stronger: %u, × not met: %u"), answer.n_met, answer.n_could,
                         answer.n_open);
  {
    const char *const facts[] = { _ ("Company"),
                                  answer_text (about->status, "company"),
                                  _ ("Vault"),
                                  answer_text (about->status, "vault-id"),
                                  _ ("Where it is kept"),
                                  place,
                                  _ ("Checks"),
                                  sum,
                                  NULL };

    paper_add_facts (paper, facts);
  }
  paper_add_text (paper,
                  _ ("For each item of the guideline's annex on security controls: what it asks for, in our words; "
                     "what answers it in this vault, with the settings in force at the time above; and what no "
                     "program can do. A dot marks how the program is made."));
  add_to_do (paper, &answer);
  add_items (paper, answers);
  paper_add_note (paper, _ ("This map is a working aid. It does not replace the guideline of the Personal Information "
                            "Protection Commission or the company's own judgement."));
  return company_paper_end (about, paper, _ ("Responsible person (責任者)"), error);
}
