# SPDX-License-Identifier: Apache-2.0
"""Markdown, and the words at the head of every report."""
import os
import pathlib
import platform
import subprocess

from drawn import ROOT


def share(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def fine_share(part, whole):
    """With as many digits as the whole can tell apart."""
    return f"{100 * part / whole:.{1 if whole < 2000 else 2}f} %" if whole else "-"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "|".join(" --- " if i == 0 else " ---: " for i in range(len(header)))
             + "|"]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def milliseconds(value):
    return "-" if value is None else f"{value:.1f}" if value < 20 else f"{value:,.0f}".replace(",", " ")


def machine():
    model = platform.machine()
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        system = platform.system()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB of RAM, {system}, Linux {platform.release()}"


def commit():
    def git(*arguments):
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip()
    head = git("rev-parse", "--short=12", "HEAD") or "unknown"
    return head + (" with local changes" if git("status", "--porcelain", "--untracked-files=no") else "")


def head(lines):
    return "\n".join(f"* {line}" for line in lines)


def load():
    """How busy the machine was, so that times from a busy one are seen to be that."""
    try:
        return f"{os.getloadavg()[0]:.1f}"
    except OSError:
        return "unknown"
