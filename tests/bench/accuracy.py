#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws pages of which the truth is known, has them read, and counts what came of it.

Exit codes: 0 nothing wrong was accepted; 1 a wrong number was accepted, or a number from a document that must be
refused; 2 the benchmark itself could not run. The report never contains a number.
"""
import argparse
import collections
import json
import math
import os
import pathlib
import platform
import signal
import subprocess
import sys
import tempfile
import time

import peers

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CHUNK = 24  # pages on disk at a time: a page of 600 dpi in colour has 107 MB
ISSUE_NEGATIVES = ["card-front", "licence", "notice", "blank"]
BOX_TOLERANCE_MM = 2.0


class BenchError(Exception):
    pass


def percentile(values, part):
    """The value below which `part` (0..1) of the values lie, by nearest rank; 0 for none."""
    if not values:
        return 0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def judge(truth, verdict):
    """right, wrong, doubtful, refused or failed. On a document to be refused any accepted number is wrong, even the one printed on it."""
    if verdict["verdict"] != "accepted":
        return verdict["verdict"] if verdict["verdict"] in ("doubtful", "refused") else "failed"
    if truth["expect"] == "accept" and verdict.get("number") == truth["number"]:
        return "right"
    return "wrong"


def box_is_right(truth, verdict):
    """True when every corner lies near the true one, so that the card was also turned the right way up."""
    if not truth["box"] or not verdict.get("box"):
        return False
    limit = BOX_TOLERANCE_MM * truth["dpi"] / 25.4
    return all(math.dist(a, b) <= limit for a, b in zip(truth["box"], verdict["box"]))


def turn_class(truth):
    """How the card lies: along the glass, or askew."""
    if not truth["box"]:
        return "none"
    off = truth["rotation_deg"] % 90
    return "along (within 8°)" if min(off, 90 - off) <= 8 else "askew"


def run_lines(command, environment=None):
    """The JSON objects that a program prints one a line. The exit code says what was found, not whether it ran."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, check=False)
    lines = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines() if line.startswith("{")]
    return done.returncode, lines, done.stderr.decode("utf-8", "replace")


class Product:
    """azukarictl read, one process for many files."""

    name = "azukari"

    def __init__(self, build, tell_dpi):
        self.program = build / "app/ctl/azukarictl"
        self.tell_dpi = tell_dpi
        self.environment = dict(os.environ, AZUKARI_READER=str(build / "ocr/azukari-reader"), LC_ALL="C.UTF-8")

    def read(self, folder, truths):
        groups = collections.defaultdict(list)
        for truth in truths:
            groups[truth["dpi"] if self.tell_dpi else 0].append(truth)
        verdicts = {}
        for dpi, group in groups.items():
            command = [str(self.program), "read", "--json"] + (["--dpi", str(dpi)] if dpi else [])
            files = [str(folder / truth["file"]) for truth in group]
            code, lines, errors = run_lines(command + files, self.environment)
            if code not in (0, 2, 3) or len(lines) != len(files):
                raise BenchError(f"azukarictl read answered {len(lines)} of {len(files)} pages, exit code {code}: "
                                 f"{errors.strip()[-300:]}")
            for truth, line in zip(group, lines):
                verdicts[truth["file"]] = line
        return [verdicts[truth["file"]] for truth in truths]


def draw(build, folder, arguments, start, count):
    command = [str(build / "tests/corpus/azukari-corpus"), "--out", str(folder), "--start", str(start), "--count",
               str(count)] + arguments
    done = subprocess.run(command, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise BenchError(done.stderr.decode("utf-8", "replace").strip())
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]


def measure(build, readers, arguments, count, first, say):
    """Yields (reader's name, truth, verdict) for `count` pages."""
    for start in range(first, first + count, CHUNK):
        size = min(CHUNK, first + count - start)
        with tempfile.TemporaryDirectory(prefix="azukari-bench-") as name:
            folder = pathlib.Path(name)
            truths = draw(build, folder, arguments, start, size)
            for reader in readers:
                for truth, verdict in zip(truths, reader.read(folder, truths)):
                    yield reader.name, truth, verdict
        say(f"{start + size - first} of {count} pages")


class Tally:
    """What one reader made of all pages."""

    def __init__(self):
        self.rows = []

    def add(self, truth, verdict):
        self.rows.append((truth, verdict, judge(truth, verdict)))

    def select(self, expect=None, kind=None):
        return [row for row in self.rows
                if (expect is None or row[0]["expect"] == expect) and (kind is None or row[0]["kind"] == kind)]

    def kinds(self, expect):
        return sorted({row[0]["kind"] for row in self.select(expect)})

    def n_wrong(self):
        return sum(row[2] == "wrong" for row in self.rows)


def count_cells(rows):
    counts = collections.Counter(row[2] for row in rows)
    times = [row[1]["ms"].get("total", 0) for row in rows if row[1].get("ms")]
    return counts, [f"{percentile(times, 0.5)}", f"{percentile(times, 0.95)}"]


def share(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "|".join(" --- " if i == 0 else " ---: " for i in range(len(header)))
             + "|"]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def positives_table(tally):
    rows = []
    for kind in tally.kinds("accept") + [None]:
        chosen = tally.select("accept", kind)
        counts, times = count_cells(chosen)
        tells_box = any("rotation_deg" in verdict for _, verdict, _ in chosen)
        found = sum(box_is_right(truth, verdict) for truth, verdict, _ in chosen)
        rows.append([kind or "**all**", len(chosen), f"{counts['right']} ({share(counts['right'], len(chosen))})",
                     counts["wrong"], counts["doubtful"], counts["refused"], counts["failed"],
                     share(found, len(chosen)) if tells_box else "-"] + times)
    return table(["To be accepted", "Pages", "Accepted right", "Accepted wrong", "Doubtful", "Refused", "Failed",
                  "Card found", "Median ms", "p95 ms"], rows)


def negatives_table(tally):
    rows = []
    for kind in tally.kinds("refuse") + [None]:
        chosen = tally.select("refuse", kind)
        counts, times = count_cells(chosen)
        rows.append([kind or "**all**", len(chosen), counts["wrong"], counts["doubtful"], counts["refused"],
                     counts["failed"]] + times)
    return table(["To be refused", "Pages", "Accepted", "Doubtful", "Refused", "Failed", "Median ms", "p95 ms"], rows)


def conditions_table(tally):
    """Where the numbers that were not accepted are: one condition of the page at a time."""
    conditions = [("dpi", lambda t: t["dpi"]), ("page", lambda t: t["page"]), ("lid", lambda t: t["lid"]),
                  ("colour", lambda t: "colour" if t["color"] else "grey"), ("lies", turn_class),
                  ("digits", lambda t: t["font"] + (" (not in training)" if t["font_held_out"] else "")),
                  ("QR code", lambda t: t["qr"] if t["kind"] == "card-back" else "not a card")]
    rows = []
    for name, value_of in conditions:
        groups = collections.defaultdict(list)
        for row in tally.select("accept"):
            groups[value_of(row[0])].append(row)
        for value in sorted(groups, key=str):
            right = sum(row[2] == "right" for row in groups[value])
            rows.append([f"{name}: {value}", len(groups[value]), right, share(right, len(groups[value]))])
    return table(["Condition", "Pages", "Accepted right", "Share"], rows)


def reasons_table(tally):
    counts = collections.Counter((row[0]["kind"], row[1]["verdict"], row[1].get("reason") or "-", row[1].get("document"))
                                 for row in tally.rows if row[2] != "right")
    return table(["Kind", "Verdict", "Reason", "Taken for", "Pages"],
                 [[*key, n] for key, n in sorted(counts.items(), key=lambda item: (item[0][0], -item[1]))])


def failures_table(tally):
    rows = [[truth["kind"], truth["index"], outcome, verdict.get("reason") or "-", truth["dpi"], truth["page"],
             truth["lid"], truth["rotation_deg"], truth["qr"], truth["font"] or "-",
             "yes" if box_is_right(truth, verdict) else "no"]
            for truth, verdict, outcome in tally.rows
            if (truth["expect"] == "accept" and outcome != "right") or outcome in ("wrong", "failed")]
    return table(["Kind", "Index", "Outcome", "Reason", "dpi", "Page", "Lid", "Turn", "QR", "Digits", "Card found"], rows)


def machine():
    model = platform.machine()
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        system = platform.system()
    return f"{os.cpu_count()} cores of {model}, {system}, Linux {platform.release()}"


def commit():
    def git(*arguments):
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip()
    head = git("rev-parse", "--short=12", "HEAD") or "unknown"
    return head + (" with local changes" if git("status", "--porcelain", "--untracked-files=no") else "")


def report(options, tallies, seconds):
    out = [f"Command: `{' '.join(['tools/bench', 'accuracy', *options.given])}`",
           f"Commit: {commit()}",
           f"Pages: level {options.level}, seed {options.seed} of the {options.purpose} range, from index "
           f"{options.start}; resolution {'told' if options.tell_dpi else 'not told'} to the reader",
           f"Machine: {machine()}", f"Took: {seconds:.0f} s with drawing"]
    out = ["\n".join(f"* {line}" for line in out)]
    for name, tally in tallies.items():
        out.append(f"## {name}")
        if tally.select("accept"):
            out.append(positives_table(tally))
        if tally.select("refuse"):
            out.append(negatives_table(tally))
        if name == Product.name:
            if tally.select("accept"):
                out.append(conditions_table(tally))
            out.append(reasons_table(tally))
            if options.failures:
                out.append(failures_table(tally))
    return "\n\n".join(out) + "\n"


def parse(argv):
    parser = argparse.ArgumentParser(prog="tools/bench accuracy", description=__doc__.splitlines()[0],
                                     epilog="Without options: 300 pages to be accepted and 200 to be refused (fronts, "
                                            "licences whose digits pass the check, notices, blanks), level easy.")
    parser.add_argument("--count", type=int, default=300, metavar="N", help="pages to be accepted (default 300)")
    parser.add_argument("--negatives", type=int, metavar="N", help="pages to be refused (default two thirds of --count)")
    parser.add_argument("--all-negatives", action="store_true", help="every kind to be refused, not just the usual four")
    parser.add_argument("--kind", metavar="KIND,...", help="--count pages of these kinds in turn and nothing else")
    parser.add_argument("--level", choices=["easy", "medium", "hard"], default="easy")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, metavar="N", help="index of the first page (default 0)")
    parser.add_argument("--purpose", choices=["training", "tuning", "test"], default="test", help="range of seeds")
    parser.add_argument("--page", choices=["bed", "card", "mixed"], default="mixed")
    parser.add_argument("--dpi", type=int, choices=[200, 300, 400, 600], help="draw at this resolution only")
    parser.add_argument("--rotation", metavar="DEG", help="turn every card by this much")
    parser.add_argument("--qr", choices=["good", "damaged", "none", "mixed"], default="mixed")
    parser.add_argument("--tell-dpi", action="store_true", help="tell the reader the resolution, as a scanner does")
    parser.add_argument("--peers", action="store_true", help="also measure what else is installed on the same pages; slow")
    parser.add_argument("--failures", action="store_true", help="also list the pages that went wrong")
    parser.add_argument("--build", type=pathlib.Path, metavar="DIR", help="built programs (default build, brought up to date)")
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE", help="write the report here as well")
    options = parser.parse_args(argv)
    options.given = argv
    if options.negatives is None:
        options.negatives = 0 if options.kind else options.count * 2 // 3
    if options.count < 0 or options.negatives < 0 or options.start < 0:
        parser.error("--count, --negatives and --start are not negative")
    return options


def bring_up_to_date(build):
    targets = ["tests/corpus/azukari-corpus", "app/ctl/azukarictl", "ocr/azukari-reader"]
    if not (build / "build.ninja").exists():
        subprocess.run([str(ROOT / "tools/setup")], check=True)
        subprocess.run(["meson", "setup", str(build), str(ROOT)], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["ninja", "-C", str(build), *targets], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError("the programs could not be built:\n" + done.stdout[-2000:])


def runs(options):
    """(arguments of azukari-corpus, pages) for each part of the measurement."""
    common = ["--seed", str(options.seed), "--purpose", options.purpose, "--level", options.level, "--page", options.page,
              "--qr", options.qr, "--lookalike-valid"]
    if options.dpi:
        common += ["--dpi", str(options.dpi)]
    if options.rotation:
        common += ["--rotation", options.rotation]
    if options.kind:
        return [(common + ["--kind", options.kind], options.count)]
    negatives = ["--set", "negatives"] if options.all_negatives else ["--kind", ",".join(ISSUE_NEGATIVES)]
    return [(common + ["--set", "positives"], options.count), (common + negatives, options.negatives)]


def main(argv):
    options = parse(argv)
    build = (options.build or ROOT / "build").resolve()
    say = (lambda text: print(f"bench: {text}", file=sys.stderr, flush=True))
    started = time.monotonic()
    try:
        if options.build is None:
            bring_up_to_date(build)
        readers = [Product(build, options.tell_dpi)] + (peers.installed() if options.peers else [])
        tallies = {reader.name: Tally() for reader in readers}
        for arguments, count in runs(options):
            for name, truth, verdict in measure(build, readers, arguments, count, options.start, say):
                tallies[name].add(truth, verdict)
    except (BenchError, OSError, subprocess.CalledProcessError, ValueError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    text = report(options, tallies, time.monotonic() - started)
    print(text, end="")
    if options.out:
        options.out.write_text(text, "utf-8")
    return 1 if tallies[Product.name].n_wrong() else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that the drawn pages are removed
    sys.exit(main(sys.argv[1:]))
