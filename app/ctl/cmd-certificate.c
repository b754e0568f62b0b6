/* SPDX-License-Identifier: Apache-2.0 */
/* azukarictl verify-certificate, and certificates into files. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "certificate-files.h"
#include "certificate.h"
#include "ctl-certificate.h"

/* --- into files ------------------------------------------------------------------------------------------------------ */

char *
ctl_certificate_get_key (AzukariVault1 *vault, guint8 ret_key[ATTESTATION_KEY_BYTES], GError **error)
{
  g_autofree char *pem = NULL;

  if (!azukari_vault1_call_log_key_sync (vault, &pem, NULL, error))
    return NULL;
  if (attestation_key_from_pem (pem, strlen (pem), ret_key))
    return g_steal_pointer (&pem);
  g_set_error_literal (error, VAULT_ERROR, VAULT_ERROR_TAMPERED, "the vault's key cannot be read");
  return NULL;
}

int
ctl_certificate_fetch (CtlContext *ctx, AzukariVault1 *vault, const char *id, const char *path)
{
  guint8 key[ATTESTATION_KEY_BYTES];
  g_autofree char *text = NULL, *pem = NULL;
  g_autoptr (GError) error = NULL;

  if (!azukari_vault1_call_certificate_get_sync (vault, id, &text, NULL, &error))
    return ctl_fail (ctx, error);
  pem = ctl_certificate_get_key (vault, key, &error);
  if (pem == NULL || !certificate_files_write (path, text, key, NULL, &error))
    return ctl_fail (ctx, error);
  if (!ctx->json)
    g_print (_ ("The certificate was written to %s.\n"), path);
  return CTL_DONE;
}

void
ctl_certificate_print_rest (const char *text, const guint8 key[ATTESTATION_KEY_BYTES])
{
  g_autoptr (Certificate) certificate = certificate_check (text, strlen (text), key, NULL, NULL, NULL);

  for (guint i = 0; certificate != NULL && i < certificate->backups->len; i++)
    {
      const CertificateBackup *backup = g_ptr_array_index (certificate->backups, i);

      if (strcmp (backup->what, "unreached") == 0)
        g_print (_ ("- Destroy this copy, which could not be reached: %s\n"), backup->name);
    }
  g_print ("%s\n", _ ("- Sign the certificate, and keep it with its signed text (.azc) and the key (.pem)."));
  g_print ("%s\n", _ ("- Delete exported files, wherever they were handed to."));
  g_print ("%s\n",
           _ ("- Before the machine is given away, clear its TPM in the firmware settings, and erase its disk."));
}

/* --- checking -------------------------------------------------------------------------------------------------------- */

static char *
load (const char *path, gsize *ret_n_bytes, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  if (file == NULL)
    return NULL;
  if (g_mapped_file_get_length (file) > CERTIFICATE_MAX_BYTES)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("%s is too large to be a certificate"), path);
      return NULL;
    }
  *ret_n_bytes = g_mapped_file_get_length (file);
  return g_memdup2 (g_mapped_file_get_contents (file), *ret_n_bytes);
}

/* The SHA-256 of the file that was handed to the client. */
static char *
dup_handed (const Certificate *certificate)
{
  char *digest = g_malloc (2 * CERTIFICATE_DIGEST_BYTES + 1);

  for (guint i = 0; i < CERTIFICATE_DIGEST_BYTES; i++)
    g_snprintf (digest + 2 * i, 3, "%02x", certificate->handed_file[i]);
  return digest;
}

static void
print_facts (CtlContext *ctx, const Certificate *certificate, const AttestationFacts *facts)
{
  g_autofree char *numbers = g_strdup_printf ("%" G_GUINT64_FORMAT, certificate->n_numbers);
  g_autofree char *epoch = g_strdup_printf ("%" G_GUINT64_FORMAT, certificate->epoch);
  g_autofree char *now = g_strdup_printf ("%" G_GUINT64_FORMAT, facts->counter);

  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "ok", "b", TRUE);
      g_variant_dict_insert (&dict, "kind", "s", certificate->is_retirement ? "retirement" : "disposal");
      g_variant_dict_insert (&dict, "id", "s", certificate->id);
      g_variant_dict_insert (&dict, "company", "s", certificate->company);
      g_variant_dict_insert (&dict, "vault", "s", certificate->vault_id);
      g_variant_dict_insert (&dict, "provider", "s", certificate->provider);
      g_variant_dict_insert (&dict, "time", "s", certificate->time);
      g_variant_dict_insert (&dict, "admin", "s", certificate->admin_name);
      g_variant_dict_insert (&dict, "reason", "s", certificate->reason);
      g_variant_dict_insert (&dict, "numbers", "t", certificate->n_numbers);
      g_variant_dict_insert (&dict, "erased", "t", certificate->n_erased);
      if (certificate->is_handed_back)
        {
          g_autofree char *digest = dup_handed (certificate);

          g_variant_dict_insert (&dict, "handed-back-sha256", "s", digest);
          g_variant_dict_insert (&dict, "handed-back-rows", "t", certificate->n_handed);
        }
      g_variant_dict_insert (&dict, "epoch", "t", certificate->epoch);
      g_variant_dict_insert (&dict, "epoch-now", "t", facts->counter);
      ctl_print_json (g_variant_dict_end (&dict));
      return;
    }
  if (strcmp (certificate->provider, "swtpm") == 0)
    g_print ("%s\n", _ ("Software TPM: for trying out only. Whoever copies its state file can sign anything."));
  g_print (_ ("%s, %s. Numbers disposed of: %s. Done by: %s.\n"), certificate->company, certificate->time, numbers,
           certificate->admin_name);
  if (certificate->is_handed_back)
    {
      g_autofree char *digest = dup_handed (certificate),
                      *rows = g_strdup_printf ("%" G_GUINT64_FORMAT, certificate->n_handed);

      g_print (_ ("Handed back before: %s numbers, in the file with SHA-256 %s.\n"), rows, digest);
    }
  g_print (_ ("They were sealed to epoch %s of the vault's TPM, which was in epoch %s when it signed.\n"), epoch, now);
  g_print ("%s\n", _ ("The certificate is whole, and as the vault's TPM signed it."));
}

static int
print_fault (CtlContext *ctx, const GError *fault)
{
  if (ctx->json)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "ok", "b", FALSE);
      g_variant_dict_insert (&dict, "detail", "s", fault->message);
      ctl_print_json (g_variant_dict_end (&dict));
    }
  else
    g_printerr ("%s\n", fault->message);
  g_printerr ("%s\n", _ ("This is no certificate of that vault, or it was altered. Do not rely on it."));
  return CTL_TAMPERED;
}

int
cmd_verify_certificate (CtlContext *ctx, int argc, char **argv)
{
  g_autofree char *key_path = NULL;
  const GOptionEntry entries[] = { { "key", 0, 0, G_OPTION_ARG_FILENAME, &key_path,
                                     N_ ("The vault's public key, as “log key” printed it"), N_ ("FILE") },
                                   G_OPTION_ENTRY_NULL };
  g_autofree char *text = NULL, *pem = NULL;
  g_autoptr (Certificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  guint8 key[ATTESTATION_KEY_BYTES];
  AttestationFacts facts;
  gsize n_text = 0, n_pem = 0;

  if (!ctl_parse (ctx, &argc, &argv, entries, NULL, _ ("FILE"),
                  _ ("Checks a certificate of disposal (削除・廃棄証明書), without vault and TPM.")))
    return CTL_USAGE;
  if (argc != 2 || key_path == NULL)
    return ctl_usage ("verify-certificate", _ ("name the certificate's signed text (.azc), and the key with --key."));
  text = load (argv[1], &n_text, &error);
  if (text != NULL)
    pem = load (key_path, &n_pem, &error);
  if (error == NULL && (pem == NULL || !attestation_key_from_pem (pem, n_pem, key)))
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _ ("%s holds no public key of a vault; “azukarictl log key” prints it"), key_path);
  if (error != NULL)
    return ctl_fail (ctx, error);
  certificate = certificate_check (text, n_text, key, NULL, &facts, &error);
  if (certificate == NULL)
    return print_fault (ctx, error);
  print_facts (ctx, certificate, &facts);
  return CTL_DONE;
}
