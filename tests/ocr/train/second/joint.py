#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The decision rule's error: how often both readings agree on a wrong number, on lines that second-lines --judge has read.

    joint.py ROWS... [--title TEXT]       Markdown to standard output

A row: level, the number that stands there ("-": a line that is no number), both readings and how sure they are.
"""
import argparse
import math
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[4]


def thresholds():
    """(first, second) as verdict.c has them, for numbers that do not end in 0 and for those that do."""
    text = (TOP / "ocr/number/verdict.c").read_text("utf-8")
    value = {name: float(number) for name, number in re.findall(r"#define (\w+) ([0-9.]+)\n", text)}
    return ((value["OCR_SURE"], value["SECOND_SURE"]), (value["OCR_SURE_ZERO"], value["SECOND_SURE_ZERO"]))


def rows(paths):
    for path in paths:
        for line in path.read_text("ascii").splitlines():
            level, number, first, first_sure, second, second_sure = line.split()
            yield level, number, first, float(first_sure), second, float(second_sure)


def at_most(wrong, n):
    """Upper bound with 95 % certainty (Poisson)."""
    bound = {0: 3.0, 1: 4.74, 2: 6.30, 3: 7.75, 4: 9.15, 5: 10.51}.get(wrong, wrong + 1.645 * math.sqrt(wrong) + 2)
    return 100 * bound / n if n else 100.0


def count(found, least, least_zero):
    """(taken right, taken wrong) where both agree and are at least so sure."""
    right = wrong = 0
    for _level, number, first, first_sure, second, second_sure in found:
        need = least_zero if first.endswith("0") else least
        if first == "-" or first != second or first_sure < need[0] or second_sure < need[1]:
            continue
        right += first == number
        wrong += first != number
    return right, wrong


def calibration(found, which, title):
    print(f"\n| {title} | Readings | Mean | Right |\n| --- | ---: | ---: | ---: |")
    for low, high in ((0, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 0.999), (0.999, 1.01)):
        some = [(row[which + 1], row[which] == row[1]) for row in found if row[which] != "-" and low <= row[which + 1] < high]
        if some:
            print(f"| {low} to {min(high, 1)} | {len(some)} | {sum(s[0] for s in some) / len(some):.4f} "
                  f"| {100 * sum(s[1] for s in some) / len(some):.2f} % |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="+", type=pathlib.Path)
    parser.add_argument("--title", default="")
    options = parser.parse_args()
    found = list(rows(options.rows))
    numbers = [row for row in found if row[1] != "-"]
    others = [row for row in found if row[1] == "-"]
    plain, zero = thresholds()
    print(f"{options.title}\n\n{len(numbers)} lines that are a number, {len(others)} that are not (other text, runs of other "
          "lengths, digits beyond the twelve).\n")
    print("| Rule | Taken right | Taken wrong | At most, 95 % | No number taken for one |\n| --- | ---: | ---: | ---: | ---: |")
    for name, least, least_zero in (("first reading alone", None, None), ("second reading alone", None, None),
                                    ("both agree", (0, 0), (0, 0)), (f"both agree and are sure ({plain[0]:g} and {plain[1]:g}; "
                                                                    f"ending in 0: {zero[0]:g} and {zero[1]:g})", plain, zero)):
        if least is None:
            which = 2 if name.startswith("first") else 4
            right = sum(row[which] == row[1] for row in numbers)
            wrong = sum(row[which] not in ("-", row[1]) for row in numbers)
            taken = sum(row[which] != "-" for row in others)
        else:
            right, wrong = count(numbers, least, least_zero)
            taken = sum(count(others, least, least_zero))
        print(f"| {name} | {100 * right / len(numbers):.2f} % | {wrong} | {at_most(wrong, len(numbers)):.3f} % | {taken} |")
    print("\nThe check digit stands beyond that: it lets about one in eleven random errors pass.")
    calibration(numbers, 2, "First reading's confidence")
    calibration(numbers, 4, "Second reading's confidence")


if __name__ == "__main__":
    main()
