/* SPDX-License-Identifier: Apache-2.0 */
/* Services: what a visit needs, from the real reader and the real vault. */
#pragma once

#include "settings.h"
#include "vault-client.h"
#include "visit.h"

G_BEGIN_DECLS

#define SERVICES_TYPE (services_get_type ())
G_DECLARE_FINAL_TYPE (Services, services, AZUKARI, SERVICES, GObject)

/**
 * services_new:
 * @settings: borrowed, must live as long
 * @vault: the kiosk's own connection; admin mode has another
 *
 * Main thread only. Signals, from the reader: ::progress and ::preview, as ReaderClient's.
 */
Services *services_new (const Settings *settings, AzukariVault1 *vault);

/* Borrowed. */
AzukariVault1 *services_get_vault (Services *self);

/* For visit_new (), with the Services as its first argument. */
const VisitServices *services_get_table (void);

G_END_DECLS
