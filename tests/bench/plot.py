# SPDX-License-Identifier: Apache-2.0
"""Two small plots as SVG: grouped bars in per cent, and marks on a logarithmic axis of milliseconds."""
import math
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT = 900, 330, 60
BAR, BAR_GAP, GROUP_GAP = 9, 1, 12
ROW = 26
COLOURS = ["#1b6ca8", "#e0912f", "#8a4fa3"]  # told apart without colour by their order, the legend's own
INK, FAINT = "#222222", "#cccccc"


class Canvas:
    """Collects elements; y grows downwards."""

    def __init__(self):
        self.parts, self.y = [], 0

    def text(self, x, y, words, size=12, anchor="start", weight="normal"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" '
                          f'fill="{INK}">{escape(words)}</text>')

    def line(self, x0, y0, x1, y1, colour=FAINT, width=1):
        self.parts.append(f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}" '
                          f'stroke-width="{width}"/>')

    def box(self, x, y, width, height, colour):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{colour}"/>')

    def dot(self, x, y, colour):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>')

    def legend(self, names):
        x = LEFT
        for name, colour in zip(names, COLOURS):
            self.box(x, self.y - 10, 11, 11, colour)
            self.text(x + 16, self.y, name)
            x += 30 + 7 * len(name)
        self.y += 14

    def finish(self, title):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.y:.0f}" width="{WIDTH}" '
                f'height="{self.y:.0f}" font-family="sans-serif" role="img"><title>{escape(title)}</title>'
                f'<rect width="{WIDTH}" height="{self.y:.0f}" fill="#ffffff"/>' + "\n".join(self.parts) + "</svg>\n")


def bars(canvas, title, groups, series):
    """@groups: (name, a share 0..1 or None for each of @series)."""
    canvas.y += 26
    canvas.text(16, canvas.y, title, 15, weight="bold")
    canvas.y += 20
    canvas.legend(series)
    span, top = WIDTH - LEFT - RIGHT, canvas.y
    height = len(groups) * (len(series) * (BAR + BAR_GAP) + GROUP_GAP)
    for tick in range(0, 101, 20):
        x = LEFT + span * tick / 100
        canvas.line(x, top, x, top + height)
        canvas.text(x, top + height + 14, f"{tick} %", 11, "middle")
    for name, shares in groups:
        canvas.y += GROUP_GAP / 2
        canvas.text(LEFT - 8, canvas.y + len(series) * (BAR + BAR_GAP) / 2 + 4, name, anchor="end")
        for share, colour in zip(shares, COLOURS):
            if share is not None:
                canvas.box(LEFT, canvas.y, span * share, BAR, colour)
                canvas.text(LEFT + span * share + 4, canvas.y + BAR - 1, f"{100 * share:.0f}", 9)
            canvas.y += BAR + BAR_GAP
        canvas.y += GROUP_GAP / 2
    canvas.y = top + height + 24


def decades(values):
    """The powers of ten around @values."""
    return range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)


def marks(canvas, title, rows, series):
    """@rows: (name, (median, p95) in ms or None for each of @series), on a logarithmic axis: a dot and a line to the p95."""
    canvas.y += 26
    canvas.text(16, canvas.y, title, 15, weight="bold")
    canvas.y += 20
    canvas.legend(series)
    values = [max(value, 0.1) for _, pairs in rows for pair in pairs if pair for value in pair]
    if not values:
        return
    ticks, top, span = decades(values), canvas.y, WIDTH - LEFT - RIGHT
    first, n_decades = ticks[0], max(ticks[-1] - ticks[0], 1)

    def place(value):
        return LEFT + span * (math.log10(max(value, 0.1)) - first) / n_decades

    height = ROW * len(rows) + 6
    for power in range(first, first + n_decades + 1):
        x = place(10.0 ** power)
        canvas.line(x, top, x, top + height)
        canvas.text(x, top + height + 14, f"{10.0 ** power:g} ms", 11, "middle")
    for name, pairs in rows:
        canvas.y += ROW
        canvas.text(LEFT - 8, canvas.y - 8, name, anchor="end")
        for i, (pair, colour) in enumerate(zip(pairs, COLOURS)):
            if pair:
                y = canvas.y - 17 + 10 * i
                canvas.line(place(pair[0]), y, place(pair[1]), y, colour, 2)
                canvas.dot(place(pair[0]), y, colour)
                canvas.text(place(pair[1]) + 8, y + 3, f"{pair[0]:.0f}" if pair[0] >= 20 else f"{pair[0]:.1f}", 9)
    canvas.y = top + height + 24
