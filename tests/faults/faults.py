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

import disk  # noqa: E402
import drawn  # noqa: E402
import kill  # noqa: E402
import rehearsal  # noqa: E402
import tpm  # noqa: E402
from rehearsal import kiosk  # noqa: E402
from kinds import KILLED, KINDS  # noqa: E402
from tables import commit, head, load, machine, table  # noqa: E402
from world import Broken  # noqa: E402

PROGRAMS = ["all"]
REPORTS = ROOT / "docs/benchmarks"


def say(text):
    print(f"faults: {text}", file=sys.stderr, flush=True)


def parse(argv):
    parser = argparse.ArgumentParser(prog="tools/faults", description=__doc__.splitlines()[0])
    parser.add_argument("trial", choices=list(TRIALS), help="; ".join(f"{name}: {trial.__doc__.splitlines()[0].lower()}" for name, trial in TRIALS.items()))
    parser.add_argument("--kinds", metavar="A,B", help="operations (default: all of the trial's)")
    parser.add_argument("--troubles", metavar="A,B", help="disk and tpm: which (default all)")
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="kill: of each operation (default 1000)")
    parser.add_argument("--power", type=int, metavar="N", help="kill: of each operation, with the TPM's power cut too (default a fifth of --count)")
    parser.add_argument("--seed", type=int, default=1, help="kill: of the moments")
    parser.add_argument("--delay", type=int, metavar="MS", help="rehearsal and slow: added to each TPM command (default 500 and 2000)")
    parser.add_argument("--build", type=pathlib.Path, metavar="DIR", help="built programs (default build, brought up to date)")
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE", help="report (default docs/benchmarks/faults-TRIAL.md)")
    options = parser.parse_args(argv)
    options.given = argv
    known = offered(options.trial)
    options.kinds = options.kinds.split(",") if options.kinds else (KILLED if options.trial == "kill" else list(known))
    if unknown := set(options.kinds) - set(known):
        parser.error(f"no such operation: {', '.join(sorted(unknown))}")
    troubles = {"disk": disk.TROUBLES, "tpm": tpm.TROUBLES}.get(options.trial, {})
    options.troubles = options.troubles.split(",") if options.troubles else list(troubles)
    if unknown := set(options.troubles) - set(troubles):
        parser.error(f"no such trouble: {', '.join(sorted(unknown))}")
    options.power = options.count // 5 if options.power is None else options.power
    options.out = options.out or REPORTS / f"faults-{options.trial}.md"
    return options


def offered(trial):
    return {"kill": KINDS, "disk": disk.OPERATIONS, "tpm": tpm.OPERATIONS}.get(trial, {})


def tell(row):
    say(" | ".join(str(cell) for cell in row))
    return row


class Outcome:
    """What a trial found. Rows of what did not hold are kept, and the trial goes on."""

    def __init__(self):
        self.rows, self.broken = [], []

    def attempt(self, function):
        try:
            return function()
        except Broken as problem:
            say(f"DID NOT HOLD: {problem}")
            self.broken.append(str(problem))
            return None


def run_kill(options, build, outcome):
    """The daemon is killed at a random moment"""
    for name in options.kinds:
        for power, count in ((False, options.count), (True, options.power)):
            if count == 0:
                continue
            result = outcome.attempt(lambda name=name, power=power, count=count: kill.run(build, name, count, options.seed, power, say))
            if result:
                outcome.rows.append(tell([KINDS[name].what, "daemon and TPM's power" if power else "daemon", result.kills, result.inside,
                                          result.happened, f"{result.typical_ms:.1f} ms", f"{result.seconds / 60:.1f} min"]))
    return "# Killed at a random moment", [
        f"Seed: {options.seed}",
        "Operations are asked for over the daemon's socket; kill -9 comes at a moment spread evenly over the time that one takes undisturbed, "
        f"and {kill.MARGIN - 1:.0%} more. PINs are worked with the least that Argon2 takes: that time would only keep the kills from the rest",
        "The TPM is an swtpm that outlives the daemon as a chip does; in the rows \"daemon and TPM's power\" it is killed as well",
        "After each: the vault opens; everything acknowledged is there; what was not acknowledged is there as a whole or not at all, in numbers, "
        "people, admins and record alike; of two PINs exactly one opens; the record's chain verifies; no file is left over"], table(
            ["Operation", "Killed", "Kills, all held", "while it was under way", "of these, had happened without an answer", "One, undisturbed", "Took"],
            outcome.rows)


def run_disk(options, build, outcome):
    """The disk fails at the n-th call"""
    for name in options.kinds:
        for trouble in options.troubles:
            count = outcome.attempt(lambda name=name, trouble=trouble: disk.run(build, name, trouble))
            if count:
                outcome.rows.append(tell([disk.OPERATIONS[name], disk.TROUBLES[trouble].what, count.calls, count.refused, count.borne, count.killed]))
    return "# The disk fails at every call", [
        "Counted are open to write, write, sync, truncate, rename, unlink and mkdir in the folders of the vault, of exports and of backups; for every "
        "n up to the end of the operation the n-th fails",
        "After each: the error has a name of vault.xml that fits, and nothing has happened (\"Unsure\" where the very last sync failed), or the "
        "operation was carried out; the daemon neither hangs nor crashes; nothing acknowledged before is lost; with the disk mended the same "
        "operation works without a new start of the daemon; it ends with 0 and starts; verify finds nothing; no file is left over"], table(
            ["Operation", "Trouble", "Calls, each tried", "refused", "carried out all the same", "killed"], outcome.rows)


def run_tpm(options, build, outcome):
    """The TPM fails at the n-th command"""
    for name in options.kinds:
        for trouble in options.troubles:
            if name == "start" and trouble == "cleared":
                continue
            count = outcome.attempt(lambda name=name, trouble=trouble: tpm.run(build, name, trouble))
            if count:
                outcome.rows.append(tell([tpm.OPERATIONS[name], tpm.TROUBLES[trouble].what, count.commands, count.refused, count.borne]))
    return "# The TPM fails at every command", [
        "A real swtpm behind a bridge that tampers with the n-th command, for every n up to the end of the operation and of what is done after its "
        "answer. The daemon's time-out of two minutes is shortened to 0.3 s where no answer comes",
        "After each: an error that has a fitting name and nothing has happened, or the operation was carried out; nothing acknowledged before is "
        "lost; with the TPM back the same operation works without a new start of the daemon; verify finds nothing. After a cleared TPM the "
        "vault says so at its next start and does nothing more"], table(
            ["Operation", "Trouble", "Commands, each tried", "refused", "carried out all the same"], outcome.rows)


def run_slow(options, build, outcome):
    """Every TPM command takes two seconds"""
    delay_ms = options.delay or 2000
    for name, commands, seconds in tpm.slow(build, delay_ms):
        outcome.rows.append(tell([name, commands, f"{seconds:.1f} s"]))
    return "# A slow TPM", [f"Each command takes {delay_ms} ms longer; azukarictl, whose clients wait as the window's do, gives up on none"], table(
        ["azukarictl", "TPM commands", "Took"], outcome.rows)


def run_rehearsal(options, build, outcome):
    """The kiosk's window with a TPM as slow as a chip"""
    kiosk.enter_session("1280x800")
    delay_ms = options.delay or 500
    without, slow = (rehearsal.run(build, ms) for ms in (0, delay_ms))
    for a, b in zip(without, slow):
        outcome.rows.append(tell([a.name, b.commands, *(f"{s.seconds:.1f} s" for s in (a, b)), *(largest(s) for s in (a, b)),
                                  "-" if b.words_s is None else f"{b.words_s:.1f} s"]))
        if any(stall.own_ms > STALL_MAX_MS for stall in b.stalls):
            outcome.broken.append(f"{b.name}: the window stalled")
    return "# A real chip, rehearsed", [
        f"Each TPM command takes {delay_ms} ms longer. The whole kiosk in a window under Xvfb, driven by its accessible controls: a visit, a wrong PIN, "
        "a log-in, review, export, verify, log-out",
        "Stall: the longest time that the window's main loop was away from what came in. In brackets the part of that in which it was ready "
        "and other programs had the cores: the driver, the drawing of the display and whatever else ran on the machine",
        f"Held where no stall without that part is over {STALL_MAX_MS} ms"], table(
            ["Step", "TPM commands", "Took, without", f"with {delay_ms} ms", "Longest stall, without", f"with {delay_ms} ms", "Asked to wait after"],
            outcome.rows)


def largest(step):
    stall = max(step.stalls, key=lambda stall: stall.own_ms, default=None)
    return f"under {rehearsal.NOTICED_MS} ms" if stall is None else f"{stall.own_ms:.0f} ms (+ {stall.queued_ms:.0f})"


STALL_MAX_MS = 100
TRIALS = {"kill": run_kill, "disk": run_disk, "tpm": run_tpm, "slow": run_slow, "rehearsal": run_rehearsal}


def main(argv):
    options = parse(argv)
    build = (options.build or ROOT / "build").resolve()
    began, load_before, outcome = time.monotonic(), load(), Outcome()
    try:
        if options.build is None:
            drawn.bring_up_to_date(build, PROGRAMS)
        title, lines, rows = TRIALS[options.trial](options, build, outcome)
    except (drawn.BenchError, OSError, AssertionError, subprocess.SubprocessError) as problem:
        say(problem)
        return 2
    text = "\n\n".join([title, head([
        f"Command: `{' '.join(['tools/faults', *options.given])}`", f"Commit: {commit()}", *lines,
        f"Machine: {machine()}; load {load_before} before, {load()} after", f"Took: {(time.monotonic() - began) / 60:.1f} minutes"]), rows,
        *(["## Did not hold", head(outcome.broken)] if outcome.broken else [])]) + "\n"
    print(text, end="")
    options.out.write_text(text, "utf-8")
    return 3 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
