#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every action that the vault writes into its record has words (app/record-words.c), so that nobody reads a code; and every check has a
sentence for how it should be and another one for how it was found.

    tests/app/record-words.py SOURCE-ROOT        prints TAP
"""
import glob
import os
import re
import sys

root = sys.argv[1]
CALLS = r"(?:record_append|vault_record_alone|vault_note_attempt|record_answer|conclude|note|record_alone)\s*\("
CODE = re.compile(r'^[a-z]+(-[a-z]+)*$')

with open(os.path.join(root, "app", "record-words.c"), encoding="utf-8") as file:
    actions = file.read().split("actions[] = {")[1].split("};")[0]
known = set(re.findall(r'\{ "([a-z-]+)", N_', actions))

written = {}
for path in glob.glob(os.path.join(root, "data", "*.c")):
    with open(path, encoding="utf-8") as file:
        source = file.read()
    for call in re.finditer(CALLS, source):
        end = source.find(";", call.end())
        before_details = source[call.end():end].split("NULL")[0]
        arguments = re.split(r",(?![^(]*\))", before_details)[1:4]
        for argument in arguments:
            for code in re.findall(r'"([^"]*)"', argument):
                if CODE.match(code) and "-" in code:
                    written[code] = os.path.basename(path)
with open(os.path.join(root, "app", "record-words.c"), encoding="utf-8") as file:
    checks = file.read().split("checks[] = {")[1].split("};")[0]
sentences = {code: (good, bad) for code, good, bad in re.findall(r'\{\s*"([a-z_.]+)",\s*N_ \("([^"]*)"\),\s*N_ \("([^"]*)"\)', checks)}
looked_at = set()
with open(os.path.join(root, "data", "vault-verify.c"), encoding="utf-8") as file:
    looked_at |= set(re.findall(r'add_finding \(findings, "([a-z]+)"', file.read()))
with open(os.path.join(root, "data", "store", "schema.c"), encoding="utf-8") as file:
    tables = set(re.findall(r"CREATE TABLE ([a-z_]+)", file.read()))
# the record's own have checks of another kind; meta are the settings; what a step of the schema makes between is gone after it
looked_at |= {table for table in tables if not re.match(r"admins_v[0-9]*$", table)} - {"record", "checkpoints", "seals", "seal_log", "meta"}
# What was gone on with is right to tell of, and never wrong.
unsaid = sorted(code for code in looked_at if code not in sentences) + sorted(
    code for code, (good, bad) in sentences.items() if good == bad and code != "accepted")
print("1..3")
missing = sorted(code for code in written if code not in known and "number-" + code not in known)  # events of Note have a prefix
print("ok 1 - /record-words/finds-what-is-written" if len(written) > 40 else f"not ok 1 - only {len(written)} actions were found")
print("ok 2 - /record-words/every-action-has-words" if not missing else
      "not ok 2 - /record-words/every-action-has-words\n# " + ", ".join(f"{code} ({written[code]})" for code in missing))
print("ok 3 - /record-words/every-check-can-fail-in-words" if not unsaid and len(looked_at) > 10 else
      "not ok 3 - /record-words/every-check-can-fail-in-words\n# " + ", ".join(unsaid))
