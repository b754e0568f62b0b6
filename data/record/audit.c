/* SPDX-License-Identifier: Apache-2.0 */
/* audit: the chain, the attestations in it, and the clock. */
#include "audit.h"

#include <string.h>

#include "custody-error.h"

/* How far a power cut may take a TPM's clock back: it is kept at least so often (TPM 2.0, part 1, "Clock"). */
#define TPM_CLOCK_KEPT_MS (G_GUINT64_CONSTANT (1) << 22)
/* A TPM's clock may run this much too fast (its specification allows 15 %), and a checkpoint takes a moment. */
#define TPM_CLOCK_SHARE 0.8

static gboolean
set_tampered (const Audit *self, const char *what, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "record: entry %" G_GUINT64_FORMAT " %s", self->length,
               what);
  return FALSE;
}

void
audit_begin (Audit *self, const guint8 key[ATTESTATION_KEY_BYTES])
{
  *self = (Audit){ .newest_s = G_MININT64 };
  memcpy (self->key, key, ATTESTATION_KEY_BYTES);
}

static gboolean
parse_time (const char *text, gint64 *ret_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  if (time == NULL)
    return FALSE;
  *ret_s = g_date_time_to_unix (time);
  return TRUE;
}

guint64
audit_get_reviewed_to (const char *detail)
{
  const char *to = chain_find_detail (detail, "to");

  return to != NULL ? g_ascii_strtoull (to, NULL, 10) : 0;
}

gboolean
audit_add (Audit *self, const Entry *entry, GError **error)
{
  guint8 expected[ENTRY_HASH_BYTES];
  gint64 time_s;

  if (self->needs_checkpoint)
    return set_tampered (self, "is a checkpoint without its attestation", error);
  chain_hash (self->head, entry, expected);
  self->length++;
  if (entry->seq != self->length || memcmp (expected, entry->hash, ENTRY_HASH_BYTES) != 0)
    return set_tampered (self, "does not fit the chain", error);
  if (!parse_time (entry->time, &time_s))
    return set_tampered (self, "has no time", error);
  memcpy (self->head, expected, ENTRY_HASH_BYTES);
  if (self->newest_s != G_MININT64 && time_s < self->newest_s - AUDIT_CLOCK_SLACK_S)
    {
      self->clock_set_back = self->length;
      self->newest_s = time_s;
    }
  self->newest_s = MAX (self->newest_s, time_s);
  self->needs_checkpoint = g_str_equal (entry->action, AUDIT_CHECKPOINT);
  if (g_str_equal (entry->action, AUDIT_ACCEPTED))
    {
      self->accepted = self->length;
      self->n_accepted++;
    }
  if (g_str_equal (entry->action, AUDIT_REVIEWED))
    {
      self->reviewed = self->length;
      if (self->clock_set_back <= audit_get_reviewed_to (entry->detail))
        self->clock_set_back = 0;
    }
  return TRUE;
}

/* While the TPM's clock went on, the machine's must have gone on too. */
static gboolean
clock_fell_behind (const Audit *self, const AttestationFacts *facts)
{
  double passed_s = ((double) facts->clock_ms - (double) self->facts.clock_ms) / 1000.0;

  return (double) (self->newest_s - self->checkpoint_s) < TPM_CLOCK_SHARE * passed_s - AUDIT_CLOCK_SLACK_S;
}

/* After a power cut it goes on from where it was kept, and says so until it is past what it may have said before. */
static gboolean
tpm_clock_was_set_back (const AttestationFacts *before, const AttestationFacts *now)
{
  const guint32 resets = now->resets - before->resets;

  return now->clock_ms < before->clock_ms
         && (now->clock_is_safe || resets == 0 || resets > G_MAXINT32
             || before->clock_ms - now->clock_ms > TPM_CLOCK_KEPT_MS);
}

gboolean
audit_add_checkpoint (Audit *self, const Attestation *attestation, GError **error)
{
  g_autoptr (GError) problem = NULL;
  AttestationFacts facts;

  if (!self->needs_checkpoint)
    return set_tampered (self, "has an attestation and is no checkpoint", error);
  if (!attestation_check (attestation, self->key, self->head, &facts, &problem))
    return set_tampered (self, problem->message, error);
  /* A TPM whose state was accepted along with the database's may have been set back too. */
  if (self->n_checkpoints > 0 && self->accepted <= self->attested)
    {
      if (facts.counter < self->facts.counter || tpm_clock_was_set_back (&self->facts, &facts))
        return set_tampered (self, "has an attestation that is older than the one before", error);
      if (clock_fell_behind (self, &facts))
        self->clock_set_back = self->length;
    }
  self->needs_checkpoint = FALSE;
  self->n_checkpoints++;
  self->attested = self->length;
  self->facts = facts;
  self->checkpoint_s = self->newest_s;
  return TRUE;
}

gboolean
audit_end (Audit *self, GError **error)
{
  return !self->needs_checkpoint || set_tampered (self, "is a checkpoint without its attestation", error);
}
