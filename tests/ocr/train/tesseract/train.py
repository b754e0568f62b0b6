# SPDX-License-Identifier: Apache-2.0
"""Trains the digit model's network on prepared lines and writes it as the "lstm" part of a Tesseract model.

  train.py OUT.lstm --seconds N LINES...      stops learning when the time is up or, with --steps, after so many batches
"""
import argparse
import random
import time

import numpy
import torch
from torch.nn import functional

import tessnet

BATCH = 8
PEAK_RATE = 3e-3


def read_lines(paths):
    lines = []
    for path in paths:
        with open(path, "rb") as file:
            while head := file.readline():
                digits, level, font, _dpi, width, height = head.decode().rstrip("\n").split("\t")
                pixels = numpy.frombuffer(file.read(int(width) * int(height)), numpy.uint8)
                lines.append((pixels.reshape(int(height), int(width)), digits, level, font))
    return lines


def batch_of(lines, augment):
    """Pictures in -1..1 as Tesseract sees them, padded with paper; widths; codes."""
    width = max(line[0].shape[1] for line in lines)
    pictures = torch.ones(len(lines), 1, tessnet.N_ROWS, width)
    for i, line in enumerate(lines):
        pictures[i, 0, :, :line[0].shape[1]] = torch.from_numpy(line[0].astype(numpy.float32)) / 127.5 - 1
    if augment:
        n = len(lines)
        dark = (1 - pictures) * torch.empty(n, 1, 1, 1).uniform_(0.6, 1.15)
        grain = torch.randn(n, 1, tessnet.N_ROWS, width) * torch.empty(n, 1, 1, 1).uniform_(0, 0.12)
        noisy = (1 - dark + grain).clamp(-1, 1)
        row = tessnet.N_ROWS // 2
        noisy[:, :, row] = pictures[:, :, row]  # the ruler is never touched
        pictures = noisy
    widths = torch.tensor([line[0].shape[1] // tessnet.X_SCALE for line in lines])
    codes = torch.tensor([[tessnet.FIRST_DIGIT_CODE + int(c) for c in line[1]] for line in lines])
    return pictures, widths, codes


def in_batches(lines, shuffle):
    """Lines of like widths together."""
    order = sorted(range(len(lines)), key=lambda i: lines[i][0].shape[1] + (random.uniform(0, 16) if shuffle else 0))
    batches = [[lines[i] for i in order[k:k + BATCH]] for k in range(0, len(order), BATCH)]
    if shuffle:
        random.shuffle(batches)
    return batches


def decode(scores, width):
    codes = scores[:, :width].argmax(0).tolist()
    return "".join(str(code - tessnet.FIRST_DIGIT_CODE) for code, before in zip(codes, [-1] + codes)
                   if code != before and code >= tessnet.FIRST_DIGIT_CODE)


def exact(net, lines):
    """Share of lines read exactly, for each level."""
    right = {}
    net.eval()
    with torch.no_grad():
        for batch in in_batches(lines, False):
            pictures, widths, _codes = batch_of(batch, False)
            for line, scores, width in zip(batch, net(pictures), widths.tolist()):
                right.setdefault(line[2], []).append(decode(scores, width) == line[1])
    net.train()
    return "  ".join(f"{level} {100 * sum(r) / len(r):.1f} % of {len(r)}" for level, r in sorted(right.items()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("lines", nargs="+")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--watch", help="prepared lines of tuning seeds, to tell how far it has come")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    lines = read_lines(options.lines)
    watched = read_lines([options.watch]) if options.watch else []
    net = tessnet.Net()
    print(f"{len(lines)} lines, {sum(p.numel() for p in net.parameters())} weights", flush=True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=PEAK_RATE, weight_decay=1e-3)
    start, step, losses, batches = time.monotonic(), 0, [], []
    while True:
        done = max(step / options.steps, (time.monotonic() - start) / options.seconds)
        if done >= 1:
            break
        if not batches:
            batches = in_batches(lines, True)
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * min(1, (step + 1) / 100) * max(0.01, min(1, 1.25 * (1 - done)))
        pictures, widths, codes = batch_of(batches.pop(), True)
        scores = functional.log_softmax(net(pictures), 1).permute(2, 0, 1)
        loss = functional.ctc_loss(scores, codes, widths, torch.full((len(codes),), codes.shape[1]),
                                   blank=tessnet.NULL_CODE, zero_infinity=True)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5)
        optimizer.step()
        losses.append(loss.item())
        step += 1
        if step % 100 == 0:
            print(f"{step} batches, {time.monotonic() - start:.0f} s, loss {numpy.mean(losses[-100:]):.4f}", flush=True)
        if watched and step % 500 == 0:
            print(exact(net, watched), flush=True)
    net.eval()
    if watched:
        print(exact(net, watched), flush=True)
    with open(options.out, "wb") as file:
        file.write(tessnet.lstm_part(net, step))


if __name__ == "__main__":
    main()
