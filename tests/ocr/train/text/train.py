#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the text network: on a view of a document, where lines of print run, which way is up, where the number, its label
and a QR code are.

    train.py TRAINING.npz[,MORE.npz...] TUNING.npz OUT.azn [--steps N] [--seed N]
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
CORE, NUMBER, LABEL, QR, DIRECTION, HEIGHT, N_PLANES = range(7)
# of the answer: core, number, label, QR code, four directions, height
N_OUT = 9


class TextNet(nn.Module):
    """Stride 2 and 4 for the strokes, a wide view at 8, back to 4."""

    def __init__(self):
        super().__init__()

        def layer(n_in, n_out, stride=1, dilation=1):
            return nn.Sequential(nn.Conv2d(n_in, n_out, 3, stride, dilation, dilation, bias=False), nn.BatchNorm2d(n_out))

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
        found = []

        def add(part, from_, add_=-1, stride=1, dilation=1, relu=True, upsample=False):
            weight, bias = azn.fold_batchnorm(part[0], part[1]) if isinstance(part, nn.Sequential) else (part.weight, part.bias)
            found.append({"from_": from_, "add": add_, "weight": weight, "bias": bias, "stride": stride,
                          "dilation": dilation, "groups": 1, "relu": relu, "upsample": upsample})
            return len(found) - 1

        fine = add(self.two, add(self.one, -1, stride=2), stride=2)
        fine = add(self.three, fine, fine)
        at = add(self.four, fine, stride=2)
        for wide in self.wide:
            at = add(wide, at, at, dilation=wide[0].dilation[0])
        at = add(self.back, at, fine, upsample=True)
        at = add(self.last, at, at)
        add(self.answer, at, relu=False)
        return found


def load(paths):
    found = []
    for path in paths:
        data = numpy.load(path)
        kinds = data["kinds"]
        found += [(data[f"view{i}"], data[f"label{i}"], str(kinds[i])) for i in range(int(data["n"]))]
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
    tone = dice.uniform(0.75, 1.15)
    return numpy.ascontiguousarray((out + 1) * tone - 1 + dice.uniform(-0.15, 0.1)), numpy.ascontiguousarray(out_label)


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
    net.eval()
    found = {}
    with torch.no_grad():
        for view, label, kind in views:
            image = prepared(view)
            label = padded(label, image)
            answer = net(torch.from_numpy(image)[None, None])[0].numpy()
            core = answer[CORE] > 0
            votes = answer[4:8].reshape(4, -1)
            votes = numpy.exp(votes - votes.max(0))
            votes = (votes / votes.sum(0) * core.reshape(-1)).sum(1)
            true = numpy.bincount(label[DIRECTION][label[DIRECTION] < 4], minlength=4).argmax()
            row = found.setdefault(kind.split()[1], {})
            for name, value in (("up", votes.argmax() == true),):
                row.setdefault(name, []).append(value)
            for name, plane in (("number", NUMBER), ("label", LABEL), ("qr", QR)):
                a, b = answer[plane] > 0, label[plane] > 127
                if b.sum() > 3:
                    row.setdefault(name, []).append((a & b).sum() / (a | b).sum() > 0.5)
                else:
                    row.setdefault("no " + name, []).append(a.sum() < 4)
    net.train()
    return {level: {name: f"{sum(v)}/{len(v)}" for name, v in row.items()} for level, row in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("training")
    parser.add_argument("tuning", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start-from", type=pathlib.Path, help="a state to go on from")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    dice = random.Random(options.seed)
    views, tuning = load(options.training.split(",")), load([options.tuning])
    cards = [v for v in views if max(v[0].shape) <= 420]
    sheets = [v for v in views if max(v[0].shape) > 420]
    net = TextNet()
    if options.start_from:
        net.load_state_dict(torch.load(options.start_from))
    rate = 1.5e-3 if options.start_from else 4e-3
    net = net.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=options.steps)
    started, late = time.time(), 0
    for step in range(options.steps):
        # both in each batch: what the normalisation learns must hold for either
        batch = [crop(*dice.choice(sheets if i % 4 == 0 else cards)[:2], 240, 368, dice) for i in range(8)]
        images = torch.from_numpy(numpy.stack([b[0] for b in batch]))[:, None].contiguous(memory_format=torch.channels_last)
        loss = loss_of(net(images), torch.from_numpy(numpy.stack([b[1] for b in batch])))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        late += (loss.item() - late) * 0.02
        if step % 250 == 249:
            print(f"{step + 1} steps, {time.time() - started:.0f} s, loss {late:.4f}", file=sys.stderr)
        if step % 1000 == 999:
            print(measure(net, tuning), file=sys.stderr)
    net.eval()
    print(measure(net, tuning), file=sys.stderr)
    torch.save(net.state_dict(), str(options.out) + ".pt")
    azn.write(options.out, net.layers())
    return 0


if __name__ == "__main__":
    sys.exit(main())
