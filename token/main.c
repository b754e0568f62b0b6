/* SPDX-License-Identifier: Apache-2.0 */
/* azukari-token: one PKCS#11 module in a process of its own. Nothing else of Azukari's lives beside somebody else's code. */
#include "config.h"

#include <gio/gio.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "confine.h"
#include "module.h"
#include "talk.h"

/* To leave a module that does not come to its end. */
#define END_WITHIN_S 3

typedef struct
{
  Module *module;  /* owned; NULL: each request is refused because of */
  GError *problem; /* owned */
  gboolean is_open;
  gboolean is_gone; /* was said once */
} Guard;

static gboolean
refuse (const char *code, GError **error)
{
  return talk_send (TALK_FD, TALK_ERROR, g_variant_new_parsed ("{'code': <%s>}", code), error);
}

static gboolean
refuse_because (const GError *why, GError **error)
{
  return refuse (why->domain == MODULE_ERROR ? why->message : TALK_FAILED, error);
}

static gboolean
break_off (GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "a request that breaks the rules");
  return FALSE;
}

/* --- requests: FALSE ends the conversation --------------------------------------------------------------------------- */

static gboolean
list_tokens (Guard *self, GError **error)
{
  g_autoptr (GPtrArray) tokens = module_list (self->module);
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < tokens->len; i++)
    {
      const ModuleToken *token = g_ptr_array_index (tokens, i);

      g_variant_builder_add_value (
          &rows, g_variant_new_parsed ("{'slot': <%t>, 'label': <%s>, 'serial': <%s>, 'model': <%s>, 'pin-pad': <%b>, "
                                       "'pin-locked': <%b>, 'last-try': <%b>}",
                                       token->slot, token->label, token->serial, token->model, token->has_pin_pad,
                                       token->pin_is_locked, token->is_last_try));
    }
  return talk_send (TALK_FD, TALK_TOKENS,
                    g_variant_new_parsed ("{'tokens': <%@aa{sv}>}", g_variant_builder_end (&rows)), error);
}

static gboolean
open_token (Guard *self, GVariant *body, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (body, "pin", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (Secret) pin = NULL;
  g_autoptr (GError) why = NULL;
  guint64 slot = 0;
  gboolean chosen = g_variant_lookup (body, "slot", "t", &slot);

  if (self->is_open || value == NULL || g_variant_get_size (value) > TALK_PIN_MAX)
    return break_off (error);
  pin = secret_new_take ((void *) g_variant_get_data (value), g_variant_get_size (value));
  if (!module_open (self->module, chosen ? &slot : NULL, pin, &why))
    return refuse_because (why, error);
  self->is_open = TRUE;
  return talk_send (TALK_FD, TALK_OPENED, g_variant_new_parsed ("@a{sv} {}"), error);
}

static gboolean
give_point (Guard *self, GVariant *body, GError **error)
{
  g_autoptr (GError) why = NULL;
  guint8 point[TOKEN_POINT_BYTES];
  gboolean create = FALSE;

  if (!g_variant_lookup (body, "create", "b", &create))
    return break_off (error);
  if (!module_find_key (self->module, create, point, &why))
    return refuse_because (why, error);
  return talk_send (TALK_FD, TALK_POINT, g_variant_new_parsed ("{'point': <%@ay>}", talk_bytes (point, sizeof point)),
                    error);
}

/* The first of the tokens asked for whose key is here. %FALSE with nothing set: none of them. */
static gboolean
choose_token (Guard *self, GVariant *tokens, const char **ret_id, guint8 ret_point[TOKEN_POINT_BYTES],
              GVariant **ret_ephemeral)
{
  for (gsize i = 0; i < MIN (g_variant_n_children (tokens), TALK_MAX_TOKENS); i++)
    {
      g_autoptr (GVariant) point = NULL, ephemeral = NULL;
      const char *id;

      g_variant_get_child (tokens, i, "(&s@ay@ay)", &id, &point, &ephemeral);
      if (g_variant_get_size (point) != TOKEN_POINT_BYTES || !module_has_key (self->module, g_variant_get_data (point)))
        continue;
      *ret_id = id;
      memcpy (ret_point, g_variant_get_data (point), TOKEN_POINT_BYTES);
      *ret_ephemeral = g_steal_pointer (&ephemeral);
      return TRUE;
    }
  return FALSE;
}

/* The key that opens what the vault keeps for this token, sealed for the vault: NULL without one. */
static gboolean
carry_key (Guard *self, const TokenQuestion *question, const Secret *shared, GVariant *ephemeral,
           guint8 ret_sealed[TOKEN_SEALED_BYTES], GError **error)
{
  g_autoptr (Secret) stored = module_derive (self->module, question->point, g_variant_get_data (ephemeral), error);
  g_autoptr (Secret) key = NULL;

  if (stored == NULL)
    return FALSE;
  key = token_lock_key (question->vault_id, question->point, g_variant_get_data (ephemeral), stored);
  token_key_seal (question, shared, key, ret_sealed);
  return TRUE;
}

static gboolean
prove (Guard *self, GVariant *body, GError **error)
{
  g_autoptr (GVariant) tokens = g_variant_lookup_value (body, "tokens", G_VARIANT_TYPE ("a(sayay)"));
  const guint8 *nonce = talk_get_bytes (body, "nonce", TOKEN_NONCE_BYTES);
  const guint8 *peer = talk_get_bytes (body, "ephemeral", TOKEN_POINT_BYTES);
  g_autoptr (GVariant) ephemeral = NULL;
  g_autoptr (Secret) shared = NULL;
  g_autoptr (GError) why = NULL;
  TokenQuestion question = { 0 };
  guint8 proof[TOKEN_PROOF_BYTES], sealed[TOKEN_SEALED_BYTES];
  const char *id = NULL;
  GVariantDict answer;

  if (tokens == NULL || nonce == NULL || peer == NULL || !g_variant_lookup (body, "vault-id", "&s", &question.vault_id)
      || !g_variant_lookup (body, "purpose", "&s", &question.purpose))
    return break_off (error);
  if (!self->is_open || !module_is_present (self->module))
    return refuse (self->is_open ? TALK_TAKEN_OUT : TALK_NO_TOKEN, error);
  if (!choose_token (self, tokens, &id, question.point, &ephemeral))
    return refuse (TALK_OTHER_TOKEN, error);
  memcpy (question.nonce, nonce, sizeof question.nonce);
  memcpy (question.ephemeral, peer, sizeof question.ephemeral);
  shared = module_derive (self->module, question.point, peer, &why);
  if (shared == NULL)
    return refuse_because (why, error);
  token_proof_make (&question, shared, proof);
  g_variant_dict_init (&answer, NULL);
  g_variant_dict_insert (&answer, "token", "s", id);
  g_variant_dict_insert_value (&answer, "proof", talk_bytes (proof, sizeof proof));
  if (g_variant_get_size (ephemeral) == TOKEN_POINT_BYTES)
    {
      if (!carry_key (self, &question, shared, ephemeral, sealed, &why))
        {
          g_variant_dict_clear (&answer);
          return refuse_because (why, error);
        }
      g_variant_dict_insert_value (&answer, "key", talk_bytes (sealed, sizeof sealed));
    }
  return talk_send (TALK_FD, TALK_PROOF, g_variant_dict_end (&answer), error);
}

static gboolean
answer (Guard *self, TalkType type, GVariant *body, GError **error)
{
  if (self->module == NULL)
    return refuse_because (self->problem, error);
  switch (type)
    {
    case TALK_LIST:
      return list_tokens (self, error);
    case TALK_OPEN:
      return open_token (self, body, error);
    case TALK_KEY:
      return give_point (self, body, error);
    case TALK_PROVE:
      return prove (self, body, error);
    default:
      return break_off (error);
    }
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

/* Nothing was asked for a while: tell whether the token is still there. */
static gboolean
watch (Guard *self, GError **error)
{
  if (!self->is_open || self->is_gone)
    return TRUE;
  self->is_gone = !module_is_present (self->module);
  return talk_send (TALK_FD, self->is_gone ? TALK_GONE : TALK_HERE, g_variant_new_parsed ("@a{sv} {}"), error);
}

static gboolean
serve (Guard *self, GError **error)
{
  g_autoptr (Secret) memory = secret_new (TALK_MAX_BYTES);

  for (;;)
    {
      struct pollfd poller = { .fd = TALK_FD, .events = POLLIN };
      int ready = poll (&poller, 1, TALK_HERE_MS);
      g_autoptr (GVariant) body = NULL;
      TalkType type;
      gboolean ok;

      if (ready < 0)
        continue;
      if (ready == 0)
        ok = watch (self, error);
      else
        ok = talk_receive (TALK_FD, secret_get_writable (memory), &type, &body, error)
             && answer (self, type, body, error);
      g_clear_pointer (&body, g_variant_unref);
      explicit_bzero (secret_get_writable (memory), TALK_MAX_BYTES);
      if (!ok)
        return FALSE;
    }
}

static gboolean
run (const char *path, GError **error)
{
  Guard self = { NULL };
  g_autofree char *active = NULL;
  gboolean ok;

  if (!confine (&active, error))
    return FALSE;
  self.module = module_load (path, &self.problem);
  ok = talk_send (TALK_FD, TALK_READY,
                  g_variant_new_parsed ("{'protocol': <%u>, 'confined': <%s>}", TALK_PROTOCOL, active), error)
       && serve (&self, error);
  (void) alarm (END_WITHIN_S);
  module_free (self.module);
  g_clear_error (&self.problem);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc == 2 && strcmp (argv[1], "--version") == 0)
    {
      printf ("azukari-token %s\n", AZUKARI_VERSION);
      return 0;
    }
  if (argc > 2)
    {
      fprintf (stderr, "usage: azukari-token [MODULE]; it is started by azukari and azukarictl\n");
      return 1;
    }
  /* Secrets lock themselves; all of the process cannot be, as a module maps what it likes. */
  if (!secret_init ()
      || (!run (argc > 1 ? argv[1] : NULL, &error) && error != NULL
          && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)))
    {
      fprintf (stderr, "azukari-token: %s\n", error != NULL ? error->message : "no random numbers");
      return 2;
    }
  return 0;
}
