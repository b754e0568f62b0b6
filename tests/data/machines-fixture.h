/* SPDX-License-Identifier: Apache-2.0 */
/* machines-fixture: two vaults with TPMs of their own, and their way to know each other. */
#pragma once

#include "vault-machines-private.h"

#include "vault-fixture.h"

/* Fixture is the first machine. */
typedef struct
{
  Fixture a, b;
  VaultAdmin *by_a, *by_b;
} Pair;

static inline void
set_up_pair (Pair *p, gconstpointer data)
{
  set_up (&p->a, data);
  set_up (&p->b, data);
  p->by_a = login (&p->a);
  p->by_b = login (&p->b);
}

static inline void
tear_down_pair (Pair *p, gconstpointer data)
{
  vault_admin_free (p->by_a);
  vault_admin_free (p->by_b);
  tear_down (&p->a, data);
  tear_down (&p->b, data);
}

static inline gboolean
keep_action (const Entry *entry, gpointer user_data, GError **error)
{
  /* That many rows at once were made anew stands behind what made them. */
  if (!g_str_equal (entry->action, VAULT_ROWS_CONFIRMED))
    {
      g_free (*(char **) user_data);
      *(char **) user_data = g_strdup (entry->action);
    }
  return TRUE;
}

static inline void
assert_last_entry (Fixture *f, const char *action)
{
  g_autoptr (GError) error = NULL;
  VaultStatus status = get_status (f);
  g_autofree char *found = NULL;

  g_assert_true (
      vault_list_log (f->vault, status.record_entries - 1, status.record_entries, 2, keep_action, &found, &error));
  g_assert_cmpstr (found, ==, action);
}

static inline VaultEnrolment *
request_from (Fixture *f, const VaultAdmin *by)
{
  g_autoptr (GError) error = NULL;
  VaultEnrolment *request = vault_enroll_request (f->vault, by, "予備", &error);

  g_assert_no_error (error);
  g_assert_nonnull (request->file);
  return request;
}

static inline VaultEnrolment *
answer_to (Pair *p, GBytes *request)
{
  g_autoptr (GError) error = NULL;
  VaultEnrolment *answer = vault_enroll_answer (p->a.vault, p->by_a, request, "受付", TRUE, &error);

  g_assert_no_error (error);
  return answer;
}

static inline VaultEnrolment *
prove (Pair *p, GBytes *answer)
{
  g_autoptr (GError) error = NULL;
  VaultEnrolment *proof = vault_enroll_prove (p->b.vault, p->by_b, answer, TRUE, &error);

  g_assert_no_error (error);
  return proof;
}

static inline gboolean
confirm (Pair *p, GBytes *proof, char **words, const char *pin_text, GError **error)
{
  g_autoptr (Secret) pin = secret_new_copy (pin_text, strlen (pin_text));
  guint tries = 0;

  return vault_enroll_confirm (p->a.vault, p->by_a, proof, (const char *const *) words, pin, &tries, error);
}

static inline void
enroll (Pair *p)
{
  g_autoptr (VaultEnrolment) request = request_from (&p->b, p->by_b);
  g_autoptr (VaultEnrolment) answer = answer_to (p, request->file);
  g_autoptr (VaultEnrolment) proof = prove (p, answer->file);
  g_autoptr (VaultEnrolment) seen = NULL;
  g_autoptr (GError) error = NULL;

  seen = vault_enroll_check (p->a.vault, p->by_a, proof->file, &error);
  g_assert_no_error (error);
  g_assert_true (g_strv_equal ((const char *const *) seen->words, (const char *const *) proof->words));
  g_assert_true (confirm (p, proof->file, proof->words, PIN, &error));
  g_assert_no_error (error);
}

static inline Machine *
only_machine (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) machines = vault_list_machines (f->vault, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (machines->len, ==, 1);
  return g_ptr_array_steal_index (machines, 0);
}

static inline void
assert_lease (Fixture *f, const char *state)
{
  g_auto (Lease) lease = { 0 };

  g_assert_true (vault_get_lease (f->vault, &lease));
  g_assert_cmpstr (lease.state, ==, state);
}
