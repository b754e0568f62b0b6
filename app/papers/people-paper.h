/* SPDX-License-Identifier: Apache-2.0 */
/* people-paper: papers with names: who has not handed in a number (未提出者一覧), and the slips that ask for it (提出のお願い). No numbers. In
 * the language of the process. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * people_paper_make_outstanding:
 * @status: a{sv} as GetStatus answers: the company
 * @department: (nullable): whose list it is; "": people without one
 * @people: aa{sv} as PeoplePrint answers, by department
 *
 * Returns: (transfer full): a PDF; %NULL with %G_IO_ERROR.
 */
GBytes *people_paper_make_outstanding (GVariant *status, const char *department, GVariant *people, GDateTime *when,
                                       GError **error);

typedef struct
{
  const char *deadline; /* as it is to be read, or NULL: none */
  const char *place;    /* where the kiosk stands, or NULL */
  const char *contact;  /* whom to ask, or NULL: a line to write on */
} PeopleSlip;

/** people_paper_make_slips: one A5 page for each of @people. */
GBytes *
people_paper_make_slips (GVariant *status, const PeopleSlip *slip, GVariant *people, GDateTime *when, GError **error);

/** people_paper_department: what people without a department are under. */
const char *people_paper_department (const char *department);

G_END_DECLS
