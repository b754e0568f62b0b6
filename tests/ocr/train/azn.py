# SPDX-License-Identifier: Apache-2.0
"""Stored networks ("AZN1", see ocr/net/net.h): writes them from float weights, reads them, runs what was stored.

A layer is a dict:
    weight    [out][in / groups][rows][columns]: a torch tensor, a numpy array or nested lists
    bias      [out]; none: zeros
    from_     index of the earlier layer whose output it takes, -1 the network's input; none: the layer before
    add       index of the earlier layer whose output is added before the activation; none or -1: nothing
    stride, dilation    a number, or (vertical, horizontal); 1
    groups    1, or as many as there are channels in and out; 1
    relu      whether negative values become 0; False
    upsample  whether the input is first doubled in both directions, nearest neighbour; False
Each side is padded with dilation * (kernel - 1) / 2 zeros. Neither torch nor numpy is needed to import, write or read.
"""
import math
import pathlib
import struct

MAX_LAYERS, MAX_CHANNELS, MAX_KERNEL, MAX_KERNEL_W, MAX_STRIDE, MAX_DILATION = 64, 256, 7, 31, 4, 16
RELU, DOUBLED = 1, 2
HEADER, LAYER, CHANNEL = struct.Struct("<4sHH"), struct.Struct("<hhHHH8B"), struct.Struct("<ff")


def _plain(values):
    """Nested lists of what may be a tensor or an array."""
    for step in ("detach", "cpu", "tolist"):
        if hasattr(values, step):
            values = getattr(values, step)()
    return values


def _pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def _flat(values):
    return [v for inner in values for v in _flat(inner)] if isinstance(values, list) else [values]


def _need(right, i, what):
    if not right:
        raise ValueError(f"layer {i}: {what}")


def quantise(weights):
    """(scale, whole numbers from -127 to 127) with scale * number nearest to each of the weights."""
    top = max(abs(w) for w in weights)
    # as the file keeps it, so that the numbers are the nearest for that scale
    scale, = struct.unpack("<f", struct.pack("<f", top / 127))
    if scale == 0.0:
        return 0.0, [0] * len(weights)
    return scale, [max(-127, min(127, round(w / scale))) for w in weights]


def encode(layers):
    """The bytes of a network; ValueError where it does not keep to the format."""
    if not 1 <= len(layers) <= MAX_LAYERS:
        raise ValueError("too few or too many layers")
    n_outs, used, body, n_inputs = [], set(), b"", None
    for i, layer in enumerate(layers):
        weight = _plain(layer["weight"])
        n_out, n_each, kernel_h, kernel_w = len(weight), len(weight[0]), len(weight[0][0]), len(weight[0][0][0])
        bias = _plain(layer.get("bias"))
        bias = [0.0] * n_out if bias is None else bias
        groups = layer.get("groups", 1)
        n_in = n_each * groups
        from_ = layer.get("from_", i - 1)
        add = layer.get("add", -1)
        add = -1 if add is None else add
        stride, dilation = _pair(layer.get("stride", 1)), _pair(layer.get("dilation", 1))
        if from_ == -1 and n_inputs is None:
            n_inputs = n_in
        _need(-1 <= from_ < i and -1 <= add < i, i, "from_ and add are earlier layers")
        _need(n_in == (n_inputs if from_ < 0 else n_outs[from_]), i, "as many channels as it is given")
        _need(add < 0 or n_outs[add] == n_out, i, "as many channels as are added")
        _need(1 <= n_in <= MAX_CHANNELS and 1 <= n_out <= MAX_CHANNELS, i, "number of channels")
        _need(groups == 1 or groups == n_in == n_out, i, "groups: 1 or one for each channel")
        _need(kernel_h % 2 == 1 and kernel_w % 2 == 1, i, "odd kernel")
        _need(kernel_h <= MAX_KERNEL and kernel_w <= (MAX_KERNEL_W if kernel_h == 1 else MAX_KERNEL), i, "kernel's size")
        _need(all(1 <= s <= MAX_STRIDE for s in stride), i, "stride")
        _need(all(1 <= d <= MAX_DILATION for d in dilation), i, "dilation")
        _need(len(bias) == n_out, i, "one bias for each output channel")
        flags = (RELU if layer.get("relu") else 0) | (DOUBLED if layer.get("upsample") else 0)
        body += LAYER.pack(from_, add, n_in, n_out, groups, kernel_h, kernel_w, *stride, *dilation, flags, 0)
        for channel, offset in zip(weight, bias):
            values = _flat(channel)
            _need(len(values) == n_each * kernel_h * kernel_w, i, "weights")
            _need(all(math.isfinite(v) for v in values + [offset]), i, "finite weights")
            scale, numbers = quantise(values)
            body += CHANNEL.pack(scale, offset) + struct.pack(f"<{len(numbers)}b", *numbers)
        n_outs.append(n_out)
        used |= {from_, add}
    for i in range(len(layers) - 1):
        _need(i in used, i, "used by a later layer")
    return HEADER.pack(b"AZN1", len(layers), n_inputs) + body


def write(path, layers):
    """Writes a network, its weights as 8-bit numbers with one scale for each output channel."""
    pathlib.Path(path).write_bytes(encode(layers))


def decode(data):
    """(number of input channels, layers as for write()) of a stored network, weights as nested lists."""
    magic, n_layers, n_inputs = HEADER.unpack_from(data)
    if magic != b"AZN1":
        raise ValueError("no network")
    at, layers = HEADER.size, []
    for _ in range(n_layers):
        from_, add, n_in, n_out, groups, kernel_h, kernel_w, *rest = LAYER.unpack_from(data, at)
        at += LAYER.size
        stride, dilation, flags = tuple(rest[0:2]), tuple(rest[2:4]), rest[4]
        weight, bias = [], []
        for _ in range(n_out):
            scale, offset = CHANNEL.unpack_from(data, at)
            at += CHANNEL.size
            numbers = iter(struct.unpack_from(f"<{n_in // groups * kernel_h * kernel_w}b", data, at))
            at += n_in // groups * kernel_h * kernel_w
            weight.append([[[scale * next(numbers) for _ in range(kernel_w)] for _ in range(kernel_h)]
                           for _ in range(n_in // groups)])
            bias.append(offset)
        layers.append({"from_": from_, "add": add, "weight": weight, "bias": bias, "stride": stride, "dilation": dilation,
                       "groups": groups, "relu": bool(flags & RELU), "upsample": bool(flags & DOUBLED)})
    if at != len(data):
        raise ValueError("bytes left over")
    return n_inputs, layers


def read(path):
    """decode() of a file."""
    return decode(pathlib.Path(path).read_bytes())


def fold_batchnorm(conv, bn):
    """(weight, bias) of one convolution that does what @conv and then @bn do in evaluation. torch modules."""
    scale = (bn.weight if bn.affine else 1.0) / (bn.running_var + bn.eps).sqrt()
    offset = bn.bias if bn.affine else 0.0
    bias = 0.0 if conv.bias is None else conv.bias
    return ((conv.weight * scale.reshape(-1, *[1] * (conv.weight.dim() - 1))).detach(),
            ((bias - bn.running_mean) * scale + offset).detach())


def from_conv(conv, bn=None, **more):
    """A layer of a torch.nn.Conv2d and the BatchNorm2d behind it; @more: from_, add, relu, upsample."""
    same = tuple(d * (k - 1) // 2 for d, k in zip(conv.dilation, conv.kernel_size))
    if conv.padding not in ("same", same) or conv.padding_mode != "zeros":
        raise ValueError("padding is not dilation * (kernel - 1) / 2 zeros")
    if bn is not None:
        weight, bias = fold_batchnorm(conv, bn)
    else:
        weight, bias = conv.weight, conv.bias
    return {"weight": weight, "bias": bias, "stride": conv.stride, "dilation": conv.dilation, "groups": conv.groups, **more}


def run(path, array):
    """What the stored network makes of @array, computed by torch: [in][rows][columns], or a batch of these, in and out.

    A tensor is answered by a tensor, anything else by a numpy array."""
    import torch
    from torch.nn import functional

    planes = torch.as_tensor(array, dtype=torch.float32)
    single = planes.dim() == 3
    made = {-1: planes.unsqueeze(0) if single else planes}
    with torch.no_grad():
        for i, layer in enumerate(read(path)[1]):
            x, weight = made[layer["from_"]], torch.tensor(layer["weight"], dtype=torch.float32)
            if layer["upsample"]:
                x = functional.interpolate(x, scale_factor=2, mode="nearest")
            padding = [d * (k - 1) // 2 for d, k in zip(layer["dilation"], weight.shape[2:])]
            x = functional.conv2d(x, weight, torch.tensor(layer["bias"], dtype=torch.float32), layer["stride"], padding,
                                  layer["dilation"], layer["groups"])
            if layer["add"] >= 0:
                x = x + made[layer["add"]]
            made[i] = x.relu() if layer["relu"] else x
    out = made[i][0] if single else made[i]
    return out if isinstance(array, torch.Tensor) else out.numpy()
