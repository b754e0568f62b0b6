/* SPDX-License-Identifier: Apache-2.0 */
/* certificate-files: three files with one name. */
#include "config.h"

#include "certificate-files.h"

#include <glib/gi18n.h>
#include <string.h>

#include "certificate-paper.h"
#include "certificate.h"
#include "new-file.h"

#define PAPER_SUFFIX ".pdf"
#define TEXT_SUFFIX ".azc"
#define KEY_SUFFIX ".pem"

/* (transfer full): @path with @suffix for its own. */
static char *
dup_beside (const char *path, const char *suffix)
{
  gsize n = strlen (path);

  if (g_str_has_suffix (path, PAPER_SUFFIX) || g_str_has_suffix (path, TEXT_SUFFIX))
    n -= strlen (PAPER_SUFFIX);
  return g_strdup_printf ("%.*s%s", (int) n, path, suffix);
}

gboolean
certificate_files_are_free (const char *path, GError **error)
{
  g_autofree char *text = dup_beside (path, TEXT_SUFFIX), *key = dup_beside (path, KEY_SUFFIX);
  const char *const paths[] = { path, text, key };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    if (g_file_test (paths[i], G_FILE_TEST_EXISTS) || g_file_test (paths[i], G_FILE_TEST_IS_SYMLINK))
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("%s is there already; nothing is replaced"), paths[i]);
        return FALSE;
      }
  return TRUE;
}

gboolean
certificate_files_write (const char *path, const char *text, const guint8 key[ATTESTATION_KEY_BYTES], const char *pem,
                         GError **error)
{
  const char *signed_end = strstr (text, "\nattestation\t");
  g_autoptr (Certificate) certificate = NULL;
  g_autoptr (GBytes) pdf = NULL;
  g_autofree char *digest = NULL, *beside = dup_beside (path, TEXT_SUFFIX), *key_path = dup_beside (path, KEY_SUFFIX);
  Attestation attestation;
  AttestationFacts facts;

  certificate = certificate_check (text, strlen (text), key, &attestation, &facts, error);
  if (certificate == NULL || (pem != NULL && !new_file_write (key_path, pem, strlen (pem), error)))
    return FALSE;
  if (!g_str_has_suffix (path, PAPER_SUFFIX))
    return new_file_write (path, text, strlen (text), error);
  /* The paper last: what it needs to be believed is there then. */
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) text, (gsize) (signed_end - text) + 1);
  pdf = certificate_paper_make (certificate, &attestation, digest, facts.counter, error);
  return new_file_write (beside, text, strlen (text), pdf != NULL ? error : NULL) && pdf != NULL
         && new_file_write (path, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error);
}
