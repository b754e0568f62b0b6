/* SPDX-License-Identifier: Apache-2.0 */
/* company-paper: drafts of 基本方針 and 取扱規程. They say what the vault does and whom it knows; the rest is the company's to decide. */
#include "config.h"

#include "company-paper-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "answer.h"
#include "paper-words.h"

/* An article: its text, then what the vault has to say to it. */
typedef struct
{
  const char *heading; /* untranslated */
  const char *text;    /* untranslated */
  void (*add) (const CompanyPaper *about, Paper *paper);
} Article;

static void
add_draft (Paper *paper)
{
  paper_add_banner (
      paper, _ ("DRAFT. Filled with what the vault has at the time above. It is for the company to check, complete "
                "and decide; it is no legal advice, and nothing is in force by being printed."));
}

/* @numbered: with the article's number and its heading */
static void
add_articles (const CompanyPaper *about, Paper *paper, const char *numbered, const Article *articles, guint n_articles)
{
  for (guint i = 0; i < n_articles; i++)
    {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      g_autofree char *heading = g_strdup_printf (numbered, i + 1, _ (articles[i].heading));
#pragma GCC diagnostic pop

      paper_add_heading (paper, heading);
      paper_add_text (paper, _ (articles[i].text));
      if (articles[i].add != NULL)
        articles[i].add (about, paper);
    }
}

/* --- what the vault has ---------------------------------------------------------------------------------------------- */

static void
add_purposes (const CompanyPaper *about, Paper *paper)
{
  company_paper_add_purposes (about, paper, FALSE);
}

static void
add_admins (const CompanyPaper *about, Paper *paper)
{
  company_paper_add_admins (about, paper);
}

static void
add_place (const CompanyPaper *about, Paper *paper)
{
  g_autofree char *place = company_paper_place (about);

  paper_add_text (paper, place);
  company_paper_add_backups (about, paper);
}

static void
add_log_in (const CompanyPaper *about, Paper *paper)
{
  const gboolean token = strcmp (answer_text (about->status, "token-policy"), "required") == 0;
  g_autofree char *text =
      g_strdup_printf (token ? _ ("At present: a PIN of at least %u characters and a token, %u wrong PINs lock, and "
                                  "whoever does nothing for %u "
                                  "minutes is logged out.")
                             : _ ("At present: a PIN of at least %u characters, %u wrong PINs lock, and whoever does "
                                  "nothing for %u minutes is "
                                  "logged out."),
                       answer_u32 (about->facts, "pin-least"), answer_u32 (about->facts, "pin-tries"),
                       answer_u32 (about->facts, "idle-minutes"));

  paper_add_text (paper, text);
}

static void
add_exports (const CompanyPaper *about, Paper *paper)
{
  paper_add_text (paper, strcmp (answer_text (about->status, "plain-exports"), "clerks") == 0
                             ? _ ("At present persons in charge, too, may export in the clear.")
                             : _ ("At present only a responsible person may export in the clear."));
}

static void
add_contact (const CompanyPaper *about, Paper *paper)
{
  g_autoptr (GVariant) admins = company_paper_rows (about, "admins");
  g_autofree char *chiefs = paper_words_admins (admins, "chief", "");
  const char *const facts[] = { _ ("Company"),
                                answer_text (about->status, "company"),
                                _ ("Responsible persons"),
                                chiefs,
                                _ ("Telephone, mail"),
                                " ",
                                NULL };

  paper_add_facts (paper, facts);
}

/* --- 基本方針 -------------------------------------------------------------------------------------------------------- */

static const Article policy[] = {
  { N_ ("Law"),
    N_ ("We keep the My Number Act, the Act on the Protection of Personal Information, and the guidelines of the "
        "Personal Information Protection Commission."),
    NULL },
  { N_ ("What we use My Numbers for"),
    N_ ("We ask for a My Number only for the work below, which laws have us do, and use it for nothing else."),
    add_purposes },
  { N_ ("How we protect them"),
    N_ ("Numbers are read at a kiosk without being typed or copied, and kept encrypted on one machine. Only the people "
        "whom we "
        "have named may use them; whatever is done with them is recorded, and the record shows if it is altered."),
    NULL },
  { N_ ("Handing over"),
    N_ ("We hand numbers over only where a law provides for it, above all to tax offices, municipalities, "
        "pension offices and employment security offices."),
    NULL },
  { N_ ("Keeping and disposal"),
    N_ ("We keep a number for as long as its work and the law ask for, then dispose of it without "
        "delay so that it cannot be brought back."),
    NULL },
  { N_ ("Entrusting others"),
    N_ ("Where we entrust the work to others, we choose them with care, agree in writing on how they "
        "protect the numbers, and supervise them."),
    NULL },
  { N_ ("People and improvement"),
    N_ ("We teach the people in charge, look at regular times at how numbers are handled, and "
        "improve what we find wanting."),
    NULL },
  { N_ ("Questions and complaints"), N_ ("Please turn to the following."), add_contact },
};

GBytes *
company_paper_make_policy (const CompanyPaper *about, GError **error)
{
  g_autoptr (Paper) paper =
      company_paper_begin (about, _ ("Basic policy on handling specific personal information (基本方針), draft"));
  /* Translators: the company's name */
  g_autofree char *intro =
      g_strdup_printf (_ ("%s handles My Numbers, and what personal information goes with them, by the "
                          "following policy."),
                       answer_text (about->status, "company"));

  add_draft (paper);
  paper_add_text (paper, intro);
  /* Translators: the number of a point and its heading */
  add_articles (about, paper, _ ("%u. %s"), policy, G_N_ELEMENTS (policy));
  return company_paper_end (about, paper, _ ("Representative (代表者)"), error);
}

/* --- 取扱規程 -------------------------------------------------------------------------------------------------------- */

static const Article rules[] = {
  { N_ ("What these rules are for"),
    N_ ("They say how the company handles My Numbers and what personal information goes with them (specific personal "
        "information), from taking a number in to disposing of it. Everybody who works for the company keeps them."),
    NULL },
  { N_ ("Work for which numbers are used"),
    N_ ("Numbers are used for the following work only, and kept for as long as stands beside it."), add_purposes },
  { N_ ("Who is responsible and who handles numbers"),
    N_ ("The responsible persons (責任者) see to it that these rules are kept, name the persons in charge "
        "(事務取扱担当者) and decide "
        "which departments and purposes each of them handles. Nobody else handles numbers. At present these are:"),
    add_admins },
  { N_ ("Taking in"),
    N_ ("Before a number is asked for, its purposes are shown and agreed to. The person, or somebody in charge in "
        "their "
        "presence, puts the card on the scanner of the kiosk; numbers are not written down, copied or sent by mail. "
        "Who does "
        "not agree is told what the law asks for, and that they were asked is recorded."),
    NULL },
  { N_ ("Confirming number and identity"),
    N_ ("The number is confirmed by a My Number card, a notification card whose entries are still right, or a resident "
        "record; "
        "a notice of the individual number is not accepted. Who it is, is confirmed by one document with a photo or "
        "two without, "
        "or by being known as an employee. How it was confirmed is recorded. Employees confirm their dependants; for a "
        "Category "
        "III insured spouse the company does so, with a letter of proxy."),
    NULL },
  { N_ ("Use"),
    N_ ("A number is used only for a purpose that its person agreed to. A single number is shown only when the work "
        "needs it, "
        "with the purpose recorded, and is not copied from the screen."),
    NULL },
  { N_ ("Keeping"),
    N_ ("Numbers are kept in the vault alone. Papers with numbers are locked away. The vault is backed up to the "
        "places below; at "
        "least one of them is away from the machine, and a backup is tried out every three months."),
    add_place },
  { N_ ("Handing over"),
    N_ ("Numbers leave the vault only as an export for a purpose and a destination, which are recorded. The file is "
        "encrypted; its "
        "passphrase is told by another way. When it was taken in it is deleted, and that is reported within seven "
        "days."),
    add_exports },
  { N_ ("Deletion and disposal"),
    N_ ("A number that need not be kept any more is disposed of within the business year. The responsible person "
        "decides it; the "
        "certificate that the vault makes is kept for seven years. Machines and media are disposed of only after their "
        "keys "
        "were destroyed or they were destroyed themselves."),
    NULL },
  { N_ ("Records and review"),
    N_ ("Whatever is done with numbers stands in the record of handling (取扱記録), which holds no numbers. The "
        "responsible person "
        "reviews it at least once a month and signs it off; it is handed out or printed every three months and kept "
        "apart from "
        "the machine for seven years."),
    NULL },
  { N_ ("Those who handle numbers"),
    N_ ("Persons in charge are taught when they are appointed and once a year, and sign a pledge of secrecy, which "
        "binds them "
        "after they have left too. Who breaks these rules is dealt with by the rules of employment."),
    NULL },
  { N_ ("Areas, machines and media"),
    N_ ("The kiosk stands where nobody can look on; the machine with the vault in a room that is locked, or tied down. "
        "Sticks, "
        "tokens and papers are locked away, and only taken out of the area for work that needs it, encrypted or "
        "sealed."),
    NULL },
  { N_ ("Log-in"),
    N_ ("Everybody logs in as themselves; PINs are told to nobody and tokens lent to nobody. Rights are taken away on "
        "the day on "
        "which they are no longer needed."),
    add_log_in },
  { N_ ("Leaks and other incidents"),
    N_ ("Who notices a leak, a loss, damage or an attempt at one tells the responsible person at once. They stop it, "
        "secure the "
        "record, find out whom it concerns and why it happened, report to the Personal Information Protection "
        "Commission and "
        "tell the people concerned where the law asks for it (first report promptly, within about three to five days; "
        "final "
        "report within 30 days, or 60 where somebody acted with wrongful intent), and see to it that it does not "
        "happen again."),
    NULL },
  { N_ ("Entrusting others"),
    N_ ("Work with numbers is entrusted only to whom protects them as well as the company would. Secrecy, no taking "
        "away, no other "
        "use, no passing on without leave, reports, return and certified deletion are agreed in writing, and checked "
        "once a year."),
    NULL },
  { N_ ("Audit and change"),
    N_ ("Somebody who does not handle numbers audits once a year whether these rules are kept. The rules are looked "
        "through after "
        "that, and when law or work change; the company decides each change."),
    NULL },
};

GBytes *
company_paper_make_rules (const CompanyPaper *about, GError **error)
{
  g_autoptr (Paper) paper =
      company_paper_begin (about, _ ("Rules for handling specific personal information (取扱規程), draft"));
  const char *const facts[] = { _ ("Company"), answer_text (about->status, "company"), _ ("In force from"), " ", NULL };

  add_draft (paper);
  paper_add_facts (paper, facts);
  /* Translators: an article's number and its heading */
  add_articles (about, paper, _ ("Article %u: %s"), rules, G_N_ELEMENTS (rules));
  return company_paper_end (about, paper, _ ("Representative (代表者)"), error);
}
