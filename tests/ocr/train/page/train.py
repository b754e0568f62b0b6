#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the page network: where on a reduced page a card lies.

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
RATE = 3e-3
SIZE = 320  # of a window, pixels


class PageNet(nn.Module):
    """Down to stride 16, where a card is a few cells wide, and back to 4, where it answers."""

    def __init__(self):
        super().__init__()

        layer = learn.layer
        self.down = nn.ModuleList([layer(1, 12, 2), layer(12, 16, 2), layer(16, 24, 2), layer(24, 32, 2)])
        self.eighth = layer(24, 24)
        self.wide = nn.ModuleList([layer(32, 32, 1, d) for d in (1, 2, 4, 2, 1)])
        self.up = nn.ModuleList([layer(32, 24), layer(24, 16)])
        self.after = nn.ModuleList([layer(24, 24), layer(16, 16)])
        self.answer = nn.Conv2d(16, 1, 1)

    def forward(self, x):
        relu = functional.relu
        fourth = relu(self.down[1](relu(self.down[0](x))))
        eighth = relu(self.down[2](fourth))
        eighth = relu(self.eighth(eighth) + eighth)
        x = relu(self.down[3](eighth))
        for wide in self.wide:
            x = relu(wide(x) + x)
        for up, after, fine in zip(self.up, self.after, (eighth, fourth)):
            x = functional.interpolate(x, scale_factor=2, mode="nearest")
            x = relu(up(x) + fine)
            x = relu(after(x) + x)
        return self.answer(x)

    def layers(self):
        found = learn.Layers()
        fourth = found.add(self.down[1], found.add(self.down[0], -1))
        eighth = found.add(self.down[2], fourth)
        eighth = found.add(self.eighth, eighth, eighth)
        at = found.add(self.down[3], eighth)
        for wide in self.wide:
            at = found.add(wide, at, at)
        for up, after, fine in zip(self.up, self.after, (eighth, fourth)):
            at = found.add(up, at, fine, upsample=True)
            at = found.add(after, at, at)
        found.add(self.answer, at, relu=False)
        return found


def prepared(page):
    """As the reader feeds it: padded to whole strides of 16 with the rim's own values, around 0."""
    pad = [(0, -n % 16) for n in page.shape]
    return numpy.pad(page, pad, mode="edge").astype(numpy.float32) / 128 - 1


def crop(page, label, size, dice):
    """A window of `size` pixels (a multiple of 8) at a multiple of 8, turned and mirrored at random; smaller pages get a rim."""
    page, height, width = prepared(page), *label.shape
    want = (page.shape[0] // STRIDE, page.shape[1] // STRIDE)
    label = numpy.pad(label, ((0, want[0] - height), (0, want[1] - width)))
    out = numpy.full((size, size), page[0, 0], numpy.float32)
    out_label = numpy.zeros((size // STRIDE, size // STRIDE), numpy.uint8)
    spare = [max(n - size, 0) // 8 for n in page.shape]
    y, x = (8 * dice.randint(0, n) for n in spare)
    part = page[y:y + size, x:x + size]
    out[:part.shape[0], :part.shape[1]] = part
    small = label[y // STRIDE:(y + size) // STRIDE, x // STRIDE:(x + size) // STRIDE]
    out_label[:small.shape[0], :small.shape[1]] = small
    quarter = dice.randint(0, 3)
    out, out_label = numpy.rot90(out, quarter), numpy.rot90(out_label, quarter)
    if dice.random() < 0.5:
        out, out_label = out[:, ::-1], out_label[:, ::-1]
    return learn.toned(out, dice, 0.7), numpy.ascontiguousarray(out_label)


def loss_of(answer, label):
    target = label[:, None].float() / 255
    share = torch.sigmoid(answer)
    overlap = 2 * (share * target).sum((1, 2, 3)) + 1
    return (functional.binary_cross_entropy_with_logits(answer, target)
            + 0.5 * (1 - overlap / (share.sum((1, 2, 3)) + target.sum((1, 2, 3)) + 1)).mean())


def measure(net, pages):
    """Mean intersection over union of the card, pages where it is below 0.85, and pages, by level and for those without a card."""
    overlaps = {}
    for page, label, kind in pages:
        answer = net(torch.from_numpy(prepared(page))[None, None])[0, 0, :label.shape[0], :label.shape[1]] > 0
        card = torch.from_numpy(label) > 127
        union = (answer | card).sum().item()
        if union > 0:
            overlaps.setdefault(kind.split()[1] if card.any() else "none", []).append((answer & card).sum().item() / union)
    return {kind: (sum(v) / len(v), sum(o < 0.85 for o in v), len(v)) for kind, v in sorted(overlaps.items())}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    learn.add_options(parser)
    options = parser.parse_args()
    pages, tuning = learn.load(options.training, "page"), learn.load(options.tuning, "page")
    small = [p for p in pages if max(p[0].shape) <= SIZE]
    large = [p for p in pages if max(p[0].shape) > SIZE]
    sheets = [p for p in pages if p[2].startswith("notification-sheet")]

    def batch_of(dice):
        # all in each batch: what the normalisation learns must hold for each
        return [crop(*dice.choice(pick)[:2], SIZE, dice) for pick in (small, large, sheets, large, small)]

    learn.learn(PageNet(), options, RATE, batch_of, loss_of, lambda net: measure(net, tuning))
    return 0


if __name__ == "__main__":
    sys.exit(main())
