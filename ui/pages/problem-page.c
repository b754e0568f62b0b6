/* SPDX-License-Identifier: Apache-2.0 */
/* UiProblemPage: what happened and what to do. */
#include "problem-page.h"

#include "illustration.h"

struct _UiProblemPage
{
  UiPage parent_instance;

  /* template children */
  UiIllustration *picture;
  GtkLabel *what;
  GtkLabel *todo;
  GtkWidget *retry;
};

G_DEFINE_FINAL_TYPE (UiProblemPage, ui_problem_page, UI_TYPE_PAGE)

enum
{
  RETRY,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
retry_clicked_cb (UiProblemPage *self)
{
  g_signal_emit (self, signals[RETRY], 0);
}

static void
ui_problem_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_PROBLEM_PAGE);
  G_OBJECT_CLASS (ui_problem_page_parent_class)->dispose (object);
}

static void
ui_problem_page_class_init (UiProblemPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_problem_page_dispose;
  g_type_ensure (UI_TYPE_ILLUSTRATION);
  gtk_widget_class_set_template_from_resource (widget_class, "/jp/azukari/ui/pages/problem-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiProblemPage, picture);
  gtk_widget_class_bind_template_child (widget_class, UiProblemPage, what);
  gtk_widget_class_bind_template_child (widget_class, UiProblemPage, todo);
  gtk_widget_class_bind_template_child (widget_class, UiProblemPage, retry);
  gtk_widget_class_bind_template_callback (widget_class, retry_clicked_cb);
  signals[RETRY] = g_signal_new ("retry", UI_TYPE_PROBLEM_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_problem_page_init (UiProblemPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ui_problem_page_set_problem (UiProblemPage *self, const char *what, const char *todo, const char *scene)
{
  g_return_if_fail (UI_IS_PROBLEM_PAGE (self));

  gtk_label_set_text (self->what, what);
  gtk_label_set_text (self->todo, todo);
  ui_illustration_set_scene (self->picture, scene);
}
