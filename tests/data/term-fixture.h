/* SPDX-License-Identifier: Apache-2.0 */
/* term-fixture: a vault with a chief and a client. */
#pragma once

#include "admins-fixture.h"
#include "vault-term.h"

#define CLIENT "見本 委託"
#define CLIENT_PIN "itaku-5173"

static inline gboolean
try_term (Fixture *f, const VaultAdmin *by, const char *last_day, gboolean accept_clock, GError **error)
{
  const VaultTermChange change = { .last_day = last_day, .accept_clock = accept_clock };

  return vault_set_term (f->vault, by, &change, error);
}

static inline void
set_term (Fixture *f, const VaultAdmin *by, const char *last_day)
{
  g_autoptr (GError) error = NULL;

  (void) try_term (f, by, last_day, FALSE, &error);
  g_assert_no_error (error);
}

static inline void
assert_term_refused (Fixture *f, const VaultAdmin *by, const char *last_day, gboolean accept_clock, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (try_term (f, by, last_day, accept_clock, &error));
  g_assert_error (error, CUSTODY_ERROR, code);
  assert_last_entry (f, by->id, "term-refused", NULL);
}

static inline VaultAdmin *
add_client (Fixture *f, const VaultAdmin *chief)
{
  g_autoptr (GError) error = NULL;
  VaultAdmin *client;

  g_free (add_ok (f, chief, CLIENT, VAULT_CLIENT, CLIENT_PIN));
  client = login_as (f, CLIENT, CLIENT_PIN, &error);
  g_assert_no_error (error);
  return client;
}

/* Whether numbers are taken in, shown by a number. */
static inline void
assert_works (Fixture *f, const char *person, gboolean works)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *record = collect (f, person, NUMBER, &error);

  if (works)
    g_assert_no_error (error);
  else
    g_assert_error (error, CUSTODY_ERROR, CUSTODY_ERROR_EXPIRED);
  g_assert_cmpint (get_status (f).is_expired, ==, !works);
}
