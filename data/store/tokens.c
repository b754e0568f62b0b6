/* SPDX-License-Identifier: Apache-2.0 */
/* tokens: rows of the tokens table. */
#include "tokens.h"

#include <string.h>

#include "custody-error.h"
#include "store-private.h"

#define COLUMNS "id, admin, label, added, point, ephemeral, sealed, tag"

void
token_free (Token *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->admin);
  g_free (self->label);
  g_free (self->added);
  g_free (self);
}

/* %FALSE for NULL and for another size. */
static gboolean
take_bytes (sqlite3_stmt *statement, int column, guint8 *out, gsize n_bytes)
{
  if (sqlite3_column_bytes (statement, column) != (int) n_bytes)
    return FALSE;
  memcpy (out, sqlite3_column_blob (statement, column), n_bytes);
  return TRUE;
}

static Token *
token_from_row (sqlite3_stmt *statement)
{
  Token *self = g_new0 (Token, 1);

  self->id = store_column_dup (statement, 0);
  self->admin = store_column_dup (statement, 1);
  self->label = store_column_dup (statement, 2);
  self->added = store_column_dup (statement, 3);
  (void) take_bytes (statement, 4, self->point, sizeof self->point);
  self->has_wrap = take_bytes (statement, 5, self->wrap.ephemeral, sizeof self->wrap.ephemeral)
                   && take_bytes (statement, 6, self->wrap.sealed, sizeof self->wrap.sealed)
                   && take_bytes (statement, 7, self->tag, sizeof self->tag);
  return self;
}

gboolean
tokens_insert (Store *store, const Token *token, GError **error)
{
  return store_run (store, error, "INSERT INTO tokens (id, admin, label, added, point) VALUES (?, ?, ?, ?, ?)", "ssssz",
                    token->id, token->admin, token->label, token->added, token->point, sizeof token->point);
}

GPtrArray *
tokens_list (Store *store, const char *admin, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error,
                     "SELECT " COLUMNS " FROM tokens WHERE removed IS NULL AND (?1 = '' OR admin = ?1)"
                     " ORDER BY added, rowid",
                     "s", admin);
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) token_free);
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (tokens, token_from_row (statement));
  return more == 0 ? g_steal_pointer (&tokens) : NULL;
}

Token *
tokens_get (Store *store, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT " COLUMNS " FROM tokens WHERE id = ? AND removed IS NULL", "s", id);
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more == 1)
    return token_from_row (statement);
  if (more == 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_TOKEN, "no such token");
  return NULL;
}

gboolean
tokens_set_wrap (Store *store, const char *id, const TokenWrap *wrap, const guint8 tag[TOKEN_TAG_BYTES], GError **error)
{
  return store_run (store, error, "UPDATE tokens SET ephemeral = ?, sealed = ?, tag = ? WHERE id = ?", "zzzs",
                    wrap->ephemeral, sizeof wrap->ephemeral, wrap->sealed, sizeof wrap->sealed, tag,
                    (gsize) TOKEN_TAG_BYTES, id);
}

gboolean
tokens_set_removed (Store *store, const char *id, const char *removed, GError **error)
{
  return store_run (store, error,
                    "UPDATE tokens SET removed = ?, ephemeral = NULL, sealed = NULL, tag = NULL WHERE id = ?", "ss",
                    removed, id);
}
