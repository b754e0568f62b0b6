/* SPDX-License-Identifier: Apache-2.0 */
/* Visit: what happens between "start" and "take your card", as a state machine without a display. */
#pragma once

#include <gio/gio.h>

#include "reader-client.h"

G_BEGIN_DECLS

/*
 *                   +--------------------------- refuse ----------------------------+
 *                   |                                                               v
 *   IDLE -> WHO -> PURPOSE -> PLACING -> SCANNING -> CONFIRMING -> SAVING -> [FAMILY] -> DONE -> IDLE
 *    |               ^         ^   ^        |            |            |       |
 *    |               |         |   +--- PROBLEM <--------|------------+       |
 *    |               |         +------------- again -----+                    |
 *    |               |         +------------- the next member <---------------+
 *    +-> ATTENDANT -> CONTRACTOR -> IDENTITY
 *
 * Every state but IDLE and SAVING gives way to IDLE after a time without a touch, or when cancelled; both wipe everything.
 * A person whose number is already in custody goes from PURPOSE straight to FAMILY.
 */
typedef enum
{
  VISIT_IDLE,
  VISIT_WHO,        /* an employee says who they are */
  VISIT_ATTENDANT,  /* an attendant's PIN, for a contractor */
  VISIT_CONTRACTOR, /* the attendant picks or adds the contractor */
  VISIT_IDENTITY,   /* the attendant has looked at identity documents */
  VISIT_PURPOSE,
  VISIT_PLACING,
  VISIT_SCANNING,
  VISIT_PROBLEM, /* no number came of it: what happened, what to do */
  VISIT_CONFIRMING,
  VISIT_SAVING,
  VISIT_FAMILY,
  VISIT_DONE,
} VisitState;

/* Why the state did not move on; the window says it in words. */
typedef enum
{
  VISIT_TROUBLE_NONE,
  VISIT_TROUBLE_NO_SUCH_PERSON, /* the code and the birth date do not belong together */
  VISIT_TROUBLE_WAIT,           /* too many tries: wait a minute */
  VISIT_TROUBLE_WRONG_PIN,      /* visit_get_tries_left () */
  VISIT_TROUBLE_LOCKED_OUT,
  VISIT_TROUBLE_VAULT, /* the vault gave no answer that helps */
} VisitTrouble;

typedef enum
{
  VISIT_OUTCOME_NONE,
  VISIT_OUTCOME_COLLECTED, /* one number or more taken into custody, or already there */
  VISIT_OUTCOME_REFUSED,   /* the person did not agree */
} VisitOutcome;

/* Reasons of VISIT_PROBLEM beside FRAMES_REASON_*. */
#define VISIT_REASON_NOT_SAVED "not-saved" /* read well, but the vault did not take it */
#define VISIT_REASON_DISK_FULL "disk-full"

/* Somebody whose number may be taken in this visit. */
typedef struct
{
  char *id;
  char *name;
  char *relationship; /* "" for the person themselves */
  char *state;        /* none | collected | approved | disposed | refused */
} VisitMember;

/* A contractor on the roster, as the attendant sees them. */
typedef struct
{
  char *id;
  char *code;
  char *name;
  char *kana;
  char *state;
} VisitContractor;

/* @answer is borrowed and %NULL when @error is set. */
typedef void (*VisitAnswer) (gpointer data, GVariant *answer, const GError *error);
/* @verdict is the callee's to free, and %NULL when @error is set. */
typedef void (*VisitVerdict) (gpointer data, ReaderVerdict *verdict, const GError *error);

/*
 * What a visit needs of the world. Every function gets @self, runs in the main thread, and calls back exactly once in the
 * main context, now or later, also after cancelling. Strings and secrets are borrowed for the call.
 */
typedef struct
{
  void (*warm) (gpointer self); /* a person has started: have the reader ready */
  void (*drop) (gpointer self); /* the reader and its images go */
  /* (a{sv}) as vault.xml's Identify */
  void (*identify) (gpointer self, const char *code, const char *birth_date, GCancellable *cancellable,
                    VisitAnswer answer, gpointer data);
  void (*login) (gpointer self, const char *name, const char *pin, GCancellable *cancellable, VisitAnswer answer,
                 gpointer data);
  /* (aa{sv}) as PeopleList */
  void (*list_contractors) (gpointer self, GCancellable *cancellable, VisitAnswer answer, gpointer data);
  /* (s) the new id */
  void (*add_contractor) (gpointer self, const char *name, const char *kana, const char *birth_date,
                          GCancellable *cancellable, VisitAnswer answer, gpointer data);
  /* (a{sv}); gives up the attendant's login, so that only the person's own rights are left */
  void (*attend) (gpointer self, const char *person_id, GCancellable *cancellable, VisitAnswer answer, gpointer data);
  /* @page: the card's name for a recorded scanner: the person's code, or code-N for their Nth dependant */
  void (*scan) (gpointer self, const char *page, GCancellable *cancellable, VisitVerdict verdict, gpointer data);
  /* @collection: (transfer none) a{sv} as vault.xml's Collect */
  void (*collect) (gpointer self, const char *person_id, GVariant *collection, const char *number,
                   GCancellable *cancellable, VisitAnswer answer, gpointer data);
  void (*note) (gpointer self, const char *person_id, const char *event, const char *reason);
  void (*forget) (gpointer self); /* gives up the person's and the attendant's rights */
} VisitServices;

#define VISIT_TYPE (visit_get_type ())
G_DECLARE_FINAL_TYPE (Visit, visit, AZUKARI, VISIT, GObject)

/**
 * visit_new:
 * @services: kept by reference, must live as long as the visit
 * @services_self: first argument of every service; borrowed, must live as long as the visit
 * @timeout_scale: 1.0 = the normal time-outs
 *
 * Main thread only. ::changed is emitted after anything that a getter tells has changed; ::countdown (int seconds) when
 * the last 10 seconds of a state run, once a second, with -1 when they stop.
 */
Visit *visit_new (const VisitServices *services, gpointer services_self, double timeout_scale);

VisitState visit_get_state (Visit *self);
gboolean visit_is_busy (Visit *self); /* an answer of the vault is awaited */
gboolean visit_is_attended (Visit *self);
VisitTrouble visit_get_trouble (Visit *self);
int visit_get_tries_left (Visit *self); /* -1 = not known */
VisitOutcome visit_get_outcome (Visit *self);
gboolean visit_can_go_back (Visit *self);
gboolean visit_can_cancel (Visit *self);

/* All borrowed, valid until the next ::changed. */
const char *visit_get_person_name (Visit *self);      /* "" before it is known */
const VisitMember *visit_get_subject (Visit *self);   /* whose card is wanted; %NULL before that is known */
GPtrArray *visit_get_members (Visit *self);           /* of VisitMember: the person first, then the dependants */
GPtrArray *visit_get_contractors (Visit *self);       /* of VisitContractor */
const ReaderVerdict *visit_get_verdict (Visit *self); /* in CONFIRMING and PROBLEM */
const char *visit_get_reason (Visit *self);           /* in PROBLEM: FRAMES_REASON_* or VISIT_REASON_* */
const char *visit_get_purpose_kind (Visit *self);     /* "employee" or "contractor": for purposes_for_kind () */

/* What the person does. A call that does not fit the state is ignored. */
void visit_start (Visit *self, gboolean attended);
void visit_identify (Visit *self, const char *code, const char *birth_date);
void visit_login (Visit *self, const char *name, const char *pin);
void visit_choose (Visit *self, const char *contractor_id);
void visit_add (Visit *self, const char *name, const char *kana, const char *birth_date);
void visit_confirm_identity (Visit *self, const char *identity);
/* @language: of the text that was shown, "ja" … */
void visit_agree (Visit *self, const char *language);
void visit_refuse (Visit *self);
void visit_scan (Visit *self);
void visit_accept (Visit *self);
void visit_again (Visit *self);
void visit_next_member (Visit *self, guint member);
void visit_finish (Visit *self);
void visit_back (Visit *self);
void visit_cancel (Visit *self);

/* A sign of life from the person or from the scanner: the state's time starts anew. */
void visit_touch (Visit *self);
/* @elapsed_ms of wall time have passed; the owner calls it a few times a second. */
void visit_advance (Visit *self, guint elapsed_ms);

G_END_DECLS
