# SPDX-License-Identifier: Apache-2.0
"""The digit model's network: for PyTorch to train, and written as the "lstm" part of a Tesseract model.

All layers are Tesseract's own (VGSL): convolutions with tanh, max pooling, stacked rows, softmax with CTC. What Tesseract
does differently from a textbook is done here likewise: what lies outside a picture is noise, not zeros.
"""
import struct

import torch
from torch import nn
from torch.nn import functional

N_CODES = 13  # of the unicharset: space, Joined, null, then 0 to 9
NULL_CODE = 2
FIRST_DIGIT_CODE = 3
N_ROWS = 37  # of a prepared line

# VGSL name of each layer, what PyTorch makes of it is below
LAYERS = ("S2,2", "Ct3,3,16", "Mp2,2", "Ct3,3,32", "Mp3,1", "Ct3,3,48", "S3,1", "Ct1,5,64", f"O1c{N_CODES}")
X_SCALE = 4

TYPE_NONE, TRAINING_DISABLED = 0, 0
TYPE_NAMES = {"input": "Input", "convolve": "Convolve", "maxpool": "Maxpool", "series": "Series",
              "reconfig": "Reconfig", "tanh": "Tanh", "softmax": "Softmax"}
LOSS_CTC = 1
DOUBLES = 128  # mode of a weight matrix
FLAG_RECODING = 64


def numbers(layer):
    return [int(part) for part in layer.lstrip("CtMpSO").split(",")]


class NoisyConv(nn.Module):
    """A convolution without a bias of its own (the norm has one); sees noise beyond the picture's edges."""

    def __init__(self, n_in, n_out, height, width):
        super().__init__()
        self.pad = (height // 2, width // 2)
        self.conv = nn.Conv2d(n_in, n_out, (height, width), bias=False)
        self.norm = nn.BatchNorm2d(n_out)

    def forward(self, x):
        pad_y, pad_x = self.pad
        if pad_y or pad_x:
            x = functional.pad(x, (pad_x, pad_x, pad_y, pad_y))
            edges = torch.zeros(x.shape[2:])
            edges[:pad_y] = edges[x.shape[2] - pad_y:] = 1
            edges[:, :pad_x] = edges[:, x.shape[3] - pad_x:] = 1
            y_at, x_at = edges.nonzero(as_tuple=True)
            x[:, :, y_at, x_at] = torch.rand(*x.shape[:2], len(y_at)) * 2 - 1
        return torch.tanh(self.norm(self.conv(x)))

    def folded(self):
        """Weights and biases with the norm in them."""
        scale = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        return self.conv.weight * scale[:, None, None, None], self.norm.bias - self.norm.running_mean * scale


class Stack(nn.Module):
    """Neighbours become features of one place: column after column, each from top to bottom, each with all its features."""

    def __init__(self, height, width):
        super().__init__()
        self.height, self.width = height, width

    def forward(self, x):
        n, c, h, w = x.shape
        rows, columns = h // self.height, w // self.width
        x = x[:, :, :rows * self.height, :columns * self.width]
        x = x.reshape(n, c, rows, self.height, columns, self.width).permute(0, 5, 3, 1, 2, 4)
        return x.reshape(n, self.width * self.height * c, rows, columns)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers, depth, rows = [], 1, N_ROWS
        for layer in LAYERS[:-1]:
            if layer.startswith("C"):
                y, x, n_out = numbers(layer)
                layers.append(NoisyConv(depth, n_out, y, x))
                depth = n_out
            elif layer.startswith("M"):
                y, x = numbers(layer)
                layers.append(nn.MaxPool2d((y, x)))
                rows //= y
            else:
                y, x = numbers(layer)
                layers.append(Stack(y, x))
                depth *= y * x
                rows //= y
        assert rows == 1
        self.body = nn.Sequential(*layers)
        self.output = nn.Conv2d(depth, N_CODES, 1)

    def forward(self, x):
        return self.output(self.body(x))[:, :, 0, :]


def text(value):
    return struct.pack("<I", len(value)) + value.encode()


def node(kind, name, n_in, n_out, n_weights=0):
    return (struct.pack("<b", TYPE_NONE) + text(TYPE_NAMES[kind]) + struct.pack("<bb", TRAINING_DISABLED, 1)
            + struct.pack("<iiii", 0, n_in, n_out, n_weights) + text(name))


def series(name, n_in, n_out, n_weights, parts):
    return node("series", name, n_in, n_out, n_weights) + struct.pack("<I", len(parts)) + b"".join(parts)


def connected(kind, name, weight, bias):
    """Tesseract stacks a window's columns from left to right, each from top to bottom, each with all features."""
    matrix = torch.cat([weight.permute(0, 3, 2, 1).reshape(weight.shape[0], -1), bias[:, None]], 1).double()
    n_out, n_in = matrix.shape[0], matrix.shape[1] - 1
    return (node(kind, name, n_in, n_out, matrix.numel())
            + struct.pack("<B", DOUBLES) + struct.pack("<IId", n_out, n_in + 1, 0.0)
            + matrix.detach().numpy().astype("<f8").tobytes()), matrix.numel()


def lstm_part(net, n_iterations):
    """The bytes of the float model; combine_tessdata -c makes it one of whole numbers."""
    shape = struct.pack("<iiiii", 1, N_ROWS, 0, 1, 0)
    # an input counts its rows as inputs, and pictures are scaled to that height
    parts, total, depth = [node("input", "Input", N_ROWS, 1) + shape], 0, 1
    for layer, module in zip(LAYERS[:-1], net.body):
        size = numbers(layer)
        if isinstance(module, NoisyConv):
            weight, bias = module.folded()
            n_window = depth * size[0] * size[1]
            one_by_one = size[0] == size[1] == 1
            full, n_weights = connected("tanh", "Conv1x1" if one_by_one else "ConvNL", weight, bias)
            if one_by_one:
                parts.append(full)
            else:
                window = node("convolve", "Convolve", depth, n_window) + struct.pack("<ii", size[1] // 2, size[0] // 2)
                parts.append(series("ConvSeries", depth, size[2], n_weights, [window, full]))
            depth = size[2]
            total += n_weights
        elif isinstance(module, nn.MaxPool2d):
            parts.append(node("maxpool", "Maxpool", depth, depth) + struct.pack("<ii", size[1], size[0]))
        else:
            parts.append(node("reconfig", "Reconfig", depth, depth * size[0] * size[1]) + struct.pack("<ii", size[1], size[0]))
            depth *= size[0] * size[1]
    full, n_weights = connected("softmax", "Output", net.output.weight, net.output.bias)
    parts.append(full)
    whole = series("Series", N_ROWS, N_CODES, total + n_weights, parts)
    spec = f"[1,{N_ROWS},0,1 {' '.join(LAYERS)}]"
    return (whole + text(spec) + struct.pack("<iiii", FLAG_RECODING, n_iterations, n_iterations, NULL_CODE)
            + struct.pack("<fff", 0.999, 0.001, 0.5))
