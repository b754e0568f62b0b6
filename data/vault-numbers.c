/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: taking a number into custody, deciding about it. */
#include "vault-private.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "my-number.h"
#include "record.h"
#include "vault-index.h"

#define SEAL_VERSION 1
#define UUID_RAW_BYTES 16
#define MAX_PURPOSES 16
#define MAX_EVIDENCE 32

/* --- sealing --------------------------------------------------------------------------------------------------------- */

/* What is sealed: version, the record's id, the digits. A sealed box has no associated data: with the id inside, a box that was
 * put into another person's row is recognised when it is opened. */
#define PLAIN_BYTES (1 + STORE_UUID_BYTES + MY_NUMBER_DIGITS)

GBytes *
vault_number_seal (const guint8 *vault_public, const char *record_id, const Secret *digits)
{
  g_autoptr (Secret) plain = secret_new (PLAIN_BYTES);
  guint8 *bytes = secret_get_writable (plain);
  guint8 sealed[PLAIN_BYTES + crypto_box_SEALBYTES];

  bytes[0] = SEAL_VERSION;
  memcpy (bytes + 1, record_id, STORE_UUID_BYTES);
  memcpy (bytes + 1 + STORE_UUID_BYTES, secret_get_data (digits, NULL), MY_NUMBER_DIGITS);
  if (crypto_box_seal (sealed, bytes, PLAIN_BYTES, vault_public) != 0)
    return NULL;
  return g_bytes_new (sealed, sizeof sealed);
}

Secret *
vault_number_open_with (const guint8 *vault_public, const Secret *vault_secret, const Number *number, GError **error)
{
  g_autoptr (Secret) plain = secret_new (PLAIN_BYTES);
  const guint8 *bytes = secret_get_data (plain, NULL);
  gsize n_sealed;
  const guint8 *sealed = g_bytes_get_data (number->sealed, &n_sealed);

  if (n_sealed != PLAIN_BYTES + crypto_box_SEALBYTES
      || crypto_box_seal_open (secret_get_writable (plain), sealed, n_sealed, vault_public,
                               secret_get_data (vault_secret, NULL))
             != 0
      || bytes[0] != SEAL_VERSION || memcmp (bytes + 1, number->id, STORE_UUID_BYTES) != 0
      || !my_number_is_valid (bytes + 1 + STORE_UUID_BYTES, MY_NUMBER_DIGITS))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "record %s holds what was not sealed for it",
                   number->id);
      return NULL;
    }
  return secret_new_copy (bytes + 1 + STORE_UUID_BYTES, MY_NUMBER_DIGITS);
}

Secret *
vault_number_open (Vault *self, const VaultAdmin *admin, const Number *number, GError **error)
{
  if (admin->vault_secret != NULL)
    return vault_number_open_with (keys_get_vault_public (self->keys), admin->vault_secret, number, error);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "this admin opens no numbers");
  return NULL;
}

/* --- what clients say, checked --------------------------------------------------------------------------------------- */

static gboolean
is_one_of (const char *value, const char *const *choices)
{
  return value != NULL && g_strv_contains (choices, value);
}

static gboolean
identity_is_valid (const char *identity)
{
  static const char *const choices[] = { "employment-known", "photo-document", "two-documents", "attendant-statement",
                                         NULL };

  return is_one_of (identity, choices);
}

/* What a client calls a code must not be a number in disguise, as 1234-5678-9018 or no123456789018. */
static gboolean
could_hide_number (const char *code)
{
  guint n_digits = 0;

  for (; *code != '\0'; code++)
    n_digits += g_ascii_isdigit (*code);
  return n_digits >= MY_NUMBER_DIGITS;
}

static gboolean
code_is_present (const char *code)
{
  return code != NULL && code[0] != '\0' && strlen (code) <= 64 && chain_code_is_valid (code)
         && !could_hide_number (code);
}

static gboolean
optional_code_is_valid (const char *code)
{
  return code == NULL || code[0] == '\0' || code_is_present (code);
}

static char *
join_purposes (const char *const *purposes)
{
  guint n = purposes != NULL ? g_strv_length ((char **) purposes) : 0;

  if (n < 1 || n > MAX_PURPOSES)
    return NULL;
  for (guint i = 0; i < n; i++)
    if (!code_is_present (purposes[i]))
      return NULL;
  return g_strjoinv (" ", (char **) purposes);
}

static gint
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
format_evidence (GVariant *evidence)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GString *text;
  GVariantIter iter;
  const char *key, *value;

  if (evidence == NULL)
    return g_strdup ("");
  if (g_variant_n_children (evidence) > MAX_EVIDENCE)
    return NULL;
  g_variant_iter_init (&iter, evidence);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &value))
    {
      if (!code_is_present (key) || !optional_code_is_valid (value))
        return NULL;
      g_ptr_array_add (lines, g_strdup_printf ("%s=%s\n", key, value));
    }
  g_ptr_array_sort (lines, compare_lines);
  text = g_string_new (NULL);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (text, g_ptr_array_index (lines, i));
  return g_string_free (text, FALSE);
}

static Number *
number_from_collection (const char *person_id, const VaultCollection *collection, GError **error)
{
  g_autoptr (Number) number = number_new ();

  number->purposes = join_purposes (collection->purposes);
  number->evidence = format_evidence (collection->evidence);
  if (!code_is_present (collection->document) || !identity_is_valid (collection->identity) || number->purposes == NULL
      || number->evidence == NULL || !optional_code_is_valid (collection->text_version)
      || !optional_code_is_valid (collection->language) || !isfinite (collection->confidence)
      || collection->confidence < 0 || collection->confidence > 1)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
                   "the collection lacks something or holds more than codes");
      return NULL;
    }
  number->id = g_uuid_string_random ();
  number->person = g_strdup (person_id);
  number->document = g_strdup (collection->document);
  number->identity = g_strdup (collection->identity);
  number->text_version = g_strdup (collection->text_version != NULL ? collection->text_version : "");
  number->language = g_strdup (collection->language != NULL ? collection->language : "");
  number->confidence = collection->confidence;
  number->collected = record_now ();
  return g_steal_pointer (&number);
}

/* --- verbs ----------------------------------------------------------------------------------------------------------- */

static gboolean
collect_in_transaction (Vault *self, const char *actor, const Number *number, GError **error)
{
  g_autoptr (Person) person = people_get (self->store, number->person, error);
  g_autoptr (Number) old = NULL;

  if (person == NULL || !numbers_find_live (self->store, person->id, &old, error))
    return FALSE;
  /* A correction keeps who, when and why, never the old number. */
  if (old != NULL
      && (!numbers_destroy (self->store, old->id, "replaced", number->collected, actor, "collected-again", error)
          || !record_append (self->store, error, actor, "number-replaced", old->id, "by", number->id, "person",
                             person->id, NULL)))
    return FALSE;
  return numbers_insert (self->store, number, error)
         && people_set_state (self->store, person->id, "collected", number->collected, error)
         && record_append (self->store, error, actor, "number-collected", number->id, "document", number->document,
                           "identity", number->identity, "person", person->id, NULL);
}

char *
vault_collect (Vault *self, const char *actor, const char *person_id, const VaultCollection *collection,
               const Secret *digits, GError **error)
{
  g_autoptr (Number) number = NULL;

  if (!vault_require_at_work (self, error))
    return NULL;
  number = number_from_collection (person_id, collection, error);
  if (number == NULL)
    return NULL;
  if (!my_number_is_valid (secret_get_data (digits, NULL), secret_get_size (digits)))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_BAD_NUMBER, "not 12 digits with a check digit that fits");
      return NULL;
    }
  number->sealed = vault_number_seal (keys_get_vault_public (self->keys), number->id, digits);
  if (number->sealed == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "sealing failed");
      return NULL;
    }
  if (!vault_begin (self, error) || !vault_end (self, collect_in_transaction (self, actor, number, error), error))
    return NULL;
  vault_index_note (self, number->id, digits);
  return g_steal_pointer (&number->id);
}

static gboolean
note_in_transaction (Vault *self, const char *actor, const char *person_id, const char *event, const char *reason,
                     GError **error)
{
  g_autofree char *action = g_strconcat ("number-", event, NULL);
  g_autofree char *now = record_now ();
  g_autoptr (Person) person = people_get (self->store, person_id, error);

  if (person == NULL)
    return FALSE;
  if (g_str_equal (event, "refused") && person->record[0] == '\0'
      && !people_set_state (self->store, person_id, "refused", now, error))
    return FALSE;
  return record_append (self->store, error, actor, action, person_id, "reason", reason, NULL);
}

gboolean
vault_note (Vault *self, const char *actor, const char *person_id, const char *event, const char *reason,
            GError **error)
{
  static const char *const events[] = { "asked", "refused", "abandoned", "scan-failed", NULL };

  if (!is_one_of (event, events) || !optional_code_is_valid (reason))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "no such event, or a reason that is no code");
      return FALSE;
    }
  return vault_require_at_work (self, error) && vault_begin (self, error)
         && vault_end (self, note_in_transaction (self, actor, person_id, event, reason, error), error);
}

GPtrArray *
vault_list_records (Vault *self, const Scope *scope, const char *state, guint from, guint limit, GError **error)
{
  if (!vault_require_open (self, error))
    return NULL;
  /* So that who looks sees what is known by now. */
  vault_index_make (self);
  vault_index_keep (self);
  return numbers_list_page (self->store, scope, state, from, limit, error);
}

static Number *
get_live (Vault *self, const char *record_id, GError **error)
{
  g_autoptr (Number) number = numbers_get (self->store, record_id, error);

  if (number != NULL && number->sealed == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_RECORD, "that record's number is gone");
      return NULL;
    }
  return g_steal_pointer (&number);
}

/* A number that somebody else has too is wrong for one of the two, and nobody can tell for which: one of them is asked again. */
static gboolean
require_single (Vault *self, const char *record_id, GError **error)
{
  gboolean is_duplicate = FALSE;

  if (!numbers_is_duplicate (self->store, record_id, &is_duplicate, error))
    return FALSE;
  if (is_duplicate)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_DUPLICATE, "somebody else has the same number");
  return !is_duplicate;
}

static gboolean
approve_in_transaction (Vault *self, const char *admin_id, const char *record_id, const char *identity, GError **error)
{
  g_autofree char *now = record_now ();
  g_autoptr (Number) number = get_live (self, record_id, error);
  const char *kept = number != NULL && identity[0] == '\0' ? number->identity : identity;

  if (number == NULL || !require_single (self, record_id, error))
    return FALSE;
  return numbers_approve (self->store, record_id, kept, now, admin_id, error)
         && people_set_state (self->store, number->person, "approved", now, error)
         && record_append (self->store, error, admin_id, "number-approved", record_id, "identity", kept, "person",
                           number->person, NULL);
}

gboolean
vault_approve (Vault *self, const char *admin_id, const char *record_id, const char *identity, GError **error)
{
  if (identity[0] != '\0' && !identity_is_valid (identity))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "no such way to confirm an identity");
      return FALSE;
    }
  return vault_require_at_work (self, error) && vault_begin (self, error)
         && vault_end (self, approve_in_transaction (self, admin_id, record_id, identity, error), error);
}

static gboolean
ask_again_in_transaction (Vault *self, const char *admin_id, const char *record_id, const char *reason, GError **error)
{
  g_autofree char *now = record_now ();
  g_autoptr (Number) number = get_live (self, record_id, error);

  if (number == NULL)
    return FALSE;
  return numbers_destroy (self->store, record_id, "asked-again", now, admin_id, reason, error)
         && people_set_state (self->store, number->person, "none", now, error)
         && record_append (self->store, error, admin_id, "number-asked-again", record_id, "person", number->person,
                           "reason", reason, NULL);
}

gboolean
vault_ask_again (Vault *self, const char *admin_id, const char *record_id, const char *reason, GError **error)
{
  static const char *const reasons[] = { "unclear", "wrong-person", "duplicate", "expired", "other", NULL };

  if (!is_one_of (reason, reasons))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "no such reason");
      return FALSE;
    }
  return vault_require_at_work (self, error) && vault_begin (self, error)
         && vault_end (self, ask_again_in_transaction (self, admin_id, record_id, reason, error), error);
}
