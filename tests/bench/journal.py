# SPDX-License-Identifier: Apache-2.0
"""The record of a run under way: a file of JSON lines, one for each chunk of pages, from which an interrupted run goes on."""
import json
import os
import pathlib

from drawn import ROOT, BenchError

FORMAT = 1


class Journal:
    """`key` says which run it is: a file of another run, or of other programs, is not taken."""

    def __init__(self, path, key):
        self.path = pathlib.Path(path).absolute()
        self.chunks = {}
        if self.path.resolve().is_relative_to(ROOT):
            raise BenchError("the checkpoint file must lie outside the repository")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.head = json.dumps({"azukari-bench": FORMAT, "key": key}, sort_keys=True)
        self.file = open(self.path, "a+b")  # pylint: disable=consider-using-with
        try:
            self._load()
        except BaseException:
            self.file.close()
            raise

    def _load(self):
        self.file.seek(0)
        text = self.file.read()
        whole = text[:text.rfind(b"\n") + 1]  # the last line may have been cut off
        lines = whole.decode("utf-8").splitlines()
        if not lines:
            self.file.truncate(0)
            self._append(self.head)
            return
        if lines[0] != self.head:
            raise BenchError(f"{self.path} belongs to another run: other options or other programs. "
                             "Name another file, or remove it to begin anew")
        self.file.truncate(len(whole))
        for line in lines[1:]:
            chunk = json.loads(line)
            self.chunks[(chunk["part"], chunk["start"])] = chunk["rows"]

    def _append(self, line):
        self.file.write(line.encode("utf-8") + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())

    def add(self, part, start, rows):
        self.chunks[(part, start)] = rows
        self._append(json.dumps({"part": part, "start": start, "rows": rows}, separators=(",", ":")))

    def close(self):
        self.file.close()


class NoJournal:
    """The same without a file."""

    def __init__(self):
        self.chunks = {}

    def add(self, part, start, rows):
        self.chunks[(part, start)] = rows

    def close(self):
        pass
