/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: enrolling another machine, and which of two machines is the active one. */
#include "vault-backup-private.h"
#include "vault-machines-private.h"

#include <sodium.h>
#include <string.h>

#include "custody-error.h"
#include "enroll-words.h"
#include "record.h"

void
vault_enrolment_free (VaultEnrolment *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->name);
  g_free (self->company);
  g_free (self->provider);
  g_clear_pointer (&self->file, g_bytes_unref);
  g_strfreev (self->words);
  g_strfreev (self->latin);
  g_free (self);
}

/* --- the lease ------------------------------------------------------------------------------------------------------- */

gboolean
vault_get_lease (Vault *self, Lease *ret_lease)
{
  return self->state == VAULT_OPEN && lease_get (self->store, ret_lease, NULL);
}

gboolean
vault_require_active (Vault *self, GError **error)
{
  g_auto (Lease) lease = { 0 };

  if (!vault_require_open (self, error) || !lease_get (self->store, &lease, error))
    return FALSE;
  if (g_str_equal (lease.state, LEASE_ACTIVE))
    return TRUE;
  if (g_str_equal (lease.state, LEASE_STANDBY))
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STANDBY, "this machine waits to take over from another");
  else
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_MOVED_OUT, "the vault has moved to another machine");
  return FALSE;
}

void
vault_fill_lease (Vault *self, VaultStatus *status)
{
  static const char *const states[] = { LEASE_ACTIVE, LEASE_STANDBY, LEASE_MOVING, LEASE_GONE };
  g_auto (Lease) lease = { 0 };

  if (!vault_get_lease (self, &lease))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i], lease.state))
      status->lease = states[i];
  status->lease_number = lease.number;
  status->danger = vault_get_danger (self);
}

const char *
vault_get_danger (Vault *self)
{
  g_autoptr (GPtrArray) machines = self->state == VAULT_OPEN ? machines_list (self->store, NULL) : NULL;

  for (guint i = 0; machines != NULL && i < machines->len; i++)
    if (g_str_equal (((const Machine *) g_ptr_array_index (machines, i))->role, MACHINE_SECOND))
      return "";
  return machines != NULL && machines->len == 0 ? "no-second" : "";
}

gboolean
vault_require_empty (Vault *self, GError **error)
{
  guint people = 0, submitted, approved;

  if (!people_count (self->store, NULL, &people, &submitted, &approved, error))
    return FALSE;
  if (people == 0)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_EMPTY, "this vault has people of its own");
  return FALSE;
}

/* --- recipients ------------------------------------------------------------------------------------------------------ */

GByteArray *
vault_machines_points (Vault *self, const char *only, GError **error)
{
  g_autoptr (GPtrArray) machines = machines_list (self->store, error);
  g_autoptr (GByteArray) points = g_byte_array_new ();
  guint8 point[CONTAINER_POINT_BYTES];

  if (machines == NULL)
    return NULL;
  if (!keys_get_transport_point (self->keys, point))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_KEYSET_DAMAGED, "the transport key cannot be read");
      return NULL;
    }
  g_byte_array_append (points, point, sizeof point);
  for (guint i = 0; i < machines->len; i++)
    {
      const Machine *machine = g_ptr_array_index (machines, i);

      if (!g_str_equal (machine->role, MACHINE_SECOND) || (only != NULL && !g_str_equal (machine->id, only)))
        continue;
      if (!tpm_public_get_point (machine->transport, point))
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "a machine's transport key cannot be read");
          return NULL;
        }
      g_byte_array_append (points, point, sizeof point);
    }
  return g_steal_pointer (&points);
}

/* --- parts of an enrolment ------------------------------------------------------------------------------------------- */

static gboolean
require_party (const EnrollParty *party, gboolean allow_software, GError **error)
{
  if (!vault_text_is_valid (party->name) || party->name[0] == '\0' || !vault_text_is_valid (party->company))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_FILE, "the other machine's name cannot be shown");
      return FALSE;
    }
  if (!allow_software && g_str_equal (party->provider, "swtpm"))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_SOFTWARE_TPM, "the other machine's TPM is a software one");
      return FALSE;
    }
  return TRUE;
}

static gboolean
require_name (const char *name, GError **error)
{
  if (name[0] != '\0' && vault_text_is_valid (name))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "this machine needs a name");
  return FALSE;
}

static VaultEnrolment *
enrolment_of (const EnrollParty *party)
{
  VaultEnrolment *self = g_new0 (VaultEnrolment, 1);

  self->id = g_strdup (party != NULL ? party->id : "");
  self->name = g_strdup (party != NULL ? party->name : "");
  self->company = g_strdup (party != NULL ? party->company : "");
  self->provider = g_strdup (party != NULL ? party->provider : "");
  self->software_tpm = g_str_equal (self->provider, "swtpm");
  return self;
}

static gboolean
take_words (VaultEnrolment *self, const EnrollProof *proof, GError **error)
{
  self->words = enroll_words (proof, error);
  if (self->words == NULL)
    return FALSE;
  self->latin = g_new0 (char *, ENROLL_WORDS + 1);
  for (guint i = 0; i < ENROLL_WORDS; i++)
    self->latin[i] = enroll_word_to_latin (self->words[i]);
  return TRUE;
}

/* Ends the verb in the record: @self, or NULL with the refusal recorded. */
static VaultEnrolment *
conclude (Vault *self, const VaultAdmin *by, VaultEnrolment **enrolment, gboolean ok, GError *take_problem,
          GError **error)
{
  if (ok)
    return g_steal_pointer (enrolment);
  g_clear_pointer (enrolment, vault_enrolment_free);
  if (self->state == VAULT_OPEN)
    vault_note_attempt (self, by->id, "enrolment-refused", "", take_problem);
  g_propagate_error (error, take_problem);
  return NULL;
}

static Machine *
machine_from_party (const EnrollParty *party, const char *role)
{
  Machine *machine = machine_new ();

  machine->id = g_strdup (party->id);
  machine->name = g_strdup (party->name);
  machine->company = g_strdup (party->company);
  machine->provider = g_strdup (party->provider);
  machine->role = g_strdup (role);
  machine->enrolled = record_now ();
  machine->attest = g_bytes_ref (party->attest);
  machine->transport = g_bytes_ref (party->transport);
  machine->escrow_public = g_bytes_new (NULL, 0);
  machine->escrow = g_bytes_new (NULL, 0);
  return machine;
}

/* In a transaction. A machine that is enrolled again takes its own place. */
static gboolean
insert_machine (Vault *self, const Machine *machine, GError **error)
{
  g_autoptr (GPtrArray) machines = NULL;

  if (!machines_set_removed (self->store, machine->id, machine->enrolled, error))
    return FALSE;
  machines = machines_list (self->store, error);
  if (machines == NULL)
    return FALSE;
  if (machines->len >= MACHINES_MAX)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "at most %d machines are enrolled", MACHINES_MAX);
      return FALSE;
    }
  return machines_insert (self->store, machine, error);
}

/* --- the second machine ---------------------------------------------------------------------------------------------- */

static gboolean
request_in_transaction (Vault *self, const VaultAdmin *by, const char *name, GBytes **ret_file, GError **error)
{
  g_autofree char *now = record_now ();
  const KeysParty party = { .company = self->company, .name = name, .created = now };
  g_autoptr (GBytes) public = vault_machine_public (self, error);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_auto (Enrolment) enrolment = { 0 };
  guint8 nonce[ENROLL_NONCE_BYTES];

  if (public == NULL)
    return FALSE;
  enrolment.request = keys_enroll_request (self->keys, &party, g_bytes_get_data (public, NULL), nonce, error);
  if (enrolment.request == NULL)
    return FALSE;
  enrolment.answer = g_bytes_ref (none);
  enrolment.secret = secret_new_take (nonce, sizeof nonce);
  if (!enrolments_put (self->store, MACHINE_SECOND, &enrolment, error)
      || !record_append (self->store, error, by->id, "enrolment-requested", "", NULL))
    return FALSE;
  *ret_file = g_bytes_ref (enrolment.request);
  return TRUE;
}

VaultEnrolment *
vault_enroll_request (Vault *self, const VaultAdmin *by, const char *name, GError **error)
{
  g_autoptr (VaultEnrolment) enrolment = enrolment_of (NULL);
  GError *problem = NULL;
  gboolean ok;

  if (!vault_require_open (self, error))
    return NULL;
  ok = vault_require_chief (by, &problem) && require_name (name, &problem) && vault_require_empty (self, &problem)
       && vault_begin (self, &problem)
       && vault_end (self, request_in_transaction (self, by, name, &enrolment->file, &problem), &problem);
  return conclude (self, by, &enrolment, ok, problem, error);
}

static gboolean
prove_in_transaction (Vault *self, const VaultAdmin *by, GBytes *answer_file, gboolean allow_software,
                      VaultEnrolment **ret_enrolment, GError **error)
{
  g_auto (Enrolment) pending = { 0 };
  g_autoptr (EnrollAnswer) answer = NULL;
  g_autoptr (Machine) machine = NULL;
  g_autoptr (VaultEnrolment) enrolment = NULL;
  g_auto (Lease) lease = { 0 };
  guint8 request[ENROLL_DIGEST_BYTES];
  EnrollProof proof;

  if (!enrolments_get (self->store, MACHINE_SECOND, &pending, error))
    return FALSE;
  if (secret_get_size (pending.secret) != ENROLL_NONCE_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "the enrolment that is under way is damaged");
      return FALSE;
    }
  enroll_digest (pending.request, request);
  answer = enroll_answer_read (answer_file, request, error);
  if (answer == NULL || !require_party (&answer->party, allow_software, error))
    return FALSE;
  enrolment = enrolment_of (&answer->party);
  enrolment->file = keys_enroll_prove (self->keys, answer, secret_get_data (pending.secret, NULL), &proof, error);
  if (enrolment->file == NULL || !take_words (enrolment, &proof, error))
    return FALSE;
  machine = machine_from_party (&answer->party, MACHINE_FIRST);
  if (!insert_machine (self, machine, error) || !enrolments_remove (self->store, MACHINE_SECOND, error)
      || !lease_get (self->store, &lease, error)
      || !lease_put (self->store, lease.number, LEASE_STANDBY, machine->id, error)
      || !record_append (self->store, error, by->id, "enrolled-at", machine->id, "provider", machine->provider, NULL))
    return FALSE;
  *ret_enrolment = g_steal_pointer (&enrolment);
  return TRUE;
}

VaultEnrolment *
vault_enroll_prove (Vault *self, const VaultAdmin *by, GBytes *answer, gboolean allow_software, GError **error)
{
  g_autoptr (VaultEnrolment) enrolment = NULL;
  GError *problem = NULL;
  gboolean ok;

  if (!vault_require_open (self, error))
    return NULL;
  ok = vault_require_chief (by, &problem) && vault_require_empty (self, &problem) && vault_begin (self, &problem)
       && vault_end (self, prove_in_transaction (self, by, answer, allow_software, &enrolment, &problem), &problem);
  return conclude (self, by, &enrolment, ok, problem, error);
}

/* --- the first machine ----------------------------------------------------------------------------------------------- */

static gboolean
answer_in_transaction (Vault *self, const VaultAdmin *by, const EnrollRequest *request, GBytes *request_file,
                       const char *name, GBytes **ret_file, GError **error)
{
  g_autofree char *now = record_now ();
  const KeysParty party = { .company = self->company, .name = name, .created = now };
  g_auto (Enrolment) pending = { 0 };
  g_autoptr (GBytes) file = keys_enroll_answer (self->keys, &party, request, &pending.secret, error);
  guint8 digest[ENROLL_DIGEST_BYTES];

  if (file == NULL)
    return FALSE;
  enroll_digest (file, digest);
  pending.request = g_bytes_ref (request_file);
  pending.answer = g_bytes_new (digest, sizeof digest);
  if (!enrolments_put (self->store, MACHINE_FIRST, &pending, error)
      || !record_append (self->store, error, by->id, "enrolment-answered", request->party.id, "provider",
                         request->party.provider, NULL))
    return FALSE;
  *ret_file = g_steal_pointer (&file);
  return TRUE;
}

VaultEnrolment *
vault_enroll_answer (Vault *self, const VaultAdmin *by, GBytes *request_file, const char *name, gboolean allow_software,
                     GError **error)
{
  g_autoptr (VaultEnrolment) enrolment = NULL;
  g_autoptr (EnrollRequest) request = NULL;
  GError *problem = NULL;
  gboolean ok;

  if (!vault_require_open (self, error))
    return NULL;
  ok = vault_require_chief (by, &problem) && vault_require_active (self, &problem) && require_name (name, &problem);
  if (ok)
    request = enroll_request_read (request_file, &problem);
  ok = request != NULL && require_party (&request->party, allow_software, &problem);
  if (ok && g_str_equal (request->party.id, keys_get_vault_id (self->keys)))
    {
      g_set_error (&problem, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED, "this is the request of this very vault");
      ok = FALSE;
    }
  if (ok)
    {
      enrolment = enrolment_of (&request->party);
      ok =
          vault_begin (self, &problem)
          && vault_end (self, answer_in_transaction (self, by, request, request_file, name, &enrolment->file, &problem),
                        &problem);
    }
  return conclude (self, by, &enrolment, ok, problem, error);
}

static gboolean
read_proof (Vault *self, GBytes *proof_file, EnrollRequest **ret_request, EnrollProof *ret_proof, GError **error)
{
  g_auto (Enrolment) pending = { 0 };
  g_autoptr (EnrollRequest) request = NULL;

  if (!enrolments_get (self->store, MACHINE_FIRST, &pending, error))
    return FALSE;
  if (g_bytes_get_size (pending.answer) != ENROLL_DIGEST_BYTES
      || secret_get_size (pending.secret) != TPM_CREDENTIAL_SECRET_BYTES)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "the enrolment that is under way is damaged");
      return FALSE;
    }
  request = enroll_request_read (pending.request, error);
  if (request == NULL
      || !enroll_proof_read (proof_file, request, g_bytes_get_data (pending.answer, NULL), pending.secret, ret_proof,
                             error))
    return FALSE;
  *ret_request = g_steal_pointer (&request);
  return TRUE;
}

static VaultEnrolment *
check_proof (Vault *self, const VaultAdmin *by, GBytes *proof_file, EnrollRequest **ret_request, GError **error)
{
  g_autoptr (VaultEnrolment) enrolment = NULL;
  g_autoptr (EnrollRequest) request = NULL;
  EnrollProof proof;

  if (!vault_require_chief (by, error) || !vault_require_active (self, error)
      || !read_proof (self, proof_file, &request, &proof, error))
    return NULL;
  enrolment = enrolment_of (&request->party);
  if (!take_words (enrolment, &proof, error))
    return NULL;
  if (ret_request != NULL)
    *ret_request = g_steal_pointer (&request);
  return g_steal_pointer (&enrolment);
}

VaultEnrolment *
vault_enroll_check (Vault *self, const VaultAdmin *by, GBytes *proof, GError **error)
{
  g_autoptr (VaultEnrolment) enrolment = NULL;
  GError *problem = NULL;

  if (!vault_require_open (self, error))
    return NULL;
  enrolment = check_proof (self, by, proof, NULL, &problem);
  return conclude (self, by, &enrolment, enrolment != NULL, problem, error);
}

static gboolean
confirm_in_transaction (Vault *self, const VaultAdmin *by, const EnrollRequest *request, const Secret *vault_secret,
                        GError **error)
{
  g_autoptr (Machine) machine = machine_from_party (&request->party, MACHINE_SECOND);

  g_bytes_unref (machine->escrow_public);
  machine->escrow_public = g_bytes_new (request->escrow, sizeof request->escrow);
  g_bytes_unref (machine->escrow);
  machine->escrow = vault_escrow_seal (keys_get_vault_id (self->keys), machine->id, request->escrow,
                                       keys_get_vault_public (self->keys), vault_secret);
  if (machine->escrow == NULL)
    {
      machine->escrow = g_bytes_new (NULL, 0);
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED, "its escrow key is no key");
      return FALSE;
    }
  return insert_machine (self, machine, error) && enrolments_remove (self->store, MACHINE_FIRST, error)
         && record_append (self->store, error, by->id, "machine-enrolled", machine->id, "provider", machine->provider,
                           NULL);
}

gboolean
vault_enroll_confirm (Vault *self, const VaultAdmin *by, GBytes *proof, const char *const *words, const Secret *pin,
                      guint *ret_tries_left, GError **error)
{
  g_autoptr (VaultEnrolment) enrolment = NULL;
  g_autoptr (EnrollRequest) request = NULL;
  g_autoptr (Secret) vault_secret = NULL;
  GError *problem = NULL;
  gboolean ok;

  if (!vault_require_open (self, error))
    return FALSE;
  enrolment = check_proof (self, by, proof, &request, &problem);
  ok = enrolment != NULL;
  if (ok && !g_strv_equal (words, (const char *const *) enrolment->words))
    {
      /* Whoever stands between has shown B other words than A: this enrolment is over. */
      if (vault_begin (self, NULL))
        (void) vault_end (self, enrolments_remove (self->store, MACHINE_FIRST, NULL), NULL);
      g_set_error (&problem, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED, "the words are not the same");
      ok = FALSE;
    }
  ok = ok && keys_login (self->keys, by->id, pin, &vault_secret, NULL, ret_tries_left, &problem)
       && vault_begin (self, &problem)
       && vault_end (self, confirm_in_transaction (self, by, request, vault_secret, &problem), &problem);
  enrolment = conclude (self, by, &enrolment, ok, problem, error);
  return enrolment != NULL;
}

/* --- the list -------------------------------------------------------------------------------------------------------- */

GPtrArray *
vault_list_machines (Vault *self, GError **error)
{
  return vault_require_open (self, error) ? machines_list (self->store, error) : NULL;
}

typedef struct
{
  const char *actor, *machine;
} Removal;

static gboolean
remove_step (Store *next, gpointer data, GError **error)
{
  const Removal *removal = data;
  g_autofree char *now = record_now ();

  return machines_set_removed (next, removal->machine, now, error)
         && record_append (next, error, removal->actor, "machine-removed", removal->machine, NULL);
}

/* The first machine, on the second: nothing was sealed to it. */
static gboolean
remove_first (Vault *self, const VaultAdmin *by, const Machine *machine, GError **error)
{
  g_auto (Lease) lease = { 0 };
  Removal removal = { by->id, machine->id };

  return lease_get (self->store, &lease, error)
         && (!g_str_equal (lease.state, LEASE_STANDBY)
             || lease_put (self->store, lease.number, LEASE_ACTIVE, "", error))
         && remove_step (self->store, &removal, error);
}

gboolean
vault_remove_machine (Vault *self, VaultAdmin *by, const char *id, GError **error)
{
  Removal removal = { by->id, id };
  const VaultEpochChange change = { .step = remove_step, .data = &removal };
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (Secret) master = NULL;

  if (!vault_require_open (self, error))
    return FALSE;
  if (vault_require_chief (by, &problem))
    machine = machines_get (self->store, id, &problem);
  if (machine != NULL && g_str_equal (machine->role, MACHINE_FIRST))
    {
      if (vault_begin (self, &problem) && vault_end (self, remove_first (self, by, machine, &problem), &problem))
        return TRUE;
    }
  else if (machine != NULL)
    master = vault_change_epoch (self, by->master, &change, &problem);
  if (master != NULL)
    {
      vault_refresh_session (by, master);
      return TRUE;
    }
  vault_note_attempt (self, by->id, "machine-remove-refused", machine != NULL ? machine->id : "", problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
