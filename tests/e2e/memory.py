# SPDX-License-Identifier: Apache-2.0
"""What lies in the memory of another program: for test-kiosk.py. Needs the right to read it (root), as the program is not dumpable."""
import time

TRIES, PAUSE_S = 40, 0.25


def forms(number):
    """A number as digits, as on the card, and as values, in UTF-8 and in UTF-16."""
    grouped = f"{number[:4]}-{number[4:8]}-{number[8:]}"
    texts = [number, grouped, grouped.replace("-", " ")]
    return [text.encode(code) for text in texts for code in ("utf-8", "utf-16-le")] + [bytes(int(digit) for digit in number)]


def readable(pid):
    """The program's memory can be read, and it overwrites what it frees: a sanitizer's own allocator does not."""
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb"):
            return "libasan" not in maps.read()
    except PermissionError:
        return False


def count(pid, needles):
    """How often any of @needles stands in what the program may write to."""
    found = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            begin, end = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(begin)
                content = memory.read(end - begin)
            except (OSError, ValueError):  # gone meanwhile, or a device's
                continue
            found += sum(content.count(needle) for needle in needles)
    return found


def assert_none(pid, what, needles):
    for _ in range(TRIES):
        if count(pid, needles) == 0:
            return
        time.sleep(PAUSE_S)  # a message under way, a frame that is still to be drawn
    raise AssertionError(f"{what} is left in the program's memory")
