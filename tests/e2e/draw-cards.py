#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws a sample card for everybody on a roster, as pages for the recorded scanner: DIR/<code>.pnm.

    draw-cards.py --corpus PROGRAM --roster FILE.csv --out DIR [--seed N]

Numbers come from the seed and the code; nobody's number is used. Writes DIR/numbers.json (code -> number), for tests that must find or
must not find a number somewhere."""
import argparse
import csv
import json
import pathlib
import random
import subprocess


def my_number(dice):
    """Eleven dice throws and the check digit (平成26年総務省令第85号 art. 5)."""
    payload = [dice.randrange(10) for _ in range(11)]
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    check = -sum(p * w for p, w in zip(payload, weights)) % 11 % 10
    return "".join(map(str, payload)) + str(check)


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--corpus", required=True)
    words.add_argument("--roster", required=True)
    words.add_argument("--out", required=True, type=pathlib.Path)
    words.add_argument("--seed", type=int, default=1)
    args = words.parse_args()

    numbers = {}
    with open(args.roster, encoding="utf-8-sig", newline="") as roster:
        for row, person in enumerate(csv.DictReader(roster)):
            code = person["社員番号"]
            numbers[code] = my_number(random.Random(f"{args.seed}/{code}"))
            kind = "notification-card" if row % 2 else "card-back"
            subprocess.run(
                [args.corpus, "--kind", kind, "--number", numbers[code], "--name", person["氏名"], "--birth", person["生年月日"],
                 "--seed", str(args.seed + row), "--file", str(args.out / f"{code}.pnm")],
                check=True, stdout=subprocess.DEVNULL)
    (args.out / "numbers.json").write_text(json.dumps(numbers), encoding="utf-8")


if __name__ == "__main__":
    main()
