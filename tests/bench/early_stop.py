#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much of a page a scanner has to deliver until its number is certain, and whether the whole page says the same.

Each page is read by a reader process of its own, as in the kiosk: rows at a scanner's pace, then the page as a whole. Exit codes:
0 measured; 1 a page ended early with another number than it shows, or than the whole page gives; 2 the benchmark itself could not
run. The report never contains a number.
"""
import argparse
import pathlib

import drawn
import session
from drawn import LEVELS, ROOT
from judging import percentile
from session import say
from tables import commit, head, load, machine, share, table

REPORT = ROOT / "docs/benchmarks/early-stop.md"
CHUNK = 4
ROOM_PER_CHUNK = 256 * 1024**2
NEAR_END_MM = 20  # of bed below the card: with less there is nothing to be gained
MM_PER_INCH = 25.4


def parse(argv):
    parser = argparse.ArgumentParser(prog="tools/bench early-stop", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=60, metavar="N", help="pages of each level (default 60)")
    parser.add_argument("--pace-s", type=float, default=8, metavar="S", help="seconds that the whole bed takes (default 8)")
    parser.add_argument("--dpi", type=int, choices=drawn.DPIS, default=300, help="resolution (default 300)")
    parser.add_argument("--quick", action="store_true", help="a page of each level at 200 dpi in a second: shows that all is in place; "
                        "no report file")
    session.add_page_options(parser)
    session.add_core_option(parser)
    session.add_build_option(parser)
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE", help="report (default docs/benchmarks/early-stop.md)")
    options = parser.parse_args(argv)
    options.given = argv
    if options.quick:
        options.count, options.pace_s, options.dpi = 1, 1, 200
    elif options.out is None:
        options.out = REPORT
    if options.count < 1 or options.start < 0 or options.pace_s <= 0:
        parser.error("--count and --pace-s are above 0, --start is not negative")
    return options


def probe(options, build, children, path, number):
    return session.probe(children, build, options.core, "early", round(options.pace_s * 1000), options.dpi, path,
                         given=number + "\n")[0]


def page_record(truth, answer):
    """What the tables need of one page. card_end: the row below the card, at most the page's last."""
    return {"index": truth["index"], "level": truth["level"], "accepted": answer["verdict"] == "accepted",
            "whole_accepted": answer["whole"] == "accepted", "early": 0 < answer["rows"] < answer["rows_total"],
            "right": answer["right"], "same": answer["same"], "rows": answer["rows"], "height": truth["height"],
            "card_end": min(max(y for _, y in truth["box"]), truth["height"]), "mm": MM_PER_INCH / truth["dpi"]}


def measure(options, build, children):
    records, first = [], options.start
    for level in LEVELS:
        for start in range(first, first + options.count, CHUNK):
            arguments = ["--seed", options.seed, "--purpose", options.purpose, "--set", "positives", "--page", "bed", "--dpi",
                         options.dpi, "--gray", "--level", level]
            with drawn.pages(children, build, arguments, start, min(CHUNK, first + options.count - start),
                             ROOM_PER_CHUNK) as (folder, truths):
                records += [page_record(truth, probe(options, build, children, folder / truth["file"], truth["number"]))
                            for truth in truths]
            say(f"{level}: {len(records) - LEVELS.index(level) * options.count} of {options.count}")
        first += options.count  # no page is read twice
    return records


def wrong(records):
    """Ended early with another number than the page's, or than the one of the whole page."""
    return [r for r in records if r["early"] and (not r["right"] or r["whole_accepted"] and not r["same"])]


def only_early(records):
    return [r for r in records if r["early"] and not r["whole_accepted"]]


def level_row(name, records):
    accepted = [r for r in records if r["accepted"]]
    early = [r for r in accepted if r["early"]]
    late = [r for r in accepted if not r["early"]]
    near = [r for r in late if (r["height"] - r["card_end"]) * r["mm"] < NEAR_END_MM]
    beyond = [(r["rows"] - r["card_end"]) * r["mm"] for r in early]

    def middle(values):
        return f"{100 * percentile(values, 0.5):.0f} %" if values else "-"

    return [name, len(records), len(accepted), sum(r["whole_accepted"] for r in records),
            f"{len(early)} ({share(len(early), len(accepted))})", len(near), len(late) - len(near),
            middle([r["rows"] / r["height"] for r in early]), middle([r["card_end"] / r["height"] for r in early]),
            f"{percentile(beyond, 0.5):.0f} (p95 {percentile(beyond, 0.95):.0f})" if beyond else "-",
            middle([r["rows"] / r["height"] for r in accepted]), len(only_early(early)), len(wrong(early))]


def report(options, records, seconds, load_before):
    rows = [level_row(level, [r for r in records if r["level"] == level]) for level in LEVELS] + [level_row("all", records)]
    return "\n\n".join([
        "# How much of a page has to be scanned",
        head([f"Command: `{' '.join(['tools/bench', 'early-stop', *options.given])}`", f"Commit: {commit()}",
              f"Pages: to be accepted, A4 bed, {options.dpi} dpi, grey, seed {options.seed} of the {options.purpose} range, from index "
              f"{options.start}; card anywhere on the glass", f"Scanner: recorded pages, {options.pace_s:g} s for the whole bed",
              f"Machine: {machine()}; reader on core {options.core}; load {load_before} before, {load()} after",
              f"Took: {seconds / 60:.1f} minutes with drawing"]),
        table(["Level", "Pages", "Accepted", "Accepted as a whole page", "Ended early, of those accepted",
               f"To the end: less than {NEAR_END_MM} mm below the card", "To the end: others", "Rows taken when ended early, median",
               "The card's end on these, median", "Taken beyond the card's end, mm, median", "Rows taken of all accepted, median",
               "Ended early, but the whole page is not accepted", "Ended early with a wrong number"], rows),
        "Rows in percent of the page. Rows go on coming while the reader looks and reads; what is taken beyond the card's end is that, "
        "and the 3 mm that have to be seen below a card."]) + "\n"


def main(argv):
    options = parse(argv)
    ran = session.run(options, [drawn.CORPUS, drawn.READER, session.PROBE],
                      lambda build, children: measure(options, build, children))
    if ran is None:
        return 2
    records, seconds, load_before = ran
    session.publish(report(options, records, seconds, load_before), options.out)
    for r in only_early(records):
        say(f"page {r['index']} ({r['level']}) is not accepted as a whole")
    for r in wrong(records):
        say(f"page {r['index']} ({r['level']}) ended early with a wrong number")
    return 1 if wrong(records) else 0


if __name__ == "__main__":
    session.exit_with(main)
