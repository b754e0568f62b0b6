#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How well the words network finds words on strips of pages that it did not learn from.

  judge.py WEIGH-WORDS POOL.npz...     pools of strips.py, with seeds that were not trained on

For thresholds: of the strips that hold a word, in how many it is found, by level; and how many others it is found in:
"alike" are those that strips.py drew on purpose with one character replaced by one that looks like it (個人審号).
"""
import subprocess
import sys

import numpy as np

import classes

WORDS = ["個人番号", "通知カード", "個人番号カード", "電子証明書", "個人番号通知書", "通知書", "公安委員会", "被保険者証", "健康保険", "交付申請書",
         "運転免許証", "免許証", "保険証", "住民票", "続柄", "在留カード", "特定在留カード", "追記欄", "カード", "免許"]
THRESHOLDS = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


def is_alike(text, word):
    """Whether @word stands in @text but for one character that looks like the right one."""
    for at in range(len(text) - len(word) + 1):
        odd = [(a, b) for a, b in zip(text[at:], word) if a != b]
        if len(odd) == 1 and odd[0][0] in classes.CONFUSABLE.get(odd[0][1], ""):
            return True
    return False


def main():
    notes, stream = [], []
    for path in sys.argv[2:]:
        data = np.load(path)
        x = 0
        for width, note in zip(data["widths"], data["notes"]):
            stream += [np.uint32(width).tobytes(), np.ascontiguousarray(data["grey"][:, x:x + width]).tobytes()]
            notes.append(str(note).split("\t"))
            x += width
    out = subprocess.run([sys.argv[1]] + WORDS, input=b"".join(stream), stdout=subprocess.PIPE, check=True).stdout
    scores = np.array([[float(v) for v in line.split()] for line in out.decode().splitlines()])
    levels = np.array([level for level, _, _ in notes])
    print("%d strips" % len(notes))
    for i, word in enumerate(WORDS):
        there = np.array([word in text for _, _, text in notes])
        alike = ~there & np.array([is_alike(text, word) for _, _, text in notes])
        rows = [("right, " + level, there & (levels == level)) for level in ("easy", "medium", "hard", "drawn")] 
        rows += [("alike", alike), ("wrong", ~there & ~alike)]
        for name, of in rows:
            if of.any():
                print("%-10s %-14s of %5d: " % (word, name, of.sum())
                      + "  ".join("%.1f: %d" % (t, (scores[of, i] >= t).sum()) for t in THRESHOLDS))
        for k in np.argsort(-np.where(there | alike, 0, scores[:, i]))[:3]:
            if scores[k, i] > 0.3 and not there[k] and not alike[k]:
                print("    taken for it with %.2f: %s" % (scores[k, i], notes[k][2]))


if __name__ == "__main__":
    main()
