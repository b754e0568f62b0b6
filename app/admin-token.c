/* SPDX-License-Identifier: Apache-2.0 */
/* AdminToken: open, ask, prove, answer, each as the one before has come back. */
#include "admin-token.h"

#include "token-client.h"

struct _AdminToken
{
  GObject parent_instance;

  TokenClient *client; /* owned; NULL until a PIN has been typed */
  gboolean is_open;
};

G_DEFINE_FINAL_TYPE (AdminToken, admin_token, G_TYPE_OBJECT)

enum
{
  GONE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* Of one question; the task's data. */
typedef struct
{
  AzukariVault1 *vault; /* owned */
  char *purpose;        /* owned */
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_object_unref (self->vault);
  g_free (self->purpose);
  g_free (self);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (azukari_vault1_call_token_answer_finish (AZUKARI_VAULT1 (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
proved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) answer = token_client_finish (TOKEN_CLIENT (source), result, &error);

  if (answer == NULL)
    g_task_return_error (task, error);
  else
    azukari_vault1_call_token_answer (question->vault, answer, g_task_get_cancellable (task), answered_cb,
                                      g_object_ref (task));
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AdminToken *self = g_task_get_source_object (task);
  g_autoptr (GVariant) asked = NULL;
  GError *error = NULL;

  if (!azukari_vault1_call_token_ask_finish (AZUKARI_VAULT1 (source), &asked, result, &error))
    g_task_return_error (task, error);
  else
    token_client_prove_async (self->client, asked, proved_cb, g_object_ref (task));
}

static void
ask (GTask *task)
{
  Question *question = g_task_get_task_data (task);

  azukari_vault1_call_token_ask (question->vault, question->purpose, g_task_get_cancellable (task), asked_cb,
                                 g_object_ref (task));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AdminToken *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) answer = token_client_finish (TOKEN_CLIENT (source), result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->is_open = TRUE;
  ask (task);
}

static void
gone_cb (AdminToken *self)
{
  g_signal_emit (self, signals[GONE], 0);
}

static void
forget_client (AdminToken *self)
{
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  self->is_open = FALSE;
}

void
admin_token_show_async (AdminToken *self, AzukariVault1 *vault, const char *purpose, GVariant *pin,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GVariant) sunk = pin != NULL ? g_variant_ref_sink (pin) : NULL;
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);
  GError *error = NULL;

  g_return_if_fail (ADMIN_IS_TOKEN (self));

  question->vault = g_object_ref (vault);
  question->purpose = g_strdup (purpose);
  g_task_set_task_data (task, question, question_free);
  if (sunk == NULL && !self->is_open)
    {
      g_task_return_new_error (task, TOKEN_CLIENT_ERROR, TOKEN_CLIENT_ERROR_TAKEN_OUT, "no token is open");
      return;
    }
  if (sunk == NULL)
    {
      ask (task);
      return;
    }
  /* From the start each time: another token may have been inserted meanwhile. */
  forget_client (self);
  self->client = token_client_new (NULL, &error);
  if (self->client == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_signal_connect_object (self->client, "gone", G_CALLBACK (gone_cb), self, G_CONNECT_SWAPPED);
  token_client_open_async (self->client, NULL, sunk, opened_cb, g_object_ref (task));
}

gboolean
admin_token_show_finish (AdminToken *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
admin_token_dispose (GObject *object)
{
  forget_client (ADMIN_TOKEN (object));
  G_OBJECT_CLASS (admin_token_parent_class)->dispose (object);
}

static void
admin_token_class_init (AdminTokenClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = admin_token_dispose;
  signals[GONE] = g_signal_new ("gone", ADMIN_TYPE_TOKEN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
admin_token_init (AdminToken *self)
{
}

AdminToken *
admin_token_new (void)
{
  return g_object_new (ADMIN_TYPE_TOKEN, NULL);
}
