# SPDX-License-Identifier: Apache-2.0
"""The tables of tools/bench accuracy, from records as judging.record() makes them."""
import collections
import math

from drawn import LEVELS
from judging import percentile
from tables import commit, head, machine, fine_share, share, table

# accepted shares that the project asks for
ASKED = {"easy": 0.999, "medium": 0.99, "hard": 0.93}
CONFIDENCE_BOUNDS = [0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0]
RARE = 0.95  # of the upper bound on what was not seen once


def select(rows, expect=None, **values):
    return [row for row in rows if (expect is None or row["expect"] == expect)
            and all(row[name] == value for name, value in values.items())]


def outcomes(rows):
    return collections.Counter(row["outcome"] for row in rows)


def time_cells(rows):
    times = [row["ms_after"] for row in rows if row["ms_after"] is not None]
    return [percentile(times, 0.5), percentile(times, 0.95)]


def turn_class(row):
    """How the card lies: along the glass, or askew."""
    if not row["has_box"]:
        return "none"
    off = row["rotation_deg"] % 90
    return "along (within 8°)" if min(off, 90 - off) <= 8 else "askew"


def levels_in(rows):
    return [level for level in LEVELS if any(row["level"] == level for row in rows)]


def positives_table(rows):
    positives = select(rows, "accept")
    lines = []
    for kind in sorted({row["kind"] for row in positives}) + [None]:
        chosen = positives if kind is None else select(positives, kind=kind)
        counts = outcomes(chosen)
        found = sum(row["box_right"] for row in chosen)
        lines.append([kind or "**all**", len(chosen), f"{counts['right']} ({fine_share(counts['right'], len(chosen))})",
                      counts["wrong"], counts["doubtful"], counts["refused"], counts["failed"],
                      share(found, len(chosen))] + time_cells(chosen))
    return table(["To be accepted", "Pages", "Accepted right", "Accepted wrong", "Doubtful", "Refused", "Failed",
                  "Card found", "Median ms", "p95 ms"], lines)


def negatives_table(rows):
    negatives = select(rows, "refuse")
    lines = []
    for kind in sorted({row["kind"] for row in negatives}) + [None]:
        chosen = negatives if kind is None else select(negatives, kind=kind)
        counts = outcomes(chosen)
        lines.append([kind or "**all**", len(chosen), sum(row["lookalike"] for row in chosen), counts["wrong"],
                      counts["doubtful"], counts["refused"], counts["failed"]] + time_cells(chosen))
    return table(["To be refused", "Pages", "With a valid look-alike", "Accepted", "Doubtful", "Refused", "Failed",
                  "Median ms", "p95 ms"], lines)


def levels_table(rows):
    lines = []
    for level in levels_in(rows):
        chosen = select(rows, "accept", level=level)
        counts = outcomes(chosen)
        negatives = select(rows, "refuse", level=level)
        lines.append([level, len(chosen), f"{counts['right']} ({fine_share(counts['right'], len(chosen))})",
                      counts["wrong"], counts["doubtful"], counts["refused"], counts["failed"], *time_cells(chosen),
                      f"{outcomes(negatives)['wrong']} of {len(negatives)}"])
    return table(["Level", "Pages", "Accepted right", "Accepted wrong", "Doubtful", "Refused", "Failed", "Median ms",
                  "p95 ms", "To be refused, accepted"], lines)


def kinds_by_level_table(rows):
    positives = select(rows, "accept")
    levels = levels_in(rows)
    lines = []
    for kind in sorted({row["kind"] for row in positives}):
        cells = [select(positives, kind=kind, level=level) for level in levels]
        lines.append([kind] + [f"{outcomes(cell)['right']} of {len(cell)} ({share(outcomes(cell)['right'], len(cell))})"
                               for cell in cells])
    return table(["Accepted right"] + levels, lines)


def asked_table(rows):
    """What the project asks for beside what came out."""
    lines = []
    for words, expect in (("wrong numbers accepted", "accept"), ("documents to be refused, accepted", "refuse")):
        chosen = select(rows, expect)
        if chosen:
            wrong = outcomes(chosen)["wrong"]
            bound = f", below {100 * (1 - (1 - RARE) ** (1 / len(chosen))):.3f} % with 95 % certainty" if not wrong else ""
            lines.append([words, "0", f"{wrong} of {len(chosen)}{bound}", "no" if wrong else "yes"])
    for level in levels_in(rows):
        chosen = select(rows, "accept", level=level)
        if chosen:
            right = outcomes(chosen)["right"]
            lines.append([f"accepted, {level}", f"at least {100 * ASKED[level]:g} %",
                          f"{right} of {len(chosen)} ({fine_share(right, len(chosen))})",
                          "yes" if right >= ASKED[level] * len(chosen) else "no"])
    return table(["Asked", "Bound", "Measured", "Met"], lines)


def grouped_table(title, rows, groups):
    """@groups: (name, key of a row)."""
    lines = []
    levels = levels_in(rows)
    for name, value_of in groups:
        values = collections.defaultdict(list)
        for row in select(rows, "accept"):
            values[value_of(row)].append(row)
        for value in sorted(values, key=str):
            chosen = values[value]
            line = [f"{name}: {value}", len(chosen), outcomes(chosen)["right"],
                    fine_share(outcomes(chosen)["right"], len(chosen)), outcomes(chosen)["wrong"]]
            if len(levels) > 1:
                cells = [select(chosen, level=level) for level in levels]
                line += [share(outcomes(cell)["right"], len(cell)) for cell in cells]
            lines.append(line)
    return table([title, "Pages", "Accepted right", "Share", "Accepted wrong"] + (levels if len(levels) > 1 else []), lines)


def conditions_table(rows):
    """Where the numbers that were not accepted are: one condition of the page at a time."""
    return grouped_table("Condition", rows, [
        ("dpi", lambda row: row["dpi"]), ("page", lambda row: row["page"]), ("lid", lambda row: row["lid"]),
        ("colour", lambda row: "colour" if row["color"] else "grey"), ("lies", turn_class),
        ("digits", lambda row: f"{row['font']}{' (not in training)' if row['font_held_out'] else ''}"),
        ("QR code", lambda row: row["qr"] if row["kind"] == "card-back" else "not a card")])


def held_out_table(rows):
    """Faces and layouts that no model has been trained on, beside those that were."""
    def where(held_out):
        return "not in training" if held_out else "in training"
    return grouped_table("Left out of training", rows, [
        ("faces", lambda row: where(row["font_held_out"])), ("layouts", lambda row: where(row["layout_held_out"])),
        ("both", lambda row: where(row["font_held_out"] and row["layout_held_out"]))])


def confidence_table(rows):
    """Of the readings of a number that stands there: how often the weakest reading's confidence is borne out."""
    lines = []
    read = [row for row in select(rows, "accept") if row["number_right"] is not None and row["confidence"] is not None]
    for low, high in zip(CONFIDENCE_BOUNDS, CONFIDENCE_BOUNDS[1:]):
        last = high == CONFIDENCE_BOUNDS[-1]
        chosen = [row for row in read if low <= row["confidence"] < high or (last and row["confidence"] >= high)]
        if not chosen:
            continue
        right = sum(row["number_right"] for row in chosen)
        mean = sum(row["confidence"] for row in chosen) / len(chosen)
        lines.append([f"{low:g} to {high:g}", len(chosen), f"{mean:.4f}", right, fine_share(right, len(chosen)),
                      sum(row["verdict"] == "accepted" for row in chosen)])
    return table(["Confidence", "Readings", "Mean", "Right", "Share right", "Accepted"], lines)


def reasons_table(rows):
    counts = collections.Counter((row["kind"], row["verdict"], row["reason"] or "-", row["document"])
                                 for row in rows if row["outcome"] != "right")
    return table(["Kind", "Verdict", "Reason", "Taken for", "Pages"],
                 [[*key, n] for key, n in sorted(counts.items(), key=lambda item: (item[0][0], -item[1]))])


def failures_table(rows, all_failures):
    lines = [[row["kind"], row["level"], row["index"], row["outcome"], row["reason"] or "-", row["dpi"], row["page"],
              row["lid"], row["rotation_deg"], row["qr"], row["font"] or "-", "yes" if row["box_right"] else "no"]
             for row in rows
             if row["outcome"] == "wrong"
             or (all_failures and (row["outcome"] == "failed" or (row["expect"] == "accept" and row["outcome"] != "right")))]
    return table(["Kind", "Level", "Index", "Outcome", "Reason", "dpi", "Page", "Lid", "Turn", "QR", "Digits",
                  "Card found"], lines)


def report(options, rows, seconds):
    asked = options.count + options.negatives
    of_asked = f" of {asked}, the time was up" if len(rows) < asked else ""
    parts = [head([
        f"Command: `{' '.join(['tools/bench', 'accuracy', *options.given])}`", f"Commit: {commit()}",
        f"Pages: {len(rows)}{of_asked}, level {options.level}, seed {options.seed} of the {options.purpose} range, from index "
        f"{options.start}; resolution {'told' if options.tell_dpi else 'not told'} to the reader",
        f"Machine: {machine()}",
        f"Took: {math.ceil(seconds)} s with drawing, {options.processes} at once (the last go, where the run was resumed)",
        "Milliseconds: from the page's last row to the verdict, while other pages are drawn and read"])]
    positives, negatives = select(rows, "accept"), select(rows, "refuse")
    several = len(levels_in(rows)) > 1
    if options.purpose == "test":
        parts.append(asked_table(rows))
    if several:
        parts.append(levels_table(rows))
    if positives:
        parts.append(positives_table(rows))
        if several:
            parts.append(kinds_by_level_table(rows))
    if negatives:
        parts.append(negatives_table(rows))
    if positives:
        parts += [held_out_table(rows), confidence_table(rows), conditions_table(rows)]
    parts.append(reasons_table(rows))
    if options.failures or any(row["outcome"] == "wrong" for row in rows):
        parts.append(failures_table(rows, options.failures))
    return "\n\n".join(parts) + "\n"
