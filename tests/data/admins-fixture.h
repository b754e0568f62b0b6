/* SPDX-License-Identifier: Apache-2.0 */
/* admins-fixture: a vault's fixture, with admins. */
#pragma once

#include "vault-fixture.h"

#define CHIEF "見本 管理"
#define CLERK "見本 事務"
#define CLERK_PIN "649153"
#define AUDITOR "見本 監査"
#define AUDITOR_PIN "kiroku-dake"

static inline char *
add (Fixture *f, const VaultAdmin *by, const char *name, VaultRole role, const char *pin_text, GError **error)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));

  return vault_add_admin (f->vault, by, name, role, NULL, pin, error);
}

static inline char *
add_ok (Fixture *f, const VaultAdmin *by, const char *name, VaultRole role, const char *pin_text)
{
  g_autoptr (GError) error = NULL;
  char *id = add (f, by, name, role, pin_text, &error);

  g_assert_no_error (error);
  return id;
}

/* A clerk of those departments, a line for each; %NULL for all. */
static inline char *
add_clerk_of (Fixture *f, const VaultAdmin *by, const char *name, const char *departments, const char *pin_text)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));
  g_autoptr (GError) error = NULL;
  const Scope scope = { .departments = (char *) (departments != NULL ? departments : ""), .purposes = (char *) "" };
  char *id = vault_add_admin (f->vault, by, name, VAULT_CLERK, &scope, pin, &error);

  g_assert_no_error (error);
  return id;
}

/* As they log in. */
static inline void
assert_scope (Fixture *f, const char *name, const char *pin_text, const char *departments, const char *purposes)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));
  g_autoptr (GError) error = NULL;
  guint tries;
  g_autoptr (VaultAdmin) admin = vault_login (f->vault, name, pin, &tries, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (admin->scope.departments, ==, departments);
  g_assert_cmpstr (admin->scope.purposes, ==, purposes);
}

static inline guint
count_admins (Fixture *f)
{
  g_autoptr (GPtrArray) admins = vault_list_admins (f->vault, NULL);

  return admins->len;
}

static inline VaultAdmin *
login_as (Fixture *f, const char *name, const char *pin_text, GError **error)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));
  guint tries;

  return vault_login (f->vault, name, pin, &tries, error);
}

typedef struct
{
  char *actor, *action, *subject, *detail;
} Recorded;

static inline void
recorded_clear (Recorded *self)
{
  g_free (self->actor);
  g_free (self->action);
  g_free (self->subject);
  g_free (self->detail);
}

/* What an entry says of itself, without what it stands for. */
static inline char *
dup_said (const char *detail)
{
  static const char *const own[] = { RECORD_ROWS, RECORD_ALL_ROWS, RECORD_STATE };
  gsize n = strlen (detail);

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      const char *value = chain_find_detail (detail, own[i]);

      if (value != NULL)
        n = MIN (n, (gsize) (value - detail) - strlen (own[i]) - 1);
    }
  return g_strchomp (g_strndup (detail, n));
}

static inline gboolean
keep_entry (const Entry *entry, gpointer user_data, GError **error)
{
  Recorded *last = user_data;

  recorded_clear (last);
  last->actor = g_strdup (entry->actor);
  last->action = g_strdup (entry->action);
  last->subject = g_strdup (entry->subject);
  last->detail = dup_said (entry->detail);
  return TRUE;
}

static inline Recorded
last_entry (Fixture *f)
{
  guint64 n = get_status (f).record_entries;
  Recorded last = { NULL, NULL, NULL, NULL };

  g_assert_true (vault_list_log (f->vault, n, n, 1, keep_entry, &last, NULL));
  return last;
}

static inline void
assert_last_entry (Fixture *f, const char *actor, const char *action, const char *detail)
{
  Recorded last = last_entry (f);

  g_assert_cmpstr (last.actor, ==, actor);
  g_assert_cmpstr (last.action, ==, action);
  if (detail != NULL)
    g_assert_cmpstr (last.detail, ==, detail);
  recorded_clear (&last);
}
