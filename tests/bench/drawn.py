# SPDX-License-Identifier: Apache-2.0
"""Pages from azukari-corpus: built programs, folders that vanish, child processes that end with the benchmark."""
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CORPUS = "tests/corpus/azukari-corpus"
CTL = "app/ctl/azukarictl"
READER = "ocr/azukari-reader"
SHARED_MEMORY = pathlib.Path("/dev/shm")
LEVELS = ["easy", "medium", "hard"]
DPIS = [200, 300, 400, 600]


class BenchError(Exception):
    """The benchmark itself could not run."""


class Children:
    """Runs programs and can end them all, from any thread."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()
        self.is_over = False

    def run(self, command, environment=None, given=None):
        """(exit code, standard output, standard error) of a program; BenchError once stop() was called."""
        with self.lock:
            if self.is_over:
                raise BenchError("stopped")
            process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
                                       env=environment)
            self.running.add(process)
        try:
            out, errors = process.communicate(given.encode() if given is not None else None)
        finally:
            with self.lock:
                self.running.discard(process)
        return process.returncode, out.decode("utf-8", "replace"), errors.decode("utf-8", "replace")

    def stop(self):
        with self.lock:
            self.is_over = True
            for process in self.running:
                with contextlib.suppress(OSError):
                    process.terminate()


def bring_up_to_date(build, targets):
    if not (build / "build.ninja").exists():
        subprocess.run([str(ROOT / "tools/setup")], check=True)
        subprocess.run(["meson", "setup", str(build), str(ROOT)], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["ninja", "-C", str(build), *targets], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError("the programs could not be built:\n" + done.stdout[-2000:])


def programs_digest(build):
    """Tells whether pages were drawn and read by the same programs."""
    digest = hashlib.sha256()
    for program in (CORPUS, CTL, READER):
        path = build / program
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]


def scratch_root(n_bytes):
    """Where to draw `n_bytes` of pages: in memory when there is room, else where TMPDIR says."""
    if "TMPDIR" in os.environ:
        return None
    try:
        has_room = os.access(SHARED_MEMORY, os.W_OK) and shutil.disk_usage(SHARED_MEMORY).free > n_bytes
    except OSError:
        return None
    return str(SHARED_MEMORY) if has_room else None


@contextlib.contextmanager
def pages(children, build, arguments, start, count, n_bytes):
    """A folder with `count` pages, and their truths; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="azukari-bench-", dir=scratch_root(n_bytes)) as name:
        folder = pathlib.Path(name)
        yield folder, draw(children, build, folder, arguments, start, count)


def draw(children, build, folder, arguments, start, count):
    code, _, errors = children.run([build / CORPUS, "--out", folder, "--start", start, "--count", count, *arguments])
    if code != 0:
        raise BenchError(errors.strip() or f"azukari-corpus ended with {code}")
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]


def kinds_offered(children, build, names, expect):
    """Those of `names` that azukari-corpus can draw and that are to be accepted or refused, as `expect` says."""
    offered = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="azukari-bench-") as folder:
            code, _, errors = children.run([build / CORPUS, "--out", folder, "--kind", name, "--page", "card", "--dpi",
                                            200, "--purpose", "tuning"])
            if code == 0:
                truth = json.loads((pathlib.Path(folder) / "truth.jsonl").read_text("utf-8").splitlines()[0])
                if truth["expect"] == expect:
                    offered.append(name)
            elif code != 1:
                raise BenchError(errors.strip() or f"azukari-corpus ended with {code}")
    return offered
