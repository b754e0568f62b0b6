/* SPDX-License-Identifier: Apache-2.0 */
/* module: PKCS#11 by libp11-kit. */
#include "module.h"

#include <gio/gio.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <string.h>

#include "talk.h"

#define OPENSC "opensc-pkcs11.so"
#define MAX_SLOTS 64
#define MAX_KEYS 64
#define ID_MAX_BYTES 256
#define POINT_MAX_BYTES 256
#define UNCOMPRESSED 4
#define ENCODED_BYTES (1 + TOKEN_POINT_BYTES)
#define OCTET_STRING 4

/* DER: the object identifier of P-256, 1.2.840.10045.3.1.7 */
static const guint8 p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };

struct _Module
{
  CK_FUNCTION_LIST **lists; /* owned: NULL-terminated */
  gboolean is_registered;   /* by p11-kit, which owns the array as well */
  /* the token that is open */
  CK_FUNCTION_LIST *list; /* borrowed from lists; NULL: none */
  CK_SLOT_ID slot;
  CK_SESSION_HANDLE session;
  CK_OBJECT_HANDLE key; /* the one that was used last, to see whether it is still there */
};

G_DEFINE_QUARK (module - error - quark, module_error)

static gboolean
fail (GError **error, const char *code)
{
  g_set_error_literal (error, MODULE_ERROR, 0, code);
  return FALSE;
}

static const char *
code_for (CK_RV rv)
{
  switch (rv)
    {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return TALK_WRONG_PIN;
    case CKR_PIN_LOCKED:
    case CKR_PIN_EXPIRED:
      return TALK_PIN_LOCKED;
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_DEVICE_REMOVED:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_SLOT_ID_INVALID:
      return TALK_TAKEN_OUT;
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID:
    case CKR_FUNCTION_NOT_SUPPORTED:
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
      return TALK_UNFIT;
    default:
      return TALK_FAILED;
    }
}

static gboolean
check (CK_RV rv, GError **error)
{
  return rv == CKR_OK || fail (error, code_for (rv));
}

/* --- modules and tokens ---------------------------------------------------------------------------------------------- */

void
module_token_free (ModuleToken *self)
{
  g_free (self->label);
  g_free (self->serial);
  g_free (self->model);
  g_free (self);
}

static gboolean
load_one (Module *self, const char *path)
{
  CK_FUNCTION_LIST *list = p11_kit_module_load (path, P11_KIT_MODULE_CRITICAL);

  if (list == NULL)
    return FALSE;
  if (p11_kit_module_initialize (list) != CKR_OK)
    {
      p11_kit_module_release (list);
      return FALSE;
    }
  self->lists = g_new0 (CK_FUNCTION_LIST *, 2);
  self->lists[0] = list;
  return TRUE;
}

static void
unload (Module *self)
{
  if (self->lists == NULL)
    return;
  if (self->is_registered)
    p11_kit_modules_finalize_and_release (self->lists);
  else
    {
      (void) p11_kit_module_finalize (self->lists[0]);
      p11_kit_module_release (self->lists[0]);
      g_free (self->lists);
    }
  self->lists = NULL;
  self->is_registered = FALSE;
}

/* What p11-kit knows may be certificates alone. */
static gboolean
load_registered (Module *self)
{
  g_autoptr (GPtrArray) tokens = NULL;

  self->lists = p11_kit_modules_load_and_initialize (0);
  self->is_registered = TRUE;
  tokens = self->lists != NULL ? module_list (self) : NULL;
  if (tokens != NULL && tokens->len > 0)
    return TRUE;
  unload (self);
  return FALSE;
}

Module *
module_load (const char *path, GError **error)
{
  Module *self = g_new0 (Module, 1);

  if (path != NULL ? load_one (self, path) : load_registered (self) || load_one (self, OPENSC))
    return self;
  g_free (self);
  fail (error, TALK_NO_MODULE);
  return NULL;
}

void
module_free (Module *self)
{
  if (self == NULL)
    return;
  if (self->list != NULL)
    {
      (void) self->list->C_Logout (self->session);
      (void) self->list->C_CloseSession (self->session);
    }
  unload (self);
  g_free (self);
}

/* Fields are padded with blanks, and are whatever the card says. */
static char *
dup_padded (const CK_UTF8CHAR *field, gsize n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) field, n_bytes);

  return g_utf8_make_valid (g_strchomp (text), -1);
}

static ModuleToken *
token_in (CK_FUNCTION_LIST *list, CK_SLOT_ID slot)
{
  const CK_FLAGS needed = CKF_TOKEN_INITIALIZED | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
  CK_TOKEN_INFO info = { 0 };
  ModuleToken *token;

  if (list->C_GetTokenInfo (slot, &info) != CKR_OK || (info.flags & needed) != needed)
    return NULL;
  token = g_new0 (ModuleToken, 1);
  token->slot = slot;
  token->label = dup_padded (info.label, sizeof info.label);
  token->serial = dup_padded (info.serialNumber, sizeof info.serialNumber);
  token->model = dup_padded (info.model, sizeof info.model);
  token->has_pin_pad = (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
  token->pin_is_locked = (info.flags & CKF_USER_PIN_LOCKED) != 0;
  token->is_last_try = (info.flags & CKF_USER_PIN_FINAL_TRY) != 0;
  return token;
}

/* Calls back for each slot that has a token in it; @func returns %FALSE to stop. */
static void
each_slot (Module *self, gboolean (*func) (CK_FUNCTION_LIST *list, CK_SLOT_ID slot, gpointer data), gpointer data)
{
  for (guint i = 0; self->lists[i] != NULL; i++)
    {
      CK_SLOT_ID slots[MAX_SLOTS];
      CK_ULONG n_slots = MAX_SLOTS;

      if (self->lists[i]->C_GetSlotList (CK_TRUE, slots, &n_slots) != CKR_OK)
        continue;
      for (CK_ULONG k = 0; k < MIN (n_slots, MAX_SLOTS); k++)
        if (!func (self->lists[i], slots[k], data))
          return;
    }
}

static gboolean
add_token_cb (CK_FUNCTION_LIST *list, CK_SLOT_ID slot, gpointer data)
{
  GPtrArray *tokens = data;
  ModuleToken *token = token_in (list, slot);

  if (token != NULL)
    g_ptr_array_add (tokens, token);
  return tokens->len < TALK_MAX_TOKENS;
}

GPtrArray *
module_list (Module *self)
{
  GPtrArray *tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) module_token_free);

  each_slot (self, add_token_cb, tokens);
  return tokens;
}

/* --- opening --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const guint64 *wanted;
  CK_FUNCTION_LIST *list;
  CK_SLOT_ID slot;
  guint n_found;
} Choice;

static gboolean
choose_cb (CK_FUNCTION_LIST *list, CK_SLOT_ID slot, gpointer data)
{
  Choice *choice = data;
  ModuleToken *token = choice->wanted == NULL || *choice->wanted == slot ? token_in (list, slot) : NULL;

  if (token != NULL)
    {
      module_token_free (token);
      choice->list = list;
      choice->slot = slot;
      choice->n_found++;
    }
  return TRUE;
}

gboolean
module_open (Module *self, const guint64 *slot, const Secret *pin, GError **error)
{
  Choice choice = { .wanted = slot };
  CK_SESSION_HANDLE session;
  gsize n_pin;
  const guint8 *bytes = secret_get_data (pin, &n_pin);
  CK_RV rv;

  each_slot (self, choose_cb, &choice);
  if (choice.n_found != 1)
    return fail (error, choice.n_found == 0 ? TALK_NO_TOKEN : TALK_SEVERAL_TOKENS);
  if (!check (choice.list->C_OpenSession (choice.slot, CKF_SERIAL_SESSION, NULL, NULL, &session), error))
    return FALSE;
  rv = choice.list->C_Login (session, CKU_USER, n_pin > 0 ? (CK_UTF8CHAR *) bytes : NULL, n_pin);
  if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN)
    {
      (void) choice.list->C_CloseSession (session);
      return fail (error, code_for (rv));
    }
  self->list = choice.list;
  self->slot = choice.slot;
  self->session = session;
  return TRUE;
}

/* --- keys ------------------------------------------------------------------------------------------------------------ */

static guint
find_objects (Module *self, CK_ATTRIBUTE *template, CK_ULONG n_attributes, CK_OBJECT_HANDLE *ret_handles, guint max)
{
  CK_ULONG n_found = 0;

  if (self->list == NULL || self->list->C_FindObjectsInit (self->session, template, n_attributes) != CKR_OK)
    return 0;
  if (self->list->C_FindObjects (self->session, ret_handles, max, &n_found) != CKR_OK)
    n_found = 0;
  (void) self->list->C_FindObjectsFinal (self->session);
  return MIN (n_found, max);
}

/* Returns the size, at most @max; 0 where there is none. */
static gsize
get_attribute (Module *self, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, void *value, gsize max)
{
  CK_ATTRIBUTE attribute = { type, value, max };

  if (self->list->C_GetAttributeValue (self->session, object, &attribute, 1) != CKR_OK
      || attribute.ulValueLen == (CK_ULONG) -1 || attribute.ulValueLen > max)
    return 0;
  return attribute.ulValueLen;
}

/* The point as the standard has it, in an OCTET STRING, or bare as some cards do. */
static gboolean
parse_point (const guint8 *bytes, gsize n_bytes, guint8 ret_point[TOKEN_POINT_BYTES])
{
  if (n_bytes == 2 + ENCODED_BYTES && bytes[0] == OCTET_STRING && bytes[1] == ENCODED_BYTES)
    {
      bytes += 2;
      n_bytes -= 2;
    }
  if (n_bytes != ENCODED_BYTES || bytes[0] != UNCOMPRESSED)
    return FALSE;
  memcpy (ret_point, bytes + 1, TOKEN_POINT_BYTES);
  return TRUE;
}

/* The public half of a private key: another object, of the same id. */
static gboolean
get_point (Module *self, CK_OBJECT_HANDLE key, guint8 ret_point[TOKEN_POINT_BYTES])
{
  CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
  CK_KEY_TYPE type = CKK_EC;
  guint8 id[ID_MAX_BYTES], curve[sizeof p256], point[POINT_MAX_BYTES];
  gsize n_id = get_attribute (self, key, CKA_ID, id, sizeof id);
  CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class },
                              { CKA_KEY_TYPE, &type, sizeof type },
                              { CKA_ID, id, n_id } };
  CK_OBJECT_HANDLE public;

  return find_objects (self, template, G_N_ELEMENTS (template), &public, 1) == 1
         && get_attribute (self, public, CKA_EC_PARAMS, curve, sizeof curve) == sizeof p256
         && memcmp (curve, p256, sizeof p256) == 0
         && parse_point (point, get_attribute (self, public, CKA_EC_POINT, point, sizeof point), ret_point);
}

static gboolean
is_ours (Module *self, CK_OBJECT_HANDLE key)
{
  char label[sizeof MODULE_KEY_LABEL];
  gsize n = get_attribute (self, key, CKA_LABEL, label, sizeof label);

  return n == strlen (MODULE_KEY_LABEL) && memcmp (label, MODULE_KEY_LABEL, n) == 0;
}

/*
 * A private key that derives on P-256: that of @wanted, or for NULL ours before any other. *@ret_point is its public half.
 */
static gboolean
find_key (Module *self, const guint8 *wanted, CK_OBJECT_HANDLE *ret_key, guint8 ret_point[TOKEN_POINT_BYTES])
{
  CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
  CK_KEY_TYPE type = CKK_EC;
  CK_BBOOL yes = CK_TRUE;
  CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class },
                              { CKA_KEY_TYPE, &type, sizeof type },
                              { CKA_DERIVE, &yes, sizeof yes } };
  CK_OBJECT_HANDLE keys[MAX_KEYS];
  guint n_keys = find_objects (self, template, G_N_ELEMENTS (template), keys, MAX_KEYS);
  gboolean found = FALSE;

  for (guint i = 0; i < n_keys; i++)
    {
      guint8 point[TOKEN_POINT_BYTES];

      if (!get_point (self, keys[i], point) || (wanted != NULL && memcmp (point, wanted, sizeof point) != 0)
          || (found && !is_ours (self, keys[i])))
        continue;
      *ret_key = keys[i];
      memcpy (ret_point, point, sizeof point);
      found = TRUE;
      if (wanted != NULL || is_ours (self, keys[i]))
        break;
    }
  return found;
}

static CK_RV
generate_key (Module *self, CK_SESSION_HANDLE session)
{
  CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  char label[] = MODULE_KEY_LABEL;
  CK_ATTRIBUTE public[] = { { CKA_TOKEN, &yes, sizeof yes },
                            { CKA_DERIVE, &yes, sizeof yes },
                            { CKA_ID, label, strlen (label) },
                            { CKA_LABEL, label, strlen (label) },
                            { CKA_EC_PARAMS, (void *) p256, sizeof p256 } };
  CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, sizeof yes },     { CKA_PRIVATE, &yes, sizeof yes },
                             { CKA_SENSITIVE, &yes, sizeof yes }, { CKA_EXTRACTABLE, &no, sizeof no },
                             { CKA_DERIVE, &yes, sizeof yes },    { CKA_ID, label, strlen (label) },
                             { CKA_LABEL, label, strlen (label) } };
  CK_OBJECT_HANDLE public_key, private_key;

  return self->list->C_GenerateKeyPair (session, &mechanism, public, G_N_ELEMENTS (public), private,
                                        G_N_ELEMENTS (private), &public_key, &private_key);
}

gboolean
module_find_key (Module *self, gboolean create, guint8 ret_point[TOKEN_POINT_BYTES], GError **error)
{
  CK_SESSION_HANDLE session;
  CK_RV rv;

  if (find_key (self, NULL, &self->key, ret_point))
    return TRUE;
  if (!create || self->list == NULL)
    return fail (error, self->list == NULL || !module_is_present (self) ? TALK_TAKEN_OUT : TALK_NO_KEY);
  rv = self->list->C_OpenSession (self->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session);
  if (!check (rv, error))
    return FALSE;
  rv = generate_key (self, session);
  (void) self->list->C_CloseSession (session);
  return check (rv, error) && (find_key (self, NULL, &self->key, ret_point) || fail (error, TALK_UNFIT));
}

gboolean
module_has_key (Module *self, const guint8 point[TOKEN_POINT_BYTES])
{
  guint8 found[TOKEN_POINT_BYTES];

  return find_key (self, point, &self->key, found);
}

/* --- deriving -------------------------------------------------------------------------------------------------------- */

static Secret *
take_shared (Module *self, CK_OBJECT_HANDLE derived, GError **error)
{
  g_autoptr (Secret) shared = secret_new (TOKEN_SHARED_BYTES);
  gsize n = get_attribute (self, derived, CKA_VALUE, secret_get_writable (shared), TOKEN_SHARED_BYTES);

  (void) self->list->C_DestroyObject (self->session, derived);
  if (n == TOKEN_SHARED_BYTES)
    return g_steal_pointer (&shared);
  fail (error, TALK_UNFIT);
  return NULL;
}

Secret *
module_derive (Module *self, const guint8 point[TOKEN_POINT_BYTES], const guint8 peer[TOKEN_POINT_BYTES],
               GError **error)
{
  guint8 encoded[ENCODED_BYTES] = { UNCOMPRESSED };
  CK_ECDH1_DERIVE_PARAMS parameters = { .kdf = CKD_NULL, .ulPublicDataLen = sizeof encoded, .pPublicData = encoded };
  CK_MECHANISM mechanism = { CKM_ECDH1_DERIVE, &parameters, sizeof parameters };
  CK_OBJECT_CLASS class = CKO_SECRET_KEY;
  CK_KEY_TYPE type = CKK_GENERIC_SECRET;
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  CK_ULONG n_bytes = TOKEN_SHARED_BYTES;
  CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class },   { CKA_KEY_TYPE, &type, sizeof type },
                              { CKA_TOKEN, &no, sizeof no },         { CKA_SENSITIVE, &no, sizeof no },
                              { CKA_EXTRACTABLE, &yes, sizeof yes }, { CKA_VALUE_LEN, &n_bytes, sizeof n_bytes } };
  CK_OBJECT_HANDLE derived;
  guint8 found[TOKEN_POINT_BYTES];

  memcpy (encoded + 1, peer, TOKEN_POINT_BYTES);
  if (!find_key (self, point, &self->key, found))
    {
      fail (error, self->list == NULL || !module_is_present (self) ? TALK_TAKEN_OUT : TALK_OTHER_TOKEN);
      return NULL;
    }
  if (!check (
          self->list->C_DeriveKey (self->session, &mechanism, self->key, template, G_N_ELEMENTS (template), &derived),
          error))
    return NULL;
  return take_shared (self, derived, error);
}

gboolean
module_is_present (Module *self)
{
  CK_SLOT_INFO slot;
  CK_SESSION_INFO session;
  CK_TOKEN_INFO token;
  CK_OBJECT_CLASS class;

  if (self->list == NULL || self->list->C_GetSlotInfo (self->slot, &slot) != CKR_OK
      || (slot.flags & CKF_TOKEN_PRESENT) == 0 || self->list->C_GetTokenInfo (self->slot, &token) != CKR_OK
      || self->list->C_GetSessionInfo (self->session, &session) != CKR_OK
      || (session.state != CKS_RO_USER_FUNCTIONS && session.state != CKS_RW_USER_FUNCTIONS))
    return FALSE;
  /* A token in files has no slot to be taken out of, but its key is missed. */
  return self->key == 0 || get_attribute (self, self->key, CKA_CLASS, &class, sizeof class) == sizeof class;
}
