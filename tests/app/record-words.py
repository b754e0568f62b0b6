#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every action that the vault writes into its record has words (app/record-words.c), so that nobody reads a code.

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
print("1..2")
missing = sorted(code for code in written if code not in known and "number-" + code not in known)  # events of Note have a prefix
print("ok 1 - /record-words/finds-what-is-written" if len(written) > 40 else f"not ok 1 - only {len(written)} actions were found")
print("ok 2 - /record-words/every-action-has-words" if not missing else
      "not ok 2 - /record-words/every-action-has-words\n# " + ", ".join(f"{code} ({written[code]})" for code in missing))
