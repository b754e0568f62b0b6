#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An exported workbook as others read it: its parts by Python's zipfile and XML, and, with --libreoffice, its cells by LibreOffice.

    tests/data/workbook.py MAKE-WORKBOOK [--libreoffice]        prints TAP

Every cell must be text, say what the roster says, and keep its leading zeros. The numbers are made up.
"""
import csv
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile

MAKE = sys.argv[1]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
HEADER = ["社員番号", "区分", "氏名", "フリガナ", "続柄", "生年月日", "個人番号"]
KINDS = {"employee": "社員", "contractor": "外部協力者", "dependant": "家族"}
PARTS = ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
         "xl/worksheets/sheet1.xml"]

work = tempfile.mkdtemp(prefix="azukari-workbook-")


def person(name, kind="employee", code="0001", kana="ミホン タロウ", relationship="", birth="1985-01-02", parent="",
           number="012345678901"):
    return [kind, code, name, kana, relationship, birth, parent, number]


PEOPLE = [person("見本 太郎"), person("見本 花子", code="000000000012", number="000000000000"),
          person("見本 <b>&amp;</b> ]]> \"'", kana="&lt;"), person(" 空 白　"), person("𠮷野家 葛\U000e0100城 🍣"),
          person("_x0041__x0041_x005F_ _X0041_ _x41_"), person("1E5", code="1-2", kana="TRUE", birth=""), person("見本, 月子\\", "dependant", "", "", "子", "2015-05-05", "0001"),
          person("試験 一郎", "contractor", "K1", birth="", number="999988887777")]


def expected(one):
    kind, code, name, kana, relationship, birth, parent, number = one
    return [parent if kind == "dependant" else code, KINDS[kind], name, kana, relationship if kind == "dependant" else "", birth, number]


def make(people, name="out.xlsx", masked=False):
    """The path, or what does not fit as "column why, …"."""
    path = os.path.join(work, name)
    marks = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    lines = "".join("\t".join("".join(marks.get(c, c) for c in field) for field in one) + "\n" for one in people)
    made = subprocess.run([MAKE, path] + (["masked"] if masked else []), input=lines.encode("utf-8", "surrogateescape"),
                          capture_output=True)
    if made.returncode == 3:
        assert not os.path.exists(path), "a file was made of what does not fit"
        return ", ".join(made.stdout.decode().splitlines())
    assert made.returncode == 0, made
    make.seconds = float(made.stdout)
    return path


def read(path):
    """The rows of the sheet, each cell seen to be text."""
    with zipfile.ZipFile(path) as file:
        root = ET.fromstring(file.read(PARTS[-1]))
        styles = ET.fromstring(file.read("xl/styles.xml")).find(MAIN + "cellXfs")
    rows = []
    for r, row in enumerate(root.find(MAIN + "sheetData")):
        assert row.tag == MAIN + "row"
        cells = []
        for c, cell in enumerate(row):
            assert cell.tag == MAIN + "c" and cell.get("r") == "ABCDEFG"[c] + str(r + 1), cell.get("r")
            assert cell.get("t") == "inlineStr" and styles[int(cell.get("s"))].get("numFmtId") == "49"
            assert [part.tag for part in cell] == [MAIN + "is"], "a value or a formula"
            assert [part.tag for part in cell[0]] == [MAIN + "t"]
            # As spreadsheets do: ECMA-376's way to write what XML cannot.
            cells.append(re.sub("_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), cell[0][0].text or ""))
        rows.append(cells)
    return rows


def test_parts():
    path = make(PEOPLE)
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert sorted(file.namelist()) == sorted(PARTS), file.namelist()
        for info in file.infolist():
            assert info.compress_type == zipfile.ZIP_DEFLATED, "no part is stored with its size behind it"
            assert info.date_time[0] == 1980, "nothing tells when it was made"
        types = ET.fromstring(file.read("[Content_Types].xml"))
        named = [one.get("PartName") for one in types.iter(TYPES + "Override")]
        assert sorted(named) == sorted("/" + part for part in PARTS if part.startswith("xl/") and "_rels" not in part), named
        for base, rels in (("", "_rels/.rels"), ("xl/", "xl/_rels/workbook.xml.rels")):
            for one in ET.fromstring(file.read(rels)).iter(RELATIONS + "Relationship"):
                assert base + one.get("Target") in PARTS, one.get("Target")
        assert len(list(ET.fromstring(file.read("xl/workbook.xml")).iter(MAIN + "sheet"))) == 1


def test_cells():
    assert read(make(PEOPLE)) == [HEADER] + [expected(one) for one in PEOPLE]


def test_masked():
    rows = read(make(PEOPLE, masked=True))
    assert all(row[-1] == "*" * 12 for row in rows[1:]) and len(rows) == len(PEOPLE) + 1
    with zipfile.ZipFile(os.path.join(work, "out.xlsx")) as file:
        assert not re.search(rb"[0-9]{12}", file.read(PARTS[-1]).replace(b"000000000012", b""))


def test_same_bytes():
    with open(make(PEOPLE, "a.xlsx"), "rb") as a, open(make(PEOPLE, "b.xlsx"), "rb") as b:
        assert a.read() == b.read()


def test_any_text():
    draw = random.Random(20261123)
    pieces = "&<>\"'];#/=+-@.,:xA0９髙𠮷ｱ゙　 \u00a0\u200d\ud7ff\ue000\ufffd\U0010ffff🍣"
    people = []
    for _ in range(400):
        name = "名" + "".join(draw.choice(pieces) for _ in range(draw.randrange(12))) + draw.choice(["", "&amp;", "_x0041_", "]]>"])
        people.append(person(name, kana="カ" + name, code=f"{draw.randrange(10 ** 6):06}", number=f"{draw.randrange(10 ** 12):012}"))
    assert read(make(people)) == [HEADER] + [expected(one) for one in people]


def test_refuses():
    """What would run where the cells are saved as CSV, and what no cell can hold, is listed; no file is made."""
    os.path.exists(os.path.join(work, "out.xlsx")) and os.remove(os.path.join(work, "out.xlsx"))
    for name, why in (("=1+1", "formula"), ("+81", "formula"), ("-1", "formula"), ("@見本", "formula"), ("＝1", "formula"),
                      ("見本\t太郎", "control"), ("見本\n太郎", "control"), ("見本\r", "control"), ("見\x01本", "control"),
                      ("見\x7f本", "control"), ("見\x85本", "character"), ("見\ufffe本", "character"), ("見\uffff本", "character"),
                      ("見\udc80本", "character"), ("", "missing")):
        assert make([person("見本 太郎"), person(name)]) == f"3 {why}", (name, make([person(name)]))


def test_many():
    people = [person("見本 太郎", code=f"{i:05}", number=f"{i:012}") for i in range(10000)]
    rows = read(make(people))
    assert len(rows) == 10001 and rows[-1][-1] == "000000009999" and rows[10][0] == "00009"
    assert make.seconds < 2, make.seconds


def libreoffice(path):
    """Its sheet as CSV, in which text cells alone stand in quotes."""
    subprocess.run(["soffice", f"-env:UserInstallation=file://{work}/profile", "--headless", "--convert-to",
                    # field, text, UTF-8, first line, no formats, language, quote all text cells, as shown
                    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false", "--outdir", work, path],
                   check=True, capture_output=True, timeout=300)
    with open(path[:-5] + ".csv", encoding="utf-8", newline="") as file:
        return file.read()


def test_libreoffice():
    text = libreoffice(make(PEOPLE, "seen.xlsx"))
    wanted = [HEADER] + [expected(one) for one in PEOPLE]
    assert list(csv.reader(text.splitlines())) == wanted, text
    for line in text.splitlines():
        cells = re.findall(r'(?:^|,)("(?:[^"]|"")*"|[^",]*)', line)
        assert len(cells) == len(HEADER) and all(cell == "" or cell[0] == '"' for cell in cells), f"not all cells are text: {line}"


names = ["libreoffice"] if "--libreoffice" in sys.argv else ["parts", "cells", "masked", "same_bytes", "any_text", "refuses", "many"]
failed = 0
print(f"1..{len(names)}")
for at, name in enumerate(names):
    label = f"{at + 1} - /workbook/{name.replace('_', '-')}"
    if name == "libreoffice" and shutil.which("soffice") is None:
        print(f"ok {label} # SKIP soffice is not installed (Debian: libreoffice-calc-nogui)")
        continue
    try:
        globals()["test_" + name]()
        print("ok " + label)
    except Exception as error:  # noqa: BLE001
        failed += 1
        print("not ok " + label)
        print("\n".join("# " + line for line in f"{type(error).__name__}: {error}".splitlines()))
shutil.rmtree(work)
sys.exit(failed > 0)
