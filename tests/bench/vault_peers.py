# SPDX-License-Identifier: Apache-2.0
"""What a small company would put its numbers into instead: a LUKS container, a KeePassXC file. For vault.py.

Each is asked what it can do like a vault: be opened, take one number more durably, give one back. A peer that is not installed, or cannot
do a thing on this machine, is told so in the report.
"""
import shutil
import subprocess
import time

from drawn import BenchError

PASSPHRASE = "correct horse battery staple"
OPENINGS = 5
CONTAINER_BYTES = 48 * 1024 * 1024
KEEPASS_ROWS = 10


def timed(command, text):
    began = time.monotonic()
    done = subprocess.run(command, input=text.encode(), capture_output=True)
    took = (time.monotonic() - began) * 1000
    if done.returncode:
        raise BenchError(f"{command[0]} {command[1]}: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return took


def measure_luks(folder):
    """{"open": ms, "how": ...}, or None without cryptsetup. Rows in it would be SQLite's on a file system: nothing of its own to measure."""
    program = shutil.which("cryptsetup") or shutil.which("cryptsetup", path="/usr/sbin:/sbin")
    if program is None:
        return None
    container = folder / "container.luks"
    with open(container, "wb") as file:
        file.truncate(CONTAINER_BYTES)
    timed([program, "luksFormat", "--type", "luks2", "--batch-mode", "--key-file=-", str(container)], PASSPHRASE)
    name = f"azukari-bench-{container.parent.name}"
    opened, how = [], "opened and closed by device-mapper"
    for _ in range(OPENINGS):
        try:
            opened.append(timed([program, "open", "--key-file=-", str(container), name], PASSPHRASE))
            timed([program, "close", name], "")
        except BenchError:
            how = "its key derivation alone: this machine has no device-mapper"
            opened = []
            break
    if not opened:
        opened = [timed([program, "open", "--test-passphrase", "--key-file=-", str(container)], PASSPHRASE) for _ in range(OPENINGS)]
    return {"open": opened, "how": how}


def measure_keepassxc(folder):
    """{"open": ms, "save": ms}, or None without keepassxc-cli. A process for each, as it has no other way without its window."""
    program = shutil.which("keepassxc-cli")
    if program is None:
        return None
    database = str(folder / "numbers.kdbx")
    timed([program, "db-create", "-q", "-p", database], f"{PASSPHRASE}\n{PASSPHRASE}\n")
    saved = [timed([program, "add", "-q", "-p", database, f"person-{i}"], f"{PASSPHRASE}\n123456789018\n") for i in range(KEEPASS_ROWS)]
    opened = [timed([program, "show", "-q", "-s", "-a", "password", database, "person-0"], f"{PASSPHRASE}\n") for _ in range(OPENINGS)]
    return {"open": opened, "save": saved}
