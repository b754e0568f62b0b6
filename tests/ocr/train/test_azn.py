#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""azn.py: what it writes is what the reader's engine runs. Needs neither torch nor numpy.

    AZUKARI_TEST_NET=…/test-net test_azn.py    the tests
    test_azn.py --corpus FOLDER                small networks for the fuzz target to start from"""
import array
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import azn


def tensor(source, *shape):
    if not shape:
        return source.uniform(-1, 1)
    return [tensor(source, *shape[1:]) for _ in range(shape[0])]


def some_layers(seed):
    """A small network with a layer of each kind; two planes of even sizes in, three out."""
    source = random.Random(seed)
    return [
        {"weight": tensor(source, 4, 2, 5, 3), "bias": tensor(source, 4), "relu": True, "from_": -1},
        {"weight": tensor(source, 4, 1, 3, 3), "bias": tensor(source, 4), "groups": 4, "stride": 2, "dilation": (1, 2)},
        {"weight": tensor(source, 4, 4, 1, 9), "bias": tensor(source, 4), "add": 1, "relu": True},
        {"weight": tensor(source, 4, 4, 3, 3), "add": 0, "relu": True, "upsample": True},
        {"weight": tensor(source, 3, 4, 1, 1), "bias": tensor(source, 3), "stride": (1, 3)},
    ]


def plain_run(layers, planes):
    """The layers one value after another, as net.h says."""
    made = {-1: planes}
    for i, layer in enumerate(layers):
        x, weight = made[layer["from_"]], layer["weight"]
        factor = 2 if layer["upsample"] else 1
        height, width = len(x[0]) * factor, len(x[0][0]) * factor
        (stride_y, stride_x), (dilation_y, dilation_x) = layer["stride"], layer["dilation"]
        kernel_h, kernel_w = len(weight[0][0]), len(weight[0][0][0])

        def value(out, y, x_out):
            total = layer["bias"][out]
            for each in range(len(weight[0])):
                plane = x[out if layer["groups"] > 1 else each]
                for ky in range(kernel_h):
                    for kx in range(kernel_w):
                        at_y = y * stride_y + (ky - kernel_h // 2) * dilation_y
                        at_x = x_out * stride_x + (kx - kernel_w // 2) * dilation_x
                        if 0 <= at_y < height and 0 <= at_x < width:
                            total += weight[out][each][ky][kx] * plane[at_y // factor][at_x // factor]
            if layer["add"] >= 0:
                total += made[layer["add"]][out][y][x_out]
            return max(total, 0.0) if layer["relu"] else total

        made[i] = [[[value(out, y, x_out) for x_out in range((width - 1) // stride_x + 1)]
                    for y in range((height - 1) // stride_y + 1)] for out in range(len(weight))]
    return made[len(layers) - 1]


def flat(values):
    return [v for inner in values for v in flat(inner)] if isinstance(values, list) else [values]


class Azn(unittest.TestCase):
    def test_quantise_is_near(self):
        weights = tensor(random.Random(1), 100)
        scale, numbers = azn.quantise(weights)
        self.assertEqual(max(abs(n) for n in numbers), 127)
        for weight, number in zip(weights, numbers):
            self.assertLessEqual(abs(weight - scale * number), scale * 0.5001)
        self.assertEqual(azn.quantise([0.0, 0.0]), (0.0, [0, 0]))

    def test_reads_what_it_wrote(self):
        layers = some_layers(2)
        n_inputs, again = azn.decode(azn.encode(layers))
        self.assertEqual(n_inputs, 2)
        self.assertEqual(len(again), len(layers))
        for layer, read in zip(layers, again):
            self.assertEqual(bool(layer.get("relu")), read["relu"])
            self.assertEqual(bool(layer.get("upsample")), read["upsample"])
            for weight, stored in zip(flat(layer["weight"]), flat(read["weight"])):
                self.assertAlmostEqual(weight, stored, delta=1 / 250)
        self.assertEqual([read["from_"] for read in again], [-1, 0, 1, 2, 3])
        self.assertEqual([read["add"] for read in again], [-1, -1, 1, 0, -1])
        self.assertEqual(again[1]["stride"], (2, 2))
        self.assertEqual(again[1]["dilation"], (1, 2))
        with self.assertRaises(ValueError):
            azn.decode(azn.encode(layers) + b"\0")

    def test_engine_agrees(self):
        source = random.Random(3)
        with tempfile.TemporaryDirectory() as folder:
            for seed, (width, height) in enumerate([(12, 8), (2, 2), (26, 4)]):
                path = pathlib.Path(folder) / "some.azn"
                azn.write(path, some_layers(seed))
                planes = tensor(source, 2, height, width)
                expected = flat(plain_run(azn.read(path)[1], planes))
                result = subprocess.run([os.environ["AZUKARI_TEST_NET"], "--run", path, str(width), str(height)],
                                        input=array.array("f", flat(planes)).tobytes(), stdout=subprocess.PIPE, check=True)
                got = array.array("f", result.stdout)
                self.assertEqual(len(got), len(expected))
                for a, b in zip(got, expected):
                    self.assertAlmostEqual(a, b, delta=1e-4 * max(1.0, abs(b)))

    def test_refuses(self):
        kernel = tensor(random.Random(4), 2, 2, 3, 3)
        good = {"weight": kernel, "from_": -1}
        for wrong in ([], [good] * 65, [{**good, "from_": 0}], [good, {**good, "add": 1}], [good, good],
                      [{**good, "weight": tensor(random.Random(5), 2, 2, 2, 3)}],
                      [{**good, "weight": tensor(random.Random(5), 2, 2, 3, 9)}],
                      [{**good, "stride": 5}], [{**good, "dilation": (1, 17)}], [{**good, "groups": 2}],
                      [{**good, "bias": [1.0]}], [{**good, "bias": [1.0, float("nan")]}],
                      [good, {"weight": tensor(random.Random(5), 2, 3, 1, 1)}]):
            with self.assertRaises(ValueError):
                azn.encode(wrong)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--corpus":
        corpus = pathlib.Path(sys.argv[2])
        corpus.mkdir(exist_ok=True)
        azn.write(corpus / "some.azn", some_layers(1))
        azn.write(corpus / "one.azn", [{"weight": [[[[1.0]]]]}])
    else:
        unittest.main()
