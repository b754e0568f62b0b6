/* SPDX-License-Identifier: Apache-2.0 */
/* certificate: writing the text, reading it back, and checking what the TPM signed. */
#include "certificate.h"

#include <sodium.h>
#include <string.h>

#include "chain.h"
#include "custody-error.h"
#include "lines.h"

#define MAGIC "azukari-certificate"
#define VERSION "1"
#define WHAT "a certificate"
#define SIGNED_ENDS "\nattestation\t"
#define TEXT_MAX_BYTES 200
#define MAX_RULES 16
/* The disposal's own entry, and two for each number: the number's and the person's. */
#define MAX_ENTRIES (2 * CERTIFICATE_MAX_ITEMS + 1)

/* --- the struct ------------------------------------------------------------------------------------------------------ */

static void
rule_free (gpointer data)
{
  CertificateRule *rule = data;

  g_free (rule->purpose);
  g_free (rule->anchor);
  g_free (rule);
}

static void
item_free (gpointer data)
{
  CertificateItem *item = data;

  g_free (item->person);
  g_free (item->record);
  g_free (item->code);
  g_free (item->kind);
  g_free (item->collected);
  g_free (item->left);
  g_free (item->due);
  g_free (item->purposes);
  g_free (item);
}

static void
backup_free (gpointer data)
{
  CertificateBackup *backup = data;

  g_free (backup->what);
  g_free (backup->name);
  g_free (backup);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->time);
  g_free (entry->actor);
  g_free (entry->action);
  g_free (entry->subject);
  g_free (entry->detail);
  g_free (entry);
}

Certificate *
certificate_new (void)
{
  Certificate *self = g_new0 (Certificate, 1);

  self->rules = g_ptr_array_new_with_free_func (rule_free);
  self->items = g_ptr_array_new_with_free_func (item_free);
  self->backups = g_ptr_array_new_with_free_func (backup_free);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  return self;
}

void
certificate_free (Certificate *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->company);
  g_free (self->vault_id);
  g_free (self->provider);
  g_free (self->time);
  g_free (self->admin_id);
  g_free (self->admin_name);
  g_free (self->reason);
  g_ptr_array_unref (self->rules);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->backups);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

void
certificate_add_rule (Certificate *self, const char *purpose, const char *anchor, guint years)
{
  CertificateRule *rule = g_new0 (CertificateRule, 1);

  *rule = (CertificateRule){ g_strdup (purpose), g_strdup (anchor), years };
  g_ptr_array_add (self->rules, rule);
}

CertificateItem *
certificate_add_item (Certificate *self)
{
  CertificateItem *item = g_new0 (CertificateItem, 1);

  *item = (CertificateItem){ .person = g_strdup (""),
                             .record = g_strdup (""),
                             .code = g_strdup (""),
                             .kind = g_strdup (""),
                             .collected = g_strdup (""),
                             .left = g_strdup (""),
                             .due = g_strdup (""),
                             .purposes = g_strdup ("") };
  g_ptr_array_add (self->items, item);
  return item;
}

void
certificate_add_backup (Certificate *self, const char *what, const char *name)
{
  CertificateBackup *backup = g_new0 (CertificateBackup, 1);

  *backup = (CertificateBackup){ g_strdup (what), g_strdup (name) };
  g_ptr_array_add (self->backups, backup);
}

void
certificate_add_entry (Certificate *self, const Entry *entry)
{
  Entry *copy = g_new0 (Entry, 1);

  *copy = *entry;
  copy->time = g_strdup (entry->time);
  copy->actor = g_strdup (entry->actor);
  copy->action = g_strdup (entry->action);
  copy->subject = g_strdup (entry->subject);
  copy->detail = g_strdup (entry->detail);
  g_ptr_array_add (self->entries, copy);
}

void
certificate_set_handed (Certificate *self, const char *sha256, guint64 rows)
{
  self->is_handed_back = lines_parse_hex_exactly (sha256, self->handed_file, sizeof self->handed_file);
  self->n_handed = rows;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

/* Nothing that ends a field, turns the direction of text or cannot be seen; and not too long. */
static void
append_clean (GString *text, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  gsize start = text->len;

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      GUnicodeType type = g_unichar_type (c);

      if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_PRIVATE_USE
          || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_UNASSIGNED)
        c = '?';
      if (text->len - start + (gsize) g_unichar_to_utf8 (c, NULL) > TEXT_MAX_BYTES)
        return;
      g_string_append_unichar (text, c);
    }
}

/* A word and its fields, closed by NULL. */
static void G_GNUC_NULL_TERMINATED
append_line (GString *text, const char *word, ...)
{
  const char *field;
  va_list fields;

  g_string_append (text, word);
  va_start (fields, word);
  while ((field = va_arg (fields, const char *)) != NULL)
    {
      g_string_append_c (text, '\t');
      append_clean (text, field);
    }
  va_end (fields);
  g_string_append_c (text, '\n');
}

static void
append_hex_line (GString *text, const char *head, const guint8 *bytes, gsize n_bytes)
{
  g_string_append (text, head);
  lines_append_hex (text, bytes, n_bytes);
  g_string_append_c (text, '\n');
}

char *
certificate_to_text (const Certificate *self)
{
  GString *text = g_string_new (MAGIC "\t" VERSION "\n");

  append_line (text, self->is_retirement ? "retirement" : "disposal", self->id, NULL);
  append_line (text, "company", self->company, NULL);
  append_line (text, "vault", self->vault_id, self->provider, NULL);
  append_line (text, "time", self->time, NULL);
  append_line (text, "admin", self->admin_id, self->admin_name, NULL);
  append_line (text, "reason", self->reason, NULL);
  g_string_append_printf (text, "numbers\t%" G_GUINT64_FORMAT "\nerased\t%" G_GUINT64_FORMAT "\n", self->n_numbers,
                          self->n_erased);
  if (self->is_handed_back)
    {
      append_hex_line (text, "handed-back\t", self->handed_file, sizeof self->handed_file);
      g_string_truncate (text, text->len - 1);
      g_string_append_printf (text, "\t%" G_GUINT64_FORMAT "\n", self->n_handed);
    }
  for (guint i = 0; i < self->rules->len; i++)
    {
      const CertificateRule *rule = g_ptr_array_index (self->rules, i);
      g_autofree char *years = g_strdup_printf ("%u", rule->years);

      append_line (text, "rule", rule->purpose, rule->anchor, years, NULL);
    }
  for (guint i = 0; i < self->items->len; i++)
    {
      const CertificateItem *item = g_ptr_array_index (self->items, i);

      append_line (text, "item", item->person, item->record, item->code, item->kind, item->collected, item->left,
                   item->due, item->purposes, item->erased ? "erased" : "kept", NULL);
    }
  for (guint i = 0; i < self->backups->len; i++)
    {
      const CertificateBackup *backup = g_ptr_array_index (self->backups, i);

      append_line (text, "backup", backup->what, backup->name, NULL);
    }
  g_string_append_printf (text, "epoch\t%" G_GUINT64_FORMAT "\t%08x\t", self->epoch, self->counter.index);
  append_hex_line (text, "", self->counter.policy, sizeof self->counter.policy);
  append_hex_line (text, "before\t", self->before, sizeof self->before);
  for (guint i = 0; i < self->entries->len; i++)
    {
      lines_append_entry (text, g_ptr_array_index (self->entries, i));
      g_string_append_c (text, '\n');
    }
  append_hex_line (text, "key\t", self->key, sizeof self->key);
  return g_string_free (text, FALSE);
}

void
certificate_digest (const char *text, guint8 ret_digest[CERTIFICATE_DIGEST_BYTES])
{
  G_STATIC_ASSERT (CERTIFICATE_DIGEST_BYTES == crypto_hash_sha256_BYTES);
  crypto_hash_sha256 (ret_digest, (const guint8 *) text, strlen (text));
}

char *
certificate_close (const char *text, const Attestation *attestation)
{
  guint8 der[ATTESTATION_DER_MAX_BYTES];
  gsize n_der = attestation_signature_to_der (attestation, der);
  g_autofree char *attest = g_base64_encode (attestation->bytes, attestation->n_bytes);
  g_autofree char *signature = g_base64_encode (der, n_der);

  return n_der > 0 ? g_strconcat (text, "attestation\t", attest, "\nsignature\t", signature, "\nend\n", NULL) : NULL;
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  Lines lines;
  Certificate *certificate;
} Reading;

static gboolean
take_text (Reading *self, const char *word, char **place)
{
  if (!lines_take (&self->lines) || !lines_is (&self->lines, word, 2))
    return FALSE;
  *place = g_strdup (self->lines.fields[1]);
  return TRUE;
}

static gboolean
take_pair (Reading *self, const char *word, char **first, char **second)
{
  if (!lines_take (&self->lines) || !lines_is (&self->lines, word, 3))
    return FALSE;
  *first = g_strdup (self->lines.fields[1]);
  *second = g_strdup (self->lines.fields[2]);
  return TRUE;
}

static gboolean
take_number (Reading *self, const char *word, guint64 *place)
{
  return lines_take (&self->lines) && lines_is (&self->lines, word, 2)
         && lines_parse_number (self->lines.fields[1], place);
}

static gboolean
take_head (Reading *self)
{
  Certificate *certificate = self->certificate;

  if (!lines_take (&self->lines) || !lines_is (&self->lines, MAGIC, 2) || !g_str_equal (self->lines.fields[1], VERSION)
      || !lines_take (&self->lines))
    return FALSE;
  certificate->is_retirement = lines_is (&self->lines, "retirement", 2);
  if (!certificate->is_retirement && !lines_is (&self->lines, "disposal", 2))
    return FALSE;
  certificate->id = g_strdup (self->lines.fields[1]);
  return take_text (self, "company", &certificate->company)
         && take_pair (self, "vault", &certificate->vault_id, &certificate->provider)
         && take_text (self, "time", &certificate->time)
         && take_pair (self, "admin", &certificate->admin_id, &certificate->admin_name)
         && take_text (self, "reason", &certificate->reason) && take_number (self, "numbers", &certificate->n_numbers)
         && take_number (self, "erased", &certificate->n_erased);
}

static gboolean
take_rule (Reading *self)
{
  char **fields = self->lines.fields;
  guint64 years;

  if (!lines_parse_number (fields[3], &years) || years > 100 || self->certificate->rules->len >= MAX_RULES)
    return FALSE;
  certificate_add_rule (self->certificate, fields[1], fields[2], (guint) years);
  return TRUE;
}

static gboolean
take_item (Reading *self)
{
  char **fields = self->lines.fields;
  CertificateItem *item;

  if (self->certificate->items->len >= CERTIFICATE_MAX_ITEMS)
    return FALSE;
  item = certificate_add_item (self->certificate);
  {
    char **const places[] = { &item->person,    &item->record, &item->code, &item->kind,
                              &item->collected, &item->left,   &item->due,  &item->purposes };

    for (guint i = 0; i < G_N_ELEMENTS (places); i++)
      {
        g_free (*places[i]);
        *places[i] = g_strdup (fields[1 + i]);
      }
  }
  item->erased = g_str_equal (fields[9], "erased");
  return TRUE;
}

static gboolean
take_backup (Reading *self)
{
  if (self->certificate->backups->len >= CERTIFICATE_MAX_BACKUPS)
    return FALSE;
  certificate_add_backup (self->certificate, self->lines.fields[1], self->lines.fields[2]);
  return TRUE;
}

/* Once at most: the text is written in one way only. */
static gboolean
take_handed (Reading *self)
{
  char **fields = self->lines.fields;
  guint64 rows;

  if (self->certificate->is_handed_back || !lines_parse_number (fields[2], &rows))
    return FALSE;
  certificate_set_handed (self->certificate, fields[1], rows);
  return self->certificate->is_handed_back;
}

/* What may stand any number of times; the line that ends it has been read then. */
static gboolean
take_lists (Reading *self)
{
  while (lines_take (&self->lines))
    if (lines_is (&self->lines, "rule", 4))
      {
        if (!take_rule (self))
          return FALSE;
      }
    else if (lines_is (&self->lines, CERTIFICATE_HANDED_BACK, 3))
      {
        if (!take_handed (self))
          return FALSE;
      }
    else if (lines_is (&self->lines, "item", 10))
      {
        if (!take_item (self))
          return FALSE;
      }
    else if (lines_is (&self->lines, "backup", 3))
      {
        if (!take_backup (self))
          return FALSE;
      }
    else
      return TRUE;
  return FALSE;
}

static gboolean
take_epoch (Reading *self)
{
  Certificate *certificate = self->certificate;
  char **fields = self->lines.fields;
  guint64 index;

  if (!lines_is (&self->lines, "epoch", 4) || !lines_parse_number (fields[1], &certificate->epoch)
      || !g_ascii_string_to_unsigned (fields[2], 16, 0, G_MAXUINT32, &index, NULL)
      || !lines_parse_hex_exactly (fields[3], certificate->counter.policy, sizeof certificate->counter.policy))
    return FALSE;
  certificate->counter.index = (guint32) index;
  return TRUE;
}

static gboolean
take_extract (Reading *self)
{
  Certificate *certificate = self->certificate;

  if (!lines_take (&self->lines) || !lines_is (&self->lines, "before", 2)
      || !lines_parse_hex_exactly (self->lines.fields[1], certificate->before, sizeof certificate->before))
    return FALSE;
  while (lines_take (&self->lines) && lines_is (&self->lines, "entry", 8))
    {
      g_autofree char *detail = NULL;
      Entry entry;

      if (certificate->entries->len >= MAX_ENTRIES || !lines_parse_entry (&self->lines, &entry, &detail))
        return FALSE;
      certificate_add_entry (certificate, &entry);
    }
  return lines_is (&self->lines, "key", 2)
         && lines_parse_hex_exactly (self->lines.fields[1], certificate->key, sizeof certificate->key);
}

Certificate *
certificate_from_text (const char *text, gsize n_bytes, GError **error)
{
  g_autoptr (Certificate) certificate = certificate_new ();
  Reading reading = { .lines = { .next = text, .end = text + n_bytes }, .certificate = certificate };
  g_autofree char *again = NULL;

  if (n_bytes > CERTIFICATE_MAX_BYTES || !take_head (&reading) || !take_lists (&reading) || !take_epoch (&reading)
      || !take_extract (&reading) || reading.lines.next != reading.lines.end)
    {
      (void) lines_set_bad (&reading.lines, WHAT, error);
      return NULL;
    }
  /* One way to write it alone: in this order, without what certificate_to_text () would not write. */
  again = certificate_to_text (certificate);
  if (strlen (again) != n_bytes || memcmp (again, text, n_bytes) != 0)
    {
      g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "certificate: no vault writes it like this");
      return NULL;
    }
  return g_steal_pointer (&certificate);
}

/* --- checking -------------------------------------------------------------------------------------------------------- */

static gboolean
detail_has (const Entry *entry, const char *key, const char *value)
{
  g_autofree char *line = g_strdup_printf ("%s=%s\n", key, value);
  const char *found = strstr (entry->detail, line);

  return found != NULL && (found == entry->detail || found[-1] == '\n');
}

static gboolean
chain_holds (const Certificate *self)
{
  guint8 hash[ENTRY_HASH_BYTES];

  memcpy (hash, self->before, sizeof hash);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);
      const Entry *before = i > 0 ? g_ptr_array_index (self->entries, i - 1) : NULL;

      chain_hash (hash, entry, hash);
      if (memcmp (hash, entry->hash, sizeof hash) != 0 || (before != NULL && entry->seq != before->seq + 1))
        return FALSE;
    }
  return self->entries->len > 0;
}

/* Every number that is named has its entry, and there is no other. */
static gboolean
items_are_recorded (const Certificate *self)
{
  g_autoptr (GHashTable) by_record = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_found = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      CertificateItem *item = g_ptr_array_index (self->items, i);

      if (!g_hash_table_insert (by_record, item->record, item))
        return FALSE;
    }
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);
      const CertificateItem *item = g_hash_table_lookup (by_record, entry->subject);

      if (!g_str_equal (entry->action, CERTIFICATE_NUMBER_DISPOSED))
        continue;
      if (item == NULL || !detail_has (entry, "person", item->person))
        return FALSE;
      (void) g_hash_table_remove (by_record, entry->subject);
      n_found++;
    }
  return n_found == self->items->len;
}

/* A file is named by the entry of a retirement for that reason, and by nothing else. */
static gboolean
handed_is_recorded (const Certificate *self, const Entry *last)
{
  g_autofree char *rows = g_strdup_printf ("%" G_GUINT64_FORMAT, self->n_handed);
  g_autoptr (GString) digest = g_string_new (NULL);

  if (!self->is_handed_back)
    return !g_str_equal (self->reason, CERTIFICATE_HANDED_BACK);
  lines_append_hex (digest, self->handed_file, sizeof self->handed_file);
  return self->is_retirement && g_str_equal (self->reason, CERTIFICATE_HANDED_BACK)
         && detail_has (last, "file", digest->str) && detail_has (last, "rows", rows);
}

/* NULL, or what does not fit. */
static const char *
find_fault (const Certificate *self)
{
  const char *action = self->is_retirement ? CERTIFICATE_RETIRED : CERTIFICATE_DISPOSED;
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, self->n_numbers);
  const Entry *last;

  if (!g_uuid_string_is_valid (self->id) || !g_uuid_string_is_valid (self->vault_id)
      || (!g_str_equal (self->provider, "tpm2") && !g_str_equal (self->provider, "swtpm")))
    return "it names no vault";
  if (!chain_holds (self))
    return "its extract of the record is no chain";
  last = g_ptr_array_index (self->entries, self->entries->len - 1);
  if (!g_str_equal (last->action, action) || !g_str_equal (last->subject, self->id)
      || !g_str_equal (last->actor, self->admin_id) || !g_str_equal (last->time, self->time)
      || !detail_has (last, "count", count) || !detail_has (last, "reason", self->reason)
      || !handed_is_recorded (self, last))
    return "its extract of the record says something else";
  if (self->is_retirement ? self->items->len != 0 : self->items->len != self->n_numbers || !items_are_recorded (self))
    return "its numbers are not those of its extract of the record";
  return NULL;
}

/* Base64 as g_base64_encode () writes it. */
static gboolean
parse_base64 (const char *text, guint8 *out, gsize max_bytes, gsize *ret_n_bytes)
{
  gsize n_bytes = 0;
  g_autofree guint8 *bytes = g_base64_decode (text, &n_bytes);
  g_autofree char *again = g_base64_encode (bytes, n_bytes);

  if (n_bytes == 0 || n_bytes > max_bytes || !g_str_equal (again, text))
    return FALSE;
  memcpy (out, bytes, n_bytes);
  *ret_n_bytes = n_bytes;
  return TRUE;
}

static gboolean
take_attestation (Lines *lines, Attestation *ret_attestation)
{
  guint8 der[ATTESTATION_DER_MAX_BYTES];
  gsize n_der;

  return lines_take (lines) && lines_is (lines, "attestation", 2)
         && parse_base64 (lines->fields[1], ret_attestation->bytes, sizeof ret_attestation->bytes,
                          &ret_attestation->n_bytes)
         && lines_take (lines) && lines_is (lines, "signature", 2)
         && parse_base64 (lines->fields[1], der, sizeof der, &n_der)
         && attestation_signature_from_der (ret_attestation, der, n_der) && lines_take (lines)
         && lines_is (lines, "end", 1) && lines->next == lines->end;
}

static gboolean
set_fault (const char *fault, GError **error)
{
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_TAMPERED, "certificate: %s", fault);
  return FALSE;
}

static gboolean
check_signature (const Certificate *self, const char *text, const Attestation *attestation, const guint8 *key,
                 AttestationFacts *ret_facts, GError **error)
{
  guint8 digest[CERTIFICATE_DIGEST_BYTES];

  certificate_digest (text, digest);
  if (memcmp (self->key, key, sizeof self->key) != 0)
    return set_fault ("it is of a vault with another key", error);
  if (!attestation_check_epoch (attestation, key, digest, &self->counter, ret_facts, error))
    return FALSE;
  return ret_facts->counter > self->epoch
         || set_fault ("the TPM was still in the epoch whose keys it says are gone", error);
}

Certificate *
certificate_check (const char *text, gsize n_bytes, const guint8 key[ATTESTATION_KEY_BYTES],
                   Attestation *ret_attestation, AttestationFacts *ret_facts, GError **error)
{
  const char *mark = n_bytes <= CERTIFICATE_MAX_BYTES ? g_strstr_len (text, (gssize) n_bytes, SIGNED_ENDS) : NULL;
  g_autofree char *signed_text = NULL;
  g_autoptr (Certificate) self = NULL;
  Attestation attestation;
  AttestationFacts facts;
  const char *fault;
  Lines lines;

  if (mark == NULL)
    {
      (void) set_fault ("this is none, or one that was cut off", error);
      return NULL;
    }
  /* with the newline */
  signed_text = g_strndup (text, (gsize) (mark - text) + 1);
  self = certificate_from_text (signed_text, strlen (signed_text), error);
  if (self == NULL)
    return NULL;
  lines = (Lines){ .next = mark + 1, .end = text + n_bytes };
  if (!take_attestation (&lines, &attestation))
    {
      (void) set_fault ("its signature cannot be read", error);
      return NULL;
    }
  if (!check_signature (self, signed_text, &attestation, key, &facts, error))
    return NULL;
  fault = find_fault (self);
  if (fault != NULL)
    {
      (void) set_fault (fault, error);
      return NULL;
    }
  if (ret_attestation != NULL)
    *ret_attestation = attestation;
  if (ret_facts != NULL)
    *ret_facts = facts;
  return g_steal_pointer (&self);
}
