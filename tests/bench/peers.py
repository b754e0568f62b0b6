# SPDX-License-Identifier: Apache-2.0
"""Ways to get the number from a page: this product, and what one would try without it. Each runs as a process on one core, measured
by tests/bench/measure.c, and gives an Answer with nothing in it that was not measured."""
import dataclasses
import json
import os
import re
import shutil
import subprocess

import drawn
from drawn import BenchError
from judging import after_last_row, check_digit_is_right

LIMIT_S = 20  # of one program on one page, one way up: some take minutes over a noisy page
PAGE_LIMIT_S = 60  # of all turns of a page together; no further program is started then
OWN_LIMIT_S = 120  # of this product, which must answer
MEASURE = "tests/bench/measure"
FLOOR = "tests/bench/line-floor"
TURNS = (0, 90, 180, 270)
# twelve digits in one run or in groups of four, with nothing but the groups' gaps between
TWELVE = re.compile(r"(?<![\d-])(\d{4}) ?(\d{4}) ?(\d{4})(?![\d-])")
LEAST_ANGLE_DEG = 0.1


@dataclasses.dataclass
class Answer:
    """ms: of all processes together; after_ms: from the last row to the verdict, of this product alone; peak_kb: of the largest one."""

    verdict: dict
    ms: float = 0.0
    peak_kb: int = 0
    after_ms: float | None = None
    n_late: int = 0


def program(name):
    """Debian's own program, not one of the same name in front of it."""
    return shutil.which(name, path="/usr/bin:/bin")


def first_valid(text):
    for match in TWELVE.finditer(text):
        digits = "".join(match.groups())
        if check_digit_is_right(digits):
            return digits
    return None


class Lab:
    """Runs programs on one core and adds up what they cost."""

    def __init__(self, children, build, core):
        self.children, self.build, self.core = children, build, core

    def run(self, command, answer, folder, given=None, environment=None, limit_s=LIMIT_S):
        """Standard output. What the program cost is added to @answer."""
        if answer.ms > 1000 * PAGE_LIMIT_S:
            answer.n_late += 1
            return ""
        report = folder / "cost.json"
        surroundings = dict(os.environ, LC_ALL="C.UTF-8", OMP_THREAD_LIMIT="1", MAGICK_THREAD_LIMIT="1", **(environment or {}))
        code, out, errors = self.children.run(
            ["taskset", "-c", str(self.core), self.build / MEASURE, limit_s, report, *command], surroundings, given)
        if code != 0:
            raise BenchError(f"{command[0]} could not be measured: {errors.strip()[-300:]}")
        cost = json.loads(report.read_text("utf-8"))
        answer.ms += cost["wall_ms"]
        answer.peak_kb = max(answer.peak_kb, cost["peak_kb"])
        answer.n_late += cost["late"]
        return "" if cost["late"] else out


def conclude(answer, number):
    answer.verdict = {"verdict": "accepted" if number else "refused", "number": number}
    return answer


class Azukari:
    """This product as its user starts it, once for each page: programs and models loaded anew, resolution told."""

    key, name, packages = "azukari", "azukari", []
    how = "azukarictl read --json --dpi DPI PAGE"

    def read(self, lab, folder, truth):
        answer = Answer({})
        out = lab.run([lab.build / drawn.CTL, "read", "--json", "--dpi", truth["dpi"], folder / truth["file"]], answer,
                      folder, environment={"AZUKARI_READER": str(lab.build / drawn.READER)}, limit_s=OWN_LIMIT_S)
        if not out:
            raise BenchError("azukarictl read gave no answer")
        answer.verdict = json.loads(out)
        answer.after_ms = after_last_row(answer.verdict["ms"]) if "total" in answer.verdict["ms"] else None
        return answer


class Tesseract:
    """The whole page as sparse text, digits only, upright and turned by 90, 180 and 270 degrees until a number passes."""

    key, name, packages = "tesseract", "tesseract, whole page, four turns", ["tesseract", "convert"]
    how = ("tesseract PAGE - -l eng --psm 11 --dpi DPI -c tessedit_char_whitelist=0123456789; "
           "convert PAGE -rotate 90, 180, 270 while no twelve digits pass")

    def recognise(self, lab, folder, page, dpi, answer):
        return first_valid(lab.run([program("tesseract"), page, "-", "-l", "eng", "--psm", "11", "--dpi", dpi, "-c",
                                    "tessedit_char_whitelist=0123456789"], answer, folder))

    def prepare(self, lab, folder, page, truth, answer):
        """(page to turn, degrees to add)"""
        return page, 0.0

    def read(self, lab, folder, truth):
        answer = Answer({})
        turned, number = folder / "turned.pnm", None
        page, angle = self.prepare(lab, folder, folder / truth["file"], truth, answer)
        for turn in TURNS:
            source = page
            if abs(turn + angle) >= LEAST_ANGLE_DEG:
                source = turned
                lab.run([program("convert"), page, "-background", "white", "-rotate", f"{turn + angle:.3f}", "+repage", turned],
                        answer, folder)
            number = self.recognise(lab, folder, source, truth["dpi"], answer)
            if number:
                break
        turned.unlink(missing_ok=True)
        return conclude(answer, number)


class TesseractPrepared(Tesseract):
    """The same after the page's brightness was levelled and a small slant taken out."""

    key, name = "tesseract-prepared", "the same after deskew and flattening"
    how = ("convert PAGE -colorspace Gray ( +clone -scale 4% -blur 0x2 -scale WxH! ) -compose Divide_Src -composite FLAT; "
           "convert FLAT -scale 50% -deskew 40% -format %[deskew:angle] info: (on a copy of half the size: the same angle in a fifth "
           "of the time); convert FLAT -background white -rotate ANGLE+TURN; then as above")

    def prepare(self, lab, folder, page, truth, answer):
        flat = folder / "flat.pgm"
        lab.run([program("convert"), page, "-colorspace", "Gray", "(", "+clone", "-scale", "4%", "-blur", "0x2", "-scale",
                 f"{truth['width']}x{truth['height']}!", ")", "-compose", "Divide_Src", "-composite", flat], answer, folder)
        out = lab.run([program("convert"), flat, "-scale", "50%", "-deskew", "40%", "-format", "%[deskew:angle]", "info:"],
                      answer, folder)
        try:
            return flat, float(out)
        except ValueError:
            return flat, 0.0


class Gocr(Tesseract):
    """The page as it lies and turned three times."""

    key, name, packages = "gocr", "gocr, four turns", ["gocr", "convert"]
    how = "gocr -C 0-9 -i PAGE; convert PAGE -rotate 90, 180, 270 while no twelve digits pass"

    def recognise(self, lab, folder, page, dpi, answer):
        return first_valid(lab.run([program("gocr"), "-C", "0-9", "-i", page], answer, folder))


class Ocrad:
    """The page as it lies and turned three times, which it does by itself."""

    key, name, packages = "ocrad", "ocrad, four turns", ["ocrad"]
    how = "ocrad --filter=numbers_only --transform=none, rotate90, rotate180, rotate270 PAGE while no twelve digits pass"

    def read(self, lab, folder, truth):
        answer, number = Answer({}), None
        for turn in TURNS:
            number = first_valid(lab.run([program("ocrad"), "--filter=numbers_only",
                                          f"--transform={f'rotate{turn}' if turn else 'none'}", folder / truth["file"]],
                                         answer, folder))
            if number:
                break
        return conclude(answer, number)


class Zbarimg:
    """The QR code alone: any code on the page that holds twelve digits that pass the check."""

    key, name, packages = "zbarimg", "zbarimg, QR code alone", ["zbarimg"]
    how = "zbarimg --raw -q -Sdisable -Sqrcode.enable PAGE"

    def read(self, lab, folder, truth):
        answer = Answer({})
        out = lab.run([program("zbarimg"), "--raw", "-q", "-Sdisable", "-Sqrcode.enable", folder / truth["file"]], answer,
                      folder)
        numbers = [line for line in out.splitlines() if re.fullmatch(r"[0-9]{12}", line) and check_digit_is_right(line)]
        return conclude(answer, numbers[0] if numbers else None)


class Floor:
    """The product's own Tesseract call on the line that the truth says, cut as the product cuts it: the call alone is timed."""

    key, name, packages = "floor", "floor: this product's Tesseract call, line ready-cut", []
    how = "tests/bench/line-floor.c, median of three calls after a first one; the box is the truth's"

    def read(self, lab, folder, truth):
        if truth["expect"] != "accept" or not truth["number_box"]:
            return None
        answer = Answer({})
        box = [f"{value}" for point in truth["number_box"] for value in point]
        out = lab.run([lab.build / FLOOR], answer, folder, given=" ".join([str(folder / truth["file"])] + box) + "\n",
                      limit_s=OWN_LIMIT_S)
        if not out:
            raise BenchError("line-floor gave no answer")
        read = json.loads(out)
        answer.ms = read["ms"]
        return conclude(answer, first_valid(read["number"]))


ALL = [Azukari, Tesseract, TesseractPrepared, Gocr, Ocrad, Zbarimg, Floor]
DEBIAN_PACKAGES = {"tesseract": "tesseract-ocr", "convert": "imagemagick", "gocr": "gocr", "ocrad": "ocrad",
                   "zbarimg": "zbar-tools"}


def choose(keys):
    """(readers that can run, Debian packages that the others lack)."""
    readers, missing = [], set()
    for kind in ALL:
        if keys and kind.key not in keys:
            continue
        lacking = {DEBIAN_PACKAGES[name] for name in kind.packages if program(name) is None}
        missing |= lacking
        if not lacking:
            readers.append(kind())
    return readers, sorted(missing)


def versions(readers):
    """Debian's version of each package in use."""
    packages = sorted({DEBIAN_PACKAGES[name] for reader in readers for name in reader.packages})
    found = []
    for package in packages:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True, check=False)
        found.append(f"{package} {done.stdout.strip() or '?'}")
    return ", ".join(found)
