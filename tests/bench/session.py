# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks have in common: options, how one begins, fails and ends, the probe that has pages read in readers of their own."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import drawn
from drawn import ROOT, BenchError
from tables import load

PROBE = "tests/bench/reader-probe"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def add_page_options(parser):
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, metavar="N", help="index of the first page (default 0)")
    parser.add_argument("--purpose", choices=["training", "tuning", "test"], default="test", help="range of seeds")


def add_build_option(parser):
    parser.add_argument("--build", type=pathlib.Path, metavar="DIR", help="built programs (default build, brought up to date)")


def add_core_option(parser):
    parser.add_argument("--core", type=int, default=0, metavar="N", help="the core that everything runs on (default 0)")


def run(options, programs, measure):
    """(what @measure (build, children) gave, seconds, load before), or None after saying why it could not run; @programs are built."""
    build = (options.build or ROOT / "build").resolve()
    started, children, load_before = time.monotonic(), drawn.Children(), load()
    try:
        if options.build is None:
            drawn.bring_up_to_date(build, programs)
        return measure(build, children), time.monotonic() - started, load_before
    except (BenchError, OSError, subprocess.CalledProcessError, ValueError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return None
    finally:
        children.stop()


def publish(text, path):
    print(text, end="")
    if path:
        path.write_text(text, "utf-8")


def probe(children, build, core, *arguments, given=None):
    """reader-probe's answers, one for each page or start."""
    code, out, errors = children.run(["taskset", "-c", core, build / PROBE, build / drawn.READER, *arguments],
                                     dict(os.environ, LC_ALL="C.UTF-8"), given)
    if code != 0:
        raise BenchError(errors.strip()[-300:] or f"reader-probe ended with {code}")
    return [json.loads(line) for line in out.splitlines()]


def exit_with(main):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that the drawn pages are removed
    sys.exit(main(sys.argv[1:]))
