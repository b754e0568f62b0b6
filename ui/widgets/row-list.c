/* SPDX-License-Identifier: Apache-2.0 */
#include "row-list.h"

/* A row's widgets take a millisecond or two, more with a screen reader. */
#define FIRST 12u
#define STEP 4u
/* Of the main loop at a time. */
#define SLICE_US 8000
#define GROWING "ui-row-list-growing"

typedef struct
{
  GListStore *rows;   /* borrowed: it owns this */
  GListModel *wanted; /* owned */
  guint place, end;   /* of @wanted: what is still to come */
  guint source;
} Growing;

static void
growing_free (gpointer data)
{
  Growing *self = data;

  g_clear_handle_id (&self->source, g_source_remove);
  g_object_unref (self->wanted);
  g_free (self);
}

static gboolean
rows_equal (GListModel *a, guint at_a, GListModel *b, guint at_b)
{
  g_autoptr (UiRow) row_a = g_list_model_get_item (a, at_a), row_b = g_list_model_get_item (b, at_b);

  return row_a == row_b || ui_row_equal (row_a, row_b);
}

/* In the place of @n_gone rows. */
static void
put (GListStore *rows, GListModel *wanted, guint place, guint n_gone, guint n)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_full (n, g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, g_list_model_get_item (wanted, place + i));
  g_list_store_splice (rows, place, n_gone, items->pdata, n);
}

static gboolean
grow_cb (gpointer data)
{
  Growing *self = data;
  const gint64 until = g_get_monotonic_time () + SLICE_US;

  while (self->place < self->end && g_get_monotonic_time () < until)
    {
      const guint n = MIN (STEP, self->end - self->place);

      put (self->rows, self->wanted, self->place, 0, n);
      self->place += n;
    }
  if (self->place < self->end)
    return G_SOURCE_CONTINUE;
  self->source = 0;
  g_object_set_data (G_OBJECT (self->rows), GROWING, NULL);
  return G_SOURCE_REMOVE;
}

void
ui_row_list_become (GListStore *rows, GListModel *wanted)
{
  GListModel *shown = G_LIST_MODEL (rows);
  guint n_shown, n_wanted, n_most, first = 0, last = 0, n_new, n;
  Growing *growing;

  g_return_if_fail (G_IS_LIST_STORE (rows) && G_IS_LIST_MODEL (wanted) && shown != wanted);

  g_object_set_data (G_OBJECT (rows), GROWING, NULL);
  n_shown = g_list_model_get_n_items (shown);
  n_wanted = g_list_model_get_n_items (wanted);
  n_most = MIN (n_shown, n_wanted);
  while (first < n_most && rows_equal (shown, first, wanted, first))
    first++;
  while (last < n_most - first && rows_equal (shown, n_shown - 1 - last, wanted, n_wanted - 1 - last))
    last++;
  n_new = n_wanted - first - last;
  n = MIN (FIRST, n_new);
  put (rows, wanted, first, n_shown - first - last, n);
  if (n == n_new)
    return;
  growing = g_new0 (Growing, 1);
  growing->rows = rows;
  growing->wanted = g_object_ref (wanted);
  growing->place = first + n;
  growing->end = first + n_new;
  growing->source = g_idle_add_full (G_PRIORITY_LOW, grow_cb, growing, NULL);
  g_object_set_data_full (G_OBJECT (rows), GROWING, growing, growing_free);
}
