/* SPDX-License-Identifier: Apache-2.0 */
/* machines: rows about other machines: who is enrolled, an enrolment that is under way, and which of two machines is the active one.
 * Same rules as store.h. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

#define MACHINES_MAX 8
#define MACHINE_FIRST "first"   /* collects; this one waits to take over from it */
#define MACHINE_SECOND "second" /* waits; backups of this one are made for it too */

typedef struct
{
  char *id; /* of its vault */
  char *name;
  char *company;
  char *provider;
  char *role;
  char *enrolled;
  GBytes *attest;        /* public part of its attestation key */
  GBytes *transport;     /* of its transport key */
  GBytes *escrow_public; /* X25519; none for a first machine */
  GBytes *escrow;        /* this vault's secret, sealed to it; none for a first machine */
} Machine;

Machine *machine_new (void);
void machine_free (Machine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Machine, machine_free)

gboolean machines_insert (Store *store, const Machine *machine, GError **error);
/** machines_list: (transfer full) (element-type Machine): those that are enrolled, oldest first. */
GPtrArray *machines_list (Store *store, GError **error);
/** machines_list_removed: (transfer full) (element-type Machine): those that were, the last one first. */
GPtrArray *machines_list_removed (Store *store, GError **error);
/** machines_get: NO_SUCH_MACHINE. */
Machine *machines_get (Store *store, const char *id, GError **error);
/** machines_set_removed: the row stays, as the record names machines by id. */
gboolean machines_set_removed (Store *store, const char *id, const char *removed, GError **error);
gboolean machines_set_escrow (Store *store, const char *id, GBytes *escrow, GError **error);

/* --- an enrolment that is under way: one at most as the first machine, one as the second --- */

typedef struct
{
  GBytes *request; /* the file */
  GBytes *answer;  /* the first machine: the answer's digest; the second: no bytes */
  Secret *secret;  /* the first machine: what is in the credential; the second: its nonce */
} Enrolment;

void enrolment_clear (Enrolment *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Enrolment, enrolment_clear)

/** enrolments_put: takes the place of the one before. @side: MACHINE_FIRST or MACHINE_SECOND, which this machine is. */
gboolean enrolments_put (Store *store, const char *side, const Enrolment *enrolment, GError **error);
/** enrolments_get: ENROLMENT_REFUSED when none is under way. */
gboolean enrolments_get (Store *store, const char *side, Enrolment *ret_enrolment, GError **error);
gboolean enrolments_remove (Store *store, const char *side, GError **error);

/* --- the machine's own key pair, which escrows of others are sealed to --- */

/** machine_key_get: %FALSE without an error when there is none yet. @ret_sealed: the secret half, sealed to the vault's public key. */
gboolean machine_key_get (Store *store, GBytes **ret_public, GBytes **ret_sealed, GError **error);
gboolean machine_key_put (Store *store, GBytes *public, GBytes *sealed, GError **error);

/* --- the lease: which of several machines is the active one --- */

#define LEASE_ACTIVE "active"
#define LEASE_STANDBY "standby" /* waits to take over */
#define LEASE_MOVING "moving"   /* the last bundle was made; the other machine has yet to say that it took over */
#define LEASE_GONE "gone"       /* it did */

typedef struct
{
  guint64 number; /* rises with every move: of two machines that think they are active, the one with the larger is */
  char *state;
  char *other; /* id of the machine that it moved to, or "" */
} Lease;

void lease_clear (Lease *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lease, lease_clear)

gboolean lease_get (Store *store, Lease *ret_lease, GError **error);
gboolean lease_put (Store *store, guint64 number, const char *state, const char *other, GError **error);

G_END_DECLS
