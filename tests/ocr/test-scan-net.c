/* SPDX-License-Identifier: Apache-2.0 */
/* Scanners at the end of a connection: saned on loopback, killed in the middle of a page; and an eSCL device with faults. */
#include "scan/scan-sane.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <leptonica/allheaders.h>

#include "scan-help.h"

#define SANED_PORT 6566 /* SANE's net back-end knows no other */

/* A loopback of our own, so that two runs of this test at once, or a saned on the machine, do not meet. Where that is not
 * allowed, the machine's own loopback serves. */
static void
enter_private_network (void)
{
  const int uid = (int) getuid ();
  struct ifreq request = { 0 };
  int fd;

  if (unshare (uid == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return;
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_strlcpy (request.ifr_name, "lo", sizeof request.ifr_name);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  (void) ioctl (fd, SIOCSIFFLAGS, &request);
  (void) close (fd);
}

static gboolean
can_connect (guint16 port)
{
  const struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_port = htons (port),
                                       .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const gboolean is_connected = connect (fd, (const struct sockaddr *) &address, sizeof address) == 0;

  (void) close (fd);
  return is_connected;
}

typedef struct
{
  char *server_dir; /* saned's configuration */
  char *client_dir; /* ours */
  GSubprocess *server;
} Network;

static void
write_file (const char *dir, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Returns: FALSE with the reason when there is no server to be had. */
static gboolean
saned_start (Network *network, const char **ret_why)
{
  static const char *const programs[] = { "/usr/sbin/saned", "/sbin/saned" };
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  const char *program = g_access (programs[0], X_OK) == 0 ? programs[0] : programs[1];
  g_autoptr (GError) error = NULL;

  network->server_dir = sane_config_new ("test", "number_of_devices 1\n");
  write_file (network->server_dir, "saned.conf", "127.0.0.1\nlocalhost\n");
  network->client_dir = sane_config_new ("net", "connect_timeout = 5\n127.0.0.1\n");
  if (can_connect (SANED_PORT))
    {
      *ret_why = "another program holds saned's port";
      return FALSE;
    }
  g_subprocess_launcher_setenv (launcher, "SANE_CONFIG_DIR", network->server_dir, TRUE);
  network->server =
      g_subprocess_launcher_spawn (launcher, &error, program, "-l", "-e", "-p", "6566", "-b", "127.0.0.1", NULL);
  if (network->server == NULL)
    {
      *ret_why = "saned is not installed";
      return FALSE;
    }
  for (guint i = 0; i < 500 && !can_connect (SANED_PORT); i++)
    g_usleep (10000);
  if (!can_connect (SANED_PORT))
    {
      *ret_why = "saned did not start";
      return FALSE;
    }
  return TRUE;
}

static void
saned_stop (Network *network)
{
  scan_sane_exit ();
  if (network->server != NULL)
    {
      g_subprocess_force_exit (network->server);
      g_assert_true (g_subprocess_wait (network->server, NULL, NULL));
    }
  g_clear_object (&network->server);
  g_clear_pointer (&network->server_dir, sane_config_free);
  g_clear_pointer (&network->client_dir, sane_config_free);
}

/* The process of each connection is a child of saned. */
static guint
kill_children (const char *parent)
{
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint n_killed = 0;

  while ((name = g_dir_read_name (proc)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%s/stat", name);
      g_autofree char *text = NULL;
      const char *after;
      char state;
      int ppid;

      if (!g_ascii_isdigit (name[0]) || !g_file_get_contents (path, &text, NULL, NULL))
        continue;
      after = strrchr (text, ')');
      if (after == NULL || sscanf (after, ") %c %d", &state, &ppid) != 2 || ppid != atoi (parent))
        continue;
      n_killed += kill ((pid_t) atoi (name), SIGKILL) == 0;
    }
  return n_killed;
}

static GVariant *
options_new (const char *text)
{
  return g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE ("a{ss}"), text, NULL, NULL, NULL));
}

static void
test_page_over_the_network (void)
{
  Network network = { 0 };
  const char *why = NULL;

  if (saned_start (&network, &why))
    {
      g_autoptr (GVariant) options =
          options_new ("{'br-x': '20', 'br-y': '15', 'test-picture': 'Grid', 'read-limit': 'no'}");
      const ScanRequest request = { .dpi = 100, .color = TRUE, .options = options };
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page = scan_one_page (&scan_sane_driver, "net:127.0.0.1:test:0", -1, &request, 16, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->format.n_channels, ==, 3);
      g_assert_cmpuint (page->format.height_px, ==, 59);
    }
  else
    g_test_skip (why);
  saned_stop (&network);
}

/* What a pulled cable looks like from here. */
static void
test_killed_in_the_middle_is_unplugged (void)
{
  Network network = { 0 };
  const char *why = NULL;

  if (saned_start (&network, &why))
    {
      g_autoptr (GVariant) options = options_new ("{'read-delay': 'yes', 'read-delay-duration': '200000'}");
      const ScanRequest request = { .dpi = 1000, .options = options };
      g_autoptr (GError) error = NULL;
      gpointer device = scan_sane_driver.open ("net:127.0.0.1:test:0", -1, &error);
      g_autofree guint8 *rows = NULL;
      ScanFormat format;
      gssize n;

      g_assert_no_error (error);
      g_assert_true (scan_sane_driver.set_up (device, &request, &error));
      g_assert_true (scan_sane_driver.start (device, &format, NULL, &error));
      g_assert_no_error (error);
      rows = g_malloc (format.width_px);
      g_assert_cmpint (scan_sane_driver.read_rows (device, rows, 1, NULL, &error), ==, 1);
      g_assert_cmpuint (kill_children (g_subprocess_get_identifier (network.server)), >, 0);
      while ((n = scan_sane_driver.read_rows (device, rows, 1, NULL, &error)) > 0)
        ;
      g_assert_cmpint (n, ==, -1);
      g_assert_error (error, SCAN_ERROR, SCAN_ERROR_UNPLUGGED);
      scan_sane_driver.cancel (device); /* writes to the dead connection */
      scan_sane_driver.close (device);
    }
  else
    g_test_skip (why);
  saned_stop (&network);
}

/* --- eSCL --------------------------------------------------------------------------------------------------------- */

static gboolean
airscan_is_installed (void)
{
  static const char *const places[] = { "/usr/lib/x86_64-linux-gnu/sane/libsane-airscan.so.1",
                                        "/usr/lib/aarch64-linux-gnu/sane/libsane-airscan.so.1",
                                        "/usr/lib/sane/libsane-airscan.so.1" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_access (places[i], R_OK) == 0)
      return TRUE;
  return FALSE;
}

static void
write_jpeg (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "page", NULL);
  PIX *pix = pixCreate (100, 100, 8);
  l_uint8 *bytes = NULL;
  size_t n_bytes = 0;

  (void) pixSetAllArbitrary (pix, 200);
  g_assert_cmpint (pixWriteMemJpeg (&bytes, &n_bytes, pix, 80, 0), ==, 0);
  g_assert_true (g_file_set_contents (path, (const char *) bytes, (gssize) n_bytes, NULL));
  lept_free (bytes);
  pixDestroy (&pix);
}

/* One page from the fake device with this fault. Returns: the page, or NULL with @error set. */
static Page *
scan_escl (const char *fault, const char *source, GError **error)
{
  const ScanRequest request = { .dpi = 100, .source = source };
  g_autofree char *dir = sane_config_new ("airscan", NULL);
  g_autofree char *picture = g_build_filename (dir, "page", NULL);
  g_autofree char *option = g_strconcat ("--fault=", fault, NULL);
  g_autofree char *conf = NULL, *port = NULL;
  g_autoptr (GSubprocess) server = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  Page *page;

  write_jpeg (dir);
  server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, error, "/usr/bin/python3",
                             g_getenv ("FAKE_ESCL"), picture, option, NULL);
  g_assert_nonnull (server);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  port = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  g_assert_nonnull (port);
  conf = g_strdup_printf ("[devices]\n\"Fake\" = http://127.0.0.1:%s/eSCL\n[options]\ndiscovery = disable\n", port);
  write_file (dir, "airscan.conf", conf);

  page = scan_one_page (&scan_sane_driver, "airscan:e0:Fake", -1, &request, 16, NULL, error);

  scan_sane_exit ();
  g_subprocess_force_exit (server);
  g_assert_true (g_subprocess_wait (server, NULL, NULL));
  sane_config_free (g_steal_pointer (&dir));
  return page;
}

static gboolean
escl_is_possible (void)
{
  if (!airscan_is_installed ())
    g_test_skip ("sane-airscan is not installed");
  else if (g_access ("/usr/bin/python3", X_OK) != 0)
    g_test_skip ("python3 is not installed");
  else
    return TRUE;
  return FALSE;
}

static void
test_escl_page (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) page = NULL;

  if (!escl_is_possible ())
    return;
  page = scan_escl ("", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->format.n_channels, ==, 1);
  g_assert_cmpuint (page->format.width_px, ==, 100);
  g_assert_cmpuint (page->samples->data[0], ==, 200);
}

static void
test_escl_faults (void)
{
  static const struct
  {
    const char *fault;
    const char *source;
    int code;
  } cases[] = {
    { "jam", "ADF", SCAN_ERROR_JAMMED },  { "empty", "ADF", SCAN_ERROR_NO_PAPER },
    { "cover", "ADF", SCAN_ERROR_IO }, /* sane-airscan does not tell it apart */
    { "drop", "Flatbed", SCAN_ERROR_IO }, { "busy", "Flatbed", SCAN_ERROR_BUSY },
  };

  if (!escl_is_possible ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Page) page = NULL;

      g_test_message ("%s", cases[i].fault);
      page = scan_escl (cases[i].fault, cases[i].source, &error);
      g_assert_null (page);
      g_assert_error (error, SCAN_ERROR, cases[i].code);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  (void) signal (SIGPIPE, SIG_IGN);
  enter_private_network ();
  g_test_add_func ("/scan/net/page", test_page_over_the_network);
  g_test_add_func ("/scan/net/killed-in-the-middle-is-unplugged", test_killed_in_the_middle_is_unplugged);
  g_test_add_func ("/scan/escl/page", test_escl_page);
  g_test_add_func ("/scan/escl/faults", test_escl_faults);
  return g_test_run ();
}
