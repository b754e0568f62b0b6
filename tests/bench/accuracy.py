#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws pages of which the truth is known, has them read, and counts what came of it.

Exit codes: 0 nothing wrong was accepted; 1 a wrong number was accepted, or a number from a document that must be
refused; 2 the benchmark itself could not run. The report never contains a number.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import time

import accuracy_report
import drawn
import journal
import session
from drawn import LEVELS, ROOT, BenchError
from judging import record
from session import say

CHUNK = 24  # pages on disk at a time
LARGE_CHUNK = 8  # of 600 dpi, where a page in colour has 107 MB
ROOM_PER_CHUNK = 3 * 1024**3
SAY_EVERY_S = 10
USUAL_NEGATIVES = ["card-front", "licence", "notice", "blank"]
# all that was thought of; azukari-corpus says which of them it draws
LONG_NEGATIVES = ["licence", "notice", "card-front", "notification-card-back", "application-form", "parcel", "phone-list",
                  "card-sleeve", "insurance-card", "text-page", "resident-record", "blank", "two-cards"]
LONG_POSITIVES = 20000
LONG_COUNT_NEGATIVES = 5000


class Product:
    """azukarictl read, one process for many files. Shows doubtful digits too, so that confidence can be judged."""

    def __init__(self, children, build, tell_dpi):
        self.children = children
        self.program = build / drawn.CTL
        self.tell_dpi = tell_dpi
        self.environment = dict(os.environ, AZUKARI_READER=str(build / drawn.READER), LC_ALL="C.UTF-8")

    def read(self, folder, truths):
        groups = collections.defaultdict(list)
        for truth in truths:
            groups[truth["dpi"] if self.tell_dpi else 0].append(truth)
        verdicts = {}
        for dpi, group in groups.items():
            command = [self.program, "read", "--json", "--show-doubtful"] + (["--dpi", dpi] if dpi else [])
            files = [folder / truth["file"] for truth in group]
            code, out, errors = self.children.run(command + files, self.environment)
            lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
            if code not in (0, 2, 3) or len(lines) != len(files):
                raise BenchError(f"azukarictl read answered {len(lines)} of {len(files)} pages, exit code {code}: "
                                 f"{errors.strip()[-300:]}")
            for truth, line in zip(group, lines):
                verdicts[truth["file"]] = line
        return [verdicts[truth["file"]] for truth in truths]


def split(count, n):
    return [count // n + (i < count % n) for i in range(n)]


def common_arguments(options):
    common = ["--seed", str(options.seed), "--purpose", options.purpose, "--page", options.page, "--qr", options.qr,
              "--lookalike-valid"]
    if options.dpi:
        common += ["--dpi", str(options.dpi)]
    if options.rotation:
        common += ["--rotation", options.rotation]
    return common


def plan_parts(options, negative_kinds):
    """[arguments of azukari-corpus, first index, pages] for each part of the run; no two parts share an index."""
    levels = LEVELS if options.level == "all" else [options.level]
    if options.kind:
        sets = [(["--kind", options.kind], options.count)]
    else:
        sets = [(["--set", "positives"], options.count), (negative_kinds, options.negatives)]
    parts, first = [], options.start
    for chosen, count in sets:
        for level, size in zip(levels, split(count, len(levels))):
            if size > 0:
                parts.append([common_arguments(options) + ["--level", level] + chosen, first, size])
            first += size
    return parts


def negative_arguments(options, children, build):
    if options.all_negatives:
        return ["--set", "negatives"]
    if options.long:
        return ["--kind", ",".join(drawn.kinds_offered(children, build, LONG_NEGATIVES, "refuse"))]
    return ["--kind", ",".join(USUAL_NEGATIVES)]


def chunks_of(parts, size):
    """All chunks, those of each part spread evenly over the run: whatever is done of it at some time is a fair sample."""
    placed = []
    for number, (arguments, first, count) in enumerate(parts):
        for start in range(first, first + count, size):
            n = min(size, first + count - start)
            placed.append(((start - first + n / 2) / count, number, arguments, start, n))
    return [chunk[1:] for chunk in sorted(placed, key=lambda chunk: chunk[:2])]


class Progress:
    """Says how far a run is, now and then."""

    def __init__(self, total, done):
        self.total, self.done, self.first_done = total, done, done
        self.started = self.said = time.monotonic()

    def add(self, n):
        self.done += n
        now = time.monotonic()
        if now - self.said < SAY_EVERY_S and self.done < self.total:
            return
        self.said = now
        left = (now - self.started) / (self.done - self.first_done) * (self.total - self.done)
        say(f"{self.done} of {self.total} pages, about {left / 60:.0f} minutes left")


def run_chunk(children, build, product, arguments, start, size):
    with drawn.pages(children, build, arguments, start, size, ROOM_PER_CHUNK) as (folder, truths):
        return [record(truth, verdict) for truth, verdict in zip(truths, product.read(folder, truths))]


def measure(options, children, build, parts, book):
    """All records, in the order of the parts, those of an earlier run included."""
    product = Product(children, build, options.tell_dpi)
    wanted = list(chunks_of(parts, LARGE_CHUNK if options.dpi == 600 else CHUNK))
    progress = Progress(sum(size for *_, size in wanted),
                        sum(len(book.chunks.get((number, start), [])) for number, _, start, _ in wanted))
    if progress.done:
        say(f"going on after {progress.done} pages")
    pool = concurrent.futures.ThreadPoolExecutor(options.processes)
    try:
        futures = {pool.submit(run_chunk, children, build, product, arguments, start, size): (number, start)
                   for number, arguments, start, size in wanted if (number, start) not in book.chunks}
        for future in concurrent.futures.as_completed(futures):
            rows = future.result()
            book.add(*futures[future], rows)
            progress.add(len(rows))
            if options.minutes and time.monotonic() - progress.started > 60 * options.minutes:
                say(f"the time is up after {progress.done} pages")
                break
    except BaseException:
        children.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return [row for number, _, start, _ in sorted(wanted, key=lambda chunk: (chunk[0], chunk[2]))
            for row in book.chunks.get((number, start), [])]


def default_checkpoint(key):
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    return cache / "azukari-bench" / f"accuracy-{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.jsonl"


def open_book(options, key):
    if options.resume is None and not options.long:
        return journal.NoJournal()
    path = options.resume or default_checkpoint(key)
    say(f"checkpoint: {path}")
    return journal.Journal(path, key)


def parse(argv):
    parser = argparse.ArgumentParser(prog="tools/bench accuracy", description=__doc__.splitlines()[0],
                                     epilog="Without options: 300 pages to be accepted and 200 to be refused (fronts, "
                                            "licences whose digits pass the check, notices, blanks), level easy.")
    parser.add_argument("--count", type=int, metavar="N", help="pages to be accepted (default 300)")
    parser.add_argument("--negatives", type=int, metavar="N", help="pages to be refused (default two thirds of --count)")
    parser.add_argument("--all-negatives", action="store_true", help="every kind to be refused, not just the usual four")
    parser.add_argument("--long", action="store_true",
                        help=f"{LONG_POSITIVES} pages to be accepted and {LONG_COUNT_NEGATIVES} to be refused, all levels, "
                             "all kinds to be refused in turn, with a checkpoint file, into "
                             "docs/benchmarks/accuracy-long.md; about an hour on two cores")
    parser.add_argument("--minutes", type=float, metavar="N",
                        help="then report on the pages read so far, of each level and kind as large a part of what was asked for; "
                             "with a checkpoint file a later run goes on from there")
    parser.add_argument("--resume", type=pathlib.Path, metavar="FILE",
                        help="checkpoint file, outside the repository: made when it is not there, gone on from when it is")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N",
                        help="chunks of pages drawn and read at once (default: one for each core)")
    parser.add_argument("--kind", metavar="KIND,...", help="--count pages of these kinds in turn and nothing else")
    parser.add_argument("--level", choices=[*LEVELS, "all"], default=None, help="default easy; all: a third each")
    session.add_page_options(parser)
    parser.add_argument("--page", choices=["bed", "card", "mixed"], default="mixed")
    parser.add_argument("--dpi", type=int, choices=drawn.DPIS, help="draw at this resolution only")
    parser.add_argument("--rotation", metavar="DEG", help="turn every card by this much")
    parser.add_argument("--qr", choices=["good", "damaged", "none", "mixed"], default="mixed")
    parser.add_argument("--tell-dpi", action="store_true", help="tell the reader the resolution, as a scanner does")
    parser.add_argument("--failures", action="store_true", help="also list the pages that went wrong")
    session.add_build_option(parser)
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE", help="write the report here as well")
    options = parser.parse_args(argv)
    options.given = argv
    if options.long:
        if options.kind or options.all_negatives:
            parser.error("--long chooses the kinds itself")
        options.count = LONG_POSITIVES if options.count is None else options.count
        options.negatives = LONG_COUNT_NEGATIVES if options.negatives is None else options.negatives
        options.out = options.out or ROOT / "docs/benchmarks/accuracy-long.md"
    options.level = options.level or ("all" if options.long else "easy")
    if options.count is None:
        options.count = 300
    if options.negatives is None:
        options.negatives = 0 if options.kind else options.count * 2 // 3
    if options.count < 0 or options.negatives < 0 or options.start < 0 or options.processes < 1:
        parser.error("--count, --negatives and --start are not negative, --processes is at least 1")
    return options


def run(options, build, children):
    parts = plan_parts(options, negative_arguments(options, children, build))
    book = open_book(options, {"parts": parts, "tell-dpi": options.tell_dpi, "programs": drawn.programs_digest(build)})
    try:
        return measure(options, children, build, parts, book)
    finally:
        book.close()


def main(argv):
    options = parse(argv)
    ran = session.run(options, [drawn.CORPUS, drawn.CTL, drawn.READER], lambda build, children: run(options, build, children))
    if ran is None:
        return 2
    rows, seconds, _ = ran
    session.publish(accuracy_report.report(options, rows, seconds), options.out)
    return 1 if any(row["outcome"] == "wrong" for row in rows) else 0


if __name__ == "__main__":
    session.exit_with(main)
