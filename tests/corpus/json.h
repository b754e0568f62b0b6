/* SPDX-License-Identifier: Apache-2.0 */
/* json: the few values that a line of truth.jsonl is made of. */
#pragma once

#include "corpus.h"

/** json_append_string: @value (UTF-8) in quotes, escaped as RFC 8259 asks; %NULL gives null. */
void json_append_string (GString *json, const char *value);
void json_append_double (GString *json, double value, int n_decimals);
/** json_append_points: four points as [[x, y], ...] */
void json_append_points (GString *json, const CorpusPoint points[4]);
