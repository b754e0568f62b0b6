#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the page network: where on a reduced page a card lies.

    train.py TRAINING.npz TUNING.npz OUT.azn [--minutes N] [--seed N]
"""
import argparse
import pathlib
import random
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import azn  # noqa: E402

STRIDE = 4
RATE = 3e-3
SIZE = 320  # of a window, pixels


class PageNet(nn.Module):
    """Down to stride 16, where a card is a few cells wide, and back to 4, where it answers."""

    def __init__(self):
        super().__init__()

        def layer(n_in, n_out, stride=1, dilation=1):
            return nn.Sequential(nn.Conv2d(n_in, n_out, 3, stride, dilation, dilation, bias=False), nn.BatchNorm2d(n_out))

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
        found = []

        def add(part, from_, add_=-1, stride=1, dilation=1, relu=True, upsample=False):
            weight, bias = azn.fold_batchnorm(part[0], part[1]) if isinstance(part, nn.Sequential) else (part.weight, part.bias)
            found.append({"from_": from_, "add": add_, "weight": weight, "bias": bias, "stride": stride,
                          "dilation": dilation, "groups": 1, "relu": relu, "upsample": upsample})
            return len(found) - 1

        fourth = add(self.down[1], add(self.down[0], -1, stride=2), stride=2)
        eighth = add(self.down[2], fourth, stride=2)
        eighth = add(self.eighth, eighth, eighth)
        at = add(self.down[3], eighth, stride=2)
        for wide in self.wide:
            at = add(wide, at, at, dilation=wide[0].dilation[0])
        for up, after, fine in zip(self.up, self.after, (eighth, fourth)):
            at = add(up, at, fine, upsample=True)
            at = add(after, at, at)
        add(self.answer, at, relu=False)
        return found


def load(path):
    data = numpy.load(path)
    kinds = data["kinds"]
    return [(data[f"page{i}"], data[f"label{i}"], str(kinds[i])) for i in range(int(data["n"]))]


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
    tone = dice.uniform(0.7, 1.15)
    return numpy.ascontiguousarray((out + 1) * tone - 1 + dice.uniform(-0.15, 0.1)), numpy.ascontiguousarray(out_label)


def loss_of(answer, label):
    target = label[:, None].float() / 255
    share = torch.sigmoid(answer)
    overlap = 2 * (share * target).sum((1, 2, 3)) + 1
    return (functional.binary_cross_entropy_with_logits(answer, target)
            + 0.5 * (1 - overlap / (share.sum((1, 2, 3)) + target.sum((1, 2, 3)) + 1)).mean())


def measure(net, pages):
    """Mean intersection over union of the card, over pages that have one, and pages where the mask misses it."""
    net.eval()
    overlaps = {}
    with torch.no_grad():
        for page, label, kind in pages:
            answer = net(torch.from_numpy(prepared(page))[None, None])[0, 0, :label.shape[0], :label.shape[1]] > 0
            card = torch.from_numpy(label) > 127
            union = (answer | card).sum().item()
            if union == 0:
                continue
            overlaps.setdefault(kind.split()[1] if card.any() else "none", []).append((answer & card).sum().item() / union)
    net.train()
    return {kind: (sum(v) / len(v), sum(o < 0.85 for o in v), len(v)) for kind, v in sorted(overlaps.items())}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("training", type=pathlib.Path)
    parser.add_argument("tuning", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start-from", type=pathlib.Path, help="a state to go on from")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    dice = random.Random(options.seed)
    pages, tuning = load(options.training), load(options.tuning)
    small = [p for p in pages if max(p[0].shape) <= SIZE]
    large = [p for p in pages if max(p[0].shape) > SIZE]
    sheets = [p for p in pages if p[2].startswith("notification-sheet")]
    net = PageNet()
    if options.start_from:
        net.load_state_dict(torch.load(options.start_from))
    net = net.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=options.steps)
    started, late = time.time(), 0
    for step in range(options.steps):
        # both in each batch: what the normalisation learns must hold for either
        batch = [crop(*dice.choice((small, large, sheets, large, small)[i])[:2], SIZE, dice) for i in range(5)]
        images = torch.from_numpy(numpy.stack([b[0] for b in batch]))[:, None].contiguous(memory_format=torch.channels_last)
        loss = loss_of(net(images), torch.from_numpy(numpy.stack([b[1] for b in batch])))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        late += (loss.item() - late) * 0.02
        if step % 250 == 249:
            print(f"{step + 1} steps, {time.time() - started:.0f} s, loss {late:.4f}", file=sys.stderr)
        if step % 500 == 499:
            print(measure(net, tuning), file=sys.stderr)
    net.eval()
    print(measure(net, tuning), file=sys.stderr)
    torch.save(net.state_dict(), str(options.out) + ".pt")
    azn.write(options.out, net.layers())
    return 0


if __name__ == "__main__":
    sys.exit(main())
