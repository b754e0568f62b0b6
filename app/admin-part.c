/* SPDX-License-Identifier: Apache-2.0 */
/* AdminPart: the base of the views. */
#include "config.h"

#include "admin-part.h"

typedef struct
{
  AdminSession *session; /* owned: calls that are under way may outlive the window */
  UiAdminShell *shell;   /* borrowed */
} AdminPartPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AdminPart, admin_part, G_TYPE_OBJECT)

static void
admin_part_finalize (GObject *object)
{
  AdminPartPrivate *priv = admin_part_get_instance_private (ADMIN_PART (object));

  g_clear_object (&priv->session);
  G_OBJECT_CLASS (admin_part_parent_class)->finalize (object);
}

static void
admin_part_class_init (AdminPartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = admin_part_finalize;
}

static void
admin_part_init (AdminPart *self)
{
}

AdminPart *
admin_part_new (GType type, AdminSession *session, UiAdminShell *shell)
{
  AdminPart *self = g_object_new (type, NULL);
  AdminPartPrivate *priv = admin_part_get_instance_private (self);

  priv->session = g_object_ref (session);
  priv->shell = shell;
  return self;
}

AdminSession *
admin_part_get_session (AdminPart *self)
{
  AdminPartPrivate *priv = admin_part_get_instance_private (self);

  return priv->session;
}

UiAdminShell *
admin_part_get_shell (AdminPart *self)
{
  AdminPartPrivate *priv = admin_part_get_instance_private (self);

  return priv->shell;
}

const char *
admin_part_get_view (AdminPart *self)
{
  return ADMIN_PART_GET_CLASS (self)->view;
}

gboolean
admin_part_is_for (AdminPart *self)
{
  AdminSession *session = admin_part_get_session (self);

  return (ADMIN_PART_GET_CLASS (self)->roles & admin_session_get_role (session)) != 0
         && ADMIN_PART_GET_CLASS (self)->is_for_sealed == admin_session_is_sealed (session);
}

gboolean
admin_part_is_shown (AdminPart *self)
{
  AdminPartPrivate *priv = admin_part_get_instance_private (self);

  return admin_session_is_open (priv->session)
         && g_str_equal (ui_admin_shell_get_view (priv->shell), admin_part_get_view (self));
}

void
admin_part_begin (AdminPart *self)
{
  if (ADMIN_PART_GET_CLASS (self)->begin != NULL)
    ADMIN_PART_GET_CLASS (self)->begin (self);
}

void
admin_part_refresh (AdminPart *self)
{
  if (ADMIN_PART_GET_CLASS (self)->refresh != NULL)
    ADMIN_PART_GET_CLASS (self)->refresh (self);
}

void
admin_part_leave (AdminPart *self)
{
  if (ADMIN_PART_GET_CLASS (self)->leave != NULL)
    ADMIN_PART_GET_CLASS (self)->leave (self);
}

void
admin_part_forget (AdminPart *self)
{
  if (ADMIN_PART_GET_CLASS (self)->forget != NULL)
    ADMIN_PART_GET_CLASS (self)->forget (self);
}
