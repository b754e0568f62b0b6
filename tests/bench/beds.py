# SPDX-License-Identifier: Apache-2.0
"""Drawn pages on a smaller or larger glass: the same document, less or more of the same lid around it."""

MM_PER_INCH = 25.4
SIZES_MM = {"A5": (148, 210), "A4": (216, 297), "A3": (297, 420)}
MARGIN_PX = 4
LEAST_STRIP_PX = 8


def parse(pnm):
    """(magic, width, height, bytes a pixel, samples) of a page as azukari-corpus writes it."""
    magic, size, depth, samples = pnm.split(b"\n", 3)
    width, height = map(int, size.split())
    n_bytes = {b"P5": 1, b"P6": 3}[magic]
    if depth != b"255" or len(samples) != width * height * n_bytes:
        raise ValueError("no page of azukari-corpus")
    return magic, width, height, n_bytes, samples


def pixels(size, dpi):
    return tuple(round(mm / MM_PER_INCH * dpi) for mm in SIZES_MM[size])


def window(low, high, length, wanted):
    """Where a window of @wanted pixels begins so that low..high lies in its middle as far as the page allows; None if it cannot hold it."""
    if wanted >= length:
        return 0
    if high - low > wanted:
        return None
    return round(min(max((low + high - wanted) / 2, 0), length - wanted))


def lid_rows(box, height):
    """The larger one of the bands above and below the document: rows of nothing but lid."""
    top = max(0, int(min(y for _, y in box)) - MARGIN_PX)
    bottom = min(height, int(max(y for _, y in box)) + MARGIN_PX)
    return (0, top) if top >= height - bottom else (bottom, height)


def on_glass(pnm, box, wanted_width, wanted_height):
    """The page on a glass of that size, or None where the document does not fit or shows no lid to go on with."""
    magic, width, height, n_bytes, samples = parse(pnm)
    x0 = window(min(x for x, _ in box), max(x for x, _ in box), width, wanted_width)
    y0 = window(min(y for _, y in box), max(y for _, y in box), height, wanted_height)
    first, end = lid_rows(box, height)
    if x0 is None or y0 is None or end - first < LEAST_STRIP_PX:
        return None
    rows = []
    for y in range(wanted_height):
        # beyond the page, the band of lid there and back, so that no row stands beside a copy of itself
        step = (y if y < height else y - height) % (2 * (end - first))
        lid_y = first + min(step, 2 * (end - first) - 1 - step)
        lid = samples[lid_y * width * n_bytes:(lid_y + 1) * width * n_bytes]
        row = samples[(y0 + y) * width * n_bytes:(y0 + y + 1) * width * n_bytes] if y0 + y < height else lid
        row = row[x0 * n_bytes:(x0 + wanted_width) * n_bytes]
        while len(row) < wanted_width * n_bytes:
            row += lid[:wanted_width * n_bytes - len(row)]
        rows.append(row)
    return magic + b"\n%d %d\n255\n" % (wanted_width, wanted_height) + b"".join(rows)
