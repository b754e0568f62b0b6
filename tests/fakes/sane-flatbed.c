/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A back-end of SANE: flatbeds whose head takes its time. $SANE_CONFIG_DIR names one folder of the test's, with
 *
 *     page   a PGM picture with a header of three lines: what lies on the glass
 *     rest   optional; a FIFO: sane_cancel () waits until somebody has opened it for writing and closed it again
 *
 * Devices: "page" delivers the picture; "endless" too, and does not say how long it will be; after SLOW_FROM of its rows, both
 * give one row at a time and pause before each. "large" and "large-endless" are even colour pages of LARGE_PX, without pause.
 */
#include <fcntl.h>
#include <sane/sane.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLOW_FROM 0.36
#define PAUSE_US 250000
#define LARGE_WIDTH_PX 4960
#define LARGE_HEIGHT_PX 7016

typedef struct
{
  int is_large, is_endless, is_scanning;
  FILE *file;
  SANE_Parameters params;
  size_t n_bytes, done;
} Flatbed;

static const SANE_Word resolutions[] = { 2, 300, 600 };

static const SANE_Option_Descriptor options[] = {
  { .name = "",
    .title = "",
    .desc = "",
    .type = SANE_TYPE_INT,
    .size = sizeof (SANE_Word),
    .cap = SANE_CAP_SOFT_DETECT },
  { .name = "resolution",
    .title = "Resolution",
    .desc = "",
    .type = SANE_TYPE_INT,
    .unit = SANE_UNIT_DPI,
    .size = sizeof (SANE_Word),
    .cap = SANE_CAP_SOFT_SELECT | SANE_CAP_SOFT_DETECT,
    .constraint_type = SANE_CONSTRAINT_WORD_LIST,
    .constraint = { .word_list = resolutions } },
};

SANE_Status sane_flatbed_init (SANE_Int *version, SANE_Auth_Callback authorize);
void sane_flatbed_exit (void);
SANE_Status sane_flatbed_get_devices (const SANE_Device ***list, SANE_Bool local_only);
SANE_Status sane_flatbed_open (SANE_String_Const name, SANE_Handle *handle);
void sane_flatbed_close (SANE_Handle handle);
const SANE_Option_Descriptor *sane_flatbed_get_option_descriptor (SANE_Handle handle, SANE_Int option);
SANE_Status
sane_flatbed_control_option (SANE_Handle handle, SANE_Int option, SANE_Action action, void *value, SANE_Int *info);
SANE_Status sane_flatbed_get_parameters (SANE_Handle handle, SANE_Parameters *params);
SANE_Status sane_flatbed_start (SANE_Handle handle);
SANE_Status sane_flatbed_read (SANE_Handle handle, SANE_Byte *data, SANE_Int max_length, SANE_Int *length);
void sane_flatbed_cancel (SANE_Handle handle);
SANE_Status sane_flatbed_set_io_mode (SANE_Handle handle, SANE_Bool non_blocking);
SANE_Status sane_flatbed_get_select_fd (SANE_Handle handle, SANE_Int *fd);

static void
path_of (const char *name, char *path, size_t size)
{
  const char *dir = getenv ("SANE_CONFIG_DIR");

  (void) snprintf (path, size, "%s/%s", dir != NULL ? dir : ".", name);
}

SANE_Status
sane_flatbed_init (SANE_Int *version, SANE_Auth_Callback authorize)
{
  *version = SANE_VERSION_CODE (1, 0, 0);
  return SANE_STATUS_GOOD;
}

void
sane_flatbed_exit (void)
{
}

SANE_Status
sane_flatbed_get_devices (const SANE_Device ***list, SANE_Bool local_only)
{
  static const SANE_Device device = { "page", "Azukari", "Flatbed of a test", "flatbed scanner" };
  static const SANE_Device *devices[] = { &device, NULL };

  *list = devices;
  return SANE_STATUS_GOOD;
}

SANE_Status
sane_flatbed_open (SANE_String_Const name, SANE_Handle *handle)
{
  Flatbed *self = calloc (1, sizeof *self);

  if (self == NULL)
    return SANE_STATUS_NO_MEM;
  self->is_large = strncmp (name, "large", 5) == 0;
  self->is_endless = strstr (name, "endless") != NULL;
  *handle = self;
  return SANE_STATUS_GOOD;
}

void
sane_flatbed_close (SANE_Handle handle)
{
  Flatbed *self = handle;

  if (self->file != NULL)
    (void) fclose (self->file);
  free (self);
}

const SANE_Option_Descriptor *
sane_flatbed_get_option_descriptor (SANE_Handle handle, SANE_Int option)
{
  return option >= 0 && option < 2 ? &options[option] : NULL;
}

SANE_Status
sane_flatbed_control_option (SANE_Handle handle, SANE_Int option, SANE_Action action, void *value, SANE_Int *info)
{
  const Flatbed *self = handle;

  if (info != NULL)
    *info = 0;
  if (option < 0 || option > 1 || action == SANE_ACTION_SET_AUTO || (option == 0 && action == SANE_ACTION_SET_VALUE))
    return SANE_STATUS_INVAL;
  if (action == SANE_ACTION_GET_VALUE)
    *(SANE_Word *) value = option == 0 ? 2 : self->is_large ? 600 : 300;
  return SANE_STATUS_GOOD;
}

SANE_Status
sane_flatbed_start (SANE_Handle handle)
{
  Flatbed *self = handle;
  int width = LARGE_WIDTH_PX, height = LARGE_HEIGHT_PX, channels = self->is_large ? 3 : 1;

  if (!self->is_large)
    {
      char path[4096];

      path_of ("page", path, sizeof path);
      self->file = fopen (path, "rb");
      if (self->file == NULL || fscanf (self->file, "P5\n%d %d\n255", &width, &height) != 2
          || fgetc (self->file) != '\n')
        return SANE_STATUS_NO_DOCS;
    }
  self->params = (SANE_Parameters){ .format = channels == 3 ? SANE_FRAME_RGB : SANE_FRAME_GRAY,
                                    .last_frame = SANE_TRUE,
                                    .bytes_per_line = width * channels,
                                    .pixels_per_line = width,
                                    .lines = self->is_endless ? -1 : height,
                                    .depth = 8 };
  self->n_bytes = (size_t) self->params.bytes_per_line * (size_t) height;
  self->done = 0;
  self->is_scanning = 1;
  return SANE_STATUS_GOOD;
}

SANE_Status
sane_flatbed_get_parameters (SANE_Handle handle, SANE_Parameters *params)
{
  *params = ((Flatbed *) handle)->params;
  return SANE_STATUS_GOOD;
}

SANE_Status
sane_flatbed_read (SANE_Handle handle, SANE_Byte *data, SANE_Int max_length, SANE_Int *length)
{
  Flatbed *self = handle;
  size_t n = self->n_bytes - self->done;

  *length = 0;
  if (!self->is_scanning)
    return SANE_STATUS_CANCELLED;
  if (n == 0)
    return SANE_STATUS_EOF;
  if (n > (size_t) max_length)
    n = (size_t) max_length;
  if (!self->is_large && (double) self->done > SLOW_FROM * (double) self->n_bytes)
    {
      (void) usleep (PAUSE_US);
      if (n > (size_t) self->params.bytes_per_line)
        n = (size_t) self->params.bytes_per_line;
    }
  if (self->is_large)
    memset (data, 240, n);
  else
    n = fread (data, 1, n, self->file);
  self->done += n;
  *length = (SANE_Int) n;
  return n > 0 ? SANE_STATUS_GOOD : SANE_STATUS_IO_ERROR;
}

void
sane_flatbed_cancel (SANE_Handle handle)
{
  Flatbed *self = handle;
  char path[4096];
  int fd;

  if (!self->is_scanning)
    return;
  self->is_scanning = 0;
  path_of ("rest", path, sizeof path);
  fd = open (path, O_RDONLY | O_CLOEXEC); /* waits for the other end */
  if (fd >= 0)
    {
      char byte;

      while (read (fd, &byte, 1) > 0)
        ;
      (void) close (fd);
    }
}

SANE_Status
sane_flatbed_set_io_mode (SANE_Handle handle, SANE_Bool non_blocking)
{
  return non_blocking ? SANE_STATUS_UNSUPPORTED : SANE_STATUS_GOOD;
}

SANE_Status
sane_flatbed_get_select_fd (SANE_Handle handle, SANE_Int *fd)
{
  return SANE_STATUS_UNSUPPORTED;
}
