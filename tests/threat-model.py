#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Does each test that docs/threat-model.md names exist, and run?

    tests/threat-model.py SOURCE-ROOT        prints TAP
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
text = (root / "docs/threat-model.md").read_text("utf-8")
named = sorted(set(re.findall(r"`((?:test|fuzz)-[a-z0-9-]+(?:\.py)?)(?: (/?[a-z0-9_/-]+))?`", text)))
registered = "\n".join(path.read_text("utf-8") for path in root.glob("tests/**/meson.build"))


def find(program):
    wanted = program if program.endswith(".py") else program + ".c"
    found = list(root.glob(f"tests/*/{wanted}"))
    return found[0] if len(found) == 1 else None


def runs(program):
    name = program.removesuffix(".py")
    return f"'{program}'" in registered or (name.startswith("fuzz-") and f"'{name[5:]}'" in registered)


def has_case(source, case):
    if source.suffix == ".py":
        return f"def {case}(" in source.read_text("utf-8")
    code = source.read_text("utf-8")
    if f'"{case}"' in code:
        return True
    # a macro puts a prefix before each
    return any(case.startswith(prefix) and f'"{case[len(prefix):]}"' in code for prefix in re.findall(r'g_test_add[a-z_]* ?\("([^"]+/)"', code))


failed = 0
print(f"1..{len(named) + 1}")
print(f"{'ok' if len(named) > 40 else 'not ok'} - the document names {len(named)} cases")
failed += len(named) <= 40
for program, case in named:
    source = find(program)
    why = ("there is no such program" if source is None else "it is not run" if not runs(program)
           else "there is no such case" if case and not has_case(source, case) else "")
    print(f"{'not ok' if why else 'ok'} - {program} {case}" + (f" # {why}" if why else ""))
    failed += bool(why)
sys.exit(failed > 0)
