#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Closing line of tools/test: counts the single tests (TAP lines where there are any) in meson's testlog.json."""
import json
import re
import sys

passed = failed = skipped = 0
for line in open(sys.argv[1], encoding="utf-8"):
    test = json.loads(line)
    points = re.findall(r"^(not )?ok\b[^\n#]*(#\s*(?:SKIP|skip)[^\n]*)?", test.get("stdout", ""), re.M)
    if not points:  # no TAP: the program is one test
        points = [("not " if test["result"] not in ("OK", "SKIP") else "", "# SKIP" if test["result"] == "SKIP" else "")]
    bad = sum(1 for negative, skip in points if negative and not skip)
    if test["result"] not in ("OK", "SKIP") and bad == 0:
        bad = 1  # crashed or timed out after its last line
    failed += bad
    skipped += sum(1 for _, skip in points if skip)
    passed += sum(1 for negative, skip in points if not negative and not skip)
    for negative, skip in points:
        if skip:
            print(f"skipped in {test['name']}: {skip.lstrip('# ')}")
    if test["result"] not in ("OK", "SKIP"):
        print(f"failed: {test['name']} ({test['result']})")
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
