/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: revealing one number. */
#include "vault-reveal.h"

#include "custody-error.h"
#include "numbers.h"
#include "record.h"
#include "vault-private.h"
#include "vault-scope.h"

static gboolean
require_agreed (const Number *number, const char *purpose, GError **error)
{
  g_auto (GStrv) agreed = g_strsplit (number->purposes, " ", -1);

  if (g_strv_contains ((const char *const *) agreed, purpose))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_OTHER_PURPOSE, "the person did not agree to that purpose");
  return FALSE;
}

/* What was agreed to is what the record says. */
static gboolean
require_as_recorded (Vault *self, const Number *number, GError **error)
{
  if (seals_row_is_fine (self->store, "numbers", number->id))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "database: numbers %s is not as the record has it",
               number->id);
  return FALSE;
}

static Secret *
open_for (Vault *self, const VaultAdmin *by, const Number *number, const char *purpose, GError **error)
{
  if (number->sealed == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD, "that record's number is gone");
      return NULL;
    }
  return require_agreed (number, purpose, error) && require_as_recorded (self, number, error)
             ? vault_number_open (self, by, number, error)
             : NULL;
}

Secret *
vault_reveal (Vault *self, const VaultAdmin *by, const char *record_id, const char *purpose, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (Number) number = NULL;
  g_autoptr (Secret) digits = NULL;

  if (!vault_require_at_work (self, error))
    return NULL;
  if (!vault_purpose_is_known (purpose))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "no such purpose");
      return NULL;
    }
  number = numbers_get (self->store, record_id, error);
  if (number == NULL)
    return NULL;
  digits = open_for (self, by, number, purpose, &problem);
  if (digits == NULL)
    {
      vault_note_attempt (self, by->id, "reveal-refused", number->id, problem);
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (!vault_begin (self, error)
      || !vault_end (self,
                     record_append (self->store, error, by->id, "revealed", number->id, "person", number->person,
                                    "purpose", purpose, NULL),
                     error))
    return NULL;
  return g_steal_pointer (&digits);
}
