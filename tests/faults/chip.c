/* SPDX-License-Identifier: Apache-2.0 */
/* chip: a TPM that outlives the programs that use it, and fails when it is told to.
 *
 *   chip STATE_FOLDER SOCKET          the chip; commands on standard input, one answer line for each on standard output
 *   swtpm --tpm2 --fd 3 ...           (the same program by that name) what azukari-vaultd starts: hands descriptor 3 on to the
 *                                     chip at $AZUKARI_CHIP
 *
 * The chip is a real swtpm. What the kernel's resource manager does when a program closes /dev/tpmrm0 is done here when the
 * connection closes: transient objects and sessions are flushed. So a killed daemon is not a chip without power.
 *
 *   plan N code HEX   the N-th command from now is answered with that response code and not executed
 *   plan N codes HEX  it and all after it
 *   plan N gone       the connection closes instead of it, and no other is taken before "back"
 *   plan N lost       the same, after it was executed
 *   plan N drop       as lost, but the next connection is taken
 *   plan N hang       it is never answered
 *   plan N clear      the chip is cleared before it
 *   plan 0            nothing more; also "back"
 *   delay MS          before each command
 *   count             answers "N HITS": commands since the last plan, how many were tampered with
 *   power             cuts the power and gives it back
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGE_MAX 4096
#define HEADER_BYTES 10
#define TAG_NO_SESSIONS 0x8001
#define CC_FLUSH_CONTEXT 0x165
#define CC_GET_CAPABILITY 0x17a
#define CAP_HANDLES 1
#define HANDLES_MAX 16

typedef enum
{
  PLAN_NONE,
  PLAN_CODE,
  PLAN_CODES,
  PLAN_GONE,
  PLAN_LOST,
  PLAN_DROP,
  PLAN_HANG,
  PLAN_CLEAR,
} Plan;

static const char *const plan_names[] = { "none", "code", "codes", "gone", "lost", "drop", "hang", "clear" };

typedef struct
{
  const char *state;
  int tpm, listener, client; /* descriptors; client -1: none */
  pid_t pid;                 /* swtpm */
  Plan plan;
  unsigned at, counted, hits, code, delay_ms;
  int is_gone;
} Chip;

static void
fail (const char *what)
{
  perror (what);
  exit (1);
}

static int
send_all (int fd, const uint8_t *bytes, size_t n)
{
  while (n > 0)
    {
      ssize_t done = send (fd, bytes, n, MSG_NOSIGNAL);

      if (done < 0 && errno == EINTR)
        continue;
      if (done <= 0)
        return 0;
      bytes += done;
      n -= (size_t) done;
    }
  return 1;
}

static uint32_t
get_u32 (const uint8_t *bytes)
{
  return (uint32_t) bytes[0] << 24 | (uint32_t) bytes[1] << 16 | (uint32_t) bytes[2] << 8 | bytes[3];
}

static void
put_u32 (uint8_t *bytes, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    bytes[i] = (uint8_t) (value >> (24 - 8 * i));
}

/* One command or response; its length, or 0 when the other end is gone. */
static size_t
receive (int fd, uint8_t message[MESSAGE_MAX])
{
  size_t done = 0, wanted = HEADER_BYTES;

  while (done < wanted)
    {
      ssize_t n = recv (fd, message + done, wanted - done, 0);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return 0;
      done += (size_t) n;
      if (done == HEADER_BYTES)
        wanted = get_u32 (message + 2);
      if (wanted < HEADER_BYTES || wanted > MESSAGE_MAX)
        return 0;
    }
  return done;
}

/* --- the TPM itself -------------------------------------------------------------------------------------------------- */

static void
power_on (Chip *self)
{
  char state[4096];
  int ends[2];

  snprintf (state, sizeof state, "dir=%s,mode=0600", self->state);
  if (socketpair (AF_UNIX, SOCK_STREAM, 0, ends) != 0)
    fail ("socketpair");
  self->pid = fork ();
  if (self->pid < 0)
    fail ("fork");
  if (self->pid == 0)
    {
      (void) prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (dup2 (ends[1], 3) < 0)
        _exit (127);
      closefrom (4);
      execlp ("swtpm", "swtpm", "socket", "--tpm2", "--fd", "3", "--tpmstate", state, "--flags",
              "not-need-init,startup-clear", "--log", "file=/dev/null", NULL);
      _exit (127);
    }
  close (ends[1]);
  self->tpm = ends[0];
}

static void
power_off (Chip *self)
{
  (void) kill (self->pid, SIGKILL);
  (void) waitpid (self->pid, NULL, 0);
  close (self->tpm);
}

/* The response's length. */
static size_t
execute (Chip *self, const uint8_t *command, size_t n, uint8_t response[MESSAGE_MAX])
{
  size_t n_response;

  if (!send_all (self->tpm, command, n) || (n_response = receive (self->tpm, response)) == 0)
    fail ("swtpm");
  return n_response;
}

static void
flush_range (Chip *self, uint32_t first)
{
  uint8_t command[22] = { TAG_NO_SESSIONS >> 8, TAG_NO_SESSIONS & 0xff }, flush[14], response[MESSAGE_MAX];
  uint32_t n;

  put_u32 (command + 2, sizeof command);
  put_u32 (command + 6, CC_GET_CAPABILITY);
  put_u32 (command + 10, CAP_HANDLES);
  put_u32 (command + 14, first);
  put_u32 (command + 18, HANDLES_MAX);
  if (execute (self, command, sizeof command, response) < 19 || get_u32 (response + 6) != 0)
    return;
  n = get_u32 (response + 15);
  memcpy (flush, command, 2);
  put_u32 (flush + 2, sizeof flush);
  put_u32 (flush + 6, CC_FLUSH_CONTEXT);
  for (uint32_t i = 0; i < n && i < HANDLES_MAX; i++)
    {
      uint8_t ignored[MESSAGE_MAX];

      memcpy (flush + 10, response + 19 + 4 * i, 4);
      (void) execute (self, flush, sizeof flush, ignored);
    }
}

/* TPM2_Clear by the platform, whose password is empty on an swtpm. */
static void
clear (Chip *self)
{
  static const uint8_t command[] = { 0x80, 0x02, 0, 0, 0,    27, 0, 0,    0x01, 0x26, 0x40, 0, 0, 0x0c,
                                     0,    0,    0, 9, 0x40, 0,  0, 0x09, 0,    0,    0,    0, 0 };
  uint8_t response[MESSAGE_MAX];

  (void) execute (self, command, sizeof command, response);
  if (get_u32 (response + 6) != 0)
    fail ("clear");
}

/* --- whoever uses it ------------------------------------------------------------------------------------------------- */

static void
drop_client (Chip *self)
{
  close (self->client);
  self->client = -1;
  flush_range (self, 0x80000000);
  flush_range (self, 0x02000000);
}

static void
take_client (Chip *self)
{
  int fd = accept (self->listener, NULL, NULL);

  if (fd < 0)
    return;
  if (self->is_gone)
    close (fd);
  else
    self->client = fd;
}

static void
answer_code (Chip *self)
{
  uint8_t response[HEADER_BYTES] = { TAG_NO_SESSIONS >> 8, TAG_NO_SESSIONS & 0xff };

  put_u32 (response + 2, sizeof response);
  put_u32 (response + 6, self->code);
  (void) send_all (self->client, response, sizeof response);
}

static int
is_due (Chip *self)
{
  self->counted++;
  if (self->plan == PLAN_NONE || self->counted < self->at || (self->counted > self->at && self->plan != PLAN_CODES))
    return 0;
  self->hits++;
  return 1;
}

static void
serve (Chip *self)
{
  uint8_t command[MESSAGE_MAX], response[MESSAGE_MAX];
  size_t n = receive (self->client, command), n_response;
  Plan plan;

  if (n == 0)
    {
      drop_client (self);
      return;
    }
  if (self->delay_ms > 0)
    usleep (self->delay_ms * 1000);
  plan = is_due (self) ? self->plan : PLAN_NONE;
  switch (plan)
    {
    case PLAN_CODE:
    case PLAN_CODES:
      answer_code (self);
      return;
    case PLAN_HANG:
      return;
    case PLAN_GONE:
      self->is_gone = 1;
      drop_client (self);
      return;
    case PLAN_CLEAR:
      clear (self);
      break;
    case PLAN_NONE:
    case PLAN_LOST:
    case PLAN_DROP:
      break;
    }
  n_response = execute (self, command, n, response);
  if (plan == PLAN_LOST || plan == PLAN_DROP)
    {
      self->is_gone = plan == PLAN_LOST;
      drop_client (self);
    }
  else if (!send_all (self->client, response, n_response))
    drop_client (self);
}

/* --- the driver ------------------------------------------------------------------------------------------------------ */

static void
set_plan (Chip *self, unsigned at, const char *name, unsigned code)
{
  self->plan = PLAN_NONE;
  self->at = at;
  self->code = code;
  self->counted = self->hits = 0;
  self->is_gone = 0;
  for (unsigned i = 0; at > 0 && i < sizeof plan_names / sizeof *plan_names; i++)
    if (strcmp (plan_names[i], name) == 0)
      self->plan = (Plan) i;
}

static void
obey (Chip *self, const char *line)
{
  char word[16] = "", name[16] = "";
  unsigned number = 0, code = 0;

  (void) sscanf (line, "%15s %u %15s %x", word, &number, name, &code);
  if (strcmp (word, "plan") == 0)
    set_plan (self, number, name, code);
  else if (strcmp (word, "back") == 0)
    set_plan (self, 0, "", 0);
  else if (strcmp (word, "delay") == 0)
    self->delay_ms = number;
  else if (strcmp (word, "power") == 0)
    {
      if (self->client >= 0)
        close (self->client);
      self->client = -1;
      power_off (self);
      power_on (self);
    }
  else if (strcmp (word, "count") != 0)
    {
      fprintf (stderr, "chip: what is \"%s\"?\n", word);
      exit (1);
    }
  printf ("%u %u\n", self->counted, self->hits);
  fflush (stdout);
}

static void
listen_at (Chip *self, const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  snprintf (address.sun_path, sizeof address.sun_path, "%s", path);
  self->listener = socket (AF_UNIX, SOCK_STREAM, 0);
  if (self->listener < 0 || bind (self->listener, (struct sockaddr *) &address, sizeof address) != 0
      || listen (self->listener, 4) != 0)
    fail (path);
}

static int
run_chip (const char *state, const char *path)
{
  Chip self = { .state = state, .client = -1 };
  char line[256];

  setvbuf (stdin, NULL, _IONBF, 0);
  power_on (&self);
  listen_at (&self, path);
  for (;;)
    {
      struct pollfd ready[3] = { { .fd = 0, .events = POLLIN },
                                 { .fd = self.client < 0 ? self.listener : -1, .events = POLLIN },
                                 { .fd = self.client, .events = POLLIN } };

      if (poll (ready, 3, -1) < 0 && errno != EINTR)
        fail ("poll");
      if (ready[0].revents != 0)
        {
          if (fgets (line, sizeof line, stdin) == NULL)
            break;
          obey (&self, line);
        }
      else if (ready[1].revents != 0)
        take_client (&self);
      else if (ready[2].revents != 0)
        serve (&self);
    }
  power_off (&self);
  (void) unlink (path);
  return 0;
}

/* --- the other name -------------------------------------------------------------------------------------------------- */

static int
run_bridge (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int chip = socket (AF_UNIX, SOCK_STREAM, 0);
  struct pollfd ends[2];
  uint8_t bytes[MESSAGE_MAX];

  snprintf (address.sun_path, sizeof address.sun_path, "%s", path);
  if (chip < 0 || connect (chip, (struct sockaddr *) &address, sizeof address) != 0)
    return 1;
  for (;;)
    {
      ends[0] = (struct pollfd){ .fd = 3, .events = POLLIN };
      ends[1] = (struct pollfd){ .fd = chip, .events = POLLIN };
      if (poll (ends, 2, -1) < 0)
        continue;
      for (int i = 0; i < 2; i++)
        if (ends[i].revents != 0)
          {
            ssize_t n = recv (ends[i].fd, bytes, sizeof bytes, 0);

            if (n <= 0 || !send_all (ends[1 - i].fd, bytes, (size_t) n))
              return 0;
          }
    }
}

int
main (int argc, char **argv)
{
  const char *path = getenv ("AZUKARI_CHIP");

  (void) signal (SIGPIPE, SIG_IGN);
  if (strcmp (program_invocation_short_name, "swtpm") == 0)
    return path != NULL ? run_bridge (path) : 1;
  if (argc != 3)
    {
      fprintf (stderr, "usage: chip STATE_FOLDER SOCKET\n");
      return 1;
    }
  return run_chip (argv[1], argv[2]);
}
