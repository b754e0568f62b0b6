/* SPDX-License-Identifier: Apache-2.0 */
/* people: the roster's rows. Same rules as store.h. */
#pragma once

#include "askings.h"
#include "scope.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;   /* UUID */
  char *kind; /* employee | contractor | dependant */
  char *code; /* "" only for dependants */
  char *name;
  char *kana;
  char *birth_date; /* YYYY-MM-DD or "" */
  char *department;
  char *parent; /* id or "" */
  char *relationship;
  char *state;      /* none | collected | approved | disposed | refused */
  char *record;     /* the live number's record id or "" */
  char *updated;    /* RFC 3339 */
  char *left;       /* YYYY-MM-DD: the last day on which they belonged to the company, or were paid; or "" */
  char *joined;     /* YYYY-MM-DD or "" */
  char *employment; /* 正社員, パート … or "" */
  char *pension;    /* of a dependant: category-3 (国民年金第3号被保険者), none, or "" when it is not known */
  /* of pages of lists only, else NULL */
  char *employee, *employee_code; /* of a dependant, else "" */
  char *belongs;                  /* the department, a dependant's employee's for them */
  const Asking *asking;           /* borrowed, until the next askings_follow () */
} Person;

Person *person_new (void);
void person_free (Person *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Person, person_free)

/** people_list: (transfer full) (element-type Person): employees and contractors by code, each followed by their dependants. */
GPtrArray *people_list (Store *store, GError **error);

/* Who is still to hand a number in: those who were never asked, those who did not agree; but nobody who has left. */
#define PEOPLE_OUTSTANDING "outstanding"

typedef struct
{
  const Scope *scope;     /* NULL: everybody */
  const char *kind;       /* "" any */
  const char *state;      /* "" any; a person's, or PEOPLE_OUTSTANDING */
  const char *department; /* NULL any; "": people without one. A dependant's is their employee's */
  const char *today;      /* YYYY-MM-DD, for PEOPLE_OUTSTANDING */
  gboolean by_department; /* in their order, people without one last */
  guint from, limit;      /* so many (0: all) after the first @from */
} PeopleFilter;

/** people_list_page: the same for those that @filter names. */
GPtrArray *people_list_page (Store *store, const PeopleFilter *filter, GError **error);

/* Of one department. */
typedef struct
{
  char *department;
  guint people, none, refused, collected, approved, disposed;
  guint outstanding, asked; /* as of PEOPLE_OUTSTANDING, and those of them who were asked */
} PeopleCount;

/** people_count_departments: (transfer full) (element-type PeopleCount): in their order. @today: YYYY-MM-DD */
GPtrArray *people_count_departments (Store *store, const Scope *scope, const char *today, GError **error);
/** people_get: %NULL with NO_SUCH_PERSON. */
Person *people_get (Store *store, const char *id, GError **error);
/** people_find_by_code: employees and contractors. %NULL with NO_SUCH_PERSON. */
Person *people_find_by_code (Store *store, const char *code, GError **error);
GPtrArray *people_list_dependants (Store *store, const char *parent_id, GError **error);

gboolean people_insert (Store *store, const Person *person, GError **error);
/** people_update: all but id, kind, state and record. */
gboolean people_update (Store *store, const Person *person, GError **error);
gboolean people_set_state (Store *store, const char *id, const char *state, const char *updated, GError **error);
gboolean people_set_left (Store *store, const char *id, const char *left, const char *updated, GError **error);
/** people_erase: name, kana, birth date, department and relationship go; id and code stay. */
gboolean people_erase (Store *store, const char *id, const char *updated, GError **error);
/** people_list_left: those with a number in custody who have left, or whose employee has; also for days to come. */
GPtrArray *people_list_left (Store *store, const Scope *scope, GError **error);
/** people_count: all people, those with a number in custody, those whose number is approved. */
gboolean people_count (Store *store, const Scope *scope, guint *ret_people, guint *ret_submitted, guint *ret_approved,
                       GError **error);

G_END_DECLS
