#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the translations: POTFILES.in lists every file with text for people, and each language is complete.

    po/check.py SOURCE-ROOT        prints TAP
"""
import os
import re
import subprocess
import sys
import tempfile

root = sys.argv[1]
failed = 0


def result(ok, name, why=""):
    global failed
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} - {name}")
    for line in why.splitlines() if not ok else []:
        print("# " + line)


def has_text(path):
    with open(path, encoding="utf-8") as file:
        content = file.read()
    if path.endswith(".ui"):
        return 'translatable="yes"' in content
    return re.search(r'(\b(N|C)?_ ?\(\s*"|g_dn?gettext \()', content) is not None


listed = [line.strip() for line in open(os.path.join(root, "po", "POTFILES.in"), encoding="utf-8")
          if line.strip() and not line.startswith("#")]
found = []
for folder in ("app", "ui", "ocr", "data"):
    for parent, _, names in os.walk(os.path.join(root, folder)):
        for name in names:
            path = os.path.join(parent, name)
            if name.endswith((".c", ".ui")) and has_text(path):
                found.append(os.path.relpath(path, root))
result(sorted(listed) == sorted(found), "/po/potfiles/lists-every-file-with-text",
       f"missing: {sorted(set(found) - set(listed))}\nneedless: {sorted(set(listed) - set(found))}")

with tempfile.TemporaryDirectory() as work:
    pot = os.path.join(work, "azukari.pot")
    subprocess.run(["xgettext", "--from-code=UTF-8", "--add-comments=Translators", "--keyword=_", "--keyword=N_",
                    "--keyword=C_:1c,2", "--keyword=g_dngettext:2,3", "--keyword=g_dgettext:2", "-o", pot, *listed],
                   cwd=root, check=True, capture_output=True)
    for language in open(os.path.join(root, "po", "LINGUAS"), encoding="utf-8").read().split():
        merged = os.path.join(work, language + ".po")
        subprocess.run(["msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged,
                        os.path.join(root, "po", language + ".po"), pot], check=True)
        said = subprocess.run(["msgfmt", "--check-format", "--statistics", "-o", os.devnull, merged],
                              env=dict(os.environ, LC_ALL="C"), capture_output=True, text=True)
        open_ones = subprocess.run(["msgattrib", "--untranslated", "--no-wrap", merged], capture_output=True, text=True)
        missing = "\n".join(re.findall(r'^msgid "(?!")(.*)"$', open_ones.stdout, re.M))
        complete = said.returncode == 0 and "untranslated" not in said.stderr and "fuzzy" not in said.stderr
        result(complete, f"/po/{language}/is-complete", said.stderr + missing)
print("1..%d" % (1 + len(open(os.path.join(root, "po", "LINGUAS")).read().split())))
sys.exit(1 if failed else 0)
