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
    kind = option("--kind", "card-back" if "positives" in sys.argv else "licence")
    kind = "licence" if "licence" in kind.split(",") else kind
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


# runs the command as measure.c does, and tells costs that are easily recognised; shell, because there are many of them
MEASURE = """\
    #!/bin/sh
    report=$2 late=false
    shift 2
    "$@"
    code=$?
    [ $code != 99 ] || late=true
    echo "{\\"wall_ms\\": 50.0, \\"cpu_ms\\": 40.0, \\"peak_kb\\": 2048, \\"code\\": $code, \\"late\\": $late}" >$report
"""

FLOOR = """\
    #!/bin/sh
    while read -r line; do echo '{"ms": 5.0, "number": "NUMBER"}'; done
"""

PROBE = """\
    #!/usr/bin/python3
    import json, os, sys
    if sys.argv[2] == "early":
        for path in sys.argv[5:]:
            print(json.dumps(json.loads(os.environ["FAKE_EARLY"]).get(os.path.basename(path)) or {
                "verdict": "accepted", "rows": 60, "rows_total": 60, "whole": "accepted", "right": True, "same": True}))
        sys.exit()
    files = sys.argv[3:] if sys.argv[2] != "starts" else [None] * int(sys.argv[3])
    for path in files:
        print(json.dumps({"ready_ms": 50.0, "idle_kb": 1024, "idle_peak_kb": 2048, "peak_kb": 4096, "verdict": "accepted",
                          "ms": {"scan": 3, "find": 4, "total": 10}}))
"""

# recognise what FAKE_SAYS holds on a page that was turned by FAKE_TURN degrees
PEER = """\
    #!/bin/sh
    turned=0
    for word; do
      case $word in
        *turned.pnm) turned=$(cat "$word") ;;
        --transform=rotate*) turned=${word#--transform=rotate} ;;
      esac
    done
    [ "$FAKE_SAYS" != late ] || exit 99
    case $turned in "$FAKE_TURN" | "$FAKE_TURN.000" | "${FAKE_TURN}00") echo "$FAKE_SAYS" ;; *) echo noise 1234 ;; esac
"""

# writes how far a page was turned instead of a picture
CONVERT = """\
    #!/bin/sh
    turn=0
    while [ $# -gt 1 ]; do
      case $1 in -rotate) turn=$2 ;; -deskew) echo 0.5 ;; esac
      shift
    done
    [ "$1" = info: ] || echo "$turn" >"$1"
"""


def make_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text).replace("NUMBER", NUMBER).replace("OTHER", OTHER))
    path.chmod(0o755)
    return path


def make_programs(build):
    make_program(build / "tests/corpus/azukari-corpus", CORPUS)
    make_program(build / "app/ctl/azukarictl", CTL)
    make_program(build / "tests/bench/measure", MEASURE)
    make_program(build / "tests/bench/line-floor", FLOOR)
    make_program(build / "tests/bench/reader-probe", PROBE)


def make_peers(folder):
    for name in ("tesseract", "gocr", "ocrad", "zbarimg"):
        make_program(folder / name, PEER)
    make_program(folder / "convert", CONVERT)
