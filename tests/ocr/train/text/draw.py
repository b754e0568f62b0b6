#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws documents for the text network, cuts views of them as the reader does, and keeps what print stands where.

    draw.py BUILD-DIR OUT.npz --purpose training --seed N --count N [--start N] [--faces FILE] [--backs]
"""
import argparse
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy

VIEW_DPI = 100  # as in ocr/card/view.h
STRIDE = 4
CHUNK = 16
CARD_WIDTH_MM, CARD_HEIGHT_MM = 85.6, 53.98
POSITIVES = ["card-back", "notification-card", "card-back", "notification-card"]
OTHERS = ["card-front", "licence", "insurance-card", "notification-card-back", "card-sleeve"]
SHEETS = ["notice", "notification-sheet", "parcel", "text-page", "resident-record", "application-form", "phone-list"]
# one chunk each, in turn: kinds, level, resolution
RUNS = [(kinds, level, dpi)
        for level in ("hard", "medium", "hard", "easy")
        for kinds, dpi in ((POSITIVES, 200), (OTHERS, 300), (POSITIVES, 300), (SHEETS, 200), (POSITIVES, 300), (OTHERS, 200),
                           (POSITIVES, 400))]
# mostly backs of the card: those for training have their parts anywhere, the number in frames and over rules
BACK_RUNS = [(kinds, level, dpi)
             for level in ("hard", "medium", "hard", "easy")
             for kinds, dpi in ((["card-back"], 200), (["card-back"], 300), (["card-back"], 400), (POSITIVES, 300), (OTHERS, 300))]
# planes of a label, bytes; DIRECTION holds 0 to 3 or 255, HEIGHT quarters of a pixel
CORE, NUMBER, LABEL, QR, DIRECTION, HEIGHT, N_PLANES = range(7)


def frame_of(x, y, angle, step, view_width, view_height):
    """CardFrame around the middle (x, y): x0, y0, ux, uy."""
    ux, uy = math.cos(angle) * step, math.sin(angle) * step
    return (x - (view_width * ux - view_height * uy) / 2, y - (view_width * uy + view_height * ux) / 2, ux, uy)


def views_of(truth, dice):
    """Frames and their sizes: cards as the finder places them, a little off, either side up; sheets any side up."""
    step = truth["dpi"] / VIEW_DPI
    frames = []
    box = truth["box"]
    if box and (truth["kind"] in POSITIVES + OTHERS or truth["kind"] == "notification-sheet"):
        x, y = sum(p[0] for p in box) / 4, sum(p[1] for p in box) / 4
        for turn in (0, math.pi) if dice.random() < 0.5 else (0 if dice.random() < 0.5 else math.pi,):
            mm = truth["dpi"] / 25.4
            angle = math.radians(truth["rotation_deg"] + dice.gauss(0, 0.9)) + turn
            margin = dice.uniform(1.5, 4.5)
            size = [round((n + 2 * margin) * VIEW_DPI / 25.4) for n in (CARD_WIDTH_MM, CARD_HEIGHT_MM)]
            frames.append((frame_of(x + dice.gauss(0, 0.9) * mm, y + dice.gauss(0, 0.9) * mm, angle, step, *size), size))
    elif box:
        x, y = sum(p[0] for p in box) / 4, sum(p[1] for p in box) / 4
        sides = [math.dist(box[0], box[1]) / step, math.dist(box[1], box[2]) / step]
        turn = dice.randint(0, 3)
        size = [round(n) + 8 for n in (sides if turn % 2 == 0 else sides[::-1])]
        frames.append((frame_of(x, y, math.radians(truth["rotation_deg"] + dice.gauss(0, 0.5)) + turn * math.pi / 2, step,
                                *size), size))
    return frames


def to_view(frame, point):
    x0, y0, ux, uy = frame
    dx, dy, n = point[0] - x0, point[1] - y0, ux * ux + uy * uy
    return ((dx * ux + dy * uy) / n, (dy * ux - dx * uy) / n)


def fill(plane, quad, value=None):
    """Adds to the cells (bytes) how much of each lies within the quad, or sets `value` where most does."""
    xs, ys = [p[0] / STRIDE for p in quad], [p[1] / STRIDE for p in quad]
    left, right = max(math.floor(min(xs)), 0), min(math.ceil(max(xs)), plane.shape[1])
    top, bottom = max(math.floor(min(ys)), 0), min(math.ceil(max(ys)), plane.shape[0])
    if left >= right or top >= bottom:
        return
    y, x = numpy.meshgrid(top + (numpy.arange((bottom - top) * 4) + 0.5) / 4, left + (numpy.arange((right - left) * 4) + 0.5) / 4,
                          indexing="ij")
    within = numpy.ones(y.shape, bool)
    for i in range(4):
        (ax, ay), (bx, by) = (xs[i], ys[i]), (xs[(i + 1) % 4], ys[(i + 1) % 4])
        within &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
    share = within.reshape(bottom - top, 4, right - left, 4).mean((1, 3))
    part = plane[top:bottom, left:right]
    if value is None:
        part[...] = numpy.maximum(part, (share * 255).round().astype(numpy.uint8))
    else:
        part[share >= 0.4] = value


def band(quad, part, least):
    """The middle `part` of the line's height, at least `least` pixels of it."""
    height = (math.dist(quad[0], quad[3]) + math.dist(quad[1], quad[2])) / 2
    half = max(part, min(least / max(height, 1e-6), 1.0)) / 2
    mix = lambda a, b, t: (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)  # noqa: E731
    return [mix(quad[0], quad[3], 0.5 - half), mix(quad[1], quad[2], 0.5 - half), mix(quad[1], quad[2], 0.5 + half),
            mix(quad[0], quad[3], 0.5 + half)]


def label_of(truth, frame, size):
    shape = (-(-size[1] // STRIDE), -(-size[0] // STRIDE))
    planes = numpy.zeros((N_PLANES,) + shape, numpy.uint8)
    planes[DIRECTION] = 255
    covered = truth["kind"] == "card-sleeve"
    for text in truth["texts"]:
        quad = [to_view(frame, p) for p in text["quad"]]
        height = (math.dist(quad[0], quad[3]) + math.dist(quad[1], quad[2])) / 2
        if height < 2 or (covered and text["role"] == "number"):
            continue
        core = band(quad, 0.5, 3.2)
        angle = math.atan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0])
        fill(planes[CORE], core)
        fill(planes[DIRECTION], core, round(angle / (math.pi / 2)) % 4)
        fill(planes[HEIGHT], core, min(round(height * 4), 255))
        if text["role"] == "number":
            fill(planes[NUMBER], core)
        if text["role"] == "label":
            fill(planes[LABEL], core)
    for code in truth["qr_codes"]:
        fill(planes[QR], [to_view(frame, p) for p in code["quad"]])
    return planes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--purpose", choices=["training", "tuning"], default="training")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--count", type=int, default=len(RUNS) * CHUNK)
    parser.add_argument("--faces", type=pathlib.Path)
    parser.add_argument("--backs", action="store_true", help="mostly backs of the card instead of all kinds")
    options = parser.parse_args()
    dice = random.Random(options.seed * 1000003 + options.start)
    runs = BACK_RUNS if options.backs else RUNS
    views, labels, kinds = [], [], []
    for start in range(options.start, options.start + options.count, CHUNK):
        group, level, dpi = runs[start // CHUNK % len(runs)]
        with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
            folder = pathlib.Path(name)
            subprocess.run([options.build / "tests/corpus/azukari-corpus", "--out", folder, "--purpose", options.purpose, "--texts",
                            "--seed", str(options.seed), "--start", str(start), "--count", str(CHUNK), "--kind",
                            ",".join(group), "--level", level, "--page", "card", "--dpi", str(dpi)]
                           + (["--faces", options.faces] if options.faces else []), check=True)
            for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
                truth = json.loads(line)
                frames = views_of(truth, dice)
                text = "".join(" ".join(f"{v!r}" for v in frame) + f" {size[0]} {size[1]}\n" for frame, size in frames)
                samples = subprocess.run([options.build / "tests/ocr/train/cut-views", folder / truth["file"]],
                                         input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
                for frame, size in frames:
                    n = size[0] * size[1]
                    views.append(numpy.frombuffer(samples[:n], numpy.uint8).reshape(size[1], size[0]))
                    samples = samples[n:]
                    labels.append(label_of(truth, frame, size))
                    kinds.append(f"{truth['kind']} {level} {dpi}")
    numpy.savez_compressed(options.out, n=len(views), kinds=numpy.array(kinds),
                           **{f"view{i}": view for i, view in enumerate(views)},
                           **{f"label{i}": label for i, label in enumerate(labels)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
