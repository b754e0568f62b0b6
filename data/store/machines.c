/* SPDX-License-Identifier: Apache-2.0 */
/* machines: rows of machines, enrolments, machine_key and lease. */
#include "machines.h"

#include <string.h>

#include "custody-error.h"
#include "store-private.h"

#define COLUMNS "id, name, company, provider, role, enrolled, attest, transport, escrow_public, escrow"

Machine *
machine_new (void)
{
  return g_new0 (Machine, 1);
}

void
machine_free (Machine *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->name);
  g_free (self->company);
  g_free (self->provider);
  g_free (self->role);
  g_free (self->enrolled);
  g_clear_pointer (&self->attest, g_bytes_unref);
  g_clear_pointer (&self->transport, g_bytes_unref);
  g_clear_pointer (&self->escrow_public, g_bytes_unref);
  g_clear_pointer (&self->escrow, g_bytes_unref);
  g_free (self);
}

void
enrolment_clear (Enrolment *self)
{
  g_clear_pointer (&self->request, g_bytes_unref);
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_clear_pointer (&self->secret, secret_free);
}

void
lease_clear (Lease *self)
{
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->other, g_free);
}

/* Never NULL, so that a column that must not be NULL may still be empty. */
static gconstpointer
data_of (GBytes *bytes, gsize *ret_size)
{
  gconstpointer data = g_bytes_get_data (bytes, ret_size);

  return data != NULL ? data : "";
}

static GBytes *
column_bytes (sqlite3_stmt *statement, int column)
{
  return g_bytes_new (sqlite3_column_blob (statement, column), (gsize) sqlite3_column_bytes (statement, column));
}

/* --- machines -------------------------------------------------------------------------------------------------------- */

static Machine *
machine_from_row (sqlite3_stmt *statement)
{
  Machine *self = machine_new ();

  self->id = store_column_dup (statement, 0);
  self->name = store_column_dup (statement, 1);
  self->company = store_column_dup (statement, 2);
  self->provider = store_column_dup (statement, 3);
  self->role = store_column_dup (statement, 4);
  self->enrolled = store_column_dup (statement, 5);
  self->attest = column_bytes (statement, 6);
  self->transport = column_bytes (statement, 7);
  self->escrow_public = column_bytes (statement, 8);
  self->escrow = column_bytes (statement, 9);
  return self;
}

gboolean
machines_insert (Store *store, const Machine *machine, GError **error)
{
  gsize n_attest, n_transport, n_public, n_escrow;
  gconstpointer attest = data_of (machine->attest, &n_attest), transport = data_of (machine->transport, &n_transport);
  gconstpointer public = data_of (machine->escrow_public, &n_public), escrow = data_of (machine->escrow, &n_escrow);

  return store_run (store, error, "INSERT INTO machines (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    "sssssszzzz", machine->id, machine->name, machine->company, machine->provider, machine->role,
                    machine->enrolled, attest, n_attest, transport, n_transport, public, n_public, escrow, n_escrow);
}

static GPtrArray *
take_machines (Store *store, sqlite3_stmt *rows, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = rows;
  g_autoptr (GPtrArray) machines = g_ptr_array_new_with_free_func ((GDestroyNotify) machine_free);
  int more = -1;

  while (statement != NULL && (more = store_step (store, statement, error)) == 1)
    g_ptr_array_add (machines, machine_from_row (statement));
  return more == 0 ? g_steal_pointer (&machines) : NULL;
}

GPtrArray *
machines_list (Store *store, GError **error)
{
  return take_machines (
      store, store_prepare (store, error, "SELECT " COLUMNS " FROM machines WHERE removed IS NULL ORDER BY rowid", ""),
      error);
}

GPtrArray *
machines_list_removed (Store *store, GError **error)
{
  return take_machines (store,
                        store_prepare (store, error,
                                       "SELECT " COLUMNS " FROM machines WHERE removed IS NOT NULL "
                                       "ORDER BY removed DESC, rowid DESC",
                                       ""),
                        error);
}

Machine *
machines_get (Store *store, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT " COLUMNS " FROM machines WHERE id = ? AND removed IS NULL", "s", id);
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more == 1)
    return machine_from_row (statement);
  if (more == 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NO_SUCH_MACHINE, "no such machine is enrolled");
  return NULL;
}

gboolean
machines_set_removed (Store *store, const char *id, const char *removed, GError **error)
{
  return store_run (store, error, "UPDATE machines SET removed = ?, escrow = x'' WHERE id = ? AND removed IS NULL",
                    "ss", removed, id);
}

gboolean
machines_set_escrow (Store *store, const char *id, GBytes *escrow, GError **error)
{
  gsize size;
  gconstpointer data = data_of (escrow, &size);

  return store_run (store, error, "UPDATE machines SET escrow = ? WHERE id = ? AND removed IS NULL", "zs", data, size,
                    id);
}

/* --- enrolments ------------------------------------------------------------------------------------------------------ */

gboolean
enrolments_put (Store *store, const char *side, const Enrolment *enrolment, GError **error)
{
  gsize n_request, n_answer, n_secret;
  gconstpointer request = data_of (enrolment->request, &n_request);
  gconstpointer answer = data_of (enrolment->answer, &n_answer);
  const guint8 *secret = secret_get_data (enrolment->secret, &n_secret);

  return store_run (store, error,
                    "INSERT OR REPLACE INTO enrolments (side, request, answer, secret) VALUES (?, ?, ?, ?)", "szzz",
                    side, request, n_request, answer, n_answer, secret, n_secret);
}

gboolean
enrolments_get (Store *store, const char *side, Enrolment *ret_enrolment, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      store_prepare (store, error, "SELECT request, answer, secret FROM enrolments WHERE side = ?", "s", side);
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more == 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_ENROLMENT_REFUSED, "no enrolment is under way here");
  if (more != 1)
    return FALSE;
  ret_enrolment->request = column_bytes (statement, 0);
  ret_enrolment->answer = column_bytes (statement, 1);
  ret_enrolment->secret =
      secret_new_copy (sqlite3_column_blob (statement, 2), (gsize) sqlite3_column_bytes (statement, 2));
  return TRUE;
}

gboolean
enrolments_remove (Store *store, const char *side, GError **error)
{
  return store_run (store, error, "DELETE FROM enrolments WHERE side = ?", "s", side);
}

/* --- the machine's key ----------------------------------------------------------------------------------------------- */

gboolean
machine_key_get (Store *store, GBytes **ret_public, GBytes **ret_sealed, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, "SELECT public, sealed FROM machine_key", "");

  if (statement == NULL || store_step (store, statement, error) != 1)
    return FALSE;
  *ret_public = column_bytes (statement, 0);
  *ret_sealed = column_bytes (statement, 1);
  return TRUE;
}

gboolean
machine_key_put (Store *store, GBytes *public_bytes, GBytes *sealed_bytes, GError **error)
{
  gsize n_public, n_sealed;
  gconstpointer public = data_of (public_bytes, &n_public), sealed = data_of (sealed_bytes, &n_sealed);

  return store_run (store, error, "INSERT OR REPLACE INTO machine_key (one, public, sealed) VALUES (1, ?, ?)", "zz",
                    public, n_public, sealed, n_sealed);
}

/* --- the lease ------------------------------------------------------------------------------------------------------- */

gboolean
lease_get (Store *store, Lease *ret_lease, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = store_prepare (store, error, "SELECT number, state, other FROM lease", "");
  int more = statement != NULL ? store_step (store, statement, error) : -1;

  if (more == 0)
    g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_STORE_DAMAGED, "the lease is missing");
  if (more != 1)
    return FALSE;
  ret_lease->number = (guint64) sqlite3_column_int64 (statement, 0);
  ret_lease->state = store_column_dup (statement, 1);
  ret_lease->other = store_column_dup (statement, 2);
  return TRUE;
}

gboolean
lease_put (Store *store, guint64 number, const char *state, const char *other, GError **error)
{
  return store_run (store, error, "UPDATE lease SET number = ?, state = ?, other = ?", "tss", (gint64) number, state,
                    other);
}
