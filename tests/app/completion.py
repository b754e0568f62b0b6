#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bash's completion offers each verb, each second word and each option that azukarictl has, and nothing is done meanwhile.

    tests/app/completion.py SOURCE-ROOT AZUKARICTL        prints TAP
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

root, program = sys.argv[1:3]
script = os.path.join(root, "app", "ctl", "completion", "azukarictl")
work = tempfile.TemporaryDirectory(prefix="azukari-completion-")
environment = dict(os.environ, LANGUAGE="en", AZUKARI_VAULT=os.path.join(work.name, "vault"), AZUKARI_VAULTS=work.name,
                   AZUKARI_VAULTD="/nonexistent", AZUKARI_READER="/nonexistent", AZUKARI_TOKEN="/nonexistent")
failed = 0
count = 0


def result(name, why):
    global failed, count
    count += 1
    failed += bool(why)
    print(("not ok " if why else "ok ") + f"{count} - /completion/{name}")
    for line in str(why or "").splitlines():
        print("# " + line)


def said(*words):
    run = subprocess.run([program, *words], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20)
    return run.returncode, run.stdout


def offered(*words):
    """What TAB shows behind these words, the last of which is being typed; parted at "=" as bash does it."""
    parted = [part for word in words for part in (re.split("(=)", word) if word.startswith("--") else [word]) if part]
    parted += [""] if words[-1] == "" or words[-1].endswith("=") else []
    if words[-1] == "":
        parted = [part for word in words[:-1] for part in (re.split("(=)", word) if word.startswith("--") else [word]) if part] + [""]
    code = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _azukarictl "$1"; printf "%s\\n" "${COMPREPLY[@]}"'
    run = subprocess.run(["bash", "--norc", "-c", code, "bash", script, program, *parted], env=environment, capture_output=True, text=True,
                         timeout=20)
    assert run.returncode == 0 and run.stderr == "", run
    return [line for line in run.stdout.splitlines() if line]


def differ(what, got, wanted):
    return "" if sorted(got) == sorted(wanted) else f"{what}: {sorted(got)} instead of {sorted(wanted)}\n"


def options_in(text):
    return ["--" + name for name in re.findall(r"^  (?:-\w, )?--([a-z0-9-]+)", text, re.M) if name != "help"]


verbs = re.findall(r"^  ([a-z-]+) +[a-z]", said("--help")[1], re.M)
result("finds-verbs", "" if len(verbs) > 25 else f"only {verbs}")
result("verbs", differ("verbs", offered(""), verbs))

# The second words, as the sources have them; "backup places" has third ones.
second = {}
for path in glob.glob(os.path.join(root, "app", "ctl", "cmd-*.c")):
    with open(path, encoding="utf-8") as file:
        source = file.read()
    for function, table in re.findall(r"^(\w+) \(CtlContext \*ctx, int argc, char \*\*argv\)\n\{\n  static const CtlSubVerb verbs\[\] = \{(.*?)\};",
                                      source, re.M | re.S):
        second[function.removeprefix("cmd_").replace("_", " ")] = re.findall(r'\{ "([a-z-]+)"', table)
wrong = "" if len(second) > 15 else f"only {sorted(second)} were found"
for words, wanted in second.items():
    wrong += differ(words, offered(*words.split(" "), ""), wanted)
result("second-words", wrong)

wrong = ""
leaves = [[verb] for verb in verbs if verb.replace("-", " ") not in second or verb in ("export", "log", "clients")]
leaves += [words.split(" ") + [word] for words, table in second.items() for word in table if words + " " + word not in second]
for leaf in leaves:
    code, text = said(*leaf, "--help")
    wrong += "" if code == 0 else f"{leaf}: --help ends with {code}\n"
    wrong += differ(" ".join(leaf), offered(*leaf, "--"), options_in(text))
result("options", wrong)

wrong = differ("begun", offered("ver"), ["verify", "verify-certificate"])
wrong += differ("after a global option", offered("--vault", "/x", "retir"), ["retire"])
wrong += differ("after one with =", offered("--vault=/x", "--json", "retir"), ["retire"])
wrong += differ("of a value", offered("merge", "--purpose", "ta"), ["tax"])
wrong += differ("of a value behind =", offered("merge", "--purpose=ta"), ["tax"])
wrong += differ("of every value", offered("merge", "--purpose", ""),
                ["tax", "social-insurance", "employment-insurance", "accident-insurance", "payment-record"])
wrong += differ("files, which bash offers", offered("merge", "--in", ""), [])
wrong += differ("files for a global option", offered("--vault", ""), [])
wrong += differ("behind an option", offered("merge", "--pin-file", "x", "--format", "y", "--dry"), ["--dry-run"])
wrong += differ("behind an option without a value", offered("merge", "--dry-run", "--pl"), ["--plain"])
wrong += differ("what there is not", offered("frobnicate", "--"), [])
result("as-typed", wrong)
result("does-nothing", "" if os.listdir(work.name) == [] else f"made {os.listdir(work.name)}")
print(f"1..{count}")
sys.exit(failed > 0)
