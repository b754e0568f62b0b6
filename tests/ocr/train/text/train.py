#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the text network: on a view of a document, where lines of print run, which way is up, where the number, its label
and a QR code are.

    train.py TRAINING.npz[,MORE.npz...] TUNING.npz OUT.azn [--steps N] [--seed N]
"""
import argparse
import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import learn  # noqa: E402

STRIDE = 4
CORE, NUMBER, LABEL, QR, DIRECTION, HEIGHT, N_PLANES = range(7)
# of the answer: core, number, label, QR code, four directions, height
N_OUT = 9


class TextNet(nn.Module):
    """Stride 2 and 4 for the strokes, a wide view at 8, back to 4."""

    def __init__(self):
        super().__init__()

        layer = learn.layer
        self.one = layer(1, 16, 2)
        self.two = layer(16, 24, 2)
        self.three = layer(24, 24)
        self.four = layer(24, 32, 2)
        self.wide = nn.ModuleList([layer(32, 32, 1, d) for d in (1, 2, 4, 1, 4)])
        self.back = layer(32, 24)
        self.last = layer(24, 24)
        self.answer = nn.Conv2d(24, N_OUT, 1)

    def forward(self, x):
        relu = functional.relu
        fine = relu(self.two(relu(self.one(x))))
        fine = relu(self.three(fine) + fine)
        x = relu(self.four(fine))
        for wide in self.wide:
            x = relu(wide(x) + x)
        x = functional.interpolate(x, scale_factor=2, mode="nearest")[..., :fine.shape[2], :fine.shape[3]]
        x = relu(self.back(x) + fine)
        return self.answer(relu(self.last(x) + x))

    def layers(self):
        found = learn.Layers()
        fine = found.add(self.two, found.add(self.one, -1))
        fine = found.add(self.three, fine, fine)
        at = found.add(self.four, fine)
        for wide in self.wide:
            at = found.add(wide, at, at)
        at = found.add(self.back, at, fine, upsample=True)
        at = found.add(self.last, at, at)
        found.add(self.answer, at, relu=False)
        return found


def prepared(view):
    """As the reader feeds it: padded to whole strides of 8 with the rim's own values, around 0."""
    pad = [(0, -n % 8) for n in view.shape]
    return numpy.pad(view, pad, mode="edge").astype(numpy.float32) / 128 - 1


def padded(label, view):
    want = (view.shape[0] // STRIDE, view.shape[1] // STRIDE)
    out = numpy.zeros((N_PLANES,) + want, numpy.uint8)
    out[DIRECTION] = 255
    out[:, :label.shape[1], :label.shape[2]] = label[:, :want[0], :want[1]]
    return out


def turned(image, label, quarter):
    """Anticlockwise by quarters; directions turn along."""
    image, label = numpy.rot90(image, quarter), numpy.rot90(label, quarter, (1, 2)).copy()
    known = label[DIRECTION] < 4
    label[DIRECTION][known] = (label[DIRECTION][known].astype(int) - quarter) % 4
    return image, label


def crop(view, label, height, width, dice):
    image = prepared(view)
    label = padded(label, image)
    spare = [max(n - m, 0) // 8 for n, m in zip(image.shape, (height, width))]
    y, x = (8 * dice.randint(0, n) for n in spare)
    part, small = image[y:y + height, x:x + width], label[:, y // 4:(y + height) // 4, x // 4:(x + width) // 4]
    out = numpy.full((height, width), part[0, 0], numpy.float32)
    out_label = numpy.zeros((N_PLANES, height // 4, width // 4), numpy.uint8)
    out_label[DIRECTION] = 255
    out[:part.shape[0], :part.shape[1]] = part
    out_label[:, :small.shape[1], :small.shape[2]] = small
    out, out_label = turned(out, out_label, dice.choice([0, 2]))
    return learn.toned(out, dice, 0.75), numpy.ascontiguousarray(out_label)


def loss_of(answer, label):
    target = label[:, :4].float() / 255
    weight = torch.ones_like(target)
    weight[:, NUMBER] += 4 * target[:, NUMBER]
    weight[:, LABEL] += 8 * target[:, LABEL]
    marks = (functional.binary_cross_entropy_with_logits(answer[:, :4], target, reduction="none") * weight).mean((0, 2, 3)).sum()
    direction = functional.cross_entropy(answer[:, 4:8], torch.where(label[:, DIRECTION] < 4, label[:, DIRECTION].long(), -100),
                                         ignore_index=-100)
    core = (label[:, HEIGHT] > 0) & (label[:, CORE] > 100)
    height = ((answer[:, 8] - torch.log(label[:, HEIGHT].float().clamp(min=4) / 32)).abs() * core).sum() / core.sum().clamp(min=1)
    return 4 * marks + 0.5 * direction + 0.5 * height


def measure(net, views):
    """Per level: share of views turned right by votes, number and label overlaps above a half, number seen where there is none."""
    found = {}
    for view, label, kind in views:
        image = prepared(view)
        label = padded(label, image)
        answer = net(torch.from_numpy(image)[None, None])[0].numpy()
        votes = answer[4:8].reshape(4, -1)
        votes = numpy.exp(votes - votes.max(0))
        votes = (votes / votes.sum(0) * (answer[CORE] > 0).reshape(-1)).sum(1)
        true = numpy.bincount(label[DIRECTION][label[DIRECTION] < 4], minlength=4).argmax()
        row = found.setdefault(kind.split()[1], {})
        row.setdefault("up", []).append(votes.argmax() == true)
        for name, plane in (("number", NUMBER), ("label", LABEL), ("qr", QR)):
            a, b = answer[plane] > 0, label[plane] > 127
            if b.sum() > 3:
                row.setdefault(name, []).append((a & b).sum() / (a | b).sum() > 0.5)
            else:
                row.setdefault("no " + name, []).append(a.sum() < 4)
    return {level: {name: f"{sum(v)}/{len(v)}" for name, v in row.items()} for level, row in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    learn.add_options(parser)
    options = parser.parse_args()
    views, tuning = learn.load(options.training, "view"), learn.load(options.tuning, "view")
    cards = [v for v in views if max(v[0].shape) <= 420]
    sheets = [v for v in views if max(v[0].shape) > 420]

    def batch_of(dice):
        # both in each batch: what the normalisation learns must hold for either
        return [crop(*dice.choice(sheets if i % 4 == 0 else cards)[:2], 240, 368, dice) for i in range(8)]

    learn.learn(TextNet(), options, 1.5e-3 if options.start_from else 4e-3, batch_of, loss_of,
                lambda net: measure(net, tuning))
    return 0


if __name__ == "__main__":
    sys.exit(main())
