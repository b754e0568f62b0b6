/* SPDX-License-Identifier: Apache-2.0 */
/* UiExportView: a form, and what came of it. */
#include "export-view.h"

#include <glib/gi18n.h>

#include "drop-down.h"
#include "passphrase-view.h"
#include "stack.h"

struct _UiExportView
{
  AdwBin parent_instance;

  /* template children */
  GtkDropDown *format;
  GtkLabel *verified;
  GtkDropDown *purpose;
  GtkWidget *kind_label;
  GtkDropDown *kind;
  GtkWidget *source_label;
  GtkButton *source;
  GtkEditable *destination;
  GtkButton *choose;
  GtkStack *stack;
  GtkSwitch *masked;
  GtkWidget *plain_label;
  GtkSwitch *plain;
  GtkLabel *note;
  GtkLabel *overdue;
  GtkWidget *handed_over;
  UiHandedView *handed;
  UiQuestionView *question;
  UiPassphraseView *passphrase;
  GtkWidget *export;
  GtkLabel *result;

  /* owned: codes, and what goes with them, in the order of the choices */
  char **formats;
  char **format_notes;
  gboolean *format_merges;
  char **purposes;
  char **purpose_kinds;

  gboolean has_folder;
  gboolean has_source;
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (UiExportView, ui_export_view, ADW_TYPE_BIN)

enum
{
  CHOOSE_FOLDER,
  CHOOSE_SOURCE,
  EXPORT,
  DECIDED,
  HANDED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* In the order of the template's choices. */
static const char *const kinds[] = { "employee", "contractor", "all" };

static void
update (UiExportView *self)
{
  gtk_widget_set_sensitive (self->export, !self->busy && self->has_folder && self->formats != NULL
                                              && self->formats[0] != NULL
                                              && (self->has_source || !ui_export_view_get_merges (self))
                                              && *gtk_editable_get_text (self->destination) != '\0');
}

static void
changed_cb (UiExportView *self)
{
  update (self);
}

/* The chosen one of @texts, which stand in the order of the choices; NULL while there is none. */
static const char *
get_chosen (GtkDropDown *drop_down, char **texts)
{
  guint place = gtk_drop_down_get_selected (drop_down);

  return texts != NULL && place < g_strv_length (texts) ? texts[place] : NULL;
}

static void
format_selected_cb (UiExportView *self)
{
  const char *note = get_chosen (self->format, self->format_notes);

  const gboolean merges = ui_export_view_get_merges (self);

  gtk_label_set_text (self->verified, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->verified), note != NULL && *note != '\0');
  /* Whose numbers are needed then stands in the file. */
  gtk_widget_set_visible (self->kind_label, !merges);
  gtk_widget_set_visible (GTK_WIDGET (self->kind), !merges);
  gtk_widget_set_visible (self->source_label, merges);
  gtk_widget_set_visible (GTK_WIDGET (self->source), merges);
  update (self);
}

/* A purpose belongs to one kind of people; who is exported follows it until chosen otherwise. */
static void
purpose_selected_cb (UiExportView *self)
{
  const char *kind = get_chosen (self->purpose, self->purpose_kinds);

  for (guint i = 0; kind != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i], kind))
      gtk_drop_down_set_selected (self->kind, i);
}

static gboolean
is_plain (UiExportView *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->plain)) && gtk_switch_get_active (self->plain)
         && !gtk_switch_get_active (self->masked);
}

/* What the file will be, and what that means. */
static void
container_cb (UiExportView *self)
{
  const gboolean masked = gtk_switch_get_active (self->masked), plain = is_plain (self);

  gtk_widget_set_sensitive (GTK_WIDGET (self->plain), !masked);
  gtk_label_set_text (
      self->note,
      masked ? _ ("A masked trial holds no numbers, but names: delete it afterwards.")
      : plain
          ? _ ("Whoever finds the file reads the numbers, and the record will say that it was in the clear. Hand it "
               "over at once and delete it afterwards.")
          : _ ("The file is a zip with a passphrase, which is shown once when it is written. Delete it where it was "
               "taken in."));
  if (plain)
    gtk_widget_add_css_class (GTK_WIDGET (self->note), "alarm");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->note), "alarm");
}

static void
passphrase_done_cb (UiExportView *self)
{
  ui_export_view_forget_passphrase (self);
  gtk_widget_grab_focus (self->export);
}

static void
choose_clicked_cb (UiExportView *self)
{
  g_signal_emit (self, signals[CHOOSE_FOLDER], 0);
}

static void
source_clicked_cb (UiExportView *self)
{
  g_signal_emit (self, signals[CHOOSE_SOURCE], 0);
}

static void
question_back_cb (UiExportView *self)
{
  ui_export_view_show_form (self);
  gtk_widget_grab_focus (self->export);
}

static void
handed_clicked_cb (UiExportView *self)
{
  ui_stack_show (self->stack, "handed");
  (void) gtk_widget_child_focus (GTK_WIDGET (self->handed), GTK_DIR_TAB_FORWARD);
  g_signal_emit (self, signals[HANDED], 0);
}

static void
handed_back_cb (UiExportView *self)
{
  ui_export_view_show_form (self);
  gtk_widget_grab_focus (self->handed_over);
}

static void
question_go_cb (UiExportView *self)
{
  ui_export_view_show_form (self);
  g_signal_emit (self, signals[DECIDED], 0);
}

static void
export_clicked_cb (UiExportView *self)
{
  g_signal_emit (self, signals[EXPORT], 0, self->formats[gtk_drop_down_get_selected (self->format)],
                 self->purposes[gtk_drop_down_get_selected (self->purpose)],
                 kinds[gtk_drop_down_get_selected (self->kind)], gtk_editable_get_text (self->destination),
                 gtk_switch_get_active (self->masked), is_plain (self));
}

static void
ui_export_view_finalize (GObject *object)
{
  UiExportView *self = UI_EXPORT_VIEW (object);

  g_strfreev (self->formats);
  g_strfreev (self->format_notes);
  g_free (self->format_merges);
  g_strfreev (self->purposes);
  g_strfreev (self->purpose_kinds);
  G_OBJECT_CLASS (ui_export_view_parent_class)->finalize (object);
}

static void
keep (char ***kept, const char *const *texts)
{
  g_strfreev (*kept);
  *kept = g_strdupv ((char **) texts);
}

static void
set_choices (GtkDropDown *drop_down, const char *const *titles)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (titles);

  gtk_drop_down_set_model (drop_down, G_LIST_MODEL (list));
}

static void
ui_export_view_dispose (GObject *object)
{
  /* The stack is both the bin's child and a child of the template, which would free it without telling the bin. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_EXPORT_VIEW);
  G_OBJECT_CLASS (ui_export_view_parent_class)->dispose (object);
}

static void
ui_export_view_class_init (UiExportViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (UI_TYPE_PASSPHRASE_VIEW);
  g_type_ensure (UI_TYPE_QUESTION_VIEW);
  g_type_ensure (UI_TYPE_HANDED_VIEW);
  G_OBJECT_CLASS (klass)->dispose = ui_export_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_export_view_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/admin/export-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiExportView, format);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, verified);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, purpose);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, kind_label);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, kind);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, source_label);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, source);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, overdue);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, handed_over);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, handed);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, question);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, destination);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, choose);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, stack);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, masked);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, plain_label);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, plain);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, note);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, passphrase);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, export);
  gtk_widget_class_bind_template_child (widget_class, UiExportView, result);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, format_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, purpose_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, container_cb);
  gtk_widget_class_bind_template_callback (widget_class, passphrase_done_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, source_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, handed_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, handed_back_cb);
  gtk_widget_class_bind_template_callback (widget_class, question_back_cb);
  gtk_widget_class_bind_template_callback (widget_class, question_go_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_clicked_cb);
  signals[CHOOSE_FOLDER] =
      g_signal_new ("choose-folder", UI_TYPE_EXPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHOOSE_SOURCE] =
      g_signal_new ("choose-source", UI_TYPE_EXPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DECIDED] =
      g_signal_new ("decided", UI_TYPE_EXPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[HANDED] =
      g_signal_new ("handed", UI_TYPE_EXPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[EXPORT] =
      g_signal_new ("export", UI_TYPE_EXPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 6,
                    G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN, G_TYPE_BOOLEAN);
}

static void
ui_export_view_init (UiExportView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_drop_down_set_name (self->format, _ ("_Format"));
  ui_drop_down_set_name (self->purpose, _ ("_Purpose"));
  ui_drop_down_set_name (self->kind, _ ("P_eople"));
  ui_stack_hide_others (self->stack);
  ui_export_view_set_plain_allowed (self, FALSE);
  ui_export_view_set_source (self, "");
}

void
ui_export_view_set_formats (UiExportView *self, const char *const *ids, const char *const *titles,
                            const char *const *notes, const gboolean *merges, guint n)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  keep (&self->formats, ids);
  keep (&self->format_notes, notes);
  g_free (self->format_merges);
  self->format_merges = g_memdup2 (merges, n * sizeof *merges);
  set_choices (self->format, titles);
  format_selected_cb (self);
  update (self);
}

void
ui_export_view_set_purposes (UiExportView *self, const char *const *codes, const char *const *titles,
                             const char *const *kinds_proposed)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  keep (&self->purposes, codes);
  keep (&self->purpose_kinds, kinds_proposed);
  set_choices (self->purpose, titles);
  purpose_selected_cb (self);
}

gboolean
ui_export_view_get_merges (UiExportView *self)
{
  guint place;

  g_return_val_if_fail (UI_IS_EXPORT_VIEW (self), FALSE);

  place = gtk_drop_down_get_selected (self->format);
  return self->formats != NULL && place < g_strv_length (self->formats) && self->format_merges[place];
}

static void
set_path (GtkButton *button, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_START);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_button_set_child (button, label);
  /* Its name is what stands beside it. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

void
ui_export_view_set_source (UiExportView *self, const char *file)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  self->has_source = *file != '\0';
  set_path (self->source, self->has_source ? file : _ ("Choose the file without numbers …"));
  update (self);
}

void
ui_export_view_set_folder (UiExportView *self, const char *folder, gboolean can_choose)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  self->has_folder = *folder != '\0';
  set_path (self->choose, self->has_folder ? folder : _ ("Choose a folder …"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->choose), can_choose);
  update (self);
}

void
ui_export_view_set_busy (UiExportView *self, gboolean busy)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  self->busy = busy;
  update (self);
}

void
ui_export_view_set_result (UiExportView *self, const char *text, gboolean is_bad)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  gtk_label_set_text (self->result, text);
  gtk_widget_set_visible (GTK_WIDGET (self->result), *text != '\0');
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->result), "bad");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->result), "bad");
}

void
ui_export_view_set_plain_allowed (UiExportView *self, gboolean is_allowed)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  if (!is_allowed)
    gtk_switch_set_active (self->plain, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->plain), is_allowed);
  gtk_widget_set_visible (self->plain_label, is_allowed);
  container_cb (self);
}

void
ui_export_view_show_passphrase (UiExportView *self, const char *passphrase, const char *facts)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  ui_stack_show (self->stack, "passphrase");
  ui_passphrase_view_set (self->passphrase, passphrase, facts);
}

void
ui_export_view_forget_passphrase (UiExportView *self)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  ui_passphrase_view_set (self->passphrase, "", "");
  ui_stack_show (self->stack, "form");
}

void
ui_export_view_ask (UiExportView *self, const UiQuestion *question, GListModel *rows)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  ui_question_view_ask (self->question, question, rows);
  ui_stack_show (self->stack, "question");
  (void) gtk_widget_child_focus (GTK_WIDGET (self->question), GTK_DIR_TAB_FORWARD);
}

void
ui_export_view_show_form (UiExportView *self)
{
  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  ui_question_view_clear (self->question);
  ui_stack_show (self->stack, "form");
}

UiHandedView *
ui_export_view_get_handed (UiExportView *self)
{
  g_return_val_if_fail (UI_IS_EXPORT_VIEW (self), NULL);

  return self->handed;
}

void
ui_export_view_set_overdue (UiExportView *self, guint n)
{
  g_autofree char *text = NULL;

  g_return_if_fail (UI_IS_EXPORT_VIEW (self));

  text = g_strdup_printf (g_dngettext (NULL,
                                       "%u file was handed over a week ago or more, and nobody has said that it is "
                                       "deleted. Please look at the files handed over.",
                                       "%u files were handed over a week ago or more, and nobody has said that they "
                                       "are deleted. Please look at the files handed over.",
                                       n),
                          n);
  gtk_label_set_text (self->overdue, text);
  gtk_widget_set_visible (GTK_WIDGET (self->overdue), n > 0);
}
