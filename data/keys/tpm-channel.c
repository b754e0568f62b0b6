/* SPDX-License-Identifier: Apache-2.0 */
/* TpmChannel: one file descriptor, and the TCTI interface of the TSS (version 1) over it.
 *
 * A TPM command and its response carry their own size in bytes 2..5, big endian (TPM 2.0 Part 1, 18.3); the kernel's device wants
 * a command in one write () and gives a response in one read (), a stream socket may cut either. Reading by the size
 * serves both, so no TCTI module has to be loaded at run time. */
#include "tpm-channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "custody-error.h"
#include "secret.h"

#define TCTI_MAGIC 0x617a756b61726931ULL
#define HEADER_BYTES 10
#define RESPONSE_MAX 4096
#define COMMAND_MAX 4096
/* A discrete TPM may take tens of seconds for its slowest command; nothing takes two minutes. */
#define RESPONSE_TIMEOUT_MS 120000
/* "Not now": the same command is sent again after a pause, each twice as long as the one before; some ten seconds in all. */
#define AGAIN_FIRST_MS 20
#define AGAIN_TRIES 9
/* TPM 2.0 Part 2, 6.6.3: the warnings that ask for just that. */
#define RC_YIELDED 0x908
#define RC_TESTING 0x90a
#define RC_NV_RATE 0x920
#define RC_RETRY 0x922

struct _TpmChannel
{
  TSS2_TCTI_CONTEXT_COMMON_V1 tcti; /* first: the TSS casts */
  int fd;                           /* -1: it failed once, and what is sent now would not meet what was sent before */
  GPid pid;                         /* swtpm, or 0 */
  Secret *response;                 /* the last response: may hold an unsealed key before ESYS decrypts it */
  gsize n_response;
  Secret *command; /* the last command, for sending it again */
  gsize n_command;
};

static void
close_channel (TpmChannel *self)
{
  if (self->fd < 0)
    return;
  close (self->fd);
  self->fd = -1;
}

/* A TPM that fell silent in the middle is not spoken to any more: not even to say good-bye, which would take as long again. */
static TSS2_RC
give_up (TpmChannel *self)
{
  close_channel (self);
  if (self->pid != 0)
    (void) kill (self->pid, SIGKILL);
  return TSS2_TCTI_RC_IO_ERROR;
}

static TSS2_RC
send_command (TpmChannel *self)
{
  const guint8 *command = secret_get_data (self->command, NULL);
  gsize n_bytes = self->n_command, done = 0;

  if (self->fd < 0)
    return TSS2_TCTI_RC_IO_ERROR;
  while (done < n_bytes)
    {
      gssize n = self->pid != 0 ? send (self->fd, command + done, n_bytes - done, MSG_NOSIGNAL)
                                : write (self->fd, command + done, n_bytes - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return give_up (self);
      done += n;
    }
  return TSS2_RC_SUCCESS;
}

static TSS2_RC
tcti_transmit (TSS2_TCTI_CONTEXT *tcti, size_t n_bytes, const uint8_t *command)
{
  TpmChannel *self = (TpmChannel *) tcti;

  self->n_response = 0;
  if (n_bytes > COMMAND_MAX)
    return TSS2_TCTI_RC_BAD_VALUE;
  memcpy (secret_get_writable (self->command), command, n_bytes);
  self->n_command = n_bytes;
  return send_command (self);
}

static gboolean
wait_readable (int fd)
{
  struct pollfd ready = { .fd = fd, .events = POLLIN };
  int n;

  do
    n = poll (&ready, 1, RESPONSE_TIMEOUT_MS);
  while (n < 0 && errno == EINTR);
  return n == 1 && (ready.revents & POLLIN) != 0;
}

static gboolean
read_response (TpmChannel *self)
{
  guint8 *buffer = secret_get_writable (self->response);
  gsize done = 0, wanted = HEADER_BYTES;

  while (done < wanted)
    {
      gssize n;

      if (!wait_readable (self->fd))
        return FALSE;
      n = read (self->fd, buffer + done, RESPONSE_MAX - done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      done += n;
      if (done >= HEADER_BYTES)
        {
          wanted = (gsize) buffer[2] << 24 | (gsize) buffer[3] << 16 | (gsize) buffer[4] << 8 | buffer[5];
          if (wanted < HEADER_BYTES || wanted > RESPONSE_MAX || done > wanted)
            return FALSE;
        }
    }
  self->n_response = done;
  return TRUE;
}

static gboolean
says_not_now (TpmChannel *self)
{
  const guint8 *bytes = secret_get_data (self->response, NULL);
  guint32 code = (guint32) bytes[6] << 24 | (guint32) bytes[7] << 16 | (guint32) bytes[8] << 8 | bytes[9];

  return code == RC_YIELDED || code == RC_TESTING || code == RC_NV_RATE || code == RC_RETRY;
}

/* A session's nonces have not moved on after such an answer, so the command may be sent as it was. */
static TSS2_RC
receive_response (TpmChannel *self)
{
  if (!read_response (self))
    return give_up (self);
  for (guint i = 0; says_not_now (self) && i < AGAIN_TRIES; i++)
    {
      self->n_response = 0;
      g_usleep ((gulong) (AGAIN_FIRST_MS << i) * 1000);
      if (send_command (self) != TSS2_RC_SUCCESS || !read_response (self))
        return give_up (self);
    }
  memset (secret_get_writable (self->command), 0, self->n_command);
  return TSS2_RC_SUCCESS;
}

static TSS2_RC
tcti_receive (TSS2_TCTI_CONTEXT *tcti, size_t *n_bytes, uint8_t *response, int32_t timeout_ms)
{
  TpmChannel *self = (TpmChannel *) tcti;

  if (self->n_response == 0 && (self->fd < 0 || receive_response (self) != TSS2_RC_SUCCESS))
    return TSS2_TCTI_RC_IO_ERROR;
  if (response == NULL)
    {
      *n_bytes = self->n_response;
      return TSS2_RC_SUCCESS;
    }
  if (*n_bytes < self->n_response)
    return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
  memcpy (response, secret_get_data (self->response, NULL), self->n_response);
  *n_bytes = self->n_response;
  memset (secret_get_writable (self->response), 0, self->n_response);
  self->n_response = 0;
  return TSS2_RC_SUCCESS;
}

static void
tcti_finalize (TSS2_TCTI_CONTEXT *tcti)
{
}

static TSS2_RC
tcti_cancel (TSS2_TCTI_CONTEXT *tcti)
{
  return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TSS2_RC
tcti_get_poll_handles (TSS2_TCTI_CONTEXT *tcti, TSS2_TCTI_POLL_HANDLE *handles, size_t *n_handles)
{
  return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TSS2_RC
tcti_set_locality (TSS2_TCTI_CONTEXT *tcti, uint8_t locality)
{
  return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TpmChannel *
channel_new (int fd, GPid pid)
{
  TpmChannel *self = g_new0 (TpmChannel, 1);

  self->tcti.magic = TCTI_MAGIC;
  self->tcti.version = 1;
  self->tcti.transmit = tcti_transmit;
  self->tcti.receive = tcti_receive;
  self->tcti.finalize = tcti_finalize;
  self->tcti.cancel = tcti_cancel;
  self->tcti.getPollHandles = tcti_get_poll_handles;
  self->tcti.setLocality = tcti_set_locality;
  self->fd = fd;
  self->pid = pid;
  self->response = secret_new (RESPONSE_MAX);
  self->command = secret_new (COMMAND_MAX);
  return self;
}

TpmChannel *
tpm_channel_new_device (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);

  if (fd < 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM, "the TPM device %s: %s", path, g_strerror (errno));
      return NULL;
    }
  return channel_new (fd, 0);
}

/* Runs in the child between fork and exec: async-signal-safe calls only. */
static void
die_with_parent (gpointer user_data)
{
  pid_t parent = GPOINTER_TO_INT (user_data);

  if (prctl (PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid () != parent)
    _exit (127);
}

TpmChannel *
tpm_channel_new_swtpm (const char *state_dir, GError **error)
{
  g_autoptr (GError) spawn_error = NULL;
  g_autofree char *state = g_strdup_printf ("dir=%s,mode=0600", state_dir);
  char *argv[] = { (char *) "swtpm",
                   (char *) "socket",
                   (char *) "--tpm2",
                   (char *) "--fd",
                   (char *) "3",
                   (char *) "--tpmstate",
                   state,
                   (char *) "--flags",
                   (char *) "not-need-init,startup-clear",
                   (char *) "--log",
                   (char *) "file=/dev/null",
                   NULL };
  int ends[2], target = 3;
  GPid pid;
  gboolean ok;

  /* swtpm parses its options at commas. */
  if (strchr (state_dir, ',') != NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "a software TPM's folder may not have a comma in its path");
      return NULL;
    }
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      custody_error_set_errno (error, errno, "socket pair");
      return NULL;
    }
  ok = g_spawn_async_with_pipes_and_fds (NULL, (const char *const *) argv, NULL,
                                         G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                                             | G_SPAWN_STDERR_TO_DEV_NULL,
                                         die_with_parent, GINT_TO_POINTER (getpid ()), -1, -1, -1, &ends[1], &target, 1,
                                         &pid, NULL, NULL, NULL, &spawn_error);
  close (ends[1]);
  if (!ok)
    {
      close (ends[0]);
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_TPM, "the software TPM does not start: %s",
                   spawn_error->message);
      return NULL;
    }
  return channel_new (ends[0], pid);
}

TSS2_TCTI_CONTEXT *
tpm_channel_get_tcti (TpmChannel *self)
{
  return (TSS2_TCTI_CONTEXT *) &self->tcti;
}

gboolean
tpm_channel_is_dead (const TpmChannel *self)
{
  return self->fd < 0;
}

gboolean
tpm_channel_is_own (const TpmChannel *self)
{
  return self->pid != 0;
}

void
tpm_channel_free (TpmChannel *self)
{
  if (self == NULL)
    return;
  close_channel (self);
  if (self->pid != 0)
    {
      /* swtpm ends by itself when its socket closes (--fd); by then its state is on disk. */
      while (waitpid (self->pid, NULL, 0) < 0 && errno == EINTR)
        ;
      g_spawn_close_pid (self->pid);
    }
  secret_free (self->response);
  secret_free (self->command);
  g_free (self);
}
