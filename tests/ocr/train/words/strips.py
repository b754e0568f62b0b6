#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes strips of text lines for the words network, each with what stands in it.

  strips.py drawn FAMILIES OUT.npz --count N --seed N     lines drawn here, degraded as a scanner would
  strips.py pages FOLDER OUT.npz --seed N [--plain]       cut from pages of azukari-corpus --texts; --plain without jitter

A strip is what word_reader_read() takes: HEIGHT rows, kanji EM high. OUT holds all strips side by side ("grey"), their
widths, the labels (classes.py) end to end with their counts, and where the middle of each label lies. And the
level, the role and the text. Nothing but drawn pages goes in.
"""
import argparse
import io
import json
import math
import os
import subprocess
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

import classes

EM, MARGIN = 16, 4
HEIGHT = EM + 2 * MARGIN
MAX_WIDTH = 420
DRAWN_EM = 44


class Pool:
    def __init__(self):
        self.grey, self.labels, self.middles, self.notes = [], [], [], []

    def add(self, grey, labels, middles, note=""):
        self.grey.append(grey)
        self.labels.append(np.array(labels, np.int16))
        self.middles.append(np.array(middles, np.float32))
        self.notes.append(note)

    def save(self, path):
        np.savez(path, grey=np.concatenate(self.grey, axis=1), widths=np.array([g.shape[1] for g in self.grey]),
                 labels=np.concatenate(self.labels), middles=np.concatenate(self.middles),
                 counts=np.array([len(l) for l in self.labels]), notes=np.array(self.notes))


def squeeze(characters):
    """(character, from, to) in any unit -> labels and middles; runs of digits and of others count once."""
    labels, spans = [], []
    for character, start, end in characters:
        label = classes.class_of(character)
        if label in (classes.DIGIT, classes.OTHER) and labels and labels[-1] == label:
            spans[-1][1] = end
        else:
            labels.append(label)
            spans.append([start, end])
    return labels, [(a + b) / 2 for a, b in spans]


# --- lines drawn here ---------------------------------------------------------------------------------------------

def faces(path):
    """Files of the families that hold Japanese."""
    found = []
    for line in open(path, encoding="utf-8"):
        if not line.startswith("cjk "):
            continue
        for style in ("Regular", "Bold"):
            out = subprocess.run(["fc-match", "-f", "%{family}\n%{file}\n%{index}", "%s:style=%s" % (line[4:].strip(), style)],
                                 stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")
            if line[4:].strip() in out[0].split(",") and (out[1], int(out[2])) not in found:
                found.append((out[1], int(out[2])))
    if not found:
        sys.exit("strips.py: none of the families is there")
    return [ImageFont.truetype(file, DRAWN_EM, index=index) for file, index in found]


def draw_ink(text, font, dice):
    """A line in ink 0..1, its characters' spans, and top and foot of a kanji in it."""
    spacing = 0 if dice.random() < 0.5 else dice.uniform(0, 0.35) * DRAWN_EM
    stretch = dice.uniform(0.86, 1.12)
    bold = int(dice.random() < 0.2)
    x, spans, room = DRAWN_EM, [], DRAWN_EM
    places = []
    for character in text:
        advance = font.getlength(character)
        places.append((character, x))
        if not character.isspace():
            spans.append((character, x, x + advance))
        x += advance + spacing
    image = Image.new("L", (int(x + DRAWN_EM), 3 * DRAWN_EM))
    draw = ImageDraw.Draw(image)
    for character, at in places:
        draw.text((at, room), character, fill=255, font=font, stroke_width=bold)
    box = font.getbbox("国個番")
    top, foot = room + box[1], room + box[3]
    # lines above and below
    if dice.random() < 0.5:
        for side in (-1, 1):
            if dice.random() < 0.6:
                other = classes.random_text(dice)[:12]
                away = side * (foot - top) * dice.uniform(1.12, 1.6)
                draw.text((DRAWN_EM * dice.uniform(0, 3), room + away), other, fill=255, font=font)
    if dice.random() < 0.12:  # a rule under, above or through the frame of the line
        y = foot + DRAWN_EM * dice.uniform(0.08, 0.4) if dice.random() < 0.6 else top - DRAWN_EM * dice.uniform(0.08, 0.4)
        draw.line((0, y, image.width, y), fill=255, width=int(dice.integers(1, 5)))
    if dice.random() < 0.06:
        y = dice.uniform(top, foot)
        draw.line((dice.uniform(0, image.width), y, image.width, y + dice.uniform(-20, 20)), fill=int(dice.integers(60, 200)),
                  width=int(dice.integers(1, 3)))
    ink = np.asarray(image, np.float32) / 255
    return ink, spans, top, foot, stretch


def ground(shape, em, dice):
    """Waves, a hidden word, an uneven light: 0 paper, 1 ink."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    under = np.zeros(shape, np.float32)
    for _ in range(dice.integers(0, 3)):
        turn, period = dice.uniform(0, math.pi), em * dice.uniform(0.12, 0.9)
        c, s = math.cos(turn), math.sin(turn)
        wave = 0.5 + 0.5 * np.sin(2 * math.pi * (x * c + y * s + em * dice.uniform(0, 0.5) * np.sin((x * s - y * c) / em)) / period
                                  + dice.uniform(0, 6.3))
        under = np.maximum(under, dice.uniform(0.02, 0.16) * wave ** 3)
    return under


def hidden_word(shape, font, em, dice):
    image = Image.new("L", (shape[1], shape[0]))
    big = font.font_variant(size=max(int(em * dice.uniform(0.8, 3)), 8))
    draw = ImageDraw.Draw(image)
    word = "複写" if dice.random() < 0.7 else "写"
    for _ in range(3):
        draw.text((dice.uniform(-em, shape[1]), dice.uniform(-2 * em, shape[0])), word, fill=255, font=big)
    return np.asarray(image, np.float32) / 255 * dice.uniform(0.04, 0.22)


def scan_line(ink, top, foot, stretch, font, dice):
    """Ink as a scanner at some resolution delivers it; returns the grey picture and its pixels per drawn pixel."""
    height = foot - top
    em = math.exp(dice.uniform(math.log(10.5), math.log(46)))  # kanji height in the scanner's pixels
    scale = em / height
    width = max(int(ink.shape[1] * scale * stretch), 8)
    rows = max(int(ink.shape[0] * scale), 8)
    sigma = height * math.exp(dice.uniform(math.log(0.008), math.log(0.06)))
    soft = np.asarray(Image.fromarray(ink).resize((width, rows), Image.BOX if em < height else Image.BILINEAR))
    if sigma * scale > 0.25:
        soft = ndimage.gaussian_filter(soft, sigma * scale, truncate=2.5)
    contrast = math.exp(dice.uniform(math.log(0.16), math.log(0.95)))
    if dice.random() < 0.15:  # worn
        wear = ndimage.gaussian_filter(dice.standard_normal((rows, width)).astype(np.float32), em * dice.uniform(0.05, 0.3))
        soft = soft * np.clip(0.9 + wear / (wear.std() + 1e-6) * dice.uniform(0.05, 0.35), 0, 1)
    under = ground((rows, width), em, dice) * min(contrast * 1.6, 1)
    if dice.random() < 0.2:
        under = np.maximum(under, hidden_word((rows, width), font, em, dice) * min(contrast * 1.6, 1))
    paper = dice.uniform(110, 250)
    light = 1 + dice.uniform(-0.1, 0.1) * np.linspace(-1, 1, width)[None, :] + dice.uniform(-0.06, 0.06) * np.linspace(-1, 1, rows)[:, None]
    grey = paper * light * (1 - np.maximum(soft * contrast, under))
    noise = dice.uniform(0.3, 4) if dice.random() < 0.6 else dice.uniform(3, 13)
    grey = grey + noise * dice.standard_normal(grey.shape)
    if dice.random() < 0.1:
        at = int(dice.integers(width))
        grey[:, at:at + int(dice.integers(1, 3))] -= dice.uniform(5, 45)
    grey = np.clip(grey, 0, 255).astype(np.uint8)
    if dice.random() < 0.5:
        file = io.BytesIO()
        Image.fromarray(grey).save(file, "JPEG", quality=int(dice.integers(28, 92)))
        grey = np.asarray(Image.open(io.BytesIO(file.getvalue())))
    return grey, scale * stretch, scale


def sample(grey, origin, ux, uy, width, height):
    """Picture of width x height: its pixel (i, j) lies at origin + i * (ux, uy) + j * (-uy, ux); reduced before it is cut."""
    image, step = Image.fromarray(grey), math.hypot(ux, uy)
    if step > 1.15:
        size = max(round(image.width / step), 1), max(round(image.height / step), 1)
        x, y = size[0] / image.width, size[1] / image.height
        image = image.resize(size, Image.BOX if step > 1.6 else Image.BILINEAR)
        origin, ux, uy, vx, vy = (origin[0] * x, origin[1] * y), ux * x, uy * y, -uy * x, ux * y
    else:
        vx, vy = -uy, ux
    # what lies outside repeats the edge
    room = 40
    wide = np.pad(np.asarray(image), room, mode="edge")
    cut = Image.fromarray(wide).transform((width, height), Image.AFFINE,
                                          (ux, vx, origin[0] + room, uy, vy, origin[1] + room), Image.BILINEAR)
    return np.asarray(cut)


def drawn(families, count, dice):
    fonts, pool = faces(families), Pool()
    while len(pool.grey) < count:
        font = fonts[dice.integers(len(fonts))]
        ink, spans, top, foot, stretch = draw_ink(classes.random_text(dice), font, dice)
        if not spans:
            continue
        grey, px_x, px_y = scan_line(ink, top, foot, stretch, font, dice)
        # cut, not quite as high and as level as it is
        high = (foot - top) * px_y * math.exp(dice.uniform(-0.15, 0.15))
        step = high / EM
        line = (spans[-1][2] - spans[0][1]) * px_x
        tilt = dice.uniform(-1, 1) * min(math.radians(1.2), 0.22 * high / line)
        before, after = dice.uniform(0, 1.2) * high, dice.uniform(0, 1.2) * high
        middle = ((spans[0][1] * px_x - before + spans[-1][2] * px_x + after) / 2,
                  (top + foot) / 2 * px_y + dice.uniform(-0.1, 0.1) * high)
        width = min(int((line + before + after) / step) + 2 * MARGIN, MAX_WIDTH)
        c, s = math.cos(tilt) * step, math.sin(tilt) * step
        origin = (middle[0] - width / 2 * c + HEIGHT / 2 * s, middle[1] - width / 2 * s - HEIGHT / 2 * c)
        strip = sample(grey, origin, c, s, width, HEIGHT)
        inside = []
        for character, start, end in spans:
            a, b = ((v * px_x - middle[0]) / step + width / 2 for v in (start, end))
            if a >= -1 and b <= width + 1:
                inside.append((character, a, b))
        if inside:
            labels, middles = squeeze(inside)
            pool.add(strip, labels, middles, "drawn\t\t" + "".join(c for c, _, _ in inside))
    return pool


# --- lines of drawn pages -----------------------------------------------------------------------------------------

def pages(folder, dice, plain):
    pool = Pool()
    for line in open(os.path.join(folder, "truth.jsonl"), encoding="utf-8"):
        truth = json.loads(line)
        grey = np.asarray(Image.open(os.path.join(folder, truth["file"])).convert("L"))
        for text in truth["texts"]:
            characters = [c for c in text["text"] if not c.isspace()]
            quad = np.array(text["quad"], np.float64)
            along, down = quad[1] - quad[0], quad[3] - quad[0]
            length, high = np.hypot(*along), np.hypot(*down)
            if len(characters) != len(text["cuts"]) or len(characters) < 2 or high < 7 or length < high:
                continue
            repeats = 1 if plain else 4 if text["role"] in ("label", "title") else 2
            for _ in range(repeats):
                strip, inside = cut_line(grey, quad, length, high, characters, text["cuts"], dice, plain)
                if inside:
                    labels, middles = squeeze(inside)
                    note = "%s\t%s\t%s" % (truth.get("level", ""), text["role"], "".join(c for c, _, _ in inside))
                    pool.add(strip, labels, middles, note)
    return pool


def cut_line(grey, quad, length, high, characters, cuts, dice, plain):
    amount = 0.3 if plain else 1.0
    step = high * math.exp(amount * dice.uniform(-0.15, 0.15)) / EM
    turn = math.atan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0])
    turn += amount * dice.uniform(-1, 1) * min(math.radians(1.2), 0.22 * high / length)
    before, after = (dice.uniform(0.0, 0.3 if plain else 1.2) * high for _ in range(2))
    full = length + before + after
    width = min(int(full / step) + 2 * MARGIN, 1000 if plain else MAX_WIDTH)
    shift = dice.uniform(0, max(full - width * step, 0))  # which part of a long line
    middle = quad.mean(axis=0)
    c, s = math.cos(turn), math.sin(turn)
    x = (after - before) / 2 - (full / 2 if width * step < full else width * step / 2) + shift
    y = -HEIGHT * step / 2 + amount * dice.uniform(-0.1, 0.1) * high
    origin = (middle[0] + x * c - y * s, middle[1] + x * s + y * c)
    # only the neighbourhood is looked at
    strip = sample_part(grey, origin, c * step, s * step, width)
    inside = []
    for character, (a, b) in zip(characters, cuts):
        a, b = (((v - 0.5) * length - x) / step for v in (a, b))
        if a >= -1 and b <= width + 1:
            inside.append((character, a, b))
    return strip, inside


def sample_part(grey, origin, ux, uy, width):
    corners = np.array([[origin[0] + i * ux - j * uy, origin[1] + i * uy + j * ux] for i in (0, width) for j in (0, HEIGHT)])
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 3
    part = grey[min(top, grey.shape[0] - 1):bottom, min(left, grey.shape[1] - 1):right]
    return sample(part, (origin[0] - left, origin[1] - top), ux, uy, width, HEIGHT)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["drawn", "pages"])
    parser.add_argument("source")
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    dice = np.random.default_rng(options.seed)
    pool = drawn(options.source, options.count, dice) if options.what == "drawn" else pages(options.source, dice, options.plain)
    pool.save(options.out)
    print("%d strips" % len(pool.grey))


if __name__ == "__main__":
    main()
