# SPDX-License-Identifier: Apache-2.0
"""Programs that stand in for the built ones, so that the benchmark's own work is tested in no time."""
import textwrap

NUMBER = "123456789018"
OTHER = "614106526000"

CORPUS = """\
    #!/usr/bin/python3
    import json, pathlib, sys
    def option(name, default):
        return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default
    out = pathlib.Path(option("--out", None))
    start, count = int(option("--start", 0)), int(option("--count", 1))
    kind = option("--kind", "card-back" if "positives" in sys.argv else "licence").split(",")[-1]
    kind = {"blank": "licence"}.get(kind, kind)
    if kind not in ("card-back", "licence"):
        sys.exit(1)
    accept = kind == "card-back"
    dpi = int(option("--dpi", 300))
    with open(out / "truth.jsonl", "w") as truths:
        for i in range(start, start + count):
            (out / f"{i}.pnm").write_bytes(b"P5\\n100 60\\n255\\n" + bytes(6000))
            print(json.dumps({"file": f"{i}.pnm", "index": i, "kind": kind, "level": option("--level", "easy"),
                              "expect": "accept" if accept else "refuse", "number": "NUMBER" if accept else None,
                              "decoy": None if accept else "OTHER", "width": 100, "height": 60,
                              "dpi": dpi, "page": option("--page", "bed").replace("mixed", "bed"), "lid": "white",
                              "qr": "good", "color": "--color" in sys.argv, "font": "OCR B", "font_held_out": False,
                              "rotation_deg": 10.0, "box": [[20, 10], [80, 10], [80, 50], [20, 50]],
                              "number_box": [[25, 20], [75, 20], [75, 25], [25, 25]]}), file=truths)
"""

# answers as FAKE_PLAN says, by kind; logs each page in FAKE_LOG and falls silent after FAKE_LIMIT of them in all
CTL = """\
    #!/usr/bin/python3
    import json, os, sys
    plan, log = json.loads(os.environ["FAKE_PLAN"]), os.environ["FAKE_LOG"]
    files = [word for word in sys.argv[2:] if word.endswith(".pnm")]
    for path in files:
        truths = [json.loads(line) for line in open(os.path.join(os.path.dirname(path), "truth.jsonl"))]
        truth = next(t for t in truths if path.endswith("/" + t["file"]))
        verdict, number = plan[truth["kind"]]
        done = len(open(log).readlines()) if os.path.exists(log) else 0
        if verdict == "silent" or done >= int(os.environ["FAKE_LIMIT"]):
            sys.exit(1)
        print("a page", file=open(log, "a"))
        print(json.dumps({"file": path, "verdict": verdict, "reason": "", "number": number, "document": "other",
                          "rotation_deg": 10.0, "box": truth["box"], "confidence": 0.99,
                          "ms": {"scan": 3, "find": 4, "total": 10}}))
    sys.exit(3)
"""


def make_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text).replace("NUMBER", NUMBER).replace("OTHER", OTHER))
    path.chmod(0o755)
    return path


def make_programs(build):
    make_program(build / "tests/corpus/azukari-corpus", CORPUS)
    make_program(build / "app/ctl/azukarictl", CTL)
