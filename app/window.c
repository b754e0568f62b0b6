/* SPDX-License-Identifier: Apache-2.0 */
/* KioskWindow: pages on one side, the visit on the other. */
#include "config.h"

#include "window.h"

#include <glib/gi18n.h>

#include "admin-mode.h"
#include "company-page.h"
#include "confirm-page.h"
#include "contractor-page.h"
#include "done-page.h"
#include "family-page.h"
#include "frames.h"
#include "identity-page.h"
#include "kiosk-frame.h"
#include "message-page.h"
#include "messages.h"
#include "pin-page.h"
#include "place-page.h"
#include "problem-page.h"
#include "purpose-page.h"
#include "purposes.h"
#include "row.h"
#include "scan-page.h"
#include "stack.h"
#include "welcome-page.h"
#include "who-page.h"
#include "admin-texts.h"
#include "window-words.h"

#define TICK_MS 200u
/* A vault's term may end in the night. */
#define LOOK_MS (10u * 60u * 1000u)
/* With several companies: the one that was chosen is left again when nobody begins. */
#define QUIET_MS 45000u
/* From this size on, everything is drawn larger; below this width a little smaller: an entry and its keys are some 48 em wide. */
#define LARGE_HEIGHT_PX 960
#define LARGE_WIDTH_PX 1024
#define NARROW_WIDTH_PX 900

struct _KioskWindow
{
  AdwApplicationWindow parent_instance;

  /* children */
  GtkWidget *banner;
  GtkStack *stack; /* "kiosk" | "admin" */
  UiKioskFrame *frame;
  UiAdminShell *shell;
  UiCompanyPage *company;
  UiWelcomePage *welcome;
  UiWhoPage *who;
  UiPinPage *attendant;
  UiContractorPage *contractor;
  UiIdentityPage *identity;
  UiPurposePage *purpose;
  UiPlacePage *place;
  UiScanPage *scan;
  UiProblemPage *problem;
  UiConfirmPage *confirm;
  UiFamilyPage *family;
  UiDonePage *done;
  UiPinPage *admin_pin;
  UiMessagePage *message;

  /* borrowed */
  const Settings *settings;

  /* owned */
  char *language;
  Services *services; /* both NULL while the kiosk cannot serve */
  Visit *visit;
  AdminMode *admin;
  guint tick_id;
  gint64 last_tick_us;

  gboolean is_several;
  gboolean was_visited, was_open; /* since the company was chosen */
  guint quiet_ms, looked_ms;
  guint leave_id;
  gboolean is_sealed;       /* a 責任者 may come in all the same */
  gboolean is_boot_changed; /* their PIN opens it */
};

G_DEFINE_FINAL_TYPE (KioskWindow, kiosk_window, ADW_TYPE_APPLICATION_WINDOW)

enum
{
  LANGUAGE,
  RETRY,
  COMPANY,
  LEAVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* A page that is on its way out can still be pressed. */
static gboolean
is_serving (KioskWindow *self)
{
  return self->visit != NULL;
}

/* --- what the visit says ------------------------------------------------------------------------------------------ */

static void
show_contractors (KioskWindow *self)
{
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);
  GPtrArray *contractors = visit_get_contractors (self->visit);

  for (guint i = 0; i < contractors->len; i++)
    {
      const VisitContractor *contractor = g_ptr_array_index (contractors, i);
      const char *tone, *badge = admin_texts_state (contractor->state, &tone);
      g_autofree char *subtitle =
          g_strdup_printf ("%s%s%s", contractor->code, *contractor->kana != '\0' ? " · " : "", contractor->kana);
      g_autoptr (UiRow) row = ui_row_new (contractor->id, contractor->name, subtitle, badge, tone, contractor->state);

      g_list_store_append (rows, row);
    }
  ui_contractor_page_set_rows (self->contractor, G_LIST_MODEL (rows));
}

static void
show_purposes (KioskWindow *self)
{
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();

  for (const Purpose *purpose = purposes_for_kind (visit_get_purpose_kind (self->visit)); purpose->code != NULL;
       purpose++)
    g_ptr_array_add (titles, (gpointer) _ (purpose->title));
  g_ptr_array_add (titles, NULL);
  ui_purpose_page_set_person (
      self->purpose, visit_get_person_name (self->visit), (const char *const *) titles->pdata,
      visit_is_attended (self->visit)
          ? _ ("It is used for nothing else, and destroyed when it is no longer needed.")
          : _ (
              "It is used for nothing else, and destroyed when it is no longer needed. You hand in the numbers of your "
              "dependants for the same tasks."),
      purposes_get_text_version ());
}

static void
show_place (KioskWindow *self)
{
  const VisitMember *subject = visit_get_subject (self->visit);
  g_autofree char *whose = NULL;

  if (subject == g_ptr_array_index (visit_get_members (self->visit), 0))
    {
      ui_place_page_set_whose (self->place, "");
      return;
    }
  /* Translators: whose card is to be scanned now; 1: name, 2: relationship */
  whose = g_strdup_printf (_ ("Now the card of %1$s (%2$s)"), subject->name, subject->relationship);
  ui_place_page_set_whose (self->place, whose);
}

static void
show_problem (KioskWindow *self)
{
  g_autofree char *named = NULL;
  const ReaderVerdict *verdict = visit_get_verdict (self->visit);
  const char *reason = visit_get_reason (self->visit);
  const char *what = _ ("The scanner did not finish"), *todo = messages_for_reason (reason);

  if (g_str_equal (reason, VISIT_REASON_NOT_SAVED))
    {
      what = _ ("Your number could not be stored");
      todo = _ ("Nothing was kept. Please try once more, or call the person in charge.");
    }
  else if (g_str_equal (reason, VISIT_REASON_DISK_FULL))
    {
      what = _ ("Your number could not be stored");
      todo = _ ("The kiosk's disk is full. Nothing was kept; please call the person in charge.");
    }
  else if (verdict != NULL && g_str_equal (verdict->verdict, "refused"))
    what = named = messages_for_refusal (reason, verdict->document);
  else if (verdict != NULL && g_str_equal (verdict->verdict, "doubtful"))
    what = _ ("We could not read it for certain");
  ui_problem_page_set_problem (self->problem, what, todo, window_words_scene (reason));
}

static void
show_reading (KioskWindow *self)
{
  const ReaderVerdict *verdict = visit_get_verdict (self->visit);

  ui_confirm_page_set_reading (self->confirm, verdict->strip_width_px, verdict->strip_height_px, verdict->strip,
                               verdict->number, messages_for_document (verdict->document));
}

/* The warning; in a demo also how much of a page was scanned, where that was not all of it. */
static void
show_banner (KioskWindow *self)
{
  const char *warning = _ ("For trying out: a software TPM holds the key. Do not use real numbers.");
  const ReaderVerdict *verdict = NULL;
  g_autofree char *early = NULL;
  g_autofree char *text = NULL;

  if (self->settings->demo && self->visit != NULL && visit_get_state (self->visit) == VISIT_CONFIRMING)
    verdict = visit_get_verdict (self->visit);
  if (verdict != NULL && verdict->rows < verdict->rows_total)
    early = g_strdup_printf (_ ("The scan ended early: %u %% of the page was enough."),
                             (guint) ((guint64) verdict->rows * 100 / verdict->rows_total));
  text = early != NULL ? g_strdup_printf ("%s  %s", warning, early) : g_strdup (warning);
  gtk_label_set_text (GTK_LABEL (self->banner), text);
}

static void
show_family (KioskWindow *self)
{
  g_autoptr (GListStore) rows = g_list_store_new (UI_TYPE_ROW);
  GPtrArray *members = visit_get_members (self->visit);

  for (guint i = 0; i < members->len; i++)
    {
      const VisitMember *member = g_ptr_array_index (members, i);
      gboolean in_custody = g_str_equal (member->state, "collected") || g_str_equal (member->state, "approved");
      g_autoptr (UiRow) row = ui_row_new (member->id, member->name, i == 0 ? _ ("Yourself") : member->relationship,
                                          in_custody ? _ ("In custody") : _ ("Not yet"), in_custody ? "good" : "wait",
                                          in_custody ? "closed" : "open");

      g_list_store_append (rows, row);
    }
  ui_family_page_set_rows (self->family, G_LIST_MODEL (rows));
}

static void
show_done (KioskWindow *self)
{
  if (visit_get_outcome (self->visit) == VISIT_OUTCOME_REFUSED)
    ui_done_page_set_outcome (self->done, _ ("Understood. Nothing was taken."),
                              _ ("It is noted that you were asked. You can come back at any time."), "call");
  else
    ui_done_page_set_outcome (self->done, _ ("Thank you. Your number is in custody."),
                              _ ("Please take your card with you. The picture of it is already gone."), "take-card");
}

static void
clear_all (KioskWindow *self)
{
  UiPage *pages[] = { UI_PAGE (self->welcome),    UI_PAGE (self->who),      UI_PAGE (self->attendant),
                      UI_PAGE (self->contractor), UI_PAGE (self->identity), UI_PAGE (self->purpose),
                      UI_PAGE (self->place),      UI_PAGE (self->scan),     UI_PAGE (self->problem),
                      UI_PAGE (self->confirm),    UI_PAGE (self->family),   UI_PAGE (self->done) };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    ui_page_clear (pages[i]);
}

/* Fills the page of the visit's state and tells its name. */
static const char *
fill_page (KioskWindow *self, const char *shown)
{
  g_autofree char *trouble = window_words_for_trouble (self->visit);
  gboolean busy = visit_is_busy (self->visit);

  switch (visit_get_state (self->visit))
    {
    case VISIT_WHO:
      ui_who_page_set_busy (self->who, busy);
      ui_who_page_set_message (self->who, trouble);
      return "who";
    case VISIT_ATTENDANT:
      ui_pin_page_set_texts (self->attendant, _ ("Please call an attendant"),
                             _ ("The attendant opens this page with their PIN and stays with you."));
      ui_pin_page_set_busy (self->attendant, busy);
      ui_pin_page_set_message (self->attendant, trouble);
      return "attendant";
    case VISIT_CONTRACTOR:
      if (g_strcmp0 (shown, "contractor") != 0)
        show_contractors (self);
      ui_contractor_page_set_busy (self->contractor, busy);
      ui_contractor_page_set_message (self->contractor, trouble);
      return "contractor";
    case VISIT_IDENTITY:
      ui_identity_page_set_busy (self->identity, busy);
      ui_identity_page_set_message (self->identity, trouble);
      return "identity";
    case VISIT_PURPOSE:
      show_purposes (self);
      return "purpose";
    case VISIT_PLACING:
      show_place (self);
      return "place";
    case VISIT_SCANNING:
      return "scan";
    case VISIT_PROBLEM:
      show_problem (self);
      return "problem";
    case VISIT_CONFIRMING:
      show_reading (self);
      ui_confirm_page_set_busy (self->confirm, FALSE);
      return "confirm";
    case VISIT_SAVING:
      ui_confirm_page_set_busy (self->confirm, TRUE);
      return "confirm";
    case VISIT_FAMILY:
      show_family (self);
      return "family";
    case VISIT_DONE:
      show_done (self);
      return "done";
    case VISIT_IDLE:
    default:
      return "welcome";
    }
}

static gboolean
leave_cb (gpointer data)
{
  KioskWindow *self = data;

  self->leave_id = 0;
  g_signal_emit (self, signals[LEAVE], 0);
  return G_SOURCE_REMOVE;
}

/* Not from within the visit or the admin mode, which go away with it. */
static void
leave (KioskWindow *self)
{
  if (self->is_several && self->leave_id == 0)
    self->leave_id = g_idle_add_full (G_PRIORITY_DEFAULT, leave_cb, self, NULL);
}

static void
visit_changed_cb (KioskWindow *self)
{
  const char *page = fill_page (self, ui_kiosk_frame_get_page (self->frame));

  if (visit_get_state (self->visit) != VISIT_IDLE)
    self->was_visited = TRUE;
  else if (self->was_visited && self->is_several)
    {
      clear_all (self);
      leave (self);
      return;
    }
  ui_kiosk_frame_show_page (self->frame, page, TRUE);
  if (visit_get_state (self->visit) == VISIT_IDLE)
    clear_all (self);
  show_banner (self);
  ui_kiosk_frame_set_buttons (self->frame, visit_can_go_back (self->visit), visit_can_cancel (self->visit));
  ui_kiosk_frame_set_waiting (self->frame,
                              visit_is_busy (self->visit) || visit_get_state (self->visit) == VISIT_SAVING);
}

static void
countdown_cb (KioskWindow *self, int seconds)
{
  ui_kiosk_frame_set_countdown (self->frame, seconds);
}

static void
progress_cb (KioskWindow *self, guint rows, guint rows_total)
{
  visit_touch (self->visit);
  ui_scan_page_set_progress (self->scan, rows, rows_total);
}

static void
preview_cb (KioskWindow *self, guint width_px, guint height_px, guint first_row, guint n_rows, GBytes *samples)
{
  if (visit_get_state (self->visit) == VISIT_SCANNING)
    ui_scan_page_add_rows (self->scan, width_px, height_px, first_row, n_rows, samples);
}

/* --- what the person does ----------------------------------------------------------------------------------------- */

static void
employee_cb (KioskWindow *self)
{
  if (is_serving (self))
    visit_start (self->visit, FALSE);
}

static void
contractor_cb (KioskWindow *self)
{
  if (is_serving (self))
    visit_start (self->visit, TRUE);
}

static void
identified_cb (KioskWindow *self, const char *code, const char *birth_date)
{
  if (is_serving (self))
    visit_identify (self->visit, code, birth_date);
}

static void
pin_cb (KioskWindow *self, const char *name, const char *pin)
{
  if (is_serving (self))
    visit_login (self->visit, name, pin);
}

static void
chosen_cb (KioskWindow *self, const char *id)
{
  if (is_serving (self))
    visit_choose (self->visit, id);
}

static void
added_cb (KioskWindow *self, const char *name, const char *kana, const char *birth_date)
{
  if (is_serving (self))
    visit_add (self->visit, name, kana, birth_date);
}

static void
confirmed_cb (KioskWindow *self, const char *identity)
{
  if (is_serving (self))
    visit_confirm_identity (self->visit, identity);
}

static void
agreed_cb (KioskWindow *self)
{
  if (is_serving (self))
    visit_agree (self->visit, self->language);
}

static void
refused_cb (KioskWindow *self)
{
  if (is_serving (self))
    visit_refuse (self->visit);
}

static void
scan_cb (KioskWindow *self)
{
  if (is_serving (self))
    visit_scan (self->visit);
}

static void
again_cb (KioskWindow *self)
{
  if (is_serving (self))
    visit_again (self->visit);
}

static void
accepted_cb (KioskWindow *self)
{
  if (is_serving (self))
    visit_accept (self->visit);
}

static void
next_member_cb (KioskWindow *self, guint member)
{
  if (is_serving (self))
    visit_next_member (self->visit, member);
}

static void
finished_cb (KioskWindow *self)
{
  if (is_serving (self))
    visit_finish (self->visit);
}

static void
back_cb (KioskWindow *self)
{
  if (admin_mode_get_state (self->admin) == ADMIN_MODE_ASKING)
    admin_mode_close (self->admin);
  else if (is_serving (self) && visit_get_state (self->visit) != VISIT_IDLE)
    {
      /* back from the first page is not the end of a visit */
      self->was_visited = FALSE;
      visit_back (self->visit);
    }
  else
    leave (self);
}

static void
cancel_cb (KioskWindow *self)
{
  if (admin_mode_get_state (self->admin) == ADMIN_MODE_ASKING)
    admin_mode_close (self->admin);
  else if (is_serving (self) && visit_get_state (self->visit) != VISIT_IDLE)
    visit_cancel (self->visit);
  else if (g_strcmp0 (ui_kiosk_frame_get_page (self->frame), "company") != 0)
    leave (self);
}

static void
admin_cb (KioskWindow *self)
{
  if (self->is_boot_changed)
    admin_mode_ask_boot (self->admin);
  else if (self->is_sealed)
    admin_mode_ask (self->admin);
  if (is_serving (self) && visit_get_state (self->visit) == VISIT_IDLE)
    admin_mode_ask (self->admin);
}

static void
language_cb (KioskWindow *self, const char *code)
{
  g_signal_emit (self, signals[LANGUAGE], 0, code);
}

static void
retry_cb (KioskWindow *self)
{
  g_signal_emit (self, signals[RETRY], 0);
}

static void
company_cb (KioskWindow *self, const char *id)
{
  g_signal_emit (self, signals[COMPANY], 0, id);
}

static void
admin_changed_cb (KioskWindow *self)
{
  AdminModeState state = admin_mode_get_state (self->admin);
  gboolean was_open = self->was_open;

  self->was_open = state == ADMIN_MODE_OPEN;

  ui_stack_show (self->stack, state == ADMIN_MODE_OPEN ? "admin" : "kiosk");
  if (state == ADMIN_MODE_ASKING)
    {
      ui_kiosk_frame_show_page (self->frame, "admin-pin", TRUE);
      ui_kiosk_frame_set_buttons (self->frame, TRUE, FALSE);
    }
  else if (state == ADMIN_MODE_CLOSED && is_serving (self))
    {
      visit_changed_cb (self);
      if (was_open)
        leave (self);
    }
  else if (state == ADMIN_MODE_CLOSED && (self->is_sealed || self->is_boot_changed))
    g_signal_emit (self, signals[RETRY], 0); /* it may be open by now */
}

static void
admin_waiting_cb (KioskWindow *self, gboolean waiting)
{
  gboolean is_open = admin_mode_get_state (self->admin) == ADMIN_MODE_OPEN;

  ui_admin_shell_set_waiting (self->shell, waiting && is_open);
  ui_kiosk_frame_set_waiting (self->frame, waiting && !is_open);
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  KioskWindow *self = KIOSK_WINDOW (widget);

  if (!ui_kiosk_frame_close_help (self->frame) && admin_mode_get_state (self->admin) != ADMIN_MODE_OPEN)
    cancel_cb (self);
  return TRUE;
}

static gboolean
event_cb (KioskWindow *self, GdkEvent *event)
{
  switch (gdk_event_get_event_type (event))
    {
    case GDK_BUTTON_PRESS:
    case GDK_TOUCH_BEGIN:
    case GDK_KEY_PRESS:
    case GDK_SCROLL:
    case GDK_MOTION_NOTIFY:
      self->quiet_ms = 0;
      admin_mode_touch (self->admin);
      if (is_serving (self))
        visit_touch (self->visit);
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

/* A company that was chosen and then left alone is nobody's choice any more; nor is what was searched for. */
static void
advance_choice (KioskWindow *self, guint elapsed_ms)
{
  gboolean is_busy = admin_mode_get_state (self->admin) != ADMIN_MODE_CLOSED
                     || (is_serving (self) && visit_get_state (self->visit) != VISIT_IDLE);

  self->quiet_ms = is_busy || !self->is_several ? 0 : self->quiet_ms + elapsed_ms;
  if (self->quiet_ms < QUIET_MS * self->settings->timeout_scale)
    return;
  self->quiet_ms = 0;
  if (g_strcmp0 (ui_kiosk_frame_get_page (self->frame), "company") == 0)
    ui_page_clear (UI_PAGE (self->company));
  else
    leave (self);
}

static void status_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
look_again (KioskWindow *self, guint elapsed_ms)
{
  self->looked_ms += elapsed_ms;
  if (self->looked_ms < LOOK_MS || visit_get_state (self->visit) != VISIT_IDLE)
    return;
  self->looked_ms = 0;
  azukari_vault1_call_get_status (services_get_vault (self->services), NULL, status_cb, g_object_ref (self));
}

static gboolean
tick_cb (gpointer data)
{
  KioskWindow *self = data;
  gint64 now_us = g_get_monotonic_time ();
  guint elapsed_ms = (guint) MIN ((now_us - self->last_tick_us) / 1000, G_MAXINT);

  self->last_tick_us = now_us;
  admin_mode_advance (self->admin, elapsed_ms);
  if (is_serving (self))
    {
      visit_advance (self->visit, elapsed_ms);
      look_again (self, elapsed_ms);
    }
  advance_choice (self, elapsed_ms);
  return G_SOURCE_CONTINUE;
}

/* --- building ----------------------------------------------------------------------------------------------------- */

static gpointer
add_page (KioskWindow *self, const char *name, GType type)
{
  UiPage *page = g_object_new (type, NULL);

  ui_kiosk_frame_add_page (self->frame, name, page);
  return page;
}

static void
connect (KioskWindow *self, gpointer page, const char *signal, GCallback callback)
{
  g_signal_connect_object (page, signal, callback, self, G_CONNECT_SWAPPED);
}

static void
add_pages (KioskWindow *self)
{
  self->message = add_page (self, "message", UI_TYPE_MESSAGE_PAGE);
  connect (self, self->message, "retry", G_CALLBACK (retry_cb));
  self->company = add_page (self, "company", UI_TYPE_COMPANY_PAGE);
  connect (self, self->company, "chosen", G_CALLBACK (company_cb));
  connect (self, self->company, "language", G_CALLBACK (language_cb));
  connect (self, self->message, "admin", G_CALLBACK (admin_cb));
  self->welcome = add_page (self, "welcome", UI_TYPE_WELCOME_PAGE);
  connect (self, self->welcome, "leave", G_CALLBACK (leave));
  connect (self, self->welcome, "employee", G_CALLBACK (employee_cb));
  connect (self, self->welcome, "contractor", G_CALLBACK (contractor_cb));
  connect (self, self->welcome, "admin", G_CALLBACK (admin_cb));
  connect (self, self->welcome, "language", G_CALLBACK (language_cb));
  self->who = add_page (self, "who", UI_TYPE_WHO_PAGE);
  connect (self, self->who, "identified", G_CALLBACK (identified_cb));
  self->attendant = add_page (self, "attendant", UI_TYPE_PIN_PAGE);
  connect (self, self->attendant, "entered", G_CALLBACK (pin_cb));
  self->contractor = add_page (self, "contractor", UI_TYPE_CONTRACTOR_PAGE);
  connect (self, self->contractor, "chosen", G_CALLBACK (chosen_cb));
  connect (self, self->contractor, "added", G_CALLBACK (added_cb));
  self->identity = add_page (self, "identity", UI_TYPE_IDENTITY_PAGE);
  connect (self, self->identity, "confirmed", G_CALLBACK (confirmed_cb));
  self->purpose = add_page (self, "purpose", UI_TYPE_PURPOSE_PAGE);
  connect (self, self->purpose, "agreed", G_CALLBACK (agreed_cb));
  connect (self, self->purpose, "refused", G_CALLBACK (refused_cb));
  self->place = add_page (self, "place", UI_TYPE_PLACE_PAGE);
  connect (self, self->place, "scan", G_CALLBACK (scan_cb));
  self->scan = add_page (self, "scan", UI_TYPE_SCAN_PAGE);
  connect (self, self->scan, "stop", G_CALLBACK (back_cb));
  self->problem = add_page (self, "problem", UI_TYPE_PROBLEM_PAGE);
  connect (self, self->problem, "retry", G_CALLBACK (again_cb));
  self->confirm = add_page (self, "confirm", UI_TYPE_CONFIRM_PAGE);
  connect (self, self->confirm, "accepted", G_CALLBACK (accepted_cb));
  connect (self, self->confirm, "again", G_CALLBACK (again_cb));
  self->family = add_page (self, "family", UI_TYPE_FAMILY_PAGE);
  connect (self, self->family, "chosen", G_CALLBACK (next_member_cb));
  connect (self, self->family, "finished", G_CALLBACK (finished_cb));
  self->done = add_page (self, "done", UI_TYPE_DONE_PAGE);
  connect (self, self->done, "closed", G_CALLBACK (cancel_cb));
  self->admin_pin = add_page (self, "admin-pin", UI_TYPE_PIN_PAGE);
  g_object_set (self->admin_pin, "step", 0, NULL);
}

static void
make_admin (KioskWindow *self)
{
  self->shell = g_object_new (UI_TYPE_ADMIN_SHELL, NULL);
  ui_stack_add (self->stack, GTK_WIDGET (self->shell), "admin");
  self->admin = admin_mode_new (self->settings, self->admin_pin, self->shell);
  connect (self, self->admin, "changed", G_CALLBACK (admin_changed_cb));
  connect (self, self->admin, "waiting", G_CALLBACK (admin_waiting_cb));
  connect (self, self->admin, "countdown", G_CALLBACK (countdown_cb));
}

static void
build (KioskWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  if (!self->settings->kiosk)
    {
      GtkWidget *header = adw_header_bar_new ();

      gtk_widget_add_css_class (header, "flat");
      gtk_box_append (GTK_BOX (box), header);
    }
  self->banner = gtk_label_new (NULL);
  show_banner (self);
  gtk_label_set_ellipsize (GTK_LABEL (self->banner), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->banner, "demo-banner");
  gtk_widget_set_visible (self->banner, self->settings->demo);
  gtk_box_append (GTK_BOX (box), self->banner);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  self->frame = g_object_new (UI_TYPE_KIOSK_FRAME, NULL);
  ui_stack_add (self->stack, GTK_WIDGET (self->frame), "kiosk");
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), box);
  add_pages (self);
  ui_welcome_page_set_language (self->welcome, self->language);
  ui_company_page_set_language (self->company, self->language);
  connect (self, self->frame, "back", G_CALLBACK (back_cb));
  connect (self, self->frame, "cancel", G_CALLBACK (cancel_cb));
  make_admin (self);
}

/* The whole screen in kiosk mode, also where no window manager listens to gtk_window_fullscreen (). */
static void
fit_screen (KioskWindow *self)
{
  GListModel *monitors = gdk_display_get_monitors (gtk_widget_get_display (GTK_WIDGET (self)));
  g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, 0);
  GdkRectangle area = { 0, 0, 1280, 800 };

  if (monitor != NULL)
    gdk_monitor_get_geometry (monitor, &area);
  if (!self->settings->kiosk)
    {
      gtk_window_set_default_size (GTK_WINDOW (self), MIN (1280, area.width), MIN (800, area.height));
      return;
    }
  gtk_window_set_default_size (GTK_WINDOW (self), area.width, area.height);
  gtk_widget_add_css_class (GTK_WIDGET (self), "kiosk");
  gtk_window_fullscreen (GTK_WINDOW (self));
  if (area.width < NARROW_WIDTH_PX)
    gtk_widget_add_css_class (GTK_WIDGET (self), "narrow");
  else if (area.height >= LARGE_HEIGHT_PX && area.width >= LARGE_WIDTH_PX)
    gtk_widget_add_css_class (GTK_WIDGET (self), "large");
}

static void
stop_serving (KioskWindow *self)
{
  if (self->visit != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->visit, self);
      g_signal_handlers_disconnect_by_data (self->services, self);
    }
  g_clear_object (&self->visit);
  g_clear_object (&self->services);
  self->is_sealed = self->is_boot_changed = FALSE;
}

static void
kiosk_window_dispose (GObject *object)
{
  KioskWindow *self = KIOSK_WINDOW (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->leave_id, g_source_remove);
  stop_serving (self);
  g_clear_object (&self->admin);
  G_OBJECT_CLASS (kiosk_window_parent_class)->dispose (object);
}

static void
kiosk_window_finalize (GObject *object)
{
  g_free (KIOSK_WINDOW (object)->language);
  G_OBJECT_CLASS (kiosk_window_parent_class)->finalize (object);
}

static void
kiosk_window_class_init (KioskWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = kiosk_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = kiosk_window_finalize;
  gtk_widget_class_add_binding (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, escape_cb, NULL);
  signals[LANGUAGE] = g_signal_new ("language", KIOSK_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                    1, G_TYPE_STRING);
  signals[RETRY] = g_signal_new ("retry", KIOSK_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COMPANY] = g_signal_new ("company", KIOSK_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_STRING);
  signals[LEAVE] = g_signal_new ("leave", KIOSK_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
kiosk_window_init (KioskWindow *self)
{
  GtkEventController *controller = gtk_event_controller_legacy_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_object (controller, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
  gtk_widget_add_css_class (GTK_WIDGET (self), "azukari");
  self->last_tick_us = g_get_monotonic_time ();
  self->tick_id = g_timeout_add (TICK_MS, tick_cb, self);
}

KioskWindow *
kiosk_window_new (AdwApplication *application, const Settings *settings, const char *language)
{
  KioskWindow *self = g_object_new (KIOSK_TYPE_WINDOW, "application", application, "title", _ ("Azukari"), NULL);

  self->settings = settings;
  self->language = g_strdup (language);
  build (self);
  fit_screen (self);
  return self;
}

void
kiosk_window_set_waiting (KioskWindow *self)
{
  g_return_if_fail (KIOSK_IS_WINDOW (self));

  stop_serving (self);
  show_banner (self);
  ui_message_page_set_waiting (self->message, TRUE);
  self->quiet_ms = 0;
  ui_kiosk_frame_set_buttons (self->frame, self->is_several, FALSE);
  ui_kiosk_frame_show_page (self->frame, "message", TRUE);
}

static void
show_message (KioskWindow *self, const char *title, const char *what, const char *todo)
{
  stop_serving (self);
  show_banner (self);
  clear_all (self);
  ui_message_page_set_message (self->message, title, what, todo);
  ui_kiosk_frame_set_buttons (self->frame, self->is_several, FALSE);
  ui_kiosk_frame_show_page (self->frame, "message", TRUE);
}

void
kiosk_window_set_broken (KioskWindow *self, const char *title, const char *what, const char *todo)
{
  g_return_if_fail (KIOSK_IS_WINDOW (self));

  show_message (self, title, what, todo);
  admin_mode_close (self->admin);
  ui_page_focus (UI_PAGE (self->message));
}

static void
show_places (KioskWindow *self, guint n)
{
  g_auto (GStrv) names = window_words_for_places (n);

  ui_pin_page_set_names (self->admin_pin, (const char *const *) names);
}

static void
show_admins (KioskWindow *self, GVariant *status)
{
  g_autofree const char **names = NULL;

  if (!g_variant_lookup (status, "admins", "^a&s", &names))
    return;
  ui_pin_page_set_names (self->attendant, names);
  ui_pin_page_set_names (self->admin_pin, names);
}

/* Said before the next try, to whoever stands there then: the tries are everybody's. */
static void
show_tries (KioskWindow *self, GVariant *status)
{
  g_autofree char *hint = NULL;

  if (!window_words_for_tries (status, &hint))
    return;
  ui_pin_page_set_hint (self->attendant, hint);
  ui_pin_page_set_hint (self->admin_pin, hint);
}

static void
show_notice (KioskWindow *self, GVariant *status)
{
  g_autofree char *notice = window_words_for_notice (status);

  ui_welcome_page_set_notice (self->welcome, notice);
}

static void
status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (KioskWindow) self = data;
  g_autoptr (GVariant) status = NULL;

  /* without an answer the pages keep whom they knew; the vault says who may log in. A vault that is no longer served tells nothing. */
  if (azukari_vault1_call_get_status_finish (AZUKARI_VAULT1 (source), &status, result, NULL) && is_serving (self)
      && services_get_vault (self->services) == AZUKARI_VAULT1 (source))
    {
      const char *state = "";

      g_variant_lookup (status, "state", "&s", &state);
      /* A check of everything may have closed it. */
      if (is_serving (self) && !g_str_equal (state, "open"))
        {
          g_signal_emit (self, signals[RETRY], 0);
          return;
        }
      show_admins (self, status);
      show_tries (self, status);
      show_notice (self, status);
    }
}

static void
vault_changed_cb (AzukariVault1 *vault, const char *what, gpointer data)
{
  static const char *const shown[] = { "admins", "tries", "term", "machines", "session", NULL };

  if (g_strv_contains (shown, what))
    azukari_vault1_call_get_status (vault, NULL, status_cb, g_object_ref (KIOSK_WINDOW (data)));
}

void
kiosk_window_set_vault (KioskWindow *self, AzukariVault1 *vault, GVariant *status)
{
  const char *company = "";
  gboolean software_tpm = FALSE;

  g_return_if_fail (KIOSK_IS_WINDOW (self));

  stop_serving (self);
  g_variant_lookup (status, "company", "&s", &company);
  g_variant_lookup (status, "software-tpm", "b", &software_tpm);
  ui_kiosk_frame_set_company (self->frame, company);
  ui_welcome_page_set_company (self->welcome, self->is_several ? company : NULL);
  self->was_visited = FALSE;
  gtk_widget_set_visible (self->banner, software_tpm || self->settings->demo);
  show_admins (self, status);
  show_tries (self, status);
  show_notice (self, status);
  self->looked_ms = 0;
  g_signal_connect_object (vault, "changed", G_CALLBACK (vault_changed_cb), self, 0);
  self->services = services_new (self->settings, vault);
  self->visit = visit_new (services_get_table (), self->services, self->settings->timeout_scale);
  connect (self, self->services, "progress", G_CALLBACK (progress_cb));
  connect (self, self->services, "preview", G_CALLBACK (preview_cb));
  connect (self, self->visit, "changed", G_CALLBACK (visit_changed_cb));
  connect (self, self->visit, "countdown", G_CALLBACK (countdown_cb));
  visit_changed_cb (self);
}

void
kiosk_window_set_several (KioskWindow *self, gboolean several)
{
  g_return_if_fail (KIOSK_IS_WINDOW (self));

  self->is_several = several;
  if (several)
    gtk_widget_add_css_class (GTK_WIDGET (self), "several");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "several");
}

void
kiosk_window_renew (KioskWindow *self)
{
  GtkWidget *old = GTK_WIDGET (self->shell);

  g_return_if_fail (KIOSK_IS_WINDOW (self));

  admin_mode_close (self->admin);
  g_signal_handlers_disconnect_by_data (self->admin, self);
  g_clear_object (&self->admin);
  ui_stack_show (self->stack, "kiosk");
  gtk_stack_remove (self->stack, old);
  make_admin (self);
}

void
kiosk_window_set_choice (KioskWindow *self, GListModel *rows)
{
  const char *const nobody[] = { NULL };

  g_return_if_fail (KIOSK_IS_WINDOW (self));

  stop_serving (self);
  admin_mode_close (self->admin);
  clear_all (self);
  ui_page_clear (UI_PAGE (self->admin_pin));
  ui_pin_page_set_names (self->attendant, nobody);
  ui_pin_page_set_names (self->admin_pin, nobody);
  ui_pin_page_set_hint (self->attendant, NULL);
  ui_pin_page_set_hint (self->admin_pin, NULL);
  ui_message_page_set_message (self->message, "", "", "");
  ui_kiosk_frame_set_company (self->frame, "");
  ui_welcome_page_set_company (self->welcome, NULL);
  ui_welcome_page_set_notice (self->welcome, NULL);
  gtk_widget_set_visible (self->banner, self->settings->demo);
  show_banner (self);
  ui_company_page_set_rows (self->company, rows);
  self->quiet_ms = 0;
  ui_kiosk_frame_set_countdown (self->frame, -1);
  ui_kiosk_frame_set_waiting (self->frame, FALSE);
  ui_kiosk_frame_set_buttons (self->frame, FALSE, FALSE);
  ui_kiosk_frame_show_page (self->frame, "company", TRUE);
}

void
kiosk_window_set_sealed (KioskWindow *self, GVariant *status, const char *title, const char *what, const char *todo)
{
  const char *reason = "";
  g_autofree const char **admins = NULL;

  g_return_if_fail (KIOSK_IS_WINDOW (self));

  /* Asked again from time to time: who is at the door or in stays there. */
  if (admin_mode_get_state (self->admin) != ADMIN_MODE_CLOSED && (self->is_sealed || self->is_boot_changed))
    return;
  /* It closed while somebody was in: they see at once what was found. */
  if (admin_mode_get_state (self->admin) == ADMIN_MODE_OPEN)
    {
      show_message (self, title, what, todo);
      admin_mode_look (self->admin);
    }
  else
    kiosk_window_set_broken (self, title, what, todo);
  (void) g_variant_lookup (status, "reason", "&s", &reason);
  self->is_boot_changed = g_str_equal (reason, "BootChanged");
  self->is_sealed = !self->is_boot_changed;
  if (self->is_sealed)
    show_admins (self, status);
  else if (g_variant_lookup (status, "admins", "^a&s", &admins))
    show_places (self, g_strv_length ((char **) admins));
  show_tries (self, status);
  ui_message_page_set_admin (self->message, TRUE);
}
