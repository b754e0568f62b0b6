/* SPDX-License-Identifier: Apache-2.0 */
/* Vault: its term, who may change it, and which day it is at least. */
#include "vault-term.h"

#include <string.h>
#include <time.h>

#include "custody-error.h"
#include "record.h"
#include "vault-private.h"

/* YYYY-MM-DD, or "" for one that was taken away again */
#define META_TERM "term"
/* clock_mark_to_text (); beside a term only */
#define META_MARK "clock-mark"
/* the id of a client who gave the term out of their hands */
#define META_RELEASED "client-released"
/* "1" where a client decided on the machine from which this vault moved, and has not been here yet */
#define META_OWED "client-owed"
#define SYSTEM "system"

/* --- settings -------------------------------------------------------------------------------------------------------- */

static gboolean
set_tampered (const char *key, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "database: meta %s is not as the record has it", key);
  return FALSE;
}

/* "" where it was never set. What decides about the vault's use is not believed when somebody altered it past the record. */
static gboolean
read_setting (Store *store, const char *key, char **ret_value, GError **error)
{
  g_autofree char *value = store_dup_meta_text (store, key, NULL);

  if (value == NULL ? seals_row_was_removed (store, "meta", key) : !seals_row_is_fine (store, "meta", key))
    return set_tampered (key, error);
  *ret_value = value != NULL ? g_steal_pointer (&value) : g_strdup ("");
  return TRUE;
}

static gboolean
read_mark (Store *store, ClockMark *ret_mark, gboolean *ret_has, GError **error)
{
  g_autofree char *text = NULL;

  if (!read_setting (store, META_MARK, &text, error))
    return FALSE;
  *ret_has = text[0] != '\0';
  return !*ret_has || clock_mark_from_text (text, ret_mark) || set_tampered (META_MARK, error);
}

/* --- the present ----------------------------------------------------------------------------------------------------- */

static gint64
get_system_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Goes on while the machine sleeps, and cannot be set. */
static gint64
get_running_s (void)
{
  struct timespec now;

  return clock_gettime (CLOCK_BOOTTIME, &now) == 0 ? (gint64) now.tv_sec : g_get_monotonic_time () / G_USEC_PER_SEC;
}

static ClockTpm
read_tpm (Vault *self)
{
  KeysClock clock;

  /* A TPM that does not answer tells nothing; the next one who asks may learn more. */
  if (!keys_clock_read (self->keys, &clock, NULL))
    return (ClockTpm){ .is_known = FALSE };
  return (ClockTpm){ .is_known = TRUE, .ms = clock.ms, .resets = clock.resets, .restarts = clock.restarts };
}

static void
set_earliest (Vault *self, gint64 time_s)
{
  self->clock_earliest_s = time_s;
  self->clock_running_s = get_running_s ();
}

static gint64
get_earliest (const Vault *self)
{
  return self->clock_earliest_s == 0 ? 0 : self->clock_earliest_s + (get_running_s () - self->clock_running_s);
}

static gint64
get_now (const Vault *self)
{
  return MAX (get_system_s (), get_earliest (self));
}

void
vault_see_clock (Vault *self)
{
  if (self->clock_earliest_s != 0 && get_system_s () > get_earliest (self))
    set_earliest (self, get_system_s ());
}

typedef struct
{
  gint64 latest_s;
  gboolean is_noted;
} Since;

static gboolean
keep_latest (const Entry *entry, gpointer user_data, GError **error)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (entry->time, NULL);
  Since *since = user_data;

  if (time != NULL)
    since->latest_s = MAX (since->latest_s, g_date_time_to_unix (time));
  since->is_noted = since->is_noted || g_str_equal (entry->action, VAULT_CLOCK_SET_BACK);
  return TRUE;
}

gint64
vault_begin_clock (Vault *self)
{
  ClockMark mark;
  ClockTpm tpm;
  Since since = { 0, FALSE };
  gboolean has_mark;

  set_earliest (self, 0);
  if (!read_mark (self->store, &mark, &has_mark, NULL) || !has_mark)
    return 0;
  tpm = read_tpm (self);
  since.latest_s = clock_mark_get_earliest (&mark, &tpm);
  (void) entries_foreach (self->store, mark.entry + 1, G_MAXINT64, G_MAXUINT, keep_latest, &since, NULL);
  set_earliest (self, since.latest_s);
  return since.is_noted ? 0 : since.latest_s;
}

/* In a transaction of @store whose next entry stands for it. @time_s is what the vault goes on from. */
static gboolean
put_mark (Vault *self, Store *store, gint64 time_s, GError **error)
{
  ClockMark mark = { .seen_s = time_s, .tpm = read_tpm (self) };
  g_autofree char *text = NULL;

  if (!record_get_length (store, &mark.entry, error))
    return FALSE;
  text = clock_mark_to_text (&mark);
  return store_set_meta_text (store, META_MARK, text, error);
}

gboolean
vault_mark_clock (Vault *self, GError **error)
{
  return self->clock_earliest_s == 0 || put_mark (self, self->store, get_now (self), error);
}

/* --- the term -------------------------------------------------------------------------------------------------------- */

gboolean
vault_get_term (Vault *self, VaultTerm *ret_term, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *last_day = NULL;
  VaultTerm term = { .last_day = "" };
  gint64 behind_s;

  vault_see_clock (self);
  behind_s = get_earliest (self) - get_system_s ();
  if (!read_setting (self->store, META_TERM, &last_day, error))
    return FALSE;
  if (last_day[0] != '\0' && !term_day_is_valid (last_day))
    return set_tampered (META_TERM, error);
  g_strlcpy (term.last_day, last_day, sizeof term.last_day);
  clock_get_day (get_now (self), zone, term.today);
  if (self->clock_earliest_s != 0 && behind_s > CLOCK_GUARD_SLACK_S)
    term.clock_behind = behind_s;
  if (last_day[0] != '\0')
    {
      term.days_left = term_get_days_left (last_day, term.today);
      term.is_over = term.days_left < 0;
    }
  *ret_term = term;
  return TRUE;
}

gboolean
vault_require_in_term (Vault *self, GError **error)
{
  VaultTerm term;

  if (!vault_get_term (self, &term, error))
    return FALSE;
  if (!term.is_over)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_EXPIRED, "the vault's term is over%s",
               term.clock_behind > 0 ? ", by what it has seen: the machine's clock is behind that" : "");
  return FALSE;
}

gboolean
vault_require_at_work (Vault *self, GError **error)
{
  return vault_require_active (self, error) && vault_require_in_term (self, error);
}

void
vault_fill_term (Vault *self, VaultStatus *status)
{
  VaultTerm term;

  if (!vault_get_term (self, &term, NULL))
    return;
  g_strlcpy (status->term, term.last_day, sizeof status->term);
  status->is_expired = term.is_over;
  status->term_days = term.days_left;
  status->clock_behind_s = term.clock_behind;
}

/* --- the client ------------------------------------------------------------------------------------------------------ */

/* (nullable) (transfer full): whether they have released it or not. FALSE with an error. */
static gboolean
find_client (Vault *self, Admin **ret_client, GError **error)
{
  g_autoptr (GPtrArray) admins = admins_list (self->store, error);

  *ret_client = NULL;
  for (guint i = 0; admins != NULL && i < admins->len; i++)
    if (g_str_equal (((const Admin *) g_ptr_array_index (admins, i))->role, vault_role_get_name (VAULT_CLIENT)))
      {
        *ret_client = g_ptr_array_steal_index (admins, i);
        break;
      }
  return admins != NULL;
}

char *
vault_dup_client (Vault *self, GError **error)
{
  g_autoptr (Admin) client = NULL;
  g_autofree char *released = NULL;

  if (!find_client (self, &client, error) || !read_setting (self->store, META_RELEASED, &released, error))
    return NULL;
  return g_strdup (client != NULL && !g_str_equal (client->id, released) ? client->id : "");
}

static gboolean
set_clients_only (GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_CLIENTS_ONLY, "that is for the vault's client to decide");
  return FALSE;
}

gboolean
vault_require_no_client (Vault *self, GError **error)
{
  g_autoptr (Admin) client = NULL;

  return find_client (self, &client, error) && (client == NULL || set_clients_only (error));
}

gboolean
vault_require_removable (Vault *self, const char *admin_id, GError **error)
{
  g_autofree char *client = vault_dup_client (self, error);

  return client != NULL && (!g_str_equal (client, admin_id) || set_clients_only (error));
}

gboolean
vault_require_decides (Vault *self, const VaultAdmin *by, GError **error)
{
  g_autofree char *client = vault_dup_client (self, error), *owed = NULL;

  if (client == NULL || !read_setting (self->store, META_OWED, &owed, error))
    return FALSE;
  return (client[0] == '\0' ? owed[0] == '\0' : g_str_equal (client, by->id)) || set_clients_only (error);
}

gboolean
vault_client_has_come (Store *store, GError **error)
{
  g_autofree char *owed = store_dup_meta_text (store, META_OWED, NULL);

  return g_strcmp0 (owed, "1") != 0 || store_set_meta_text (store, META_OWED, "", error);
}

gboolean
vault_release (Vault *self, const VaultAdmin *by, GError **error)
{
  if (!vault_require_open (self, error))
    return FALSE;
  if (by->role != VAULT_CLIENT)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_NOT_YOUR_ROLE, "only the client releases the term");
      return FALSE;
    }
  return vault_begin (self, error)
         && vault_end (self,
                       store_set_meta_text (self->store, META_RELEASED, by->id, error)
                           && record_append (self->store, error, by->id, "client-released", by->id, NULL),
                       error);
}

/* --- changing it ----------------------------------------------------------------------------------------------------- */

/* Is @to no later than @from? No term at all is the latest of all. */
static gboolean
is_earlier (const char *to, const char *from)
{
  return to[0] != '\0' && (from[0] == '\0' || strcmp (to, from) < 0);
}

static gboolean
check_day (const VaultTermChange *change, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) furthest = g_date_time_add_years (now, VAULT_TERM_MAX_YEARS);
  char limit[CLOCK_GUARD_DAY_BYTES];

  clock_get_day (g_date_time_to_unix (furthest), zone, limit);
  if (change->last_day[0] == '\0' || (term_day_is_valid (change->last_day) && strcmp (change->last_day, limit) <= 0))
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_USAGE, "a term's last day is YYYY-MM-DD, and within %d years",
               VAULT_TERM_MAX_YEARS);
  return FALSE;
}

static gboolean
check_right (Vault *self, const VaultAdmin *by, const VaultTermChange *change, const VaultTerm *term, GError **error)
{
  g_autofree char *client = vault_dup_client (self, error);

  if (client == NULL)
    return FALSE;
  if (by->role == VAULT_CLIENT && g_str_equal (client, by->id))
    return TRUE;
  return vault_require_chief (by, error)
         && ((!change->accept_clock && is_earlier (change->last_day, term->last_day))
             || vault_require_decides (self, by, error));
}

static gboolean
set_in_transaction (Vault *self, const VaultAdmin *by, const VaultTermChange *change, const VaultTerm *term,
                    GError **error)
{
  const gboolean accepts = change->accept_clock && term->clock_behind > 0;
  const char *from = term->last_day[0] != '\0' ? term->last_day : "none";
  const char *to = change->last_day[0] != '\0' ? change->last_day : "none";
  g_autofree char *behind = g_strdup_printf ("%" G_GINT64_FORMAT, term->clock_behind);
  gboolean has_mark;
  ClockMark mark;

  if (accepts && !record_append (self->store, error, by->id, "clock-accepted", "", "seconds", behind, NULL))
    return FALSE;
  /* From now on the vault keeps an eye on the clock; and anew where somebody vouches for it. */
  if (!read_mark (self->store, &mark, &has_mark, error)
      || ((accepts || !has_mark) && !put_mark (self, self->store, accepts ? get_system_s () : get_now (self), error)))
    return FALSE;
  return store_set_meta_text (self->store, META_TERM, change->last_day, error)
         && record_append (self->store, error, by->id, "term-set", "", "from", from, "to", to, "with",
                           change->witness != NULL ? change->witness : "", NULL);
}

static gboolean
set_term (Vault *self, const VaultAdmin *by, const VaultTermChange *change, GError **error)
{
  VaultTerm term;

  return vault_get_term (self, &term, error) && check_right (self, by, change, &term, error)
         && check_day (change, error) && vault_begin (self, error)
         && vault_end (self, set_in_transaction (self, by, change, &term, error), error);
}

gboolean
vault_set_term (Vault *self, const VaultAdmin *by, const VaultTermChange *change, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!vault_require_open (self, error))
    return FALSE;
  if (set_term (self, by, change, &problem))
    {
      (void) vault_begin_clock (self);
      return TRUE;
    }
  vault_note_attempt (self, by->id, "term-refused", "", problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* --- moving house ---------------------------------------------------------------------------------------------------- */

gboolean
vault_term_carry (Vault *self, Store *from, Store *next, GError **error)
{
  static const char *const keys[] = { META_TERM, META_OWED };
  g_autoptr (GPtrArray) before = admins_list (from, error), here = before != NULL ? admins_list (next, error) : NULL;
  g_autofree char *released = store_dup_meta_text (from, META_RELEASED, NULL);
  gboolean is_owed = FALSE, has_mark;
  ClockMark mark;

  if (here == NULL || !read_mark (from, &mark, &has_mark, error)
      || (has_mark && !put_mark (self, next, MAX (mark.seen_s, get_now (self)), error)))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *value = store_dup_meta_text (from, keys[i], NULL);

      if (value != NULL && value[0] != '\0' && !store_set_meta_text (next, keys[i], value, error))
        return FALSE;
    }
  for (guint i = 0; i < before->len; i++)
    {
      const Admin *admin = g_ptr_array_index (before, i);

      is_owed =
          is_owed
          || (g_str_equal (admin->role, vault_role_get_name (VAULT_CLIENT)) && g_strcmp0 (admin->id, released) != 0);
    }
  for (guint i = 0; i < here->len; i++)
    if (g_str_equal (((const Admin *) g_ptr_array_index (here, i))->role, vault_role_get_name (VAULT_CLIENT)))
      return vault_client_has_come (next, error);
  return !is_owed || store_set_meta_text (next, META_OWED, "1", error);
}
