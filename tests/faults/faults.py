#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ill-treats the vault and reports what it stood. Exit codes: 0 all held, 1 usage, 2 it could not run, 3 something did not hold.

The people are made up; the reports hold no number."""
import argparse
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/bench"))

import drawn  # noqa: E402
import kill  # noqa: E402
from kinds import KILLED, KINDS  # noqa: E402
from tables import commit, head, load, machine, table  # noqa: E402
from world import Broken  # noqa: E402

PROGRAMS = ["data/azukari-vaultd", "tests/faults/chip", "tests/faults/libfault.so"]
REPORTS = ROOT / "docs/benchmarks"


def say(text):
    print(f"faults: {text}", file=sys.stderr, flush=True)


def parse(argv):
    parser = argparse.ArgumentParser(prog="tools/faults", description=__doc__.splitlines()[0])
    parser.add_argument("trial", choices=["kill"], help="kill: the daemon is killed at a random moment")
    parser.add_argument("--kinds", default=",".join(KINDS), metavar="A,B", help=f"operations (default all: {', '.join(KINDS)})")
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="kills of each kind (default 1000)")
    parser.add_argument("--power", type=int, metavar="N", help="kills of each kind with which the TPM loses its power too (default a fifth of --count)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", type=pathlib.Path, metavar="DIR", help="built programs (default build, brought up to date)")
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE", help="report (default docs/benchmarks/faults-TRIAL.md)")
    options = parser.parse_args(argv)
    options.given, options.kinds = argv, options.kinds.split(",")
    if options.power is None:
        options.power = options.count // 5
    if unknown := set(options.kinds) - set(KINDS):
        parser.error(f"no such operation: {', '.join(sorted(unknown))}")
    options.out = options.out or REPORTS / f"faults-{options.trial}.md"
    return options


def kill_rows(options, build):
    rows = []
    for name in options.kinds:
        for power in (False, True):
            count = options.power if power else options.count
            if count == 0:
                continue
            result = kill.run(build, name, count, options.seed, power, say)
            rows.append([KINDS[name].what, "daemon and TPM's power" if power else "daemon", result.kills, result.inside, result.happened,
                         result.kills, f"{result.typical_ms:.1f} ms", f"{result.seconds / 60:.1f} min"])
            say(" | ".join(str(cell) for cell in rows[-1]))
    return rows


def report_kill(options, rows, lines):
    return "\n\n".join(["# Killed at a random moment", head(lines + [
        "Operations are asked for over the daemon's socket; kill -9 comes at a moment spread evenly over the time that one takes undisturbed, "
        f"and {kill.MARGIN - 1:.0%} more. PINs are worked with the least that Argon2 takes: that time would only keep the kills from the rest",
        "The TPM is an swtpm that outlives the daemon as a chip does; in the rows \"daemon and TPM's power\" it is killed as well",
        "After each: the vault opens; everything acknowledged is there; what was not acknowledged is there as a whole or not at all, in numbers, "
        "people, admins and record alike; of two PINs exactly one opens; the record's chain verifies; no file is left over"]),
        table(["Operation", "Killed", "Kills", "while it was under way", "of these, had happened without an answer", "Held",
               "One, undisturbed", "Took"], rows)]) + "\n"


def main(argv):
    options = parse(argv)
    build = (options.build or ROOT / "build").resolve()
    began, load_before = time.monotonic(), load()
    try:
        if options.build is None:
            drawn.bring_up_to_date(build, PROGRAMS)
        rows = kill_rows(options, build)
    except Broken as problem:
        say(f"DID NOT HOLD: {problem}")
        return 3
    except (drawn.BenchError, OSError, subprocess.SubprocessError) as problem:
        say(problem)
        return 2
    text = report_kill(options, rows, [
        f"Command: `{' '.join(['tools/faults', *options.given])}`", f"Commit: {commit()}", f"Seed: {options.seed}",
        f"Machine: {machine()}; load {load_before} before, {load()} after", f"Took: {(time.monotonic() - began) / 60:.1f} minutes"])
    print(text, end="")
    options.out.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
