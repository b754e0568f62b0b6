/* SPDX-License-Identifier: Apache-2.0 */
/* workbook: the few parts that a spreadsheet needs, written here and put into a zip by libarchive. */
#include "workbook.h"

#include <archive.h>
#include <archive_entry.h>
#include <sodium.h>
#include <string.h>

#include "custody-error.h"

/* As in zip.c: what libarchive and zlib may have left on the stack. */
#define STACK_BYTES (64 * 1024)

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define CONTENT "application/vnd.openxmlformats-officedocument.spreadsheetml."
#define SHEET "xl/worksheets/sheet1.xml"

/* All but the sheet. Style 1 is text ("@", number 49). */
static const struct
{
  const char *name;
  const char *text;
} parts[] = {
  { "[Content_Types].xml",
    XML "<Types xmlns=\"" PACKAGE "content-types\">"
        "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
        "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" CONTENT "sheet.main+xml\"/>"
        "<Override PartName=\"/" SHEET "\" ContentType=\"" CONTENT "worksheet+xml\"/>"
        "<Override PartName=\"/xl/styles.xml\" ContentType=\"" CONTENT "styles+xml\"/>"
        "</Types>" },
  { "_rels/.rels", XML "<Relationships xmlns=\"" PACKAGE "relationships\">"
                       "<Relationship Id=\"rId1\" Type=\"" OFFICE "/officeDocument\" Target=\"xl/workbook.xml\"/>"
                       "</Relationships>" },
  { "xl/workbook.xml", XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\">"
                           "<sheets><sheet name=\"Azukari\" sheetId=\"1\" r:id=\"rId1\"/></sheets>"
                           "</workbook>" },
  { "xl/_rels/workbook.xml.rels",
    XML "<Relationships xmlns=\"" PACKAGE "relationships\">"
        "<Relationship Id=\"rId1\" Type=\"" OFFICE "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
        "<Relationship Id=\"rId2\" Type=\"" OFFICE "/styles\" Target=\"styles.xml\"/>"
        "</Relationships>" },
  { "xl/styles.xml",
    XML "<styleSheet xmlns=\"" MAIN "\">"
        "<fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Yu Gothic\"/></font></fonts>"
        "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
        "<fill><patternFill patternType=\"gray125\"/></fill></fills>"
        "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
        "<cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
        "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>"
        "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>"
        "</styleSheet>" },
};

typedef struct archive Archive;
typedef struct archive_entry ArchiveEntry;

static void
archive_done (Archive *archive)
{
  (void) archive_write_free (archive);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_done)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveEntry, archive_entry_free)

struct _Workbook
{
  Secret *sheet; /* owned */
  guint n_columns;
  guint column, row; /* from 1, of the cell that is next */
};

static void
append (Workbook *self, const char *text)
{
  secret_append (self->sheet, text, strlen (text));
}

Workbook *
workbook_new (guint n_columns)
{
  Workbook *self = g_new0 (Workbook, 1);
  g_autofree char *columns = g_strdup_printf ("<cols><col min=\"1\" max=\"%u\" width=\"18\" style=\"1\" "
                                              "customWidth=\"1\"/></cols><sheetData>",
                                              n_columns);

  self->sheet = secret_new (0);
  self->n_columns = n_columns;
  self->column = self->row = 1;
  append (self, XML "<worksheet xmlns=\"" MAIN "\">");
  append (self, columns);
  return self;
}

void
workbook_free (Workbook *self)
{
  if (self == NULL)
    return;
  secret_free (self->sheet);
  g_free (self);
}

/* --- cells ----------------------------------------------------------------------------------------------------------- */

gboolean
workbook_takes (const char *text)
{
  guint n_units = 0;

  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);

      /* Of what XML 1.0 has not, UTF-8 can say these alone. */
      if (g_unichar_iscntrl (c) || c == 0xfffe || c == 0xffff)
        return FALSE;
      n_units += c > 0xffff ? 2 : 1;
    }
  return n_units <= WORKBOOK_MAX_CELL;
}

/* A1, Z1, AA1 ... */
static void
append_reference (Workbook *self)
{
  char letters[8];
  char digits[16];
  guint n = sizeof letters;

  for (guint column = self->column; column > 0; column = (column - 1) / 26)
    letters[--n] = (char) ('A' + (column - 1) % 26);
  secret_append (self->sheet, letters + n, sizeof letters - n);
  append (self, g_snprintf (digits, sizeof digits, "%u", self->row) > 0 ? digits : "");
}

/* "_x0041_": what spreadsheets take for another character, so that the first "_" has to be written as one. */
static gboolean
is_code (const char *text, gsize n_bytes)
{
  if (n_bytes < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
    return FALSE;
  for (guint i = 2; i < 6; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  return TRUE;
}

static const char *
escape (const char *text, gsize n_bytes)
{
  switch (text[0])
    {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return is_code (text, n_bytes) ? "_x005F_" : NULL;
    }
}

static void
append_escaped (Workbook *self, const char *text, gsize n_bytes)
{
  gsize from = 0;

  for (gsize i = 0; i < n_bytes; i++)
    {
      const char *escaped = escape (text + i, n_bytes - i);

      if (escaped == NULL)
        continue;
      secret_append (self->sheet, text + from, i - from);
      append (self, escaped);
      from = i + 1;
    }
  secret_append (self->sheet, text + from, n_bytes - from);
}

void
workbook_add_cell (Workbook *self, const void *text, gsize n_bytes)
{
  g_return_if_fail (self->column <= self->n_columns);

  if (self->column == 1)
    append (self, "<row>");
  append (self, "<c r=\"");
  append_reference (self);
  append (self, "\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
  append_escaped (self, text, n_bytes);
  append (self, "</t></is></c>");
  self->column++;
}

void
workbook_end_row (Workbook *self)
{
  append (self, "</row>");
  self->column = 1;
  self->row++;
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

/* Without this a green corner on each cell offers to make a number of it. */
static void
end_sheet (Workbook *self)
{
  append (self, "</sheetData><ignoredErrors><ignoredError sqref=\"A1:");
  self->column = self->n_columns;
  self->row = MAX (self->row, 2) - 1;
  append_reference (self);
  append (self, "\" numberStoredAsText=\"1\"/></ignoredErrors></worksheet>");
}

static la_ssize_t
append_cb (struct archive *archive, void *data, const void *bytes, size_t n_bytes)
{
  secret_append (data, bytes, n_bytes);
  return (la_ssize_t) n_bytes;
}

static gboolean
add_part (Archive *archive, const char *name, const void *bytes, gsize n_bytes)
{
  g_autoptr (ArchiveEntry) entry = archive_entry_new ();

  if (entry == NULL)
    return FALSE;
  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0600);
  archive_entry_set_size (entry, (la_int64_t) n_bytes);
  return archive_write_header (archive, entry) == ARCHIVE_OK
         && archive_write_data (archive, bytes, n_bytes) == (la_ssize_t) n_bytes
         && archive_write_finish_entry (archive) == ARCHIVE_OK;
}

static gboolean
add_parts (Workbook *self, Archive *archive)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!add_part (archive, parts[i].name, parts[i].text, strlen (parts[i].text)))
      return FALSE;
  return add_part (archive, SHEET, secret_get_data (self->sheet, NULL), secret_get_size (self->sheet));
}

/* Deflated: programs that read a zip as it comes take no stored part whose size is told behind it. */
static gboolean
make_zip (Workbook *self, Secret *content, GError **error)
{
  g_autoptr (Archive) archive = archive_write_new ();

  if (archive != NULL && archive_write_set_format_zip (archive) == ARCHIVE_OK
      && archive_write_set_format_option (archive, "zip", "compression", "deflate") == ARCHIVE_OK
      && archive_write_set_bytes_per_block (archive, 0) == ARCHIVE_OK
      && archive_write_set_bytes_in_last_block (archive, 1) == ARCHIVE_OK
      && archive_write_open (archive, content, NULL, append_cb, NULL) == ARCHIVE_OK && add_parts (self, archive)
      && archive_write_close (archive) == ARCHIVE_OK)
    return TRUE;
  g_set_error (error, CUSTODY_ERROR, CUSTODY_ERROR_FAILED, "the workbook cannot be made (libarchive, error %d)",
               archive != NULL ? archive_errno (archive) : 0);
  return FALSE;
}

gboolean
workbook_finish (Workbook *self, Secret **ret_content, GError **error)
{
  g_autoptr (Secret) content = secret_new (0);
  gboolean made;

  end_sheet (self);
  made = make_zip (self, content, error);
  sodium_stackzero (STACK_BYTES);
  if (made)
    *ret_content = g_steal_pointer (&content);
  return made;
}
