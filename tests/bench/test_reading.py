#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The judgement of tools/bench reading, limits and early-stop: peers by what they print, times and memory by what was measured, tables, plot. With
AZUKARI_BUILD, also that the small programs measure, and that the readers at hand get through their quick run."""
import contextlib
import io
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree
from unittest import mock

import beds
import drawn
import early_stop
import limits
import peers
import plot
import reading
import session
from fakes import NUMBER, OTHER, make_peers, make_programs

GROUPED = f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}"
BUILD = os.environ.get("AZUKARI_BUILD")


class WithFakes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.build = self.folder / "build"
        self.scratch = self.folder / "scratch"
        self.scratch.mkdir()
        make_programs(self.build)
        make_peers(self.folder / "bin")
        for patch in (mock.patch.object(drawn, "scratch_root", lambda n_bytes: str(self.scratch)),
                      mock.patch.object(peers, "program", self.program)):
            patch.start()
            self.addCleanup(patch.stop)

    def program(self, name):
        path = self.folder / "bin" / name
        return str(path) if path.exists() else None

    def run_main(self, main, *argv, plan=None, says=GROUPED, turn=0, early=None):
        output = io.StringIO()
        plan = plan or {"card-back": ("accepted", NUMBER), "licence": ("refused", None)}
        environment = {"FAKE_PLAN": json.dumps(plan), "FAKE_LOG": str(self.folder / "log"), "FAKE_LIMIT": "9999",
                       "FAKE_SAYS": says, "FAKE_TURN": str(turn), "FAKE_EARLY": json.dumps(early or {})}
        with mock.patch.dict(os.environ, environment), contextlib.redirect_stdout(output), \
             contextlib.redirect_stderr(output):
            code = main(["--build", str(self.build), *argv])
        self.assertEqual(list(self.scratch.iterdir()), [], "drawn pages stay behind")
        self.assertNotRegex(output.getvalue(), "[0-9]{12}|[0-9]{4} [0-9]{4} [0-9]{4}")
        return code, output.getvalue()


class Peers(WithFakes):
    def answer(self, reader, says, turn=0):
        page = {"file": "1.pnm", "dpi": 300, "width": 100, "height": 60}
        (self.scratch / "1.pnm").write_text("0", "utf-8")
        lab = peers.Lab(drawn.Children(), self.build, 0)
        with mock.patch.dict(os.environ, FAKE_SAYS=says, FAKE_TURN=str(turn)):
            answer = reader.read(lab, self.scratch, page)
        return answer

    def test_twelve_digits_alone_and_valid(self):
        self.assertEqual(peers.first_valid(f"x {GROUPED} y"), NUMBER)
        self.assertEqual(peers.first_valid(NUMBER), NUMBER)
        for text in ("1234 5678 9012", "01234 5678 90180", "1234-5678-9018", "0000 0000 0000", ""):
            self.assertIsNone(peers.first_valid(text))

    def test_a_page_the_right_way_up_is_read_once(self):
        for reader, n_processes in ((peers.Tesseract(), 1), (peers.Gocr(), 1), (peers.Ocrad(), 1), (peers.Zbarimg(), 1)):
            answer = self.answer(reader, NUMBER)
            self.assertEqual(answer.verdict, {"verdict": "accepted", "number": NUMBER}, reader.key)
            self.assertEqual(answer.ms, 50 * n_processes, reader.key)
            self.assertEqual(answer.peak_kb, 2048)

    def test_a_turned_page_costs_every_turn_up_to_it(self):
        for reader, n_processes in ((peers.Tesseract(), 5), (peers.Gocr(), 5), (peers.Ocrad(), 3)):
            answer = self.answer(reader, NUMBER, turn=180)
            self.assertEqual(answer.verdict["number"], NUMBER, reader.key)
            self.assertEqual(answer.ms, 50 * n_processes, reader.key)

    def test_flattening_and_slant_count_and_are_undone(self):
        answer = self.answer(peers.TesseractPrepared(), NUMBER, turn=90.5)
        self.assertEqual(answer.verdict["number"], NUMBER)
        self.assertEqual(answer.ms, 50 * 6)

    def test_what_fails_the_check_or_comes_too_late_is_refused(self):
        for says in ("1234 5678 9012", "late"):
            answer = self.answer(peers.Tesseract(), says)
            self.assertEqual(answer.verdict["verdict"], "refused")
            self.assertEqual(answer.n_late, 4 if says == "late" else 0)

    def test_no_further_turn_once_a_page_has_taken_too_long(self):
        with mock.patch.object(peers, "PAGE_LIMIT_S", 0.07):
            answer = self.answer(peers.Ocrad(), NUMBER, turn=180)
        self.assertEqual((answer.verdict["verdict"], answer.ms, answer.n_late), ("refused", 100, 2))

    def test_what_is_not_installed_is_named_by_its_package(self):
        (self.folder / "bin/zbarimg").unlink()
        (self.folder / "bin/convert").unlink()
        readers, missing = peers.choose(None)
        self.assertEqual([reader.key for reader in readers], ["azukari", "ocrad", "floor"])
        self.assertEqual(missing, ["imagemagick", "zbar-tools"])


class Reading(WithFakes):
    def test_report_and_plot(self):
        out = self.folder / "reading.md"
        code, text = self.run_main(reading.main, "--count", "1", "--negatives", "1", "--out", str(out))
        self.assertEqual(code, 0, text)
        self.assertIn(out.read_text("utf-8"), text)
        self.assertIn("| azukari | 100.0 % | 100.0 % | 100.0 % | 0 of 3 | 0 of 3 | 0 of 3 |", text)
        # a look-alike that passes the check is no number of the page
        self.assertIn("| gocr, four turns | 100.0 % | 100.0 % | 100.0 % | 0 of 3 | 3 of 3 | 3 of 3 |", text)
        self.assertIn("| azukari, last row to verdict | 3 | 7.0 | 7.0 | 1.00 | 0.14 |", text)
        self.assertIn("| tesseract, whole page, four turns | 3 | 50 | 50 | 7.14 | 1.00 |", text)
        self.assertIn("| ocrad, four turns | 2 | 2 |", text)
        self.assertIn("| floor: this product's Tesseract call, line ready-cut | 3 | 5.0 | 5.0 | 0.71 | 0.10 |", text)
        picture = xml.etree.ElementTree.parse(out.with_suffix(".svg")).getroot()
        words = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("gocr, four turns", words)
        self.assertIn("A4 bed", words)

    def test_only_the_product_decides_the_exit_code(self):
        wrong = {"card-back": ("accepted", OTHER), "licence": ("refused", None)}
        options = ("--count", "1", "--negatives", "0", "--readers", "azukari,ocrad", "--out", str(self.folder / "r.md"))
        self.assertEqual(self.run_main(reading.main, *options, says=OTHER)[0], 0)
        self.assertEqual(self.run_main(reading.main, *options, plan=wrong)[0], 1)

    def test_a_silent_reader_ends_with_2(self):
        silent = {"card-back": ("silent", None), "licence": ("refused", None)}
        code, text = self.run_main(reading.main, "--quick", "--readers", "azukari", plan=silent)
        self.assertEqual(code, 2)
        self.assertIn("gave no answer", text)

    def test_no_page_is_read_twice(self):
        options = reading.parse(["--count", "5", "--negatives", "3", "--out", "x"])
        seen = [index for _, first, count in reading.plan(options) for index in range(first, first + count)]
        self.assertEqual(sorted(seen), list(range(24)))


class Plot(unittest.TestCase):
    def test_decades_hold_all_values(self):
        self.assertEqual(list(plot.decades([7, 950])), [0, 1, 2, 3])
        self.assertEqual(list(plot.decades([10, 1000])), [1, 2, 3])

    def test_a_longer_time_lies_further_right_by_its_logarithm(self):
        canvas = plot.Canvas()
        plot.marks(canvas, "t", [("a", ((10, 10), None)), ("b", ((100, 100), None)), ("c", ((1000, 1000), None))], ["x", "y"])
        root = xml.etree.ElementTree.fromstring(canvas.finish("t & u"))
        at = [float(node.get("cx")) for node in root.iter("{http://www.w3.org/2000/svg}circle")]
        self.assertAlmostEqual(at[1] - at[0], at[2] - at[1], places=0)
        self.assertGreater(at[1], at[0])


class Beds(unittest.TestCase):
    def test_the_document_stays_and_the_lid_goes_on(self):
        width, height = 40, 60
        rows = [bytes(9 if 10 <= x < 20 and 30 <= y < 40 else 100 + y % 3 for x in range(width)) for y in range(height)]
        pnm = b"P5\n40 60\n255\n" + b"".join(rows)
        box = [[10, 30], [20, 30], [20, 40], [10, 40]]
        for wanted in ((30, 32), (40, 60), (70, 95)):
            _, new_width, new_height, _, samples = beds.parse(beds.on_glass(pnm, box, *wanted))
            self.assertEqual((new_width, new_height), wanted)
            self.assertEqual(samples.count(9), 100, "the document is there once")
            self.assertEqual(set(samples), {9, 100, 101, 102})
        self.assertEqual(beds.on_glass(pnm, box, width, height), pnm)

    def test_what_does_not_fit_is_left_out(self):
        pnm = b"P6\n20 30\n255\n" + bytes(1800)
        self.assertIsNone(beds.on_glass(pnm, [[2, 12], [18, 12], [18, 18], [2, 18]], 10, 30))
        self.assertIsNone(beds.on_glass(pnm, [[2, 2], [18, 2], [18, 28], [2, 28]], 40, 60))


class Limits(WithFakes):
    def test_each_limit_has_its_row(self):
        out = self.folder / "limits.md"
        code, text = self.run_main(limits.main, "--count", "3", "--growth", "3", "--out", str(out))
        self.assertEqual(code, 0)
        self.assertIn(out.read_text("utf-8"), text)
        self.assertIn("| median at most 100 ms | 7.0 (p95 7.0) ms, 3 pages | yes |", text)
        self.assertIn("| at most 1/20 | 1/7.1 (50 ms, 1 of the pages) | no |", text)
        self.assertIn("| aim: at most 3 times | 1.4 times (5.0 ms) | yes |", text)
        self.assertIn("| Reader process from exec to ready | at most 60 ms | 50 (p95 50) ms, 20 starts; 1 MiB resident | yes |", text)
        self.assertIn("| at most 2.2 | 697", text)  # 4 MiB for a page of 6 kB
        self.assertIn("| A4 bed, 600 dpi | 3 | 0.0 | 7.0 | 4.0 |", text)


class EarlyStop(WithFakes):
    # pages of 60 rows at 300 dpi, whose cards end at row 50; indices 0 to 3 easy, 4 to 7 medium, 8 to 11 hard
    ROWS = {"verdict": "accepted", "rows": 54, "rows_total": 60, "whole": "accepted", "right": True, "same": True}

    def run_with(self, **early):
        pages = {f"{index[1:]}.pnm": {**self.ROWS, **page} for index, page in early.items()}
        out = self.folder / "early-stop.md"
        code, text = self.run_main(early_stop.main, "--count", "4", "--out", str(out), early=pages)
        self.assertIn(out.read_text("utf-8"), text)
        return code, text

    def test_only_accepted_pages_count_and_by_level(self):
        code, text = self.run_with(p0={}, p1={}, p2={"rows": 57}, p5={"verdict": "doubtful", "rows": 60, "same": False},
                                   p8={"verdict": "refused", "rows": 60, "whole": "refused"})
        self.assertEqual(code, 0)
        self.assertIn("| easy | 4 | 4 | 4 | 3 (75.0 %) | 1 | 0 | 90 % | 83 % | 0 (p95 1) | 90 % | 0 | 0 |", text)
        self.assertIn("| medium | 4 | 3 | 4 | 0 (0.0 %) | 3 | 0 | - | - | - | 100 % | 0 | 0 |", text)
        self.assertIn("| hard | 4 | 3 | 3 |", text)
        self.assertIn("| all | 12 | 10 | 11 | 3 (30.0 %) |", text)

    def test_a_wrong_number_is_a_failure(self):
        for page in ({"right": False}, {"same": False}, {"right": False, "whole": "doubtful", "same": False}):
            code, text = self.run_with(p4=page)
            self.assertEqual(code, 1)
            self.assertRegex(text, r"medium \| 4 .* \| 1 \|\n")
            self.assertIn("page 4 (medium) ended early with a wrong number", text)

    def test_what_only_the_first_rows_give_is_told(self):
        code, text = self.run_with(p9={"whole": "refused", "same": False})
        self.assertEqual(code, 0)
        self.assertRegex(text, r"hard \| 4 .* \| 1 \| 0 \|\n")
        self.assertIn("page 9 (hard) is not accepted as a whole", text)

    def test_without_the_probe_it_ends_with_2(self):
        (self.build / session.PROBE).unlink()
        self.assertEqual(self.run_main(early_stop.main, "--quick")[0], 2)


@unittest.skipUnless(BUILD, "needs the built programs: AZUKARI_BUILD")
class Programs(unittest.TestCase):
    def measure(self, seconds, *command):
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "cost.json"
            done = subprocess.run([f"{BUILD}/tests/bench/measure", str(seconds), str(report), *command], check=False,
                                  stdout=subprocess.PIPE)
            return done.returncode, json.loads(report.read_text("utf-8")) if report.exists() else None

    def test_measure_tells_memory_and_exit_code_even_of_what_is_left_behind(self):
        held = "import sys; held = b'x' * (64 << 20); sys.exit(3)"
        code, cost = self.measure(60, "/usr/bin/python3", "-c", held)
        self.assertEqual((code, cost["code"], cost["late"]), (0, 3, False))
        self.assertGreater(cost["peak_kb"], 64 << 10)
        orphan = "held=$(head -c 60000000 /dev/zero | tr '\\0' x); :"
        code, cost = self.measure(60, "sh", "-c", f"({orphan}) & exit 0")
        self.assertEqual((code, cost["code"]), (0, 0))
        self.assertGreater(cost["peak_kb"], 58000)
        code, cost = self.measure(60, "true")
        self.assertLess(cost["peak_kb"], 8 << 10, "the memory of who measures does not count")

    def test_measure_ends_what_takes_too_long(self):
        code, cost = self.measure(1, "sleep", "600")
        self.assertEqual((code, cost["late"]), (0, True))

    def test_measure_says_when_there_is_nothing_to_run(self):
        self.assertEqual(self.measure(60, "/nowhere/nothing"), (2, None))

    def test_quick_runs_get_through(self):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = reading.main(["--quick", "--readers", "azukari,zbarimg,floor", "--build", BUILD, "--purpose", "tuning",
                                 "--core", str(max(os.sched_getaffinity(0)))])
            self.assertIn(code, (0, 1), "2: it could not run")
            self.assertEqual(limits.main(["--quick", "--build", BUILD, "--purpose", "tuning",
                                          "--core", str(max(os.sched_getaffinity(0)))]), 0)
            self.assertIn(early_stop.main(["--quick", "--build", BUILD, "--purpose", "tuning", "--core",
                                           str(max(os.sched_getaffinity(0)))]), (0, 1))
        text = output.getvalue()
        self.assertIn("floor: this product's Tesseract call", text)
        self.assertIn("Reader process from exec to ready", text)
        self.assertIn("# How much of a page has to be scanned", text)
        self.assertNotRegex(text, "[0-9]{12}|[0-9]{4} [0-9]{4} [0-9]{4}")


if __name__ == "__main__":
    unittest.main()
