/* SPDX-License-Identifier: Apache-2.0 */
/* TokenClient: short messages both ways, in the main context. What the process says is checked before it is believed; one that is
 * late, silent or breaks the rules is killed. */
#include "token-client.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "programs.h"
#include "talk.h"

/* Without a word from a token that is open, beyond that it counts as taken out. */
#define SILENT_MS 8000
/* To log out of the token, before the process is killed. */
#define END_MS 4000

struct _TokenClient
{
  GObject parent_instance;

  /* owned */
  GSubprocess *process;
  GTask *task; /* the request under way */
  GSource *source;
  GSource *timer; /* the answer's, or the next word's of an open token */

  int fd;
  TalkType wanted;
  gboolean is_ready, is_open;
  int over; /* a TokenClientError + 1 once the process is given up */
};

G_DEFINE_FINAL_TYPE (TokenClient, token_client, G_TYPE_OBJECT)
G_DEFINE_QUARK (token - client - error - quark, token_client_error)

enum
{
  PROP_PROCESS = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  GONE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static const char *const codes[] = {
  [TOKEN_CLIENT_ERROR_FAILED] = TALK_FAILED,       [TOKEN_CLIENT_ERROR_NO_MODULE] = TALK_NO_MODULE,
  [TOKEN_CLIENT_ERROR_NO_TOKEN] = TALK_NO_TOKEN,   [TOKEN_CLIENT_ERROR_SEVERAL_TOKENS] = TALK_SEVERAL_TOKENS,
  [TOKEN_CLIENT_ERROR_WRONG_PIN] = TALK_WRONG_PIN, [TOKEN_CLIENT_ERROR_PIN_LOCKED] = TALK_PIN_LOCKED,
  [TOKEN_CLIENT_ERROR_NO_KEY] = TALK_NO_KEY,       [TOKEN_CLIENT_ERROR_OTHER_TOKEN] = TALK_OTHER_TOKEN,
  [TOKEN_CLIENT_ERROR_UNFIT] = TALK_UNFIT,         [TOKEN_CLIENT_ERROR_TAKEN_OUT] = TALK_TAKEN_OUT,
};

const char *
token_client_error_get_name (const GError *error)
{
  static const char *const names[] = {
    [TOKEN_CLIENT_ERROR_FAILED] = "TokenFailed",        [TOKEN_CLIENT_ERROR_NO_MODULE] = "TokenNoModule",
    [TOKEN_CLIENT_ERROR_NO_TOKEN] = "TokenNotInserted", [TOKEN_CLIENT_ERROR_SEVERAL_TOKENS] = "TokenSeveral",
    [TOKEN_CLIENT_ERROR_WRONG_PIN] = "TokenWrongPin",   [TOKEN_CLIENT_ERROR_PIN_LOCKED] = "TokenPinLocked",
    [TOKEN_CLIENT_ERROR_NO_KEY] = "TokenNoKey",         [TOKEN_CLIENT_ERROR_OTHER_TOKEN] = "TokenOther",
    [TOKEN_CLIENT_ERROR_UNFIT] = "TokenUnfit",          [TOKEN_CLIENT_ERROR_TAKEN_OUT] = "TokenTakenOut",
    [TOKEN_CLIENT_ERROR_SILENT] = "TokenSilent",        [TOKEN_CLIENT_ERROR_CRASHED] = "TokenCrashed",
  };

  g_return_val_if_fail (error->code >= 0 && error->code < (int) G_N_ELEMENTS (names), names[0]);
  return names[error->code];
}

/* --- timers ---------------------------------------------------------------------------------------------------------- */

static void
stop_timer (TokenClient *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
start_timer (TokenClient *self, guint ms, GSourceFunc func)
{
  stop_timer (self);
  self->timer = g_timeout_source_new (ms);
  g_source_set_callback (self->timer, func, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

/* --- the end --------------------------------------------------------------------------------------------------------- */

static GTask *
steal_task (TokenClient *self)
{
  stop_timer (self);
  return g_steal_pointer (&self->task);
}

static void
return_error (TokenClient *self, TokenClientError code)
{
  g_autoptr (GTask) task = steal_task (self);

  g_task_return_new_error (task, TOKEN_CLIENT_ERROR, (int) code, "the token's process: error %d", (int) code);
}

static void
set_gone (TokenClient *self)
{
  if (!self->is_open)
    return;
  self->is_open = FALSE;
  g_signal_emit (self, signals[GONE], 0);
}

static void
close_socket (TokenClient *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->fd >= 0)
    (void) close (self->fd);
  self->fd = -1;
}

/* The process is gone, or has to go at once. */
static void
give_up (TokenClient *self, TokenClientError code)
{
  g_autoptr (TokenClient) alive = g_object_ref (self);

  if (self->over == 0)
    {
      self->over = (int) code + 1;
      close_socket (self);
      g_subprocess_force_exit (self->process);
    }
  stop_timer (self);
  if (self->task != NULL)
    return_error (self, code);
  set_gone (self);
}

static gboolean
late_cb (gpointer data)
{
  give_up (data, TOKEN_CLIENT_ERROR_SILENT);
  return G_SOURCE_REMOVE;
}

/* --- hearing --------------------------------------------------------------------------------------------------------- */

static gboolean
hear_error (TokenClient *self, GVariant *body)
{
  const char *word = "";

  g_variant_lookup (body, "code", "&s", &word);
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (codes[i], word))
      {
        if (self->task == NULL)
          return FALSE;
        return_error (self, (TokenClientError) i);
        return TRUE;
      }
  return FALSE;
}

static gboolean
hear_ready (TokenClient *self, GVariant *body)
{
  guint32 protocol = 0;

  if (self->is_ready || !g_variant_lookup (body, "protocol", "u", &protocol) || protocol != TALK_PROTOCOL)
    return FALSE;
  self->is_ready = TRUE;
  return TRUE;
}

/* The buffer that @body lies in is used again: the answer gets memory of its own. */
static gboolean
hear_answer (TokenClient *self, TalkType type, GVariant *body)
{
  g_autoptr (GBytes) copy = NULL;
  g_autoptr (GTask) task = NULL;

  if (self->task == NULL || type != self->wanted)
    return FALSE;
  copy = g_bytes_new (g_variant_get_data (body), g_variant_get_size (body));
  task = steal_task (self);
  self->is_open = self->is_open || type == TALK_OPENED;
  g_task_return_pointer (task, g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, copy, TRUE)),
                         (GDestroyNotify) g_variant_unref);
  return TRUE;
}

static gboolean
hear (TokenClient *self, TalkType type, GVariant *body)
{
  if (type == TALK_READY)
    return hear_ready (self, body);
  if (!self->is_ready)
    return FALSE;
  if (type == TALK_ERROR)
    return hear_error (self, body);
  if (type == TALK_HERE)
    return self->is_open;
  if (type == TALK_GONE)
    {
      set_gone (self);
      return TRUE;
    }
  return hear_answer (self, type, body);
}

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer data)
{
  g_autoptr (TokenClient) self = g_object_ref (data);
  guint8 buffer[TALK_MAX_BYTES] __attribute__ ((aligned (8)));
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GError) error = NULL;
  TalkType type;
  gboolean ok = talk_receive (fd, buffer, &type, &body, &error);

  if (!ok && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (!ok || !hear (self, type, body))
    give_up (self, TOKEN_CLIENT_ERROR_CRASHED);
  else if (self->task == NULL && self->is_open && self->over == 0)
    start_timer (self, SILENT_MS, late_cb);
  return self->over == 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* --- asking ---------------------------------------------------------------------------------------------------------- */

static void
ask (TokenClient *self, TalkType type, TalkType wanted, GVariant *body, guint patience_ms, GAsyncReadyCallback callback,
     gpointer user_data)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (body);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->task != NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PENDING, "the token is at work");
      return;
    }
  self->task = g_steal_pointer (&task);
  self->wanted = wanted;
  if (self->over != 0)
    {
      return_error (self, (TokenClientError) (self->over - 1));
      return;
    }
  /* Where the process has ended, the socket says so. */
  (void) talk_send (self->fd, type, sunk, NULL);
  start_timer (self, patience_ms, late_cb);
}

void
token_client_list_async (TokenClient *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (TOKEN_IS_CLIENT (self));

  ask (self, TALK_LIST, TALK_TOKENS, g_variant_new_parsed ("@a{sv} {}"), TOKEN_CLIENT_ANSWER_MS, callback, user_data);
}

void
token_client_open_async (TokenClient *self, const guint64 *slot, GVariant *pin, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (pin);
  GVariantDict body;

  g_return_if_fail (TOKEN_IS_CLIENT (self));

  g_variant_dict_init (&body, NULL);
  if (slot != NULL)
    g_variant_dict_insert (&body, "slot", "t", *slot);
  g_variant_dict_insert_value (&body, "pin", sunk);
  ask (self, TALK_OPEN, TALK_OPENED, g_variant_dict_end (&body),
       g_variant_get_size (sunk) > 0 ? TOKEN_CLIENT_ANSWER_MS : TOKEN_CLIENT_SLOW_ANSWER_MS, callback, user_data);
}

void
token_client_find_key_async (TokenClient *self, gboolean create, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (TOKEN_IS_CLIENT (self));

  ask (self, TALK_KEY, TALK_POINT, g_variant_new_parsed ("{'create': <%b>}", create),
       create ? TOKEN_CLIENT_SLOW_ANSWER_MS : TOKEN_CLIENT_ANSWER_MS, callback, user_data);
}

void
token_client_prove_async (TokenClient *self, GVariant *question, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (TOKEN_IS_CLIENT (self));

  ask (self, TALK_PROVE, TALK_PROOF, question, TOKEN_CLIENT_ANSWER_MS, callback, user_data);
}

GVariant *
token_client_finish (TokenClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- the object ------------------------------------------------------------------------------------------------------ */

static gboolean
end_cb (gpointer process)
{
  g_subprocess_force_exit (process);
  return G_SOURCE_REMOVE;
}

static void
token_client_dispose (GObject *object)
{
  TokenClient *self = TOKEN_CLIENT (object);

  stop_timer (self);
  close_socket (self);
  /* It hears the socket close, logs out and ends; a module that hangs over that is killed. */
  if (self->process != NULL && self->over == 0)
    {
      g_autoptr (GSource) source = g_timeout_source_new (END_MS);

      g_source_set_callback (source, end_cb, g_object_ref (self->process), g_object_unref);
      g_source_attach (source, g_main_context_get_thread_default ());
    }
  g_clear_object (&self->process);
  G_OBJECT_CLASS (token_client_parent_class)->dispose (object);
}

static void
token_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PROCESS)
    g_value_set_object (value, TOKEN_CLIENT (object)->process);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
token_client_class_init (TokenClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = token_client_dispose;
  G_OBJECT_CLASS (klass)->get_property = token_client_get_property;
  properties[PROP_PROCESS] =
      g_param_spec_object ("process", NULL, NULL, G_TYPE_SUBPROCESS, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  signals[GONE] = g_signal_new ("gone", TOKEN_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
token_client_init (TokenClient *self)
{
  self->fd = -1;
}

static GSubprocess *
spawn (const char *module, int *ret_fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *path = programs_find ("AZUKARI_TOKEN", "token", "azukari-token", error);
  const char *const argv[] = { path, module, NULL };
  GSubprocess *process;
  int fds[2];

  if (path == NULL)
    return NULL;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
    {
      const int saved_errno = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "socketpair: %s", g_strerror (saved_errno));
      return NULL;
    }
  g_subprocess_launcher_take_fd (launcher, fds[1], TALK_FD);
  process = g_subprocess_launcher_spawnv (launcher, argv, error);
  /* Our copy of its end must go, or its death would not be heard. */
  g_subprocess_launcher_close (launcher);
  if (process == NULL)
    (void) close (fds[0]);
  *ret_fd = fds[0];
  return process;
}

TokenClient *
token_client_new (const char *module, GError **error)
{
  const char *named = module != NULL ? module : g_getenv ("AZUKARI_TOKEN_MODULE");
  TokenClient *self;
  int fd = -1;
  GSubprocess *process = spawn (named != NULL && *named != '\0' ? named : NULL, &fd, error);

  if (process == NULL)
    return NULL;
  self = g_object_new (TOKEN_TYPE_CLIENT, NULL);
  self->process = process;
  self->fd = fd;
  (void) g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  self->source = g_unix_fd_source_new (fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (self->source, G_SOURCE_FUNC (readable_cb), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}
