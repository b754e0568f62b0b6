#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Short versions of what tools/faults does for long.

    tests/faults/test-faults.py BUILD PART        prints TAP; PART: kill, disk or tpm
"""
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import disk  # noqa: E402
import kill  # noqa: E402
import tpm  # noqa: E402
from kinds import KILLED  # noqa: E402

KILLS = 3


def kill_cases(build):
    for name in KILLED:
        yield f"kill/{name}", lambda name=name: kill.run(build, name, KILLS, 1, power=name in ("collect", "pin-change", "backup"), trials=1)


def disk_cases(build):
    for name, trouble in (("collect", "full"), ("collect", "error"), ("start", "read-only")):
        yield f"disk/{name}/{trouble}", lambda name=name, trouble=trouble: disk.run(build, name, trouble)


def tpm_cases(build):
    for name, trouble in (("collect", "lost"), ("login", "nv-rate")):
        yield f"tpm/{name}/{trouble}", lambda name=name, trouble=trouble: tpm.run(build, name, trouble)


PARTS = {"kill": kill_cases, "disk": disk_cases, "tpm": tpm_cases}


def main():
    build, part = sys.argv[1:3]
    cases, failed = list(PARTS[part](build)), 0
    print(f"1..{len(cases)}", flush=True)
    for n, (name, run) in enumerate(cases, 1):
        try:
            run()
            print(f"ok {n} - /faults/{name}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {n} - /faults/{name}\n# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
