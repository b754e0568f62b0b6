#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Learns the words network from strips and writes it: fit.py OUT.azn OUT.txt POOL.npz... --steps N --seed N"""
import argparse
import math
import os
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import azn
import classes
from strips import EM, HEIGHT

WINDOW = EM * 3 // 2  # columns to either side that the local contrast is taken from
STRIDE = 4            # strip columns for each column of answers


def normalise(strips, widths):
    """Local contrast as ocr/card/words.c has it: strips in rows of the same length, 0 where there is nothing."""
    grey = strips.astype(np.float32)
    n, height, width = grey.shape
    x = np.arange(width)
    inside = x[None, :] < widths[:, None]
    grey *= inside[:, None, :]
    sums = np.pad(np.cumsum(grey.sum(axis=1), axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    squares = np.pad(np.cumsum((grey * grey).sum(axis=1), axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    low = np.maximum(x[None, :] - WINDOW, 0) + np.zeros((n, 1), int)
    high = np.minimum(x[None, :] + WINDOW + 1, widths[:, None])
    low = np.minimum(low, high)
    count = np.maximum((high - low) * height, 1)
    rows = np.arange(n)[:, None]
    mean = (sums[rows, high] - sums[rows, low]) / count
    spread = np.sqrt(np.maximum((squares[rows, high] - squares[rows, low]) / count - mean * mean, 0))
    out = np.clip((mean[:, None, :] - grey) / (spread[:, None, :] + 6), -3, 3)
    return out * inside[:, None, :]


class Words(nn.Module):
    """Convolutions that make one row of the strip, and of every STRIDE columns one, with a score for each class."""

    def __init__(self):
        super().__init__()
        shape = [(1, 16, (5, 5), (2, 2)), (16, 32, (3, 3), (2, 2)), (32, 48, (3, 3), (2, 1)), (48, 96, (3, 3), (2, 1)),
                 (96, 160, (3, 3), (2, 1)), (160, 192, (1, 3), (1, 1))]
        self.convs = nn.ModuleList(nn.Conv2d(n_in, n_out, kernel, stride, tuple(k // 2 for k in kernel), bias=False)
                                   for n_in, n_out, kernel, stride in shape)
        self.norms = nn.ModuleList(nn.BatchNorm2d(conv.out_channels) for conv in self.convs)
        self.last = nn.Conv2d(192, classes.N_CLASSES, 1)

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = F.relu(norm(conv(x)), inplace=True)
        return self.last(x).squeeze(2)

    def layers(self):
        """As azn.py writes them."""
        return [azn.from_conv(conv, norm, relu=True) for conv, norm in zip(self.convs, self.norms)] + [azn.from_conv(self.last)]


class Pools:
    def __init__(self, paths):
        self.items = []
        for path in paths:
            data = np.load(path)
            grey, labels, middles = data["grey"], data["labels"], data["middles"]
            x = at = 0
            for width, count in zip(data["widths"], data["counts"]):
                self.items.append((grey[:, x:x + width], labels[at:at + count], middles[at:at + count]))
                x, at = x + width, at + count
        self.widths = np.array([item[0].shape[1] for item in self.items])

    def batches(self, size, dice):
        """Without end: items of about the same width together."""
        while True:
            order = np.argsort(self.widths * np.exp(dice.uniform(-0.1, 0.1, len(self.items))))
            groups = np.array_split(order, max(len(order) // size, 1))
            for k in dice.permutation(len(groups)):
                yield [self.items[i] for i in groups[k]]


def stack(items, dice=None):
    widths = np.array([item[0].shape[1] for item in items])
    strips = np.zeros((len(items), HEIGHT, -(-widths.max() // STRIDE) * STRIDE), np.float32)
    for row, (grey, _, _) in zip(strips, items):
        row[:, :grey.shape[1]] = grey
    if dice is not None:
        loud = dice.uniform(0, 7, len(items)) * (dice.random(len(items)) < 0.3)
        strips = np.clip(strips + loud[:, None, None] * dice.standard_normal(strips.shape, np.float32), 0, 255)
    return torch.from_numpy(normalise(strips, widths).astype(np.float32))[:, None], torch.from_numpy((widths + STRIDE - 1) // STRIDE)


def places(items, lengths):
    """Rows, columns and classes of the columns of which it is known what they hold: middles, and between two of them nothing."""
    rows, columns, wanted = [], [], []
    for row, (_, labels, middles) in enumerate(items):
        at = np.clip(np.rint((middles - 0.5) / STRIDE).astype(int), 0, lengths[row] - 1)
        plain = (labels != classes.DIGIT) & (labels != classes.OTHER)
        for i in np.flatnonzero(plain):
            rows.append(row)
            columns.append(at[i])
            wanted.append(labels[i])
        between = (at[1:] + at[:-1]) // 2
        far = [0] if at[0] > 6 else []
        far += [lengths[row] - 1] if lengths[row] - 1 - at[-1] > 6 else []
        for column in list(between[plain[1:] & plain[:-1] & (np.diff(at) > 3)]) + far:
            rows.append(row)
            columns.append(column)
            wanted.append(classes.NOTHING)
    return (torch.from_numpy(np.array(v, np.int64)) for v in (rows, columns, wanted))


def loss_of(net, items, dice, chain_share):
    """Of the columns that are known, and, by @chain_share, of the chain of labels as a whole (CTC)."""
    strips, lengths = stack(items, dice)
    said = F.log_softmax(net(strips), dim=1)  # [n][class][column]
    rows, columns, wanted = places(items, lengths.numpy())
    loss = -said[rows, wanted, columns].mean() if len(rows) else 0.0
    counts = torch.tensor([len(item[1]) for item in items])
    chain = F.ctc_loss(said.permute(2, 0, 1), torch.from_numpy(np.concatenate([item[1] for item in items]).astype(np.int64)),
                       lengths, counts, blank=classes.NOTHING, reduction="none", zero_infinity=True)
    return loss + chain_share * (chain / counts).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("characters")
    parser.add_argument("pools", nargs="+")
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--start", help="the state that an earlier run left")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    dice = np.random.default_rng(options.seed)
    pools = Pools(options.pools)
    net = Words()
    if options.start:
        net.load_state_dict(torch.load(options.start))
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, total_steps=options.steps, pct_start=0.15)
    begun, recent = time.monotonic(), []
    for step, items in enumerate(pools.batches(options.batch, dice)):
        if step == options.steps:
            break
        loss = loss_of(net, items, dice, 0.1 if step < options.steps // 3 else 0.5)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        plan.step()
        recent.append(float(loss))
        if not math.isfinite(recent[-1]):
            sys.exit("fit.py: the loss is no number")
        if step % 50 == 49:
            print("step %d loss %.3f, %.0f s" % (step + 1, sum(recent) / len(recent), time.monotonic() - begun), flush=True)
            recent = []
            write(net, options)
    write(net, options)


def write(net, options):
    """The network as it is now, its characters, and its state beside it, so that another run may go on from there."""
    net.eval()
    azn.write(options.out + ".part", net.layers())
    os.replace(options.out + ".part", options.out)
    torch.save(net.state_dict(), options.out + ".state")
    with open(options.characters, "w", encoding="utf-8") as file:
        file.write("".join(row + "\n" for row in classes.ROWS))
    net.train()


if __name__ == "__main__":
    main()
