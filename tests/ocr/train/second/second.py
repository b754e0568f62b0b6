# SPDX-License-Identifier: Apache-2.0
"""The second recogniser's network: trains it on what second-lines wrote, stores it, and says how well it reads.

    second.py train OUT.azn STATE STEADY-STEPS FADING-STEPS FILE...
    second.py judge MODEL.azn FILE...
"""
import pathlib
import struct
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import azn  # noqa: E402

ROWS, STRIDE, N_CLASSES = 40, 4, 10
WINDOW, BATCH, RATE = 256, 32, 4e-3
NEAR, FAR, FLOOR, LIMIT = 12, 44, 6.0, 4.0  # as in ocr/number/line-second.c
PLAIN, FAINT, UNEVEN, GAP, TEMPERATURE = 0.40, 0.30, 1.7, 1.15, 1.0  # likewise
SURE = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999)
LEVELS = ("easy", "medium", "hard")

# kernel, stride, output channels, depthwise, ReLU, index of the layer that is added
LAYERS = (
    ((5, 5), (2, 2), 16, False, True, None),
    ((3, 3), (2, 2), 32, False, True, None),
    ((3, 3), (3, 1), 64, False, True, None),
    ((3, 3), (1, 1), 64, True, False, None),
    ((1, 1), (1, 1), 64, False, True, 2),
    ((1, 1), (1, 1), 96, False, True, None),
    ((7, 1), (4, 1), 96, True, False, None),
    ((1, 1), (1, 1), 64, False, True, None),
    ((1, 5), (1, 1), 64, False, True, 7),
    ((1, 3), (1, 1), N_CLASSES + 1, False, False, None),
)


class Second(nn.Module):
    """[batch][2][40][width] -> [batch][11][width / 4]: how much each column looks like 0 to 9, and like a digit's middle."""

    def __init__(self):
        super().__init__()
        self.convs, self.norms, n_in = nn.ModuleList(), nn.ModuleList(), 2
        for i, (kernel, stride, n_out, depthwise, _relu, _add) in enumerate(LAYERS):
            last = i == len(LAYERS) - 1
            padding = tuple((k - 1) // 2 for k in kernel)
            self.convs.append(nn.Conv2d(n_in, n_out, kernel, stride, padding, groups=n_in if depthwise else 1, bias=last))
            self.norms.append(nn.Identity() if last else nn.BatchNorm2d(n_out))
            n_in = n_out
        nn.init.constant_(self.convs[-1].bias[N_CLASSES:], -2.0)

    def forward(self, x):
        made = []
        for conv, norm, (*_, relu, add) in zip(self.convs, self.norms, LAYERS):
            x = norm(conv(x))
            if add is not None:
                x = x + made[add]
            x = functional.relu(x) if relu else x
            made.append(x)
        return x[:, :, 0]

    def layers(self):
        """As azn.write() takes them."""
        last = len(LAYERS) - 1
        return [azn.from_conv(conv, None if i == last else norm, relu=relu, add=add)
                for i, (conv, norm, (*_, relu, add)) in enumerate(zip(self.convs, self.norms, LAYERS))]


def read_lines(path):
    """[(samples, [(from, to, digit)], number or "", level)]"""
    data, at, lines = pathlib.Path(path).read_bytes(), 0, []
    while at + 20 <= len(data):
        width, rows, level, n_digits, number, _role, _ = struct.unpack_from("<HBBBBBB", data, at)
        end = at + 20 + 12 * n_digits + width * rows
        if end > len(data):
            break
        digits = [struct.unpack_from("<ffI", data, at + 20 + 12 * i) for i in range(n_digits)]
        text = data[at + 8:at + 20].decode() if number else ""
        lines.append((np.frombuffer(data, np.uint8, width * rows, end - width * rows).reshape(rows, width), digits, text, level))
        at = end
    return lines


def normalised(grey):
    """What the network is given of [batch][rows][width]: how much darker than the columns about it, near and far."""
    rows, width = grey.shape[1:]
    sums = torch.stack([grey.sum(1), (grey * grey).sum(1)]).double()
    sums = functional.pad(sums.cumsum(-1), (1, 0))
    columns, planes = torch.arange(width), []
    for reach in (NEAR, FAR):
        low, high = (columns - reach).clamp(min=0), (columns + reach + 1).clamp(max=width)
        mean, square = (sums[..., high] - sums[..., low]) / ((high - low) * rows)
        spread = (square - mean * mean).clamp(min=0).add(FLOOR * FLOOR).sqrt()
        planes.append(((mean[:, None] - grey) / spread[:, None]).float().clamp(-LIMIT, LIMIT))
    return torch.stack(planes, 1)


def worn(grey, random):
    """The same lines once more worn: light, blur, fading, marks, noise."""
    batch, rows, width = grey.shape
    grey = grey.clone()
    for i in range(batch):
        line, dice = grey[i], random.random
        if dice() < 0.3:
            line = 255 * (line / 255) ** (2.0 ** random.uniform(-1, 1))
        if dice() < 0.35:
            paper, keep = line.mean(), random.uniform(0.45, 1.0)
            if dice() < 0.5:  # one end only
                ramp = torch.linspace(0, 1, width)
                keep = 1 - (1 - keep) * (ramp if dice() < 0.5 else 1 - ramp)
            line = paper + (line - paper) * keep
        if dice() < 0.25:
            sigma = random.uniform(0.4, 1.1)
            kernel = torch.exp(-0.5 * (torch.arange(-3.0, 4.0) / sigma) ** 2)
            kernel = kernel / kernel.sum()
            line = functional.conv2d(functional.pad(line[None, None], (3, 3, 3, 3), mode="replicate"),
                                     kernel[None, None, :, None] * kernel[None, None, None, :])[0, 0]
        if dice() < 0.15:  # a mark or a scratch right across
            x, slope = random.uniform(0, width), random.uniform(-1.5, 1.5)
            columns = (x + slope * torch.arange(rows)).long().clamp(0, width - 1)
            line = line.clone()
            line[torch.arange(rows), columns] += float(random.uniform(-70, 70))
        if dice() < 0.1:
            line = line.clone()
            line[int(random.integers(0, rows))] += float(random.uniform(-50, 50))
        if dice() < 0.5:
            line = line + torch.from_numpy(random.normal(0, random.uniform(1, 9), (rows, width)).astype(np.float32))
        grey[i] = line
    return grey.clamp(0, 255).round()


def batches(lines, size, random):
    """Windows of WINDOW columns anywhere on the lines, often at their beginning, narrower lines filled up with their own edge."""
    order = random.permutation(len(lines))
    for group in (order[i:i + size] for i in range(0, len(order) - size + 1, size)):
        grey, truths = np.empty((size, ROWS, WINDOW), np.float32), []
        for row, i in enumerate(group):
            samples, digits = lines[i][:2]
            start = int(random.integers(0, max(1, samples.shape[1] - WINDOW + 1)))
            start = 0 if random.random() < 0.3 else start  # where labels stand
            part = samples[:, start:start + WINDOW]
            grey[row] = np.pad(part, ((0, 0), (0, WINDOW - part.shape[1])), mode="edge")
            truths.append([(a - start, b - start, value) for a, b, value in digits])
        yield torch.from_numpy(grey), truths


def loss_of(out, truths):
    batch, _, n_columns = out.shape
    distance, digit = torch.full((batch, n_columns), 99.0), torch.zeros((batch, n_columns), dtype=torch.long)
    columns = torch.arange(n_columns)
    for i, truth in enumerate(truths):
        for start, end, value in truth:
            away = (columns - ((start + end) / 2 - 0.5) / STRIDE).abs()
            nearer = away < distance[i]
            distance[i][nearer] = away[nearer]
            digit[i][nearer] = value
    middle, off = distance <= 0.55, distance >= 1.1
    centre = functional.binary_cross_entropy_with_logits(out[:, N_CLASSES], middle.float(), reduction="none")
    centre = (centre * (2.0 * middle + 3.0 * off)).sum() / middle.sum().clamp(min=1)
    inside = distance <= 0.8
    names = functional.cross_entropy(out[:, :N_CLASSES].permute(0, 2, 1)[inside], digit[inside])
    return names + 0.5 * centre


def decode(out):
    """(twelve digits or "", how sure of each) of one line's [11][columns]; as ocr/number/line-second.c does it."""
    share = 1 / (1 + np.exp(-out[N_CLASSES]))
    tops = [x for x in range(1, len(share) - 1) if share[x] >= share[x - 1] and share[x] > share[x + 1]]
    peaks = [x for x in tops if share[x] >= PLAIN]
    if len(peaks) != 12:
        return "", None
    at = np.array([share[x - 1:x + 2] @ np.arange(x - 1, x + 2) / share[x - 1:x + 2].sum() for x in peaks])
    steps = np.diff(at)
    between, within = steps[[3, 7]], np.delete(steps, [3, 7])
    start, end = int(np.floor(at[0] - between.max())) - 1, int(np.ceil(at[11] + between.max())) + 1
    if (within.max() > UNEVEN * within.min() or between.min() < GAP * within.max() or between.max() > UNEVEN * between.min()
            or start < 0 or end > len(share) - 1 or sum(share[x] >= FAINT for x in tops if start <= x <= end) != 12):
        return "", None
    names = np.stack([out[:N_CLASSES, x - 1:x + 2] @ share[x - 1:x + 2] / share[x - 1:x + 2].sum() for x in peaks])
    names = np.exp((names - names.max(1, keepdims=True)) / TEMPERATURE)
    names /= names.sum(1, keepdims=True)
    return "".join(str(d) for d in names.argmax(1)), names.max(1)


def stored(path):
    """What the stored network answers to a line's planes, read once."""
    layers = [(layer, torch.tensor(layer["weight"]), torch.tensor(layer["bias"])) for layer in azn.read(path)[1]]

    def answer(planes):
        made = {-1: planes}
        with torch.no_grad():
            for i, (layer, weight, bias) in enumerate(layers):
                padding = [(k - 1) // 2 for k in weight.shape[2:]]
                x = functional.conv2d(made[layer["from_"]], weight, bias, layer["stride"], padding, 1, layer["groups"])
                x = x + made[layer["add"]] if layer["add"] >= 0 else x
                made[i] = x.relu() if layer["relu"] else x
        return x[0, :, 0].numpy()
    return answer


def judge(answer, paths):
    """Lines read whole, by level; and how often a digit that is so sure is right."""
    counts, bins = np.zeros((4, 4), int), np.zeros((len(SURE), 2), int)
    for path in paths:
        for samples, digits, text, level in read_lines(path):
            out = answer(normalised(torch.from_numpy(samples.astype(np.float32))[None]))
            number, sure = decode(out)
            counts[level if text else 3] += (1, number != "" and number == text, number not in ("", text), number == "")
            if number and text:
                for i in range(12):
                    bins[np.searchsorted(SURE, sure[i], "right") - 1] += (1, number[i] == text[i])
    for name, (n, right, wrong, none) in zip(LEVELS + ("no number",), counts):
        print(f"{name}: {n} lines, right {right}, wrong {wrong}, no reading {none}")
    for low, (n, right) in zip(SURE, bins):
        print(f"digits at least {low} sure: {n}, right {right}", flush=True)


def train(path, state_path, n_steady, n_fading, files):
    """@n_steady steps at one rate of learning, then @n_fading down to none. Goes on from @state_path if that is there."""
    random = np.random.default_rng(1)
    torch.manual_seed(1)
    model, step, total, started = Second().to(memory_format=torch.channels_last), 0, 0.0, time.monotonic()
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=1e-2)
    if pathlib.Path(state_path).exists():
        state = torch.load(state_path)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
        random = np.random.default_rng(step)
    while step < n_steady + n_fading:
        lines = [line for name in files for line in read_lines(name)]
        print(f"{len(lines)} lines", flush=True)
        for grey, truths in batches(lines, BATCH, random):
            fading = min(1.0, (n_steady + n_fading - step) / n_fading)
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(1.0, (step + 1) / 60) * fading
            model.train()
            planes = normalised(worn(grey, random)).contiguous(memory_format=torch.channels_last)
            loss = loss_of(model(planes), truths)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimiser.step()
            total, step = total + loss.item(), step + 1
            if step % 50 == 0 or step == n_steady + n_fading:
                print(f"{step}: {total / 50:.4f} {time.monotonic() - started:.0f} s", flush=True)
                total = 0.0
                torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, state_path)
                model.eval()
                azn.write(path, model.layers())
            if step == n_steady + n_fading:
                break


def main():
    torch.set_num_threads(1)
    if sys.argv[1] == "train":
        train(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6:])
    else:
        judge(stored(sys.argv[2]), sys.argv[3:])


main()
