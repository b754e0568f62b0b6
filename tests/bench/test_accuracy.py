#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark's own judgement: what counts as right, what ends with exit code 1, and that nothing stays behind."""
import contextlib
import io
import json
import os
import pathlib
import tempfile
import textwrap
import unittest
from unittest import mock

import accuracy
import peers

NUMBER = "123456789018"
OTHER = "614106526000"

FAKE_CORPUS = """\
    #!/usr/bin/python3
    import json, pathlib, sys
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
    start = int(sys.argv[sys.argv.index("--start") + 1])
    count = int(sys.argv[sys.argv.index("--count") + 1])
    accept = "positives" in sys.argv
    with open(out / "truth.jsonl", "w") as truths:
        for i in range(start, start + count):
            (out / f"{i}.pnm").write_bytes(b"P5\\n1 1\\n255\\n0")
            print(json.dumps({"file": f"{i}.pnm", "index": i, "kind": "card-back" if accept else "licence",
                              "expect": "accept" if accept else "refuse", "number": "NUMBER" if accept else None,
                              "dpi": 300, "page": "bed", "lid": "white", "qr": "good", "color": False,
                              "font": "OCR B", "font_held_out": False,
                              "rotation_deg": 10.0, "box": [[0, 0], [10, 0], [10, 10], [0, 10]]}), file=truths)
"""

FAKE_CTL = """\
    #!/usr/bin/python3
    import json, os, sys
    plan = json.loads(os.environ["FAKE_PLAN"])
    for path in sys.argv[3:]:
        truths = [json.loads(line) for line in open(os.path.join(os.path.dirname(path), "truth.jsonl"))]
        truth = next(t for t in truths if path.endswith("/" + t["file"]))
        verdict, number = plan[truth["kind"]]
        if verdict == "silent":
            sys.exit(1)
        print(json.dumps({"file": path, "verdict": verdict, "reason": "", "number": number, "document": "other",
                          "rotation_deg": 10.0, "box": truth["box"], "ms": {"total": 7}}))
    sys.exit(3)
"""


def truth(**changes):
    base = {"file": "1.pnm", "kind": "card-back", "expect": "accept", "number": NUMBER, "dpi": 254,
            "rotation_deg": 0.0, "box": [[0, 0], [100, 0], [100, 60], [0, 60]]}
    return {**base, **changes}


class Judgement(unittest.TestCase):
    def test_only_the_true_number_is_right(self):
        self.assertEqual(accuracy.judge(truth(), {"verdict": "accepted", "number": NUMBER}), "right")
        self.assertEqual(accuracy.judge(truth(), {"verdict": "accepted", "number": OTHER}), "wrong")
        self.assertEqual(accuracy.judge(truth(), {"verdict": "accepted", "number": None}), "wrong")

    def test_an_accepted_document_to_refuse_is_wrong_even_with_its_own_number(self):
        notice = truth(kind="notice", expect="refuse")
        self.assertEqual(accuracy.judge(notice, {"verdict": "accepted", "number": NUMBER}), "wrong")

    def test_other_verdicts_keep_their_name_and_unknown_ones_failed(self):
        for verdict in ("doubtful", "refused", "failed"):
            self.assertEqual(accuracy.judge(truth(), {"verdict": verdict, "number": None}), verdict)
        self.assertEqual(accuracy.judge(truth(), {"verdict": "right", "number": NUMBER}), "failed")
        self.assertEqual(accuracy.judge(truth(), {"verdict": "sure", "number": None}), "failed")

    def test_box_must_lie_within_two_millimetres_and_the_right_way_up(self):
        box = truth()["box"]
        self.assertTrue(accuracy.box_is_right(truth(), {"box": [[x + 14, y + 14] for x, y in box]}))
        self.assertFalse(accuracy.box_is_right(truth(), {"box": [[x + 15, y + 15] for x, y in box]}))
        self.assertFalse(accuracy.box_is_right(truth(), {"box": box[2:] + box[:2]}))
        self.assertFalse(accuracy.box_is_right(truth(), {"box": None}))

    def test_turn_class(self):
        self.assertEqual(accuracy.turn_class(truth(rotation_deg=352.5)), "along (within 8°)")
        self.assertEqual(accuracy.turn_class(truth(rotation_deg=98.5)), "askew")

    def test_percentile_is_the_nearest_rank(self):
        self.assertEqual(accuracy.percentile([5, 1, 3], 0.5), 3)
        self.assertEqual(accuracy.percentile(list(range(1, 101)), 0.95), 95)
        self.assertEqual(accuracy.percentile([], 0.5), 0)


class Peers(unittest.TestCase):
    def test_twelve_digits_alone_and_valid(self):
        self.assertEqual(peers.first_valid("x 1234 5678 9018 y"), NUMBER)
        self.assertEqual(peers.first_valid("123456789018"), NUMBER)
        self.assertIsNone(peers.first_valid("1234 5678 9012"))
        self.assertIsNone(peers.first_valid("01234 5678 90180"))
        self.assertIsNone(peers.first_valid("1234-5678-9018"))
        self.assertIsNone(peers.first_valid("0000 0000 0000"))


class WholeRun(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.build = pathlib.Path(self.folder.name) / "build"
        self.scratch = pathlib.Path(self.folder.name) / "scratch"
        self.scratch.mkdir()
        for path, text in (("tests/corpus/azukari-corpus", FAKE_CORPUS), ("app/ctl/azukarictl", FAKE_CTL)):
            program = self.build / path
            program.parent.mkdir(parents=True)
            program.write_text(textwrap.dedent(text).replace("NUMBER", NUMBER))
            program.chmod(0o755)

    def run_bench(self, card, licence, *options):
        plan = json.dumps({"card-back": card, "licence": licence})
        output = io.StringIO()
        with mock.patch.dict(os.environ, FAKE_PLAN=plan), mock.patch.object(tempfile, "tempdir", str(self.scratch)), \
             contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = accuracy.main(["--build", str(self.build), "--count", "30", "--negatives", "20", *options])
        self.assertEqual(list(self.scratch.iterdir()), [], "drawn pages stay behind")
        self.assertNotIn(NUMBER, output.getvalue())
        self.assertNotIn(OTHER, output.getvalue())
        return code, output.getvalue()

    def test_all_right_ends_with_0(self):
        code, text = self.run_bench(("accepted", NUMBER), ("refused", None))
        self.assertEqual(code, 0)
        self.assertIn("| card-back | 30 | 30 (100.0 %) | 0 | 0 | 0 | 0 | 100.0 % | 7 | 7 |", text)
        self.assertIn("| licence | 20 | 0 | 0 | 20 | 0 | 7 | 7 |", text)

    def test_doubt_is_no_error(self):
        code, text = self.run_bench(("doubtful", None), ("doubtful", None), "--failures")
        self.assertEqual(code, 0)
        self.assertIn("| card-back | 30 | 0 (0.0 %) | 0 | 30 | 0 | 0 |", text)

    def test_a_wrong_number_ends_with_1(self):
        code, _ = self.run_bench(("accepted", OTHER), ("refused", None), "--failures")
        self.assertEqual(code, 1)

    def test_an_accepted_negative_ends_with_1(self):
        code, _ = self.run_bench(("accepted", NUMBER), ("accepted", OTHER))
        self.assertEqual(code, 1)

    def test_a_silent_reader_ends_with_2(self):
        code, text = self.run_bench(("silent", None), ("refused", None))
        self.assertEqual(code, 2)
        self.assertIn("0 of 24 pages", text)

    def test_report_goes_to_the_file_too(self):
        out = pathlib.Path(self.folder.name) / "report.md"
        code, text = self.run_bench(("accepted", NUMBER), ("refused", None), "--out", str(out))
        self.assertEqual(code, 0)
        self.assertIn(out.read_text("utf-8"), text)


if __name__ == "__main__":
    unittest.main()
