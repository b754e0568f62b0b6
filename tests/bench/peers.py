# SPDX-License-Identifier: Apache-2.0
"""Other ways to get the number from the same pages: what one would try first without this product.

Each takes a page as it is and gives a verdict in the form of azukarictl's JSON, with nothing in it that was not measured.
"""
import ctypes
import ctypes.util
import os
import re
import shutil
import subprocess
import time

TIMEOUT_S = 120
# twelve digits in one run or in groups of four, with nothing but the groups' gaps between
TWELVE = re.compile(r"(?<![\d-])(\d{4}) ?(\d{4}) ?(\d{4})(?![\d-])")


def check_digit_is_right(digits):
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(d) * w for d, w in zip(digits, weights)) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest) and int(digits) != 0


def verdict(number, started):
    return {"verdict": "accepted" if number else "refused", "reason": "" if number else "no-number", "number": number,
            "document": None, "box": None, "ms": {"total": round(1000 * (time.monotonic() - started))}}


def first_valid(text):
    for match in TWELVE.finditer(text):
        digits = "".join(match.groups())
        if check_digit_is_right(digits):
            return digits
    return None


class Tesseract:
    """The whole page as sparse text, digits only, upright and turned by 90, 180 and 270 degrees until a number passes."""

    name = "tesseract, whole page, four turns"

    def __init__(self, tesseract, convert):
        self.tesseract = tesseract
        self.convert = convert

    def recognise(self, path, dpi):
        environment = dict(os.environ, OMP_THREAD_LIMIT="1")
        command = [self.tesseract, str(path), "-", "-l", "eng", "--psm", "11", "--dpi", str(dpi), "-c",
                   "tessedit_char_whitelist=0123456789"]
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            return ""
        return done.stdout

    def read_one(self, path, dpi):
        started = time.monotonic()
        turned = path.with_suffix(".turned.pnm")
        number = first_valid(self.recognise(path, dpi))
        for turn in (90, 180, 270):
            if number:
                break
            subprocess.run([self.convert, str(path), "-rotate", str(turn), str(turned)], check=True)
            number = first_valid(self.recognise(turned, dpi))
        turned.unlink(missing_ok=True)
        return verdict(number, started)

    def read(self, folder, truths):
        return [self.read_one(folder / truth["file"], truth["dpi"]) for truth in truths]


class Zbar:
    """The QR code alone: any code on the page that holds twelve digits that pass the check."""

    name = "zbar alone"

    def __init__(self, library):
        self.library = ctypes.CDLL(library)
        for function in ("zbar_image_scanner_create", "zbar_image_create", "zbar_image_first_symbol", "zbar_symbol_next"):
            getattr(self.library, function).restype = ctypes.c_void_p
        self.library.zbar_symbol_get_data.restype = ctypes.c_char_p

    def codes(self, grey, width, height):
        library, scanner = self.library, ctypes.c_void_p(self.library.zbar_image_scanner_create())
        image = ctypes.c_void_p(library.zbar_image_create())
        library.zbar_image_set_format(image, ctypes.c_ulong(int.from_bytes(b"Y800", "little")))
        library.zbar_image_set_size(image, width, height)
        library.zbar_image_set_data(image, grey, ctypes.c_ulong(len(grey)), None)
        library.zbar_scan_image(scanner, image)
        found, symbol = [], library.zbar_image_first_symbol(image)
        while symbol:
            found.append(library.zbar_symbol_get_data(ctypes.c_void_p(symbol)).decode("utf-8", "replace"))
            symbol = library.zbar_symbol_next(ctypes.c_void_p(symbol))
        library.zbar_image_destroy(image)
        library.zbar_image_scanner_destroy(scanner)
        return found

    def read_one(self, path):
        started = time.monotonic()
        magic, size, _, samples = path.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        grey = samples if magic == b"P5" else samples[1::3]
        numbers = [code for code in self.codes(grey, width, height)
                   if re.fullmatch(r"[0-9]{12}", code) and check_digit_is_right(code)]
        return verdict(numbers[0] if numbers else None, started)

    def read(self, folder, truths):
        return [self.read_one(folder / truth["file"]) for truth in truths]


def installed():
    found = []
    tesseract, convert, zbar = shutil.which("tesseract"), shutil.which("convert"), ctypes.util.find_library("zbar")
    if tesseract and convert:
        found.append(Tesseract(tesseract, convert))
    if zbar:
        found.append(Zbar(zbar))
    return found
