/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: admins' tokens, when they are asked for, and the TPM's lock that they can undo. */
#include "vault-private.h"

#include <string.h>

#include "custody-error.h"
#include "record.h"

#define META_POLICY "token-policy"
#define POLICY_REQUIRED "required"
#define POLICY_OFF "off"
/* The password that the lock had before, under the one it gets; no bytes: nothing is under way. */
#define META_LOCK_BEFORE "lock-before"
/* 1: the TPM was told; without the other's removal nobody knows whether it did. */
#define META_LOCK_TOLD "lock-told"

/* The attestation key of the TPM whose lock all this is about: a vault may move, or be restored elsewhere. */
#define META_LOCK_HOME "lock-home"

/* --- the lock's password --------------------------------------------------------------------------------------------- */

void
vault_lock_change_clear (VaultLockChange *self)
{
  g_clear_pointer (&self->before, secret_free);
  g_clear_pointer (&self->next, secret_free);
}

/* Nothing where the lock is in other hands: then no token knows anything about it either. */
static void
lock_change_begin (const Secret *master, VaultLockChange *ret_change)
{
  ret_change->before = master != NULL ? keys_master_dup_lock (master) : NULL;
  ret_change->next = ret_change->before != NULL ? keys_lock_new () : NULL;
}

gboolean
vault_lock_change_for_admin (Vault *self, const Secret *master, const char *admin_id, VaultLockChange *ret_change,
                             GError **error)
{
  g_autoptr (GPtrArray) tokens = tokens_list (self->store, admin_id, error);

  if (tokens == NULL)
    return FALSE;
  if (tokens->len > 0)
    lock_change_begin (master, ret_change);
  return TRUE;
}

static gboolean
wrap_for (Store *store, const char *vault_id, const Secret *lock, const Token *token, GError **error)
{
  guint8 tag[TOKEN_TAG_BYTES];
  TokenWrap wrap;

  keys_lock_tag (lock, tag, sizeof tag);
  if (token->has_wrap && memcmp (token->tag, tag, sizeof tag) == 0)
    return TRUE;
  if (token_wrap (vault_id, token->point, lock, &wrap))
    return tokens_set_wrap (store, token->id, &wrap, tag, error);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "a token's point is not on the curve");
  return FALSE;
}

static gboolean
wrap_for_all (Store *store, const char *vault_id, const Secret *lock, GError **error)
{
  g_autoptr (GPtrArray) tokens = tokens_list (store, "", error);

  if (tokens == NULL)
    return FALSE;
  for (guint i = 0; i < tokens->len; i++)
    if (!wrap_for (store, vault_id, lock, g_ptr_array_index (tokens, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
is_wrapped (const Token *token, const Secret *lock)
{
  guint8 tag[TOKEN_TAG_BYTES];

  keys_lock_tag (lock, tag, sizeof tag);
  return token->has_wrap && memcmp (token->tag, tag, sizeof tag) == 0;
}

/* So that a log-in, which has nothing to change, costs no transaction. */
static gboolean
all_are_wrapped (Store *store, const Secret *lock)
{
  g_autoptr (GPtrArray) tokens = tokens_list (store, "", NULL);

  for (guint i = 0; tokens != NULL && i < tokens->len; i++)
    if (!is_wrapped (g_ptr_array_index (tokens, i), lock))
      return FALSE;
  return TRUE;
}

gboolean
vault_lock_change_step (Store *next, const VaultLockChange *change, const char *vault_id, const char *admin_id,
                        const char *token_id, GError **error)
{
  g_autofree char *now = record_now ();
  g_autoptr (GPtrArray) tokens = tokens_list (next, admin_id != NULL ? admin_id : "", error);
  guint8 sealed[KEYS_LOCK_SEALED_BYTES];

  if (tokens == NULL)
    return FALSE;
  for (guint i = 0; i < tokens->len; i++)
    {
      const Token *token = g_ptr_array_index (tokens, i);

      if ((admin_id != NULL || g_strcmp0 (token->id, token_id) == 0)
          && !tokens_set_removed (next, token->id, now, error))
        return FALSE;
    }
  if (change->next == NULL)
    return TRUE;
  keys_lock_seal (change->next, change->before, sealed);
  return store_set_meta_bytes (next, META_LOCK_BEFORE, sealed, sizeof sealed, error)
         && store_set_meta_number (next, META_LOCK_TOLD, 0, error)
         && wrap_for_all (next, vault_id, change->next, error);
}

static gboolean
is_under_way (Vault *self, Secret **ret_sealed)
{
  g_autoptr (Secret) sealed = store_get_meta_bytes (self->store, META_LOCK_BEFORE, NULL);

  if (sealed == NULL || secret_get_size (sealed) == 0)
    return FALSE;
  if (ret_sealed != NULL)
    *ret_sealed = g_steal_pointer (&sealed);
  return TRUE;
}

static gboolean
is_at_home (Vault *self, guint8 ret_key[ATTESTATION_KEY_BYTES])
{
  g_autoptr (Secret) home = store_get_meta_bytes (self->store, META_LOCK_HOME, NULL);

  return keys_get_attest_key (self->keys, ret_key) && home != NULL && secret_get_size (home) == ATTESTATION_KEY_BYTES
         && memcmp (secret_get_data (home, NULL), ret_key, ATTESTATION_KEY_BYTES) == 0;
}

void
vault_watch_lock (Vault *self)
{
  guint8 key[ATTESTATION_KEY_BYTES];

  keys_lock_set_unsettled (self->keys, is_under_way (self, NULL) && is_at_home (self, key));
}

static gboolean
set_told (Vault *self, guint64 told)
{
  return vault_begin (self, NULL)
         && vault_end (self, store_set_meta_number (self->store, META_LOCK_TOLD, told, NULL), NULL);
}

static gboolean
set_settled (Vault *self)
{
  return vault_begin (self, NULL)
         && vault_end (self, store_set_meta_bytes (self->store, META_LOCK_BEFORE, (const guint8 *) "", 0, NULL), NULL);
}

/*
 * Gives the TPM the password @lock in the place of the one before. A wrong one costs a day without any, so none is ever guessed
 * but where the power went between telling the TPM and writing down that it was told: then the new one is tried.
 * Returns: has the TPM that password now?
 */
static gboolean
settle_lock (Vault *self, const Secret *lock)
{
  g_autoptr (Secret) sealed = NULL, before = NULL;
  g_autoptr (GError) error = NULL;
  guint64 told = 0;
  gboolean done;

  if (!is_under_way (self, &sealed))
    return TRUE;
  (void) store_get_meta_number (self->store, META_LOCK_TOLD, &told, NULL);
  before = keys_lock_open (lock, sealed);
  if (before == NULL || (told == 0 && !set_told (self, 1)))
    return FALSE;
  done = told == 0 ? keys_lock_replace (self->keys, before, lock, &error) : keys_lock_reset (self->keys, lock, &error);
  if (!done)
    g_warning ("the TPM's lock keeps its password for now: %s", error->message);
  if (!done && told == 1 && g_error_matches (error, CUSTODY_ERROR, CUSTODY_ERROR_WRONG_PIN))
    (void) set_told (self, 0);
  done = done && set_settled (self);
  vault_watch_lock (self);
  return done;
}

/* In a transaction. What is there about another TPM's lock is void. */
static gboolean
come_home (Vault *self, GError **error)
{
  guint8 key[ATTESTATION_KEY_BYTES];

  return is_at_home (self, key)
         || ((!is_under_way (self, NULL)
              || store_set_meta_bytes (self->store, META_LOCK_BEFORE, (const guint8 *) "", 0, error))
             && store_set_meta_bytes (self->store, META_LOCK_HOME, key, sizeof key, error));
}

void
vault_settle_tokens (Vault *self, const Secret *master)
{
  g_autoptr (Secret) lock = self->state == VAULT_OPEN ? keys_master_dup_lock (master) : NULL;
  g_autoptr (GError) error = NULL;
  guint8 key[ATTESTATION_KEY_BYTES];

  if (lock == NULL)
    return;
  vault_watch_lock (self);
  if (is_at_home (self, key))
    (void) settle_lock (self, lock);
  if (all_are_wrapped (self->store, lock))
    return;
  if (!vault_begin (self, &error)
      || !vault_end (
          self, come_home (self, &error) && wrap_for_all (self->store, keys_get_vault_id (self->keys), lock, &error),
          &error))
    g_warning ("tokens: %s", error->message);
  vault_watch_lock (self);
}

/* --- policy ---------------------------------------------------------------------------------------------------------- */

gboolean
vault_token_is_required (Vault *self)
{
  g_autofree char *policy = self->state == VAULT_OPEN ? store_dup_meta_text (self->store, META_POLICY, NULL) : NULL;

  return g_strcmp0 (policy, POLICY_REQUIRED) == 0;
}

VaultTokenDuty
vault_get_token_duty (Vault *self, const VaultAdmin *admin)
{
  g_autoptr (GPtrArray) tokens = NULL;

  if (admin->role == VAULT_AUDITOR || !vault_token_is_required (self))
    return VAULT_TOKEN_FREE;
  tokens = tokens_list (self->store, admin->id, NULL);
  return tokens != NULL && tokens->len == 0 ? VAULT_TOKEN_MISSING : VAULT_TOKEN_NEEDED;
}

/* Somebody must be left who can get in and register another. */
static gboolean
require_spare (Vault *self, const VaultAdmin *by, GError **error)
{
  g_autoptr (GPtrArray) tokens = tokens_list (self->store, by->id, error);
  g_autoptr (GPtrArray) admins = tokens != NULL ? admins_list (self->store, error) : NULL;

  if (admins == NULL)
    return FALSE;
  if (tokens->len == 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TOKEN_MISSING, "who asks for tokens has none");
      return FALSE;
    }
  if (tokens->len > 1)
    return TRUE;
  for (guint i = 0; i < admins->len; i++)
    {
      const Admin *admin = g_ptr_array_index (admins, i);

      if (!g_str_equal (admin->id, by->id) && g_str_equal (admin->role, vault_role_get_name (VAULT_CHIEF)))
        return TRUE;
    }
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SPARE_TOKEN, "one token and one chief");
  return FALSE;
}

static gboolean
set_policy (Vault *self, const VaultAdmin *by, const char *policy, GError **error)
{
  return vault_begin (self, error)
         && vault_end (self,
                       store_set_meta_text (self->store, META_POLICY, policy, error)
                           && record_append (self->store, error, by->id, "token-policy", "", "policy", policy, NULL),
                       error);
}

gboolean
vault_set_token_policy (Vault *self, const VaultAdmin *by, gboolean required, GError **error)
{
  return vault_require_open (self, error) && vault_require_chief (by, error)
         && (!required || require_spare (self, by, error))
         && set_policy (self, by, required ? POLICY_REQUIRED : POLICY_OFF, error);
}

/* --- questions ------------------------------------------------------------------------------------------------------- */

GPtrArray *
vault_list_tokens (Vault *self, const char *admin_id, GError **error)
{
  return vault_require_open (self, error) ? tokens_list (self->store, admin_id, error) : NULL;
}

TokenAsked *
vault_ask_token (Vault *self, const char *purpose, GError **error)
{
  return vault_require_open (self, error) ? token_asked_new (keys_get_vault_id (self->keys), purpose) : NULL;
}

static gboolean
record_answer (Vault *self, const char *actor, const char *action, const char *token_id, const char *purpose,
               GError **error)
{
  return vault_begin (self, error)
         && vault_end (self, record_append (self->store, error, actor, action, token_id, "purpose", purpose, NULL),
                       error);
}

/* Only an id that is one of ours may stand in the record. */
static void
refuse_token (Vault *self, const char *actor, const Token *token, const TokenAsked *asked, GError **error)
{
  (void) record_answer (self, actor, "token-refused", token != NULL ? token->id : "", token_asked_get_purpose (asked),
                        NULL);
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TOKEN_REFUSED, "the token's answer does not fit the question");
}

gboolean
vault_check_token (Vault *self, const VaultAdmin *admin, const TokenAsked *asked, const char *token_id,
                   const guint8 proof[TOKEN_PROOF_BYTES], GError **error)
{
  g_autoptr (Token) token = NULL;

  if (!vault_require_open (self, error))
    return FALSE;
  token = tokens_get (self->store, token_id, NULL);
  if (token == NULL || !g_str_equal (token->admin, admin->id)
      || !token_asked_check (asked, token->point, proof, NULL, NULL))
    {
      refuse_token (self, admin->id, token, asked, error);
      return FALSE;
    }
  return record_answer (self, admin->id, "token-accepted", token->id, token_asked_get_purpose (asked), error);
}

/* On the record first: tries that come back without an entry must not be. */
static gboolean
reset_lock (Vault *self, const Token *token, const Secret *lock, GError **error)
{
  if (!settle_lock (self, lock))
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the lock's password is being changed");
      return FALSE;
    }
  if (!vault_begin (self, error)
      || !vault_end (self, record_append (self->store, error, token->admin, "lock-undone", token->id, NULL), error))
    return FALSE;
  if (keys_lock_reset (self->keys, lock, error))
    return TRUE;
  (void) vault_record_alone (self, token->admin, "lock-undo-failed", token->id, NULL);
  return FALSE;
}

gboolean
vault_undo_lock (Vault *self, const TokenAsked *asked, const char *token_id, const guint8 proof[TOKEN_PROOF_BYTES],
                 const guint8 sealed[TOKEN_SEALED_BYTES], GError **error)
{
  g_autoptr (Token) token = NULL;
  g_autoptr (Secret) key = NULL, lock = NULL;
  guint8 home[ATTESTATION_KEY_BYTES];

  if (!vault_require_open (self, error))
    return FALSE;
  token = tokens_get (self->store, token_id, NULL);
  if (token == NULL || !token_asked_check (asked, token->point, proof, sealed, &key))
    {
      refuse_token (self, VAULT_ACTOR_KIOSK, token, asked, error);
      return FALSE;
    }
  if (key != NULL && token->has_wrap && is_at_home (self, home))
    lock = token_unwrap (&token->wrap, key);
  if (lock == NULL)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "nothing that this token opens is kept here");
      return FALSE;
    }
  return reset_lock (self, token, lock, error);
}

/* --- adding and removing --------------------------------------------------------------------------------------------- */

static gboolean
check_new (Vault *self, const Token *token, GError **error)
{
  g_autoptr (Admin) admin = admins_get (self->store, token->admin, error);
  g_autoptr (GPtrArray) tokens = admin != NULL ? tokens_list (self->store, "", error) : NULL;
  guint n_own = 0;

  if (tokens == NULL)
    return FALSE;
  for (guint i = 0; i < tokens->len; i++)
    {
      const Token *other = g_ptr_array_index (tokens, i);

      if (!g_str_equal (other->admin, token->admin))
        continue;
      n_own++;
      if (memcmp (other->point, token->point, sizeof token->point) == 0)
        {
          g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TOKEN_EXISTS, "it is that admin's already");
          return FALSE;
        }
    }
  if (token->label[0] != '\0' && vault_text_is_valid (token->label) && n_own < VAULT_TOKENS_EACH
      && tokens->len < VAULT_TOKENS && !g_str_equal (admin->role, vault_role_get_name (VAULT_AUDITOR)))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE,
               "a token needs a name and belongs to somebody who is no auditor, and has at most %d", VAULT_TOKENS_EACH);
  return FALSE;
}

/* The client's are the client's own: neither may the other register one for them. */
static gboolean
require_adding (Vault *self, const VaultAdmin *by, const char *admin_id, GError **error)
{
  g_autoptr (Admin) admin = NULL;

  if (admin_id[0] == '\0' || g_str_equal (admin_id, by->id))
    return by->role == VAULT_CLIENT || vault_require_chief (by, error);
  admin = vault_require_chief (by, error) ? admins_get (self->store, admin_id, error) : NULL;
  if (admin != NULL && !g_str_equal (admin->role, vault_role_get_name (VAULT_CLIENT)))
    return TRUE;
  if (admin != NULL)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_CLIENTS_ONLY, "a client registers tokens of their own");
  return FALSE;
}

static gboolean
add_in_transaction (Vault *self, const VaultAdmin *by, const Token *token, GError **error)
{
  g_autoptr (Secret) lock = by->master != NULL ? keys_master_dup_lock (by->master) : NULL;

  return tokens_insert (self->store, token, error)
         && (lock == NULL
             || (come_home (self, error) && wrap_for (self->store, keys_get_vault_id (self->keys), lock, token, error)))
         && record_append (self->store, error, by->id, "token-added", token->id, "admin", token->admin, NULL);
}

char *
vault_add_token (Vault *self, const VaultAdmin *by, const char *admin_id, const char *label, const TokenAsked *asked,
                 const guint8 point[TOKEN_POINT_BYTES], const guint8 proof[TOKEN_PROOF_BYTES], GError **error)
{
  g_autoptr (Token) token = g_new0 (Token, 1);

  if (!vault_require_open (self, error) || !require_adding (self, by, admin_id, error))
    return NULL;
  if (!token_asked_check (asked, point, proof, NULL, NULL))
    {
      refuse_token (self, by->id, NULL, asked, error);
      return NULL;
    }
  token->id = g_uuid_string_random ();
  token->admin = g_strdup (admin_id[0] != '\0' ? admin_id : by->id);
  token->label = g_strdup (label);
  token->added = record_now ();
  memcpy (token->point, point, sizeof token->point);
  if (!check_new (self, token, error) || !vault_begin (self, error)
      || !vault_end (self, add_in_transaction (self, by, token, error), error))
    return NULL;
  return g_strdup (token->id);
}

typedef struct
{
  const char *actor, *vault_id;
  const Token *token;
  VaultLockChange lock;
} Removal;

static gboolean
remove_token_step (Store *next, gpointer data, GError **error)
{
  const Removal *removal = data;

  return vault_lock_change_step (next, &removal->lock, removal->vault_id, NULL, removal->token->id, error)
         && record_append (next, error, removal->actor, "token-removed", removal->token->id, "admin",
                           removal->token->admin, NULL);
}

gboolean
vault_remove_token (Vault *self, VaultAdmin *by, const char *token_id, GError **error)
{
  Removal removal = { .actor = by->id };
  VaultEpochChange change = { .step = remove_token_step, .data = &removal };
  g_autoptr (Token) token = NULL;
  g_autoptr (Secret) master = NULL;

  if (!vault_require_open (self, error) || !vault_require_chief (by, error))
    return FALSE;
  token = tokens_get (self->store, token_id, error);
  if (token == NULL)
    return FALSE;
  removal.token = token;
  removal.vault_id = keys_get_vault_id (self->keys);
  lock_change_begin (by->master, &removal.lock);
  change.keys.lock = removal.lock.next;
  master = vault_change_epoch (self, by->master, &change, error);
  vault_lock_change_clear (&removal.lock);
  if (master == NULL)
    return FALSE;
  vault_settle_tokens (self, master);
  vault_refresh_session (by, master);
  return TRUE;
}
