#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""This reader and what one would try without it, side by side on the same drawn pages, on one core.

Exit codes: 0 done, whatever the peers accepted; 1 this reader accepted a wrong number or a document to be refused; 2 the benchmark
itself could not run. The report never contains a number.
"""
import argparse
import pathlib
import time

import drawn
import peers
import plot
import session
from drawn import LEVELS, ROOT, BenchError
from judging import judge, percentile, record
from session import say
from tables import commit, head, load, machine, milliseconds, share, table

CHUNK = 4
ROOM_PER_CHUNK = 512 * 1024**2
NEGATIVES = ["licence", "notice", "card-front", "parcel"]
TIMED_DPI = 300
REPORT = ROOT / "docs/benchmarks/reading.md"
AZUKARI, FLOOR = peers.Azukari.key, peers.Floor.key


def parse(argv):
    parser = argparse.ArgumentParser(prog="tools/bench reading", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=24, metavar="N", help="pages to be accepted, each level (default 24)")
    parser.add_argument("--negatives", type=int, default=12, metavar="N",
                        help=f"pages to be refused, each level: {', '.join(NEGATIVES)} in turn (default 12)")
    parser.add_argument("--quick", action="store_true",
                        help="three and two pages of card size and 200 dpi, each level: shows that all is in place; no report files")
    parser.add_argument("--readers", metavar="NAME,...", help="only these of " + ", ".join(kind.key for kind in peers.ALL))
    session.add_page_options(parser)
    parser.add_argument("--page", choices=["bed", "card", "mixed"], default="mixed")
    parser.add_argument("--dpi", type=int, choices=drawn.DPIS, help="draw at this resolution only (default: mixed, mostly 300)")
    session.add_core_option(parser)
    session.add_build_option(parser)
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE",
                        help="report, the plot beside it (default docs/benchmarks/reading.md)")
    options = parser.parse_args(argv)
    options.given = argv
    if options.quick:
        options.count, options.negatives, options.page, options.dpi = 3, 2, "card", 200
    elif options.out is None:
        options.out = REPORT
    if options.count < 1 or options.negatives < 0 or options.start < 0:
        parser.error("--count is at least 1, --negatives and --start are not negative")
    unknown = set((options.readers or "").split(",")) - {kind.key for kind in peers.ALL} - {""}
    if unknown:
        parser.error(f"there is no reader {', '.join(sorted(unknown))}")
    return options


def plan(options):
    """(arguments of azukari-corpus, first index, pages), no index twice."""
    common = ["--seed", str(options.seed), "--purpose", options.purpose, "--page", options.page, "--lookalike-valid"]
    if options.dpi:
        common += ["--dpi", str(options.dpi)]
    first = options.start
    for chosen, count in ((["--set", "positives"], options.count), (["--kind", ",".join(NEGATIVES)], options.negatives)):
        for level in LEVELS:
            if count > 0:
                yield common + ["--level", level] + chosen, first, count
            first += count


def measure(options, build, children, readers):
    """A record for each reader and page it takes part in."""
    lab = peers.Lab(children, build, options.core)
    rows, parts = [], list(plan(options))
    total, done, started = sum(count for *_, count in parts), 0, time.monotonic()
    for arguments, first, count in parts:
        for start in range(first, first + count, CHUNK):
            size = min(CHUNK, first + count - start)
            with drawn.pages(children, build, arguments, start, size, ROOM_PER_CHUNK) as (folder, truths):
                for truth in truths:
                    rows += read_page(lab, folder, truth, readers)
            done += size
            left = (time.monotonic() - started) / done * (total - done)
            say(f"{done} of {total} pages, about {left / 60:.0f} minutes left")
    return rows


def read_page(lab, folder, truth, readers):
    rows = []
    for reader in readers:
        answer = reader.read(lab, folder, truth)
        if answer is not None:
            row = record(truth, {"number": None, **answer.verdict})
            row.update(reader=reader.key, outcome=judge(truth, answer.verdict), time_ms=answer.ms, after_ms=answer.after_ms,
                       peak_kb=answer.peak_kb, n_late=answer.n_late)
            rows.append(row)
    return rows


def select(rows, **values):
    return [row for row in rows if all(row[name] == value for name, value in values.items())]


def right(rows):
    return sum(row["outcome"] == "right" for row in rows)


def wrong(rows):
    return sum(row["outcome"] == "wrong" for row in rows)


def accuracy_table(rows, readers):
    lines = []
    for reader in readers:
        mine = select(rows, reader=reader.key)
        positives, negatives = select(mine, expect="accept"), select(mine, expect="refuse")
        lookalikes = select(negatives, lookalike=True)
        cells = [select(positives, level=level) for level in LEVELS]
        lines.append([reader.name] + [share(right(cell), len(cell)) for cell in cells]
                     + [f"{wrong(positives)} of {len(positives)}"]
                     + ([f"{wrong(negatives)} of {len(negatives)}", f"{wrong(lookalikes)} of {len(lookalikes)}"]
                        if negatives else ["-", "-"]))
    return table(["Accepted right", *LEVELS, "Wrong accepted", "To be refused, accepted", "of them look-alikes"], lines)


def documents_table(rows, readers):
    lines = []
    for kind in sorted({row["kind"] for row in select(rows, expect="accept")}):
        for level in LEVELS:
            cells = [select(rows, reader=reader.key, kind=kind, level=level) for reader in readers]
            if any(cells):
                lines.append([f"{kind}, {level}", max(map(len, cells))]
                             + [f"{right(cell)}" if cell else "-" for cell in cells])
    return table(["Accepted right", "Pages"] + [reader.key for reader in readers], lines)


def times_of(rows, key, column):
    return [row[column] for row in rows if row["reader"] == key and row[column] is not None]


def spread(times):
    """(median, p95), or None for no times."""
    return (percentile(times, 0.5), percentile(times, 0.95)) if times else None


def time_rows(rows, readers):
    """(name, key, column of the record) for each line of the time tables."""
    for reader in readers:
        if reader.key == AZUKARI:
            yield "azukari, last row to verdict", reader.key, "after_ms"
            yield "azukari, whole process", reader.key, "time_ms"
        else:
            yield reader.name, reader.key, "time_ms"


def ratio(part, whole):
    if part is None or whole is None or whole[0] <= 0:
        return "-"
    value = part[0] / whole[0]
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def times_table(title, rows, readers):
    after, whole = (spread(times_of(rows, AZUKARI, column)) for column in ("after_ms", "time_ms"))
    lines = []
    for name, key, column in time_rows(rows, readers):
        times = times_of(rows, key, column)
        here = spread(times)
        if here:
            lines.append([name, len(times), milliseconds(here[0]), milliseconds(here[1]), ratio(here, after), ratio(here, whole)])
    return table([title, "Pages", "Median ms", "p95 ms", "× last row to verdict", "× azukari, whole process"], lines)


def memory_table(rows, readers):
    lines = []
    for reader in readers:
        peaks = [row["peak_kb"] / 1024 for row in select(rows, reader=reader.key)]
        if peaks and reader.key != FLOOR:
            lines.append([reader.name, f"{percentile(peaks, 0.5):.0f}", f"{max(peaks):.0f}"])
    return table(["Peak memory of the largest process, MiB", "Median", "Most"], lines)


def timed(rows, page):
    return select(rows, expect="accept", page=page, dpi=TIMED_DPI)


def draw_plot(rows, readers):
    canvas = plot.Canvas()
    positives = select(rows, expect="accept")
    groups = []
    for reader in readers:
        cells = [select(positives, reader=reader.key, level=level) for level in LEVELS]
        groups.append((reader.name, [right(cell) / len(cell) if cell else None for cell in cells]))
    plot.bars(canvas, "Numbers accepted rightly", groups, LEVELS)
    beds, cards = timed(rows, "bed"), timed(rows, "card")
    if beds or cards:
        lines = [(name, (spread(times_of(beds, key, column)), spread(times_of(cards, key, column))))
                 for name, key, column in time_rows(rows, readers)]
        plot.marks(canvas, f"Milliseconds a page, {TIMED_DPI} dpi, one core: median, line to the p95", lines,
                   ["A4 bed", "card-sized page"])
    return canvas.finish("Reading drawn pages: accuracy and time")


def report(options, rows, readers, missing, seconds, load_before):
    late = sum(row["n_late"] for row in rows)
    out = ["# Reading, side by side", head([
        f"Command: `{' '.join(['tools/bench', 'reading', *options.given])}`", f"Commit: {commit()}",
        f"Pages: {len({(row['level'], row['index']) for row in rows})}, seed {options.seed} of the {options.purpose} range, "
        f"from index {options.start}; resolution told to whoever takes it; the look-alikes' digits pass the check",
        f"Machine: {machine()}; everything on core {options.core}; load {load_before} before, {load()} after",
        f"Versions: {peers.versions(readers) or '-'}", f"Took: {seconds / 60:.1f} minutes with drawing",
        f"Stopped without an answer after {peers.LIMIT_S} s, or not begun after {peers.PAGE_LIMIT_S} s on the page: {late} times"]
        + ([f"Not installed, so not measured: {', '.join(missing)} (apt-get install, or tools/setup --bench)"] if missing else []))]
    if options.out:
        out.append(f"![accuracy and time]({options.out.with_suffix('.svg').name})")
    out += ["## Accuracy", "Accepted means twelve digits whose check digit fits; for azukari, its verdict.",
            accuracy_table(rows, readers), documents_table(rows, readers),
            "## Time", "Whole processes, all turns and preparations together; pages to be accepted. The floor is one call without a process."]
    for page, title in (("bed", f"A4 bed, {TIMED_DPI} dpi"), ("card", f"Card-sized page, {TIMED_DPI} dpi")):
        if timed(rows, page):
            out.append(times_table(title, timed(rows, page), readers))
    out += [times_table("All pages to be accepted", select(rows, expect="accept"), readers), "## Memory",
            memory_table(rows, readers), "## Commands",
            head([f"{reader.name}: `{reader.how}`" for reader in readers])]
    return "\n\n".join(out) + "\n"


def main(argv):
    options = parse(argv)
    readers, missing = peers.choose((options.readers or "").split(",") if options.readers else None)
    if missing:
        say(f"not installed, so left out: {', '.join(missing)}. To have them: apt-get install {' '.join(missing)}")
    ran = session.run(options, [drawn.CORPUS, drawn.CTL, drawn.READER, peers.MEASURE, peers.FLOOR],
                      lambda build, children: measure(options, build, children, readers))
    if ran is None:
        return 2
    rows, seconds, load_before = ran
    session.publish(report(options, rows, readers, missing, seconds, load_before), options.out)
    if options.out:
        options.out.with_suffix(".svg").write_text(draw_plot(rows, readers), "utf-8")
    return 1 if wrong(select(rows, reader=AZUKARI)) else 0


if __name__ == "__main__":
    session.exit_with(main)
