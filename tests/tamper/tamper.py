#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tampers with a real vault in every way that tests/tamper knows, and reports what was found, where, and how it was named.

With --brief a sample, as TAP. Exit codes: 0 all that must be found was; 1 something was not; 2 it could not run.
"""
import argparse
import collections
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
import drawn  # noqa: E402
from drawn import ROOT  # noqa: E402
from tables import commit, head, load, machine, table  # noqa: E402

PROGRAM = "tests/tamper/tamper"
REPORT = ROOT / "docs/benchmarks/tamper.md"
# Side by side, each with a vault of its own.
GROUPS = (("files",), ("keyset",), ("pages",), ("rows",), ("record",))
BRIEFLY = (("files", "keyset", "pages"), ("rows", "record"))
FOUND = ("start", "check")


def parse(argv):
    parser = argparse.ArgumentParser(prog="tools/tamper", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, action="append", help="of the bits that are picked (default 1; several are run in turn)")
    parser.add_argument("--brief", action="store_true", help="a sample, as TAP; no report")
    parser.add_argument("--build", type=pathlib.Path, metavar="DIR", help="built programs (default build, brought up to date)")
    parser.add_argument("--out", type=pathlib.Path, default=REPORT, metavar="FILE")
    options = parser.parse_args(argv)
    options.seeds = options.seed or [1]
    options.given = argv
    return options


def run(build, seeds, brief):
    """One dictionary for each trial."""
    trials = []
    environment = dict(os.environ, TSS2_LOG="all+none", G_DEBUG="")
    for seed in seeds:
        words = [build / PROGRAM, "--seed", str(seed)] + (["--brief"] if brief else [])
        running = [subprocess.Popen([*words, *groups], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
                   for groups in (BRIEFLY if brief else GROUPS)]
        for process in running:
            out, errors = process.communicate()
            if process.returncode not in (0, 1):
                raise drawn.BenchError(f"{process.args[-1]}: {errors.strip()[-300:] or process.returncode}")
            for line in out.splitlines():
                kind, what, place, names, expected = line.split("\t")
                trials.append({"group": kind, "what": what, "at": place, "names": names, "expected": expected})
    return trials


def missed(trials):
    return [trial for trial in trials if trial["expected"] == "found" and trial["at"] not in FOUND]


def rows(trials, expected):
    """Tried, found at each place, not found, and the names, for each kind of trial."""
    kinds = collections.OrderedDict()
    for trial in trials:
        if trial["expected"] == expected:
            kinds.setdefault((trial["group"], trial["what"]), []).append(trial)
    lines = []
    for (group, what), each in kinds.items():
        places = collections.Counter(trial["at"] for trial in each)
        names = collections.Counter(name for trial in each if (name := trial["names"]))
        told = ", ".join(f"`{name}`" + (f" ({count})" if len(names) > 1 else "") for name, count in names.most_common(4))
        cells = [f"{group}: {what}", len(each), places["start"], places["check"]]
        if expected != "found":
            cells += [places["log-in"] + places["epoch"]]
        lines.append([*cells, places["-"], told or "-"])
    return lines


def report(options, trials, took, load_before):
    must, use, rest = (rows(trials, name) for name in ("found", "at-use", "harmless"))
    asked = [trial for trial in trials if trial["expected"] == "found"]
    short = ["what was done", "tried", "start", "check", "missed", "names"]
    long = ["what was done", "tried", "start", "check", "log-in, epoch", "not found", "names"]
    parts = [
        "# Tampering with the vault\n",
        head([f"Command: `{' '.join(['tools/tamper', *options.given])}`",
              f"Commit: {commit()}",
              "Vault: a real one on a software TPM: 12 people, numbers in every state, five admins and one who left, exports, "
              "checkpoints; an earlier state of it, and another vault",
              f"Seeds: {', '.join(map(str, options.seeds))}",
              f"Machine: {machine()}; load {load_before} before, {load()} after",
              f"Took: {took / 60:.1f} minutes"]),
        f"\n**{len(asked)} trials that must be found: {len(asked) - len(missed(trials))} found, {len(missed(trials))} missed.**\n",
        "Found at the start (the vault opens sealed, and names reason and file) or by the check of everything (`azukarictl verify`, "
        "which names what is not right, and seals it). Rows and the record are edited by somebody who holds the database's key; "
        "\"seals made to fit\" is what such a person can do to hide it.\n",
        table(short, must),
        "\n## Found at the latest when it is used\n",
        "Parts of the keyset that only a log-in, a change of the epoch or nothing yet uses, and bits of the software TPM's own file, not all "
        "of which mean anything. The keyset's digest was made to fit: a bit that is flipped without that is found at the start.\n",
        table(long, use),
        "\n## What nobody can find, or what changes nothing\n",
        "* **Everything set back together with a software TPM** (an image of the whole machine): nothing is left that knows better. "
        "A chip's counters do not go back; the record that was handed out, and a printed checkpoint, tell in either case.\n"
        "* **False events**: who runs with the daemon's rights, or holds the database's key and changes only what came after the last "
        "checkpoint, can write what never happened. What was attested, handed out or printed before stays provable.\n"
        "* The journal and other files left lying hold nothing that the vault believes.\n",
        table(long, rest),
        "",
    ]
    return "\n".join(parts)


def tap(trials):
    groups = collections.OrderedDict()
    for trial in trials:
        groups.setdefault(trial["group"], []).append(trial)
    print(f"1..{len(groups)}")
    for number, (group, each) in enumerate(groups.items(), 1):
        bad = missed(each)
        print(f"{'not ok' if bad else 'ok'} {number} - {group}: {len(each)} trials")
        for trial in bad:
            print(f"# missed: {trial['what']}")


def main(argv):
    options = parse(argv)
    build = (options.build or ROOT / "build").resolve()
    started, load_before = time.monotonic(), load()
    try:
        if options.build is None:
            drawn.bring_up_to_date(build, [PROGRAM])
        trials = run(build, options.seeds, options.brief)
    except (drawn.BenchError, OSError, subprocess.CalledProcessError, ValueError) as error:
        print(f"tamper: {error}", file=sys.stderr)
        return 2
    if options.brief:
        tap(trials)
    else:
        text = report(options, trials, time.monotonic() - started, load_before)
        options.out.write_text(text, "utf-8")
        print(text)
    return 1 if missed(trials) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
