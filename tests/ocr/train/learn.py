# SPDX-License-Identifier: Apache-2.0
"""What the trainings of the page network and of the text network share: layers, the loop, and the file for the reader."""
import pathlib
import random
import sys
import time

import numpy
import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import azn  # noqa: E402

MEASURE_EVERY = 1000  # steps


def layer(n_in, n_out, stride=1, dilation=1):
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, stride, dilation, dilation, bias=False), nn.BatchNorm2d(n_out))


class Layers(list):
    """A network's layers in the order in which the reader computes them, as azn.write takes them."""

    def add(self, part, from_, add_=-1, relu=True, upsample=False):
        """`part`: of layer(), or a convolution alone; its input and what is added are layers by index. Returns its own."""
        conv = part[0] if isinstance(part, nn.Sequential) else part
        weight, bias = azn.fold_batchnorm(part[0], part[1]) if isinstance(part, nn.Sequential) else (part.weight, part.bias)
        self.append({"from_": from_, "add": add_, "weight": weight, "bias": bias, "stride": conv.stride[0],
                     "dilation": conv.dilation[0], "groups": 1, "relu": relu, "upsample": upsample})
        return len(self) - 1


def toned(image, dice, least):
    """The picture darker or brighter, with more or less contrast."""
    return numpy.ascontiguousarray((image + 1) * dice.uniform(least, 1.15) - 1 + dice.uniform(-0.15, 0.1))


def add_options(parser):
    parser.add_argument("training", help="what draw.py wrote; several files with commas between")
    parser.add_argument("tuning")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start-from", type=pathlib.Path, help="a state to go on from (OUT.azn.pt of an earlier run)")


def load(paths, picture):
    """(picture, label, kind) of every view or page in the files."""
    found = []
    for path in paths.split(","):
        data = numpy.load(path)
        kinds = data["kinds"]
        found += [(data[f"{picture}{i}"], data[f"label{i}"], str(kinds[i])) for i in range(int(data["n"]))]
    return found


def learn(net, options, rate, batch_of, loss_of, measure):
    """
    Trains and writes OUT.azn, and its state beside it. batch_of(dice): a list of (image, label); measure(net): what to print.
    One core, so that two trainings can run at a time.
    """
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    dice = random.Random(options.seed)
    if options.start_from:
        net.load_state_dict(torch.load(options.start_from))
    net = net.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=options.steps)
    started, late = time.time(), 0
    for step in range(1, options.steps + 1):
        batch = batch_of(dice)
        images = torch.from_numpy(numpy.stack([b[0] for b in batch]))[:, None].contiguous(memory_format=torch.channels_last)
        loss = loss_of(net(images), torch.from_numpy(numpy.stack([b[1] for b in batch])))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        late += (loss.item() - late) * 0.02
        if step % 250 == 0:
            print(f"{step} steps, {time.time() - started:.0f} s, loss {late:.4f}", file=sys.stderr)
        if step % MEASURE_EVERY == 0 or step == options.steps:
            net.eval()
            with torch.no_grad():
                print(measure(net), file=sys.stderr)
            net.train()
    net.eval()
    torch.save(net.state_dict(), str(options.out) + ".pt")
    azn.write(options.out, net.layers())
