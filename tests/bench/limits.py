#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the project asks of the reader's speed and memory, measured: A4 bed, card-sized page, 600 dpi, start, growth with area.

Each page is read by a reader process of its own, as in the kiosk, on one core. Exit codes: 0 measured, whether or not all is
met; 2 the benchmark itself could not run. The report never contains a number.
"""
import argparse
import pathlib

import beds
import drawn
import peers
import session
from drawn import LEVELS, ROOT, BenchError
from judging import after_last_row, percentile
from session import say
from tables import commit, head, load, machine, milliseconds, table

REPORT = ROOT / "docs/benchmarks/limits.md"
CHUNK = 4
ROOM_PER_CHUNK = 1024**3
N_STARTS = 20
NOT_STEPS = ("scan", "total")


def parse(argv):
    parser = argparse.ArgumentParser(prog="tools/bench limits", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=30, metavar="N",
                        help="pages of each kind, a third of each level (default 30); a third of them for whole-page Tesseract")
    parser.add_argument("--growth", type=int, default=9, metavar="N", help="pages for each resolution and bed (default 9, 0: none)")
    parser.add_argument("--quick", action="store_true", help="three pages of card size: shows that all is in place; no report file")
    parser.add_argument("--no-tesseract", action="store_true", help="leave whole-page Tesseract out")
    session.add_page_options(parser)
    session.add_core_option(parser)
    session.add_build_option(parser)
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE", help="report (default docs/benchmarks/limits.md)")
    options = parser.parse_args(argv)
    options.given = argv
    if options.quick:
        options.count, options.growth = 3, 0
    elif options.out is None:
        options.out = REPORT
    if options.count < 3 or options.growth < 0 or options.start < 0:
        parser.error("--count is at least 3, --growth and --start are not negative")
    return options


class Bench:
    """Draws pages to be accepted and has them read."""

    def __init__(self, options, build, children):
        self.options, self.build, self.children = options, build, children
        self.lab = peers.Lab(children, build, options.core)

    def pages(self, count, *arguments):
        """Yields (folder, truths) for @count pages, a third of each level."""
        common = ["--seed", self.options.seed, "--purpose", self.options.purpose, "--set", "positives", *arguments]
        first = self.options.start
        for level in LEVELS:
            share = count // 3 + (LEVELS.index(level) < count % 3)
            for start in range(first, first + share, CHUNK):
                with drawn.pages(self.children, self.build, [*common, "--level", level], start,
                                 min(CHUNK, first + share - start), ROOM_PER_CHUNK) as (folder, truths):
                    yield folder, truths
            first += share

    def probe(self, *arguments):
        return session.probe(self.children, self.build, self.options.core, *arguments)

    def read(self, folder, truth, file=None):
        """What the probe says of one page, with the time from its last row."""
        path = folder / (file or truth["file"])
        answer = self.probe(truth["dpi"], path)[0]
        if "total" not in (answer["ms"] or {}):
            raise BenchError("the reader told no time")
        answer["after_ms"] = after_last_row(answer["ms"])
        answer["image_bytes"] = path.stat().st_size
        return answer


def median(values):
    return percentile(list(values), 0.5)


def spread(answers):
    times = [answer["after_ms"] for answer in answers]
    return f"{milliseconds(median(times))} (p95 {milliseconds(percentile(times, 0.95))}) ms, {len(times)} pages"


def row(words, bound, measured, is_met):
    return [words, bound, measured, "-" if is_met is None else "yes" if is_met else "no"]


def bed_rows(bench):
    answers, whole = [], []
    tesseract = None if bench.options.no_tesseract else peers.Tesseract()
    if tesseract and not all(map(peers.program, tesseract.packages)):
        tesseract = None
    for folder, truths in bench.pages(bench.options.count, "--page", "bed", "--dpi", "300", "--color"):
        for truth in truths:
            answers.append(bench.read(folder, truth))
            if tesseract and len(answers) % 3 == 1:
                whole.append(tesseract.read(bench.lab, folder, truth).ms)
    middle = median(answer["after_ms"] for answer in answers)
    rows = [row("A4 bed, 300 dpi colour, last row to verdict", "median at most 100 ms", spread(answers), middle <= 100)]
    if whole and middle > 0:
        rows.append(row("the same against whole-page tesseract", "at most 1/20",
                        f"1/{median(whole) / middle:.1f} ({milliseconds(median(whole))} ms, {len(whole)} of the pages)",
                        median(whole) >= 20 * middle))
    return rows


def card_rows(bench):
    answers, calls = [], []
    floor = peers.Floor()
    for folder, truths in bench.pages(bench.options.count, "--page", "card", "--dpi", "300"):
        for truth in truths:
            answers.append(bench.read(folder, truth))
            call = floor.read(bench.lab, folder, truth)
            if call:
                calls.append(call.ms)
    middle = median(answer["after_ms"] for answer in answers)
    rows = [row("Card-sized page, 300 dpi, last row to verdict", "median at most 45 ms", spread(answers), middle <= 45)]
    if calls:
        rows.append(row("the same against the Tesseract call on the ready-cut line", "aim: at most 3 times",
                        f"{middle / median(calls):.1f} times ({milliseconds(median(calls))} ms)", middle <= 3 * median(calls)))
    return rows


def large_rows(bench):
    answers = []
    for folder, truths in bench.pages(max(bench.options.count // 3, 3), "--page", "bed", "--dpi", "600", "--color"):
        answers += [bench.read(folder, truth) for truth in truths]
    middle = median(answer["after_ms"] for answer in answers)
    multiples = [answer["peak_kb"] * 1024 / answer["image_bytes"] for answer in answers]
    idle, peak = (max(answer[name] for answer in answers) / 1024 for name in ("idle_kb", "peak_kb"))
    return [row("A4 bed, 600 dpi colour, last row to verdict", "at most 250 ms", spread(answers), middle <= 250),
            row("the same, peak memory of the reader's process (VmHWM) as a multiple of the image", "at most 2.2",
                f"{max(multiples):.2f} (most; {peak:.0f} MiB, of which {idle:.0f} MiB were resident before the page)",
                max(multiples) <= 2.2)]


def start_rows(bench):
    answers = bench.probe("starts", N_STARTS)
    times = [answer["ready_ms"] for answer in answers]
    return [row("Reader process from exec to ready", "at most 60 ms",
                f"{milliseconds(median(times))} (p95 {milliseconds(percentile(times, 0.95))}) ms, {N_STARTS} starts; "
                f"{median(answer['idle_kb'] for answer in answers) / 1024:.0f} MiB resident", median(times) <= 60)]


def growth_line(name, answers, pixels):
    steps = [step for step in answers[0]["ms"] if step not in NOT_STEPS]
    megapixels = median(pixels) / 1e6
    return {"name": name, "pages": len(answers), "megapixels": megapixels,
            "after": median(answer["after_ms"] for answer in answers),
            "steps": {step: median(answer["ms"].get(step, 0) for answer in answers) for step in steps}}


def growth_with_dpi(bench, page):
    lines = []
    for dpi in drawn.DPIS:
        answers, pixels = [], []
        for folder, truths in bench.pages(bench.options.growth, "--page", page, "--dpi", str(dpi)):
            answers += [bench.read(folder, truth) for truth in truths]
            pixels += [truth["width"] * truth["height"] for truth in truths]
        lines.append(growth_line(f"{'A4 bed' if page == 'bed' else 'card-sized page'}, {dpi} dpi", answers, pixels))
    return lines


def growth_with_bed(bench):
    """The same cards on three sizes of glass."""
    found = {size: ([], []) for size in beds.SIZES_MM}
    for folder, truths in bench.pages(bench.options.growth, "--page", "bed", "--dpi", "300"):
        for truth in truths:
            pnm = (folder / truth["file"]).read_bytes()
            pages = {size: beds.on_glass(pnm, truth["box"], *beds.pixels(size, 300)) for size in beds.SIZES_MM}
            if None in pages.values():
                continue  # a sheet, or a card that leaves no lid to go on with
            for size, (answers, pixels) in found.items():
                (folder / "glass.pnm").write_bytes(pages[size])
                answers.append(bench.read(folder, truth, "glass.pnm"))
                width, height = beds.pixels(size, 300)
                pixels.append(width * height)
    return [growth_line(f"{size} bed, 300 dpi, the same cards", *both) for size, both in found.items() if both[0]]


def growth_table(lines):
    steps = list(dict.fromkeys(step for line in lines for step in line["steps"]))
    return table(["Page", "Pages", "Megapixels", "Last row to verdict, ms", *steps, "find, ms per megapixel"],
                 [[line["name"], line["pages"], f"{line['megapixels']:.1f}", milliseconds(line["after"])]
                  + [milliseconds(line["steps"].get(step)) for step in steps]
                  + [f"{line['steps'].get('find', 0) / line['megapixels']:.2f}"] for line in lines])


def measure(options, build, children):
    bench = Bench(options, build, children)
    rows, growth = [], []
    sections = [("card-sized page", card_rows), ("start", start_rows)]
    if not options.quick:
        sections = [("A4 bed", bed_rows), ("card-sized page", card_rows), ("600 dpi", large_rows), ("start", start_rows)]
    for name, section in sections:
        say(name)
        rows += section(bench)
    if options.growth > 0:
        say("growth")
        growth = growth_with_dpi(bench, "bed") + growth_with_dpi(bench, "card") + growth_with_bed(bench)
    return rows, growth


def report(options, rows, growth, seconds, load_before):
    out = ["# Speed and memory, against what is asked", head([
        f"Command: `{' '.join(['tools/bench', 'limits', *options.given])}`", f"Commit: {commit()}",
        f"Pages: to be accepted, a third of each level, seed {options.seed} of the {options.purpose} range, from index "
        f"{options.start}; resolution told, as a scanner does", f"Machine: {machine()}; everything on core {options.core}; "
        f"load {load_before} before, {load()} after", f"Took: {seconds / 60:.1f} minutes with drawing",
        "Each page is read by a process of its own, from a file in memory; last row to verdict is the verdict's total less its scan"]),
        table(["Asked", "Bound", "Measured", "Met"], rows)]
    if growth:
        out += ["## How cost grows", "Medians in milliseconds by step; `find` is the pass over the whole page.", growth_table(growth)]
    return "\n\n".join(out) + "\n"


def main(argv):
    options = parse(argv)
    ran = session.run(options, [drawn.CORPUS, drawn.CTL, drawn.READER, session.PROBE, peers.MEASURE, peers.FLOOR],
                      lambda build, children: measure(options, build, children))
    if ran is None:
        return 2
    (rows, growth), seconds, load_before = ran
    session.publish(report(options, rows, growth, seconds, load_before), options.out)
    return 0


if __name__ == "__main__":
    session.exit_with(main)
