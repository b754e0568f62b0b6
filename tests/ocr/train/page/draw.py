#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws pages for the page network, reduces them as the reader does, and keeps them with what lies where.

    draw.py BUILD-DIR OUT.npz --purpose training --seed N --count N [--start N]
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy

PAGE_DPI = 50  # as in ocr/card/card-finder.c
STRIDE = 4  # of the network's answer
CHUNK = 16
CARD_KINDS = ["card-back", "notification-card", "notification-sheet", "card-front", "notification-card-back", "licence",
              "insurance-card", "card-sleeve"]
OTHER_KINDS = ["notice", "parcel", "text-page", "resident-record", "application-form", "phone-list"]
# one chunk each, in turn: kinds, level, page, resolution
RUNS = [(kinds, level, page, dpi)
        for level in ("hard", "medium", "easy", "hard")
        for kinds, page, dpi in ((CARD_KINDS, "bed", 200), (CARD_KINDS, "card", 200), (OTHER_KINDS + ["blank"], "bed", 200),
                                 (CARD_KINDS, "bed", 300), (CARD_KINDS, "card", 300))]


def read_pnm(path):
    """Grey samples as the reader weighs them, and pixels."""
    magic, size, _, samples = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    values = numpy.frombuffer(samples, numpy.uint8)
    if magic == b"P6":
        values = values.reshape(height, width, 3).astype(numpy.uint32)
        return ((77 * values[..., 0] + 150 * values[..., 1] + 29 * values[..., 2]) >> 8).astype(numpy.uint8)
    return values.reshape(height, width)


def reduce(grey, factor):
    height, width = grey.shape[0] // factor, grey.shape[1] // factor
    cut = grey[:height * factor, :width * factor].astype(numpy.uint32)
    return (cut.reshape(height, factor, width, factor).sum((1, 3)) // (factor * factor)).astype(numpy.uint8)


def inside(quad, shape, step):
    """How much of each cell of `step` pixels lies within the quad, by 4 x 4 points."""
    points = (numpy.arange(max(shape) * 4) + 0.5) * step / 4
    y, x = numpy.meshgrid(points[:shape[0] * 4], points[:shape[1] * 4], indexing="ij")
    within = numpy.ones(y.shape, bool)
    for (x0, y0), (x1, y1) in zip(quad, quad[1:] + quad[:1]):
        within &= (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= 0
    return within.reshape(shape[0], 4, shape[1], 4).mean((1, 3))


def target(truth, shape):
    """How much of each cell is a card, in bytes."""
    if not truth["box"] or truth["kind"] not in CARD_KINDS:
        return numpy.zeros(shape, numpy.uint8)
    factor = truth["dpi"] // PAGE_DPI
    quad = [[x / factor, y / factor] for x, y in truth["box"]]
    return (inside(quad, shape, STRIDE) * 255).round().astype(numpy.uint8)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--purpose", choices=["training", "tuning"], default="training")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--count", type=int, default=320)
    options = parser.parse_args()
    pages, labels, kinds = [], [], []
    for start in range(options.start, options.start + options.count, CHUNK):
        group, level, page, dpi = RUNS[start // CHUNK % len(RUNS)]
        with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
            folder = pathlib.Path(name)
            subprocess.run([options.build / "tests/corpus/azukari-corpus", "--out", folder, "--purpose", options.purpose,
                            "--seed", str(options.seed), "--start", str(start), "--count", str(CHUNK), "--kind",
                            ",".join(group), "--level", level, "--page", page, "--dpi", str(dpi)], check=True)
            for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
                truth = json.loads(line)
                small = reduce(read_pnm(folder / truth["file"]), truth["dpi"] // PAGE_DPI)
                shape = (-(-small.shape[0] // STRIDE), -(-small.shape[1] // STRIDE))
                pages.append(small)
                labels.append(target(truth, shape))
                kinds.append(f"{truth['kind']} {level} {page}")
    numpy.savez_compressed(options.out, n=len(pages), kinds=numpy.array(kinds),
                           **{f"page{i}": page for i, page in enumerate(pages)},
                           **{f"label{i}": label for i, label in enumerate(labels)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
