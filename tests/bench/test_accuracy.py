#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The judgement of tools/bench accuracy: what counts as right, what ends with exit code 1, that an interrupted run goes on, and that
nothing stays behind."""
import contextlib
import io
import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import accuracy
import accuracy_report
import drawn
import journal
import judging
from fakes import NUMBER, OTHER, make_programs


def truth(**changes):
    base = {"file": "1.pnm", "index": 0, "kind": "card-back", "expect": "accept", "number": NUMBER, "dpi": 254,
            "rotation_deg": 0.0, "box": [[0, 0], [100, 0], [100, 60], [0, 60]], "level": "easy", "font": "OCR B",
            "font_held_out": False}
    return {**base, **changes}


def row(verdict="accepted", number=NUMBER, confidence=0.99, **changes):
    return judging.record(truth(**changes), {"verdict": verdict, "number": number, "confidence": confidence,
                                             "ms": {"scan": 3, "total": 10}})


class Judgement(unittest.TestCase):
    def test_only_the_true_number_is_right(self):
        self.assertEqual(judging.judge(truth(), {"verdict": "accepted", "number": NUMBER}), "right")
        self.assertEqual(judging.judge(truth(), {"verdict": "accepted", "number": OTHER}), "wrong")
        self.assertEqual(judging.judge(truth(), {"verdict": "accepted", "number": None}), "wrong")

    def test_an_accepted_document_to_refuse_is_wrong_even_with_its_own_number(self):
        notice = truth(kind="notice", expect="refuse")
        self.assertEqual(judging.judge(notice, {"verdict": "accepted", "number": NUMBER}), "wrong")

    def test_other_verdicts_keep_their_name_and_unknown_ones_failed(self):
        for verdict in ("doubtful", "refused", "failed"):
            self.assertEqual(judging.judge(truth(), {"verdict": verdict, "number": NUMBER}), verdict)
        self.assertEqual(judging.judge(truth(), {"verdict": "right", "number": NUMBER}), "failed")
        self.assertEqual(judging.judge(truth(), {"verdict": "sure", "number": None}), "failed")

    def test_box_must_lie_within_two_millimetres_and_the_right_way_up(self):
        box = truth()["box"]
        self.assertTrue(judging.box_is_right(truth(), {"box": [[x + 14, y + 14] for x, y in box]}))
        self.assertFalse(judging.box_is_right(truth(), {"box": [[x + 15, y + 15] for x, y in box]}))
        self.assertFalse(judging.box_is_right(truth(), {"box": box[2:] + box[:2]}))
        self.assertFalse(judging.box_is_right(truth(), {"box": None}))

    def test_percentile_is_the_nearest_rank(self):
        self.assertEqual(judging.percentile([5, 1, 3], 0.5), 3)
        self.assertEqual(judging.percentile(list(range(1, 101)), 0.95), 95)
        self.assertEqual(judging.percentile([], 0.5), 0)

    def test_check_digit(self):
        self.assertTrue(judging.check_digit_is_right(NUMBER))
        self.assertFalse(judging.check_digit_is_right(NUMBER[:-1] + "7"))
        self.assertFalse(judging.check_digit_is_right("0" * 12))
        made_up = [judging.made_up_number(i).decode() for i in range(1000)]
        self.assertEqual(len(set(made_up)), 1000)
        self.assertTrue(all(judging.check_digit_is_right(number) for number in made_up))

    def test_a_record_holds_no_number_but_whether_it_was_right(self):
        for number, is_right in ((NUMBER, True), (OTHER, False), (None, None)):
            made = judging.record(truth(decoy=OTHER), {"verdict": "doubtful", "number": number, "ms": {"total": 5}})
            self.assertEqual(made["number_right"], is_right)
            self.assertNotRegex(json.dumps(made), "[0-9]{12}")

    def test_time_counts_from_the_last_row(self):
        self.assertEqual(row()["ms_after"], 7)
        self.assertIsNone(judging.record(truth(), {"verdict": "failed", "ms": {}})["ms_after"])


class Tables(unittest.TestCase):
    def test_turn_class(self):
        self.assertEqual(accuracy_report.turn_class(row(rotation_deg=352.5)), "along (within 8°)")
        self.assertEqual(accuracy_report.turn_class(row(rotation_deg=98.5)), "askew")
        self.assertEqual(accuracy_report.turn_class(row(box=None)), "none")

    def test_confidence_bins_hold_each_reading_once(self):
        rows = [row(confidence=0.99), row(confidence=0.9899, number=OTHER, verdict="doubtful"), row(confidence=1.0),
                row(confidence=0.3, number=None, verdict="doubtful"), row(confidence=0.999, expect="refuse")]
        text = accuracy_report.confidence_table(rows)
        self.assertIn("| 0.98 to 0.99 | 1 | 0.9899 | 0 | 0.0 % | 0 |", text)
        self.assertIn("| 0.99 to 0.995 | 1 | 0.9900 | 1 | 100.0 % | 1 |", text)
        self.assertIn("| 0.999 to 1 | 1 | 1.0000 | 1 | 100.0 % | 1 |", text)
        self.assertEqual(len(text.splitlines()), 5)

    def test_faces_and_layouts_left_out_have_their_own_rows(self):
        rows = [row(), row(font_held_out=True, layout_held_out=True), row(layout_held_out=True, verdict="refused")]
        text = accuracy_report.held_out_table(rows)
        self.assertIn("| faces: not in training | 1 | 1 | 100.0 % | 0 |", text)
        self.assertIn("| layouts: not in training | 2 | 1 | 50.0 % | 0 |", text)
        self.assertIn("| both: not in training | 1 | 1 | 100.0 % | 0 |", text)

    def test_what_is_asked_is_met_or_not(self):
        rows = [row() for _ in range(99)] + [row(verdict="refused", number=None)]
        self.assertIn("| accepted, easy | at least 99.9 % | 99 of 100 (99.0 %) | no |", accuracy_report.asked_table(rows))
        medium = [dict(one, level="medium") for one in rows]
        text = accuracy_report.asked_table(medium)
        self.assertIn("| accepted, medium | at least 99 % | 99 of 100 (99.0 %) | yes |", text)
        self.assertIn("| wrong numbers accepted | 0 | 0 of 100, below 2.951 % with 95 % certainty | yes |", text)
        wrong = [row(number=OTHER)]
        self.assertIn("| wrong numbers accepted | 0 | 1 of 1 | no |", accuracy_report.asked_table(wrong))


class Parts(unittest.TestCase):
    def plan(self, *argv):
        return accuracy.plan_parts(accuracy.parse(list(argv)), ["--set", "negatives"])

    def test_all_levels_share_the_pages_and_no_index(self):
        parts = self.plan("--level", "all", "--count", "20", "--negatives", "4")
        self.assertEqual([size for _, _, size in parts], [7, 7, 6, 2, 1, 1])
        seen = [index for _, start, size in parts for index in range(start, start + size)]
        self.assertEqual(sorted(seen), list(range(24)))

    def test_the_long_run_is_as_asked(self):
        options = accuracy.parse(["--long"])
        parts = accuracy.plan_parts(options, ["--set", "negatives"])
        self.assertEqual(sum(size for arguments, _, size in parts if "positives" in arguments), 20000)
        self.assertEqual(sum(size for arguments, _, size in parts if "negatives" in arguments), 5000)
        self.assertEqual({arguments[arguments.index("--level") + 1] for arguments, _, _ in parts}, set(drawn.LEVELS))
        self.assertTrue(all("test" in arguments for arguments, _, _ in parts))

    def test_chunks_cover_each_page_once_and_each_part_evenly(self):
        chunks = accuracy.chunks_of([[["a"], 5, 50], [["b"], 55, 1]], 24)
        self.assertEqual([(number, start, size) for number, _, start, size in chunks],
                         [(0, 5, 24), (1, 55, 1), (0, 29, 24), (0, 53, 2)])


class WholeRun(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.build = self.folder / "build"
        self.scratch = self.folder / "scratch"
        self.scratch.mkdir()
        make_programs(self.build)

    def run_bench(self, card, licence, *options, counts=("30", "20"), n_lines="9999"):
        plan = json.dumps({"card-back": card, "licence": licence})
        output = io.StringIO()
        environment = {"FAKE_PLAN": plan, "FAKE_LOG": str(self.folder / "log"), "FAKE_LIMIT": n_lines}
        with mock.patch.dict(os.environ, environment), \
             mock.patch.object(drawn, "scratch_root", lambda n_bytes: str(self.scratch)), \
             contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = accuracy.main(["--build", str(self.build), "--count", counts[0], "--negatives", counts[1], *options])
        self.assertEqual(list(self.scratch.iterdir()), [], "drawn pages stay behind")
        self.assertNotIn(NUMBER, output.getvalue())
        self.assertNotIn(OTHER, output.getvalue())
        return code, output.getvalue()

    def pages_read(self):
        log = self.folder / "log"
        return len(log.read_text("utf-8").splitlines()) if log.exists() else 0

    def test_all_right_ends_with_0(self):
        code, text = self.run_bench(("accepted", NUMBER), ("refused", None))
        self.assertEqual(code, 0)
        self.assertIn("| card-back | 30 | 30 (100.0 %) | 0 | 0 | 0 | 0 | 100.0 % | 7 | 7 |", text)
        self.assertIn("| licence | 20 | 20 | 0 | 0 | 20 | 0 | 7 | 7 |", text)

    def test_doubt_is_no_error(self):
        code, text = self.run_bench(("doubtful", OTHER), ("doubtful", None), "--failures")
        self.assertEqual(code, 0)
        self.assertIn("| card-back | 30 | 0 (0.0 %) | 0 | 30 | 0 | 0 |", text)

    def test_a_wrong_number_ends_with_1_and_is_listed(self):
        code, text = self.run_bench(("accepted", OTHER), ("refused", None), counts=("1", "1"))
        self.assertEqual(code, 1)
        self.assertIn("| card-back | easy | 0 | wrong |", text)

    def test_an_accepted_negative_ends_with_1(self):
        code, _ = self.run_bench(("accepted", NUMBER), ("accepted", OTHER))
        self.assertEqual(code, 1)

    def test_a_silent_reader_ends_with_2(self):
        code, text = self.run_bench(("silent", None), ("refused", None))
        self.assertEqual(code, 2)
        self.assertRegex(text, "0 of (24|20|6) pages")

    def test_report_goes_to_the_file_too(self):
        out = self.folder / "report.md"
        code, text = self.run_bench(("accepted", NUMBER), ("refused", None), "--out", str(out))
        self.assertEqual(code, 0)
        self.assertIn(out.read_text("utf-8"), text)

    def test_when_the_time_is_up_the_report_says_of_how_many(self):
        code, text = self.run_bench(("accepted", NUMBER), ("refused", None), "--minutes", "1e-9", "--processes", "1")
        self.assertEqual(code, 0)
        self.assertRegex(text, "Pages: (24|20) of 50, the time was up, ")

    def test_all_levels_have_rows(self):
        code, text = self.run_bench(("accepted", NUMBER), ("refused", None), "--level", "all")
        self.assertEqual(code, 0)
        for level, negatives in (("easy", 7), ("medium", 7), ("hard", 6)):
            self.assertIn(f"| {level} | 10 | 10 (100.0 %) | 0 | 0 | 0 | 0 | 7 | 7 | 0 of {negatives} |", text)

    def test_an_interrupted_run_goes_on_and_ends_as_if_it_had_not_been(self):
        book = self.folder / "run.jsonl"
        answers = (("accepted", NUMBER), ("refused", None))
        options = ("--resume", str(book), "--processes", "1")
        code, _ = self.run_bench(*answers, *options, n_lines="30")  # the reader breaks off after thirty pages
        self.assertEqual(code, 2)
        done = self.pages_read()
        with open(book, "ab") as file:
            file.write(b'{"part":0,"sta')  # a line cut off
        code, resumed = self.run_bench(*answers, *options)
        self.assertEqual(code, 0)
        self.assertIn("going on after 24 pages", resumed)
        self.assertEqual(done, 30)  # 24 kept, and 6 of a chunk that is read again
        self.assertEqual(self.pages_read(), 30 + 26)
        code, again = self.run_bench(*answers, *options)
        self.assertEqual((code, self.pages_read()), (0, 56))
        tables = [[line for line in text.splitlines() if line.startswith("|")] for text in (resumed, again)]
        self.assertEqual(*tables)
        self.assertNotRegex(book.read_text("utf-8"), "[0-9]{12}")

    def test_a_checkpoint_of_another_run_or_inside_the_repository_is_not_taken(self):
        book = self.folder / "run.jsonl"
        answers = (("accepted", NUMBER), ("refused", None))
        self.assertEqual(self.run_bench(*answers, "--resume", str(book))[0], 0)
        code, text = self.run_bench(*answers, "--resume", str(book), "--seed", "2")
        self.assertEqual(code, 2)
        self.assertIn("belongs to another run", text)
        with self.assertRaises(drawn.BenchError):
            journal.Journal(drawn.ROOT / "tests" / "run.jsonl", {})
        self.assertFalse((drawn.ROOT / "tests" / "run.jsonl").exists())

    def test_only_kinds_that_are_drawn_and_refused_are_taken(self):
        with mock.patch.object(drawn, "scratch_root", lambda n_bytes: str(self.scratch)):
            offered = drawn.kinds_offered(drawn.Children(), self.build, ["licence", "card-back", "unknown"], "refuse")
        self.assertEqual(offered, ["licence"])


if __name__ == "__main__":
    unittest.main()
